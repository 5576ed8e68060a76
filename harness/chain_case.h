/* chain_case: what an input of the chain target says: a typed description of certificates, CRLs and
 * of what is asked of them, as a list of records.
 *
 * Everything about a record is in the tables here: the binary form (this file), the text form
 * (chain_text.h), the mutator (chain_mutate.h), the encoder (chain_make.h) and the model of the
 * truth (chain_truth.h) all read them. Any bytes are a description, and any description has exactly
 * one binary and one text form.
 *
 * Binary form: records one behind the other, each a byte for its kind (modulo how many there are),
 * its fields in the order of the table, big-endian in as few bytes as their range needs, modulo
 * that range, and for kinds with text a byte for its size and the text. A record that is not whole
 * ends the description.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_CHAIN_CASE_H
#define SCH_CHAIN_CASE_H

#include "bytes/builder.h"

#define SCH_CASE_RECORDS 64         /* records behind these do not count */
#define SCH_CASE_FIELDS 28          /* of one record, at most */
#define SCH_CASE_TEXT 64            /* bytes of text, at most */
#define SCH_CASE_ROOM (1 << 14)     /* bytes that hold the binary form of any description */
#define SCH_CASE_EPOCH 1767225600   /* Unix seconds that times count from: 2026-01-01 */
#define SCH_CASE_TIME_MAX 700000000 /* how far from there, in seconds: 2003 to 2048 */
#define SCH_CASE_NONE (-1)          /* of a number that may be absent */

/* Words of fields, in the order of their values. */
#define SCH_CASE_PURPOSES "server", "client", "any"
#define SCH_CASE_REVOCATIONS "hard", "soft", "off"
#define SCH_CASE_NO_YES "no", "yes"
#define SCH_CASE_WANTED "none", "dns", "ip", "email"
#define SCH_CASE_POLICIES "any", "gold", "silver", "bronze", "tin"
#define SCH_CASE_PLACES "leaf", "sent", "known", "anchor"
#define SCH_CASE_NAMES                                                                           \
  "leaf", "other", "root", "second", "alpha", "beta", "gamma", "delta", "acme", "empty", "host", \
      "address"
#define SCH_CASE_FORMS "utf8", "printable", "upper", "blanks"
#define SCH_CASE_KEYS "a", "b", "c", "d", "e", "f", "ed-a", "ed-b", "weak"
#define SCH_CASE_DIGESTS "sha256", "sha384", "sha1"
#define SCH_CASE_VERSIONS "v1", "v3"
#define SCH_CASE_AUTHORITIES "absent", "no", "yes"
#define SCH_CASE_USAGES                                                                       \
  "signature", "commitment", "key-encipherment", "data-encipherment", "agreement", "certify", \
      "crl", "encipher-only", "decipher-only"
#define SCH_CASE_EXTENDED "server", "client", "code", "email", "any"
#define SCH_CASE_KEY_IDS "absent", "right", "wrong"
#define SCH_CASE_CRITICAL "names", "subtrees", "policies", "purposes", "key-id", "authority"
#define SCH_CASE_BREAKS                                                                           \
  "nothing", "signature-bit", "signed-before", "signature-of-empty", "signature-empty",           \
      "signature-padded", "signature-other-s", "outer-algorithm", "other-algorithm",              \
      "length-not-minimal", "element-behind", "negative-serial", "extension-twice", "late-digit", \
      "explicit-curve"
#define SCH_CASE_KINDS "dns", "email", "ip", "uri", "directory", "registered", "other"
#define SCH_CASE_SIDES "permit", "exclude"
#define SCH_CASE_ONLY "all", "users", "authorities", "attributes"
/* What is asked beside the verdict itself: see fuzz_chain.c. */
#define SCH_CASE_CHECKS "order", "twice", "stricter", "fewer", "revoke", "budget", "gnutls"

/* Fields of each kind of record: name, type, lowest and highest value, value when not said, words.
 * A `word` is one of the words, a `set` any of them, a bit each, a `number` itself. */
