/* rediscover: finds, with no list of exceptions and no seeds, how OpenSSL and GnuTLS differ from
 * the truth about chains, and then says which of the differences are known (chain_differences.c).
 *
 *   rediscover DIRECTORY [SECONDS] [SEED]
 *
 * From one plain chain it goes on by the mutator alone, keeping descriptions that are right. What
 * differs is made as small as it goes, written to DIRECTORY/<judge>-<name> and printed. SECONDS are
 * of processor time. Exit status: 0 when at least WANTED documented differences were found, 1 when
 * not, 2 usage.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "chain_mutate.h"
#include "chain_opinion.h"
#include "chain_text.h"
#include "draw.h"

#define WANTED 6
#define POOL 64
#define CHANGES_MAX 3
#define ROWS_MAX 64
#define SECONDS_DEFAULT 120.0
#define PATH_ROOM 4096

static struct sch_case pool[POOL];
static size_t pool_count = 1; /* the first is empty: the mutator begins there */
static unsigned long tried;
static unsigned long differing[ROWS_MAX + 1][SCH_JUDGE_COUNT]; /* the last row: no known one */
static const char *directory;

static double seconds_used(void) {
  return (double)clock() / CLOCKS_PER_SEC;
}

static size_t row_of(const struct sch_difference *difference) {
  size_t row = 0;

  while (row < ROWS_MAX && sch_difference_at(row) != difference) {
    row++;
  }
  return row;
}

/* What came of a description. */
struct outcome {
  enum sch_truth_answer answer;
  bool differs;
  const struct sch_difference *known;
};

static struct outcome judge_case(const struct sch_case *described, enum sch_judge judge) {
  static struct sch_made made;
  static struct sch_truth truth;
  struct outcome out = {0};

  sch_make(described, &made);
  sch_truth_judge(&made, &truth);
  out.answer = truth.answer;
  if (truth.answer != SCH_TRUTH_UNSURE) {
    out.differs = sch_judge_opinion(&made, judge).accepted != (truth.answer == SCH_TRUTH_ACCEPT);
    out.known = out.differs ? sch_difference_find(&made, &truth, judge) : NULL;
  }
  return out;
}

/* is_as_before: a smaller description still differs, the same way. */
static bool is_as_before(const struct sch_case *smaller, enum sch_judge judge,
                         const struct outcome *before) {
  const struct outcome now = judge_case(smaller, judge);

  return now.differs && now.answer == before->answer;
}

/* shrink_fields has each field of a record say nothing, where that changes nothing. */
static bool shrink_fields(struct sch_case *described, size_t at, enum sch_judge judge,
                          const struct outcome *before) {
  struct sch_case_record *record = &described->records[at];
  const struct sch_case_shape *shape = sch_case_shape(record->kind);
  bool smaller = false;

  for (size_t i = 0; i < shape->count; i++) {
    const int32_t value = record->values[i];

    if (value == shape->fields[i].plain) {
      continue;
    }
    record->values[i] = shape->fields[i].plain;
    if (is_as_before(described, judge, before)) {
      smaller = true;
    } else {
      record->values[i] = value;
    }
  }
  return smaller;
}

static bool shrink_records(struct sch_case *described, enum sch_judge judge,
                           const struct outcome *before) {
  static struct sch_case without;
  bool smaller = false;

  for (size_t at = described->count; at-- != 0;) {
    without = *described;
    memmove(&without.records[at], &without.records[at + 1],
            (without.count - at - 1) * sizeof without.records[0]);
    without.count--;
    if (is_as_before(&without, judge, before)) {
      *described = without;
      smaller = true;
    }
  }
  return smaller;
}

static void shrink(struct sch_case *described, enum sch_judge judge, const struct outcome *before) {
  bool smaller = true;

  while (smaller) {
    smaller = shrink_records(described, judge, before);
    for (size_t at = 0; at < described->count; at++) {
      smaller = shrink_fields(described, at, judge, before) || smaller;
    }
  }
}

static const char *name_of(const struct sch_difference *known) {
  return known == NULL ? "not-known" : known->name;
}

static void write_input(const struct sch_case *described, enum sch_judge judge,
                        const struct sch_difference *known) {
  static const char *const judges[] = {
#define NAME(name, text) #name,
      SCH_JUDGES(NAME)
#undef NAME
  };
  static uint8_t room[SCH_CASE_ROOM];
  struct sch_builder to = sch_builder_of(room, sizeof room);
  char path[PATH_ROOM];

  sch_case_write(described, &to);
  (void)snprintf(path, sizeof path, "%s/%s-%s", directory, judges[judge], name_of(known));
  FILE *out = fopen(path, "wb");

  if (out == NULL || fwrite(to.data, 1, to.size, out) != to.size || fclose(out) != 0) {
    (void)fprintf(stderr, "rediscover: %s: %s\n", path, strerror(errno));
    exit(1);
  }
  (void)printf("  input: %s\n", path);
}

