/* openssl_opinion: OpenSSL's own verdict on what was made of a description (chain_opinion.h), with
 * its own path building and its own reading of the DER: as its command line asks for it.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "chain_opinion.h"
#include "starve.h"

static X509 *read_certificate(struct sch_span der) {
  const uint8_t *at = der.data;

  return d2i_X509(NULL, &at, (long)der.size);
}

static void fill(const struct sch_made *made, X509_STORE *store, STACK_OF(X509) * untrusted) {
  for (size_t i = 0; i < made->certificate_count; i++) {
    X509 *read = i == made->leaf ? NULL : read_certificate(made->certificates[i].der);

    if (read == NULL) {
      continue;
    }
    if (sch_made_place(made, i) == SCH_PLACE_ANCHOR) {
      ENSURE(X509_STORE_add_cert(store, read) == 1);
      X509_free(read);
    } else {
      ENSURE(sk_X509_push(untrusted, read) > 0);
    }
  }
  for (size_t i = 0; i < made->crl_count; i++) {
    const uint8_t *at = made->crls[i].der.data;
    X509_CRL *read = d2i_X509_CRL(NULL, &at, (long)made->crls[i].der.size);

    if (read != NULL) {
      ENSURE(X509_STORE_add_crl(store, read) == 1);
      X509_CRL_free(read);
    }
  }
}

static void set_name(X509_VERIFY_PARAM *param, const struct sch_wanted *wanted, bool *refused) {
  const char *text = (const char *)wanted->name.data;
  int good = 1;

  if (wanted->kind == SCH_WANTED_host) {
    good = wanted->name.size == 0 ? 0 : X509_VERIFY_PARAM_set1_host(param, text, wanted->name.size);
  } else if (wanted->kind == SCH_WANTED_email) {
    good =
        wanted->name.size == 0 ? 0 : X509_VERIFY_PARAM_set1_email(param, text, wanted->name.size);
  } else if (wanted->kind == SCH_WANTED_address) {
    good = X509_VERIFY_PARAM_set1_ip(param, wanted->name.data, wanted->name.size);
  }
  *refused = good != 1;
}

static void set_param(X509_VERIFY_PARAM *param, const struct sch_made *made, bool strict,
                      bool *refused) {
  static const int purposes[] = {X509_PURPOSE_SSL_SERVER, X509_PURPOSE_SSL_CLIENT};
  const struct sch_chain_policy *policy = &made->policy;
  unsigned long flags = X509_V_FLAG_PARTIAL_CHAIN | (strict ? X509_V_FLAG_X509_STRICT : 0);

  if (policy->revocation == SCH_CHAIN_HARD) {
    flags |= X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL | X509_V_FLAG_EXTENDED_CRL_SUPPORT;
  }
  X509_VERIFY_PARAM_set_time(param, (time_t)policy->time);
  X509_VERIFY_PARAM_set_depth(param, (int)policy->depth);
  X509_VERIFY_PARAM_set_auth_level(param, policy->strength);
  (void)X509_VERIFY_PARAM_set_flags(param, flags);
  if (policy->purpose != SCH_CHAIN_ANY) {
    (void)X509_VERIFY_PARAM_set_purpose(param, purposes[policy->purpose]);
  }
  set_name(param, &policy->name, refused);
}

static uint32_t verify(const struct sch_made *made, bool strict, X509 *leaf) {
  X509_STORE *store = X509_STORE_new();
  X509_STORE_CTX *ctx = X509_STORE_CTX_new();
  STACK_OF(X509) *untrusted = sk_X509_new_null();
  bool refused;
  uint32_t said = X509_V_ERR_UNSPECIFIED;

  ENSURE(store != NULL && ctx != NULL && untrusted != NULL);
  fill(made, store, untrusted);
  set_param(X509_STORE_get0_param(store), made, strict, &refused);
  if (!refused && X509_STORE_CTX_init(ctx, store, leaf, untrusted) == 1) {
    said = X509_verify_cert(ctx) == 1 ? X509_V_OK : (uint32_t)X509_STORE_CTX_get_error(ctx);
  }
  X509_STORE_CTX_free(ctx);
  X509_STORE_free(store);
  sk_X509_pop_free(untrusted, X509_free);
  return said;
}

struct sch_opinion sch_openssl_opinion(const struct sch_made *made, bool strict) {
  uint32_t said = X509_V_ERR_UNSPECIFIED;

  sch_starve_hold();
  (void)ERR_set_mark();
  if (made->leaf != made->certificate_count) {
    X509 *leaf = read_certificate(made->certificates[made->leaf].der);

    said = leaf == NULL ? said : verify(made, strict, leaf);
    X509_free(leaf);
  }
  (void)ERR_pop_to_mark();
  sch_starve_release();
  return (struct sch_opinion){said == X509_V_OK, said};
}
