/* oracle: see oracle.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "oracle.h"

#include <stdio.h>
#include <stdlib.h>

#include "harness.h"
#include "starve.h"

#define TRACE_SHOWN 10

/* FUZZ defines the real one; programs without a target have this. */
__attribute__((weak)) const char sch_target_name[] = "none";

static const char *const names[] = {
#define SCH_ORACLE_NAME(name, text) #name,
    SCH_ORACLES(SCH_ORACLE_NAME)
#undef SCH_ORACLE_NAME
};

static const char *const texts[] = {
#define SCH_ORACLE_TEXT(name, text) text,
    SCH_ORACLES(SCH_ORACLE_TEXT)
#undef SCH_ORACLE_TEXT
};

bool sch_oracle_excused(enum sch_oracle oracle) {
  switch (oracle) {
    case SCH_ORACLE_plaintext:
    case SCH_ORACLE_token_once:
    case SCH_ORACLE_sizes_current:
    case SCH_ORACLE_no_wait_with_data:
    case SCH_ORACLE_cut_invariance:
    case SCH_ORACLE_model:
    case SCH_ORACLE_strict_accept:
    case SCH_ORACLE_reencode:
    case SCH_ORACLE_acceptable:
    case SCH_ORACLE_reason:
    case SCH_ORACLE_order_free:
    case SCH_ORACLE_agreement:
      return sch_starved();
    default:
      return false;
  }
}

_Noreturn void sch_oracle_broken(enum sch_oracle oracle, const char *what, const char *file,
                                 int line) {
  (void)fprintf(stderr, "oracle %s: %s:%d: %s\n  %s\n  target %s\n", names[oracle], file, line,
                what, texts[oracle], sch_target_name);
  sch_plan_print();
  sch_starve_print();
  sch_trace_print(TRACE_SHOWN);
  abort();
}
