/* test_world: the clock stands still, randomness repeats, and the real ones are out of reach.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <openssl/rand.h>
#include <sys/random.h>
#include <sys/time.h>
#include <time.h>

#include "peer.h"
#include "test.h"

#define ROUNDS 100
#define WIRE_MAX ((size_t)1 << 20)

static struct sch_span draw(uint8_t *to, size_t size) {
  CHECK_EQUAL(RAND_bytes(to, (int)size), 1);
  return sch_span_of(to, size);
}

/* The same draws after a reset give the same bytes, another draw gives others. */
static void draws_repeat_after_reset(void) {
  uint8_t first[40];
  uint8_t second[40];
  uint8_t again[40];

  sch_world_reset();
  (void)draw(first, sizeof(first));
  (void)draw(second, sizeof(second));
  sch_world_reset();
  (void)draw(again, sizeof(again));
  sch_world_leave();
  CHECK(memcmp(first, again, sizeof(first)) == 0);
  CHECK(memcmp(first, second, sizeof(first)) != 0);
}

/* What one side draws does not move what the other gets; neither do draws of another size. */
static void sides_and_sizes_are_apart(void) {
  uint8_t sut[32];
  uint8_t peer[32];
  uint8_t noise[33];
  uint8_t again[32];

  sch_world_reset();
  (void)draw(sut, sizeof(sut));
  CHECK_EQUAL(sch_world_side(SCH_SIDE_PEER), SCH_SIDE_SUT);
  (void)draw(peer, sizeof(peer));
  sch_world_reset();
  (void)draw(noise, sizeof(noise));
  CHECK_EQUAL(sch_world_side(SCH_SIDE_PEER), SCH_SIDE_SUT);
  (void)draw(again, sizeof(again));
  CHECK(memcmp(peer, again, sizeof(peer)) == 0);
  CHECK_EQUAL(sch_world_side(SCH_SIDE_SUT), SCH_SIDE_PEER);
  (void)draw(again, sizeof(again));
  sch_world_leave();
  CHECK(memcmp(sut, again, sizeof(sut)) == 0);
  CHECK(memcmp(sut, peer, sizeof(sut)) != 0);
}

/* A place apart depends on its label alone, and leaves the input's draws as they were. */
static void places_apart_repeat_by_label(void) {
  uint8_t draws[5][16];

  sch_world_reset();
  for (size_t i = 0; i < 2; i++) {
    const struct sch_world before = sch_world_apart("one");

    (void)draw(draws[i], sizeof(draws[i]));
    sch_world_back(&before);
    (void)draw(draws[4], sizeof(draws[4]));
  }
  const struct sch_world before = sch_world_apart("two");

  (void)draw(draws[2], sizeof(draws[2]));
  sch_world_back(&before);
  sch_world_reset();
  (void)draw(draws[3], sizeof(draws[3]));
  (void)draw(draws[3], sizeof(draws[3]));
  sch_world_leave();
  CHECK(memcmp(draws[0], draws[1], sizeof(draws[0])) == 0);
  CHECK(memcmp(draws[0], draws[2], sizeof(draws[0])) != 0);
  CHECK(memcmp(draws[3], draws[4], sizeof(draws[3])) == 0);
}

/* Draws begin below 0x40: a number for a range is almost never drawn twice. */
static void draws_begin_low(void) {
  uint8_t bytes[32];

  sch_world_reset();
  for (int i = 0; i < 1000; i++) {
    CHECK(draw(bytes, sizeof(bytes)).data[0] < 0x40);
  }
  sch_world_leave();
}

/* The clock is where world.h says, whoever asks. */
static void clock_stands_still(void) {
  time_t now = 0;

  CHECK_EQUAL(time(&now), SCH_WORLD_TIME);
  CHECK_EQUAL(now, SCH_WORLD_TIME);
}

/* While an input runs, the real clock and real randomness abort; before and after, they work. */
static void the_real_ones_abort_inside_an_input(void) {
  uint8_t bytes[8];
  struct timeval real = {0};

  CHECK_EQUAL(getrandom(bytes, sizeof(bytes), 0), (long)sizeof(bytes));
  CHECK_EQUAL(getentropy(bytes, sizeof(bytes)), 0);
  CHECK_EQUAL(gettimeofday(&real, NULL), 0);
  CHECK(real.tv_sec != 0);
  sch_world_reset();
  CHECK_ABORTS((void)!getrandom(bytes, sizeof(bytes), 0));
  CHECK_ABORTS((void)!getentropy(bytes, sizeof(bytes)));
  CHECK_ABORTS((void)gettimeofday(&real, NULL));
  sch_world_leave();
  CHECK_EQUAL(getrandom(bytes, sizeof(bytes), 0), (long)sizeof(bytes));
}

/* talk has two peers shake hands, send a word and close; `wire` gets all bytes of both. */
static void talk(const struct sch_peer_config *client_config,
                 const struct sch_peer_config *server_config, struct sch_fifo *wire) {
  struct sch_peer *client = sch_peer_open(client_config, NULL);
  struct sch_peer *server = sch_peer_open(server_config, NULL);
  size_t before;
  bool said = false;

  do {
    before = sch_fifo_held(wire).size;
    CHECK(sch_peer_take(client, wire));
    const size_t middle = sch_fifo_held(wire).size;

    sch_peer_give(server, sch_span_last(sch_fifo_held(wire), middle - before));
    CHECK(sch_peer_take(server, wire));
    sch_peer_give(client, sch_span_last(sch_fifo_held(wire), sch_fifo_held(wire).size - middle));
    if (sch_fifo_held(wire).size == before && !said) {
      CHECK(sch_peer_write(client, sch_span_text("word")));
      said = true;
      before--;
    }
  } while (sch_fifo_held(wire).size != before);
  CHECK_BYTES(sch_fifo_held(sch_peer_heard(server)), sch_span_text("word"));
  sch_peer_drop(client);
  sch_peer_drop(server);
}

/* A whole conversation is the same bytes a hundred times over, with every kind of key. RSA matters
 * most: its blinding draws at times that depend on all that came before. */
static void conversations_repeat(void) {
  for (int turn = 0; turn < 2 * (SCH_IDENTITY_COUNT - 1); turn++) {
    const uint16_t version = turn % 2 == 0 ? 0x0303 : 0x0304;
    const struct sch_peer_config client = {.version_max = version};
    const struct sch_peer_config server = {
        .server = true, .identity = (enum sch_identity_kind)(1 + turn / 2), .tickets = 2};
    SCOPED(fifo) struct sch_fifo first = {0};

    sch_fifo_open(&first, WIRE_MAX);
    sch_world_reset();
    talk(&client, &server, &first);
    for (int round = 1; round < ROUNDS; round++) {
      SCOPED(fifo) struct sch_fifo wire = {0};

      sch_fifo_open(&wire, WIRE_MAX);
      sch_world_reset();
      talk(&client, &server, &wire);
      CHECK_BYTES(sch_fifo_held(&first), sch_fifo_held(&wire));
    }
    sch_world_leave();
  }
}

TESTS(draws_repeat_after_reset, sides_and_sizes_are_apart, places_apart_repeat_by_label,
      draws_begin_low, clock_stands_still, the_real_ones_abort_inside_an_input,
      conversations_repeat)
