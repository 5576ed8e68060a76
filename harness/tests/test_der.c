/* test_der: cert/value and cert/der: each rule of DER, from both sides.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "cert/der.h"
#include "der_write.h"
#include "test.h"

static uint8_t room[1024];

/* assemble gives the bytes of a notation; they live until the next call. */
static struct sch_span assemble(const char *notation) {
  struct sch_builder to = sch_builder_of(room, sizeof(room));

  sch_der_assemble(&to, notation);
  return sch_builder_built(&to);
}

/* tree gives the fault of sch_der_tree. */
static enum sch_fault tree(const char *notation) {
  struct sch_reading reading = {0};
  const bool good = sch_der_tree(assemble(notation), &reading);

  CHECK_EQUAL(good, reading.fault == SCH_FAULT_none);
  return reading.fault;
}

/* any gives the fault of taking one element, and checks that refusing moves nothing. */
static enum sch_fault any(const char *notation) {
  const struct sch_span whole = assemble(notation);
  struct sch_span in = whole;
  struct sch_reading reading = {0};
  struct sch_element element = {0};

  if (!sch_der_any(&in, &element, &reading)) {
    CHECK_BYTES(in, whole);
    CHECK_EQUAL(element.tag, 0);
  } else {
    CHECK_EQUAL(element.whole.size + in.size, whole.size);
  }
  return reading.fault;
}

/* An element is cut into tag, contents and rest, and the next follows. */
TEST(element_is_cut) {
  struct sch_span in = assemble("04{ aabb } 02{ 01 }");
  struct sch_reading reading = {0};
  struct sch_element element;

  CHECK(sch_der_any(&in, &element, &reading));
  CHECK_EQUAL(element.tag, SCH_DER_OCTET_STRING);
  CHECK_BYTES(element.body, sch_span_of("\xaa\xbb", 2));
  CHECK_EQUAL(element.whole.size, 4);
  CHECK(sch_der_is(in, SCH_DER_INTEGER));
  CHECK(!sch_der_is(in, SCH_DER_OCTET_STRING));
  CHECK(sch_der_any(&in, &element, &reading));
  CHECK_EQUAL(in.size, 0);
  CHECK(!sch_der_is(in, SCH_DER_INTEGER));
  CHECK_EQUAL(reading.elements, 2);
}

/* Lengths have one form: the shortest, definite, at most four bytes long. */
TEST(lengths) {
  CHECK_EQUAL(any("04 00"), SCH_FAULT_none);
  CHECK_EQUAL(any("04 7f 00*127"), SCH_FAULT_none);
  CHECK_EQUAL(any("04 81 80 00*128"), SCH_FAULT_none);
  CHECK_EQUAL(any("04 82 0100 00*256"), SCH_FAULT_none);
  CHECK_EQUAL(any("04 81 7f 00*127"), SCH_FAULT_length_not_minimal);
  CHECK_EQUAL(any("04 82 00ff 00*255"), SCH_FAULT_length_not_minimal);
  CHECK_EQUAL(any("04 84 00000000"), SCH_FAULT_length_not_minimal);
  CHECK_EQUAL(any("30 80 0000"), SCH_FAULT_length_indefinite);
  CHECK_EQUAL(any("04 85 0100000000"), SCH_FAULT_length_huge);
  CHECK_EQUAL(any("04 ff"), SCH_FAULT_length_huge);
}

/* Input that ends early is told apart from input that is not there. */
TEST(ends) {
  CHECK_EQUAL(any(""), SCH_FAULT_field_missing);
  CHECK_EQUAL(any("30"), SCH_FAULT_truncated);
  CHECK_EQUAL(any("04 01"), SCH_FAULT_truncated);
  CHECK_EQUAL(any("04 82 01"), SCH_FAULT_truncated);
  CHECK_EQUAL(any("04 84 ffffffff"), SCH_FAULT_truncated);
}

