/* connection_openssl: see connection_openssl.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "tls/connection_openssl.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "log.h"

/* What a TLS record adds to its data. RFC 5246 section 6.2.3, RFC 8446 section 5.2. */
#define TAG_SIZE ((size_t)16)
#define NONCE_SIZE ((size_t)8)
#define CBC_BLOCK ((size_t)16)
#define INNER_TYPE_SIZE ((size_t)1)

struct sch_span sch_openssl_copy(struct sch_span bytes) {
  uint8_t *data = sch_alloc(bytes.size);

  if (data == NULL) {
    return (struct sch_span){NULL, 0};
  }
  sch_copy(data, bytes.data, bytes.size);
  return sch_span_of(data, bytes.size);
}

void sch_openssl_let_go(struct sch_span *copy) {
  sch_free((void *)(uintptr_t)copy->data);
  *copy = (struct sch_span){NULL, 0};
}

static void on_handshake(struct sch_openssl_connection *connection, bool sent,
                         struct sch_span message) {
  if (message.size != 0) {
    connection->hello = connection->hello || message.data[0] == SSL3_MT_SERVER_HELLO;
    sch_log(sent ? SCH_LOG_HANDSHAKE_OUT : SCH_LOG_HANDSHAKE_IN, message.data[0],
            (uint32_t)message.size);
  }
}

static void on_message(int sent, int version, int type, const void *data, size_t size, SSL *ssl,
                       void *context) {
  struct sch_openssl_connection *connection = context;
  const struct sch_span message = sch_span_of(data, size);

  (void)version;
  (void)ssl;
  if (type == SSL3_RT_HANDSHAKE) {
    on_handshake(connection, sent != 0, message);
  } else if (type == SSL3_RT_CHANGE_CIPHER_SPEC && sent != 0) {
    connection->encrypting = true;
  } else if (type == SSL3_RT_INNER_CONTENT_TYPE && sent == 0 && size != 0) {
    connection->inner_handshake = message.data[0] == SCH_RECORD_HANDSHAKE;
  }
}

