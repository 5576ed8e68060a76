/* chain_make: see chain_make.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "chain_make.h"

#include <ctype.h>
#include <string.h>
#include <time.h>

#include "chain_keys.h"
#include "der_write.h"
#include "starve.h"

/* --- names */

/* By SCH_CASE_NAMES; no common name: nothing at all. */
static const struct {
  const char *organization;
  const char *common_name;
} names[] = {
    {"Toy", "Leaf"},
    {"Toy", "Other Leaf"},
    {"Toy", "Root Authority"},
    {"Toy", "Second Root"},
    {"Toy", "Alpha Authority"},
    {"Toy", "Beta Authority"},
    {"Toy", "Gamma Authority"},
    {"Toy", "Delta Authority"},
    {"Acme", "Acme Authority"},
    {"", ""},
    {"Toy", "www.example.org"},
    {"Toy", "192.0.2.1"},
};

/* put_letters writes a string of the form asked for: equal in every form, RFC 5280 7.1. */
static void put_letters(struct sch_builder *to, const char *text, int form) {
  const size_t string = sch_der_open(to, form == SCH_FORM_PRINTABLE ? 0x13 : 0x0c);

  if (form == SCH_FORM_BLANKS) {
    sch_builder_u8(to, ' ');
  }
  for (; *text != 0; text++) {
    const int byte = form == SCH_FORM_UPPER ? toupper((unsigned char)*text) : *text;

    sch_builder_u8(to, (uint8_t)byte);
    if (form == SCH_FORM_BLANKS && *text == ' ') {
      sch_builder_u8(to, ' ');
    }
  }
  sch_der_close(to, string);
}

static void put_rdn(struct sch_builder *to, const char *type, const char *text, int form) {
  const size_t set = sch_der_open(to, 0x31);
  const size_t pair = sch_der_open(to, 0x30);

  sch_der_assemble(to, type);
  put_letters(to, text, form);
  sch_der_close(to, pair);
  sch_der_close(to, set);
}

static void put_name(struct sch_builder *to, int name, int form) {
  const size_t whole = sch_der_open(to, 0x30);

  if (name != SCH_SUBJECT_EMPTY) {
    put_rdn(to, "@organization", names[name].organization, SCH_FORM_UTF8);
    put_rdn(to, "@common_name", names[name].common_name, form);
  }
  sch_der_close(to, whole);
}

/* put_base writes the base of a subtree: all names of an organization, or all. */
static void put_base(struct sch_builder *to, int name) {
  const size_t whole = sch_der_open(to, 0x30);

  if (name != SCH_SUBJECT_EMPTY) {
    put_rdn(to, "@organization", names[name].organization, SCH_FORM_UTF8);
  }
  sch_der_close(to, whole);
}

static void put_general_name(struct sch_builder *to, int kind, int directory, bool is_base,
                             struct sch_span text) {
  static const uint8_t tags[] = {0x82, 0x81, 0x87, 0x86};

  if (kind == SCH_KIND_DIRECTORY) {
    const size_t choice = sch_der_open(to, 0xa4);

    (is_base ? put_base(to, directory) : put_name(to, directory, SCH_FORM_UTF8));
    sch_der_close(to, choice);
  } else if (kind == SCH_KIND_REGISTERED) {
    sch_der_assemble(to, "88{ 2a03 }");
  } else if (kind == SCH_KIND_OTHER) {
    const size_t other = sch_der_open(to, 0xa0);

    sch_der_assemble(to, "06{ 2a04 }");
    const size_t value = sch_der_open(to, 0xa0);

    sch_der_put(to, 0x04, text);
    sch_der_close(to, value);
    sch_der_close(to, other);
  } else {
    sch_der_put(to, tags[kind], text);
  }
}

/* --- extensions */

/* What is being written: a certificate or CRL, and its records. */
struct work {
  const struct sch_made *made;
  const struct sch_made_item *item;
  const struct sch_case_record *record;
  struct sch_builder *to;
  bool twice; /* the next extension is written once more */
};

struct frame {
  size_t start;
  size_t whole;
  size_t value;
};

static struct frame open_extension(struct work *work, const char *type, bool critical) {
  struct frame frame = {.start = work->to->size};

  frame.whole = sch_der_open(work->to, 0x30);
  sch_der_assemble(work->to, type);
  if (critical) {
    sch_der_assemble(work->to, "01{ ff }");
  }
  frame.value = sch_der_open(work->to, 0x04);
  return frame;
}

