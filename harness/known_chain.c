/* known_chain: what OpenSSL has worked out of the certificates of descriptions, and need not again.
 *
 *   d2i_X509      150 microseconds a certificate, most of it to find a decoder for the key
 *   X509_verify   90 microseconds with ECDSA, 140 with Ed25519
 *
 * A fuzzer changes one record of a description; the others come out byte for byte as before. Both
 * functions depend on their bytes alone, and are given the answer of the first time for exactly the
 * same bytes. Linked for the engines that fuzz; the replayer works everything out.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <dlfcn.h>
#include <openssl/x509.h>
#include <string.h>

#include "bytes/span.h"

#define SLOTS 1024   /* of each table; a power of two */
#define DER_MAX 2048 /* bytes of a certificate that is kept */

/* A certificate by its bytes. What is held here is referred to until its slot is needed. Nothing is
 * allocated for it: an engine that sees more allocated than freed runs the input once more. */
struct certificate {
  X509 *read;
  size_t size;
  uint8_t der[DER_MAX];
};

/* A signature checked: by which key of those held. Pointers are not used again while held. */
struct checked {
  X509 *certificate;
  EVP_PKEY *key;
  int answer;
};

static struct certificate certificates[SLOTS];
static struct checked signatures[SLOTS];

static size_t slot_of(struct sch_span bytes) {
  uint64_t hash = 0xcbf29ce484222325;

  for (size_t i = 0; i < bytes.size; i++) {
    hash = (hash ^ bytes.data[i]) * 0x100000001b3;
  }
  return (size_t)(hash ^ hash >> 32) % SLOTS;
}

static X509 *read_anew(X509 **to, const unsigned char **in, long size) {
  return (X509 *)ASN1_item_d2i((ASN1_VALUE **)to, in, size, ASN1_ITEM_rptr(X509));
}

static void keep(struct certificate *slot, struct sch_span der, X509 *read) {
  X509_free(slot->read);
  slot->read = NULL;
  if (der.size <= DER_MAX && X509_up_ref(read) == 1) {
    sch_copy(slot->der, der.data, der.size);
    slot->size = der.size;
    slot->read = read;
  }
}

X509 *d2i_X509(X509 **to, const unsigned char **in, long size) {
  const struct sch_span der = sch_span_of(*in, size < 0 ? 0 : (size_t)size);
  struct certificate *slot = &certificates[slot_of(der)];

  if (to != NULL || der.size == 0) {
    return read_anew(to, in, size);
  }
  if (slot->read == NULL || !sch_span_equal(sch_span_of(slot->der, slot->size), der)) {
    const unsigned char *at = *in;
    X509 *read = read_anew(NULL, &at, size);

    if (read == NULL || (size_t)(at - *in) != der.size) {
      *in = read == NULL ? *in : at;
      return read;
    }
    keep(slot, der, read);
    *in = at;
    return read;
  }
  ENSURE(X509_up_ref(slot->read) == 1);
  *in += der.size;
  return slot->read;
}

int X509_verify(X509 *certificate, EVP_PKEY *key) {
  static int (*verify)(X509 * certificate, EVP_PKEY * key);
  const uintptr_t both[] = {(uintptr_t)certificate, (uintptr_t)key};
  struct checked *slot = &signatures[slot_of(sch_span_of(both, sizeof both))];

  if (slot->certificate == certificate && slot->key == key) {
    return slot->answer;
  }
  if (verify == NULL) {
    *(void **)&verify = dlsym(RTLD_NEXT, "X509_verify");
    ENSURE(verify != NULL);
  }
  const int answer = verify(certificate, key);

  X509_free(slot->certificate);
  EVP_PKEY_free(slot->key);
  *slot = (struct checked){0};
  if (X509_up_ref(certificate) == 1) {
    ENSURE(EVP_PKEY_up_ref(key) == 1);
    *slot = (struct checked){certificate, key, answer};
  }
  return answer;
}
