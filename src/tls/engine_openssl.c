/* engine_openssl: see engine_openssl.h.
 *
 * libssl reads through a port that holds one record, so it can never run ahead. After the
 * handshake a record of type handshake is told apart by its outer type in TLS 1.2, where it is
 * held back unread, and by its inner type in TLS 1.3, where libssl has to read it to know.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "tls/engine_openssl.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "log.h"
#include "tls/own_alert.h"
#include "tls/port.h"
#include "tls/protocols.h"
#include "tls/suite.h"

#define VERSION_FIRST 0x0301 /* of a record before versions are negotiated */
#define SUITES_ROOM 1024     /* bytes of a list of suites as libssl wants it */
#define GROUPS "X25519:P-256:P-384"
#define NO_ALERT (-1)

/* Level 2 takes RSA of 2048 bits and more, and nothing signed with SHA-1. */
#define SECURITY_LEVEL 2

static const uint8_t session_context[] = "schannel";

struct credential {
  SSL_CTX *context;
  bool server;
  struct sch_sessions sessions; /* client: what it may offer again */
};

struct connection {
  struct sch_engine engine; /* first: a pointer to it is a pointer to the connection */
  struct credential *credential;
  SSL *ssl;
  struct sch_port port;
  struct sch_fifo protocols; /* ALPN */
  struct sch_fifo farewell;  /* the alert of a failed `open` */
  struct sch_fifo kept;      /* the record that `step` is to deal with */
  bool read;                 /* libssl has read `kept`; step is shown it again */
  bool established;          /* a handshake has ended and none is running */
  bool hello;                /* a ServerHello has been sent or received */
  bool encrypting;           /* ChangeCipherSpec has been sent */
  bool asks;                 /* client: a certificate that is wanted and missing is asked for */
  bool refuses;              /* client: nobody judges the server */
  bool ended;                /* an alert of our own was the last record that leaves */
  struct sch_own_alert own;  /* what it was, or would be, sealed with */
  bool inner_handshake;      /* the record just read was a TLS 1.3 handshake record */
  int alert;                 /* description last sent or received in this call, or NO_ALERT */
  struct sch_suite_sizes sizes;
  uint8_t *peer_certificate; /* libcrypto's memory: what facts gave last */
};

static struct connection *connection_of(struct sch_engine *engine) {
  REQUIRE(engine != NULL);
  REQUIRE(engine->class == &sch_engine_openssl);
  return (struct connection *)engine;
}

/* kept_of views the record that `step` is to deal with; empty: there is none. */
static struct sch_span kept_of(const struct connection *connection) {
  return sch_fifo_held(&connection->kept);
}

/* ---- what libssl tells on its way ---- */

static void on_handshake(struct connection *connection, bool sent, struct sch_span message) {
  if (message.size != 0) {
    connection->hello = connection->hello || message.data[0] == SSL3_MT_SERVER_HELLO;
    if (sent && SSL_version(connection->ssl) == TLS1_3_VERSION &&
        (message.data[0] == SSL3_MT_FINISHED || message.data[0] == SSL3_MT_KEY_UPDATE)) {
      sch_own_alert_rekey(&connection->own);
    }
    sch_log(sent ? SCH_LOG_HANDSHAKE_OUT : SCH_LOG_HANDSHAKE_IN, message.data[0],
            (uint32_t)message.size);
  }
}

/* on_record counts the records that are sealed, from the header of each that is written. */
static void on_record(struct connection *connection, uint8_t type) {
  if (type == SCH_RECORD_CHANGE_CIPHER_SPEC) {
    connection->own.sequence = 0;
  } else if (type == SCH_RECORD_APPLICATION_DATA ||
             (connection->encrypting && SSL_version(connection->ssl) != TLS1_3_VERSION)) {
    connection->own.sequence++;
  }
}

static void on_secret(const SSL *ssl, const char *line) {
  struct connection *connection = SSL_get_app_data(ssl);

  sch_own_alert_line(&connection->own, SSL_is_server(ssl) == 1, line);
}

