/* Unit tests of log.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "log.h"

#include "test.h"

struct seen {
  int count;
  enum sch_log_code code;
  uint32_t first;
  uint32_t second;
};

static void see(void *context, enum sch_log_code code, uint32_t first, uint32_t second) {
  struct seen *seen = context;

  seen->count++;
  seen->code = code;
  seen->first = first;
  seen->second = second;
}

/* Events go to the sink that is set, with its context, and nowhere before or after. */
TEST(sinks) {
  struct seen seen = {0};
  struct seen other = {0};

  sch_log(SCH_LOG_CALL, 1, 2);
  sch_log_to(see, &seen);
  sch_log(SCH_LOG_RECORD_IN, 22, UINT32_MAX);
  CHECK_EQUAL(seen.count, 1);
  CHECK_EQUAL(seen.code, SCH_LOG_RECORD_IN);
  CHECK_EQUAL(seen.first, 22);
  CHECK_EQUAL(seen.second, UINT32_MAX);
  sch_log_to(see, &other);
  sch_log(SCH_LOG_FAILED, 3, 4);
  CHECK_EQUAL(seen.count, 1);
  CHECK_EQUAL(other.count, 1);
  sch_log_to(NULL, NULL);
  sch_log(SCH_LOG_FAILED, 5, 6);
  CHECK_EQUAL(other.count, 1);
}

/* Every code has a name of its own, and there is none behind the last. */
TEST(names) {
  CHECK(strcmp(sch_log_name(SCH_LOG_CALL), "CALL") == 0);
  for (enum sch_log_code code = 1; code < SCH_LOG_COUNT; code++) {
    CHECK(strcmp(sch_log_name(code), sch_log_name(code - 1)) != 0);
  }
  CHECK_ABORTS((void)sch_log_name(SCH_LOG_COUNT));
}

TESTS(sinks, names)
