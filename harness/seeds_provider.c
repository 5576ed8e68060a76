/* seeds_provider: the seeds of the target provider: every status at every call, every amount in
 * every answer, and by name the hazards that a provider can bring about.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "plan.h"
#include "provider.h"
#include "scripted.h"
#include "seeds.h"
#include "sspi/status.h"

#define STEPS_MAX 12
#define NAME_ROOM 128
#define SEED_ROOM 2048

/* One entry. In legal mode `status` is the step; elsewhere a status of the table or any other. */
struct step {
  SECURITY_STATUS status;
  uint8_t share;
  uint8_t slots;
  uint8_t output;
  uint8_t size;
  uint8_t shape;
};

struct seed {
  const char *name;
  uint32_t options;
  struct step steps[STEPS_MAX];
  size_t count;
  uint8_t last_cut;
  struct sch_span wire; /* or empty for the customary one */
};

#define EXTRA(kind) SCH_SCRIPTED_##kind
#define MISSING(kind) (SCH_SCRIPTED_##kind << 4)
#define OUT(kind) SCH_SCRIPTED_##kind
#define FIELD(name, value) ((uint32_t)(value) << SCH_PROVIDER_##name##_SHIFT)
#define VERIFY(kind) FIELD(VERIFY, SCH_PROVIDER_##kind)
#define WRITE(kind) FIELD(WRITE, SCH_PROVIDER_##kind)
#define CLOSE(turn) FIELD(CLOSE, turn)
#define SERVER SCH_PROVIDER_SERVER
#define LEGAL SCH_PROVIDER_LEGAL
#define REPEAT SCH_PROVIDER_REPEAT
#define SEED(name, options, ...)                                                  \
  {                                                                               \
    name, options, {__VA_ARGS__}, SCH_COUNT(((struct step[]){__VA_ARGS__})), 0, { \
      NULL, 0                                                                     \
    }                                                                             \
  }

/* The customary answers. */
#define HELLO \
  { SEC_I_CONTINUE_NEEDED, 0, 0, OUT(TOKEN), 9, 0 }
#define SHAKEN \
  { SEC_E_OK, EXTRA(EXACT), 0, OUT(TOKEN), 5, 0 }
#define SHAKEN_ALL \
  { SEC_E_OK, 0, 0, OUT(TOKEN), 5, 0 }
#define SIZED \
  { SEC_E_OK, 0, 0, 0, 0, 0 }
#define SEALED \
  { SEC_E_OK, 0, 0, 0, 0, 0 }
#define DATA \
  { SEC_E_OK, EXTRA(EXACT), 0, 0, 2, 0 }
#define INCOMPLETE \
  { SEC_E_INCOMPLETE_MESSAGE, 0, 0, 0, 0, 0 }
#define RENEGOTIATE \
  { SEC_I_RENEGOTIATE, EXTRA(ALL), 0, 0, 0, SCH_SCRIPTED_DATA_EMPTY }
#define CLOSED \
  { SEC_I_CONTEXT_EXPIRED, EXTRA(EXACT), 0, 0, 0, SCH_SCRIPTED_DATA_EMPTY }
#define OPEN HELLO, SHAKEN, SIZED

/* ---- writing ---- */

static uint8_t row_of(SECURITY_STATUS status) {
  size_t count;
  const struct sch_status *table = sch_status_table(&count);

  for (size_t i = 0; i < count; i++) {
    if (table[i].value == status) {
      return (uint8_t)i;
    }
  }
  return SCH_SCRIPTED_RAW;
}

static void put_step(struct sch_builder *to, const struct step *step, bool legal) {
  const uint8_t row = legal ? (uint8_t)step->status : row_of(step->status);

  sch_builder_u8(to, row);
  sch_builder_u8(to, step->share);
  if (row == SCH_SCRIPTED_RAW) {
    sch_builder_u32(to, (uint32_t)step->status);
    return;
  }
  sch_builder_u8(to, step->slots);
  sch_builder_u8(to, step->output);
  sch_builder_u8(to, step->size);
  sch_builder_u8(to, step->shape);
}

/* Bodies for legal mode, and records for the other: one of the handshake and four of data. */
static const uint8_t bodies[] =
    "\5shake\4data\0\11more data\4rest\3end\30a rather long record, cut";
static const uint8_t records[] =
    "\26\3\3\0\5shake\27\3\3\0\4data\27\3\3\0\0\27\3\3\0\11more data\27\3\3\0\20cut";

