/* protocol: which versions a choice by name asks the provider for: one total table, in which no
 * choice means "what the system likes".
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_STREAM_PROTOCOL_H
#define SCH_STREAM_PROTOCOL_H

#include "base.h"
#include "sspi/abi.h"

/* The choices that socket interfaces offer (QSsl::SslProtocol and the like). */
enum sch_protocol {
  SCH_PROTOCOL_UNKNOWN,
  SCH_PROTOCOL_SECURE, /* TLS 1.2 and later: what to take when in doubt */
  SCH_PROTOCOL_ANY,    /* the same: what is below 1.2 is had by its name alone */
  SCH_PROTOCOL_SSL_2,
  SCH_PROTOCOL_SSL_3,
  SCH_PROTOCOL_TLS_1_SSL_3,
  SCH_PROTOCOL_TLS_1_0,
  SCH_PROTOCOL_TLS_1_0_OR_LATER,
  SCH_PROTOCOL_TLS_1_1,
  SCH_PROTOCOL_TLS_1_1_OR_LATER,
  SCH_PROTOCOL_TLS_1_2,
  SCH_PROTOCOL_TLS_1_2_OR_LATER,
  SCH_PROTOCOL_TLS_1_3,
  SCH_PROTOCOL_TLS_1_3_OR_LATER,
  SCH_PROTOCOL_DTLS_1_0,
  SCH_PROTOCOL_DTLS_1_0_OR_LATER,
  SCH_PROTOCOL_DTLS_1_2,
  SCH_PROTOCOL_DTLS_1_2_OR_LATER,
  SCH_PROTOCOL_COUNT
};

/* What a credential is told: SCHANNEL_CRED names the versions wanted, SCH_CREDENTIALS those
 * disabled, which is every other bit there is. */
struct sch_protocol_bits {
  DWORD wanted; /* SP_PROT bits of one role, never 0 */
  DWORD disabled;
};

/* sch_protocol_select gives the bits for a choice, for a server or a client, where the provider
 * knows TLS 1.3 (Windows from build 20221 on, and this project's own) or does not.
 *   SEC_E_OK
 *   SEC_E_ALGORITHM_MISMATCH  the choice names nothing that is left, is SSL or DTLS, or is none;
 *                             nothing is written */
CHECKED SECURITY_STATUS sch_protocol_select(enum sch_protocol protocol, bool server, bool knows_1_3,
                                            struct sch_protocol_bits *bits);

/* sch_protocol_of names the one version that `bits` of SP_PROT stand for, as a connection reports
 * it: SCH_PROTOCOL_UNKNOWN for none, several, or one that has no name here. */
enum sch_protocol sch_protocol_of(DWORD bits);

#endif