static void close_extension(struct work *work, struct frame frame) {
  sch_der_close(work->to, frame.value);
  sch_der_close(work->to, frame.whole);
  if (work->twice && !work->to->failed) {
    const size_t size = work->to->size - frame.start;
    uint8_t *again = sch_builder_lend(work->to, size);

    work->twice = false;
    if (again != NULL) {
      sch_copy(again, again - size, size);
    }
  }
}

static bool is_critical(const struct work *work, int bit) {
  return (work->record->values[SCH_CERTIFICATE_critical] >> bit & 1) != 0;
}

static size_t count_children(const struct work *work, enum sch_case_kind kind, int field,
                             int32_t value) {
  size_t count = 0;

  for (size_t i = work->item->at + 1; i < work->item->end; i++) {
    const struct sch_case_record *record = &work->made->from->records[i];

    count += record->kind == kind && (field < 0 || record->values[field] == value);
  }
  return count;
}

static void put_small(struct sch_builder *to, uint8_t tag, int32_t number) {
  const uint8_t bytes[] = {0, (uint8_t)number};

  sch_der_put(to, tag, sch_span_of(bytes + (number < 0x80), number < 0x80 ? 1 : 2));
}

static void put_key_id(struct sch_builder *to, uint8_t tag, int how, int32_t key) {
  const uint8_t id[] = {how == SCH_ID_RIGHT ? 'k' : 'x', 'e', 'y', (uint8_t)('0' + key)};

  sch_der_put(to, tag, sch_span_of(id, sizeof id));
}

static void put_basic_constraints(struct work *work) {
  const int32_t *values = work->record->values;

  if (values[SCH_CERTIFICATE_ca] == SCH_CA_ABSENT &&
      values[SCH_CERTIFICATE_path_length] == SCH_CASE_NONE) {
    return;
  }
  const struct frame frame =
      open_extension(work, "@basic_constraints", values[SCH_CERTIFICATE_ca_critical] != 0);
  const size_t list = sch_der_open(work->to, 0x30);

  if (values[SCH_CERTIFICATE_ca] == SCH_CA_YES) {
    sch_der_assemble(work->to, "01{ ff }");
  }
  if (values[SCH_CERTIFICATE_path_length] != SCH_CASE_NONE) {
    put_small(work->to, 0x02, values[SCH_CERTIFICATE_path_length]);
  }
  sch_der_close(work->to, list);
  close_extension(work, frame);
}

static void put_key_usage(struct work *work) {
  const int32_t usage = work->record->values[SCH_CERTIFICATE_usage];
  int last = 8;

  if (usage == 0) {
    return;
  }
  const struct frame frame = open_extension(work, "@key_usage", true);
  uint8_t bits[3] = {0};

  while ((usage >> last & 1) == 0) {
    last--;
  }
  for (int bit = 0; bit <= last; bit++) {
    bits[1 + bit / 8] |= (uint8_t)((usage >> bit & 1) << (7 - bit % 8));
  }
  bits[0] = (uint8_t)(7 - last % 8);
  sch_der_put(work->to, 0x03, sch_span_of(bits, (size_t)(2 + last / 8)));
  close_extension(work, frame);
}

static void put_purposes(struct work *work) {
  static const char *const oids[] = {"@server_auth", "@client_auth", "@code_signing",
                                     "@email_protection", "@any_purpose"};
  const int32_t set = work->record->values[SCH_CERTIFICATE_purposes];

  if (set == 0) {
    return;
  }
  const struct frame frame =
      open_extension(work, "@extended_key_usage", is_critical(work, SCH_CRITICAL_PURPOSES));
  const size_t list = sch_der_open(work->to, 0x30);

  for (size_t i = 0; i < SCH_COUNT(oids); i++) {
    if ((set >> i & 1) != 0) {
      sch_der_assemble(work->to, oids[i]);
    }
  }
  sch_der_close(work->to, list);
  close_extension(work, frame);
}

