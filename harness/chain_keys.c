/* chain_keys: see chain_keys.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "chain_keys.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <string.h>

#include "chain_case.h"
#include "der_write.h"
#include "starve.h"
#include "world.h"

#define SCALAR_MAX 32
#define POINT_MAX 65

/* A key on a curve: its number, its nonce's inverse, and the nonce's half of every signature. */
struct curve_key {
  BIGNUM *order;
  BIGNUM *secret;
  BIGNUM *inverse;
  BIGNUM *r;
  size_t size; /* bytes of a coordinate */
  uint8_t point[POINT_MAX];
  size_t point_size;
};

static struct curve_key curves[SCH_KEY_COUNT];
static EVP_PKEY *edwards[SCH_KEY_COUNT];
static uint8_t edwards_public[SCH_KEY_COUNT][SCALAR_MAX];
static BN_CTX *scratch;

bool sch_chain_key_is_curve(size_t key) {
  REQUIRE(key < SCH_KEY_COUNT);
  return key < SCH_KEY_ED || key == SCH_KEY_WEAK;
}

/* hash gives SHA-256 of a label and the number of a key. */
static void hash(const char *label, size_t key, uint8_t out[SCALAR_MAX]) {
  char text[32] = "schannel-fuzz ";
  const size_t at = strlen(text);
  unsigned size = SCALAR_MAX;

  text[at] = (char)('a' + key);
  (void)strncpy(text + at + 1, label, sizeof text - at - 2);
  ENSURE(EVP_Digest(text, strlen(text), out, &size, EVP_sha256(), NULL) == 1);
}

static BIGNUM *make_scalar(const char *label, size_t key, size_t size) {
  uint8_t bytes[SCALAR_MAX];

  hash(label, key, bytes);
  bytes[0] &= 0x7f; /* below the order of either curve */
  return BN_bin2bn(bytes, (int)size, NULL);
}

static void make_curve_key(size_t key) {
  const bool weak = key == SCH_KEY_WEAK;
  EC_GROUP *group = EC_GROUP_new_by_curve_name(weak ? NID_X9_62_prime192v1 : NID_X9_62_prime256v1);
  struct curve_key *made = &curves[key];
  EC_POINT *point = EC_POINT_new(group);
  BIGNUM *nonce;

  made->size = weak ? 24 : 32;
  made->secret = make_scalar("key", key, made->size);
  nonce = make_scalar("nonce", key, made->size);
  made->order = BN_dup(EC_GROUP_get0_order(group));
  made->r = BN_new();
  made->inverse = BN_mod_inverse(NULL, nonce, made->order, scratch);
  ENSURE(EC_POINT_mul(group, point, nonce, NULL, NULL, scratch) == 1);
  ENSURE(EC_POINT_get_affine_coordinates(group, point, made->r, NULL, scratch) == 1);
  ENSURE(BN_nnmod(made->r, made->r, made->order, scratch) == 1);
  ENSURE(EC_POINT_mul(group, point, made->secret, NULL, NULL, scratch) == 1);
  made->point_size = EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, made->point,
                                        sizeof made->point, scratch);
  ENSURE(made->inverse != NULL);
  ENSURE(made->point_size == 2 * made->size + 1);
  BN_free(nonce);
  EC_POINT_free(point);
  EC_GROUP_free(group);
}

static void make_edwards_key(size_t key) {
  uint8_t secret[SCALAR_MAX];
  size_t size = SCALAR_MAX;

  hash("key", key, secret);
  edwards[key] = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, secret, sizeof secret);
  ENSURE(edwards[key] != NULL);
  ENSURE(EVP_PKEY_get_raw_public_key(edwards[key], edwards_public[key], &size) == 1);
}

/* make_keys makes them all, once, with the harness's own memory. */
static void make_keys(void) {
  if (scratch != NULL) {
    return;
  }
  const struct sch_world before = sch_world_apart("chain keys");

  scratch = BN_CTX_new();
  ENSURE(scratch != NULL);
  for (size_t key = 0; key < SCH_KEY_COUNT; key++) {
    if (sch_chain_key_is_curve(key)) {
      make_curve_key(key);
    } else {
      make_edwards_key(key);
    }
  }
  sch_world_back(&before);
}

#define P256_NUMBERS                                                              \
  "30{ 02{ 01 }"                                                                  \
  " 30{ 06{ 2a8648ce3d0101 }"                                                     \
  " 02{ 00 ffffffff000000010000000000000000 00000000ffffffffffffffffffffffff } }" \
  " 30{ 04{ ffffffff000000010000000000000000 00000000fffffffffffffffffffffffc }"  \
  " 04{ 5ac635d8aa3a93e7b3ebbd55769886bc 651d06b0cc53b0f63bce3c3e27d2604b } }"    \
  " 04{ 04 6b17d1f2e12c4247f8bce6e563a440f2 77037d812deb33a0f4a13945d898c296"     \
  " 4fe342e2fe1a7f9b8ee7eb4a7c0f9e16 2bce33576b315ececbb6406837bf51f5 }"          \
  " 02{ 00 ffffffff00000000ffffffffffffffff bce6faada7179e84f3b9cac2fc632551 } 02{ 01 } }"

