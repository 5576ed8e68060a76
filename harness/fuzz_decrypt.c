/* fuzz_decrypt: protected records, honest and not, behind a handshake that costs nothing.
 *
 * Input:   a script (script.h), then the plan; options in script.h.
 * Drives:  SecurityFunctionTable -> engine_aead (option LIBSSL: engine_openssl, after a real
 *          handshake), as client or server, with the peer's first
 *          handshake record and all that follows in one stream of bytes, cut by the plan; by calls
 *          of its own, with DATA in any slot, or through stream.
 * Oracles: at every provider call those of checked.h: conservation, missing_is_exact,
 *          refusal_is_pure, phase, slots_by_type. For the whole: plaintext (every byte that was
 *          sealed and none that was not), model (the status that the script foretells), bounded
 *          (legal records are taken), token_once and wire_size (the peer opens every record that
 *          comes back), truncation, and with option CUTS cut_invariance.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "checked.h"
#include "harness.h"
#include "identities.h"
#include "log.h"
#include "peer.h"
#include "probe.h"
#include "script.h"
#include "sspi/acquire.h"
#include "starve.h"
#include "stream/caller.h"
#include "stream/stream.h"
#include "world.h"

/* How the wire is cut: so, or in two at an offset of 1 and more; at its end is whole. A number
 * below is a run among those that reach every split point together. */
enum { IN_RUNS = -2, BY_PLAN = -1, BYTE_BY_BYTE = 0 };

/* Each piece moves what is held: after so many the rest comes whole, and only a short wire is cut
 * at every byte. */
#define PIECES_MAX 512
#define CUTS_WIRE_MAX 512

/* The replayer asks for every split point; on a long wire it gets every so many. */
#define SPLITS_WIRE_MAX 4096
#define SPLITS_STRIDE 67
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
  struct sch_fifo out; /* all that comes back */
  uint8_t *block;      /* what is held is its end, so that reading on is seen */
  size_t start;
  size_t size;
  size_t next;    /* record of the script */
  size_t answers; /* records that must come back because of those before */
  enum { SHAKING, OPEN, ASKED, CLOSED, DEAD } state;
  bool waiting; /* more bytes are wanted */
};

static size_t class_of(uint32_t options) {
  return (options >> SCH_DECRYPT_CLASS_SHIFT & 7) % SCH_ENGINE_AEAD_COUNT;
}

static void note(void *unused, enum sch_log_code code, uint32_t first, uint32_t second) {
  sch_probe_log(unused, code, first, second);
  if (code == SCH_LOG_HANDSHAKE_IN) {
    sch_stage(first == 4 ? SCH_STAGE_ticket : first == 24 ? SCH_STAGE_key_update : SCH_STAGE_hello);
  } else if (code == SCH_LOG_KEYS) {
    sch_stage(SCH_STAGE_keys);
  } else if (code == SCH_LOG_ALERT_IN) {
    sch_stage(second == SCH_ALERT_close_notify ? SCH_STAGE_close : SCH_STAGE_alert);
  }
}

/* ---- what is made once ---- */

static CredHandle acquire(const char *name, bool server) {
  SEC_CHAR *package = (SEC_CHAR *)(uintptr_t)name;
  SCH_CREDENTIALS auth = {.dwVersion = SCH_CREDENTIALS_VERSION,
                          .dwFlags = SCH_CRED_MANUAL_CRED_VALIDATION};
  const struct sch_identity *identity = sch_identity(SCH_IDENTITY_ECDSA);
  PCCERT_CONTEXT certificate = sch_certcontext_create(
      &(struct sch_certcontext_identity){identity->certificate, identity->chain, identity->key});
  CredHandle handle;

  auth.cCreds = server ? 1 : 0;
  auth.paCred = &certificate;
  ORACLE(handle_life, AcquireCredentialsHandleA(
                          NULL, package, server ? SECPKG_CRED_INBOUND : SECPKG_CRED_OUTBOUND, NULL,
                          &auth, NULL, NULL, &handle, NULL) == SEC_E_OK);
  ORACLE(ownership, CertFreeCertificateContext(certificate));
  return handle;
}

