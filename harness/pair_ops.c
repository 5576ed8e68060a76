/* pair_ops: what the operations of the target stream do to a pair: what owners do with their ports,
 * engines of their own accord, and transports to what is in flight.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "oracle.h"
#include "pair.h"
#include "tls/record.h"

#define HEADER ((size_t)5)
#define FLIGHT_MAX SCH_PAIR_FLIGHT_MAX

/* Of both ends together, for each may have an answer: no more in a row than a stream takes, which
 * is SCH_STREAM_POST_HANDSHAKE_MAX, less the tickets of libssl. */
#define INJECTED_MAX 28

/* ---- what owners, engines and transports do ---- */

/* leave_out: a context that may not answer a wish fails at the next byte, also of a record
 * that is not whole, which callers see who hand over more than frames. */
static void leave_out(const struct sch_pair_end *end) {
  sch_twin_spoil(sch_pair_history(end->server));
}

static void set_limit(struct sch_pair_end *end, size_t size) {
  const size_t limit = size == 0 ? SCH_STREAM_PLAIN_MAX : size;
  const size_t unread = sch_stream_plain_out(end->stream).size;

  /* One record may go over it; what is there already stays. */
  end->plain_max = limit + SCH_RECORD_PLAIN_MAX;
  end->plain_max = end->plain_max > unread ? end->plain_max : unread + 1;
  end->stream->settings.read_limit = limit;
  end->turns++;
  sch_stream_plain_read(end->stream, 0);
}

static void close(struct sch_pair_end *end) {
  /* The answer, or the answer to that, may not be said any more: token.c. */
  if (end->asked) {
    leave_out(end);
  }
  sch_pair_now.excused |= end->asked || (sch_stream_is_libssl(sch_pair_now.plan.options) &&
                                         sch_pair_other_of(end)->asked);
  sch_pair_note(end, SCH_TWIN_CLOSE, 0, (struct sch_span){NULL, 0});
  end->turns++;
  end->closing = true;
  sch_stream_close(end->stream);
}

static void abort_stream(struct sch_pair_end *end) {
  sch_pair_now.excused = true;
  end->missed = sch_pair_now.depth != 0 || sch_pair_wire_of(end).size != 0;
  end->status = sch_stream_status(end->stream);
  sch_stream_drop(end->stream);
  end->stream = NULL;
}

/* refill puts other bytes in flight. */
static void refill(struct sch_pair_end *end, const struct sch_span *parts, size_t count) {
  struct sch_fifo flight;

  sch_fifo_open(&flight, FLIGHT_MAX);
  for (size_t i = 0; i < count; i++) {
    sch_pair_put(&flight, parts[i]);
  }
  sch_fifo_drop(&end->flight);
  end->flight = flight;
}

static void break_wire(struct sch_pair_end *end, size_t size) {
  struct sch_pair_end *other = sch_pair_other_of(end);
  const struct sch_span held = sch_fifo_held(&other->flight);
  const size_t lost = size == 0 || size > held.size ? held.size : size;
  const struct sch_span left = sch_span_first(held, held.size - lost);

  refill(other, &left, 1);
  other->tampered = end->tampered = end->broken = true;
  sch_pair_finish_wire(end);
}

static void inject(struct sch_pair_end *end, enum sch_inject what, size_t amount) {
  struct sch_pair_end *other = sch_pair_other_of(end);
  const struct sch_twin_event event = {SCH_TWIN_INJECT, sch_inject, what, amount};
  struct sch_stream *stream = end->stream;
  const bool renegotiates = what == SCH_INJECT_RENEGOTIATE;

  sch_pair_check_quiet();
  const bool crosses = other->asked || sch_fifo_held(&end->flight).size != 0 ||
                       (other->stream != NULL && sch_pair_wire_of(other).size != 0);

  if (sch_pair_is_closed(end) || stream->negotiating || sch_pair_now.injected == INJECTED_MAX ||
      !sch_inject(&stream->caller.context, what, amount, &stream->sending)) {
    return;
  }
  sch_pair_now.injected++;
  sch_twin_note(sch_pair_history(end->server), event, (struct sch_span){NULL, 0});
  if (renegotiates) {
    if (other->closing) {
      leave_out(other);
    }
    sch_pair_now.excused |=
        other->closing || (crosses && sch_stream_is_libssl(sch_pair_now.plan.options));
    other->asked = true;
  } else if (what == SCH_INJECT_ALERT) {
    while (end->stream != NULL && sch_pair_send(end, SIZE_MAX)) {
    }
    if (end->stream != NULL) {
      abort_stream(end);
    }
  }
}

/* ---- tampering ---- */

static void flip(struct sch_pair_end *end, size_t amount) {
  const size_t size = sch_fifo_held(&end->flight).size;

  if (size != 0) {
    sch_fifo_lend(&end->flight)[amount % size] ^= (uint8_t)(1U << amount % 8);
    end->tampered = true;
  }
}

static bool take_record(struct sch_span *rest, struct sch_span *record) {
  return sch_pair_is_whole(*rest) &&
         sch_span_take(rest, HEADER + ((size_t)rest->data[3] << 8 | rest->data[4]), record);
}

/* record_at cuts what is in flight in four: what is before record `number`, it, the next, the rest.
 * False when it is not there. */
