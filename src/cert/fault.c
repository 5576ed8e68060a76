/* fault: see fault.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "cert/fault.h"

static const struct {
  const char *name;
  const char *rule;
  const char *source;
} faults[] = {
#define FAULT(name, rule, source) {#name, rule, source},
    SCH_FAULTS(FAULT) SCH_CRL_FAULTS(FAULT)
#undef FAULT
};

bool sch_refuse(struct sch_reading *reading, enum sch_fault fault, const uint8_t *at) {
  REQUIRE(fault != SCH_FAULT_none);
  if (reading->fault == SCH_FAULT_none) {
    reading->fault = fault;
    reading->at = at;
  }
  return false;
}

const char *sch_fault_name(enum sch_fault fault) {
  REQUIRE(fault < SCH_FAULT_COUNT);
  return faults[fault].name;
}

const char *sch_fault_rule(enum sch_fault fault) {
  REQUIRE(fault < SCH_FAULT_COUNT);
  return faults[fault].rule;
}

const char *sch_fault_source(enum sch_fault fault) {
  REQUIRE(fault < SCH_FAULT_COUNT);
  return faults[fault].source;
}