static void on_info(const SSL *ssl, int where, int value) {
  struct sch_openssl_connection *connection = SSL_get_app_data(ssl);

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

/* next_protocol takes one name, of 1 to 255 bytes, from a ProtocolNameList. RFC 7301 3.1. */
static bool next_protocol(struct sch_span *list, struct sch_span *name) {
  struct sch_span rest = *list;
  uint8_t size;

  if (!sch_span_u8(&rest, &size) || size == 0 || !sch_span_take(&rest, size, name)) {
    return false;
  }
  *list = rest;
  return true;
}

static bool protocols_are_legal(struct sch_span list) {
  struct sch_span name;

  while (next_protocol(&list, &name)) {
  }
  return list.size == 0;
}

static bool list_has(struct sch_span list, struct sch_span wanted) {
  struct sch_span name;

  while (next_protocol(&list, &name)) {
    if (sch_span_equal(name, wanted)) {
      return true;
    }
  }
  return false;
}

/* The server's own order decides; no overlap is fatal. RFC 7301 3.2. */
static int on_protocols(SSL *ssl, const unsigned char **chosen, unsigned char *size,
                        const unsigned char *offer, unsigned offer_size, void *unused) {
  const struct sch_openssl_connection *connection = SSL_get_app_data(ssl);
  struct sch_span own = connection->protocols;
  struct sch_span name;

  (void)unused;
  if (own.size == 0) {
    return SSL_TLSEXT_ERR_NOACK;
  }
  while (next_protocol(&own, &name)) {
    if (list_has(sch_span_of(offer, offer_size), name)) {
      *chosen = name.data;
      *size = (uint8_t)name.size;
      return SSL_TLSEXT_ERR_OK;
    }
  }
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

void sch_openssl_connection_hooks(SSL_CTX *context) {
  SSL_CTX_set_msg_callback(context, on_message);
  SSL_CTX_set_info_callback(context, on_info);
  SSL_CTX_set_alpn_select_cb(context, on_protocols, NULL);
}

void sch_openssl_connection_drop(struct sch_openssl_connection *connection) {
  /* Without close_notify libssl would forbid the session ever after, an SSL 3 rule. */
  if (connection->established) {
    SSL_set_shutdown(connection->ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  }
  SSL_free(connection->ssl);
  OPENSSL_free(connection->peer_certificate);
  sch_openssl_let_go(&connection->protocols);
  sch_openssl_let_go(&connection->kept);
  sch_free(connection);
}

static bool wish_as_client(struct sch_openssl_connection *connection, const char *target_name) {
  SSL *ssl = connection->ssl;

  SSL_set_connect_state(ssl);
  if (connection->protocols.size != 0 &&
      SSL_set_alpn_protos(ssl, connection->protocols.data, (unsigned)connection->protocols.size) !=
          0) {
    return false;
  }
  if (target_name == NULL) {
    return true;
  }
  SSL_SESSION *session = sch_openssl_credential_session(connection->credential, target_name);

  return SSL_set_tlsext_host_name(ssl, target_name) == 1 &&
         (session == NULL || SSL_set_session(ssl, session) == 1);
}

static bool wish(struct sch_openssl_connection *connection,
                 const struct sch_engine_wishes *wishes) {
  if (!connection->credential->server) {
    return wish_as_client(connection, wishes->target_name);
  }
  SSL_set_accept_state(connection->ssl);
  if (wishes->client_certificate) {
    SSL_set_verify(connection->ssl, SSL_VERIFY_PEER, NULL);
  }
  return true;
}

static bool equip(struct sch_openssl_connection *connection, struct sch_span protocols) {
  connection->protocols = sch_openssl_copy(protocols);
  connection->ssl = SSL_new(connection->credential->context);
  BIO *bio = sch_port_bio(&connection->port);

  if (connection->ssl == NULL || bio == NULL || connection->protocols.size != protocols.size) {
    BIO_free(bio);
    return false;
  }
  SSL_set_bio(connection->ssl, bio, bio);
  SSL_set_msg_callback_arg(connection->ssl, connection);
  return SSL_set_app_data(connection->ssl, connection) == 1;
}

SECURITY_STATUS sch_openssl_connection_open(const struct sch_engine_class *class,
                                            struct sch_openssl_credential *credential,
                                            const struct sch_engine_wishes *wishes,
                                            struct sch_openssl_connection **connection) {
  if (!protocols_are_legal(wishes->protocols) || wishes->protocols.size > UINT16_MAX) {
    return SEC_E_UNSUPPORTED_FUNCTION;
  }
  struct sch_openssl_connection *made = sch_alloc(sizeof(*made));

  if (made == NULL) {
    return SEC_E_INSUFFICIENT_MEMORY;
  }
  made->engine.class = class;
  made->credential = credential;
  made->alert = SCH_NO_ALERT;
  SECURITY_STATUS status = SEC_E_INSUFFICIENT_MEMORY;

  if (equip(made, wishes->protocols)) {
    status = wish(made, wishes) ? SEC_E_OK : SEC_E_UNSUPPORTED_FUNCTION;
  }
  ERR_clear_error();
  if (status != SEC_E_OK) {
    sch_openssl_connection_drop(made);
    return status;
  }
  *connection = made;
  return SEC_E_OK;
}

struct sch_openssl_sizes sch_openssl_sizes_of(const SSL *ssl) {
  const SSL_CIPHER *cipher = SSL_get_current_cipher(ssl);

  if (SSL_version(ssl) == TLS1_3_VERSION) {
    return (struct sch_openssl_sizes){SCH_RECORD_HEADER, TAG_SIZE + INNER_TYPE_SIZE, 1};
  }
  if (SSL_CIPHER_is_aead(cipher) == 0) {
    const EVP_MD *hash = EVP_get_digestbynid(SSL_CIPHER_get_digest_nid(cipher));

    return (struct sch_openssl_sizes){SCH_RECORD_HEADER + CBC_BLOCK,
                                      (size_t)EVP_MD_get_size(hash) + CBC_BLOCK, CBC_BLOCK};
  }
  if (SSL_CIPHER_get_cipher_nid(cipher) == NID_chacha20_poly1305) {
    return (struct sch_openssl_sizes){SCH_RECORD_HEADER, TAG_SIZE, 1};
  }
  return (struct sch_openssl_sizes){SCH_RECORD_HEADER + NONCE_SIZE, TAG_SIZE, 1};
}
