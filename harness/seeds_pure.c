/* seeds_pure: the seeds of the targets of the pure half, but for certificates.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "cases.h"
#include "formats.h"
#include "seeds.h"

#define CASES "harness/tests/cases/record/"

struct seed {
  const char *name;
  size_t size;
  const uint8_t *bytes;
};

#define SEED(name, ...)                                               \
  {                                                                   \
    name, sizeof((const uint8_t[]){__VA_ARGS__}), (const uint8_t[]) { \
      __VA_ARGS__                                                     \
    }                                                                 \
  }

/* A limit of `value` bytes, as the fifo format has it. */
#define LIMIT(value) ((value)-1) >> 8, ((value)-1) & 0xff

#define APPEND(size) SCH_FIFO_APPEND, size
#define CONSUME(size) SCH_FIFO_CONSUME, size
#define CHANGE(size) SCH_FIFO_CHANGE, size
#define REFILL SCH_FIFO_REFILL, 0
#define DROP SCH_FIFO_DROP, 0
#define STARVE(size) SCH_FIFO_STARVE, size
#define TWICE(...) __VA_ARGS__, __VA_ARGS__
#define EIGHT(...) TWICE(TWICE(TWICE(__VA_ARGS__)))

static const struct seed fifo_seeds[] = {
    SEED("in-and-out", LIMIT(1000), APPEND(100), CONSUME(100)),
    SEED("no-memory", LIMIT(4000), STARVE(100), APPEND(100), STARVE(100), STARVE(160), CONSUME(50),
         APPEND(160), STARVE(200)),
    SEED("limit-of-one", LIMIT(1), EIGHT(APPEND(1), APPEND(1), CONSUME(1))),
    SEED("limit-reached", LIMIT(256), APPEND(127), APPEND(127), APPEND(2), APPEND(1), APPEND(0)),
    SEED("grow", LIMIT(4096), EIGHT(APPEND(135))),
    SEED("slide-when-nearly-full", LIMIT(1024), REFILL, EIGHT(CONSUME(130), REFILL)),
    SEED("slide-and-rest", LIMIT(1024), REFILL, EIGHT(CONSUME(130), REFILL), CONSUME(142)),
    SEED("nearly-full-small-room", LIMIT(4096), EIGHT(APPEND(120)),
         EIGHT(CONSUME(100), APPEND(100))),
    SEED("small-records", LIMIT(4096), EIGHT(APPEND(22), APPEND(22), CONSUME(22))),
    SEED("record-by-record", LIMIT(4096), EIGHT(REFILL, CONSUME(136))),
    SEED("decrypt-in-place", LIMIT(2048), EIGHT(APPEND(130), CHANGE(129), CONSUME(128))),
    SEED("drop-and-start-again", LIMIT(2048), APPEND(140), DROP, APPEND(3), CONSUME(1), DROP),
    SEED("consume-nothing", LIMIT(10), CONSUME(5), CHANGE(5), APPEND(0), CONSUME(0)),
};

#define OPEN_SLOT(type, size) SCH_SHAPE_##type, size, 1
#define HOLLOW_SLOT(type, size) SCH_SHAPE_##type, size, 0
#define EMPTY HOLLOW_SLOT(EMPTY, 0)
#define CALL(function, flags, count, amount) SCH_SHAPE_##function, flags, count, amount

