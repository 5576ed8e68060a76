/* test_certificate: the certificate reader, on the seeds of its target.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "cert/certificate.h"

#include "explain_certificate.h"
#include "rebuild_certificate.h"
#include "second_opinion.h"
#include "seeds.h"
#include "test.h"

enum { SEEDS_MAX = 512, ROOM = 16384 };

struct seed {
  char name[96];
  size_t size;
  uint8_t *bytes;
};

static struct seed seeds[SEEDS_MAX];
static size_t seed_count;

static void keep(const char *target, const char *name, struct sch_span bytes) {
  struct seed *seed = &seeds[seed_count++];

  CHECK(strcmp(target, "certificate") == 0);
  CHECK(seed_count < SEEDS_MAX);
  (void)snprintf(seed->name, sizeof(seed->name), "%s", name);
  /* Exactly sized, so that a read behind the end is caught. */
  seed->bytes = malloc(bytes.size);
  seed->size = bytes.size;
  memcpy(seed->bytes, bytes.data, bytes.size);
}

static void make_seeds(void) {
  if (seed_count == 0) {
    sch_seeds_certificate(keep);
  }
}

static struct sch_span find(const char *name) {
  make_seeds();
  for (size_t i = 0; i < seed_count; i++) {
    if (strcmp(seeds[i].name, name) == 0) {
      return sch_span_of(seeds[i].bytes, seeds[i].size);
    }
  }
  CHECK(name == NULL);
  return (struct sch_span){0};
}

static struct sch_certificate read_seed(const char *name) {
  struct sch_certificate certificate = {0};
  struct sch_reading reading = {0};

  CHECK(sch_certificate_read(find(name), &certificate, &reading));
  return certificate;
}

/* names_fault says whether `name`, after its first word, starts with the name of `fault`. */
static size_t names_fault(const char *name, enum sch_fault fault) {
  const char *want = sch_fault_name(fault);
  size_t i = 0;

  while (want[i] != 0 && (name[i] == want[i] || (want[i] == '_' && name[i] == '-'))) {
    i++;
  }
  return want[i] == 0 && (name[i] == 0 || name[i] == '-') ? i : 0;
}

/* promised gives the fault that a seed is named for; none, for all that are not broken. */
static enum sch_fault promised(const char *name) {
  static const char broken[] = "broken-";
  enum sch_fault best = SCH_FAULT_none;
  size_t size = 0;

  if (strncmp(name, broken, strlen(broken)) != 0) {
    return SCH_FAULT_none;
  }
  for (int fault = 1; fault < SCH_FAULT_COUNT; fault++) {
    const size_t matched = names_fault(name + strlen(broken), (enum sch_fault)fault);

    if (matched > size) {
      size = matched;
      best = (enum sch_fault)fault;
    }
  }
  CHECK(best != SCH_FAULT_none);
  return best;
}

/* Every seed is accepted, or refused by exactly the rule it is named for, at a place inside it. */
TEST(each_seed_keeps_its_promise) {
  make_seeds();
  for (size_t i = 0; i < seed_count; i++) {
    struct sch_certificate certificate;
    struct sch_reading reading = {0};
    const bool accepted =
        sch_certificate_read(sch_span_of(seeds[i].bytes, seeds[i].size), &certificate, &reading);
    const enum sch_fault fault = promised(seeds[i].name);

    CHECK_EQUAL(accepted, fault == SCH_FAULT_none);
    if (reading.fault != fault) {
      test_fail(__FILE__, __LINE__, seeds[i].name, sch_fault_name(reading.fault));
    }
    if (!accepted) {
      CHECK(reading.at >= seeds[i].bytes);
      CHECK(reading.at <= seeds[i].bytes + seeds[i].size);
    }
  }
}

/* Every rule of the table has a broken seed and a good one that differs in one field. */
TEST(each_rule_has_both_sides) {
  size_t broken[SCH_FAULT_COUNT] = {0};
  size_t good[SCH_FAULT_COUNT] = {0};

  make_seeds();
  for (size_t i = 0; i < seed_count; i++) {
    broken[promised(seeds[i].name)]++;
    for (int fault = 1; fault < SCH_FAULT_CRLS; fault++) {
      good[fault] += strncmp(seeds[i].name, "good-", 5) == 0 &&
                     names_fault(seeds[i].name + 5, (enum sch_fault)fault) != 0;
    }
  }
  for (int fault = 1; fault < SCH_FAULT_CRLS; fault++) {
    if (broken[fault] == 0 || good[fault] == 0) {
      test_fail(__FILE__, __LINE__, "no pair of seeds", sch_fault_name((enum sch_fault)fault));
    }
  }
}

