/* test_mutator: every change with its exact result, its bounds, and chance that repeats itself.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "mutator.h"
#include "test.h"
#include "tls/record.h"

#define ROOM ((size_t)512)

/* Two records, bytes that are none, and a plan. */
#define FIRST            \
  "\x16\x03\x01\x00\x03" \
  "abc"
#define SECOND           \
  "\x17\x03\x03\x00\x02" \
  "de"
#define TAIL "tail"
#define PLAN "\0\0\0\x01\x02\x03\x04\x05\x06\x07\x08\x09\0\0\0\0"
#define BYTES(text) sch_span_of(text, sizeof(text) - 1)
#define WHOLE BYTES(FIRST SECOND TAIL PLAN)

/* after gives what one change makes of an input, or "refused". */
static struct sch_span after(struct sch_span input, struct sch_change change) {
  static uint8_t out[ROOM];
  struct sch_wire wire;

  sch_wire_read(&wire, input, true);
  if (!sch_wire_change(&wire, &change)) {
    const struct sch_span untouched = {out, sch_wire_write(&wire, NULL, out, ROOM)};

    CHECK_BYTES(untouched, input);
    return BYTES("refused");
  }
  return (struct sch_span){out, sch_wire_write(&wire, NULL, out, ROOM)};
}

#define CHECK_CHANGE(kind, at, other, value, text) \
  CHECK_BYTES(after(WHOLE, (struct sch_change){kind, at, other, value}), BYTES(text))

/* What is read is written back as it was: records or none, with a plan or too short for one. */
TEST(unchanged) {
  static const struct sch_span inputs[] = {
      {(const uint8_t *)FIRST SECOND TAIL PLAN, sizeof(FIRST SECOND TAIL PLAN) - 1},
      {(const uint8_t *)FIRST, sizeof(FIRST) - 1},
      {(const uint8_t *)PLAN, sizeof(PLAN) - 1},
      {(const uint8_t *)TAIL, 1},
      {NULL, 0},
  };
  static const size_t counts[][2] = {{3, 3}, {1, 1}, {0, 1}, {1, 1}, {0, 0}};
  uint8_t out[ROOM];
  struct sch_wire wire;

  for (size_t i = 0; i < SCH_COUNT(inputs) * 2; i++) {
    const struct sch_span input = inputs[i / 2];

    sch_wire_read(&wire, input, i % 2 == 0);
    CHECK_EQUAL(wire.count, counts[i / 2][i % 2]);
    CHECK_EQUAL(wire.has_plan, i % 2 == 0 && input.size >= SCH_PLAN_SIZE);
    CHECK_EQUAL(sch_wire_write(&wire, NULL, out, ROOM), input.size);
    CHECK_BYTES(sch_span_of(out, input.size), input);
    CHECK_EQUAL(sch_wire_write(&wire, NULL, out, input.size), input.size);
    CHECK(input.size == 0 || sch_wire_write(&wire, NULL, out, input.size - 1) == 0);
  }
}

/* Records behind the last piece there is room for stay together, and nothing is lost. */
TEST(many_records) {
  uint8_t input[(SCH_WIRE_PIECES + 9) * SCH_RECORD_HEADER];
  uint8_t out[sizeof input];
  struct sch_wire wire;

  for (size_t i = 0; i < sizeof input; i += SCH_RECORD_HEADER) {
    memcpy(input + i, "\x17\x03\x03\x00\x00", SCH_RECORD_HEADER);
  }
  sch_wire_read(&wire, sch_span_of(input, sizeof input), false);
  CHECK_EQUAL(wire.count, SCH_WIRE_PIECES);
  CHECK(!wire.pieces[SCH_WIRE_PIECES - 1].is_record);
  CHECK_EQUAL(wire.pieces[SCH_WIRE_PIECES - 1].body.size, 10 * SCH_RECORD_HEADER);
  for (int kind = 0; kind < SCH_CHANGES; kind++) {
    const struct sch_change change = {(enum sch_change_kind)kind, 0, 0, 4};
    const bool is_growing =
        kind == SCH_CHANGE_REPEAT || kind == SCH_CHANGE_SPLIT || kind == SCH_CHANGE_INSERT;

    sch_wire_read(&wire, sch_span_of(input, sizeof input), false);
    CHECK(!is_growing || !sch_wire_change(&wire, &change));
  }
  CHECK_EQUAL(sch_wire_write(&wire, NULL, out, sizeof out), sizeof out);
  CHECK_BYTES(sch_span_of(out, sizeof out), sch_span_of(input, sizeof input));
}

