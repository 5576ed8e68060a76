/* trace: see trace.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "trace.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "starve.h"

/* The digest of a byte string is the polynomial of its bytes at PRIME, modulo 2^64: it can be
 * continued at any cut, and eight steps can be taken at once. */
#define PRIME UINT64_C(0x100000001b3)
#define UNROLL 8

#define REDZONE 16 /* the least that AddressSanitizer puts between blocks */

struct sch_trace sch_trace_now;

/* Whether the newest event is a piece of a stream, which the next piece may join. */
static bool stream_open;

static uint32_t stages_reached; /* by this input, one bit each */
static uint64_t stage_inputs[SCH_STAGE_COUNT];

static const char *const stage_names[] = {
#define SCH_STAGE_NAME(name) #name,
    SCH_STAGES(SCH_STAGE_NAME)
#undef SCH_STAGE_NAME
};

_Static_assert(SCH_STAGE_COUNT <= 32, "a stage is a bit of stages_reached");

static uint64_t fold_number(uint64_t digest, uint64_t number) {
  digest = (digest ^ number) * UINT64_C(0x9e3779b97f4a7c15);
  return digest ^ digest >> 32;
}

/* watch reads a byte of every REDZONE and the last one, so that AddressSanitizer sees any bytes
 * that are not there: what lies between two blocks is never shorter. */
static void watch(struct sch_span bytes) {
  const volatile uint8_t *at = bytes.data;

  for (size_t i = 0; i < bytes.size; i += REDZONE) {
    (void)at[i];
  }
  if (bytes.size != 0) {
    (void)at[bytes.size - 1];
  }
}

/* fold_watched takes bytes that have been watched: each one for itself would take most of the time
 * of inputs that move many. */
__attribute__((no_sanitize("address"))) static uint64_t fold_watched(uint64_t digest,
                                                                     struct sch_span bytes) {
  static const uint64_t p2 = PRIME * PRIME;
  static const uint64_t p4 = PRIME * PRIME * PRIME * PRIME;
  static const uint64_t p8 = PRIME * PRIME * PRIME * PRIME * PRIME * PRIME * PRIME * PRIME;
  const uint8_t *at = bytes.data;
  size_t left = bytes.size;

  for (; left >= UNROLL; left -= UNROLL, at += UNROLL) {
    const uint64_t high = (at[0] * PRIME + at[1]) * p2 + at[2] * PRIME + at[3];
    const uint64_t low = (at[4] * PRIME + at[5]) * p2 + at[6] * PRIME + at[7];

    digest = digest * p8 + high * p4 + low;
  }
  for (; left != 0; left--, at++) {
    digest = digest * PRIME + *at;
  }
  return digest;
}

static uint64_t fold_bytes(uint64_t digest, struct sch_span bytes) {
  watch(bytes);
  return fold_watched(digest, bytes);
}

static uint64_t fold_event(uint64_t digest, const struct sch_trace_event *event) {
  digest = fold_bytes(digest, sch_span_text(event->name));
  return fold_number(fold_number(digest, event->first), event->second);
}

static size_t kept(const struct sch_trace *trace) {
  return trace->count < SCH_TRACE_MAX ? trace->count : SCH_TRACE_MAX;
}

static const struct sch_trace_event *event_at(const struct sch_trace *trace, size_t number) {
  return &trace->events[number % SCH_TRACE_MAX];
}

void sch_trace_reset(void) {
  sch_trace_now.count = 0;
  sch_trace_now.digest = 0;
  stream_open = false;
}

static struct sch_trace_event *add(const char *name, uint64_t first, uint64_t second) {
  struct sch_trace *trace = &sch_trace_now;
  struct sch_trace_event *event = &trace->events[trace->count % SCH_TRACE_MAX];

  if (trace->count >= SCH_TRACE_MAX) {
    trace->digest = fold_event(trace->digest, event);
  }
  *event = (struct sch_trace_event){name, first, second};
  trace->count++;
  return event;
}

