/* Unit tests of stream: two streams joined in one process, and one stream against libssl or against
 * records sealed here. Every provider call goes through the checked table.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "stream/stream.h"

#include <fcntl.h>

#include "checked.h"
#include "ends.h"
#include "peer.h"
#include "records.h"
#include "test.h"

#define HEARD_MAX ((size_t)1 << 20)
#define SAID_MAX ((size_t)200000)
#define WHOLE SIZE_MAX

/* ---- one side ---- */

struct side {
  CredHandle credential;
  struct sch_stream *stream;
  struct sch_span to_say; /* plaintext not taken yet */
  struct sch_fifo heard;
  size_t read_at_once; /* the most plaintext read in one call; 0: the owner does not read */
};

static const struct sch_stream_settings trusting = {.insecure = true,
                                                    .read_limit = SCH_STREAM_PLAIN_MAX};

/* side_open makes a stream with a credential of its own; the stream keeps a pointer into `side`. */
static void side_open(struct side *side, CredHandle credential, bool server,
                      const struct sch_stream_settings *settings) {
  struct sch_stream_settings chosen = *settings;

  *side = (struct side){.credential = credential, .read_at_once = WHOLE};
  chosen.table = sch_checked_table();
  chosen.credential = &side->credential;
  chosen.server = server;
  sch_fifo_open(&side->heard, HEARD_MAX);
  ENSURE(sch_stream_open(&chosen, &side->stream) == SEC_E_OK);
}

static void side_drop(struct side *side) {
  sch_stream_drop(side->stream);
  CHECK_EQUAL(FreeCredentialsHandle(&side->credential), SEC_E_OK);
  sch_fifo_drop(&side->heard);
}

static void open_kind(struct side *side, size_t kind, bool server,
                      const struct sch_stream_settings *settings) {
  const enum sch_identity_kind identity = server ? SCH_IDENTITY_ECDSA : SCH_IDENTITY_NONE;

  side_open(side, sch_ends_acquire(kind, server, identity, SCH_CRED_MANUAL_CRED_VALIDATION), server,
            settings);
}

static struct sch_span heard(const struct side *side) {
  return sch_fifo_held(&side->heard);
}

static SECURITY_STATUS status_of(const struct side *side) {
  return sch_stream_status(side->stream);
}

static bool is_closed(const struct side *side) {
  return sch_stream_state(side->stream) == SCH_STREAM_CLOSED;
}

/* said gives `size` bytes that are the same each time and repeat late. */
static struct sch_span said(size_t size) {
  static uint8_t bytes[SAID_MAX];
  uint32_t state = 1;

  REQUIRE(size <= sizeof bytes);
  for (size_t i = 0; bytes[0] == 0 && i < sizeof bytes; i++) {
    state = state * 1664525 + 1013904223;
    bytes[i] = (uint8_t)(state >> 24 | 1);
  }
  return sch_span_of(bytes, size);
}

/* give hands over bytes in pieces of `cut`, each a block of its own, and says how many were taken.
 */
static size_t give(struct side *side, struct sch_span wire, size_t cut) {
  size_t given = 0;

  while (given < wire.size) {
    const size_t size = cut < wire.size - given ? cut : wire.size - given;
    uint8_t *block = sch_alloc(size);

    ENSURE(block != NULL);
    sch_copy(block, wire.data + given, size);
    const size_t taken = sch_stream_wire_in(side->stream, sch_span_of(block, size));

    sch_free(block);
    CHECK(taken <= size);
    given += taken;
    if (taken < size) {
      break;
    }
  }
  return given;
}

/* talk moves plaintext in and out; true when any moved. */
static bool talk(struct side *side) {
  const size_t taken = sch_stream_plain_in(side->stream, side->to_say);
  const struct sch_span plain =
      sch_span_first(sch_stream_plain_out(side->stream), side->read_at_once);

  CHECK(sch_span_skip(&side->to_say, taken));
  CHECK(sch_fifo_append(&side->heard, plain));
  sch_stream_plain_read(side->stream, plain.size);
  return taken != 0 || plain.size != 0;
}

static bool carry(struct side *from, struct side *to, size_t cut) {
  const size_t taken = give(to, sch_stream_wire_out(from->stream), cut);

  sch_stream_wire_sent(from->stream, taken);
  return taken != 0;
}

/* exchange goes on until nothing moves any more. */
static void exchange(struct side *client, struct side *server, size_t cut) {
  bool moved = true;

  while (moved) {
    moved = talk(client);
    moved |= talk(server);
    moved |= carry(client, server, cut);
    moved |= carry(server, client, cut);
  }
}

/* exchange_peer is the same with libssl as the other side. */
static void exchange_peer(struct side *side, struct sch_peer *peer, size_t cut) {
  struct sch_fifo wire;
  bool moved = true;

  sch_fifo_open(&wire, HEARD_MAX);
  while (moved) {
    const struct sch_span out = sch_stream_wire_out(side->stream);

    moved = out.size != 0;
    sch_peer_give(peer, out);
    sch_stream_wire_sent(side->stream, out.size);
    moved |= talk(side);
    CHECK(sch_peer_take(peer, &wire));
    const size_t taken = give(side, sch_fifo_held(&wire), cut);

    sch_fifo_consume(&wire, taken);
    moved |= taken != 0;
  }
  sch_fifo_drop(&wire);
}