/* Changes of the order: each piece by its number, numbers taken modulo how many there are. */
TEST(order) {
  CHECK_CHANGE(SCH_CHANGE_DROP, 0, 0, 0, SECOND TAIL PLAN);
  CHECK_CHANGE(SCH_CHANGE_DROP, 1, 0, 0, FIRST TAIL PLAN);
  CHECK_CHANGE(SCH_CHANGE_DROP, 5, 0, 0, FIRST SECOND PLAN);
  CHECK_CHANGE(SCH_CHANGE_SWAP, 0, 1, 0, SECOND FIRST TAIL PLAN);
  CHECK_CHANGE(SCH_CHANGE_SWAP, 2, 0, 0, TAIL SECOND FIRST PLAN);
  CHECK_CHANGE(SCH_CHANGE_SWAP, 1, 4, 0, "refused");
  CHECK_CHANGE(SCH_CHANGE_REPEAT, 0, 0, 0, FIRST FIRST SECOND TAIL PLAN);
  CHECK_CHANGE(SCH_CHANGE_REPEAT, 0, 2, 0, FIRST SECOND FIRST TAIL PLAN);
}

/* A body is cut with its length told or not; a cut that keeps all of it is none. */
TEST(cut) {
  CHECK_CHANGE(SCH_CHANGE_CUT, 0, 2, 1,
               "\x16\x03\x01\x00\x02"
               "ab" SECOND TAIL PLAN);
  CHECK_CHANGE(SCH_CHANGE_CUT, 0, 2, 0,
               "\x16\x03\x01\x00\x03"
               "ab" SECOND TAIL PLAN);
  CHECK_CHANGE(SCH_CHANGE_CUT, 0, 4, 1, "\x16\x03\x01\x00\x00" SECOND TAIL PLAN);
  CHECK_CHANGE(SCH_CHANGE_CUT, 2, 1, 1, FIRST SECOND "t" PLAN);
  CHECK_CHANGE(SCH_CHANGE_CUT, 0, 3, 1, "refused");
}

/* Split and join keep the bytes of the bodies and make true headers; only records take part. */
TEST(split_and_join) {
  CHECK_CHANGE(SCH_CHANGE_SPLIT, 0, 1, 0,
               "\x16\x03\x01\x00\x01"
               "a"
               "\x16\x03\x01\x00\x02"
               "bc" SECOND TAIL PLAN);
  CHECK_CHANGE(SCH_CHANGE_SPLIT, 0, 0, 0, "\x16\x03\x01\x00\x00" FIRST SECOND TAIL PLAN);
  CHECK_CHANGE(SCH_CHANGE_SPLIT, 2, 1, 0, "refused");
  CHECK_CHANGE(SCH_CHANGE_JOIN, 0, 0, 0,
               "\x16\x03\x01\x00\x05"
               "abcde" TAIL PLAN);
  CHECK_CHANGE(SCH_CHANGE_JOIN, 1, 0, 0, "refused");
  CHECK_CHANGE(SCH_CHANGE_JOIN, 2, 0, 0, "refused");
}

/* Joining what was split gives the same bytes, at every offset. */
TEST(split_then_join) {
  for (uint32_t at = 0; at < 2; at++) {
    for (uint32_t offset = 0; offset <= 3; offset++) {
      const struct sch_change split = {SCH_CHANGE_SPLIT, at, offset, 0};
      const struct sch_change join = {SCH_CHANGE_JOIN, at, 0, 0};
      uint8_t out[ROOM];
      struct sch_wire wire;

      sch_wire_read(&wire, WHOLE, true);
      CHECK(sch_wire_change(&wire, &split));
      CHECK(sch_wire_change(&wire, &join));
      CHECK_BYTES(sch_span_of(out, sch_wire_write(&wire, NULL, out, ROOM)), WHOLE);
    }
  }
}

/* Two bodies whose sum no header can say are not joined; one byte less are. */
TEST(join_too_long) {
  static uint8_t body[SCH_RECORD_BODY_MAX];
  struct sch_wire wire = {.count = 2};
  const struct sch_change join = {SCH_CHANGE_JOIN, 0, 0, 0};

  wire.pieces[0] = (struct sch_wire_piece){.is_record = true, .body = {body, 0xffff}};
  wire.pieces[1] = (struct sch_wire_piece){.is_record = true, .body = {body, 1}};
  CHECK(!sch_wire_change(&wire, &join));
  wire.pieces[0].body.size = 0xfffe;
  CHECK(sch_wire_change(&wire, &join));
  CHECK_EQUAL(wire.pieces[0].length, 0xffff);
}

