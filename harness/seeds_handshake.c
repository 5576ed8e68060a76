/* seeds_handshake: the corpus of the handshake target, recorded from real TLS: the system under
 * test against libssl itself, over the product of version and suite, identity and scene, in both
 * roles. What the peer says becomes the seed; the fuzz target then plays the same system under test
 * with the same randomness, so that the recording replays to its end.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "handshake.h"
#include "harness.h"
#include "peer.h"
#include "seeds.h"
#include "tls/suite.h"

#define SEED_MAX ((size_t)256 * 1024)
#define NAME_ROOM 128

/* A truncated recording ends inside its last record, a close_notify. */
#define TRUNCATED 10

/* A suite that spends the fewest bytes on a TLS 1.2 record. */
#define CHACHA20_SUITE 0xcca9

struct recording {
  struct sch_stream *stream;
  struct sch_peer *peer;
  struct sch_fifo seed; /* what the peer has said */
  size_t said;          /* how much of it the stream has been given */
};

/* One conversation: what each side is told, and what is done once the handshake is over. */
struct scene {
  const char *name;
  bool in_1_2;
  bool in_1_3;
  bool as_client; /* the system under test is one */
  bool as_server;
  uint32_t options;
  bool mutual; /* the client has a certificate and is asked for it */
  bool retry;
  bool resumed;
  unsigned tickets;
  bool long_chain;
  bool (*act)(struct recording *recording);
  size_t cut; /* bytes left out at the end */
};

static void fail(const char *name, const char *what) {
  (void)fprintf(stderr, "seeds: %s: %s\n", name, what);
  exit(1);
}

/* exchange passes bytes both ways until both ends are silent. */
static void exchange(struct recording *recording) {
  bool moved = true;

  while (moved) {
    const struct sch_span out = sch_stream_wire_out(recording->stream);

    sch_peer_give(recording->peer, out);
    sch_stream_wire_sent(recording->stream, out.size);
    if (!sch_peer_take(recording->peer, &recording->seed)) {
      fail("exchange", "the conversation is longer than a seed may be");
    }
    struct sch_span news = sch_fifo_held(&recording->seed);

    ENSURE(sch_span_skip(&news, recording->said));
    moved = news.size != 0;
    recording->said += news.size;
    if (sch_stream_wire_in(recording->stream, news) != news.size) {
      fail("exchange", "the stream does not take what the peer says");
    }
    sch_stream_plain_read(recording->stream, sch_stream_plain_out(recording->stream).size);
  }
}

static bool write_data(struct recording *recording, size_t size) {
  static const uint8_t data[300] = "plaintext of the peer";
  const bool written = sch_peer_write(recording->peer, sch_span_of(data, size));

  exchange(recording);
  return written;
}

static bool act_close(struct recording *recording) {
  const bool done =
      write_data(recording, 1) && write_data(recording, 300) && sch_peer_close(recording->peer);

  exchange(recording);
  return done;
}

static bool act_key_update(struct recording *recording) {
  const bool done = write_data(recording, 20) && sch_peer_key_update(recording->peer, true) &&
                    write_data(recording, 20) && sch_peer_key_update(recording->peer, false);

  exchange(recording);
  return done && act_close(recording);
}

static bool act_tickets(struct recording *recording) {
  const bool done = sch_peer_ticket(recording->peer) && sch_peer_ticket(recording->peer) &&
                    write_data(recording, 20) && sch_peer_ticket(recording->peer);

  exchange(recording);
  return done && act_close(recording);
}

static bool act_renegotiate(struct recording *recording) {
  const bool done = write_data(recording, 20) && sch_peer_renegotiate(recording->peer);

  exchange(recording);
  return done && act_close(recording);
}