static void on_message(int sent, int version, int type, const void *data, size_t size, SSL *ssl,
                       void *context) {
  struct connection *connection = context;
  const struct sch_span message = sch_span_of(data, size);

  (void)version;
  (void)ssl;
  if (type == SSL3_RT_HANDSHAKE) {
    on_handshake(connection, sent != 0, message);
  } else if (type == SSL3_RT_HEADER && sent != 0 && size != 0) {
    on_record(connection, message.data[0]);
  } else if (type == SSL3_RT_CHANGE_CIPHER_SPEC && sent != 0) {
    connection->encrypting = true;
  } else if (type == SSL3_RT_INNER_CONTENT_TYPE && sent == 0 && size != 0) {
    connection->inner_handshake = message.data[0] == SCH_RECORD_HANDSHAKE;
  }
}

static void on_info(const SSL *ssl, int where, int value) {
  struct connection *connection = SSL_get_app_data(ssl);

  if ((where & SSL_CB_ALERT) == 0) {
    return;
  }
  const uint32_t level = (uint32_t)value >> 8;
  const uint32_t description = (uint32_t)value & 0xff;

  connection->alert = (int)description;
  if ((where & SSL_CB_READ) != 0) {
    sch_log(SCH_LOG_ALERT_IN, level, description);
  } else if (connection->port.token != NULL) {
    sch_log(SCH_LOG_ALERT_OUT, level, description);
  }
}

/* The server's own order decides; no overlap is fatal. RFC 7301 3.2. */
static int on_protocols(SSL *ssl, const unsigned char **chosen, unsigned char *size,
                        const unsigned char *offer, unsigned offer_size, void *unused) {
  const struct connection *connection = SSL_get_app_data(ssl);
  const struct sch_span own = sch_fifo_held(&connection->protocols);
  struct sch_span name;

  (void)unused;
  if (own.size == 0) {
    return SSL_TLSEXT_ERR_NOACK;
  }
  if (!sch_protocols_choose(own, sch_span_of(offer, offer_size), &name)) {
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  }
  *chosen = name.data;
  *size = (uint8_t)name.size;
  return SSL_TLSEXT_ERR_OK;
}

/* on_session keeps what can be resumed when the connection has a target name. The reference stays
 * libssl's: what is kept is a copy. */
static int on_session(SSL *ssl, SSL_SESSION *session) {
  struct credential *credential = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
  const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  const int size = SSL_SESSION_is_resumable(session) == 1 ? i2d_SSL_SESSION(session, NULL) : 0;

  if (name != NULL && size > 0) {
    uint8_t *at = sch_sessions_lend(&credential->sessions, name, (size_t)size);

    ENSURE(at == NULL || i2d_SSL_SESSION(session, &at) == size);
  }
  return 0;
}

/* on_certificate is called when the server wants a certificate: a negative answer suspends libssl
 * until SSL_do_handshake is called again. */
static int on_certificate(SSL *ssl, void *unused) {
  const struct connection *connection = SSL_get_app_data(ssl);

  (void)unused;
  return connection->asks && SSL_get_certificate(ssl) == NULL ? -1 : 1;
}

/* The peer's certificate is judged by the layers above, never here, unless there is nobody. */
static int judge_peer(X509_STORE_CTX *store, void *unused) {
  const SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
  const struct connection *connection = SSL_get_app_data(ssl);

  (void)unused;
  X509_STORE_CTX_set_error(
      store, connection->refuses ? X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY : X509_V_OK);
  return connection->refuses ? 0 : 1;
}

/* ---- the credential ---- */

/* take_certificate moves one certificate from the front of `der`, or gives NULL. */
static X509 *take_certificate(struct sch_span *der) {
  const uint8_t *at = der->data;
  X509 *certificate = der->size > LONG_MAX ? NULL : d2i_X509(NULL, &at, (long)der->size);

  if (certificate != NULL && !sch_span_skip(der, (size_t)(at - der->data))) {
    UNREACHABLE("libcrypto reads within its bounds");
  }
  return certificate;
}

static bool use_leaf(SSL_CTX *context, struct sch_span der) {
  X509 *leaf = take_certificate(&der);
  const bool used = leaf != NULL && der.size == 0 && SSL_CTX_use_certificate(context, leaf) == 1;

  X509_free(leaf);
  return used;
}

