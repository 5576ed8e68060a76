/* meeting: see meeting.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "meeting.h"

#include "harness.h"
#include "held.h"
#include "peer.h"
#include "sides.h"
#include "world.h"

/* Flights of the longest handshake, TLS 1.2, and the last one, empty. */
#define TURNS_MAX 4
#define FLIGHTS_MAX ((size_t)16 * 1024)

/* What both ends say, in turn; the system under test, when it is the server, begins with nothing.
 */
struct meeting {
  struct turn {
    struct sch_span said;  /* by the system under test */
    struct sch_span heard; /* by it; nothing: that was all */
  } turns[TURNS_MAX];
  uint8_t bytes[FLIGHTS_MAX];
  size_t size;
  struct sch_records records; /* the peer's end, once the meeting is over */
};

static struct sch_peer *open_peer(uint32_t options) {
  static const char *const suites[SCH_ENGINE_AEAD_COUNT] = {
      "TLS_AES_128_GCM_SHA256",        "TLS_AES_256_GCM_SHA384",
      "TLS_CHACHA20_POLY1305_SHA256",  "ECDHE-ECDSA-AES128-GCM-SHA256",
      "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305"};
  const size_t class = sch_sides_class(options);
  const uint16_t version = class < 3 ? SCH_TLS_1_3 : SCH_TLS_1_2;
  const struct sch_peer_config config = {.server = (options & SCH_DECRYPT_SERVER) == 0,
                                         .version_min = version,
                                         .version_max = version,
                                         .identity = SCH_IDENTITY_ECDSA,
                                         .suite = suites[class]};

  return sch_peer_open(&config, NULL);
}

static struct sch_span keep(struct meeting *meeting, struct sch_span bytes) {
  const struct sch_span kept = sch_span_of(meeting->bytes + meeting->size, bytes.size);

  ENSURE(bytes.size <= FLIGHTS_MAX - meeting->size);
  sch_copy(meeting->bytes + meeting->size, bytes.data, bytes.size);
  meeting->size += bytes.size;
  return kept;
}

/* listen has the peer answer what has been said, and keeps both. */
static void listen(struct meeting *meeting, size_t turn, struct sch_peer *peer,
                   struct sch_span said) {
  struct sch_fifo back;

  sch_fifo_open(&back, FLIGHTS_MAX);
  sch_peer_give(peer, said);
  ORACLE(bounded, sch_peer_take(peer, &back));
  meeting->turns[turn].said = keep(meeting, said);
  meeting->turns[turn].heard = keep(meeting, sch_fifo_held(&back));
  sch_fifo_drop(&back);
}

/* part opens the records that go on from here, and lets libssl go. */
static void part(struct meeting *meeting, struct sch_peer *peer, bool server) {
  struct sch_aead_secrets secrets;
  struct sch_peer_facts facts;

  ORACLE(model, sch_peer_secrets(peer, &secrets));
  sch_peer_facts(peer, &facts);
  secrets.server.sequence += server && facts.version == SCH_TLS_1_3 ? facts.tickets : 0;
  sch_records_open(&meeting->records, &secrets, !server);
  sch_peer_drop(peer);
}

/* shake makes all handshake calls that a flight allows. */
static SECURITY_STATUS shake(struct sch_caller *caller, struct sch_span flight,
                             struct sch_fifo *out) {
  struct sch_held held = {0};
  struct sch_caller_answer given;
  SECURITY_STATUS status;

  sch_held_add(&held, flight);
  do {
    status = sch_caller_handshake(caller, sch_held_view(&held), out, &given);
    ORACLE(model, status == SEC_E_OK || status == SEC_I_CONTINUE_NEEDED);
    sch_held_keep(&held, sch_held_view(&held).size - given.used);
  } while (sch_held_view(&held).size != 0);
  sch_held_drop(&held);
  return status;
}

struct sch_records *sch_meet(uint32_t options, struct sch_caller *caller, struct sch_fifo *out) {
  static struct meeting meetings[SCH_ENGINE_AEAD_COUNT][2];
  struct meeting *meeting = &meetings[sch_sides_class(options)][caller->server];
  const struct sch_world world = sch_world_apart("meeting");
  struct sch_peer *peer = meeting->size == 0 ? open_peer(options) : NULL;
  SECURITY_STATUS status =
      caller->server ? SEC_I_CONTINUE_NEEDED : shake(caller, sch_span_of(NULL, 0), out);
  size_t turn = 0;

  for (;; turn++) {
    const struct sch_span said = sch_fifo_held(out);

    ENSURE(turn < TURNS_MAX);
    if (peer != NULL) {
      listen(meeting, turn, peer, said);
    }
    ORACLE(determinism, sch_span_equal(said, meeting->turns[turn].said));
    sch_fifo_consume(out, said.size);
    if (meeting->turns[turn].heard.size == 0) {
      break;
    }
    status = shake(caller, meeting->turns[turn].heard, out);
  }
  ORACLE(model, status == SEC_E_OK);
  if (peer != NULL) {
    part(meeting, peer, caller->server);
  }
  sch_records_restart(&meeting->records);
  sch_world_back(&world);
  return &meeting->records;
}
