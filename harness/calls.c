/* calls: see calls.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "calls.h"

#include "checked.h"
#include "expect.h"
#include "harness.h"
#include "held.h"
#include "meeting.h"
#include "sides.h"
#include "starve.h"
#include "stream/caller.h"

#define OUT_MAX ((size_t)128 * 1024)

#define SERVER_FLAGS (ASC_REQ_ALLOCATE_MEMORY | ASC_REQ_EXTENDED_ERROR | ASC_REQ_STREAM)
#define CLIENT_FLAGS                                                   \
  (ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_EXTENDED_ERROR | ISC_REQ_STREAM | \
   ISC_REQ_MANUAL_CRED_VALIDATION)

static const char answer[] = "what the system under test says at the end";

/* One run of one input. */
struct run {
  struct sch_script *script;
  uint32_t options;
  struct sch_caller caller;
  struct sch_fifo *out; /* all that comes back */
  struct sch_held held;
  size_t next;    /* record of the script */
  size_t answers; /* records that must come back because of those before */
  enum { SHAKING, OPEN, ASKED, CLOSED, DEAD } state;
  bool waiting; /* more bytes are wanted */
};

static const struct sch_script_record *expected(const struct run *run) {
  return run->next < run->script->count ? &run->script->records[run->next] : NULL;
}

static void fail(struct run *run, SECURITY_STATUS status) {
  run->state = DEAD;
  sch_trace_event("failed", (uint32_t)status, 0);
}

/* ---- one call ---- */

static void shake(struct run *run) {
  const bool asked = run->state == ASKED;
  const struct sch_script_record *record = asked ? &run->script->records[run->next - 1] : NULL;
  const struct sch_span in = sch_held_view(&run->held);
  struct sch_caller_answer given;
  const SECURITY_STATUS status = sch_caller_handshake(&run->caller, in, run->out, &given);

  if (status == SEC_E_INCOMPLETE_MESSAGE) {
    ORACLE(no_wait_with_data, !asked);
    run->waiting = true;
    return;
  }
  if (asked) {
    sch_expect_message(record, status);
    run->answers += status < 0 || record->answered;
  } else {
    ORACLE(model, status == SEC_E_OK || status == SEC_I_CONTINUE_NEEDED);
  }
  if (status < 0) {
    fail(run, status);
    return;
  }
  sch_held_keep(&run->held, in.size - given.used);
  run->state = status == SEC_E_OK ? OPEN : SHAKING;
}

/* find looks for a slot of a type, wherever it is. */
static const SecBuffer *find(const SecBuffer *slots, ULONG type) {
  for (size_t i = 0; i < 4; i++) {
    if (slots[i].BufferType == type) {
      return &slots[i];
    }
  }
  return NULL;
}

static void opened(struct run *run, SECURITY_STATUS status, const SecBuffer *slots) {
  const SecBuffer *data = find(slots, SECBUFFER_DATA);
  const SecBuffer *extra = find(slots, SECBUFFER_EXTRA);
  const size_t size = data == NULL ? 0 : data->cbBuffer;

  ORACLE(slots_by_type, status != SEC_E_OK || data != NULL);
  sch_expect_opened(run->script, expected(run), status,
                    sch_span_of(data == NULL ? NULL : data->pvBuffer, size));
  if (size != 0) {
    sch_stage(SCH_STAGE_application_data);
  }
  sch_trace_event("opened", (uint32_t)status, size);
  run->next++;
  sch_held_keep(&run->held, extra == NULL ? 0 : extra->cbBuffer);
  run->state = status == SEC_E_OK ? OPEN : status == SEC_I_RENEGOTIATE ? ASKED : CLOSED;
}

static void decrypt(struct run *run) {
  SecBuffer slots[4] = {{0, SECBUFFER_EMPTY, NULL},
                        {0, SECBUFFER_EMPTY, NULL},
                        {0, SECBUFFER_EMPTY, NULL},
                        {0, SECBUFFER_EMPTY, NULL}};
  SecBufferDesc message = {SECBUFFER_VERSION, 4, slots};

  slots[run->options >> SCH_DECRYPT_SLOT_SHIFT & 3] =
      (SecBuffer){(ULONG)sch_held_view(&run->held).size, SECBUFFER_DATA, sch_held_lend(&run->held)};
  const SECURITY_STATUS status =
      run->caller.table->DecryptMessage(&run->caller.context, &message, 0, NULL);

  if (status == SEC_E_INCOMPLETE_MESSAGE) {
    run->waiting = true;
  } else if (status < 0) {
    ORACLE(bounded, sch_starved() || sch_expect_may_fail(run->script, expected(run)));
    fail(run, status);
  } else {
    opened(run, status, slots);
  }
}

