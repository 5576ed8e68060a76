/* Unit tests of stream: every status there is, at every call site there is, has a defined end: wait
 * for bytes, established, or closed with exactly one error. The provider is scripted.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "scripted.h"
#include "sspi/status.h"
#include "stream/stream.h"
#include "test.h"

#define ENTRIES_MAX 10

/* Statuses that no table knows, of both signs. */
static const SECURITY_STATUS strangers[] = {1, 0x12345678, (SECURITY_STATUS)0x80000000,
                                            (SECURITY_STATUS)0x8badf00d, -1};

static const uint8_t record[] = {22, 3, 3, 0, 2, 7, 7};

/* The calls of a connection, in the order in which this test lets them come. */
enum call {
  FIRST,
  LATER,
  SIZES,
  CERTIFICATE,
  DECRYPT,
  RENEWAL, /* the handshake call that SEC_I_RENEGOTIATE asks for */
  ENCRYPT,
  CONTROL,
  FETCH, /* the handshake call that ApplyControlToken asks for */
  CALLS
};

#define SHAKES (1U << FIRST | 1U << LATER | 1U << RENEWAL)

/* What must become of the stream. */
enum end {
  FAILS,       /* closed with the status, or SEC_E_INTERNAL_ERROR for one that is no failure */
  WAITS,       /* in the handshake, for bytes of the peer */
  ESTABLISHED, /* open */
  PEER_CLOSED, /* open, and the peer has closed in good order */
  EXPIRES,     /* closed with SEC_E_CONTEXT_EXPIRED */
  UNASKED,     /* closed with SEC_E_NO_CREDENTIALS: a server is asked for none */
  STALLS /* closed with SEC_E_INTERNAL_ERROR, for the same call would be made again for ever */
};

/* All that does not fail. What `spoken` says holds when a token came with it. */
static const struct {
  SECURITY_STATUS status;
  enum end silent;
  enum end spoken;
  unsigned calls;
} exceptions[] = {
    {SEC_E_OK, ESTABLISHED, ESTABLISHED, ~0U},
    {SEC_I_CONTINUE_NEEDED, WAITS, WAITS, 1 << FIRST | 1 << LATER},
    {SEC_E_INCOMPLETE_MESSAGE, WAITS, WAITS, 1 << FIRST | 1 << LATER},
    {SEC_I_CONTINUE_NEEDED, ESTABLISHED, ESTABLISHED, 1 << RENEWAL},
    {SEC_E_INCOMPLETE_MESSAGE, ESTABLISHED, ESTABLISHED, 1 << RENEWAL},
    {SEC_I_CONTEXT_EXPIRED, EXPIRES, EXPIRES, SHAKES},
    /* The call is made again; the script then says OK. */
    {SEC_I_MESSAGE_FRAGMENT, ESTABLISHED, ESTABLISHED, 1 << LATER},
    {SEC_I_MESSAGE_FRAGMENT, STALLS, ESTABLISHED, 1 << FIRST | 1 << RENEWAL | 1 << FETCH},
    {SEC_I_INCOMPLETE_CREDENTIALS, ESTABLISHED, ESTABLISHED, SHAKES},
    {SEC_E_NO_CREDENTIALS, ESTABLISHED, ESTABLISHED, 1 << CERTIFICATE},
    {SEC_I_RENEGOTIATE, ESTABLISHED, ESTABLISHED, 1 << DECRYPT},
    {SEC_I_CONTEXT_EXPIRED, PEER_CLOSED, PEER_CLOSED, 1 << DECRYPT},
    {SEC_E_INCOMPLETE_MESSAGE, ESTABLISHED, ESTABLISHED, 1 << DECRYPT},
    {SEC_I_CONTEXT_EXPIRED, ESTABLISHED, ESTABLISHED, 1 << FETCH},
    {SEC_I_CONTINUE_NEEDED, ESTABLISHED, ESTABLISHED, 1 << FETCH},
};

