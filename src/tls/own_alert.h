/* own_alert: seals one last record beside libssl, which has no call for an alert of the caller's
 * choice. libssl tells the secrets and each record that it writes; from then on, the sequence
 * number is known. Behind the alert libssl must write no more: it would use that number again.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_TLS_OWN_ALERT_H
#define SCH_TLS_OWN_ALERT_H

#include "tls/aead.h"
#include "tls/alert.h"

#define SCH_MASTER_SECRET ((size_t)48)
#define SCH_HELLO_RANDOM ((size_t)32)

/* What is known of one direction. All zero it knows nothing. */
struct sch_own_alert {
  struct sch_aead_secret handshake; /* TLS 1.3: ours, before and after our Finished */
  struct sch_aead_secret application;
  bool finished;     /* our Finished is written */
  size_t updates;    /* KeyUpdates written since */
  uint64_t sequence; /* of the next record under the keys in use */
};

/* What a TLS 1.2 handshake leaves, RFC 5246 section 6.3. */
struct sch_own_alert_block {
  const char *hash; /* of the PRF, libcrypto's name */
  uint8_t master[SCH_MASTER_SECRET];
  uint8_t client_random[SCH_HELLO_RANDOM];
  uint8_t server_random[SCH_HELLO_RANDOM];
};

/* sch_own_alert_line takes a line of the key log (NSS key log format) if it names a TLS 1.3 secret
 * that this end, client or server, seals with. */
void sch_own_alert_line(struct sch_own_alert *own, bool server, const char *line);

/* sch_own_alert_rekey says that the next record is sealed with new keys: TLS 1.3 behind Finished
 * and KeyUpdate, TLS 1.2 behind ChangeCipherSpec. */
void sch_own_alert_rekey(struct sch_own_alert *own);

/* sch_own_alert_seal writes the alert as one record of `suite`. `block` is for TLS 1.2 alone.
 *   SEC_E_OK
 *   SEC_E_UNSUPPORTED_FUNCTION  no AEAD suite of tls/aead
 *   SEC_E_ENCRYPT_FAILURE       libcrypto failed; nothing is written */
CHECKED SECURITY_STATUS sch_own_alert_seal(const struct sch_own_alert *own, bool server,
                                           uint16_t suite, const struct sch_own_alert_block *block,
                                           enum sch_alert_level level, uint8_t description,
                                           struct sch_builder *record);

#endif
