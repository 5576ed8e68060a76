/* explain_certificate: see explain_certificate.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "explain_certificate.h"

#include <inttypes.h>
#include <stdarg.h>
#include <time.h>

#include "cert/certificate.h"

enum { HEX_MAX = 48 };

/* line prints an indented line, without its end: `depth` steps, then the words. */
__attribute__((format(printf, 3, 4))) static void line(FILE *out, int depth, const char *words,
                                                       ...) {
  va_list list;

  (void)fprintf(out, "\n%*s", 2 * depth, "");
  va_start(list, words);
  (void)vfprintf(out, words, list);
  va_end(list);
}

static void print_hex(FILE *out, struct sch_span bytes) {
  const struct sch_span shown = sch_span_first(bytes, HEX_MAX);

  (void)fprintf(out, " %zu byte%s", bytes.size, bytes.size == 1 ? "" : "s");
  for (size_t i = 0; i < shown.size; i++) {
    (void)fprintf(out, "%s%02x", i == 0 ? ": " : i % 16 == 0 ? " " : "", shown.data[i]);
  }
  if (shown.size < bytes.size) {
    (void)fputs(" ...", out);
  }
}

static void print_oid(FILE *out, struct sch_span oid) {
  const enum sch_oid known = sch_oid_find(oid);
  uint64_t arc;

  if (known != SCH_OID_unknown) {
    (void)fprintf(out, " %s", sch_oid_text(known));
    return;
  }
  if (!sch_value_arc(&oid, &arc)) {
    print_hex(out, oid);
    return;
  }
  const uint64_t first = arc < 80 ? arc / 40 : 2;

  (void)fprintf(out, " %" PRIu64 ".%" PRIu64, first, arc - 40 * first);
  while (sch_value_arc(&oid, &arc)) {
    (void)fprintf(out, ".%" PRIu64, arc);
  }
  if (oid.size != 0) {
    (void)fputs(" and an arc over 64 bits:", out);
    print_hex(out, oid);
  }
}

static void print_text(FILE *out, uint8_t tag, struct sch_span text) {
  uint32_t character;

  (void)fputs(" \"", out);
  while (sch_value_character(tag, &text, &character)) {
    if (character < 0x20 || character > 0x7e) {
      (void)fprintf(out, "\\u{%" PRIx32 "}", character);
    } else {
      (void)fprintf(out, character == '"' || character == '\\' ? "\\%c" : "%c", (char)character);
    }
  }
  (void)fputc('"', out);
}

/* print_value prints one whole element of any kind, as text if it is a string. */
static void print_value(FILE *out, const struct sch_element *value) {
  const char *type = sch_der_name(value->tag);
  struct sch_span text = value->body;
  uint32_t character;

  if (type == NULL) {
    (void)fprintf(out, " [tag %02x]", value->tag);
  } else {
    (void)fprintf(out, " %s", type);
  }
  if (value->tag == SCH_DER_OID) {
    print_oid(out, value->body);
  } else if (sch_value_character(value->tag, &text, &character)) {
    print_text(out, value->tag, value->body);
  } else {
    print_hex(out, value->body);
  }
}

static void print_time(FILE *out, int64_t seconds) {
  const time_t time = (time_t)seconds;
  struct tm parts;
  char text[64];

  if (gmtime_r(&time, &parts) != NULL &&
      strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S UTC", &parts) != 0) {
    (void)fprintf(out, " %s", text);
  }
}

/* print_attributes prints what is left of a cursor; a + joins the attributes of one RDN. */
static void print_attributes(FILE *out, int depth, struct sch_name name) {
  struct sch_reading reading = {0};
  struct sch_attribute attribute;
  bool joined = false;

  while (sch_name_next(&name, &attribute, &reading)) {
    line(out, depth, "%s", joined && attribute.joined ? "+" : "-");
    print_oid(out, attribute.type);
    print_value(out, &attribute.value);
    joined = true;
  }
}

static void print_address(FILE *out, struct sch_span address) {
  const bool is_short = address.size == 4 || address.size == 8;

  for (size_t i = 0; i < address.size; i++) {
    const bool mask = i != 0 && (i == 4 || i == 16) && 2 * i == address.size;
    const char *gap = i == 0 ? " " : mask ? " mask " : is_short ? "." : i % 2 == 0 ? ":" : "";

    (void)fprintf(out, is_short ? "%s%u" : "%s%02x", gap, address.data[i]);
  }
}

