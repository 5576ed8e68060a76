/* test_known: what is known is given again, and only exactly that.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <openssl/core_names.h>
#include <openssl/dh.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>

#include "identities.h"
#include "test.h"

#define ROOM ((size_t)4096)

/* read_one reads `der` and says how many bytes of it were read. */
static X509 *read_one(struct sch_span der, size_t *used) {
  const unsigned char *at = der.data;
  X509 *read = d2i_X509(NULL, &at, (long)der.size);

  *used = (size_t)(at - der.data);
  return read;
}

static void check_encoding(X509 *read, struct sch_span der) {
  unsigned char *again = NULL;
  const int size = i2d_X509(read, &again);

  CHECK(size > 0);
  CHECK_BYTES(sch_span_of(again, size > 0 ? (size_t)size : 0), der);
  OPENSSL_free(again);
}

/* A certificate of the harness is read once, and is what its bytes say. */
TEST(own_certificates_are_known) {
  for (enum sch_identity_kind kind = SCH_IDENTITY_RSA; kind < SCH_IDENTITY_COUNT; kind++) {
    const struct sch_span der = sch_identity(kind)->certificate;
    size_t used;
    X509 *first = read_one(der, &used);
    X509 *second = X509_new();
    X509 *target = second;
    const unsigned char *at = der.data;

    CHECK_EQUAL(used, der.size);
    check_encoding(first, der);
    CHECK(d2i_X509(&target, &at, (long)der.size) == first);
    CHECK(target == first);
    CHECK(at == der.data + der.size);
    X509_free(first);
    X509_free(target);
  }
}

/* Any other bytes are read anew: a changed bit, a byte too few, a byte too many. */
TEST(others_are_read_anew) {
  uint8_t bytes[ROOM];
  const struct sch_span der = sch_identity(SCH_IDENTITY_ECDSA)->certificate;
  const struct sch_span changed = sch_span_of(bytes, der.size);
  size_t used;
  X509 *known = read_one(der, &used);

  CHECK(der.size < ROOM);
  sch_copy(bytes, der.data, der.size);
  bytes[der.size] = 0;
  bytes[der.size - 1] ^= 1;
  X509 *other = read_one(changed, &used);

  CHECK(other != NULL);
  CHECK(other != known);
  check_encoding(other, changed);
  bytes[der.size - 1] ^= 1;
  X509 *longer = read_one(sch_span_of(bytes, der.size + 1), &used);

  CHECK(longer != NULL);
  CHECK(longer != known);
  CHECK_EQUAL(used, der.size);
  CHECK(read_one(sch_span_of(bytes, der.size - 1), &used) == NULL);
  CHECK(read_one(sch_span_of(bytes, 0), &used) == NULL);
  ERR_clear_error();
  X509_free(known);
  X509_free(other);
  X509_free(longer);
}

/* ---- keys of finite-field DH ---- */

static EVP_PKEY *make_key(const BIGNUM *y) {
  OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "DH", NULL);
  EVP_PKEY *made = NULL;

  CHECK_EQUAL(OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, "modp_2048", 0),
              1);
  CHECK_EQUAL(OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_PUB_KEY, y), 1);
  OSSL_PARAM *parameters = OSSL_PARAM_BLD_to_param(build);

  CHECK_EQUAL(EVP_PKEY_fromdata_init(context), 1);
  CHECK_EQUAL(EVP_PKEY_fromdata(context, &made, EVP_PKEY_PUBLIC_KEY, parameters), 1);
  OSSL_PARAM_free(parameters);
  OSSL_PARAM_BLD_free(build);
  EVP_PKEY_CTX_free(context);
  return made;
}

static int check_key(EVP_PKEY *key) {
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
  const int result = EVP_PKEY_public_check(context);

  EVP_PKEY_CTX_free(context);
  return result;
}

static EVP_PKEY *generate(void) {
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "DH", NULL);
  OSSL_PARAM group[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, (char[]){"modp_2048"}, 0),
      OSSL_PARAM_construct_end()};
  EVP_PKEY *made = NULL;

  CHECK_EQUAL(EVP_PKEY_keygen_init(context), 1);
  CHECK_EQUAL(EVP_PKEY_CTX_set_params(context, group), 1);
  CHECK_EQUAL(EVP_PKEY_generate(context, &made), 1);
  EVP_PKEY_CTX_free(context);
  return made;
}

static int set_peer(EVP_PKEY *own, EVP_PKEY *peer) {
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, own, NULL);

  CHECK_EQUAL(EVP_PKEY_derive_init(context), 1);
  const int result = EVP_PKEY_derive_set_peer(context, peer);

  EVP_PKEY_CTX_free(context);
  return result;
}

/* A key that has passed passes again; one that has failed fails again, of the same group too. */
TEST(keys_pass_as_they_did) {
  EVP_PKEY *own = generate();
  EVP_PKEY *good = generate();
  BIGNUM *y = NULL;
  BIGNUM *p = NULL;

  CHECK_EQUAL(EVP_PKEY_get_bn_param(good, OSSL_PKEY_PARAM_PUB_KEY, &y), 1);
  CHECK_EQUAL(EVP_PKEY_get_bn_param(good, OSSL_PKEY_PARAM_FFC_P, &p), 1);
  /* -1 is no residue of a prime that is 3 modulo 4, so one of y and -y is none. */
  CHECK_EQUAL(BN_sub(y, p, y), 1);
  EVP_PKEY *bad = make_key(y);

  for (int round = 0; round < 3; round++) {
    CHECK_EQUAL(check_key(good), 1);
    CHECK(check_key(bad) != 1);
    CHECK_EQUAL(set_peer(own, good), 1);
    CHECK(set_peer(own, bad) != 1);
  }
  ERR_clear_error();
  BN_free(y);
  BN_free(p);
  EVP_PKEY_free(own);
  EVP_PKEY_free(good);
  EVP_PKEY_free(bad);
}

TESTS(own_certificates_are_known, others_are_read_anew, keys_pass_as_they_did)