/* A field of a header changes alone; what has no header is refused. */
TEST(header) {
  CHECK_CHANGE(SCH_CHANGE_TYPE, 0, 0, 21,
               "\x15\x03\x01\x00\x03"
               "abc" SECOND TAIL PLAN);
  CHECK_CHANGE(SCH_CHANGE_VERSION, 0, 0, 0x0203,
               "\x16\x02\x03\x00\x03"
               "abc" SECOND TAIL PLAN);
  CHECK_CHANGE(SCH_CHANGE_LENGTH, 0, 0, 0x4001,
               "\x16\x03\x01\x40\x01"
               "abc" SECOND TAIL PLAN);
  CHECK_CHANGE(SCH_CHANGE_TYPE, 2, 0, 21, "refused");
  CHECK_CHANGE(SCH_CHANGE_VERSION, 2, 0, 21, "refused");
  CHECK_CHANGE(SCH_CHANGE_LENGTH, 2, 0, 21, "refused");
}

/* The table: four types, an empty record for each, messages, alerts of both levels. */
TEST(inserted) {
  CHECK_CHANGE(SCH_CHANGE_INSERT, 0, 0, 2, "\x16\x03\x03\x00\x00" FIRST SECOND TAIL PLAN);
  CHECK_CHANGE(SCH_CHANGE_INSERT, 3, 0, 0, FIRST SECOND TAIL "\x14\x03\x03\x00\x00" PLAN);
  CHECK_CHANGE(SCH_CHANGE_INSERT, 0, 0, 4, "\x14\x03\x03\x00\x01\x01" FIRST SECOND TAIL PLAN);
  CHECK_CHANGE(SCH_CHANGE_INSERT, 1, 0, 1 + 4,
               FIRST "\x15\x03\x03\x00\x02\x01\x00" SECOND TAIL PLAN);
  CHECK_CHANGE(SCH_CHANGE_INSERT, 1, 0, 1 + 4 * (1 + 4 * (34 + 1)),
               FIRST "\x15\x03\x03\x00\x02\x02\x0a" SECOND TAIL PLAN);
  CHECK_CHANGE(SCH_CHANGE_INSERT, 0, 0, 2 + 4 * (1 + 4 * 15),
               "\x16\x03\x03\x00\x04\x18\x00\x00\x00" FIRST SECOND TAIL PLAN);
  CHECK_CHANGE(SCH_CHANGE_INSERT, 0, 0, 2 + 4 * (1 + 4 * (15 + 19)),
               "\x16\x03\x03\x00\x05\x18\x00\x00\x01\x00" FIRST SECOND TAIL PLAN);
}

/* There is room for so many new messages and no more; each keeps its own bytes. */
TEST(inserted_many) {
  const struct sch_change change = {SCH_CHANGE_INSERT, 0, 0, 3 + 4};
  struct sch_wire wire;

  sch_wire_read(&wire, WHOLE, true);
  for (int i = 0; i < SCH_WIRE_FRESH; i++) {
    CHECK(sch_wire_change(&wire, &change));
  }
  CHECK(!sch_wire_change(&wire, &change));
  CHECK_EQUAL(wire.count, 3 + SCH_WIRE_FRESH);
  CHECK(wire.pieces[0].body.data != wire.pieces[1].body.data);
}

/* The plan stays at the end: one cut, one bit, and neither where there is no plan. */
TEST(plan) {
  const struct sch_change cut = {SCH_CHANGE_PIECES, 0, 0, 0xff};
  const struct sch_change option = {SCH_CHANGE_OPTION, 0, 0, 0};
  struct sch_wire wire;

  CHECK_CHANGE(SCH_CHANGE_PIECES, 8 + 7, 0, 0xff,
               FIRST SECOND TAIL "\0\0\0\x01\x02\x03\x04\x05\x06\x07\x08\xff\0\0\0\0");
  CHECK_CHANGE(SCH_CHANGE_OPTION, 0, 0, 11,
               FIRST SECOND TAIL "\0\0\x08\x01\x02\x03\x04\x05\x06\x07\x08\x09\0\0\0\0");
  CHECK_CHANGE(SCH_CHANGE_OPTION, 0, 0, 32,
               FIRST SECOND TAIL "\0\0\0\0\x02\x03\x04\x05\x06\x07\x08\x09\0\0\0\0");
  sch_wire_read(&wire, WHOLE, false);
  CHECK(!sch_wire_change(&wire, &cut));
  CHECK(!sch_wire_change(&wire, &option));
}

