/* seeds_scenes: see seeds_scenes.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "seeds_scenes.h"

#include <stdio.h>
#include <stdlib.h>

#include "harness.h"

/* A truncated recording ends inside its last record, a close_notify. */
#define TRUNCATED 10

static void fail(const char *what) {
  (void)fprintf(stderr, "seeds: %s\n", what);
  exit(1);
}

/* exchange passes bytes both ways until both ends are silent. */
static void exchange(struct sch_recording *recording) {
  bool moved = true;

  while (moved) {
    const struct sch_span out = sch_stream_wire_out(recording->stream);

    sch_peer_give(recording->peer, out);
    sch_stream_wire_sent(recording->stream, out.size);
    if (!sch_peer_take(recording->peer, &recording->seed)) {
      fail("the conversation is longer than a seed may be");
    }
    struct sch_span news = sch_fifo_held(&recording->seed);

    ENSURE(sch_span_skip(&news, recording->said));
    moved = news.size != 0;
    recording->said += news.size;
    if (sch_stream_wire_in(recording->stream, news) != news.size) {
      fail("the stream does not take what the peer says");
    }
    sch_stream_plain_read(recording->stream, sch_stream_plain_out(recording->stream).size);
  }
}

struct sch_recording sch_recording_open(uint32_t options, const struct sch_peer_config *config,
                                        const struct sch_peer *before) {
  struct sch_recording recording = {.said = 0};

  sch_world_reset();
  sch_fifo_open(&recording.seed, SCH_RECORDING_MAX);
  recording.peer = sch_peer_open(config, before);
  recording.stream = sch_handshake_open(options);
  exchange(&recording);
  return recording;
}

struct sch_peer *sch_recording_close(struct sch_recording *recording) {
  sch_handshake_close(recording->stream);
  sch_fifo_drop(&recording->seed);
  return recording->peer;
}

/* ---- what is done ---- */

static struct sch_peer_facts facts_of(const struct sch_recording *recording) {
  struct sch_peer_facts facts;

  sch_peer_facts(recording->peer, &facts);
  return facts;
}

static bool write_data(struct sch_recording *recording, size_t size) {
  static const uint8_t data[300] = "plaintext of the peer";
  const bool written = sch_peer_write(recording->peer, sch_span_of(data, size));

  exchange(recording);
  return written;
}

bool sch_scene_close(struct sch_recording *recording) {
  const bool done =
      write_data(recording, 1) && write_data(recording, 300) && sch_peer_close(recording->peer);

  exchange(recording);
  return done;
}

/* The peer's demand for an update is answered with one. */
static bool act_key_update(struct sch_recording *recording) {
  const bool done = write_data(recording, 20) && sch_peer_key_update(recording->peer, true) &&
                    write_data(recording, 20) && sch_peer_key_update(recording->peer, false);

  exchange(recording);
  return done && facts_of(recording).key_updates == 1 && sch_scene_close(recording);
}

static bool act_tickets(struct sch_recording *recording) {
  const bool done = sch_peer_ticket(recording->peer) && sch_peer_ticket(recording->peer) &&
                    write_data(recording, 20) && sch_peer_ticket(recording->peer);

  exchange(recording);
  return done && facts_of(recording).tickets == 5 && sch_scene_close(recording);
}

static bool act_renegotiate(struct sch_recording *recording) {
  const bool done = write_data(recording, 20) && sch_peer_renegotiate(recording->peer);

  exchange(recording);
  return done && facts_of(recording).handshakes == 2 && sch_scene_close(recording);
}

/* act_renew: in TLS 1.2 a ticket comes with a handshake, so several come with several. */
static bool act_renew(struct sch_recording *recording) {
  return act_renegotiate(recording) && facts_of(recording).tickets == 2 &&
         facts_of(recording).resumed;
}

/* act_offer_again has a client show its ticket a second time. */
static bool act_offer_again(struct sch_recording *recording) {
  const bool done = write_data(recording, 20) && sch_peer_abbreviate(recording->peer);

  exchange(recording);
  return done && facts_of(recording).handshakes == 2 && facts_of(recording).resumed &&
         sch_scene_close(recording);
}

