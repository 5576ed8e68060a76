/* chain_case: see chain_case.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "chain_case.h"

#include <string.h>

#define WORDS(...) ((const char *const[]){__VA_ARGS__})
#define FIELD(name, type, low, high, plain, ...) \
  {#name, SCH_CASE_##type, low, high, plain, WORDS(__VA_ARGS__), SCH_COUNT(WORDS(__VA_ARGS__))},
#define FIELDS_OF(name, fields, text, belongs)                                     \
  static const struct sch_case_field name##_fields[] = {SCH_CASE_##fields(FIELD)}; \
  _Static_assert(SCH_COUNT(name##_fields) <= SCH_CASE_FIELDS, "a record has the fields");
SCH_CASE_RECORD_KINDS(FIELDS_OF)

static const struct sch_case_shape shapes[] = {
#define SHAPE(name, fields, text, belongs) \
  {#name, name##_fields, SCH_COUNT(name##_fields), text, belongs},
    SCH_CASE_RECORD_KINDS(SHAPE)};

const struct sch_case_shape *sch_case_shape(enum sch_case_kind kind) {
  REQUIRE(kind < SCH_CASE_KIND_COUNT);
  return &shapes[kind];
}

struct sch_case_record sch_case_plain(enum sch_case_kind kind) {
  const struct sch_case_shape *shape = sch_case_shape(kind);
  struct sch_case_record record = {.kind = (uint8_t)kind};

  for (size_t i = 0; i < shape->count; i++) {
    record.values[i] = shape->fields[i].plain;
  }
  return record;
}

/* --- the binary form */

static uint32_t range_of(const struct sch_case_field *field) {
  return (uint32_t)(field->high - field->low) + 1;
}

static size_t width_of(const struct sch_case_field *field) {
  const uint32_t range = range_of(field);

  return range <= 0x100 ? 1 : range <= 0x10000 ? 2 : 4;
}

static bool read_field(struct sch_span *in, const struct sch_case_field *field, int32_t *out) {
  struct sch_span bytes;
  uint32_t value = 0;

  if (!sch_span_take(in, width_of(field), &bytes)) {
    return false;
  }
  for (size_t i = 0; i < bytes.size; i++) {
    value = value << 8 | bytes.data[i];
  }
  *out = field->low + (int32_t)(value % range_of(field));
  return true;
}

static bool read_text(struct sch_span *in, struct sch_case_record *record) {
  struct sch_span text;
  uint8_t size;

  if (!sch_span_u8(in, &size) || !sch_span_take(in, size % (SCH_CASE_TEXT + 1), &text)) {
    return false;
  }
  record->text_size = (uint8_t)text.size;
  sch_copy(record->text, text.data, text.size);
  return true;
}

static bool read_record(struct sch_span *in, struct sch_case_record *record) {
  uint8_t kind;

  if (!sch_span_u8(in, &kind)) {
    return false;
  }
  const struct sch_case_shape *shape = &shapes[kind % SCH_CASE_KIND_COUNT];

  *record = (struct sch_case_record){.kind = kind % SCH_CASE_KIND_COUNT};
  for (size_t i = 0; i < shape->count; i++) {
    if (!read_field(in, &shape->fields[i], &record->values[i])) {
      return false;
    }
  }
  return !shape->has_text || read_text(in, record);
}

void sch_case_read(struct sch_case *to, struct sch_span bytes) {
  to->count = 0;
  while (to->count < SCH_CASE_RECORDS && read_record(&bytes, &to->records[to->count])) {
    to->count++;
  }
}

static void write_field(struct sch_builder *to, const struct sch_case_field *field, int32_t value) {
  const uint32_t offset = (uint32_t)(value - field->low);

  for (size_t left = width_of(field); left-- != 0;) {
    sch_builder_u8(to, (uint8_t)(offset >> 8 * left));
  }
}

void sch_case_write(const struct sch_case *from, struct sch_builder *to) {
  for (size_t i = 0; i < from->count; i++) {
    const struct sch_case_record *record = &from->records[i];
    const struct sch_case_shape *shape = sch_case_shape(record->kind);

    sch_builder_u8(to, record->kind);
    for (size_t j = 0; j < shape->count; j++) {
      write_field(to, &shape->fields[j], record->values[j]);
    }
    if (shape->has_text) {
      sch_builder_u8(to, record->text_size);
      sch_builder_bytes(to, sch_span_of(record->text, record->text_size));
    }
  }
}

bool sch_case_same(const struct sch_case *left, const struct sch_case *right) {
  if (left->count != right->count) {
    return false;
  }
  for (size_t i = 0; i < left->count; i++) {
    const struct sch_case_record *one = &left->records[i];
    const struct sch_case_record *two = &right->records[i];

    if (one->kind != two->kind || memcmp(one->values, two->values, sizeof one->values) != 0 ||
        !sch_span_equal(sch_span_of(one->text, one->text_size),
                        sch_span_of(two->text, two->text_size))) {
      return false;
    }
  }
  return true;
}

struct sch_case_record *sch_case_add(struct sch_case *to, const struct sch_case_record *record) {
  if (to->count == SCH_CASE_RECORDS) {
    return NULL;
  }
  to->records[to->count] = *record;
  return &to->records[to->count++];
}
