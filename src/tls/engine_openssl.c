/* engine_openssl: see engine_openssl.h.
 *
 * libssl reads through a port that holds one record, so it can never run ahead. After the
 * handshake a record of type handshake is told apart by its outer type in TLS 1.2, where it is
 * held back unread, and by its inner type in TLS 1.3, where libssl has to read it to know.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "tls/engine_openssl.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "log.h"
#include "tls/connection_openssl.h"

#define VERSION_FIRST 0x0301 /* of a record before versions are negotiated */

static struct sch_openssl_connection *connection_of(struct sch_engine *engine) {
  REQUIRE(engine != NULL);
  REQUIRE(engine->class == &sch_engine_openssl);
  return (struct sch_openssl_connection *)engine;
}

static SECURITY_STATUS credential_open(const struct sch_engine_settings *settings,
                                       void **credential) {
  struct sch_openssl_credential *made = NULL;
  const SECURITY_STATUS status = sch_openssl_credential_open(settings, &made);

  if (status == SEC_E_OK) {
    sch_openssl_connection_hooks(made->context);
    *credential = made;
  }
  return status;
}

static void credential_drop(void *credential) {
  sch_openssl_credential_drop(credential);
}

static SECURITY_STATUS connection_open(void *credential, const struct sch_engine_wishes *wishes,
                                       struct sch_engine **engine) {
  struct sch_openssl_connection *made = NULL;
  const SECURITY_STATUS status =
      sch_openssl_connection_open(&sch_engine_openssl, credential, wishes, &made);

  if (status == SEC_E_OK) {
    *engine = &made->engine;
  }
  return status;
}

static void drop(struct sch_engine *engine) {
  if (engine != NULL) {
    sch_openssl_connection_drop(connection_of(engine));
  }
}

static bool is_whole(struct sch_span wire) {
  struct sch_record record;
  size_t missing;

  return sch_record_next(&wire, &record, &missing) == SEC_E_OK && wire.size == 0;
}

/* ---- one turn of libssl ---- */

/* begin lends `in` and `token` to libssl for one call; end takes them back. */
static void begin(struct sch_openssl_connection *connection, struct sch_span in,
                  struct sch_fifo *token) {
  ERR_clear_error();
  connection->port.in = in;
  connection->port.token = token;
  connection->port.refused = false;
  connection->alert = SCH_NO_ALERT;
  connection->inner_handshake = false;
}

static SECURITY_STATUS end(struct sch_openssl_connection *connection, SECURITY_STATUS status) {
  connection->port.in = (struct sch_span){NULL, 0};
  connection->port.token = NULL;
  connection->port.record = NULL;
  connection->established = connection->established && status >= 0;
  ERR_clear_error();
  return status;
}

static SECURITY_STATUS failure(const struct sch_openssl_connection *connection) {
  if (connection->port.refused) {
    return SEC_E_INSUFFICIENT_MEMORY;
  }
  return connection->alert == SCH_NO_ALERT ? SEC_E_INTERNAL_ERROR
                                           : sch_alert_status((uint8_t)connection->alert);
}

/* judge turns the result of a call that read into a status: SEC_E_OK, SEC_I_CONTINUE_NEEDED when
 * libssl wants to read more, or what ended the connection. */
static SECURITY_STATUS judge(const struct sch_openssl_connection *connection, int result) {
  if (result > 0) {
    return SEC_E_OK;
  }
  switch (SSL_get_error(connection->ssl, result)) {
    case SSL_ERROR_WANT_READ:
      return SEC_I_CONTINUE_NEEDED;
    case SSL_ERROR_ZERO_RETURN:
      return SEC_I_CONTEXT_EXPIRED;
    default:
      return failure(connection);
  }
}

static uint16_t suite_of(const SSL *ssl) {
  return SSL_CIPHER_get_protocol_id(SSL_get_current_cipher(ssl));
}

/* drain lets libssl read what a handshake call leaves: a message behind the one that ended the
 * handshake, or the first of a renegotiation. Data has no place in a handshake step. */
