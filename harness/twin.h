/* twin: three callers, written apart from each other, that get the same wire: src/stream, one that
 * parses record headers itself and hands over one whole record at a time (frames), and one that
 * appends, calls, shifts by EXTRA and loops (reference). They must come to the same plaintext, the
 * same bytes for the peer and the same end.
 *
 * A history is what one end has lived through: bytes from the wire, plaintext to send, and what its
 * owner did, in order.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_TWIN_H
#define SCH_TWIN_H

#include "inject.h"
#include "stream/settings.h"
#include "trace.h"

enum sch_twin_event_kind {
  SCH_TWIN_WIRE,   /* the next `size` bytes of the wire */
  SCH_TWIN_WRITE,  /* the next `size` bytes of the text */
  SCH_TWIN_CLOSE,  /* sends what waits, then close_notify */
  SCH_TWIN_END,    /* of the wire */
  SCH_TWIN_INJECT, /* `size` is the amount */
};

struct sch_twin_event {
  enum sch_twin_event_kind kind;
  sch_injector *inject; /* sch_inject: the callers themselves know no engine */
  enum sch_inject what;
  size_t size;
};

#define SCH_TWIN_EVENTS_MAX ((size_t)1024)
#define SCH_TWIN_WIRE_MAX ((size_t)256 * 1024)
#define SCH_TWIN_TEXT_MAX ((size_t)32 * 1024)

/* Zeros are an empty history. */
struct sch_twin_history {
  struct sch_twin_event events[SCH_TWIN_EVENTS_MAX];
  size_t count;
  struct sch_span text; /* what the owner writes, from its first byte; outlives the history */
  size_t written;
  size_t size;
  bool incomplete; /* more happened than is kept: nothing can be compared */
  uint8_t wire[SCH_TWIN_WIRE_MAX];
};

/* sch_twin_note adds an event; `wire` is for SCH_TWIN_WIRE, a copy is kept. sch_twin_forget starts
 * a history of an owner that will write `text`. */
void sch_twin_forget(struct sch_twin_history *history, struct sch_span text);
void sch_twin_note(struct sch_twin_history *history, struct sch_twin_event event,
                   struct sch_span wire);

/* sch_twin_spoil: what is in the history is not all that happened. */
void sch_twin_spoil(struct sch_twin_history *history);

/* What came of it. */
struct sch_twin_result {
  struct sch_trace_stream plain;
  struct sch_trace_stream wire;
  SECURITY_STATUS status; /* as sch_stream_status */
};

typedef void sch_twin_caller(const struct sch_stream_settings *settings,
                             const struct sch_twin_history *history,
                             struct sch_twin_result *result);

/* The three. Of the settings frames and reference look at what a plain caller knows: no protocols
 * and no read limit. */
sch_twin_caller sch_twin_stream;
sch_twin_caller sch_twin_frames;
sch_twin_caller sch_reference_caller;

/* sch_twin_check has all three live through `history`, each in a world as `restart` makes it, and
 * holds them to the same result (oracle twin). It gives that result. */
struct sch_twin_result sch_twin_check(const struct sch_stream_settings *settings,
                                      const struct sch_twin_history *history,
                                      void (*restart)(const void *), const void *context);

#endif
