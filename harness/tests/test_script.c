/* test_script: a script seals what it says, and knows what must come of it.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "script.h"

#include "test.h"

static struct sch_script script;
static struct sch_records peer;

#define INPUTS ((size_t)256 * 256)

/* play runs operations against a client of TLS 1.3, or, with class 3, of 1.2. */
static void play(size_t class, uint32_t options, struct sch_span operations) {
  struct sch_aead_secrets secrets;

  sch_engine_aead_toy(class, &secrets);
  sch_records_open(&peer, &secrets, true);
  sch_script_run(&script, &peer, options, operations);
  sch_records_drop(&peer);
}

#define PLAY(class, options, ...)                                       \
  do {                                                                  \
    static const uint8_t operations_[] = {__VA_ARGS__};                 \
    play(class, options, sch_span_of(operations_, sizeof operations_)); \
  } while (0)

static void check_end(size_t index, enum sch_script_end end, size_t size) {
  CHECK(index < script.count);
  CHECK_EQUAL(script.records[index].end, end);
  CHECK_EQUAL(script.records[index].size, size);
}

/* Sizes: short by default, of any length in steps, exact at the limit, one too many refused. */
TEST(sizes) {
  PLAY(0, SCH_DECRYPT_LARGE, SCH_SCRIPT_DATA, 0, 9, SCH_SCRIPT_DATA, 0x12, 0x34, SCH_SCRIPT_DATA,
       SCH_SCRIPT_LIMIT, 254, SCH_SCRIPT_DATA, SCH_SCRIPT_LIMIT, 255);
  CHECK_EQUAL(script.count, 4);
  check_end(0, SCH_SCRIPT_TAKEN, 22 + 9);
  check_end(1, SCH_SCRIPT_TAKEN, 22 + 0x34);
  check_end(2, SCH_SCRIPT_TAKEN, 22 + 16384);
  check_end(3, SCH_SCRIPT_REFUSED, 22 + 16385);
  CHECK_EQUAL(script.to.size, 9 + 4 * 22 + 9 + 0x34 + 16384 + 16385);
  CHECK_EQUAL(script.records[2].data.size, 16384);
  PLAY(0, SCH_DECRYPT_LARGE, SCH_SCRIPT_DATA, SCH_SCRIPT_STEPS, 3, SCH_SCRIPT_PADDED, 0, 9,
       SCH_SCRIPT_STEPS, 2);
  check_end(0, SCH_SCRIPT_TAKEN, 22 + 3 * 64);
  check_end(1, SCH_SCRIPT_TAKEN, 22 + 9 + 2 * 64);
  PLAY(0, 0, SCH_SCRIPT_DATA, SCH_SCRIPT_LIMIT, 254);
  check_end(0, SCH_SCRIPT_TAKEN, 22 + 254);
}

/* What costs much is done for one input in some, whichever it is, and everything else for all. */
TEST(rations) {
  struct sch_plan plan = {0};
  uint8_t operations[] = {SCH_SCRIPT_DATA, 0, 9};
  const struct sch_span all = sch_span_of(operations, sizeof operations);
  const uint32_t costly = SCH_DECRYPT_LIBSSL | SCH_DECRYPT_CUTS | SCH_DECRYPT_STREAM;
  const uint32_t large = SCH_DECRYPT_LARGE | SCH_DECRYPT_STREAM;
  size_t granted = 0;
  size_t granted_large = 0;

  for (size_t i = 0; i < INPUTS; i++) {
    operations[2] = (uint8_t)i;
    plan.cuts[SCH_PLAN_CUTS - 1] = (uint8_t)(i >> 8);
    plan.options = costly;
    const uint32_t options = sch_decrypt_rationed(&plan, all);

    plan.options = large;
    const uint32_t options_large = sch_decrypt_rationed(&plan, all);

    CHECK(options == costly || options == SCH_DECRYPT_STREAM);
    CHECK(options_large == large || options_large == SCH_DECRYPT_STREAM);
    granted += options == costly;
    granted_large += options_large == large;
  }
  CHECK(granted > INPUTS / SCH_DECRYPT_RATION / 2);
  CHECK(granted < INPUTS / SCH_DECRYPT_RATION * 2);
  CHECK(granted_large > INPUTS / SCH_DECRYPT_RATION_LARGE / 2);
  CHECK(granted_large < INPUTS / SCH_DECRYPT_RATION_LARGE * 2);
}

/* A script ends in the middle of operands, at the last record and at the end of the wire. */
TEST(limits) {
  uint8_t many[3 * SCH_SCRIPT_RECORDS + 3] = {0};

  PLAY(0, 0, SCH_SCRIPT_DATA, 0, 9, SCH_SCRIPT_DATA, 0);
  CHECK_EQUAL(script.count, 1);
  play(0, 0, sch_span_of(many, sizeof many));
  CHECK_EQUAL(script.count, SCH_SCRIPT_RECORDS);
  PLAY(0, SCH_DECRYPT_LARGE, SCH_SCRIPT_DATA, SCH_SCRIPT_LIMIT, 254, SCH_SCRIPT_DATA,
       SCH_SCRIPT_LIMIT, 254, SCH_SCRIPT_DATA, SCH_SCRIPT_LIMIT, 254);
  CHECK_EQUAL(script.count, 2);
  CHECK_EQUAL(sch_builder_built(&script.to).size, 9 + 2 * (22 + 16384));
}