static bool use_chain(SSL_CTX *context, struct sch_span der) {
  while (der.size != 0) {
    X509 *issuer = take_certificate(&der);

    if (issuer == NULL || SSL_CTX_add0_chain_cert(context, issuer) != 1) {
      X509_free(issuer);
      return false;
    }
  }
  return true;
}

static bool use_key(SSL_CTX *context, struct sch_span der) {
  const uint8_t *at = der.data;
  EVP_PKEY *key = der.size > LONG_MAX ? NULL : d2i_AutoPrivateKey(NULL, &at, (long)der.size);
  const bool used = key != NULL && at == der.data + der.size &&
                    SSL_CTX_use_PrivateKey(context, key) == 1 &&
                    SSL_CTX_check_private_key(context) == 1;

  EVP_PKEY_free(key);
  return used;
}

static bool use_identity(SSL_CTX *context, const struct sch_engine_settings *settings) {
  if (settings->certificate.size == 0) {
    return settings->key.size == 0 && settings->chain.size == 0;
  }
  return settings->key.size != 0 && use_leaf(context, settings->certificate) &&
         use_chain(context, settings->chain) && use_key(context, settings->key);
}

static bool set_suites(SSL_CTX *context) {
  char new_names[SUITES_ROOM];
  char old_names[SUITES_ROOM];
  struct sch_builder new_list = sch_builder_of(new_names, sizeof(new_names));
  struct sch_builder old_list = sch_builder_of(old_names, sizeof(old_names));

  sch_suite_list(true, &new_list);
  sch_suite_list(false, &old_list);
  ENSURE(!new_list.failed);
  ENSURE(!old_list.failed);
  return SSL_CTX_set_ciphersuites(context, new_names) == 1 &&
         SSL_CTX_set_cipher_list(context, old_names) == 1;
}

static bool set_algorithms(SSL_CTX *context, const struct sch_engine_settings *settings) {
  SSL_CTX_set_security_level(context, SECURITY_LEVEL);
  return SSL_CTX_set_min_proto_version(context, settings->version_min) == 1 &&
         SSL_CTX_set_max_proto_version(context, settings->version_max) == 1 &&
         set_suites(context) && SSL_CTX_set1_groups_list(context, GROUPS) == 1 &&
         SSL_CTX_set_dh_auto(context, 1) == 1;
}

/* Server state lives in tickets alone, client state in the credential: libssl caches nothing. */
static bool set_sessions(SSL_CTX *context, const struct sch_engine_settings *settings) {
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  if (!settings->reconnect) {
    SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
  } else if (!settings->server) {
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(context, on_session);
  }
  return (settings->reconnect || SSL_CTX_set_num_tickets(context, 0) == 1) &&
         SSL_CTX_set_session_id_context(context, session_context, sizeof(session_context)) == 1;
}

static SECURITY_STATUS configure(SSL_CTX *context, const struct sch_engine_settings *settings) {
  SSL_CTX_clear_options(context, SSL_OP_LEGACY_SERVER_CONNECT);
  SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_ALLOW_CLIENT_RENEGOTIATION |
                                   SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_CLEANSE_PLAINTEXT);
  SSL_CTX_set_mode(context, SSL_MODE_NO_AUTO_CHAIN);
  SSL_CTX_set_msg_callback(context, on_message);
  SSL_CTX_set_info_callback(context, on_info);
  SSL_CTX_set_keylog_callback(context, on_secret);
  SSL_CTX_set_alpn_select_cb(context, on_protocols, NULL);
  SSL_CTX_set_cert_verify_callback(context, judge_peer, NULL);
  SSL_CTX_set_verify(context, settings->server ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, NULL);
  if (!set_algorithms(context, settings) || !set_sessions(context, settings)) {
    return SEC_E_ALGORITHM_MISMATCH;
  }
  return use_identity(context, settings) ? SEC_E_OK : SEC_E_UNKNOWN_CREDENTIALS;
}

