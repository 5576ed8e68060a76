/* cut: where the wire of an input is cut: as its plan says, or, to compare, everywhere or at one
 * place. The one place that bounds the pieces.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_CUT_H
#define SCH_CUT_H

#include "plan.h"

/* Every piece is a call or two on all that is held. By plan, once through its cuts, or when so many
 * bytes have been offered again because a record was not whole, the rest comes in one. */
#define SCH_CUT_PIECES SCH_PLAN_CUTS
#define SCH_CUT_AGAIN ((size_t)8 * 1024)

/* The same when it is cut at every byte. */
#define SCH_CUT_BYTES 512

/* So, or in two behind as many bytes as the number says, 1 and more; behind all is whole. A number
 * below is a run among those that reach every split point together, see plan.h. */
enum { SCH_CUT_IN_RUNS = -2, SCH_CUT_BY_PLAN = -1, SCH_CUT_EVERY_BYTE = 0 };

struct sch_cut {
  const struct sch_plan *plan;
  ptrdiff_t how;
  size_t turn;
  size_t again;
};

/* sch_cut_next gives the size of the next piece, 1 to `left`, which is at least 1. `held` is what
 * is held unused of the pieces before. */
size_t sch_cut_next(struct sch_cut *cut, size_t held, size_t left);

#endif
