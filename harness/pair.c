/* pair: see pair.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "pair.h"

#include <string.h>

#include "checked.h"
#include "ends.h"
#include "hooked.h"
#include "log.h"
#include "oracle.h"
#include "probe.h"
#include "starve.h"
#include "tls/alert.h"
#include "tls/record.h"
#include "world.h"

#define HEADER ((size_t)5)
#define FLIGHT_MAX SCH_PAIR_FLIGHT_MAX

/* Enough to fill every queue between two owners that do not read. */
#define WRITTEN_MAX ((size_t)400 * 1024)

/* So many pieces are cut; then what is left comes in one. */
#define PIECES_MAX 64
#define BYTES_MAX 4096
#define TURNS_MAX 100000

/* Work allowed: see check_work. */
#define CALLS_BASE 64
#define MOVES_BASE ((uint64_t)64 * 1024)
#define MOVES_PER_BYTE 8

struct sch_pair sch_pair_now;

static struct sch_twin_history histories[2];

struct sch_pair_end *sch_pair_other_of(const struct sch_pair_end *end) {
  return &sch_pair_now.ends[!end->server];
}

void sch_pair_put(struct sch_fifo *fifo, struct sch_span bytes) {
  sch_starve_hold();
  ENSURE(sch_fifo_append(fifo, bytes));
  sch_starve_release();
}

/* act makes `end` the one whose code runs from now on; gives the one before. */
struct sch_pair_end *sch_pair_act(struct sch_pair_end *end) {
  struct sch_pair_end *before = sch_pair_now.acting;

  sch_pair_now.acting = end;
  if (end != NULL) {
    (void)sch_world_side(end->server ? SCH_SIDE_PEER : SCH_SIDE_SUT);
  }
  return before;
}

struct sch_span sch_pair_wire_of(const struct sch_pair_end *end) {
  return sch_stream_wire_out(end->stream);
}

bool sch_pair_is_closed(const struct sch_pair_end *end) {
  return sch_stream_state(end->stream) == SCH_STREAM_CLOSED;
}

void sch_pair_note(const struct sch_pair_end *end, enum sch_twin_event_kind kind, size_t size,
                   struct sch_span wire) {
  sch_twin_note(&histories[end->server], (struct sch_twin_event){kind, NULL, 0, size}, wire);
}

/* ---- what is checked at each step ---- */

bool sch_pair_is_whole(struct sch_span held) {
  return held.size >= HEADER && held.size >= HEADER + ((size_t)held.data[3] << 8 | held.data[4]);
}

/* check_bounds: no queue holds more than it may, and plaintext over the limit is one record. */
static void check_bounds(const struct sch_pair_end *end) {
  const struct sch_stream *stream = end->stream;

  ORACLE(bounded, sch_fifo_held(&stream->received).size <= SCH_STREAM_WIRE_MAX);
  ORACLE(bounded, sch_fifo_held(&stream->pending).size <= SCH_STREAM_PLAIN_MAX);
  ORACLE(bounded, sch_fifo_held(&stream->sending).size <= SCH_PUMP_SENDING_MAX);
  ORACLE(bounded, sch_fifo_held(&stream->plain).size < end->plain_max);
}

/* check_idle: whoever has given control back has nothing that it could do. */
static void check_idle(const struct sch_stream *stream) {
  const bool can_send = sch_fifo_held(&stream->sending).size < SCH_PUMP_SENDING_STOP;
  const bool can_read = stream->negotiating
                            ? can_send
                            : sch_fifo_held(&stream->plain).size < stream->settings.read_limit &&
                                  !stream->peer_closed;

  ORACLE(no_wait_with_data, !can_read || !sch_pair_is_whole(sch_fifo_held(&stream->received)));
  ORACLE(no_wait_with_data, stream->negotiating || !can_send ||
                                (sch_fifo_held(&stream->pending).size == 0 &&
                                 stream->close_sent == stream->close_wanted));
}

/* check_work: calls of the provider and bytes moved are bounded by what the owner did and what came
 * and went. */