static void put_identifiers(struct work *work, int subject, int32_t key, int authority,
                            int32_t signer) {
  if (subject != SCH_ID_ABSENT) {
    const struct frame frame =
        open_extension(work, "@subject_key_id", is_critical(work, SCH_CRITICAL_KEY_ID));

    put_key_id(work->to, 0x04, subject, key);
    close_extension(work, frame);
  }
  if (authority != SCH_ID_ABSENT) {
    const bool critical = work->record->kind == SCH_CASE_KIND_certificate &&
                          is_critical(work, SCH_CRITICAL_AUTHORITY);
    const struct frame frame = open_extension(work, "@authority_key_id", critical);
    const size_t list = sch_der_open(work->to, 0x30);

    put_key_id(work->to, 0x80, authority, signer);
    sch_der_close(work->to, list);
    close_extension(work, frame);
  }
}

static void put_names(struct work *work) {
  if (count_children(work, SCH_CASE_KIND_name, -1, 0) == 0) {
    return;
  }
  const struct frame frame =
      open_extension(work, "@subject_alt_name", is_critical(work, SCH_CRITICAL_NAMES));
  const size_t list = sch_der_open(work->to, 0x30);

  for (size_t i = work->item->at + 1; i < work->item->end; i++) {
    const struct sch_case_record *name = &work->made->from->records[i];

    if (name->kind == SCH_CASE_KIND_name) {
      put_general_name(work->to, name->values[SCH_NAME_kind], name->values[SCH_NAME_directory],
                       false, sch_span_of(name->text, name->text_size));
    }
  }
  sch_der_close(work->to, list);
  close_extension(work, frame);
}

static void put_side(struct work *work, int32_t side) {
  if (count_children(work, SCH_CASE_KIND_subtree, SCH_SUBTREE_side, side) == 0) {
    return;
  }
  const size_t list = sch_der_open(work->to, side == 0 ? 0xa0 : 0xa1);

  for (size_t i = work->item->at + 1; i < work->item->end; i++) {
    const struct sch_case_record *base = &work->made->from->records[i];

    if (base->kind == SCH_CASE_KIND_subtree && base->values[SCH_SUBTREE_side] == side) {
      const size_t subtree = sch_der_open(work->to, 0x30);

      put_general_name(work->to, base->values[SCH_SUBTREE_kind],
                       base->values[SCH_SUBTREE_directory], true,
                       sch_span_of(base->text, base->text_size));
      sch_der_close(work->to, subtree);
    }
  }
  sch_der_close(work->to, list);
}

static void put_subtrees(struct work *work) {
  if (count_children(work, SCH_CASE_KIND_subtree, -1, 0) == 0) {
    return;
  }
  const struct frame frame =
      open_extension(work, "@name_constraints", is_critical(work, SCH_CRITICAL_SUBTREES));
  const size_t list = sch_der_open(work->to, 0x30);

  put_side(work, 0);
  put_side(work, 1);
  sch_der_close(work->to, list);
  close_extension(work, frame);
}

struct sch_span sch_made_policy_bytes(size_t policy) {
  static const uint8_t oids[][3] = {{0}, {0x2a, 5, 1}, {0x2a, 5, 2}, {0x2a, 5, 3}, {0x2a, 5, 4}};

  REQUIRE(policy < SCH_COUNT(oids));
  return policy == 0 ? sch_oid_bytes(SCH_OID_any_policy) : sch_span_of(oids[policy], 3);
}

static void put_policy(struct sch_builder *to, int32_t policy) {
  sch_der_put(to, 0x06, sch_made_policy_bytes((size_t)policy));
}

/* put_pairs writes the policies of a certificate, or its mappings. */
static void put_pairs(struct work *work, enum sch_case_kind kind, const char *type) {
  if (count_children(work, kind, -1, 0) == 0) {
    return;
  }
  const struct frame frame = open_extension(work, type, is_critical(work, SCH_CRITICAL_POLICIES));
  const size_t list = sch_der_open(work->to, 0x30);

  for (size_t i = work->item->at + 1; i < work->item->end; i++) {
    const struct sch_case_record *record = &work->made->from->records[i];

    if (record->kind == kind) {
      const size_t pair = sch_der_open(work->to, 0x30);

      put_policy(work->to, record->values[0]);
      if (kind == SCH_CASE_KIND_mapping) {
        put_policy(work->to, record->values[SCH_MAPPING_to]);
      }
      sch_der_close(work->to, pair);
    }
  }
  sch_der_close(work->to, list);
  close_extension(work, frame);
}