/* credential makes each credential in a world apart: its draws must not depend on the input that
 * happened to need it first. */
static CredHandle *credential(uint32_t options) {
  static CredHandle handles[SCH_ENGINE_AEAD_COUNT + 1][2];
  static bool made[SCH_ENGINE_AEAD_COUNT + 1][2];
  const bool libssl = sch_decrypt_is_libssl(options);
  const size_t class = libssl ? SCH_ENGINE_AEAD_COUNT : class_of(options);
  const size_t role = options & SCH_DECRYPT_SERVER;

  if (!made[class][role]) {
    const struct sch_world world = sch_world_apart("credential");
    const struct sch_engine_class *engine = &sch_engine_aead[class_of(options)];

    ORACLE(handle_life, sch_package_add(engine->name, engine));
    handles[class][role] = acquire(libssl ? UNISP_NAME_A : engine->name, role != 0);
    made[class][role] = true;
    sch_world_back(&world);
  }
  return &handles[class][role];
}

static struct sch_records *peer_of(uint32_t options) {
  static struct sch_records peers[SCH_ENGINE_AEAD_COUNT][2];
  struct sch_records *peer = &peers[class_of(options)][options & SCH_DECRYPT_SERVER];

  if (peer->cipher == NULL) {
    struct sch_aead_secrets secrets;

    sch_engine_aead_toy(class_of(options), &secrets);
    sch_records_open(peer, &secrets, (options & SCH_DECRYPT_SERVER) == 0);
  }
  return peer;
}

/* ---- what must come of each record ---- */

static const struct sch_script_record *expected(const struct run *run) {
  return run->next < run->script->count ? &run->script->records[run->next] : NULL;
}

static bool is_libssl(const struct run *run) {
  return sch_decrypt_is_libssl(run->options);
}

/* may_fail: engine_openssl judges a TLS 1.3 message as soon as it opens it. */
static bool may_fail(const struct run *run, const struct sch_script_record *record) {
  return !record->certain || record->end >= (is_libssl(run) ? SCH_SCRIPT_BAD : SCH_SCRIPT_REFUSED);
}

/* is_held_back: engine_openssl holds back a TLS 1.2 handshake record unread, by its outer type;
 * what it is worth comes out in the handshake call. */
static bool is_held_back(const struct run *run, SECURITY_STATUS status) {
  return is_libssl(run) && run->script->peer->write_keys.suite->version == SCH_TLS_1_2 &&
         status == SEC_I_RENEGOTIATE;
}

static bool is_foretold(const struct sch_script_record *record, SECURITY_STATUS status) {
  static const SECURITY_STATUS ends[] = {
      [SCH_SCRIPT_TAKEN] = SEC_E_OK,
      [SCH_SCRIPT_MESSAGE] = SEC_I_RENEGOTIATE,
      [SCH_SCRIPT_BAD] = SEC_I_RENEGOTIATE,
      [SCH_SCRIPT_CLOSED] = SEC_I_CONTEXT_EXPIRED,
  };

  if (!record->certain || record->end == SCH_SCRIPT_UNKNOWN) {
    return true;
  }
  return record->end < SCH_SCRIPT_REFUSED && ends[record->end] == status;
}

/* check_opened judges an answer that is not a failure. */
static void check_opened(struct run *run, SECURITY_STATUS status, struct sch_span data) {
  const struct sch_script_record *record = expected(run);

  ORACLE(conservation, record != NULL);
  ORACLE(plaintext, record->end != SCH_SCRIPT_FORGED || is_held_back(run, status));
  ORACLE(model, is_foretold(record, status) || is_held_back(run, status));
  if (record->end == SCH_SCRIPT_TAKEN && status == SEC_E_OK) {
    ORACLE(plaintext, sch_span_equal(data, record->data));
  } else {
    ORACLE(plaintext, data.size == 0);
  }
  run->next++;
  if (data.size != 0) {
    sch_stage(SCH_STAGE_application_data);
  }
  sch_trace_event("opened", (uint32_t)status, data.size);
}

