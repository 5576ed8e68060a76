/* mutators: which mutator is for the inputs of which target: the one table of it, for both faces.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_MUTATORS_H
#define SCH_MUTATORS_H

#include "wire.h"

struct sch_mutator {
  const char *target;
  /* As sch_mutate and sch_cross of mutator.h, for inputs of the target. */
  size_t (*mutate)(struct sch_span input, sch_change_bytes *bytes, uint32_t seed, uint8_t *out,
                   size_t room);
  size_t (*cross)(struct sch_span first, struct sch_span second, uint32_t seed, uint8_t *out,
                  size_t room);
  uint32_t raw; /* one input in so many is the engine's own to change, as a whole */
};

/* sch_mutator_of gives the row of a target, or NULL. */
const struct sch_mutator *sch_mutator_of(const char *target);

#endif