static void put_policy_numbers(struct work *work) {
  const int32_t *values = work->record->values;

  if (values[SCH_CERTIFICATE_explicit] != SCH_CASE_NONE ||
      values[SCH_CERTIFICATE_inhibit_mapping] != SCH_CASE_NONE) {
    const struct frame frame = open_extension(work, "@policy_constraints", true);
    const size_t list = sch_der_open(work->to, 0x30);

    if (values[SCH_CERTIFICATE_explicit] != SCH_CASE_NONE) {
      put_small(work->to, 0x80, values[SCH_CERTIFICATE_explicit]);
    }
    if (values[SCH_CERTIFICATE_inhibit_mapping] != SCH_CASE_NONE) {
      put_small(work->to, 0x81, values[SCH_CERTIFICATE_inhibit_mapping]);
    }
    sch_der_close(work->to, list);
    close_extension(work, frame);
  }
  if (values[SCH_CERTIFICATE_inhibit_any] != SCH_CASE_NONE) {
    const struct frame frame = open_extension(work, "@inhibit_any_policy", true);

    put_small(work->to, 0x02, values[SCH_CERTIFICATE_inhibit_any]);
    close_extension(work, frame);
  }
}

static void put_unknown(struct work *work) {
  for (size_t i = work->item->at + 1; i < work->item->end; i++) {
    const struct sch_case_record *record = &work->made->from->records[i];

    if (record->kind == SCH_CASE_KIND_extension) {
      char type[] = "06{ 2a0600 }";

      type[9] = (char)('0' + record->values[SCH_EXTENSION_AT_number]);
      close_extension(work,
                      open_extension(work, type, record->values[SCH_EXTENSION_AT_critical] != 0));
    }
  }
}

static void put_certificate_extensions(struct work *work) {
  const int32_t *values = work->record->values;

  put_identifiers(work, values[SCH_CERTIFICATE_key_id], values[SCH_CERTIFICATE_key],
                  values[SCH_CERTIFICATE_authority], values[SCH_CERTIFICATE_signer]);
  put_basic_constraints(work);
  put_key_usage(work);
  put_purposes(work);
  put_names(work);
  put_subtrees(work);
  put_pairs(work, SCH_CASE_KIND_policy, "@certificate_policies");
  put_pairs(work, SCH_CASE_KIND_mapping, "@policy_mappings");
  put_policy_numbers(work);
  put_unknown(work);
}

/* --- certificates and CRLs */

static void put_time(struct sch_builder *to, int32_t offset, bool late_digit) {
  const time_t when = (time_t)SCH_CASE_EPOCH + offset;
  struct tm parts;
  char text[32];

  ENSURE(gmtime_r(&when, &parts) != NULL);
  ENSURE(strftime(text, sizeof text, "%y%m%d%H%M%SZ", &parts) == 13);
  text[11] = late_digit ? 'x' : text[11];
  sch_der_put(to, 0x17, sch_span_text(text));
}

static void put_serial(struct sch_builder *to, int32_t serial, enum sch_break how) {
  if (how == SCH_BREAK_NEGATIVE_SERIAL) {
    sch_der_assemble(to, "02{ 80 }");
  } else {
    put_small(to, 0x02, serial);
  }
}

static void put_algorithm(struct sch_builder *to, const struct work *work, size_t signer,
                          size_t digest, bool outer, enum sch_break how) {
  (void)work;
  if (how == SCH_BREAK_OTHER_ALGORITHM) {
    sch_chain_algorithm_put(to, sch_chain_key_is_curve(signer) ? SCH_KEY_ED : 0, digest);
  } else if (outer && how == SCH_BREAK_OUTER_ALGORITHM) {
    sch_der_assemble(to, "30{ @ecdsa_sha512 }");
  } else {
    sch_chain_algorithm_put(to, signer, digest);
  }
}

