/* seeds_stream: the seeds of the target stream: every operation at either end in every state of a
 * conversation, and conversations for each engine and version. They are written as people say them:
 * "settle; server write 100; close", amounts as they are meant.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan.h"
#include "seeds.h"
#include "stream_ops.h"
#include "tls/engine_aead.h"

#define SEED_ROOM 1024
#define NAME_ROOM 96
#define STEP 64
#define SMALL_MAX 127

#define TWIN SCH_STREAM_TWIN
#define BYTES SCH_STREAM_BYTES
#define BOTH SCH_STREAM_CLOSE_BOTH
#define ACCEPT                                                     \
  ((uint32_t)SCH_STREAM_ACCEPT << SCH_STREAM_CLIENT_VERIFY_SHIFT | \
   (uint32_t)SCH_STREAM_ACCEPT << SCH_STREAM_SERVER_VERIFY_SHIFT | SCH_STREAM_CERTIFICATE)
#define CLIENT_VERIFY(kind) ((uint32_t)SCH_STREAM_##kind << SCH_STREAM_CLIENT_VERIFY_SHIFT)
#define SERVER_VERIFY(kind) \
  ((uint32_t)SCH_STREAM_##kind << SCH_STREAM_SERVER_VERIFY_SHIFT | SCH_STREAM_CERTIFICATE)

/* options_of: other callers are compared where that is cheap; in replays of the check, always. */
static uint32_t options_of(size_t kind) {
  return kind < SCH_ENGINE_AEAD_COUNT
             ? (uint32_t)kind | (kind % 3 == 0 ? TWIN : 0U)
             : (uint32_t)SCH_STREAM_LIBSSL | (uint32_t)(kind - SCH_ENGINE_AEAD_COUNT);
}

/* ---- from words to bytes ---- */

static enum sch_stream_operation operation_of(const char *name, size_t size) {
  for (size_t i = 0; i < SCH_STREAM_OPERATION_COUNT; i++) {
    const char *known = sch_stream_operation_name((enum sch_stream_operation)i);

    if (strlen(known) == size && strncmp(known, name, size) == 0) {
      return (enum sch_stream_operation)i;
    }
  }
  UNREACHABLE("a seed names an operation that there is not");
}

/* amount_of gives the byte that says `number`. */
static uint8_t amount_of(unsigned long number, char kind) {
  if (number == SCH_STREAM_MUCH) {
    return UINT8_MAX;
  }
  if (number <= SMALL_MAX || (kind == 'n' && number <= UINT8_MAX)) {
    return (uint8_t)number;
  }
  ENSURE(number % STEP == 0 && number <= (UINT8_MAX - SMALL_MAX) * STEP);
  return (uint8_t)(SMALL_MAX + number / STEP);
}

/* put_words writes operations, "server" before those of the server, with ";" behind each. */
static void put_words(struct sch_builder *to, const char *words) {
  while (*words != '\0') {
    const bool server = strncmp(words, "server ", 7) == 0;

    words += server ? 7 : 0;
    const size_t size = strcspn(words, " ;");
    const enum sch_stream_operation what = operation_of(words, size);
    char *end;

    words += size;
    const unsigned long number = strtoul(words, &end, 10);

    sch_builder_u8(to, (uint8_t)(what | (server ? SCH_STREAM_SERVER : 0)));
    sch_builder_u8(to, amount_of(number, sch_stream_operation_amount(what)));
    words = end + strspn(end, "; ");
  }
}

static void give(sch_seed_sink *sink, const char *name, uint32_t options, const char *before,
                 const char *words, const char *behind) {
  uint8_t room[SEED_ROOM];
  struct sch_builder bytes = sch_builder_of(room, sizeof room);
  const struct sch_plan plan = sch_plan_varied(options);

  put_words(&bytes, before);
  put_words(&bytes, words);
  put_words(&bytes, behind);
  sch_plan_put(&bytes, &plan);
  ENSURE(!bytes.failed);
  sink("stream", name, sch_builder_built(&bytes));
}

/* ---- every operation in every state ---- */

static const struct {
  const char *name;
  const char *words;
} states[] = {
    {"fresh", ""},
    {"hello", "send 3; server deliver; send; server deliver; server send 4; "},
    {"open", "settle; "},
    {"flying", "settle; write 40; server write 50; send; server send; write 60; send 30; "},
    {"unread",
     "settle; limit 1; server limit 1; write 90; server write 80; write 70; server write "
     "60; send; server send; server deliver; deliver; "},
    {"half",
     "settle; write 100; server write 100; send; server send; deliver 7; server deliver 3; "},
    {"full",
     "settle; pause; server pause; limit 64; server limit 64; write 8128; server write "
     "8128; write 8128; server write 8128; settle; "},
    {"updating",
     "settle; write 10; key-update 1; server key-update 1; server write 10; send; "
     "server send; deliver 30; "},
    {"asked", "settle; server renegotiate; renegotiate; server send; send; deliver; "},
    {"closing", "settle; write 30; server write 30; close; send; "},
    {"closed", "settle; write 30; close; server close; settle; "},
};

