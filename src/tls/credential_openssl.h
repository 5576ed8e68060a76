/* credential_openssl: what the connections of one credential share: an SSL_CTX, and the sessions
 * that a client may offer again. With engine_openssl the only module that sees openssl/ssl.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_TLS_CREDENTIAL_OPENSSL_H
#define SCH_TLS_CREDENTIAL_OPENSSL_H

#include <openssl/types.h>

#include "tls/engine.h"

#define SCH_SESSIONS_MAX 16   /* client sessions kept; the oldest gives way */
#define SCH_HOST_NAME_MAX 255 /* bytes of a server name that libssl takes */

struct sch_session {
  char target_name[SCH_HOST_NAME_MAX + 1];
  struct ssl_session_st *session; /* NULL: a free place */
};

struct sch_openssl_credential {
  SSL_CTX *context;
  bool server;
  size_t next; /* the place to be overwritten next */
  struct sch_session sessions[SCH_SESSIONS_MAX];
};

/* sch_openssl_credential_open and sch_openssl_credential_drop are credential_open and
 * credential_drop of engine.h. The server's ticket keys are drawn in open. */
SECURITY_STATUS sch_openssl_credential_open(const struct sch_engine_settings *settings,
                                            struct sch_openssl_credential **credential);
void sch_openssl_credential_drop(struct sch_openssl_credential *credential);

/* sch_openssl_credential_session finds the newest session kept for `target_name`, or NULL. The
 * credential keeps its reference. */
struct ssl_session_st *sch_openssl_credential_session(
    const struct sch_openssl_credential *credential, const char *target_name);

#endif
