/* test_engine_openssl: the libssl engine, record by record, against itself and against libssl used
 * directly.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "identities.h"
#include "log.h"
#include "peer.h"
#include "test.h"
#include "tls/engine_openssl.h"
#include "tls/suite.h"
#include "world.h"

#define FIFO_MAX ((size_t)1 << 22)
#define SUITE_1_3(number) ((number) >> 8 == 0x13)

static const struct sch_engine_class *const class = &sch_engine_openssl;
static const struct sch_span nothing;
static const struct sch_engine_wishes named = {.target_name = SCH_IDENTITY_HOST};

/* ---- one end, driven as a correct caller would ---- */

struct end {
  void *credential;
  struct sch_engine *engine;
  SECURITY_STATUS status; /* of the last step; SEC_I_CONTINUE_NEEDED while a handshake runs */
  SECURITY_STATUS opened; /* of the last open */
  size_t records;
  size_t renegotiations; /* times open gave SEC_I_RENEGOTIATE without `again` */
  size_t posts;          /* and with it */
  size_t asked;          /* times step wanted a certificate */
  void *supply;          /* the credential that answers */
  struct sch_fifo out;
  struct sch_fifo heard;
};

static struct sch_engine_settings settings_of(bool server, enum sch_identity_kind kind,
                                              uint16_t version) {
  const struct sch_identity *identity = sch_identity(kind);

  return (struct sch_engine_settings){.server = server,
                                      .version_min = version,
                                      .version_max = version,
                                      .certificate = identity->certificate,
                                      .chain = identity->chain,
                                      .key = identity->key};
}

static void end_connect(struct end *end, void *credential, const struct sch_engine_wishes *wishes,
                        bool server) {
  *end = (struct end){.status = SEC_I_CONTINUE_NEEDED, .supply = credential};
  sch_fifo_open(&end->out, FIFO_MAX);
  sch_fifo_open(&end->heard, FIFO_MAX);
  CHECK_EQUAL(class->connection_open(credential, wishes, &end->engine), SEC_E_OK);
  if (!server) {
    CHECK_EQUAL(class->step(end->engine, nothing, &end->out), SEC_I_CONTINUE_NEEDED);
  }
}

static void end_open(struct end *end, const struct sch_engine_settings *settings,
                     const struct sch_engine_wishes *wishes) {
  void *credential = NULL;

  CHECK_EQUAL(class->credential_open(settings, &credential), SEC_E_OK);
  end_connect(end, credential, wishes, settings->server);
  end->credential = credential;
}

static void end_drop(struct end *end) {
  class->drop(end->engine);
  class->credential_drop(end->credential);
  sch_fifo_drop(&end->out);
  sch_fifo_drop(&end->heard);
}

/* end_takes gives one record to the end; `record` may be decrypted in place. */
static void end_takes(struct end *end, uint8_t *record, size_t size) {
  const struct sch_span whole = sch_span_of(record, size);
  struct sch_opened opened;

  end->records++;
  if (end->status == SEC_I_CONTINUE_NEEDED) {
    end->status = class->step(end->engine, whole, &end->out);
    if (end->status == SEC_I_INCOMPLETE_CREDENTIALS) {
      end->asked++;
      CHECK_EQUAL(class->open(end->engine, record, size, &opened), SEC_E_CONTEXT_EXPIRED);
      CHECK_EQUAL(class->supply(end->engine, end->supply), SEC_E_OK);
      end->status = class->step(end->engine, nothing, &end->out);
    }
    return;
  }
  end->opened = class->open(end->engine, record, size, &opened);
  if (end->opened == SEC_I_RENEGOTIATE) {
    CHECK_EQUAL(opened.data, 0);
    end->posts += opened.again;
    end->renegotiations += !opened.again;
    end->status = class->step(end->engine, opened.again ? whole : nothing, &end->out);
  } else if (end->opened == SEC_E_OK) {
    CHECK(opened.header + opened.data <= size);
    CHECK(sch_fifo_append(&end->heard, sch_span_of(record + opened.header, opened.data)));
  }
}

/* end_drains gives the end every whole record of `wire` while it lives. */
static void end_drains(struct end *end, struct sch_fifo *wire) {
  struct sch_record record;
  size_t missing;

  for (;;) {
    struct sch_span rest = sch_fifo_held(wire);

    if (end->status < 0 || end->opened < 0 ||
        sch_record_next(&rest, &record, &missing) != SEC_E_OK) {
      return;
    }
    end_takes(end, sch_fifo_lend(wire), record.whole.size);
    sch_fifo_consume(wire, record.whole.size);
  }
}

static struct sch_span heard(const struct end *end) {
  return sch_fifo_held(&end->heard);
}

static void end_seals(struct end *end, struct sch_span data) {
  static uint8_t room[SCH_RECORD_MAX];
  struct sch_builder record = sch_builder_of(room, sizeof(room));

  CHECK_EQUAL(class->seal(end->engine, data, &record), SEC_E_OK);
  CHECK(sch_fifo_append(&end->out, sch_builder_built(&record)));
}

static struct sch_engine_facts facts_of(const struct end *end) {
  struct sch_engine_facts facts;

  class->facts(end->engine, &facts);
  return facts;
}

/* ---- two ends joined ---- */

/* shake carries records both ways until nobody has any for a living end. */
static void shake(struct end *client, struct end *server) {
  size_t before;

  do {
    before = client->records + server->records;
    end_drains(server, &client->out);
    end_drains(client, &server->out);
  } while (client->records + server->records != before);
}

/* converse carries bytes between an end and a peer until both are silent. */
static void converse(struct end *end, struct sch_peer *peer) {
  SCOPED(fifo) struct sch_fifo wire = {0};
  bool moved = true;

  sch_fifo_open(&wire, FIFO_MAX);
  while (moved) {
    const struct sch_span out = sch_fifo_held(&end->out);

    moved = out.size != 0;
    sch_peer_give(peer, out);
    sch_fifo_consume(&end->out, out.size);
    CHECK(sch_peer_take(peer, &wire));
    moved = moved || sch_fifo_held(&wire).size != 0;
    end_drains(end, &wire);
    sch_fifo_consume(&wire, sch_fifo_held(&wire).size);
  }
}

static struct sch_peer_facts peer_facts(const struct sch_peer *peer) {
  struct sch_peer_facts facts;

  sch_peer_facts(peer, &facts);
  return facts;
}