#define SCH_CASE_ASK(F)                                         \
  F(time, number, -SCH_CASE_TIME_MAX, SCH_CASE_TIME_MAX, 0, "") \
  F(nanoseconds, number, 0, 999999999, 0, "")                   \
  F(purpose, word, 0, 2, 0, SCH_CASE_PURPOSES)                  \
  F(revocation, word, 0, 2, 2, SCH_CASE_REVOCATIONS)            \
  F(depth, number, 0, 30, 16, "")                               \
  F(strength, number, 0, 5, 2, "")                              \
  F(explicit, word, 0, 1, 0, SCH_CASE_NO_YES)                   \
  F(inhibit_mapping, word, 0, 1, 0, SCH_CASE_NO_YES)            \
  F(inhibit_any, word, 0, 1, 0, SCH_CASE_NO_YES)                \
  F(common_name, word, 0, 1, 0, SCH_CASE_NO_YES)                \
  F(checks, set, 0, 127, 0, SCH_CASE_CHECKS)
#define SCH_CASE_WANT(F) F(kind, word, 0, 3, 1, SCH_CASE_WANTED)
#define SCH_CASE_WISH(F) F(policy, word, 0, 4, 1, SCH_CASE_POLICIES)
#define SCH_CASE_CERTIFICATE(F)                                                \
  F(place, word, 0, 3, 0, SCH_CASE_PLACES)                                     \
  F(subject, word, 0, 11, 0, SCH_CASE_NAMES)                                   \
  F(subject_form, word, 0, 3, 0, SCH_CASE_FORMS)                               \
  F(issuer, word, 0, 11, 2, SCH_CASE_NAMES)                                    \
  F(issuer_form, word, 0, 3, 0, SCH_CASE_FORMS)                                \
  F(key, word, 0, 8, 0, SCH_CASE_KEYS)                                         \
  F(signer, word, 0, 8, 0, SCH_CASE_KEYS)                                      \
  F(digest, word, 0, 2, 0, SCH_CASE_DIGESTS)                                   \
  F(serial, number, 0, 255, 1, "")                                             \
  F(not_before, number, -SCH_CASE_TIME_MAX, SCH_CASE_TIME_MAX, -100000000, "") \
  F(not_after, number, -SCH_CASE_TIME_MAX, SCH_CASE_TIME_MAX, 100000000, "")   \
  F(version, word, 0, 1, 1, SCH_CASE_VERSIONS)                                 \
  F(ca, word, 0, 2, 0, SCH_CASE_AUTHORITIES)                                   \
  F(ca_critical, word, 0, 1, 1, SCH_CASE_NO_YES)                               \
  F(path_length, number, SCH_CASE_NONE, 8, SCH_CASE_NONE, "")                  \
  F(usage, set, 0, 511, 0, SCH_CASE_USAGES)                                    \
  F(purposes, set, 0, 31, 0, SCH_CASE_EXTENDED)                                \
  F(key_id, word, 0, 2, 1, SCH_CASE_KEY_IDS)                                   \
  F(authority, word, 0, 2, 1, SCH_CASE_KEY_IDS)                                \
  F(critical, set, 0, 63, 2, SCH_CASE_CRITICAL)                                \
  F(explicit, number, SCH_CASE_NONE, 4, SCH_CASE_NONE, "")                     \
  F(inhibit_mapping, number, SCH_CASE_NONE, 4, SCH_CASE_NONE, "")              \
  F(inhibit_any, number, SCH_CASE_NONE, 4, SCH_CASE_NONE, "")                  \
  F(breaks, word, 0, 14, 0, SCH_CASE_BREAKS)
#define SCH_CASE_NAME(F)                 \
  F(kind, word, 0, 6, 0, SCH_CASE_KINDS) \
  F(directory, word, 0, 11, 0, SCH_CASE_NAMES)
#define SCH_CASE_SUBTREE(F)              \
  F(side, word, 0, 1, 0, SCH_CASE_SIDES) \
  F(kind, word, 0, 6, 0, SCH_CASE_KINDS) \
  F(directory, word, 0, 11, 0, SCH_CASE_NAMES)
#define SCH_CASE_POLICY(F) F(policy, word, 0, 4, 1, SCH_CASE_POLICIES)
#define SCH_CASE_MAPPING(F)                 \
  F(from, word, 0, 4, 1, SCH_CASE_POLICIES) \
  F(to, word, 0, 4, 2, SCH_CASE_POLICIES)
#define SCH_CASE_EXTENSION(F)    \
  F(number, number, 0, 7, 0, "") \
  F(critical, word, 0, 1, 0, SCH_CASE_NO_YES)