static SECURITY_STATUS drain(struct sch_openssl_connection *connection) {
  uint8_t data;
  const SECURITY_STATUS status =
      judge(connection, SSL_read(connection->ssl, &data, (int)sizeof(data)));

  return status == SEC_E_OK ? SEC_E_INVALID_TOKEN : status;
}

/* answer sends the KeyUpdate that the peer has asked for. */
static SECURITY_STATUS answer(struct sch_openssl_connection *connection) {
  SSL *ssl = connection->ssl;

  if (SSL_get_key_update_type(ssl) == SSL_KEY_UPDATE_NONE) {
    return SEC_E_OK;
  }
  return SSL_key_update(ssl, SSL_KEY_UPDATE_NOT_REQUESTED) == 1 && SSL_do_handshake(ssl) == 1
             ? SEC_E_OK
             : failure(connection);
}

/* settle says where the connection stands when libssl has read all it was given. */
static SECURITY_STATUS settle(struct sch_openssl_connection *connection) {
  SSL *ssl = connection->ssl;

  ENSURE(connection->port.in.size == 0);
  if (SSL_in_init(ssl)) {
    connection->established = false;
    return SEC_I_CONTINUE_NEEDED;
  }
  /* A TLS 1.3 message in pieces also ends here, but brings no suite of its own. */
  if (!connection->established &&
      (connection->sizes.header == 0 || SSL_version(ssl) != TLS1_3_VERSION)) {
    connection->sizes = sch_openssl_sizes_of(ssl);
    sch_log(SCH_LOG_KEYS, (uint32_t)SSL_version(ssl), suite_of(ssl));
  }
  connection->established = true;
  return answer(connection);
}

/* turn has libssl read the record in the port and do all that follows from it; with none, it has
 * libssl begin what it is to begin. */
static SECURITY_STATUS turn(struct sch_openssl_connection *connection) {
  SSL *ssl = connection->ssl;
  SECURITY_STATUS status = SEC_E_OK;

  if (SSL_in_init(ssl) || connection->port.in.size == 0) {
    status = judge(connection, SSL_do_handshake(ssl));
  }
  if (status == SEC_E_OK && (connection->port.in.size != 0 || SSL_has_pending(ssl) != 0)) {
    status = drain(connection);
  }
  return status == SEC_E_OK || status == SEC_I_CONTINUE_NEEDED ? settle(connection) : status;
}

/* ---- step ---- */

/* step_kept deals with the record that open has set aside. A record that libssl has read is given
 * again, for SSPI has it so; the one held back comes with an empty step. */
static SECURITY_STATUS step_kept(struct sch_openssl_connection *connection,
                                 struct sch_span record) {
  struct sch_span kept = connection->kept;

  connection->kept = (struct sch_span){NULL, 0};
  SECURITY_STATUS status = SEC_E_INVALID_TOKEN;

  if (connection->read && sch_span_equal(record, kept)) {
    status = settle(connection);
  } else if (!connection->read && record.size == 0) {
    connection->port.in = kept;
    status = turn(connection);
  }
  sch_openssl_let_go(&kept);
  return status;
}

static SECURITY_STATUS step_empty(struct sch_openssl_connection *connection) {
  if (connection->established && SSL_renegotiate(connection->ssl) != 1) {
    return SEC_E_INTERNAL_ERROR;
  }
  return turn(connection);
}

/* can_start says whether an empty step has something to do: a first ClientHello, a record held
 * back, or a renegotiation. */
static bool can_start(const struct sch_openssl_connection *connection) {
  if (connection->kept.size != 0) {
    return !connection->read;
  }
  if (connection->established) {
    return SSL_version(connection->ssl) != TLS1_3_VERSION;
  }
  return SSL_in_before(connection->ssl) && SSL_is_server(connection->ssl) == 0;
}

