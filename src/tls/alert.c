/* alert: see alert.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "tls/alert.h"

SECURITY_STATUS sch_alert_status(uint8_t description) {
  switch (description) {
#define SCH_ALERT_CASE(number, name, status) \
  case number:                               \
    return status;
    SCH_ALERTS(SCH_ALERT_CASE)
#undef SCH_ALERT_CASE
    default:
      return SEC_E_ILLEGAL_MESSAGE;
  }
}

const char *sch_alert_name(uint8_t description) {
  switch (description) {
#define SCH_ALERT_CASE(number, name, status) \
  case number:                               \
    return #name;
    SCH_ALERTS(SCH_ALERT_CASE)
#undef SCH_ALERT_CASE
    default:
      return "unknown_alert";
  }
}