/* put_tbs writes what is signed; with another serial number or date when `before`. */
static void put_certificate_tbs(struct work *work, bool before) {
  const int32_t *values = work->record->values;
  const enum sch_break how = (enum sch_break)values[SCH_CERTIFICATE_breaks];
  struct sch_builder *to = work->to;
  const size_t whole = sch_der_open(to, 0x30);

  if (values[SCH_CERTIFICATE_version] != 0) {
    sch_der_assemble(to, "a0{ 02{ 02 } }");
  }
  put_serial(to, values[SCH_CERTIFICATE_serial] ^ (before ? 1 : 0), how);
  put_algorithm(to, work, (size_t)values[SCH_CERTIFICATE_signer],
                (size_t)values[SCH_CERTIFICATE_digest], false, how);
  put_name(to, values[SCH_CERTIFICATE_issuer], values[SCH_CERTIFICATE_issuer_form]);
  const size_t validity = sch_der_open(to, 0x30);

  put_time(to, values[SCH_CERTIFICATE_not_before], false);
  put_time(to, values[SCH_CERTIFICATE_not_after], how == SCH_BREAK_LATE_DIGIT);
  sch_der_close(to, validity);
  put_name(to, values[SCH_CERTIFICATE_subject], values[SCH_CERTIFICATE_subject_form]);
  sch_chain_key_put(to, (size_t)values[SCH_CERTIFICATE_key], how == SCH_BREAK_EXPLICIT_CURVE);
  if (values[SCH_CERTIFICATE_version] != 0) {
    const size_t start = to->size;
    const size_t outer = sch_der_open(to, 0xa3);
    const size_t list = sch_der_open(to, 0x30);

    put_certificate_extensions(work);
    if (to->size == list && !to->failed) {
      to->size = start; /* an empty list is left out */
    } else {
      sch_der_close(to, list);
      sch_der_close(to, outer);
    }
  }
  sch_der_close(to, whole);
}

static void put_entries(struct work *work) {
  if (count_children(work, SCH_CASE_KIND_revoked, -1, 0) == 0) {
    return;
  }
  const size_t list = sch_der_open(work->to, 0x30);

  for (size_t i = work->item->at + 1; i < work->item->end; i++) {
    const struct sch_case_record *record = &work->made->from->records[i];

    if (record->kind != SCH_CASE_KIND_revoked) {
      continue;
    }
    const size_t entry = sch_der_open(work->to, 0x30);

    put_small(work->to, 0x02, record->values[SCH_REVOKED_serial]);
    put_time(work->to, -50000000, false);
    if (record->values[SCH_REVOKED_reason] != SCH_CASE_NONE) {
      const size_t extensions = sch_der_open(work->to, 0x30);
      struct work plain = {.to = work->to};
      const struct frame frame = open_extension(&plain, "@crl_reason", false);

      put_small(work->to, 0x0a, record->values[SCH_REVOKED_reason]);
      close_extension(&plain, frame);
      sch_der_close(work->to, extensions);
    }
    sch_der_close(work->to, entry);
  }
  sch_der_close(work->to, list);
}

static void put_scope(struct work *work, int32_t only) {
  static const char *const scopes[] = {"", "81{ ff }", "82{ ff }", "85{ ff }"};

  if (only != SCH_ONLY_ALL) {
    const struct frame frame = open_extension(work, "@issuing_distribution_point", true);
    const size_t list = sch_der_open(work->to, 0x30);

    sch_der_assemble(work->to, scopes[only]);
    sch_der_close(work->to, list);
    close_extension(work, frame);
  }
}

static void put_crl_extensions(struct work *work) {
  const int32_t *values = work->record->values;

  put_identifiers(work, SCH_ID_ABSENT, 0, values[SCH_CRL_AT_authority], values[SCH_CRL_AT_signer]);
  const struct frame number = open_extension(work, "@crl_number", false);

  put_small(work->to, 0x02, values[SCH_CRL_AT_number]);
  close_extension(work, number);
  if (values[SCH_CRL_AT_base] != SCH_CASE_NONE) {
    const struct frame base = open_extension(work, "@delta_crl_indicator", true);

    put_small(work->to, 0x02, values[SCH_CRL_AT_base]);
    close_extension(work, base);
  }
  put_scope(work, values[SCH_CRL_AT_only]);
  if (values[SCH_CRL_AT_critical] != 0) {
    close_extension(work, open_extension(work, "06{ 2a0609 }", true));
  }
}