/* turn makes all calls that what is held allows. Each uses bytes or is the last. */
static void turn(struct run *run) {
  run->waiting = false;
  while (!run->waiting && run->state < CLOSED) {
    if (run->state == ASKED) {
      shake(run);
    } else if (sch_held_view(&run->held).size == 0) {
      return;
    } else if (run->state == SHAKING) {
      shake(run);
    } else {
      decrypt(run);
    }
  }
}

/* ---- what comes back ---- */

static void speak(struct run *run) {
  SecPkgContext_StreamSizes sizes;
  uint8_t message[512];
  const size_t size = sizeof answer;

  ORACLE(sizes_current,
         sch_caller_attribute(&run->caller, SECPKG_ATTR_STREAM_SIZES, &sizes) == SEC_E_OK);
  ORACLE(bounded, sizes.cbHeader + size + sizes.cbTrailer <= sizeof message);
  sch_copy(message + sizes.cbHeader, answer, size);
  ORACLE(model, sch_caller_encrypt(&run->caller, &sizes, message, size, run->out) == SEC_E_OK);
  ORACLE(model, sch_caller_alert(&run->caller, SCHANNEL_SHUTDOWN, 0, run->out) == SEC_E_OK);
}

/* hear has the peer open all that came back: nothing is lost, doubled or in the clear. */
static void hear(struct run *run, bool spoken) {
  const bool libssl = run->script->libssl;
  struct sch_span wire = sch_fifo_held(run->out);
  struct sch_span heard = {NULL, 0};
  size_t others = 0;
  struct sch_record record;
  size_t missing;
  uint8_t type = 0;

  if (!libssl) {
    const bool answered = sch_record_next(&wire, &record, &missing) == SEC_E_OK;

    ORACLE(wire_size, (answered && record.type == SCH_RECORD_HANDSHAKE) || sch_starved());
  }
  while (sch_record_next(&wire, &record, &missing) == SEC_E_OK) {
    struct sch_span data;

    ORACLE(token_once,
           sch_records_unseal(run->script->peer, (uint8_t *)(uintptr_t)record.whole.data,
                              record.whole.size, &type, &data));
    sch_trace_event("said", type, data.size);
    if (type == SCH_RECORD_APPLICATION_DATA) {
      heard = data;
    } else {
      others++;
    }
  }
  ORACLE(wire_size, wire.size == 0);
  ORACLE(plaintext, sch_span_equal(heard, sch_span_of(answer, spoken ? sizeof answer : 0)));
  ORACLE(token_once, libssl || !run->script->certain || others == run->answers + spoken);
}

/* ---- one run ---- */

static void begin(struct run *run, struct sch_span operations) {
  const bool server = (run->options & SCH_DECRYPT_SERVER) != 0;
  struct sch_records *met = NULL;

  run->caller = (struct sch_caller){.table = sch_checked_table(),
                                    .credential = sch_sides_credential(run->options),
                                    .server = server,
                                    .flags = server ? SERVER_FLAGS : CLIENT_FLAGS};
  if (sch_decrypt_is_libssl(run->options)) {
    met = sch_meet(run->options, &run->caller, run->out);
    run->state = OPEN;
  } else if (!server) {
    shake(run);
  }
  sch_starve_hold();
  sch_script_run(run->script, met != NULL ? met : sch_sides_peer(run->options), run->options,
                 operations);
  sch_starve_release();
}

static void deliver(struct run *run, struct sch_cut *cut) {
  struct sch_span wire = sch_builder_built(&run->script->to);

  while (wire.size != 0) {
    const size_t size = sch_cut_next(cut, sch_held_view(&run->held).size, wire.size);
    struct sch_span next;

    ENSURE(sch_span_take(&wire, size, &next));
    sch_held_add(&run->held, next);
    turn(run);
  }
}

void sch_calls_run(struct sch_script *script, struct sch_span operations, struct sch_cut cut) {
  static struct sch_fifo out; /* its room is kept */
  struct run run = {.script = script, .options = cut.plan->options, .out = &out};

  if (out.limit == 0) {
    sch_fifo_open(&out, OUT_MAX);
  }
  begin(&run, operations);
  deliver(&run, &cut);
  /* libssl says no more after a fatal close_notify, which is a close like any other here. */
  const bool able = run.state == OPEN || (run.state == CLOSED && !script->libssl);
  const bool spoken = able && (run.options & SCH_DECRYPT_SPEAK) != 0;

  ORACLE(no_wait_with_data, run.state != SHAKING);
  ORACLE(no_wait_with_data,
         run.state != OPEN || expected(&run) == NULL || expected(&run)->end == SCH_SCRIPT_FORGED);
  if (spoken) {
    speak(&run);
  }
  sch_starve_hold();
  hear(&run, spoken);
  sch_starve_release();
  sch_held_drop(&run.held);
  sch_fifo_consume(&out, sch_fifo_held(&out).size);
  sch_caller_drop(&run.caller);
}