/* An amount for each kind of it, and a second one. */
static uint8_t amount_for(char kind, bool second) {
  switch (kind) {
    case 'b':
      return second ? 128 : 20;
    case 'n':
      return second ? 40 : 1;
    case 'o':
      return second ? 30 : 2;
    default:
      return second;
  }
}

static void give_pair(sch_seed_sink *sink, size_t state, enum sch_stream_operation what,
                      bool server) {
  char name[NAME_ROOM];
  char words[NAME_ROOM];
  const size_t number = state + what + server;
  const char *known = sch_stream_operation_name(what);
  const char *end = server ? "server " : "";
  const char amount = sch_stream_operation_amount(what);
  const bool second = number % 2 == 0;
  const uint32_t options = (uint32_t)(number % SCH_ENGINE_AEAD_COUNT) |
                           (number % 5 == 0 ? TWIN : 0U) | (number % 3 == 0 ? BOTH : 0U) |
                           (number % 4 == 0 ? ACCEPT : 0U);

  (void)snprintf(name, sizeof name, "%s-%s-%s", states[state].name, server ? "server" : "client",
                 known);
  (void)snprintf(words, sizeof words, "%s%s %u; %s%s %u; ", end, known, amount_for(amount, second),
                 end, known, amount_for(amount, !second));
  give(sink, name, options, states[state].words, words,
       "server write 11; write 12; settle; server write 13; write 14; ");
}

static void give_pairs(sch_seed_sink *sink) {
  for (size_t state = 0; state < SCH_COUNT(states); state++) {
    for (size_t what = 0; what < SCH_STREAM_OPERATION_COUNT; what++) {
      give_pair(sink, state, (enum sch_stream_operation)what, false);
      give_pair(sink, state, (enum sch_stream_operation)what, true);
    }
  }
}

/* ---- conversations, for each kind of connection ---- */

static const struct conversation {
  const char *name;
  uint32_t options;
  const char *words;
} conversations[] = {
    {"talk", BOTH, "write 100; server write 120; settle; write 0; write 1; server write 8128; "},
    {"written-before-the-handshake", BOTH,
     "write 8128; server write 8128; write 8128; write 100; "
     "server write 1; close; server close; "},
    {"in-small-pieces", BYTES | BOTH,
     "write 30; server write 40; settle; write 50; send 7; server "
     "deliver 3; send 1; server deliver 1; server deliver 1; "},
    {"one-closes", 0, "settle; write 60; close; server write 70; settle; server write 8128; "},
    {"both-close-at-once", 0, "settle; write 60; close; server write 70; server close; "},
    {"truncated", 0, "settle; write 60; send 20; "},
    {"read-slowly", BOTH,
     "settle; server limit 1; write 8128; write 8128; settle; server pause; "
     "write 8128; settle; server read 5; server resume; server read 7; "},
    {"limit-lowered", BOTH,
     "settle; server pause; server limit 100; write 8128; write 8128; write 8128; write 8128; "
     "settle; server limit 1; server resume; server read 9; "},
    {"much-at-once", BOTH, "settle; write 70000; settle; server write 70000; send 100; "},
    {"much-before-the-handshake", BOTH, "write 70000; server write 70000; write 100; settle; "},
    {"writes-blocked", BOTH,
     "settle; block 3; write 100; send; write 100; send 9; send; send 30; "
     "server deliver; "},
    {"refused-by-the-client", CLIENT_VERIFY(REFUSE), "write 10; server write 10; settle; "},
    {"refused-by-the-server", SERVER_VERIFY(REFUSE), "write 10; server write 10; settle; "},
    {"nobody-judges", CLIENT_VERIFY(NO_VERIFIER), "write 10; server write 10; settle; "},
    {"nobody-judges-the-client", SERVER_VERIFY(NO_VERIFIER), "write 10; settle; "},
    {"both-judge", ACCEPT | BOTH, "write 10; server write 10; settle; ask; server ask; "},
    {"renegotiation", ACCEPT | BOTH,
     "settle; server write 9; settle; server renegotiate; settle; write 60; server write 70; "
     "settle; server renegotiate; settle; ask; server ask; "},
    {"renegotiation-with-data-waiting", ACCEPT | BOTH,
     "settle; server renegotiate; server send; deliver; write 60; send; server deliver; server "
     "write 70; settle; "},
    {"renegotiation-behind-data", BOTH,
     "settle; server write 50; server renegotiate; server send; deliver 20; deliver; write 5; "},
    {"renegotiation-unread", BOTH,
     "settle; limit 1; server write 50; server renegotiate; server "
     "send; deliver; read; settle; write 5; "},
    {"renegotiation-crossed", 0,
     "settle; write 50; send; server renegotiate; server send; deliver; "
     "server deliver; settle; "},
    {"flipped-hello", 0, "send; server flip 6; settle; "},
    {"flipped-answer", 0, "send; server deliver; server send; flip 100; settle; "},
    {"flipped-finished", 0, "send; server deliver; server send; deliver; send; server flip 70; "},
    {"flipped-data", 0, "settle; write 60; send; server flip 20; settle; server write 5; settle; "},
    {"lost-data", 0, "settle; write 60; write 61; send; server lose 0; settle; "},
    {"lost-close", 0, "settle; write 60; close; send; server lose 1; settle; "},
    {"repeated-data", 0, "settle; write 60; send; server repeat 0; settle; "},
    {"repeated-close", 0, "settle; write 60; close; send; server repeat 1; settle; "},
    {"swapped-data", 0, "settle; write 60; write 61; send; server swap 0; settle; "},
    {"dropped", 0, "settle; write 60; send; server write 60; server send; abort; settle; "},
    {"broken", 0, "settle; write 60; send; server write 60; server send; break 9; settle; "},
};