static size_t seen_room;

/* grow makes a body as long as it may become. */
static size_t grow(uint8_t *data, size_t size, size_t room) {
  seen_room = room;
  memset(data + size, '+', room - size);
  return room;
}

static size_t shrink(uint8_t *data, size_t size, size_t room) {
  (void)room;
  data[0] = '-';
  return size != 0;
}

/* A touched body may take the room that is left, and its length is repaired if it was true. */
TEST(body) {
  const struct sch_change body = {SCH_CHANGE_BODY, 0, 0, 0};
  const struct sch_change lie = {SCH_CHANGE_LENGTH, 0, 0, 9};
  uint8_t out[ROOM];
  struct sch_wire wire;

  sch_wire_read(&wire, WHOLE, true);
  CHECK(sch_wire_change(&wire, &body));
  CHECK_BYTES(sch_span_of(out, sch_wire_write(&wire, grow, out, WHOLE.size + 2)),
              BYTES("\x16\x03\x01\x00\x05"
                    "abc++" SECOND TAIL PLAN));
  CHECK_EQUAL(seen_room, 5);
  CHECK_BYTES(sch_span_of(out, sch_wire_write(&wire, shrink, out, WHOLE.size)),
              BYTES("\x16\x03\x01\x00\x01"
                    "-" SECOND TAIL PLAN));
  CHECK(sch_wire_change(&wire, &lie));
  CHECK_BYTES(sch_span_of(out, sch_wire_write(&wire, shrink, out, WHOLE.size)),
              BYTES("\x16\x03\x01\x00\x09"
                    "-" SECOND TAIL PLAN));
}

/* A record cannot grow beyond what its header can say, whatever the room; other bytes can. */
TEST(body_too_long) {
  const size_t room = 80000;
  const struct sch_change body = {SCH_CHANGE_BODY, 0, 0, 0};
  uint8_t *out = malloc(room);
  struct sch_wire wire;

  CHECK(out != NULL);
  sch_wire_read(&wire, BYTES(FIRST), false);
  CHECK(sch_wire_change(&wire, &body));
  CHECK_EQUAL(sch_wire_write(&wire, grow, out, room), SCH_RECORD_HEADER + 0xffff);
  CHECK_BYTES(sch_span_of(out, 5), BYTES("\x16\x03\x01\xff\xff"));
  sch_wire_read(&wire, BYTES(TAIL), false);
  CHECK(sch_wire_change(&wire, &body));
  CHECK_EQUAL(sch_wire_write(&wire, grow, out, room), room);
  free(out);
}

/* mutated runs one call in a block of exactly `room` bytes, twice, and checks what always holds. */
static size_t mutated(struct sch_span input, struct sch_span other, uint32_t seed, uint8_t *to,
                      size_t room) {
  uint8_t *block = malloc(room);
  uint8_t *again = malloc(room);
  size_t sizes[2];

  CHECK(room == 0 || (block != NULL && again != NULL));
  if (seed % 4 == 0) {
    sizes[0] = sch_cross(input, other, seed % 8 == 0, seed, block, room);
    sizes[1] = sch_cross(input, other, seed % 8 == 0, seed, again, room);
  } else {
    sizes[0] = sch_mutate(input, seed % 2 == 0, seed % 3 == 0 ? grow : shrink, seed, block, room);
    sizes[1] = sch_mutate(input, seed % 2 == 0, seed % 3 == 0 ? grow : shrink, seed, again, room);
  }
  CHECK(sizes[0] <= room);
  CHECK(sizes[0] != 0 || input.size == 0 || room == 0);
  CHECK_BYTES(sch_span_of(block, sizes[0]), sch_span_of(again, sizes[1]));
  sch_copy(to, block, sizes[0]);
  free(block);
  free(again);
  return sizes[0];
}

/* At every room no byte is written behind it, and nothing becomes empty that was not. */
TEST(every_room) {
  uint8_t out[ROOM];

  for (size_t room = 0; room <= WHOLE.size + 8; room++) {
    for (uint32_t seed = 0; seed < 200; seed++) {
      (void)mutated(WHOLE, BYTES(SECOND FIRST PLAN), seed, out, room);
    }
  }
  CHECK_EQUAL(mutated(sch_span_of(NULL, 0), WHOLE, 1, out, 0), 0);
}