/* Universal types come in their one form; other classes in any, below tag number 31. */
TEST(tags) {
  CHECK_EQUAL(any("00 00"), SCH_FAULT_tag_unknown);
  CHECK_EQUAL(any("09 00"), SCH_FAULT_tag_unknown);
  CHECK_EQUAL(any("10 00"), SCH_FAULT_tag_form);
  CHECK_EQUAL(any("24 00"), SCH_FAULT_tag_form);
  CHECK_EQUAL(any("1f 01 00"), SCH_FAULT_tag_high);
  CHECK_EQUAL(any("bf 1f 00"), SCH_FAULT_tag_high);
  CHECK_EQUAL(any("9e 00"), SCH_FAULT_none);
  CHECK_EQUAL(any("be 00"), SCH_FAULT_none);
  CHECK_EQUAL(any("5e 00"), SCH_FAULT_none);
}

/* Every type of the table has a name and is taken; no other universal tag is. */
TEST(types_are_the_table) {
  char notation[16];
  size_t taken = 0;

  for (unsigned tag = 0; tag < 0x40; tag++) {
    (void)snprintf(notation, sizeof(notation), "%02x 00", tag);
    const bool good = any(notation) == SCH_FAULT_none;

    CHECK_EQUAL(good, sch_der_name((uint8_t)tag) != NULL);
    taken += good;
  }
  CHECK_EQUAL(taken, 20);
}

/* Wanting one type refuses another; wanting one element refuses two. */
TEST(wanted_types) {
  struct sch_reading reading = {0};
  struct sch_span body = {0};
  struct sch_span in = assemble("02{ 07 } 02{ 08 }");
  const struct sch_span whole = in;

  CHECK(!sch_der_take(&in, SCH_DER_BOOLEAN, &body, &reading));
  CHECK_EQUAL(reading.fault, SCH_FAULT_tag_unexpected);
  CHECK_BYTES(in, whole);
  CHECK(sch_der_optional(&in, SCH_DER_BOOLEAN, &body, &reading));
  CHECK(body.data == NULL);
  reading = (struct sch_reading){0};
  CHECK(!sch_der_only(in, SCH_DER_INTEGER, &body, &reading));
  CHECK_EQUAL(reading.fault, SCH_FAULT_field_unexpected);
  CHECK(reading.at == whole.data + 3);
  CHECK(body.data == NULL);
  CHECK(sch_der_take(&in, SCH_DER_INTEGER, &body, &reading));
  CHECK_EQUAL(body.data[0], 7);
  CHECK(sch_der_only(in, SCH_DER_INTEGER, &body, &reading));
  CHECK_EQUAL(body.data[0], 8);
}

/* A reading keeps its first fault. */
TEST(first_fault_stays) {
  struct sch_reading reading = {0};
  const uint8_t at[2] = {0};

  CHECK(!sch_refuse(&reading, SCH_FAULT_boolean, at));
  CHECK(!sch_refuse(&reading, SCH_FAULT_null, at + 1));
  CHECK_EQUAL(reading.fault, SCH_FAULT_boolean);
  CHECK(reading.at == at);
}

/* A tree is checked at every level, down to the bound and not below. */
TEST(trees) {
  CHECK_EQUAL(tree(""), SCH_FAULT_none);
  CHECK_EQUAL(tree("30{ 30{ 01{ ff } } 05{ } } 02{ 01 }"), SCH_FAULT_none);
  CHECK_EQUAL(tree("30{ 30{ 01{ 01 } } }"), SCH_FAULT_boolean);
  CHECK_EQUAL(tree("30{ a0{ 05{ 00 } } }"), SCH_FAULT_null);
  CHECK_EQUAL(tree("80{ 05 }"), SCH_FAULT_none);
#define NEST_23 "30{30{30{30{30{30{30{30{30{30{30{30{30{30{30{30{30{30{30{30{30{30{30{"
#define END_23 "}}}}}}}}}}}}}}}}}}}}}}}"
  CHECK_EQUAL(tree(NEST_23 END_23), SCH_FAULT_none);
  CHECK_EQUAL(tree(NEST_23 "30{ }" END_23), SCH_FAULT_depth);
}