static size_t compared;

static void compare(const char *target, const char *name, struct sch_span bytes) {
  (void)target;
  CHECK(strcmp(seeds[compared].name, name) == 0);
  CHECK_BYTES(sch_span_of(seeds[compared].bytes, seeds[compared].size), bytes);
  compared++;
}

/* Seeds come out the same each time, under names that no other has. */
TEST(seeds_are_reproducible) {
  make_seeds();
  compared = 0;
  sch_seeds_certificate(compare);
  CHECK_EQUAL(compared, seed_count);
  for (size_t i = 0; i < seed_count; i++) {
    for (size_t j = 0; j < i; j++) {
      CHECK(strcmp(seeds[i].name, seeds[j].name) != 0);
    }
  }
}

/* OpenSSL reads what we accept, with the same fields; the fuzz target asks it about a share only.
 */
TEST(second_opinion_agrees) {
  make_seeds();
  for (size_t i = 0; i < seed_count; i++) {
    struct sch_certificate certificate;
    struct sch_reading reading = {0};

    if (sch_certificate_read(sch_span_of(seeds[i].bytes, seeds[i].size), &certificate, &reading)) {
      const char *difference = sch_second_opinion(&certificate);

      if (difference != NULL) {
        test_fail(__FILE__, __LINE__, seeds[i].name, difference);
      }
    }
  }
}

static void check_differs(const struct sch_certificate *changed, const char *field) {
  const char *difference = sch_second_opinion(changed);

  if (sch_has_second_opinion && (difference == NULL || strcmp(difference, field) != 0)) {
    test_fail(__FILE__, __LINE__, field, difference == NULL ? "not seen" : difference);
  }
}

/* A field that is not what OpenSSL reads is seen, each by its name. */
TEST(second_opinion_sees) {
  const struct sch_certificate certificate = read_seed("authority");
  const struct sch_certificate other = read_seed("key-rsa-2048");
  struct sch_certificate changed;

#define CHANGED(field, value, name) \
  changed = certificate;            \
  changed.field = (value);          \
  check_differs(&changed, name)
  CHANGED(version, 2, "version");
  CHANGED(serial, certificate.signature, "serial");
  CHANGED(issuer, certificate.subject, "issuer");
  CHANGED(subject, certificate.issuer, "subject");
  CHANGED(not_before, certificate.not_before + 1, "not before");
  CHANGED(not_after, certificate.not_after - 1, "not after");
  CHANGED(key_info, other.key_info, "key");
  CHANGED(issuer_unique_id.bytes, certificate.serial, "unique identifiers");
  CHANGED(signature, certificate.serial, "signature");
  CHANGED(algorithm, other.algorithm, "signature");
  CHANGED(extension_list, other.extension_list, "extension type");
  CHANGED(extension_list.size, 0, "extension count");
  CHANGED(extensions.ca, false, "basicConstraints");
  CHANGED(extensions.path_length.value, 4, "basicConstraints");
  CHANGED(extensions.key_usage, 1, "keyUsage");
  CHANGED(extensions.authority.key_id, certificate.serial, "authorityKeyIdentifier");
#undef CHANGED
  changed = certificate;
  changed.whole.size--;
  check_differs(&changed, "whole");
}

/* Cutting a certificate anywhere, or adding a byte, refuses it. */
TEST(cut_and_extended) {
  const struct sch_span whole = find("general-names");
  struct sch_certificate certificate = {0};

  for (size_t size = 0; size < whole.size; size++) {
    struct sch_reading reading = {0};
    uint8_t *part = malloc(size + 1);

    memcpy(part, whole.data, size);
    CHECK(!sch_certificate_read(sch_span_of(part, size), &certificate, &reading));
    CHECK_EQUAL(reading.fault, size == 0 ? SCH_FAULT_field_missing : SCH_FAULT_truncated);
    free(part);
  }
  CHECK(certificate.whole.data == NULL);
}

