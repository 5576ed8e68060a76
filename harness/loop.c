/* loop: how fast a target runs its seeds. It is linked in the place of libFuzzer with the objects
 * that libFuzzer runs, reads all files first, and then runs them in turn for the seconds given:
 * libFuzzer itself, told to run files, reads each one anew every time.
 *
 *   loop_<target> [--each] SECONDS FILE...    prints "executions, executions per second, peak MiB"
 *
 * Seconds are of processor time. --each prints "microseconds file" for every file before that: the
 * least that it took in any round, which other work on the machine disturbs least. Exit status: 0,
 * 1 unreadable, 2 usage.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <float.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base.h"

#define INPUT_MAX ((size_t)1 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
  const char *path;
  uint8_t *data;
  size_t size;
  double least; /* seconds */
};

static double now(void) {
  struct timespec time;

  (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static bool load(const char *path, struct input *input) {
  FILE *file = fopen(path, "rb");

  if (file == NULL) {
    return false;
  }
  input->data = malloc(INPUT_MAX);
  REQUIRE(input->data != NULL);
  input->path = path;
  input->least = DBL_MAX;
  input->size = fread(input->data, 1, INPUT_MAX, file);
  uint8_t *exact = realloc(input->data, input->size == 0 ? 1 : input->size);

  REQUIRE(exact != NULL);
  input->data = exact;
  const bool good = ferror(file) == 0;

  (void)fclose(file);
  return good;
}

/* run_round runs every input once and keeps the least time of each. */
static void run_round(struct input *input, size_t inputs) {
  double before = now();

  for (size_t i = 0; i < inputs; i++) {
    (void)LLVMFuzzerTestOneInput(input[i].data, input[i].size);
    const double after = now();

    if (after - before < input[i].least) {
      input[i].least = after - before;
    }
    before = after;
  }
}

static void print_each(const struct input *input, size_t inputs) {
  for (size_t i = 0; i < inputs; i++) {
    (void)printf("%.1f %s\n", input[i].least * 1e6, input[i].path);
  }
}

int main(int count, char **words) {
  const bool each = count > 1 && strcmp(words[1], "--each") == 0;
  const int first = each ? 3 : 2;
  const double seconds = count > first ? strtod(words[first - 1], NULL) : 0;
  const size_t inputs = count > first ? (size_t)(count - first) : 0;
  unsigned long executions = 0;
  struct rusage usage;

  if (seconds <= 0) {
    (void)fprintf(stderr, "usage: %s [--each] SECONDS FILE...\n", words[0]);
    return 2;
  }
  struct input *input = calloc(inputs, sizeof *input);

  REQUIRE(input != NULL);
  for (size_t i = 0; i < inputs; i++) {
    if (!load(words[(size_t)first + i], &input[i])) {
      (void)fprintf(stderr, "%s: %s cannot be read\n", words[0], words[(size_t)first + i]);
      return 1;
    }
  }
  /* The first round makes what is made once in a process. */
  run_round(input, inputs);
  const double start = now();

  while (now() - start < seconds) {
    run_round(input, inputs);
    executions += inputs;
  }
  const double took = now() - start;

  if (each) {
    print_each(input, inputs);
  }
  (void)getrusage(RUSAGE_SELF, &usage);
  (void)printf("%lu %.0f %ld\n", executions, (double)executions / took, usage.ru_maxrss / 1024);
  for (size_t i = 0; i < inputs; i++) {
    free(input[i].data);
  }
  free(input);
  return 0;
}
