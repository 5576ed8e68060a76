/* harness: what a fuzz target must know, and nothing else.
 *
 * A target is one file, fuzz_<name>.c, with one FUZZ(name) body. The same object runs under
 * libFuzzer, AFL++ and the plain replayer.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_HARNESS_H
#define SCH_HARNESS_H

#include "bytes/span.h"
#include "oracle.h"
#include "plan.h"
#include "trace.h"

/* FUZZ(name) { ... } defines the target. The body gets `input`, exactly sized on the heap; it must
 * leave no state behind. Before it runs the trace is empty and the world (clock, randomness,
 * OpenSSL's error queue) is as it was before every other input. */
#define FUZZ(name)                              \
  const char sch_target_name[] = #name;         \
  static void fuzz_body(struct sch_span input); \
  void sch_target_body(struct sch_span input) { \
    fuzz_body(input);                           \
  }                                             \
  static void fuzz_body(struct sch_span input)

extern const char sch_target_name[];
void sch_target_body(struct sch_span input);

/* sch_target_run runs one input from a clean world and leaves its trace in sch_trace_now. Every
 * engine calls this and nothing else. */
void sch_target_run(struct sch_span input);

/* WORLD(name) { ... } is run before every input by targets that link it: harness/peer.c resets the
 * clock and the randomness there. Targets of the pure half link an empty one. */
void sch_world_reset(void);
void sch_world_leave(void);

#endif
