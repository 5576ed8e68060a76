/* rules_certificate: see rules_certificate.h. Elements are taken apart by `next`, which believes
 * what it reads as far as the bytes go; everything else is a question to an accepted certificate.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "rules_certificate.h"

#include <string.h>

#include "oracle.h"

#define RULE(condition) ORACLE(model, condition)

/* Deeper than the reader lets elements nest. */
#define DEPTH_MAX 64
#define SERIAL_MAX 20
#define EXTENSIONS_MAX 256

/* Tags, X.680 8.6. */
enum {
  BOOLEAN = 0x01,
  INTEGER = 0x02,
  BIT_STRING = 0x03,
  NULL_VALUE = 0x05,
  OID = 0x06,
  UTF8 = 0x0c,
  NUMERIC = 0x12,
  PRINTABLE = 0x13,
  TELETEX = 0x14,
  IA5 = 0x16,
  VISIBLE = 0x1a,
  UNIVERSAL = 0x1c,
  BMP = 0x1e,
  SEQUENCE = 0x30,
  SET = 0x31,
  CONSTRUCTED = 0x20,
  CLASS = 0xc0
};

struct item {
  uint8_t tag;
  struct sch_span body;
  struct sch_span whole;
};

static struct item next(struct sch_span *in) {
  const uint8_t *at = in->data;
  size_t header = 2;

  RULE(in->size >= header);
  size_t size = at[1];

  if (size >= 0x80) {
    header += size - 0x80;
    RULE(header > 2 && header <= 6 && in->size >= header);
    size = 0;
    for (size_t i = 2; i < header; i++) {
      size = size << 8 | at[i];
    }
  }
  RULE(size <= in->size - header);
  const struct item item = {at[0], {at + header, size}, {at, header + size}};

  *in = (struct sch_span){at + header + size, in->size - header - size};
  return item;
}

/* only takes the one element that `in` is to be. */
static struct item only(struct sch_span in, uint8_t tag) {
  const struct item item = next(&in);

  RULE(item.tag == tag);
  RULE(in.size == 0);
  return item;
}

static struct sch_span expect(struct sch_span *in, uint8_t tag) {
  const struct item item = next(in);

  RULE(item.tag == tag);
  return item.body;
}

static bool is(struct sch_span in, uint8_t tag) {
  return in.size != 0 && in.data[0] == tag;
}

/* ---- X.690: every element, at every depth ---- */

static bool is_in(uint8_t byte, const char *alphabet) {
  return byte != 0 && strchr(alphabet, byte) != NULL;
}