void sch_chain_key_put(struct sch_builder *to, size_t key, bool explicit_curve) {
  make_keys();
  const bool is_curve = sch_chain_key_is_curve(key);
  const size_t whole = sch_der_open(to, 0x30);
  const size_t algorithm = sch_der_open(to, 0x30);

  if (!is_curve) {
    sch_der_assemble(to, "@ed25519");
  } else if (key == SCH_KEY_WEAK) {
    sch_der_assemble(to, "@ec_public_key 06{ 2a8648ce3d030101 }");
  } else {
    sch_der_assemble(to, "@ec_public_key");
    sch_der_assemble(to, explicit_curve ? P256_NUMBERS : "@p256");
  }
  sch_der_close(to, algorithm);
  const size_t bits = sch_der_open(to, 0x03);

  sch_builder_u8(to, 0);
  sch_builder_bytes(to, is_curve ? sch_span_of(curves[key].point, curves[key].point_size)
                                 : sch_span_of(edwards_public[key], SCALAR_MAX));
  sch_der_close(to, bits);
  sch_der_close(to, whole);
}

void sch_chain_algorithm_put(struct sch_builder *to, size_t key, size_t digest) {
  static const char *const ecdsa[] = {"30{ @ecdsa_sha256 }", "30{ @ecdsa_sha384 }",
                                      "30{ 06{ 2a8648ce3d0401 } }"};

  REQUIRE(digest < SCH_COUNT(ecdsa));
  sch_der_assemble(to, sch_chain_key_is_curve(key) ? ecdsa[digest] : "30{ @ed25519 }");
}

/* put_number writes a positive INTEGER. */
static void put_number(struct sch_builder *to, const BIGNUM *number) {
  uint8_t bytes[1 + SCALAR_MAX] = {0};
  const int size = BN_bn2bin(number, bytes + 1);
  const bool high = (bytes[1] & 0x80) != 0 || size == 0;

  sch_der_put(to, 0x02, sch_span_of(bytes + (high ? 0 : 1), (size_t)size + (high ? 1 : 0)));
}

static void sign_curve(struct sch_builder *to, const struct curve_key *key, const EVP_MD *digest,
                       bool other_s, struct sch_span message) {
  uint8_t hashed[EVP_MAX_MD_SIZE];
  unsigned size = sizeof hashed;

  ENSURE(EVP_Digest(message.data, message.size, hashed, &size, digest, NULL) == 1);
  BN_CTX_start(scratch);
  BIGNUM *z = BN_CTX_get(scratch);
  BIGNUM *s = BN_CTX_get(scratch);

  /* FIPS 186-4 6.4: the leftmost bits of the digest; both orders have whole bytes. */
  ENSURE(BN_bin2bn(hashed, (int)(size < key->size ? size : key->size), z) != NULL);
  ENSURE(BN_mod_mul(s, key->r, key->secret, key->order, scratch) == 1);
  ENSURE(BN_mod_add(s, s, z, key->order, scratch) == 1);
  ENSURE(BN_mod_mul(s, s, key->inverse, key->order, scratch) == 1);
  if (other_s) {
    ENSURE(BN_sub(s, key->order, s) == 1);
  }
  const size_t both = sch_der_open(to, 0x30);

  put_number(to, key->r);
  put_number(to, s);
  sch_der_close(to, both);
  BN_CTX_end(scratch);
}

static void sign_edwards(struct sch_builder *to, EVP_PKEY *key, struct sch_span message) {
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  uint8_t signature[64];
  size_t size = sizeof signature;

  ENSURE(context != NULL);
  ENSURE(EVP_DigestSignInit(context, NULL, NULL, NULL, key) == 1);
  ENSURE(EVP_DigestSign(context, signature, &size, message.data, message.size) == 1);
  sch_builder_bytes(to, sch_span_of(signature, size));
  EVP_MD_CTX_free(context);
}

void sch_chain_sign(struct sch_builder *to, size_t key, size_t digest, bool other_s,
                    struct sch_span message) {
  const EVP_MD *const digests[] = {EVP_sha256(), EVP_sha384(), EVP_sha1()};

  REQUIRE(digest < SCH_COUNT(digests));
  make_keys();
  if (sch_chain_key_is_curve(key)) {
    sign_curve(to, &curves[key], digests[digest], other_s, message);
  } else {
    sign_edwards(to, edwards[key], message);
  }
}
