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
#include "seeds_scenes.h"
#include "tls/aead.h"
#include "tls/suite.h"

#define NAME_ROOM 128

/* The suites that libssl and the system under test come to by themselves. */
#define FAVOURITE_1_2 0xc02c
#define FAVOURITE_1_3 0x1302

static void fail(const char *name, const char *what) {
  (void)fprintf(stderr, "seeds: %s: %s\n", name, what);
  exit(1);
}

/* What one seed is recorded with. */
struct setting {
  const struct sch_scene *scene;
  const struct sch_suite *suite;
  enum sch_identity_kind identity; /* of the server */
  bool is_server;                  /* the system under test */
  uint32_t personality;            /* its row, 0 the default */
};

static bool is_1_3(const struct sch_suite *suite) {
  return suite->number >> 8 == 0x13;
}

/* is_favourite: fuzzers have time for the cuts of a few settings only; the replayer cuts all. */
static bool is_favourite(const struct setting *setting) {
  return setting->identity == SCH_IDENTITY_ECDSA &&
         (setting->suite->number == FAVOURITE_1_2 || setting->suite->number == FAVOURITE_1_3);
}

/* shown is the identity that a side shows in the scene. */
static enum sch_identity_kind shown(const struct setting *setting) {
  static const enum sch_identity_kind long_chain[] = {
      [SCH_IDENTITY_RSA] = SCH_IDENTITY_LONG_CHAIN_RSA,
      [SCH_IDENTITY_ECDSA] = SCH_IDENTITY_LONG_CHAIN,
      [SCH_IDENTITY_ED25519] = SCH_IDENTITY_LONG_CHAIN_ED25519,
  };

  return setting->scene->long_chain ? long_chain[setting->identity] : setting->identity;
}

/* shows says whether the client has a certificate. A long chain is shown to the system under test,
 * whichever side that is on. */
static bool client_shows(const struct setting *setting) {
  return setting->scene->mutual || (setting->scene->long_chain && setting->is_server);
}

static uint32_t options_of(const struct setting *setting) {
  const struct sch_scene *scene = setting->scene;
  const bool shows = setting->is_server || client_shows(setting);
  const enum sch_identity_kind own = shows ? shown(setting) : SCH_IDENTITY_NONE;
  uint32_t options = scene->options | (uint32_t)own << SCH_HANDSHAKE_IDENTITY_SHIFT |
                     (is_1_3(setting->suite) ? 0U : SCH_HANDSHAKE_ONLY_1_2);

  if (setting->is_server) {
    options |=
        SCH_HANDSHAKE_SERVER | (client_shows(setting) ? SCH_HANDSHAKE_CLIENT_CERTIFICATE : 0U);
  } else if (scene->resumption != 0) {
    options |= SCH_HANDSHAKE_RESUME | sch_handshake_session(setting->suite, setting->identity);
  }
  options |= setting->personality << SCH_HANDSHAKE_PERSONALITY_SHIFT;
  return is_favourite(setting) ? options : options & ~(uint32_t)SCH_HANDSHAKE_CUTS;
}

static struct sch_peer_config peer_of(const struct setting *setting, uint32_t options) {
  const struct sch_scene *scene = setting->scene;
  struct sch_peer_config config = {
      .server = !setting->is_server,
      .version_max = is_1_3(setting->suite) ? 0x0304 : 0x0303,
      .suite = setting->suite->openssl_name,
      .protocols = (scene->options & SCH_HANDSHAKE_ALPN) != 0 ? "http/1.1,h2" : NULL,
  };

  if (!config.server) {
    config.identity = client_shows(setting) ? shown(setting) : SCH_IDENTITY_NONE;
    config.name = SCH_IDENTITY_HOST;
    config.groups = scene->retry ? SCH_PEER_RETRY_CLIENT : NULL;
    return config;
  }
  if (scene->resumption != 0) {
    config = sch_handshake_session_server(options);
  }
  config.identity = shown(setting);
  config.client_certificate = scene->mutual || scene->asked;
  config.groups = scene->retry ? SCH_PEER_RETRY_SERVER : NULL;
  config.tickets = scene->tickets;
  config.renews = scene->renews;
  return config;
}

static void check_recording(const struct sch_recording *recording, const struct setting *setting,
                            const char *name) {
  struct sch_peer_facts facts;

  sch_peer_facts(recording->peer, &facts);
  /* A peer that is refused may hear of it in the same breath. */
  if (!facts.finished && !setting->scene->refused) {
    fail(name, "the handshake does not finish");
  }
  if (facts.suite != setting->suite->number) {
    fail(name, "another suite was negotiated");
  }
  if (facts.resumed != (setting->scene->resumption != 0) ||
      facts.retried != setting->scene->retry) {
    fail(name, "resumption or HelloRetryRequest is not as the scene wants it");
  }
}

