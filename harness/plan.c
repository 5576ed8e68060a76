/* plan: see plan.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "plan.h"

#include <stdio.h>

#define SMALL_MAX 127 /* the largest cut byte that is a size itself */
#define STEP 64       /* bytes per step of the larger ones: 64 to 8192 */

static struct sch_plan plan_now;
static enum sch_plan_cutting cutting_now;
static size_t runs_now;

struct sch_plan sch_plan_take(struct sch_span *input) {
  struct sch_span cuts;
  struct sch_plan plan = {0};

  if (input->size >= SCH_PLAN_SIZE) {
    struct sch_span tail = sch_span_last(*input, SCH_PLAN_SIZE);

    *input = sch_span_first(*input, input->size - SCH_PLAN_SIZE);
    const bool whole =
        sch_span_u32(&tail, &plan.options) && sch_span_take(&tail, SCH_PLAN_CUTS, &cuts);

    ENSURE(whole);
    sch_copy(plan.cuts, cuts.data, SCH_PLAN_CUTS);
  }
  plan_now = plan;
  return plan;
}

struct sch_plan sch_plan_varied(uint32_t options) {
  return (struct sch_plan){options, {3, 2, 1, 40, 140, 7, 200, 0}};
}

void sch_plan_put(struct sch_builder *to, const struct sch_plan *plan) {
  sch_builder_u32(to, plan->options);
  sch_builder_bytes(to, sch_span_of(plan->cuts, SCH_PLAN_CUTS));
  sch_builder_u32(to, 0);
}

size_t sch_plan_piece(const struct sch_plan *plan, size_t turn, size_t left) {
  const size_t cut = plan->cuts[turn % SCH_PLAN_CUTS];
  const size_t size = cut <= SMALL_MAX ? cut : STEP * (cut - SMALL_MAX);

  REQUIRE(left >= 1);
  return size == 0 || size > left ? left : size;
}

void sch_plan_set_cutting(enum sch_plan_cutting cutting) {
  cutting_now = cutting;
}

enum sch_plan_cutting sch_plan_cutting(void) {
  return cutting_now;
}

void sch_plan_set_runs(size_t runs) {
  runs_now = runs;
}

size_t sch_plan_runs(void) {
  return runs_now;
}

size_t sch_plan_run_piece(size_t run, size_t turn, size_t left) {
  const size_t size = turn == 0 && run != 0 ? run : runs_now;

  REQUIRE(run < runs_now);
  REQUIRE(left >= 1);
  return size > left ? left : size;
}

void sch_plan_print(void) {
  (void)fprintf(stderr, "  plan options=%08x cuts=", (unsigned)plan_now.options);
  for (size_t i = 0; i < SCH_PLAN_CUTS; i++) {
    (void)fprintf(stderr, "%s%u", i == 0 ? "" : ",", (unsigned)plan_now.cuts[i]);
  }
  (void)fprintf(stderr, "\n");
}