static void print_general_name(FILE *out, int depth, const struct sch_general_name *name) {
  line(out, depth, "- %s", sch_general_name_text(name->kind));
  switch (name->kind) {
    case SCH_GENERAL_NAME_email:
    case SCH_GENERAL_NAME_dns:
    case SCH_GENERAL_NAME_uri:
      print_text(out, SCH_DER_IA5_STRING, name->value);
      break;
    case SCH_GENERAL_NAME_directory_name:
      print_attributes(out, depth + 1, (struct sch_name){name->value, {0}});
      break;
    case SCH_GENERAL_NAME_address:
      print_address(out, name->value);
      break;
    case SCH_GENERAL_NAME_registered_id:
      print_oid(out, name->value);
      break;
    case SCH_GENERAL_NAME_other_name: {
      struct sch_reading reading = {0};
      struct sch_span value = name->value;
      struct sch_element element;

      print_oid(out, name->type);
      if (sch_der_any(&value, &element, &reading)) {
        print_value(out, &element);
      }
      break;
    }
    case SCH_GENERAL_NAME_x400_address:
    case SCH_GENERAL_NAME_edi_party:
    case SCH_GENERAL_NAME_COUNT:
      print_hex(out, name->value);
      break;
  }
}

/* WALK runs a statement for each item of a list. */
#define WALK(list, item, take)                  \
  for (struct sch_reading item##_reading = {0}; \
       (list).size != 0 && take(&(list), &(item), &item##_reading);)

static bool take_general_name(struct sch_span *in, struct sch_general_name *out,
                              struct sch_reading *reading) {
  return sch_general_name_take(in, SCH_ADDRESS_PLAIN, out, reading);
}

static bool take_oid(struct sch_span *in, struct sch_span *out, struct sch_reading *reading) {
  return sch_der_take(in, SCH_DER_OID, out, reading);
}

static void print_general_names(FILE *out, int depth, struct sch_span list) {
  struct sch_general_name name;

  WALK(list, name, take_general_name) {
    print_general_name(out, depth, &name);
  }
}

static void print_subtrees(FILE *out, const char *title, struct sch_span list) {
  struct sch_general_name base;

  if (list.size != 0) {
    line(out, 2, "%s", title);
  }
  WALK(list, base, sch_subtree_take) {
    print_general_name(out, 3, &base);
  }
}

static void print_bits(FILE *out, uint32_t bits, const char *const *names, size_t count) {
  for (size_t bit = 0; bit < 32; bit++) {
    if ((bits >> bit & 1u) != 0 && bit < count) {
      (void)fprintf(out, " %s", names[bit]);
    } else if ((bits >> bit & 1u) != 0) {
      (void)fprintf(out, " bit-%zu", bit);
    }
  }
}

static void print_key_usage(FILE *out, uint32_t bits) {
  static const char *const names[] = {
#define NAME(name) #name,
      SCH_KEY_USAGES(NAME)
#undef NAME
  };

  print_bits(out, bits, names, SCH_COUNT(names));
}

static void print_reasons(FILE *out, uint32_t bits) {
  /* RFC 5280 4.2.1.13 */
  static const char *const names[] = {
      "unused",       "key_compromise",         "ca_compromise",    "affiliation_changed",
      "superseded",   "cessation_of_operation", "certificate_hold", "privilege_withdrawn",
      "aa_compromise"};

  line(out, 3, "reasons");
  print_bits(out, bits, names, SCH_COUNT(names));
}

static void print_points(FILE *out, struct sch_span list) {
  struct sch_point point;

  WALK(list, point, sch_point_take) {
    line(out, 2, "point");
    print_general_names(out, 3, point.full_name);
    print_attributes(out, 3, (struct sch_name){{0}, point.relative_name});
    if (point.has_reasons) {
      print_reasons(out, point.reasons);
    }
    if (point.crl_issuer.size != 0) {
      line(out, 3, "issuer of the list");
      print_general_names(out, 4, point.crl_issuer);
    }
  }
}

static void print_qualifier(FILE *out, const struct sch_qualifier *qualifier) {
  struct sch_reading reading = {0};
  struct sch_user_notice notice;
  uint64_t number;

  line(out, 3, "-");
  print_oid(out, qualifier->oid);
  if (sch_oid_find(qualifier->oid) != SCH_OID_user_notice ||
      !sch_user_notice_read(qualifier->value.body, &notice, &reading)) {
    print_value(out, &qualifier->value);
    return;
  }
  if (notice.organization.whole.data != NULL) {
    print_value(out, &notice.organization);
  }
  WALK(notice.numbers, number, sch_number_take) {
    (void)fprintf(out, " %" PRIu64, number);
  }
  if (notice.text.whole.data != NULL) {
    print_value(out, &notice.text);
  }
}

static void print_policies(FILE *out, struct sch_span list) {
  struct sch_policy policy;
  struct sch_qualifier qualifier;

  WALK(list, policy, sch_policy_take) {
    line(out, 2, "-");
    print_oid(out, policy.oid);
    WALK(policy.qualifiers, qualifier, sch_qualifier_take) {
      print_qualifier(out, &qualifier);
    }
  }
}

static void print_mappings(FILE *out, struct sch_span list) {
  struct sch_mapping mapping;

  WALK(list, mapping, sch_mapping_take) {
    line(out, 2, "-");
    print_oid(out, mapping.issuer_policy);
    (void)fputs(" is", out);
    print_oid(out, mapping.subject_policy);
  }
}

static void print_accesses(FILE *out, struct sch_span list) {
  struct sch_access access;

  WALK(list, access, sch_access_take) {
    line(out, 2, "-");
    print_oid(out, access.method);
    print_general_name(out, 3, &access.location);
  }
}

static void print_purposes(FILE *out, struct sch_span list) {
  struct sch_span purpose;

  WALK(list, purpose, take_oid) {
    line(out, 2, "-");
    print_oid(out, purpose);
  }
}

static void print_features(FILE *out, struct sch_span list) {
  uint64_t feature;

  WALK(list, feature, sch_number_take) {
    (void)fprintf(out, " %" PRIu64, feature);
  }
}

static void print_directory_attributes(FILE *out, struct sch_span list) {
  struct sch_directory_attribute attribute;
  struct sch_element value;

  WALK(list, attribute, sch_directory_attribute_take) {
    line(out, 2, "-");
    print_oid(out, attribute.type);
    WALK(attribute.values, value, sch_der_any) {
      print_value(out, &value);
    }
  }
}

static void print_number(FILE *out, const char *title, const struct sch_optional_number *number) {
  if (number->present) {
    (void)fprintf(out, " %s %" PRIu64, title, number->value);
  }
}

static void print_authority(FILE *out, const struct sch_authority *authority) {
  if (authority->key_id.data != NULL) {
    print_hex(out, authority->key_id);
  }
  print_general_names(out, 2, authority->issuer);
  if (authority->serial.data != NULL) {
    line(out, 2, "serial");
    print_hex(out, authority->serial);
  }
}

static void print_usage_period(FILE *out, const struct sch_extensions *extensions) {
  if (extensions->key_not_before.present) {
    line(out, 2, "not before");
    print_time(out, extensions->key_not_before.value);
  }
  if (extensions->key_not_after.present) {
    line(out, 2, "not after");
    print_time(out, extensions->key_not_after.value);
  }
}

/* print_list prints the extensions that are lists or bytes. */
static void print_list(FILE *out, enum sch_extension_kind kind, struct sch_span body) {
  switch ((int)kind) {
    case SCH_EXTENSION_subject_alt_name:
    case SCH_EXTENSION_issuer_alt_name:
      print_general_names(out, 2, body);
      break;
    case SCH_EXTENSION_crl_distribution_points:
    case SCH_EXTENSION_freshest_crl:
      print_points(out, body);
      break;
    case SCH_EXTENSION_certificate_policies:
      print_policies(out, body);
      break;
    case SCH_EXTENSION_policy_mappings:
      print_mappings(out, body);
      break;
    case SCH_EXTENSION_extended_key_usage:
      print_purposes(out, body);
      break;
    case SCH_EXTENSION_authority_info_access:
    case SCH_EXTENSION_subject_info_access:
      print_accesses(out, body);
      break;
    case SCH_EXTENSION_tls_feature:
      print_features(out, body);
      break;
    case SCH_EXTENSION_subject_directory_attributes:
      print_directory_attributes(out, body);
      break;
    case SCH_EXTENSION_netscape_comment:
      print_text(out, SCH_DER_IA5_STRING, body);
      break;
    default:
      print_hex(out, body);
  }
}

/* print_known prints the extensions that are decoded into fields. */
static void print_known(FILE *out, enum sch_extension_kind kind,
                        const struct sch_extensions *extensions) {
  /* client, server, mail, object, reserved, then the authorities of the first, third, fourth */
  static const char *const types[] = {"client", "server", "mail",    "object",
                                      "-",      "ssl_ca", "mail_ca", "object_ca"};

  switch ((int)kind) {
    case SCH_EXTENSION_key_usage:
      print_key_usage(out, extensions->key_usage);
      break;
    case SCH_EXTENSION_netscape_cert_type:
      print_bits(out, extensions->netscape_cert_type, types, SCH_COUNT(types));
      break;
    case SCH_EXTENSION_basic_constraints:
      (void)fputs(extensions->ca ? " CA" : " not a CA", out);
      print_number(out, "path length", &extensions->path_length);
      break;
    case SCH_EXTENSION_name_constraints:
      print_subtrees(out, "permitted", extensions->permitted);
      print_subtrees(out, "excluded", extensions->excluded);
      break;
    case SCH_EXTENSION_policy_constraints:
      print_number(out, "require explicit policy", &extensions->require_explicit_policy);
      print_number(out, "inhibit mapping", &extensions->inhibit_policy_mapping);
      break;
    case SCH_EXTENSION_inhibit_any_policy:
      (void)fprintf(out, " %" PRIu64, extensions->inhibit_any_policy);
      break;
    case SCH_EXTENSION_authority_key_id:
      print_authority(out, &extensions->authority);
      break;
    case SCH_EXTENSION_private_key_usage_period:
      print_usage_period(out, extensions);
      break;
    case SCH_EXTENSION_ocsp_no_check:
    case SCH_EXTENSION_ct_poison:
      (void)fputs(" yes", out);
      break;
    default:
      print_list(out, kind, extensions->body[kind]);
  }
}

static void print_extensions(FILE *out, const struct sch_certificate *certificate) {
  struct sch_span list = certificate->extension_list;
  struct sch_extension extension;

  WALK(list, extension, sch_extension_take) {
    const int kind = (int)extension.oid - (int)SCH_OID_subject_directory_attributes;

    line(out, 1, "extension");
    print_oid(out, extension.type);
    (void)fputs(extension.critical ? ", critical:" : ":", out);
    if (kind >= 0 && kind < SCH_EXTENSION_COUNT) {
      print_known(out, (enum sch_extension_kind)kind, &certificate->extensions);
    } else {
      print_hex(out, extension.value);
    }
  }
}

static void print_algorithm(FILE *out, const char *title, const struct sch_algorithm *algorithm) {
  struct sch_span parameters = algorithm->parameters;
  struct sch_element element;

  line(out, 1, "%s", title);
  print_oid(out, algorithm->type);
  WALK(parameters, element, sch_der_any) {
    (void)fputc(',', out);
    print_value(out, &element);
  }
}

static void print_unique_id(FILE *out, const char *title, const struct sch_bits *bits) {
  if (bits->bytes.data != NULL) {
    line(out, 1, "%s", title);
    print_hex(out, bits->bytes);
    (void)fprintf(out, ", %d bits unused", bits->unused);
  }
}

static void print_certificate(FILE *out, const struct sch_certificate *certificate) {
  (void)fprintf(out, "certificate, %zu bytes", certificate->whole.size);
  line(out, 1, "version %d", certificate->version);
  line(out, 1, "serial");
  print_hex(out, certificate->serial);
  line(out, 1, "issuer");
  print_attributes(out, 2, sch_certificate_name(certificate->issuer));
  line(out, 1, "not before");
  print_time(out, certificate->not_before);
  line(out, 1, "not after");
  print_time(out, certificate->not_after);
  line(out, 1, "subject");
  print_attributes(out, 2, sch_certificate_name(certificate->subject));
  print_algorithm(out, "key", &certificate->key_algorithm);
  line(out, 2, "-");
  print_hex(out, certificate->key);
  print_unique_id(out, "issuer unique identifier", &certificate->issuer_unique_id);
  print_unique_id(out, "subject unique identifier", &certificate->subject_unique_id);
  print_extensions(out, certificate);
  print_algorithm(out, "signature", &certificate->algorithm);
  line(out, 2, "-");
  print_hex(out, certificate->signature);
  (void)fputc('\n', out);
}

void sch_explain_certificate(struct sch_span der, FILE *out) {
  struct sch_certificate certificate;
  struct sch_reading reading = {0};

  if (sch_certificate_read(der, &certificate, &reading)) {
    print_certificate(out, &certificate);
    return;
  }
  (void)fprintf(out, "no certificate, %zu bytes: %s: %s (%s), at offset %zu\n", der.size,
                sch_fault_name(reading.fault), sch_fault_rule(reading.fault),
                sch_fault_source(reading.fault),
                reading.at == NULL ? 0 : (size_t)(reading.at - der.data));
}
