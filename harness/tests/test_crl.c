/* test_crl: the CRL reader: every rule with a refused sample and a good twin of one edit.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "cert/crl.h"

#include "der_write.h"
#include "test.h"

enum { ROOM = 65536 };

/* The parts of a CRL, in order; a list that is "" is left out. */
enum field {
  VERSION,
  ALGORITHM,
  ISSUER,
  THIS,
  NEXT,
  ENTRIES, /* contents of the list */
  LISTED,  /* the list itself, when it is not made of ENTRIES */
  EXTENSIONS,
  LATE,
  OUTER, /* NULL: as ALGORITHM */
  SIGNATURE,
  TAIL,
  FIELD_COUNT
};

struct recipe {
  const char *fields[FIELD_COUNT]; /* NULL: as in `plain` */
};

#define UTC(text) "17{ '" text "' }"
#define FULL(text) "18{ '" text "' }"
#define NAME(value) "30{ 31{ 30{ @common_name 0c{ " value " } } } }"
#define EXTENSION(oid, value) "30{ @" oid " 04{ " value " } } "
#define CRITICAL(oid, value) "30{ @" oid " 01{ ff } 04{ " value " } } "
#define NUMBER EXTENSION("crl_number", "02{ 05 }")
#define ENTRY(serial, extensions) "30{ 02{ " serial " } " UTC("240201000000Z") " " extensions " } "
#define SAID(list) "30{ " list " }"
#define SCOPE(fields) NUMBER CRITICAL("issuing_distribution_point", "30{ " fields " }")
#define DELTA NUMBER CRITICAL("delta_crl_indicator", "02{ 03 }")
#define INDIRECT SCOPE("84{ ff }")
#define HOLDER CRITICAL("certificate_issuer", "30{ a4{ " NAME("'Other'") " } }")

static const struct recipe plain = {{"02{ 01 }", "30{ @ecdsa_sha256 }", NAME("'Issuer'"),
                                     UTC("240101000000Z"), UTC("491231235959Z"), ENTRY("01", ""),
                                     NULL, NUMBER, "", NULL, "03{ 00 30{ 02{ 11 } 02{ 22 } } }",
                                     ""}};

static const char *field_of(const struct recipe *recipe, enum field field) {
  return recipe->fields[field] != NULL ? recipe->fields[field] : plain.fields[field];
}

static void put_list(struct sch_builder *to, uint8_t outer, const char *contents) {
  if (*contents != 0) {
    const size_t mark = outer == 0 ? 0 : sch_der_open(to, outer);
    const size_t list = sch_der_open(to, 0x30);

    sch_der_assemble(to, contents);
    sch_der_close(to, list);
    if (outer != 0) {
      sch_der_close(to, mark);
    }
  }
}

/* make gives exactly sized bytes, so that a read behind the end is caught; free them. */
static uint8_t *make(const struct recipe *recipe, size_t *size) {
  static uint8_t room[ROOM];
  struct sch_builder to = sch_builder_of(room, sizeof room);
  const size_t whole = sch_der_open(&to, 0x30);
  const size_t tbs = sch_der_open(&to, 0x30);

  for (int field = VERSION; field < ENTRIES; field++) {
    sch_der_assemble(&to, field_of(recipe, (enum field)field));
  }
  if (recipe->fields[LISTED] != NULL) {
    sch_der_assemble(&to, recipe->fields[LISTED]);
  } else {
    put_list(&to, 0, field_of(recipe, ENTRIES));
  }
  put_list(&to, 0xa0, field_of(recipe, EXTENSIONS));
  sch_der_assemble(&to, field_of(recipe, LATE));
  sch_der_close(&to, tbs);
  sch_der_assemble(&to, field_of(recipe, recipe->fields[OUTER] != NULL ? OUTER : ALGORITHM));
  sch_der_assemble(&to, field_of(recipe, SIGNATURE));
  sch_der_close(&to, whole);
  sch_der_assemble(&to, field_of(recipe, TAIL));
  ENSURE(!to.failed);

  uint8_t *bytes = malloc(to.size);

  memcpy(bytes, room, to.size);
  *size = to.size;
  return bytes;
}

/* Each rule: what breaks it and a twin that does not, on a recipe of their own. */
static const struct rule {
  enum sch_fault fault;
  struct recipe broken;
  struct recipe good;
} rules[] = {
#define RULE(fault, field, bad, fine)       \
  {                                         \
    SCH_FAULT_##fault, {{[field] = bad}}, { \
      { [field] = fine }                    \
    }                                       \
  }