/* check_dead: a side that has ended takes nothing, says nothing and calls nobody. */
static void check_dead(struct side *side, SECURITY_STATUS status) {
  static const uint8_t more[] = {SCH_RECORD_APPLICATION_DATA, 3, 3, 0, 1, 0};
  const uint64_t calls = sch_stream_work(side->stream).calls;
  const struct sch_span out = sch_stream_wire_out(side->stream);
  SecPkgContext_StreamSizes sizes;

  CHECK(is_closed(side));
  CHECK_EQUAL(sch_stream_wire_in(side->stream, sch_span_of(more, sizeof more)), sizeof more);
  CHECK_EQUAL(sch_stream_plain_in(side->stream, said(1)), 0);
  CHECK_EQUAL(sch_stream_plain_out(side->stream).size, 0);
  sch_stream_close(side->stream);
  sch_stream_wire_end(side->stream);
  CHECK_EQUAL(sch_stream_wire_out(side->stream).size, out.size);
  sch_stream_wire_sent(side->stream, out.size);
  CHECK_EQUAL(sch_stream_wire_out(side->stream).size, 0);
  CHECK_EQUAL(status_of(side), status);
  CHECK_EQUAL(sch_stream_attribute(side->stream, SECPKG_ATTR_STREAM_SIZES, &sizes),
              SEC_E_INVALID_HANDLE);
  CHECK_EQUAL(sch_stream_work(side->stream).calls, calls);
}

/* ---- what goes in comes out ---- */

/* transfer has both sides say `size` bytes, then close, and hears all of it at the other side. */
static void transfer(size_t kind, size_t size, size_t cut,
                     const struct sch_stream_settings *settings) {
  struct side client;
  struct side server;

  open_kind(&client, kind, false, settings);
  open_kind(&server, kind, true, settings);
  client.to_say = said(size);
  server.to_say = said(size);
  exchange(&client, &server, cut);
  CHECK_EQUAL(client.to_say.size, 0);
  CHECK_EQUAL(server.to_say.size, 0);
  CHECK_BYTES(heard(&client), said(size));
  CHECK_BYTES(heard(&server), said(size));
  CHECK_EQUAL(sch_stream_state(client.stream), SCH_STREAM_OPEN);
  CHECK_EQUAL(status_of(&client), SEC_E_OK);
  sch_stream_close(client.stream);
  sch_stream_close(server.stream);
  exchange(&client, &server, cut);
  check_dead(&client, SEC_I_CONTEXT_EXPIRED);
  check_dead(&server, SEC_I_CONTEXT_EXPIRED);
  side_drop(&client);
  side_drop(&server);
  sch_checked_end();
}

/* Every kind of connection, every cut, sizes around every limit of a record and of the queues. */
TEST(what_goes_in_comes_out) {
  static const size_t sizes[] = {0, 1, 16383, 16384, 16385, 65536, SAID_MAX};
  static const size_t cuts[] = {1, 2, 3, 5, 7, 4096, WHOLE};

  for (size_t kind = 0; kind < SCH_ENDS_KINDS; kind++) {
    for (size_t i = 0; i < SCH_COUNT(sizes); i++) {
      for (size_t j = 0; j < SCH_COUNT(cuts); j++) {
        /* Small pieces cost: the large transfers are made with them once for each version. */
        if (sizes[i] <= 1 || cuts[j] >= 4096 ||
            (kind % SCH_ENDS_AEAD_1_2 == 0 && (cuts[j] == 1 || sizes[i] <= 16385))) {
          transfer(kind, sizes[i], cuts[j], &trusting);
        }
      }
    }
  }
}

/* A read limit below the size of a record only makes the owner read more often. */
TEST(read_limits) {
  static const size_t limits[] = {1, 2, 100, 16384, SCH_STREAM_PLAIN_MAX};

  for (size_t kind = 0; kind < SCH_ENDS_KINDS; kind++) {
    for (size_t i = 0; i < SCH_COUNT(limits); i++) {
      struct sch_stream_settings settings = trusting;

      settings.read_limit = limits[i];
      transfer(kind, 40000, 4096, &settings);
    }
  }
}

/* An owner who reads a byte at a time gets them all. */
TEST(reads_of_one_byte) {
  struct side client;
  struct side server;

  open_kind(&client, SCH_ENDS_AEAD_1_3, false, &trusting);
  open_kind(&server, SCH_ENDS_AEAD_1_3, true, &trusting);
  client.read_at_once = 1;
  server.to_say = said(3000);
  exchange(&client, &server, WHOLE);
  CHECK_BYTES(heard(&client), said(3000));
  side_drop(&client);
  side_drop(&server);
}

/* Plaintext given before the handshake waits for it, and a close waits for the plaintext. */
TEST(early_words) {
  struct side client;
  struct side server;

  open_kind(&client, SCH_ENDS_OPENSSL_1_3, false, &trusting);
  open_kind(&server, SCH_ENDS_OPENSSL_1_3, true, &trusting);
  CHECK_EQUAL(sch_stream_plain_in(client.stream, said(500)), 500);
  sch_stream_close(client.stream);
  CHECK_EQUAL(sch_stream_state(client.stream), SCH_STREAM_HANDSHAKE);
  CHECK_EQUAL(sch_stream_plain_in(client.stream, said(1)), 0);
  exchange(&client, &server, 1);
  CHECK_BYTES(heard(&server), said(500));
  CHECK_EQUAL(status_of(&server), SEC_I_CONTEXT_EXPIRED);
  CHECK_EQUAL(sch_stream_state(server.stream), SCH_STREAM_OPEN);
  side_drop(&client);
  side_drop(&server);
}

/* ---- back-pressure ---- */

/* When nobody reads, wire in and plain in take less and less, memory stays bounded, and no byte is
 * lost when reading goes on. */