/* The fields of a plain certificate are those it was made of. */
TEST(plain_fields) {
  const struct sch_certificate certificate = read_seed("plain");

  CHECK_EQUAL(certificate.version, 3);
  CHECK_BYTES(certificate.serial, sch_span_of("\x01\x23\x45\x67\x89", 5));
  CHECK_EQUAL(certificate.algorithm.oid, SCH_OID_ecdsa_sha256);
  CHECK_EQUAL(certificate.algorithm.parameters.size, 0);
  CHECK_EQUAL(certificate.not_before, 1704067200);
  CHECK_EQUAL(certificate.not_after, 2524607999);
  CHECK_EQUAL(certificate.key_algorithm.oid, SCH_OID_ec_public_key);
  CHECK_EQUAL(certificate.key_algorithm.parameters.size, 10);
  CHECK_EQUAL(certificate.key.size, 65);
  CHECK_EQUAL(certificate.signature.size, 70);
  CHECK_EQUAL(certificate.tbs.data - certificate.whole.data, 4);
  CHECK(certificate.issuer_unique_id.bytes.data == NULL);
  CHECK(sch_extensions_has(&certificate.extensions, SCH_EXTENSION_subject_key_id));
  CHECK(!sch_extensions_has(&certificate.extensions, SCH_EXTENSION_authority_key_id));
  CHECK_EQUAL(certificate.extensions.critical, 0);
  CHECK_BYTES(certificate.extensions.body[SCH_EXTENSION_subject_key_id],
              sch_span_of("\x01\x02\x03\x04", 4));
}

/* Versions and unique identifiers. */
TEST(versions) {
  const struct sch_certificate first = read_seed("version-1");
  const struct sch_certificate second = read_seed("unique-ids");

  CHECK_EQUAL(first.version, 1);
  CHECK_EQUAL(first.extension_list.size, 0);
  CHECK_EQUAL(second.version, 2);
  CHECK_EQUAL(second.issuer_unique_id.bytes.size, 2);
  CHECK_EQUAL(second.subject_unique_id.unused, 4);
  CHECK_EQUAL(second.subject_unique_id.bytes.data[0], 0xa0);
}

/* The cursor over a Name sees every attribute, and which share an RDN. */
TEST(names_are_walked) {
  const struct sch_certificate certificate = read_seed("name-two-in-one-rdn");
  struct sch_name name = sch_certificate_name(certificate.subject);
  struct sch_reading reading = {0};
  struct sch_attribute attribute;

  CHECK(sch_name_next(&name, &attribute, &reading));
  CHECK_EQUAL(attribute.oid, SCH_OID_serial_number);
  CHECK_EQUAL(attribute.value.tag, SCH_DER_PRINTABLE_STRING);
  CHECK(!attribute.joined);
  CHECK(sch_name_next(&name, &attribute, &reading));
  CHECK_EQUAL(attribute.oid, SCH_OID_common_name);
  CHECK_BYTES(attribute.value.body, sch_span_text("Two"));
  CHECK(attribute.joined);
  CHECK(!sch_name_next(&name, &attribute, &reading));
  CHECK_EQUAL(reading.fault, SCH_FAULT_none);
}

/* All nine kinds of GeneralName come out, in order. */
TEST(general_names_are_walked) {
  static const enum sch_general_name_kind kinds[] = {SCH_GENERAL_NAME_other_name,
                                                     SCH_GENERAL_NAME_other_name,
                                                     SCH_GENERAL_NAME_email,
                                                     SCH_GENERAL_NAME_dns,
                                                     SCH_GENERAL_NAME_dns,
                                                     SCH_GENERAL_NAME_x400_address,
                                                     SCH_GENERAL_NAME_directory_name,
                                                     SCH_GENERAL_NAME_edi_party,
                                                     SCH_GENERAL_NAME_uri,
                                                     SCH_GENERAL_NAME_address,
                                                     SCH_GENERAL_NAME_address,
                                                     SCH_GENERAL_NAME_registered_id};
  const struct sch_certificate certificate = read_seed("general-names");
  struct sch_span list = certificate.extensions.body[SCH_EXTENSION_subject_alt_name];
  struct sch_reading reading = {0};
  struct sch_general_name name;

  for (size_t i = 0; i < SCH_COUNT(kinds); i++) {
    CHECK(sch_general_name_take(&list, SCH_ADDRESS_PLAIN, &name, &reading));
    CHECK_EQUAL(name.kind, kinds[i]);
    if (i == 3) {
      CHECK_BYTES(name.value, sch_span_text("*.example.org"));
    }
  }
  CHECK_EQUAL(list.size, 0);
}