#define EXTENDED(fault, bad, fine) RULE(fault, EXTENSIONS, bad, fine)
#define LISTS(fault, extensions, bad, fine)                              \
  {                                                                      \
    SCH_FAULT_##fault, {{[EXTENSIONS] = extensions, [ENTRIES] = bad}}, { \
      { [EXTENSIONS] = extensions, [ENTRIES] = fine }                    \
    }                                                                    \
  }
    RULE(crl_version, VERSION, "02{ 02 }", "02{ 01 }"),
    RULE(crl_version, VERSION, "02{ 00 }", "02{ 01 }"),
    RULE(number_range, VERSION, "02{ ff }", "02{ 01 }"),
    {SCH_FAULT_crl_extensions_version, {{[VERSION] = ""}}, {{[VERSION] = "", [EXTENSIONS] = ""}}},
    {SCH_FAULT_crl_extensions_version,
     {{[VERSION] = "",
       [EXTENSIONS] = "",
       [ENTRIES] = ENTRY("01", SAID(EXTENSION("crl_reason", "0a{ 01 }")))}},
     {{[VERSION] = "", [EXTENSIONS] = "", [ENTRIES] = ENTRY("01", "")}}},
    RULE(crl_next_update, NEXT, "", UTC("240102000000Z")),
    RULE(validity_form, NEXT, FULL("20491231235959Z"), FULL("20500101000000Z")),
    RULE(validity_form, THIS, FULL("20240101000000Z"), UTC("240101000000Z")),
    RULE(time_form, THIS, UTC("2401010000Z"), UTC("240101000000Z")),
    RULE(time_value, NEXT, UTC("240230000000Z"), UTC("240229000000Z")),
    RULE(tag_unexpected, THIS, "02{ 01 }", UTC("240101000000Z")),
    RULE(issuer_empty, ISSUER, "30{ }", NAME("'I'")),
    RULE(algorithm_differs, OUTER, "30{ @ecdsa_sha384 }", "30{ @ecdsa_sha256 }"),
    RULE(bit_string_octets, SIGNATURE, "03{ 04 10 }", "03{ 00 10 }"),
    RULE(trailing, TAIL, "00", ""),
    RULE(field_unexpected, LATE, "05{ }", ""),
    RULE(field_unexpected, LATE, "a0{ 30{ " NUMBER " } }", ""),
    RULE(sequence_empty, LISTED, "30{ }", ""),
    {SCH_FAULT_sequence_empty, {{[EXTENSIONS] = "", [LATE] = "a0{ 30{ } }"}}, {{[LATE] = ""}}},
    EXTENDED(crl_number, EXTENSION("authority_key_id", "30{ 80{ 0102 } }"),
             NUMBER EXTENSION("authority_key_id", "30{ 80{ 0102 } }")),
    EXTENDED(crl_number, "", NUMBER),
    EXTENDED(crl_number, EXTENSION("crl_number", "02{ 01*21 }"),
             EXTENSION("crl_number", "02{ 01*20 }")),
    EXTENDED(number_range, EXTENSION("crl_number", "02{ 81 }"),
             EXTENSION("crl_number", "02{ 0081 }")),
    EXTENDED(integer_not_minimal, EXTENSION("crl_number", "02{ 0001 }"), NUMBER),
    EXTENDED(crl_critical, CRITICAL("crl_number", "02{ 05 }"), NUMBER),
    EXTENDED(crl_critical, NUMBER EXTENSION("delta_crl_indicator", "02{ 03 }"), DELTA),
    EXTENDED(crl_critical, NUMBER EXTENSION("issuing_distribution_point", "30{ 81{ ff } }"),
             SCOPE("81{ ff }")),
    EXTENDED(crl_critical, NUMBER CRITICAL("authority_key_id", "30{ 80{ 01 } }"),
             NUMBER EXTENSION("authority_key_id", "30{ 80{ 01 } }")),
    EXTENDED(crl_critical, NUMBER CRITICAL("freshest_crl", "30{ 30{ a0{ a0{ 86{ 'u' } } } } }"),
             NUMBER EXTENSION("freshest_crl", "30{ 30{ a0{ a0{ 86{ 'u' } } } } }")),
    EXTENDED(extension_repeated, NUMBER NUMBER, NUMBER),
    EXTENDED(default_encoded, NUMBER "30{ 06{ 2a03 } 01{ 00 } 04{ } } ",
             NUMBER "30{ 06{ 2a03 } 01{ ff } 04{ } } "),
    EXTENDED(default_encoded, SCOPE("81{ 00 }"), SCOPE("81{ ff }")),
    EXTENDED(boolean, SCOPE("81{ 01 }"), SCOPE("82{ ff }")),
    EXTENDED(sequence_empty, SCOPE(""), SCOPE("84{ ff }")),
    EXTENDED(crl_scope, SCOPE("81{ ff } 82{ ff }"), SCOPE("81{ ff } 84{ ff }")),
    EXTENDED(crl_scope, SCOPE("82{ ff } 85{ ff }"), SCOPE("85{ ff }")),
    EXTENDED(field_unexpected, SCOPE("84{ ff } 81{ ff }"), SCOPE("81{ ff } 84{ ff }")),
    EXTENDED(bit_string_named, SCOPE("83{ 00 6000 }"), SCOPE("83{ 05 60 }")),
    EXTENDED(sequence_empty, SCOPE("a0{ a1{ } }"),
             SCOPE("a0{ a1{ 30{ @common_name 0c{ 'a' } } } }")),
    EXTENDED(set_order,
             SCOPE("a0{ a1{ 30{ @common_name 0c{ 'b' } } 30{ @common_name 0c{ 'a' } } } }"),
             SCOPE("a0{ a1{ 30{ @common_name 0c{ 'a' } } 30{ @common_name 0c{ 'b' } } } }")),
    EXTENDED(general_name_kind, SCOPE("a0{ a0{ 89{ 'u' } } }"), SCOPE("a0{ a0{ 86{ 'u' } } }")),
    EXTENDED(tag_unexpected, SCOPE("a0{ a2{ 86{ 'u' } } }"), SCOPE("a0{ a0{ 86{ 'u' } } }")),
    LISTS(serial_negative, NUMBER, ENTRY("81", ""), ENTRY("0081", "")),
    LISTS(serial_long, NUMBER, ENTRY("01*21", ""), ENTRY("01*20", "")),
    LISTS(field_missing, NUMBER, "30{ 02{ 01 } } ", ENTRY("01", "")),
    LISTS(crl_reason, NUMBER, ENTRY("01", SAID(EXTENSION("crl_reason", "0a{ 07 }"))),
          ENTRY("01", SAID(EXTENSION("crl_reason", "0a{ 09 }")))),
    LISTS(crl_reason, NUMBER, ENTRY("01", SAID(EXTENSION("crl_reason", "0a{ 0b }"))),
          ENTRY("01", SAID(EXTENSION("crl_reason", "0a{ 0a }")))),
    {SCH_FAULT_crl_reason,
     {{[ENTRIES] = ENTRY("01", SAID(EXTENSION("crl_reason", "0a{ 08 }")))}},
     {{[EXTENSIONS] = DELTA, [ENTRIES] = ENTRY("01", SAID(EXTENSION("crl_reason", "0a{ 08 }")))}}},
    LISTS(crl_critical, NUMBER, ENTRY("01", SAID(CRITICAL("crl_reason", "0a{ 01 }"))),
          ENTRY("01", SAID(EXTENSION("crl_reason", "0a{ 01 }")))),
    LISTS(crl_critical, NUMBER,
          ENTRY("01", SAID(CRITICAL("invalidity_date", FULL("20240101000000Z")))),
          ENTRY("01", SAID(EXTENSION("invalidity_date", FULL("20240101000000Z"))))),
    LISTS(tag_unexpected, NUMBER,
          ENTRY("01", SAID(EXTENSION("invalidity_date", UTC("240101000000Z")))),
          ENTRY("01", SAID(EXTENSION("invalidity_date", FULL("20240101000000Z"))))),
    LISTS(crl_critical, INDIRECT,
          ENTRY("01", SAID(EXTENSION("certificate_issuer", "30{ a4{ " NAME("'O'") " } }"))),
          ENTRY("01", SAID(HOLDER))),
    {SCH_FAULT_crl_entry_issuer,
     {{[ENTRIES] = ENTRY("01", SAID(HOLDER))}},
     {{[EXTENSIONS] = INDIRECT, [ENTRIES] = ENTRY("01", SAID(HOLDER))}}},
    LISTS(
        extension_repeated, NUMBER,
        ENTRY("01", SAID(EXTENSION("crl_reason", "0a{ 01 }") EXTENSION("crl_reason", "0a{ 01 }"))),
        ENTRY("01", SAID(EXTENSION("crl_reason", "0a{ 01 }")))),
};