static struct sch_span wire_of(const struct seed *seed) {
  if (seed->wire.size != 0) {
    return seed->wire;
  }
  return (seed->options & SCH_PROVIDER_LEGAL) != 0 ? sch_span_of(bodies, sizeof bodies - 1)
                                                   : sch_span_of(records, sizeof records - 1);
}

static void give(sch_seed_sink *sink, const struct seed *seed) {
  uint8_t room[SEED_ROOM];
  struct sch_builder bytes = sch_builder_of(room, sizeof room);
  const bool legal = (seed->options & SCH_PROVIDER_LEGAL) != 0;
  struct sch_plan plan =
      sch_plan_varied(seed->options | (uint32_t)seed->count << SCH_PROVIDER_ENTRIES_SHIFT);

  sch_builder_bytes(&bytes, wire_of(seed));
  for (size_t i = 0; i < seed->count; i++) {
    put_step(&bytes, &seed->steps[i], legal);
  }
  plan.cuts[SCH_PLAN_CUTS - 1] = seed->last_cut;
  if ((seed->options & SCH_PROVIDER_BIG) == SCH_PROVIDER_BIG) {
    const uint16_t word = sch_provider_word(sch_builder_built(&bytes), &plan);

    plan.cuts[0] = (uint8_t)(word >> 8);
    plan.cuts[1] = (uint8_t)word;
  }
  sch_plan_put(&bytes, &plan);
  ENSURE(!bytes.failed);
  sink("provider", seed->name, sch_builder_built(&bytes));
}

/* ---- by hand ---- */