static void check_peer_hears(struct end *end, struct sch_peer *peer, struct sch_span data) {
  struct sch_fifo *fifo = sch_peer_heard(peer);

  end_seals(end, data);
  converse(end, peer);
  CHECK_BYTES(sch_fifo_held(fifo), data);
  sch_fifo_consume(fifo, sch_fifo_held(fifo).size);
}

static void check_end_hears(struct end *end, struct sch_peer *peer, struct sch_span data) {
  CHECK(sch_peer_write(peer, data));
  converse(end, peer);
  CHECK_BYTES(heard(end), data);
  sch_fifo_consume(&end->heard, heard(end).size);
}

static void check_both_hear(struct end *end, struct sch_peer *peer) {
  check_peer_hears(end, peer, sch_span_text("to the peer"));
  check_end_hears(end, peer, sch_span_text("from the peer"));
}

/* joined opens a server end and a client peer, or the other way round, and shakes hands. */
static struct sch_peer *joined(struct end *end, bool server, uint16_t version,
                               const struct sch_peer_config *config) {
  struct sch_peer_config other = *config;

  other.server = !server;
  other.version_min = version;
  other.version_max = version;
  const struct sch_engine_settings settings =
      settings_of(server, server ? SCH_IDENTITY_ECDSA : SCH_IDENTITY_NONE, version);

  end_open(end, &settings, &named);
  struct sch_peer *peer = sch_peer_open(&other, NULL);

  converse(end, peer);
  CHECK_EQUAL(end->status, SEC_E_OK);
  CHECK(peer_facts(peer).finished);
  return peer;
}

static void part(struct end *end, struct sch_peer *peer) {
  sch_peer_drop(peer);
  end_drop(end);
}

/* ---- tests ---- */

/* check_sizes compares sealed records with what facts promise, and has the peer read them. */
static void check_sizes(struct end *end, struct sch_peer *peer) {
  static const size_t sizes[] = {1, 15, 16, 16384};
  static uint8_t data[16384];
  const struct sch_engine_facts facts = facts_of(end);

  for (size_t i = 0; i < SCH_COUNT(sizes); i++) {
    const struct sch_span plain = sch_span_of(data, sizes[i]);

    memset(data, (int)i + 1, sizeof(data));
    end_seals(end, plain);
    const size_t whole = sch_fifo_held(&end->out).size;

    if (facts.block == 1) {
      CHECK_EQUAL(whole, facts.header + sizes[i] + facts.trailer);
    } else {
      CHECK(whole > facts.header + sizes[i]);
      CHECK(whole <= facts.header + sizes[i] + facts.trailer);
    }
    converse(end, peer);
    CHECK_BYTES(sch_fifo_held(sch_peer_heard(peer)), plain);
    sch_fifo_consume(sch_peer_heard(peer), sizes[i]);
    check_end_hears(end, peer, plain);
  }
}

static bool fits(const struct sch_suite *suite, enum sch_identity_kind kind) {
  return SUITE_1_3(suite->number) ||
         (strstr(suite->openssl_name, "ECDSA") != NULL) !=
             (kind == SCH_IDENTITY_RSA || kind == SCH_IDENTITY_LONG_CHAIN_RSA);
}

static void try_suite(const struct sch_suite *suite, enum sch_identity_kind kind, bool mac_first) {
  const uint16_t version = SUITE_1_3(suite->number) ? SCH_TLS_1_3 : SCH_TLS_1_2;
  const struct sch_engine_settings settings = settings_of(true, kind, version);
  const struct sch_peer_config config = {
      .suite = suite->openssl_name, .version_max = version, .no_encrypt_then_mac = mac_first};
  struct sch_peer *peer = sch_peer_open(&config, NULL);
  struct end server;

  end_open(&server, &settings, &named);
  converse(&server, peer);
  CHECK_EQUAL(server.status, SEC_E_OK);
  CHECK_EQUAL(facts_of(&server).version, version);
  CHECK_EQUAL(facts_of(&server).suite, suite->number);
  CHECK_EQUAL(peer_facts(peer).suite, suite->number);
  check_sizes(&server, peer);
  part(&server, peer);
}

/* The engine offers every suite of the table, with every key that fits it, and each carries data
 * both ways in records of the size that facts promise. */
static void every_suite_carries_data(void) {
  size_t count;
  size_t met = 0;
  const struct sch_suite *suites = sch_suite_table(&count);

  for (size_t i = 0; i < count; i++) {
    for (int kind = SCH_IDENTITY_RSA; kind < SCH_IDENTITY_COUNT; kind++) {
      if (fits(&suites[i], (enum sch_identity_kind)kind)) {
        try_suite(&suites[i], (enum sch_identity_kind)kind, suites[i].hash_bits != 0);
        met++;
      }
    }
  }
  CHECK_EQUAL(met, 3 * 6 + 7 * 4 + 15 * 2);
}

static const struct sch_suite *suite_named(const char *name) {
  size_t count;
  const struct sch_suite *suites = sch_suite_table(&count);

  for (size_t i = 0; i < count; i++) {
    if (strcmp(suites[i].openssl_name, name) == 0) {
      return &suites[i];
    }
  }
  return NULL;
}

/* A CBC suite keeps its promise with encrypt-then-MAC too, where the padding comes first. */
static void encrypt_then_mac_keeps_sizes(void) {
  try_suite(suite_named("ECDHE-ECDSA-AES256-SHA384"), SCH_IDENTITY_ECDSA, false);
  try_suite(suite_named("AES128-SHA"), SCH_IDENTITY_RSA, false);
}

/* The numbers of the Schannel contract: header, trailer and block of each kind of cipher. */
static void facts_give_the_sizes_of_the_cipher(void) {
  static const struct {
    const char *suite;
    size_t header, trailer, block;
  } rows[] = {
      {"TLS_AES_256_GCM_SHA384", 5, 17, 1},
      {"TLS_CHACHA20_POLY1305_SHA256", 5, 17, 1},
      {"ECDHE-RSA-AES128-GCM-SHA256", 13, 16, 1},
      {"ECDHE-RSA-CHACHA20-POLY1305", 5, 16, 1},
      {"ECDHE-RSA-AES256-SHA384", 21, 64, 16},
      {"AES128-SHA256", 21, 48, 16},
      {"AES128-SHA", 21, 36, 16},
  };

  for (size_t i = 0; i < SCH_COUNT(rows); i++) {
    const bool new = strncmp(rows[i].suite, "TLS_", 4) == 0;
    const struct sch_peer_config config = {.suite = rows[i].suite, .identity = SCH_IDENTITY_RSA};
    struct end client;
    struct sch_peer *peer = joined(&client, false, new ? SCH_TLS_1_3 : SCH_TLS_1_2, &config);

    (void)peer;
    CHECK_EQUAL(facts_of(&client).header, rows[i].header);
    CHECK_EQUAL(facts_of(&client).trailer, rows[i].trailer);
    CHECK_EQUAL(facts_of(&client).block, rows[i].block);
    part(&client, peer);
  }
}

