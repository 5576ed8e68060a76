/* value: see value.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "cert/value.h"

bool sch_value_boolean(struct sch_span body, bool *out, struct sch_reading *reading) {
  if (body.size != 1 || (body.data[0] != 0x00 && body.data[0] != 0xff)) {
    return sch_refuse(reading, SCH_FAULT_boolean, body.data);
  }
  *out = body.data[0] == 0xff;
  return true;
}

static bool integer_is_good(struct sch_span body, struct sch_reading *reading) {
  if (body.size == 0) {
    return sch_refuse(reading, SCH_FAULT_integer_empty, body.data);
  }
  if (body.size > 1 && (body.data[0] == 0x00 || body.data[0] == 0xff) &&
      (body.data[0] & 0x80) == (body.data[1] & 0x80)) {
    return sch_refuse(reading, SCH_FAULT_integer_not_minimal, body.data);
  }
  return true;
}

bool sch_value_number(struct sch_span body, uint64_t *out, struct sch_reading *reading) {
  if (!integer_is_good(body, reading)) {
    return false;
  }
  /* A ninth byte is the zero in front of a high bit, and nothing else. */
  const size_t most = sizeof(*out) + (body.data[0] == 0 ? 1 : 0);
  uint64_t number = 0;

  if ((body.data[0] & 0x80) != 0 || body.size > most) {
    return sch_refuse(reading, SCH_FAULT_number_range, body.data);
  }
  for (size_t i = 0; i < body.size; i++) {
    number = number << 8 | body.data[i];
  }
  *out = number;
  return true;
}

bool sch_value_bits(struct sch_span body, struct sch_bits *out, struct sch_reading *reading) {
  struct sch_span bytes = body;
  uint8_t unused;

  if (!sch_span_u8(&bytes, &unused) || unused > 7 || (unused != 0 && bytes.size == 0)) {
    return sch_refuse(reading, SCH_FAULT_bit_string_unused, body.data);
  }
  if (bytes.size != 0 && (bytes.data[bytes.size - 1] & ((1u << unused) - 1)) != 0) {
    return sch_refuse(reading, SCH_FAULT_bit_string_padding, body.data);
  }
  *out = (struct sch_bits){bytes, unused};
  return true;
}

bool sch_value_named_bits(struct sch_span body, uint32_t *out, struct sch_reading *reading) {
  struct sch_bits bits;
  uint32_t named = 0;

  if (!sch_value_bits(body, &bits, reading)) {
    return false;
  }
  if (bits.bytes.size > sizeof(named)) {
    return sch_refuse(reading, SCH_FAULT_number_range, body.data);
  }
  for (size_t i = 0; i < 8 * bits.bytes.size; i++) {
    named |= ((uint32_t)bits.bytes.data[i / 8] >> (7 - i % 8) & 1u) << i;
  }
  const size_t count = 8 * bits.bytes.size - bits.unused;

  if (count != 0 && (named >> (count - 1) & 1u) == 0) {
    return sch_refuse(reading, SCH_FAULT_bit_string_named, body.data);
  }
  *out = named;
  return true;
}

bool sch_value_arc(struct sch_span *oid, uint64_t *out) {
  struct sch_span rest = *oid;
  uint64_t arc = 0;
  uint8_t byte;

  do {
    if (!sch_span_u8(&rest, &byte) || arc >> 57 != 0) {
      return false;
    }
    arc = arc << 7 | (byte & 0x7fu);
  } while ((byte & 0x80) != 0);
  *out = arc;
  *oid = rest;
  return true;
}

static bool oid_is_good(struct sch_span body, struct sch_reading *reading) {
  bool starts = true;

  for (size_t i = 0; i < body.size; i++) {
    if (starts && body.data[i] == 0x80) {
      return sch_refuse(reading, SCH_FAULT_oid_not_minimal, body.data + i);
    }
    starts = (body.data[i] & 0x80) == 0;
  }
  /* An empty body has no last byte that could end an arc. */
  return (body.size != 0 && starts) || sch_refuse(reading, SCH_FAULT_oid_unfinished, body.data);
}

