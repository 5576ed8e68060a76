/* fuzz_stream: both ends of a connection in one process.
 *
 * Input:   operations, then the plan: stream_ops.h.
 * Drives:  stream <-> stream (pair.h), each over its SecurityFunctionTable and engine_aead, or with
 *          option LIBSSL engine_openssl, and the wire between them.
 * Oracles: at every provider call those of checked.h; at every step those of pair.h: plaintext,
 *          bounded, no_wait_with_data, sticky_failure, no_cleartext. For the whole: plaintext (what
 *          went in came out, once, in order), truncation (a clean end only behind close_notify and
 *          all that was written before it), token_once (a fatal alert that was sent is heard),
 *          status_handled, sticky_failure, model (the verifier is asked after each handshake). With
 * option TWIN, and in every replay of the check: twin; with option BYTES likewise: cut_invariance.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "checked.h"
#include "harness.h"
#include "pair.h"
#include "starve.h"

/* What a run comes to, whatever the pieces were. */
struct outcome {
  size_t read[2]; /* plaintext, which was what it had to be */
  SECURITY_STATUS status[2];
};

static void all(enum sch_stream_operation what) {
  for (int server = 0; server < 2; server++) {
    sch_pair_do(&(struct sch_stream_step){what, server == 1, 0, 0});
  }
}

static bool is_closed(const struct sch_pair_end *end) {
  return sch_stream_state(end->stream) == SCH_STREAM_CLOSED;
}

/* is_honest: nothing was done that an end need not live through. */
static bool is_honest(void) {
  return !sch_pair_is_excused() && !sch_pair_refuses(sch_pair_end(false)) &&
         !sch_pair_refuses(sch_pair_end(true));
}

/* check_alive: among honest ends all that went in has come out, and nobody has failed. */
static void check_alive(bool both_closed) {
  for (int server = 0; server < 2; server++) {
    const struct sch_pair_end *end = sch_pair_end(server == 1);
    const struct sch_pair_end *other = sch_pair_end(server == 0);
    const SECURITY_STATUS status = sch_stream_status(end->stream);

    ORACLE(bounded, status == (other->closing ? SEC_I_CONTEXT_EXPIRED : SEC_E_OK));
    ORACLE(plaintext, end->read == other->written);
    ORACLE(truncation, is_closed(end) == (end->closing && other->closing));
    ORACLE(truncation, !both_closed || is_closed(end));
    ORACLE(no_wait_with_data, sch_fifo_held(&end->flight).size == 0);
  }
}

/* check_end: an end that is over says how, and that agrees with what the other end did. */
static void check_end(const struct sch_pair_end *end) {
  const struct sch_pair_end *other = sch_pair_end(!end->server);
  const SECURITY_STATUS status = sch_stream_status(end->stream);
  const bool heard_all = !end->tampered && !other->missed && !other->broken;

  const bool asks =
      end->settings.verify != NULL && (!end->server || end->settings.client_certificate);

  ORACLE(truncation, is_closed(end));
  ORACLE(model, end->judged == (asks ? end->handshakes : 0));
  ORACLE(status_handled, status < 0 || status == SEC_I_CONTEXT_EXPIRED);
  if (status == SEC_I_CONTEXT_EXPIRED) {
    ORACLE(truncation, other->closing);
    ORACLE(plaintext, end->read == other->written);
  }
  if (is_honest()) {
    ORACLE(truncation,
           status == (other->closing ? SEC_I_CONTEXT_EXPIRED : SEC_E_INCOMPLETE_MESSAGE));
  }
  ORACLE(token_once, other->alerts_out == 0 || !heard_all || status != SEC_E_INCOMPLETE_MESSAGE);
}

