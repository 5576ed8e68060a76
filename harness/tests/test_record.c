/* Unit tests of tls/record: sizes and purity. The rules of the header are in cases/record.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "tls/record.h"

#include "test.h"

static uint8_t wire[SCH_RECORD_MAX];

static struct sch_span write_header(uint8_t type, uint16_t version, size_t body) {
  const uint8_t header[] = {type, (uint8_t)(version >> 8), (uint8_t)version, (uint8_t)(body >> 8),
                            (uint8_t)body};

  memcpy(wire, header, sizeof header);
  return sch_span_of(wire, sizeof wire);
}

static SECURITY_STATUS next(struct sch_span in) {
  struct sch_record record;
  size_t missing;

  return sch_record_next(&in, &record, &missing);
}

/* The sizes of the RFCs, in numbers. */
TEST(constants) {
  CHECK_EQUAL(SCH_RECORD_HEADER, 5);
  CHECK_EQUAL(SCH_RECORD_PLAIN_MAX, 16384);
  CHECK_EQUAL(SCH_RECORD_BODY_MAX, 18432);
  CHECK_EQUAL(SCH_RECORD_MAX, 18437);
}

/* Exactly four types of 256 and one major version of 256 are legal. */
TEST(every_type_and_major) {
  int types = 0;
  int majors = 0;

  for (int i = 0; i < 256; i++) {
    types += next(write_header((uint8_t)i, 0x0303, 0)) == SEC_E_OK;
    majors += next(write_header(22, (uint16_t)(i << 8), 0)) == SEC_E_OK;
  }
  CHECK_EQUAL(types, 4);
  CHECK_EQUAL(majors, 1);
}

/* Every body size there is: legal up to the largest, refused above. */
TEST(every_size) {
  for (size_t size = 0; size <= UINT16_MAX; size++) {
    CHECK_EQUAL(next(write_header(23, 0x0303, size)),
                size <= SCH_RECORD_BODY_MAX ? SEC_E_OK : SEC_E_INVALID_TOKEN);
  }
}

/* The views of a record lie in the wire, and the wire goes on behind it. */
TEST(views) {
  struct sch_span in = sch_span_first(write_header(22, 0x0301, 10), 20);
  struct sch_record record;
  size_t missing = 7;

  CHECK_EQUAL(sch_record_next(&in, &record, &missing), SEC_E_OK);
  CHECK_EQUAL(record.type, 22);
  CHECK_EQUAL(record.version, 0x0301);
  CHECK(record.whole.data == wire && record.whole.size == 15);
  CHECK(record.body.data == wire + 5 && record.body.size == 10);
  CHECK(in.data == wire + 15 && in.size == 5);
  CHECK_EQUAL(missing, 7);
}

/* A refusal of either kind writes nothing but what it promises. */
TEST(refusals) {
  struct sch_record record = {.type = 99};
  struct sch_span in = sch_span_first(write_header(22, 0x0301, 10), 14);
  size_t missing = 7;

  CHECK_EQUAL(sch_record_next(&in, &record, &missing), SEC_E_INCOMPLETE_MESSAGE);
  CHECK_EQUAL(missing, 1);
  CHECK(in.data == wire && in.size == 14);
  CHECK_EQUAL(record.type, 99);
  in = sch_span_first(write_header(99, 0x0301, 10), 14);
  CHECK_EQUAL(sch_record_next(&in, &record, &missing), SEC_E_INVALID_TOKEN);
  CHECK_EQUAL(missing, 1);
  CHECK(in.data == wire && in.size == 14);
  CHECK_EQUAL(record.type, 99);
}

/* Nothing at all asks for a header. */
TEST(nothing) {
  struct sch_span in = {NULL, 0};
  struct sch_record record;
  size_t missing = 0;

  CHECK_EQUAL(sch_record_next(&in, &record, &missing), SEC_E_INCOMPLETE_MESSAGE);
  CHECK_EQUAL(missing, 5);
}

TESTS(constants, every_type_and_major, every_size, views, refusals, nothing)
