/* fifo: see fifo.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "bytes/fifo.h"

#include <string.h>

/* The first allocation: a record of a few tickets fits, a handshake flight doubles it twice. */
#define ROOM_FIRST ((size_t)1024)

static void check(const struct sch_fifo *fifo) {
  ENSURE(fifo->head <= fifo->tail);
  ENSURE(fifo->tail <= fifo->room);
  ENSURE(fifo->tail - fifo->head <= fifo->limit);
  ENSURE(fifo->room <= 2 * fifo->limit);
}

void sch_fifo_open(struct sch_fifo *fifo, size_t limit) {
  REQUIRE(limit >= 1);
  REQUIRE(limit <= SIZE_MAX / 2);
  *fifo = (struct sch_fifo){.limit = limit};
}

/* slide moves what is held to the front. It runs only when at least half of `room` is consumed, so
 * each byte moved is paid for by a byte consumed. */
static void slide(struct sch_fifo *fifo) {
  const size_t held = fifo->tail - fifo->head;

  memmove(fifo->data, fifo->data + fifo->head, held);
  sch_wipe(fifo->data + held, fifo->tail - held);
  fifo->moved += held;
  fifo->head = 0;
  fifo->tail = held;
}

/* grow moves what is held to a block of at least `wanted` bytes, twice the old room if it may. */
static bool grow(struct sch_fifo *fifo, size_t wanted) {
  const size_t most = 2 * fifo->limit;
  const size_t held = fifo->tail - fifo->head;
  size_t room = fifo->room == 0 ? ROOM_FIRST : fifo->room;

  while (room < wanted) {
    room = room > most / 2 ? most : room * 2;
  }
  room = room < most ? room : most;
  uint8_t *data = sch_alloc(room);

  if (data == NULL) {
    return false;
  }
  sch_copy(data, held == 0 ? NULL : fifo->data + fifo->head, held);
  sch_free(fifo->data);
  fifo->moved += held;
  fifo->data = data;
  fifo->head = 0;
  fifo->tail = held;
  fifo->room = room;
  return true;
}

bool sch_fifo_reserve(struct sch_fifo *fifo, size_t size) {
  const size_t held = fifo->tail - fifo->head;

  check(fifo);
  if (size > sch_fifo_free(fifo)) {
    return false;
  }
  if (size <= fifo->room - fifo->tail) {
    return true;
  }
  if (held + size <= fifo->room / 2) {
    slide(fifo);
    return true;
  }
  return grow(fifo, 2 * (held + size));
}

bool sch_fifo_append(struct sch_fifo *fifo, struct sch_span bytes) {
  if (!sch_fifo_reserve(fifo, bytes.size)) {
    return false;
  }
  if (bytes.size == 0) {
    return true;
  }
  sch_copy(fifo->data + fifo->tail, bytes.data, bytes.size);
  fifo->tail += bytes.size;
  check(fifo);
  return true;
}

struct sch_span sch_fifo_held(const struct sch_fifo *fifo) {
  check(fifo);
  if (fifo->tail == fifo->head) {
    return (struct sch_span){NULL, 0};
  }
  return (struct sch_span){fifo->data + fifo->head, fifo->tail - fifo->head};
}

uint8_t *sch_fifo_lend(struct sch_fifo *fifo) {
  check(fifo);
  return fifo->tail == fifo->head ? NULL : fifo->data + fifo->head;
}

void sch_fifo_consume(struct sch_fifo *fifo, size_t size) {
  check(fifo);
  REQUIRE(size <= fifo->tail - fifo->head);
  fifo->head += size;
  if (fifo->head == fifo->tail) {
    sch_wipe(fifo->data, fifo->tail);
    fifo->head = 0;
    fifo->tail = 0;
  }
}

size_t sch_fifo_free(const struct sch_fifo *fifo) {
  return fifo->limit - (fifo->tail - fifo->head);
}

void sch_fifo_drop(struct sch_fifo *fifo) {
  sch_free(fifo->data);
  *fifo = (struct sch_fifo){0};
}
