/* seeds_decrypt: the corpus of the decrypt target: one script for each thing that records can do,
 * played in both versions and roles, by calls and through stream. The suites take turns.
 * A few run on engine_openssl.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "plan.h"
#include "script.h"
#include "seeds.h"

#define SEED_MAX 512
#define NAME_ROOM 128

enum {
  DATA,
  PADDED,
  ALERT,
  TICKETS,
  KEY_UPDATE,
  HELLO,
  TYPED,
  SHAPE,
  FLIP,
  SHORTEN,
  TEAR,
  REPEAT,
  LOSE,
  SWAP,
  RAW
};

_Static_assert((int)RAW == (int)SCH_SCRIPT_RAW, "the short names are those of script.h");

struct scene {
  const char *name;
  const uint8_t *script;
  size_t size;
  uint32_t options;
  uint8_t cuts[SCH_PLAN_CUTS];
};

#define BYTES(...) (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__})

/* A size or padding of two bytes: short, at the limit, or some steps. */
#define SIZE(size)                                    \
  ENCODED((size) < 256 ? (size)                       \
          : (size) < SCH_SCRIPT_LIMIT_FIRST           \
              ? (SCH_SCRIPT_STEPS << 8) + (size) / 64 \
              : (SCH_SCRIPT_LIMIT << 8) + (int)((size)-SCH_SCRIPT_LIMIT_FIRST))
#define ENCODED(number) (uint8_t)((number) >> 8), (uint8_t)(number)

#define SPEAK SCH_DECRYPT_SPEAK
#define LARGE SCH_DECRYPT_LARGE

