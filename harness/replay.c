/* replay: runs files through a target with no engine: any compiler, sanitizer or valgrind will do.
 *
 *   fuzz_<target> [--expect N] [--seconds N] [--once] [--trace] [--stages] [--require-stages]
 *                 [--cuts] [--splits | --splits=N] [--starve N] FILE|DIRECTORY...
 *
 * Every input is run twice and both traces are compared. Nothing to replay is a failure. --cuts
 * also delivers every input whole and byte by byte, --splits in two at every split point as well;
 * --splits=N reaches every split point in N runs, each cut at every Nth. --starve fails each
 * allocation of the library in turn, and of OpenSSL at most N an input: starve_replay.h.
 * Exit status: 0 all ran, 1 something was missing, 2 usage; a finding ends it by a signal.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness.h"
#include "starve_replay.h"

#define SECONDS_DEFAULT 10
#define DEPTH_MAX 8 /* directories inside directories: a link to itself must not loop */

/* Every sanitizer has this: a function to call before it ends the process. */
extern void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

struct options {
  unsigned long expect;  /* inputs, at least */
  unsigned long seconds; /* for one input */
  unsigned long starve;  /* runs without OpenSSL's memory for one input; 0: not starved at all */
  bool once;
  bool trace;
  bool stages;
  bool require_stages;
  bool cuts;
  bool splits;
  unsigned long runs; /* that reach every split point together */
};

struct tally {
  unsigned long inputs;
  unsigned long unreadable;
  uint64_t reached[SCH_STAGE_COUNT];
};

static struct options options = {.expect = 1, .seconds = SECONDS_DEFAULT};
static struct tally tally;
static struct sch_starve_tally starved;

/* What a finding was found in. */
static char input_name[4096];

static void say(const char *text) {
  const ssize_t written = write(STDERR_FILENO, text, strlen(text));

  (void)written;
}

/* name_input says what was being run, once, when a finding ends the process. */
static void name_input(void) {
  static bool said;

  if (!said && input_name[0] != '\0') {
    said = true;
    say("replay: found in ");
    say(input_name);
    say("\n");
  }
}

/* What was to happen on SIGABRT before: a sanitizer's report, or nothing. */
static struct sigaction abort_before;

static void on_abort(int number) {
  (void)number;
  name_input();
  (void)sigaction(SIGABRT, &abort_before, NULL);
  abort();
}

static void on_timeout(int number) {
  (void)number;
  say("timeout: the input ran longer than --seconds allows\n");
  abort();
}

static void watch_endings(void) {
  const struct sigaction aborted = {.sa_handler = on_abort};
  const struct sigaction timed_out = {.sa_handler = on_timeout};

  (void)sigaction(SIGABRT, &aborted, &abort_before);
  (void)sigaction(SIGALRM, &timed_out, NULL);
  if (__sanitizer_set_death_callback != NULL) {
    __sanitizer_set_death_callback(name_input);
  }
}

static void run(struct sch_span input) {
  if (options.starve != 0) {
    sch_starve_replay(input, options.starve, (unsigned)options.seconds, &starved);
    tally.inputs++;
    return;
  }
  static struct sch_trace first;
  uint64_t before[SCH_STAGE_COUNT];

  for (enum sch_stage stage = 0; stage < SCH_STAGE_COUNT; stage++) {
    before[stage] = sch_stage_inputs(stage);
  }
  alarm((unsigned)options.seconds);
  sch_target_run(input);
  for (enum sch_stage stage = 0; stage < SCH_STAGE_COUNT; stage++) {
    tally.reached[stage] += sch_stage_inputs(stage) - before[stage];
  }
  if (options.trace) {
    (void)fprintf(stderr, "%s: trace %016llx\n", input_name,
                  (unsigned long long)sch_trace_digest());
    sch_trace_print(SCH_TRACE_MAX);
  }
  if (!options.once) {
    sch_trace_save(&first);
    sch_target_run(input);
    ORACLE(determinism, sch_trace_same(&first));
  }
  alarm(0);
  tally.inputs++;
}

/* complain counts an input that could not be had. */
static void complain(const char *path, const char *why) {
  (void)fprintf(stderr, "replay: %s: %s\n", path, why);
  tally.unreadable++;
}

/* run_file gives the target a block of exactly the size of the file. */
static void run_file(const char *path, size_t size) {
  FILE *file = fopen(path, "rb");
  uint8_t *block = malloc(size);

  REQUIRE(block != NULL || size == 0);
  if (file == NULL || fread(block, 1, size, file) != size) {
    complain(path, file == NULL ? strerror(errno) : "cannot be read to its end");
  } else {
    (void)snprintf(input_name, sizeof input_name, "%s", path);
    run((struct sch_span){block, size});
  }
  free(block);
  if (file != NULL) {
    (void)fclose(file);
  }
}

static void run_path(const char *path, int depth);

static int visible(const struct dirent *entry) {
  return entry->d_name[0] != '.';
}

