/* fuzz_handshake: real TLS handshakes, and the records behind them, through the whole stack.
 *
 * Input:   wire bytes for one side, then the plan; options in handshake.h.
 * Drives:  stream -> SecurityFunctionTable -> engine_openssl, as client or server. Randomness and
 *          clock are fixed, so a recorded transcript replays to Finished and beyond.
 * Oracles: on every input, at every provider call: conservation, missing_is_exact, refusal_is_pure,
 *          phase, wire_size, ownership, handle_life (checked.h); for the whole: sticky_failure,
 *          truncation, no_cleartext, also in the log, model (no version that is not allowed),
 *          bounded work. With option CUTS, and in every replay of the
 *          check: cut_invariance, whole, by plan and byte by byte.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "handshake.h"
#include "harness.h"
#include "log.h"
#include "probe.h"
#include "starve.h"
#include "tls/alert.h"
#include "tls/record.h"

/* Work allowed: provider calls for each byte that came, and bytes moved for each. */
#define CALLS_BASE 24
#define MOVES_BASE ((uint64_t)64 * 1024)
#define MOVES_PER_BYTE 8

/* How the input is cut. A number above is where it is split in two; one below is a run among those
 * that reach every split point together. */
enum { IN_RUNS = -2, BY_PLAN = -1, BYTE_BY_BYTE = 0 };

/* Messages of the handshake protocol that mark a stage, RFC 8446 section 4. */
enum {
  HELLO_REQUEST = 0,
  CLIENT_HELLO = 1,
  SERVER_HELLO = 2,
  TICKET = 4,
  CERTIFICATE = 11,
  FINISHED = 20,
  KEY_UPDATE = 24
};

static bool is_server;
static uint32_t allowed; /* the options that forbid a version */
static bool is_open;     /* the first handshake is done */

static void note_message(uint32_t type) {
  switch (type) {
    case CLIENT_HELLO:
    case HELLO_REQUEST:
      sch_stage(is_open ? SCH_STAGE_renegotiation : SCH_STAGE_hello);
      break;
    case SERVER_HELLO:
      sch_stage(SCH_STAGE_hello);
      break;
    case TICKET:
      sch_stage(SCH_STAGE_ticket);
      break;
    case CERTIFICATE:
      if (is_server) {
        sch_stage(SCH_STAGE_client_certificate);
      }
      break;
    case FINISHED:
      sch_stage(SCH_STAGE_finished);
      break;
    case KEY_UPDATE:
      sch_stage(SCH_STAGE_key_update);
      break;
    default:
      break;
  }
}

/* note files what the library logs. Calls are left out: a cut may add one that answers
 * SEC_E_INCOMPLETE_MESSAGE, and nothing else. */
static void note(void *unused, enum sch_log_code code, uint32_t first, uint32_t second) {
  sch_probe_log(unused, code, first, second);
  if (code == SCH_LOG_CALL) {
    return;
  }
  sch_trace_event(sch_log_name(code), first, second);
  if (code == SCH_LOG_HANDSHAKE_IN) {
    note_message(first);
  } else if (code == SCH_LOG_KEYS) {
    sch_stage(SCH_STAGE_keys);
    ORACLE(model, allowed != SCH_HANDSHAKE_ONLY_1_2 || first == SCH_TLS_1_2);
    ORACLE(model, allowed != SCH_HANDSHAKE_ONLY_1_3 || first == SCH_TLS_1_3);
    is_open = true;
  } else if (code == SCH_LOG_ALERT_IN) {
    sch_stage(second == SCH_ALERT_close_notify ? SCH_STAGE_close : SCH_STAGE_alert);
  }
}

/* The byte streams that come out, kept apart from the events: when they appear depends on cuts. */
struct output {
  struct sch_trace_stream wire;
  struct sch_trace_stream plain;
};

static void drain(struct sch_stream *stream, struct output *output) {
  const struct sch_span canary = sch_span_text(SCH_HANDSHAKE_CANARY);
  struct sch_span wire = sch_stream_wire_out(stream);
  struct sch_span plain = sch_stream_plain_out(stream);

  while (wire.size != 0 || plain.size != 0) {
    ORACLE(no_cleartext,
           wire.size == 0 || memmem(wire.data, wire.size, canary.data, canary.size) == NULL);
    sch_trace_stream_add(&output->wire, wire);
    if (wire.size != 0) {
      sch_stream_wire_sent(stream, wire.size);
    }
    plain = sch_stream_plain_out(stream);
    sch_trace_stream_add(&output->plain, plain);
    sch_stream_plain_read(stream, plain.size);
    wire = sch_stream_wire_out(stream);
    plain = sch_stream_plain_out(stream);
  }
}

/* piece gives the size of the next piece: by plan, by run, 1, or up to the split and then all the
 * rest. */
static size_t piece(const struct sch_plan *plan, ptrdiff_t cut, size_t turn, size_t left) {
  if (cut == BY_PLAN) {
    return sch_plan_piece(plan, turn, left);
  }
  if (cut <= IN_RUNS) {
    return sch_plan_run_piece((size_t)(IN_RUNS - cut), turn, left);
  }
  if (cut == BYTE_BY_BYTE) {
    return 1;
  }
  return turn == 0 && (size_t)cut < left ? (size_t)cut : left;
}

