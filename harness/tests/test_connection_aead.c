/* test_connection_aead: what engine_aead makes of every kind of record, honest and not. The other
 * end is harness/records, which seals whatever it is told.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "tls/connection_aead.h"

#include "records.h"
#include "test.h"

#define NEW_SESSION_TICKET 4
#define KEY_UPDATE 24

/* One end of the engine, its handshake done, and its peer. Both are started anew for each record
 * that may kill them. */
struct pair {
  size_t index;
  bool server;
  void *credential;
  struct sch_engine *engine;
  struct sch_records peer;
  struct sch_fifo token;
  uint8_t wire[2 * SCH_RECORD_MAX];
  struct sch_builder to;
  struct sch_opened opened;
};

static const struct sch_engine_class *const class = &sch_engine_aead[0];
static const struct sch_span nothing = {NULL, 0};
static uint8_t bytes[SCH_AEAD_MESSAGE_MAX + 1];

static bool is_1_3(const struct pair *pair) {
  return pair->index < 3;
}

static SECURITY_STATUS step(struct pair *pair, struct sch_span record) {
  sch_fifo_consume(&pair->token, sch_fifo_held(&pair->token).size);
  return class->step(pair->engine, record, &pair->token);
}

static void shake(struct pair *pair) {
  static const uint8_t client[] = {22, 3, 1, 0, 4, 1, 0, 0, 0};
  static const uint8_t server[] = {22, 3, 3, 0, 4, 2, 0, 0, 0};

  if (pair->server) {
    CHECK_EQUAL(step(pair, nothing), SEC_E_INCOMPLETE_MESSAGE);
    CHECK_EQUAL(step(pair, sch_span_of(client, sizeof client)), SEC_E_OK);
    CHECK_BYTES(sch_fifo_held(&pair->token), sch_span_of(server, sizeof server));
    return;
  }
  CHECK_EQUAL(step(pair, nothing), SEC_I_CONTINUE_NEEDED);
  CHECK_BYTES(sch_fifo_held(&pair->token), sch_span_of(client, sizeof client));
  CHECK_EQUAL(step(pair, nothing), SEC_E_INCOMPLETE_MESSAGE);
  CHECK_EQUAL(step(pair, sch_span_of(server, sizeof server)), SEC_E_OK);
  CHECK_EQUAL(sch_fifo_held(&pair->token).size, 0);
}

static void fresh_engine(struct pair *pair) {
  const struct sch_engine_wishes wishes = {0};

  if (pair->engine != NULL) {
    class->drop(pair->engine);
  }
  CHECK_EQUAL(class->connection_open(pair->credential, &wishes, &pair->engine), SEC_E_OK);
  CHECK(pair->engine->class == &sch_engine_aead[pair->index]);
  sch_records_restart(&pair->peer);
  pair->to = sch_builder_of(pair->wire, sizeof pair->wire);
}

static void fresh(struct pair *pair) {
  fresh_engine(pair);
  shake(pair);
}

static void pair_open(struct pair *pair, size_t index, bool server) {
  const struct sch_engine_settings settings = {
      .server = server, .version_min = SCH_TLS_1_2, .version_max = SCH_TLS_1_3};
  struct sch_aead_secrets secrets;

  *pair = (struct pair){.index = index, .server = server};
  sch_fifo_open(&pair->token, 4096);
  sch_engine_aead_toy(index, &secrets);
  sch_records_open(&pair->peer, &secrets, !server);
  CHECK_EQUAL(sch_engine_aead[index].credential_open(&settings, &pair->credential), SEC_E_OK);
  fresh(pair);
}

static void pair_drop(struct pair *pair) {
  class->drop(pair->engine);
  class->credential_drop(pair->credential);
  sch_records_drop(&pair->peer);
  sch_fifo_drop(&pair->token);
}

/* for_each runs a test in every class and role. */
static void for_each(void (*test)(struct pair *)) {
  static struct pair pair;

  for (size_t index = 0; index < SCH_ENGINE_AEAD_COUNT; index++) {
    for (int server = 0; server < 2; server++) {
      pair_open(&pair, index, server != 0);
      test(&pair);
      pair_drop(&pair);
    }
  }
}

/* made seals one record and views it. */
static struct sch_span made(struct pair *pair, struct sch_records_shape shape,
                            struct sch_span data) {
  pair->to.size = 0;
  CHECK(sch_records_seal(&pair->peer, shape, data, &pair->to));
  return sch_builder_built(&pair->to);
}

