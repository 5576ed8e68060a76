/* aead: see aead.h. It uses libcrypto's ciphers and HMAC and nothing of libssl.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "tls/aead.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include "tls/engine.h"

#define GCM_HEADER (SCH_RECORD_HEADER + SCH_AEAD_EXPLICIT)
#define SALT (SCH_AEAD_IV - SCH_AEAD_EXPLICIT)
#define SEQUENCE 8
#define AAD_MAX 13
#define LABEL_MAX 32

static const struct sch_aead_suite suites[] = {
    {0x1301, SCH_TLS_1_3, "AES-128-GCM", 16, 32, SCH_RECORD_HEADER},
    {0x1302, SCH_TLS_1_3, "AES-256-GCM", 32, 48, SCH_RECORD_HEADER},
    {0x1303, SCH_TLS_1_3, "ChaCha20-Poly1305", 32, 32, SCH_RECORD_HEADER},
    {0xc02b, SCH_TLS_1_2, "AES-128-GCM", 16, 0, GCM_HEADER},
    {0xc02c, SCH_TLS_1_2, "AES-256-GCM", 32, 0, GCM_HEADER},
    {0xc02f, SCH_TLS_1_2, "AES-128-GCM", 16, 0, GCM_HEADER},
    {0xc030, SCH_TLS_1_2, "AES-256-GCM", 32, 0, GCM_HEADER},
    {0xcca8, SCH_TLS_1_2, "ChaCha20-Poly1305", 32, 0, SCH_RECORD_HEADER},
    {0xcca9, SCH_TLS_1_2, "ChaCha20-Poly1305", 32, 0, SCH_RECORD_HEADER},
};

const struct sch_aead_suite *sch_aead_suite_of(uint16_t number) {
  for (size_t i = 0; i < SCH_COUNT(suites); i++) {
    if (suites[i].number == number) {
      return &suites[i];
    }
  }
  return NULL;
}

static void put_u64(uint8_t *to, uint64_t value) {
  for (size_t i = 0; i < SEQUENCE; i++) {
    to[i] = (uint8_t)(value >> 8 * (SEQUENCE - 1 - i));
  }
}

static uint64_t get_u64(const uint8_t *from) {
  uint64_t value = 0;

  for (size_t i = 0; i < SEQUENCE; i++) {
    value = value << 8 | from[i];
  }
  return value;
}

/* hmac_open makes the HMAC of a suite's hash, to be keyed as often as is needed, or gives NULL. */
static EVP_MAC_CTX *hmac_open(const struct sch_aead_suite *suite) {
  const char *hash = suite->secret == 48 ? "SHA2-384" : "SHA2-256";
  const OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)(uintptr_t)hash, 0),
      OSSL_PARAM_construct_end(),
  };
  EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
  EVP_MAC_CTX *hmac = mac == NULL ? NULL : EVP_MAC_CTX_new(mac);

  EVP_MAC_free(mac);
  if (hmac != NULL && EVP_MAC_CTX_set_params(hmac, parameters) != 1) {
    EVP_MAC_CTX_free(hmac);
    return NULL;
  }
  return hmac;
}

/* expand_label is HKDF-Expand-Label with an empty context (RFC 8446 section 7.1). One turn of HMAC
 * is enough, for nothing here is longer than the hash. */
static bool expand_label(EVP_MAC_CTX *hmac, const struct sch_aead_keys *keys, const char *label,
                         uint8_t *out, size_t size) {
  uint8_t info[LABEL_MAX];
  uint8_t block[EVP_MAX_MD_SIZE];
  size_t written;
  struct sch_builder builder = sch_builder_of(info, sizeof info);

  REQUIRE(size <= keys->suite->secret);
  sch_builder_u16(&builder, (uint16_t)size);
  sch_builder_u8(&builder, 0);
  sch_builder_bytes(&builder, sch_span_text("tls13 "));
  sch_builder_bytes(&builder, sch_span_text(label));
  sch_builder_patch(&builder, 2, 1);
  sch_builder_u8(&builder, 0);
  sch_builder_u8(&builder, 1);
  ENSURE(!builder.failed);
  if (EVP_MAC_init(hmac, keys->secret, keys->suite->secret, NULL) != 1 ||
      EVP_MAC_update(hmac, info, builder.size) != 1 ||
      EVP_MAC_final(hmac, block, &written, sizeof block) != 1) {
    return false;
  }
  sch_copy(out, block, size);
  sch_wipe(block, sizeof block);
  return true;
}