static bool read_recipe(const struct recipe *recipe, enum sch_fault *fault) {
  size_t size;
  uint8_t *bytes = make(recipe, &size);
  struct sch_reading reading = {0};
  struct sch_crl crl = {0};
  const bool good = sch_crl_read(sch_span_of(bytes, size), &crl, &reading);

  CHECK(good || (reading.at >= bytes && reading.at <= bytes + size));
  CHECK(good == (crl.whole.data != NULL));
  CHECK(reading.elements <= 4 * size + 1);
  *fault = reading.fault;
  free(bytes);
  return good;
}

/* Every rule refuses its sample by its own name and passes the twin. */
TEST(each_rule_has_both_sides) {
  for (size_t i = 0; i < SCH_COUNT(rules); i++) {
    enum sch_fault fault;
    char name[64];

    (void)snprintf(name, sizeof name, "%zu %s", i, sch_fault_name(rules[i].fault));
    if (read_recipe(&rules[i].broken, &fault) || fault != rules[i].fault) {
      test_fail(__FILE__, __LINE__, name, sch_fault_name(fault));
    }
    if (!read_recipe(&rules[i].good, &fault)) {
      test_fail(__FILE__, __LINE__, name, sch_fault_rule(fault));
    }
  }
}

/* No fault that only a CRL has is without a pair. */
TEST(each_fault_of_a_crl_has_a_rule) {
  for (int fault = SCH_FAULT_CRLS; fault < SCH_FAULT_COUNT; fault++) {
    bool found = false;

    for (size_t i = 0; i < SCH_COUNT(rules); i++) {
      found = found || rules[i].fault == (enum sch_fault)fault;
    }
    if (!found) {
      test_fail(__FILE__, __LINE__, "no pair", sch_fault_name((enum sch_fault)fault));
    }
  }
}