static struct sch_span usual(struct pair *pair, uint8_t type, struct sch_span data) {
  return made(pair, sch_records_usual(&pair->peer, type), data);
}

/* open gives the engine the record where it lies. */
static SECURITY_STATUS open_here(struct pair *pair, struct sch_span record) {
  return class->open(pair->engine, pair->wire, record.size, &pair->opened);
}

static struct sch_span opened_data(const struct pair *pair) {
  return sch_span_of(pair->wire + pair->opened.header, pair->opened.data);
}

static SECURITY_STATUS open_after(struct pair *pair, struct sch_records_shape shape,
                                  struct sch_span data) {
  fresh(pair);
  return open_here(pair, made(pair, shape, data));
}

static SECURITY_STATUS open_usual(struct pair *pair, uint8_t type, struct sch_span data) {
  return open_after(pair, sch_records_usual(&pair->peer, type), data);
}

/* fatal is what the alert that a refusal is called by means. */
static SECURITY_STATUS fatal(enum sch_alert alert) {
  return sch_alert_status((uint8_t)alert);
}

static void sizes(struct pair *pair) {
  static const size_t list[] = {0, 1, 16, 16383, 16384};
  const struct sch_aead_suite *suite = pair->peer.suite;

  for (size_t i = 0; i < SCH_COUNT(list); i++) {
    const struct sch_span data = sch_span_of(bytes, list[i]);
    const struct sch_span record = usual(pair, SCH_RECORD_APPLICATION_DATA, data);

    CHECK_EQUAL(open_here(pair, record), SEC_E_OK);
    CHECK_EQUAL(pair->opened.header, suite->header);
    CHECK_EQUAL(record.size, suite->header + list[i] + SCH_AEAD_TAG + (is_1_3(pair) ? 1U : 0U));
    CHECK_BYTES(opened_data(pair), data);
  }
  CHECK_EQUAL(open_usual(pair, SCH_RECORD_APPLICATION_DATA, sch_span_of(bytes, 16385)),
              fatal(SCH_ALERT_record_overflow));
}

/* Data of 0 to 2^14 bytes is opened, one byte more is not. */
TEST(data_sizes) {
  for_each(sizes);
}

static SECURITY_STATUS open_padded(struct pair *pair, uint8_t type, size_t data, size_t padding) {
  struct sch_records_shape shape = sch_records_usual(&pair->peer, type);

  shape.padding = padding;
  return open_after(pair, shape, sch_span_of(bytes, data));
}

static void pad(struct pair *pair) {
  if (!is_1_3(pair)) {
    return;
  }
  CHECK_EQUAL(open_padded(pair, SCH_RECORD_APPLICATION_DATA, 5, 1), SEC_E_OK);
  CHECK_EQUAL(pair->opened.data, 5);
  CHECK_EQUAL(open_padded(pair, SCH_RECORD_APPLICATION_DATA, 0, 16384), SEC_E_OK);
  CHECK_EQUAL(pair->opened.data, 0);
  CHECK_EQUAL(open_padded(pair, SCH_RECORD_APPLICATION_DATA, 100, 16284), SEC_E_OK);
  CHECK_EQUAL(pair->opened.data, 100);
  CHECK_EQUAL(open_padded(pair, SCH_RECORD_APPLICATION_DATA, 100, 16285),
              fatal(SCH_ALERT_record_overflow));
  CHECK_EQUAL(open_padded(pair, SCH_RECORD_APPLICATION_DATA, 0, 16384 + 239),
              fatal(SCH_ALERT_record_overflow));
  CHECK_EQUAL(open_padded(pair, SCH_RECORD_APPLICATION_DATA, 0, 16384 + 240),
              fatal(SCH_ALERT_record_overflow));
  CHECK_EQUAL(open_padded(pair, 0, 0, 0), fatal(SCH_ALERT_unexpected_message));
  CHECK_EQUAL(open_padded(pair, 0, 0, 100), fatal(SCH_ALERT_unexpected_message));
  CHECK_EQUAL(open_padded(pair, SCH_RECORD_HANDSHAKE, 0, 9), fatal(SCH_ALERT_unexpected_message));
}

/* TLS 1.3 padding is stripped, counts against the size, and cannot be all there is. */
TEST(padding) {
  for_each(pad);
}

