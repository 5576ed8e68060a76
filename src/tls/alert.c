/* alert: see alert.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "tls/alert.h"

#include "tls/record.h"

struct row {
  uint8_t number;
  const char *name;
  SECURITY_STATUS status;
};

/* The last row stands for every description that is not in the registry. */
static const struct row rows[] = {
#define SCH_ALERT_ROW(number, name, status) {number, #name, status},
    SCH_ALERTS(SCH_ALERT_ROW)
#undef SCH_ALERT_ROW
        {UINT8_MAX, "unknown_alert", SEC_E_ILLEGAL_MESSAGE},
};

static const struct row *find(uint8_t description) {
  size_t i = 0;

  while (i < SCH_COUNT(rows) - 1 && rows[i].number != description) {
    i++;
  }
  return &rows[i];
}

SECURITY_STATUS sch_alert_status(uint8_t description) {
  return find(description)->status;
}

const char *sch_alert_name(uint8_t description) {
  return find(description)->name;
}

void sch_alert_record(struct sch_builder *to, uint16_t version, enum sch_alert_level level,
                      uint8_t description) {
  sch_builder_u8(to, SCH_RECORD_ALERT);
  sch_builder_u16(to, version);
  sch_builder_u16(to, 2);
  sch_builder_u8(to, (uint8_t)level);
  sch_builder_u8(to, description);
}