static SECURITY_STATUS step(struct sch_engine *engine, struct sch_span record,
                            struct sch_fifo *token) {
  struct sch_openssl_connection *connection = connection_of(engine);

  REQUIRE(record.size == 0 || is_whole(record));
  if (record.size == 0 && !can_start(connection)) {
    return SEC_E_INCOMPLETE_MESSAGE;
  }
  if (connection->kept.size != 0) {
    begin(connection, (struct sch_span){NULL, 0}, token);
    return end(connection, step_kept(connection, record));
  }
  begin(connection, record, token);
  return end(connection, record.size == 0 ? step_empty(connection) : turn(connection));
}

/* ---- open, seal, alert ---- */

/* set_aside keeps a copy of a record for `step`. */
static SECURITY_STATUS set_aside(struct sch_openssl_connection *connection, struct sch_span record,
                                 bool read) {
  connection->kept = sch_openssl_copy(record);
  connection->read = read;
  return connection->kept.size == record.size ? SEC_I_RENEGOTIATE : SEC_E_INSUFFICIENT_MEMORY;
}

static SECURITY_STATUS read_record(struct sch_openssl_connection *connection, uint8_t *record,
                                   size_t size, struct sch_opened *opened) {
  const struct sch_span whole = sch_span_of(record, size);
  uint8_t spare; /* for a record too short to be opened: libssl wants room before it refuses */
  const bool fits = opened->header < size;

  /* libssl takes the whole record from the port before it gives data, so both may share memory. */
  const int result = SSL_read(connection->ssl, fits ? record + opened->header : &spare,
                              fits ? (int)(size - opened->header) : (int)sizeof(spare));
  const SECURITY_STATUS status = judge(connection, result);

  if (status == SEC_E_OK) {
    opened->data = (size_t)result;
    ENSURE(opened->header + opened->data <= size);
    return SSL_has_pending(connection->ssl) == 0 ? SEC_E_OK : SEC_E_INTERNAL_ERROR;
  }
  if (status == SEC_I_CONTINUE_NEEDED) {
    opened->again = connection->inner_handshake;
    return opened->again ? set_aside(connection, whole, true) : SEC_E_OK;
  }
  return status;
}

static SECURITY_STATUS open(struct sch_engine *engine, uint8_t *record, size_t size,
                            struct sch_opened *opened) {
  struct sch_openssl_connection *connection = connection_of(engine);
  const struct sch_span whole = sch_span_of(record, size);
  const size_t header = connection->sizes.header;

  REQUIRE(is_whole(whole));
  if (!connection->established || connection->kept.size != 0) {
    return SEC_E_CONTEXT_EXPIRED;
  }
  *opened = (struct sch_opened){.header = header < size ? header : size};
  if (record[0] == SCH_RECORD_HANDSHAKE && SSL_version(connection->ssl) != TLS1_3_VERSION) {
    return set_aside(connection, whole, false);
  }
  begin(connection, whole, NULL);
  return end(connection, read_record(connection, record, size, opened));
}

/* may_send says whether records of ours may leave now: not while `step` is owed, nor after our
 * close_notify. */
static bool may_send(const struct sch_openssl_connection *connection) {
  return connection->established && connection->kept.size == 0 &&
         (SSL_get_shutdown(connection->ssl) & SSL_SENT_SHUTDOWN) == 0;
}

static SECURITY_STATUS seal(struct sch_engine *engine, struct sch_span data,
                            struct sch_builder *record) {
  struct sch_openssl_connection *connection = connection_of(engine);
  const size_t most = connection->sizes.header + data.size + connection->sizes.trailer;
  const size_t before = record->size;
  size_t taken = 0;

  REQUIRE(data.size <= SCH_RECORD_PLAIN_MAX);
  if (!may_send(connection)) {
    return SEC_E_CONTEXT_EXPIRED;
  }
  if (data.size == 0) {
    return SEC_E_UNSUPPORTED_FUNCTION;
  }
  if (record->failed || record->room - record->size < most) {
    return SEC_E_BUFFER_TOO_SMALL;
  }
  begin(connection, (struct sch_span){NULL, 0}, NULL);
  connection->port.record = record;
  const int result = SSL_write_ex(connection->ssl, data.data, data.size, &taken);

  if (result != 1 || taken != data.size) {
    return end(connection, SEC_E_ENCRYPT_FAILURE);
  }
  ENSURE(record->size - before <= most);
  ENSURE(record->size - before > connection->sizes.header + data.size);
  return end(connection, SEC_E_OK);
}