/* flip tells what a record with one bit changed at `offset` must be answered. */
static SECURITY_STATUS flipped(const struct pair *pair, size_t offset) {
  if (offset == 0 && is_1_3(pair)) {
    return fatal(SCH_ALERT_unexpected_message);
  }
  if (offset == 1 || offset == 2) {
    return fatal(is_1_3(pair) ? SCH_ALERT_decode_error : SCH_ALERT_protocol_version);
  }
  return SEC_E_MESSAGE_ALTERED;
}

static void tamper(struct pair *pair) {
  const struct sch_span data = sch_span_of(bytes, 20);
  const size_t size = usual(pair, SCH_RECORD_APPLICATION_DATA, data).size;

  for (size_t offset = 0; offset < size; offset++) {
    for (int bit = 0; bit < 8; bit += offset < SCH_RECORD_HEADER ? 1 : 7) {
      fresh(pair);
      const struct sch_span record = usual(pair, SCH_RECORD_APPLICATION_DATA, data);

      pair->wire[offset] ^= (uint8_t)(1 << bit);
      if (offset != 3 && offset != 4) {
        CHECK_EQUAL(open_here(pair, record), flipped(pair, offset));
      }
    }
  }
}

/* One flipped bit anywhere is seen. The length is the framing's, and is seen below. */
TEST(tampered) {
  for_each(tamper);
}

static void cut(struct pair *pair) {
  const struct sch_span data = sch_span_of(bytes, 20);
  const size_t size = usual(pair, SCH_RECORD_APPLICATION_DATA, data).size;

  for (size_t left = SCH_RECORD_HEADER; left < size; left++) {
    fresh(pair);
    struct sch_span record = usual(pair, SCH_RECORD_APPLICATION_DATA, data);

    record.size = left;
    pair->wire[4] = (uint8_t)(left - SCH_RECORD_HEADER);
    CHECK_EQUAL(open_here(pair, record), SEC_E_MESSAGE_ALTERED);
  }
}

/* A record cut short anywhere, its length made to fit, is not authentic. */
TEST(truncated) {
  for_each(cut);
}

static void reorder(struct pair *pair) {
  const struct sch_span data = sch_span_of(bytes, 20);

  fresh(pair);
  (void)usual(pair, SCH_RECORD_APPLICATION_DATA, data);
  CHECK_EQUAL(open_here(pair, usual(pair, SCH_RECORD_APPLICATION_DATA, data)),
              SEC_E_MESSAGE_ALTERED);

  uint8_t again[64];

  fresh(pair);
  const struct sch_span record = usual(pair, SCH_RECORD_APPLICATION_DATA, data);

  sch_copy(again, record.data, record.size);
  CHECK_EQUAL(open_here(pair, record), SEC_E_OK);
  sch_copy(pair->wire, again, record.size);
  CHECK_EQUAL(open_here(pair, record), SEC_E_MESSAGE_ALTERED);
}

/* A record skipped, and a record repeated, are seen. */
TEST(sequence) {
  for_each(reorder);
}

static void try_types(struct pair *pair) {
  for (int type = 0; type < 256; type++) {
    struct sch_records_shape shape = sch_records_usual(&pair->peer, (uint8_t)type);
    const bool data = type == SCH_RECORD_APPLICATION_DATA;
    const bool message = type == SCH_RECORD_HANDSHAKE && is_1_3(pair);
    const SECURITY_STATUS expected = data      ? SEC_E_OK
                                     : message ? SEC_I_RENEGOTIATE
                                               : fatal(SCH_ALERT_unexpected_message);

    if (is_1_3(pair) || (type >= 20 && type <= 23 && type != SCH_RECORD_HANDSHAKE)) {
      CHECK_EQUAL(open_after(pair, shape, sch_span_of(bytes, 100)), expected);
    }
    if (is_1_3(pair) && type >= 20 && type <= 22) {
      shape.outer = (uint8_t)type;
      shape.type = SCH_RECORD_APPLICATION_DATA;
      CHECK_EQUAL(open_after(pair, shape, sch_span_of(bytes, 100)),
                  fatal(SCH_ALERT_unexpected_message));
    }
    if (type >= 20 && type <= 22) {
      CHECK_EQUAL(open_usual(pair, (uint8_t)type, nothing), fatal(SCH_ALERT_unexpected_message));
    }
  }
}