static void emit(sch_seed_sink *sink, const char *name, struct sch_span wire, uint32_t options) {
  static uint8_t seed[SCH_RECORDING_MAX + SCH_PLAN_SIZE];
  const struct sch_plan plan = sch_plan_varied(options);
  struct sch_builder builder = sch_builder_of(seed, sizeof seed);

  sch_builder_bytes(&builder, wire);
  sch_plan_put(&builder, &plan);
  sink("handshake", name, sch_builder_built(&builder));
}

/* connect_before makes the connections that a client resumes, and gives its end of the last one. */
static struct sch_peer *connect_before(const struct setting *setting, uint32_t options,
                                       const struct sch_peer_config *config) {
  struct sch_peer *peer = NULL;

  for (unsigned i = 0; setting->is_server && i < setting->scene->resumption; i++) {
    struct sch_recording recording = sch_recording_open(options, config, peer);

    sch_peer_drop(peer);
    peer = sch_recording_close(&recording);
  }
  return peer;
}

static void record(sch_seed_sink *sink, const struct setting *setting, const char *name) {
  const uint32_t options = options_of(setting);
  const struct sch_peer_config config = peer_of(setting, options);
  struct sch_peer *before = connect_before(setting, options, &config);
  struct sch_recording recording = sch_recording_open(options, &config, before);

  check_recording(&recording, setting, name);
  if (!setting->scene->act(&recording)) {
    fail(name, "the peer or the system under test does not do what the scene wants");
  }
  const struct sch_span wire = sch_fifo_held(&recording.seed);

  emit(sink, name, sch_span_first(wire, wire.size - setting->scene->cut), options);
  sch_peer_drop(sch_recording_close(&recording));
  sch_peer_drop(before);
}

static bool plays(const struct setting *setting) {
  const struct sch_scene *scene = setting->scene;
  const int version = is_1_3(setting->suite) ? SCH_SCENE_1_3 : SCH_SCENE_1_2;
  const int role = setting->is_server ? SCH_SCENE_SERVER : SCH_SCENE_CLIENT;

  if ((scene->versions & version) == 0 || (scene->roles & role) == 0 ||
      !sch_handshake_suits(setting->suite, setting->identity)) {
    return false;
  }
  if (scene->asked) {
    return is_favourite(setting);
  }
  if (scene->refused) {
    return setting->identity != SCH_IDENTITY_ED25519 &&
           sch_aead_suite_of(setting->suite->number) != NULL;
  }
  return !scene->other_suite || is_favourite(setting) ||
         (setting->identity == SCH_IDENTITY_ECDSA &&
          setting->suite->number == SCH_SCENE_SHORT_SUITE);
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
  size_t count;
  const struct sch_scene *scenes = sch_scenes(&count);

  for (size_t i = 0; i < count; i++) {
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
      struct sch_recording recording = sch_recording_open(options, &config, NULL);
      char name[NAME_ROOM];

      (void)snprintf(name, sizeof name, "%s-forbidden-1.%u", server == 0 ? "client" : "server",
                     version - SCH_TLS_1_2 + 2U);
      if (!sch_scene_close(&recording)) {
        fail(name, "the handshake does not finish");
      }
      emit(sink, name, sch_fifo_held(&recording.seed),
           options | (version == SCH_TLS_1_3 ? SCH_HANDSHAKE_ONLY_1_2 : SCH_HANDSHAKE_ONLY_1_3));
      sch_peer_drop(sch_recording_close(&recording));
    }
  }
}