/* act_other_suite renegotiates to a suite whose records have other sizes. */
static bool act_other_suite(struct recording *recording) {
  struct sch_peer_facts before;
  struct sch_peer_facts facts;

  sch_peer_facts(recording->peer, &before);
  sch_peer_limit(recording->peer, before.suite == CHACHA20_SUITE ? "ECDHE-ECDSA-AES256-GCM-SHA384"
                                                                 : "ECDHE-ECDSA-CHACHA20-POLY1305");
  const bool done = act_renegotiate(recording);

  sch_peer_facts(recording->peer, &facts);
  return done && facts.suite != before.suite;
}

static bool act_fatal(struct recording *recording) {
  const bool done = write_data(recording, 20) && sch_peer_fatal(recording->peer);

  exchange(recording);
  return done;
}

static const struct scene scenes[] = {
    {.name = "plain",
     .in_1_2 = true,
     .in_1_3 = true,
     .as_client = true,
     .as_server = true,
     .options = SCH_HANDSHAKE_CUTS,
     .act = act_close},
    {.name = "alpn",
     .in_1_2 = true,
     .in_1_3 = true,
     .as_client = true,
     .as_server = true,
     .options = SCH_HANDSHAKE_ALPN | SCH_HANDSHAKE_WIDE,
     .act = act_close},
    {.name = "sni",
     .in_1_2 = true,
     .in_1_3 = true,
     .as_client = true,
     .as_server = true,
     .options = SCH_HANDSHAKE_SNI | SCH_HANDSHAKE_SMALL_READS,
     .act = act_close},
    {.name = "mutual",
     .in_1_2 = true,
     .in_1_3 = true,
     .as_client = true,
     .as_server = true,
     .options = SCH_HANDSHAKE_CLIENT_CERTIFICATE,
     .mutual = true,
     .act = act_close},
    {.name = "resumed",
     .in_1_2 = true,
     .in_1_3 = true,
     .as_client = true,
     .as_server = true,
     .options = SCH_HANDSHAKE_RESUME,
     .resumed = true,
     .tickets = 1,
     .act = act_close},
    {.name = "hello-retry",
     .in_1_3 = true,
     .as_client = true,
     .as_server = true,
     .retry = true,
     .act = act_close},
    {.name = "key-update",
     .in_1_3 = true,
     .as_client = true,
     .as_server = true,
     .act = act_key_update},
    {.name = "tickets", .in_1_3 = true, .as_client = true, .tickets = 2, .act = act_tickets},
    {.name = "long-chain",
     .in_1_2 = true,
     .in_1_3 = true,
     .as_client = true,
     .as_server = true,
     .options = SCH_HANDSHAKE_CLIENT_CERTIFICATE,
     .long_chain = true,
     .act = act_close},
    {.name = "renegotiated",
     .in_1_2 = true,
     .as_client = true,
     .as_server = true,
     .act = act_renegotiate},
    {.name = "other-suite",
     .in_1_2 = true,
     .as_client = true,
     .as_server = true,
     .act = act_other_suite},
    {.name = "fatal-alert",
     .in_1_2 = true,
     .in_1_3 = true,
     .as_client = true,
     .as_server = true,
     .act = act_fatal},
    {.name = "close-first",
     .in_1_2 = true,
     .in_1_3 = true,
     .as_client = true,
     .as_server = true,
     .options = SCH_HANDSHAKE_CLOSE,
     .act = act_close},
    {.name = "truncated",
     .in_1_2 = true,
     .in_1_3 = true,
     .as_client = true,
     .as_server = true,
     .act = act_close,
     .cut = TRUNCATED},
};

/* What one seed is recorded with. */
struct setting {
  const struct scene *scene;
  const struct sch_suite *suite;
  enum sch_identity_kind identity; /* of the server */
  bool is_server;                  /* the system under test */
};

static bool is_1_3(const struct sch_suite *suite) {
  return suite->number >> 8 == 0x13;
}

/* is_favourite: fuzzers have time for the costliest of a few settings only, such as the cuts; the
 * replayer cuts all. */
