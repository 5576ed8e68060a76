/* Unit tests of base.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "base.h"

#include "sspi/abi.h"
#include "test.h"

/* A contract that holds does nothing; a broken one aborts, in every build. */
TEST(contracts) {
  REQUIRE(1 + 1 == 2);
  ENSURE(1 + 1 == 2);
  CHECK_ABORTS(REQUIRE(1 + 1 == 3));
  CHECK_ABORTS(ENSURE(1 + 1 == 3));
  CHECK_ABORTS(UNREACHABLE("it was reached"));
}

/* A broken contract says where it is, whose fault it is and what did not hold. */
TEST(contract_text) {
  char text[128] = {0};
  int ends[2];

  CHECK_EQUAL(pipe(ends), 0);
  (void)fflush(NULL);
  const pid_t child = fork();

  if (child == 0) {
    (void)dup2(ends[1], STDERR_FILENO);
    sch_contract_broken("caller broke", "a == b", "file.c", 12);
  }
  CHECK(test_aborted(child));
  (void)close(ends[1]);
  CHECK(read(ends[0], text, sizeof text - 1) > 0);
  (void)close(ends[0]);
  CHECK(strcmp(text, "file.c:12: caller broke: a == b\n") == 0);
}

/* A block is zeroed, and as large as asked for: the sanitizers watch the last byte. */
TEST(allocating) {
  uint8_t *block = sch_alloc(100);

  CHECK(block != NULL);
  for (size_t i = 0; i < 100; i++) {
    CHECK_EQUAL(block[i], 0);
    block[i] = 0xff;
  }
  sch_free(block);
}

/* No block has no bytes, or more than there can be with its size in front. */
TEST(allocating_nothing) {
  CHECK(sch_alloc(0) == NULL);
  CHECK(sch_alloc(SIZE_MAX) == NULL);
  CHECK(sch_alloc(SIZE_MAX - 1) == NULL);
  sch_free(NULL);
}

/* Blocks are aligned for every type. */
TEST(alignment) {
  for (size_t size = 1; size < 40; size++) {
    void *block = sch_alloc(size);

    CHECK_EQUAL((uintptr_t)block % _Alignof(max_align_t), 0);
    sch_free(block);
  }
}

/* Wiping sets every byte given, and no other. */
TEST(wiping) {
  uint8_t bytes[4] = {1, 2, 3, 4};

  sch_wipe(bytes + 1, 2);
  CHECK_EQUAL(bytes[0], 1);
  CHECK_EQUAL(bytes[1], 0);
  CHECK_EQUAL(bytes[2], 0);
  CHECK_EQUAL(bytes[3], 4);
  sch_wipe(NULL, 0);
}

/* Copying copies every byte given, and no other; nothing may come from nowhere. */
TEST(copying) {
  const uint8_t from[4] = {1, 2, 3, 4};
  uint8_t to[4] = {9, 9, 9, 9};

  sch_copy(to + 1, from, 2);
  CHECK_EQUAL(to[0], 9);
  CHECK_EQUAL(to[1], 1);
  CHECK_EQUAL(to[2], 2);
  CHECK_EQUAL(to[3], 9);
  sch_copy(to, NULL, 0);
  sch_copy(NULL, from, 0);
  CHECK_EQUAL(to[0], 9);
}

static int dropped;

struct sch_thing {
  int weight;
};

static void sch_thing_drop(const struct sch_thing *thing) {
  dropped += thing->weight;
}

static int leave_early(bool early) {
  SCOPED(thing) struct sch_thing outer = {1};

  if (early) {
    return outer.weight;
  }
  SCOPED(thing) struct sch_thing inner = {10};

  return outer.weight + inner.weight;
}

/* What is scoped is dropped once on every path, and only if its scope was entered. */
TEST(scopes) {
  dropped = 0;
  CHECK_EQUAL(leave_early(true), 1);
  CHECK_EQUAL(dropped, 1);
  CHECK_EQUAL(leave_early(false), 11);
  CHECK_EQUAL(dropped, 12);
}

static SECURITY_STATUS try_status(SECURITY_STATUS status) {
  TRY(status);
  return 77;
}

/* TRY ends the function on a failure and on nothing else. */
TEST(trying) {
  CHECK_EQUAL(try_status(SEC_E_INVALID_TOKEN), SEC_E_INVALID_TOKEN);
  CHECK_EQUAL(try_status(-1), -1);
  CHECK_EQUAL(try_status(SEC_E_OK), 77);
  CHECK_EQUAL(try_status(SEC_I_CONTINUE_NEEDED), 77);
}

TESTS(contracts, contract_text, allocating, allocating_nothing, alignment, wiping, copying, scopes,
      trying)