static void give_conversations(sch_seed_sink *sink) {
  char name[NAME_ROOM];

  for (size_t kind = 0; kind < SCH_ENDS_KINDS; kind++) {
    for (size_t i = 0; i < SCH_COUNT(conversations); i++) {
      const struct conversation *one = &conversations[i];

      (void)snprintf(name, sizeof name, "%s-%s", one->name, sch_stream_kind_name(kind));
      give(sink, name, options_of(kind) | one->options, "", one->words, "");
    }
  }
}

/* ---- what only some have ---- */

static const struct conversation updates[] = {
    {"update", BOTH,
     "settle; key-update 0; write 50; settle; server key-update 0; server write 5; "},
    {"update-asked-for", BOTH,
     "settle; key-update 1; settle; write 50; server write 50; settle; "
     "server key-update 1; settle; write 50; server write 50; "},
    {"update-crossed", BOTH,
     "settle; key-update 1; server key-update 1; write 50; server write 50; "
     "send; server send; settle; write 1; server write 1; "},
    {"update-unread", BOTH,
     "settle; limit 1; server write 50; server key-update 1; server write "
     "51; server send; deliver; write 7; send; read; write 8; settle; "},
    {"updates-in-a-row", BOTH,
     "settle; key-update 1; key-update 1; key-update 0; key-update 1; write "
     "9; settle; server write 9; "},
    {"update-then-close", 0,
     "settle; server key-update 1; server close; server send; close; settle; "},
    {"update-behind-close", 0, "settle; close; server key-update 1; server write 40; settle; "},
    {"tickets", BOTH,
     "settle; server ticket 60; server write 5; server ticket 100; server send; "
     "deliver 9; deliver; server ticket 0; settle; write 5; "},
    {"ticket-cut", BYTES,
     "settle; server ticket 60; server send 5; deliver; server send 1; deliver; "
     "server send; deliver; server write 3; settle; "},
    {"ticket-behind-close", 0, "settle; close; send; server ticket 60; server write 40; settle; "},
};

static const struct conversation wishes[] = {
    {"wish", BOTH,
     "settle; server renegotiate; settle; renegotiate; settle; write 40; server write "
     "50; settle; "},
    {"wish-among-data", BOTH,
     "settle; server write 40; server renegotiate; server write 41; write "
     "30; renegotiate; write 31; server send; send; deliver 50; settle; "},
    {"wish-unread", BOTH,
     "settle; limit 1; server write 50; server renegotiate; server write 51; "
     "server send; deliver; write 7; send; read; write 8; settle; "},
    {"wishes-in-a-row", BOTH,
     "settle; server renegotiate; server renegotiate; renegotiate; "
     "renegotiate; renegotiate; write 9; settle; "},
    {"wish-behind-close", 0, "settle; close; server renegotiate; server write 40; settle; "},
};

static const struct conversation alone[] = {
    {"alert", 0, "settle; write 40; server write 41; alert 40; settle; "},
    {"alert-of-the-server", 0, "settle; write 40; server write 41; server alert 80; settle; "},
    {"alert-behind-data", 0, "settle; server limit 1; write 40; write 41; alert 10; settle; "},
};

