/* sch_trace: log events as lines for a person.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "sch.h"
#include "sspi/status.h"
#include "tls/alert.h"
#include "tls_names.h"

/* The entry points in the order of their numbers in sspi/sspi.c. */
static const char *entry_name(uint32_t number) {
  static const char *const names[] = {"InitializeSecurityContext", "AcceptSecurityContext",
                                      "DecryptMessage", "EncryptMessage", "ApplyControlToken"};

  return number < SCH_COUNT(names) ? names[number] : "?";
}

static const char *status_name(uint32_t status) {
  return sch_status_of((SECURITY_STATUS)status)->name;
}

static const char *name_of(enum sch_tls_registry registry, uint32_t number) {
  return sch_tls_name(registry, (uint16_t)number);
}

void sch_trace_log(void *context, enum sch_log_code code, uint32_t first, uint32_t second) {
  (void)context;
  (void)fprintf(stderr, "trace: %-13s ", sch_log_name(code));
  switch (code) {
    case SCH_LOG_CALL:
      (void)fprintf(stderr, "%s %s\n", entry_name(first), status_name(second));
      return;
    case SCH_LOG_RECORD_IN:
      (void)fprintf(stderr, "%s %u bytes\n", name_of(SCH_TLS_RECORD_TYPES, first), second);
      return;
    case SCH_LOG_HANDSHAKE_IN:
    case SCH_LOG_HANDSHAKE_OUT:
      (void)fprintf(stderr, "%s %u bytes\n", name_of(SCH_TLS_HANDSHAKE_TYPES, first), second);
      return;
    case SCH_LOG_ALERT_IN:
    case SCH_LOG_ALERT_OUT:
      (void)fprintf(stderr, "%s %s\n", first == SCH_ALERT_WARNING ? "warning" : "fatal",
                    sch_alert_name((uint8_t)second));
      return;
    case SCH_LOG_KEYS:
      (void)fprintf(stderr, "%s %s\n", name_of(SCH_TLS_VERSIONS, first),
                    name_of(SCH_TLS_SUITES, second));
      return;
    case SCH_LOG_FAILED:
      (void)fprintf(stderr, "%s\n", status_name(first));
      return;
    case SCH_LOG_COUNT:
      break;
  }
  UNREACHABLE("every code is handled");
}
