/* secrets: see secrets.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "secrets.h"

#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <string.h>

#define MASTER 48
#define RANDOM 32
#define SALT (SCH_AEAD_IV - SCH_AEAD_EXPLICIT)

static const char label[] = "key expansion"; /* RFC 5246 section 6.3 */
#define LABEL (sizeof label - 1)

static void from_hex(const char *text, uint8_t *out, size_t room) {
  unsigned byte;

  for (size_t i = 0; i < room && sscanf(text + 2 * i, "%2x", &byte) == 1; i++) {
    out[i] = (uint8_t)byte;
  }
}

void sch_secrets_line(struct sch_secrets_log *log, const char *line) {
  const char *space = strrchr(line, ' ');

  if (space == NULL) {
    return;
  }
  if (strncmp(line, "CLIENT_TRAFFIC_SECRET_0 ", 24) == 0) {
    from_hex(space + 1, log->client, sizeof log->client);
  } else if (strncmp(line, "SERVER_TRAFFIC_SECRET_0 ", 24) == 0) {
    from_hex(space + 1, log->server, sizeof log->server);
  }
}

static bool expand(SSL *ssl, uint8_t *block, size_t size) {
  const SSL_CIPHER *cipher = SSL_get_current_cipher(ssl);
  const char *hash = EVP_MD_get0_name(SSL_CIPHER_get_handshake_digest(cipher));
  uint8_t master[MASTER];
  uint8_t seed[LABEL + 2 * RANDOM];
  EVP_KDF *kdf = EVP_KDF_fetch(NULL, "TLS1-PRF", NULL);
  EVP_KDF_CTX *context = EVP_KDF_CTX_new(kdf);

  sch_copy(seed, label, LABEL);
  (void)SSL_get_server_random(ssl, seed + LABEL, RANDOM);
  (void)SSL_get_client_random(ssl, seed + LABEL + RANDOM, RANDOM);
  (void)SSL_SESSION_get_master_key(SSL_get_session(ssl), master, sizeof master);
  const OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, (char *)(uintptr_t)hash, 0),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SECRET, master, sizeof master),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SEED, seed, sizeof seed),
      OSSL_PARAM_construct_end(),
  };
  const bool done = EVP_KDF_derive(context, block, size, parameters) == 1;

  EVP_KDF_CTX_free(context);
  EVP_KDF_free(kdf);
  return done;
}

/* split cuts the key block: both keys, then both IVs. */
static void split(const uint8_t *from, const struct sch_aead_suite *suite,
                  struct sch_aead_secrets *secrets) {
  struct sch_aead_secret *both[] = {&secrets->client, &secrets->server};
  const size_t iv = suite->header == SCH_RECORD_HEADER ? SCH_AEAD_IV : SALT;

  for (size_t i = 0; i < 2; i++, from += suite->key) {
    sch_copy(both[i]->secret, from, suite->key);
  }
  for (size_t i = 0; i < 2; i++, from += iv) {
    sch_copy(both[i]->iv, from, iv);
    both[i]->sequence = 1;
  }
}

bool sch_secrets_of(SSL *ssl, const struct sch_secrets_log *log, struct sch_aead_secrets *secrets) {
  const uint16_t number = SSL_CIPHER_get_protocol_id(SSL_get_current_cipher(ssl));
  const struct sch_aead_suite *suite = sch_aead_suite_of(number);
  uint8_t block[2 * (SCH_AEAD_KEY_MAX + SCH_AEAD_IV)];

  if (suite == NULL) {
    return false;
  }
  *secrets = (struct sch_aead_secrets){.suite = number};
  if (suite->version == SCH_TLS_1_3) {
    sch_copy(secrets->client.secret, log->client, sizeof log->client);
    sch_copy(secrets->server.secret, log->server, sizeof log->server);
    return true;
  }
  if (!expand(ssl, block, sizeof block)) {
    return false;
  }
  split(block, suite, secrets);
  return true;
}