static void report(const struct sch_case *described, enum sch_judge judge,
                   const struct outcome *outcome) {
  const struct sch_difference *known = outcome->known;

  (void)printf(
      "%s%s: %s %s\n", name_of(known), known != NULL && known->documented ? " (documented)" : "",
      sch_judge_text(judge),
      outcome->answer == SCH_TRUTH_ACCEPT ? "refuses what is right" : "accepts what is wrong");
  if (known != NULL) {
    (void)printf("  %s\n", known->reason);
  }
  (void)printf("  after %lu descriptions, %.1f s\n", tried, seconds_used());
  write_input(described, judge, known);
  sch_case_print(described, stdout);
  (void)printf("\n");
  (void)fflush(stdout);
}

/* look makes a difference small and reports it, when it is the first of its kind. */
static void look(const struct sch_case *described, enum sch_judge judge,
                 const struct outcome *outcome, uint64_t *state) {
  static struct sch_case small;
  size_t row = outcome->known == NULL ? ROWS_MAX : row_of(outcome->known);

  /* What has been seen may hide what has not. */
  if (differing[row][judge] != 0 && !sch_draw_one_in(state, 64)) {
    differing[row][judge]++;
    return;
  }
  small = *described;
  shrink(&small, judge, outcome);
  const struct outcome shrunk = judge_case(&small, judge);

  row = shrunk.known == NULL ? ROWS_MAX : row_of(shrunk.known);
  if (differing[row][judge]++ == 0) {
    report(&small, judge, &shrunk);
  }
}

static void keep(const struct sch_case *described, uint64_t *state) {
  if (pool_count < POOL) {
    pool[pool_count++] = *described;
  } else if (sch_draw_one_in(state, 8)) {
    pool[1 + sch_draw_below(state, POOL - 1)] = *described;
  }
}

static void step(uint64_t *state) {
  static struct sch_case described;

  described = pool[sch_draw_one_in(state, 4) ? 0 : sch_draw_below(state, pool_count)];
  sch_chain_change(&described, NULL, state, CHANGES_MAX);
  tried++;
  for (enum sch_judge judge = 0; judge < SCH_JUDGE_COUNT; judge++) {
    const struct outcome outcome = judge_case(&described, judge);

    if (outcome.answer == SCH_TRUTH_UNSURE) {
      return;
    }
    if (outcome.differs) {
      look(&described, judge, &outcome, state);
    }
    if (judge == 0 && outcome.answer == SCH_TRUTH_ACCEPT && described.count < 16) {
      keep(&described, state);
    }
  }
}

/* summary says how often each was seen, and gives how many documented ones were. */
static size_t summary(void) {
  size_t documented = 0;

  (void)printf("%-26s %-10s %9s %9s %9s\n", "difference", "", "strict", "plain", "gnutls");
  for (size_t row = 0; row <= ROWS_MAX; row++) {
    const struct sch_difference *known = sch_difference_at(row);
    const unsigned long *seen = differing[row];

    if (seen[0] + seen[1] + seen[2] != 0) {
      documented += known != NULL && known->documented;
      (void)printf("%-26s %-10s %9lu %9lu %9lu\n", name_of(known),
                   known != NULL && known->documented ? "documented" : "", seen[0], seen[1],
                   seen[2]);
    }
  }
  (void)printf("%zu documented differences found of %d wanted, %lu descriptions, %.0f s\n",
               documented, WANTED, tried, seconds_used());
  return documented;
}

int main(int count, char **words) {
  const double seconds = count > 2 ? strtod(words[2], NULL) : SECONDS_DEFAULT;
  uint64_t state = count > 3 ? strtoull(words[3], NULL, 10) : 1;

  if (count < 2 || count > 4) {
    (void)fprintf(stderr, "usage: %s DIRECTORY [SECONDS] [SEED]\n", words[0]);
    return 2;
  }
  directory = words[1];
  if (mkdir(directory, 0777) != 0 && errno != EEXIST) {
    (void)fprintf(stderr, "rediscover: %s: %s\n", directory, strerror(errno));
    return 1;
  }
  while (seconds_used() < seconds) {
    step(&state);
  }
  return summary() >= WANTED ? 0 : 1;
}