static enum end end_of(enum call call, bool server, SECURITY_STATUS status, bool spoken) {
  if (server && status == SEC_I_INCOMPLETE_CREDENTIALS && (SHAKES & 1U << call) != 0) {
    return UNASKED;
  }
  for (size_t i = 0; i < SCH_COUNT(exceptions); i++) {
    if (exceptions[i].status == status && (exceptions[i].calls & 1U << call) != 0) {
      /* A server's first call has bytes to use, so it never stalls. */
      return server && call == FIRST && status == SEC_I_MESSAGE_FRAGMENT ? ESTABLISHED
             : spoken                                                    ? exceptions[i].spoken
                                                                         : exceptions[i].silent;
    }
  }
  return FAILS;
}

static SECURITY_STATUS status_after(enum end end, SECURITY_STATUS status) {
  switch (end) {
    case FAILS:
      return status < 0 ? status : SEC_E_INTERNAL_ERROR;
    case EXPIRES:
      return SEC_E_CONTEXT_EXPIRED;
    case UNASKED:
      return SEC_E_NO_CREDENTIALS;
    case STALLS:
      return SEC_E_INTERNAL_ERROR;
    case PEER_CLOSED:
      return SEC_I_CONTEXT_EXPIRED;
    case WAITS:
    case ESTABLISHED:
      return SEC_E_OK;
  }
  UNREACHABLE("every end has a status");
}

/* ---- the script ---- */

static uint8_t script[ENTRIES_MAX * SCH_SCRIPTED_ENTRY];

static size_t row_of(SECURITY_STATUS status) {
  size_t count;
  const struct sch_status *rows = sch_status_table(&count);

  for (size_t i = 0; i < count; i++) {
    if (rows[i].value == status) {
      return i;
    }
  }
  return SCH_SCRIPTED_RAW;
}

static void put(size_t at, SECURITY_STATUS status, uint8_t output) {
  const uint32_t raw = (uint32_t)status;
  uint8_t *entry = script + at * SCH_SCRIPTED_ENTRY;

  memset(entry, 0, SCH_SCRIPTED_ENTRY);
  entry[0] = (uint8_t)row_of(status);
  if (entry[0] == SCH_SCRIPTED_RAW) {
    for (int i = 0; i < 4; i++) {
      entry[2 + i] = (uint8_t)(raw >> (24 - 8 * i));
    }
    return;
  }
  entry[3] = output;
  entry[4] = output == SCH_SCRIPTED_SILENT ? 0 : 3;
}

/* lay_script puts `status` where `call` takes it; every other call goes well. */
static void lay_script(enum call call, bool server, SECURITY_STATUS status, bool spoken) {
  static const size_t places[CALLS] = {0, 1, 2, 3, 4, 5, 4, 4, 5};
  const size_t at = places[call] - (server && call > FIRST ? 1 : 0);

  for (size_t i = 0; i < ENTRIES_MAX; i++) {
    put(i, SEC_E_OK, SCH_SCRIPTED_SILENT);
  }
  if (call > FIRST && !server) {
    put(0, SEC_I_CONTINUE_NEEDED, SCH_SCRIPTED_TOKEN);
  }
  if (call == LATER && server) {
    put(0, SEC_I_CONTINUE_NEEDED, SCH_SCRIPTED_TOKEN);
    put(1, status, spoken ? SCH_SCRIPTED_TOKEN : SCH_SCRIPTED_SILENT);
    return;
  }
  if (call == RENEWAL) {
    put(at - 1, SEC_I_RENEGOTIATE, SCH_SCRIPTED_SILENT);
  }
  put(at, status, spoken ? SCH_SCRIPTED_TOKEN : SCH_SCRIPTED_SILENT);
}

/* ---- one walk ---- */

static struct sch_stream_verdict accept(void *context, const struct sch_stream_peer *peer) {
  (void)context, (void)peer;
  return (struct sch_stream_verdict){.status = SEC_E_OK};
}

static void give(struct sch_stream *stream) {
  sch_scripted_offer(sizeof record);
  CHECK_EQUAL(sch_stream_wire_in(stream, sch_span_of(record, sizeof record)), sizeof record);
}

