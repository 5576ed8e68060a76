/* Runs the case files of record framing: as written, in one piece, byte by byte, and cut in two at
 * every place. Run from the top of the tree, or name the directory of the cases.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "cases.h"
#include "test.h"
#include "tls/record.h"

#define DIRECTORY "harness/tests/cases/record/"

/* What came of a wire so far, as case files spell it. */
struct outcome {
  char text[SCH_CASE_STEPS * SCH_CASE_TEXT];
  size_t size;
  size_t used; /* bytes of the wire that were taken as records */
};

static void write_line(struct outcome *outcome, const char *format, unsigned first, unsigned second,
                       unsigned third) {
  const size_t room = sizeof outcome->text - outcome->size;
  const int size = snprintf(outcome->text + outcome->size, room, format, first, second, third);

  REQUIRE(size > 0);
  REQUIRE((size_t)size < room);
  outcome->size += (size_t)size;
}

/* feed offers the first `size` bytes of a wire, as a caller does that keeps what was not used, in
 * a block of their own, and notes the records. It gives the last status. */
static SECURITY_STATUS feed(struct outcome *outcome, const struct sch_case *one, size_t size,
                            size_t *missing) {
  const size_t held = size - outcome->used;
  uint8_t *block = malloc(held);
  struct sch_span wire = {block, held};
  struct sch_record record;
  SECURITY_STATUS status;

  REQUIRE(block != NULL || held == 0);
  sch_copy(block, one->wire + outcome->used, held);
  while ((status = sch_record_next(&wire, &record, missing)) == SEC_E_OK) {
    write_line(outcome, "RECORD type=%u version=%04x body=%u\n", record.type, record.version,
               (unsigned)record.body.size);
  }
  outcome->used = size - wire.size;
  free(block);
  return status;
}

/* settle notes how a wire of `size` bytes ends: refused, or wanting, or between two records. */
static void settle(struct outcome *outcome, SECURITY_STATUS status, size_t size, size_t missing) {
  if (status == SEC_E_INVALID_TOKEN) {
    write_line(outcome, "INVALID\n", 0, 0, 0);
  } else if (outcome->used != size) {
    write_line(outcome, "MISSING %u\n", (unsigned)missing, 0, 0);
  }
}

static void check_text(const struct sch_case *one, const struct outcome *outcome,
                       const char *expected, const char *way) {
  if (strcmp(outcome->text, expected) != 0) {
    test_fail(__FILE__, __LINE__, one->name, way);
    (void)printf("expected:\n%sfound:\n%s", expected, outcome->text);
  }
}

/* run_written feeds the pieces of the case and checks what comes of each. */
static void run_written(const struct sch_case *one) {
  static struct outcome outcome;
  size_t missing = 0;

  outcome.used = 0;
  for (size_t i = 0; i < one->count; i++) {
    const size_t end = one->steps[i].end;

    outcome.size = 0;
    outcome.text[0] = '\0';
    const SECURITY_STATUS status = feed(&outcome, one, end, &missing);

    settle(&outcome, status, end, missing);
    check_text(one, &outcome, one->steps[i].expected, "as written");
  }
}

/* run_cut feeds the wire in pieces that end at `cut`, and every `step` bytes after it, and gives
 * all that came of it. */
static void run_cut(const struct sch_case *one, size_t cut, size_t step, struct outcome *outcome) {
  SECURITY_STATUS status = SEC_E_OK;
  size_t missing = 0;
  size_t end = cut;

  *outcome = (struct outcome){.size = 0};
  while (end < one->size && status != SEC_E_INVALID_TOKEN) {
    status = feed(outcome, one, end, &missing);
    end += step < one->size - end ? step : one->size - end;
  }
  if (status != SEC_E_INVALID_TOKEN) {
    status = feed(outcome, one, one->size, &missing);
  }
  settle(outcome, status, one->size, missing);
}

static void run_case(const struct sch_case *one, void *context) {
  static struct outcome whole;
  static struct outcome cut;

  (void)context;
  run_written(one);
  run_cut(one, one->size, 1, &whole);
  run_cut(one, 0, 1, &cut);
  check_text(one, &cut, whole.text, "byte by byte");
  for (size_t at = 0; at < one->size; at++) {
    run_cut(one, at, one->size, &cut);
    check_text(one, &cut, whole.text, "cut in two");
  }
}

/* The header: cut at every place it asks for exactly the rest of itself. */
TEST(headers) {
  CHECK_EQUAL(sch_cases_read(DIRECTORY "headers.txt", run_case, NULL), 7);
}

/* Each field of the header has its legal values, and both neighbours are refused. */
TEST(fields) {
  CHECK_EQUAL(sch_cases_read(DIRECTORY "fields.txt", run_case, NULL), 18);
}

/* Records that follow each other, and what is not TLS at all. */
TEST(sequences) {
  CHECK_EQUAL(sch_cases_read(DIRECTORY "sequences.txt", run_case, NULL), 10);
}

static void count_case(const struct sch_case *one, void *context) {
  (void)one;
  (*(int *)context)++;
}

/* write_file makes the one file of this process. */
static const char *write_file(const char *text) {
  static char path[64];

  (void)snprintf(path, sizeof path, "/tmp/test_cases.%ld", (long)getpid());
  FILE *file = fopen(path, "w");

  REQUIRE(file != NULL);
  (void)fputs(text, file);
  (void)fclose(file);
  return path;
}

/* A line that is not understood, or a file that is not there, is never passed over. */
TEST(mistakes) {
  static const char *const wrong[] = {
      "# no colon\n> 16\n", "# : no name\n> 16\n",  "MISSING 2\n",      "# a: b\n> 1g\n",
      "# a: b\n> 100\n",    "# a: b\n> 61*65537\n", "# a: b\n> 61*x\n", "# a: b\nRECORD before >\n",
  };
  int count = 0;
  const char *path = write_file("# a: b\n> 61*65536\n\n# c: d\n> ff\nX\n");

  CHECK_EQUAL(sch_cases_read(path, count_case, &count), 2);
  CHECK_EQUAL(count, 2);
  (void)unlink(path);
  CHECK(freopen("/dev/null", "w", stderr) != NULL);
  CHECK_EQUAL(sch_cases_read(path, count_case, &count), -1);
  for (size_t i = 0; i < SCH_COUNT(wrong); i++) {
    path = write_file(wrong[i]);
    CHECK_EQUAL(sch_cases_read(path, count_case, &count), -1);
    (void)unlink(path);
  }
  CHECK_EQUAL(count, 2);
}

TESTS(headers, fields, sequences, mistakes)