static bool is_favourite(const struct setting *setting) {
  return setting->identity == SCH_IDENTITY_ECDSA &&
         (setting->suite->number == SCH_HANDSHAKE_SESSION_1_2 ||
          setting->suite->number == SCH_HANDSHAKE_SESSION_1_3);
}

static uint32_t options_of(const struct setting *setting) {
  const struct scene *scene = setting->scene;
  const bool client_certificate = scene->mutual || scene->long_chain;
  enum sch_identity_kind own = setting->identity;
  uint32_t options = scene->options | (is_1_3(setting->suite) ? 0U : SCH_HANDSHAKE_ONLY_1_2);

  if (!setting->is_server) {
    own = scene->mutual ? setting->identity : SCH_IDENTITY_NONE;
    options &= ~(uint32_t)SCH_HANDSHAKE_CLIENT_CERTIFICATE;
  } else {
    options |= SCH_HANDSHAKE_SERVER;
    options &= ~(uint32_t)SCH_HANDSHAKE_RESUME;
    if (!client_certificate) {
      options &= ~(uint32_t)SCH_HANDSHAKE_CLIENT_CERTIFICATE;
    }
  }
  if (!is_favourite(setting)) {
    options &= ~(uint32_t)SCH_HANDSHAKE_CUTS;
  }
  return options | (uint32_t)own << SCH_HANDSHAKE_IDENTITY_SHIFT;
}

static struct sch_peer_config peer_of(const struct setting *setting) {
  const struct scene *scene = setting->scene;
  const bool alpn = (scene->options & SCH_HANDSHAKE_ALPN) != 0;
  const bool retry = scene->retry;
  struct sch_peer_config config = {
      .server = !setting->is_server,
      .version_max = is_1_3(setting->suite) ? 0x0304 : 0x0303,
      .suite = setting->suite->openssl_name,
      .protocols = alpn ? "http/1.1,h2" : NULL,
      .tickets = scene->tickets,
  };

  if (config.server) {
    config.identity = scene->long_chain ? SCH_IDENTITY_LONG_CHAIN : setting->identity;
    config.client_certificate = scene->mutual;
    config.groups = retry ? SCH_PEER_RETRY_SERVER : NULL;
  } else {
    config.identity = scene->long_chain ? SCH_IDENTITY_LONG_CHAIN
                      : scene->mutual   ? setting->identity
                                        : SCH_IDENTITY_NONE;
    config.name = SCH_IDENTITY_HOST;
    config.groups = retry ? SCH_PEER_RETRY_CLIENT : NULL;
  }
  return config;
}

/* open_recording starts both ends from a clean world. */
static struct recording open_recording(uint32_t options, const struct sch_peer_config *config,
                                       const struct sch_peer *before) {
  struct recording recording = {.said = 0};

  sch_world_reset();
  sch_fifo_open(&recording.seed, SEED_MAX);
  recording.peer = sch_peer_open(config, before);
  recording.stream = sch_handshake_open(options);
  exchange(&recording);
  return recording;
}

static void close_recording(struct recording *recording, bool keep_peer) {
  sch_handshake_close(recording->stream);
  if (!keep_peer) {
    sch_peer_drop(recording->peer);
  }
  sch_fifo_drop(&recording->seed);
}

static void check_recording(const struct recording *recording, const struct setting *setting,
                            const char *name) {
  struct sch_peer_facts facts;

  sch_peer_facts(recording->peer, &facts);
  if (!facts.finished) {
    fail(name, "the handshake does not finish");
  }
  if (facts.suite != setting->suite->number) {
    fail(name, "another suite was negotiated");
  }
  if (facts.resumed != setting->scene->resumed || facts.retried != setting->scene->retry) {
    fail(name, "resumption or HelloRetryRequest is not as the scene wants it");
  }
}

