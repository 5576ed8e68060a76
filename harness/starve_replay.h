/* starve_replay: an input run again and again, each time with another allocation failing.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_STARVE_REPLAY_H
#define SCH_STARVE_REPLAY_H

#include "starve.h"

struct sch_starve_tally {
  uint64_t allocations[SCH_STARVE_KINDS]; /* of all inputs */
  uint64_t failed[SCH_STARVE_KINDS];      /* of them, made to fail, one a run */
};

/* sch_starve_replay runs `input` with allocation 1, 2, 3 ... failing until a run asks for no more.
 * The library's are failed one and all, those of OpenSSL with a stride that keeps them at `most`,
 * begun where the input says. After each run every block and every handle of the library must be
 * back where it was; after the last no memory may be lost. Each run may take `seconds`. */
void sch_starve_replay(struct sch_span input, unsigned long most, unsigned seconds,
                       struct sch_starve_tally *tally);

/* sch_starve_report prints the tally in one line. */
void sch_starve_report(const struct sch_starve_tally *tally);

#endif
