/* toy_chain: see toy_chain.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "toy_chain.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "der_write.h"

enum { KEY = 32, SIGNATURE = 64, KEYS = 256 };

#define ROOM ((size_t)1024 * 1024)
#define NAME "30{ 31{ 30{ @common_name 0c{ '%s' } } } }"
#define ALGORITHM "30{ @ed25519 }"

/* Blocks made, so that they can be freed. */
static struct block {
  struct block *next;
  uint8_t bytes[];
} * blocks;

static EVP_PKEY *keys[KEYS];
static uint8_t room[ROOM];

static struct sch_span keep(struct sch_span bytes) {
  struct block *block = malloc(sizeof *block + bytes.size);

  ENSURE(block != NULL);
  block->next = blocks;
  blocks = block;
  memcpy(block->bytes, bytes.data, bytes.size);
  return sch_span_of(block->bytes, bytes.size);
}

void sch_toy_drop(void) {
  while (blocks != NULL) {
    struct block *next = blocks->next;

    free(blocks);
    blocks = next;
  }
  for (size_t i = 0; i < KEYS; i++) {
    EVP_PKEY_free(keys[i]);
    keys[i] = NULL;
  }
}

static EVP_PKEY *key_of(uint8_t number) {
  uint8_t bytes[KEY];

  if (keys[number] == NULL) {
    memset(bytes, number, sizeof bytes);
    keys[number] = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, bytes, sizeof bytes);
    ENSURE(keys[number] != NULL);
  }
  return keys[number];
}

static void put(struct sch_builder *to, const char *format, const char *text) {
  char notation[1024];
  const int size = snprintf(notation, sizeof notation, format, text);

  ENSURE(size >= 0);
  ENSURE((size_t)size < sizeof notation);
  sch_der_assemble(to, notation);
}

static void put_name(struct sch_builder *to, const char *name) {
  if (*name == 0) {
    sch_der_assemble(to, "30{ }");
  } else if (strncmp(name, "30{", 3) == 0) {
    sch_der_assemble(to, name);
  } else {
    put(to, NAME, name);
  }
}

static void put_key(struct sch_builder *to, uint8_t number) {
  uint8_t bytes[KEY];
  size_t size = sizeof bytes;
  const size_t mark = sch_der_open(to, 0x30);

  ENSURE(EVP_PKEY_get_raw_public_key(key_of(number), bytes, &size) == 1);
  sch_der_assemble(to, ALGORITHM);
  const size_t bits = sch_der_open(to, 0x03);

  sch_builder_u8(to, 0);
  sch_builder_bytes(to, sch_span_of(bytes, size));
  sch_der_close(to, bits);
  sch_der_close(to, mark);
}

static void put_key_id(struct sch_builder *to, const char *format, uint8_t number) {
  char hex[3];

  (void)snprintf(hex, sizeof hex, "%02x", number);
  put(to, format, hex);
}

static uint8_t signer_of(const struct sch_toy *toy) {
  return toy->signer == 0 ? toy->key : toy->signer;
}

static void put_extensions(struct sch_builder *to, const struct sch_toy *toy, bool crl) {
  const size_t outer = sch_der_open(to, crl ? 0xa0 : 0xa3);
  const size_t list = sch_der_open(to, 0x30);

  if (!toy->no_key_ids && !crl) {
    put_key_id(to, "30{ @subject_key_id 04{ 04{ %s*8 } } }", toy->key);
  }
  if (!toy->no_key_ids) {
    put_key_id(to, "30{ @authority_key_id 04{ 30{ 80{ %s*8 } } } }", signer_of(toy));
  }
  if (crl) {
    sch_der_assemble(
        to, toy->extensions != NULL ? toy->extensions : "30{ @crl_number 04{ 02{ 01 } } }");
  } else {
    sch_der_assemble(to, toy->extensions != NULL ? toy->extensions : SCH_TOY_CA);
  }
  const bool empty = to->size == list;

  sch_der_close(to, list);
  sch_der_close(to, outer);
  if (empty) {
    /* No extension is no list. */
    to->size -= 4;
  }
}