static void credential_drop(void *opaque) {
  struct credential *credential = opaque;

  if (credential != NULL) {
    sch_sessions_drop(&credential->sessions);
    SSL_CTX_free(credential->context);
    sch_free(credential);
  }
}

static SECURITY_STATUS credential_open(const struct sch_engine_settings *settings,
                                       void **credential) {
  if (settings->version_min < SCH_TLS_1_2 || settings->version_max > SCH_TLS_1_3 ||
      settings->version_min > settings->version_max) {
    return SEC_E_ALGORITHM_MISMATCH;
  }
  /* The system's openssl.cnf must not change what is offered. */
  if (OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) != 1) {
    return SEC_E_INSUFFICIENT_MEMORY;
  }
  struct credential *made = sch_alloc(sizeof(*made));

  if (made == NULL) {
    return SEC_E_INSUFFICIENT_MEMORY;
  }
  made->server = settings->server;
  made->context = SSL_CTX_new(settings->server ? TLS_server_method() : TLS_client_method());
  if (made->context == NULL || SSL_CTX_set_app_data(made->context, made) != 1) {
    ERR_clear_error();
    credential_drop(made);
    return SEC_E_INSUFFICIENT_MEMORY;
  }
  const SECURITY_STATUS status = configure(made->context, settings);

  ERR_clear_error();
  if (status != SEC_E_OK) {
    credential_drop(made);
    return status;
  }
  *credential = made;
  return SEC_E_OK;
}

struct sch_sessions *sch_engine_openssl_sessions(void *credential) {
  return &((struct credential *)credential)->sessions;
}

/* ---- the connection ---- */

static void connection_drop(struct connection *connection) {
  SSL_free(connection->ssl);
  OPENSSL_free(connection->peer_certificate);
  sch_fifo_drop(&connection->farewell);
  sch_fifo_drop(&connection->protocols);
  sch_fifo_drop(&connection->kept);
  sch_free(connection);
}

static void drop(struct sch_engine *engine) {
  if (engine != NULL) {
    connection_drop(connection_of(engine));
  }
}

/* offer has libssl offer the newest session kept for the target. */
static bool offer(struct connection *connection, const char *target_name) {
  const struct sch_span kept = sch_sessions_find(&connection->credential->sessions, target_name);
  const uint8_t *at = kept.data;

  if (kept.size == 0) {
    return true;
  }
  SSL_SESSION *session = d2i_SSL_SESSION(NULL, &at, (long)kept.size);
  const bool set = session != NULL && SSL_set_session(connection->ssl, session) == 1;

  SSL_SESSION_free(session);
  return set;
}

static bool wish_as_client(struct connection *connection, const char *target_name) {
  const struct sch_span protocols = sch_fifo_held(&connection->protocols);
  SSL *ssl = connection->ssl;

  SSL_set_connect_state(ssl);
  SSL_set_cert_cb(ssl, on_certificate, NULL);
  connection->asks = true;
  if (protocols.size != 0 &&
      SSL_set_alpn_protos(ssl, protocols.data, (unsigned)protocols.size) != 0) {
    return false;
  }
  if (target_name == NULL) {
    return true;
  }
  return SSL_set_tlsext_host_name(ssl, target_name) == 1 && offer(connection, target_name);
}

static bool wish(struct connection *connection, const struct sch_engine_wishes *wishes) {
  if (!connection->credential->server) {
    return wish_as_client(connection, wishes->target_name);
  }
  SSL_set_accept_state(connection->ssl);
  if (wishes->client_certificate) {
    SSL_set_verify(connection->ssl, SSL_VERIFY_PEER, NULL);
  }
  return true;
}

static bool equip(struct connection *connection, struct sch_span protocols) {
  sch_fifo_open(&connection->protocols, UINT16_MAX);
  sch_fifo_open(&connection->kept, SCH_RECORD_MAX);
  sch_fifo_open(&connection->farewell, SCH_RECORD_MAX);
  connection->ssl = SSL_new(connection->credential->context);
  BIO *bio = sch_port_bio(&connection->port);

  if (connection->ssl == NULL || bio == NULL ||
      !sch_fifo_append(&connection->protocols, protocols)) {
    BIO_free(bio);
    return false;
  }
  SSL_set_bio(connection->ssl, bio, bio);
  SSL_set_msg_callback_arg(connection->ssl, connection);
  return SSL_set_app_data(connection->ssl, connection) == 1;
}

