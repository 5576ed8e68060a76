/* Unit tests of bytes/span.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "bytes/span.h"

#include "test.h"

static const uint8_t bytes[] = {0x01, 0x02, 0x03, 0x04, 0x05};

/* A span made of memory or text views exactly that, and NULL only with size 0. */
TEST(making) {
  const struct sch_span span = sch_span_of(bytes, sizeof bytes);
  const struct sch_span text = sch_span_text("abc");

  CHECK(span.data == bytes);
  CHECK_EQUAL(span.size, 5);
  CHECK_EQUAL(text.size, 3);
  CHECK_EQUAL(text.data[2], 'c');
  CHECK_EQUAL(sch_span_text("").size, 0);
  CHECK_EQUAL(sch_span_of(NULL, 0).size, 0);
  CHECK_ABORTS((void)sch_span_of(NULL, 1));
}

/* Taking moves the front, up to everything and nothing more. */
TEST(taking) {
  struct sch_span in = sch_span_of(bytes, sizeof bytes);
  struct sch_span out = {0};

  CHECK(sch_span_take(&in, 2, &out));
  CHECK(out.data == bytes && out.size == 2);
  CHECK(in.data == bytes + 2 && in.size == 3);
  CHECK(!sch_span_take(&in, 4, &out));
  CHECK(!sch_span_take(&in, SIZE_MAX, &out));
  CHECK(out.data == bytes && out.size == 2);
  CHECK(in.data == bytes + 2 && in.size == 3);
  CHECK(sch_span_take(&in, 0, &out));
  CHECK(out.data == bytes + 2 && out.size == 0);
  CHECK(sch_span_take(&in, 3, &out));
  CHECK(out.data == bytes + 2 && out.size == 3);
  CHECK_EQUAL(in.size, 0);
  CHECK(!sch_span_take(&in, 1, &out));
}

/* Nothing can be taken of a NULL span except nothing. */
TEST(taking_of_nothing) {
  struct sch_span in = {NULL, 0};
  struct sch_span out = {bytes, 1};

  CHECK(!sch_span_take(&in, 1, &out));
  CHECK_EQUAL(out.size, 1);
  CHECK(sch_span_take(&in, 0, &out));
  CHECK(out.data == NULL && out.size == 0);
  CHECK(sch_span_skip(&in, 0));
  CHECK(!sch_span_skip(&in, 1));
}

/* Skipping is taking that forgets. */
TEST(skipping) {
  struct sch_span in = sch_span_of(bytes, sizeof bytes);

  CHECK(!sch_span_skip(&in, 6));
  CHECK_EQUAL(in.size, 5);
  CHECK(sch_span_skip(&in, 5));
  CHECK_EQUAL(in.size, 0);
}

/* Numbers are big-endian and fill the whole range of their width. */
TEST(numbers) {
  static const uint8_t high[] = {0xff, 0xff, 0xfe, 0xff, 0xff, 0xfd, 0xff, 0xff, 0xff, 0xfc};
  struct sch_span in = sch_span_of(high, sizeof high);
  uint8_t u8 = 0;
  uint16_t u16 = 0;
  uint32_t u24 = 0;
  uint32_t u32 = 0;

  CHECK(sch_span_u8(&in, &u8));
  CHECK_EQUAL(u8, 0xff);
  CHECK(sch_span_u16(&in, &u16));
  CHECK_EQUAL(u16, 0xfffe);
  CHECK(sch_span_u24(&in, &u24));
  CHECK_EQUAL(u24, 0xfffffd);
  CHECK(sch_span_u32(&in, &u32));
  CHECK_EQUAL(u32, 0xfffffffc);
  CHECK_EQUAL(in.size, 0);
}

/* A number that is cut short is refused, and neither the span nor the result changes. */
TEST(numbers_cut_short) {
  struct sch_span in = sch_span_of(bytes, 3);
  const struct sch_span one = sch_span_of(bytes, 1);
  const struct sch_span two = sch_span_of(bytes, 2);
  struct sch_span cut;
  uint8_t u8 = 7;
  uint16_t u16 = 7;
  uint32_t u32 = 7;

  CHECK(!sch_span_u32(&in, &u32));
  CHECK_EQUAL(in.size, 3);
  cut = two;
  CHECK(!sch_span_u24(&cut, &u32));
  CHECK_EQUAL(cut.size, 2);
  cut = one;
  CHECK(!sch_span_u16(&cut, &u16));
  CHECK_EQUAL(cut.size, 1);
  cut = (struct sch_span){NULL, 0};
  CHECK(!sch_span_u8(&cut, &u8));
  CHECK_EQUAL(u8, 7);
  CHECK_EQUAL(u16, 7);
  CHECK_EQUAL(u32, 7);
}

/* First and last view at most what there is. */
TEST(ends) {
  const struct sch_span span = sch_span_of(bytes, sizeof bytes);

  CHECK(sch_span_first(span, 2).data == bytes && sch_span_first(span, 2).size == 2);
  CHECK(sch_span_last(span, 2).data == bytes + 3 && sch_span_last(span, 2).size == 2);
  CHECK_EQUAL(sch_span_first(span, 5).size, 5);
  CHECK(sch_span_last(span, 5).data == bytes && sch_span_last(span, 5).size == 5);
  CHECK_EQUAL(sch_span_first(span, 6).size, 5);
  CHECK(sch_span_last(span, 6).data == bytes && sch_span_last(span, 6).size == 5);
  CHECK_EQUAL(sch_span_first(span, 0).size, 0);
  CHECK_EQUAL(sch_span_last(span, 0).size, 0);
}

/* Equality looks at every byte and at nothing behind the end. */
TEST(equality) {
  const struct sch_span none = {NULL, 0};

  CHECK(sch_span_equal(sch_span_text("abc"), sch_span_text("abc")));
  CHECK(!sch_span_equal(sch_span_text("abc"), sch_span_text("abd")));
  CHECK(!sch_span_equal(sch_span_text("abc"), sch_span_text("bbc")));
  CHECK(!sch_span_equal(sch_span_text("abc"), sch_span_text("ab")));
  CHECK(!sch_span_equal(none, sch_span_text("a")));
  CHECK(sch_span_equal(none, none));
  CHECK(sch_span_equal(none, sch_span_text("")));
}

TESTS(making, taking, taking_of_nothing, skipping, numbers, numbers_cut_short, ends, equality)
