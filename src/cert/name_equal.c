/* name_equal: see name_equal.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "cert/name_equal.h"

/* FNV-1a, 32 bits. */
#define HASH_START UINT32_C(2166136261)
#define HASH_FACTOR UINT32_C(16777619)

static bool is_string(uint8_t tag) {
  switch (tag) {
    case SCH_DER_UTF8_STRING:
    case SCH_DER_NUMERIC_STRING:
    case SCH_DER_PRINTABLE_STRING:
    case SCH_DER_TELETEX_STRING:
    case SCH_DER_IA5_STRING:
    case SCH_DER_VISIBLE_STRING:
    case SCH_DER_GENERAL_STRING:
    case SCH_DER_UNIVERSAL_STRING:
    case SCH_DER_BMP_STRING:
      return true;
    default:
      return false;
  }
}

static bool is_blank(uint32_t character) {
  return character == ' ' || (character >= '\t' && character <= '\r');
}

/* A cursor over the characters of a value that count. Bytes are the characters of no string. */
struct text {
  uint8_t tag;
  bool started;
  struct sch_span rest;
};

static bool take_character(struct text *text, uint32_t *out) {
  uint8_t byte;

  if (is_string(text->tag)) {
    return sch_value_character(text->tag, &text->rest, out);
  }
  if (!sch_span_u8(&text->rest, &byte)) {
    return false;
  }
  *out = byte;
  return true;
}

/* next gives the next character that counts: of blanks, one between two others. */
static bool next(struct text *text, uint32_t *out) {
  struct text after = *text;
  bool blank = false;
  uint32_t character;

  for (;;) {
    *text = after;
    if (!take_character(&after, &character)) {
      return false;
    }
    if (!is_string(text->tag) || !is_blank(character)) {
      break;
    }
    blank = true;
  }
  if (blank && text->started) {
    /* The character itself comes with the next call, which finds no blank before it. */
    text->started = false;
    *out = ' ';
    return true;
  }
  after.started = true;
  *text = after;
  *out = is_string(text->tag) && character >= 'A' && character <= 'Z' ? character + ('a' - 'A')
                                                                      : character;
  return true;
}

static struct text text_of(const struct sch_attribute *attribute) {
  return (struct text){attribute->value.tag, false, attribute->value.body};
}

static bool attribute_equal(const struct sch_attribute *left, const struct sch_attribute *right) {
  struct text texts[] = {text_of(left), text_of(right)};
  uint32_t characters[] = {0, 0};

  if (!sch_span_equal(left->type, right->type) ||
      (texts[0].tag != texts[1].tag && !(is_string(texts[0].tag) && is_string(texts[1].tag)))) {
    return false;
  }
  for (;;) {
    const bool more = next(&texts[0], &characters[0]);

    if (next(&texts[1], &characters[1]) != more || characters[0] != characters[1]) {
      return false;
    }
    if (!more) {
      return true;
    }
  }
}

static bool take_attribute(struct sch_name *rdn, struct sch_attribute *out) {
  struct sch_reading reading = {0};

  return rdn->rdn.size != 0 && sch_name_next(rdn, out, &reading);
}

static bool equal_in_order(struct sch_name left, struct sch_name right) {
  struct sch_attribute attributes[2];

  while (take_attribute(&left, &attributes[0])) {
    if (!take_attribute(&right, &attributes[1]) ||
        !attribute_equal(&attributes[0], &attributes[1])) {
      return false;
    }
  }
  return right.rdn.size == 0;
}

/* take_all gives the attributes of an RDN, and how many there are, or more than SCH_NAME_RDN_MAX.
 */
static size_t take_all(struct sch_name rdn, struct sch_attribute out[SCH_NAME_RDN_MAX]) {
  size_t count = 0;

  while (count < SCH_NAME_RDN_MAX && take_attribute(&rdn, &out[count])) {
    count++;
  }
  return rdn.rdn.size == 0 ? count : SCH_NAME_RDN_MAX + 1;
}

/* equal_in_any_order pairs each attribute with one not yet paired: the same value in another type
 * of string has another place in DER's order. */
static bool equal_in_any_order(struct sch_name left, struct sch_name right) {
  struct sch_attribute lefts[SCH_NAME_RDN_MAX];
  struct sch_attribute rights[SCH_NAME_RDN_MAX];
  const size_t count = take_all(left, lefts);
  unsigned paired = 0;

  if (count > SCH_NAME_RDN_MAX || take_all(right, rights) != count) {
    return false;
  }
  for (size_t i = 0; i < count; i++) {
    size_t at = 0;

    while (at < count && ((paired >> at & 1u) != 0 || !attribute_equal(&lefts[i], &rights[at]))) {
      at++;
    }
    if (at == count) {
      return false;
    }
    paired |= 1u << at;
  }
  return true;
}

/* take_rdn moves the next RDN of a name to a cursor of its own. */
static bool take_rdn(struct sch_name *name, struct sch_name *out) {
  struct sch_reading reading = {0};

  *out = (struct sch_name){0};
  return name->rdns.size != 0 && sch_der_take(&name->rdns, SCH_DER_SET, &out->rdn, &reading);
}

bool sch_name_equal(struct sch_span left, struct sch_span right) {
  struct sch_name names[] = {sch_certificate_name(left), sch_certificate_name(right)};
  struct sch_name rdns[2];

  if (sch_span_equal(left, right)) {
    return true;
  }
  while (take_rdn(&names[0], &rdns[0])) {
    if (!take_rdn(&names[1], &rdns[1]) ||
        (!equal_in_order(rdns[0], rdns[1]) && !equal_in_any_order(rdns[0], rdns[1]))) {
      return false;
    }
  }
  return names[1].rdns.size == 0;
}

static uint32_t hash_attribute(const struct sch_attribute *attribute) {
  struct text text = text_of(attribute);
  uint32_t hash = HASH_START;
  uint32_t character;

  for (size_t i = 0; i < attribute->type.size; i++) {
    hash = (hash ^ attribute->type.data[i]) * HASH_FACTOR;
  }
  while (next(&text, &character)) {
    hash = (hash ^ character) * HASH_FACTOR;
  }
  return hash;
}

uint32_t sch_name_hash(struct sch_span whole) {
  struct sch_name name = sch_certificate_name(whole);
  struct sch_attribute attribute;
  struct sch_name rdn;
  uint32_t hash = HASH_START;

  while (take_rdn(&name, &rdn)) {
    uint32_t sum = 0;

    while (take_attribute(&rdn, &attribute)) {
      sum += hash_attribute(&attribute);
    }
    hash = (hash ^ sum) * HASH_FACTOR;
  }
  return hash;
}
