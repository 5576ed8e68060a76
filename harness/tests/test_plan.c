/* Unit tests of the plan: the format that seeds are written in and targets read.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "plan.h"

#include "test.h"

/* An input that is too short for a plan is all wire, with a plan of zeros. */
TEST(too_short) {
  static const uint8_t bytes[SCH_PLAN_SIZE] = {0xff, 0xff};
  struct sch_span input = {bytes, SCH_PLAN_SIZE - 1};
  const struct sch_plan plan = sch_plan_take(&input);

  CHECK_EQUAL(SCH_PLAN_SIZE, 16);
  CHECK(input.data == bytes && input.size == SCH_PLAN_SIZE - 1);
  CHECK_EQUAL(plan.options, 0);
  for (size_t i = 0; i < SCH_PLAN_CUTS; i++) {
    CHECK_EQUAL(plan.cuts[i], 0);
  }
}

/* The plan is the last sixteen bytes: options, cuts, reserved. */
TEST(layout) {
  static const uint8_t bytes[] = {'w', 0x01, 0x02, 0x03, 0x04, 1, 2,    3,   4,
                                  5,   6,    7,    8,    0xff, 0, 0xff, 0xff};
  struct sch_span input = {bytes, sizeof bytes};
  const struct sch_plan plan = sch_plan_take(&input);

  CHECK_BYTES(input, sch_span_text("w"));
  CHECK_EQUAL(plan.options, 0x01020304);
  CHECK_EQUAL(plan.cuts[0], 1);
  CHECK_EQUAL(plan.cuts[7], 8);
}

/* What is put is taken again, and its reserved bytes are zero. */
TEST(round_trip) {
  const struct sch_plan plan = {0xdeadbeef, {0, 1, 127, 128, 255, 5, 6, 7}};
  uint8_t bytes[3 + SCH_PLAN_SIZE];
  struct sch_builder builder = sch_builder_of(bytes, sizeof bytes);

  sch_builder_bytes(&builder, sch_span_text("abc"));
  sch_plan_put(&builder, &plan);
  CHECK(!builder.failed);
  CHECK_EQUAL(builder.size, sizeof bytes);
  CHECK_EQUAL(bytes[sizeof bytes - 1] | bytes[sizeof bytes - 2] | bytes[sizeof bytes - 3] |
                  bytes[sizeof bytes - 4],
              0);
  struct sch_span input = sch_builder_built(&builder);
  const struct sch_plan taken = sch_plan_take(&input);

  CHECK_BYTES(input, sch_span_text("abc"));
  CHECK_EQUAL(taken.options, plan.options);
  CHECK(memcmp(taken.cuts, plan.cuts, sizeof plan.cuts) == 0);
}

/* A cut byte is a size, small or in steps, and never more than is left nor nothing. */
TEST(pieces) {
  const struct sch_plan plan = {0, {0, 1, 127, 128, 129, 255, 2, 3}};
  const size_t sizes[] = {99999, 1, 127, 64, 128, 8192, 2, 3};

  for (size_t turn = 0; turn < 2 * SCH_PLAN_CUTS; turn++) {
    CHECK_EQUAL(sch_plan_piece(&plan, turn, 99999), sizes[turn % SCH_PLAN_CUTS]);
    CHECK_EQUAL(sch_plan_piece(&plan, turn, 1), 1);
  }
  CHECK_EQUAL(sch_plan_piece(&plan, 2, 127), 127);
  CHECK_EQUAL(sch_plan_piece(&plan, 2, 126), 126);
  CHECK_ABORTS((void)sch_plan_piece(&plan, 0, 0));
}

/* The runs of an input have all its offsets for cuts between them, each offset in one run. */
TEST(runs_have_every_offset_once) {
  for (size_t runs = 1; runs <= 9; runs++) {
    unsigned cuts[40] = {0};

    sch_plan_set_runs(runs);
    CHECK_EQUAL(sch_plan_runs(), runs);
    for (size_t run = 0; run < runs; run++) {
      size_t at = 0;

      for (size_t turn = 0; at < SCH_COUNT(cuts); turn++) {
        at += sch_plan_run_piece(run, turn, SCH_COUNT(cuts) - at);
        CHECK(at == SCH_COUNT(cuts) || at % runs == run);
        cuts[at % SCH_COUNT(cuts)]++;
      }
      CHECK_EQUAL(at, SCH_COUNT(cuts));
    }
    for (size_t at = 1; at < SCH_COUNT(cuts); at++) {
      CHECK_EQUAL(cuts[at], 1);
    }
  }
  CHECK_ABORTS((void)sch_plan_run_piece(9, 0, 1));
  CHECK_ABORTS((void)sch_plan_run_piece(0, 0, 0));
  sch_plan_set_runs(0);
}

TESTS(too_short, layout, round_trip, pieces, runs_have_every_offset_once)
