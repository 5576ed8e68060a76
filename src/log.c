/* log: see log.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "log.h"

static sch_log_sink *sink_now;
static void *context_now;

void sch_log_to(sch_log_sink *sink, void *context) {
  sink_now = sink;
  context_now = context;
}

void sch_log(enum sch_log_code code, uint32_t first, uint32_t second) {
  if (sink_now != NULL) {
    sink_now(context_now, code, first, second);
  }
}

const char *sch_log_name(enum sch_log_code code) {
  static const char *const names[] = {
#define SCH_LOG_TEXT(name, first, second) #name,
      SCH_LOG_CODES(SCH_LOG_TEXT)
#undef SCH_LOG_TEXT
  };

  REQUIRE(code < SCH_LOG_COUNT);
  return names[code];
}
