/* Sweeps over a stream: for every call of the provider, and for every call of a port, something
 * happens right there, and the conversation must still end as it is promised to.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "joined.h"

/* ---- a table that says when it is called ---- */

static SecurityFunctionTable *inner;
static size_t calls;
static size_t wanted; /* the call at which to act, from 1; 0: none */
static bool inside;   /* acting: what is done now is not counted */
static void (*act)(struct pair *pair, struct pair_end *end);
static struct pair *present;

static void at_call(void) {
  if (inside) {
    return;
  }
  calls++;
  if (calls == wanted && present->active != NULL && present->active->stream != NULL) {
    inside = true;
    act(present, present->active);
    inside = false;
  }
}

static SECURITY_STATUS initialize(PCredHandle credential, PCtxtHandle context, SEC_CHAR *name,
                                  ULONG flags, ULONG one, ULONG rep, PSecBufferDesc in, ULONG two,
                                  PCtxtHandle made, PSecBufferDesc out, PULONG granted,
                                  PTimeStamp expiry) {
  at_call();
  const SECURITY_STATUS status = inner->InitializeSecurityContextA(
      credential, context, name, flags, one, rep, in, two, made, out, granted, expiry);

  at_call();
  return status;
}

static SECURITY_STATUS accept(PCredHandle credential, PCtxtHandle context, PSecBufferDesc in,
                              ULONG flags, ULONG rep, PCtxtHandle made, PSecBufferDesc out,
                              PULONG granted, PTimeStamp expiry) {
  at_call();
  const SECURITY_STATUS status =
      inner->AcceptSecurityContext(credential, context, in, flags, rep, made, out, granted, expiry);

  at_call();
  return status;
}

static SECURITY_STATUS decrypt(PCtxtHandle context, PSecBufferDesc message, ULONG number,
                               PULONG quality) {
  at_call();
  const SECURITY_STATUS status = inner->DecryptMessage(context, message, number, quality);

  at_call();
  return status;
}

static SECURITY_STATUS encrypt(PCtxtHandle context, ULONG quality, PSecBufferDesc message,
                               ULONG number) {
  at_call();
  const SECURITY_STATUS status = inner->EncryptMessage(context, quality, message, number);

  at_call();
  return status;
}

static SECURITY_STATUS query(PCtxtHandle context, ULONG attribute, void *answer) {
  at_call();
  const SECURITY_STATUS status = inner->QueryContextAttributesA(context, attribute, answer);

  at_call();
  return status;
}

static SECURITY_STATUS control(PCtxtHandle context, PSecBufferDesc in) {
  at_call();
  return inner->ApplyControlToken(context, in);
}

static SECURITY_STATUS free_buffer(void *buffer) {
  const SECURITY_STATUS status = inner->FreeContextBuffer(buffer);

  at_call();
  return status;
}

static SECURITY_STATUS delete (PCtxtHandle context) {
  at_call();
  const SECURITY_STATUS status = inner->DeleteSecurityContext(context);

  at_call();
  return status;
}

static SecurityFunctionTable *watching(void) {
  static SecurityFunctionTable table;

  inner = sch_checked_table();
  table = *inner;
  table.InitializeSecurityContextA = initialize;
  table.AcceptSecurityContext = accept;
  table.DecryptMessage = decrypt;
  table.EncryptMessage = encrypt;
  table.QueryContextAttributesA = query;
  table.ApplyControlToken = control;
  table.FreeContextBuffer = free_buffer;
  table.DeleteSecurityContext = delete;
  return &table;
}

static struct sch_stream_verdict accept_peer(void *context, const struct sch_stream_peer *peer) {
  (void)context, (void)peer;
  at_call();
  return (struct sch_stream_verdict){.status = SEC_E_OK};
}

/* ---- what happens ---- */

/* reenter calls every port of a stream at work: none takes or does anything. */
static void reenter(struct pair *pair, struct pair_end *end) {
  static const uint8_t bytes[] = {23, 3, 3, 0, 1, 0};
  struct sch_stream *stream = end->stream;
  const enum sch_stream_state state = sch_stream_state(stream);
  const uint64_t before = sch_stream_work(stream).calls;
  SecPkgContext_StreamSizes sizes;

  (void)pair;
  CHECK_EQUAL(sch_stream_wire_in(stream, sch_span_of(bytes, sizeof bytes)), 0);
  CHECK_EQUAL(sch_stream_plain_in(stream, sch_span_of(bytes, sizeof bytes)), 0);
  sch_stream_wire_sent(stream, 0);
  sch_stream_plain_read(stream, 0);
  CHECK_EQUAL(sch_stream_work(stream).calls, before);
  CHECK_EQUAL(sch_stream_state(stream), state);
  /* Asking is allowed at any time. */
  (void)!sch_stream_attribute(stream, SECPKG_ATTR_STREAM_SIZES, &sizes);
}

static void close_it(struct pair *pair, struct pair_end *end) {
  (void)pair;
  sch_stream_close(end->stream);
}

static void end_it(struct pair *pair, struct pair_end *end) {
  (void)pair;
  sch_stream_wire_end(end->stream);
}

static void drop_it(struct pair *pair, struct pair_end *end) {
  (void)pair;
  pair_drop(end);
}

/* ---- one conversation ---- */

static const struct sch_stream_settings careful = {.verify = accept_peer,
                                                   .read_limit = SCH_STREAM_PLAIN_MAX};

/* converse opens both ends, lets them say all and close, and leaves them for the test to look at.
 */