/* check_silence: nothing moves at an end that is over. */
static void check_silence(struct sch_pair_end *end) {
  static const uint8_t more[] = {23, 3, 3, 0, 1, 0};
  const struct sch_span bytes = sch_span_of(more, sizeof more);
  const SECURITY_STATUS status = sch_stream_status(end->stream);
  const uint64_t calls = sch_stream_work(end->stream).calls;

  ORACLE(sticky_failure, sch_stream_wire_in(end->stream, bytes) == bytes.size);
  ORACLE(sticky_failure, sch_stream_plain_in(end->stream, bytes) == 0);
  sch_stream_close(end->stream);
  sch_stream_wire_end(end->stream);
  ORACLE(sticky_failure, sch_stream_wire_out(end->stream).size == 0);
  ORACLE(sticky_failure, sch_stream_plain_out(end->stream).size == 0);
  ORACLE(sticky_failure, sch_stream_status(end->stream) == status);
  ORACLE(sticky_failure, sch_stream_work(end->stream).calls == calls);
}

/* finish lets everything move, ends the transports, and asks what must hold then. */
static void finish(uint32_t options) {
  const bool closes = (options & SCH_STREAM_CLOSE_BOTH) != 0;
  struct sch_pair_end *end;

  all(SCH_STREAM_RESUME);
  all(SCH_STREAM_LIMIT);
  all(SCH_STREAM_SETTLE);
  if (is_honest()) {
    check_alive(false);
  }
  if (closes) {
    all(SCH_STREAM_CLOSE);
    all(SCH_STREAM_SETTLE);
  }
  const bool honest = is_honest();

  if (honest) {
    check_alive(closes);
  }
  sch_pair_end_wires();
  for (int server = 0; server < 2; server++) {
    end = sch_pair_end(server == 1);
    if (end->stream != NULL) {
      check_end(end);
      check_silence(end);
    }
  }
}

static struct outcome run(struct sch_span operations, const struct sch_plan *plan, bool bytes) {
  struct outcome outcome;
  struct sch_stream_step step;

  sch_pair_open(plan, bytes);
  for (size_t i = 0; i < SCH_STREAM_OPERATIONS_MAX && sch_stream_next(&operations, &step); i++) {
    sch_trace_event(sch_stream_operation_name(step.what), step.server, step.amount);
    sch_pair_do(&step);
  }
  finish(plan->options);
  for (int server = 0; server < 2; server++) {
    const struct sch_pair_end *end = sch_pair_end(server == 1);

    outcome.read[server] = end->read;
    outcome.status[server] = end->stream == NULL ? end->status : sch_stream_status(end->stream);
    sch_trace_event("sent", end->sent.size, end->sent.digest);
    sch_trace_event("read", end->read, end->written);
    sch_trace_event("status", (uint32_t)outcome.status[server], end->turns);
    if (end->stream != NULL) {
      const struct sch_stream_work work = sch_stream_work(end->stream);

      sch_trace_event("work", work.calls, work.bytes_moved);
    }
  }
  return outcome;
}

/* compare has other callers live through what each end has lived through. */
static void compare(const struct outcome *outcome) {
  for (int server = 0; server < 2; server++) {
    const struct sch_pair_end *end = sch_pair_end(server == 1);
    const struct sch_twin_history *history = sch_pair_history(server == 1);

    if (!history->incomplete) {
      const struct sch_twin_result result =
          sch_twin_check(&end->settings, history, sch_pair_world, end);

      /* They never wait, so they have read at least as much. */
      ORACLE(twin, result.plain.size >= outcome->read[server]);
    }
  }
  sch_checked_end();
}

FUZZ(stream) {
  const struct sch_plan plan = sch_plan_take(&input);
  const bool always = sch_plan_cutting() != SCH_CUTTING_BY_OPTION;
  const struct outcome outcome = run(input, &plan, false);

  sch_pair_drop();
  if (always || (plan.options & SCH_STREAM_TWIN) != 0) {
    sch_starve_hold();
    compare(&outcome);
    sch_starve_release();
  }
  if (sch_pair_is_steady() && (always || (plan.options & SCH_STREAM_BYTES) != 0)) {
    sch_world_reset();
    const struct outcome again = run(input, &plan, true);

    sch_pair_drop();
    for (int server = 0; sch_pair_is_steady() && server < 2; server++) {
      ORACLE(cut_invariance, again.status[server] == outcome.status[server]);
      ORACLE(cut_invariance, again.read[server] == outcome.read[server]);
    }
  }
}