static bool record_at(struct sch_span held, size_t number, struct sch_span parts[4]) {
  parts[3] = held;
  for (size_t i = 0; i < number; i++) {
    if (!take_record(&parts[3], &parts[1])) {
      return false;
    }
  }
  parts[0] = sch_span_first(held, held.size - parts[3].size);
  if (!take_record(&parts[3], &parts[1])) {
    return false;
  }
  (void)!take_record(&parts[3], &parts[2]);
  return true;
}

static void spoil(struct sch_pair_end *end, enum sch_stream_operation what, size_t number) {
  struct sch_span parts[4] = {{NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}};

  if (!record_at(sch_fifo_held(&end->flight), number, parts)) {
    return;
  }
  const struct sch_span lost[] = {parts[0], parts[2], parts[3]};
  const struct sch_span twice[] = {parts[0], parts[1], parts[1], parts[2], parts[3]};
  const struct sch_span swapped[] = {parts[0], parts[2], parts[1], parts[3]};

  if (what == SCH_STREAM_LOSE) {
    refill(end, lost, SCH_COUNT(lost));
  } else if (what == SCH_STREAM_REPEAT) {
    refill(end, twice, SCH_COUNT(twice));
  } else if (parts[2].size != 0) {
    refill(end, swapped, SCH_COUNT(swapped));
  } else {
    return;
  }
  end->tampered = true;
}

/* ---- operations ---- */

static void ask(struct sch_pair_end *end) {
  SecPkgContext_StreamSizes sizes = {0};
  const bool closed = sch_pair_is_closed(end);

  end->turns++;
  const SECURITY_STATUS status =
      sch_stream_attribute(end->stream, SECPKG_ATTR_STREAM_SIZES, &sizes);

  ORACLE(handle_life, !closed || status == SEC_E_INVALID_HANDLE);
  if (end->stream != NULL && sch_stream_state(end->stream) == SCH_STREAM_OPEN &&
      !end->stream->negotiating) {
    ORACLE(sizes_current, status == SEC_E_OK);
    ORACLE(sizes_current, memcmp(&sizes, &end->stream->sizes, sizeof sizes) == 0);
  }
}

static void on_wire(struct sch_pair_end *end, const struct sch_stream_step *step) {
  switch (step->what) {
    case SCH_STREAM_FLIP:
      flip(end, step->amount);
      break;
    case SCH_STREAM_LOSE:
    case SCH_STREAM_REPEAT:
    case SCH_STREAM_SWAP:
      spoil(end, step->what, step->amount);
      break;
    case SCH_STREAM_END:
      end->tampered = true;
      sch_pair_finish_wire(end);
      break;
    default:
      break_wire(end, step->amount);
      break;
  }
}

static void on_engine(struct sch_pair_end *end, const struct sch_stream_step *step) {
  static const enum sch_inject kinds[] = {[SCH_STREAM_RENEGOTIATE] = SCH_INJECT_RENEGOTIATE,
                                          [SCH_STREAM_KEY_UPDATE] = SCH_INJECT_KEY_UPDATE,
                                          [SCH_STREAM_TICKET] = SCH_INJECT_TICKET,
                                          [SCH_STREAM_ALERT] = SCH_INJECT_ALERT};

  inject(end, kinds[step->what], step->byte);
}

void sch_pair_apply(struct sch_pair_end *end, const struct sch_stream_step *step) {
  const size_t size = step->amount == 0 ? SIZE_MAX : step->amount;

  switch (step->what) {
    case SCH_STREAM_WRITE:
      sch_pair_write(end, step->amount);
      break;
    case SCH_STREAM_SEND:
      (void)sch_pair_send(end, size);
      break;
    case SCH_STREAM_DELIVER:
      (void)sch_pair_deliver(end, size);
      break;
    case SCH_STREAM_READ:
      (void)(!end->paused && sch_pair_read(end, size));
      break;
    case SCH_STREAM_SETTLE:
      sch_pair_settle();
      break;
    case SCH_STREAM_LIMIT:
      set_limit(end, step->amount);
      break;
    case SCH_STREAM_CLOSE:
      close(end);
      break;
    case SCH_STREAM_ABORT:
      abort_stream(end);
      break;
    case SCH_STREAM_RENEGOTIATE:
    case SCH_STREAM_KEY_UPDATE:
    case SCH_STREAM_TICKET:
    case SCH_STREAM_ALERT:
      on_engine(end, step);
      break;
    case SCH_STREAM_PAUSE:
    case SCH_STREAM_RESUME:
      end->paused = step->what == SCH_STREAM_PAUSE;
      break;
    case SCH_STREAM_BLOCK:
      end->blocked = step->byte;
      break;
    case SCH_STREAM_INSIDE:
      end->inside = 1 + step->byte % SCH_STREAM_INSIDE_COUNT;
      end->countdown = step->byte / SCH_STREAM_INSIDE_COUNT;
      break;
    case SCH_STREAM_ASK:
      ask(end);
      break;
    default:
      on_wire(end, step);
      break;
  }
}

void sch_pair_do(const struct sch_stream_step *step) {
  struct sch_pair_end *end = &sch_pair_now.ends[step->server];

  if (end->stream == NULL || (end->ended && step->what == SCH_STREAM_END) ||
      (end->ended && step->what == SCH_STREAM_BREAK)) {
    return;
  }
  struct sch_pair_end *before = sch_pair_act(end);

  sch_pair_apply(end, step);
  (void)sch_pair_act(before);
  sch_pair_check();
}