static void check_work(const struct sch_pair_end *end) {
  const struct sch_stream_work work = sch_stream_work(end->stream);
  const uint64_t passed = work.bytes_in + end->sent.size + end->written + end->read;

  ORACLE(bounded, work.calls <= CALLS_BASE + 4 * end->turns + work.bytes_in / 4);
  ORACLE(bounded, work.bytes_moved <= MOVES_BASE + MOVES_PER_BYTE * passed);
}

static void check_end(struct sch_pair_end *end) {
  const struct sch_stream *stream = end->stream;

  if (stream == NULL || sch_pair_now.depth != 0) {
    return;
  }
  check_bounds(end);
  check_work(end);
  if (!sch_pair_is_closed(end)) {
    ORACLE(sticky_failure, !end->silent);
    check_idle(stream);
    return;
  }
  ORACLE(status_handled, stream->status < 0 || stream->status == SEC_I_CONTEXT_EXPIRED);
  ORACLE(sticky_failure, !end->silent || end->status == stream->status);
  end->silent = true;
  end->status = stream->status;
}

/* check_quiet: when nothing is on its way any more, nobody waits for an answer. */
void sch_pair_check_quiet(void) {
  bool quiet = true;

  for (size_t i = 0; i < 2; i++) {
    const struct sch_pair_end *end = &sch_pair_now.ends[i];

    quiet = quiet && sch_fifo_held(&end->flight).size == 0 &&
            (end->stream == NULL || (sch_pair_wire_of(end).size == 0 && !end->stream->negotiating &&
                                     sch_fifo_held(&end->stream->received).size == 0));
  }
  if (quiet) {
    sch_pair_now.ends[0].asked = sch_pair_now.ends[1].asked = false;
  }
}

void sch_pair_check(void) {
  sch_pair_check_quiet();
  check_end(&sch_pair_now.ends[0]);
  check_end(&sch_pair_now.ends[1]);
}

/* ---- moving bytes; each says whether any moved ---- */

void sch_pair_write(struct sch_pair_end *end, size_t size) {
  const size_t most = WRITTEN_MAX - end->written;
  const struct sch_span text =
      sch_stream_text(end->server, end->written, size < most ? size : most);
  const bool libssl = sch_stream_is_libssl(sch_pair_now.plan.options);

  if (libssl && (end->asked || sch_pair_other_of(end)->asked) && !end->stream->negotiating) {
    sch_pair_now.excused = true; /* data that crosses a renegotiation: engine_openssl.h */
  }
  const bool over = end->closing || end->silent;

  end->turns++;
  const size_t taken = sch_stream_plain_in(end->stream, text);

  ORACLE(conservation, taken <= text.size);
  ORACLE(bounded, taken == text.size || end->stream == NULL || end->closing ||
                      sch_pair_is_closed(end) || sch_pair_now.depth != 0 ||
                      sch_fifo_held(&end->stream->pending).size == SCH_STREAM_PLAIN_MAX);
  ORACLE(sticky_failure, taken == 0 || !over);
  end->written += taken;
  sch_pair_note(end, SCH_TWIN_WRITE, taken, (struct sch_span){NULL, 0});
}

static void check_wire(struct sch_span wire) {
  ORACLE(no_cleartext,
         memmem(wire.data, wire.size, SCH_STREAM_CANARY, sizeof SCH_STREAM_CANARY - 1) == NULL);
}

bool sch_pair_send(struct sch_pair_end *end, size_t size) {
  struct sch_pair_end *other = sch_pair_other_of(end);
  const struct sch_span wire = sch_span_first(sch_pair_wire_of(end), size);

  if (end->blocked != 0) {
    end->blocked--;
    return true;
  }
  if (wire.size == 0) {
    return false;
  }
  check_wire(wire);
  sch_trace_stream_add(&end->sent, wire);
  if (!end->broken && !other->ended && other->stream != NULL) {
    sch_pair_put(&other->flight, wire);
  }
  end->turns++;
  sch_stream_wire_sent(end->stream, wire.size);
  return true;
}