#define SCH_CASE_CRL(F)                                                       \
  F(issuer, word, 0, 11, 2, SCH_CASE_NAMES)                                   \
  F(issuer_form, word, 0, 3, 0, SCH_CASE_FORMS)                               \
  F(signer, word, 0, 8, 0, SCH_CASE_KEYS)                                     \
  F(digest, word, 0, 2, 0, SCH_CASE_DIGESTS)                                  \
  F(this_update, number, -SCH_CASE_TIME_MAX, SCH_CASE_TIME_MAX, -1000000, "") \
  F(next_update, number, -SCH_CASE_TIME_MAX, SCH_CASE_TIME_MAX, 1000000, "")  \
  F(number, number, 0, 127, 1, "")                                            \
  F(base, number, SCH_CASE_NONE, 127, SCH_CASE_NONE, "")                      \
  F(only, word, 0, 3, 0, SCH_CASE_ONLY)                                       \
  F(authority, word, 0, 2, 1, SCH_CASE_KEY_IDS)                               \
  F(critical, word, 0, 1, 0, SCH_CASE_NO_YES)                                 \
  F(breaks, word, 0, 14, 0, SCH_CASE_BREAKS)
#define SCH_CASE_REVOKED(F)        \
  F(serial, number, 0, 255, 1, "") \
  F(reason, number, SCH_CASE_NONE, 10, SCH_CASE_NONE, "")

/* Every kind of record: name, table, whether it has text, and whether it belongs to the nearest
 * certificate or CRL before it. There is one ask and one wanted name that count: the first. */
#define SCH_CASE_RECORD_KINDS(X)            \
  X(ask, ASK, false, false)                 \
  X(want, WANT, true, false)                \
  X(wish, WISH, false, false)               \
  X(certificate, CERTIFICATE, false, false) \
  X(name, NAME, true, true)                 \
  X(subtree, SUBTREE, true, true)           \
  X(policy, POLICY, false, true)            \
  X(mapping, MAPPING, false, true)          \
  X(extension, EXTENSION, false, true)      \
  X(crl, CRL, false, false)                 \
  X(revoked, REVOKED, false, true)

enum sch_case_kind {
#define SCH_CASE_KIND(name, fields, text, belongs) SCH_CASE_KIND_##name,
  SCH_CASE_RECORD_KINDS(SCH_CASE_KIND)
#undef SCH_CASE_KIND
      SCH_CASE_KIND_COUNT
};

