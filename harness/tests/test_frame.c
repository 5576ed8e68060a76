/* Tests of harness/frame.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "frame.h"
#include "test.h"

static struct sch_fifo read_one(FILE *file, size_t limit, bool good) {
  struct sch_fifo bytes;

  sch_fifo_open(&bytes, limit);
  CHECK(sch_frame_read(file, &bytes) == good);
  return bytes;
}

/* What is written is read, in order, frames of nothing too, and then there is no more. */
TEST(round_trip) {
  static uint8_t long_one[70000];
  const struct sch_span frames[] = {
      sch_span_text("one"), {NULL, 0}, sch_span_of(long_one, sizeof long_one)};
  FILE *file = tmpfile();

  CHECK(file != NULL);
  memset(long_one, 7, sizeof long_one);
  for (size_t i = 0; i < SCH_COUNT(frames); i++) {
    CHECK(sch_frame_write(file, frames[i]));
  }
  rewind(file);
  for (size_t i = 0; i < SCH_COUNT(frames); i++) {
    struct sch_fifo bytes = read_one(file, sizeof long_one, true);

    CHECK_BYTES(sch_fifo_held(&bytes), frames[i]);
    sch_fifo_drop(&bytes);
  }
  struct sch_fifo none = read_one(file, 1, false);

  sch_fifo_drop(&none);
  (void)fclose(file);
}

/* A frame that ends early, in its length or behind it, or that does not fit, is none. */
TEST(refused) {
  static const struct {
    const char *bytes;
    size_t size;
    size_t limit;
  } cases[] = {{"\0\0\0", 3, 9}, {"\0\0\0\2a", 5, 9}, {"\0\0\0\2ab", 6, 1}};

  for (size_t i = 0; i < SCH_COUNT(cases); i++) {
    FILE *file = tmpfile();

    CHECK(fwrite(cases[i].bytes, cases[i].size, 1, file) == 1);
    rewind(file);
    struct sch_fifo bytes = read_one(file, cases[i].limit, false);

    sch_fifo_drop(&bytes);
    (void)fclose(file);
  }
}

TESTS(round_trip, refused)