/* act_other_suite renegotiates to a suite whose records have other sizes. */
static bool act_other_suite(struct sch_recording *recording) {
  const uint16_t before = facts_of(recording).suite;

  sch_peer_limit(recording->peer, before == SCH_SCENE_SHORT_SUITE
                                      ? "ECDHE-ECDSA-AES256-GCM-SHA384"
                                      : "ECDHE-ECDSA-CHACHA20-POLY1305");
  return act_renegotiate(recording) && facts_of(recording).suite != before;
}

static bool act_fatal(struct sch_recording *recording) {
  const bool done = write_data(recording, 20) && sch_peer_fatal(recording->peer);

  exchange(recording);
  return done;
}

/* The system under test has refused the peer, and said so. */
static bool act_refused(struct sch_recording *recording) {
  exchange(recording);
  return sch_stream_status(recording->stream) == SEC_E_UNTRUSTED_ROOT &&
         facts_of(recording).alert_in == SCH_ALERT_unknown_ca;
}

#define BOTH_VERSIONS (SCH_SCENE_1_2 | SCH_SCENE_1_3)
#define BOTH_ROLES (SCH_SCENE_CLIENT | SCH_SCENE_SERVER)

static const struct sch_scene scenes[] = {
    {"plain", BOTH_VERSIONS, BOTH_ROLES, SCH_HANDSHAKE_CUTS, .act = sch_scene_close},
    {"alpn", BOTH_VERSIONS, BOTH_ROLES, SCH_HANDSHAKE_ALPN | SCH_HANDSHAKE_WIDE,
     .act = sch_scene_close},
    {"sni", BOTH_VERSIONS, BOTH_ROLES, SCH_HANDSHAKE_SNI | SCH_HANDSHAKE_SMALL_READS,
     .act = sch_scene_close},
    {"mutual", BOTH_VERSIONS, BOTH_ROLES, .mutual = true, .act = sch_scene_close},
    {"asked", BOTH_VERSIONS, SCH_SCENE_CLIENT, SCH_HANDSHAKE_CUTS, .asked = true,
     .act = sch_scene_close},
    {"long-chain", BOTH_VERSIONS, BOTH_ROLES, .long_chain = true, .act = sch_scene_close},
    {"resumed", BOTH_VERSIONS, BOTH_ROLES, .resumption = 1, .tickets = 1, .act = sch_scene_close},
    {"tickets", SCH_SCENE_1_2, SCH_SCENE_CLIENT, .resumption = 1, .tickets = 1, .renews = true,
     .act = act_renew},
    {"tickets", SCH_SCENE_1_2, SCH_SCENE_SERVER, .resumption = 1, .act = act_offer_again},
    {"tickets", SCH_SCENE_1_3, SCH_SCENE_CLIENT, .tickets = 2, .act = act_tickets},
    {"tickets", SCH_SCENE_1_3, SCH_SCENE_SERVER, .resumption = 2, .act = sch_scene_close},
    {"hello-retry", SCH_SCENE_1_3, BOTH_ROLES, .retry = true, .act = sch_scene_close},
    {"key-update", SCH_SCENE_1_3, BOTH_ROLES, .act = act_key_update},
    {"renegotiated", SCH_SCENE_1_2, BOTH_ROLES, .act = act_renegotiate},
    {"other-suite", SCH_SCENE_1_2, BOTH_ROLES, .other_suite = true, .act = act_other_suite},
    {"fatal-alert", BOTH_VERSIONS, BOTH_ROLES, .act = act_fatal},
    {"refused", BOTH_VERSIONS, BOTH_ROLES, SCH_HANDSHAKE_REFUSE, .mutual = true, .refused = true,
     .act = act_refused},
    {"close-first", BOTH_VERSIONS, BOTH_ROLES, SCH_HANDSHAKE_CLOSE, .act = sch_scene_close},
    {"truncated", BOTH_VERSIONS, BOTH_ROLES, .act = sch_scene_close, .cut = TRUNCATED},
};

const struct sch_scene *sch_scenes(size_t *count) {
  *count = SCH_COUNT(scenes);
  return scenes;
}
