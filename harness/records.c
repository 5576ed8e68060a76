/* records: see records.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "records.h"

#include <openssl/evp.h>

#define VERSION 0x0303
#define KEY_UPDATE 24
#define KEY_UPDATE_SIZE 5

static bool is_1_3(const struct sch_records *records) {
  return records->suite->version == SCH_TLS_1_3;
}

static void must(SECURITY_STATUS status) {
  REQUIRE(status == SEC_E_OK);
}

static void open_way(struct sch_records_way *way, const struct sch_records *records,
                     const struct sch_aead_secret *secret) {
  must(sch_aead_expand(records->suite, secret, &way->keys[0]));
  must(sch_aead_open(&way->aead, &way->keys[0], records->cipher));
  way->known = 1;
}

void sch_records_open(struct sch_records *records, const struct sch_aead_secrets *secrets,
                      bool server) {
  const struct sch_aead_suite *suite = sch_aead_suite_of(secrets->suite);

  REQUIRE(suite != NULL);
  *records =
      (struct sch_records){.suite = suite, .cipher = EVP_CIPHER_fetch(NULL, suite->cipher, NULL)};
  open_way(&records->write, records, server ? &secrets->server : &secrets->client);
  open_way(&records->read, records, server ? &secrets->client : &secrets->server);
}

static void restart(struct sch_records_way *way) {
  way->now = 0;
  must(sch_aead_restart(&way->aead, &way->keys[0]));
}

void sch_records_restart(struct sch_records *records) {
  restart(&records->write);
  restart(&records->read);
}

/* roll goes to the next keys, which cost far more to derive than to take. */
static void roll(struct sch_records_way *way) {
  const size_t next = ++way->now;

  if (next < way->known) {
    must(sch_aead_restart(&way->aead, &way->keys[next]));
    return;
  }
  must(sch_aead_roll(&way->aead));
  if (next < SCH_RECORDS_KEYS) {
    way->keys[next] = way->aead.keys;
    way->known = next + 1;
  }
}

void sch_records_roll(struct sch_records *records) {
  roll(&records->write);
}

void sch_records_drop(struct sch_records *records) {
  sch_aead_drop(&records->write.aead);
  sch_aead_drop(&records->read.aead);
  EVP_CIPHER_free(records->cipher);
  *records = (struct sch_records){0};
}

struct sch_span sch_records_hello(bool server) {
  static const uint8_t client_hello[] = {22, 3, 1, 0, 4, 1, 0, 0, 0};
  static const uint8_t server_hello[] = {22, 3, 3, 0, 4, 2, 0, 0, 0};

  return server ? sch_span_of(server_hello, sizeof server_hello)
                : sch_span_of(client_hello, sizeof client_hello);
}

struct sch_records_shape sch_records_usual(const struct sch_records *records, uint8_t type) {
  const uint8_t outer = is_1_3(records) ? SCH_RECORD_APPLICATION_DATA : type;

  return (struct sch_records_shape){outer, VERSION, type, 0};
}

bool sch_records_seal(struct sch_records *records, struct sch_records_shape shape,
                      struct sch_span data, struct sch_builder *to) {
  const size_t overhead =
      records->suite->header - SCH_RECORD_HEADER + SCH_AEAD_TAG + is_1_3(records);
  struct sch_span tail = {NULL, 0};

  if (data.size > SCH_RECORD_BODY_MAX - overhead) {
    return false;
  }
  if (is_1_3(records)) {
    if (shape.padding > SCH_RECORD_BODY_MAX - overhead - data.size) {
      return false;
    }
    records->tail[0] = shape.type;
    tail = sch_span_of(records->tail, 1 + shape.padding);
  }
  return sch_aead_seal(&records->write.aead, shape.outer, shape.version, data, tail, to) ==
         SEC_E_OK;
}

bool sch_records_update(struct sch_records *records, bool requested, struct sch_builder *to) {
  const uint8_t message[KEY_UPDATE_SIZE] = {KEY_UPDATE, 0, 0, 1, requested};

  if (!is_1_3(records) ||
      !sch_records_seal(records, sch_records_usual(records, SCH_RECORD_HANDSHAKE),
                        sch_span_of(message, sizeof message), to)) {
    return false;
  }
  roll(&records->write);
  return true;
}

bool sch_records_unseal(struct sch_records *records, uint8_t *record, size_t size, uint8_t *type,
                        struct sch_span *data) {
  const uint8_t *plain = record + records->suite->header;
  size_t left;

  if (sch_aead_unseal(&records->read.aead, record, size, &left) != SEC_E_OK) {
    return false;
  }
  *type = record[0];
  if (is_1_3(records)) {
    do {
      if (left == 0) {
        return false;
      }
      *type = plain[--left];
    } while (*type == 0);
  }
  *data = sch_span_of(plain, left);
  if (is_1_3(records) && *type == SCH_RECORD_HANDSHAKE && left == KEY_UPDATE_SIZE &&
      plain[0] == KEY_UPDATE) {
    roll(&records->read);
  }
  return true;
}