static const struct scene scenes[] = {
    {"nothing", NULL, 0, SPEAK, {0}},
    {"one-record", BYTES(DATA, SIZE(100)), 0, {0}},
    {"two-records-one-read", BYTES(DATA, SIZE(100), DATA, SIZE(17)), 0, {0}},
    {"empty-records", BYTES(DATA, SIZE(0), DATA, SIZE(0), DATA, SIZE(1)), 0, {0}},
    {"many-small-records",
     BYTES(DATA, SIZE(1), DATA, SIZE(2), DATA, SIZE(3), DATA, SIZE(4), DATA, SIZE(5), DATA, SIZE(6),
           DATA, SIZE(7), DATA, SIZE(8)),
     0,
     {7}},
    {"split-header", BYTES(DATA, SIZE(40), DATA, SIZE(40)), 0, {12, 3, 2}},
    {"cut-inside-tag", BYTES(DATA, SIZE(40), DATA, SIZE(40)), 0, {60, 20, 5}},
    {"padding-only", BYTES(TYPED, 0, 3, 0, 0, 0), 0, {0}},
    {"close", BYTES(DATA, SIZE(9), ALERT, 1, 0), SPEAK, {0}},
    {"data-behind-close", BYTES(ALERT, 1, 0, DATA, SIZE(9)), 0, {0}},
    {"warning", BYTES(ALERT, 1, 90, DATA, SIZE(9)), 0, {0}},
    {"fatal-alert", BYTES(DATA, SIZE(9), ALERT, 2, 20, DATA, SIZE(9)), 0, {0}},
    {"alert-of-three-bytes", BYTES(TYPED, 21, 3, 1, 0, 0), 0, {0}},
    {"ticket", BYTES(TICKETS, 0, DATA, SIZE(9)), 0, {0}},
    {"tickets-in-one-record", BYTES(TICKETS, 3, DATA, SIZE(9)), 0, {0}},
    {"ticket-in-pieces", BYTES(TICKETS, 12, DATA, SIZE(9)), 0, {0}},
    {"ticket-mixed-with-data", BYTES(TYPED, 22, 3, 4, 0, 0, DATA, SIZE(9)), 0, {0}},
    {"key-update", BYTES(DATA, SIZE(9), KEY_UPDATE, 0, DATA, SIZE(9)), 0, {0}},
    {"key-updates-answered",
     BYTES(KEY_UPDATE, 1, DATA, SIZE(9), KEY_UPDATE, 1, KEY_UPDATE, 0, DATA, SIZE(9)),
     SPEAK,
     {0}},
    {"key-update-malformed", BYTES(KEY_UPDATE, 2, DATA, SIZE(9)), 0, {0}},
    {"hello", BYTES(DATA, SIZE(9), HELLO, DATA, SIZE(9)), SPEAK, {0}},
    {"hello-alone", BYTES(HELLO), 0, {0}},
    {"hello-in-pieces", BYTES(TYPED, 22, 2, 0, 0, TYPED, 22, 2, 0, 0, DATA, SIZE(9)), 0, {0}},
    {"unknown-message", BYTES(TYPED, 22, 4, 20, 0, 0, 0), 0, {0}},
    {"endless-message", BYTES(TYPED, 22, 4, 4, 255, 255, 255), 0, {0}},
    {"empty-handshake-record", BYTES(TYPED, 22, 0), 0, {0}},
    {"change-cipher-spec", BYTES(TYPED, 20, 1, 1, DATA, SIZE(9)), 0, {0}},
    {"unknown-type", BYTES(TYPED, 24, 3, 1, 0, 0), 0, {0}},
    {"typed-data", BYTES(TYPED, 23, 3, 1, 2, 3), 0, {0}},
    {"odd-version", BYTES(SHAPE, 23, 3, 1, DATA, SIZE(9)), 0, {0}},
    {"odd-outer-type", BYTES(SHAPE, 22, 3, 3, DATA, SIZE(9)), 0, {0}},
    {"flipped-data", BYTES(DATA, SIZE(9), DATA, SIZE(40), FLIP, ENCODED(20), 1), 0, {0}},
    {"flipped-tag", BYTES(DATA, SIZE(9), FLIP, ENCODED(29), 128, DATA, SIZE(9)), 0, {0}},
    {"flipped-length", BYTES(DATA, SIZE(40), FLIP, ENCODED(4), 8, DATA, SIZE(40)), 0, {0}},
    {"flipped-type", BYTES(DATA, SIZE(40), FLIP, ENCODED(0), 1), 0, {0}},
    {"truncated-tag", BYTES(DATA, SIZE(40), SHORTEN, 1), 0, {0}},
    {"empty-body", BYTES(DATA, SIZE(40), SHORTEN, 255), 0, {0}},
    {"torn-at-end", BYTES(DATA, SIZE(9), DATA, SIZE(40), TEAR, 1), 0, {0}},
    {"torn-in-middle", BYTES(DATA, SIZE(40), TEAR, 9, DATA, SIZE(40)), 0, {0}},
    {"repeated", BYTES(DATA, SIZE(40), REPEAT), 0, {0}},
    {"lost", BYTES(DATA, SIZE(9), DATA, SIZE(40), LOSE, DATA, SIZE(40)), 0, {0}},
    {"swapped", BYTES(DATA, SIZE(9), DATA, SIZE(40), SWAP, DATA, SIZE(40)), 0, {0}},
    {"raw-behind", BYTES(DATA, SIZE(9), RAW, 5, 23, 3, 3, 0, 0), 0, {0}},
    {"raw-header-cut", BYTES(DATA, SIZE(9), RAW, 3, 23, 3, 3), 0, {0}},
    {"raw-text", BYTES(RAW, 5, 'G', 'E', 'T', ' ', '/'), 0, {0}},
    {"raw-clear-alert", BYTES(RAW, 7, 21, 3, 3, 0, 2, 1, 0), 0, {0}},
    {"hellos-in-one-record", BYTES(TYPED, 22, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0), 0, {0}},
    {"hello-inside-message", BYTES(TYPED, 22, 3, 4, 0, 0, REPEAT, HELLO, SWAP), SPEAK, {0}},
};

/* Played in two ways only, for they cost time. */
static const struct scene large_scenes[] = {
    {"largest-record", BYTES(DATA, SIZE(16384)), SPEAK | LARGE, {0}},
    {"record-too-large", BYTES(DATA, SIZE(16385), DATA, SIZE(1)), LARGE, {0}},
    {"three-large-records",
     BYTES(DATA, SIZE(14976), DATA, SIZE(14976), DATA, SIZE(9)),
     LARGE,
     {255}},
    {"padding", BYTES(PADDED, SIZE(10), SIZE(90), PADDED, SIZE(0), SIZE(16384)), LARGE, {0}},
    {"padding-too-large", BYTES(PADDED, SIZE(100), SIZE(16285)), LARGE, {0}},
};