/* sign wraps the signed part, which is all that was built, and keeps the whole. */
static struct sch_span sign(const struct sch_toy *toy, struct sch_builder *tbs) {
  uint8_t signature[SIGNATURE];
  size_t size = sizeof signature;
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  const struct sch_span signed_part = sch_builder_built(tbs);

  ENSURE(!tbs->failed);
  ENSURE(context != NULL);
  ENSURE(EVP_DigestSignInit(context, NULL, NULL, NULL, key_of(signer_of(toy))) == 1);
  ENSURE(EVP_DigestSign(context, signature, &size, signed_part.data, signed_part.size) == 1);
  EVP_MD_CTX_free(context);
  signature[0] ^= toy->damaged ? 1 : 0;

  const struct sch_span whole_tbs = keep(signed_part);
  struct sch_builder to = sch_builder_of(room, sizeof room);
  const size_t whole = sch_der_open(&to, 0x30);

  sch_builder_bytes(&to, whole_tbs);
  sch_der_assemble(&to, ALGORITHM);
  const size_t bits = sch_der_open(&to, 0x03);

  sch_builder_u8(&to, 0);
  sch_builder_bytes(&to, sch_span_of(signature, size));
  sch_der_close(&to, bits);
  sch_der_close(&to, whole);
  ENSURE(!to.failed);
  return keep(sch_builder_built(&to));
}

struct sch_span sch_toy_certificate(const struct sch_toy *toy) {
  struct sch_builder to = sch_builder_of(room, sizeof room);
  const size_t mark = sch_der_open(&to, 0x30);

  sch_der_assemble(&to, "a0{ 02{ 02 } }");
  put(&to, "02{ %s }", toy->serial != NULL ? toy->serial : "01");
  sch_der_assemble(&to, ALGORITHM);
  put_name(&to, toy->issuer != NULL ? toy->issuer : toy->subject);
  sch_der_assemble(&to, toy->validity != NULL
                            ? toy->validity
                            : "30{ 17{ '240101000000Z' } 17{ '491231235959Z' } }");
  put_name(&to, toy->subject);
  if (toy->key_info != NULL) {
    sch_der_assemble(&to, toy->key_info);
  } else {
    put_key(&to, toy->key);
  }
  put_extensions(&to, toy, false);
  sch_der_close(&to, mark);
  return sign(toy, &to);
}

struct sch_span sch_toy_crl(const struct sch_toy *toy) {
  struct sch_builder to = sch_builder_of(room, sizeof room);
  const size_t mark = sch_der_open(&to, 0x30);

  sch_der_assemble(&to, "02{ 01 }" ALGORITHM);
  put_name(&to, toy->subject);
  sch_der_assemble(
      &to, toy->validity != NULL ? toy->validity : "17{ '240101000000Z' } 17{ '491231235959Z' }");
  if (toy->entries != NULL && *toy->entries != 0) {
    const size_t list = sch_der_open(&to, 0x30);

    sch_der_assemble(&to, toy->entries);
    sch_der_close(&to, list);
  }
  put_extensions(&to, toy, true);
  sch_der_close(&to, mark);
  return sign(toy, &to);
}

struct sch_span sch_toy_bytes(const char *notation) {
  struct sch_builder to = sch_builder_of(room, sizeof room);

  sch_der_assemble(&to, notation);
  ENSURE(!to.failed);
  return keep(sch_builder_built(&to));
}

struct sch_span sch_toy_join(const struct sch_span *items, size_t count) {
  struct sch_builder to = sch_builder_of(room, sizeof room);

  for (size_t i = 0; i < count; i++) {
    sch_builder_bytes(&to, items[i]);
  }
  ENSURE(!to.failed);
  return count == 0 ? (struct sch_span){0} : keep(sch_builder_built(&to));
}