/* derive makes the keys of the secret that is in place. */
static bool derive(EVP_MAC_CTX *hmac, struct sch_aead_keys *keys) {
  return expand_label(hmac, keys, "key", keys->key, keys->suite->key) &&
         expand_label(hmac, keys, "iv", keys->iv, SCH_AEAD_IV);
}

SECURITY_STATUS sch_aead_expand(const struct sch_aead_suite *suite,
                                const struct sch_aead_secret *secret, struct sch_aead_keys *keys) {
  *keys = (struct sch_aead_keys){.suite = suite, .sequence = secret->sequence};
  if (suite->version == SCH_TLS_1_3) {
    EVP_MAC_CTX *hmac = hmac_open(suite);

    sch_copy(keys->secret, secret->secret, suite->secret);
    const bool derived = hmac != NULL && derive(hmac, keys);

    EVP_MAC_CTX_free(hmac);
    return derived ? SEC_E_OK : SEC_E_INTERNAL_ERROR;
  }
  sch_copy(keys->key, secret->secret, suite->key);
  sch_copy(keys->iv, secret->iv, SCH_AEAD_IV);
  return SEC_E_OK;
}

SECURITY_STATUS sch_aead_open(struct sch_aead *aead, const struct sch_aead_keys *keys,
                              const EVP_CIPHER *cipher) {
  *aead = (struct sch_aead){.keys = *keys, .context = EVP_CIPHER_CTX_new()};
  return aead->context != NULL && EVP_CipherInit_ex(aead->context, cipher, NULL, keys->key, NULL, 1)
             ? SEC_E_OK
             : SEC_E_INSUFFICIENT_MEMORY;
}

/* A context that has the key already keeps it: scheduling one costs as much as a short record. */
SECURITY_STATUS sch_aead_restart(struct sch_aead *aead, const struct sch_aead_keys *keys) {
  REQUIRE(aead->keys.suite == keys->suite);
  const size_t size = keys->suite->key;
  const bool has_key =
      sch_span_equal(sch_span_of(aead->keys.key, size), sch_span_of(keys->key, size));

  aead->keys = *keys;
  return has_key || EVP_CipherInit_ex(aead->context, NULL, NULL, keys->key, NULL, 1)
             ? SEC_E_OK
             : SEC_E_INTERNAL_ERROR;
}

void sch_aead_drop(struct sch_aead *aead) {
  EVP_CIPHER_CTX_free(aead->context);
  sch_wipe(aead, sizeof *aead);
}

SECURITY_STATUS sch_aead_roll(struct sch_aead *aead) {
  struct sch_aead_keys next = {.suite = aead->keys.suite};
  SECURITY_STATUS status = SEC_E_INTERNAL_ERROR;

  REQUIRE(next.suite->version == SCH_TLS_1_3);
  EVP_MAC_CTX *hmac = hmac_open(next.suite);

  if (hmac != NULL &&
      expand_label(hmac, &aead->keys, "traffic upd", next.secret, next.suite->secret) &&
      derive(hmac, &next)) {
    status = sch_aead_restart(aead, &next);
  }
  EVP_MAC_CTX_free(hmac);
  sch_wipe(&next, sizeof next);
  return status;
}

/* nonce_of reads the explicit part from the record, whose it is, or mixes the sequence number into
 * the IV (RFC 8446 section 5.3, RFC 7905 section 2). */
static void nonce_of(const struct sch_aead_keys *keys, const uint8_t *record, uint8_t *nonce) {
  sch_copy(nonce, keys->iv, SCH_AEAD_IV);
  if (keys->suite->header == GCM_HEADER) {
    sch_copy(nonce + SALT, record + SCH_RECORD_HEADER, SCH_AEAD_EXPLICIT);
  } else {
    put_u64(nonce + SALT, get_u64(nonce + SALT) ^ keys->sequence);
  }
}

/* aad_of gives what is authenticated beside the plaintext: in TLS 1.3 the header as it is on the
 * wire; in TLS 1.2 the sequence number and the header with the size of the plaintext. */
static size_t aad_of(const struct sch_aead_keys *keys, const uint8_t *record, size_t plain,
                     uint8_t *aad) {
  if (keys->suite->version == SCH_TLS_1_3) {
    sch_copy(aad, record, SCH_RECORD_HEADER);
    return SCH_RECORD_HEADER;
  }
  put_u64(aad, keys->sequence);
  sch_copy(aad + SEQUENCE, record, 3);
  aad[11] = (uint8_t)(plain >> 8);
  aad[12] = (uint8_t)plain;
  return AAD_MAX;
}

