/* trace: what happened during one input, in words that do not depend on where it was cut.
 *
 * A trace is a list of events: a name and two numbers. Byte streams (plaintext, wire output) are
 * events too: neighbouring pieces of the same stream are merged into one event of total size and a
 * running digest, so that the same bytes give the same trace in any pieces.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_TRACE_H
#define SCH_TRACE_H

#include "bytes/span.h"

#define SCH_TRACE_MAX 512 /* events kept, the last ones; older ones stay in the digest */

struct sch_trace_event {
  const char *name; /* a string literal: compared by content, never freed */
  uint64_t first;
  uint64_t second;
};

struct sch_trace {
  size_t count;                                 /* events, also those no longer kept */
  uint64_t digest;                              /* of those no longer kept */
  struct sch_trace_event events[SCH_TRACE_MAX]; /* number i is at i % SCH_TRACE_MAX */
};

/* The trace of the input being run. */
extern struct sch_trace sch_trace_now;

void sch_trace_reset(void);
void sch_trace_event(const char *name, uint64_t first, uint64_t second);

/* sch_trace_bytes notes that `bytes` passed on stream `name`. Empty ones leave no mark. */
void sch_trace_bytes(const char *name, struct sch_span bytes);

/* A stream of bytes kept apart from the events, for bytes whose place among the events depends on
 * where the input was cut: how many have passed, and a digest of all of them. Starts as zeros. */
struct sch_trace_stream {
  uint64_t size;
  uint64_t digest;
};

void sch_trace_stream_add(struct sch_trace_stream *stream, struct sch_span bytes);

/* sch_trace_save copies the present trace; sch_trace_same compares. On a difference it prints the
 * first differing event of both to standard error. */
void sch_trace_save(struct sch_trace *to);
bool sch_trace_same(const struct sch_trace *saved);

/* sch_trace_print prints the last `most` events, one a line, to standard error. */
void sch_trace_print(size_t most);

/* sch_trace_digest folds the whole trace into one number. */
uint64_t sch_trace_digest(void);

/* Stages: how far inputs get. Counted over the life of the process, each at most once an input. */
#define SCH_STAGES(X)   \
  X(hello)              \
  X(keys)               \
  X(finished)           \
  X(application_data)   \
  X(ticket)             \
  X(key_update)         \
  X(renegotiation)      \
  X(client_certificate) \
  X(alert)              \
  X(close)

enum sch_stage {
#define SCH_STAGE_ENUM(name) SCH_STAGE_##name,
  SCH_STAGES(SCH_STAGE_ENUM)
#undef SCH_STAGE_ENUM
      SCH_STAGE_COUNT
};

/* sch_stage notes that this input has reached `stage`. */
void sch_stage(enum sch_stage stage);

/* sch_stage_reset forgets which stages this input has reached: sch_target_run begins with it. */
void sch_stage_reset(void);

/* sch_stage_inputs says how many inputs have reached `stage` so far; sch_stage_name names it. */
uint64_t sch_stage_inputs(enum sch_stage stage);
const char *sch_stage_name(enum sch_stage stage);

#endif
