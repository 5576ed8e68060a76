/* value: the contents of DER's primitive types, X.690 8 and 11: the one encoding of each value.
 *
 * It knows no tags inside tags and no certificate: it judges and decodes the bytes of one value.
 * Every reader gives true, or gives false, has not changed its output, and has noted why.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_CERT_VALUE_H
#define SCH_CERT_VALUE_H

#include "cert/fault.h"

/* The universal types that fields of X.509 have, as whole tag bytes: name, byte, text. */
#define SCH_DER_TYPES(X)                       \
  X(BOOLEAN, 0x01, "BOOLEAN")                  \
  X(INTEGER, 0x02, "INTEGER")                  \
  X(BIT_STRING, 0x03, "BIT STRING")            \
  X(OCTET_STRING, 0x04, "OCTET STRING")        \
  X(NULL, 0x05, "NULL")                        \
  X(OID, 0x06, "OBJECT IDENTIFIER")            \
  X(ENUMERATED, 0x0a, "ENUMERATED")            \
  X(UTF8_STRING, 0x0c, "UTF8String")           \
  X(NUMERIC_STRING, 0x12, "NumericString")     \
  X(PRINTABLE_STRING, 0x13, "PrintableString") \
  X(TELETEX_STRING, 0x14, "TeletexString")     \
  X(IA5_STRING, 0x16, "IA5String")             \
  X(UTC_TIME, 0x17, "UTCTime")                 \
  X(GENERALIZED_TIME, 0x18, "GeneralizedTime") \
  X(VISIBLE_STRING, 0x1a, "VisibleString")     \
  X(GENERAL_STRING, 0x1b, "GeneralString")     \
  X(UNIVERSAL_STRING, 0x1c, "UniversalString") \
  X(BMP_STRING, 0x1e, "BMPString")             \
  X(SEQUENCE, 0x30, "SEQUENCE")                \
  X(SET, 0x31, "SET")

enum sch_der_type {
#define SCH_DER_ENUM(name, tag, text) SCH_DER_##name = (tag),
  SCH_DER_TYPES(SCH_DER_ENUM)
#undef SCH_DER_ENUM
};

struct sch_bits {
  struct sch_span bytes;
  uint8_t unused; /* low bits of the last byte that do not count, 0 to 7, all zero */
};

/* sch_value_check judges the body of an element of tag byte `tag` when that is a universal
 * primitive type; OCTET STRING and all other tags pass, whatever is in them. */
CHECKED bool sch_value_check(uint8_t tag, struct sch_span body, struct sch_reading *reading);

CHECKED bool sch_value_boolean(struct sch_span body, bool *out, struct sch_reading *reading);

/* sch_value_number wants an INTEGER from 0 to 2^64 - 1, else number_range. */
CHECKED bool sch_value_number(struct sch_span body, uint64_t *out, struct sch_reading *reading);

CHECKED bool sch_value_bits(struct sch_span body, struct sch_bits *out,
                            struct sch_reading *reading);

/* sch_value_named_bits gives bit i of a list of named bits as 1 << i. The list has no trailing
 * zeros, and at most 32 bits, else number_range. */
CHECKED bool sch_value_named_bits(struct sch_span body, uint32_t *out, struct sch_reading *reading);

/* sch_value_time reads UTCTime (years 1950 to 2049) or, for any other `tag`, GeneralizedTime (0 to
 * 9999), to the second and in Z form as RFC 5280 4.1.2.5 wants, as seconds since 1970-01-01
 * 00:00:00 UTC in the calendar of today. There are no leap seconds: 60 is a time_value fault. */
CHECKED bool sch_value_time(uint8_t tag, struct sch_span body, int64_t *out,
                            struct sch_reading *reading);

/* sch_value_arc takes one number from the body of an OBJECT IDENTIFIER. False, and nothing moved,
 * at the end and for a number of more than 64 bits. The first number is 40 * (first arc) + second
 * arc, the first arc being 2 at most. */
CHECKED bool sch_value_arc(struct sch_span *oid, uint64_t *out);

/* sch_value_character takes one character from the body of a string of type `tag`: its Unicode
 * code point, where TeletexString is read as Latin-1, its repertoire in practice. False, and
 * nothing moved, at the end, on bytes that are no character of that encoding, and when `tag` is no
 * string. Alphabets are not judged here. */
CHECKED bool sch_value_character(uint8_t tag, struct sch_span *in, uint32_t *out);

#endif
