/* engine_aead: see engine_aead.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "tls/engine_aead.h"

#include <openssl/evp.h>

#include "tls/connection_aead.h"

/* What connections share: expanded once, for deriving keys costs more than a short connection. */
struct credential {
  const struct sch_engine_class *class;
  bool server;
  EVP_CIPHER *cipher;
  struct sch_aead_keys client;
  struct sch_aead_keys server_side;
  struct sch_aead idle_read; /* left by a connection for the next, ready to start; or zeros */
  struct sch_aead idle_write;
};

static void credential_drop(void *credential) {
  struct credential *made = credential;

  sch_aead_drop(&made->idle_read);
  sch_aead_drop(&made->idle_write);
  EVP_CIPHER_free(made->cipher);
  sch_free(made);
}

static const struct sch_aead_keys *keys_of(const struct credential *credential, bool server) {
  return server ? &credential->server_side : &credential->client;
}

/* class_of finds the class whose records look like the suite's: ECDSA and RSA do not differ. */
static const struct sch_engine_class *class_of(const struct sch_aead_suite *suite) {
  for (size_t i = 0; i < SCH_ENGINE_AEAD_COUNT; i++) {
    struct sch_aead_secrets secrets;

    sch_engine_aead_toy(i, &secrets);
    const struct sch_aead_suite *other = sch_aead_suite_of(secrets.suite);

    if (other->version == suite->version && other->cipher == suite->cipher) {
      return &sch_engine_aead[i];
    }
  }
  UNREACHABLE("every suite of the table has a class");
}

static SECURITY_STATUS fill(struct credential *credential, const struct sch_aead_suite *suite,
                            const struct sch_aead_secrets *secrets) {
  TRY(sch_aead_expand(suite, &secrets->client, &credential->client));
  TRY(sch_aead_expand(suite, &secrets->server, &credential->server_side));
  credential->class = class_of(suite);
  credential->cipher = EVP_CIPHER_fetch(NULL, suite->cipher, NULL);
  return credential->cipher != NULL ? SEC_E_OK : SEC_E_INTERNAL_ERROR;
}

SECURITY_STATUS sch_engine_aead_credential(const struct sch_aead_secrets *secrets, bool server,
                                           void **credential) {
  const struct sch_aead_suite *suite = sch_aead_suite_of(secrets->suite);

  if (suite == NULL) {
    return SEC_E_ALGORITHM_MISMATCH;
  }
  struct credential *made = sch_alloc(sizeof *made);

  if (made == NULL) {
    return SEC_E_INSUFFICIENT_MEMORY;
  }
  made->server = server;
  const SECURITY_STATUS status = fill(made, suite, secrets);

  if (status < 0) {
    credential_drop(made);
    return status;
  }
  *credential = made;
  return SEC_E_OK;
}

/* leave keeps one direction for the next connection, back at its start, when none is kept yet. */
static void leave(struct sch_aead *aead, const struct sch_aead_keys *keys, struct sch_aead *idle) {
  if (idle->context == NULL && aead->context != NULL && sch_aead_restart(aead, keys) == SEC_E_OK) {
    *idle = *aead;
    sch_wipe(aead, sizeof *aead);
  } else {
    sch_aead_drop(aead);
  }
}

/* take starts one direction, with the context that is kept if there is one. */
static SECURITY_STATUS take(struct sch_aead *aead, const struct sch_aead_keys *keys,
                            struct sch_aead *idle, const EVP_CIPHER *cipher) {
  if (idle->context == NULL) {
    return sch_aead_open(aead, keys, cipher);
  }
  *aead = *idle;
  sch_wipe(idle, sizeof *idle);
  return SEC_E_OK;
}

static void drop(struct sch_engine *engine) {
  struct sch_connection_aead *connection = (struct sch_connection_aead *)engine;
  struct credential *made = connection->credential;

  leave(&connection->read, keys_of(made, !made->server), &made->idle_read);
  leave(&connection->write, keys_of(made, made->server), &made->idle_write);
  sch_fifo_drop(&connection->messages);
  sch_free(connection);
}

static SECURITY_STATUS connection_open(void *credential, const struct sch_engine_wishes *wishes,
                                       struct sch_engine **engine) {
  struct credential *made = credential;
  struct sch_connection_aead *connection = sch_alloc(sizeof *connection);

  (void)wishes;
  if (connection == NULL) {
    return SEC_E_INSUFFICIENT_MEMORY;
  }
  connection->engine.class = made->class;
  connection->credential = made;
  connection->server = made->server;
  connection->alert = SCH_ALERT_internal_error;
  sch_fifo_open(&connection->messages, SCH_AEAD_MESSAGES);
  if (take(&connection->read, keys_of(made, !made->server), &made->idle_read, made->cipher) < 0 ||
      take(&connection->write, keys_of(made, made->server), &made->idle_write, made->cipher) < 0) {
    drop(&connection->engine);
    return SEC_E_INSUFFICIENT_MEMORY;
  }
  *engine = &connection->engine;
  return SEC_E_OK;
}