/* go_to brings the stream to the call that gets the status. */
static void go_to(struct sch_stream *stream, enum call call, bool server) {
  if (call == FIRST && !server) {
    return;
  }
  give(stream);
  if (call == LATER && server) {
    give(stream);
  } else if (call == DECRYPT || call == RENEWAL) {
    give(stream);
  } else if (call == ENCRYPT) {
    CHECK_EQUAL(sch_stream_plain_in(stream, sch_span_text("x")), 1);
  } else if (call == CONTROL || call == FETCH) {
    sch_stream_close(stream);
  }
}

static void check_silent(struct sch_stream *stream, SECURITY_STATUS status) {
  const uint64_t calls = sch_scripted_account()->calls;
  const size_t sent = sch_stream_wire_out(stream).size;

  sch_stream_close(stream);
  sch_stream_wire_end(stream);
  give(stream);
  CHECK_EQUAL(sch_stream_plain_in(stream, sch_span_text("x")), 0);
  CHECK_EQUAL(sch_scripted_account()->calls, calls);
  CHECK_EQUAL(sch_stream_wire_out(stream).size, sent);
  CHECK_EQUAL(sch_stream_status(stream), status);
}

static void check_end(struct sch_stream *stream, enum end end, SECURITY_STATUS status) {
  const enum sch_stream_state state = sch_stream_state(stream);
  const SECURITY_STATUS expected = status_after(end, status);

  CHECK_EQUAL(sch_stream_status(stream), expected);
  if (expected < 0) {
    CHECK_EQUAL(state, SCH_STREAM_CLOSED);
    CHECK(sch_stream_failure(stream) != SCH_FAILURE_NONE);
    CHECK(sch_status_of(expected)->text[0] != '\0');
    check_silent(stream, expected);
  } else {
    CHECK_EQUAL(state, end == WAITS ? SCH_STREAM_HANDSHAKE : SCH_STREAM_OPEN);
    CHECK_EQUAL(sch_stream_failure(stream), SCH_FAILURE_NONE);
  }
}

static void walk(enum call call, bool server, SECURITY_STATUS status, bool spoken) {
  static CredHandle credential;
  const struct sch_stream_settings settings = {.table = sch_scripted_table(),
                                               .credential = &credential,
                                               .server = server,
                                               .client_certificate = true,
                                               .verify = accept,
                                               .read_limit = SCH_STREAM_PLAIN_MAX};
  struct sch_stream *stream;

  lay_script(call, server, status, spoken);
  sch_scripted_start(
      &(struct sch_scripted){.script = sch_span_of(script, sizeof script), .server = server});
  CHECK_EQUAL(sch_stream_open(&settings, &stream), SEC_E_OK);
  go_to(stream, call, server);
  const int before = test_failures;

  check_end(stream, end_of(call, server, status, spoken), status);
  /* Whatever the status, what the provider had to say to the peer is there to be sent. */
  CHECK_EQUAL(sch_stream_wire_out(stream).size, sch_scripted_account()->wire.size);
  if (test_failures != before) {
    (void)printf("  call %d, %s, status 0x%08x, %s\n", call, server ? "server" : "client",
                 (unsigned)status, spoken ? "with a token" : "without one");
  }
  sch_stream_drop(stream);
  sch_scripted_end();
}

static void walk_status(SECURITY_STATUS status) {
  for (enum call call = FIRST; call < CALLS; call++) {
    for (int server = 0; server < 2; server++) {
      walk(call, server == 1, status, false);
      if (row_of(status) != SCH_SCRIPTED_RAW && ((SHAKES & 1U << call) != 0 || call == FETCH)) {
        walk(call, server == 1, status, true);
      }
    }
  }
}

TEST(every_status_everywhere) {
  size_t count;
  const struct sch_status *rows = sch_status_table(&count);

  for (size_t i = 0; i < count; i++) {
    walk_status(rows[i].value);
  }
}

TEST(unknown_statuses) {
  for (size_t i = 0; i < SCH_COUNT(strangers); i++) {
    walk_status(strangers[i]);
  }
}

TESTS(every_status_everywhere, unknown_statuses)
