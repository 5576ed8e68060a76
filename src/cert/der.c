/* der: see der.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "cert/der.h"

enum { TAG_NUMBER = 0x1f, LENGTH_LONG = 0x80, LENGTH_BYTES_MAX = 4 };

const char *sch_der_name(uint8_t tag) {
  switch (tag) {
#define NAME(name, byte, text) \
  case byte:                   \
    return text;
    SCH_DER_TYPES(NAME)
#undef NAME
    default:
      return NULL;
  }
}

/* is_type looks a universal tag byte up in SCH_DER_TYPES. */
static bool is_type(uint8_t tag) {
#define BIT(name, byte, text) | UINT64_C(1) << (byte)
  static const uint64_t types = 0 SCH_DER_TYPES(BIT);
#undef BIT

  return (types >> tag & 1u) != 0;
}

static bool tag_is_good(const uint8_t *at, struct sch_reading *reading) {
  if ((*at & TAG_NUMBER) == TAG_NUMBER) {
    return sch_refuse(reading, SCH_FAULT_tag_high, at);
  }
  if ((*at & SCH_DER_CLASS) != 0 || is_type(*at)) {
    return true;
  }
  const bool other_form = is_type(*at ^ SCH_DER_CONSTRUCTED);

  return sch_refuse(reading, other_form ? SCH_FAULT_tag_form : SCH_FAULT_tag_unknown, at);
}

/* take_long takes a length of the form 0x80 | count, followed by count bytes. */
static bool take_long(struct sch_span *in, size_t *out, struct sch_reading *reading) {
  const uint8_t *at = in->data;
  const size_t count = *at & (LENGTH_LONG - 1u);
  struct sch_span bytes;
  size_t length = 0;

  if (count == 0) {
    return sch_refuse(reading, SCH_FAULT_length_indefinite, at);
  }
  if (count > LENGTH_BYTES_MAX) {
    return sch_refuse(reading, SCH_FAULT_length_huge, at);
  }
  if (!sch_span_take(in, 1 + count, &bytes)) {
    return sch_refuse(reading, SCH_FAULT_truncated, at);
  }
  for (size_t i = 1; i <= count; i++) {
    length = length << 8 | bytes.data[i];
  }
  if (bytes.data[1] == 0 || length < LENGTH_LONG) {
    return sch_refuse(reading, SCH_FAULT_length_not_minimal, at);
  }
  *out = length;
  return true;
}

bool sch_der_any(struct sch_span *in, struct sch_element *out, struct sch_reading *reading) {
  const uint8_t *at = in->data;
  struct sch_span rest;
  struct sch_span body;
  size_t size;

  reading->elements++;
  if (in->size < 2) {
    return sch_refuse(reading, in->size == 0 ? SCH_FAULT_field_missing : SCH_FAULT_truncated, at);
  }
  if (!tag_is_good(at, reading)) {
    return false;
  }
  size = at[1];
  rest = (struct sch_span){at + 1, in->size - 1};
  if (size < LENGTH_LONG) {
    rest = (struct sch_span){at + 2, in->size - 2};
  } else if (!take_long(&rest, &size, reading)) {
    return false;
  }
  if (!sch_span_take(&rest, size, &body)) {
    return sch_refuse(reading, SCH_FAULT_truncated, at);
  }
  *out = (struct sch_element){*at, body, {at, in->size - rest.size}};
  *in = rest;
  return true;
}

bool sch_der_take(struct sch_span *in, uint8_t tag, struct sch_span *body,
                  struct sch_reading *reading) {
  struct sch_span rest = *in;
  struct sch_element element;

  if (!sch_der_any(&rest, &element, reading)) {
    return false;
  }
  if (element.tag != tag) {
    return sch_refuse(reading, SCH_FAULT_tag_unexpected, in->data);
  }
  *body = element.body;
  *in = rest;
  return true;
}

bool sch_der_end(struct sch_span in, struct sch_reading *reading) {
  return in.size == 0 || sch_refuse(reading, SCH_FAULT_field_unexpected, in.data);
}

bool sch_der_optional(struct sch_span *in, uint8_t tag, struct sch_span *body,
                      struct sch_reading *reading) {
  return !sch_der_is(*in, tag) || sch_der_take(in, tag, body, reading);
}

bool sch_der_some(struct sch_span list, struct sch_reading *reading) {
  return list.size != 0 || sch_refuse(reading, SCH_FAULT_sequence_empty, list.data);
}

bool sch_der_only(struct sch_span in, uint8_t tag, struct sch_span *body,
                  struct sch_reading *reading) {
  struct sch_span found;

  if (!sch_der_take(&in, tag, &found, reading) || !sch_der_end(in, reading)) {
    return false;
  }
  *body = found;
  return true;
}

bool sch_der_is(struct sch_span in, uint8_t tag) {
  return in.size != 0 && in.data[0] == tag;
}

/* is_after compares two encodings as X.690 11.6 orders them. No encoding is the start of another,
 * since each carries its length, so that padding the shorter one never decides. */
static bool is_after(struct sch_span left, struct sch_span right) {
  for (size_t i = 0; i < left.size && i < right.size; i++) {
    if (left.data[i] != right.data[i]) {
      return left.data[i] > right.data[i];
    }
  }
  return false;
}

bool sch_der_ordered(struct sch_span in, struct sch_reading *reading) {
  struct sch_span before = {0};
  struct sch_element element;

  while (in.size != 0) {
    if (!sch_der_any(&in, &element, reading)) {
      return false;
    }
    if (is_after(before, element.whole)) {
      return sch_refuse(reading, SCH_FAULT_set_order, element.whole.data);
    }
    before = element.whole;
  }
  return true;
}

static bool element_is_good(const struct sch_element *element, struct sch_reading *reading) {
  if (element->tag == SCH_DER_SET) {
    return sch_der_ordered(element->body, reading);
  }
  return sch_value_check(element->tag, element->body, reading);
}

bool sch_der_tree(struct sch_span in, struct sch_reading *reading) {
  struct sch_span levels[SCH_DER_DEPTH];
  struct sch_element element;
  size_t depth = 0;

  levels[0] = in;
  for (;;) {
    while (levels[depth].size == 0) {
      if (depth == 0) {
        return true;
      }
      depth--;
    }
    if (!sch_der_any(&levels[depth], &element, reading) || !element_is_good(&element, reading)) {
      return false;
    }
    if ((element.tag & SCH_DER_CONSTRUCTED) != 0) {
      if (++depth == SCH_DER_DEPTH) {
        return sch_refuse(reading, SCH_FAULT_depth, element.whole.data);
      }
      levels[depth] = element.body;
    }
  }
}