/* Engine against engine: what one seals the other opens, both ways, in either version. */
static void two_engines_talk(void) {
  for (uint16_t version = SCH_TLS_1_2; version <= SCH_TLS_1_3; version++) {
    const struct sch_engine_settings client_settings =
        settings_of(false, SCH_IDENTITY_NONE, version);
    const struct sch_engine_settings server_settings =
        settings_of(true, SCH_IDENTITY_LONG_CHAIN, version);
    struct end client;
    struct end server;

    end_open(&client, &client_settings, &named);
    end_open(&server, &server_settings, &named);
    shake(&client, &server);
    CHECK_EQUAL(client.status, SEC_E_OK);
    CHECK_EQUAL(server.status, SEC_E_OK);
    CHECK_BYTES(facts_of(&client).peer_certificate,
                sch_identity(SCH_IDENTITY_LONG_CHAIN)->certificate);
    CHECK_EQUAL(facts_of(&server).peer_certificate.size, 0);
    end_seals(&client, sch_span_text("question"));
    end_seals(&server, sch_span_text("answer"));
    shake(&client, &server);
    CHECK_BYTES(heard(&server), sch_span_text("question"));
    CHECK_BYTES(heard(&client), sch_span_text("answer"));
    end_drop(&client);
    end_drop(&server);
  }
}

/* The chain sent is the credential's, whole: over 20 KiB of it. */
static void long_chain_arrives(void) {
  const struct sch_identity *identity = sch_identity(SCH_IDENTITY_LONG_CHAIN);
  const struct sch_engine_settings settings =
      settings_of(true, SCH_IDENTITY_LONG_CHAIN, SCH_TLS_1_3);
  const struct sch_peer_config config = {.server = false};
  struct sch_peer *peer = sch_peer_open(&config, NULL);
  struct end server;

  CHECK(identity->chain.size >= 20 * 1024);
  end_open(&server, &settings, &named);
  converse(&server, peer);
  CHECK_EQUAL(peer_facts(peer).peer_chain, 9);
  part(&server, peer);
}

/* The server's order decides ALPN; no common name is the fatal alert no_application_protocol. */
static void protocols_are_negotiated(void) {
  static const char server_list[] = "\2h2\10http/1.1";
  const struct sch_engine_wishes wishes = {.protocols = sch_span_text(server_list)};
  const struct sch_engine_settings settings = settings_of(true, SCH_IDENTITY_ECDSA, SCH_TLS_1_3);
  const struct sch_peer_config common = {.protocols = "http/1.1,h2"};
  const struct sch_peer_config alien = {.protocols = "imap"};
  struct sch_peer *peer = sch_peer_open(&common, NULL);
  struct end server;

  end_open(&server, &settings, &wishes);
  converse(&server, peer);
  CHECK_BYTES(facts_of(&server).protocol, sch_span_text("h2"));
  CHECK_BYTES(peer_facts(peer).protocol, sch_span_text("h2"));
  part(&server, peer);

  peer = sch_peer_open(&alien, NULL);
  end_open(&server, &settings, &wishes);
  converse(&server, peer);
  CHECK_EQUAL(server.status, SEC_E_APPLICATION_PROTOCOL_MISMATCH);
  CHECK_EQUAL(peer_facts(peer).alert_in, SCH_ALERT_no_application_protocol);
  part(&server, peer);
}

/* An engine that is a client takes the name the peer chose; one that is a server and has no names
 * leaves the offer alone. */
static void protocols_are_optional(void) {
  const struct sch_engine_wishes wishes = {.protocols = sch_span_text("\2h2")};
  const struct sch_engine_settings as_client = settings_of(false, SCH_IDENTITY_NONE, SCH_TLS_1_2);
  const struct sch_engine_settings as_server = settings_of(true, SCH_IDENTITY_ECDSA, SCH_TLS_1_2);
  const struct sch_peer_config server_config = {
      .server = true, .identity = SCH_IDENTITY_ECDSA, .protocols = "h3,h2"};
  const struct sch_peer_config client_config = {.protocols = "h2"};
  struct sch_peer *peer = sch_peer_open(&server_config, NULL);
  struct end end;

  end_open(&end, &as_client, &wishes);
  converse(&end, peer);
  CHECK_BYTES(facts_of(&end).protocol, sch_span_text("h2"));
  part(&end, peer);

  peer = sch_peer_open(&client_config, NULL);
  end_open(&end, &as_server, &named);
  converse(&end, peer);
  CHECK_EQUAL(end.status, SEC_E_OK);
  CHECK_EQUAL(facts_of(&end).protocol.size, 0);
  part(&end, peer);
}

/* A server name is sent as it is, up to the 255 bytes that libssl takes. */
static void server_name_has_a_limit(void) {
  const struct sch_engine_settings settings = settings_of(false, SCH_IDENTITY_NONE, SCH_TLS_1_3);
  char name[SCH_SESSIONS_NAME_MAX + 2];
  const struct sch_engine_wishes wishes = {.target_name = name};
  struct sch_engine *engine = NULL;
  void *credential;

  memset(name, 'a', sizeof(name));
  name[sizeof(name) - 1] = 0;
  CHECK_EQUAL(class->credential_open(&settings, &credential), SEC_E_OK);
  CHECK_EQUAL(class->connection_open(credential, &wishes, &engine), SEC_E_UNSUPPORTED_FUNCTION);
  name[SCH_SESSIONS_NAME_MAX] = 0;
  CHECK_EQUAL(class->connection_open(credential, &wishes, &engine), SEC_E_OK);
  class->drop(engine);
  class->credential_drop(credential);
}

/* A list of protocols that is not one is refused before anything is sent. */
static void broken_protocols_are_refused(void) {
  const struct sch_engine_settings settings = settings_of(false, SCH_IDENTITY_NONE, SCH_TLS_1_3);
  const struct sch_engine_wishes empty_name = {.protocols = sch_span_of("\0", 1)};
  const struct sch_engine_wishes cut = {.protocols = sch_span_text("\3h2")};
  struct sch_engine *engine = NULL;
  void *credential;

  CHECK_EQUAL(class->credential_open(&settings, &credential), SEC_E_OK);
  CHECK_EQUAL(class->connection_open(credential, &empty_name, &engine), SEC_E_UNSUPPORTED_FUNCTION);
  CHECK_EQUAL(class->connection_open(credential, &cut, &engine), SEC_E_UNSUPPORTED_FUNCTION);
  CHECK(engine == NULL);
  class->credential_drop(credential);
}