static const struct seed secbuf_seeds[] = {
    SEED("token-and-empty", CALL(INPUT, 0, 2, 3), OPEN_SLOT(TOKEN, 9), EMPTY),
    SEED("empty-and-token", CALL(INPUT, 0, 2, 3), EMPTY, OPEN_SLOT(TOKEN, 9)),
    SEED("token-missing-bytes", CALL(INPUT, SCH_SHAPE_SECOND, 2, 4), OPEN_SLOT(TOKEN, 1), EMPTY),
    SEED("token-without-spare", CALL(INPUT, 0, 1, 3), OPEN_SLOT(TOKEN, 9)),
    SEED("two-tokens", CALL(INPUT, 0, 2, 0), OPEN_SLOT(TOKEN, 2), OPEN_SLOT(TOKEN, 3)),
    SEED("hollow-token", CALL(INPUT, 0, 2, 0), HOLLOW_SLOT(TOKEN, 2), EMPTY),
    SEED("full-empty", CALL(INPUT, 0, 2, 0), OPEN_SLOT(TOKEN, 2), OPEN_SLOT(EMPTY, 1)),
    SEED("read-only-empty", CALL(INPUT, 0, 2, 0), OPEN_SLOT(TOKEN, 2),
         SCH_SHAPE_EMPTY | SCH_SHAPE_READONLY, 0, 0),
    SEED("no-input", CALL(INPUT, SCH_SHAPE_NO_DESC, 0, 0)),
    SEED("no-array", CALL(INPUT, SCH_SHAPE_NO_ARRAY, 1, 0), OPEN_SLOT(TOKEN, 2)),
    SEED("other-version", CALL(INPUT, SCH_SHAPE_OTHER_VERSION, 1, 0), OPEN_SLOT(TOKEN, 2)),
    SEED("protocols", CALL(INPUT, 0, 1, 0), OPEN_SLOT(PROTOCOLS, 13), 9, 0, 0, 0, 2, 0, 0, 0, 3, 0,
         2, 'h', '2'),
    SEED("protocols-too-long", CALL(INPUT, 0, 1, 0), OPEN_SLOT(PROTOCOLS, 13), 9, 0, 0, 0, 2, 0, 0,
         0, 4, 0, 2, 'h', '2'),
    SEED("protocols-total-too-small", CALL(INPUT, 0, 1, 0), OPEN_SLOT(PROTOCOLS, 13), 8, 0, 0, 0, 2,
         0, 0, 0, 3, 0, 2, 'h', '2'),
    SEED("protocols-other-extension", CALL(INPUT, 0, 1, 0), OPEN_SLOT(PROTOCOLS, 13), 9, 0, 0, 0, 1,
         0, 0, 0, 3, 0, 2, 'h', '2'),
    SEED("two-spares", CALL(INPUT, 0, 3, 3), EMPTY, OPEN_SLOT(TOKEN, 9), EMPTY),
    SEED("protocols-cut", CALL(INPUT, 0, 1, 0), OPEN_SLOT(PROTOCOLS, 9), 5, 0, 0, 0, 2, 0, 0, 0, 0),
    SEED("other-slots", CALL(INPUT, 0, 4, 0), OPEN_SLOT(PARAMETERS, 4), OPEN_SLOT(TOKEN, 4),
         OPEN_SLOT(PADDING, 1), EMPTY),
    SEED("too-many-slots", CALL(INPUT, 0, 17, 0), TWICE(EIGHT(EMPTY))),
    SEED("most-slots", CALL(INPUT, 0, 16, 0), OPEN_SLOT(TOKEN, 1), EIGHT(EMPTY)),
    SEED("token-out", CALL(OUTPUT, 0, 2, 20), OPEN_SLOT(TOKEN, 40), OPEN_SLOT(ALERT, 5)),
    SEED("two-tokens-out", CALL(OUTPUT, 0, 4, 20), OPEN_SLOT(ALERT, 4), OPEN_SLOT(TOKEN, 40),
         OPEN_SLOT(ALERT, 5), OPEN_SLOT(TOKEN, 30)),
    SEED("token-out-too-small", CALL(OUTPUT, 0, 1, 20), OPEN_SLOT(TOKEN, 19)),
    SEED("token-out-exact", CALL(OUTPUT, 0, 1, 20), OPEN_SLOT(TOKEN, 20)),
    SEED("token-out-roomless", CALL(OUTPUT, 0, 1, 20), OPEN_SLOT(TOKEN, 0)),
    SEED("token-out-hollow", CALL(OUTPUT, 0, 1, 20), HOLLOW_SLOT(TOKEN, 50)),
    SEED("token-out-allocated", CALL(OUTPUT, SCH_SHAPE_ALLOCATE, 2, 20), HOLLOW_SLOT(TOKEN, 0),
         HOLLOW_SLOT(ALERT, 0)),
    SEED("nothing-out-allocated", CALL(OUTPUT, SCH_SHAPE_ALLOCATE, 1, 0), HOLLOW_SLOT(TOKEN, 0)),
    SEED("alert-out-only", CALL(OUTPUT, 0, 1, 20), OPEN_SLOT(ALERT, 19)),
    SEED("read-only-out", CALL(OUTPUT, 0, 1, 20), SCH_SHAPE_TOKEN | SCH_SHAPE_READONLY, 40, 1),
    SEED("no-output", CALL(OUTPUT, SCH_SHAPE_NO_DESC, 0, 20)),
    SEED("message", CALL(MESSAGE, 0, 4, 5), OPEN_SLOT(DATA, 30), EMPTY, EMPTY, EMPTY),
    SEED("message-last", CALL(MESSAGE, 0, 4, 6), EMPTY, EMPTY, EMPTY, OPEN_SLOT(DATA, 30)),
    SEED("message-whole", CALL(MESSAGE, 0, 4, 0), OPEN_SLOT(DATA, 30), EMPTY, EMPTY, EMPTY),
    SEED("message-short", CALL(MESSAGE, SCH_SHAPE_SECOND, 4, 5), OPEN_SLOT(DATA, 30), EMPTY, EMPTY,
         EMPTY),
    SEED("message-of-three", CALL(MESSAGE, 0, 3, 5), OPEN_SLOT(DATA, 30), EMPTY, EMPTY),
    SEED("message-two-empty", CALL(MESSAGE, 0, 4, 5), OPEN_SLOT(DATA, 30), EMPTY, EMPTY,
         OPEN_SLOT(TOKEN, 3)),
    SEED("message-two-data", CALL(MESSAGE, 0, 5, 5), OPEN_SLOT(DATA, 3), OPEN_SLOT(DATA, 30), EMPTY,
         EMPTY, EMPTY),
    SEED("message-read-only-data", CALL(MESSAGE, 0, 5, 5), OPEN_SLOT(DATA, 3),
         SCH_SHAPE_DATA | SCH_SHAPE_CHECKSUM, 30, 1, EMPTY, EMPTY, EMPTY),
    SEED("message-hollow", CALL(MESSAGE, 0, 4, 5), HOLLOW_SLOT(DATA, 30), EMPTY, EMPTY, EMPTY),
    SEED("plain", CALL(PLAIN, 0, 4, 20), OPEN_SLOT(HEADER, 21), OPEN_SLOT(DATA, 30),
         OPEN_SLOT(TRAILER, 17), EMPTY),
    SEED("plain-backwards", CALL(PLAIN, 0, 3, 20), OPEN_SLOT(TRAILER, 5), OPEN_SLOT(DATA, 30),
         OPEN_SLOT(HEADER, 20)),
    SEED("plain-trailer-too-small", CALL(PLAIN, 0, 3, 20), OPEN_SLOT(HEADER, 20),
         OPEN_SLOT(DATA, 30), OPEN_SLOT(TRAILER, 4)),
    SEED("plain-without-header", CALL(PLAIN, 0, 2, 20), OPEN_SLOT(DATA, 30), OPEN_SLOT(TRAILER, 5)),
    SEED("plain-two-headers", CALL(PLAIN, 0, 4, 20), OPEN_SLOT(HEADER, 20), OPEN_SLOT(DATA, 30),
         OPEN_SLOT(TRAILER, 5), OPEN_SLOT(HEADER, 20)),
    SEED("control", CALL(CONTROL, 0, 1, 0), OPEN_SLOT(TOKEN, 4), 1, 0, 0, 0),
    SEED("control-two-slots", CALL(CONTROL, 0, 2, 0), OPEN_SLOT(TOKEN, 4), EMPTY),
    SEED("control-data", CALL(CONTROL, 0, 1, 0), OPEN_SLOT(DATA, 4)),
    SEED("no-control", CALL(CONTROL, SCH_SHAPE_NO_DESC, 0, 0)),
    SEED("no-slots", CALL(INPUT, SCH_SHAPE_NO_ARRAY, 0, 0)),
    SEED("no-message", CALL(MESSAGE, SCH_SHAPE_NO_DESC, 0, 0)),
    SEED("no-plain", CALL(PLAIN, SCH_SHAPE_NO_DESC, 0, 0)),
    SEED("control-hollow", CALL(CONTROL, 0, 1, 0), HOLLOW_SLOT(TOKEN, 4)),
    SEED("control-other-version", CALL(CONTROL, SCH_SHAPE_OTHER_VERSION, 1, 0),
         OPEN_SLOT(TOKEN, 4)),
};

