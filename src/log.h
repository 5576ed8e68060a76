/* log: the only way out for diagnostics.
 *
 * An event is a code and two numbers: types, sizes, counts, statuses. There is no way to log a
 * byte of payload, a key or a name, so nothing secret can leak here (findings 000-1 and 001-2).
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_LOG_H
#define SCH_LOG_H

#include "base.h"

/* code, first number, second number */
#define SCH_LOG_CODES(X)                            \
  X(CALL, "entry point", "status")                  \
  X(RECORD_IN, "record type", "record bytes")       \
  X(HANDSHAKE_IN, "message type", "message bytes")  \
  X(HANDSHAKE_OUT, "message type", "message bytes") \
  X(ALERT_IN, "level", "description")               \
  X(ALERT_OUT, "level", "description")              \
  X(KEYS, "protocol version", "cipher suite")       \
  X(FAILED, "status", "0")

enum sch_log_code {
#define SCH_LOG_ENUM(name, first, second) SCH_LOG_##name,
  SCH_LOG_CODES(SCH_LOG_ENUM)
#undef SCH_LOG_ENUM
      SCH_LOG_COUNT
};

/* A sink receives every event, on the thread that caused it. */
typedef void sch_log_sink(void *context, enum sch_log_code code, uint32_t first, uint32_t second);

/* sch_log_to sends events to `sink` from now on, with `context`; NULL, the start, drops them. Set
 * it before contexts are in use: it belongs to the process. */
void sch_log_to(sch_log_sink *sink, void *context);

void sch_log(enum sch_log_code code, uint32_t first, uint32_t second);

/* sch_log_name names a code, for traces. */
const char *sch_log_name(enum sch_log_code code);

#endif