/* Only data, alerts and handshake messages may come, none of the last two empty, and in TLS 1.3
 * all of them as application data. */
TEST(content_types) {
  memset(bytes, 7, sizeof bytes);
  for_each(try_types);
}

static void try_alerts(struct pair *pair) {
  for (int i = 0; i < 512; i++) {
    const uint8_t level = (uint8_t)(1 + i / 256);
    const uint8_t alert[] = {level, (uint8_t)i};
    const bool warning = is_1_3(pair) ? alert[1] == SCH_ALERT_user_canceled : level == 1;
    const SECURITY_STATUS expected = alert[1] == 0 ? SEC_I_CONTEXT_EXPIRED
                                     : warning     ? SEC_E_OK
                                                   : sch_alert_status(alert[1]);

    CHECK_EQUAL(open_usual(pair, SCH_RECORD_ALERT, sch_span_of(alert, 2)), expected);
    CHECK_EQUAL(pair->opened.data, 0);
  }
  const uint8_t odd[] = {3, SCH_ALERT_handshake_failure, 0};

  CHECK_EQUAL(open_usual(pair, SCH_RECORD_ALERT, sch_span_of(odd, 2)),
              fatal(is_1_3(pair) ? SCH_ALERT_handshake_failure : SCH_ALERT_illegal_parameter));
  CHECK_EQUAL(open_usual(pair, SCH_RECORD_ALERT, sch_span_of(odd, 1)),
              fatal(SCH_ALERT_unexpected_message));
  CHECK_EQUAL(open_usual(pair, SCH_RECORD_ALERT, sch_span_of(odd, 3)),
              fatal(SCH_ALERT_unexpected_message));
}

/* Every alert at both levels means what its version says. */
TEST(alerts_in) {
  for_each(try_alerts);
}

static void read_on(struct pair *pair) {
  static const uint8_t close[] = {1, 0};
  uint8_t type;
  struct sch_span data;

  CHECK_EQUAL(open_usual(pair, SCH_RECORD_ALERT, sch_span_of(close, 2)), SEC_I_CONTEXT_EXPIRED);
  CHECK_EQUAL(open_here(pair, usual(pair, SCH_RECORD_APPLICATION_DATA, sch_span_of(bytes, 9))),
              SEC_I_CONTEXT_EXPIRED);
  CHECK_EQUAL(pair->opened.data, 0);

  pair->to.size = 0;
  CHECK_EQUAL(class->seal(pair->engine, sch_span_of(bytes, 9), &pair->to), SEC_E_OK);
  CHECK(sch_records_unseal(&pair->peer, pair->wire, pair->to.size, &type, &data));
  CHECK_EQUAL(type, SCH_RECORD_APPLICATION_DATA);
  CHECK_BYTES(data, sch_span_of(bytes, 9));
}

/* After close_notify nothing more is read; what is written still arrives. */
TEST(half_close) {
  for_each(read_on);
}

/* sent checks that the engine's token is one sealed alert. */
static void sent(struct pair *pair, uint8_t level, uint8_t description) {
  const struct sch_span token = sch_fifo_held(&pair->token);
  uint8_t type = 0;
  struct sch_span data = nothing;
  const uint8_t expected[] = {level, description};

  CHECK(sch_records_unseal(&pair->peer, sch_fifo_lend(&pair->token), token.size, &type, &data));
  CHECK_EQUAL(type, SCH_RECORD_ALERT);
  CHECK_BYTES(data, sch_span_of(expected, 2));
}