static bool letter_fits(uint8_t tag, uint8_t byte) {
  const bool digit = byte >= '0' && byte <= '9';
  const bool letter = (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z';

  switch (tag) {
    case NUMERIC:
      return digit || byte == ' ';
    case PRINTABLE:
      return digit || letter || is_in(byte, " '()+,-./:=?");
    case TELETEX:
      return byte % 128 >= ' ' && byte != 127;
    case VISIBLE:
      return byte >= ' ' && byte <= '~';
    case IA5:
      return byte < 128;
    default:
      return true;
  }
}

static void check_letters(uint8_t tag, struct sch_span body) {
  for (size_t i = 0; i < body.size; i++) {
    RULE(letter_fits(tag, body.data[i]));
  }
}

/* check_bits: with `named`, the last bit there is must be set; gives whether there is any. */
static bool check_bits(struct sch_span body, bool named) {
  RULE(body.size >= 1);
  const unsigned unused = body.data[0];
  const unsigned last = body.data[body.size - 1];

  RULE(unused <= 7);
  RULE(body.size > 1 || unused == 0);
  RULE(body.size == 1 || (last & ((1U << unused) - 1)) == 0);
  RULE(!named || body.size == 1 || (last >> unused & 1) != 0);
  return body.size > 1;
}

static void check_primitive(const struct item *item) {
  switch (item->tag) {
    case BOOLEAN:
      RULE(item->body.size == 1);
      break;
    case BIT_STRING:
      (void)check_bits(item->body, false);
      break;
    case NULL_VALUE:
      RULE(item->body.size == 0);
      break;
    default:
      check_letters(item->tag, item->body);
  }
}

/* check_order: X.690 11.6; of two encodings that begin alike neither is longer. */
static void check_order(struct sch_span before, struct sch_span after) {
  const size_t size = before.size < after.size ? before.size : after.size;

  RULE(size == 0 || memcmp(before.data, after.data, size) <= 0);
}

static void check_tree(struct sch_span tree, bool ordered, size_t depth) {
  struct sch_span before = {NULL, 0};

  RULE(depth < DEPTH_MAX);
  while (tree.size != 0) {
    const struct item item = next(&tree);

    RULE((item.tag & 0x1f) != 0x1f);
    RULE((item.tag & CLASS) != 0 ||
         ((item.tag & CONSTRUCTED) != 0) == (item.tag == SEQUENCE || item.tag == SET));
    if (ordered) {
      check_order(before, item.whole);
      before = item.whole;
    }
    if ((item.tag & CONSTRUCTED) != 0) {
      check_tree(item.body, item.tag == SET, depth + 1);
    } else {
      check_primitive(&item);
    }
  }
}

/* ---- RFC 5280: names ---- */

static bool is_oid(struct sch_span oid, const char *bytes, size_t size) {
  return oid.size == size && memcmp(oid.data, bytes, size) == 0;
}

static void check_attribute(struct sch_span attribute) {
  const struct sch_span type = expect(&attribute, OID);
  const uint8_t tag = next(&attribute).tag;

  RULE(attribute.size == 0);
  /* countryName, serialNumber and dnQualifier, RFC 5280 A.1. */
  if (is_oid(type, "\x55\x04\x06", 3) || is_oid(type, "\x55\x04\x05", 3) ||
      is_oid(type, "\x55\x04\x2e", 3)) {
    RULE(tag == PRINTABLE);
  } else if (is_oid(type, "\x55\x04\x03", 3)) {
    RULE(tag == UTF8 || tag == PRINTABLE || tag == TELETEX || tag == BMP || tag == UNIVERSAL);
  }
}

static void check_name(struct sch_span name) {
  while (name.size != 0) {
    struct sch_span rdn = expect(&name, SET);

    RULE(rdn.size != 0);
    while (rdn.size != 0) {
      check_attribute(expect(&rdn, SEQUENCE));
    }
  }
}

/* check_general_name: `form` is 2 where an address has a mask. */
static void check_general_name(const struct item *name, size_t form) {
  struct sch_span body = name->body;

  switch (name->tag) {
    case 0xa0: /* otherName */
      (void)expect(&body, OID);
      RULE(only(body, 0xa0).body.size != 0);
      break;
    case 0x81: /* rfc822Name, dNSName, URI */
    case 0x82:
    case 0x86:
      check_letters(IA5, body);
      break;
    case 0xa4:
      check_name(only(body, SEQUENCE).body);
      break;
    case 0x87:
      RULE(body.size == 4 * form || body.size == 16 * form);
      break;
    default: /* x400Address, ediPartyName, registeredID */
      RULE(name->tag == 0xa3 || name->tag == 0xa5 || name->tag == 0x88);
  }
}

static void check_general_names(struct sch_span names) {
  RULE(names.size != 0);
  while (names.size != 0) {
    const struct item name = next(&names);

    check_general_name(&name, 1);
  }
}

/* ---- RFC 5280: extensions ---- */

static void check_basic_constraints(struct sch_span body) {
  const bool ca = is(body, BOOLEAN);

  if (ca) {
    RULE(expect(&body, BOOLEAN).data[0] == 0xff);
  }
  RULE(body.size == 0 || ca);
}

static void check_subtrees(struct sch_span list) {
  RULE(list.size != 0);
  while (list.size != 0) {
    struct sch_span subtree = expect(&list, SEQUENCE);
    const struct item base = next(&subtree);

    check_general_name(&base, 2);
    RULE(subtree.size == 0);
  }
}

static void check_constraints(struct sch_span body) {
  RULE(body.size != 0);
  while (body.size != 0) {
    check_subtrees(next(&body).body);
  }
}

static void check_points(struct sch_span list) {
  while (list.size != 0) {
    struct sch_span point = expect(&list, SEQUENCE);
    bool says = false;

    while (point.size != 0) {
      const struct item field = next(&point);

      says = says || field.tag != 0x81;
      if (field.tag == 0x81) {
        (void)check_bits(field.body, true);
      }
    }
    RULE(says);
  }
}

/* check_unique: the first element of each item of the list differs from that of all others. */
static void check_unique(struct sch_span list) {
  struct sch_span seen[EXTENSIONS_MAX];
  size_t count = 0;

  RULE(list.size != 0);
  while (list.size != 0) {
    struct sch_span item = expect(&list, SEQUENCE);
    const struct sch_span oid = expect(&item, OID);

    RULE(count < EXTENSIONS_MAX);
    for (size_t i = 0; i < count; i++) {
      RULE(!sch_span_equal(seen[i], oid));
    }
    seen[count++] = oid;
  }
}

static void check_mappings(struct sch_span list) {
  RULE(list.size != 0);
  while (list.size != 0) {
    struct sch_span pair = expect(&list, SEQUENCE);
    const struct sch_span from = expect(&pair, OID);
    const struct sch_span to = expect(&pair, OID);

    RULE(!is_oid(from, "\x55\x1d\x20\x00", 4));
    RULE(!is_oid(to, "\x55\x1d\x20\x00", 4));
  }
}

static void check_authority(struct sch_span body) {
  unsigned fields = 0;

  while (body.size != 0) {
    fields |= 1U << (next(&body).tag & 3);
  }
  RULE((fields >> 1 & 1) == (fields >> 2 & 1));
}

/* check_value: `number` is the last of 2.5.29.number. */
static void check_value(unsigned number, struct sch_span value) {
  const struct item item = next(&value);

  RULE(value.size == 0);
  check_tree(item.whole, false, 0);
  switch (number) {
    case 15: /* keyUsage */
      RULE(check_bits(item.body, true));
      break;
    case 17: /* subjectAltName, issuerAltName */
    case 18:
      check_general_names(item.body);
      break;
    case 19:
      check_basic_constraints(item.body);
      break;
    case 30: /* nameConstraints */
      check_constraints(item.body);
      break;
    case 31: /* cRLDistributionPoints, freshestCRL */
    case 46:
      check_points(item.body);
      break;
    case 32: /* certificatePolicies */
      check_unique(item.body);
      break;
    case 33: /* policyMappings */
      check_mappings(item.body);
      break;
    case 35: /* authorityKeyIdentifier */
      check_authority(item.body);
      break;
    case 36: /* policyConstraints, extendedKeyUsage */
    case 37:
      RULE(item.body.size != 0);
      break;
    default:
      break;
  }
}

/* check_extensions gives whether there is a critical subjectAltName. */
static bool check_extensions(struct sch_span list) {
  static const uint8_t known[] = {9, 14, 15, 16, 17, 18, 19, 30, 31, 32, 33, 35, 36, 37, 46, 54};
  bool named = false;

  check_unique(list);
  while (list.size != 0) {
    struct sch_span extension = expect(&list, SEQUENCE);
    const struct sch_span oid = expect(&extension, OID);
    const bool critical = is(extension, BOOLEAN);

    if (critical) {
      RULE(expect(&extension, BOOLEAN).data[0] == 0xff);
    }
    const struct sch_span value = only(extension, 0x04).body;

    /* 2.5.29.number; the value of any other extension may be anything. */
    if (oid.size == 3 && memcmp(oid.data, "\x55\x1d", 2) == 0 &&
        memchr(known, oid.data[2], sizeof known) != NULL) {
      check_value(oid.data[2], value);
      named = named || (critical && oid.data[2] == 17);
    }
  }
  return named;
}

/* ---- RFC 5280: the certificate ---- */

static unsigned check_version(struct sch_span *tbs) {
  if (!is(*tbs, 0xa0)) {
    return 1;
  }
  const struct sch_span number = only(expect(tbs, 0xa0), INTEGER).body;

  RULE(number.size == 1);
  RULE(number.data[0] == 1 || number.data[0] == 2);
  return number.data[0] + 1U;
}

/* check_late: unique identifiers and extensions, each in its version. */
static bool check_late(struct sch_span late, unsigned version) {
  bool named = false;

  for (uint8_t tag = 0x81; tag <= 0x82; tag++) {
    if (is(late, tag)) {
      RULE(version > 1);
      (void)check_bits(expect(&late, tag), false);
    }
  }
  if (is(late, 0xa3)) {
    RULE(version == 3);
    named = check_extensions(only(expect(&late, 0xa3), SEQUENCE).body);
  }
  RULE(late.size == 0);
  return named;
}

void sch_rules_certificate(struct sch_span der) {
  struct sch_span whole = only(der, SEQUENCE).body;
  struct sch_span tbs = expect(&whole, SEQUENCE);

  check_tree(der, false, 0);
  const unsigned version = check_version(&tbs);
  const struct sch_span serial = expect(&tbs, INTEGER);
  const struct item algorithm = next(&tbs);
  const struct sch_span issuer = expect(&tbs, SEQUENCE);

  RULE(serial.size >= 1 && serial.size <= SERIAL_MAX && serial.data[0] < 0x80);
  RULE(issuer.size != 0);
  check_name(issuer);
  (void)expect(&tbs, SEQUENCE);
  const struct sch_span subject = expect(&tbs, SEQUENCE);

  check_name(subject);
  (void)expect(&tbs, SEQUENCE);
  const bool named = check_late(tbs, version);

  RULE(subject.size != 0 || named);
  RULE(sch_span_equal(next(&whole).whole, algorithm.whole));
  RULE(expect(&whole, BIT_STRING).data[0] == 0);
  RULE(whole.size == 0);
}