void sch_trace_event(const char *name, uint64_t first, uint64_t second) {
  (void)add(name, first, second);
  stream_open = false;
}

void sch_trace_bytes(const char *name, struct sch_span bytes) {
  struct sch_trace *trace = &sch_trace_now;

  if (bytes.size == 0) {
    return;
  }
  struct sch_trace_event *event =
      stream_open ? &trace->events[(trace->count - 1) % SCH_TRACE_MAX] : NULL;

  if (event == NULL || strcmp(event->name, name) != 0) {
    event = add(name, 0, 0);
    stream_open = true;
  }
  event->first += bytes.size;
  event->second = fold_bytes(event->second, bytes);
}

void sch_trace_stream_add(struct sch_trace_stream *stream, struct sch_span bytes) {
  stream->size += bytes.size;
  stream->digest = fold_bytes(stream->digest, bytes);
}

void sch_trace_save(struct sch_trace *to) {
  to->count = sch_trace_now.count;
  to->digest = sch_trace_now.digest;
  for (size_t i = 0; i < kept(to); i++) {
    to->events[i] = sch_trace_now.events[i];
  }
}

static void print_event(const char *label, size_t number, const struct sch_trace_event *event) {
  (void)fprintf(stderr, "  %s%zu %s %" PRIu64 " %" PRIu64 "\n", label, number, event->name,
                event->first, event->second);
}

static bool same_event(const struct sch_trace_event *left, const struct sch_trace_event *right) {
  return left->first == right->first && left->second == right->second &&
         strcmp(left->name, right->name) == 0;
}

/* print_difference prints event `number` of both traces, or says which one ends before it. */
static void print_difference(const struct sch_trace *saved, size_t number) {
  (void)fprintf(stderr, "  traces differ: %zu events then, %zu now\n", saved->count,
                sch_trace_now.count);
  if (number < saved->count) {
    print_event("then ", number, event_at(saved, number));
  }
  if (number < sch_trace_now.count) {
    print_event("now  ", number, event_at(&sch_trace_now, number));
  }
}

bool sch_trace_same(const struct sch_trace *saved) {
  const struct sch_trace *now = &sch_trace_now;
  const size_t longer = saved->count > now->count ? saved->count : now->count;
  const size_t shorter = saved->count < now->count ? saved->count : now->count;
  size_t number = longer < SCH_TRACE_MAX ? 0 : longer - SCH_TRACE_MAX;

  while (number < shorter && same_event(event_at(saved, number), event_at(now, number))) {
    number++;
  }
  if (number == longer && saved->digest == now->digest) {
    return true;
  }
  if (!sch_starved()) {
    print_difference(saved, number);
  }
  return false;
}

void sch_trace_print(size_t most) {
  const struct sch_trace *trace = &sch_trace_now;
  const size_t shown = most < kept(trace) ? most : kept(trace);

  for (size_t number = trace->count - shown; number < trace->count; number++) {
    print_event("trace ", number, event_at(trace, number));
  }
}

uint64_t sch_trace_digest(void) {
  const struct sch_trace *trace = &sch_trace_now;
  uint64_t digest = fold_number(trace->digest, trace->count);

  for (size_t number = trace->count - kept(trace); number < trace->count; number++) {
    digest = fold_event(digest, event_at(trace, number));
  }
  return digest;
}

void sch_stage_reset(void) {
  stages_reached = 0;
}

void sch_stage(enum sch_stage stage) {
  REQUIRE(stage < SCH_STAGE_COUNT);
  const uint32_t bit = UINT32_C(1) << stage;

  if ((stages_reached & bit) == 0) {
    stages_reached |= bit;
    stage_inputs[stage]++;
  }
}

uint64_t sch_stage_inputs(enum sch_stage stage) {
  REQUIRE(stage < SCH_STAGE_COUNT);
  return stage_inputs[stage];
}

const char *sch_stage_name(enum sch_stage stage) {
  REQUIRE(stage < SCH_STAGE_COUNT);
  return stage_names[stage];
}