/* The fields are those it was made of. */
TEST(fields) {
  const struct recipe recipe = {
      {[ENTRIES] = ENTRY("11", "") ENTRY("22", SAID(EXTENSION("crl_reason", "0a{ 06 }") HOLDER))
           ENTRY("33", SAID(EXTENSION("invalidity_date",
                                      FULL("20240101000000Z")) "30{ 06{ 2a03 } 01{ ff } 04{ } }")),
       [EXTENSIONS] = SCOPE("a0{ a0{ 86{ 'u' } } } 81{ ff } 83{ 05 60 } 84{ ff }") CRITICAL(
           "delta_crl_indicator", "02{ 03 }") EXTENSION("authority_key_id", "30{ 80{ 0102 } }")}};
  size_t size;
  uint8_t *bytes = make(&recipe, &size);
  struct sch_reading reading = {0};
  struct sch_crl crl;
  struct sch_crl_entry entries[3];

  CHECK(sch_crl_read(sch_span_of(bytes, size), &crl, &reading));
  CHECK_EQUAL(crl.version, 2);
  CHECK_EQUAL(crl.algorithm.oid, SCH_OID_ecdsa_sha256);
  CHECK_EQUAL(crl.this_update, 1704067200);
  CHECK_EQUAL(crl.next_update, 2524607999);
  CHECK_EQUAL(crl.entries, 3);
  CHECK_EQUAL(crl.scope.full_name.size, 3);
  CHECK(crl.scope.present);
  CHECK(crl.scope.only_users);
  CHECK(!crl.scope.only_authorities);
  CHECK(crl.scope.indirect);
  CHECK_EQUAL(crl.scope.reasons, 6);
  CHECK_BYTES(crl.number, sch_span_of("\x05", 1));
  CHECK_BYTES(crl.base_number, sch_span_of("\x03", 1));
  CHECK_BYTES(crl.authority.key_id, sch_span_of("\x01\x02", 2));
  CHECK(crl.unknown_critical);
  struct sch_span list = crl.entry_list;

  for (size_t i = 0; i < 3; i++) {
    CHECK(sch_crl_entry_take(&crl, &list, &entries[i]));
  }
  CHECK(!sch_crl_entry_take(&crl, &list, &entries[0]));
  CHECK_BYTES(entries[0].serial, sch_span_of("\x11", 1));
  CHECK_EQUAL(entries[0].revoked, 1706745600);
  CHECK_EQUAL(entries[1].reason, SCH_CRL_HOLD);
  CHECK(entries[1].issuer.size != 0);
  CHECK(!entries[1].unknown_critical);
  CHECK(entries[2].invalid_since.present);
  CHECK_EQUAL(entries[2].invalid_since.value, 1704067200);
  CHECK(entries[2].unknown_critical);
  free(bytes);
}

