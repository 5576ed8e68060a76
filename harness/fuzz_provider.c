/* fuzz_provider: a stream over a provider that answers anything.
 *
 * Input:   wire, script and plan: provider.h and scripted.h.
 * Drives:  stream, as client or server, with an owner that writes, reads, sends, closes and drops
 *          when the plan says, over a SecurityFunctionTable that the script plays.
 * Oracles: at every provider call, whatever came before: progress, phase, handle_life, ownership,
 *          slots_by_type, sticky_failure (scripted.h); for the whole: token_once, plaintext,
 *          no_cleartext, bounded, truncation, status_handled, sticky_failure. In legal mode the
 *          plainest caller there is (reference.h) comes to the same end, and with option CUTS, and
 *          in every replay of the check: cut_invariance.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "provider.h"
#include "reference.h"
#include "scripted.h"
#include "starve.h"
#include "stream/pump.h"
#include "stream/stream.h"

#define CANARY "schannel-fuzz canary: what the owner of the stream writes\n"
#define SOME ((size_t)1000)
#define MUCH ((size_t)70000) /* more than SCH_STREAM_PLAIN_MAX */
#define SIP ((size_t)3)      /* bytes that a slow owner takes at once */
#define TURNS_MAX 100000

/* What the plan has not cut into so many pieces comes in one: long loops find nothing new. */
#define PIECES_MAX ((size_t)SCH_PLAN_CUTS)

/* While fuzzing, byte by byte ends after so many bytes, some ten short records: there the time is
 * better spent on another input. In the check it goes on to the end of every wire. */
#define SINGLES_MAX 64

enum { BY_PLAN, WHOLE, BYTE_BY_BYTE };

/* The conversation of one input. */
static struct {
  struct sch_provider_input in;
  int cut;
  struct sch_stream *stream;
  bool giving;        /* wire in is at work */
  bool gone;          /* the stream was dropped by its own verifier meanwhile */
  uint64_t last_call; /* of the provider, before that */
  size_t taken;       /* plaintext that plain in has taken */
  size_t judged;      /* how often the verifier was asked */
  struct sch_trace_stream sent;
  struct sch_trace_stream read;
} now;

static bool has(uint32_t option) {
  return (now.in.plan.options & option) == option;
}

static size_t field(unsigned shift, size_t mask) {
  return now.in.plan.options >> shift & mask;
}

/* is_steady: what is given to the stream does not depend on where the wire is cut. */
static bool is_steady(void) {
  const size_t write = field(SCH_PROVIDER_WRITE_SHIFT, 3);

  return has(SCH_PROVIDER_LEGAL) && (write == SCH_PROVIDER_MUTE || write == SCH_PROVIDER_EARLY) &&
         field(SCH_PROVIDER_DROP_SHIFT, 15) == 0;
}

/* call_back does to a stream at work what its owner might: it must change nothing now. */
static void call_back(void) {
  static const uint8_t bytes[] = {23, 3, 3, 0, 1, 0};
  const uint64_t calls = sch_scripted_account()->calls;

  if (now.stream == NULL) {
    return;
  }
  ORACLE(phase, sch_stream_wire_in(now.stream, sch_span_of(bytes, sizeof bytes)) == 0);
  ORACLE(phase, sch_stream_plain_in(now.stream, sch_span_of(bytes, sizeof bytes)) == 0);
  sch_stream_wire_sent(now.stream, 0);
  sch_stream_plain_read(now.stream, 0);
  if (now.giving && field(SCH_PROVIDER_DROP_SHIFT, 15) == SCH_PROVIDER_DROP_IN_VERIFIER) {
    sch_stream_drop(now.stream);
    now.gone = true;
    now.last_call = calls;
  }
  ORACLE(phase, sch_scripted_account()->calls == calls);
}

static struct sch_stream_verdict judge(void *context, const struct sch_stream_peer *peer) {
  static const SECURITY_STATUS verdicts[] = {
      SEC_E_CERT_EXPIRED, SEC_E_UNTRUSTED_ROOT,  CRYPT_E_REVOKED,       SEC_E_WRONG_PRINCIPAL,
      SEC_E_CERT_UNKNOWN, SEC_I_CONTINUE_NEEDED, SEC_I_CONTEXT_EXPIRED, SEC_I_RENEGOTIATE};