static void put_crl_tbs(struct work *work, bool before) {
  const int32_t *values = work->record->values;
  const enum sch_break how = (enum sch_break)values[SCH_CRL_AT_breaks];
  struct sch_builder *to = work->to;
  const size_t whole = sch_der_open(to, 0x30);

  sch_der_assemble(to, "02{ 01 }");
  put_algorithm(to, work, (size_t)values[SCH_CRL_AT_signer], (size_t)values[SCH_CRL_AT_digest],
                false, how);
  put_name(to, values[SCH_CRL_AT_issuer], values[SCH_CRL_AT_issuer_form]);
  put_time(to, values[SCH_CRL_AT_this_update] + (before ? 1 : 0), false);
  put_time(to, values[SCH_CRL_AT_next_update], how == SCH_BREAK_LATE_DIGIT);
  put_entries(work);
  const size_t outer = sch_der_open(to, 0xa0);
  const size_t list = sch_der_open(to, 0x30);

  put_crl_extensions(work);
  sch_der_close(to, list);
  sch_der_close(to, outer);
  sch_der_close(to, whole);
}

static void put_tbs(struct work *work, bool before) {
  work->twice =
      work->record->values[work->record->kind == SCH_CASE_KIND_crl ? (int)SCH_CRL_AT_breaks
                                                                   : (int)SCH_CERTIFICATE_breaks] ==
      SCH_BREAK_EXTENSION_TWICE;
  if (work->record->kind == SCH_CASE_KIND_crl) {
    put_crl_tbs(work, before);
  } else {
    put_certificate_tbs(work, before);
  }
}

static void put_signature(struct sch_builder *to, size_t signer, size_t digest, enum sch_break how,
                          struct sch_span signed_bytes) {
  const size_t bits = sch_der_open(to, 0x03);

  sch_builder_u8(to, 0);
  if (how != SCH_BREAK_SIGNATURE_EMPTY) {
    sch_chain_sign(to, signer, digest, how == SCH_BREAK_OTHER_S,
                   how == SCH_BREAK_SIGNATURE_OF_EMPTY ? (struct sch_span){0} : signed_bytes);
  }
  if (how == SCH_BREAK_SIGNATURE_PADDED) {
    sch_builder_u8(to, 0);
  }
  if (how == SCH_BREAK_SIGNATURE_BIT && !to->failed) {
    to->data[to->size - 1] ^= 1;
  }
  sch_der_close(to, bits);
}

/* put_long makes the outermost length one byte longer than needed. */
static void put_long(struct sch_builder *to, size_t start) {
  const size_t size = to->size - start;

  if (to->failed || sch_builder_lend(to, 1) == NULL) {
    return;
  }
  uint8_t *length = to->data + start + 1;

  if ((length[0] & 0x80) == 0) {
    memmove(length + 1, length, size - 1);
    length[0] = 0x81;
  } else {
    memmove(length + 2, length + 1, size - 2);
    length[0]++;
    length[1] = 0;
  }
}

/* put_item writes one certificate or CRL into the builder. */
static void put_item(struct work *work) {
  const bool is_crl = work->record->kind == SCH_CASE_KIND_crl;
  const int32_t *values = work->record->values;
  const enum sch_break how =
      (enum sch_break)values[is_crl ? (int)SCH_CRL_AT_breaks : (int)SCH_CERTIFICATE_breaks];
  const size_t signer =
      (size_t)values[is_crl ? (int)SCH_CRL_AT_signer : (int)SCH_CERTIFICATE_signer];
  const size_t digest =
      (size_t)values[is_crl ? (int)SCH_CRL_AT_digest : (int)SCH_CERTIFICATE_digest];
  static uint8_t room[SCH_MADE_ROOM];
  struct sch_builder before = sch_builder_of(room, sizeof room);
  struct sch_builder *to = work->to;
  const size_t start = to->size;
  const size_t whole = sch_der_open(to, 0x30);

  put_tbs(work, false);
  struct sch_span signed_bytes = sch_span_of(to->data + whole, to->size - whole);

  if (how == SCH_BREAK_SIGNED_BEFORE) {
    work->to = &before;
    put_tbs(work, true);
    work->to = to;
    signed_bytes = sch_builder_built(&before);
  }
  put_algorithm(to, work, signer, digest, true, how);
  put_signature(to, signer, digest, how, signed_bytes);
  if (how == SCH_BREAK_ELEMENT_BEHIND) {
    sch_der_assemble(to, "05{ }");
  }
  sch_der_close(to, whole);
  if (how == SCH_BREAK_LENGTH) {
    put_long(to, start);
  }
}

static void make_item(struct sch_made *made, struct sch_made_item *item) {
  struct work work = {made, item, &made->from->records[item->at], &made->to, false};
  const size_t start = made->to.size;

  put_item(&work);
  ENSURE(!made->to.failed);
  item->der = sch_span_of(made->to.data + start, made->to.size - start);
}

