/* der_write: see der_write.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "der_write.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "cert/oid.h"

enum { OPEN_MAX = 64 };

/* length_width says how many bytes a long length of `size` has behind its first. */
static size_t length_width(size_t size) {
  size_t width = 0;

  while (size >= 0x80 && size >> 8 * width != 0) {
    width++;
  }
  return width;
}

static void put_length(uint8_t *at, size_t size, size_t width) {
  *at++ = (uint8_t)(width == 0 ? size : 0x80 | width);
  while (width-- != 0) {
    *at++ = (uint8_t)(size >> 8 * width);
  }
}

void sch_der_put(struct sch_builder *to, uint8_t tag, struct sch_span body) {
  const size_t width = length_width(body.size);
  uint8_t *at = sch_builder_lend(to, 2 + width + body.size);

  if (at != NULL) {
    at[0] = tag;
    put_length(at + 1, body.size, width);
    sch_copy(at + 2 + width, body.data, body.size);
  }
}

size_t sch_der_open(struct sch_builder *to, uint8_t tag) {
  /* Most elements are short; a longer length makes room for itself in the end. */
  uint8_t *at = sch_builder_lend(to, 2);

  if (at != NULL) {
    at[0] = tag;
  }
  return to->size;
}

void sch_der_close(struct sch_builder *to, size_t mark) {
  if (to->failed) {
    return;
  }
  REQUIRE(mark >= 2);
  REQUIRE(mark <= to->size);
  const size_t size = to->size - mark;
  const size_t width = length_width(size);
  uint8_t *body = to->data + mark;

  if (width != 0) {
    if (sch_builder_lend(to, width) == NULL) {
      return;
    }
    memmove(body + width, body, size);
  }
  put_length(body - 1, size, width);
}

static const char *put_text(struct sch_builder *to, const char *from) {
  const char *end = strchr(from, '\'');

  REQUIRE(end != NULL);
  sch_builder_bytes(to, sch_span_of(from, (size_t)(end - from)));
  return end + 1;
}

static const char *put_oid(struct sch_builder *to, const char *from) {
  static const char *const names[] = {"unknown",
#define NAME(name, text, bytes) #name,
                                      SCH_OIDS(NAME)
#undef NAME
  };
  const size_t size = strspn(from, "abcdefghijklmnopqrstuvwxyz_0123456789");
  size_t oid = 0;

  while (oid < SCH_OID_COUNT &&
         (strlen(names[oid]) != size || strncmp(names[oid], from, size) != 0)) {
    oid++;
  }
  REQUIRE(oid < SCH_OID_COUNT);
  sch_der_put(to, 0x06, sch_oid_bytes((enum sch_oid)oid));
  return from + size;
}

static uint8_t take_byte(const char **from) {
  const char digits[] = {(*from)[0], (*from)[1], 0};

  REQUIRE(isxdigit((unsigned char)digits[0]));
  REQUIRE(isxdigit((unsigned char)digits[1]));
  *from += 2;
  return (uint8_t)strtoul(digits, NULL, 16);
}

static const char *put_repeated(struct sch_builder *to, uint8_t byte, const char *count) {
  char *end;
  const size_t size = strtoul(count, &end, 10);
  uint8_t *bytes = sch_builder_lend(to, size);

  REQUIRE(end != count);
  if (bytes != NULL) {
    memset(bytes, byte, size);
  }
  return end;
}

void sch_der_assemble(struct sch_builder *to, const char *notation) {
  size_t marks[OPEN_MAX];
  size_t open = 0;

  while (*notation != 0) {
    if (*notation == ' ') {
      notation++;
    } else if (*notation == '\'') {
      notation = put_text(to, notation + 1);
    } else if (*notation == '@') {
      notation = put_oid(to, notation + 1);
    } else if (*notation == '}') {
      REQUIRE(open != 0);
      sch_der_close(to, marks[--open]);
      notation++;
    } else {
      const uint8_t byte = take_byte(&notation);

      if (*notation == '{') {
        REQUIRE(open < OPEN_MAX);
        marks[open++] = sch_der_open(to, byte);
        notation++;
      } else if (*notation == '*') {
        notation = put_repeated(to, byte, notation + 1);
      } else {
        sch_builder_u8(to, byte);
      }
    }
  }
  REQUIRE(open == 0);
}
