/* connection_aead: see connection_aead.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "tls/connection_aead.h"

#include "log.h"

/* RFC 8446 section 5.2: the most a protected TLS 1.3 record holds. */
#define BODY_MAX_1_3 (SCH_RECORD_PLAIN_MAX + 256)
#define RECORD_VERSION 0x0303
#define HELLO_VERSION 0x0301 /* of a ClientHello and what goes before it, RFC 8446 section 5.1 */

#define MESSAGE_HEADER 4

enum message { HELLO_REQUEST = 0, CLIENT_HELLO = 1, NEW_SESSION_TICKET = 4, KEY_UPDATE = 24 };

static const uint8_t client_hello[] = {22, 3, 1, 0, 4, 1, 0, 0, 0};
static const uint8_t server_hello[] = {22, 3, 3, 0, 4, 2, 0, 0, 0};

/* A record with its protection off. */
struct plain {
  uint8_t type;
  uint8_t *data;
  size_t size;
  size_t unsealed; /* bytes that were protected: the data and, in TLS 1.3, type and padding */
};

static const struct sch_aead_suite *suite_of(const struct sch_connection_aead *connection) {
  return connection->read.keys.suite;
}

static bool is_1_3(const struct sch_connection_aead *connection) {
  return suite_of(connection)->version == SCH_TLS_1_3;
}

static SECURITY_STATUS refuse(struct sch_connection_aead *connection, enum sch_alert alert) {
  connection->alert = (uint8_t)alert;
  return sch_alert_status((uint8_t)alert);
}

/* seal writes one record of any type. */
static SECURITY_STATUS seal(struct sch_connection_aead *connection, uint8_t type,
                            struct sch_span data, struct sch_builder *record) {
  if (is_1_3(connection)) {
    return sch_aead_seal(&connection->write, SCH_RECORD_APPLICATION_DATA, RECORD_VERSION, data,
                         sch_span_of(&type, 1), record);
  }
  return sch_aead_seal(&connection->write, type, RECORD_VERSION, data, sch_span_of(NULL, 0),
                       record);
}

/* send appends one short record, protected when `sealed`. */
static SECURITY_STATUS send(struct sch_connection_aead *connection, bool sealed, uint8_t type,
                            struct sch_span data, struct sch_fifo *token) {
  uint8_t room[64];
  struct sch_builder record = sch_builder_of(room, sizeof room);

  if (sealed) {
    TRY(seal(connection, type, data, &record));
  } else {
    const bool first = connection->state == SCH_AEAD_START && !connection->server;

    sch_builder_u8(&record, type);
    sch_builder_u16(&record, first ? HELLO_VERSION : RECORD_VERSION);
    sch_builder_u16(&record, (uint16_t)data.size);
    sch_builder_bytes(&record, data);
    ENSURE(!record.failed);
  }
  return sch_fifo_append(token, sch_builder_built(&record)) ? SEC_E_OK : SEC_E_INSUFFICIENT_MEMORY;
}

SECURITY_STATUS sch_connection_aead_say(struct sch_connection_aead *connection,
                                        enum sch_alert_level level, uint8_t description,
                                        struct sch_fifo *token) {
  const uint8_t alert[] = {(uint8_t)level, description};

  sch_log(SCH_LOG_ALERT_OUT, (uint32_t)level, description);
  return send(connection, connection->state >= SCH_AEAD_OPEN, SCH_RECORD_ALERT,
              sch_span_of(alert, sizeof alert), token);
}

/* find_type strips the padding: the type is the last byte that is not zero (RFC 8446 section
 * 5.4). False when there is none. Padding may be most of a record: it goes in blocks at first. */
static bool find_type(struct plain *plain) {
  static const uint8_t zeros[64];
  const uint8_t *data = plain->data;
  size_t size = plain->size;

  while (size >= sizeof zeros &&
         sch_span_equal(sch_span_of(data + size - sizeof zeros, sizeof zeros),
                        sch_span_of(zeros, sizeof zeros))) {
    size -= sizeof zeros;
  }
  while (size > 0 && data[size - 1] == 0) {
    size--;
  }
  if (size == 0) {
    return false;
  }
  plain->size = size - 1;
  plain->type = data[size - 1];
  return true;
}

