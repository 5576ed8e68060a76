/* handshake: what the options of a plan mean to the handshake target, and the system under test
 * that they choose. The seed writer records with the very same functions, so that what it records
 * replays.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_HANDSHAKE_H
#define SCH_HANDSHAKE_H

#include "identities.h"
#include "peer.h"
#include "plan.h"
#include "sspi/personality.h"
#include "stream/stream.h"
#include "tls/suite.h"

enum sch_handshake_option {
  SCH_HANDSHAKE_SERVER = 1 << 0,   /* the system under test is the server */
  SCH_HANDSHAKE_ONLY_1_2 = 1 << 1, /* with neither, or both: TLS 1.2 and 1.3 */
  SCH_HANDSHAKE_ONLY_1_3 = 1 << 2,
  SCH_HANDSHAKE_IDENTITY_SHIFT = 3,          /* three bits: enum sch_identity_kind */
  SCH_HANDSHAKE_ALPN = 1 << 6,               /* offers or takes h2 and http/1.1 */
  SCH_HANDSHAKE_SNI = 1 << 7,                /* client: asks for SCH_IDENTITY_HOST */
  SCH_HANDSHAKE_CLIENT_CERTIFICATE = 1 << 8, /* server: asks for one */
  SCH_HANDSHAKE_RESUME = 1 << 9,             /* client: offers a session made before */
  SCH_HANDSHAKE_CLOSE = 1 << 10,             /* closes as soon as its data has been sealed */
  SCH_HANDSHAKE_CUTS = 1 << 11,              /* run whole, by plan and byte by byte, and compare */
  SCH_HANDSHAKE_SMALL_READS = 1 << 12,       /* a read limit of 64 bytes */
  SCH_HANDSHAKE_WIDE = 1 << 13,              /* the W forms of the entry points */
  SCH_HANDSHAKE_SESSION_SUITE_SHIFT = 14,    /* five bits, with RESUME: the session's suite ... */
  SCH_HANDSHAKE_SESSION_IDENTITY_SHIFT = 19, /* two bits: ... and whose it is */
  SCH_HANDSHAKE_PERSONALITY_SHIFT = 21,      /* four bits: row of sspi/personality, 0 the default */
  SCH_HANDSHAKE_REFUSE = 1 << 25             /* refuses a peer that it has to judge */
};

/* What the system under test sends as soon as it can; a canary that must never be seen in clear. It
 * is a line, because some peers think in lines. */
#define SCH_HANDSHAKE_CANARY "schannel-fuzz canary: plaintext of the system under test\n"

/* sch_handshake_identity reads the identity from the options; a server always has one. */
enum sch_identity_kind sch_handshake_identity(uint32_t options);

/* sch_handshake_personality reads the personality of the system under test; the default one stands
 * for a row that there is not, and for one without TLS 1.3 when nothing else is allowed. */
const struct sch_personality *sch_handshake_personality(uint32_t options);

/* sch_handshake_session gives the options of a client that resumes a session of `suite` with a
 * server of `identity`: RSA, ECDSA or ED25519. Options that ask for what there is not (no such
 * suite, a version that is forbidden, an identity that the suite does not take) mean the session
 * that the two ends come to by themselves, with an ECDSA server. */
uint32_t sch_handshake_session(const struct sch_suite *suite, enum sch_identity_kind identity);

/* sch_handshake_session_server is the server that a resuming client has its session from. */
struct sch_peer_config sch_handshake_session_server(uint32_t options);

/* sch_handshake_suits says whether a server with this identity can do this suite. */
bool sch_handshake_suits(const struct sch_suite *suite, enum sch_identity_kind identity);

/* sch_handshake_open makes the stream that `options` describe, over the checked table, with its
 * plaintext already queued. Credentials are made once in the process; a resuming client gets a
 * session from a handshake with the peer that is made once, too. NULL only when starved (starve.h).
 */
struct sch_stream *sch_handshake_open(uint32_t options);

/* sch_handshake_close drops the stream, which may be NULL, and what it alone used. */
void sch_handshake_close(struct sch_stream *stream);

#endif