static void converse(struct pair *pair, size_t kind, size_t call) {
  struct sch_stream_settings settings = careful;

  settings.table = watching();
  pair->close = true;
  present = pair;
  calls = 0;
  wanted = call;
  CHECK(pair_open_end(pair, kind, false, &settings));
  CHECK(pair_open_end(pair, kind, true, &settings));
  pair_talk(pair);
}

static bool is_closed(const struct pair_end *end) {
  return end->stream == NULL || sch_stream_state(end->stream) == SCH_STREAM_CLOSED;
}

static SECURITY_STATUS status_of(const struct pair_end *end) {
  return end->stream == NULL ? SEC_E_OK : sch_stream_status(end->stream);
}

/* check_over: whatever has happened, both ends are over, each with one status, and nothing was
 * heard that was not said. */
static void check_over(const struct pair *pair) {
  for (size_t i = 0; i < 2; i++) {
    const struct pair_end *end = &pair->ends[i];

    CHECK(is_closed(end));
    CHECK(end->heard <= pair->ends[1 - i].said);
    CHECK(end->stream == NULL || status_of(end) != SEC_E_OK);
  }
}

static void check_perfect(const struct pair *pair) {
  check_over(pair);
  for (size_t i = 0; i < 2; i++) {
    CHECK_EQUAL(pair->ends[i].heard, PAIR_SAY);
    CHECK_EQUAL(status_of(&pair->ends[i]), SEC_I_CONTEXT_EXPIRED);
  }
}

static const size_t kinds[] = {SCH_ENDS_AEAD_1_2, SCH_ENDS_AEAD_1_3, SCH_ENDS_OPENSSL_1_2,
                               SCH_ENDS_OPENSSL_1_3};

/* sweep_calls has `action` happen inside each call of the provider, and of the verifier, in turn.
 */
static void sweep_calls(void (*action)(struct pair *, struct pair_end *), size_t sip,
                        void (*check)(const struct pair *)) {
  act = action;
  for (size_t i = 0; i < SCH_COUNT(kinds); i++) {
    size_t call = 0;
    size_t total;

    do {
      struct pair pair = {.sip = sip};

      call++;
      converse(&pair, kinds[i], call);
      check(&pair);
      total = calls;
      wanted = 0;
      pair_close(&pair);
    } while (call <= total);
    CHECK(call > 30);
  }
}

TEST(reentered_at_every_call) {
  sweep_calls(reenter, SIZE_MAX, check_perfect);
  sweep_calls(reenter, 700, check_perfect);
}

TEST(dropped_at_every_call) {
  sweep_calls(drop_it, 700, check_over);
}

TEST(closed_at_every_call) {
  sweep_calls(close_it, 700, check_over);
}

TEST(ended_at_every_call) {
  sweep_calls(end_it, 700, check_over);
}

/* ---- between any two calls of ports ---- */

static size_t ports;
static size_t wanted_port;

static void at_port(struct pair *pair, struct pair_end *end) {
  if (++ports == wanted_port) {
    act(pair, end);
  }
}

static void sweep_ports(void (*action)(struct pair *, struct pair_end *)) {
  act = action;
  for (size_t i = 0; i < SCH_COUNT(kinds); i++) {
    for (wanted_port = 1; wanted_port == 1 || wanted_port <= ports + 1; wanted_port++) {
      struct pair pair = {.sip = 700, .at_port = at_port};

      ports = 0;
      converse(&pair, kinds[i], 0);
      check_over(&pair);
      pair_close(&pair);
    }
    CHECK(wanted_port > 30);
  }
}

TEST(dropped_at_every_port) {
  sweep_ports(drop_it);
}

TEST(closed_at_every_port) {
  sweep_ports(close_it);
}

TEST(ended_at_every_port) {
  sweep_ports(end_it);
}

/* ---- short reads and writes ---- */

/* However little is moved at once, and however little may be read, all of it arrives, and the work
 * is bounded by the bytes. */
TEST(sips) {
  static const size_t sips[] = {1, 2, 5, 21, 4096, SIZE_MAX};
  static const size_t limits[] = {1, 2, 100, SCH_STREAM_PLAIN_MAX};

  for (size_t i = 0; i < SCH_COUNT(kinds) * SCH_COUNT(sips) * SCH_COUNT(limits); i++) {
    struct pair pair = {.sip = sips[i / SCH_COUNT(kinds) % SCH_COUNT(sips)], .close = true};
    struct sch_stream_settings settings = careful;

    settings.table = watching();
    settings.read_limit = limits[i / SCH_COUNT(kinds) / SCH_COUNT(sips)];
    present = &pair;
    wanted = 0;
    CHECK(pair_open_end(&pair, kinds[i % SCH_COUNT(kinds)], false, &settings));
    CHECK(pair_open_end(&pair, kinds[i % SCH_COUNT(kinds)], true, &settings));
    pair_talk(&pair);
    check_perfect(&pair);
    for (size_t end = 0; end < 2; end++) {
      const struct sch_stream_work work = sch_stream_work(pair.ends[end].stream);

      CHECK(work.calls <= 24 + 2 * work.bytes_in);
      CHECK(work.bytes_moved <= 65536 + 8 * work.bytes_in);
    }
    pair_close(&pair);
  }
}

TESTS(reentered_at_every_call, dropped_at_every_call, closed_at_every_call, ended_at_every_call,
      dropped_at_every_port, closed_at_every_port, ended_at_every_port, sips)