TEST(back_pressure) {
  for (size_t kind = 0; kind < SCH_ENDS_KINDS; kind++) {
    struct side client;
    struct side server;
    const size_t all = SAID_MAX;
    const size_t most = 2 * SCH_STREAM_PLAIN_MAX + SCH_STREAM_WIRE_MAX + ((size_t)128 * 1024);

    open_kind(&client, kind, false, &trusting);
    open_kind(&server, kind, true, &trusting);
    client.read_at_once = 0;
    for (size_t total = 0; total <= most; total += all - server.to_say.size) {
      server.to_say = said(all);
      exchange(&client, &server, 4096);
      if (server.to_say.size != 0) {
        break;
      }
    }
    CHECK(server.to_say.size != 0);
    CHECK(sch_stream_plain_out(client.stream).size >= SCH_STREAM_PLAIN_MAX);
    CHECK(sch_stream_plain_out(client.stream).size < SCH_STREAM_PLAIN_MAX + SCH_RECORD_PLAIN_MAX);
    CHECK(sch_stream_wire_out(server.stream).size != 0);
    /* The other direction is not held up by it. */
    client.to_say = said(100);
    exchange(&client, &server, WHOLE);
    CHECK_BYTES(heard(&server), said(100));
    client.read_at_once = WHOLE;
    exchange(&client, &server, WHOLE);
    CHECK_EQUAL(server.to_say.size, 0);
    CHECK_EQUAL(heard(&client).size % all, 0);
    CHECK(heard(&client).size >= all);
    CHECK_BYTES(sch_span_last(heard(&client), all), said(all));
    side_drop(&client);
    side_drop(&server);
  }
}

/* ---- close ---- */

/* A side that has closed still hears the other one out; the end is clean at both. */
TEST(half_close) {
  for (size_t kind = 0; kind < SCH_ENDS_KINDS; kind++) {
    for (int server_first = 0; server_first < 2; server_first++) {
      struct side ends[2];

      open_kind(&ends[0], kind, false, &trusting);
      open_kind(&ends[1], kind, true, &trusting);
      struct side *first = &ends[server_first];
      struct side *second = &ends[1 - server_first];

      exchange(&ends[0], &ends[1], WHOLE);
      sch_stream_close(first->stream);
      sch_stream_close(first->stream);
      exchange(&ends[0], &ends[1], WHOLE);
      CHECK_EQUAL(status_of(second), SEC_I_CONTEXT_EXPIRED);
      CHECK_EQUAL(status_of(first), SEC_E_OK);
      CHECK(!is_closed(first));
      CHECK(!is_closed(second));
      second->to_say = said(70000);
      exchange(&ends[0], &ends[1], 4096);
      CHECK_BYTES(heard(first), said(70000));
      sch_stream_close(second->stream);
      exchange(&ends[0], &ends[1], WHOLE);
      check_dead(first, SEC_I_CONTEXT_EXPIRED);
      check_dead(second, SEC_I_CONTEXT_EXPIRED);
      side_drop(&ends[0]);
      side_drop(&ends[1]);
    }
  }
}

/* The end of the wire is clean after close_notify, also for a side that has not closed itself. */
TEST(wire_end_after_close) {
  struct side client;
  struct side server;

  open_kind(&client, SCH_ENDS_AEAD_1_3, false, &trusting);
  open_kind(&server, SCH_ENDS_AEAD_1_3, true, &trusting);
  server.to_say = said(10);
  exchange(&client, &server, WHOLE);
  sch_stream_close(server.stream);
  exchange(&client, &server, WHOLE);
  sch_stream_wire_end(client.stream);
  check_dead(&client, SEC_I_CONTEXT_EXPIRED);
  side_drop(&client);
  side_drop(&server);
}

/* What follows close_notify is taken and ignored, however much it is. RFC 8446 section 6.1. */
TEST(bytes_after_close) {
  struct side client;
  struct side server;

  open_kind(&client, SCH_ENDS_AEAD_1_3, false, &trusting);
  open_kind(&server, SCH_ENDS_AEAD_1_3, true, &trusting);
  exchange(&client, &server, WHOLE);
  server.to_say = said(10);
  (void)talk(&server);
  sch_stream_close(server.stream);
  exchange(&client, &server, WHOLE);
  CHECK_EQUAL(give(&client, said(SAID_MAX), 4096), SAID_MAX);
  CHECK_EQUAL(status_of(&client), SEC_I_CONTEXT_EXPIRED);
  CHECK_BYTES(heard(&client), said(10));
  sch_stream_close(client.stream);
  exchange(&client, &server, WHOLE);
  check_dead(&client, SEC_I_CONTEXT_EXPIRED);
  check_dead(&server, SEC_I_CONTEXT_EXPIRED);
  side_drop(&client);
  side_drop(&server);
}

/* ---- truncation ---- */

#define PART ((size_t)20)

/* let_through exchanges, but lets only `*left` bytes of the server come to the client. */
static void let_through(struct side *client, struct side *server, size_t *left, size_t cut) {
  bool moved = true;

  while (moved) {
    moved = carry(client, server, WHOLE);
    const struct sch_span wire = sch_span_first(sch_stream_wire_out(server->stream), *left);
    const size_t taken = give(client, wire, cut);

    CHECK_EQUAL(taken, wire.size);
    sch_stream_wire_sent(server->stream, taken);
    *left -= taken;
    moved |= taken != 0;
  }
}

/* truncate_at ends the wire to the client after `size` bytes: the handshake, two records and
 * close_notify. True when all of that is no longer. */
static bool truncate_at(size_t kind, size_t size, size_t cut) {
  struct side client;
  struct side server;
  size_t left = size;

  open_kind(&client, kind, false, &trusting);
  open_kind(&server, kind, true, &trusting);
  let_through(&client, &server, &left, cut);
  for (int i = 0; i < 2; i++) {
    CHECK_EQUAL(sch_stream_plain_in(server.stream, said(PART)), PART);
    let_through(&client, &server, &left, cut);
  }
  sch_stream_close(server.stream);
  let_through(&client, &server, &left, cut);
  const bool whole = sch_stream_state(server.stream) == SCH_STREAM_OPEN &&
                     sch_stream_wire_out(server.stream).size == 0;

  sch_stream_wire_end(client.stream);
  (void)talk(&client);
  CHECK_EQUAL(heard(&client).size % PART, 0);
  CHECK(heard(&client).size == 2 * PART || !whole);
  CHECK_BYTES(sch_span_first(heard(&client), PART), said(heard(&client).size == 0 ? 0 : PART));
  check_dead(&client, whole ? SEC_I_CONTEXT_EXPIRED : SEC_E_INCOMPLETE_MESSAGE);
  side_drop(&client);
  side_drop(&server);
  return whole;
}

