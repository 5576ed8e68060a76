/* alert: the alert descriptions of TLS and the status that Schannel makes of each.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_TLS_ALERT_H
#define SCH_TLS_ALERT_H

#include "bytes/builder.h"
#include "sspi/abi.h"

enum sch_alert_level { SCH_ALERT_WARNING = 1, SCH_ALERT_FATAL = 2 };

/* number, name (RFC 8446 section 6 and the IANA registry), status (Microsoft, "Schannel Error
 * Codes for TLS and SSL Alerts") */
#define SCH_ALERTS(X)                                         \
  X(0, close_notify, SEC_I_CONTEXT_EXPIRED)                   \
  X(10, unexpected_message, SEC_E_ILLEGAL_MESSAGE)            \
  X(20, bad_record_mac, SEC_E_MESSAGE_ALTERED)                \
  X(21, decryption_failed, SEC_E_DECRYPT_FAILURE)             \
  X(22, record_overflow, SEC_E_ILLEGAL_MESSAGE)               \
  X(30, decompression_failure, SEC_E_MESSAGE_ALTERED)         \
  X(40, handshake_failure, SEC_E_ILLEGAL_MESSAGE)             \
  X(41, no_certificate, SEC_E_CERT_UNKNOWN)                   \
  X(42, bad_certificate, SEC_E_CERT_UNKNOWN)                  \
  X(43, unsupported_certificate, SEC_E_CERT_UNKNOWN)          \
  X(44, certificate_revoked, CRYPT_E_REVOKED)                 \
  X(45, certificate_expired, SEC_E_CERT_EXPIRED)              \
  X(46, certificate_unknown, SEC_E_CERT_UNKNOWN)              \
  X(47, illegal_parameter, SEC_E_ILLEGAL_MESSAGE)             \
  X(48, unknown_ca, SEC_E_UNTRUSTED_ROOT)                     \
  X(49, access_denied, SEC_E_LOGON_DENIED)                    \
  X(50, decode_error, SEC_E_ILLEGAL_MESSAGE)                  \
  X(51, decrypt_error, SEC_E_DECRYPT_FAILURE)                 \
  X(60, export_restriction, SEC_E_ILLEGAL_MESSAGE)            \
  X(70, protocol_version, SEC_E_UNSUPPORTED_FUNCTION)         \
  X(71, insufficient_security, SEC_E_ALGORITHM_MISMATCH)      \
  X(80, internal_error, SEC_E_INTERNAL_ERROR)                 \
  X(86, inappropriate_fallback, SEC_E_ILLEGAL_MESSAGE)        \
  X(90, user_canceled, SEC_E_ILLEGAL_MESSAGE)                 \
  X(100, no_renegotiation, SEC_E_ILLEGAL_MESSAGE)             \
  X(109, missing_extension, SEC_E_ILLEGAL_MESSAGE)            \
  X(110, unsupported_extension, SEC_E_ILLEGAL_MESSAGE)        \
  X(111, certificate_unobtainable, SEC_E_ILLEGAL_MESSAGE)     \
  X(112, unrecognized_name, SEC_E_WRONG_PRINCIPAL)            \
  X(113, bad_certificate_status_response, SEC_E_CERT_UNKNOWN) \
  X(114, bad_certificate_hash_value, SEC_E_CERT_UNKNOWN)      \
  X(115, unknown_psk_identity, SEC_E_ILLEGAL_MESSAGE)         \
  X(116, certificate_required, SEC_E_CERT_UNKNOWN)            \
  X(120, no_application_protocol, SEC_E_APPLICATION_PROTOCOL_MISMATCH)

enum sch_alert {
#define SCH_ALERT_ENUM(number, name, status) SCH_ALERT_##name = (number),
  SCH_ALERTS(SCH_ALERT_ENUM)
#undef SCH_ALERT_ENUM
};

/* sch_alert_status maps a description, sent or received, to the status of the connection it ends;
 * an unknown one gives SEC_E_ILLEGAL_MESSAGE. */
SECURITY_STATUS sch_alert_status(uint8_t description);

/* sch_alert_record writes an alert record in the clear, SCH_ALERT_RECORD bytes, with the record
 * version `version`. RFC 8446 sections 5.1 and 6. */
#define SCH_ALERT_RECORD ((size_t)7)
void sch_alert_record(struct sch_builder *to, uint16_t version, enum sch_alert_level level,
                      uint8_t description);

/* sch_alert_name names a description, "unknown_alert" when it is not in the registry. */
const char *sch_alert_name(uint8_t description);

#endif