static SECURITY_STATUS supply(struct sch_engine *engine, void *credential) {
  (void)engine;
  (void)credential;
  return SEC_E_OK;
}

static SECURITY_STATUS alert(struct sch_engine *engine, enum sch_alert_level level,
                             uint8_t description, struct sch_fifo *token) {
  struct sch_connection_aead *connection = (struct sch_connection_aead *)engine;

  REQUIRE(connection->state != SCH_AEAD_DEAD);
  connection->silent = true;
  return sch_connection_aead_say(connection, level, description, token);
}

static SECURITY_STATUS farewell(struct sch_engine *engine, struct sch_fifo *token) {
  struct sch_connection_aead *connection = (struct sch_connection_aead *)engine;

  REQUIRE(connection->state == SCH_AEAD_DEAD);
  return connection->silent
             ? SEC_E_OK
             : sch_connection_aead_say(connection, SCH_ALERT_FATAL, connection->alert, token);
}

static void facts(struct sch_engine *engine, struct sch_engine_facts *facts) {
  const struct sch_connection_aead *connection = (const struct sch_connection_aead *)engine;
  const struct sch_aead_suite *suite = connection->read.keys.suite;

  REQUIRE(connection->state >= SCH_AEAD_OPEN);
  *facts = (struct sch_engine_facts){
      .version = suite->version,
      .suite = suite->number,
      .header = suite->header,
      .trailer = SCH_AEAD_TAG + (suite->version == SCH_TLS_1_3 ? 1 : 0),
      .block = 1,
  };
}

/* index, IANA number, IANA name */
#define CLASSES(X)                                    \
  X(0, 0x1301, TLS_AES_128_GCM_SHA256)                \
  X(1, 0x1302, TLS_AES_256_GCM_SHA384)                \
  X(2, 0x1303, TLS_CHACHA20_POLY1305_SHA256)          \
  X(3, 0xc02f, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256) \
  X(4, 0xc030, TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384) \
  X(5, 0xcca8, TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256)

void sch_engine_aead_toy(size_t index, struct sch_aead_secrets *secrets) {
#define NUMBER(index, number, suite_name) number,
  static const uint16_t numbers[SCH_ENGINE_AEAD_COUNT] = {CLASSES(NUMBER)};
#undef NUMBER

  REQUIRE(index < SCH_ENGINE_AEAD_COUNT);
  *secrets = (struct sch_aead_secrets){.suite = numbers[index]};
  for (size_t i = 0; i < SCH_AEAD_SECRET_MAX; i++) {
    secrets->client.secret[i] = (uint8_t)i;
    secrets->server.secret[i] = (uint8_t)(0x80 + i);
  }
}

static SECURITY_STATUS open_toy(size_t index, const struct sch_engine_settings *settings,
                                void **credential) {
  struct sch_aead_secrets secrets;

  sch_engine_aead_toy(index, &secrets);
  const uint16_t version = sch_aead_suite_of(secrets.suite)->version;

  if (version < settings->version_min || version > settings->version_max) {
    return SEC_E_ALGORITHM_MISMATCH;
  }
  return sch_engine_aead_credential(&secrets, settings->server, credential);
}

/* credential_open is not told of its class: each class has its own. */
#define CREDENTIAL_OPEN(index, number, suite_name)                                     \
  static SECURITY_STATUS open_##suite_name(const struct sch_engine_settings *settings, \
                                           void **credential) {                        \
    return open_toy(index, settings, credential);                                      \
  }
CLASSES(CREDENTIAL_OPEN)
#undef CREDENTIAL_OPEN

#define CLASS(index, number, suite_name)    \
  {                                         \
      .name = "aead " #suite_name,          \
      .credential_open = open_##suite_name, \
      .credential_drop = credential_drop,   \
      .connection_open = connection_open,   \
      .drop = drop,                         \
      .step = sch_connection_aead_step,     \
      .supply = supply,                     \
      .open = sch_connection_aead_open,     \
      .farewell = farewell,                 \
      .seal = sch_connection_aead_seal,     \
      .alert = alert,                       \
      .facts = facts,                       \
  },
const struct sch_engine_class sch_engine_aead[SCH_ENGINE_AEAD_COUNT] = {CLASSES(CLASS)};