/* deliver gives all of `wire` in pieces, each an exactly sized block of its own. */
static void deliver(struct sch_stream *stream, struct sch_span wire, const struct sch_plan *plan,
                    ptrdiff_t cut, struct output *output) {
  for (size_t turn = 0; wire.size != 0; turn++) {
    const size_t wanted = piece(plan, cut, turn, wire.size);
    uint8_t *block = sch_own_alloc(wanted);

    ENSURE(block != NULL);
    sch_copy(block, wire.data, wanted);
    const size_t taken = sch_stream_wire_in(stream, sch_span_of(block, wanted));

    sch_free(block);
    drain(stream, output);
    ORACLE(progress, taken != 0);
    ORACLE(conservation, taken <= wanted);
    const bool skipped = sch_span_skip(&wire, taken);

    ENSURE(skipped);
  }
}

/* check_end: a stream that has ended says so once and is silent from then on. */
static void check_end(struct sch_stream *stream, struct output *output) {
  static const uint8_t more[] = {SCH_RECORD_APPLICATION_DATA, 3, 3, 0, 1, 0};
  const SECURITY_STATUS status = sch_stream_status(stream);
  const struct output before = *output;

  ORACLE(truncation, sch_stream_state(stream) == SCH_STREAM_CLOSED);
  ORACLE(status_handled, status < 0 || status == SEC_I_CONTEXT_EXPIRED);
  ORACLE(status_handled,
         (sch_stream_failure(stream) == SCH_FAILURE_NONE) == (status == SEC_I_CONTEXT_EXPIRED));
  ORACLE(sticky_failure, sch_stream_wire_in(stream, sch_span_of(more, sizeof more)) == sizeof more);
  drain(stream, output);
  ORACLE(sticky_failure, output->wire.size == before.wire.size);
  ORACLE(sticky_failure, output->plain.size == before.plain.size);
  ORACLE(sticky_failure, sch_stream_status(stream) == status);
}

static void check_work(const struct sch_stream *stream) {
  const struct sch_stream_work work = sch_stream_work(stream);

  ORACLE(bounded, work.calls <= CALLS_BASE + 2 * work.bytes_in);
  ORACLE(bounded, work.bytes_moved <= MOVES_BASE + MOVES_PER_BYTE * work.bytes_in);
}

static void run(struct sch_span wire, const struct sch_plan *plan, ptrdiff_t cut) {
  struct output output = {{0, 0}, {0, 0}};

  is_server = (plan->options & SCH_HANDSHAKE_SERVER) != 0;
  allowed = plan->options & (SCH_HANDSHAKE_ONLY_1_2 | SCH_HANDSHAKE_ONLY_1_3);
  is_open = false;
  sch_log_to(sch_probe_log, NULL);
  struct sch_stream *stream = sch_handshake_open(plan->options);

  if (stream == NULL) {
    sch_handshake_close(NULL);
    return;
  }
  sch_log_to(note, NULL);
  drain(stream, &output);
  deliver(stream, wire, plan, cut, &output);
  sch_stream_wire_end(stream);
  drain(stream, &output);
  check_end(stream, &output);
  check_work(stream);
  sch_log_to(NULL, NULL);
  if (output.plain.size != 0) {
    sch_stage(SCH_STAGE_application_data);
  }
  sch_trace_event("wire out", output.wire.size, output.wire.digest);
  sch_trace_event("plain out", output.plain.size, output.plain.digest);
  sch_trace_event("status", (uint32_t)sch_stream_status(stream), 0);
  sch_handshake_close(stream);
}

/* again runs the same input cut differently: the trace must not tell. */
static void again(struct sch_span wire, const struct sch_plan *plan, ptrdiff_t cut,
                  const struct sch_trace *first) {
  sch_trace_reset();
  sch_world_reset();
  run(wire, plan, cut);
  ORACLE(cut_invariance, sch_trace_same(first));
}

FUZZ(handshake) {
  const struct sch_plan plan = sch_plan_take(&input);
  const enum sch_plan_cutting cutting = sch_plan_cutting();
  static struct sch_trace first;

  run(input, &plan, BY_PLAN);
  if (cutting == SCH_CUTTING_BY_OPTION && (plan.options & SCH_HANDSHAKE_CUTS) == 0) {
    return;
  }
  sch_trace_save(&first);
  again(input, &plan, (ptrdiff_t)input.size, &first);
  again(input, &plan, BYTE_BY_BYTE, &first);
  for (size_t split = 1; cutting == SCH_CUTTING_EVERY_SPLIT && split < input.size; split++) {
    again(input, &plan, (ptrdiff_t)split, &first);
  }
  for (size_t run_number = 0; run_number < sch_plan_runs(); run_number++) {
    again(input, &plan, IN_RUNS - (ptrdiff_t)run_number, &first);
  }
}