/* --- what is asked */

/* find gives the first record of a kind, or NULL. */
static const struct sch_case_record *find(const struct sch_case *from, enum sch_case_kind kind) {
  for (size_t i = 0; i < from->count; i++) {
    if (from->records[i].kind == kind) {
      return &from->records[i];
    }
  }
  return NULL;
}

static void make_wishes(struct sch_made *made) {
  struct sch_chain_policy *policy = &made->policy;

  for (size_t i = 0; i < made->from->count && policy->policy_count < SCH_MADE_WISHES; i++) {
    const struct sch_case_record *record = &made->from->records[i];

    if (record->kind == SCH_CASE_KIND_wish) {
      const int32_t wish = record->values[SCH_WISH_policy];

      made->wishes[policy->policy_count++] = sch_made_policy_bytes((size_t)wish);
      made->wished |= UINT32_C(1) << wish;
    }
  }
  policy->policies = made->wishes;
}

static void make_policy(struct sch_made *made) {
  const struct sch_case_record *ask = find(made->from, SCH_CASE_KIND_ask);
  const struct sch_case_record *want = find(made->from, SCH_CASE_KIND_want);
  struct sch_chain_policy *policy = &made->policy;

  made->ask = ask != NULL ? *ask : sch_case_plain(SCH_CASE_KIND_ask);
  const int32_t *values = made->ask.values;

  *policy = sch_chain_policy_default((int64_t)SCH_CASE_EPOCH + values[SCH_ASK_time]);
  policy->nanoseconds = (uint32_t)values[SCH_ASK_nanoseconds];
  policy->purpose = (enum sch_chain_purpose)values[SCH_ASK_purpose];
  policy->revocation = (enum sch_chain_revocation)values[SCH_ASK_revocation];
  policy->depth = (size_t)values[SCH_ASK_depth];
  policy->strength = values[SCH_ASK_strength];
  policy->explicit_policy = values[SCH_ASK_explicit] != 0;
  policy->inhibit_mapping = values[SCH_ASK_inhibit_mapping] != 0;
  policy->inhibit_any = values[SCH_ASK_inhibit_any] != 0;
  if (want != NULL) {
    policy->name = (struct sch_wanted){(enum sch_wanted_kind)want->values[SCH_WANT_kind],
                                       sch_span_of(want->text, want->text_size),
                                       values[SCH_ASK_common_name] != 0};
  }
  make_wishes(made);
}

/* --- all of it */

static size_t end_of(const struct sch_case *from, size_t at) {
  size_t end = at + 1;

  while (end < from->count && sch_case_shape(from->records[end].kind)->belongs) {
    end++;
  }
  return end;
}

void sch_make(const struct sch_case *from, struct sch_made *out) {
  out->from = from;
  out->certificate_count = 0;
  out->crl_count = 0;
  out->wished = 0;
  out->to = sch_builder_of(out->room, sizeof out->room);
  make_policy(out);
  for (size_t i = 0; i < from->count; i++) {
    struct sch_made_item *item = NULL;

    if (from->records[i].kind == SCH_CASE_KIND_certificate &&
        out->certificate_count < SCH_MADE_CERTIFICATES) {
      item = &out->certificates[out->certificate_count++];
    } else if (from->records[i].kind == SCH_CASE_KIND_crl && out->crl_count < SCH_MADE_CRLS) {
      item = &out->crls[out->crl_count++];
    }
    if (item != NULL) {
      *item = (struct sch_made_item){.at = i, .end = end_of(from, i)};
      make_item(out, item);
    }
  }
  out->leaf = 0;
  while (out->leaf < out->certificate_count &&
         sch_made_record(out, &out->certificates[out->leaf])->values[SCH_CERTIFICATE_place] !=
             SCH_PLACE_LEAF) {
    out->leaf++;
  }
}

const struct sch_case_record *sch_made_record(const struct sch_made *made,
                                              const struct sch_made_item *item) {
  return &made->from->records[item->at];
}

int sch_made_place(const struct sch_made *made, size_t certificate) {
  const int place =
      sch_made_record(made, &made->certificates[certificate])->values[SCH_CERTIFICATE_place];

  return place == SCH_PLACE_LEAF && certificate != made->leaf ? SCH_PLACE_SENT : place;
}
