/* starve_replay: see starve_replay.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "starve_replay.h"

#include <stdio.h>
#include <unistd.h>

#include "harness.h"
#include "sspi/certcontext.h"
#include "sspi/handle.h"

/* LeakSanitizer's, where there is one. */
extern int __lsan_do_recoverable_leak_check(void) __attribute__((weak));

static const char *const kinds[SCH_STARVE_KINDS] = {"the library", "OpenSSL"};

/* What must be the same before and after an input. */
struct held {
  size_t blocks;
  size_t handles;
  size_t certificates;
};

static struct held held_now(void) {
  return (struct held){sch_starve_live(), sch_handle_count(), sch_certcontext_count()};
}

/* run_one runs the input with allocation number `nth` failing and gives the count of all. */
static uint64_t run_one(struct sch_span input, enum sch_starve_kind kind, uint64_t nth,
                        unsigned seconds, bool *failed) {
  const struct held before = held_now();

  alarm(seconds);
  sch_starve_begin(kind, nth);
  sch_target_run(input);
  alarm(0);
  *failed = sch_starved();
  const struct held after = held_now();

  ORACLE(ownership, after.blocks == before.blocks);
  ORACLE(handle_life, after.handles == before.handles);
  ORACLE(handle_life, after.certificates == before.certificates);
  return sch_starve_end();
}

/* run_kind fails every `stride`th allocation of a kind. */
static void run_kind(struct sch_span input, enum sch_starve_kind kind, unsigned long most,
                     unsigned seconds, struct sch_starve_tally *tally) {
  bool failed;
  const uint64_t count = run_one(input, kind, 0, seconds, &failed);
  const uint64_t stride =
      kind == SCH_STARVE_LIBRARY || count <= most ? 1 : (count + most - 1) / most;
  uint64_t nth = 1 + input.size % stride;

  tally->allocations[kind] += count;
  do {
    (void)run_one(input, kind, nth, seconds, &failed);
    tally->failed[kind] += failed;
    nth += stride;
  } while (failed);
}

void sch_starve_replay(struct sch_span input, unsigned long most, unsigned seconds,
                       struct sch_starve_tally *tally) {
  /* What is made once in a process is made now, with all the memory that it needs. */
  sch_target_run(input);
  for (enum sch_starve_kind kind = 0; kind < SCH_STARVE_KINDS; kind++) {
    run_kind(input, kind, most, seconds, tally);
  }
  ORACLE(ownership,
         __lsan_do_recoverable_leak_check == NULL || __lsan_do_recoverable_leak_check() == 0);
}

void sch_starve_report(const struct sch_starve_tally *tally) {
  (void)printf("made to fail:");
  for (enum sch_starve_kind kind = 0; kind < SCH_STARVE_KINDS; kind++) {
    (void)printf("%s %llu of %llu allocations of %s", kind == 0 ? "" : ",",
                 (unsigned long long)tally->failed[kind],
                 (unsigned long long)tally->allocations[kind], kinds[kind]);
  }
  (void)printf("\n");
}