/* A client answers a request for a certificate with its own, or with none: both go through. */
static void client_certificate_is_sent_on_request(void) {
  static const enum sch_identity_kind kinds[] = {SCH_IDENTITY_NONE, SCH_IDENTITY_RSA,
                                                 SCH_IDENTITY_ED25519};
  static const struct sch_engine_wishes asking = {.client_certificate = true};

  for (size_t i = 0; i < SCH_COUNT(kinds) * 2; i++) {
    const uint16_t version = i % 2 == 0 ? SCH_TLS_1_2 : SCH_TLS_1_3;
    const enum sch_identity_kind kind = kinds[i / 2];
    const struct sch_engine_settings server_settings =
        settings_of(true, SCH_IDENTITY_ECDSA, version);
    const struct sch_engine_settings client_settings = settings_of(false, kind, version);
    struct end client;
    struct end server;

    end_open(&client, &client_settings, &named);
    end_open(&server, &server_settings, &asking);
    shake(&client, &server);
    CHECK_EQUAL(client.status, SEC_E_OK);
    CHECK_EQUAL(server.status, SEC_E_OK);
    CHECK_EQUAL(client.asked, kind == SCH_IDENTITY_NONE);
    CHECK_BYTES(facts_of(&server).peer_certificate, sch_identity(kind)->certificate);
    end_drop(&client);
    end_drop(&server);
  }
}

/* A client that is asked for a certificate may bring another credential, with its chain; one that
 * has said there is nothing more to come is not asked. */
static void certificate_comes_when_asked(void) {
  static const struct sch_engine_wishes asking = {.client_certificate = true};

  for (uint16_t version = SCH_TLS_1_2; version <= SCH_TLS_1_3; version++) {
    const struct sch_engine_settings server_settings =
        settings_of(true, SCH_IDENTITY_ECDSA, version);
    const struct sch_engine_settings bare = settings_of(false, SCH_IDENTITY_NONE, version);
    const struct sch_engine_settings certified = settings_of(false, SCH_IDENTITY_RSA, version);
    struct end client;
    struct end server;
    void *other = NULL;

    CHECK_EQUAL(class->credential_open(&certified, &other), SEC_E_OK);
    for (int said = 0; said < 2; said++) {
      end_open(&client, &bare, &named);
      end_open(&server, &server_settings, &asking);
      client.supply = other;
      if (said == 1) {
        CHECK_EQUAL(class->supply(client.engine, client.credential), SEC_E_OK);
      }
      shake(&client, &server);
      CHECK_EQUAL(client.status, SEC_E_OK);
      CHECK_EQUAL(server.status, SEC_E_OK);
      CHECK_EQUAL(client.asked, said == 0);
      CHECK_BYTES(facts_of(&server).peer_certificate,
                  said == 0 ? sch_identity(SCH_IDENTITY_RSA)->certificate : nothing);
      end_drop(&client);
      end_drop(&server);
    }
    class->credential_drop(other);
  }
}

/* A HelloRetryRequest is one more turn, as client and as server. */
static void hello_retry_is_survived(void) {
  const struct sch_peer_config as_server = {.groups = SCH_PEER_RETRY_SERVER,
                                            .identity = SCH_IDENTITY_ECDSA};
  const struct sch_peer_config as_client = {.groups = SCH_PEER_RETRY_CLIENT};

  for (int server = 0; server < 2; server++) {
    struct end end;
    struct sch_peer *peer =
        joined(&end, server == 1, SCH_TLS_1_3, server == 1 ? &as_client : &as_server);

    CHECK(peer_facts(peer).retried);
    check_both_hear(&end, peer);
    part(&end, peer);
  }
}

/* Tickets come one to a record, each as SEC_I_RENEGOTIATE with `again`, and lead to no token. */
static void tickets_pass_through_step(void) {
  const struct sch_peer_config config = {.identity = SCH_IDENTITY_ECDSA, .tickets = 3};
  struct end client;
  struct sch_peer *peer = joined(&client, false, SCH_TLS_1_3, &config);

  CHECK_EQUAL(client.posts, 3);
  CHECK(sch_peer_ticket(peer));
  converse(&client, peer);
  CHECK_EQUAL(client.posts, 4);
  CHECK_EQUAL(sch_fifo_held(&client.out).size, 0);
  check_both_hear(&client, peer);
  part(&client, peer);
}

/* A ticket in several records is a handshake while it lasts: step wants the rest, and nothing is
 * sealed until it is there. The ticket is long because it holds the client's certificate. */
static void ticket_in_pieces_is_brought_together(void) {
  const struct sch_engine_settings settings = settings_of(false, SCH_IDENTITY_RSA, SCH_TLS_1_3);
  const struct sch_peer_config config = {.server = true,
                                         .identity = SCH_IDENTITY_ECDSA,
                                         .client_certificate = true,
                                         .fragment = 512,
                                         .tickets = 1};
  struct sch_peer *peer = sch_peer_open(&config, NULL);
  SCOPED(fifo) struct sch_fifo wire = {0};
  struct sch_record first;
  struct end client;
  uint8_t room[64];
  struct sch_builder sealed = sch_builder_of(room, sizeof(room));

  sch_fifo_open(&wire, FIFO_MAX);
  end_open(&client, &settings, &named);
  converse(&client, peer);
  CHECK_EQUAL(client.status, SEC_E_OK);
  CHECK_EQUAL(peer_facts(peer).peer_chain, 1);
  CHECK(sch_peer_ticket(peer));
  CHECK(sch_peer_take(peer, &wire));
  struct sch_span rest = sch_fifo_held(&wire);
  size_t missing;

  CHECK_EQUAL(sch_record_next(&rest, &first, &missing), SEC_E_OK);
  CHECK(rest.size != 0);
  end_takes(&client, sch_fifo_lend(&wire), first.whole.size);
  CHECK_EQUAL(client.status, SEC_I_CONTINUE_NEEDED);
  CHECK_EQUAL(class->seal(client.engine, sch_span_text("x"), &sealed), SEC_E_CONTEXT_EXPIRED);
  sch_fifo_consume(&wire, first.whole.size);
  end_drains(&client, &wire);
  CHECK_EQUAL(client.status, SEC_E_OK);
  check_both_hear(&client, peer);
  part(&client, peer);
}