  (void)context;
  now.judged++;
  ORACLE(no_wrap, peer->count == 0 || peer->certificates[0].data != NULL);
  ORACLE(phase, peer->server != has(SCH_PROVIDER_SERVER));
  call_back();
  return (struct sch_stream_verdict){
      .status = field(SCH_PROVIDER_VERIFY_SHIFT, 3) == SCH_PROVIDER_ACCEPT
                    ? SEC_E_OK
                    : verdicts[now.in.plan.cuts[SCH_PLAN_CUTS - 1] % SCH_COUNT(verdicts)]};
}

static struct sch_stream_settings settings_of(void) {
  static CredHandle credential;
  static SEC_CHAR name[] = "test.example";
  static const size_t limits[] = {SCH_STREAM_PLAIN_MAX, 1, 100, 16384};
  const size_t verify = field(SCH_PROVIDER_VERIFY_SHIFT, 3);

  return (struct sch_stream_settings){
      .table = sch_scripted_table(),
      .credential = &credential,
      .server = has(SCH_PROVIDER_SERVER),
      .target_name = has(SCH_PROVIDER_NAME) ? name : NULL,
      .protocols = sch_span_text(has(SCH_PROVIDER_ALPN) ? "\2h2" : ""),
      .client_certificate = has(SCH_PROVIDER_CERTIFICATE),
      .verify = verify == SCH_PROVIDER_NO_VERIFIER ? NULL : judge,
      .insecure = verify == SCH_PROVIDER_INSECURE,
      .read_limit = limits[field(SCH_PROVIDER_LIMIT_SHIFT, 3)],
  };
}

static void start_play(void) {
  sch_scripted_start(&(struct sch_scripted){
      .script = now.in.script,
      .legal = has(SCH_PROVIDER_LEGAL),
      .server = has(SCH_PROVIDER_SERVER),
      .repeat = has(SCH_PROVIDER_REPEAT),
      .certificate = has(SCH_PROVIDER_CERTIFICATE),
      .vast = now.in.big,
  });
}

/* ---- the owner of the stream ---- */

static struct sch_span sip(struct sch_span held, uint32_t slow) {
  return slow != 0 && has(slow) ? sch_span_first(held, SIP) : held;
}

static void check_wire(struct sch_span wire) {
  const struct sch_span canary = sch_span_text(CANARY);

  ORACLE(bounded, wire.size <= SCH_PUMP_SENDING_MAX);
  ORACLE(no_cleartext,
         wire.size == 0 || memmem(wire.data, wire.size, canary.data, canary.size) == NULL);
}

/* check_written: what plain in has taken is sealed or waits to be: none is lost, none sealed twice.
 */
static void check_written(void) {
  const size_t pending = sch_fifo_held(&now.stream->pending).size;

  ORACLE(plaintext, sch_stream_state(now.stream) == SCH_STREAM_CLOSED ||
                        sch_scripted_account()->clear + pending == now.taken);
}

/* move takes what wire out and plain out hold, or a sip of it; false when there was nothing. */
static bool move(uint32_t slow_send, uint32_t slow_read) {
  const struct sch_span wire = sip(sch_stream_wire_out(now.stream), slow_send);

  check_written();
  if (wire.size != 0) {
    check_wire(wire);
    sch_trace_stream_add(&now.sent, wire);
    sch_stream_wire_sent(now.stream, wire.size);
  }
  const struct sch_span plain = sip(sch_stream_plain_out(now.stream), slow_read);

  if (plain.size != 0) {
    ORACLE(bounded, plain.size <= SCH_STREAM_PLAIN_MAX + ((size_t)18 * 1024));
    sch_trace_stream_add(&now.read, plain);
    sch_stream_plain_read(now.stream, plain.size);
  }
  return wire.size != 0 || plain.size != 0;
}

static void drain(void) {
  while (move(0, 0)) {
  }
}

static void write_clear(size_t size) {
  static uint8_t bytes[MUCH];

  for (size_t i = 0; bytes[MUCH - 1] == 0 && i < sizeof bytes; i++) {
    bytes[i] = (uint8_t)CANARY[i % (sizeof CANARY - 1)];
  }
  const size_t taken = sch_stream_plain_in(now.stream, sch_span_of(bytes, size));

  ORACLE(conservation, taken <= size);
  now.taken += taken;
}

static size_t piece(size_t turn, size_t left) {
  if (now.cut == WHOLE) {
    return left;
  }
  if (now.in.big) {
    return left < SCH_PROVIDER_BIG_PIECE ? left : SCH_PROVIDER_BIG_PIECE;
  }
  if (now.cut == BYTE_BY_BYTE) {
    return turn < SINGLES_MAX || sch_plan_cutting() != SCH_CUTTING_BY_OPTION ? 1 : left;
  }
  return turn < PIECES_MAX ? sch_plan_piece(&now.in.plan, turn, left) : left;
}