/* Members of a SET ascend; equal ones may follow each other. */
TEST(sets) {
  CHECK_EQUAL(tree("31{ 02{ 01 } 02{ 02 } }"), SCH_FAULT_none);
  CHECK_EQUAL(tree("31{ 02{ 02 } 02{ 02 } }"), SCH_FAULT_none);
  CHECK_EQUAL(tree("31{ 02{ 02 } 02{ 01 } }"), SCH_FAULT_set_order);
  CHECK_EQUAL(tree("31{ 02{ 02 } 02{ 0101 } }"), SCH_FAULT_none);
  CHECK_EQUAL(tree("31{ 02{ 0101 } 02{ 02 } }"), SCH_FAULT_set_order);
  CHECK_EQUAL(tree("30{ 02{ 02 } 02{ 01 } }"), SCH_FAULT_none);
}

/* BOOLEAN is 00 or FF. */
TEST(booleans) {
  struct sch_reading reading = {0};
  bool truth = false;

  CHECK(sch_value_boolean(assemble("ff"), &truth, &reading));
  CHECK(truth);
  CHECK(sch_value_boolean(assemble("00"), &truth, &reading));
  CHECK(!truth);
  CHECK_EQUAL(tree("01{ }"), SCH_FAULT_boolean);
  CHECK_EQUAL(tree("01{ 7f }"), SCH_FAULT_boolean);
  CHECK_EQUAL(tree("01{ ffff }"), SCH_FAULT_boolean);
}

static uint64_t number(const char *notation, enum sch_fault fault) {
  struct sch_reading reading = {0};
  uint64_t out = 0;

  CHECK_EQUAL(sch_value_number(assemble(notation), &out, &reading), fault == SCH_FAULT_none);
  CHECK_EQUAL(reading.fault, fault);
  return out;
}

/* INTEGER is minimal; as a number it ends at 64 bits and has no sign. */
TEST(integers) {
  CHECK_EQUAL(number("00", SCH_FAULT_none), 0);
  CHECK_EQUAL(number("7f", SCH_FAULT_none), 127);
  CHECK_EQUAL(number("0080", SCH_FAULT_none), 128);
  CHECK(number("00ffffffffffffffff", SCH_FAULT_none) == UINT64_MAX);
  CHECK_EQUAL(number("010000000000000000", SCH_FAULT_number_range), 0);
  CHECK_EQUAL(number("80", SCH_FAULT_number_range), 0);
  CHECK_EQUAL(number("", SCH_FAULT_integer_empty), 0);
  CHECK_EQUAL(number("007f", SCH_FAULT_integer_not_minimal), 0);
  CHECK_EQUAL(number("ff80", SCH_FAULT_integer_not_minimal), 0);
  CHECK_EQUAL(tree("02{ ff7f }"), SCH_FAULT_none);
  CHECK_EQUAL(tree("02{ 80 }"), SCH_FAULT_none);
  CHECK_EQUAL(tree("0a{ 0001 }"), SCH_FAULT_integer_not_minimal);
}

static uint32_t named_bits(const char *notation, enum sch_fault fault) {
  struct sch_reading reading = {0};
  uint32_t out = 0;

  CHECK_EQUAL(sch_value_named_bits(assemble(notation), &out, &reading), fault == SCH_FAULT_none);
  CHECK_EQUAL(reading.fault, fault);
  return out;
}