static SECURITY_STATUS connection_open(void *credential, const struct sch_engine_wishes *wishes,
                                       struct sch_engine **engine) {
  if (!sch_protocols_legal(wishes->protocols)) {
    return SEC_E_UNSUPPORTED_FUNCTION;
  }
  struct connection *made = sch_alloc(sizeof(*made));

  if (made == NULL) {
    return SEC_E_INSUFFICIENT_MEMORY;
  }
  made->engine.class = &sch_engine_openssl;
  made->credential = credential;
  made->alert = NO_ALERT;
  made->refuses = wishes->refuse_server;
  SECURITY_STATUS status = SEC_E_INSUFFICIENT_MEMORY;

  if (equip(made, wishes->protocols)) {
    status = wish(made, wishes) ? SEC_E_OK : SEC_E_UNSUPPORTED_FUNCTION;
  }
  ERR_clear_error();
  if (status != SEC_E_OK) {
    connection_drop(made);
    return status;
  }
  *engine = &made->engine;
  return SEC_E_OK;
}

static bool is_whole(struct sch_span wire) {
  struct sch_record record;
  size_t missing;

  return sch_record_next(&wire, &record, &missing) == SEC_E_OK && wire.size == 0;
}

/* ---- one turn of libssl ---- */

/* begin lends `in` and `token` to libssl for one call; end takes them back. */
static void begin(struct connection *connection, struct sch_span in, struct sch_fifo *token) {
  ERR_clear_error();
  connection->port.in = in;
  connection->port.token = connection->ended ? NULL : token;
  connection->port.refused = false;
  connection->alert = NO_ALERT;
  connection->inner_handshake = false;
}

static SECURITY_STATUS end(struct connection *connection, SECURITY_STATUS status) {
  const char *name = SSL_get_servername(connection->ssl, TLSEXT_NAMETYPE_host_name);

  /* Sessions of a connection that failed are not resumed. RFC 5246 section 7.2. */
  if (status < 0 && name != NULL) {
    sch_sessions_forget(&connection->credential->sessions, name);
  }
  connection->port.in = (struct sch_span){NULL, 0};
  connection->port.token = NULL;
  connection->port.record = NULL;
  connection->established = connection->established && status >= 0;
  ERR_clear_error();
  return status;
}

static SECURITY_STATUS failure(const struct connection *connection) {
  if (connection->port.refused) {
    return SEC_E_INSUFFICIENT_MEMORY;
  }
  return connection->alert == NO_ALERT ? SEC_E_INTERNAL_ERROR
                                       : sch_alert_status((uint8_t)connection->alert);
}

/* judge turns the result of a call that read into a status: SEC_E_OK, SEC_I_CONTINUE_NEEDED when
 * libssl wants to read more, or what ended the connection. */
static SECURITY_STATUS judge(const struct connection *connection, int result) {
  if (result > 0) {
    return SEC_E_OK;
  }
  switch (SSL_get_error(connection->ssl, result)) {
    case SSL_ERROR_WANT_READ:
      return SEC_I_CONTINUE_NEEDED;
    case SSL_ERROR_ZERO_RETURN:
      return SEC_I_CONTEXT_EXPIRED;
    case SSL_ERROR_WANT_X509_LOOKUP:
      return SEC_I_INCOMPLETE_CREDENTIALS;
    default:
      return failure(connection);
  }
}

static uint16_t suite_of(const SSL *ssl) {
  return SSL_CIPHER_get_protocol_id(SSL_get_current_cipher(ssl));
}

/* drain lets libssl read what a handshake call leaves: a message behind the one that ended the
 * handshake, or the first of a renegotiation. Data has no place in a handshake step. */
static SECURITY_STATUS drain(struct connection *connection) {
  uint8_t data;
  const SECURITY_STATUS status =
      judge(connection, SSL_read(connection->ssl, &data, (int)sizeof(data)));

  return status == SEC_E_OK ? SEC_E_INVALID_TOKEN : status;
}