/* A wire that ends anywhere before close_notify is a truncation, after the whole records. */
TEST(truncation) {
  for (size_t kind = 0; kind < SCH_ENDS_KINDS; kind++) {
    const size_t step = kind < SCH_ENGINE_AEAD_COUNT ? 1 : 13;
    size_t size = 0;

    while (!truncate_at(kind, size, size % 2 == 0 ? 1 : WHOLE)) {
      size += step;
    }
    CHECK(size > 60);
  }
}

/* ---- failures ---- */

/* Data in front of a record that fails is delivered first, in the same chunk or not; then there is
 * one status and silence. */
TEST(failure_after_data) {
  static const size_t cuts[] = {1, 7, WHOLE};

  for (size_t kind = 0; kind < SCH_ENDS_KINDS; kind++) {
    for (size_t i = 0; i < SCH_COUNT(cuts); i++) {
      struct side client;
      struct side server;
      uint8_t wire[256];

      open_kind(&client, kind, false, &trusting);
      open_kind(&server, kind, true, &trusting);
      exchange(&client, &server, WHOLE);
      CHECK_EQUAL(sch_stream_plain_in(server.stream, said(30)), 30);
      CHECK_EQUAL(sch_stream_plain_in(server.stream, said(30)), 30);
      const struct sch_span out = sch_stream_wire_out(server.stream);

      CHECK(out.size <= sizeof wire);
      sch_copy(wire, out.data, out.size);
      wire[out.size - 1] ^= 1;
      CHECK_EQUAL(give(&client, sch_span_of(wire, out.size), cuts[i]), out.size);
      CHECK_EQUAL(status_of(&client), SEC_E_MESSAGE_ALTERED);
      CHECK(is_closed(&client));
      CHECK_BYTES(sch_stream_plain_out(client.stream), said(30));
      (void)talk(&client);
      check_dead(&client, SEC_E_MESSAGE_ALTERED);
      side_drop(&client);
      side_drop(&server);
    }
  }
}

/* What is no TLS ends the stream at once, with the alert that the provider made, if any. */
TEST(garbage) {
  for (size_t kind = 0; kind < SCH_ENDS_KINDS; kind++) {
    for (int server = 0; server < 2; server++) {
      struct side side;

      open_kind(&side, kind, server == 1, &trusting);
      CHECK_EQUAL(give(&side, sch_span_text("GET / HTTP/1.1\r\n\r\n"), 1), 18);
      check_dead(&side, SEC_E_INVALID_TOKEN);
      side_drop(&side);
    }
  }
}

/* A peer's alert is the status of the stream. */
TEST(peer_fails) {
  const struct sch_peer_config config = {.server = true, .identity = SCH_IDENTITY_ECDSA};
  struct sch_peer *peer = sch_peer_open(&config, NULL);
  struct side client;

  open_kind(&client, SCH_ENDS_OPENSSL_1_3, false, &trusting);
  exchange_peer(&client, peer, WHOLE);
  CHECK_EQUAL(sch_stream_state(client.stream), SCH_STREAM_OPEN);
  CHECK(sch_peer_write(peer, said(40)));
  CHECK(sch_peer_fatal(peer));
  exchange_peer(&client, peer, WHOLE);
  CHECK_BYTES(heard(&client), said(40));
  check_dead(&client, SEC_E_MESSAGE_ALTERED);
  sch_peer_drop(peer);
  side_drop(&client);
}

/* What cannot be asked for is refused before anything starts; no stream is fine to drop. */
TEST(open_refuses) {
  struct sch_stream_settings settings = trusting;
  CredHandle credential = sch_ends_acquire(SCH_ENDS_AEAD_1_3, false, SCH_IDENTITY_NONE, 0);
  struct sch_stream *stream = NULL;
  SEC_CHAR name[257];

  settings.table = sch_checked_table();
  settings.credential = &credential;
  settings.protocols = said(65536);
  CHECK_EQUAL(sch_stream_open(&settings, &stream), SEC_E_UNSUPPORTED_FUNCTION);
  settings.protocols.size = 0;
  memset(name, 'a', sizeof name);
  name[256] = '\0';
  settings.target_name = name;
  CHECK_EQUAL(sch_stream_open(&settings, &stream), SEC_E_UNSUPPORTED_FUNCTION);
  name[255] = '\0';
  CHECK_EQUAL(sch_stream_open(&settings, &stream), SEC_E_OK);
  sch_stream_drop(stream);
  sch_stream_drop(NULL);
  settings.read_limit = 0;
  CHECK_ABORTS((void)!sch_stream_open(&settings, &stream));
  settings.read_limit = SCH_STREAM_PLAIN_MAX + 1;
  CHECK_ABORTS((void)!sch_stream_open(&settings, &stream));
  CHECK_EQUAL(FreeCredentialsHandle(&credential), SEC_E_OK);
}

/* ---- after the handshake ---- */

/* An aead client and what seals for it. */
struct sealed {
  struct side client;
  struct sch_records records;
  uint8_t room[4096];
  struct sch_builder wire;
};

static void sealed_open(struct sealed *sealed, size_t kind) {
  struct sch_aead_secrets secrets;

  sch_engine_aead_toy(kind, &secrets);
  sch_records_open(&sealed->records, &secrets, true);
  open_kind(&sealed->client, kind, false, &trusting);
  CHECK_EQUAL(give(&sealed->client, sch_records_hello(true), WHOLE), sch_records_hello(true).size);
  CHECK_EQUAL(sch_stream_state(sealed->client.stream), SCH_STREAM_OPEN);
}

static void sealed_drop(struct sealed *sealed) {
  side_drop(&sealed->client);
  sch_records_drop(&sealed->records);
}