/* start prepares the context for one record whose header and explicit nonce are in place. */
static bool start(struct sch_aead *aead, const uint8_t *record, size_t plain, int encrypt) {
  uint8_t nonce[SCH_AEAD_IV];
  uint8_t aad[AAD_MAX];
  int written;

  nonce_of(&aead->keys, record, nonce);
  const size_t size = aad_of(&aead->keys, record, plain, aad);

  return EVP_CipherInit_ex(aead->context, NULL, NULL, NULL, nonce, encrypt) &&
         EVP_CipherUpdate(aead->context, NULL, &written, aad, (int)size);
}

/* run feeds bytes through, in place; all come out at once, for these are stream ciphers. */
static bool run(struct sch_aead *aead, uint8_t *data, size_t size) {
  int written;

  if (size == 0) {
    return true;
  }
  if (!EVP_CipherUpdate(aead->context, data, &written, data, (int)size)) {
    return false;
  }
  ENSURE((size_t)written == size);
  return true;
}

static bool finish(struct sch_aead *aead) {
  uint8_t none[SCH_AEAD_TAG];
  int written;

  return EVP_CipherFinal_ex(aead->context, none, &written);
}

static void put_header(const struct sch_aead_keys *keys, uint8_t *record, uint8_t type,
                       uint16_t version, size_t body) {
  const uint8_t header[] = {type, (uint8_t)(version >> 8), (uint8_t)version, (uint8_t)(body >> 8),
                            (uint8_t)body};

  _Static_assert(sizeof header == SCH_RECORD_HEADER, "type, version and length");
  sch_copy(record, header, sizeof header);
  if (keys->suite->header == GCM_HEADER) {
    put_u64(record + SCH_RECORD_HEADER, get_u64(keys->iv + SALT) + keys->sequence);
  }
}

SECURITY_STATUS sch_aead_seal(struct sch_aead *aead, uint8_t type, uint16_t version,
                              struct sch_span data, struct sch_span tail,
                              struct sch_builder *record) {
  const size_t header = aead->keys.suite->header;
  const size_t overhead = header - SCH_RECORD_HEADER + SCH_AEAD_TAG;

  REQUIRE(data.size <= SCH_RECORD_BODY_MAX - overhead);
  REQUIRE(tail.size <= SCH_RECORD_BODY_MAX - overhead - data.size);
  if (aead->keys.sequence == UINT64_MAX) {
    return SEC_E_ENCRYPT_FAILURE;
  }
  const size_t plain = data.size + tail.size;
  uint8_t *to = sch_builder_lend(record, header + plain + SCH_AEAD_TAG);

  if (to == NULL) {
    return SEC_E_BUFFER_TOO_SMALL;
  }
  uint8_t *body = to + header;

  put_header(&aead->keys, to, type, version, plain + overhead);
  if (body != data.data) {
    sch_copy(body, data.data, data.size);
  }
  sch_copy(body + data.size, tail.data, tail.size);
  if (!start(aead, to, plain, 1) || !run(aead, body, plain) || !finish(aead) ||
      !EVP_CIPHER_CTX_ctrl(aead->context, EVP_CTRL_AEAD_GET_TAG, SCH_AEAD_TAG, body + plain)) {
    return SEC_E_ENCRYPT_FAILURE;
  }
  aead->keys.sequence++;
  return SEC_E_OK;
}

SECURITY_STATUS sch_aead_unseal(struct sch_aead *aead, uint8_t *record, size_t size,
                                size_t *plain) {
  const size_t header = aead->keys.suite->header;

  if (size < header + SCH_AEAD_TAG || aead->keys.sequence == UINT64_MAX) {
    return SEC_E_MESSAGE_ALTERED;
  }
  const size_t body = size - header - SCH_AEAD_TAG;
  uint8_t *data = record + header;

  if (!start(aead, record, body, 0) ||
      !EVP_CIPHER_CTX_ctrl(aead->context, EVP_CTRL_AEAD_SET_TAG, SCH_AEAD_TAG, data + body) ||
      !run(aead, data, body) || !finish(aead)) {
    return SEC_E_MESSAGE_ALTERED;
  }
  aead->keys.sequence++;
  *plain = body;
  return SEC_E_OK;
}

SECURITY_STATUS sch_aead_reseal(struct sch_aead *aead, uint8_t *record, size_t plain) {
  uint8_t *data = record + aead->keys.suite->header;

  REQUIRE(aead->keys.sequence >= 1);
  aead->keys.sequence--;
  return start(aead, record, plain, 1) && run(aead, data, plain) ? SEC_E_OK : SEC_E_INTERNAL_ERROR;
}