/* run_directory goes by name, so that every machine runs the inputs in the same order. */
static void run_directory(const char *path, int depth) {
  struct dirent **entries;
  const int count = scandir(path, &entries, visible, alphasort);
  char inside[sizeof input_name];

  if (count < 0) {
    complain(path, strerror(errno));
    return;
  }
  for (int i = 0; i < count; i++) {
    const int size = snprintf(inside, sizeof inside, "%s/%s", path, entries[i]->d_name);

    if (size < 0 || (size_t)size >= sizeof inside) {
      complain(path, "a name in it is too long");
    } else {
      run_path(inside, depth + 1);
    }
    free(entries[i]);
  }
  free(entries);
}

static void run_path(const char *path, int depth) {
  struct stat facts;

  if (stat(path, &facts) != 0) {
    complain(path, strerror(errno));
  } else if (S_ISREG(facts.st_mode)) {
    run_file(path, (size_t)facts.st_size);
  } else if (!S_ISDIR(facts.st_mode)) {
    complain(path, "neither a file nor a directory");
  } else if (depth == DEPTH_MAX) {
    complain(path, "directories are nested too deep");
  } else {
    run_directory(path, depth);
  }
}

static bool read_number(const char *text, unsigned long *number) {
  char *end;

  if (text == NULL) {
    return false;
  }
  errno = 0;
  *number = strtoul(text, &end, 10);
  return errno == 0 && end != text && *end == '\0';
}

/* read_runs takes "--splits=N". */
static bool read_runs(const char *word) {
  static const char name[] = "--splits=";

  return strncmp(word, name, sizeof name - 1) == 0 &&
         read_number(word + sizeof name - 1, &options.runs) && options.runs != 0;
}

/* read_option takes one option, and moves `*at` over its value if it has one. */
static bool read_option(char **words, int *at) {
  const struct {
    const char *name;
    bool *flag;
    unsigned long *number;
  } known[] = {
      {"--expect", NULL, &options.expect}, {"--seconds", NULL, &options.seconds},
      {"--once", &options.once, NULL},     {"--trace", &options.trace, NULL},
      {"--stages", &options.stages, NULL}, {"--require-stages", &options.require_stages, NULL},
      {"--cuts", &options.cuts, NULL},     {"--splits", &options.splits, NULL},
      {"--starve", NULL, &options.starve},
  };

  for (size_t i = 0; i < SCH_COUNT(known); i++) {
    if (strcmp(words[*at], known[i].name) != 0) {
      continue;
    }
    if (known[i].number != NULL) {
      (*at)++;
      return read_number(words[*at], known[i].number);
    }
    *known[i].flag = true;
    return true;
  }
  return read_runs(words[*at]);
}

/* report prints the figures and says whether all was there that had to be. */
static bool report(void) {
  bool good = tally.unreadable == 0;

  (void)printf("%s: %lu inputs, %lu unreadable\n", sch_target_name, tally.inputs, tally.unreadable);
  for (enum sch_stage stage = 0; stage < SCH_STAGE_COUNT; stage++) {
    if (options.stages || options.require_stages) {
      (void)printf("stage %s %llu\n", sch_stage_name(stage),
                   (unsigned long long)tally.reached[stage]);
    }
    if (options.require_stages && tally.reached[stage] == 0) {
      (void)fprintf(stderr, "replay: no input reaches stage %s: run `make seeds`\n",
                    sch_stage_name(stage));
      good = false;
    }
  }
  if (options.starve != 0) {
    sch_starve_report(&starved);
  }
  if (tally.inputs < options.expect) {
    (void)fprintf(stderr, "replay: %lu inputs where at least %lu were expected: run `make seeds`\n",
                  tally.inputs, options.expect);
    good = false;
  }
  return good;
}

int main(int count, char **words) {
  int at = 1;

  while (at < count && strncmp(words[at], "--", 2) == 0) {
    if (!read_option(words, &at)) {
      (void)fprintf(stderr,
                    "usage: %s [--expect N] [--seconds N] [--once] [--trace] [--stages]"
                    " [--require-stages] [--cuts] [--splits | --splits=N] [--starve N]"
                    " FILE|DIRECTORY...\n",
                    words[0]);
      return 2;
    }
    at++;
  }
  watch_endings();
  sch_plan_set_cutting(options.splits                      ? SCH_CUTTING_EVERY_SPLIT
                       : options.cuts || options.runs != 0 ? SCH_CUTTING_ALWAYS
                                                           : SCH_CUTTING_BY_OPTION);
  sch_plan_set_runs(options.runs);
  if (at == count) {
    (void)fprintf(stderr, "replay: nothing to replay: name a file or a directory\n");
    return 1;
  }
  for (; at < count; at++) {
    const unsigned long before = tally.inputs + tally.unreadable;

    run_path(words[at], 0);
    if (tally.inputs + tally.unreadable == before) {
      complain(words[at], "holds no input: run `make seeds`");
    }
  }
  return report() ? 0 : 1;
}