static SECURITY_STATUS check_header(struct sch_connection_aead *connection,
                                    struct sch_span record) {
  uint8_t type;
  uint16_t version;
  const bool read = sch_span_u8(&record, &type) && sch_span_u16(&record, &version);

  REQUIRE(read);
  REQUIRE(record.size >= 2);
  const size_t body = record.size - 2;

  if (is_1_3(connection) && type != SCH_RECORD_APPLICATION_DATA) {
    return refuse(connection, SCH_ALERT_unexpected_message);
  }
  if (version != RECORD_VERSION) {
    return refuse(connection,
                  is_1_3(connection) ? SCH_ALERT_decode_error : SCH_ALERT_protocol_version);
  }
  if (body > (is_1_3(connection) ? BODY_MAX_1_3 : SCH_RECORD_BODY_MAX)) {
    return refuse(connection, SCH_ALERT_record_overflow);
  }
  return SEC_E_OK;
}

/* unseal takes the protection off a record, in place, and judges all that holds for every type. */
static SECURITY_STATUS unseal(struct sch_connection_aead *connection, uint8_t *record, size_t size,
                              struct plain *plain) {
  const size_t type_size = is_1_3(connection) ? 1 : 0;

  TRY(check_header(connection, sch_span_of(record, size)));
  if (sch_aead_unseal(&connection->read, record, size, &plain->unsealed) < 0) {
    return refuse(connection, SCH_ALERT_bad_record_mac);
  }
  plain->type = record[0];
  plain->data = record + suite_of(connection)->header;
  plain->size = plain->unsealed;
  if (plain->size > SCH_RECORD_PLAIN_MAX + type_size) {
    return refuse(connection, SCH_ALERT_record_overflow);
  }
  if (is_1_3(connection) && !find_type(plain)) {
    return refuse(connection, SCH_ALERT_unexpected_message);
  }
  if (plain->type != SCH_RECORD_APPLICATION_DATA && plain->size == 0) {
    return refuse(connection, SCH_ALERT_unexpected_message);
  }
  if (plain->type != SCH_RECORD_HANDSHAKE && sch_fifo_held(&connection->messages).size != 0) {
    return refuse(connection, SCH_ALERT_unexpected_message);
  }
  return SEC_E_OK;
}

static SECURITY_STATUS take_alert(struct sch_connection_aead *connection,
                                  const struct plain *plain) {
  if (plain->size != 2) {
    return refuse(connection, SCH_ALERT_unexpected_message);
  }
  const uint8_t level = plain->data[0];
  const uint8_t description = plain->data[1];

  sch_log(SCH_LOG_ALERT_IN, level, description);
  if (description == SCH_ALERT_close_notify) {
    connection->state = SCH_AEAD_CLOSED;
    return SEC_I_CONTEXT_EXPIRED;
  }
  if (is_1_3(connection) ? description == SCH_ALERT_user_canceled : level == SCH_ALERT_WARNING) {
    return SEC_E_OK;
  }
  if (!is_1_3(connection) && level != SCH_ALERT_FATAL) {
    return refuse(connection, SCH_ALERT_illegal_parameter);
  }
  connection->silent = true;
  return refuse(connection, (enum sch_alert)description);
}

/* next_message views the first whole message held, or answers SEC_E_INCOMPLETE_MESSAGE. */
static SECURITY_STATUS next_message(struct sch_connection_aead *connection, uint8_t *type,
                                    struct sch_span *body) {
  struct sch_span held = sch_fifo_held(&connection->messages);
  uint32_t size;

  if (!sch_span_u8(&held, type) || !sch_span_u24(&held, &size)) {
    return SEC_E_INCOMPLETE_MESSAGE;
  }
  if (size > SCH_AEAD_MESSAGE_MAX - MESSAGE_HEADER) {
    return refuse(connection, SCH_ALERT_illegal_parameter);
  }
  if (!sch_span_take(&held, size, body)) {
    return SEC_E_INCOMPLETE_MESSAGE;
  }
  sch_log(SCH_LOG_HANDSHAKE_IN, *type, MESSAGE_HEADER + size);
  return SEC_E_OK;
}

/* update_keys follows the peer to its next keys and, when asked, goes to new ones of its own, said
 * under the old ones (RFC 8446 section 4.6.3). */