static void try_hello_requests(struct pair *pair) {
  static const uint8_t requests[] = {0, 0, 0, 0, 0, 0, 0, 0};
  static const uint8_t hello[] = {1, 0, 0, 2, 3, 3};
  static const uint8_t odd[] = {0, 0, 0, 1, 0};
  const struct sch_span good =
      pair->server ? sch_span_of(hello, sizeof hello) : sch_span_of(requests, 4);
  const struct sch_span bad = pair->server ? sch_span_of(requests, 4) : sch_span_of(odd, 5);

  if (is_1_3(pair)) {
    return;
  }
  CHECK_EQUAL(open_usual(pair, SCH_RECORD_HANDSHAKE, bad), fatal(SCH_ALERT_unexpected_message));
  CHECK_EQUAL(open_usual(pair, SCH_RECORD_HANDSHAKE, good), SEC_I_RENEGOTIATE);
  CHECK(!pair->opened.again);
  CHECK_EQUAL(pair->opened.data, 0);
  CHECK_EQUAL(step(pair, nothing), SEC_E_OK);
  sent(pair, SCH_ALERT_WARNING, SCH_ALERT_no_renegotiation);
  CHECK_EQUAL(step(pair, nothing), SEC_E_INCOMPLETE_MESSAGE);
  CHECK_EQUAL(sch_fifo_held(&pair->token).size, 0);

  CHECK_EQUAL(open_here(pair, usual(pair, SCH_RECORD_HANDSHAKE, sch_span_first(good, 3))),
              SEC_E_OK);
  CHECK_EQUAL(
      open_here(pair, usual(pair, SCH_RECORD_HANDSHAKE, sch_span_last(good, good.size - 3))),
      SEC_I_RENEGOTIATE);
  CHECK_EQUAL(step(pair, nothing), SEC_E_OK);
  if (!pair->server) {
    CHECK_EQUAL(open_here(pair, usual(pair, SCH_RECORD_HANDSHAKE, sch_span_of(requests, 8))),
                SEC_I_RENEGOTIATE);
    CHECK_EQUAL(step(pair, nothing), SEC_E_OK);
  }
  CHECK_EQUAL(open_here(pair, usual(pair, SCH_RECORD_APPLICATION_DATA, good)), SEC_E_OK);
  CHECK_EQUAL(step(pair, usual(pair, SCH_RECORD_HANDSHAKE, good)),
              fatal(SCH_ALERT_unexpected_message));
}

/* TLS 1.2: the wish to renegotiate is recognised, whole, split or doubled, and refused; then the
 * data flows on. */
TEST(renegotiation) {
  for_each(try_hello_requests);
}

/* give seals a handshake record, opens it, checks that it is handed back, and steps over it. */
static SECURITY_STATUS give(struct pair *pair, struct sch_span message) {
  static uint8_t before[SCH_RECORD_MAX];
  struct sch_records_shape shape = sch_records_usual(&pair->peer, SCH_RECORD_HANDSHAKE);

  shape.padding = 3;
  const struct sch_span record = made(pair, shape, message);

  sch_copy(before, record.data, record.size);
  for (int times = 0; times < 2; times++) {
    CHECK_EQUAL(open_here(pair, record), SEC_I_RENEGOTIATE);
    CHECK(pair->opened.again);
    CHECK_BYTES(record, sch_span_of(before, record.size));
  }
  const SECURITY_STATUS status = step(pair, record);

  CHECK_BYTES(record, sch_span_of(before, record.size));
  return status;
}

static SECURITY_STATUS give_fresh(struct pair *pair, const uint8_t *message, size_t size) {
  fresh(pair);
  return give(pair, sch_span_of(message, size));
}

/* data_flows checks both directions. */
static void data_flows(struct pair *pair) {
  uint8_t type = 0;
  struct sch_span data = nothing;

  CHECK_EQUAL(open_here(pair, usual(pair, SCH_RECORD_APPLICATION_DATA, sch_span_of(bytes, 30))),
              SEC_E_OK);
  CHECK_BYTES(opened_data(pair), sch_span_of(bytes, 30));
  pair->to.size = 0;
  CHECK_EQUAL(class->seal(pair->engine, sch_span_of(bytes, 30), &pair->to), SEC_E_OK);
  CHECK(sch_records_unseal(&pair->peer, pair->wire, pair->to.size, &type, &data));
  CHECK_BYTES(data, sch_span_of(bytes, 30));
}

