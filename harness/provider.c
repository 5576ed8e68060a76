/* provider: see provider.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "provider.h"

static uint32_t mix(uint32_t word, uint32_t value) {
  return (word ^ value) * 0x01000193;
}

uint16_t sch_provider_word(struct sch_span input, const struct sch_plan *plan) {
  uint32_t word = mix(0xb16, plan->options);

  for (size_t i = 2; i < SCH_PLAN_CUTS; i++) {
    word = mix(word, plan->cuts[i]);
  }
  for (size_t i = 0; i < input.size; i++) {
    word = mix(word, input.data[i]);
  }
  return (uint16_t)(word >> 16);
}