/* check_idle: when the stream has given control back there is nothing more that it could do. To
 * ask again without bytes is enough once for each run, at its `end`. */
static void check_idle(bool end) {
  const struct sch_scripted_account *account = sch_scripted_account();
  const uint64_t calls = account->calls;

  if (sch_stream_state(now.stream) == SCH_STREAM_CLOSED) {
    return;
  }
  ORACLE(no_wait_with_data,
         !account->owed || sch_stream_wire_out(now.stream).size >= SCH_PUMP_SENDING_STOP);
  if (end) {
    sch_stream_wire_sent(now.stream, 0);
    ORACLE(no_wait_with_data, account->calls == calls);
  }
}

/* act is what the owner does before a turn; false when it drops the stream. */
static bool act(size_t turn) {
  const size_t close = field(SCH_PROVIDER_CLOSE_SHIFT, 7);

  if (turn + 1 == field(SCH_PROVIDER_DROP_SHIFT, 15)) {
    return false;
  }
  if (field(SCH_PROVIDER_WRITE_SHIFT, 3) == SCH_PROVIDER_OFTEN) {
    write_clear(sizeof CANARY - 1);
  }
  if (close != 0 && (is_steady() ? turn == 0 : turn + 1 == close)) {
    sch_stream_close(now.stream);
  }
  return true;
}

/* give hands over `wanted` bytes, a block of their own, and says how many were taken. */
static size_t give(struct sch_span wire, size_t wanted) {
  uint8_t *block = malloc(wanted);

  REQUIRE(block != NULL);
  sch_copy(block, wire.data, wanted);
  sch_scripted_offer(wanted);
  now.giving = true;
  const size_t taken = sch_stream_wire_in(now.stream, sch_span_of(block, wanted));
  now.giving = false;

  free(block);
  ORACLE(conservation, taken <= wanted);
  return taken;
}

/* deliver gives all of the wire; false when the owner drops the stream before that. */
static bool deliver(void) {
  struct sch_span rest = now.in.wire;

  for (size_t turn = 0; rest.size != 0; turn++) {
    if (!act(turn)) {
      return false;
    }
    const size_t wanted = piece(turn, rest.size);
    const size_t taken = give(rest, wanted);

    if (now.gone) {
      ORACLE(sticky_failure, sch_scripted_account()->calls == now.last_call);
      return false;
    }
    check_idle(taken == rest.size);
    (void)move(SCH_PROVIDER_SLOW_SEND, SCH_PROVIDER_SLOW_READ);
    if (taken < wanted) {
      drain();
      ORACLE(bounded, taken != 0 || give(rest, 1) == 1);
      if (now.gone) {
        return false;
      }
    }
    const bool skipped = sch_span_skip(&rest, taken == 0 ? 1 : taken);

    ENSURE(skipped);
    ORACLE(progress, turn < TURNS_MAX + now.in.wire.size);
  }
  return act(TURNS_MAX);
}

/* ---- what must hold in the end ---- */

static bool same(const struct sch_trace_stream *left, const struct sch_trace_stream *right) {
  return left->size == right->size && left->digest == right->digest;
}

/* check_streams: everything that the provider handed out has come out, once, in order, also what
 * still waits in the ports of a stream that is dropped. */
static void check_streams(void) {
  const struct sch_scripted_account *account = sch_scripted_account();
  struct sch_trace_stream sent = now.sent;
  struct sch_trace_stream read = now.read;

  check_wire(sch_stream_wire_out(now.stream));
  sch_trace_stream_add(&sent, sch_stream_wire_out(now.stream));
  sch_trace_stream_add(&read, sch_stream_plain_out(now.stream));
  if (account->vast) {
    ORACLE(token_once, sent.size <= account->wire.size);
    ORACLE(plaintext, read.size <= account->data.size);
    return;
  }
  /* What there is no memory for is lost, but a record never in part. */
  ORACLE(wire_size,
         !sch_starved() || sent.size <= account->last_record || sent.size >= account->last_end);
  ORACLE(token_once, same(&sent, &account->wire));
  ORACLE(plaintext, same(&read, &account->data));
}

