/* target: the one door between an engine and a target's body.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "harness.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* libFuzzer, and it alone, defines this. It gives every input in a block of its own, of exactly
 * its size; other engines lend a large buffer, behind whose end a sanitizer sees nothing. */
extern void __libfuzzer_is_present(void) __attribute__((weak));

/* __asan_default_options makes AddressSanitizer's bookkeeping small: stacks of allocations and a
 * quarantine of the default size cost a quarter of the speed and most of the memory. The
 * environment's ASAN_OPTIONS win; scripts/repro.sh asks for whole stacks there. */
const char *__asan_default_options(void);
const char *__asan_default_options(void) {
  return "malloc_context_size=2:quarantine_size_mb=8";
}

void sch_target_run(struct sch_span input) {
  sch_trace_reset();
  sch_stage_reset();
  sch_world_reset();
  sch_target_body(input);
  sch_world_leave();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (__libfuzzer_is_present != NULL) {
    sch_target_run((struct sch_span){data, size});
    return 0;
  }
  /* A block of no bytes still has an end to overrun. */
  uint8_t *block = malloc(size);

  REQUIRE(block != NULL || size == 0);
  sch_copy(block, data, size);
  sch_target_run((struct sch_span){block, size});
  free(block);
  return 0;
}