static void sealed_send(struct sealed *sealed, uint8_t type, struct sch_span data) {
  struct sch_builder wire = sch_builder_of(sealed->room, sizeof sealed->room);

  CHECK(sch_records_seal(&sealed->records, sch_records_usual(&sealed->records, type), data, &wire));
  CHECK_EQUAL(give(&sealed->client, sch_builder_built(&wire), WHOLE), wire.size);
}

/* Post-handshake messages in a row are limited; data starts the count again, an empty record does
 * not. */
TEST(post_handshake_limit) {
  static const uint8_t ticket[] = {4, 0, 0, 0};
  static const uint8_t hello[] = {0, 0, 0, 0};
  const size_t kinds[] = {SCH_ENDS_AEAD_1_3, SCH_ENDS_AEAD_1_2};

  for (size_t i = 0; i < SCH_COUNT(kinds); i++) {
    const uint8_t *message = kinds[i] == SCH_ENDS_AEAD_1_3 ? ticket : hello;
    static struct sealed sealed;

    sealed_open(&sealed, kinds[i]);
    for (int round = 0; round < 2; round++) {
      for (int j = 0; j < SCH_STREAM_POST_HANDSHAKE_MAX; j++) {
        sealed_send(&sealed, SCH_RECORD_HANDSHAKE, sch_span_of(message, 4));
      }
      CHECK_EQUAL(status_of(&sealed.client), SEC_E_OK);
      if (round == 0) {
        sealed_send(&sealed, SCH_RECORD_APPLICATION_DATA, said(1));
      }
    }
    sealed_send(&sealed, SCH_RECORD_APPLICATION_DATA, said(0));
    CHECK_EQUAL(status_of(&sealed.client), SEC_E_OK);
    sealed_send(&sealed, SCH_RECORD_HANDSHAKE, sch_span_of(message, 4));
    CHECK_EQUAL(status_of(&sealed.client), SEC_E_ILLEGAL_MESSAGE);
    (void)talk(&sealed.client);
    CHECK_BYTES(heard(&sealed.client), said(1));
    check_dead(&sealed.client, SEC_E_ILLEGAL_MESSAGE);
    sealed_drop(&sealed);
  }
}

/* Data, messages and data again in one chunk: all data is delivered, in order. */
TEST(message_between_data) {
  static const uint8_t ticket[] = {4, 0, 0, 0};
  static const uint8_t hello[] = {0, 0, 0, 0};
  static const size_t cuts[] = {1, 3, WHOLE};

  for (size_t i = 0; i < 2 * SCH_COUNT(cuts); i++) {
    const bool is_1_3 = i % 2 == 0;
    static struct sealed sealed;

    sealed_open(&sealed, is_1_3 ? SCH_ENDS_AEAD_1_3 : SCH_ENDS_AEAD_1_2);
    const struct sch_records_shape data =
        sch_records_usual(&sealed.records, SCH_RECORD_APPLICATION_DATA);
    const struct sch_records_shape message =
        sch_records_usual(&sealed.records, SCH_RECORD_HANDSHAKE);
    struct sch_builder wire = sch_builder_of(sealed.room, sizeof sealed.room);

    CHECK(sch_records_seal(&sealed.records, data, said(10), &wire));
    CHECK(
        sch_records_seal(&sealed.records, message, sch_span_of(is_1_3 ? ticket : hello, 4), &wire));
    CHECK(!is_1_3 || sch_records_update(&sealed.records, true, &wire));
    CHECK(sch_records_seal(&sealed.records, data, said(20), &wire));
    CHECK_EQUAL(give(&sealed.client, sch_builder_built(&wire), cuts[i / 2]), wire.size);
    (void)talk(&sealed.client);
    CHECK_EQUAL(heard(&sealed.client).size, 30);
    CHECK_BYTES(sch_span_last(heard(&sealed.client), 20), said(20));
    CHECK_EQUAL(status_of(&sealed.client), SEC_E_OK);
    sealed_drop(&sealed);
  }
}

/* check_both_ways: data flows both ways between a stream and the peer. */
static void check_both_ways(struct side *side, struct sch_peer *peer, size_t cut) {
  sch_fifo_consume(&side->heard, heard(side).size);
  side->to_say = said(20000);
  CHECK(sch_peer_write(peer, said(20000)));
  exchange_peer(side, peer, cut);
  CHECK_BYTES(heard(side), said(20000));
  CHECK_BYTES(sch_fifo_held(sch_peer_heard(peer)), said(20000));
  sch_fifo_consume(sch_peer_heard(peer), 20000);
  CHECK_EQUAL(status_of(side), SEC_E_OK);
}

static struct sch_peer *peer_for(struct side *side, bool server, uint16_t version,
                                 unsigned tickets) {
  const struct sch_peer_config config = {
      .server = !server,
      .version_max = version,
      .identity = server ? SCH_IDENTITY_NONE : SCH_IDENTITY_ECDSA,
      .tickets = tickets,
  };

  open_kind(side, version == 0x0303 ? SCH_ENDS_OPENSSL_1_2 : SCH_ENDS_OPENSSL_1_3, server,
            &trusting);
  return sch_peer_open(&config, NULL);
}

/* TLS 1.2 renegotiation that libssl starts, several times, in both roles and at any cut. */
TEST(renegotiation) {
  for (int server = 0; server < 2; server++) {
    struct side side;
    struct sch_peer *peer = peer_for(&side, server == 1, 0x0303, 0);
    struct sch_peer_facts facts;

    exchange_peer(&side, peer, WHOLE);
    for (unsigned round = 1; round <= 3; round++) {
      const size_t cut = round == 1 ? 1 : round == 2 ? 7 : WHOLE;

      check_both_ways(&side, peer, cut);
      CHECK(sch_peer_renegotiate(peer));
      exchange_peer(&side, peer, cut);
      sch_peer_facts(peer, &facts);
      CHECK_EQUAL(facts.handshakes, round + 1);
      CHECK(facts.finished);
      CHECK_EQUAL(sch_stream_state(side.stream), SCH_STREAM_OPEN);
    }
    check_both_ways(&side, peer, WHOLE);
    sch_peer_drop(peer);
    side_drop(&side);
    sch_checked_end();
  }
}

