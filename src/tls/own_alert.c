/* own_alert: see own_alert.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "tls/own_alert.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <string.h>

#include "tls/engine.h"

#define RECORD_VERSION 0x0303
#define SALT (SCH_AEAD_IV - SCH_AEAD_EXPLICIT)
#define KEY_BLOCK (2 * (SCH_AEAD_KEY_MAX + SCH_AEAD_IV))

static const char label[] = "key expansion"; /* RFC 5246 section 6.3 */
#define LABEL (sizeof label - 1)

static uint8_t nibble(char digit) {
  return (uint8_t)(digit >= 'a' ? digit - 'a' + 10 : digit - '0');
}

/* read_secret takes the hexadecimal digits behind the last blank. */
static void read_secret(const char *line, struct sch_aead_secret *secret) {
  const char *digits = strrchr(line, ' ');

  *secret = (struct sch_aead_secret){.sequence = 0};
  if (digits == NULL || strlen(digits + 1) > 2 * sizeof secret->secret) {
    return;
  }
  for (size_t i = 0; digits[2 * i + 1] != '\0' && digits[2 * i + 2] != '\0'; i++) {
    secret->secret[i] = (uint8_t)(nibble(digits[2 * i + 1]) << 4 | nibble(digits[2 * i + 2]));
  }
}

void sch_own_alert_line(struct sch_own_alert *own, bool server, const char *line) {
  const char *const handshake =
      server ? "SERVER_HANDSHAKE_TRAFFIC_SECRET " : "CLIENT_HANDSHAKE_TRAFFIC_SECRET ";
  const char *const application = server ? "SERVER_TRAFFIC_SECRET_0 " : "CLIENT_TRAFFIC_SECRET_0 ";

  if (strncmp(line, handshake, strlen(handshake)) == 0) {
    read_secret(line, &own->handshake);
  } else if (strncmp(line, application, strlen(application)) == 0) {
    read_secret(line, &own->application);
  }
}

void sch_own_alert_rekey(struct sch_own_alert *own) {
  own->sequence = 0;
  own->updates += own->finished;
  own->finished = true;
}

static bool expand(const struct sch_own_alert_block *block, uint8_t *keys, size_t size) {
  uint8_t seed[LABEL + 2 * SCH_HELLO_RANDOM];
  EVP_KDF *kdf = EVP_KDF_fetch(NULL, "TLS1-PRF", NULL);
  EVP_KDF_CTX *context = kdf == NULL ? NULL : EVP_KDF_CTX_new(kdf);
  const OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, (char *)(uintptr_t)block->hash, 0),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SECRET, (void *)(uintptr_t)block->master,
                                        sizeof block->master),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SEED, seed, sizeof seed),
      OSSL_PARAM_construct_end(),
  };

  sch_copy(seed, label, LABEL);
  sch_copy(seed + LABEL, block->server_random, SCH_HELLO_RANDOM);
  sch_copy(seed + LABEL + SCH_HELLO_RANDOM, block->client_random, SCH_HELLO_RANDOM);
  const bool done = context != NULL && EVP_KDF_derive(context, keys, size, parameters) == 1;

  EVP_KDF_CTX_free(context);
  EVP_KDF_free(kdf);
  return done;
}

/* cut takes key and IV of one end from the key block: both keys, then both IVs. libssl counts its
 * explicit nonces up from a place drawn at random, so a draw of ours is not among them but for a
 * chance of one in 2^64 for each record sent. */
static bool cut(const struct sch_aead_suite *suite, bool server,
                const struct sch_own_alert_block *block, struct sch_aead_secret *secret) {
  const size_t iv = suite->header == SCH_RECORD_HEADER ? SCH_AEAD_IV : SALT;
  uint8_t keys[KEY_BLOCK];
  bool done = expand(block, keys, 2 * (suite->key + iv));

  sch_copy(secret->secret, keys + (server ? suite->key : 0U), suite->key);
  sch_copy(secret->iv, keys + 2U * suite->key + (server ? iv : 0U), iv);
  sch_wipe(keys, sizeof keys);
  if (iv == SALT) {
    done = done && RAND_bytes(secret->iv + SALT, SCH_AEAD_EXPLICIT) == 1;
  }
  return done;
}

/* seal writes the record with the keys that the secret and the updates lead to. */
static SECURITY_STATUS seal(const struct sch_own_alert *own, const struct sch_aead_keys *keys,
                            EVP_CIPHER *cipher, struct sch_span alert, struct sch_builder *record) {
  static const uint8_t inner = SCH_RECORD_ALERT;
  const bool is_1_3 = keys->suite->version == SCH_TLS_1_3;
  const struct sch_span tail = sch_span_of(&inner, is_1_3 ? 1 : 0);
  struct sch_aead aead;
  SECURITY_STATUS status = sch_aead_open(&aead, keys, cipher);

  for (size_t i = 0; is_1_3 && i < own->updates && status == SEC_E_OK; i++) {
    status = sch_aead_roll(&aead);
  }
  if (status == SEC_E_OK) {
    aead.keys.sequence = own->sequence;
    status = sch_aead_seal(&aead, is_1_3 ? SCH_RECORD_APPLICATION_DATA : SCH_RECORD_ALERT,
                           RECORD_VERSION, alert, tail, record);
  }
  sch_aead_drop(&aead);
  return status == SEC_E_OK ? status : SEC_E_ENCRYPT_FAILURE;
}

SECURITY_STATUS sch_own_alert_seal(const struct sch_own_alert *own, bool server, uint16_t suite,
                                   const struct sch_own_alert_block *block,
                                   enum sch_alert_level level, uint8_t description,
                                   struct sch_builder *record) {
  const struct sch_aead_suite *row = sch_aead_suite_of(suite);
  const uint8_t alert[] = {(uint8_t)level, description};
  struct sch_aead_secret secret = own->finished ? own->application : own->handshake;
  struct sch_aead_keys keys;
  SECURITY_STATUS status = SEC_E_ENCRYPT_FAILURE;

  if (row == NULL) {
    return SEC_E_UNSUPPORTED_FUNCTION;
  }
  EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, row->cipher, NULL);

  if (cipher != NULL && (row->version == SCH_TLS_1_3 || cut(row, server, block, &secret)) &&
      sch_aead_expand(row, &secret, &keys) == SEC_E_OK) {
    status = seal(own, &keys, cipher, sch_span_of(alert, sizeof alert), record);
  }
  EVP_CIPHER_free(cipher);
  sch_wipe(&secret, sizeof secret);
  sch_wipe(&keys, sizeof keys);
  return status;
}