static void put_entry(struct sch_builder *to, const struct sch_crl_entry *entry,
                      struct sch_span revoked) {
  const size_t mark = sch_der_open(to, 0x30);

  sch_der_put(to, 0x02, entry->serial);
  sch_der_put(to, 0x17, revoked);
  if (entry->extension_list.size != 0) {
    sch_der_put(to, 0x30, entry->extension_list);
  }
  sch_der_close(to, mark);
}

static void put_tbs(struct sch_builder *to, const struct sch_crl *crl) {
  const size_t mark = sch_der_open(to, 0x30);
  struct sch_span list = crl->entry_list;
  struct sch_crl_entry entry;

  if (crl->version == 2) {
    sch_der_put(to, 0x02, sch_span_of("\x01", 1));
  }
  sch_builder_bytes(to, crl->algorithm.whole);
  sch_builder_bytes(to, crl->issuer);
  sch_der_put(to, 0x17, sch_span_text("240101000000Z"));
  sch_der_put(to, 0x17, sch_span_text("491231235959Z"));
  if (list.size != 0) {
    const size_t entries = sch_der_open(to, 0x30);

    while (sch_crl_entry_take(crl, &list, &entry)) {
      put_entry(to, &entry, sch_span_text("240201000000Z"));
    }
    sch_der_close(to, entries);
  }
  if (crl->extension_list.size != 0) {
    const size_t outer = sch_der_open(to, 0xa0);

    sch_der_put(to, 0x30, crl->extension_list);
    sch_der_close(to, outer);
  }
  sch_der_close(to, mark);
}

/* Written again from its fields, what is accepted is the same bytes. */
TEST(reencodes) {
  size_t compared = 0;

  for (size_t i = 0; i < SCH_COUNT(rules); i++) {
    static uint8_t room[ROOM];
    struct sch_builder to = sch_builder_of(room, sizeof room);
    struct sch_reading reading = {0};
    struct sch_crl crl;
    size_t size;
    const struct recipe *recipe = &rules[i].good;
    uint8_t *bytes = make(recipe, &size);

    if (recipe->fields[THIS] == NULL && recipe->fields[NEXT] == NULL &&
        sch_crl_read(sch_span_of(bytes, size), &crl, &reading)) {
      const size_t whole = sch_der_open(&to, 0x30);

      put_tbs(&to, &crl);
      sch_builder_bytes(&to, crl.algorithm.whole);
      const size_t signature = sch_der_open(&to, 0x03);

      sch_builder_u8(&to, 0);
      sch_builder_bytes(&to, crl.signature);
      sch_der_close(&to, signature);
      sch_der_close(&to, whole);
      CHECK_BYTES(sch_builder_built(&to), sch_span_of(bytes, size));
      CHECK_EQUAL(crl.tbs.size + crl.algorithm.whole.size + crl.signature.size + 3,
                  size - (size_t)(crl.tbs.data - bytes));
      compared++;
    }
    free(bytes);
  }
  CHECK(compared > SCH_COUNT(rules) / 2);
}

/* Cutting a CRL anywhere refuses it. */
TEST(cut) {
  size_t size;
  uint8_t *bytes = make(
      &(struct recipe){{[EXTENSIONS] = INDIRECT, [ENTRIES] = ENTRY("01", SAID(HOLDER))}}, &size);

  for (size_t part = 0; part < size; part++) {
    struct sch_reading reading = {0};
    struct sch_crl crl;
    uint8_t *cut = malloc(part + 1);

    memcpy(cut, bytes, part);
    CHECK(!sch_crl_read(sch_span_of(cut, part), &crl, &reading));
    CHECK_EQUAL(reading.fault, part == 0 ? SCH_FAULT_field_missing : SCH_FAULT_truncated);
    free(cut);
  }
  free(bytes);
}

static size_t work_of(size_t count) {
  static char entries[ROOM];
  size_t at = 0;
  size_t size;

  for (size_t i = 0; i < count; i++) {
    at += (size_t)snprintf(entries + at, sizeof entries - at, "%s", ENTRY("01", ""));
  }
  uint8_t *bytes = make(&(struct recipe){{[ENTRIES] = entries}}, &size);
  struct sch_reading reading = {0};
  struct sch_crl crl;

  CHECK(sch_crl_read(sch_span_of(bytes, size), &crl, &reading));
  CHECK_EQUAL(crl.entries, count);
  free(bytes);
  return reading.elements;
}

/* Work grows with the entries, not with their square. */
TEST(linear) {
  const size_t step = work_of(200) - work_of(100);

  CHECK_EQUAL(work_of(400) - work_of(300), step);
}

TESTS(each_rule_has_both_sides, each_fault_of_a_crl_has_a_rule, fields, reencodes, cut, linear)