/* answer sends the KeyUpdate that the peer has asked for. */
static SECURITY_STATUS answer(struct connection *connection) {
  SSL *ssl = connection->ssl;

  if (SSL_get_key_update_type(ssl) == SSL_KEY_UPDATE_NONE) {
    return SEC_E_OK;
  }
  return SSL_key_update(ssl, SSL_KEY_UPDATE_NOT_REQUESTED) == 1 && SSL_do_handshake(ssl) == 1
             ? SEC_E_OK
             : failure(connection);
}

/* settle says where the connection stands when libssl has read all it was given. */
static SECURITY_STATUS settle(struct connection *connection) {
  SSL *ssl = connection->ssl;

  ENSURE(connection->port.in.size == 0);
  if (SSL_in_init(ssl)) {
    connection->established = false;
    return SEC_I_CONTINUE_NEEDED;
  }
  /* A TLS 1.3 message in pieces also ends here, but brings no suite of its own. */
  if (!connection->established &&
      (connection->sizes.header == 0 || SSL_version(ssl) != TLS1_3_VERSION)) {
    connection->sizes = sch_suite_sizes_of(sch_suite_of(suite_of(ssl)));
    sch_log(SCH_LOG_KEYS, (uint32_t)SSL_version(ssl), suite_of(ssl));
  }
  connection->established = true;
  return answer(connection);
}

/* turn has libssl read the record in the port and do all that follows from it; with none, it has
 * libssl begin what it is to begin. */
static SECURITY_STATUS turn(struct connection *connection) {
  SSL *ssl = connection->ssl;
  SECURITY_STATUS status = SEC_E_OK;

  if (SSL_in_init(ssl) || connection->port.in.size == 0) {
    status = judge(connection, SSL_do_handshake(ssl));
  }
  if (status == SEC_E_OK && (connection->port.in.size != 0 || SSL_has_pending(ssl) != 0)) {
    status = drain(connection);
  }
  if (status == SEC_I_INCOMPLETE_CREDENTIALS) {
    connection->established = false;
    return status;
  }
  return status == SEC_E_OK || status == SEC_I_CONTINUE_NEEDED ? settle(connection) : status;
}

/* ---- step ---- */

/* step_kept deals with the record that open has set aside. A record that libssl has read is given
 * again, for SSPI has it so; the one held back comes with an empty step. */
static SECURITY_STATUS step_kept(struct connection *connection, struct sch_span record) {
  const struct sch_span kept = kept_of(connection);
  SECURITY_STATUS status = SEC_E_INVALID_TOKEN;

  if (connection->read && sch_span_equal(record, kept)) {
    status = settle(connection);
  } else if (!connection->read && record.size == 0) {
    connection->port.in = kept;
    status = turn(connection);
  }
  sch_fifo_consume(&connection->kept, kept.size);
  return status;
}

static SECURITY_STATUS step_empty(struct connection *connection) {
  if (connection->established && SSL_renegotiate(connection->ssl) != 1) {
    return SEC_E_INTERNAL_ERROR;
  }
  return turn(connection);
}

/* can_start says whether an empty step has something to do: a first ClientHello, a record held
 * back, an answer about a certificate, or a renegotiation. */
static bool can_start(const struct connection *connection) {
  if (kept_of(connection).size != 0) {
    return !connection->read;
  }
  if (connection->established) {
    return SSL_version(connection->ssl) != TLS1_3_VERSION;
  }
  if (SSL_want_x509_lookup(connection->ssl)) {
    return true;
  }
  return SSL_in_before(connection->ssl) && SSL_is_server(connection->ssl) == 0;
}

static SECURITY_STATUS step(struct sch_engine *engine, struct sch_span record,
                            struct sch_fifo *token) {
  struct connection *connection = connection_of(engine);

  REQUIRE(record.size == 0 || is_whole(record));
  if (record.size == 0 && !can_start(connection)) {
    return SEC_E_INCOMPLETE_MESSAGE;
  }
  if (kept_of(connection).size != 0) {
    begin(connection, (struct sch_span){NULL, 0}, token);
    return end(connection, step_kept(connection, record));
  }
  begin(connection, record, token);
  return end(connection, record.size == 0 ? step_empty(connection) : turn(connection));
}

