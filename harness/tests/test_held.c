/* test_held: what is held stays in order, ends where memory ends, and costs no more than it must.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "held.h"

#include "test.h"

#define PIECE ((size_t)64)
#define PIECES ((size_t)1024)

void *__asan_region_is_poisoned(void *at, size_t size) __attribute__((weak));

static uint8_t bytes[PIECE * PIECES];

static void fill(void) {
  for (size_t i = 0; i < sizeof bytes; i++) {
    bytes[i] = (uint8_t)(i * 31 + (i >> 8));
  }
}

static void check_end(struct sch_held *held) {
  const struct sch_span view = sch_held_view(held);

  if (__asan_region_is_poisoned != NULL && view.size != 0) {
    CHECK(__asan_region_is_poisoned(sch_held_lend(held), view.size) == NULL);
    CHECK(__asan_region_is_poisoned(sch_held_lend(held) + view.size, 1) != NULL);
  }
}

/* Whatever is added, in pieces of whatever size, is what is held, and nothing lies behind it. */
TEST(order) {
  struct sch_held held = {0};
  size_t added = 0;
  size_t kept = 0;

  fill();
  CHECK_EQUAL(sch_held_view(&held).size, 0);
  for (size_t piece = 0; added + piece < 8192; piece = (piece + 7) % 301) {
    sch_held_add(&held, sch_span_of(bytes + added, piece));
    added += piece;
    CHECK_BYTES(sch_held_view(&held), sch_span_of(bytes + kept, added - kept));
    check_end(&held);
    if (piece % 3 == 0) {
      kept += (added - kept) / 2;
      sch_held_keep(&held, added - kept);
    }
  }
  CHECK_BYTES(sch_held_view(&held), sch_span_of(bytes + kept, added - kept));
  sch_held_drop(&held);
  CHECK_EQUAL(sch_held_view(&held).size, 0);
}

/* Many bytes move as often as they double; few move each time, so that no pointer to them stays. */
TEST(moves) {
  struct sch_held held = {0};
  size_t moves = 0;

  fill();
  for (size_t i = 0; i < PIECES; i++) {
    const uint8_t *before = sch_held_lend(&held);

    sch_held_add(&held, sch_span_of(bytes + i * PIECE, PIECE));
    moves += sch_held_lend(&held) != before;
    check_end(&held);
    CHECK(i >= 4 || sch_held_lend(&held) != before);
  }
  CHECK_BYTES(sch_held_view(&held), sch_span_of(bytes, sizeof bytes));
  CHECK(moves < 20);
  sch_held_drop(&held);
}

TEST(contract) {
  struct sch_held held = {0};

  CHECK_ABORTS(sch_held_keep(&held, 1));
}

TESTS(order, moves, contract)