/* check_silence: one status, and nothing more for ever. */
static void check_silence(SECURITY_STATUS status) {
  static const uint8_t more[] = {23, 3, 3, 0, 1, 0};
  const uint64_t calls = sch_scripted_account()->calls;
  const struct sch_trace_stream sent = now.sent;
  const struct sch_trace_stream read = now.read;
  SecPkgContext_StreamSizes sizes;

  ORACLE(sticky_failure,
         sch_stream_wire_in(now.stream, sch_span_of(more, sizeof more)) == sizeof more);
  ORACLE(sticky_failure, sch_stream_plain_in(now.stream, sch_span_of(more, sizeof more)) == 0);
  sch_stream_close(now.stream);
  sch_stream_wire_end(now.stream);
  drain();
  ORACLE(handle_life, sch_stream_attribute(now.stream, SECPKG_ATTR_STREAM_SIZES, &sizes) < 0);
  ORACLE(sticky_failure, sch_scripted_account()->calls == calls);
  ORACLE(sticky_failure, same(&sent, &now.sent));
  ORACLE(sticky_failure, same(&read, &now.read));
  ORACLE(sticky_failure, sch_stream_state(now.stream) == SCH_STREAM_CLOSED);
  ORACLE(sticky_failure, sch_stream_status(now.stream) == status);
}

static void check_end(void) {
  const struct sch_scripted_account *account = sch_scripted_account();
  const SECURITY_STATUS status = sch_stream_status(now.stream);

  ORACLE(truncation, sch_stream_state(now.stream) == SCH_STREAM_CLOSED);
  ORACLE(truncation, status < 0 || account->closed);
  ORACLE(status_handled, status < 0 || status == SEC_I_CONTEXT_EXPIRED);
  ORACLE(progress, sch_stream_work(now.stream).calls == account->calls);
  check_silence(status);
}

static void note_end(SECURITY_STATUS status, const struct sch_trace_stream *plain) {
  const struct sch_scripted_account *account = sch_scripted_account();

  sch_trace_event("tokens", account->tokens.size, account->tokens.digest);
  sch_trace_event("records", account->records.size, account->records.digest);
  sch_trace_event("plain out", plain->size, plain->digest);
  sch_trace_event("status", (uint32_t)status, now.judged);
}

static void run(int cut) {
  const struct sch_stream_settings settings = settings_of();
  const size_t write = field(SCH_PROVIDER_WRITE_SHIFT, 3);

  now.cut = cut;
  now.taken = 0;
  now.sent = now.read = (struct sch_trace_stream){0};
  now.judged = 0;
  now.gone = false;
  now.stream = NULL;
  start_play();
  const SECURITY_STATUS opened = sch_stream_open(&settings, &now.stream);

  if (opened != SEC_E_OK) {
    ORACLE(handle_life, sch_starved());
    sch_scripted_end();
    return;
  }
  if (write == SCH_PROVIDER_EARLY || write == SCH_PROVIDER_MUCH) {
    write_clear(write == SCH_PROVIDER_EARLY ? sizeof CANARY - 1 : now.in.big ? MUCH : SOME);
  }
  if (deliver()) {
    sch_stream_wire_end(now.stream);
    drain();
    check_end();
  }
  if (!now.gone) {
    check_streams();
    note_end(sch_stream_status(now.stream), &now.read);
    sch_stream_drop(now.stream);
  }
  sch_scripted_end();
}

static void run_reference(void) {
  const struct sch_stream_settings settings = settings_of();
  const bool writes = field(SCH_PROVIDER_WRITE_SHIFT, 3) == SCH_PROVIDER_EARLY;
  const struct sch_reference caller = {
      .settings = &settings,
      .clear = sch_span_text(writes ? CANARY : ""),
      .close = field(SCH_PROVIDER_CLOSE_SHIFT, 7) != 0 && now.in.wire.size != 0,
  };
  struct sch_trace_stream plain = {0};

  now.judged = 0;
  now.stream = NULL;
  start_play();
  sch_scripted_offer(now.in.wire.size);
  const SECURITY_STATUS status = sch_reference_run(&caller, now.in.wire, &plain);

  sch_scripted_end();
  note_end(status, &plain);
}

static void again(int cut, const struct sch_trace *first) {
  sch_trace_reset();
  run(cut);
  ORACLE(cut_invariance, sch_trace_same(first));
}

FUZZ(provider) {
  static struct sch_trace first;

  now.in = sch_provider_read(input);
  if (!is_steady()) {
    run(BY_PLAN);
    return;
  }
  run_reference();
  sch_trace_save(&first);
  again(BY_PLAN, &first);
  if (has(SCH_PROVIDER_CUTS) || sch_plan_cutting() != SCH_CUTTING_BY_OPTION) {
    again(WHOLE, &first);
    again(BYTE_BY_BYTE, &first);
  }
}
