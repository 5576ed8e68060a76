/* mutate_libfuzzer: the mutator's face for libFuzzer, linked into the targets whose inputs are
 * wires. The one file that calls LLVMFuzzerMutate, half of the time for the whole input, so that
 * raw exploration stays, and else for bodies, so that dictionaries reach into records.
 *
 * With SCH_NO_MUTATOR in the environment all is left to libFuzzer: what the bench compares with.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "mutator.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t room);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t room, unsigned seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *first, size_t first_size, const uint8_t *second,
                                 size_t second_size, uint8_t *out, size_t room, unsigned seed);

static bool is_off(void) {
  return getenv("SCH_NO_MUTATOR") != NULL;
}

/* The inputs of record are raw wires; those of every other such target end in a plan. */
static bool has_plan(void) {
  return strcmp(sch_target_name, "record") != 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t room, unsigned seed) {
  if (is_off() || seed % 2 == 0) {
    return LLVMFuzzerMutate(data, size, room);
  }
  uint8_t *input = malloc(size);

  REQUIRE(input != NULL || size == 0);
  sch_copy(input, data, size);
  const size_t mutated =
      sch_mutate(sch_span_of(input, size), has_plan(), LLVMFuzzerMutate, seed, data, room);

  free(input);
  return mutated;
}

size_t LLVMFuzzerCustomCrossOver(const uint8_t *first, size_t first_size, const uint8_t *second,
                                 size_t second_size, uint8_t *out, size_t room, unsigned seed) {
  if (is_off()) {
    return 0;
  }
  return sch_cross(sch_span_of(first, first_size), sch_span_of(second, second_size), has_plan(),
                   seed, out, room);
}