/* The reply to a KeyUpdate request leaves with the step, not with the next write. */
static void key_update_is_answered_by_step(void) {
  for (int server = 0; server < 2; server++) {
    const struct sch_peer_config config = {.identity = SCH_IDENTITY_ECDSA};
    struct end end;
    struct sch_peer *peer = joined(&end, server == 1, SCH_TLS_1_3, &config);

    CHECK(sch_peer_key_update(peer, false));
    converse(&end, peer);
    CHECK_EQUAL(peer_facts(peer).key_updates, 0);
    CHECK(sch_peer_key_update(peer, true));
    converse(&end, peer);
    CHECK_EQUAL(end.posts, 2);
    CHECK_EQUAL(peer_facts(peer).key_updates, 1);
    check_both_hear(&end, peer);
    part(&end, peer);
  }
}

/* open_next opens the first record of `wire` without giving it to step. */
static SECURITY_STATUS open_next(struct end *end, struct sch_fifo *wire, struct sch_record *record,
                                 struct sch_opened *opened) {
  struct sch_span rest = sch_fifo_held(wire);
  size_t missing;

  CHECK_EQUAL(sch_record_next(&rest, record, &missing), SEC_E_OK);
  return class->open(end->engine, sch_fifo_lend(wire), record->whole.size, opened);
}

/* Between SEC_I_RENEGOTIATE and the step that is owed, nothing is opened or sealed, an empty step
 * does nothing, and any other record is refused. */
static void post_handshake_record_is_owed_to_step(void) {
  const struct sch_peer_config config = {.identity = SCH_IDENTITY_ECDSA};
  struct end client;
  struct sch_peer *peer = joined(&client, false, SCH_TLS_1_3, &config);
  SCOPED(fifo) struct sch_fifo wire = {0};
  struct sch_record record;
  struct sch_opened opened;
  uint8_t copy[64];
  uint8_t room[64];
  struct sch_builder sealed = sch_builder_of(room, sizeof(room));

  sch_fifo_open(&wire, FIFO_MAX);
  CHECK(sch_peer_key_update(peer, true));
  CHECK(sch_peer_take(peer, &wire));
  const struct sch_span before = sch_fifo_held(&wire);

  CHECK(before.size <= sizeof(copy));
  sch_copy(copy, before.data, before.size);
  CHECK_EQUAL(open_next(&client, &wire, &record, &opened), SEC_I_RENEGOTIATE);
  CHECK(opened.again);
  CHECK_BYTES(record.whole, sch_span_of(copy, before.size));
  CHECK_EQUAL(class->seal(client.engine, sch_span_text("x"), &sealed), SEC_E_CONTEXT_EXPIRED);
  CHECK_EQUAL(sealed.size, 0);
  CHECK_EQUAL(open_next(&client, &wire, &record, &opened), SEC_E_CONTEXT_EXPIRED);
  CHECK_EQUAL(class->step(client.engine, nothing, &client.out), SEC_E_INCOMPLETE_MESSAGE);
  CHECK_EQUAL(sch_fifo_held(&client.out).size, 0);
  copy[before.size - 1] ^= 1;
  CHECK_EQUAL(class->step(client.engine, sch_span_of(copy, before.size), &client.out),
              SEC_E_INVALID_TOKEN);
  part(&client, peer);
}

/* A server's HelloRequest is one record of 33 bytes with AES-GCM, seen as header 13, data 0 and
 * trailer 20; it is held back until an empty step, which sends ClientHello. */
static void hello_request_is_held_back(void) {
  const struct sch_peer_config config = {.identity = SCH_IDENTITY_ECDSA,
                                         .suite = "ECDHE-ECDSA-AES256-GCM-SHA384"};
  struct end client;
  struct sch_peer *peer = joined(&client, false, SCH_TLS_1_2, &config);
  SCOPED(fifo) struct sch_fifo wire = {0};
  struct sch_record record;
  struct sch_opened opened;

  sch_fifo_open(&wire, FIFO_MAX);
  CHECK(sch_peer_renegotiate(peer));
  CHECK(sch_peer_take(peer, &wire));
  CHECK_EQUAL(sch_fifo_held(&wire).size, 33);
  CHECK_EQUAL(open_next(&client, &wire, &record, &opened), SEC_I_RENEGOTIATE);
  CHECK(!opened.again);
  CHECK_EQUAL(opened.header, 13);
  CHECK_EQUAL(opened.data, 0);
  CHECK_EQUAL(record.whole.size - opened.header, 20);
  CHECK_EQUAL(sch_fifo_held(&client.out).size, 0);
  client.status = class->step(client.engine, nothing, &client.out);
  CHECK_EQUAL(client.status, SEC_I_CONTINUE_NEEDED);
  CHECK(sch_fifo_held(&client.out).size != 0);
  converse(&client, peer);
  CHECK_EQUAL(client.status, SEC_E_OK);
  CHECK_EQUAL(peer_facts(peer).handshakes, 2);
  check_both_hear(&client, peer);
  part(&client, peer);
}

/* Renegotiation works from either end, with either end as the engine, and data flows after it. */
static void renegotiation_from_either_end(void) {
  for (int turn = 0; turn < 4; turn++) {
    const bool server = turn % 2 == 1;
    const struct sch_peer_config config = {.identity = SCH_IDENTITY_RSA};
    struct end end;
    struct sch_peer *peer = joined(&end, server, SCH_TLS_1_2, &config);

    if (turn < 2) {
      CHECK(sch_peer_renegotiate(peer));
    } else {
      end.status = class->step(end.engine, nothing, &end.out);
      CHECK_EQUAL(end.status, server ? SEC_E_OK : SEC_I_CONTINUE_NEEDED);
    }
    converse(&end, peer);
    CHECK_EQUAL(end.status, SEC_E_OK);
    CHECK_EQUAL(end.renegotiations, turn == 2 ? 0 : 1);
    CHECK_EQUAL(peer_facts(peer).handshakes, 2);
    check_both_hear(&end, peer);
    part(&end, peer);
  }
}