static void try_updates(struct pair *pair) {
  static const uint8_t no[] = {KEY_UPDATE, 0, 0, 1, 0};
  static const uint8_t yes[] = {KEY_UPDATE, 0, 0, 1, 1};
  static const uint8_t odd[] = {KEY_UPDATE, 0, 0, 1, 2};
  static const uint8_t small[] = {KEY_UPDATE, 0, 0, 0};
  static const uint8_t large[] = {KEY_UPDATE, 0, 0, 2, 0, 0};
  static const uint8_t twice[] = {KEY_UPDATE, 0, 0, 1, 0, KEY_UPDATE, 0, 0, 1, 0};
  uint8_t type = 0;
  struct sch_span data = nothing;

  if (!is_1_3(pair)) {
    return;
  }
  CHECK_EQUAL(give_fresh(pair, odd, 5), fatal(SCH_ALERT_illegal_parameter));
  CHECK_EQUAL(give_fresh(pair, small, 4), fatal(SCH_ALERT_decode_error));
  CHECK_EQUAL(give_fresh(pair, large, 6), fatal(SCH_ALERT_decode_error));
  CHECK_EQUAL(give_fresh(pair, twice, 10), fatal(SCH_ALERT_unexpected_message));
  sent(pair, SCH_ALERT_FATAL, SCH_ALERT_unexpected_message);

  CHECK_EQUAL(give_fresh(pair, no, 5), SEC_E_OK);
  CHECK_EQUAL(sch_fifo_held(&pair->token).size, 0);
  sch_records_roll(&pair->peer);
  data_flows(pair);
  for (int turn = 0; turn < 3; turn++) {
    CHECK_EQUAL(give(pair, sch_span_of(yes, 5)), SEC_E_OK);
    sch_records_roll(&pair->peer);
    CHECK(sch_records_unseal(&pair->peer, sch_fifo_lend(&pair->token),
                             sch_fifo_held(&pair->token).size, &type, &data));
    CHECK_EQUAL(type, SCH_RECORD_HANDSHAKE);
    CHECK_BYTES(data, sch_span_of(no, 5));
    data_flows(pair);
  }
}

/* TLS 1.3 KeyUpdate: followed, answered when asked, refused when malformed or not the last. */
TEST(key_updates) {
  for_each(try_updates);
}

/* give_pieces gives a message of `size` bytes in records of `piece`. */
static SECURITY_STATUS give_pieces(struct pair *pair, size_t size, size_t piece) {
  struct sch_span rest = sch_span_of(bytes, size);
  SECURITY_STATUS status = SEC_E_OK;

  bytes[0] = NEW_SESSION_TICKET;
  bytes[1] = (uint8_t)((size - 4) >> 16);
  bytes[2] = (uint8_t)((size - 4) >> 8);
  bytes[3] = (uint8_t)(size - 4);
  while (rest.size != 0 && status == SEC_E_OK) {
    const struct sch_span next = sch_span_first(rest, piece);

    rest = sch_span_last(rest, rest.size - next.size);
    status = give(pair, next);
    CHECK_EQUAL(status < 0 || sch_fifo_held(&pair->token).size == 0, 1);
  }
  return status;
}

static void try_tickets(struct pair *pair) {
  static const uint8_t two[] = {NEW_SESSION_TICKET, 0, 0, 1, 9, NEW_SESSION_TICKET, 0, 0, 0};
  static const uint8_t then[] = {NEW_SESSION_TICKET, 0, 0, 0, KEY_UPDATE, 0, 0, 1, 0};
  static const uint8_t finished[] = {20, 0, 0, 0};

  if (!is_1_3(pair)) {
    return;
  }
  CHECK_EQUAL(give_fresh(pair, finished, 4), fatal(SCH_ALERT_unexpected_message));
  if (pair->server) {
    CHECK_EQUAL(give_fresh(pair, two, sizeof two), fatal(SCH_ALERT_unexpected_message));
    return;
  }
  CHECK_EQUAL(give_fresh(pair, two, sizeof two), SEC_E_OK);
  data_flows(pair);
  CHECK_EQUAL(give(pair, sch_span_of(then, sizeof then)), SEC_E_OK);
  sch_records_roll(&pair->peer);
  data_flows(pair);
  CHECK_EQUAL(give_pieces(pair, 40, 1), SEC_E_OK);
  data_flows(pair);
  CHECK_EQUAL(give_pieces(pair, SCH_AEAD_MESSAGE_MAX, 16381), SEC_E_OK);
  data_flows(pair);
  CHECK_EQUAL(give_pieces(pair, SCH_AEAD_MESSAGE_MAX + 1, 16381),
              fatal(SCH_ALERT_illegal_parameter));

  fresh(pair);
  CHECK_EQUAL(give(pair, sch_span_of(two, 3)), SEC_E_OK);
  CHECK_EQUAL(open_here(pair, usual(pair, SCH_RECORD_APPLICATION_DATA, nothing)),
              fatal(SCH_ALERT_unexpected_message));
}

/* TLS 1.3 NewSessionTicket: one, several, before a KeyUpdate, in pieces, up to 64 KiB; never mixed
 * with data, never for a server. */
TEST(tickets) {
  for_each(try_tickets);
}

