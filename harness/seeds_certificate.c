/* seeds_certificate: the corpus of the certificate target.
 *
 * Whole certificates for every extension, string type, time form, version and kind of key; and for
 * each rule of the reader a pair that differs in one field: `good-<rule>`, which is accepted, and
 * `broken-<rule>`, which is refused by that rule and no other. Nothing is signed: the reader does
 * not verify. The notation is that of der_write.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "cert/fault.h"
#include "der_write.h"
#include "seeds.h"

enum { ROOM = 16384 };

/* The parts of a certificate, in order. `extensions` is the contents of the list, which is left
 * out when that is empty; `late` stands behind it; `tail` stands behind the certificate. */
enum field {
  VERSION,
  SERIAL,
  ALGORITHM,
  ISSUER,
  VALIDITY,
  SUBJECT,
  KEY,
  IDS,
  EXTENSIONS,
  LATE,
  OUTER,
  SIGNATURE,
  TAIL,
  FIELD_COUNT
};

struct recipe {
  const char *name;
  const char *fields[FIELD_COUNT]; /* NULL: as in `plain` */
};

#define VERSION_2 "a0{ 02{ 01 } }"
#define VERSION_3 "a0{ 02{ 02 } }"
#define NAME(value) "30{ 31{ 30{ @common_name " value " } } }"
#define OTHER_ATTRIBUTE(value) "30{ 31{ 30{ 06{ 2a 03 } " value " } } }"
#define TIMES(before, after) "30{ " before " " after " }"
#define UTC(text) "17{ '" text "' }"
#define FULL(text) "18{ '" text "' }"
#define EXTENSION(oid, value) "30{ @" oid " 04{ " value " } } "
#define CRITICAL(oid, value) "30{ @" oid " 01{ ff } 04{ " value " } } "
#define ALT_NAME(names) EXTENSION("subject_alt_name", "30{ " names " }")
#define OTHER_NAME(value) ALT_NAME("a0{ 06{ 2a 03 } a0{ " value " } }")
#define PURPOSES(list) EXTENSION("extended_key_usage", "30{ " list " }")
#define POINT(fields) EXTENSION("crl_distribution_points", "30{ 30{ " fields " } }")
#define EIGHT(text) text text text text text text text text

/* Sixteen of something, 1.2.x0 to 1.2.xf, and all of 64. */
#define POLICY(low) "30{ 06{ 2a " #low " } } "
#define BARE(low) "30{ 06{ 2a " #low " } 04{ } } "
#define FOUR(of, x, a, b, c, d) of(x##a) of(x##b) of(x##c) of(x##d)
#define SIXTEEN(of, x) \
  FOUR(of, x, 0, 1, 2, 3) FOUR(of, x, 4, 5, 6, 7) FOUR(of, x, 8, 9, a, b) FOUR(of, x, c, d, e, f)
#define ALL_64(of) SIXTEEN(of, 0) SIXTEEN(of, 1) SIXTEEN(of, 2) SIXTEEN(of, 3)
#define POLICIES_64 ALL_64(POLICY)
#define POLICY_LIST(list) EXTENSION("certificate_policies", "30{ " list " }")

/* The generator of P-256, as good a point as any. */
#define POINT_P256                                                      \
  "04 6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296" \
  "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"

static const struct recipe plain = {
    "plain",
    {VERSION_3, "02{ 0123456789 }", "30{ @ecdsa_sha256 }", NAME("0c{ 'Issuer' }"),
     TIMES(UTC("240101000000Z"), UTC("491231235959Z")), NAME("0c{ 'Subject' }"),
     "30{ 30{ @ec_public_key @p256 } 03{ 00 " POINT_P256 " } }", "",
     EXTENSION("subject_key_id", "04{ 01020304 }"), "", NULL,
     "03{ 00 30{ 02{ 11*32 } 02{ 22*32 } } }", ""}};

/* Bases that single rules need. */
static const struct recipe unique_ids = {
    "unique-ids", {[VERSION] = VERSION_2, [IDS] = "81{ 00 aabb } 82{ 04 a0 }", [EXTENSIONS] = ""}};
static const struct recipe no_subject = {
    "no-subject",
    {[SUBJECT] = "30{ }", [EXTENSIONS] = CRITICAL("subject_alt_name", "30{ 82{ 'a' } }")}};
static const struct recipe no_extensions = {"no-extensions", {[EXTENSIONS] = ""}};

#define EVERY_GENERAL_NAME \
  "a0{ @user_principal_name a0{ 0c{ 'user@example.org' } } } "                               \
  "a0{ @smtp_utf8_mailbox a0{ 0c{ 'j' c3b6 'rg@example.org' } } } "                          \
  "81{ 'user@example.org' } 82{ '*.example.org' } 82{ 'xn--bcher-kva.example' } "            \
  "a3{ 30{ 61{ 13{ 'DE' } } } } a4{ " NAME("0c{ 'Directory' }") " } "                        \
  "a5{ a0{ 0c{ 'Assigner' } } a1{ 13{ 'Party' } } } 86{ 'https://example.org/?a=b' } "       \
  "87{ c0000201 } 87{ 20010db8 00*11 01 } 88{ 2a03 } "