/* An empty step with nothing to do says so and changes nothing. */
static void empty_step_without_cause_is_pure(void) {
  const struct sch_engine_settings settings = settings_of(true, SCH_IDENTITY_ECDSA, SCH_TLS_1_3);
  const struct sch_peer_config config = {.server = false};
  struct sch_peer *peer = sch_peer_open(&config, NULL);
  struct end server;

  end_open(&server, &settings, &named);
  CHECK_EQUAL(class->step(server.engine, nothing, &server.out), SEC_E_INCOMPLETE_MESSAGE);
  converse(&server, peer);
  CHECK_EQUAL(server.status, SEC_E_OK);
  CHECK_EQUAL(class->step(server.engine, nothing, &server.out), SEC_E_INCOMPLETE_MESSAGE);
  CHECK_EQUAL(sch_fifo_held(&server.out).size, 0);
  check_both_hear(&server, peer);
  part(&server, peer);
}

/* A record that was altered on its way ends a connection. */
static void check_altered(struct end *end) {
  uint8_t record[] = {SCH_RECORD_APPLICATION_DATA, 3, 3, 0, 40, [44] = 1};
  struct sch_opened opened;

  CHECK_EQUAL(class->open(end->engine, record, sizeof record, &opened), SEC_E_MESSAGE_ALTERED);
}

/* resume connects twice with one engine credential, the second time when the first connection is
 * gone without close_notify or `broken`, and says whether the second was resumed. */
static bool resume(uint16_t version, bool reconnect, bool broken) {
  struct sch_engine_settings settings = settings_of(false, SCH_IDENTITY_NONE, version);
  const struct sch_peer_config config = {
      .server = true, .identity = SCH_IDENTITY_ECDSA, .version_max = version, .tickets = 1};
  bool resumed[2];
  void *credential;

  settings.reconnect = reconnect;
  CHECK_EQUAL(class->credential_open(&settings, &credential), SEC_E_OK);
  for (size_t i = 0; i < SCH_COUNT(resumed); i++) {
    struct sch_peer *peer = sch_peer_open(&config, NULL);
    struct end client;

    end_connect(&client, credential, &named, false);
    converse(&client, peer);
    CHECK_EQUAL(client.status, SEC_E_OK);
    check_both_hear(&client, peer);
    resumed[i] = facts_of(&client).resumed;
    CHECK_EQUAL(peer_facts(peer).resumed, resumed[i]);
    if (broken) {
      check_altered(&client);
    }
    part(&client, peer);
  }
  class->credential_drop(credential);
  CHECK(!resumed[0]);
  return resumed[1];
}

/* A client credential keeps sessions by target name only when asked to, and none of a connection
 * that failed. */
static void client_resumes_when_it_may(void) {
  for (uint16_t version = SCH_TLS_1_2; version <= SCH_TLS_1_3; version++) {
    CHECK(resume(version, true, false));
    CHECK(!resume(version, false, false));
    CHECK(!resume(version, true, true));
  }
}

/* A server credential gives tickets, and takes its own back, only when asked to. */
static void server_gives_tickets_when_it_may(void) {
  for (int turn = 0; turn < 4; turn++) {
    const uint16_t version = turn % 2 == 0 ? SCH_TLS_1_2 : SCH_TLS_1_3;
    const bool reconnect = turn >= 2;
    struct sch_engine_settings settings = settings_of(true, SCH_IDENTITY_ECDSA, version);
    const struct sch_peer_config config = {.version_max = version};
    struct sch_peer *before = NULL;
    void *credential;

    settings.reconnect = reconnect;
    CHECK_EQUAL(class->credential_open(&settings, &credential), SEC_E_OK);
    for (int round = 0; round < 2; round++) {
      struct sch_peer *peer = sch_peer_open(&config, before);
      struct end server;

      end_connect(&server, credential, &named, true);
      converse(&server, peer);
      CHECK_EQUAL(server.status, SEC_E_OK);
      CHECK_EQUAL(peer_facts(peer).tickets != 0, reconnect && (round == 0 || turn == 3));
      CHECK_EQUAL(facts_of(&server).resumed, reconnect && round == 1);
      sch_peer_drop(before);
      before = peer;
      end_drop(&server);
    }
    sch_peer_drop(before);
    class->credential_drop(credential);
  }
}

/* close_notify from the peer is the end of reading and of nothing else; our own is sent once. */
static void close_notify_closes_one_way(void) {
  for (uint16_t version = SCH_TLS_1_2; version <= SCH_TLS_1_3; version++) {
    const struct sch_peer_config config = {.identity = SCH_IDENTITY_ECDSA};
    struct end client;
    struct sch_peer *peer = joined(&client, false, version, &config);

    CHECK(sch_peer_close(peer));
    converse(&client, peer);
    CHECK_EQUAL(client.opened, SEC_I_CONTEXT_EXPIRED);
    check_peer_hears(&client, peer, sch_span_text("still here"));
    CHECK_EQUAL(class->alert(client.engine, SCH_ALERT_WARNING, SCH_ALERT_close_notify, &client.out),
                SEC_E_OK);
    CHECK_EQUAL(sch_fifo_held(&client.out).size, version == SCH_TLS_1_3 ? 24 : 31);
    converse(&client, peer);
    CHECK(peer_facts(peer).closed);
    CHECK_EQUAL(class->alert(client.engine, SCH_ALERT_WARNING, SCH_ALERT_close_notify, &client.out),
                SEC_E_UNSUPPORTED_FUNCTION);
    part(&client, peer);
  }
}

/* What a sealed alert is sent with: either end, every suite that can, and some that cannot. */
struct chosen {
  uint16_t version;
  const char *suite;
  SECURITY_STATUS status;
};

static void check_chosen(const struct chosen *row, bool server, size_t before) {
  const struct sch_peer_config config = {
      .identity = server ? SCH_IDENTITY_NONE : SCH_IDENTITY_ECDSA, .suite = row->suite};
  struct end end;
  struct sch_peer *peer = joined(&end, server, row->version, &config);
  uint8_t room[128];

  for (size_t i = 0; i < before; i++) {
    struct sch_builder record = sch_builder_of(room, sizeof(room));

    CHECK_EQUAL(class->seal(end.engine, sch_span_text("data"), &record), SEC_E_OK);
    sch_peer_give(peer, sch_builder_built(&record));
  }
  CHECK_EQUAL(class->alert(end.engine, SCH_ALERT_FATAL, SCH_ALERT_access_denied, &end.out),
              row->status);
  sch_peer_give(peer, sch_fifo_held(&end.out));
  CHECK_EQUAL(peer_facts(peer).alert_in, row->status == SEC_E_OK ? SCH_ALERT_access_denied : -1);
  if (row->status == SEC_E_OK) {
    struct sch_builder record = sch_builder_of(room, sizeof(room));

    CHECK_EQUAL(class->seal(end.engine, sch_span_text("data"), &record), SEC_E_CONTEXT_EXPIRED);
    CHECK_EQUAL(class->alert(end.engine, SCH_ALERT_FATAL, SCH_ALERT_access_denied, &end.out),
                SEC_E_UNSUPPORTED_FUNCTION);
  }
  part(&end, peer);
}

