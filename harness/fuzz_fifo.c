/* fuzz_fifo: the byte queue against a plain array.
 *
 * Input:   a limit and operations, see formats.h. Every byte is legal. The first TURNS operations
 *          count: more of them show no more.
 * Drives:  append, also without memory, consume, held, lend (changing bytes in place), drop.
 * Oracles: model: the queue holds what the array holds, and free is the rest of the limit;
 *          refusal_is_pure: a refused append changes nothing, whether it did not fit or the memory
 *          was short;
 *          bounded: the limit and the room hold, an append that fits is taken, and moving bytes
 *          costs at most WORK times the bytes appended;
 *          wiped: what lies behind the tail is zero.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "bytes/fifo.h"
#include "formats.h"
#include "harness.h"
#include "starve.h"

#define LIMIT_MAX 4096
#define SIZE_MOST ((size_t)8192) /* of one append: twice the largest limit */
#define WORK 2
#define TURNS 32

struct run {
  struct sch_fifo fifo;
  uint64_t appended; /* since the queue was opened */
  size_t limit;
  size_t size; /* bytes held, in the model */
  uint8_t model[LIMIT_MAX];
};

/* source is what is appended, always its last bytes, so that reading on is seen. */
static uint8_t source[SIZE_MOST];

static void fill_source(void) {
  if (source[1] == 0) {
    for (size_t i = 0; i < sizeof source; i++) {
      source[i] = (uint8_t)(i * 151 + i / 256 * 7);
    }
  }
}

static void check_wiped(const struct sch_fifo *fifo) {
  static const uint8_t zeros[2 * LIMIT_MAX];

  ORACLE(wiped, fifo->room == fifo->tail ||
                    memcmp(fifo->data + fifo->tail, zeros, fifo->room - fifo->tail) == 0);
}

static void check_queue(const struct run *run) {
  const struct sch_fifo *fifo = &run->fifo;
  const struct sch_span held = sch_fifo_held(fifo);

  ORACLE(model, sch_span_equal(held, (struct sch_span){run->model, run->size}));
  ORACLE(model, sch_fifo_free(fifo) == run->limit - run->size);
  ORACLE(bounded, fifo->room <= 2 * run->limit);
  ORACLE(bounded, fifo->moved <= WORK * run->appended);
}

static void append(struct run *run, size_t size, bool starve) {
  const struct sch_fifo before = run->fifo;
  const struct sch_span bytes = {source + (SIZE_MOST - size), size};
  const bool fits = size <= run->limit - run->size;

  sch_starve_all(starve);
  const bool taken = sch_fifo_append(&run->fifo, bytes);

  sch_starve_all(false);
  const bool starved = starve || sch_starved();

  ORACLE(bounded, taken ? fits : !fits || (starved && size > before.room - before.tail));
  if (!taken) {
    ORACLE(refusal_is_pure, memcmp(&before, &run->fifo, sizeof before) == 0);
    return;
  }
  sch_copy(run->model + run->size, bytes.data, size);
  run->size += size;
  run->appended += size;
}

static void consume(struct run *run, size_t size) {
  const uint8_t *was = sch_fifo_held(&run->fifo).data;
  const uint64_t moved = run->fifo.moved;

  size = size < run->size ? size : run->size;
  sch_fifo_consume(&run->fifo, size);
  run->size -= size;
  memmove(run->model, run->model + size, run->size);
  ORACLE(bounded, run->fifo.moved == moved);
  ORACLE(ownership, run->size == 0 || sch_fifo_held(&run->fifo).data == was + size);
}

/* change inverts held bytes in place, as decryption does. */
static void change(struct run *run, size_t size) {
  uint8_t *lent = sch_fifo_lend(&run->fifo);

  size = size < run->size ? size : run->size;
  for (size_t i = 0; i < size; i++) {
    lent[i] ^= 0xff;
    run->model[i] ^= 0xff;
  }
}

static void drop(struct run *run) {
  static const struct sch_fifo zero;

  sch_fifo_drop(&run->fifo);
  ORACLE(wiped, memcmp(&zero, &run->fifo, sizeof zero) == 0);
  sch_fifo_drop(&run->fifo);
  sch_fifo_open(&run->fifo, run->limit);
  run->size = 0;
  run->appended = 0;
}

static size_t read_size(uint8_t byte) {
  return byte <= 127 ? byte : (size_t)64 * (byte - 127U);
}

static void operate(struct run *run, enum sch_fifo_operation operation, size_t size) {
  switch (operation) {
    case SCH_FIFO_APPEND:
      append(run, size, false);
      break;
    case SCH_FIFO_REFILL:
      append(run, run->limit - run->size, false);
      break;
    case SCH_FIFO_STARVE:
      append(run, size, true);
      break;
    case SCH_FIFO_CONSUME:
      consume(run, size);
      break;
    case SCH_FIFO_CHANGE:
      change(run, size);
      break;
    case SCH_FIFO_DROP:
      drop(run);
      break;
    case SCH_FIFO_OPERATIONS:
      UNREACHABLE("the operation is a remainder");
  }
}

FUZZ(fifo) {
  static struct run run;
  uint16_t limit = 0;
  uint8_t operation;
  uint8_t size;

  fill_source();
  (void)!sch_span_u16(&input, &limit);
  run.limit = limit % LIMIT_MAX + 1U;
  run.size = 0;
  run.appended = 0;
  sch_fifo_open(&run.fifo, run.limit);
  input = sch_span_first(input, 2 * TURNS);
  while (sch_span_u8(&input, &operation) && sch_span_u8(&input, &size)) {
    operate(&run, operation % SCH_FIFO_OPERATIONS, read_size(size));
    check_queue(&run);
    sch_trace_event("held", run.size, run.fifo.moved);
  }
  check_wiped(&run.fifo);
  sch_fifo_drop(&run.fifo);
}
