/* frame: see frame.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "frame.h"

#define LENGTH 4 /* bytes of the length, the most significant first */

bool sch_frame_write(FILE *to, struct sch_span bytes) {
  uint8_t length[LENGTH];

  for (size_t i = 0; i < LENGTH; i++) {
    length[i] = (uint8_t)(bytes.size >> 8 * (LENGTH - 1 - i));
  }
  return fwrite(length, sizeof length, 1, to) == 1 &&
         (bytes.size == 0 || fwrite(bytes.data, bytes.size, 1, to) == 1) && fflush(to) == 0;
}

bool sch_frame_read(FILE *from, struct sch_fifo *bytes) {
  uint8_t chunk[4096];
  uint32_t size = 0;

  if (fread(chunk, LENGTH, 1, from) != 1) {
    return false;
  }
  struct sch_span length = sch_span_of(chunk, LENGTH);

  ENSURE(sch_span_u32(&length, &size));
  while (size != 0) {
    const size_t part = size < sizeof chunk ? size : sizeof chunk;

    if (fread(chunk, part, 1, from) != 1 || !sch_fifo_append(bytes, sch_span_of(chunk, part))) {
      return false;
    }
    size -= (uint32_t)part;
  }
  return true;
}