static const struct seed hazards[] = {
    SEED("h01-success-uses-nothing", 0, OPEN, {SEC_E_OK, EXTRA(ALL), 0, 0, 0, 0}),
    SEED("h01-fragment-uses-nothing", SERVER | REPEAT,
         {SEC_I_MESSAGE_FRAGMENT, EXTRA(ALL), 0, 0, 0, 0}),
    SEED("h01-continue-uses-nothing", SERVER | REPEAT,
         {SEC_I_CONTINUE_NEEDED, EXTRA(ALL), 0, 0, 0, 0}),
    SEED("h01-endless-tokens", SERVER | REPEAT,
         {SEC_I_CONTINUE_NEEDED, EXTRA(ALL), 0, OUT(TOKEN), 1, 0}),
    SEED("h01-endless-fragments", REPEAT,
         {SEC_I_MESSAGE_FRAGMENT, EXTRA(ALL), 0, OUT(TOKEN), 200, 0}),
    SEED("h02-unknown-success-of-decrypt", 0, OPEN, {0x1234567, EXTRA(EXACT), 0, 0, 0, 0}),
    SEED("h02-unknown-failure-of-decrypt", 0, OPEN, {(SECURITY_STATUS)0x81234567, 0, 0, 0, 0, 0}),
    SEED("h03-continue-with-extra", 0, HELLO,
         {SEC_I_CONTINUE_NEEDED, EXTRA(EXACT), 0, OUT(TOKEN), 3, 0}, SHAKEN, SIZED, DATA),
    SEED("h03-continue-without-token", 0, HELLO, {SEC_I_CONTINUE_NEEDED, EXTRA(EXACT), 0, 0, 0, 0},
         SHAKEN, SIZED, DATA),
    SEED("h03-fragment-then-the-rest", 0, HELLO, {SEC_I_MESSAGE_FRAGMENT, 0, 0, OUT(TOKEN), 9, 0},
         {SEC_I_CONTINUE_NEEDED, 0, 0, OUT(TOKEN), 4, 0}, SHAKEN, SIZED, DATA),
    SEED("h03-hello-in-fragments", 0, {SEC_I_MESSAGE_FRAGMENT, 0, 0, OUT(TOKEN), 9, 0}, HELLO,
         SHAKEN, SIZED, DATA),
    SEED("h05-hint-too-large", 0, HELLO, {SEC_E_INCOMPLETE_MESSAGE, MISSING(HUGE), 0, 0, 0, 0},
         SHAKEN, SIZED, {SEC_E_INCOMPLETE_MESSAGE, MISSING(SIGN), 0, 0, 0, 0}, DATA),
    SEED("h05-hint-of-nothing", 0, HELLO, {SEC_E_INCOMPLETE_MESSAGE, MISSING(ZERO), 0, 0, 0, 0},
         SHAKEN, SIZED, {SEC_E_INCOMPLETE_MESSAGE, MISSING(ZERO), 0, 0, 0, 0}, DATA),
    SEED("h05-whole-records-and-still-incomplete", SERVER | REPEAT | SCH_PROVIDER_BIG,
         {SEC_E_INCOMPLETE_MESSAGE, 0, 0, 0, 0, 0}),
    SEED("h06-extra-in-the-data-slot", 0, OPEN, {SEC_E_OK, EXTRA(EXACT), 2, 0, 2, 0}),
    SEED("h06-extra-in-the-token-slot", 0, HELLO, {SEC_E_OK, EXTRA(EXACT), 1, 0, 0, 0}, SIZED,
         DATA),
    SEED("h07-data-then-failure", 0, OPEN, DATA, DATA, {SEC_E_DECRYPT_FAILURE, 0, 0, 0, 0, 0}),
    SEED("h08-renegotiation-for-ever", SERVER | REPEAT, {SEC_E_OK, EXTRA(ALL), 0, OUT(TOKEN), 5, 0},
         SIZED, RENEGOTIATE),
    SEED("h08-renegotiation-without-a-word", REPEAT, {SEC_E_OK, EXTRA(ALL), 0, 0, 0, 0}, SIZED,
         RENEGOTIATE),
    SEED("h09-renegotiation-without-extra", 0, OPEN,
         {SEC_I_RENEGOTIATE, 0, 0, 0, 0, SCH_SCRIPTED_DATA_EMPTY}, HELLO, SHAKEN, SIZED, DATA),
    SEED("h09-renegotiation-says-nothing", 0, OPEN,
         {SEC_I_RENEGOTIATE, 0, 0, 0, 0, SCH_SCRIPTED_DATA_EMPTY},
         {SEC_E_INCOMPLETE_MESSAGE, 0, 0, 0, 0, 0}, SHAKEN, SIZED, DATA),
    SEED("h10-data-with-the-last-token", 0, HELLO, SHAKEN, SIZED, DATA, DATA, DATA),
    SEED("h10-data-with-renegotiation", WRITE(OFTEN), OPEN, SEALED,
         {SEC_I_RENEGOTIATE, EXTRA(EXACT), 0, 0, 2, 0}, HELLO, SHAKEN, SIZED, SEALED, DATA),
    SEED("h12-failure-leaves-plaintext", WRITE(EARLY), OPEN,
         {SEC_E_ENCRYPT_FAILURE, 0, 0, 0, 0, 0}),
    SEED("h12-no-message-size", WRITE(EARLY), HELLO, SHAKEN,
         {SEC_E_OK, 0, 0, 0, 0, SCH_SCRIPTED_SIZES_NO_MESSAGE}),
    SEED("h12-many-records", WRITE(MUCH), HELLO, SHAKEN,
         {SEC_E_OK, 0, 0, 0, 250, SCH_SCRIPTED_SIZES_TINY}, SEALED, SEALED,
         {SEC_E_OK, 0, 0, 0, 7, SCH_SCRIPTED_SEAL_SHORT_DATA}, SEALED),
    SEED("h12-more-than-is-held", WRITE(MUCH) | SCH_PROVIDER_BIG | SCH_PROVIDER_SLOW_SEND | REPEAT,
         HELLO, SHAKEN, SIZED, SEALED, SEALED, SEALED, SEALED, SEALED, DATA),
    SEED("h12-blocked-while-sealing", WRITE(MUCH) | SCH_PROVIDER_BIG | SCH_PROVIDER_SLOW_SEND,
         HELLO, SHAKEN, {SEC_E_OK, 0, 0, 0, 0, SCH_SCRIPTED_SIZES_LIMITS}, SEALED, SEALED, SEALED,
         SEALED, SEALED, DATA),
    SEED("h14-extra-beyond-int", 0, OPEN, {SEC_E_OK, EXTRA(SIGN), 0, 0, 0, 0}),
    SEED("h15-server-with-protocols", SERVER | SCH_PROVIDER_ALPN,
         {SEC_I_CONTINUE_NEEDED, EXTRA(EXACT), 0, OUT(TOKEN), 9, 0}, SHAKEN, SIZED, DATA),
    SEED("h15-extra-in-the-protocols", SERVER | SCH_PROVIDER_ALPN,
         {SEC_I_CONTINUE_NEEDED, EXTRA(EXACT), 3, OUT(TOKEN), 9, 0}, SHAKEN, SIZED, DATA),
    SEED("h16-handle-from-an-incomplete-hello", SERVER,
         {SEC_E_INCOMPLETE_MESSAGE, 0, 0, SCH_SCRIPTED_MAKE_HANDLE, 0, 0}, HELLO, SHAKEN, SIZED),
    SEED("h16-handle-from-a-failure", SERVER,
         {SEC_E_ILLEGAL_MESSAGE, 0, 0, SCH_SCRIPTED_MAKE_HANDLE | OUT(ALERT), 7, 0}),
    SEED("h16-client-hello-incomplete", 0,
         {SEC_E_INCOMPLETE_MESSAGE, 0, 0, SCH_SCRIPTED_MAKE_HANDLE, 0, 0}, HELLO, SHAKEN, SIZED),
    SEED("h17-no-replay-detection", 0, HELLO, {SEC_E_OK, 0, 0, SCH_SCRIPTED_INSECURE, 0, 0}),
    SEED("h17-no-sequence-detection", 0, HELLO, {SEC_E_OK, 0, 0, SCH_SCRIPTED_INSECURE, 1, 0}),
    SEED("h17-no-confidentiality", 0, HELLO, {SEC_E_OK, 0, 0, SCH_SCRIPTED_INSECURE, 2, 0}),
    SEED("h17-no-stream", SERVER, {SEC_E_OK, 0, 0, SCH_SCRIPTED_INSECURE, 3, 0}),
    SEED("h18-alert-with-failure", 0, HELLO, {SEC_E_ILLEGAL_MESSAGE, 0, 0, OUT(ALERT), 7, 0}),
    SEED("h18-token-too-large", SCH_PROVIDER_BIG, HELLO, {SEC_E_OK, 0, 0, OUT(VAST_TOKEN), 0, 0}),
    SEED("h18-token-and-alert", SCH_PROVIDER_SLOW_SEND, HELLO,
         {SEC_E_ILLEGAL_MESSAGE, 0, 0, OUT(BOTH), 70, 0}),
    SEED("h19-closed-in-the-handshake", 0, HELLO, {SEC_I_CONTEXT_EXPIRED, 0, 0, 0, 0, 0}),
    SEED("h20-changed-when-incomplete", 0, OPEN,
         {SEC_E_INCOMPLETE_MESSAGE, MISSING(ONE), 0, SCH_SCRIPTED_MUTATE, 77, 0}, DATA),
    SEED("h20-token-changed-when-incomplete", 0, HELLO,
         {SEC_E_INCOMPLETE_MESSAGE, MISSING(ONE), 0, SCH_SCRIPTED_MUTATE, 77, 0}, SHAKEN, SIZED),
    SEED("h21-close-with-data-queued", WRITE(OFTEN) | CLOSE(3), OPEN, SEALED, DATA, DATA, SEALED,
         SEALED, CLOSED),
    SEED("h21-close-both", CLOSE(4), OPEN, CLOSED, {SEC_E_OK, 0, 0, 0, 0, 0},
         {SEC_E_OK, 0, 0, OUT(TOKEN), 7, 0}),
    SEED("h21-close-in-many-calls", CLOSE(1), OPEN, {SEC_E_OK, 0, 0, 0, 0, 0},
         {SEC_I_CONTINUE_NEEDED, 0, 0, OUT(TOKEN), 7, 0},
         {SEC_I_CONTINUE_NEEDED, 0, 0, OUT(TOKEN), 7, 0},
         {SEC_I_CONTINUE_NEEDED, 0, 0, OUT(TOKEN), 7, 0},
         {SEC_I_CONTINUE_NEEDED, 0, 0, OUT(TOKEN), 7, 0},
         {SEC_I_CONTINUE_NEEDED, 0, 0, OUT(TOKEN), 7, 0}),
    SEED("h21-close-answered-by-closed", CLOSE(1), OPEN, {SEC_E_OK, 0, 0, 0, 0, 0},
         {SEC_I_CONTEXT_EXPIRED, 0, 0, OUT(TOKEN), 7, 0}, DATA, CLOSED),
    SEED("h21-failure-in-renegotiation", 0, OPEN, RENEGOTIATE,
         {SEC_E_ILLEGAL_MESSAGE, 0, 0, OUT(ALERT), 7, 0}),
    SEED("h21-written-while-renegotiating", WRITE(OFTEN), OPEN, SEALED, SEALED,
         {SEC_I_RENEGOTIATE, 0, 0, 0, 0, SCH_SCRIPTED_DATA_EMPTY}, HELLO, SHAKEN, SIZED, SEALED),
    SEED("h21-sizes-change", WRITE(OFTEN), OPEN, SEALED, SEALED,
         {SEC_I_RENEGOTIATE, 0, 0, 0, 0, SCH_SCRIPTED_DATA_EMPTY}, SHAKEN,
         {SEC_E_OK, 0, 0, 0, 70, SCH_SCRIPTED_SIZES_TINY}, SEALED),
    SEED("h21-closed-then-sealing-fails", WRITE(OFTEN), OPEN, SEALED, CLOSED,
         {SEC_E_ENCRYPT_FAILURE, 0, 0, 0, 0, 0}),
    SEED("h22-cut-at-the-end", 0, OPEN, DATA, DATA, DATA,
         {SEC_E_INCOMPLETE_MESSAGE, MISSING(EXACT), 0, 0, 0, 0}),
    SEED("h22-read-slowly", FIELD(LIMIT, 1) | SCH_PROVIDER_SLOW_READ, OPEN, DATA, DATA, DATA,
         CLOSED),
    SEED("h25-dropped-in-the-handshake", FIELD(DROP, 2) | WRITE(EARLY), HELLO),
    SEED("h25-dropped-with-data", FIELD(DROP, 9) | SCH_PROVIDER_SLOW_READ | WRITE(OFTEN), OPEN,
         SEALED, DATA, SEALED, DATA),
    SEED("h25-dropped-by-its-verifier",
         FIELD(DROP, SCH_PROVIDER_DROP_IN_VERIFIER) | VERIFY(ACCEPT) | WRITE(EARLY), HELLO, SHAKEN,
         SIZED, {SEC_E_OK, 0, 0, 0, 0, 0}, SEALED, DATA),
    SEED("h25-dropped-by-a-verifier-that-refuses",
         FIELD(DROP, SCH_PROVIDER_DROP_IN_VERIFIER) | VERIFY(REFUSE), HELLO, SHAKEN, SIZED,
         {SEC_E_OK, 0, 0, 0, 0, 0}, {SEC_E_OK, 0, 0, OUT(ALERT), 7, 0}),
    SEED("h26-extra-of-four-gigabytes", 0, HELLO, {SEC_E_OK, EXTRA(HUGE), 0, 0, 0, 0}),
    SEED("credentials-asked-for-once", SCH_PROVIDER_NAME, HELLO,
         {SEC_I_INCOMPLETE_CREDENTIALS, 0, 0, 0, 0, 0}, SHAKEN, SIZED, DATA),
    SEED("credentials-asked-for-twice", 0, HELLO, {SEC_I_INCOMPLETE_CREDENTIALS, 0, 0, 0, 0, 0},
         {SEC_I_INCOMPLETE_CREDENTIALS, 0, 0, 0, 0, 0}),
    SEED("credentials-asked-of-a-server", SERVER, {SEC_I_INCOMPLETE_CREDENTIALS, 0, 0, 0, 0, 0},
         SHAKEN, SIZED, DATA),
    SEED("sizes-by-an-unknown-success", 0, OPEN, RENEGOTIATE, SHAKEN, {0x1234567, 0, 0, 0, 0, 0},
         DATA),
    SEED("legal-at-once", LEGAL | WRITE(EARLY), {SCH_SCRIPTED_GO, 0, 0, OUT(TOKEN), 5, 0}),
    SEED("legal-two-legs", LEGAL | SERVER | SCH_PROVIDER_ALPN | WRITE(EARLY),
         {SCH_SCRIPTED_GO_ON, 0, 1, OUT(TOKEN), 5, 0}, {SCH_SCRIPTED_GO, 0, 0, OUT(TOKEN), 5, 0}),
    SEED("legal-fragments", LEGAL, {SCH_SCRIPTED_FRAGMENT, 0, 0, 0, 5, 0},
         {SCH_SCRIPTED_FRAGMENT, 0x10, 0, 0, 6, 0}, {SCH_SCRIPTED_GO, 0x20, 0, 0, 0, 0}),
    SEED("legal-credentials", LEGAL | VERIFY(ACCEPT) | SCH_PROVIDER_CERTIFICATE,
         {SCH_SCRIPTED_ASK, 0x30, 1, OUT(BOTH), 5, 0}, {SCH_SCRIPTED_GO, 0x40, 0, 0, 9, 0}),
    SEED("legal-renegotiation", LEGAL | SCH_PROVIDER_CUTS | VERIFY(ACCEPT) | WRITE(EARLY),
         {SCH_SCRIPTED_GO, 0, 0, 0, 0, 0}, {SCH_SCRIPTED_AGAIN, 0, 0, 0, 0, 0},
         {SCH_SCRIPTED_GO_ON, 0, 0, OUT(TOKEN), 9, 0}, {SCH_SCRIPTED_GO, 0, 0, OUT(TOKEN), 9, 0}),
    SEED("legal-tickets", LEGAL | CLOSE(1), {SCH_SCRIPTED_GO, 0, 0, 0, 0, 0},
         {SCH_SCRIPTED_AGAIN, 0, 0, 0, 0, 0}, {SCH_SCRIPTED_GO, 0, 0, 0, 0, 0},
         {SCH_SCRIPTED_AGAIN, 0, 0, 0, 0, 0}, {SCH_SCRIPTED_GO, 0, 0, 0, 0, 0},
         {SCH_SCRIPTED_GO, 0, 0, 0, 0, 3}),
    SEED("legal-close", LEGAL | CLOSE(1) | WRITE(EARLY), {SCH_SCRIPTED_GO, 0, 0, 0, 0, 0},
         {SCH_SCRIPTED_GO, 0, 0, 0, 0, 0}, {SCH_SCRIPTED_CLOSE, 0, 0, 0, 0, 0}),
    SEED("legal-failure", LEGAL | WRITE(EARLY), {SCH_SCRIPTED_GO, 0, 0, 0, 0, 0},
         {SCH_SCRIPTED_GO, 0, 0, 0, 0, 0}, {SCH_SCRIPTED_FAIL, 0, 0, 0, 30, 0}),
    SEED("legal-failure-with-alert", LEGAL, {SCH_SCRIPTED_FAIL, 0, 2, OUT(ALERT), 26, 0}),
    SEED("legal-refused", LEGAL | VERIFY(REFUSE) | SCH_PROVIDER_CERTIFICATE,
         {SCH_SCRIPTED_GO, 0, 0, OUT(TOKEN), 4, 0}),
    SEED("legal-client-refused", LEGAL | SERVER | VERIFY(REFUSE) | SCH_PROVIDER_CERTIFICATE,
         {SCH_SCRIPTED_GO, 0, 0, OUT(TOKEN), 4, 0}),
    SEED("legal-hint-too-large", LEGAL | SCH_PROVIDER_CUTS, {SCH_SCRIPTED_GO, 0x40, 0, 0, 200, 0},
         {SCH_SCRIPTED_GO, 0x40, 0, 0, 200, 0}, {SCH_SCRIPTED_GO, 0x40, 0, 0, 200, 0},
         {SCH_SCRIPTED_GO, 0x40, 0, 0, 200, 0}, {SCH_SCRIPTED_GO, 0x40, 0, 0, 200, 0}),
    SEED("legal-read-slowly", LEGAL | FIELD(LIMIT, 1) | SCH_PROVIDER_SLOW_READ,
         {SCH_SCRIPTED_GO, 0, 0, 0, 0, 0}),
    SEED("legal-written-after-close", LEGAL | WRITE(OFTEN) | CLOSE(2),
         {SCH_SCRIPTED_GO, 0, 0, OUT(TOKEN), 4, 0}),
    SEED("legal-not-to-be-verified", LEGAL | VERIFY(NO_VERIFIER), {SCH_SCRIPTED_GO, 0, 0, 0, 0, 0}),
};

