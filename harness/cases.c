/* cases: see cases.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "cases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX_SIZE 4096

static bool add_bytes(struct sch_case *one, unsigned long value, unsigned long count) {
  if (value > UINT8_MAX || count > SCH_CASE_WIRE - one->size) {
    return false;
  }
  for (; count != 0; count--) {
    one->wire[one->size] = (uint8_t)value;
    one->size++;
  }
  return true;
}

/* add_piece reads "16 03 61*3". */
static bool add_piece(struct sch_case *one, char *text) {
  char *rest;

  if (one->count == SCH_CASE_STEPS) {
    return false;
  }
  for (char *word = strtok_r(text, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest)) {
    char *end;
    const unsigned long value = strtoul(word, &end, 16);
    unsigned long count = 1;

    if (*end == '*') {
      count = strtoul(end + 1, &end, 10);
    }
    if (*end != '\0' || !add_bytes(one, value, count)) {
      return false;
    }
  }
  one->steps[one->count].end = one->size;
  one->steps[one->count].expected[0] = '\0';
  one->count++;
  return true;
}

static bool add_expected(struct sch_case *one, const char *text) {
  if (one->count == 0) {
    return false;
  }
  char *expected = one->steps[one->count - 1].expected;
  const size_t held = strlen(expected);
  const int size = snprintf(expected + held, SCH_CASE_TEXT - held, "%s\n", text);

  return size > 0 && (size_t)size < SCH_CASE_TEXT - held;
}

/* begin starts the case of a title line, "name: sentence". */
static bool begin(struct sch_case *one, const char *title) {
  const size_t size = strcspn(title, ":");

  if (title[size] != ':' || size == 0 || size >= sizeof one->name) {
    return false;
  }
  one->count = 0;
  one->size = 0;
  sch_copy(one->name, title, size);
  one->name[size] = '\0';
  return true;
}

/* A file being read: the case in hand, which is whole when the next one begins. */
struct reading {
  struct sch_case *one;
  sch_case_visit *visit;
  void *context;
  int visited;
};

static void finish(struct reading *reading) {
  if (reading->one->count != 0) {
    reading->visit(reading->one, reading->context);
    reading->visited++;
    reading->one->count = 0;
  }
}

static bool read_line(struct reading *reading, char *line) {
  if (line[0] == '\0') {
    return true;
  }
  if (strncmp(line, "# ", 2) == 0) {
    finish(reading);
    return begin(reading->one, line + 2);
  }
  if (strncmp(line, "> ", 2) == 0) {
    return add_piece(reading->one, line + 2);
  }
  return add_expected(reading->one, line);
}

int sch_cases_read(const char *path, sch_case_visit *visit, void *context) {
  char line[LINE_MAX_SIZE];
  struct reading reading = {calloc(1, sizeof(struct sch_case)), visit, context, 0};
  FILE *file = fopen(path, "r");
  bool good = file != NULL && reading.one != NULL;

  for (int number = 1; good && fgets(line, sizeof line, file) != NULL; number++) {
    line[strcspn(line, "\n")] = '\0';
    good = read_line(&reading, line);
    if (!good) {
      (void)fprintf(stderr, "%s:%d: not understood: %s\n", path, number, line);
    }
  }
  if (file == NULL) {
    (void)fprintf(stderr, "%s: cannot be read\n", path);
  } else {
    (void)fclose(file);
  }
  if (good) {
    finish(&reading);
  }
  free(reading.one);
  return good ? reading.visited : -1;
}