/* A TLS 1.3 KeyUpdate is followed and, when asked for, answered, in both roles. */
TEST(key_update) {
  for (int server = 0; server < 2; server++) {
    struct side side;
    struct sch_peer *peer = peer_for(&side, server == 1, 0x0304, 0);
    struct sch_peer_facts facts;

    exchange_peer(&side, peer, WHOLE);
    for (unsigned round = 0; round < 4; round++) {
      CHECK(sch_peer_key_update(peer, round % 2 == 1));
      exchange_peer(&side, peer, round < 2 ? 1 : WHOLE);
      sch_peer_facts(peer, &facts);
      CHECK_EQUAL(facts.key_updates, (round + 1) / 2);
      check_both_ways(&side, peer, 4096);
    }
    sch_peer_drop(peer);
    side_drop(&side);
  }
}

/* Tickets, at the end of the handshake and later, are taken without a trace in the data. */
TEST(tickets) {
  struct side side;
  struct sch_peer *peer = peer_for(&side, false, 0x0304, 4);

  exchange_peer(&side, peer, 1);
  check_both_ways(&side, peer, 7);
  CHECK(sch_peer_ticket(peer));
  CHECK(sch_peer_ticket(peer));
  check_both_ways(&side, peer, WHOLE);
  sch_peer_drop(peer);
  side_drop(&side);
}

/* ---- verification ---- */

struct judge {
  SECURITY_STATUS verdict;
  int asked;
  size_t count; /* of certificates */
  bool expected;
  bool server;
  bool named; /* for what was asked for, whose memory is not the owner's any more */
  uint32_t reasons;
};

static SEC_CHAR passing_name[] = "test.example";

static struct sch_stream_verdict judge(void *context, const struct sch_stream_peer *peer) {
  struct judge *judge = context;

  judge->asked++;
  judge->count = peer->count;
  judge->expected =
      peer->count != 0 &&
      sch_span_equal(peer->certificates[0], sch_identity(SCH_IDENTITY_ECDSA)->certificate);
  judge->server = peer->server;
  judge->named = peer->name != NULL && strcmp(peer->name, SCH_IDENTITY_HOST) == 0;
  return (struct sch_stream_verdict){judge->verdict, judge->reasons};
}

/* meet joins a client, which says something at once, with a server, and leaves both open. */
static void meet(struct side *client, struct side *server, size_t kind,
                 const struct sch_stream_settings *settings) {
  open_kind(client, kind, false, settings);
  open_kind(server, kind, true, &trusting);
  client->to_say = said(100);
  exchange(client, server, WHOLE);
}

/* Without a verifier no peer is accepted; with `insecure` any is, unasked. */
TEST(no_verifier) {
  for (size_t kind = 0; kind < SCH_ENDS_KINDS; kind++) {
    struct sch_stream_settings settings = {.read_limit = 1};
    struct side client;
    struct side server;

    meet(&client, &server, kind, &settings);
    CHECK_EQUAL(heard(&server).size, 0);
    check_dead(&client, SEC_E_UNTRUSTED_ROOT);
    side_drop(&client);
    side_drop(&server);
    settings.insecure = true;
    struct judge seen = {.verdict = SEC_E_CERT_EXPIRED};

    settings.verify = judge;
    settings.verify_context = &seen;
    meet(&client, &server, kind, &settings);
    CHECK_EQUAL(seen.asked, 0);
    CHECK_BYTES(heard(&server), said(100));
    side_drop(&client);
    side_drop(&server);
  }
}

/* The verifier sees the certificate once, and its word is the status: nothing is sent to a peer it
 * refuses. A word that is no verdict refuses too. */
TEST(verdicts) {
  static const struct {
    SECURITY_STATUS verdict;
    SECURITY_STATUS status;
  } rows[] = {
      {SEC_E_OK, SEC_E_OK},
      {SEC_E_CERT_EXPIRED, SEC_E_CERT_EXPIRED},
      {CRYPT_E_REVOKED, CRYPT_E_REVOKED},
      {SEC_E_WRONG_PRINCIPAL, SEC_E_WRONG_PRINCIPAL},
      {SEC_E_UNTRUSTED_ROOT, SEC_E_UNTRUSTED_ROOT},
      {SEC_E_CERT_UNKNOWN, SEC_E_CERT_UNKNOWN},
      {SEC_I_CONTINUE_NEEDED, SEC_E_INTERNAL_ERROR},
  };

  for (size_t kind = SCH_ENDS_OPENSSL_1_2; kind <= SCH_ENDS_OPENSSL_1_3; kind++) {
    for (size_t i = 0; i < SCH_COUNT(rows); i++) {
      struct judge seen = {.verdict = rows[i].verdict, .reasons = 0x55};
      struct sch_stream_settings settings = {
          .target_name = passing_name, .verify = judge, .verify_context = &seen, .read_limit = 1};
      struct side client;
      struct side server;

      memcpy(passing_name, SCH_IDENTITY_HOST, sizeof passing_name);
      open_kind(&client, kind, false, &settings);
      memset(passing_name, 0, sizeof passing_name);
      open_kind(&server, kind, true, &trusting);
      client.to_say = said(100);
      exchange(&client, &server, WHOLE);
      CHECK(seen.named);
      CHECK_EQUAL(seen.asked, 1);
      CHECK(seen.expected);
      CHECK(seen.server);
      CHECK_EQUAL(status_of(&client), rows[i].status);
      CHECK_EQUAL(sch_stream_reasons(client.stream), 0x55);
      CHECK_EQUAL(sch_stream_failure(client.stream),
                  rows[i].status == SEC_E_OK ? SCH_FAILURE_NONE : SCH_FAILURE_HANDSHAKE);
      CHECK_EQUAL(heard(&server).size, rows[i].status == SEC_E_OK ? 100 : 0);
      if (rows[i].status != SEC_E_OK) {
        check_dead(&client, rows[i].status);
      }
      side_drop(&client);
      side_drop(&server);
    }
  }
}

