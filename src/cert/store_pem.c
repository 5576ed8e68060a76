/* store_pem: see store_pem.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "cert/store_pem.h"

enum { LINE_MAX = 76, NO_DIGIT = 64 };

static const char hyphens[] = "-----";

static bool take_line(struct sch_span *text, struct sch_span *line) {
  size_t size = 0;

  if (text->size == 0) {
    return false;
  }
  while (size < text->size && text->data[size] != '\n') {
    size++;
  }
  const size_t end = size < text->size ? 1 : 0;

  *line = sch_span_first(*text, size);
  *text = sch_span_last(*text, text->size - size - end);
  if (end != 0 && size != 0 && line->data[size - 1] == '\r') {
    line->size--;
  }
  return true;
}

static bool starts_with(struct sch_span line, const char *start) {
  const struct sch_span wanted = sch_span_text(start);

  return sch_span_equal(sch_span_first(line, wanted.size), wanted);
}

static bool ends_with(struct sch_span line, const char *end) {
  const struct sch_span wanted = sch_span_text(end);

  return sch_span_equal(sch_span_last(line, wanted.size), wanted);
}

/* take_mark gives the label of a mark that begins with `start`. */
static bool take_mark(struct sch_span line, const char *start, struct sch_span *label) {
  const size_t size = sch_span_text(start).size;

  if (!starts_with(line, start) || line.size <= size + sizeof hyphens - 1 ||
      !ends_with(line, hyphens)) {
    return false;
  }
  *label = sch_span_first(sch_span_last(line, line.size - size), line.size - size - 5);
  for (size_t i = 0; i < label->size; i++) {
    const uint8_t byte = label->data[i];

    if ((byte < 'A' || byte > 'Z') && (byte < '0' || byte > '9') && byte != ' ') {
      return false;
    }
  }
  return true;
}

static unsigned digit_of(uint8_t byte) {
  if (byte >= 'A' && byte <= 'Z') {
    return byte - 'A';
  }
  if (byte >= 'a' && byte <= 'z') {
    return byte - 'a' + 26u;
  }
  if (byte >= '0' && byte <= '9') {
    return byte - '0' + 52u;
  }
  return byte == '+' ? 62 : byte == '/' ? 63 : NO_DIGIT;
}

/* padding counts the `=` at the end of a line. */
static size_t padding(struct sch_span line) {
  size_t count = 0;

  while (count < line.size && line.data[line.size - 1 - count] == '=') {
    count++;
  }
  return count;
}

/* is_base64 judges one line; `last` may be padded. */
static bool is_base64(struct sch_span line, bool last) {
  const size_t pads = padding(line);
  unsigned digit = 0;

  if (line.size == 0 || line.size > LINE_MAX || line.size % 4 != 0 || pads > (last ? 2 : 0)) {
    return false;
  }
  for (size_t i = 0; i + pads < line.size; i++) {
    digit = digit_of(line.data[i]);
    if (digit == NO_DIGIT) {
      return false;
    }
  }
  return (digit & ((1u << 2 * pads) - 1)) == 0;
}

/* read_body reads the lines of a block, up to its END mark, whose label is `out->label`. */
static bool read_body(struct sch_span *text, struct sch_pem_block *out) {
  struct sch_span line;
  struct sch_span next;
  struct sch_span label;
  struct sch_span rest = *text;
  size_t width = 0;

  out->size = 0;
  if (!take_line(&rest, &line)) {
    return false;
  }
  for (;;) {
    if (!take_line(&rest, &next)) {
      return false;
    }
    const bool last = starts_with(next, hyphens);

    width = width == 0 ? line.size : width;
    if (!is_base64(line, last) || (last ? line.size > width : line.size != width)) {
      return false;
    }
    out->size += line.size / 4 * 3 - padding(line);
    if (last) {
      break;
    }
    line = next;
  }
  out->base64 = sch_span_first(*text, (size_t)(line.data + line.size - text->data));
  *text = rest;
  return take_mark(next, "-----END ", &label) && sch_span_equal(label, out->label);
}

enum sch_pem_found sch_store_pem_next(struct sch_span *text, struct sch_pem_block *out) {
  struct sch_span rest = *text;
  struct sch_pem_block block;
  struct sch_span line;

  do {
    if (!take_line(&rest, &line)) {
      return SCH_PEM_END;
    }
  } while (!starts_with(line, hyphens));
  if (!take_mark(line, "-----BEGIN ", &block.label) || !read_body(&rest, &block)) {
    return SCH_PEM_DAMAGED;
  }
  *out = block;
  *text = rest;
  return SCH_PEM_BLOCK;
}

void sch_store_pem_decode(const struct sch_pem_block *block, struct sch_builder *to) {
  struct sch_span text = block->base64;
  struct sch_span line;

  while (take_line(&text, &line)) {
    for (size_t i = 0; i + 4 <= line.size; i += 4) {
      uint32_t group = 0;
      size_t size = 3;

      for (size_t at = i; at < i + 4; at++) {
        group = group << 6 | (digit_of(line.data[at]) & 63u);
        size -= line.data[at] == '=' ? 1 : 0;
      }
      for (size_t at = 0; at < size; at++) {
        sch_builder_u8(to, (uint8_t)(group >> (16 - 8 * at)));
      }
    }
  }
}
