/* provider: see provider.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "provider.h"

uint16_t sch_provider_word(struct sch_span input) {
  uint32_t word = 0xb16;

  for (size_t i = 0; i < input.size; i++) {
    word = (word ^ input.data[i]) * 0x01000193;
  }
  return (uint16_t)(word >> 16);
}