/* give hands over a block of exactly `size` bytes and says how many were taken. */
static size_t give(struct sch_pair_end *end, size_t size) {
  uint8_t *block = sch_own_alloc(size);

  ENSURE(block != NULL);
  sch_copy(block, sch_fifo_held(&end->flight).data, size);
  sch_fifo_consume(&end->flight, size);
  end->turns++;
  const size_t taken = sch_stream_wire_in(end->stream, sch_span_of(block, size));

  ORACLE(conservation, taken <= size);
  sch_pair_note(end, SCH_TWIN_WIRE, taken, sch_span_of(block, taken));
  if (taken < size) {
    /* The rest is delivered again, before all that came later. */
    const struct sch_span later = sch_fifo_held(&end->flight);
    struct sch_fifo flight;

    sch_fifo_open(&flight, FLIGHT_MAX);
    sch_pair_put(&flight, sch_span_of(block + taken, size - taken));
    sch_pair_put(&flight, later);
    sch_fifo_drop(&end->flight);
    end->flight = flight;
  }
  sch_free(block);
  return taken;
}

bool sch_pair_deliver(struct sch_pair_end *end, size_t size) {
  const size_t most = sch_span_first(sch_fifo_held(&end->flight), size).size;
  size_t done = 0;

  while (done < most && end->stream != NULL && !end->ended) {
    const size_t piece = sch_pair_now.bytes && sch_pair_now.pieces < BYTES_MAX ? 1 : most - done;

    sch_pair_now.pieces += sch_pair_now.bytes;
    const size_t taken = give(end, piece);

    done += taken;
    if (taken < piece) {
      ORACLE(bounded, sch_pair_now.depth != 0 || end->stream == NULL ||
                          sch_fifo_held(&end->stream->received).size != 0);
      break;
    }
  }
  return done != 0;
}

bool sch_pair_read(struct sch_pair_end *end, size_t size) {
  struct sch_span plain = sch_span_first(sch_stream_plain_out(end->stream), size);
  const size_t total = plain.size;
  struct sch_span part;

  if (total == 0) {
    return false;
  }
  ORACLE(plaintext, total <= sch_pair_other_of(end)->written - end->read);
  while (plain.size != 0) {
    ENSURE(sch_span_take(&plain, sch_span_first(plain, SCH_STREAM_MUCH).size, &part));
    ORACLE(plaintext, sch_span_equal(part, sch_stream_text(!end->server, end->read, part.size)));
    end->read += part.size;
  }
  sch_stage(SCH_STAGE_application_data);
  end->turns++;
  sch_stream_plain_read(end->stream, total);
  return true;
}

static size_t piece(const struct sch_pair_end *end, size_t turn) {
  const size_t left = sch_fifo_held(&end->flight).size;

  return left == 0 || turn >= PIECES_MAX ? SIZE_MAX
                                         : sch_plan_piece(&sch_pair_now.plan, turn, left);
}

static bool move(struct sch_pair_end *end, size_t turn) {
  (void)sch_pair_act(end);
  bool moved = end->stream != NULL && sch_pair_deliver(end, piece(end, turn));

  moved |= end->stream != NULL && !end->paused && sch_pair_read(end, SIZE_MAX);
  moved |= end->stream != NULL && sch_pair_send(end, SIZE_MAX);
  return moved;
}

void sch_pair_settle(void) {
  bool moved = true;

  for (size_t turn = 0; moved; turn++) {
    moved = move(&sch_pair_now.ends[0], turn);
    moved |= move(&sch_pair_now.ends[1], turn);
    ORACLE(progress, turn < TURNS_MAX);
  }
}

void sch_pair_finish_wire(struct sch_pair_end *end) {
  end->ended = true;
  sch_pair_note(end, SCH_TWIN_END, 0, (struct sch_span){NULL, 0});
  end->turns++;
  sch_stream_wire_end(end->stream);
}

/* ---- the beginning and the end ---- */

