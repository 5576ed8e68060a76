/* span: a borrowed view of bytes that is also the cursor over them.
 *
 * Reading takes from the front. Copy the struct to look ahead; assign it back to commit. A span
 * owns nothing and lives as long as the bytes behind it.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_BYTES_SPAN_H
#define SCH_BYTES_SPAN_H

#include "base.h"

struct sch_span {
  const uint8_t *data; /* may be NULL only when size is 0 */
  size_t size;         /* bytes */
};

/* sch_span_of makes a span over `size` bytes at `data`. */
struct sch_span sch_span_of(const void *data, size_t size);

/* sch_span_text makes a span over a NUL-terminated string, without the NUL. */
struct sch_span sch_span_text(const char *text);

/* sch_span_take moves the first `size` bytes of `in` to `out`. False, and neither changed, when
 * `in` is shorter. Every reader below is built on it and refuses in the same way. */
CHECKED bool sch_span_take(struct sch_span *in, size_t size, struct sch_span *out);

/* sch_span_skip drops the first `size` bytes. */
CHECKED bool sch_span_skip(struct sch_span *in, size_t size);

/* sch_span_u8, u16, u24, u32 read a big-endian number, the byte order of TLS and DER. */
CHECKED bool sch_span_u8(struct sch_span *in, uint8_t *out);
CHECKED bool sch_span_u16(struct sch_span *in, uint16_t *out);
CHECKED bool sch_span_u24(struct sch_span *in, uint32_t *out);
CHECKED bool sch_span_u32(struct sch_span *in, uint32_t *out);

/* sch_span_first and sch_span_last view at most `size` bytes from the front or the back. */
struct sch_span sch_span_first(struct sch_span span, size_t size);
struct sch_span sch_span_last(struct sch_span span, size_t size);

bool sch_span_equal(struct sch_span left, struct sch_span right);

#endif