/* Harmless all: the harmful ones are written by who wants to see them fail. */
static const struct seed canary_seeds[] = {
    SEED("benign", 'b', 'e', 'n', 'i', 'g', 'n'),
    SEED("unknown-letter", '-', 'C', 'A', 'N', 'A', 'R', 'Y'),
    SEED("too-long", 'o', 'C', 'A', 'N', 'A', 'R', 'Y', '!'),
};

static void give(sch_seed_sink *sink, const char *target, const struct seed *seeds, size_t count) {
  for (size_t i = 0; i < count; i++) {
    sink(target, seeds[i].name, sch_span_of(seeds[i].bytes, seeds[i].size));
  }
}

struct holder {
  sch_seed_sink *sink;
};

static void give_case(const struct sch_case *one, void *context) {
  const struct holder *holder = context;

  holder->sink("record", one->name, sch_span_of(one->wire, one->size));
}

static void give_cases(sch_seed_sink *sink) {
  static const char *const files[] = {CASES "headers.txt", CASES "fields.txt",
                                      CASES "sequences.txt"};
  struct holder holder = {sink};

  for (size_t i = 0; i < SCH_COUNT(files); i++) {
    if (sch_cases_read(files[i], give_case, &holder) <= 0) {
      (void)fprintf(stderr, "seeds: no cases in %s: run it from the top of the tree\n", files[i]);
      exit(1);
    }
  }
}

void sch_seeds_pure(sch_seed_sink *sink) {
  give_cases(sink);
  give(sink, "fifo", fifo_seeds, SCH_COUNT(fifo_seeds));
  give(sink, "secbuf", secbuf_seeds, SCH_COUNT(secbuf_seeds));
  give(sink, "canary", canary_seeds, SCH_COUNT(canary_seeds));
}