/* ---- by table ---- */

/* A call: what comes before it and behind it. */
static const struct seed sites[] = {
    SEED("hello", 0, {0}, SHAKEN, SIZED, DATA),
    SEED("accept", SERVER | SCH_PROVIDER_ALPN, {0}, SHAKEN, SIZED, DATA),
    SEED("handshake", SCH_PROVIDER_NAME | SCH_PROVIDER_ALPN, HELLO, {0}, SHAKEN, SIZED, DATA),
    SEED("decrypt", 0, HELLO, SHAKEN, SIZED, {0}, DATA, DATA),
    SEED("encrypt", WRITE(EARLY), HELLO, SHAKEN, SIZED, {0}, DATA),
    SEED("sizes", WRITE(EARLY), HELLO, SHAKEN, {0}, SEALED, DATA),
    SEED("certificate", VERIFY(ACCEPT), HELLO, SHAKEN, SIZED, {0}, DATA),
    SEED("control", CLOSE(1), HELLO, SHAKEN, SIZED, {0}, {SEC_E_OK, 0, 0, OUT(TOKEN), 7, 0},
         CLOSED),
    SEED("close", CLOSE(1), HELLO, SHAKEN, SIZED, {SEC_E_OK, 0, 0, 0, 0, 0}, {0}, CLOSED),
    SEED("alert", VERIFY(REFUSE), HELLO, SHAKEN, SIZED, SIZED, {SEC_E_OK, 0, 0, 0, 0, 0}, {0}),
    SEED("renegotiation", 0, HELLO, SHAKEN, SIZED, RENEGOTIATE, {0}, SIZED, DATA),
};