/* A renegotiation asks the verifier again. */
TEST(verdict_again) {
  const struct sch_peer_config config = {
      .server = true, .version_max = 0x0303, .identity = SCH_IDENTITY_ECDSA};
  struct judge seen = {.verdict = SEC_E_OK};
  const struct sch_stream_settings settings = {
      .verify = judge, .verify_context = &seen, .read_limit = 1};
  struct sch_peer *peer = sch_peer_open(&config, NULL);
  struct side client;

  open_kind(&client, SCH_ENDS_OPENSSL_1_2, false, &settings);
  exchange_peer(&client, peer, WHOLE);
  CHECK_EQUAL(seen.asked, 1);
  seen.verdict = SEC_E_CERT_EXPIRED;
  CHECK(sch_peer_renegotiate(peer));
  exchange_peer(&client, peer, WHOLE);
  CHECK_EQUAL(seen.asked, 2);
  check_dead(&client, SEC_E_CERT_EXPIRED);
  sch_peer_drop(peer);
  side_drop(&client);
}

/* A server asks its verifier only about clients that it asked for a certificate, also about one
 * that sent none. */
TEST(client_certificates) {
  for (size_t kind = SCH_ENDS_OPENSSL_1_2; kind <= SCH_ENDS_OPENSSL_1_3; kind++) {
    for (int round = 0; round < 3; round++) {
      struct judge seen = {.verdict = SEC_E_OK};
      const struct sch_stream_settings settings = {.verify = judge,
                                                   .verify_context = &seen,
                                                   .client_certificate = round != 0,
                                                   .read_limit = 1};
      const enum sch_identity_kind identity = round == 2 ? SCH_IDENTITY_ECDSA : SCH_IDENTITY_NONE;
      struct side client;
      struct side server;

      side_open(&client, sch_ends_acquire(kind, false, identity, SCH_CRED_MANUAL_CRED_VALIDATION),
                false, &trusting);
      open_kind(&server, kind, true, &settings);
      exchange(&client, &server, WHOLE);
      CHECK_EQUAL(sch_stream_state(server.stream), SCH_STREAM_OPEN);
      CHECK_EQUAL(seen.asked, round == 0 ? 0 : 1);
      CHECK_EQUAL(seen.expected, round == 2);
      CHECK_EQUAL(seen.count, round == 2);
      CHECK(!seen.server);
      side_drop(&client);
      side_drop(&server);
    }
  }
}

/* What was asked for is what is told: protocol and sizes; nothing before the handshake. */
TEST(attributes) {
  static const uint8_t protocols[] = "\x02h2\x08http/1.1";
  struct sch_stream_settings settings = trusting;
  struct side client;
  struct side server;
  SecPkgContext_ApplicationProtocol protocol;
  SecPkgContext_StreamSizes sizes;

  settings.protocols = sch_span_of(protocols, sizeof protocols - 1);
  open_kind(&client, SCH_ENDS_OPENSSL_1_3, false, &settings);
  settings.protocols = sch_span_of(protocols + 3, sizeof protocols - 4);
  open_kind(&server, SCH_ENDS_OPENSSL_1_3, true, &settings);
  CHECK(sch_stream_attribute(server.stream, SECPKG_ATTR_STREAM_SIZES, &sizes) < 0);
  CHECK(sch_stream_attribute(client.stream, SECPKG_ATTR_STREAM_SIZES, &sizes) < 0);
  exchange(&client, &server, 1);
  CHECK_EQUAL(sch_stream_attribute(client.stream, SECPKG_ATTR_APPLICATION_PROTOCOL, &protocol),
              SEC_E_OK);
  CHECK_BYTES(sch_span_of(protocol.ProtocolId, protocol.ProtocolIdSize), sch_span_text("http/1.1"));
  CHECK_EQUAL(sch_stream_attribute(server.stream, SECPKG_ATTR_STREAM_SIZES, &sizes), SEC_E_OK);
  CHECK_EQUAL(sizes.cbHeader, 5);
  CHECK_EQUAL(sizes.cbTrailer, 17);
  side_drop(&client);
  side_drop(&server);
}

/* ---- cost ---- */

/* receive has a client take `total` bytes of plaintext in records of `size`, delivered in pieces of
 * `cut`, and gives the work that was. */
static struct sch_stream_work receive(size_t total, size_t size, size_t cut) {
  static struct sealed sealed;
  struct sch_fifo wire;
  uint8_t room[SCH_RECORD_MAX];

  sealed_open(&sealed, SCH_ENDS_AEAD_1_3);
  sch_fifo_open(&wire, 2 * HEARD_MAX);
  for (size_t done = 0; done < total; done += size) {
    struct sch_builder record = sch_builder_of(room, sizeof room);

    CHECK(sch_records_seal(&sealed.records,
                           sch_records_usual(&sealed.records, SCH_RECORD_APPLICATION_DATA),
                           said(size), &record));
    CHECK(sch_fifo_append(&wire, sch_builder_built(&record)));
  }
  while (sch_fifo_held(&wire).size != 0) {
    const size_t taken = give(&sealed.client, sch_fifo_held(&wire), cut);
    const size_t read = sch_stream_plain_out(sealed.client.stream).size;

    CHECK(taken + read != 0);
    sch_fifo_consume(&wire, taken);
    sch_stream_plain_read(sealed.client.stream, read);
  }
  const struct sch_stream_work work = sch_stream_work(sealed.client.stream);