/* Where a field is in its record: SCH_CASE_<kind>_<field>. */
#define SCH_CASE_ASK_AT(name, ...) SCH_ASK_##name,
#define SCH_CASE_WANT_AT(name, ...) SCH_WANT_##name,
#define SCH_CASE_WISH_AT(name, ...) SCH_WISH_##name,
#define SCH_CASE_CERTIFICATE_AT(name, ...) SCH_CERTIFICATE_##name,
#define SCH_CASE_NAME_AT(name, ...) SCH_NAME_##name,
#define SCH_CASE_SUBTREE_AT(name, ...) SCH_SUBTREE_##name,
#define SCH_CASE_POLICY_AT(name, ...) SCH_POLICY_##name,
#define SCH_CASE_MAPPING_AT(name, ...) SCH_MAPPING_##name,
#define SCH_CASE_EXTENSION_AT(name, ...) SCH_EXTENSION_AT_##name,
#define SCH_CASE_CRL_AT(name, ...) SCH_CRL_AT_##name,
#define SCH_CASE_REVOKED_AT(name, ...) SCH_REVOKED_##name,
#define SCH_CASE_PLACES_OF(name, fields, text, belongs) \
  enum { SCH_CASE_##fields(SCH_CASE_##fields##_AT) SCH_CASE_##fields##_COUNT };
SCH_CASE_RECORD_KINDS(SCH_CASE_PLACES_OF)
#undef SCH_CASE_PLACES_OF

/* Values of words that code speaks of. */
enum { SCH_PLACE_LEAF, SCH_PLACE_SENT, SCH_PLACE_KNOWN, SCH_PLACE_ANCHOR };
enum { SCH_SUBJECT_ROOT = 2, SCH_SUBJECT_ACME = 8, SCH_SUBJECT_EMPTY, SCH_SUBJECT_HOST };
enum { SCH_FORM_UTF8, SCH_FORM_PRINTABLE, SCH_FORM_UPPER, SCH_FORM_BLANKS };
enum { SCH_KEY_ED = 6, SCH_KEY_WEAK = 8, SCH_KEY_COUNT };
enum { SCH_DIGEST_SHA256, SCH_DIGEST_SHA384, SCH_DIGEST_SHA1 };
enum { SCH_CA_ABSENT, SCH_CA_NO, SCH_CA_YES };
enum { SCH_ID_ABSENT, SCH_ID_RIGHT, SCH_ID_WRONG };
enum { SCH_USE_SIGNATURE, SCH_USE_KEY = 2, SCH_USE_AGREEMENT = 4, SCH_USE_CERTIFY, SCH_USE_CRL };
enum {
  SCH_CRITICAL_NAMES,
  SCH_CRITICAL_SUBTREES,
  SCH_CRITICAL_POLICIES,
  SCH_CRITICAL_PURPOSES,
  SCH_CRITICAL_KEY_ID,
  SCH_CRITICAL_AUTHORITY
};
enum sch_break {
  SCH_BREAK_NOTHING,
  SCH_BREAK_SIGNATURE_BIT,      /* a bit of the signature is turned */
  SCH_BREAK_SIGNED_BEFORE,      /* what was signed had another serial number */
  SCH_BREAK_SIGNATURE_OF_EMPTY, /* a good signature, of no bytes */
  SCH_BREAK_SIGNATURE_EMPTY,    /* of no bytes */
  SCH_BREAK_SIGNATURE_PADDED,   /* a byte more */
  SCH_BREAK_OTHER_S,            /* ECDSA's other good signature; as good */
  SCH_BREAK_OUTER_ALGORITHM,    /* not the inner one */
  SCH_BREAK_OTHER_ALGORITHM,    /* both say what the key is not for */
  SCH_BREAK_LENGTH,             /* the outermost length has a byte too many */
  SCH_BREAK_ELEMENT_BEHIND,     /* the outermost SEQUENCE goes on */
  SCH_BREAK_NEGATIVE_SERIAL,
  SCH_BREAK_EXTENSION_TWICE, /* the first extension; nothing when there is none */
  SCH_BREAK_LATE_DIGIT,      /* a time with a letter for its last digit */
  SCH_BREAK_EXPLICIT_CURVE   /* the key's curve by its numbers; nothing unless the key is on one */
};
enum {
  SCH_KIND_DNS,
  SCH_KIND_EMAIL,
  SCH_KIND_IP,
  SCH_KIND_URI,
  SCH_KIND_DIRECTORY,
  SCH_KIND_REGISTERED,
  SCH_KIND_OTHER
};
enum { SCH_ONLY_ALL, SCH_ONLY_USERS, SCH_ONLY_AUTHORITIES, SCH_ONLY_ATTRIBUTES };
enum {
  SCH_CHECK_ORDER = 1,
  SCH_CHECK_TWICE = 2,
  SCH_CHECK_STRICTER = 4,
  SCH_CHECK_FEWER = 8,
  SCH_CHECK_REVOKE = 16,
  SCH_CHECK_BUDGET = 32,
  SCH_CHECK_GNUTLS = 64,
  SCH_CHECK_ALL = 127
};

struct sch_case_record {
  uint8_t kind; /* enum sch_case_kind */
  uint8_t text_size;
  int32_t values[SCH_CASE_FIELDS];
  uint8_t text[SCH_CASE_TEXT];
};

struct sch_case {
  size_t count;
  struct sch_case_record records[SCH_CASE_RECORDS];
};

enum sch_case_type { SCH_CASE_number, SCH_CASE_word, SCH_CASE_set };

struct sch_case_field {
  const char *name;
  enum sch_case_type type;
  int32_t low;
  int32_t high;
  int32_t plain; /* when it is not said */
  const char *const *words;
  size_t word_count;
};

struct sch_case_shape {
  const char *name;
  const struct sch_case_field *fields;
  size_t count;
  bool has_text;
  bool belongs;
};

/* sch_case_shape gives the table of a kind of record. */
const struct sch_case_shape *sch_case_shape(enum sch_case_kind kind);

/* sch_case_plain gives a record of a kind, with every field at what it is when not said. */
struct sch_case_record sch_case_plain(enum sch_case_kind kind);

/* sch_case_read reads the binary form: every byte string is one. */
void sch_case_read(struct sch_case *to, struct sch_span bytes);

/* sch_case_write writes it; SCH_CASE_ROOM bytes hold any. */
void sch_case_write(const struct sch_case *from, struct sch_builder *to);

/* sch_case_same says whether two descriptions say the same, record by record. */
bool sch_case_same(const struct sch_case *left, const struct sch_case *right);

/* sch_case_add appends a record and gives it; NULL when there is no room for one more. */
struct sch_case_record *sch_case_add(struct sch_case *to, const struct sch_case_record *record);

#endif
