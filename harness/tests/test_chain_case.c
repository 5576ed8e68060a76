/* test_chain_case: the binary and the text form of descriptions go both ways.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "chain_case.h"
#include "chain_text.h"
#include "test.h"

static uint32_t state = 1;

static uint8_t next(void) {
  state = state * 1664525 + 1013904223;
  return (uint8_t)(state >> 24);
}

/* read_text prints a description into a block and reads that again. */
static bool read_text(const struct sch_case *from, struct sch_case *to) {
  char *text = NULL;
  size_t size = 0;
  size_t line = 0;
  FILE *out = open_memstream(&text, &size);

  REQUIRE(out != NULL);
  sch_case_print(from, out);
  (void)fclose(out);
  const bool good = sch_case_parse(to, sch_span_of(text, size), &line);

  if (!good) {
    (void)printf("line %zu of:\n%s", line, text);
  }
  free(text);
  return good;
}

TEST(any_bytes_are_a_description_with_one_form_of_each_kind) {
  static struct sch_case first;
  static struct sch_case second;
  static uint8_t bytes[2000];
  static uint8_t room[SCH_CASE_ROOM];

  for (int turn = 0; turn < 2000; turn++) {
    const size_t size = (size_t)turn;
    struct sch_builder to = sch_builder_of(room, sizeof room);

    for (size_t i = 0; i < size; i++) {
      bytes[i] = (uint8_t)(next() % (turn % 2 == 0 ? 255 : 12));
    }
    sch_case_read(&first, sch_span_of(bytes, size));
    sch_case_write(&first, &to);
    CHECK(!to.failed);
    sch_case_read(&second, sch_builder_built(&to));
    CHECK(sch_case_same(&first, &second));
    CHECK(read_text(&first, &second));
    CHECK(sch_case_same(&first, &second));
  }
}

TEST(a_record_that_is_not_whole_ends_the_description) {
  static struct sch_case read;
  const uint8_t bytes[] = {SCH_CASE_KIND_wish, 1, SCH_CASE_KIND_wish};

  sch_case_read(&read, sch_span_of(bytes, sizeof bytes));
  CHECK_EQUAL(read.count, 1);
  sch_case_read(&read, (struct sch_span){0});
  CHECK_EQUAL(read.count, 0);
}

TEST(text_says_only_what_is_not_plain) {
  static struct sch_case read;
  static const char text[] =
      "# a comment\n\ncertificate usage=certify+crl place=anchor path_length=0\n  name kind=dns "
      "'a\\x00b c'";
  struct sch_case_record plain = sch_case_plain(SCH_CASE_KIND_certificate);
  size_t line = 0;

  CHECK(sch_case_parse(&read, sch_span_text(text), &line));
  CHECK_EQUAL(read.count, 2);
  plain.values[SCH_CERTIFICATE_usage] = 1 << SCH_USE_CERTIFY | 1 << SCH_USE_CRL;
  plain.values[SCH_CERTIFICATE_place] = SCH_PLACE_ANCHOR;
  plain.values[SCH_CERTIFICATE_path_length] = 0;
  CHECK(memcmp(plain.values, read.records[0].values, sizeof plain.values) == 0);
  CHECK_BYTES(sch_span_of(read.records[1].text, read.records[1].text_size),
              sch_span_of("a\0b c", 5));
}

TEST(what_is_no_text_form_is_refused_by_its_line) {
  static const char *const wrong[] = {"certificat",
                                      "certificate place",
                                      "certificate place=",
                                      "certificate x=1",
                                      "certificate serial=x",
                                      "certificate serial=256",
                                      "certificate 'text'",
                                      "name 'open",
                                      "name 'a' b",
                                      "name '\\x4'",
                                      "certificate usage=certify+x"};
  static struct sch_case read;

  for (size_t i = 0; i < SCH_COUNT(wrong); i++) {
    char text[80];
    size_t line = 0;

    (void)snprintf(text, sizeof text, "ask\n%s\nask", wrong[i]);
    CHECK(!sch_case_parse(&read, sch_span_text(text), &line));
    CHECK_EQUAL(line, 2);
    CHECK_EQUAL(read.count, 1);
  }
}

TESTS(any_bytes_are_a_description_with_one_form_of_each_kind,
      a_record_that_is_not_whole_ends_the_description, text_says_only_what_is_not_plain,
      what_is_no_text_form_is_refused_by_its_line)
