/* fifo: a byte queue, and the only owner of wire bytes.
 *
 * Bytes enter at `tail`, leave at `head`, and move only when an append finds no room behind
 * `tail`: consuming is O(1), appending is amortised O(1).
 *
 *     0            head              tail            room
 *     |  consumed  |      held       |     free      |
 *
 * Invariants: head <= tail <= room, tail - head <= limit, room <= 2 * limit. The factor two lets a
 * nearly full queue slide once per `limit` bytes instead of once per append. Consumed bytes are
 * wiped when they are slid over and when the queue is dropped.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_BYTES_FIFO_H
#define SCH_BYTES_FIFO_H

#include "bytes/span.h"

struct sch_fifo {
  uint8_t *data;
  size_t head;
  size_t tail;
  size_t room;
  size_t limit;   /* the most bytes held, >= 1; 0 in the zero state, which holds nothing */
  uint64_t moved; /* bytes copied by slides and growth, for the work oracle */
};

/* sch_fifo_open starts an empty queue that never holds more than `limit` bytes (1 to
 * SIZE_MAX / 2). It allocates nothing. */
void sch_fifo_open(struct sch_fifo *fifo, size_t limit);

/* sch_fifo_append adds all of `bytes`, or nothing and returns false when that would exceed the
 * limit or memory is short. `bytes` must not lie inside the queue. */
CHECKED bool sch_fifo_append(struct sch_fifo *fifo, struct sch_span bytes);

/* sch_fifo_reserve makes room for `size` bytes more, so that the next appends succeed until they
 * come to as many. False, with nothing changed, when sch_fifo_append would refuse as many. */
CHECKED bool sch_fifo_reserve(struct sch_fifo *fifo, size_t size);

/* sch_fifo_held views the bytes held, oldest first. The view lives until the next append or drop;
 * what is consumed of it may be wiped at once. */
struct sch_span sch_fifo_held(const struct sch_fifo *fifo);

/* sch_fifo_lend views the same bytes for in-place decryption, under the same lifetime. */
uint8_t *sch_fifo_lend(struct sch_fifo *fifo);

/* sch_fifo_consume drops the oldest `size` bytes, at most what is held. No byte moves. */
void sch_fifo_consume(struct sch_fifo *fifo, size_t size);

/* sch_fifo_free says how many bytes an append could add now. */
size_t sch_fifo_free(const struct sch_fifo *fifo);

/* sch_fifo_drop wipes and releases everything. The queue is then in the zero state; dropping that
 * does nothing. */
void sch_fifo_drop(struct sch_fifo *fifo);

#endif
