/* cut: see cut.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "cut.h"

static size_t by_plan(struct sch_cut *cut, size_t held, size_t left) {
  cut->again += held;
  return cut->turn > SCH_CUT_PIECES || cut->again > SCH_CUT_AGAIN
             ? left
             : sch_plan_piece(cut->plan, cut->turn - 1, left);
}

size_t sch_cut_next(struct sch_cut *cut, size_t held, size_t left) {
  const size_t turn = cut->turn++;

  REQUIRE(left >= 1);
  if (cut->how <= SCH_CUT_IN_RUNS) {
    return sch_plan_run_piece((size_t)(SCH_CUT_IN_RUNS - cut->how), turn, left);
  }
  switch (cut->how) {
    case SCH_CUT_BY_PLAN:
      return by_plan(cut, held, left);
    case SCH_CUT_EVERY_BYTE:
      return turn == SCH_CUT_BYTES ? left : 1;
    default:
      return turn == 0 && (size_t)cut->how < left ? (size_t)cut->how : left;
  }
}