static void step_badly(struct pair *pair) {
  if (!is_1_3(pair)) {
    return;
  }
  CHECK_EQUAL(step(pair, nothing), SEC_E_INCOMPLETE_MESSAGE);
  CHECK_EQUAL(step(pair, usual(pair, SCH_RECORD_APPLICATION_DATA, nothing)),
              fatal(SCH_ALERT_unexpected_message));
  sent(pair, SCH_ALERT_FATAL, SCH_ALERT_unexpected_message);

  static const uint8_t no[] = {KEY_UPDATE, 0, 0, 1, 0};

  fresh(pair);
  const struct sch_span record = usual(pair, SCH_RECORD_HANDSHAKE, sch_span_of(no, 5));

  CHECK_EQUAL(open_here(pair, record), SEC_I_RENEGOTIATE);
  pair->wire[record.size - 1] ^= 1;
  CHECK_EQUAL(step(pair, record), SEC_E_MESSAGE_ALTERED);
  sent(pair, SCH_ALERT_FATAL, SCH_ALERT_bad_record_mac);
}

/* A step takes handshake records only, and not other bytes than those it was handed back. */
TEST(steps) {
  for_each(step_badly);
}

static void shake_badly(struct pair *pair) {
  static const uint8_t hello[2][9] = {{22, 3, 1, 0, 4, 1, 0, 0, 0}, {22, 3, 3, 0, 4, 2, 0, 0, 0}};
  const uint8_t *expected = hello[pair->server ? 0 : 1];
  uint8_t record[9];

  for (size_t offset = 0; offset < sizeof record; offset++) {
    sch_copy(record, expected, sizeof record);
    record[offset] ^= 1;
    fresh_engine(pair);
    if (!pair->server) {
      CHECK_EQUAL(step(pair, nothing), SEC_I_CONTINUE_NEEDED);
    }
    CHECK_EQUAL(step(pair, sch_span_of(record, sizeof record)),
                fatal(SCH_ALERT_unexpected_message));
    CHECK_BYTES(sch_fifo_held(&pair->token), sch_span_of("\x15\x03\x03\x00\x02\x02\x0a", 7));
  }
  if (!pair->server) {
    fresh_engine(pair);
    CHECK_EQUAL(step(pair, sch_span_of(expected, 9)), fatal(SCH_ALERT_unexpected_message));
    CHECK_BYTES(sch_fifo_held(&pair->token), sch_span_of("\x15\x03\x01\x00\x02\x02\x0a", 7));
    fresh_engine(pair);
    CHECK_EQUAL(
        class->alert(pair->engine, SCH_ALERT_FATAL, SCH_ALERT_bad_certificate, &pair->token),
        SEC_E_OK);
    CHECK_BYTES(sch_span_last(sch_fifo_held(&pair->token), 7),
                sch_span_of("\x15\x03\x01\x00\x02\x02\x2a", 7));
  }
}

/* The null handshake takes its one record and answers anything else with a clear alert. */
TEST(handshake) {
  for_each(shake_badly);
}

static void seal_small(struct pair *pair) {
  struct sch_engine_facts facts;
  uint8_t type = 0;
  struct sch_span data = nothing;

  class->facts(pair->engine, &facts);
  CHECK_EQUAL(facts.version, is_1_3(pair) ? SCH_TLS_1_3 : SCH_TLS_1_2);
  CHECK_EQUAL(facts.suite, pair->peer.suite->number);
  CHECK_EQUAL(facts.header, is_1_3(pair) || pair->index == 5 ? 5 : 13);
  CHECK_EQUAL(facts.trailer, is_1_3(pair) ? 17 : 16);
  CHECK_EQUAL(facts.block, 1);
  CHECK_EQUAL(facts.peer_certificate.size + facts.protocol.size + facts.resumed, 0);

  const size_t size = facts.header + 10 + facts.trailer;
  struct sch_builder small = sch_builder_of(pair->wire, size - 1);
  struct sch_builder exact = sch_builder_of(pair->wire, size);

  CHECK_EQUAL(class->seal(pair->engine, sch_span_of(bytes, 10), &small), SEC_E_BUFFER_TOO_SMALL);
  CHECK_EQUAL(small.size, 0);
  sch_copy(pair->wire + facts.header, bytes, 10);
  CHECK_EQUAL(class->seal(pair->engine, sch_span_of(pair->wire + facts.header, 10), &exact),
              SEC_E_OK);
  CHECK_EQUAL(exact.size, size);
  CHECK(sch_records_unseal(&pair->peer, pair->wire, size, &type, &data));
  CHECK_EQUAL(type, SCH_RECORD_APPLICATION_DATA);
  CHECK_BYTES(data, sch_span_of(bytes, 10));
}

