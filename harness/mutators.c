/* mutators: see mutators.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "mutators.h"

#include <string.h>

#include "chain_mutate.h"
#include "der_mutate.h"
#include "mutator.h"

static size_t mutate_planned(struct sch_span input, sch_change_bytes *bytes, uint32_t seed,
                             uint8_t *out, size_t room) {
  return sch_mutate(input, true, bytes, seed, out, room);
}

static size_t cross_planned(struct sch_span first, struct sch_span second, uint32_t seed,
                            uint8_t *out, size_t room) {
  return sch_cross(first, second, true, seed, out, room);
}

static size_t mutate_wire(struct sch_span input, sch_change_bytes *bytes, uint32_t seed,
                          uint8_t *out, size_t room) {
  return sch_mutate(input, false, bytes, seed, out, room);
}

static size_t cross_wire(struct sch_span first, struct sch_span second, uint32_t seed, uint8_t *out,
                         size_t room) {
  return sch_cross(first, second, false, seed, out, room);
}

static const struct sch_mutator mutators[] = {
    {"handshake", mutate_planned, cross_planned, 2},
    {"record", mutate_wire, cross_wire, 2},
    {"chain", sch_chain_mutate, sch_chain_cross, 16},
    {"certificate", sch_der_mutate, sch_der_cross, 2},
};

const struct sch_mutator *sch_mutator_of(const char *target) {
  for (size_t i = 0; i < SCH_COUNT(mutators); i++) {
    if (strcmp(mutators[i].target, target) == 0) {
      return &mutators[i];
    }
  }
  return NULL;
}
