/* twin: see twin.h. Here are the histories and the caller that is src/stream.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "twin.h"

#include "oracle.h"
#include "stream/pump.h"
#include "stream/stream.h"

void sch_twin_forget(struct sch_twin_history *history, struct sch_span text) {
  history->count = 0;
  history->size = 0;
  history->written = 0;
  history->incomplete = false;
  history->text = text;
}

void sch_twin_note(struct sch_twin_history *history, struct sch_twin_event event,
                   struct sch_span wire) {
  if (history->count == SCH_TWIN_EVENTS_MAX || wire.size > SCH_TWIN_WIRE_MAX - history->size ||
      (event.kind == SCH_TWIN_WRITE && event.size > history->text.size - history->written)) {
    history->incomplete = true;
    return;
  }
  history->written += event.kind == SCH_TWIN_WRITE ? event.size : 0;
  history->events[history->count++] = event;
  sch_copy(history->wire + history->size, wire.data, wire.size);
  history->size += wire.size;
}

void sch_twin_spoil(struct sch_twin_history *history) {
  history->incomplete = true;
}

/* ---- src/stream, with an owner that never lets it wait ---- */

/* One run of it. */
struct run {
  struct sch_stream *stream;
  struct sch_twin_result *result;
  struct sch_span wire; /* what has not come yet */
  struct sch_span text;
};

static bool empty_ports(struct run *run) {
  const struct sch_span wire = sch_stream_wire_out(run->stream);
  const struct sch_span plain = sch_stream_plain_out(run->stream);
  const bool moves = wire.size != 0 || plain.size != 0;

  sch_trace_stream_add(&run->result->wire, wire);
  sch_trace_stream_add(&run->result->plain, plain);
  sch_stream_wire_sent(run->stream, wire.size);
  sch_stream_plain_read(run->stream, plain.size);
  return moves;
}

static void give(struct run *run, size_t size) {
  while (size != 0) {
    const size_t taken = sch_stream_wire_in(run->stream, sch_span_first(run->wire, size));

    while (empty_ports(run)) {
    }
    ORACLE(progress, taken != 0);
    ENSURE(sch_span_skip(&run->wire, taken));
    size -= taken;
  }
}

static void live(struct run *run, const struct sch_twin_event *event) {
  struct sch_span text;

  switch (event->kind) {
    case SCH_TWIN_WIRE:
      give(run, event->size);
      break;
    case SCH_TWIN_WRITE:
      ENSURE(sch_span_take(&run->text, event->size, &text));
      (void)!sch_stream_plain_in(run->stream, text);
      break;
    case SCH_TWIN_CLOSE:
      sch_stream_close(run->stream);
      break;
    case SCH_TWIN_END:
      sch_stream_wire_end(run->stream);
      break;
    case SCH_TWIN_INJECT:
      (void)!event->inject(&run->stream->caller.context, event->what, event->size,
                           &run->stream->sending);
      break;
  }
  while (empty_ports(run)) {
  }
}

void sch_twin_stream(const struct sch_stream_settings *settings,
                     const struct sch_twin_history *history, struct sch_twin_result *result) {
  struct run run = {
      .result = result, .wire = sch_span_of(history->wire, history->size), .text = history->text};

  ENSURE(sch_stream_open(settings, &run.stream) == SEC_E_OK);
  while (empty_ports(&run)) {
  }
  for (size_t i = 0; i < history->count; i++) {
    live(&run, &history->events[i]);
  }
  result->status = sch_stream_status(run.stream);
  sch_stream_drop(run.stream);
}

/* ---- the comparison ---- */

static bool same(const struct sch_trace_stream *left, const struct sch_trace_stream *right) {
  return left->size == right->size && left->digest == right->digest;
}

struct sch_twin_result sch_twin_check(const struct sch_stream_settings *settings,
                                      const struct sch_twin_history *history,
                                      void (*restart)(const void *), const void *context) {
  static sch_twin_caller *const callers[] = {sch_twin_stream, sch_twin_frames,
                                             sch_reference_caller};
  static const char *const names[] = {"stream", "frames", "reference"};
  struct sch_twin_result results[SCH_COUNT(callers)] = {{{0, 0}, {0, 0}, SEC_E_OK}};

  for (size_t i = 0; i < SCH_COUNT(callers); i++) {
    restart(context);
    callers[i](settings, history, &results[i]);
    sch_trace_event(names[i], results[i].plain.size, (uint32_t)results[i].status);
    sch_trace_event("to the peer", results[i].wire.size, results[i].wire.digest);
    ORACLE(twin, results[i].status == results[0].status);
    ORACLE(twin, same(&results[i].plain, &results[0].plain));
    ORACLE(twin, same(&results[i].wire, &results[0].wire));
  }
  return results[0];
}