static void emit(sch_seed_sink *sink, const char *name, struct sch_span wire, uint32_t options) {
  static uint8_t seed[SEED_MAX + SCH_PLAN_SIZE];
  const struct sch_plan plan = sch_plan_varied(options);
  struct sch_builder builder = sch_builder_of(seed, sizeof seed);

  sch_builder_bytes(&builder, wire);
  sch_plan_put(&builder, &plan);
  sink("handshake", name, sch_builder_built(&builder));
}

static void record(sch_seed_sink *sink, const struct setting *setting, const char *name) {
  const struct scene *scene = setting->scene;
  const uint32_t options = options_of(setting);
  const bool has_session = scene->resumed && !setting->is_server;
  const struct sch_peer_config config =
      has_session ? sch_handshake_session_server(options) : peer_of(setting);
  struct recording before = {.peer = NULL};
  const bool needs_session = scene->resumed && setting->is_server;

  if (needs_session) {
    before = open_recording(options, &config, NULL);
    if (!write_data(&before, 1)) {
      fail(name, "the connection to be resumed is not made");
    }
    close_recording(&before, true);
  }
  struct recording recording = open_recording(options, &config, before.peer);

  check_recording(&recording, setting, name);
  if (!scene->act(&recording)) {
    fail(name, "the peer cannot do what the scene wants");
  }
  const struct sch_span wire = sch_fifo_held(&recording.seed);

  emit(sink, name, sch_span_first(wire, wire.size - scene->cut), options);
  close_recording(&recording, false);
  if (needs_session) {
    sch_peer_drop(before.peer);
  }
}

/* fits says whether a server with this identity can do this suite. */
static bool fits(const struct sch_suite *suite, enum sch_identity_kind identity) {
  const bool ecdsa = strstr(suite->name, "_ECDSA_") != NULL;

  return is_1_3(suite) || ecdsa == (identity != SCH_IDENTITY_RSA);
}

/* is_slow: a finite-field handshake takes libcrypto 3 to 6 ms, ten times any other. One scene is
 * enough to reach it; more would eat the fuzzers' time. */
static bool is_slow(const struct sch_suite *suite) {
  return suite->exchange == CALG_DH_EPHEM;
}

static bool plays(const struct setting *setting) {
  const struct scene *scene = setting->scene;

  if (is_slow(setting->suite) && scene != &scenes[0]) {
    return false;
  }
  if (!(is_1_3(setting->suite) ? scene->in_1_3 : scene->in_1_2) ||
      !(setting->is_server ? scene->as_server : scene->as_client) ||
      !fits(setting->suite, setting->identity)) {
    return false;
  }
  if (scene->act == act_other_suite) {
    return setting->identity == SCH_IDENTITY_ECDSA &&
           (setting->suite->number == SCH_HANDSHAKE_SESSION_1_2 ||
            setting->suite->number == CHACHA20_SUITE);
  }
  if (scene->resumed && !setting->is_server) {
    return setting->identity == SCH_IDENTITY_ECDSA &&
           (setting->suite->number == SCH_HANDSHAKE_SESSION_1_2 ||
            setting->suite->number == SCH_HANDSHAKE_SESSION_1_3);
  }
  /* The long chain is an ECDSA one and stands for the server's own identity where it has one. It is
   * slow too, and no suite changes it. */
  return !scene->long_chain || is_favourite(setting);
}

/* name_seed makes "client-tls13-aes-256-gcm-sha384-ecdsa-alpn" of a setting. */
static void name_seed(const struct setting *setting, char name[NAME_ROOM]) {
  (void)snprintf(name, NAME_ROOM, "%s-%s-%s-%s", setting->is_server ? "server" : "client",
                 setting->suite->name, sch_identity(setting->identity)->name, setting->scene->name);
  for (char *at = name; *at != '\0'; at++) {
    if (*at >= 'A' && *at <= 'Z') {
      *at = (char)(*at - 'A' + 'a');
    } else if (*at == '_' || *at == ' ') {
      *at = '-';
    }
  }
}

