/* span: see span.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "bytes/span.h"

#include <string.h>

struct sch_span sch_span_of(const void *data, size_t size) {
  REQUIRE(data != NULL || size == 0);
  return (struct sch_span){data, size};
}

struct sch_span sch_span_text(const char *text) {
  return sch_span_of(text, strlen(text));
}

bool sch_span_take(struct sch_span *in, size_t size, struct sch_span *out) {
  if (in->size < size) {
    return false;
  }
  *out = (struct sch_span){in->data, size};
  /* A view of nothing may have a NULL pointer, to which even 0 must not be added. */
  if (size != 0) {
    in->data += size;
    in->size -= size;
  }
  return true;
}

bool sch_span_skip(struct sch_span *in, size_t size) {
  struct sch_span skipped;

  return sch_span_take(in, size, &skipped);
}

/* take_number reads a big-endian number of `size` bytes, at most four. */
static bool take_number(struct sch_span *in, size_t size, uint32_t *out) {
  struct sch_span bytes;

  if (!sch_span_take(in, size, &bytes)) {
    return false;
  }
  *out = 0;
  for (size_t i = 0; i < size; i++) {
    *out = *out << 8 | bytes.data[i];
  }
  return true;
}

bool sch_span_u8(struct sch_span *in, uint8_t *out) {
  uint32_t number;

  if (!take_number(in, 1, &number)) {
    return false;
  }
  *out = (uint8_t)number;
  return true;
}

bool sch_span_u16(struct sch_span *in, uint16_t *out) {
  uint32_t number;

  if (!take_number(in, 2, &number)) {
    return false;
  }
  *out = (uint16_t)number;
  return true;
}

bool sch_span_u24(struct sch_span *in, uint32_t *out) {
  return take_number(in, 3, out);
}

bool sch_span_u32(struct sch_span *in, uint32_t *out) {
  return take_number(in, 4, out);
}

struct sch_span sch_span_first(struct sch_span span, size_t size) {
  return (struct sch_span){span.data, size < span.size ? size : span.size};
}

struct sch_span sch_span_last(struct sch_span span, size_t size) {
  return size < span.size ? (struct sch_span){span.data + (span.size - size), size} : span;
}

bool sch_span_equal(struct sch_span left, struct sch_span right) {
  if (left.size != right.size) {
    return false;
  }
  return left.size == 0 || memcmp(left.data, right.data, left.size) == 0;
}
