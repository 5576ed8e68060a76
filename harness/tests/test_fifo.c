/* Unit tests of bytes/fifo. The relations are in fuzz_fifo; these are the bounds.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "bytes/fifo.h"

#include "test.h"

static uint8_t bytes[4096];

static bool append(struct sch_fifo *fifo, size_t size) {
  return sch_fifo_append(fifo, (struct sch_span){bytes, size});
}

/* The zero state holds nothing, may be dropped, and takes nothing. */
TEST(zero_state) {
  SCOPED(fifo) struct sch_fifo fifo = {0};

  CHECK_EQUAL(sch_fifo_held(&fifo).size, 0);
  CHECK(sch_fifo_lend(&fifo) == NULL);
  CHECK_EQUAL(sch_fifo_free(&fifo), 0);
  CHECK(!append(&fifo, 1));
  CHECK(append(&fifo, 0));
  sch_fifo_drop(&fifo);
  sch_fifo_drop(&fifo);
}

/* The limit is at least one byte and leaves the room of twice its size countable. */
TEST(limits) {
  struct sch_fifo fifo;

  CHECK_ABORTS(sch_fifo_open(&fifo, 0));
  CHECK_ABORTS(sch_fifo_open(&fifo, SIZE_MAX / 2 + 1));
  sch_fifo_open(&fifo, SIZE_MAX / 2);
  CHECK_EQUAL(sch_fifo_free(&fifo), SIZE_MAX / 2);
  CHECK(fifo.data == NULL);
  sch_fifo_drop(&fifo);
}

/* Exactly the limit is taken, and one byte more is refused whole. */
TEST(full) {
  SCOPED(fifo) struct sch_fifo fifo;

  sch_fifo_open(&fifo, 10);
  CHECK(!append(&fifo, 11));
  CHECK_EQUAL(sch_fifo_held(&fifo).size, 0);
  CHECK(append(&fifo, 4));
  CHECK(!append(&fifo, 7));
  CHECK_EQUAL(sch_fifo_held(&fifo).size, 4);
  CHECK(append(&fifo, 6));
  CHECK_EQUAL(sch_fifo_free(&fifo), 0);
  CHECK(!append(&fifo, 1));
  CHECK(append(&fifo, 0));
  sch_fifo_consume(&fifo, 3);
  CHECK_EQUAL(sch_fifo_free(&fifo), 3);
  CHECK(append(&fifo, 3));
}

/* A limit of one byte works like any other. */
TEST(one_byte) {
  SCOPED(fifo) struct sch_fifo fifo;

  sch_fifo_open(&fifo, 1);
  for (uint8_t i = 0; i < 5; i++) {
    CHECK(sch_fifo_append(&fifo, (struct sch_span){&i, 1}));
    CHECK(!append(&fifo, 1));
    CHECK_EQUAL(sch_fifo_held(&fifo).data[0], i);
    sch_fifo_consume(&fifo, 1);
  }
  CHECK(fifo.room <= 2);
}

/* Bytes leave in the order they came, across slides and growth. */
TEST(order) {
  SCOPED(fifo) struct sch_fifo fifo;
  uint8_t in = 0;
  uint8_t out = 0;

  sch_fifo_open(&fifo, 3000);
  for (int round = 0; round < 200; round++) {
    for (int i = 0; i < 29; i++) {
      CHECK(sch_fifo_append(&fifo, (struct sch_span){&in, 1}));
      in++;
    }
    for (int i = 0; i < 17; i++) {
      CHECK_EQUAL(sch_fifo_held(&fifo).data[0], out);
      sch_fifo_consume(&fifo, 1);
      out++;
    }
  }
  CHECK_EQUAL(sch_fifo_held(&fifo).size, 200 * 12);
  CHECK(fifo.moved <= 2 * 200 * 29);
}

/* Consuming moves no byte and keeps what is left where it was. */
TEST(consuming) {
  SCOPED(fifo) struct sch_fifo fifo;

  sch_fifo_open(&fifo, 100);
  CHECK(append(&fifo, 100));
  const uint8_t *data = sch_fifo_held(&fifo).data;

  sch_fifo_consume(&fifo, 40);
  CHECK(sch_fifo_held(&fifo).data == data + 40);
  CHECK(sch_fifo_lend(&fifo) == data + 40);
  sch_fifo_consume(&fifo, 0);
  CHECK_EQUAL(sch_fifo_held(&fifo).size, 60);
  CHECK_ABORTS(sch_fifo_consume(&fifo, 61));
  sch_fifo_consume(&fifo, 60);
  CHECK(sch_fifo_held(&fifo).data == NULL);
  CHECK(sch_fifo_lend(&fifo) == NULL);
  CHECK_EQUAL(fifo.moved, 0);
}

/* What is consumed to the end, or slid over, is wiped. */
TEST(wiping) {
  SCOPED(fifo) struct sch_fifo fifo;

  memset(bytes, 0x55, sizeof bytes);
  sch_fifo_open(&fifo, 1024);
  CHECK(append(&fifo, 512));
  const uint8_t *data = sch_fifo_held(&fifo).data;

  sch_fifo_consume(&fifo, 512);
  CHECK_EQUAL(data[0], 0);
  CHECK_EQUAL(data[511], 0);
  CHECK(append(&fifo, 1000));
  sch_fifo_consume(&fifo, 900);
  CHECK(append(&fifo, 900));
  sch_fifo_consume(&fifo, 950);
  CHECK_EQUAL(sch_fifo_held(&fifo).size, 50);
  CHECK(append(&fifo, 974));
  CHECK_EQUAL(fifo.tail, 1974);
  sch_fifo_consume(&fifo, 900);
  CHECK(append(&fifo, 500));
  CHECK_EQUAL(fifo.tail, 624);
  for (size_t i = fifo.tail; i < fifo.room; i++) {
    CHECK_EQUAL(fifo.data[i], 0);
  }
}

/* Lent bytes may be changed in place, as decryption does. */
TEST(lending) {
  SCOPED(fifo) struct sch_fifo fifo;

  sch_fifo_open(&fifo, 10);
  CHECK(sch_fifo_append(&fifo, sch_span_text("abc")));
  sch_fifo_lend(&fifo)[1] = 'x';
  CHECK_BYTES(sch_fifo_held(&fifo), sch_span_text("axc"));
}

/* A nearly full queue slides once per limit of bytes, not once per append. */
TEST(nearly_full) {
  SCOPED(fifo) struct sch_fifo fifo;

  sch_fifo_open(&fifo, 2000);
  CHECK(append(&fifo, 1999));
  for (int i = 0; i < 10000; i++) {
    sch_fifo_consume(&fifo, 1);
    CHECK(append(&fifo, 1));
  }
  CHECK(fifo.moved <= 6 * 2000);
  CHECK_EQUAL(sch_fifo_held(&fifo).size, 1999);
}

/* A queue that nearly fills its room, but is far from its limit, grows instead of sliding. */
TEST(nearly_full_room) {
  SCOPED(fifo) struct sch_fifo fifo;

  sch_fifo_open(&fifo, 100000);
  CHECK(append(&fifo, 500));
  CHECK(append(&fifo, 500));
  for (int i = 0; i < 1000; i++) {
    sch_fifo_consume(&fifo, 10);
    CHECK(append(&fifo, 10));
  }
  CHECK(fifo.moved <= 2 * 11000);
}

TESTS(zero_state, limits, full, one_byte, order, consuming, wiping, lending, nearly_full,
      nearly_full_room)