/* A record that does not fit is not begun; data may lie where its ciphertext goes. */
TEST(sealing) {
  for_each(seal_small);
}

/* The last sequence number is never used: neither sealed nor opened. */
TEST(exhausted) {
  for (size_t index = 0; index < SCH_ENGINE_AEAD_COUNT; index++) {
    static struct pair pair;
    struct sch_aead_secrets secrets;
    uint8_t wire[64];
    struct sch_builder to = sch_builder_of(wire, sizeof wire);

    pair_open(&pair, index, true);
    class->drop(pair.engine);
    pair.engine = NULL;
    class->credential_drop(pair.credential);
    sch_engine_aead_toy(index, &secrets);
    secrets.server.sequence = UINT64_MAX - 1;
    secrets.client.sequence = UINT64_MAX - 1;
    CHECK_EQUAL(sch_engine_aead_credential(&secrets, true, &pair.credential), SEC_E_OK);
    sch_records_drop(&pair.peer);
    sch_records_open(&pair.peer, &secrets, false);
    fresh(&pair);
    CHECK_EQUAL(class->seal(pair.engine, nothing, &to), SEC_E_OK);
    CHECK_EQUAL(class->seal(pair.engine, nothing, &to), SEC_E_ENCRYPT_FAILURE);
    const struct sch_span record = usual(&pair, SCH_RECORD_APPLICATION_DATA, nothing);

    CHECK_EQUAL(open_here(&pair, record), SEC_E_OK);
    CHECK_EQUAL(open_here(&pair, record), SEC_E_MESSAGE_ALTERED);
    pair_drop(&pair);
  }
}

/* A credential needs a known suite, of a version that is asked for. */
TEST(credentials) {
  struct sch_aead_secrets secrets = {.suite = 0xc013};
  void *credential = NULL;

  CHECK_EQUAL(sch_engine_aead_credential(&secrets, true, &credential), SEC_E_ALGORITHM_MISMATCH);
  for (size_t index = 0; index < SCH_ENGINE_AEAD_COUNT; index++) {
    const uint16_t version = index < 3 ? SCH_TLS_1_3 : SCH_TLS_1_2;
    const uint16_t other = index < 3 ? SCH_TLS_1_2 : SCH_TLS_1_3;
    const struct sch_engine_settings good = {.version_min = version, .version_max = version};
    const struct sch_engine_settings bad = {.version_min = other, .version_max = other};

    CHECK_EQUAL(sch_engine_aead[index].credential_open(&bad, &credential),
                SEC_E_ALGORITHM_MISMATCH);
    CHECK(credential == NULL);
    CHECK_EQUAL(sch_engine_aead[index].credential_open(&good, &credential), SEC_E_OK);
    class->credential_drop(credential);
    credential = NULL;
  }
}

static void use_dead(struct pair *pair) {
  struct sch_builder to = sch_builder_of(pair->wire, sizeof pair->wire);

  CHECK_ABORTS(fresh_engine(pair); (void)class->seal(pair->engine, nothing, &to));
  CHECK_EQUAL(open_usual(pair, SCH_RECORD_CHANGE_CIPHER_SPEC, nothing),
              fatal(SCH_ALERT_unexpected_message));
  CHECK_ABORTS((void)class->seal(pair->engine, nothing, &to));
  CHECK_ABORTS((void)class->open(pair->engine, pair->wire, 5, &pair->opened));
  CHECK_ABORTS((void)class->step(pair->engine, nothing, &pair->token));
  CHECK_ABORTS(
      (void)class->alert(pair->engine, SCH_ALERT_WARNING, SCH_ALERT_close_notify, &pair->token));
}

/* After a failure, and before the handshake, use is a broken contract. */
TEST(contracts) {
  static struct pair pair;

  pair_open(&pair, 0, true);
  use_dead(&pair);
  pair_drop(&pair);
}

TESTS(data_sizes, padding, tampered, truncated, sequence, content_types, alerts_in, half_close,
      renegotiation, key_updates, tickets, steps, handshake, sealing, exhausted, credentials,
      contracts)
