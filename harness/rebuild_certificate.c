/* rebuild_certificate: see rebuild_certificate.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "rebuild_certificate.h"

#include <stdio.h>
#include <time.h>

#include "der_write.h"

void sch_rebuild_tree(struct sch_builder *to, struct sch_span tree) {
  struct sch_reading reading = {0};
  struct sch_element element;

  while (tree.size != 0 && sch_der_any(&tree, &element, &reading)) {
    if ((element.tag & SCH_DER_CONSTRUCTED) != 0) {
      const size_t mark = sch_der_open(to, element.tag);

      sch_rebuild_tree(to, element.body);
      sch_der_close(to, mark);
    } else {
      sch_der_put(to, element.tag, element.body);
    }
  }
}

static void put_bits(struct sch_builder *to, uint8_t tag, struct sch_bits bits) {
  const size_t mark = sch_der_open(to, tag);

  sch_builder_u8(to, bits.unused);
  sch_builder_bytes(to, bits.bytes);
  sch_der_close(to, mark);
}

/* put_time has the C library do the calendar, which the reader does not use. */
static void put_time(struct sch_builder *to, int64_t seconds) {
  const time_t time = (time_t)seconds;
  struct tm parts;
  char text[64];

  ENSURE(gmtime_r(&time, &parts) != NULL);
  (void)snprintf(text, sizeof(text), "%04d%02d%02d%02d%02d%02dZ", parts.tm_year + 1900,
                 parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
  if (parts.tm_year + 1900 < 2050) {
    sch_der_put(to, SCH_DER_UTC_TIME, sch_span_text(text + 2));
  } else {
    sch_der_put(to, SCH_DER_GENERALIZED_TIME, sch_span_text(text));
  }
}

/* put_arc writes a number in groups of seven bits, the most significant first. */
static void put_arc(struct sch_builder *to, uint64_t arc) {
  int shift = 0;

  while (shift < 63 && arc >> (shift + 7) != 0) {
    shift += 7;
  }
  for (; shift > 0; shift -= 7) {
    sch_builder_u8(to, (uint8_t)(0x80 | (arc >> shift & 0x7f)));
  }
  sch_builder_u8(to, arc & 0x7f);
}

/* put_oid writes an OBJECT IDENTIFIER from its numbers. What is left of it when one is too large
 * is copied. */
static void put_oid(struct sch_builder *to, struct sch_span oid) {
  const size_t mark = sch_der_open(to, SCH_DER_OID);
  uint64_t arc;

  while (sch_value_arc(&oid, &arc)) {
    put_arc(to, arc);
  }
  sch_builder_bytes(to, oid);
  sch_der_close(to, mark);
}

static void put_utf8(struct sch_builder *to, uint32_t character) {
  static const uint8_t marks[] = {0x00, 0xc0, 0xe0, 0xf0};
  const int more = character < 0x80 ? 0 : character < 0x800 ? 1 : character < 0x10000 ? 2 : 3;

  sch_builder_u8(to, (uint8_t)(marks[more] | character >> 6 * more));
  for (int shift = 6 * more; shift > 0; shift -= 6) {
    sch_builder_u8(to, (uint8_t)(0x80 | (character >> (shift - 6) & 0x3f)));
  }
}

static void put_character(struct sch_builder *to, uint8_t tag, uint32_t character) {
  switch (tag) {
    case SCH_DER_UTF8_STRING:
      put_utf8(to, character);
      break;
    case SCH_DER_UNIVERSAL_STRING:
      sch_builder_u32(to, character);
      break;
    case SCH_DER_BMP_STRING:
      sch_builder_u16(to, (uint16_t)character);
      break;
    default:
      sch_builder_u8(to, (uint8_t)character);
  }
}

/* put_value writes a string from its characters, and any other value as a tree. */
static void put_value(struct sch_builder *to, const struct sch_element *value) {
  struct sch_span text = value->body;
  uint32_t character;

  if (!sch_value_character(value->tag, &text, &character)) {
    sch_rebuild_tree(to, value->whole);
    return;
  }
  const size_t mark = sch_der_open(to, value->tag);

  do {
    put_character(to, value->tag, character);
  } while (sch_value_character(value->tag, &text, &character));
  sch_der_close(to, mark);
}

static void put_name(struct sch_builder *to, struct sch_span whole) {
  struct sch_reading reading = {0};
  struct sch_name name = sch_certificate_name(whole);
  struct sch_attribute attribute;
  const size_t mark = sch_der_open(to, SCH_DER_SEQUENCE);
  size_t rdn = 0;

  while (sch_name_next(&name, &attribute, &reading)) {
    if (!attribute.joined && rdn != 0) {
      sch_der_close(to, rdn);
    }
    if (!attribute.joined) {
      rdn = sch_der_open(to, SCH_DER_SET);
    }
    const size_t pair = sch_der_open(to, SCH_DER_SEQUENCE);

    put_oid(to, attribute.type);
    put_value(to, &attribute.value);
    sch_der_close(to, pair);
  }
  if (rdn != 0) {
    sch_der_close(to, rdn);
  }
  sch_der_close(to, mark);
}

static void put_extensions(struct sch_builder *to, struct sch_span list) {
  static const uint8_t yes = 0xff;
  struct sch_reading reading = {0};
  struct sch_extension extension;
  const size_t field = sch_der_open(to, SCH_DER_CONTEXT_IN(3));
  const size_t mark = sch_der_open(to, SCH_DER_SEQUENCE);

  while (list.size != 0 && sch_extension_take(&list, &extension, &reading)) {
    const size_t item = sch_der_open(to, SCH_DER_SEQUENCE);

    put_oid(to, extension.type);
    if (extension.critical) {
      sch_der_put(to, SCH_DER_BOOLEAN, sch_span_of(&yes, 1));
    }
    sch_der_put(to, SCH_DER_OCTET_STRING, extension.value);
    sch_der_close(to, item);
  }
  sch_der_close(to, mark);
  sch_der_close(to, field);
}

static void put_algorithm(struct sch_builder *to, const struct sch_algorithm *algorithm) {
  const size_t mark = sch_der_open(to, SCH_DER_SEQUENCE);

  put_oid(to, algorithm->type);
  sch_rebuild_tree(to, algorithm->parameters);
  sch_der_close(to, mark);
}

static void put_version(struct sch_builder *to, uint8_t version) {
  const uint8_t number = (uint8_t)(version - 1);
  const size_t mark = sch_der_open(to, SCH_DER_CONTEXT_IN(0));

  sch_der_put(to, SCH_DER_INTEGER, sch_span_of(&number, 1));
  sch_der_close(to, mark);
}

static void put_key(struct sch_builder *to, const struct sch_certificate *from) {
  const size_t mark = sch_der_open(to, SCH_DER_SEQUENCE);

  put_algorithm(to, &from->key_algorithm);
  put_bits(to, SCH_DER_BIT_STRING, (struct sch_bits){from->key, 0});
  sch_der_close(to, mark);
}

static void put_tbs(struct sch_builder *to, const struct sch_certificate *from) {
  const size_t mark = sch_der_open(to, SCH_DER_SEQUENCE);

  if (from->version != 1) {
    put_version(to, from->version);
  }
  sch_der_put(to, SCH_DER_INTEGER, from->serial);
  put_algorithm(to, &from->algorithm);
  put_name(to, from->issuer);
  const size_t validity = sch_der_open(to, SCH_DER_SEQUENCE);

  put_time(to, from->not_before);
  put_time(to, from->not_after);
  sch_der_close(to, validity);
  put_name(to, from->subject);
  put_key(to, from);
  if (from->issuer_unique_id.bytes.data != NULL) {
    put_bits(to, SCH_DER_CONTEXT(1), from->issuer_unique_id);
  }
  if (from->subject_unique_id.bytes.data != NULL) {
    put_bits(to, SCH_DER_CONTEXT(2), from->subject_unique_id);
  }
  if (from->extension_list.size != 0) {
    put_extensions(to, from->extension_list);
  }
  sch_der_close(to, mark);
}

void sch_rebuild_certificate(struct sch_builder *to, const struct sch_certificate *from) {
  const size_t mark = sch_der_open(to, SCH_DER_SEQUENCE);

  put_tbs(to, from);
  put_algorithm(to, &from->algorithm);
  put_bits(to, SCH_DER_BIT_STRING, (struct sch_bits){from->signature, 0});
  sch_der_close(to, mark);
}