/* take_pair takes two decimal digits; the caller has checked that they are digits. */
static int64_t take_pair(const uint8_t **digits) {
  const int64_t pair = ((*digits)[0] - '0') * 10 + ((*digits)[1] - '0');

  *digits += 2;
  return pair;
}

static bool is_leap(int64_t year) {
  return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int64_t month_days(int64_t year, int64_t month) {
  static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

  return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/* days_to counts the days from 1970-01-01 to the first of January of `year`. Shifting by 400
 * years, which are 146097 days, keeps every division away from negative numbers. */
static int64_t days_to(int64_t year) {
  const int64_t before = year + 399;

  return before * 365 + before / 4 - before / 100 + before / 400 - 146097 - 719162;
}

bool sch_value_time(uint8_t tag, struct sch_span body, int64_t *out, struct sch_reading *reading) {
  const size_t size =
      tag == SCH_DER_UTC_TIME ? sizeof("YYMMDDHHMMSSZ") - 1 : sizeof("YYYYMMDDHHMMSSZ") - 1;
  const uint8_t *digits = body.data;

  if (body.size != size || body.data[size - 1] != 'Z') {
    return sch_refuse(reading, SCH_FAULT_time_form, body.data);
  }
  for (size_t i = 0; i < size - 1; i++) {
    if (body.data[i] < '0' || body.data[i] > '9') {
      return sch_refuse(reading, SCH_FAULT_time_form, body.data + i);
    }
  }
  int64_t year = take_pair(&digits);

  if (tag == SCH_DER_UTC_TIME) {
    year += year < 50 ? 2000 : 1900;
  } else {
    year = year * 100 + take_pair(&digits);
  }
  const int64_t month = take_pair(&digits);
  const int64_t day = take_pair(&digits);
  const int64_t hour = take_pair(&digits);
  const int64_t minute = take_pair(&digits);
  const int64_t second = take_pair(&digits);

  if (month < 1 || month > 12 || day < 1 || day > month_days(year, month) || hour > 23 ||
      minute > 59 || second > 59) {
    return sch_refuse(reading, SCH_FAULT_time_value, body.data);
  }
  int64_t days = days_to(year) + day - 1;

  for (int64_t earlier = 1; earlier < month; earlier++) {
    days += month_days(year, earlier);
  }
  *out = ((days * 24 + hour) * 60 + minute) * 60 + second;
  return true;
}

/* take_utf8 takes one character, RFC 3629 4, in its shortest form. */
static bool take_utf8(struct sch_span *in, uint32_t *out) {
  static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
  const uint8_t first = in->data[0];
  struct sch_span bytes;

  if (first >= 0x80 && (first < 0xc2 || first > 0xf4)) {
    return false;
  }
  const size_t more = first < 0x80 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;

  if (!sch_span_take(in, 1 + more, &bytes)) {
    return false;
  }
  uint32_t character = more == 0 ? first : first & (0x3fu >> more);

  for (size_t i = 1; i <= more; i++) {
    if ((bytes.data[i] & 0xc0) != 0x80) {
      return false;
    }
    character = character << 6 | (bytes.data[i] & 0x3fu);
  }
  *out = character;
  return character >= least[more];
}

static bool is_unicode(uint32_t character) {
  return character <= 0x10ffff && (character < 0xd800 || character > 0xdfff);
}

static bool take_character(uint8_t tag, struct sch_span *in, uint32_t *out) {
  uint16_t wide;

  switch (tag) {
    case SCH_DER_UTF8_STRING:
      return take_utf8(in, out);
    case SCH_DER_UNIVERSAL_STRING:
      return sch_span_u32(in, out);
    case SCH_DER_BMP_STRING:
      if (!sch_span_u16(in, &wide)) {
        return false;
      }
      *out = wide;
      return true;
    case SCH_DER_NUMERIC_STRING:
    case SCH_DER_PRINTABLE_STRING:
    case SCH_DER_TELETEX_STRING:
    case SCH_DER_IA5_STRING:
    case SCH_DER_VISIBLE_STRING:
    case SCH_DER_GENERAL_STRING:
      *out = in->data[0];
      return sch_span_skip(in, 1);
    default:
      return false;
  }
}

bool sch_value_character(uint8_t tag, struct sch_span *in, uint32_t *out) {
  struct sch_span rest = *in;
  uint32_t character;

  if (in->size == 0 || !take_character(tag, &rest, &character) || !is_unicode(character)) {
    return false;
  }
  *out = character;
  *in = rest;
  return true;
}

static bool is_printable(uint32_t character) {
  /* space ' ( ) + , - . / digits : = ? letters, as the bits of the 128 characters of ASCII */
  static const uint64_t alphabet[] = {UINT64_C(0xa7fffb8100000000), UINT64_C(0x07fffffe07fffffe)};

  return character < 128 && (alphabet[character / 64] >> character % 64 & 1u) != 0;
}

/* alphabet_has says whether a string of type `tag` may hold `character`. T.61 switches alphabets by
 * control characters, which nobody supports: without them, TeletexString is eight-bit text. */
static bool alphabet_has(uint8_t tag, uint32_t character) {
  switch (tag) {
    case SCH_DER_NUMERIC_STRING:
      return (character >= '0' && character <= '9') || character == ' ';
    case SCH_DER_PRINTABLE_STRING:
      return is_printable(character);
    case SCH_DER_TELETEX_STRING:
      return (character & 0x7f) >= 0x20 && character != 0x7f;
    case SCH_DER_IA5_STRING:
    case SCH_DER_GENERAL_STRING:
      return character <= 0x7f;
    case SCH_DER_VISIBLE_STRING:
      return character >= 0x20 && character < 0x7f;
    default:
      return true;
  }
}

static bool string_is_good(uint8_t tag, struct sch_span body, enum sch_fault fault,
                           struct sch_reading *reading) {
  uint32_t character;

  while (body.size != 0) {
    const uint8_t *at = body.data;

    if (!sch_value_character(tag, &body, &character) || !alphabet_has(tag, character)) {
      return sch_refuse(reading, fault, at);
    }
  }
  return true;
}

bool sch_value_check(uint8_t tag, struct sch_span body, struct sch_reading *reading) {
  struct sch_bits bits;
  int64_t time;
  bool truth;

  switch (tag) {
    case SCH_DER_BOOLEAN:
      return sch_value_boolean(body, &truth, reading);
    case SCH_DER_INTEGER:
    case SCH_DER_ENUMERATED:
      return integer_is_good(body, reading);
    case SCH_DER_BIT_STRING:
      return sch_value_bits(body, &bits, reading);
    case SCH_DER_NULL:
      return body.size == 0 || sch_refuse(reading, SCH_FAULT_null, body.data);
    case SCH_DER_OID:
      return oid_is_good(body, reading);
    case SCH_DER_UTC_TIME:
    case SCH_DER_GENERALIZED_TIME:
      return sch_value_time(tag, body, &time, reading);
#define STRING(name, fault)     \
  case SCH_DER_##name##_STRING: \
    return string_is_good(tag, body, SCH_FAULT_string_##fault, reading);
      STRING(UTF8, utf8)
      STRING(NUMERIC, numeric)
      STRING(PRINTABLE, printable)
      STRING(TELETEX, teletex)
      STRING(IA5, ia5)
      STRING(GENERAL, ia5)
      STRING(VISIBLE, visible)
      STRING(UNIVERSAL, universal)
      STRING(BMP, bmp)
#undef STRING
    default:
      return true;
  }
}