static SECURITY_STATUS update_keys(struct sch_connection_aead *connection, struct sch_span body,
                                   struct sch_fifo *token) {
  static const uint8_t reply[] = {KEY_UPDATE, 0, 0, 1, 0};
  uint8_t requested;

  if (!sch_span_u8(&body, &requested) || body.size != 0) {
    return refuse(connection, SCH_ALERT_decode_error);
  }
  if (requested > 1) {
    return refuse(connection, SCH_ALERT_illegal_parameter);
  }
  TRY(sch_aead_roll(&connection->read));
  if (requested == 0) {
    return SEC_E_OK;
  }
  sch_log(SCH_LOG_HANDSHAKE_OUT, KEY_UPDATE, sizeof reply);
  TRY(send(connection, true, SCH_RECORD_HANDSHAKE, sch_span_of(reply, sizeof reply), token));
  return sch_aead_roll(&connection->write);
}

/* take_message deals with one message; `last` says that its record ends with it. */
static SECURITY_STATUS take_message(struct sch_connection_aead *connection, uint8_t type,
                                    struct sch_span body, bool last, struct sch_fifo *token) {
  if (is_1_3(connection)) {
    if (type == KEY_UPDATE && last) {
      return update_keys(connection, body, token);
    }
    if (type == NEW_SESSION_TICKET && !connection->server) {
      return SEC_E_OK;
    }
  } else if (connection->server ? type == CLIENT_HELLO : type == HELLO_REQUEST && body.size == 0) {
    connection->renegotiate = true;
    return SEC_E_OK;
  }
  return refuse(connection, SCH_ALERT_unexpected_message);
}

/* take_messages adds a handshake record to what is begun and deals with all that is whole. */
static SECURITY_STATUS take_messages(struct sch_connection_aead *connection,
                                     const struct plain *plain, struct sch_fifo *token) {
  struct sch_fifo *messages = &connection->messages;
  SECURITY_STATUS status;
  uint8_t type;
  struct sch_span body;

  if (!sch_fifo_append(messages, sch_span_of(plain->data, plain->size))) {
    return SEC_E_INSUFFICIENT_MEMORY;
  }
  while ((status = next_message(connection, &type, &body)) == SEC_E_OK) {
    const size_t size = MESSAGE_HEADER + body.size;

    TRY(take_message(connection, type, body, size == sch_fifo_held(messages).size, token));
    sch_fifo_consume(messages, size);
  }
  return status == SEC_E_INCOMPLETE_MESSAGE ? SEC_E_OK : status;
}

/* take_record opens a copy of a TLS 1.3 record, for a step may not change the bytes. */
static SECURITY_STATUS take_record(struct sch_connection_aead *connection, struct sch_span record,
                                   struct sch_fifo *token) {
  uint8_t *copy = sch_alloc(record.size);
  struct plain plain;

  if (copy == NULL) {
    return SEC_E_INSUFFICIENT_MEMORY;
  }
  sch_copy(copy, record.data, record.size);
  SECURITY_STATUS status = unseal(connection, copy, record.size, &plain);

  if (status == SEC_E_OK) {
    status = plain.type == SCH_RECORD_HANDSHAKE ? take_messages(connection, &plain, token)
                                                : refuse(connection, SCH_ALERT_unexpected_message);
  }
  sch_free(copy);
  return status;
}

/* say_no answers the wish to renegotiate. */
static SECURITY_STATUS say_no(struct sch_connection_aead *connection, struct sch_fifo *token) {
  if (!connection->renegotiate) {
    return SEC_E_INCOMPLETE_MESSAGE;
  }
  connection->renegotiate = false;
  return sch_connection_aead_say(connection, SCH_ALERT_WARNING, SCH_ALERT_no_renegotiation, token);
}

static SECURITY_STATUS send_hello(struct sch_span hello, struct sch_fifo *token) {
  sch_log(SCH_LOG_HANDSHAKE_OUT, hello.data[SCH_RECORD_HEADER],
          (uint32_t)(hello.size - SCH_RECORD_HEADER));
  return sch_fifo_append(token, hello) ? SEC_E_OK : SEC_E_INSUFFICIENT_MEMORY;
}