/* What a client offers to a server that has h2 and http/1.1, where "alpn" offers both of them. */
static void record_offers(sch_seed_sink *sink) {
  static const struct {
    const char *name;
    const char *protocols;
    bool finishes;
  } offers[] = {{"server-alpn-second-choice", "http/1.0,http/1.1", true},
                {"server-alpn-no-overlap", "http/1.0,h3", false}};
  const uint32_t options = SCH_HANDSHAKE_SERVER | SCH_HANDSHAKE_ALPN |
                           (uint32_t)SCH_IDENTITY_ECDSA << SCH_HANDSHAKE_IDENTITY_SHIFT;

  for (size_t i = 0; i < SCH_COUNT(offers); i++) {
    const struct sch_peer_config config = {.version_max = SCH_TLS_1_3,
                                           .identity = SCH_IDENTITY_NONE,
                                           .name = SCH_IDENTITY_HOST,
                                           .protocols = offers[i].protocols};
    struct sch_recording recording = sch_recording_open(options, &config, NULL);

    if (sch_scene_close(&recording) != offers[i].finishes) {
      fail(offers[i].name, "the server does not choose as it should");
    }
    emit(sink, offers[i].name, sch_fifo_held(&recording.seed), options);
    sch_peer_drop(sch_recording_close(&recording));
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

/* spoil_last changes the last byte of a wire: the record that it ends is not authentic. */
static void spoil_last(sch_seed_sink *sink, const struct setting *setting, const char *name) {
  const uint32_t options = options_of(setting);
  const struct sch_peer_config config = peer_of(setting, options);
  struct sch_recording recording = sch_recording_open(options, &config, NULL);

  if (!sch_scene_close(&recording)) {
    fail(name, "the handshake does not finish");
  }
  sch_fifo_lend(&recording.seed)[sch_fifo_held(&recording.seed).size - 1] ^= 1;
  emit(sink, name, sch_fifo_held(&recording.seed), options);
  sch_peer_drop(sch_recording_close(&recording));
}

/* tells_personalities: tickets, closing, and certificates asked for. */
static bool tells_personalities(const struct sch_scene *scene) {
  static const char *const names[] = {"plain", "asked", "tickets", "key-update"};
  bool named = false;

  for (size_t i = 0; i < SCH_COUNT(names); i++) {
    named = named || strcmp(scene->name, names[i]) == 0;
  }
  return named && scene->resumption == 0;
}

/* record_as records what tells one personality from another, a record that was altered, and a first
 * message that is none. */
static void record_as(sch_seed_sink *sink, struct setting *setting, const char *personality) {
  static const uint8_t empty_hello[] = {22, 3, 1, 0, 4, 1, 0, 0, 0};
  size_t count;
  const struct sch_scene *scenes = sch_scenes(&count);
  char name[NAME_ROOM];
  const int start =
      snprintf(name, sizeof name, "as-%s-%s-%s-", personality,
               setting->is_server ? "server" : "client", is_1_3(setting->suite) ? "1.3" : "1.2");
  char *end = name + start;
  const size_t room = sizeof name - (size_t)start;

  for (size_t i = 0; i < count; i++) {
    setting->scene = &scenes[i];
    if (tells_personalities(setting->scene) && plays(setting)) {
      (void)snprintf(end, room, "%s", setting->scene->name);
      record(sink, setting, name);
    }
  }
  setting->scene = &scenes[0];
  (void)snprintf(end, room, "altered");
  spoil_last(sink, setting, name);
  (void)snprintf(end, room, "empty-hello");
  emit(sink, name, sch_span_of(empty_hello, sizeof empty_hello), options_of(setting));
}

/* A record that was altered, met by who has said close_notify before. */
static void record_altered_behind_close(sch_seed_sink *sink) {
  size_t count;
  const struct sch_scene *scene = sch_scenes(&count);
  const uint16_t suites[] = {FAVOURITE_1_2, FAVOURITE_1_3};

  while (strcmp(scene->name, "close-first") != 0) {
    scene++;
  }
  for (size_t i = 0; i < 2 * SCH_COUNT(suites); i++) {
    const bool is_server = i >= SCH_COUNT(suites);
    const size_t version = i % SCH_COUNT(suites);
    const struct setting setting = {scene, sch_suite_of(suites[version]), SCH_IDENTITY_ECDSA,
                                    is_server, 0};
    char name[NAME_ROOM];

    (void)snprintf(name, sizeof name, "%s-1.%zu-altered-behind-close",
                   is_server ? "server" : "client", version + 2);
    spoil_last(sink, &setting, name);
  }
}

static void record_personalities(sch_seed_sink *sink) {
  size_t count;
  const struct sch_personality *table = sch_personality_table(&count);

  for (uint32_t row = 1; row < count; row++) {
    const bool has_1_3 = (table[row].protocols & SP_PROT_TLS1_3_CLIENT) != 0;
    struct setting server = {NULL, sch_suite_of(FAVOURITE_1_2), SCH_IDENTITY_ECDSA, true, row};
    struct setting client = {NULL, sch_suite_of(has_1_3 ? FAVOURITE_1_3 : FAVOURITE_1_2),
                             SCH_IDENTITY_ECDSA, false, row};

    record_as(sink, &server, table[row].name);
    record_as(sink, &client, table[row].name);
  }
}

void sch_seeds_handshake(sch_seed_sink *sink) {
  size_t count;
  const struct sch_suite *suites = sch_suite_table(&count);

  emit_strangers(sink);
  record_forbidden(sink);
  record_offers(sink);
  for (size_t i = 0; i < count; i++) {
    for (enum sch_identity_kind kind = SCH_IDENTITY_RSA; kind <= SCH_IDENTITY_ED25519; kind++) {
      for (int is_server = 0; is_server <= 1; is_server++) {
        struct setting setting = {NULL, &suites[i], kind, is_server != 0, 0};

        record_all_scenes(sink, &setting);
      }
    }
  }
  record_altered_behind_close(sink);
  record_personalities(sink);
  sch_world_leave();
}