/* Decoded values of an authority. */
TEST(authority_values) {
  const struct sch_certificate certificate = read_seed("authority");
  const struct sch_extensions *extensions = &certificate.extensions;

  CHECK(extensions->ca);
  CHECK(extensions->path_length.present);
  CHECK_EQUAL(extensions->path_length.value, 3);
  CHECK_EQUAL(extensions->key_usage,
              1 << SCH_KEY_USAGE_certificate_sign | 1 << SCH_KEY_USAGE_crl_sign);
  CHECK_EQUAL(extensions->critical,
              1 << SCH_EXTENSION_basic_constraints | 1 << SCH_EXTENSION_key_usage);
  CHECK_EQUAL(extensions->authority.key_id.size, 2);
  CHECK_EQUAL(extensions->authority.serial.data[0], 1);
}

/* Decoded values of policies, with their lists. */
TEST(policy_values) {
  const struct sch_certificate certificate = read_seed("policies");
  const struct sch_extensions *extensions = &certificate.extensions;
  struct sch_span list = extensions->body[SCH_EXTENSION_certificate_policies];
  struct sch_reading reading = {0};
  struct sch_policy policy;
  struct sch_qualifier qualifier;
  struct sch_user_notice notice;

  CHECK(sch_policy_take(&list, &policy, &reading));
  CHECK_EQUAL(sch_oid_find(policy.oid), SCH_OID_any_policy);
  CHECK_EQUAL(policy.qualifiers.size, 0);
  CHECK(sch_policy_take(&list, &policy, &reading));
  CHECK_EQUAL(list.size, 0);
  CHECK(sch_qualifier_take(&policy.qualifiers, &qualifier, &reading));
  CHECK_BYTES(qualifier.value.body, sch_span_text("https://example.org"));
  CHECK(sch_qualifier_take(&policy.qualifiers, &qualifier, &reading));
  CHECK(sch_user_notice_read(qualifier.value.body, &notice, &reading));
  CHECK_BYTES(notice.organization.body, sch_span_text("Org"));
  CHECK_BYTES(notice.text.body, sch_span_text("Text"));
  CHECK(extensions->require_explicit_policy.present);
  CHECK_EQUAL(extensions->require_explicit_policy.value, 0);
  CHECK_EQUAL(extensions->inhibit_policy_mapping.value, 1);
  CHECK_EQUAL(extensions->inhibit_any_policy, 2);
}

/* Both forms of a distribution point's name, its reasons and its issuer. */
TEST(distribution_points) {
  const struct sch_certificate certificate = read_seed("distribution-points");
  struct sch_span list = certificate.extensions.body[SCH_EXTENSION_crl_distribution_points];
  struct sch_reading reading = {0};
  struct sch_point point;

  CHECK(sch_point_take(&list, &point, &reading));
  CHECK(point.full_name.size != 0);
  CHECK(point.has_reasons);
  CHECK_EQUAL(point.reasons, 2);
  CHECK(sch_point_take(&list, &point, &reading));
  CHECK(point.full_name.data == NULL);
  CHECK(point.relative_name.size != 0);
  CHECK(point.crl_issuer.size != 0);
  CHECK(!point.has_reasons);
  CHECK_EQUAL(list.size, 0);
}

/* Both trees of name constraints, addresses with masks. */
TEST(name_constraints) {
  const struct sch_certificate certificate = read_seed("name-constraints");
  struct sch_span permitted = certificate.extensions.permitted;
  struct sch_span excluded = certificate.extensions.excluded;
  struct sch_reading reading = {0};
  struct sch_general_name base;
  size_t count = 0;

  while (permitted.size != 0 && sch_subtree_take(&permitted, &base, &reading)) {
    count++;
  }
  CHECK_EQUAL(count, 3);
  CHECK_EQUAL(base.kind, SCH_GENERAL_NAME_directory_name);
  while (excluded.size != 0 && sch_subtree_take(&excluded, &base, &reading)) {
    count++;
  }
  CHECK_EQUAL(count, 6);
  CHECK_EQUAL(base.value.size, 32);
}