/* act_inside does, from inside a call, what an operation has asked for. */
static void act_inside(struct sch_pair_end *end) {
  static const enum sch_stream_operation acts[] = {
#define ACT(name) SCH_STREAM_##name,
      SCH_STREAM_INSIDES(ACT)
#undef ACT
  };
  const struct sch_stream_step step = {acts[end->inside - 1], end->server, 100, 100};

  end->inside = 0;
  sch_twin_spoil(&histories[end->server]);
  sch_pair_now.acted = true;
  sch_pair_now.depth++;
  sch_pair_apply(end, &step);
  (void)sch_pair_act(end); /* who was at work goes on */
  sch_pair_now.depth--;
}

/* on_call is told of every provider call before it is made. */
static void on_call(void) {
  struct sch_pair_end *end = sch_pair_now.acting;

  if (end != NULL && end->stream != NULL && end->inside != 0 && end->countdown != 0) {
    end->countdown--;
    if (end->countdown == 0) {
      act_inside(end);
    }
  }
}

static uint32_t verify_of(const struct sch_pair_end *end) {
  return sch_pair_now.plan.options >>
             (end->server ? SCH_STREAM_SERVER_VERIFY_SHIFT : SCH_STREAM_CLIENT_VERIFY_SHIFT) &
         3;
}

static struct sch_stream_verdict judge(void *context, const struct sch_stream_peer *peer) {
  struct sch_pair_end *end = context;

  end->judged++;
  for (size_t i = 0; i < peer->count; i++) {
    ORACLE(no_wrap, peer->certificates[i].size != 0 && peer->certificates[i].data != NULL);
  }
  if (end->inside != 0 && end->countdown == 0 && end->stream != NULL) {
    act_inside(end);
  }
  if (end->server) {
    /* engine_aead knows no certificates; with libssl the client has one, and was asked for it. */
    ORACLE(model, peer->count != 0 || !sch_stream_is_libssl(sch_pair_now.plan.options));
  }
  if (peer->count != 0 && end->server) {
    sch_stage(SCH_STAGE_client_certificate);
  }
  return (struct sch_stream_verdict){
      .status = verify_of(end) == SCH_STREAM_REFUSE ? SEC_E_CERT_UNKNOWN : SEC_E_OK};
}

bool sch_pair_refuses(const struct sch_pair_end *end) {
  return verify_of(end) >= SCH_STREAM_REFUSE && (!end->server || end->settings.client_certificate);
}

static void note_message(uint32_t type, bool established) {
  switch (type) {
    case 0:
    case 1:
    case 2:
      sch_stage(established ? SCH_STAGE_renegotiation : SCH_STAGE_hello);
      break;
    case 4:
      sch_stage(SCH_STAGE_ticket);
      break;
    case 20:
      sch_stage(SCH_STAGE_finished);
      break;
    case 24:
      sch_stage(SCH_STAGE_key_update);
      break;
    default:
      break;
  }
}

static void note(void *unused, enum sch_log_code code, uint32_t first, uint32_t second) {
  struct sch_pair_end *end = sch_pair_now.acting;

  sch_probe_log(unused, code, first, second);
  if (code == SCH_LOG_HANDSHAKE_IN) {
    note_message(first, end != NULL && end->stream != NULL &&
                            sch_stream_state(end->stream) == SCH_STREAM_OPEN);
  } else if (code == SCH_LOG_KEYS) {
    sch_stage(SCH_STAGE_keys);
    if (end != NULL) {
      end->handshakes++;
    }
  } else if (code == SCH_LOG_ALERT_IN) {
    sch_stage(second == SCH_ALERT_close_notify ? SCH_STAGE_close : SCH_STAGE_alert);
  } else if (code == SCH_LOG_ALERT_OUT && end != NULL) {
    end->alerts_out += first == SCH_ALERT_FATAL;
  }
}