/* The step of each site that is replaced: the first of zeros that no macro above is equal to. */
static const size_t places[SCH_COUNT(sites)] = {0, 0, 1, 3, 3, 2, 3, 3, 4, 5, 4};

static void give_at(sch_seed_sink *sink, size_t site, const struct step *step, const char *what) {
  char name[NAME_ROOM];
  struct seed seed = sites[site];

  (void)snprintf(name, sizeof name, "%s-%s", sites[site].name, what);
  for (char *at = name; *at != '\0'; at++) {
    *at = *at == '_' ? '-' : *at >= 'A' && *at <= 'Z' ? (char)(*at - 'A' + 'a') : *at;
  }
  seed.name = name;
  seed.steps[places[site]] = *step;
  give(sink, &seed);
}

static void give_statuses(sch_seed_sink *sink) {
  size_t count;
  const struct sch_status *table = sch_status_table(&count);

  for (size_t site = 0; site < SCH_COUNT(sites); site++) {
    for (size_t i = 0; i < count; i++) {
      const struct step step = {table[i].value, EXTRA(EXACT), 0, OUT(TOKEN), 6, 0};

      give_at(sink, site, &step, table[i].name);
    }
  }
}

/* A field of an entry, and the seeds that try all that it can be. */
static void give_field(sch_seed_sink *sink, size_t site, const char *field, size_t values,
                       const struct step *step, uint8_t *value, uint8_t factor) {
  char what[NAME_ROOM];

  for (size_t i = 0; i < values; i++) {
    *value = (uint8_t)(i * factor);
    (void)snprintf(what, sizeof what, "%s-%zu", field, i);
    give_at(sink, site, step, what);
  }
}