  CHECK_EQUAL(status_of(&sealed.client), SEC_E_OK);
  sch_fifo_drop(&wire);
  sealed_drop(&sealed);
  return work;
}

/* The cost of a byte does not depend on the size of the records, nor on how much is held. */
TEST(linear_cost) {
  static const size_t sizes[] = {22, 1000, 16384};
  static const size_t cuts[] = {1, 4096, WHOLE};
  const size_t few = 8; /* calls that open the connection */

  for (size_t i = 0; i < SCH_COUNT(sizes); i++) {
    for (size_t j = 0; j < SCH_COUNT(cuts); j++) {
      const size_t records = (size_t)200000 / sizes[i];
      const struct sch_stream_work work = receive(records * sizes[i], sizes[i], cuts[j]);

      /* At most: its first byte, its header, and all of it; and no byte is moved twice. */
      CHECK(work.calls <= (cuts[j] == WHOLE ? 2 : 3) * records + few + work.bytes_in / 4096);
      CHECK(work.bytes_moved <= 2 * work.bytes_in + SCH_STREAM_WIRE_MAX);
    }
  }
  const struct sch_stream_work once = receive((size_t)22 * 5000, 22, WHOLE);
  const struct sch_stream_work four_times = receive((size_t)22 * 20000, 22, WHOLE);

  CHECK(four_times.calls <= 4 * once.calls);
}

/* ---- wiping ---- */

#define REGION_MAX ((size_t)1 << 28) /* larger ones are an address sanitizer's own */

/* matches says whether `secret`, each byte of it turned over, stands at `at`. */
static bool matches(const uint8_t *at, struct sch_span secret) {
  size_t same = 0;

  while (same < secret.size && at[same] + secret.data[same] == 0xff) {
    same++;
  }
  return same == secret.size;
}

/* count_in counts a secret in the memory from `first` to `last`. Pages overlap by its size. */
static size_t count_in(int memory, uintptr_t first, uintptr_t last, struct sch_span secret) {
  static uint8_t page[65536];
  const size_t step = sizeof page - secret.size;
  size_t count = 0;

  for (uintptr_t at = first; at < last; at += step) {
    const size_t wanted = last - at < sizeof page ? last - at : sizeof page;
    const ssize_t size = pread(memory, page, wanted, (off_t)at);
    const uint8_t *end = page + (size > 0 ? size : 0);
    const uint8_t *found = page;

    while (found < end &&
           (found = memchr(found, 0xff - secret.data[0], (size_t)(end - found))) != NULL &&
           (size_t)(end - found) >= secret.size) {
      count += matches(found, secret) && (size_t)(found - page) < step;
      found++;
    }
    sch_wipe(page, sizeof page);
  }
  return count;
}

/* count_in_memory looks for a secret in all that this process can write to, freed or not. `secret`
 * is given turned over, so that it is not found itself. */
static size_t count_in_memory(struct sch_span secret) {
  const int memory = open("/proc/self/mem", O_RDONLY);
  FILE *maps = fopen("/proc/self/maps", "r");
  char line[512];
  size_t count = 0;

  ENSURE(memory >= 0);
  ENSURE(maps != NULL);
  while (fgets(line, sizeof line, maps) != NULL) {
    char *end;
    const uintptr_t first = strtoul(line, &end, 16);
    const uintptr_t last = strtoul(end + 1, &end, 16);

    if (strncmp(end, " rw", 3) == 0 && last - first <= REGION_MAX) {
      count += count_in(memory, first, last, secret);
    }
  }
  (void)fclose(maps);
  (void)close(memory);
  return count;
}

/* whisper sends a secret from the client to the server, which reads it. */
static void whisper(struct side *client, struct side *server, struct sch_span turned) {
  uint8_t secret[64];

  for (size_t i = 0; i < turned.size; i++) {
    secret[i] = (uint8_t)(0xff - turned.data[i]);
  }
  CHECK_EQUAL(sch_stream_plain_in(client->stream, sch_span_of(secret, turned.size)), turned.size);
  sch_wipe(secret, sizeof secret);
  (void)carry(client, server, 7);
  CHECK_EQUAL(sch_stream_plain_out(server->stream).size, turned.size);
}

/* A block that is freed holds nothing any more. */
TEST(blocks_are_wiped) {
  static const uint8_t turned[] = "not to be found in a block that has been freed";
  const struct sch_span secret = sch_span_of(turned, sizeof turned);
  uint8_t *block = sch_alloc(256);

  ENSURE(block != NULL);
  for (size_t i = 0; i < secret.size; i++) {
    block[100 + i] = (uint8_t)(0xff - turned[i]);
  }
  CHECK_EQUAL(count_in_memory(secret), 1);
  sch_free(block);
  CHECK_EQUAL(count_in_memory(secret), 0);
}

/* Plaintext that went through two streams is nowhere in the process after they are dropped. */
TEST(wiped) {
  static const uint8_t turned[] = "not to be found in the memory of this process";
  const struct sch_span secret = sch_span_of(turned, sizeof turned);

  for (size_t kind = 0; kind < SCH_ENDS_KINDS; kind++) {
    struct side client;
    struct side server;

    open_kind(&client, kind, false, &trusting);
    open_kind(&server, kind, true, &trusting);
    exchange(&client, &server, WHOLE);
    whisper(&client, &server, secret);
    CHECK(count_in_memory(secret) >= 1);
    side_drop(&client);
    side_drop(&server);
    CHECK_EQUAL(count_in_memory(secret), 0);
  }
}

TESTS(what_goes_in_comes_out, read_limits, reads_of_one_byte, early_words, back_pressure,
      half_close, bytes_after_close, wire_end_after_close, truncation, failure_after_data, garbage,
      peer_fails, open_refuses, post_handshake_limit, message_between_data, renegotiation,
      key_update, tickets, no_verifier, verdicts, verdict_again, client_certificates, attributes,
      linear_cost, blocks_are_wiped, wiped)