static void fail(struct run *run, SECURITY_STATUS status) {
  run->state = DEAD;
  sch_trace_event("failed", (uint32_t)status, 0);
}

/* ---- one call ---- */

static struct sch_span held(const struct run *run) {
  return run->block == NULL ? (struct sch_span){NULL, 0}
                            : sch_span_of(run->block + run->start, run->size - run->start);
}

/* add puts bytes behind those held, in a block of exactly that size. */
static void add(struct run *run, struct sch_span bytes) {
  const struct sch_span before = held(run);
  if (bytes.size == 0) {
    return;
  }
  uint8_t *block = sch_own_alloc(before.size + bytes.size);

  ENSURE(block != NULL);
  sch_copy(block, before.data, before.size);
  sch_copy(block + before.size, bytes.data, bytes.size);
  sch_free(run->block);
  run->block = block;
  run->start = 0;
  run->size = before.size + bytes.size;
}

static void shake(struct run *run) {
  const bool asked = run->state == ASKED;
  const struct sch_script_record *record = asked ? &run->script->records[run->next - 1] : NULL;
  struct sch_caller_answer given;
  const SECURITY_STATUS status = sch_caller_handshake(&run->caller, held(run), &run->out, &given);

  if (status == SEC_E_INCOMPLETE_MESSAGE) {
    ORACLE(no_wait_with_data, !asked);
    run->waiting = true;
    return;
  }
  run->answers += asked && (status < 0 || record->answered);
  if (status < 0) {
    ORACLE(bounded,
           sch_starved() || (asked && (!record->certain || record->end != SCH_SCRIPT_MESSAGE)));
    fail(run, status);
    return;
  }
  ORACLE(model, status == SEC_E_OK || (!asked && status == SEC_I_CONTINUE_NEEDED));
  ORACLE(plaintext, !asked || record->end != SCH_SCRIPT_FORGED);
  ORACLE(model, !asked || !record->certain || record->end != SCH_SCRIPT_BAD);
  run->start += given.used;
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

static void decrypt(struct run *run) {
  const struct sch_span given = held(run);
  SecBuffer slots[4] = {{0, SECBUFFER_EMPTY, NULL},
                        {0, SECBUFFER_EMPTY, NULL},
                        {0, SECBUFFER_EMPTY, NULL},
                        {0, SECBUFFER_EMPTY, NULL}};
  SecBufferDesc message = {SECBUFFER_VERSION, 4, slots};

  slots[run->options >> SCH_DECRYPT_SLOT_SHIFT & 3] =
      (SecBuffer){(ULONG)given.size, SECBUFFER_DATA, run->block + run->start};
  const SECURITY_STATUS status =
      run->caller.table->DecryptMessage(&run->caller.context, &message, 0, NULL);
  const SecBuffer *data = find(slots, SECBUFFER_DATA);
  const SecBuffer *extra = find(slots, SECBUFFER_EXTRA);

  if (status == SEC_E_INCOMPLETE_MESSAGE) {
    run->waiting = true;
  } else if (status < 0) {
    ORACLE(bounded, sch_starved() || (expected(run) != NULL && may_fail(run, expected(run))));
    fail(run, status);
  } else {
    ORACLE(slots_by_type, status != SEC_E_OK || data != NULL);
    check_opened(
        run, status,
        data == NULL ? (struct sch_span){NULL, 0} : sch_span_of(data->pvBuffer, data->cbBuffer));
    run->start = run->size - (extra == NULL ? 0 : extra->cbBuffer);
    run->state = status == SEC_E_OK ? OPEN : status == SEC_I_RENEGOTIATE ? ASKED : CLOSED;
  }
}

/* turn makes all calls that what is held allows. Each uses bytes or is the last. */
static void turn(struct run *run) {
  run->waiting = false;
  while (!run->waiting && run->state < CLOSED) {
    if (run->state == ASKED) {
      shake(run);
    } else if (held(run).size == 0) {
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
  ORACLE(model, sch_caller_encrypt(&run->caller, &sizes, message, size, &run->out) == SEC_E_OK);
  ORACLE(model, sch_caller_alert(&run->caller, SCHANNEL_SHUTDOWN, 0, &run->out) == SEC_E_OK);
}

static bool all_certain(const struct run *run) {
  return run->script->count == 0 || run->script->records[run->script->count - 1].certain;
}

/* hear has the peer open all that came back: nothing is lost, doubled or in the clear. */
static void hear(struct run *run, bool spoken) {
  struct sch_span wire = sch_fifo_held(&run->out);
  struct sch_span heard = {NULL, 0};
  size_t others = 0;
  struct sch_record record;
  size_t missing;
  uint8_t type = 0;

  if (!is_libssl(run)) {
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
  ORACLE(token_once, is_libssl(run) || !all_certain(run) || others == run->answers + spoken);
}

/* ---- one run ---- */

static size_t piece(const struct sch_plan *plan, ptrdiff_t cut, size_t turn, size_t left) {
  if (cut <= IN_RUNS) {
    return sch_plan_run_piece((size_t)(IN_RUNS - cut), turn, left);
  }
  if (turn == PIECES_MAX) {
    return left;
  }
  if (cut == BY_PLAN) {
    return sch_plan_piece(plan, turn, left);
  }
  const size_t wanted = cut == BYTE_BY_BYTE ? 1 : turn == 0 ? (size_t)cut : left;

  return wanted < left ? wanted : left;
}

/* meet has the system under test handshake with libssl and leaves `records` in the place of that.
 */
static void meet(struct run *run, struct sch_records *records) {
  static const char *const suites[SCH_ENGINE_AEAD_COUNT] = {
      "TLS_AES_128_GCM_SHA256",        "TLS_AES_256_GCM_SHA384",
      "TLS_CHACHA20_POLY1305_SHA256",  "ECDHE-ECDSA-AES128-GCM-SHA256",
      "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305"};
  const uint16_t version = class_of(run->options) < 3 ? SCH_TLS_1_3 : SCH_TLS_1_2;
  const struct sch_peer_config config = {.server = !run->caller.server,
                                         .version_min = version,
                                         .version_max = version,
                                         .identity = SCH_IDENTITY_ECDSA,
                                         .suite = suites[class_of(run->options)]};
  struct sch_peer *peer = sch_peer_open(&config, NULL);
  struct sch_aead_secrets secrets;
  struct sch_peer_facts facts;
  struct sch_fifo back;

  sch_fifo_open(&back, OUT_MAX);
  if (!run->caller.server) {
    shake(run);
  }
  do {
    sch_peer_give(peer, sch_fifo_held(&run->out));
    sch_fifo_consume(&run->out, sch_fifo_held(&run->out).size);
    sch_fifo_consume(&back, sch_fifo_held(&back).size);
    ORACLE(bounded, sch_peer_take(peer, &back));
    add(run, sch_fifo_held(&back));
    turn(run);
  } while (sch_fifo_held(&back).size != 0);
  ORACLE(model, run->state == OPEN);
  ORACLE(model, sch_peer_secrets(peer, &secrets));
  sch_peer_facts(peer, &facts);
  secrets.server.sequence += run->caller.server && version == SCH_TLS_1_3 ? facts.tickets : 0;
  sch_records_open(records, &secrets, !run->caller.server);
  sch_peer_drop(peer);
  sch_fifo_drop(&back);
}

static void begin(struct run *run, struct sch_span operations) {
  static struct sch_records met;
  const bool server = (run->options & SCH_DECRYPT_SERVER) != 0;
  struct sch_records *peer = &met;

  run->caller = (struct sch_caller){.table = sch_checked_table(),
                                    .credential = credential(run->options),
                                    .server = server,
                                    .flags = server ? SERVER_FLAGS : CLIENT_FLAGS};
  sch_fifo_open(&run->out, OUT_MAX);
  if (!server && !is_libssl(run)) {
    shake(run);
  }
  sch_starve_hold();
  if (is_libssl(run)) {
    meet(run, &met);
  } else {
    peer = peer_of(run->options);
    sch_records_restart(peer);
  }
  sch_script_run(run->script, peer, run->options, operations);
  sch_starve_release();
}

static void run_calls(struct sch_script *script, struct sch_span operations,
                      const struct sch_plan *plan, ptrdiff_t cut) {
  struct run run = {.script = script, .options = plan->options};

  begin(&run, operations);
  struct sch_span wire = sch_builder_built(&script->to);

  for (size_t i = 0; wire.size != 0; i++) {
    struct sch_span next;

    ENSURE(sch_span_take(&wire, piece(plan, cut, i, wire.size), &next));
    add(&run, next);
    turn(&run);
  }
  /* libssl says no more after a fatal close_notify, which is a close like any other here. */
  const bool able = run.state == OPEN || (run.state == CLOSED && !is_libssl(&run));
  const bool spoken = able && (plan->options & SCH_DECRYPT_SPEAK) != 0;

  ORACLE(no_wait_with_data, run.state != SHAKING);
  ORACLE(no_wait_with_data,
         run.state != OPEN || expected(&run) == NULL || expected(&run)->end == SCH_SCRIPT_FORGED);
  if (spoken) {
    speak(&run);
  }
  sch_starve_hold();
  hear(&run, spoken);
  sch_starve_release();
  sch_free(run.block);
  sch_fifo_drop(&run.out);
  sch_caller_drop(&run.caller);
  if (is_libssl(&run)) {
    sch_records_drop(script->peer);
  }
}

/* ---- the same through stream ---- */

/* read_plain takes what has come out: what the script has sealed, in order, and nothing else. */
static void read_plain(struct sch_stream *stream, const struct sch_script *script, size_t *next,
                       size_t *offset) {
  struct sch_span plain = sch_stream_plain_out(stream);

  while (plain.size != 0) {
    const struct sch_script_record *record = &script->records[*next];
    struct sch_span part;

    ORACLE(plaintext, *next < script->count);
    ORACLE(plaintext, record->end != SCH_SCRIPT_FORGED);
    if (record->end != SCH_SCRIPT_TAKEN || *offset == record->data.size) {
      ++*next;
      *offset = 0;
      continue;
    }
    part = sch_span_first(plain, record->data.size - *offset);
    ORACLE(plaintext, sch_span_equal(part, sch_span_of(record->data.data + *offset, part.size)));
    *offset += part.size;
    sch_stage(SCH_STAGE_application_data);
    sch_stream_plain_read(stream, part.size);
    plain = sch_stream_plain_out(stream);
  }
}

/* first_end finds the record that ends the stream, or the end of the script. */
static size_t first_end(const struct sch_script *script) {
  size_t i = 0;

  while (i < script->count && script->records[i].end <= SCH_SCRIPT_MESSAGE) {
    i++;
  }
  return i;
}

static void check_end(const struct sch_stream *stream, const struct sch_script *script, size_t next,
                      size_t offset) {
  const size_t end = first_end(script);
  const bool closed = end < script->count && script->records[end].end == SCH_SCRIPT_CLOSED;
  const SECURITY_STATUS status = sch_stream_status(stream);

  sch_trace_event("stream", (uint32_t)status, next);
  ORACLE(truncation, sch_stream_state(stream) == SCH_STREAM_CLOSED);
  const bool known = end == script->count || (script->records[end].certain &&
                                              script->records[end].end != SCH_SCRIPT_UNKNOWN);

  if (known && (end == 0 || script->records[end - 1].certain)) {
    ORACLE(truncation, sch_starved() || (closed ? status == SEC_I_CONTEXT_EXPIRED : status < 0));
    for (; next < end; next++, offset = 0) {
      ORACLE(plaintext, script->records[next].data.size == offset);
    }
  }
}

static void run_stream(struct sch_script *script, struct sch_span operations,
                       const struct sch_plan *plan, ptrdiff_t cut) {
  const struct sch_stream_settings settings = {.table = sch_checked_table(),
                                               .credential = credential(plan->options),
                                               .server = (plan->options & SCH_DECRYPT_SERVER) != 0,
                                               .insecure = true,
                                               .read_limit = SCH_STREAM_PLAIN_MAX};
  struct sch_records *peer = peer_of(plan->options);
  struct sch_stream *stream;
  size_t next = 0;
  size_t offset = 0;

  sch_starve_hold();
  sch_records_restart(peer);
  sch_script_run(script, peer, plan->options, operations);
  sch_starve_release();
  struct sch_span wire = sch_builder_built(&script->to);

  if (sch_stream_open(&settings, &stream) != SEC_E_OK) {
    ORACLE(handle_life, sch_starved());
    return;
  }
  for (size_t i = 0; wire.size != 0; i++) {
    const size_t size = piece(plan, cut, i, wire.size);
    const size_t taken = sch_stream_wire_in(stream, sch_span_first(wire, size));

    sch_stream_wire_sent(stream, sch_stream_wire_out(stream).size);
    read_plain(stream, script, &next, &offset);
    ORACLE(progress, taken != 0);
    ENSURE(sch_span_skip(&wire, taken));
  }
  sch_stream_wire_end(stream);
  read_plain(stream, script, &next, &offset);
  check_end(stream, script, next, offset);
  sch_stream_drop(stream);
}

static void run(struct sch_script *script, struct sch_span operations, const struct sch_plan *plan,
                ptrdiff_t cut) {
  sch_log_to(sch_probe_log, NULL);
  (void)credential(plan->options);
  sch_log_to(note, NULL);
  if ((plan->options & SCH_DECRYPT_STREAM) != 0 && !sch_decrypt_is_libssl(plan->options)) {
    run_stream(script, operations, plan, cut);
  } else {
    run_calls(script, operations, plan, cut);
  }
  sch_checked_end();
}

static void again(struct sch_script *script, struct sch_span operations,
                  const struct sch_plan *plan, ptrdiff_t cut, const struct sch_trace *first) {
  sch_trace_reset();
  sch_world_reset();
  run(script, operations, plan, cut);
  ORACLE(cut_invariance, sch_trace_same(first));
}

FUZZ(decrypt) {
  const struct sch_plan plan = sch_plan_take(&input);
  const enum sch_plan_cutting cutting = sch_plan_cutting();
  static struct sch_script script;
  static struct sch_trace first;

  run(&script, input, &plan, BY_PLAN);
  const size_t size = script.to.size;
  const bool asked = sch_decrypt_asks_cuts(plan.options) && size <= CUTS_WIRE_MAX;

  if (size == 0 || (cutting == SCH_CUTTING_BY_OPTION && !asked)) {
    return;
  }
  sch_trace_save(&first);
  again(&script, input, &plan, (ptrdiff_t)size, &first);
  again(&script, input, &plan, BYTE_BY_BYTE, &first);
  const size_t stride = size <= SPLITS_WIRE_MAX ? 1 : SPLITS_STRIDE;

  for (size_t at = 1; cutting == SCH_CUTTING_EVERY_SPLIT && at < size; at += stride) {
    again(&script, input, &plan, (ptrdiff_t)at, &first);
  }
  for (size_t run_number = 0; run_number < sch_plan_runs(); run_number++) {
    again(&script, input, &plan, IN_RUNS - (ptrdiff_t)run_number, &first);
  }
}
