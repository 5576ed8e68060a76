/* builder: a bounded writer into memory that the caller lends.
 *
 * It never grows and never writes past its room. The first write that does not fit sets `failed`,
 * which sticks: every later write does nothing, so a caller may check once, at the end.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_BYTES_BUILDER_H
#define SCH_BYTES_BUILDER_H

#include "bytes/span.h"

struct sch_builder {
  uint8_t *data;
  size_t size; /* bytes written */
  size_t room; /* bytes lent */
  bool failed;
};

/* sch_builder_of starts a builder over `room` bytes at `data`, which outlive it. */
struct sch_builder sch_builder_of(void *data, size_t room);

/* sch_builder_lend reserves the next `size` bytes and returns them for the caller to fill, or
 * NULL, and fails, when they do not fit or `size` is 0. */
uint8_t *sch_builder_lend(struct sch_builder *builder, size_t size);

void sch_builder_bytes(struct sch_builder *builder, struct sch_span bytes);
void sch_builder_u8(struct sch_builder *builder, uint8_t value);
void sch_builder_u16(struct sch_builder *builder, uint16_t value);
void sch_builder_u24(struct sch_builder *builder, uint32_t value);
void sch_builder_u32(struct sch_builder *builder, uint32_t value);

/* sch_builder_patch writes, big-endian in `width` bytes (1 to 4) at offset `at`, the number of
 * bytes written behind them: the length prefix of a block begun by reserving `width` bytes at
 * `at`. Fails when the number does not fit the width. */
void sch_builder_patch(struct sch_builder *builder, size_t at, size_t width);

/* sch_builder_built views what was written; it is empty when the builder has failed. */
struct sch_span sch_builder_built(const struct sch_builder *builder);

#endif