/* Whatever is not the next record as it was sealed is forged. */
TEST(forgeries) {
  PLAY(0, 0, SCH_SCRIPT_DATA, 0, 9, SCH_SCRIPT_FLIP, 0, 6, 1, SCH_SCRIPT_DATA, 0, 9);
  check_end(0, SCH_SCRIPT_FORGED, 31);
  check_end(1, SCH_SCRIPT_TAKEN, 31);
  PLAY(0, 0, SCH_SCRIPT_DATA, 0, 9, SCH_SCRIPT_LOSE, SCH_SCRIPT_DATA, 0, 9);
  CHECK_EQUAL(script.count, 1);
  check_end(0, SCH_SCRIPT_FORGED, 31);
  PLAY(0, 0, SCH_SCRIPT_DATA, 0, 9, SCH_SCRIPT_REPEAT);
  check_end(0, SCH_SCRIPT_TAKEN, 31);
  check_end(1, SCH_SCRIPT_FORGED, 31);
  CHECK_EQUAL(memcmp(script.wire + 9, script.wire + 9 + 31, 31), 0);
  PLAY(0, 0, SCH_SCRIPT_DATA, 0, 9, SCH_SCRIPT_DATA, 0, 1, SCH_SCRIPT_SWAP);
  check_end(0, SCH_SCRIPT_FORGED, 23);
  check_end(1, SCH_SCRIPT_FORGED, 31);
  PLAY(0, 0, SCH_SCRIPT_DATA, 0, 9, SCH_SCRIPT_SHORTEN, 1);
  check_end(0, SCH_SCRIPT_FORGED, 30);
  CHECK_EQUAL(script.wire[9 + 4], 25);
  PLAY(0, 0, SCH_SCRIPT_DATA, 0, 9, SCH_SCRIPT_TEAR, 0);
  check_end(0, SCH_SCRIPT_FORGED, 31 - 8);
  CHECK_EQUAL(script.wire[9 + 4], 26);
  PLAY(0, 0, SCH_SCRIPT_SHAPE, 23, 3, 2, SCH_SCRIPT_DATA, 0, 9);
  check_end(0, SCH_SCRIPT_FORGED, 31);
  PLAY(0, 0, SCH_SCRIPT_RAW, 2, 23, 3);
  check_end(0, SCH_SCRIPT_FORGED, 2);
}

/* The same operation means what the version, the role and the engine say. */
TEST(meanings) {
  PLAY(0, 0, SCH_SCRIPT_TICKETS, 0, SCH_SCRIPT_KEY_UPDATE, 1, SCH_SCRIPT_KEY_UPDATE, 2);
  check_end(0, SCH_SCRIPT_MESSAGE, 22 + 22);
  check_end(1, SCH_SCRIPT_MESSAGE, 22 + 5);
  CHECK(script.records[1].answered);
  check_end(2, SCH_SCRIPT_BAD, 22 + 5);
  PLAY(0, SCH_DECRYPT_SERVER, SCH_SCRIPT_TICKETS, 0);
  check_end(0, SCH_SCRIPT_BAD, 22 + 22);
  PLAY(3, 0, SCH_SCRIPT_TICKETS, 0, SCH_SCRIPT_HELLO);
  check_end(0, SCH_SCRIPT_REFUSED, 29 + 22);
  check_end(1, SCH_SCRIPT_MESSAGE, 29 + 4);
  PLAY(3, SCH_DECRYPT_LIBSSL, SCH_SCRIPT_HELLO, SCH_SCRIPT_DATA, 0, 1);
  CHECK_EQUAL(script.count, 1);
  PLAY(3, 0, SCH_SCRIPT_ALERT, 1, 90, SCH_SCRIPT_ALERT, 2, 90, SCH_SCRIPT_ALERT, 1, 0);
  check_end(0, SCH_SCRIPT_TAKEN, 29 + 2);
  check_end(1, SCH_SCRIPT_REFUSED, 29 + 2);
  check_end(2, SCH_SCRIPT_CLOSED, 29 + 2);
}

/* After what the script does not know, it is certain of nothing. */
TEST(doubt) {
  PLAY(0, 0, SCH_SCRIPT_DATA, 0, 1, SCH_SCRIPT_TYPED, 22, 1, 4, SCH_SCRIPT_DATA, 0, 1);
  CHECK(script.records[0].certain);
  check_end(1, SCH_SCRIPT_UNKNOWN, 23);
  CHECK(script.records[1].certain);
  CHECK(!script.records[2].certain);
  PLAY(0, 0, SCH_SCRIPT_TYPED, 0, 3, 9, 23, 0);
  check_end(0, SCH_SCRIPT_TAKEN, 22 + 3);
  CHECK_BYTES(script.records[0].data, sch_span_of("\x09", 1));
  PLAY(0, 0, SCH_SCRIPT_TYPED, 0, 2, 0, 0);
  check_end(0, SCH_SCRIPT_REFUSED, 22 + 2);
}

TESTS(sizes, rations, limits, forgeries, meanings, doubt)
