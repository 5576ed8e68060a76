/* held: see held.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "held.h"

#include <stdlib.h>

/* What is moved for any one byte more. */
#define FEW 256

/* AddressSanitizer, when it is there, has these. */
void __asan_poison_memory_region(const volatile void *at, size_t size) __attribute__((weak));
void __asan_unpoison_memory_region(const volatile void *at, size_t size) __attribute__((weak));

/* move takes what is held to a new block, of exactly the size wanted while that is cheap. */
static void move(struct sch_held *held, size_t more) {
  const struct sch_span before = sch_held_view(held);
  const size_t size = before.size + more;
  const size_t room = before.size <= FEW + more ? size : 2 * size;
  uint8_t *block = malloc(room);

  ENSURE(block != NULL);
  sch_copy(block, before.data, before.size);
  free(held->block);
  *held = (struct sch_held){.block = block, .size = before.size, .room = room};
}

void sch_held_add(struct sch_held *held, struct sch_span bytes) {
  const bool moved = held->size - held->start <= FEW || bytes.size > held->room - held->size;

  if (bytes.size == 0) {
    return;
  }
  if (moved) {
    move(held, bytes.size);
  } else if (__asan_unpoison_memory_region != NULL) {
    __asan_unpoison_memory_region(held->block + held->size, bytes.size);
  }
  sch_copy(held->block + held->size, bytes.data, bytes.size);
  held->size += bytes.size;
  if (moved && held->room != held->size && __asan_poison_memory_region != NULL) {
    __asan_poison_memory_region(held->block + held->size, held->room - held->size);
  }
}

struct sch_span sch_held_view(const struct sch_held *held) {
  return held->block == NULL ? (struct sch_span){NULL, 0}
                             : sch_span_of(held->block + held->start, held->size - held->start);
}

uint8_t *sch_held_lend(struct sch_held *held) {
  return held->block == NULL ? NULL : held->block + held->start;
}

void sch_held_keep(struct sch_held *held, size_t size) {
  REQUIRE(size <= held->size - held->start);
  held->start = held->size - size;
}

void sch_held_drop(struct sch_held *held) {
  free(held->block);
  *held = (struct sch_held){0};
}