/* credential makes each credential once, in a world apart. */
static CredHandle *credential(bool server, bool identified) {
  static CredHandle handles[SCH_ENDS_KINDS][2][2];
  static bool made[SCH_ENDS_KINDS][2][2];
  const size_t kind = sch_stream_kind(sch_pair_now.plan.options);

  if (!made[kind][server][identified]) {
    const struct sch_world world = sch_world_apart("credential");

    handles[kind][server][identified] = sch_ends_acquire(
        kind, server, identified ? SCH_IDENTITY_ECDSA : SCH_IDENTITY_NONE,
        SCH_CRED_MANUAL_CRED_VALIDATION | (server ? 0U : SCH_CRED_DISABLE_RECONNECTS));
    made[kind][server][identified] = true;
    sch_world_back(&world);
  }
  return &handles[kind][server][identified];
}

static struct sch_span all_text(bool server) {
  return sch_span_of(sch_stream_text(server, 0, 0).data, SCH_TWIN_TEXT_MAX);
}

static void open_end(struct sch_pair_end *end, bool server) {
  const bool certificate = (sch_pair_now.plan.options & SCH_STREAM_CERTIFICATE) != 0;

  *end = (struct sch_pair_end){.server = server};
  const uint32_t verify = verify_of(end);

  end->settings = (struct sch_stream_settings){
      .table = sch_hooked_table(on_call),
      .credential = credential(server, server || certificate),
      .server = server,
      .client_certificate = server && certificate,
      .verify = verify == SCH_STREAM_INSECURE || verify == SCH_STREAM_NO_VERIFIER ? NULL : judge,
      .verify_context = end,
      .insecure = verify == SCH_STREAM_INSECURE,
      .read_limit = SCH_STREAM_PLAIN_MAX,
  };
  end->plain_max = SCH_STREAM_PLAIN_MAX + SCH_RECORD_PLAIN_MAX;
  sch_fifo_open(&end->flight, FLIGHT_MAX);
  sch_twin_forget(&histories[server], all_text(server));
  (void)sch_pair_act(end);
  end->status = sch_stream_open(&end->settings, &end->stream);
  ORACLE(handle_life, end->status == SEC_E_OK || sch_starved());
}

void sch_pair_open(const struct sch_plan *plan, bool bytes) {
  sch_pair_now.plan = *plan;
  sch_pair_now.bytes = bytes;
  sch_pair_now.excused = sch_pair_now.acted = false;
  sch_pair_now.depth = sch_pair_now.pieces = sch_pair_now.injected = 0;
  sch_pair_now.acting = NULL;
  sch_checked_wide(false);
  sch_log_to(sch_probe_log, NULL);
  (void)credential(false, (plan->options & SCH_STREAM_CERTIFICATE) != 0);
  (void)credential(true, true);
  sch_log_to(note, NULL);
  open_end(&sch_pair_now.ends[0], false);
  open_end(&sch_pair_now.ends[1], true);
}

void sch_pair_end_wires(void) {
  for (size_t i = 0; i < 2; i++) {
    struct sch_pair_end *end = &sch_pair_now.ends[i];

    if (end->stream != NULL && !end->ended) {
      (void)sch_pair_act(end);
      sch_pair_finish_wire(end);
    }
  }
  sch_pair_settle();
  sch_pair_check();
}

void sch_pair_drop(void) {
  for (size_t i = 0; i < 2; i++) {
    sch_stream_drop(sch_pair_now.ends[i].stream);
    sch_fifo_drop(&sch_pair_now.ends[i].flight);
    sch_pair_now.ends[i].stream = NULL;
    sch_pair_now.ends[i].inside = 0;
  }
  sch_log_to(NULL, NULL);
  sch_checked_end();
}

struct sch_pair_end *sch_pair_end(bool server) {
  return &sch_pair_now.ends[server];
}

bool sch_pair_is_excused(void) {
  return sch_pair_now.excused || sch_starved() || sch_pair_now.ends[0].tampered ||
         sch_pair_now.ends[1].tampered;
}

bool sch_pair_is_steady(void) {
  return !sch_pair_now.acted;
}

void sch_pair_world(const void *end) {
  sch_world_reset();
  sch_pair_now.acting = NULL;
  (void)sch_world_side(((const struct sch_pair_end *)end)->server ? SCH_SIDE_PEER : SCH_SIDE_SUT);
}

struct sch_twin_history *sch_pair_history(bool server) {
  return &histories[server];
}