/* is_clear is false from the moment a key may protect what is written: ServerHello in TLS 1.3,
 * our own ChangeCipherSpec before. */
static bool is_clear(const struct sch_openssl_connection *connection) {
  return !connection->encrypting &&
         !(connection->hello && SSL_version(connection->ssl) == TLS1_3_VERSION);
}

/* alert_in_clear builds the record by hand: libssl offers no way to send a chosen alert. */
static SECURITY_STATUS alert_in_clear(const struct sch_openssl_connection *connection,
                                      enum sch_alert_level level, uint8_t description,
                                      struct sch_fifo *token) {
  uint8_t bytes[SCH_RECORD_HEADER + 2];
  struct sch_builder record = sch_builder_of(bytes, sizeof(bytes));

  sch_builder_u8(&record, SCH_RECORD_ALERT);
  /* Before a ServerHello no version is settled, and RFC 8446 5.1 has the oldest written. */
  sch_builder_u16(&record, connection->hello ? SCH_TLS_1_2 : VERSION_FIRST);
  sch_builder_u16(&record, 2);
  sch_builder_u8(&record, (uint8_t)level);
  sch_builder_u8(&record, description);
  sch_log(SCH_LOG_ALERT_OUT, (uint32_t)level, description);
  return sch_fifo_append(token, sch_builder_built(&record)) ? SEC_E_OK : SEC_E_INSUFFICIENT_MEMORY;
}

static SECURITY_STATUS alert(struct sch_engine *engine, enum sch_alert_level level,
                             uint8_t description, struct sch_fifo *token) {
  struct sch_openssl_connection *connection = connection_of(engine);

  if (is_clear(connection)) {
    return alert_in_clear(connection, level, description, token);
  }
  if (description != SCH_ALERT_close_notify || !may_send(connection)) {
    return SEC_E_UNSUPPORTED_FUNCTION;
  }
  begin(connection, (struct sch_span){NULL, 0}, token);
  const int result = SSL_shutdown(connection->ssl);

  return end(connection, result >= 0 ? SEC_E_OK : failure(connection));
}

static void facts(struct sch_engine *engine, struct sch_engine_facts *facts) {
  struct sch_openssl_connection *connection = connection_of(engine);
  SSL *ssl = connection->ssl;
  const unsigned char *protocol = NULL;
  unsigned protocol_size = 0;

  REQUIRE(SSL_get_current_cipher(ssl) != NULL);
  SSL_get0_alpn_selected(ssl, &protocol, &protocol_size);
  OPENSSL_free(connection->peer_certificate);
  connection->peer_certificate = NULL;
  const X509 *leaf = SSL_get0_peer_certificate(ssl);
  const int size = leaf == NULL ? 0 : i2d_X509(leaf, &connection->peer_certificate);

  *facts = (struct sch_engine_facts){
      .version = (uint16_t)SSL_version(ssl),
      .suite = suite_of(ssl),
      .header = connection->sizes.header,
      .trailer = connection->sizes.trailer,
      .block = connection->sizes.block,
      .peer_certificate = sch_span_of(connection->peer_certificate, size > 0 ? (size_t)size : 0),
      .protocol = sch_span_of(protocol, protocol_size),
      .resumed = SSL_session_reused(ssl) == 1,
  };
}

const struct sch_engine_class sch_engine_openssl = {
    .name = "openssl",
    .credential_open = credential_open,
    .credential_drop = credential_drop,
    .connection_open = connection_open,
    .drop = drop,
    .step = step,
    .open = open,
    .seal = seal,
    .alert = alert,
    .facts = facts,
};
