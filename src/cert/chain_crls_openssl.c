/* chain_crls_openssl: see chain_crls_openssl.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "cert/chain_crls_openssl.h"

#include "cert/chain_cache_openssl.h"

enum state { UNCHECKED, SIGNED, UNSIGNED };

struct sch_chain_crl {
  const struct sch_crl *read;
  uint32_t issuer; /* sch_name_hash */
  X509_CRL *engine;
  enum state state;
};

bool sch_chain_is_aside(X509_STORE_CTX *ctx) {
  return X509_STORE_CTX_get0_parent_ctx(ctx) != NULL;
}

bool sch_chain_load(struct sch_path_node *node) {
  if (node->engine == NULL && node->unusable == 0) {
    node->engine = sch_chain_cache_read(node->stored->certificate.whole);
  }
  return node->engine != NULL;
}

static void mark_signers(struct sch_chain_crls *crls) {
  if (!sch_chain_spend_comparisons(crls->budget, crls->count * crls->pool->count)) {
    return;
  }
  for (size_t i = 0; i < crls->pool->count; i++) {
    struct sch_path_node *node = &crls->pool->nodes[i];

    for (size_t at = 0; at < crls->count && !node->signs_crls; at++) {
      node->signs_crls = node->stored->subject == crls->items[at].issuer;
    }
  }
}

bool sch_chain_crls_open(struct sch_chain_crls *crls, const struct sch_store *store) {
  const size_t count =
      crls->policy->revocation == SCH_CHAIN_OFF ? 0 : sch_store_count(store, SCH_STORE_CRLS);

  if (count == 0) {
    return true;
  }
  crls->items = sch_alloc(count * sizeof(struct sch_chain_crl));
  if (crls->items == NULL) {
    return false;
  }
  for (; crls->count < count; crls->count++) {
    const struct sch_crl *read = sch_store_crl(store, crls->count);

    crls->items[crls->count] =
        (struct sch_chain_crl){.read = read, .issuer = sch_name_hash(read->issuer)};
  }
  mark_signers(crls);
  return true;
}

void sch_chain_crls_drop(struct sch_chain_crls *crls) {
  for (size_t i = 0; i < crls->count; i++) {
    X509_CRL_free(crls->items[i].engine);
  }
  sch_free(crls->items);
  *crls = (struct sch_chain_crls){0};
}

/* is_signed: by some certificate of the issuer's name. A CRL that nobody here has made, however
 * new, must not stand in for one that somebody has. */
static bool is_signed(struct sch_chain_crls *crls, const struct sch_chain_crl *crl) {
  for (size_t i = 0; i < crls->pool->count; i++) {
    struct sch_path_node *node = &crls->pool->nodes[i];

    if (node->stored->subject != crl->issuer ||
        !sch_name_equal(node->stored->certificate.subject, crl->read->issuer) ||
        !sch_chain_load(node)) {
      continue;
    }
    EVP_PKEY *key = X509_get0_pubkey(node->engine);

    if (!sch_chain_spend_signature(crls->budget)) {
      return false;
    }
    if (key != NULL && X509_CRL_verify(crl->engine, key) == 1) {
      return true;
    }
  }
  return false;
}

static bool is_of_path(const struct sch_chain_crls *crls, const struct sch_chain_crl *crl,
                       const struct sch_path *path) {
  for (size_t i = 0; i < path->count; i++) {
    const struct sch_stored_certificate *stored = crls->pool->nodes[path->nodes[i]].stored;

    if (stored->issuer == crl->issuer &&
        sch_name_equal(crl->read->issuer, stored->certificate.issuer)) {
      return true;
    }
  }
  return crl->read->scope.indirect;
}

static bool load(struct sch_chain_crl *crl) {
  const uint8_t *at = crl->read->whole.data;

  if (crl->engine == NULL) {
    crl->engine = d2i_X509_CRL(NULL, &at, (long)crl->read->whole.size);
  }
  return crl->engine != NULL;
}

STACK_OF(X509_CRL) * sch_chain_crls_for(struct sch_chain_crls *crls, const struct sch_path *path) {
  STACK_OF(X509_CRL) *found = sk_X509_CRL_new_null();

  if (!sch_chain_spend_comparisons(crls->budget, crls->count * path->count)) {
    return found;
  }
  for (size_t i = 0; found != NULL && i < crls->count; i++) {
    struct sch_chain_crl *crl = &crls->items[i];

    if (!is_of_path(crls, crl, path)) {
      continue;
    }
    if (crl->state == UNCHECKED) {
      crl->state = load(crl) && is_signed(crls, crl) ? SIGNED : UNSIGNED;
    }
    if (crl->state == SIGNED && sk_X509_CRL_push(found, crl->engine) == 0) {
      sk_X509_CRL_free(found);
      found = NULL;
    }
  }
  return found;
}

int sch_chain_crls_check(struct sch_chain_crls *crls, X509_STORE_CTX *ctx, X509_CRL *crl) {
  const bool complete = X509_STORE_CTX_get0_current_crl(ctx) == crl;

  if (!sch_chain_spend_signature(crls->budget)) {
    return 0;
  }
  if (sch_chain_is_aside(ctx)) {
    return crls->check(ctx, crl);
  }
  crls->current = crl;
  crls->fault = false;
  const int good = crls->check(ctx, crl);

  /* A delta is checked after the complete CRL that it goes with. */
  crls->failed[complete ? 0 : 1] = crls->fault ? crl : NULL;
  crls->current = NULL;
  return good;
}

int sch_chain_crls_ask(struct sch_chain_crls *crls, X509_STORE_CTX *ctx, X509_CRL *crl,
                       X509 *certificate) {
  if (sch_chain_is_aside(ctx)) {
    return crls->ask(ctx, crl, certificate);
  }
  if (crls->failed[0] == crl || crls->failed[1] == crl) {
    return 1;
  }
  crls->current = crl;
  crls->fault = false;
  const int answer = crls->ask(ctx, crl, certificate);

  crls->current = NULL;
  return answer;
}

/* is_current: OpenSSL has a CRL end in the second that nextUpdate names, we have it end after. */
static bool is_current(const struct sch_chain_crls *crls) {
  for (size_t i = 0; i < crls->count; i++) {
    if (crls->items[i].engine == crls->current) {
      return crls->items[i].read->next_update == crls->policy->time &&
             crls->policy->nanoseconds == 0;
    }
  }
  return false;
}

bool sch_chain_crls_note(struct sch_chain_crls *crls, int number) {
  if (crls->current == NULL) {
    return true;
  }
  if (number == X509_V_ERR_CERT_REVOKED) {
    return !crls->fault;
  }
  /* A CRL of the wrong time still tells of what was revoked. */
  if ((sch_trust_engine(number).bits & CERT_TRUST_IS_OFFLINE_REVOCATION) == 0) {
    crls->fault = true;
  }
  return number != X509_V_ERR_CRL_HAS_EXPIRED || !is_current(crls);
}