static size_t site_of(const char *name) {
  size_t site = 0;

  while (strcmp(sites[site].name, name) != 0) {
    site++;
    ENSURE(site < SCH_COUNT(sites));
  }
  return site;
}

static void give_fields(sch_seed_sink *sink) {
  static const char *const readers[] = {"accept", "handshake", "decrypt", "renegotiation"};
  struct step step = {SEC_E_OK, 0, 0, OUT(TOKEN), 3, 0};

  for (size_t i = 0; i < SCH_COUNT(readers); i++) {
    const size_t site = site_of(readers[i]);

    give_field(sink, site, "extra", SCH_SCRIPTED_AMOUNTS, &step, &step.share, 1);
    step = (struct step){SEC_E_INCOMPLETE_MESSAGE, 0, 0, 0, 3, 0};
    give_field(sink, site, "missing", SCH_SCRIPTED_AMOUNTS, &step, &step.share, 16);
    step = (struct step){SEC_I_CONTINUE_NEEDED, EXTRA(EXACT), 0, 0, 3, 0};
    give_field(sink, site, "output", SCH_SCRIPTED_OUTPUTS, &step, &step.output, 1);
    step = (struct step){SEC_E_OK, EXTRA(EXACT), 0, 0, 3, 0};
    give_field(sink, site, "slot", 5, &step, &step.slots, 1);
    step.slots = 0;
  }
  give_field(sink, site_of("decrypt"), "data", SCH_SCRIPTED_DATAS, &step, &step.shape, 1);
  give_field(sink, site_of("encrypt"), "seal", SCH_SCRIPTED_SEALS, &step, &step.shape, 1);
  give_field(sink, site_of("sizes"), "shape", SCH_SCRIPTED_SIZES, &step, &step.shape, 1);
  give_field(sink, site_of("certificate"), "shape", SCH_SCRIPTED_CERTIFICATES, &step, &step.shape,
             1);
}