static const struct recipe wholes[] = {
    {"version-1", {[VERSION] = "", [EXTENSIONS] = ""}},
    {"serial-zero", {[SERIAL] = "02{ 00 }"}},
    {"serial-high-bit", {[SERIAL] = "02{ 00 ff*19 }"}},
    {"key-rsa-2048",
     {[ALGORITHM] = "30{ @rsa_sha256 05{ } }",
      [KEY] = "30{ 30{ @rsa 05{ } } 03{ 00 30{ 02{ 00 c5*256 } 02{ 010001 } } } }",
      [SIGNATURE] = "03{ 00 5a*256 }"}},
    {"key-rsa-pss",
     {[ALGORITHM] =
          "30{ @rsa_pss 30{ a0{ 30{ @sha256 05{ } } } a1{ 30{ @mgf1 30{ @sha256 05{ } } } }"
          " a2{ 02{ 20 } } } }",
      [KEY] = "30{ 30{ @rsa 05{ } } 03{ 00 30{ 02{ 00 c5*256 } 02{ 03 } } } }",
      [SIGNATURE] = "03{ 00 5a*256 }"}},
    {"key-rsa-8192",
     {[ALGORITHM] = "30{ @rsa_sha512 05{ } }",
      [KEY] = "30{ 30{ @rsa 05{ } } 03{ 00 30{ 02{ 00 c5*1024 } 02{ 010001 } } } }",
      [SIGNATURE] = "03{ 00 5a*1024 }"}},
    {"key-ed25519",
     {[ALGORITHM] = "30{ @ed25519 }",
      [KEY] = "30{ 30{ @ed25519 } 03{ 00 33*32 } }",
      [SIGNATURE] = "03{ 00 44*64 }"}},
    {"key-unknown", {[KEY] = "30{ 30{ 06{ 2a03 } 30{ 02{ 07 } } } 03{ 00 } }"}},
    {"times-utc-limits", {[VALIDITY] = TIMES(UTC("500101000000Z"), UTC("491231235959Z"))}},
    {"times-generalized", {[VALIDITY] = TIMES(UTC("240229235959Z"), FULL("20500101000000Z"))}},
    {"times-no-end", {[VALIDITY] = TIMES(UTC("000229000000Z"), FULL("99991231235959Z"))}},
    {"name-every-string",
     {[SUBJECT] =
          "30{ 31{ 30{ @organization 0c{ 'Zo' c3ab } } } 31{ 30{ @unit 13{ 'Plain text' } } }"
          " 31{ 30{ @unit 14{ 'T' e9 'l' } } } 31{ 30{ @unit 1e{ 0042 004d 0050 20ac } } }"
          " 31{ 30{ @unit 1c{ 00000055 0001f600 } } }"
          " 31{ 30{ @domain_component 16{ 'example' } } }"
          " 31{ 30{ 06{ 2a03 } 12{ '12 34' } } } 31{ 30{ 06{ 2a04 } 1a{ 'Visible' } } } }"}},
    {"name-every-attribute",
     {[SUBJECT] = "30{ 31{ 30{ @country 13{ 'DE' } } } 31{ 30{ @state 0c{ 'S' } } }"
                  " 31{ 30{ @locality 0c{ 'L' } } } 31{ 30{ @street 0c{ 'R' } } }"
                  " 31{ 30{ @organization 0c{ 'O' } } } 31{ 30{ @unit 0c{ 'U' } } }"
                  " 31{ 30{ @common_name 0c{ 'C' } } } 31{ 30{ @surname 0c{ 'N' } } }"
                  " 31{ 30{ @given_name 0c{ 'G' } } } 31{ 30{ @initials 0c{ 'I' } } }"
                  " 31{ 30{ @generation 0c{ 'Jr' } } } 31{ 30{ @title 0c{ 'T' } } }"
                  " 31{ 30{ @name 0c{ 'A' } } } 31{ 30{ @pseudonym 0c{ 'P' } } }"
                  " 31{ 30{ @serial_number 13{ '7' } } } 31{ 30{ @dn_qualifier 13{ 'Q' } } }"
                  " 31{ 30{ @email_address 16{ 'a@example.org' } } } }"}},
    {"name-two-in-one-rdn",
     {[SUBJECT] = "30{ 31{ 30{ @serial_number 13{ '1' } } 30{ @common_name 0c{ 'Two' } } } }"}},
    {"name-with-nul", {[SUBJECT] = NAME("0c{ 'a' 00 'b' }")}},
    {"general-names", {[EXTENSIONS] = ALT_NAME(EVERY_GENERAL_NAME)}},
    {"issuer-general-names",
     {[EXTENSIONS] = EXTENSION("issuer_alt_name", "30{ " EVERY_GENERAL_NAME " }")}},
    {"authority",
     {[EXTENSIONS] = CRITICAL("basic_constraints", "30{ 01{ ff } 02{ 03 } }")
          CRITICAL("key_usage", "03{ 01 06 }")
              EXTENSION("authority_key_id", "30{ 80{ 0a0b } a1{ 82{ 'a' } } 82{ 01 } }")}},
    {"key-usage-all", {[EXTENSIONS] = CRITICAL("key_usage", "03{ 07 ff80 }")}},
    {"purposes",
     {[EXTENSIONS] = PURPOSES("@server_auth @client_auth @code_signing @email_protection"
                              " @time_stamping @ocsp_signing @any_purpose 06{ 2a 8480 00 }")}},
    {"name-constraints",
     {[EXTENSIONS] = CRITICAL(
          "name_constraints",
          "30{ a0{ 30{ 82{ '.example.org' } } 30{ 87{ 0a000000 ff000000 } } 30{ a4{ " NAME(
              "0c{ 'Base' }") " } } } a1{ 30{ 81{ 'example.org' } } 30{ 86{ '.example.org' } }"
                              " 30{ 87{ 20010db8 00*12 ffffffff 00*12 } } } }")}},
    {"policies",
     {[EXTENSIONS] =
          POLICY_LIST("30{ @any_policy } 30{ 06{ 2a03 } 30{ 30{ @practice_statement 16{ "
                      "'https://example.org' } }"
                      " 30{ @user_notice 30{ 30{ 0c{ 'Org' } 30{ 02{ 01 } } } 0c{ 'Text' } } } } }")
              EXTENSION("policy_mappings", "30{ 30{ 06{ 2a03 } 06{ 2a04 } } }")
                  CRITICAL("policy_constraints", "30{ 80{ 00 } 81{ 01 } }")
                      CRITICAL("inhibit_any_policy", "02{ 02 }")}},
    {"distribution-points",
     {[EXTENSIONS] = EXTENSION(
          "crl_distribution_points",
          "30{ 30{ a0{ a0{ 86{ 'http://example.org/crl' } } } 81{ 06 40 } } 30{ a0{ a1{ 30{"
          " @common_name 0c{ 'R' } } } } a2{ a4{ " NAME("0c{ 'CRL issuer' }") " } } } }")
          EXTENSION("freshest_crl", "30{ 30{ a0{ a0{ 86{ 'http://example.org/delta' } } } } }")}},
    {"information-access",
     {[EXTENSIONS] = EXTENSION("authority_info_access",
                               "30{ 30{ @ocsp 86{ 'http://ocsp.example.org' } }"
                               " 30{ @ca_issuers 86{ 'http://example.org/ca' } } }")
          EXTENSION("subject_info_access",
                    "30{ 30{ @ca_repository 86{ 'ldap://example.org' } } }")}},
    {"transparency",
     {[EXTENSIONS] = EXTENSION("sct_list", "04{ 0004 0002 0000 }") CRITICAL("ct_poison", "05{ }")}},
    {"rare-extensions",
     {[EXTENSIONS] = EXTENSION("tls_feature", "30{ 02{ 05 } 02{ 11 } }") EXTENSION(
          "ocsp_no_check", "05{ }") EXTENSION("netscape_cert_type", "03{ 05 e0 }")
          EXTENSION("netscape_comment", "16{ 'A comment' }") EXTENSION(
              "private_key_usage_period", "30{ 80{ '20240101000000Z' } 81{ '20600101000000Z' } }")
              EXTENSION("subject_directory_attributes",
                        "30{ 30{ 06{ 2a03 } 31{ 02{ 01 } 18{ '19700101000000Z' } } } }")}},
    {"unknown-extensions",
     {[EXTENSIONS] = "30{ 06{ 2a03 } 01{ ff } 04{ 'any bytes' } } 30{ 06{ 2a04 } 04{ } }"}},
    {"many-extensions", {[EXTENSIONS] = ALL_64(BARE)}},
    {"oid-beyond-32-bits", {[EXTENSIONS] = "30{ 06{ 551d 9080808011 } 04{ } }"}},
    {"oid-beyond-64-bits", {[EXTENSIONS] = "30{ 06{ 551d 83 ff*8 7f } 04{ } }"}},
    {"extension-of-a-purpose", {[EXTENSIONS] = "30{ @server_auth 04{ 'any bytes' } }"}},
    {"notice-texts",
     {[EXTENSIONS] =
          POLICY_LIST("30{ 06{ 2a01 } 30{ 30{ @user_notice 30{ 16{ 'Text' } } }"
                      " 30{ @user_notice 30{ 1e{ 0054 } } } 30{ 06{ 2a03 } 05{ } } } }")}},
};