/* The rarer extensions. */
TEST(rare_extensions) {
  const struct sch_certificate certificate = read_seed("rare-extensions");
  const struct sch_extensions *extensions = &certificate.extensions;
  struct sch_span features = extensions->body[SCH_EXTENSION_tls_feature];
  struct sch_reading reading = {0};
  uint64_t feature = 0;

  CHECK(sch_number_take(&features, &feature, &reading));
  CHECK_EQUAL(feature, 5);
  CHECK_EQUAL(extensions->netscape_cert_type, 7);
  CHECK_BYTES(extensions->body[SCH_EXTENSION_netscape_comment], sch_span_text("A comment"));
  CHECK_EQUAL(extensions->key_not_before.value, 1704067200);
  CHECK_EQUAL(extensions->key_not_after.value, 2840140800);
  CHECK(sch_extensions_has(extensions, SCH_EXTENSION_ocsp_no_check));
}

/* An extension that is not known keeps its bytes and its critical bit. */
TEST(unknown_extensions) {
  const struct sch_certificate certificate = read_seed("unknown-extensions");
  struct sch_span list = certificate.extension_list;
  struct sch_reading reading = {0};
  struct sch_extension extension;

  CHECK_EQUAL(certificate.extensions.present, 0);
  CHECK(sch_extension_take(&list, &extension, &reading));
  CHECK_EQUAL(extension.oid, SCH_OID_unknown);
  CHECK(extension.critical);
  CHECK_BYTES(extension.value, sch_span_text("any bytes"));
  CHECK(sch_extension_take(&list, &extension, &reading));
  CHECK(!extension.critical);
  CHECK_EQUAL(list.size, 0);
}

/* What is put together from the fields is what was read. */
TEST(rebuilt) {
  static uint8_t room[ROOM];

  make_seeds();
  for (size_t i = 0; i < seed_count; i++) {
    const struct sch_span der = sch_span_of(seeds[i].bytes, seeds[i].size);
    struct sch_builder to = sch_builder_of(room, sizeof(room));
    struct sch_certificate certificate;
    struct sch_reading reading = {0};

    if (sch_certificate_read(der, &certificate, &reading)) {
      sch_rebuild_certificate(&to, &certificate);
      CHECK_BYTES(sch_builder_built(&to), der);
    }
  }
}

/* explain gives the text of a seed; the caller frees it. */
static char *explain(const char *name) {
  char *text = NULL;
  size_t size;
  FILE *out = open_memstream(&text, &size);

  sch_explain_certificate(find(name), out);
  (void)fclose(out);
  return text;
}

static void check_says(const char *name, const char *words) {
  char *text = explain(name);

  if (strstr(text, words) == NULL) {
    test_fail(__FILE__, __LINE__, name, words);
  }
  free(text);
}

/* The text of a certificate names its fields, and the rule when it is refused. */
TEST(explained) {
  check_says("plain", "not after 2049-12-31 23:59:59 UTC\n");
  check_says("name-every-string", "BMPString \"BMP\\u{20ac}\"\n");
  check_says("name-with-nul", "UTF8String \"a\\u{0}b\"\n");
  check_says("general-names", "iPAddress 192.0.2.1\n");
  check_says("name-constraints", "iPAddress 10.0.0.0 mask 255.0.0.0\n");
  check_says("unknown-extensions", "extension 1.2.3, critical: 9 bytes: 616e79");
  check_says("broken-path-length", "path_length: a path length where cA is not set (RFC 5280 4.2");
}

/* Nothing but printable ASCII and line ends is printed, whatever is in a certificate. */
TEST(explained_safely) {
  make_seeds();
  for (size_t i = 0; i < seed_count; i++) {
    char *text = explain(seeds[i].name);

    CHECK(strlen(text) != 0);
    for (const char *at = text; *at != 0; at++) {
      CHECK((*at >= ' ' && *at <= '~') || *at == '\n');
    }
    free(text);
  }
}

/* A reading that has a fault already must not be used again. */
TEST(reading_starts_clean) {
  struct sch_certificate certificate;
  struct sch_reading reading = {.fault = SCH_FAULT_null};

  CHECK_ABORTS((void)!sch_certificate_read(find("plain"), &certificate, &reading));
}

TESTS(each_seed_keeps_its_promise, each_rule_has_both_sides, seeds_are_reproducible,
      second_opinion_agrees, second_opinion_sees, cut_and_extended, plain_fields, versions,
      names_are_walked, general_names_are_walked, authority_values, policy_values,
      distribution_points, name_constraints, rare_extensions, unknown_extensions, rebuilt,
      explained, explained_safely, reading_starts_clean)