static void record_all_scenes(sch_seed_sink *sink, struct setting *setting) {
  for (size_t i = 0; i < SCH_COUNT(scenes); i++) {
    char name[NAME_ROOM];

    setting->scene = &scenes[i];
    if (plays(setting)) {
      name_seed(setting, name);
      record(sink, setting, name);
    }
  }
}

/* A handshake of both versions that comes to one of them, under settings that forbid that one. */
static void record_forbidden(sch_seed_sink *sink) {
  for (uint32_t server = 0; server <= SCH_HANDSHAKE_SERVER; server++) {
    for (uint16_t version = SCH_TLS_1_2; version <= SCH_TLS_1_3; version++) {
      const struct sch_peer_config config = {
          .server = server == 0,
          .identity = server == 0 ? SCH_IDENTITY_ECDSA : SCH_IDENTITY_NONE,
          .version_max = version,
          .name = server == 0 ? NULL : SCH_IDENTITY_HOST};
      const uint32_t own = server == 0 ? SCH_IDENTITY_NONE : SCH_IDENTITY_ECDSA;
      const uint32_t options = server | own << SCH_HANDSHAKE_IDENTITY_SHIFT;
      struct recording recording = open_recording(options, &config, NULL);
      char name[NAME_ROOM];

      (void)snprintf(name, sizeof name, "%s-forbidden-1.%u", server == 0 ? "client" : "server",
                     version - SCH_TLS_1_2 + 2U);
      if (!act_close(&recording)) {
        fail(name, "the handshake does not finish");
      }
      emit(sink, name, sch_fifo_held(&recording.seed),
           options | (version == SCH_TLS_1_3 ? SCH_HANDSHAKE_ONLY_1_2 : SCH_HANDSHAKE_ONLY_1_3));
      close_recording(&recording, false);
    }
  }
}

/* First words that no handshake begins with: the first call fails, and leaves nothing. */
static void emit_strangers(sch_seed_sink *sink) {
  static const uint8_t empty_hello[] = {22, 3, 1, 0, 4, 1, 0, 0, 0};
  static const uint8_t alert_first[] = {21, 3, 1, 0, 2, 2, 40};
  static const uint8_t ssl_2[] = {0x80, 46, 1, 3, 1, 0, 21, 0, 0, 0, 16, 0, 0, 4};
  const struct {
    const char *name;
    struct sch_span wire;
  } strangers[] = {
      {"http", sch_span_text("GET / HTTP/1.0\r\n\r\n")},
      {"empty-hello", sch_span_of(empty_hello, sizeof empty_hello)},
      {"alert-first", sch_span_of(alert_first, sizeof alert_first)},
      {"ssl-2", sch_span_of(ssl_2, sizeof ssl_2)},
  };
  char name[NAME_ROOM];

  for (size_t i = 0; i < SCH_COUNT(strangers); i++) {
    for (uint32_t server = 0; server <= SCH_HANDSHAKE_SERVER; server++) {
      (void)snprintf(name, sizeof name, "%s-stranger-%s", server != 0 ? "server" : "client",
                     strangers[i].name);
      emit(sink, name, strangers[i].wire, server | SCH_HANDSHAKE_CUTS);
    }
  }
}

void sch_seeds_handshake(sch_seed_sink *sink) {
  size_t count;
  const struct sch_suite *suites = sch_suite_table(&count);

  emit_strangers(sink);
  record_forbidden(sink);
  for (size_t i = 0; i < count; i++) {
    for (enum sch_identity_kind kind = SCH_IDENTITY_RSA; kind <= SCH_IDENTITY_ED25519; kind++) {
      for (int is_server = 0; is_server <= 1; is_server++) {
        struct setting setting = {NULL, &suites[i], kind, is_server != 0};

        record_all_scenes(sink, &setting);
      }
    }
  }
  sch_world_leave();
}