/* A chosen alert is sealed, and understood, whatever has been sent before; it is the last word. */
static void alerts_are_sealed(void) {
  static const struct chosen rows[] = {
      {SCH_TLS_1_3, "TLS_AES_128_GCM_SHA256", SEC_E_OK},
      {SCH_TLS_1_3, "TLS_AES_256_GCM_SHA384", SEC_E_OK},
      {SCH_TLS_1_3, "TLS_CHACHA20_POLY1305_SHA256", SEC_E_OK},
      {SCH_TLS_1_2, "ECDHE-ECDSA-AES128-GCM-SHA256", SEC_E_OK},
      {SCH_TLS_1_2, "ECDHE-ECDSA-AES256-GCM-SHA384", SEC_E_OK},
      {SCH_TLS_1_2, "ECDHE-ECDSA-CHACHA20-POLY1305", SEC_E_OK},
      {SCH_TLS_1_2, "ECDHE-ECDSA-AES256-SHA384", SEC_E_UNSUPPORTED_FUNCTION},
  };

  for (size_t i = 0; i < SCH_COUNT(rows); i++) {
    for (size_t before = 0; before < 3; before += 2) {
      check_chosen(&rows[i], false, before);
      check_chosen(&rows[i], true, before);
    }
  }
}

/* A chosen alert goes out as it is while records are clear. */
static void alerts_in_the_clear(void) {
  static const uint8_t fatal[] = {0x15, 3, 1, 0, 2, 2, 0x2a};
  const struct sch_engine_settings settings = settings_of(false, SCH_IDENTITY_NONE, SCH_TLS_1_3);
  struct end client;

  end_open(&client, &settings, &named);
  sch_fifo_consume(&client.out, sch_fifo_held(&client.out).size);
  CHECK_EQUAL(class->alert(client.engine, SCH_ALERT_FATAL, SCH_ALERT_bad_certificate, &client.out),
              SEC_E_OK);
  CHECK_BYTES(sch_fifo_held(&client.out), sch_span_of(fatal, sizeof(fatal)));
  end_drop(&client);
}

/* A fatal alert from the peer ends the connection with the status of the alert. */
static void fatal_alert_is_mapped(void) {
  for (uint16_t version = SCH_TLS_1_2; version <= SCH_TLS_1_3; version++) {
    const struct sch_peer_config config = {.identity = SCH_IDENTITY_ECDSA};
    struct end client;
    struct sch_peer *peer = joined(&client, false, version, &config);

    CHECK(sch_peer_fatal(peer));
    converse(&client, peer);
    CHECK_EQUAL(client.opened, SEC_E_MESSAGE_ALTERED);
    part(&client, peer);
  }
}

/* Whatever byte of a record is changed, it does not open, and the connection is dead. */
static void damaged_record_does_not_open(void) {
  for (uint16_t version = SCH_TLS_1_2; version <= SCH_TLS_1_3; version++) {
    for (size_t at = SCH_RECORD_HEADER; at < 30; at += 4) {
      const struct sch_peer_config config = {.identity = SCH_IDENTITY_ECDSA};
      struct end client;
      struct sch_peer *peer = joined(&client, false, version, &config);
      SCOPED(fifo) struct sch_fifo wire = {0};
      struct sch_record record;
      struct sch_opened opened;

      sch_fifo_open(&wire, FIFO_MAX);
      CHECK(sch_peer_write(peer, sch_span_text("eight by")));
      CHECK(sch_peer_take(peer, &wire));
      sch_fifo_lend(&wire)[at] ^= 0x40;
      CHECK_EQUAL(open_next(&client, &wire, &record, &opened), SEC_E_MESSAGE_ALTERED);
      CHECK_EQUAL(open_next(&client, &wire, &record, &opened), SEC_E_CONTEXT_EXPIRED);
      part(&client, peer);
    }
  }
}

/* A handshake that fails leaves an alert for the peer in the token. */
static void failure_leaves_an_alert(void) {
  static const uint8_t broken[] = {22, 3, 3, 0, 4, 1, 0, 0, 0};
  const struct sch_engine_settings settings = settings_of(true, SCH_IDENTITY_ECDSA, SCH_TLS_1_2);
  const struct sch_peer_config config = {.version_min = SCH_TLS_1_3};
  struct sch_peer *peer = sch_peer_open(&config, NULL);
  struct end server;

  end_open(&server, &settings, &named);
  CHECK_EQUAL(class->step(server.engine, sch_span_of(broken, sizeof(broken)), &server.out),
              SEC_E_ILLEGAL_MESSAGE);
  CHECK_EQUAL(sch_fifo_held(&server.out).size, 7);
  CHECK_EQUAL(sch_fifo_held(&server.out).data[6], SCH_ALERT_decode_error);
  end_drop(&server);

  end_open(&server, &settings, &named);
  converse(&server, peer);
  CHECK_EQUAL(server.status, SEC_E_UNSUPPORTED_FUNCTION);
  CHECK_EQUAL(peer_facts(peer).alert_in, SCH_ALERT_protocol_version);
  part(&server, peer);
}

/* A token queue that is full fails the step instead of losing bytes. */
static void full_token_fails_the_step(void) {
  const struct sch_engine_settings settings = settings_of(false, SCH_IDENTITY_NONE, SCH_TLS_1_3);
  SCOPED(fifo) struct sch_fifo small = {0};
  struct sch_engine *engine;
  void *credential;

  sch_fifo_open(&small, 100);
  CHECK_EQUAL(class->credential_open(&settings, &credential), SEC_E_OK);
  CHECK_EQUAL(class->connection_open(credential, &named, &engine), SEC_E_OK);
  CHECK_EQUAL(class->step(engine, nothing, &small), SEC_E_INSUFFICIENT_MEMORY);
  class->drop(engine);
  class->credential_drop(credential);
}