/* Many mutations, each of what the last one gave: what always holds holds, and most change it. */
TEST(many_calls) {
  uint8_t bytes[ROOM];
  uint8_t out[ROOM];
  size_t size = 0;
  size_t changed = 0;

  for (uint32_t seed = 0; seed < 50000; seed++) {
    if (seed % 32 == 0) {
      size = WHOLE.size;
      sch_copy(bytes, WHOLE.data, size);
    }
    const struct sch_span input = {bytes, size};

    size = mutated(input, WHOLE, seed, out, 1 + seed * 7 % ROOM);
    changed += !sch_span_equal(input, sch_span_of(out, size));
    memcpy(bytes, out, size);
  }
  CHECK(changed > 25000);
}

/* From one input every kind of change is drawn: each leaves a result that is known. */
TEST(every_change_is_drawn) {
  static const struct sch_change changes[] = {
      {SCH_CHANGE_DROP, 0, 0, 0},      {SCH_CHANGE_SWAP, 0, 1, 0},
      {SCH_CHANGE_REPEAT, 0, 0, 0},    {SCH_CHANGE_CUT, 0, 2, 1},
      {SCH_CHANGE_CUT, 0, 2, 0},       {SCH_CHANGE_SPLIT, 0, 1, 0},
      {SCH_CHANGE_JOIN, 0, 0, 0},      {SCH_CHANGE_TYPE, 0, 0, 21},
      {SCH_CHANGE_VERSION, 0, 0, 768}, {SCH_CHANGE_LENGTH, 0, 0, 2},
      {SCH_CHANGE_INSERT, 0, 0, 2},    {SCH_CHANGE_BODY, 0, 0, 0},
      {SCH_CHANGE_PIECES, 0, 0, 255},  {SCH_CHANGE_OPTION, 0, 0, 11},
  };
  bool is_seen[SCH_COUNT(changes)] = {false};
  uint8_t wanted[ROOM];
  uint8_t out[ROOM];
  struct sch_wire wire;

  for (size_t i = 0; i < SCH_COUNT(changes); i++) {
    sch_wire_read(&wire, WHOLE, true);
    CHECK(sch_wire_change(&wire, &changes[i]));
    const struct sch_span result = {wanted, sch_wire_write(&wire, shrink, wanted, ROOM)};

    for (uint32_t seed = 0; seed < 100000 && !is_seen[i]; seed++) {
      const size_t size = sch_mutate(WHOLE, true, shrink, seed, out, ROOM);

      is_seen[i] = sch_span_equal(sch_span_of(out, size), result);
    }
    CHECK(is_seen[i]);
  }
}

/* count_crossed counts the seeds up to 2000 by which crossing gives `wanted`. */
static size_t count_crossed(struct sch_span wanted) {
  uint8_t out[ROOM];
  size_t count = 0;

  for (uint32_t seed = 0; seed < 2000; seed++) {
    const size_t size =
        sch_cross(BYTES(FIRST SECOND PLAN), BYTES(SECOND TAIL), true, seed, out, ROOM);

    count += sch_span_equal(sch_span_of(out, size), wanted);
    CHECK_BYTES(sch_span_last(sch_span_of(out, size), SCH_PLAN_SIZE), BYTES(PLAN));
  }
  return count;
}

/* Crossing merges at the borders of records, both ways, under the plan of the first input. */
TEST(crossed) {
  CHECK(count_crossed(BYTES(FIRST SECOND PLAN)) > 0);
  CHECK(count_crossed(BYTES(SECOND TAIL PLAN)) > 0);
  CHECK(count_crossed(BYTES(FIRST TAIL PLAN)) > 0);
  CHECK(count_crossed(BYTES(FIRST SECOND SECOND TAIL PLAN)) > 0);
  CHECK(count_crossed(BYTES(SECOND FIRST SECOND PLAN)) > 0);
  CHECK_EQUAL(count_crossed(BYTES("\x16\x03" PLAN)), 0);
}

TESTS(unchanged, many_records, order, cut, split_and_join, split_then_join, join_too_long, header,
      inserted, inserted_many, plan, body, body_too_long, every_room, many_calls,
      every_change_is_drawn, crossed)