/* Every verdict that ends a handshake, of a provider that errs and of one that does not. */
static void give_verdicts(sch_seed_sink *sink) {
  for (uint8_t i = 0; i < 8; i++) {
    char name[NAME_ROOM];
    struct seed seed =
        SEED(name, VERIFY(REFUSE), OPEN, SIZED, SIZED, {SEC_E_OK, 0, 0, OUT(ALERT), 7, 0});

    (void)snprintf(name, sizeof name, "verdict-%u", (unsigned)i);
    seed.last_cut = i;
    give(sink, &seed);
    struct seed legal = SEED(name, LEGAL | VERIFY(REFUSE), {SCH_SCRIPTED_GO, 0, 0, 0, 4, 0});

    (void)snprintf(name, sizeof name, "legal-verdict-%u", (unsigned)i);
    legal.last_cut = i;
    give(sink, &legal);
  }
  const struct seed none =
      SEED("verdict-none", VERIFY(NO_VERIFIER), OPEN, SIZED, {SEC_E_OK, 0, 0, OUT(ALERT), 7, 0});

  give(sink, &none);
}

/* More than is held either way, in records of 255 bytes, for an owner that reads slowly. */
static void give_unread(sch_seed_sink *sink) {
  static uint8_t body[256] = {255};
  struct seed seed =
      SEED("legal-unread", LEGAL | SCH_PROVIDER_BIG | SCH_PROVIDER_SLOW_READ | FIELD(LIMIT, 3),
           {SCH_SCRIPTED_GO, 0, 0, OUT(TOKEN), 4, 0});

  seed.wire = sch_span_of(body, sizeof body);
  give(sink, &seed);
}

