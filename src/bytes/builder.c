/* builder: see builder.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "bytes/builder.h"

static void check(const struct sch_builder *builder) {
  ENSURE(builder->size <= builder->room);
}

struct sch_builder sch_builder_of(void *data, size_t room) {
  REQUIRE(data != NULL || room == 0);
  return (struct sch_builder){data, 0, room, false};
}

uint8_t *sch_builder_lend(struct sch_builder *builder, size_t size) {
  check(builder);
  if (builder->failed || size > builder->room - builder->size) {
    builder->failed = true;
    return NULL;
  }
  if (size == 0) {
    return NULL;
  }
  uint8_t *lent = builder->data + builder->size;

  builder->size += size;
  check(builder);
  return lent;
}

void sch_builder_bytes(struct sch_builder *builder, struct sch_span bytes) {
  uint8_t *to = sch_builder_lend(builder, bytes.size);

  if (to != NULL) {
    sch_copy(to, bytes.data, bytes.size);
  }
}

/* put writes the low `width` bytes of `value`, most significant first. */
static void put(uint8_t *to, uint32_t value, size_t width) {
  for (size_t i = 0; i < width; i++) {
    to[i] = (uint8_t)(value >> 8 * (width - 1 - i));
  }
}

static void append(struct sch_builder *builder, uint32_t value, size_t width) {
  uint8_t *to = sch_builder_lend(builder, width);

  if (to != NULL) {
    put(to, value, width);
  }
}

void sch_builder_u8(struct sch_builder *builder, uint8_t value) {
  append(builder, value, 1);
}

void sch_builder_u16(struct sch_builder *builder, uint16_t value) {
  append(builder, value, 2);
}

void sch_builder_u24(struct sch_builder *builder, uint32_t value) {
  append(builder, value, 3);
}

void sch_builder_u32(struct sch_builder *builder, uint32_t value) {
  append(builder, value, 4);
}

void sch_builder_patch(struct sch_builder *builder, size_t at, size_t width) {
  REQUIRE(width >= 1);
  REQUIRE(width <= 4);
  if (builder->failed) {
    return;
  }
  REQUIRE(at <= builder->size);
  REQUIRE(width <= builder->size - at);
  const uint64_t size = builder->size - at - width;

  if (size >> 8 * width != 0) {
    builder->failed = true;
    return;
  }
  put(builder->data + at, (uint32_t)size, width);
}

struct sch_span sch_builder_built(const struct sch_builder *builder) {
  return (struct sch_span){builder->data, builder->failed ? 0 : builder->size};
}
