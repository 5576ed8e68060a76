/* secrets: the record secrets of a libssl connection, in the form that engine_aead and records
 * take them: whoever has them can go on in the place of either end.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_SECRETS_H
#define SCH_SECRETS_H

#include "tls/engine_aead.h"

struct ssl_st;

/* What the key log has told of one connection. Starts as zeros. */
struct sch_secrets_log {
  uint8_t client[SCH_AEAD_SECRET_MAX];
  uint8_t server[SCH_AEAD_SECRET_MAX];
};

/* sch_secrets_line reads a line of libssl's key log and keeps the first application traffic
 * secrets. TLS 1.2 needs none of it. */
void sch_secrets_line(struct sch_secrets_log *log, const char *line);

/* sch_secrets_of gives the secrets of a connection whose handshake is done, in either role: TLS 1.3
 * from the log, from record 0 on; TLS 1.2 from the session (RFC 5246 section 6.3), from the record
 * behind Finished on. The explicit nonces of GCM, which each end chooses, start at 0. False when
 * the suite is not one of engine_aead. */
CHECKED bool sch_secrets_of(struct ssl_st *ssl, const struct sch_secrets_log *log,
                            struct sch_aead_secrets *secrets);

#endif