/* Hazards that need a wire of their own. */
static void give_wires(sch_seed_sink *sink) {
  /* Repeated, records of 16000 bytes: the ninth does not end within what a stream holds. */
  static const uint8_t large[16] = {22, 3, 3, 0x3e, 0x7b};
  struct seed held = SEED("h05-more-wanted-than-a-stream-holds", SERVER | REPEAT | SCH_PROVIDER_BIG,
                          {SEC_E_INCOMPLETE_MESSAGE, 0, 0, 0, 0, 0});
  struct seed vast =
      SEED("h11-more-plaintext-than-a-stream-holds", SERVER | SCH_PROVIDER_BIG,
           {SEC_E_OK, EXTRA(ALL), 0, 0, 0, 0}, SIZED, INCOMPLETE, INCOMPLETE, INCOMPLETE,
           INCOMPLETE, INCOMPLETE, INCOMPLETE, {SEC_E_OK, 0, 0, 0, 0, SCH_SCRIPTED_DATA_WHOLE});
  struct seed fragment =
      SEED("h03-fragment-and-nothing-held", LEGAL | SERVER, {SCH_SCRIPTED_FRAGMENT, 0, 0, 0, 5, 0});

  /* Data between any two post-handshake messages: their number has no limit then. */
  struct seed many = SEED("h08-many-tickets-with-data", LEGAL | REPEAT,
                          {SCH_SCRIPTED_GO, 0, 0, 0, 0, 0}, {SCH_SCRIPTED_AGAIN, 0, 0, 0, 0, 0},
                          {SCH_SCRIPTED_GO, 0, 0, 0, 0, 0}, {SCH_SCRIPTED_GO, 0, 0, 0, 0, 0});
  static uint8_t short_bodies[2 * 120];

  for (size_t i = 0; i < sizeof short_bodies; i++) {
    short_bodies[i] = i % 2 == 0 ? 1 : 'x';
  }
  many.wire = sch_span_of(short_bodies, sizeof short_bodies);
  give(sink, &many);
  held.wire = vast.wire = sch_span_of(large, sizeof large);
  fragment.wire = sch_span_text("\5shake");
  give_unread(sink);
  give(sink, &held);
  give(sink, &vast);
  give(sink, &fragment);
}

void sch_seeds_provider(sch_seed_sink *sink) {
  give_wires(sink);
  for (size_t i = 0; i < SCH_COUNT(hazards); i++) {
    give(sink, &hazards[i]);
  }
  give_statuses(sink);
  give_fields(sink);
  give_verdicts(sink);
}
