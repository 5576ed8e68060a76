/* mutate_afl: the mutators' face for AFL++, a shared object that afl-fuzz loads
 * (AFL_CUSTOM_MUTATOR_LIBRARY). AFL++ has its own stages beside it, so raw exploration stays
 * without any help; what a mutator leaves to the engine needs a mutation of bytes, and the one here
 * is small.
 *
 * SCH_MUTATES in the environment names the target whose inputs are mutated (mutators.h).
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "mutators.h"

/* Every CROSS-th input is crossed with the second one that AFL++ offers. */
#define CROSS 4

struct sch_mutate_afl {
  uint32_t seed; /* of the next mutation */
  const struct sch_mutator *mutator;
  uint8_t *out;
  size_t room;
};

/* What afl-fuzz looks up by name. */
void *afl_custom_init(void *afl, unsigned seed);
size_t afl_custom_fuzz(void *data, uint8_t *input, size_t size, uint8_t **out, uint8_t *other,
                       size_t other_size, size_t room);
void afl_custom_deinit(void *data);

/* Where change_bytes is in its sequence: set before each mutation, since it gets no context. */
static uint32_t chance;

static uint32_t draw(size_t bound) {
  chance = chance * 1664525 + 1013904223;
  return (chance >> 8) % (uint32_t)bound;
}

/* change_bytes writes over, inserts or removes one byte, or moves the end. */
static size_t change_bytes(uint8_t *data, size_t size, size_t room) {
  const size_t at = draw(size + 1);
  const uint8_t byte = (uint8_t)draw(256);

  if (at < size) {
    switch (draw(4)) {
      case 0:
        data[at] ^= (uint8_t)(1 << draw(8));
        return size;
      case 1:
        return at;
      case 2:
        for (size_t i = at; i + 1 < size; i++) {
          data[i] = data[i + 1];
        }
        return size - 1;
      default:
        data[at] = byte;
        return size;
    }
  }
  if (size == room) {
    return size;
  }
  data[size] = byte;
  return size + 1;
}

void *afl_custom_init(void *afl, unsigned seed) {
  const char *target = getenv("SCH_MUTATES");
  const struct sch_mutator *mutator = target == NULL ? NULL : sch_mutator_of(target);
  struct sch_mutate_afl *self = mutator == NULL ? NULL : calloc(1, sizeof *self);

  (void)afl;
  if (self != NULL) {
    self->seed = seed;
    self->mutator = mutator;
  }
  return self;
}

/* make_room keeps a buffer of at least `room` bytes. */
static bool make_room(struct sch_mutate_afl *self, size_t room) {
  if (room > self->room) {
    free(self->out);
    self->out = malloc(room);
    self->room = self->out == NULL ? 0 : room;
  }
  return self->out != NULL;
}

size_t afl_custom_fuzz(void *data, uint8_t *input, size_t size, uint8_t **out, uint8_t *other,
                       size_t other_size, size_t room) {
  struct sch_mutate_afl *self = data;
  const struct sch_span first = {input, size};

  *out = input;
  if (!make_room(self, room)) {
    return size < room ? size : room;
  }
  *out = self->out;
  chance = ++self->seed;
  if (other != NULL && other_size != 0 && self->seed % CROSS == 0) {
    return self->mutator->cross(first, sch_span_of(other, other_size), self->seed, self->out, room);
  }
  return self->mutator->mutate(first, change_bytes, self->seed, self->out, room);
}

void afl_custom_deinit(void *data) {
  struct sch_mutate_afl *self = data;

  free(self->out);
  free(self);
}