static SECURITY_STATUS supply(struct sch_engine *engine, void *credential) {
  struct connection *connection = connection_of(engine);
  SSL_CTX *context = ((struct credential *)credential)->context;
  X509 *leaf = SSL_CTX_get0_certificate(context);
  STACK_OF(X509) *chain = NULL;

  if (leaf != NULL && credential != connection->credential) {
    const bool used = SSL_CTX_get0_chain_certs(context, &chain) == 1 &&
                      SSL_use_cert_and_key(connection->ssl, leaf, SSL_CTX_get0_privatekey(context),
                                           chain, 1) == 1;

    ERR_clear_error();
    if (!used) {
      return SEC_E_UNKNOWN_CREDENTIALS;
    }
  }
  connection->asks = false;
  return SEC_E_OK;
}

/* ---- open, seal, alert ---- */

/* set_aside keeps a copy of a record for `step`. */
static SECURITY_STATUS set_aside(struct connection *connection, struct sch_span record, bool read) {
  connection->read = read;
  return sch_fifo_append(&connection->kept, record) ? SEC_I_RENEGOTIATE : SEC_E_INSUFFICIENT_MEMORY;
}

static SECURITY_STATUS read_record(struct connection *connection, uint8_t *record, size_t size,
                                   struct sch_opened *opened) {
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

/* may_open says whether a record can be opened now: on an established connection, and application
 * data also while a renegotiation waits for the server's answer. */
static bool may_open(const struct connection *connection, const uint8_t *record) {
  const bool crosses = SSL_get_state(connection->ssl) == TLS_ST_CW_CLNT_HELLO &&
                       connection->sizes.header != 0 && record[0] == SCH_RECORD_APPLICATION_DATA;

  return kept_of(connection).size == 0 && (connection->established || crosses);
}

static SECURITY_STATUS open(struct sch_engine *engine, uint8_t *record, size_t size,
                            struct sch_opened *opened) {
  struct connection *connection = connection_of(engine);
  const struct sch_span whole = sch_span_of(record, size);
  const size_t header = connection->sizes.header;
  const int closed = SSL_get_shutdown(connection->ssl) & SSL_SENT_SHUTDOWN;

  REQUIRE(is_whole(whole));
  if (!may_open(connection, record)) {
    return SEC_E_CONTEXT_EXPIRED;
  }
  *opened = (struct sch_opened){.header = header < size ? header : size};
  if (record[0] == SCH_RECORD_HANDSHAKE && SSL_version(connection->ssl) != TLS1_3_VERSION) {
    return set_aside(connection, whole, false);
  }
  begin(connection, whole, closed == 0 ? &connection->farewell : NULL);
  /* Behind our close_notify libssl names no alert and so no reason: it must not know of it. */
  SSL_set_shutdown(connection->ssl, SSL_get_shutdown(connection->ssl) & ~SSL_SENT_SHUTDOWN);
  const SECURITY_STATUS status = read_record(connection, record, size, opened);

  SSL_set_shutdown(connection->ssl, SSL_get_shutdown(connection->ssl) | closed);
  return end(connection, status);
}

static SECURITY_STATUS farewell(struct sch_engine *engine, struct sch_fifo *token) {
  const struct sch_span said = sch_fifo_held(&connection_of(engine)->farewell);

  return sch_fifo_append(token, said) ? SEC_E_OK : SEC_E_INSUFFICIENT_MEMORY;
}

/* may_send says whether records of ours may leave now: not while `step` is owed, nor after our
 * close_notify. */
static bool may_send(const struct connection *connection) {
  return connection->established && !connection->ended && kept_of(connection).size == 0 &&
         (SSL_get_shutdown(connection->ssl) & SSL_SENT_SHUTDOWN) == 0;
}

static SECURITY_STATUS seal(struct sch_engine *engine, struct sch_span data,
                            struct sch_builder *record) {
  struct connection *connection = connection_of(engine);
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
static bool is_clear(const struct connection *connection) {
  return !connection->encrypting &&
         !(connection->hello && SSL_version(connection->ssl) == TLS1_3_VERSION);
}

/* alert_in_clear builds the record by hand: libssl offers no way to send a chosen alert. */
static SECURITY_STATUS alert_in_clear(const struct connection *connection,
                                      enum sch_alert_level level, uint8_t description,
                                      struct sch_fifo *token) {
  uint8_t bytes[SCH_ALERT_RECORD];
  struct sch_builder record = sch_builder_of(bytes, sizeof(bytes));

  /* Before a ServerHello no version is settled, and RFC 8446 5.1 has the oldest written. */
  sch_alert_record(&record, connection->hello ? SCH_TLS_1_2 : VERSION_FIRST, level, description);
  sch_log(SCH_LOG_ALERT_OUT, (uint32_t)level, description);
  return sch_fifo_append(token, sch_builder_built(&record)) ? SEC_E_OK : SEC_E_INSUFFICIENT_MEMORY;
}

/* alert_sealed seals the record beside libssl, which then may write no more. Not in the middle of a
 * TLS 1.2 renegotiation: libssl tells the new secrets before it uses them. */
static SECURITY_STATUS alert_sealed(struct connection *connection, enum sch_alert_level level,
                                    uint8_t description, struct sch_fifo *token) {
  const SSL *ssl = connection->ssl;
  const SSL_CIPHER *cipher = SSL_get_current_cipher(ssl);
  struct sch_own_alert_block block = {.hash = NULL};
  uint8_t bytes[SCH_RECORD_HEADER + SCH_AEAD_EXPLICIT + 3 + SCH_AEAD_TAG];
  struct sch_builder record = sch_builder_of(bytes, sizeof(bytes));

  if (cipher == NULL || (!connection->established && connection->sizes.header != 0)) {
    return SEC_E_UNSUPPORTED_FUNCTION;
  }
  block.hash = EVP_MD_get0_name(SSL_CIPHER_get_handshake_digest(cipher));
  (void)SSL_SESSION_get_master_key(SSL_get_session(ssl), block.master, sizeof(block.master));
  (void)SSL_get_client_random(ssl, block.client_random, sizeof(block.client_random));
  (void)SSL_get_server_random(ssl, block.server_random, sizeof(block.server_random));
  const SECURITY_STATUS status =
      sch_own_alert_seal(&connection->own, SSL_is_server(ssl) == 1, suite_of(ssl), &block, level,
                         description, &record);

  sch_wipe(&block, sizeof(block));
  if (status != SEC_E_OK) {
    return status;
  }
  connection->ended = true;
  sch_log(SCH_LOG_ALERT_OUT, (uint32_t)level, description);
  return sch_fifo_append(token, sch_builder_built(&record)) ? SEC_E_OK : SEC_E_INSUFFICIENT_MEMORY;
}

static SECURITY_STATUS alert(struct sch_engine *engine, enum sch_alert_level level,
                             uint8_t description, struct sch_fifo *token) {
  struct connection *connection = connection_of(engine);

  if (is_clear(connection)) {
    return alert_in_clear(connection, level, description, token);
  }
  if (connection->ended || (SSL_get_shutdown(connection->ssl) & SSL_SENT_SHUTDOWN) != 0) {
    return SEC_E_UNSUPPORTED_FUNCTION;
  }
  if (description != SCH_ALERT_close_notify) {
    return alert_sealed(connection, level, description, token);
  }
  if (!may_send(connection)) {
    return SEC_E_UNSUPPORTED_FUNCTION;
  }
  begin(connection, (struct sch_span){NULL, 0}, token);
  const int result = SSL_shutdown(connection->ssl);

  return end(connection, result >= 0 ? SEC_E_OK : failure(connection));
}

static void facts(struct sch_engine *engine, struct sch_engine_facts *facts) {
  struct connection *connection = connection_of(engine);
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
    .supply = supply,
    .open = open,
    .farewell = farewell,
    .seal = seal,
    .alert = alert,
    .facts = facts,
};
