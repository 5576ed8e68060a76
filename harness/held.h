/* held: the bytes that a caller holds and offers. Memory ends where they end, so that a sanitizer
 * sees a provider that reads on, and adding costs in proportion to what is added.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_HELD_H
#define SCH_HELD_H

#include "bytes/span.h"

/* Starts as zeros, which hold nothing. */
struct sch_held {
  uint8_t *block;
  size_t start;
  size_t size; /* up to the end of what is held */
  size_t room;
};

/* sch_held_add puts bytes behind those held, which may move: always while they are few, so that a
 * provider that keeps a pointer into them is seen. */
void sch_held_add(struct sch_held *held, struct sch_span bytes);

/* sch_held_view views what is held, sch_held_lend lends it to be decrypted in place; both until the
 * next sch_held_add. */
struct sch_span sch_held_view(const struct sch_held *held);
uint8_t *sch_held_lend(struct sch_held *held);

/* sch_held_keep gives up all but the last `size` bytes. */
void sch_held_keep(struct sch_held *held, size_t size);

void sch_held_drop(struct sch_held *held);

#endif