/* BIT STRING counts its unused bits, which are zero; named bits have no trailing zeros. */
TEST(bit_strings) {
  struct sch_reading reading = {0};
  struct sch_bits bits;

  CHECK(sch_value_bits(assemble("04 a0"), &bits, &reading));
  CHECK_EQUAL(bits.unused, 4);
  CHECK_EQUAL(bits.bytes.size, 1);
  CHECK_EQUAL(tree("03{ 00 }"), SCH_FAULT_none);
  CHECK_EQUAL(tree("03{ }"), SCH_FAULT_bit_string_unused);
  CHECK_EQUAL(tree("03{ 01 }"), SCH_FAULT_bit_string_unused);
  CHECK_EQUAL(tree("03{ 08 00 }"), SCH_FAULT_bit_string_unused);
  CHECK_EQUAL(tree("03{ 07 80 }"), SCH_FAULT_none);
  CHECK_EQUAL(tree("03{ 07 c0 }"), SCH_FAULT_bit_string_padding);
  CHECK_EQUAL(named_bits("00", SCH_FAULT_none), 0);
  CHECK_EQUAL(named_bits("07 80", SCH_FAULT_none), 1);
  CHECK_EQUAL(named_bits("07 ff80", SCH_FAULT_none), 0x1ff);
  CHECK_EQUAL(named_bits("00 00000001", SCH_FAULT_none), 0x80000000);
  CHECK_EQUAL(named_bits("00 0000000001", SCH_FAULT_number_range), 0);
  CHECK_EQUAL(named_bits("06 80", SCH_FAULT_bit_string_named), 0);
  CHECK_EQUAL(named_bits("00 8000", SCH_FAULT_bit_string_named), 0);
}

/* Arcs are minimal and finished; reading them never wraps. */
TEST(object_identifiers) {
  struct sch_span oid = assemble("88 37 03 81ffffffffffffffff7f 82ffffffffffffffff7f");
  uint64_t arc = 0;

  CHECK(sch_value_arc(&oid, &arc));
  CHECK_EQUAL(arc, 80 + 999);
  CHECK(sch_value_arc(&oid, &arc));
  CHECK_EQUAL(arc, 3);
  CHECK(sch_value_arc(&oid, &arc));
  CHECK(arc == UINT64_MAX);
  CHECK(!sch_value_arc(&oid, &arc));
  CHECK_EQUAL(oid.size, 10);
  oid = assemble("83");
  CHECK(!sch_value_arc(&oid, &arc));
  CHECK_EQUAL(oid.size, 1);
  CHECK_EQUAL(tree("06{ 2a03 }"), SCH_FAULT_none);
  CHECK_EQUAL(tree("06{ 88ffffffffffffffffffff7f }"), SCH_FAULT_none);
  CHECK_EQUAL(tree("06{ }"), SCH_FAULT_oid_unfinished);
  CHECK_EQUAL(tree("06{ 2a 83 }"), SCH_FAULT_oid_unfinished);
  CHECK_EQUAL(tree("06{ 80 2a }"), SCH_FAULT_oid_not_minimal);
  CHECK_EQUAL(tree("06{ 2a 8003 }"), SCH_FAULT_oid_not_minimal);
  CHECK_EQUAL(tree("06{ 2a 8180 00 }"), SCH_FAULT_none);
}

static int64_t utc(const char *text) {
  struct sch_reading reading = {0};
  int64_t time = -1;

  CHECK(sch_value_time(SCH_DER_UTC_TIME, sch_span_text(text), &time, &reading));
  return time;
}

static int64_t generalized(const char *text) {
  struct sch_reading reading = {0};
  int64_t time = -1;

  CHECK(sch_value_time(SCH_DER_GENERALIZED_TIME, sch_span_text(text), &time, &reading));
  return time;
}

/* Times are the seconds that `date -u +%s` gives for them. */
TEST(times) {
  CHECK_EQUAL(utc("700101000000Z"), 0);
  CHECK_EQUAL(utc("691231235959Z"), -1);
  CHECK_EQUAL(utc("500101000000Z"), -631152000);
  CHECK_EQUAL(utc("491231235959Z"), 2524607999);
  CHECK_EQUAL(utc("000229120000Z"), 951825600);
  CHECK_EQUAL(generalized("20500101000000Z"), 2524608000);
  CHECK_EQUAL(generalized("99991231235959Z"), 253402300799);
  CHECK_EQUAL(generalized("00000101000000Z"), -62167219200);
  CHECK_EQUAL(generalized("19000301000000Z"), -2203891200);
  CHECK_EQUAL(generalized("24000229000000Z"), 13574563200);
}