/* Played with engine_openssl as well: a TLS 1.3 client and a TLS 1.2 server, for each begins with a
 * real handshake. */
static const struct scene real_scene = {
    "everything",
    BYTES(DATA, SIZE(9), TICKETS, 0, KEY_UPDATE, 1, DATA, SIZE(100), DATA, SIZE(0), ALERT, 1, 90,
          DATA, SIZE(16384), ALERT, 1, 0),
    SPEAK | SCH_DECRYPT_LIBSSL,
    {0}};

/* And with its own last words, for the server of TLS 1.2, the cheapest. */
static const struct scene real_answer = {
    "real-answer", BYTES(DATA, SIZE(9)), SPEAK | SCH_DECRYPT_LIBSSL, {7}};

static const char *const ways[] = {"client", "server", "client-stream", "server-stream"};
static const char *const suites[SCH_ENGINE_AEAD_COUNT] = {
    "1.3-aes128", "1.3-aes256", "1.3-chacha20", "1.2-aes128", "1.2-aes256", "1.2-chacha20"};

/* ration looks for a last cut, which a wire seldom gets to, with which the options hold. */
static void ration(struct sch_plan *plan, struct sch_span operations) {
  while (sch_decrypt_rationed(plan, operations) != plan->options) {
    plan->cuts[SCH_PLAN_CUTS - 1]++;
    ENSURE(plan->cuts[SCH_PLAN_CUTS - 1] != 0);
  }
}

static void offer(sch_seed_sink *sink, const struct scene *scene, size_t class, size_t way,
                  size_t slot) {
  uint8_t bytes[SEED_MAX];
  char name[NAME_ROOM];
  struct sch_builder seed = sch_builder_of(bytes, sizeof bytes);
  struct sch_plan plan = {.options = scene->options};

  plan.options |= (uint32_t)(class << SCH_DECRYPT_CLASS_SHIFT | slot << SCH_DECRYPT_SLOT_SHIFT);
  plan.options |= (way & 1) != 0 ? SCH_DECRYPT_SERVER : 0;
  plan.options |= way == 1 && class == 1 ? SCH_DECRYPT_SPEAK : 0;
  plan.options |= (way & 2) != 0 ? SCH_DECRYPT_STREAM : 0;
  sch_copy(plan.cuts, scene->cuts, sizeof plan.cuts);
  ration(&plan, sch_span_of(scene->script, scene->size));
  sch_builder_bytes(&seed, sch_span_of(scene->script, scene->size));
  sch_plan_put(&seed, &plan);
  ENSURE(!seed.failed);
  (void)snprintf(name, sizeof name, "%s-%s-%s", scene->name, suites[class], ways[way]);
  sink("decrypt", name, sch_builder_built(&seed));
}

/* offer_all plays scenes in every way, or in each `stride`th. */
static void offer_all(sch_seed_sink *sink, const struct scene *all, size_t count, size_t stride) {
  size_t turn = 0;

  for (size_t i = 0; i < count; i++) {
    for (size_t way = 0; way < SCH_COUNT(ways); way += stride, turn++) {
      offer(sink, &all[i], turn % 3, way, turn % 4);
      offer(sink, &all[i], 3 + turn % 3, way, (turn + 2) % 4);
    }
  }
}

void sch_seeds_decrypt(sch_seed_sink *sink) {
  offer_all(sink, scenes, SCH_COUNT(scenes), 1);
  offer_all(sink, large_scenes, SCH_COUNT(large_scenes), 3);
  offer(sink, &real_scene, 0, 0, 0);
  offer(sink, &real_scene, SCH_ENGINE_AEAD_COUNT - 1, 1, 0);
  offer(sink, &real_answer, SCH_ENGINE_AEAD_COUNT - 1, 1, 0);
}
