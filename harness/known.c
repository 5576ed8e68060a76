/* known: what OpenSSL has worked out before in this process, and need not again. Two functions of
 * libcrypto that depend on their bytes alone cost more than all else in some handshakes, and every
 * seed asks them about the same few bytes:
 *
 *   d2i_X509         140 microseconds a certificate, most of it to find a decoder for the key
 *   the check of a   2 milliseconds, twice on the side of a client: is y ^ q mod p 1?
 *   finite-field DH
 *   public key
 *
 * They are given the answer of the first time when the bytes are exactly those of a certificate of
 * identities.h, or of a key that has passed; all others, such as those that a fuzzer has changed,
 * go the whole way as ever. What stands here takes libcrypto's place for libssl too. It is linked
 * for the engines that fuzz; the replayer works everything out.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <dlfcn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <string.h>

#include "identities.h"
#include "world.h"

/* ---- certificates ---- */

#define CERTIFICATES_MAX 32

struct certificate {
  struct sch_span der;
  X509 *read;
};

static struct certificate certificates[CERTIFICATES_MAX];
static size_t certificate_count;

static X509 *read_anew(X509 **to, const unsigned char **in, long size) {
  return (X509 *)ASN1_item_d2i((ASN1_VALUE **)to, in, size, ASN1_ITEM_rptr(X509));
}

static X509 *find_certificate(struct sch_span der) {
  for (size_t i = 0; i < certificate_count; i++) {
    if (sch_span_equal(certificates[i].der, der)) {
      return certificates[i].read;
    }
  }
  return NULL;
}

/* learn_chain reads each certificate of `chain` for good. Chains share some. */
static void learn_chain(struct sch_span chain) {
  while (chain.size != 0) {
    const unsigned char *at = chain.data;
    X509 *read = read_anew(NULL, &at, (long)chain.size);
    struct sch_span der;
    const bool taken = sch_span_take(&chain, (size_t)(at - chain.data), &der);

    ENSURE(read != NULL);
    ENSURE(taken);
    if (find_certificate(der) != NULL) {
      X509_free(read);
    } else {
      ENSURE(certificate_count < CERTIFICATES_MAX);
      certificates[certificate_count++] = (struct certificate){der, read};
    }
  }
}

static void learn_identities(void) {
  const struct sch_world before = sch_world_apart("known");

  for (enum sch_identity_kind kind = SCH_IDENTITY_NONE; kind < SCH_IDENTITY_COUNT; kind++) {
    learn_chain(sch_identity(kind)->certificate);
    learn_chain(sch_identity(kind)->chain);
  }
  ERR_clear_error();
  sch_world_back(&before);
}

X509 *d2i_X509(X509 **to, const unsigned char **in, long size) {
  if (certificate_count == 0) {
    learn_identities();
  }
  X509 *found = size <= 0 ? NULL : find_certificate(sch_span_of(*in, (size_t)size));

  if (found == NULL) {
    return read_anew(to, in, size);
  }
  ENSURE(X509_up_ref(found) == 1);
  if (to != NULL) {
    X509_free(*to);
    *to = found;
  }
  *in += size;
  return found;
}

/* ---- public keys ---- */

#define KEYS_MAX 64
#define NUMBER_MAX ((size_t)512) /* bytes: groups of up to 4096 bits */

/* A key that has passed: p, g and y, each of its group's size. */
struct key {
  size_t size;
  uint8_t numbers[3][NUMBER_MAX];
};

static struct key keys[KEYS_MAX]; /* the last ones */
static size_t key_count;

/* describe gives the key's numbers; false when it is none of DH, or a large one. */
static bool describe(const EVP_PKEY *pkey, struct key *key) {
  static const char *const names[] = {OSSL_PKEY_PARAM_FFC_P, OSSL_PKEY_PARAM_FFC_G,
                                      OSSL_PKEY_PARAM_PUB_KEY};
  bool had = pkey != NULL && EVP_PKEY_get_base_id(pkey) == EVP_PKEY_DH;

  *key = (struct key){.size = 0};
  (void)ERR_set_mark();
  for (size_t i = 0; had && i < SCH_COUNT(names); i++) {
    BIGNUM *number = NULL;

    had = EVP_PKEY_get_bn_param(pkey, names[i], &number) == 1;
    key->size = had && i == 0 ? (size_t)BN_num_bytes(number) : key->size;
    had = had && key->size <= NUMBER_MAX &&
          BN_bn2binpad(number, key->numbers[i], (int)key->size) >= 0;
    BN_free(number);
  }
  (void)ERR_pop_to_mark();
  return had;
}

static bool is_known(const struct key *key) {
  for (size_t i = 0; i < KEYS_MAX && i < key_count; i++) {
    if (memcmp(&keys[i], key, sizeof(*key)) == 0) {
      return true;
    }
  }
  return false;
}

static int learn_key(const struct key *key, bool described, int result) {
  if (described && result == 1) {
    keys[key_count++ % KEYS_MAX] = *key;
  }
  return result;
}

int EVP_PKEY_public_check(EVP_PKEY_CTX *context) {
  static int (*check)(EVP_PKEY_CTX * context);
  struct key key;
  const bool described = describe(EVP_PKEY_CTX_get0_pkey(context), &key);

  if (described && is_known(&key)) {
    return 1;
  }
  if (check == NULL) {
    *(void **)&check = dlsym(RTLD_NEXT, "EVP_PKEY_public_check");
    ENSURE(check != NULL);
  }
  return learn_key(&key, described, check(context));
}

int EVP_PKEY_derive_set_peer(EVP_PKEY_CTX *context, EVP_PKEY *peer) {
  struct key key;
  const bool described = describe(peer, &key);

  if (described && is_known(&key)) {
    return EVP_PKEY_derive_set_peer_ex(context, peer, 0);
  }
  return learn_key(&key, described, EVP_PKEY_derive_set_peer_ex(context, peer, 1));
}
