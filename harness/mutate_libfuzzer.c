/* mutate_libfuzzer: the mutators' face for libFuzzer, linked into the targets that have one
 * (mutators.h). The one file that calls LLVMFuzzerMutate, some of the time for the whole input, so
 * that raw exploration stays, and else for what the mutator leaves to it, so that dictionaries
 * reach inside.
 *
 * With SCH_NO_MUTATOR in the environment all is left to libFuzzer: what the bench compares with.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "mutators.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t room);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t room, unsigned seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *first, size_t first_size, const uint8_t *second,
                                 size_t second_size, uint8_t *out, size_t room, unsigned seed);

static bool is_off(void) {
  return getenv("SCH_NO_MUTATOR") != NULL;
}

static const struct sch_mutator *mutator(void) {
  const struct sch_mutator *found = sch_mutator_of(sch_target_name);

  REQUIRE(found != NULL);
  return found;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t room, unsigned seed) {
  if (is_off() || seed % mutator()->raw == 0) {
    return LLVMFuzzerMutate(data, size, room);
  }
  uint8_t *input = malloc(size);

  REQUIRE(input != NULL || size == 0);
  sch_copy(input, data, size);
  const size_t mutated =
      mutator()->mutate(sch_span_of(input, size), LLVMFuzzerMutate, seed, data, room);

  free(input);
  return mutated;
}

size_t LLVMFuzzerCustomCrossOver(const uint8_t *first, size_t first_size, const uint8_t *second,
                                 size_t second_size, uint8_t *out, size_t room, unsigned seed) {
  if (is_off()) {
    return 0;
  }
  return mutator()->cross(sch_span_of(first, first_size), sch_span_of(second, second_size), seed,
                          out, room);
}