/* shake_hands makes one step of the handshake that proves nothing. */
static SECURITY_STATUS shake_hands(struct sch_connection_aead *connection, struct sch_span record,
                                   struct sch_fifo *token) {
  const struct sch_span offer = sch_span_of(client_hello, sizeof client_hello);
  const struct sch_span answer = sch_span_of(server_hello, sizeof server_hello);
  const struct sch_span expected = connection->server ? offer : answer;

  if (record.size == 0) {
    if (connection->server || connection->state == SCH_AEAD_HELLO_SENT) {
      return SEC_E_INCOMPLETE_MESSAGE;
    }
    TRY(send_hello(offer, token));
    connection->state = SCH_AEAD_HELLO_SENT;
    return SEC_I_CONTINUE_NEEDED;
  }
  if (connection->state == SCH_AEAD_START && !connection->server) {
    return refuse(connection, SCH_ALERT_unexpected_message);
  }
  if (!sch_span_equal(record, expected)) {
    return refuse(connection, SCH_ALERT_unexpected_message);
  }
  sch_log(SCH_LOG_HANDSHAKE_IN, record.data[SCH_RECORD_HEADER], MESSAGE_HEADER);
  if (connection->server) {
    TRY(send_hello(answer, token));
  }
  connection->state = SCH_AEAD_OPEN;
  sch_log(SCH_LOG_KEYS, suite_of(connection)->version, suite_of(connection)->number);
  return SEC_E_OK;
}

SECURITY_STATUS sch_connection_aead_step(struct sch_engine *engine, struct sch_span record,
                                         struct sch_fifo *token) {
  struct sch_connection_aead *connection = (struct sch_connection_aead *)engine;
  SECURITY_STATUS status;

  REQUIRE(connection->state != SCH_AEAD_DEAD);
  if (connection->state < SCH_AEAD_OPEN) {
    status = shake_hands(connection, record, token);
  } else if (record.size == 0) {
    status = say_no(connection, token);
  } else if (is_1_3(connection)) {
    status = take_record(connection, record, token);
  } else {
    status = refuse(connection, SCH_ALERT_unexpected_message);
  }
  if (status < 0 && status != SEC_E_INCOMPLETE_MESSAGE) {
    (void)!sch_connection_aead_say(connection, SCH_ALERT_FATAL, connection->alert, token);
    connection->state = SCH_AEAD_DEAD;
  }
  return status;
}

static SECURITY_STATUS open_plain(struct sch_connection_aead *connection, uint8_t *record,
                                  const struct plain *plain, struct sch_opened *opened) {
  switch (plain->type) {
    case SCH_RECORD_APPLICATION_DATA:
      opened->data = plain->size;
      return SEC_E_OK;
    case SCH_RECORD_ALERT:
      return take_alert(connection, plain);
    case SCH_RECORD_HANDSHAKE:
      if (is_1_3(connection)) {
        opened->again = true;
        TRY(sch_aead_reseal(&connection->read, record, plain->unsealed));
        return SEC_I_RENEGOTIATE;
      }
      TRY(take_messages(connection, plain, NULL));
      return connection->renegotiate ? SEC_I_RENEGOTIATE : SEC_E_OK;
    default:
      return refuse(connection, SCH_ALERT_unexpected_message);
  }
}

SECURITY_STATUS sch_connection_aead_open(struct sch_engine *engine, uint8_t *record, size_t size,
                                         struct sch_opened *opened) {
  struct sch_connection_aead *connection = (struct sch_connection_aead *)engine;
  struct plain plain;

  REQUIRE(connection->state == SCH_AEAD_OPEN || connection->state == SCH_AEAD_CLOSED);
  *opened = (struct sch_opened){.header = suite_of(connection)->header};
  if (connection->state == SCH_AEAD_CLOSED) {
    return SEC_I_CONTEXT_EXPIRED;
  }
  SECURITY_STATUS status = unseal(connection, record, size, &plain);

  if (status == SEC_E_OK) {
    status = open_plain(connection, record, &plain, opened);
  }
  if (status < 0) {
    connection->state = SCH_AEAD_DEAD;
  }
  return status;
}

SECURITY_STATUS sch_connection_aead_seal(struct sch_engine *engine, struct sch_span data,
                                         struct sch_builder *record) {
  struct sch_connection_aead *connection = (struct sch_connection_aead *)engine;

  REQUIRE(connection->state == SCH_AEAD_OPEN || connection->state == SCH_AEAD_CLOSED);
  REQUIRE(data.size <= SCH_RECORD_PLAIN_MAX);
  return seal(connection, SCH_RECORD_APPLICATION_DATA, data, record);
}