/* Every queue between two owners full, and then read in gulps. */
static void give_full(sch_seed_sink *sink, size_t kind) {
  static char words[SEED_ROOM];
  char name[NAME_ROOM];
  size_t size = (size_t)snprintf(words, sizeof words, "settle; server pause; ");

  for (int i = 0; i < 44; i++) {
    size += (size_t)snprintf(words + size, sizeof words - size, "write 8128; %s",
                             i % 4 == 3 ? "settle; " : "");
  }
  (void)snprintf(name, sizeof name, "all-full-%s", sch_stream_kind_name(kind));
  give(sink, name, options_of(kind) | BOTH, words,
       "server resume; server read 100; settle; write 100; ", "");
}

/* Both have more to send than wire out takes, and still both must receive. */
static void give_crowded(sch_seed_sink *sink, size_t kind) {
  static char words[SEED_ROOM];
  char name[NAME_ROOM];
  size_t size = (size_t)snprintf(words, sizeof words, "settle; ");

  for (int i = 0; i < 14; i++) {
    size += (size_t)snprintf(words + size, sizeof words - size, "write 8128; server write 8128; ");
  }
  (void)snprintf(name, sizeof name, "both-full-%s", sch_stream_kind_name(kind));
  give(sink, name, options_of(kind) | BOTH, words,
       "server send 192; deliver; send 192; server deliver; server send 8192; server send 8192; "
       "server send 8192; deliver 8192; deliver; read; settle; ",
       "");
}

static void give_some(sch_seed_sink *sink, size_t kind, const struct conversation *list,
                      size_t count) {
  char name[NAME_ROOM];

  for (size_t i = 0; i < count; i++) {
    (void)snprintf(name, sizeof name, "%s-%s", list[i].name, sch_stream_kind_name(kind));
    give(sink, name, options_of(kind) | list[i].options, "", list[i].words, "");
  }
}

/* What may be done inside a call, at either end: when the verifier is asked, before it says yes or
 * no, and before the first provider calls of an open stream. */
static void give_insides(sch_seed_sink *sink, size_t kind) {
  static const char *const acts[] = {
#define ACT_NAME(name) #name,
      SCH_STREAM_INSIDES(ACT_NAME)
#undef ACT_NAME
  };
  static const struct {
    const char *name;
    uint32_t verify[2];
    const char *before;
    size_t call;
  } places[] = {
      {"verifier", {ACCEPT, ACCEPT}, "write 20; server write 20; ", 0},
      {"refusal", {CLIENT_VERIFY(REFUSE), SERVER_VERIFY(REFUSE)}, "write 20; server write 20; ", 0},
      {"first-call", {0, 0}, "write 20; server write 20; ", 1},
      {"call", {0, 0}, "settle; write 20; server write 20; ", 1},
      {"later-call",
       {0, 0},
       "settle; write 20; server write 20; server key-update 1; server "
       "renegotiate; close; ",
       2},
  };

  _Static_assert(SCH_COUNT(acts) == SCH_STREAM_INSIDE_COUNT, "they are all named");
  for (size_t i = 0; i < 2 * SCH_COUNT(acts) * SCH_COUNT(places); i++) {
    const size_t place = i / 2 % SCH_COUNT(places);
    const size_t act = i / 2 / SCH_COUNT(places);
    const bool server = i % 2 == 1;
    char words[NAME_ROOM];
    char name[NAME_ROOM];

    (void)snprintf(words, sizeof words, "%sinside %zu; ", server ? "server " : "",
                   act + SCH_STREAM_INSIDE_COUNT * places[place].call);
    (void)snprintf(name, sizeof name, "inside-%s-%s-%s-%s", places[place].name, acts[act],
                   server ? "server" : "client", sch_stream_kind_name(kind));
    for (char *at = name; *at != '\0'; at++) {
      *at = *at >= 'A' && *at <= 'Z' ? (char)(*at - 'A' + 'a') : *at;
    }
    give(sink, name, options_of(kind) | places[place].verify[server] | BOTH, places[place].before,
         words, "settle; write 30; server write 30; settle; ");
  }
}

void sch_seeds_stream(sch_seed_sink *sink) {
  give_pairs(sink);
  give_conversations(sink);
  for (size_t kind = 0; kind < SCH_ENGINE_AEAD_COUNT; kind++) {
    const bool is_1_3 = sch_ends_is_1_3(kind);

    give_some(sink, kind, is_1_3 ? updates : wishes,
              is_1_3 ? SCH_COUNT(updates) : SCH_COUNT(wishes));
    give_some(sink, kind, alone, SCH_COUNT(alone));
  }
  give_crowded(sink, 1);
  give_crowded(sink, 4);
  give_full(sink, 0);
  give_full(sink, 3);
  give_full(sink, SCH_ENDS_OPENSSL_1_3);
  give_insides(sink, 0);
  give_insides(sink, 3);
  give_insides(sink, SCH_ENDS_OPENSSL_1_2);
}