/* seal writes a whole record or nothing. */
static void seal_needs_room(void) {
  const struct sch_peer_config config = {.identity = SCH_IDENTITY_ECDSA};
  struct end client;
  struct sch_peer *peer = joined(&client, false, SCH_TLS_1_3, &config);
  uint8_t room[22 + 4];
  struct sch_builder record = sch_builder_of(room, sizeof(room) - 1);

  CHECK_EQUAL(class->seal(client.engine, sch_span_text("four"), &record), SEC_E_BUFFER_TOO_SMALL);
  CHECK_EQUAL(record.size, 0);
  CHECK_EQUAL(class->seal(client.engine, nothing, &record), SEC_E_UNSUPPORTED_FUNCTION);
  record.room++;
  CHECK_EQUAL(class->seal(client.engine, sch_span_text("four"), &record), SEC_E_OK);
  CHECK_EQUAL(record.size, sizeof(room));
  sch_peer_give(peer, sch_builder_built(&record));
  CHECK_BYTES(sch_fifo_held(sch_peer_heard(peer)), sch_span_text("four"));
  part(&client, peer);
}

/* Credentials that cannot work are refused when they are made. */
static void unusable_credentials_are_refused(void) {
  struct sch_engine_settings settings = settings_of(true, SCH_IDENTITY_RSA, SCH_TLS_1_2);
  void *credential = NULL;

  settings.key = sch_identity(SCH_IDENTITY_ECDSA)->key;
  CHECK_EQUAL(class->credential_open(&settings, &credential), SEC_E_UNKNOWN_CREDENTIALS);
  settings = settings_of(true, SCH_IDENTITY_RSA, SCH_TLS_1_2);
  settings.certificate.size--;
  CHECK_EQUAL(class->credential_open(&settings, &credential), SEC_E_UNKNOWN_CREDENTIALS);
  settings = settings_of(true, SCH_IDENTITY_LONG_CHAIN, SCH_TLS_1_2);
  settings.chain.size--;
  CHECK_EQUAL(class->credential_open(&settings, &credential), SEC_E_UNKNOWN_CREDENTIALS);
  settings = settings_of(false, SCH_IDENTITY_NONE, SCH_TLS_1_2);
  settings.version_min = SCH_TLS_1_3;
  CHECK_EQUAL(class->credential_open(&settings, &credential), SEC_E_ALGORITHM_MISMATCH);
  settings.version_min = 0x0302;
  CHECK_EQUAL(class->credential_open(&settings, &credential), SEC_E_ALGORITHM_MISMATCH);
  CHECK(credential == NULL);
}

/* once runs one conversation in a fresh world and appends all that the engine sent to `sent`. */
static void once(void *credential, const struct sch_peer_config *config, struct sch_fifo *sent) {
  struct end server;

  sch_world_reset();
  struct sch_peer *peer = sch_peer_open(config, NULL);

  end_connect(&server, credential, &named, true);
  SCOPED(fifo) struct sch_fifo wire = {0};
  sch_fifo_open(&wire, FIFO_MAX);
  for (int flight = 0; flight < 4; flight++) {
    CHECK(sch_peer_take(peer, &wire));
    end_drains(&server, &wire);
    CHECK(sch_fifo_append(sent, sch_fifo_held(&server.out)));
    sch_peer_give(peer, sch_fifo_held(&server.out));
    sch_fifo_consume(&server.out, sch_fifo_held(&server.out).size);
  }
  CHECK_EQUAL(server.status, SEC_E_OK);
  sch_world_leave();
  part(&server, peer);
}

/* The engine sends the same bytes in the same world, a hundred times over. */
static void conversations_repeat(void) {
  for (int turn = 0; turn < 4; turn++) {
    const enum sch_identity_kind kind = turn < 2 ? SCH_IDENTITY_RSA : SCH_IDENTITY_ECDSA;
    struct sch_engine_settings settings =
        settings_of(true, kind, turn % 2 == 0 ? SCH_TLS_1_2 : SCH_TLS_1_3);
    const struct sch_peer_config config = {.server = false};
    SCOPED(fifo) struct sch_fifo first = {0};
    const struct sch_world before = sch_world_apart("server");
    void *credential;

    settings.reconnect = true;
    CHECK_EQUAL(class->credential_open(&settings, &credential), SEC_E_OK);
    sch_world_back(&before);
    sch_fifo_open(&first, FIFO_MAX);
    once(credential, &config, &first);
    for (int round = 1; round < 100; round++) {
      SCOPED(fifo) struct sch_fifo sent = {0};

      sch_fifo_open(&sent, FIFO_MAX);
      once(credential, &config, &sent);
      CHECK_BYTES(sch_fifo_held(&first), sch_fifo_held(&sent));
    }
    class->credential_drop(credential);
  }
}

static void note_keys(void *context, enum sch_log_code code, uint32_t first, uint32_t second) {
  uint32_t *keys = context;

  if (code == SCH_LOG_KEYS) {
    keys[0]++;
    keys[1] = first;
    keys[2] = second;
  }
}

/* The log says once per handshake which version and suite its keys are for. */
static void keys_are_logged_once_a_handshake(void) {
  const struct sch_peer_config config = {.identity = SCH_IDENTITY_ECDSA,
                                         .suite = "TLS_AES_128_GCM_SHA256"};
  uint32_t keys[3] = {0};
  struct end client;

  sch_log_to(note_keys, keys);
  struct sch_peer *peer = joined(&client, false, SCH_TLS_1_3, &config);

  CHECK(sch_peer_key_update(peer, true));
  converse(&client, peer);
  sch_log_to(NULL, NULL);
  CHECK_EQUAL(keys[0], 1);
  CHECK_EQUAL(keys[1], SCH_TLS_1_3);
  CHECK_EQUAL(keys[2], 0x1301);
  part(&client, peer);
}

TESTS(every_suite_carries_data, encrypt_then_mac_keeps_sizes, facts_give_the_sizes_of_the_cipher,
      two_engines_talk, long_chain_arrives, protocols_are_negotiated, broken_protocols_are_refused,
      protocols_are_optional, server_name_has_a_limit, conversations_repeat,
      client_certificate_is_sent_on_request, certificate_comes_when_asked, hello_retry_is_survived,
      tickets_pass_through_step, ticket_in_pieces_is_brought_together,
      key_update_is_answered_by_step, post_handshake_record_is_owed_to_step,
      hello_request_is_held_back, renegotiation_from_either_end, empty_step_without_cause_is_pure,
      client_resumes_when_it_may, server_gives_tickets_when_it_may, close_notify_closes_one_way,
      alerts_in_the_clear, alerts_are_sealed, fatal_alert_is_mapped, damaged_record_does_not_open,
      failure_leaves_an_alert, full_token_fails_the_step, seal_needs_room,
      unusable_credentials_are_refused, keys_are_logged_once_a_handshake)
