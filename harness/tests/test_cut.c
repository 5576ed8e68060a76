/* test_cut: pieces are those that the plan says, all of the wire together, and not too many.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "cut.h"

#include "test.h"

#define WIRE ((size_t)10000)

/* count cuts a wire of which `share` percent stay held, and counts the pieces. */
static size_t count(const struct sch_plan *plan, ptrdiff_t how, size_t share) {
  struct sch_cut cut = {.plan = plan, .how = how};
  size_t pieces = 0;

  for (size_t at = 0; at < WIRE; pieces++) {
    const size_t size = sch_cut_next(&cut, at * share / 100, WIRE - at);

    CHECK(size >= 1);
    CHECK(size <= WIRE - at);
    at += size;
  }
  return pieces;
}

TEST(by_plan) {
  const struct sch_plan plan = {.cuts = {3, 200, 0}};
  const struct sch_plan small = {.cuts = {1, 1, 1, 1, 1, 1, 1, 1}};
  const struct sch_plan large = {.cuts = {143, 143, 143, 143, 143, 143, 143, 143}};
  struct sch_cut cut = {.plan = &plan, .how = SCH_CUT_BY_PLAN};

  CHECK_EQUAL(sch_cut_next(&cut, 0, WIRE), 3);
  CHECK_EQUAL(sch_cut_next(&cut, 0, WIRE), 64 * (200 - 127));
  CHECK_EQUAL(sch_cut_next(&cut, 0, WIRE), WIRE);
  CHECK_EQUAL(count(&small, SCH_CUT_BY_PLAN, 0), SCH_CUT_PIECES + 1);
  CHECK_EQUAL(count(&large, SCH_CUT_BY_PLAN, 0), SCH_CUT_PIECES + 1);
  CHECK_EQUAL(count(&large, SCH_CUT_BY_PLAN, 100), 5); /* 0 to 4 times 1024 held: 10 KiB again */
}

TEST(otherwise) {
  const struct sch_plan plan = {.cuts = {3}};

  CHECK_EQUAL(count(&plan, SCH_CUT_EVERY_BYTE, 100), SCH_CUT_BYTES + 1);
  CHECK_EQUAL(count(&plan, 1, 100), 2);
  CHECK_EQUAL(count(&plan, WIRE - 1, 100), 2);
  CHECK_EQUAL(count(&plan, WIRE, 100), 1);
}

TESTS(by_plan, otherwise)
