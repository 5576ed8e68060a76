/* mutator: changes inputs of wire bytes record by record, where an engine's own mutation would
 * mostly break the first header and stop there. The random half: it draws which changes of wire.h
 * are made, and the faces for libFuzzer and AFL++ only call it. Nothing depends on anything but the
 * arguments.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_MUTATOR_H
#define SCH_MUTATOR_H

#include "wire.h"

/* sch_mutate writes `input`, changed one to three times as `seed` says, and gives the size: at most
 * `room`, and 0 only when input or room is. What cannot be changed, or does not fit when it is, is
 * copied as far as it fits. */
size_t sch_mutate(struct sch_span input, bool has_plan, sch_change_bytes *bytes, uint32_t seed,
                  uint8_t *out, size_t room);

/* sch_cross writes `first` with a run of its records replaced by a run of those of `second`, and
 * with the plan of `first`. Sizes and seed as with sch_mutate. */
size_t sch_cross(struct sch_span first, struct sch_span second, bool has_plan, uint32_t seed,
                 uint8_t *out, size_t room);

#endif
