/* connection_openssl: one libssl connection: how it is made, what it tells on its way, how it ends.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_TLS_CONNECTION_OPENSSL_H
#define SCH_TLS_CONNECTION_OPENSSL_H

#include "tls/credential_openssl.h"
#include "tls/engine.h"
#include "tls/port.h"

#define SCH_NO_ALERT (-1)

struct sch_openssl_sizes {
  size_t header;
  size_t trailer; /* at most */
  size_t block;
};

struct sch_openssl_connection {
  struct sch_engine engine; /* first: a pointer to it is a pointer to the connection */
  struct sch_openssl_credential *credential;
  SSL *ssl;
  struct sch_port port;
  struct sch_span protocols; /* ALPN, own copy */
  struct sch_span kept;      /* own copy of the record that `step` is to deal with, or empty */
  bool read;                 /* libssl has read `kept`; step is shown it again */
  bool established;          /* a handshake has ended and none is running */
  bool hello;                /* a ServerHello has been sent or received */
  bool encrypting;           /* ChangeCipherSpec has been sent */
  bool inner_handshake;      /* the record just read was a TLS 1.3 handshake record */
  int alert;                 /* description last sent or received in this call, or SCH_NO_ALERT */
  struct sch_openssl_sizes sizes;
  uint8_t *peer_certificate; /* libcrypto's memory: what facts gave last */
};

/* sch_openssl_copy copies `bytes` to memory of sch_alloc. NULL data when memory is short, and for
 * none. sch_openssl_let_go frees such a copy and empties the span. */
struct sch_span sch_openssl_copy(struct sch_span bytes);
void sch_openssl_let_go(struct sch_span *copy);

/* sch_openssl_connection_hooks makes connections of `context` report to their struct: alerts,
 * handshake messages, inner content types; and choose ALPN by the server's own order. */
void sch_openssl_connection_hooks(SSL_CTX *context);

/* sch_openssl_connection_open and sch_openssl_connection_drop are connection_open and drop of
 * engine.h, for an engine of class `class`. */
SECURITY_STATUS sch_openssl_connection_open(const struct sch_engine_class *class,
                                            struct sch_openssl_credential *credential,
                                            const struct sch_engine_wishes *wishes,
                                            struct sch_openssl_connection **connection);
void sch_openssl_connection_drop(struct sch_openssl_connection *connection);

/* sch_openssl_sizes_of tells what a record of the suite now negotiated adds to its data. */
struct sch_openssl_sizes sch_openssl_sizes_of(const SSL *ssl);

#endif
