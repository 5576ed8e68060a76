/* Unit tests of bytes/builder.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "bytes/builder.h"

#include "test.h"

static uint8_t room[16];

static bool built_is(const struct sch_builder *builder, const char *bytes, size_t size) {
  return sch_span_equal(sch_builder_built(builder), sch_span_of(bytes, size));
}

/* Numbers are big-endian and take exactly their width. */
TEST(numbers) {
  struct sch_builder builder = sch_builder_of(room, sizeof room);

  sch_builder_u8(&builder, 0x01);
  sch_builder_u16(&builder, 0x0203);
  sch_builder_u24(&builder, 0x040506);
  sch_builder_u32(&builder, 0x0708090a);
  CHECK(!builder.failed);
  CHECK(built_is(&builder, "\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a", 10));
}

/* A write up to the last byte fits; one more fails, writes nothing, and sticks. */
TEST(room_ends) {
  struct sch_builder builder = sch_builder_of(room, 4);

  memset(room, 0x55, sizeof room);
  sch_builder_u24(&builder, 0x010203);
  sch_builder_u8(&builder, 0x04);
  CHECK(!builder.failed);
  CHECK(built_is(&builder, "\x01\x02\x03\x04", 4));
  sch_builder_u8(&builder, 0x05);
  CHECK(builder.failed);
  CHECK_EQUAL(builder.size, 4);
  CHECK_EQUAL(room[4], 0x55);
  CHECK_EQUAL(sch_builder_built(&builder).size, 0);
}

/* After a write that did not fit, a smaller one is not taken either. */
TEST(failure_sticks) {
  struct sch_builder builder = sch_builder_of(room, 3);

  sch_builder_u32(&builder, 1);
  CHECK(builder.failed);
  sch_builder_u8(&builder, 1);
  sch_builder_bytes(&builder, sch_span_text("a"));
  CHECK(sch_builder_lend(&builder, 1) == NULL);
  sch_builder_patch(&builder, 0, 1);
  CHECK(builder.failed);
  CHECK_EQUAL(builder.size, 0);
}

/* Bytes are copied; nothing at all is a legal thing to write, even with no room. */
TEST(bytes_written) {
  struct sch_builder builder = sch_builder_of(room, 3);
  struct sch_builder none = sch_builder_of(NULL, 0);

  sch_builder_bytes(&builder, sch_span_text("abc"));
  sch_builder_bytes(&builder, sch_span_text(""));
  CHECK(built_is(&builder, "abc", 3));
  sch_builder_bytes(&none, (struct sch_span){NULL, 0});
  CHECK(!none.failed);
  CHECK_EQUAL(sch_builder_built(&none).size, 0);
  CHECK_ABORTS((void)sch_builder_of(NULL, 1));
}

/* What is lent is where the next write would have gone. */
TEST(lending) {
  struct sch_builder builder = sch_builder_of(room, 4);

  sch_builder_u8(&builder, 1);
  uint8_t *lent = sch_builder_lend(&builder, 2);

  CHECK(lent == room + 1);
  CHECK_EQUAL(builder.size, 3);
  CHECK(sch_builder_lend(&builder, 0) == NULL);
  CHECK(!builder.failed);
  CHECK(sch_builder_lend(&builder, SIZE_MAX) == NULL);
  CHECK(builder.failed);
}

/* A patch counts the bytes behind it, in any width. */
TEST(patching) {
  struct sch_builder builder = sch_builder_of(room, sizeof room);

  sch_builder_u16(&builder, 0);
  sch_builder_u24(&builder, 0);
  sch_builder_bytes(&builder, sch_span_text("abc"));
  sch_builder_patch(&builder, 2, 3);
  sch_builder_patch(&builder, 0, 2);
  CHECK(built_is(&builder,
                 "\x00\x06\x00\x00\x03"
                 "abc",
                 8));
  sch_builder_patch(&builder, 4, 4);
  CHECK(built_is(&builder, "\x00\x06\x00\x00\x00\x00\x00\x00", 8));
}

/* The largest size of a width fits, one more does not. */
TEST(patching_bounds) {
  static uint8_t large[258];
  struct sch_builder builder = sch_builder_of(large, sizeof large);

  sch_builder_u8(&builder, 0);
  CHECK(sch_builder_lend(&builder, 255) != NULL);
  sch_builder_patch(&builder, 0, 1);
  CHECK(!builder.failed);
  CHECK_EQUAL(large[0], 255);
  sch_builder_u8(&builder, 0);
  sch_builder_patch(&builder, 0, 1);
  CHECK(builder.failed);
  CHECK_EQUAL(large[0], 255);
}

/* A patch outside of what was written, or of an impossible width, is the caller's mistake. */
TEST(patching_contract) {
  struct sch_builder builder = sch_builder_of(room, sizeof room);

  sch_builder_u16(&builder, 0);
  CHECK_ABORTS(sch_builder_patch(&builder, 0, 0));
  CHECK_ABORTS(sch_builder_patch(&builder, 0, 5));
  CHECK_ABORTS(sch_builder_patch(&builder, 3, 1));
  CHECK_ABORTS(sch_builder_patch(&builder, 1, 2));
  sch_builder_patch(&builder, 1, 1);
  CHECK(!builder.failed);
}

TESTS(numbers, room_ends, failure_sticks, bytes_written, lending, patching, patching_bounds,
      patching_contract)
