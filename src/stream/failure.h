/* failure: what a status means to the owner of a stream, by where it arose: one table, total in
 * both. What a status is called and says is in sspi/status.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_STREAM_FAILURE_H
#define SCH_STREAM_FAILURE_H

#include "sspi/status.h"

/* Where a status came from. */
#define SCH_SITES(X)                                                                       \
  X(SETTINGS)     /* before any call: protocols, names, a certificate that is not there */ \
  X(CREDENTIAL)   /* AcquireCredentialsHandle */                                           \
  X(FIRST_CLIENT) /* InitializeSecurityContext without a context */                        \
  X(FIRST_SERVER) /* AcceptSecurityContext without one */                                  \
  X(HANDSHAKE)    /* either of them with a context, renegotiation included */              \
  X(QUERY)        /* QueryContextAttributes after a handshake */                           \
  X(VERIFY)       /* the verifier's verdict */                                             \
  X(DECRYPT)      /* DecryptMessage */                                                     \
  X(ENCRYPT)      /* EncryptMessage */                                                     \
  X(CONTROL)      /* ApplyControlToken and the calls that fetch its token */               \
  X(WIRE)         /* the transport has ended */

enum sch_site {
#define SCH_SITE_ENUM(name) SCH_SITE_##name,
  SCH_SITES(SCH_SITE_ENUM)
#undef SCH_SITE_ENUM
      SCH_SITE_COUNT
};

/* Classes of errors, as socket interfaces have them (QAbstractSocket::SocketError and the like). */
enum sch_failure {
  SCH_FAILURE_NONE,      /* no error */
  SCH_FAILURE_USER,      /* what the owner gave cannot be used */
  SCH_FAILURE_INTERNAL,  /* the provider, or memory */
  SCH_FAILURE_HANDSHAKE, /* the two ends have come to no agreement */
  SCH_FAILURE_CLOSED     /* the peer, or the transport, has ended the connection */
};

/* sch_failure_of: SEC_E_OK is no error anywhere, a close by the peer is one only where a handshake
 * is not done, lack of memory is internal everywhere, and the rest is what the site makes of it; a
 * status that no table knows is a failure like any other. */
enum sch_failure sch_failure_of(enum sch_site site, SECURITY_STATUS status);

#endif
