/* Unit tests of sspi/personality: the table is whole, and what it says of MISSING and of sizes.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "sspi/personality.h"

#include "test.h"

/* Each row has a name and a package of its own, versions, statuses that refuse, and a permutation.
 */
TEST(rows) {
  size_t count;
  const struct sch_personality *table = sch_personality_table(&count);

  CHECK(count >= 12);
  CHECK(sch_personality_default() == &table[0]);
  for (size_t i = 0; i < count; i++) {
    const struct sch_personality *row = &table[i];
    unsigned slots = 0;

    for (size_t j = 0; j < SCH_COUNT(row->slots); j++) {
      slots |= 1U << row->slots[j];
    }
    CHECK_EQUAL(slots, 15);
    CHECK(row->protocols != 0);
    CHECK(row->version_unknown < 0);
    CHECK(row->version_v3 <= SEC_E_OK);
    CHECK(row->altered < 0);
    CHECK(strncmp(row->package, SCHANNEL_NAME_A " ", 9) == 0);
    CHECK(strcmp(row->package + 9, row->name) == 0);
    for (size_t j = 0; j < i; j++) {
      CHECK(strcmp(row->name, table[j].name) != 0);
    }
  }
}

/* The default says exactly what is missing and changes nothing. */
TEST(default_row) {
  const struct sch_personality *row = sch_personality_default();
  struct sch_engine_facts facts = {.suite = 0xc02f, .header = 13, .trailer = 16};
  size_t size = 7;

  CHECK(sch_missing_said(row->handshake_missing, &size));
  CHECK(sch_missing_said(row->message_missing, &size));
  CHECK_EQUAL(size, 7);
  sch_personality_sizes(row, &facts);
  CHECK_EQUAL(facts.header, 13);
  CHECK_EQUAL(facts.trailer, 16);
}

/* Every other way of saying what is missing. */
TEST(missing) {
  size_t size = 7;

  CHECK(!sch_missing_said(SCH_MISSING_ABSENT, &size));
  CHECK(sch_missing_said(SCH_MISSING_EXCESS, &size));
  CHECK_EQUAL(size, 7 + SCH_MISSING_EXCESS_BY);
  CHECK(sch_missing_said(SCH_MISSING_ONE, &size));
  CHECK_EQUAL(size, 1);
  CHECK(sch_missing_said(SCH_MISSING_ZERO, &size));
  CHECK_EQUAL(size, 0);
}

/* Wine's sizes: five, the MAC of the suite and 256, and the block of AES. */
TEST(sizes) {
  const struct sch_personality row = {
      .header = 5, .trailer_mac = true, .trailer_more = 256, .block = 16};
  const struct sch_personality more = {.trailer_more = 64};
  struct sch_engine_facts cbc = {.suite = 0xc028, .header = 21, .trailer = 64};
  struct sch_engine_facts gcm = {.suite = 0xc02f, .header = 13, .trailer = 16, .block = 1};

  sch_personality_sizes(&row, &cbc);
  CHECK_EQUAL(cbc.header, 5);
  CHECK_EQUAL(cbc.trailer, 48 + 256);
  CHECK_EQUAL(cbc.block, 16);
  sch_personality_sizes(&more, &gcm);
  CHECK_EQUAL(gcm.header, 13);
  CHECK_EQUAL(gcm.trailer, 16 + 64);
  CHECK_EQUAL(gcm.block, 1);
}

TESTS(rows, default_row, missing, sizes)