struct pair {
  enum sch_fault fault;
  const char *variant; /* distinguishes the ways to break one rule; NULL for the first */
  const struct recipe *base;
  enum field field;
  const char *good; /* NULL: that of a row above, or of the base */
  const char *broken;
};

#define RULE(fault, field, good, broken) \
  { SCH_FAULT_##fault, NULL, &plain, field, good, broken }
#define AGAIN(fault, variant, field, good, broken) \
  { SCH_FAULT_##fault, variant, &plain, field, good, broken }
#define BASED(fault, base, field, good, broken) \
  { SCH_FAULT_##fault, NULL, &base, field, good, broken }

static const struct pair pairs[] = {
    RULE(truncated, EXTENSIONS, EXTENSION("basic_constraints", "30{ 01{ ff } }"),
         EXTENSION("basic_constraints", "30 03 01 01")),
    AGAIN(truncated, "header", EXTENSIONS, NULL, EXTENSION("basic_constraints", "30")),
    AGAIN(truncated, "length", EXTENSIONS, NULL, EXTENSION("basic_constraints", "30 82 01")),
    AGAIN(truncated, "signature", SIGNATURE, NULL, "03 04 00 aa"),
    RULE(tag_high, EXTENSIONS, OTHER_NAME("9e{ 00 }"), OTHER_NAME("9f 1f 01 00")),
    AGAIN(tag_high, "short", EXTENSIONS, NULL, OTHER_NAME("9f 01 00")),
    RULE(tag_unknown, EXTENSIONS, OTHER_NAME("0a{ 00 }"), OTHER_NAME("09{ 00 }")),
    AGAIN(tag_unknown, "end-of-contents", EXTENSIONS, NULL, OTHER_NAME("00 00")),
    RULE(tag_form, EXTENSIONS, OTHER_NAME("04{ 00 }"), OTHER_NAME("24{ 04{ 00 } }")),
    AGAIN(tag_form, "primitive", EXTENSIONS, OTHER_NAME("30{ }"), OTHER_NAME("10{ }")),
    RULE(tag_unexpected, SERIAL, "02{ 01 }", "0a{ 01 }"),
    AGAIN(tag_unexpected, "time", VALIDITY, TIMES(UTC("240101000000Z"), UTC("250101000000Z")),
          TIMES(UTC("240101000000Z"), "13{ '250101000000Z' }")),
    AGAIN(tag_unexpected, "edi-party", EXTENSIONS, ALT_NAME("a5{ a1{ 0c{ 'P' } } }"),
          ALT_NAME("a5{ a1{ 16{ 'P' } } }")),
    AGAIN(tag_unexpected, "practice-statement", EXTENSIONS,
          POLICY_LIST("30{ 06{ 2a01 } 30{ 30{ @practice_statement 16{ } } } }"),
          POLICY_LIST("30{ 06{ 2a01 } 30{ 30{ @practice_statement 0c{ } } } }")),
    AGAIN(tag_unexpected, "user-notice", EXTENSIONS,
          POLICY_LIST("30{ 06{ 2a01 } 30{ 30{ @user_notice 30{ } } } }"),
          POLICY_LIST("30{ 06{ 2a01 } 30{ 30{ @user_notice 31{ } } } }")),
    AGAIN(tag_unexpected, "notice-text", EXTENSIONS,
          POLICY_LIST("30{ 06{ 2a01 } 30{ 30{ @user_notice 30{ 1a{ 'a' } } } } }"),
          POLICY_LIST("30{ 06{ 2a01 } 30{ 30{ @user_notice 30{ 13{ 'a' } } } } }")),
    AGAIN(tag_unexpected, "version", VERSION, NULL, "a0{ 04{ 02 } }"),
    AGAIN(tag_unexpected, "algorithm", ALGORITHM, NULL, "02{ 01 }"),
    AGAIN(tag_unexpected, "algorithm-type", ALGORITHM, NULL, "30{ 02{ 01 } }"),
    AGAIN(tag_unexpected, "name", ISSUER, NULL, "02{ 01 }"),
    AGAIN(tag_unexpected, "rdn", ISSUER, NULL, "30{ 30{ } }"),
    AGAIN(tag_unexpected, "attribute", ISSUER, NULL, "30{ 31{ 02{ 01 } } }"),
    AGAIN(tag_unexpected, "attribute-type", ISSUER, NULL, "30{ 31{ 30{ 02{ 01 } 0c{ } } } }"),
    AGAIN(tag_unexpected, "validity", VALIDITY, NULL, "02{ 01 }"),
    AGAIN(tag_unexpected, "key", KEY, NULL, "02{ 01 }"),
    AGAIN(tag_unexpected, "key-bits", KEY, NULL, "30{ 30{ @ed25519 } 04{ 00 } }"),
    AGAIN(tag_unexpected, "signature", SIGNATURE, NULL, "04{ 00 }"),
    {SCH_FAULT_tag_unexpected, "extensions", &no_extensions, LATE, NULL, "a3{ 31{ } }"},
    AGAIN(tag_unexpected, "extension", EXTENSIONS, NULL, "02{ 01 }"),
    AGAIN(tag_unexpected, "extension-type", EXTENSIONS, NULL, "30{ 02{ 01 } }"),
    AGAIN(tag_unexpected, "extension-value", EXTENSIONS, NULL, "30{ 06{ 2a03 } 02{ 01 } }"),
    AGAIN(tag_unexpected, "purpose", EXTENSIONS, NULL, PURPOSES("02{ 01 }")),
    AGAIN(tag_unexpected, "policy", EXTENSIONS, NULL, POLICY_LIST("02{ 01 }")),
    AGAIN(tag_unexpected, "qualifier", EXTENSIONS, NULL,
          POLICY_LIST("30{ 06{ 2a01 } 30{ 02{ 01 } } }")),
    AGAIN(tag_unexpected, "notice-reference", EXTENSIONS, NULL,
          POLICY_LIST("30{ 06{ 2a01 } 30{ 30{ @user_notice 30{ 30{ 13{ } 30{ } } } } } }")),
    AGAIN(tag_unexpected, "notice-number", EXTENSIONS, NULL,
          POLICY_LIST("30{ 06{ 2a01 } 30{ 30{ @user_notice 30{ 30{ 0c{ } 30{ 04{ } } } } } } }")),
    AGAIN(tag_unexpected, "mapping", EXTENSIONS, NULL,
          EXTENSION("policy_mappings", "30{ 02{ 01 } }")),
    AGAIN(tag_unexpected, "point", EXTENSIONS, NULL, EXTENSION("freshest_crl", "30{ 02{ 01 } }")),
    AGAIN(tag_unexpected, "point-name", EXTENSIONS, NULL, POINT("a0{ a2{ 86{ } } }")),
    AGAIN(tag_unexpected, "access", EXTENSIONS, NULL,
          EXTENSION("authority_info_access", "30{ 02{ 01 } }")),
    AGAIN(tag_unexpected, "subtree", EXTENSIONS, NULL,
          EXTENSION("name_constraints", "30{ a0{ 02{ 01 } } }")),
    AGAIN(tag_unexpected, "feature", EXTENSIONS, NULL, EXTENSION("tls_feature", "30{ 04{ } }")),
    AGAIN(tag_unexpected, "directory-attribute", EXTENSIONS, NULL,
          EXTENSION("subject_directory_attributes", "30{ 02{ 01 } }")),
    AGAIN(tag_unexpected, "other-name", EXTENSIONS, NULL, ALT_NAME("a0{ 02{ 01 } }")),
    AGAIN(tag_unexpected, "edi-assigner", EXTENSIONS, NULL,
          ALT_NAME("a5{ a0{ 16{ } } a1{ 0c{ } } }")),
    RULE(length_indefinite, EXTENSIONS, OTHER_NAME("30{ }"), OTHER_NAME("30 80 00 00")),
    AGAIN(length_indefinite, "empty", EXTENSIONS, NULL, OTHER_NAME("30 80")),
    RULE(length_huge, EXTENSIONS, OTHER_NAME("04{ 00 }"), OTHER_NAME("04 85 0000000001 00")),
    AGAIN(length_huge, "reserved", EXTENSIONS, NULL, OTHER_NAME("04 ff 00")),
    RULE(length_not_minimal, EXTENSIONS, OTHER_NAME("04{ 00*127 }"), OTHER_NAME("04 81 7f 00*127")),
    AGAIN(length_not_minimal, "zero", EXTENSIONS, OTHER_NAME("04{ 00*128 }"),
          OTHER_NAME("04 82 0080 00*128")),
    RULE(depth, EXTENSIONS, OTHER_NAME(EIGHT("30{ ") "30{" EIGHT("} ") "}"),
         OTHER_NAME(EIGHT("30{ ") EIGHT("30{ ") EIGHT("30{ ") EIGHT("} ") EIGHT("} ") EIGHT("} "))),
    RULE(trailing, TAIL, "", "00"),
    RULE(field_missing, VALIDITY, TIMES(UTC("240101000000Z"), UTC("250101000000Z")),
         TIMES(UTC("240101000000Z"), "")),
    AGAIN(field_missing, "attribute-value", ISSUER, NULL, "30{ 31{ 30{ @common_name } } }"),
    AGAIN(field_missing, "other-name-value", EXTENSIONS, NULL, ALT_NAME("a0{ 06{ 2a03 } a0{ } }")),
    AGAIN(field_missing, "qualifier-value", EXTENSIONS, NULL,
          POLICY_LIST("30{ 06{ 2a01 } 30{ 30{ 06{ 2a03 } } } }")),
    AGAIN(field_missing, "access-location", EXTENSIONS, NULL,
          EXTENSION("authority_info_access", "30{ 30{ @ocsp } }")),
    AGAIN(field_missing, "edi-party", EXTENSIONS, NULL, ALT_NAME("a5{ a0{ 0c{ } } }")),
    AGAIN(field_missing, "signature", SIGNATURE, NULL, ""),
    RULE(field_unexpected, VALIDITY, TIMES(UTC("240101000000Z"), UTC("250101000000Z")),
         TIMES(UTC("240101000000Z"), UTC("250101000000Z") "05{ }")),
    AGAIN(field_unexpected, "extensions-again", LATE, "",
          "a3{ 30{ " EXTENSION("netscape_comment", "16{ }") " } }"),
    AGAIN(field_unexpected, "inside-value", EXTENSIONS, EXTENSION("netscape_comment", "16{ }"),
          EXTENSION("netscape_comment", "16{ } 16{ }")),
    AGAIN(field_unexpected, "after-signature", SIGNATURE, NULL, "03{ 00 } 05{ }"),
    AGAIN(field_unexpected, "parameters", ALGORITHM, NULL, "30{ @rsa_sha256 05{ } 05{ } }"),
    AGAIN(field_unexpected, "basic-constraints", EXTENSIONS, NULL,
          EXTENSION("basic_constraints", "30{ 01{ ff } 02{ 01 } 02{ 01 } }")),
    AGAIN(field_unexpected, "constraints", EXTENSIONS, NULL,
          EXTENSION("name_constraints", "30{ a0{ 30{ 82{ } } } a2{ } }")),
    AGAIN(field_unexpected, "policy-constraints", EXTENSIONS, NULL,
          EXTENSION("policy_constraints", "30{ 80{ 00 } 82{ 00 } }")),
    AGAIN(field_unexpected, "authority", EXTENSIONS, NULL,
          EXTENSION("authority_key_id", "30{ 80{ 01 } 83{ } }")),
    AGAIN(field_unexpected, "point", EXTENSIONS, NULL, POINT("a2{ 82{ } } 83{ }")),
    AGAIN(field_unexpected, "access", EXTENSIONS, NULL,
          EXTENSION("authority_info_access", "30{ 30{ @ocsp 86{ } 05{ } } }")),
    AGAIN(field_unexpected, "subtree", EXTENSIONS, NULL,
          EXTENSION("name_constraints", "30{ a0{ 30{ 82{ } 82{ } } } }")),
    AGAIN(field_unexpected, "usage-period", EXTENSIONS, NULL,
          EXTENSION("private_key_usage_period", "30{ 80{ '20240101000000Z' } 82{ } }")),
    AGAIN(field_unexpected, "other-name", EXTENSIONS, NULL, OTHER_NAME("05{ } 05{ }")),
    AGAIN(field_unexpected, "notice", EXTENSIONS, NULL,
          POLICY_LIST("30{ 06{ 2a01 } 30{ 30{ @user_notice 30{ 0c{ } 0c{ } } } } }")),
    RULE(default_encoded, EXTENSIONS, EXTENSION("netscape_comment", "16{ }"),
         "30{ @netscape_comment 01{ 00 } 04{ 16{ } } }"),
    AGAIN(default_encoded, "version-1", VERSION, VERSION_3, "a0{ 02{ 00 } }"),
    AGAIN(default_encoded, "no-ca", EXTENSIONS, EXTENSION("basic_constraints", "30{ }"),
          EXTENSION("basic_constraints", "30{ 01{ 00 } }")),
    AGAIN(default_encoded, "minimum", EXTENSIONS,
          EXTENSION("name_constraints", "30{ a0{ 30{ 82{ 'a' } } } }"),
          EXTENSION("name_constraints", "30{ a0{ 30{ 82{ 'a' } 80{ 00 } } } }")),
    RULE(boolean, EXTENSIONS, CRITICAL("netscape_comment", "16{ }"),
         "30{ @netscape_comment 01{ 01 } 04{ 16{ } } }"),
    AGAIN(boolean, "two-bytes", EXTENSIONS, NULL, "30{ @netscape_comment 01{ ffff } 04{ 16{ } } }"),
    AGAIN(boolean, "ca", EXTENSIONS, NULL, EXTENSION("basic_constraints", "30{ 01{ 01 } }")),
    RULE(integer_empty, SERIAL, "02{ 00 }", "02{ }"),
    RULE(integer_not_minimal, SERIAL, "02{ 00 80 }", "02{ 00 7f }"),
    AGAIN(integer_not_minimal, "negative", EXTENSIONS, OTHER_NAME("02{ ff7f }"),
          OTHER_NAME("02{ ff80 }")),
    AGAIN(integer_not_minimal, "authority", EXTENSIONS,
          EXTENSION("authority_key_id", "30{ a1{ 82{ } } 82{ 0080 } }"),
          EXTENSION("authority_key_id", "30{ a1{ 82{ } } 82{ 0001 } }")),
    AGAIN(integer_not_minimal, "skip", EXTENSIONS, NULL,
          EXTENSION("policy_constraints", "30{ 80{ 0001 } }")),
    RULE(number_range, EXTENSIONS, EXTENSION("basic_constraints", "30{ 01{ ff } 02{ 00 ff*8 } }"),
         EXTENSION("basic_constraints", "30{ 01{ ff } 02{ 01 00*8 } }")),
    AGAIN(number_range, "negative", EXTENSIONS, EXTENSION("inhibit_any_policy", "02{ 7f }"),
          EXTENSION("inhibit_any_policy", "02{ 80 }")),
    AGAIN(number_range, "bits", EXTENSIONS, EXTENSION("netscape_cert_type", "03{ 00 01010101 }"),
          EXTENSION("netscape_cert_type", "03{ 00 0101010101 }")),
    AGAIN(number_range, "minimum", EXTENSIONS, NULL,
          EXTENSION("name_constraints", "30{ a0{ 30{ 82{ } 80{ ff } } } }")),
    AGAIN(number_range, "feature", EXTENSIONS, NULL, EXTENSION("tls_feature", "30{ 02{ ff } }")),
    AGAIN(number_range, "version", VERSION, NULL, "a0{ 02{ ff } }"),
    RULE(bit_string_unused, IDS, "81{ 07 80 }", "81{ 08 00 }"),
    AGAIN(bit_string_unused, "of-nothing", IDS, "81{ 00 }", "81{ 01 }"),
    AGAIN(bit_string_unused, "empty", IDS, NULL, "81{ }"),
    RULE(bit_string_padding, IDS, "82{ 01 aa }", "82{ 01 ab }"),
    RULE(bit_string_named, EXTENSIONS, EXTENSION("key_usage", "03{ 07 80 }"),
         EXTENSION("key_usage", "03{ 06 80 }")),
    AGAIN(bit_string_named, "byte", EXTENSIONS, NULL, EXTENSION("key_usage", "03{ 00 8000 }")),
    AGAIN(bit_string_named, "reasons", EXTENSIONS, NULL, POINT("81{ 05 40 } a2{ 82{ } }")),
    RULE(bit_string_octets, SIGNATURE, "03{ 00 aa }", "03{ 01 aa }"),
    AGAIN(bit_string_octets, "key", KEY, "30{ 30{ @ed25519 } 03{ 00 32*32 } }",
          "30{ 30{ @ed25519 } 03{ 01 32*32 } }"),
    RULE(null, EXTENSIONS, EXTENSION("ocsp_no_check", "05{ }"),
         EXTENSION("ocsp_no_check", "05{ 00 }")),
    RULE(oid_unfinished, EXTENSIONS, PURPOSES("06{ 2a 8301 }"), PURPOSES("06{ 2a 83 }")),
    AGAIN(oid_unfinished, "empty", EXTENSIONS, NULL, PURPOSES("06{ }")),
    AGAIN(oid_unfinished, "registered", EXTENSIONS, ALT_NAME("88{ 2a }"), ALT_NAME("88{ aa }")),
    RULE(oid_not_minimal, EXTENSIONS, PURPOSES("06{ 2a 8103 }"), PURPOSES("06{ 2a 8003 }")),
    AGAIN(oid_not_minimal, "alias", EXTENSIONS, "30{ 06{ 551d8111 } 04{ } }",
          "30{ 06{ 551d8011 } 04{ } }"),
    RULE(time_form, VALIDITY, TIMES(UTC("240101000000Z"), FULL("20500101000000Z")),
         TIMES(UTC("2401010000Z"), FULL("20500101000000Z"))),
    AGAIN(time_form, "offset", VALIDITY, NULL,
          TIMES(UTC("240101000000+0000"), FULL("20500101000000Z"))),
    AGAIN(time_form, "no-zone", VALIDITY, NULL,
          TIMES(UTC("2401010000000"), FULL("20500101000000Z"))),
    AGAIN(time_form, "fraction", VALIDITY, NULL,
          TIMES(UTC("240101000000Z"), FULL("20500101000000.5Z"))),
    AGAIN(time_form, "behind-zone", VALIDITY, NULL,
          TIMES(UTC("240101000000Z0"), FULL("20500101000000Z"))),
    AGAIN(time_form, "not-digits", VALIDITY, NULL,
          TIMES(UTC("24010100000/Z"), FULL("20500101000000Z"))),
    AGAIN(time_form, "usage-period", EXTENSIONS,
          EXTENSION("private_key_usage_period", "30{ 80{ '20240101000000Z' } }"),
          EXTENSION("private_key_usage_period", "30{ 80{ '240101000000Z' } }")),
    AGAIN(time_form, "usage-end", EXTENSIONS, NULL,
          EXTENSION("private_key_usage_period", "30{ 81{ '240101000000Z' } }")),
    RULE(time_value, VALIDITY, TIMES(UTC("240229235959Z"), FULL("24000229000000Z")),
         TIMES(UTC("230229235959Z"), FULL("24000229000000Z"))),
    AGAIN(time_value, "century", VALIDITY, NULL,
          TIMES(UTC("240229235959Z"), FULL("21000229000000Z"))),
    AGAIN(time_value, "month-0", VALIDITY, NULL,
          TIMES(UTC("240029235959Z"), FULL("24000229000000Z"))),
    AGAIN(time_value, "month-13", VALIDITY, NULL,
          TIMES(UTC("241329235959Z"), FULL("24000229000000Z"))),
    AGAIN(time_value, "day-0", VALIDITY, NULL,
          TIMES(UTC("240200235959Z"), FULL("24000229000000Z"))),
    AGAIN(time_value, "april-31", VALIDITY, NULL,
          TIMES(UTC("240431235959Z"), FULL("24000229000000Z"))),
    AGAIN(time_value, "hour-24", VALIDITY, NULL,
          TIMES(UTC("240229245959Z"), FULL("24000229000000Z"))),
    AGAIN(time_value, "minute-60", VALIDITY, NULL,
          TIMES(UTC("240229236059Z"), FULL("24000229000000Z"))),
    AGAIN(time_value, "second-60", VALIDITY, NULL,
          TIMES(UTC("240229235960Z"), FULL("24000229000000Z"))),
    RULE(string_utf8, SUBJECT, NAME("0c{ c3a9 e282ac f09f9880 }"), NAME("0c{ c328 }")),
    AGAIN(string_utf8, "cut", SUBJECT, NULL, NAME("0c{ e282 }")),
    AGAIN(string_utf8, "tail-alone", SUBJECT, NULL, NAME("0c{ a9 }")),
    AGAIN(string_utf8, "long-nul", SUBJECT, NAME("0c{ 00 }"), NAME("0c{ c080 }")),
    AGAIN(string_utf8, "long-three", SUBJECT, NAME("0c{ e0a080 }"), NAME("0c{ e09f80 }")),
    AGAIN(string_utf8, "long-four", SUBJECT, NAME("0c{ f0908080 }"), NAME("0c{ f08f8080 }")),
    AGAIN(string_utf8, "surrogate", SUBJECT, NAME("0c{ ed9fbf }"), NAME("0c{ eda080 }")),
    AGAIN(string_utf8, "beyond", SUBJECT, NAME("0c{ f48fbfbf }"), NAME("0c{ f4908080 }")),
    RULE(string_numeric, SUBJECT, OTHER_ATTRIBUTE("12{ '09 ' }"), OTHER_ATTRIBUTE("12{ '0a' }")),
    RULE(string_printable, SUBJECT, NAME("13{ 'azAZ09 ()+,-./:=?' 27 }"), NAME("13{ 'a@b' }")),
    AGAIN(string_printable, "star", SUBJECT, NULL, NAME("13{ '*.example.org' }")),
    RULE(string_teletex, SUBJECT, NAME("14{ e9 }"), NAME("14{ 1b }")),
    AGAIN(string_teletex, "c1", SUBJECT, NULL, NAME("14{ 85 }")),
    RULE(string_ia5, EXTENSIONS, ALT_NAME("82{ 7f }"), ALT_NAME("82{ 80 }")),
    AGAIN(string_ia5, "second", EXTENSIONS, NULL, ALT_NAME("82{ 'a' } 82{ 80 }")),
    AGAIN(string_ia5, "general-string", EXTENSIONS, OTHER_NAME("1b{ 'a' }"),
          OTHER_NAME("1b{ e9 }")),
    RULE(string_visible, EXTENSIONS, OTHER_NAME("1a{ ' ~' }"), OTHER_NAME("1a{ 0a }")),
    AGAIN(string_visible, "delete", EXTENSIONS, NULL, OTHER_NAME("1a{ 7f }")),
    RULE(string_universal, SUBJECT, NAME("1c{ 0010ffff }"), NAME("1c{ 00110000 }")),
    AGAIN(string_universal, "surrogate", SUBJECT, NULL, NAME("1c{ 0000d800 }")),
    AGAIN(string_universal, "cut", SUBJECT, NULL, NAME("1c{ 000041 }")),
    RULE(string_bmp, SUBJECT, NAME("1e{ 20ac }"), NAME("1e{ d83d }")),
    AGAIN(string_bmp, "odd", SUBJECT, NULL, NAME("1e{ 20 }")),
    RULE(set_order, SUBJECT,
         "30{ 31{ 30{ @common_name 0c{ 'a' } } 30{ @common_name 0c{ 'b' } } } }",
         "30{ 31{ 30{ @common_name 0c{ 'b' } } 30{ @common_name 0c{ 'a' } } } }"),
    AGAIN(set_order, "relative-name", EXTENSIONS,
          POINT("a0{ a1{ 30{ @unit 0c{ 'a' } } 30{ @unit 0c{ 'b' } } } }"),
          POINT("a0{ a1{ 30{ @unit 0c{ 'b' } } 30{ @unit 0c{ 'a' } } } }")),
    RULE(sequence_empty, EXTENSIONS, ALT_NAME("82{ }"), ALT_NAME("")),
    {SCH_FAULT_sequence_empty, "extensions", &no_extensions, LATE, "", "a3{ 30{ } }"},
    AGAIN(sequence_empty, "rdn", SUBJECT, NAME("0c{ }"), "30{ 31{ } }"),
    AGAIN(sequence_empty, "purposes", EXTENSIONS, PURPOSES("@server_auth"), PURPOSES("")),
    AGAIN(sequence_empty, "policies", EXTENSIONS, POLICY_LIST(POLICY(01)), POLICY_LIST("")),
    AGAIN(sequence_empty, "qualifiers", EXTENSIONS,
          POLICY_LIST("30{ 06{ 2a01 } 30{ 30{ @practice_statement 16{ } } } }"),
          POLICY_LIST("30{ 06{ 2a01 } 30{ } }")),
    AGAIN(sequence_empty, "subtrees", EXTENSIONS,
          EXTENSION("name_constraints", "30{ a1{ 30{ 82{ } } } }"),
          EXTENSION("name_constraints", "30{ a1{ } }")),
    AGAIN(sequence_empty, "point-name", EXTENSIONS, POINT("a0{ a0{ 86{ } } }"),
          POINT("a0{ a0{ } }")),
    AGAIN(sequence_empty, "relative-name", EXTENSIONS, POINT("a0{ a1{ 30{ @unit 0c{ } } } }"),
          POINT("a0{ a1{ } }")),
    AGAIN(sequence_empty, "crl-issuer", EXTENSIONS, POINT("a2{ 82{ } }"), POINT("a2{ }")),
    AGAIN(sequence_empty, "usage-period", EXTENSIONS,
          EXTENSION("private_key_usage_period", "30{ 81{ '20600101000000Z' } }"),
          EXTENSION("private_key_usage_period", "30{ }")),
    AGAIN(sequence_empty, "directory-values", EXTENSIONS,
          EXTENSION("subject_directory_attributes", "30{ 30{ 06{ 2a03 } 31{ 05{ } } } }"),
          EXTENSION("subject_directory_attributes", "30{ 30{ 06{ 2a03 } 31{ } } }")),
    RULE(list_long, EXTENSIONS, POLICY_LIST(POLICIES_64), POLICY_LIST(POLICIES_64 POLICY(40))),
    RULE(version, VERSION, VERSION_3, "a0{ 02{ 03 } }"),
    {SCH_FAULT_version, "4-bare", &no_extensions, VERSION, NULL, "a0{ 02{ 03 } }"},
    AGAIN(version, "two-bytes", VERSION, NULL, "a0{ 02{ 0201 } }"),
    RULE(serial_negative, SERIAL, "02{ 7f }", "02{ 80 }"),
    RULE(serial_long, SERIAL, "02{ 01*20 }", "02{ 01*21 }"),
    RULE(algorithm_differs, OUTER, "30{ @ecdsa_sha256 }", "30{ @ecdsa_sha384 }"),
    AGAIN(algorithm_differs, "parameters", OUTER, NULL, "30{ @ecdsa_sha256 05{ } }"),
    RULE(issuer_empty, ISSUER, NAME("0c{ 'I' }"), "30{ }"),
    BASED(subject_empty, no_subject, EXTENSIONS, CRITICAL("subject_alt_name", "30{ 82{ 'a' } }"),
          ALT_NAME("82{ 'a' }")),
    {SCH_FAULT_subject_empty, "other-critical", &no_subject, EXTENSIONS, NULL,
     ALT_NAME("82{ 'a' }") CRITICAL("basic_constraints", "30{ }")},
    RULE(attribute_string, SUBJECT, "30{ 31{ 30{ @country 13{ 'DE' } } } }",
         "30{ 31{ 30{ @country 0c{ 'DE' } } } }"),
    AGAIN(attribute_string, "mail", SUBJECT, "30{ 31{ 30{ @email_address 16{ 'a' } } } }",
          "30{ 31{ 30{ @email_address 13{ 'a' } } } }"),
    AGAIN(attribute_string, "directory", SUBJECT, NAME("13{ 'a' }"), NAME("16{ 'a' }")),
    RULE(validity_form, VALIDITY, TIMES(UTC("240101000000Z"), UTC("491231235959Z")),
         TIMES(UTC("240101000000Z"), FULL("20491231235959Z"))),
    BASED(unique_id_version, unique_ids, VERSION, VERSION_2, ""),
    RULE(extensions_version, VERSION, VERSION_3, VERSION_2),
    RULE(extension_repeated, EXTENSIONS, "30{ 06{ 2a03 } 04{ } } 30{ 06{ 2a04 } 04{ } }",
         "30{ 06{ 2a03 } 04{ } } 30{ 06{ 2a03 } 04{ } }"),
    AGAIN(extension_repeated, "known", EXTENSIONS, ALT_NAME("82{ 'a' }"),
          ALT_NAME("82{ 'a' }") ALT_NAME("82{ 'b' }")),
    RULE(general_name_kind, EXTENSIONS, ALT_NAME("88{ 2a03 }"), ALT_NAME("89{ 2a03 }")),
    AGAIN(general_name_kind, "form", EXTENSIONS, ALT_NAME("82{ 'a' }"),
          ALT_NAME("a2{ 16{ 'a' } }")),
    RULE(address_size, EXTENSIONS, ALT_NAME("87{ 00*16 }"), ALT_NAME("87{ 00*5 }")),
    AGAIN(address_size, "no-mask", EXTENSIONS,
          EXTENSION("name_constraints", "30{ a0{ 30{ 87{ 0a000000 ff000000 } } } }"),
          EXTENSION("name_constraints", "30{ a0{ 30{ 87{ 0a000000 } } } }")),
    RULE(key_usage_empty, EXTENSIONS, EXTENSION("key_usage", "03{ 00 01 }"),
         EXTENSION("key_usage", "03{ 00 }")),
    RULE(path_length, EXTENSIONS, EXTENSION("basic_constraints", "30{ 01{ ff } 02{ 00 } }"),
         EXTENSION("basic_constraints", "30{ 02{ 00 } }")),
    RULE(constraints_empty, EXTENSIONS, EXTENSION("name_constraints", "30{ a0{ 30{ 82{ } } } }"),
         EXTENSION("name_constraints", "30{ }")),
    AGAIN(constraints_empty, "policy", EXTENSIONS,
          EXTENSION("policy_constraints", "30{ 81{ 00 } }"),
          EXTENSION("policy_constraints", "30{ }")),
    RULE(subtree_range, EXTENSIONS, EXTENSION("name_constraints", "30{ a0{ 30{ 82{ 'a' } } } }"),
         EXTENSION("name_constraints", "30{ a0{ 30{ 82{ 'a' } 80{ 01 } } } }")),
    AGAIN(subtree_range, "maximum", EXTENSIONS, NULL,
          EXTENSION("name_constraints", "30{ a0{ 30{ 82{ 'a' } 81{ 05 } } } }")),
    RULE(policy_repeated, EXTENSIONS, POLICY_LIST(POLICY(01) POLICY(02)),
         POLICY_LIST(POLICY(01) POLICY(01))),
    RULE(policy_mapping_any, EXTENSIONS,
         EXTENSION("policy_mappings", "30{ 30{ 06{ 2a01 } 06{ 2a02 } } }"),
         EXTENSION("policy_mappings", "30{ 30{ @any_policy 06{ 2a02 } } }")),
    AGAIN(policy_mapping_any, "subject", EXTENSIONS, NULL,
          EXTENSION("policy_mappings", "30{ 30{ 06{ 2a01 } @any_policy } }")),
    RULE(authority_pair, EXTENSIONS,
         EXTENSION("authority_key_id", "30{ a1{ 82{ 'a' } } 82{ 01 } }"),
         EXTENSION("authority_key_id", "30{ a1{ 82{ 'a' } } }")),
    AGAIN(authority_pair, "serial", EXTENSIONS, EXTENSION("authority_key_id", "30{ 80{ 01 } }"),
          EXTENSION("authority_key_id", "30{ 80{ 01 } 82{ 01 } }")),
    RULE(point_empty, EXTENSIONS, POINT("a0{ a0{ 86{ 'u' } } } 81{ 06 40 }"), POINT("81{ 06 40 }")),
    /* What a field lacks, or has of the wrong type, where another rule above is broken elsewhere.
     */
    AGAIN(tag_unexpected, "first-time", VALIDITY, NULL,
          TIMES("13{ '240101000000Z' }", UTC("250101000000Z"))),
    AGAIN(tag_unexpected, "key-algorithm", KEY, NULL, "30{ 02{ 01 } 03{ 00 } }"),
    AGAIN(field_unexpected, "key", KEY, NULL, "30{ 30{ @ed25519 } 03{ 00 } 05{ } }"),
    AGAIN(tag_unexpected, "outer-algorithm", OUTER, NULL, "02{ 01 }"),
    AGAIN(integer_empty, "policy-mapping", EXTENSIONS, NULL,
          EXTENSION("policy_constraints", "30{ 81{ } }")),
    AGAIN(sequence_empty, "authority", EXTENSIONS, NULL,
          EXTENSION("authority_key_id", "30{ a1{ } 82{ 01 } }")),
    AGAIN(sequence_empty, "mappings", EXTENSIONS, NULL, EXTENSION("policy_mappings", "30{ }")),
    AGAIN(sequence_empty, "points", EXTENSIONS, NULL,
          EXTENSION("crl_distribution_points", "30{ }")),
    AGAIN(sequence_empty, "accesses", EXTENSIONS, NULL,
          EXTENSION("authority_info_access", "30{ }")),
    AGAIN(sequence_empty, "features", EXTENSIONS, NULL, EXTENSION("tls_feature", "30{ }")),
    AGAIN(sequence_empty, "directory-attributes", EXTENSIONS, NULL,
          EXTENSION("subject_directory_attributes", "30{ }")),
    AGAIN(field_unexpected, "attribute", SUBJECT, NULL, NAME("0c{ 'a' } 0c{ 'b' }")),
    AGAIN(tag_unexpected, "other-name-field", EXTENSIONS, NULL, ALT_NAME("a0{ 06{ 2a03 } 04{ } }")),
    AGAIN(field_missing, "edi-party-text", EXTENSIONS, NULL, ALT_NAME("a5{ a1{ } }")),
    AGAIN(field_unexpected, "edi-party", EXTENSIONS, NULL,
          ALT_NAME("a5{ a1{ 0c{ 'a' } 0c{ 'b' } } }")),
    AGAIN(tag_unexpected, "directory-name", EXTENSIONS, NULL, ALT_NAME("a4{ 02{ 01 } }")),
    AGAIN(sequence_empty, "directory-name", EXTENSIONS, NULL, ALT_NAME("a4{ 30{ 31{ } } }")),
    AGAIN(tag_unexpected, "policy-type", EXTENSIONS, NULL, POLICY_LIST("30{ 02{ 01 } }")),
    AGAIN(tag_unexpected, "qualifiers", EXTENSIONS, NULL, POLICY_LIST("30{ 06{ 2a01 } 02{ 01 } }")),
    AGAIN(tag_unexpected, "qualifier-type", EXTENSIONS, NULL,
          POLICY_LIST("30{ 06{ 2a01 } 30{ 30{ 02{ 01 } 05{ } } } }")),
    AGAIN(field_unexpected, "qualifier", EXTENSIONS, NULL,
          POLICY_LIST("30{ 06{ 2a01 } 30{ 30{ @practice_statement 16{ } 16{ } } } }")),
    AGAIN(field_missing, "notice-organization", EXTENSIONS, NULL,
          POLICY_LIST("30{ 06{ 2a01 } 30{ 30{ @user_notice 30{ 30{ } } } } }")),
    AGAIN(tag_unexpected, "notice-numbers", EXTENSIONS, NULL,
          POLICY_LIST("30{ 06{ 2a01 } 30{ 30{ @user_notice 30{ 30{ 0c{ } 02{ 01 } } } } } }")),
    AGAIN(tag_unexpected, "mapping-issuer", EXTENSIONS, NULL,
          EXTENSION("policy_mappings", "30{ 30{ 02{ 01 } 06{ 2a02 } } }")),
    AGAIN(tag_unexpected, "mapping-subject", EXTENSIONS, NULL,
          EXTENSION("policy_mappings", "30{ 30{ 06{ 2a01 } 02{ 01 } } }")),
    AGAIN(field_unexpected, "relative-name", EXTENSIONS, NULL,
          POINT("a0{ a1{ 30{ @unit 0c{ } } } 05{ } }")),
    AGAIN(bit_string_unused, "reasons", EXTENSIONS, NULL, POINT("a0{ a0{ 86{ 'u' } } } 81{ }")),
    AGAIN(tag_unexpected, "access-method", EXTENSIONS, NULL,
          EXTENSION("authority_info_access", "30{ 30{ 02{ 01 } 86{ } } }")),
    AGAIN(tag_unexpected, "directory-attribute-type", EXTENSIONS, NULL,
          EXTENSION("subject_directory_attributes", "30{ 30{ 02{ 01 } 31{ 05{ } } } }")),
    AGAIN(tag_unexpected, "directory-values", EXTENSIONS, NULL,
          EXTENSION("subject_directory_attributes", "30{ 30{ 06{ 2a03 } 05{ } } }")),
    AGAIN(time_form, "colon", VALIDITY, NULL, TIMES(UTC("24010100000:Z"), UTC("250101000000Z"))),
    AGAIN(string_utf8, "beyond-lead", SUBJECT, NULL, NAME("0c{ f5 80*3 }")),
    AGAIN(string_printable, "latin", SUBJECT, NULL, NAME("13{ e9 }")),
    AGAIN(string_teletex, "delete", SUBJECT, NULL, NAME("14{ 7f }")),
    AGAIN(truncated, "in-set", SUBJECT, NULL, "30{ 31{ 30 05 } }"),
};

/* Whole inputs that are no certificate from their first bytes on. */
static const struct {
  const char *name;
  const char *whole;
} bare[] = {
    {"broken-truncated-whole", "30"},
    {"broken-tag-unexpected-whole", "31{ }"},
    {"broken-tag-unexpected-fields", "30{ 02{ 01 } }"},
};

static void give_bare(sch_seed_sink *sink, const char *name, const char *whole) {
  uint8_t room[16];
  struct sch_builder to = sch_builder_of(room, sizeof(room));

  sch_der_assemble(&to, whole);
  ENSURE(!to.failed);
  sink("certificate", name, sch_builder_built(&to));
}

static void put_tbs(struct sch_builder *to, const char *const *fields) {
  for (int field = VERSION; field < EXTENSIONS; field++) {
    sch_der_assemble(to, fields[field]);
  }
  if (*fields[EXTENSIONS] != 0) {
    const size_t outer = sch_der_open(to, 0xa3);
    const size_t list = sch_der_open(to, 0x30);

    sch_der_assemble(to, fields[EXTENSIONS]);
    sch_der_close(to, list);
    sch_der_close(to, outer);
  }
  sch_der_assemble(to, fields[LATE]);
}

/* give offers the certificate of `recipe`, where `text` stands for `field`. */
static void give(sch_seed_sink *sink, const char *name, const struct recipe *recipe,
                 enum field field, const char *text) {
  static uint8_t room[ROOM];
  struct sch_builder to = sch_builder_of(room, sizeof(room));
  const char *fields[FIELD_COUNT];

  for (int i = 0; i < FIELD_COUNT; i++) {
    fields[i] = recipe->fields[i] == NULL ? plain.fields[i] : recipe->fields[i];
  }
  fields[field] = text;
  if (fields[OUTER] == NULL) {
    fields[OUTER] = fields[ALGORITHM];
  }
  const size_t whole = sch_der_open(&to, 0x30);
  const size_t tbs = sch_der_open(&to, 0x30);

  put_tbs(&to, fields);
  sch_der_close(&to, tbs);
  sch_der_assemble(&to, fields[OUTER]);
  sch_der_assemble(&to, fields[SIGNATURE]);
  sch_der_close(&to, whole);
  sch_der_assemble(&to, fields[TAIL]);
  ENSURE(!to.failed);
  sink("certificate", name, sch_builder_built(&to));
}

static void give_recipe(sch_seed_sink *sink, const struct recipe *recipe) {
  const char *tail = recipe->fields[TAIL] == NULL ? "" : recipe->fields[TAIL];

  give(sink, recipe->name, recipe, TAIL, tail);
}

static void give_pair(sch_seed_sink *sink, const char *state, const struct pair *pair,
                      const char *text) {
  char name[128];

  (void)snprintf(name, sizeof(name), "%s-%s%s%s", state, sch_fault_name(pair->fault),
                 pair->variant == NULL ? "" : "-", pair->variant == NULL ? "" : pair->variant);
  for (char *at = name; *at != 0; at++) {
    *at = *at == '_' ? '-' : *at;
  }
  give(sink, name, pair->base, pair->field, text);
}

void sch_seeds_certificate(sch_seed_sink *sink) {
  give_recipe(sink, &plain);
  give_recipe(sink, &unique_ids);
  give_recipe(sink, &no_subject);
  give_recipe(sink, &no_extensions);
  for (size_t i = 0; i < SCH_COUNT(wholes); i++) {
    give_recipe(sink, &wholes[i]);
  }
  for (size_t i = 0; i < SCH_COUNT(pairs); i++) {
    if (pairs[i].good != NULL) {
      give_pair(sink, "good", &pairs[i], pairs[i].good);
    }
    give_pair(sink, "broken", &pairs[i], pairs[i].broken);
  }
  for (size_t i = 0; i < SCH_COUNT(bare); i++) {
    give_bare(sink, bare[i].name, bare[i].whole);
  }
}