/* A day has 86400 seconds and follows the day before it, in every month of 800 years. */
TEST(days_follow) {
  static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  int64_t before = generalized("15991231000000Z");
  char text[64];

  for (int year = 1600; year < 2400; year++) {
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    for (int month = 1; month <= 12; month++) {
      const int days = lengths[month - 1] + (month == 2 && leap);

      (void)snprintf(text, sizeof(text), "%04d%02d01000000Z", year, month);
      CHECK_EQUAL(generalized(text), before + 86400);
      (void)snprintf(text, sizeof(text), "%04d%02d%02d000000Z", year, month, days);
      CHECK_EQUAL(generalized(text), before + 86400 * days);
      before += 86400 * days;
    }
  }
}

/* Only full digits with Z are a form; only real dates are a value. */
TEST(time_faults) {
  CHECK_EQUAL(tree("17{ '240101000000' }"), SCH_FAULT_time_form);
  CHECK_EQUAL(tree("17{ '2401010000Z' }"), SCH_FAULT_time_form);
  CHECK_EQUAL(tree("17{ '20240101000000Z' }"), SCH_FAULT_time_form);
  CHECK_EQUAL(tree("17{ '24010100000:Z' }"), SCH_FAULT_time_form);
  CHECK_EQUAL(tree("17{ '240101000000z' }"), SCH_FAULT_time_form);
  CHECK_EQUAL(tree("18{ '240101000000Z' }"), SCH_FAULT_time_form);
  CHECK_EQUAL(tree("18{ }"), SCH_FAULT_time_form);
  CHECK_EQUAL(tree("18{ '21000228235959Z' }"), SCH_FAULT_none);
  CHECK_EQUAL(tree("18{ '21000229000000Z' }"), SCH_FAULT_time_value);
  CHECK_EQUAL(tree("17{ '240001000000Z' }"), SCH_FAULT_time_value);
  CHECK_EQUAL(tree("17{ '241301000000Z' }"), SCH_FAULT_time_value);
  CHECK_EQUAL(tree("17{ '240100000000Z' }"), SCH_FAULT_time_value);
  CHECK_EQUAL(tree("17{ '240431000000Z' }"), SCH_FAULT_time_value);
  CHECK_EQUAL(tree("17{ '240101240000Z' }"), SCH_FAULT_time_value);
  CHECK_EQUAL(tree("17{ '240101006000Z' }"), SCH_FAULT_time_value);
  CHECK_EQUAL(tree("17{ '240101000060Z' }"), SCH_FAULT_time_value);
}

/* PrintableString, byte by byte, is what X.680 41.4 lists. */
TEST(printable_alphabet) {
  static const char alphabet[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 '()+,-./:=?";

  for (unsigned byte = 0; byte < 256; byte++) {
    const uint8_t text = (uint8_t)byte;
    struct sch_reading reading = {0};
    const bool listed = byte != 0 && strchr(alphabet, (int)byte) != NULL;

    CHECK_EQUAL(sch_value_check(SCH_DER_PRINTABLE_STRING, sch_span_of(&text, 1), &reading), listed);
  }
}

/* Each string type refuses what is just outside it. */
TEST(strings) {
  CHECK_EQUAL(tree("12{ '09 ' }"), SCH_FAULT_none);
  CHECK_EQUAL(tree("12{ '/' }"), SCH_FAULT_string_numeric);
  CHECK_EQUAL(tree("12{ ':' }"), SCH_FAULT_string_numeric);
  CHECK_EQUAL(tree("14{ 20 7e a0 ff }"), SCH_FAULT_none);
  CHECK_EQUAL(tree("14{ 1f }"), SCH_FAULT_string_teletex);
  CHECK_EQUAL(tree("14{ 7f }"), SCH_FAULT_string_teletex);
  CHECK_EQUAL(tree("14{ 9f }"), SCH_FAULT_string_teletex);
  CHECK_EQUAL(tree("16{ 00 7f }"), SCH_FAULT_none);
  CHECK_EQUAL(tree("16{ 80 }"), SCH_FAULT_string_ia5);
  CHECK_EQUAL(tree("1b{ 7f }"), SCH_FAULT_none);
  CHECK_EQUAL(tree("1b{ 80 }"), SCH_FAULT_string_ia5);
  CHECK_EQUAL(tree("1a{ 20 7e }"), SCH_FAULT_none);
  CHECK_EQUAL(tree("1a{ 1f }"), SCH_FAULT_string_visible);
  CHECK_EQUAL(tree("1a{ 7f }"), SCH_FAULT_string_visible);
  CHECK_EQUAL(tree("1c{ 0010ffff }"), SCH_FAULT_none);
  CHECK_EQUAL(tree("1c{ 00110000 }"), SCH_FAULT_string_universal);
  CHECK_EQUAL(tree("1c{ 0000dfff }"), SCH_FAULT_string_universal);
  CHECK_EQUAL(tree("1c{ 000041 }"), SCH_FAULT_string_universal);
  CHECK_EQUAL(tree("1e{ d7ff e000 }"), SCH_FAULT_none);
  CHECK_EQUAL(tree("1e{ d800 }"), SCH_FAULT_string_bmp);
  CHECK_EQUAL(tree("1e{ 00 }"), SCH_FAULT_string_bmp);
}

/* put_utf8 writes any number below 2^21 as UTF-8 would, in `more` + 1 bytes. */
static struct sch_span put_utf8(uint32_t character, size_t more) {
  static const uint8_t marks[] = {0x00, 0xc0, 0xe0, 0xf0};

  room[0] = (uint8_t)(marks[more] | character >> 6 * more);
  for (size_t i = 1; i <= more; i++) {
    room[i] = (uint8_t)(0x80 | (character >> 6 * (more - i) & 0x3f));
  }
  return sch_span_of(room, more + 1);
}

/* UTF-8, every number in every width: exactly the shortest form of real characters is read back. */
TEST(utf8) {
  static const uint32_t limits[] = {0x80, 0x800, 0x10000, 0x200000};

  for (size_t more = 0; more < SCH_COUNT(limits); more++) {
    const uint32_t least = more == 0 ? 0 : limits[more - 1];

    for (uint32_t character = 0; character < limits[more]; character++) {
      struct sch_span in = put_utf8(character, more);
      const bool is_real =
          character <= 0x10ffff && (character < 0xd800 || character > 0xdfff) && character >= least;
      uint32_t out = 0;

      if (sch_value_character(SCH_DER_UTF8_STRING, &in, &out) != is_real ||
          (is_real && out != character)) {
        CHECK_EQUAL(character, 0x200000);
      }
    }
  }
}

/* A character that is cut off is none, and nothing moves. */
TEST(characters) {
  struct sch_span in = assemble("e282");
  uint32_t out = 7;

  CHECK(!sch_value_character(SCH_DER_UTF8_STRING, &in, &out));
  CHECK_EQUAL(in.size, 2);
  CHECK_EQUAL(out, 7);
  in = assemble("c3");
  CHECK(!sch_value_character(SCH_DER_INTEGER, &in, &out));
  in = assemble("e9");
  CHECK(sch_value_character(SCH_DER_TELETEX_STRING, &in, &out));
  CHECK_EQUAL(out, 0xe9);
  CHECK(!sch_value_character(SCH_DER_TELETEX_STRING, &in, &out));
  in = assemble("20ac");
  CHECK(sch_value_character(SCH_DER_BMP_STRING, &in, &out));
  CHECK_EQUAL(out, 0x20ac);
}

/* A fault has a name, a rule and a source, and breaking the table is noticed. */
TEST(faults_are_named) {
  for (int fault = 1; fault < SCH_FAULT_COUNT; fault++) {
    CHECK(strlen(sch_fault_name((enum sch_fault)fault)) != 0);
    CHECK(strlen(sch_fault_rule((enum sch_fault)fault)) != 0);
    CHECK(strlen(sch_fault_source((enum sch_fault)fault)) != 0);
  }
  CHECK_ABORTS((void)sch_fault_name(SCH_FAULT_COUNT));
}

TESTS(element_is_cut, lengths, ends, tags, types_are_the_table, wanted_types, first_fault_stays,
      trees, sets, booleans, integers, bit_strings, object_identifiers, times, days_follow,
      time_faults, printable_alphabet, strings, utf8, characters, faults_are_named)
