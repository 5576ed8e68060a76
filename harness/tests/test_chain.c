/* test_chain: verdicts over chains signed by toy keys: each accepted, or refused for exactly the
 * reasons that are wrong with it, whatever the order of what was sent along.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "cert/chain.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <time.h>

#include "cert/chain_cache_openssl.h"
#include "starve.h"
#include "stream/verifier.h"
#include "test.h"
#include "toy_chain.h"
#include "verify.h"

enum { OTHERS = 128 };

/* --- memory that can be made to fail */

static size_t engine_blocks;

static void *engine_malloc(size_t size, const char *file, int line) {
  (void)file;
  (void)line;
  if (sch_starve_refuses(SCH_STARVE_OPENSSL)) {
    return NULL;
  }
  engine_blocks++;
  return malloc(size);
}

static void *engine_realloc(void *block, size_t size, const char *file, int line) {
  if (block == NULL) {
    return engine_malloc(size, file, line);
  }
  return sch_starve_refuses(SCH_STARVE_OPENSSL) ? NULL : realloc(block, size);
}

static void engine_free(void *block, const char *file, int line) {
  (void)file;
  (void)line;
  engine_blocks -= block != NULL ? 1 : 0;
  free(block);
}

__attribute__((constructor)) static void take_memory(void) {
  if (CRYPTO_set_mem_functions(engine_malloc, engine_realloc, engine_free) != 1) {
    abort();
  }
}

/* --- one question */

static struct sch_store *store;
static struct sch_span leaf;
static struct sch_span others[OTHERS];
static size_t other_count;
static struct sch_chain_policy policy;
static struct sch_chain_work limits;
static struct sch_verdict verdict;

static void begin(void) {
  sch_store_drop(store);
  sch_toy_drop();
  store = sch_store_create();
  other_count = 0;
  policy = sch_chain_policy_default(SCH_TOY_NOW);
  policy.revocation = SCH_CHAIN_OFF;
  limits = sch_chain_work_default();
}

static void end(void) {
  sch_store_drop(store);
  store = NULL;
  sch_toy_drop();
}

static void keep(enum sch_store_part part, struct sch_span der) {
  struct sch_store_added added = {0};

  CHECK_EQUAL(sch_store_add(store, part, der, &added), SEC_E_OK);
}

#define MAKE(...) sch_toy_certificate(&(struct sch_toy){__VA_ARGS__})
#define TRUST(...) keep(SCH_STORE_ANCHORS, MAKE(__VA_ARGS__))
#define SEND(...) others[other_count++] = MAKE(__VA_ARGS__)
#define LEAF(...) leaf = MAKE(__VA_ARGS__)
#define REVOKE(...) keep(SCH_STORE_CRLS, sch_toy_crl(&(struct sch_toy){__VA_ARGS__}))

/* Keys: 1 Root, 2 CA, 3 Leaf, others as they come. */
#define ROOT .subject = "Root", .key = 1
#define CA .subject = "CA", .key = 2, .issuer = "Root", .signer = 1
#define END .subject = "Leaf", .key = 3, .issuer = "CA", .signer = 2, .serial = "03"

static void usual(void) {
  begin();
  TRUST(ROOT);
  SEND(CA);
  LEAF(END, .extensions = SCH_TOY_LEAF);
}

static char said[4096];

static const char *say(void) {
  FILE *to = fmemopen(said, sizeof said, "w");

  sch_verify_print(&verdict, to);
  (void)fclose(to);
  return said;
}

static void check_whole(void) {
  size_t cursor = 0;
  struct sch_reason reason;

  CHECK(verdict.accepted == (verdict.trust.bits == 0));
  CHECK(verdict.accepted == !sch_trust_next(&verdict.trust, &cursor, &reason));
  CHECK(!verdict.accepted || verdict.anchored);
  CHECK((sch_trust_status(verdict.trust.bits) == SEC_E_OK) == verdict.accepted);
  CHECK(verdict.work.candidates <= limits.candidates);
  CHECK(verdict.work.signatures <= limits.signatures);
}

static void ask(void) {
  const struct sch_span sent = sch_toy_join(others, other_count);

  sch_chain_verify(store, leaf, sent, &policy, &limits, &verdict);
  check_whole();
}

static void reverse(void) {
  for (size_t i = 0; i < other_count / 2; i++) {
    const struct sch_span other = others[i];

    others[i] = others[other_count - 1 - i];
    others[other_count - 1 - i] = other;
  }
}

/* expect asks, and asks again with what was sent along in reverse, and twice. */
static void expect_at(int line, const char *reasons) {
  size_t counts[SCH_STORE_PARTS];
  const size_t sent = other_count;

  for (size_t i = 0; i < SCH_STORE_PARTS; i++) {
    counts[i] = sch_store_count(store, (enum sch_store_part)i);
  }
  for (int round = 0; round < 3; round++) {
    ask();
    if (strcmp(say(), reasons) != 0) {
      test_fail(__FILE__, line, reasons, said);
    }
    reverse();
    if (round == 1 && sent <= OTHERS / 2) {
      sch_copy(others + sent, others, sent * sizeof *others);
      other_count *= 2;
    }
  }
  reverse();
  other_count = sent;
  for (size_t i = 0; i < SCH_STORE_PARTS; i++) {
    CHECK_EQUAL(sch_store_count(store, (enum sch_store_part)i), counts[i]);
  }
}

#define EXPECT(reasons) expect_at(__LINE__, reasons)

/* --- paths */

TEST(accepted) {
  usual();
  EXPECT("-");
  CHECK_EQUAL(verdict.trust.count, 3);
  CHECK_BYTES(verdict.path[0], leaf);
  CHECK_BYTES(verdict.path[1], others[0]);
  CHECK(sch_store_holds(store, SCH_STORE_ANCHORS, verdict.path[2]));
  CHECK_EQUAL(verdict.work.candidates, 1);
  CHECK_EQUAL(verdict.work.signatures, 2);
  /* An intermediate that the store knows need not be sent, and an anchor may be any certificate. */
  keep(SCH_STORE_INTERMEDIATES, others[0]);
  other_count = 0;
  EXPECT("-");
  begin();
  TRUST(CA);
  LEAF(END, .extensions = SCH_TOY_LEAF);
  EXPECT("-");
  CHECK_EQUAL(verdict.trust.count, 2);
  begin();
  LEAF(END, .extensions = SCH_TOY_LEAF);
  keep(SCH_STORE_ANCHORS, leaf);
  EXPECT("-");
  CHECK_EQUAL(verdict.trust.count, 1);
  begin();
  LEAF(.subject = "Self", .key = 9, .extensions = SCH_TOY_LEAF);
  keep(SCH_STORE_ANCHORS, leaf);
  EXPECT("-");
  end();
}

/* Without an anchor nothing is accepted, and what is missing is said. */
TEST(no_anchor) {
  begin();
  SEND(CA);
  LEAF(END, .extensions = SCH_TOY_LEAF);
  EXPECT("UnableToGetIssuerCertificate@1:IS_PARTIAL_CHAIN");
  CHECK(!verdict.anchored);
  SEND(ROOT);
  EXPECT("CertificateUntrusted@2:IS_UNTRUSTED_ROOT");
  begin();
  TRUST(.subject = "Other", .key = 5);
  LEAF(.subject = "Self", .key = 9, .extensions = SCH_TOY_LEAF);
  EXPECT("CertificateUntrusted@0:IS_UNTRUSTED_ROOT");
  LEAF(END, .extensions = SCH_TOY_LEAF);
  EXPECT("UnableToGetIssuerCertificate@0:IS_PARTIAL_CHAIN");
  leaf = (struct sch_span){0};
  EXPECT("NoPeerCertificate@chain:NO_CERTIFICATE");
  leaf = sch_toy_bytes("30{ 05{ } }");
  EXPECT("UnableToDecodeCertificate@0:UNREADABLE");
  end();
}

/* An anchor is its whole DER: another certificate of its name, or of its name and key, is none. */
TEST(anchors_by_whole_der) {
  usual();
  begin();
  TRUST(ROOT);
  SEND(.subject = "Root", .key = 7);
  SEND(.subject = "CA", .key = 2, .issuer = "Root", .signer = 7);
  LEAF(END, .extensions = SCH_TOY_LEAF);
  /* It leads to the real anchor's name, whose key did not sign it, and to the impostor. */
  EXPECT("CertificateUntrusted@2:IS_UNTRUSTED_ROOT");
  begin();
  TRUST(ROOT);
  LEAF(.subject = "Root", .key = 1, .serial = "77", .extensions = SCH_TOY_LEAF);
  EXPECT("CertificateUntrusted@0:IS_UNTRUSTED_ROOT");
  end();
}

TEST(signatures) {
  usual();
  LEAF(END, .extensions = SCH_TOY_LEAF, .damaged = true);
  EXPECT("CertificateSignatureFailed@0:IS_NOT_SIGNATURE_VALID");
  usual();
  others[0] = MAKE(CA, .damaged = true);
  EXPECT("CertificateSignatureFailed@1:IS_NOT_SIGNATURE_VALID");
  /* Signed by another key of the CA's name, which the key identifier gives away, or does not. */
  usual();
  LEAF(.subject = "Leaf", .key = 3, .issuer = "CA", .signer = 8, .extensions = SCH_TOY_LEAF);
  EXPECT(
      "CertificateSignatureFailed@0:IS_NOT_SIGNATURE_VALID,UnspecifiedError@1:INVALID_EXTENSION");
  usual();
  LEAF(.subject = "Leaf", .key = 3, .issuer = "CA", .signer = 8, .no_key_ids = true,
       .extensions = SCH_TOY_EXTENSION("authority_key_id", "30{ 80{ 02*8 } }") SCH_TOY_LEAF);
  EXPECT("CertificateSignatureFailed@0:IS_NOT_SIGNATURE_VALID");
  /* The anchor's own signature says nothing. */
  begin();
  TRUST(ROOT, .damaged = true);
  SEND(CA);
  LEAF(END, .extensions = SCH_TOY_LEAF);
  EXPECT("-");
  end();
}

/* --- dates */

#define DATES(from, to) "30{ 17{ '" from "' } 17{ '" to "' } }"

TEST(dates) {
  usual();
  LEAF(END, .validity = DATES("250101000000Z", "250101000010Z"), .extensions = SCH_TOY_LEAF);
  EXPECT("-");
  policy.time = SCH_TOY_NOW - 1;
  EXPECT("CertificateNotYetValid@0:IS_NOT_TIME_VALID");
  policy.time = SCH_TOY_NOW + 10;
  EXPECT("-");
  policy.nanoseconds = 1;
  EXPECT("CertificateExpired@0:IS_NOT_TIME_VALID");
  policy.nanoseconds = 0;
  policy.time = SCH_TOY_NOW + 11;
  EXPECT("CertificateExpired@0:IS_NOT_TIME_VALID");
  usual();
  others[0] = MAKE(CA, .validity = DATES("240101000000Z", "241231235959Z"));
  EXPECT("CertificateExpired@1:IS_NOT_TIME_VALID");
  begin();
  TRUST(ROOT, .validity = DATES("250101000001Z", "251231235959Z"));
  SEND(CA);
  LEAF(END, .extensions = SCH_TOY_LEAF);
  EXPECT("CertificateNotYetValid@2:IS_NOT_TIME_VALID");
  /* A form that authorities must not use is understood. */
  LEAF(END, .validity = "30{ 18{ '20240101000000Z' } 18{ '20260101000000Z' } }",
       .extensions = SCH_TOY_LEAF);
  policy.time = SCH_TOY_NOW + 60;
  EXPECT("-");
  policy.time = SCH_TOY_NOW;
  /* All that is wrong is said, of each element. */
  LEAF(END, .validity = DATES("240101000000Z", "241231235959Z"), .extensions = SCH_TOY_LEAF,
       .damaged = true);
  EXPECT(
      "CertificateExpired@0:IS_NOT_TIME_VALID,CertificateSignatureFailed@0:IS_NOT_SIGNATURE_VALID,"
      "CertificateNotYetValid@2:IS_NOT_TIME_VALID");
  end();
}

/* --- names and purposes */

TEST(names) {
  usual();
  policy.name = (struct sch_wanted){SCH_WANTED_host, sch_span_text("example.org"), false};
  EXPECT("-");
  policy.name.name = sch_span_text("example.com");
  EXPECT("HostNameMismatch@0:NAME_MISMATCH");
  LEAF(.subject = "example.com", .key = 3, .issuer = "CA", .signer = 2,
       .extensions = SCH_TOY_SERVER);
  EXPECT("HostNameMismatch@0:NAME_MISMATCH");
  policy.name.common_name = true;
  EXPECT("-");
  end();
}

TEST(purposes) {
  usual();
  policy.purpose = SCH_CHAIN_CLIENT;
  EXPECT("InvalidPurpose@0:IS_NOT_VALID_FOR_USAGE");
  policy.purpose = SCH_CHAIN_ANY;
  EXPECT("-");
  LEAF(END, .extensions = SCH_TOY_EXTENSION("extended_key_usage", "30{ @client_auth }"));
  EXPECT("-");
  policy.purpose = SCH_CHAIN_CLIENT;
  EXPECT("-");
  policy.purpose = SCH_CHAIN_SERVER;
  EXPECT("InvalidPurpose@0:IS_NOT_VALID_FOR_USAGE");
  /* No purpose is every purpose; Netscape's step up is none. */
  LEAF(END, .extensions = SCH_TOY_CRITICAL("key_usage", "03{ 07 80 }"));
  EXPECT("-");
  LEAF(END,
       .extensions = SCH_TOY_EXTENSION("extended_key_usage", "30{ 06{ 6086480186f8420401 } }"));
  EXPECT("InvalidPurpose@0:IS_NOT_VALID_FOR_USAGE");
  usual();
  others[0] = MAKE(
      CA, .extensions = SCH_TOY_CA SCH_TOY_EXTENSION("extended_key_usage", "30{ @client_auth }"));
  EXPECT("InvalidPurpose@1:IS_NOT_VALID_FOR_USAGE");
  end();
}

/* --- what makes a CA */

TEST(authorities) {
  usual();
  others[0] = MAKE(CA, .extensions = SCH_TOY_CRITICAL("basic_constraints", "30{ }")
                           SCH_TOY_CRITICAL("key_usage", "03{ 01 06 }"));
  EXPECT("InvalidPurpose@1:IS_NOT_VALID_FOR_USAGE,InvalidPurpose@1:INVALID_BASIC_CONSTRAINTS");
  others[0] = MAKE(CA, .extensions = SCH_TOY_SERVER);
  EXPECT("InvalidPurpose@1:IS_NOT_VALID_FOR_USAGE,InvalidPurpose@1:INVALID_BASIC_CONSTRAINTS");
  others[0] = MAKE(CA, .extensions = SCH_TOY_CRITICAL("basic_constraints", "30{ 01{ ff } }")
                           SCH_TOY_CRITICAL("key_usage", "03{ 01 02 }"));
  EXPECT("InvalidPurpose@1:IS_NOT_VALID_FOR_USAGE,InvalidPurpose@1:INVALID_BASIC_CONSTRAINTS");
  others[0] = MAKE(CA, .extensions = SCH_TOY_CRITICAL("basic_constraints", "30{ 01{ ff } }"));
  EXPECT("UnspecifiedError@1:INVALID_EXTENSION");
  others[0] = MAKE(CA, .extensions = SCH_TOY_EXTENSION("basic_constraints", "30{ 01{ ff } }")
                           SCH_TOY_CRITICAL("key_usage", "03{ 01 06 }"));
  EXPECT("UnspecifiedError@1:INVALID_EXTENSION");
  end();
}

#define LIMITED(number)                                                    \
  SCH_TOY_CRITICAL("basic_constraints", "30{ 01{ ff } 02{ " number " } }") \
  SCH_TOY_CRITICAL("key_usage", "03{ 01 06 }")

TEST(path_lengths) {
  usual();
  others[0] = MAKE(CA, .extensions = LIMITED("00"));
  EXPECT("-");
  SEND(.subject = "Sub", .key = 4, .issuer = "CA", .signer = 2);
  LEAF(.subject = "Leaf", .key = 3, .issuer = "Sub", .signer = 4, .extensions = SCH_TOY_LEAF);
  EXPECT("PathLengthExceeded@2:INVALID_BASIC_CONSTRAINTS");
  others[0] = MAKE(CA, .extensions = LIMITED("01"));
  EXPECT("-");
  end();
}

TEST(extensions) {
  usual();
  LEAF(END, .extensions = SCH_TOY_LEAF "30{ 06{ 2a03 } 01{ ff } 04{ } }");
  EXPECT("UnspecifiedError@0:HAS_NOT_SUPPORTED_CRITICAL_EXT");
  LEAF(END, .extensions = SCH_TOY_LEAF "30{ 06{ 2a03 } 04{ } }");
  EXPECT("-");
  others[0] = MAKE(CA, .extensions = SCH_TOY_CA "30{ 06{ 2a03 } 01{ ff } 04{ } }");
  EXPECT("UnspecifiedError@1:HAS_NOT_SUPPORTED_CRITICAL_EXT");
  /* What is on no path spoils none: an unknown extension, a name constraint, no DER at all. */
  usual();
  SEND(.subject = "Stranger", .key = 5, .extensions = SCH_TOY_CA "30{ 06{ 2a03 } 01{ ff } 04{ } }");
  others[other_count++] = sch_toy_bytes("30{ 02{ 01 } }");
  EXPECT("-");
  policy.purpose = SCH_CHAIN_CLIENT;
  EXPECT("UnableToDecodeCertificate@chain:UNREADABLE,InvalidPurpose@0:IS_NOT_VALID_FOR_USAGE");
  end();
}

/* --- name constraints */

#define CONSTRAINED(fields) SCH_TOY_CA SCH_TOY_CRITICAL("name_constraints", "30{ " fields " }")

TEST(name_constraints) {
  usual();
  others[0] = MAKE(CA, .extensions = CONSTRAINED("a0{ 30{ 82{ 'example.org' } } }"));
  EXPECT("-");
  others[0] = MAKE(CA, .extensions = CONSTRAINED("a0{ 30{ 82{ 'example.com' } } }"));
  EXPECT("UnspecifiedError@0:HAS_NOT_PERMITTED_NAME_CONSTRAINT");
  others[0] = MAKE(CA, .extensions = CONSTRAINED("a1{ 30{ 82{ 'org' } } }"));
  EXPECT("UnspecifiedError@0:HAS_EXCLUDED_NAME_CONSTRAINT");
  /* A commonName is no host name, and is held against no constraint. */
  LEAF(.subject = "evil.org", .key = 3, .issuer = "CA", .signer = 2,
       .extensions = SCH_TOY_SERVER SCH_TOY_NAMES("87{ c0000201 }"));
  EXPECT("-");
  /* The anchor's count too. */
  begin();
  TRUST(ROOT, .extensions = CONSTRAINED("a1{ 30{ 82{ 'org' } } }"));
  SEND(CA);
  LEAF(END, .extensions = SCH_TOY_LEAF);
  EXPECT("UnspecifiedError@0:HAS_EXCLUDED_NAME_CONSTRAINT");
  end();
}

/* --- alternates and cycles */

/* Two certificates of the CA's name: whatever is wrong with one, the other is found. */
#define ALTERNATE(...) \
  do {                 \
    usual();           \
    SEND(__VA_ARGS__); \
    EXPECT("-");       \
  } while (0)

TEST(alternates) {
  ALTERNATE(CA, .serial = "11", .validity = DATES("240101000000Z", "241231235959Z"));
  ALTERNATE(CA, .serial = "11", .damaged = true);
  ALTERNATE(CA, .serial = "11", .extensions = SCH_TOY_SERVER);
  ALTERNATE(CA, .serial = "11", .extensions = CONSTRAINED("a1{ 30{ 82{ 'org' } } }"));
  ALTERNATE(CA, .serial = "11", .extensions = SCH_TOY_CA "30{ 06{ 2a03 } 01{ ff } 04{ } }");
  ALTERNATE(.subject = "CA", .key = 6, .issuer = "Root", .signer = 1);
  ALTERNATE(.subject = "CA", .key = 2, .issuer = "Nobody", .signer = 5);
  ALTERNATE(.subject = "CA", .key = 2);
  /* Another key under the key identifier of the one that signed is not the one that signed. */
  usual();
  others[0] = MAKE(CA, .extensions = CONSTRAINED("a1{ 30{ 82{ 'org' } } }"));
  SEND(.subject = "CA", .key = 6, .issuer = "Root", .signer = 1, .no_key_ids = true,
       .extensions = SCH_TOY_EXTENSION("subject_key_id", "04{ 02*8 }")
           SCH_TOY_EXTENSION("authority_key_id", "30{ 80{ 01*8 } }")
               CONSTRAINED("a0{ 30{ 82{ 'example.org' } } 30{ 82{ 'example.com' } } }"));
  EXPECT("UnspecifiedError@0:HAS_EXCLUDED_NAME_CONSTRAINT");
  /* When all are bad, the least bad is the reason. */
  usual();
  others[0] = MAKE(CA, .serial = "11", .damaged = true);
  SEND(CA, .serial = "12", .validity = DATES("240101000000Z", "241231235959Z"));
  EXPECT("CertificateExpired@1:IS_NOT_TIME_VALID");
  end();
}

/* Backtracking goes as far back as it must: the way that looks best at first is bad at its end. */
TEST(backtracking) {
  usual();
  TRUST(.subject = "Root 2", .key = 5, .extensions = CONSTRAINED("a1{ 30{ 82{ 'org' } } }"));
  SEND(.subject = "CA", .key = 2, .issuer = "Middle", .signer = 4);
  SEND(.subject = "Middle", .key = 4, .issuer = "Root 2", .signer = 5);
  others[0] = MAKE(.subject = "CA", .key = 2, .issuer = "Middle 2", .signer = 6);
  SEND(.subject = "Middle 2", .key = 6, .issuer = "Root 2", .signer = 5);
  EXPECT("UnspecifiedError@0:HAS_EXCLUDED_NAME_CONSTRAINT");
  SEND(.subject = "Middle 2", .key = 6, .issuer = "Root", .signer = 1);
  EXPECT("-");
  CHECK_EQUAL(verdict.trust.count, 4);
  end();
}

TEST(cycles) {
  begin();
  SEND(.subject = "A", .key = 4, .issuer = "B", .signer = 5);
  SEND(.subject = "B", .key = 5, .issuer = "A", .signer = 4);
  LEAF(.subject = "Leaf", .key = 3, .issuer = "A", .signer = 4, .extensions = SCH_TOY_LEAF);
  EXPECT("UnspecifiedError@chain:IS_CYCLIC,UnableToGetIssuerCertificate@2:IS_PARTIAL_CHAIN");
  TRUST(ROOT);
  EXPECT("UnspecifiedError@chain:IS_CYCLIC,UnableToGetIssuerCertificate@2:IS_PARTIAL_CHAIN");
  SEND(.subject = "B", .key = 5, .issuer = "Root", .signer = 1);
  EXPECT("-");
  CHECK_EQUAL(verdict.trust.count, 4);
  end();
}

/* --- depth */

static const char *name_of(char to[16], int level) {
  (void)snprintf(to, 16, "CA %d", level);
  return to;
}

/* tower builds `levels` CAs between the leaf and an anchor. */
static void tower(int levels) {
  char subject[16];
  char issuer[16];

  begin();
  TRUST(.subject = name_of(subject, levels), .key = (uint8_t)(100 + levels));
  for (int level = 0; level < levels; level++) {
    SEND(.subject = name_of(subject, level), .key = (uint8_t)(100 + level),
         .issuer = name_of(issuer, level + 1), .signer = (uint8_t)(101 + level));
  }
  LEAF(.subject = "Leaf", .key = 3, .issuer = name_of(issuer, 0), .signer = 100,
       .extensions = SCH_TOY_LEAF);
}

TEST(depths) {
  tower(3);
  for (size_t depth = 0; depth <= 5; depth++) {
    policy.depth = depth;
    ask();
    CHECK_EQUAL(verdict.accepted, depth >= 3);
    CHECK(((verdict.trust.bits & CERT_TRUST_TOO_LONG) != 0) == (depth < 3));
  }
  policy.depth = 2;
  EXPECT("PathLengthExceeded@chain:TOO_LONG,UnableToGetIssuerCertificate@3:IS_PARTIAL_CHAIN");
  tower(SCH_CHAIN_DEPTH_MAX);
  EXPECT("PathLengthExceeded@chain:TOO_LONG,UnableToGetIssuerCertificate@17:IS_PARTIAL_CHAIN");
  policy.depth = SCH_CHAIN_DEPTH_MAX;
  EXPECT("-");
  CHECK_EQUAL(verdict.trust.count, SCH_TRUST_ELEMENTS_MAX);
  policy.depth++;
  CHECK_ABORTS(ask());
  end();
}

/* --- revocation */

#define GONE(serial) "30{ 02{ " serial " } 17{ '240601000000Z' } } "
#define NEVER_HEARD "CertificateStatusUnknown@0:REVOCATION_STATUS_UNKNOWN"

static void revocable(void) {
  usual();
  policy.revocation = SCH_CHAIN_HARD;
}

TEST(revocation) {
  revocable();
  EXPECT(NEVER_HEARD ",CertificateStatusUnknown@1:REVOCATION_STATUS_UNKNOWN");
  policy.revocation = SCH_CHAIN_SOFT;
  EXPECT("-");
  policy.revocation = SCH_CHAIN_HARD;
  REVOKE(.subject = "Root", .key = 1);
  EXPECT(NEVER_HEARD);
  REVOKE(.subject = "CA", .key = 2);
  EXPECT("-");
  revocable();
  REVOKE(.subject = "Root", .key = 1);
  REVOKE(.subject = "CA", .key = 2, .entries = GONE("02") GONE("03"));
  EXPECT("CertificateRevoked@0:IS_REVOKED");
  policy.revocation = SCH_CHAIN_SOFT;
  EXPECT("CertificateRevoked@0:IS_REVOKED");
  policy.revocation = SCH_CHAIN_OFF;
  EXPECT("-");
  revocable();
  REVOKE(.subject = "Root", .key = 1, .entries = GONE("01"));
  REVOKE(.subject = "CA", .key = 2);
  /* The root has the same serial, and is its own issuer: a list that names it revokes it too. */
  EXPECT("CertificateRevoked@1:IS_REVOKED,CertificateRevoked@2:IS_REVOKED");
  end();
}

#define SPAN(from, to) "17{ '" from "' } 17{ '" to "' }"

/* A list of another time is none, but what it says was revoked is revoked. */
TEST(revocation_dates) {
  revocable();
  REVOKE(.subject = "Root", .key = 1);
  REVOKE(.subject = "CA", .key = 2, .validity = SPAN("240101000000Z", "250101000000Z"));
  EXPECT("-");
  policy.time = SCH_TOY_NOW + 1;
  EXPECT("CertificateStatusUnknown@0:IS_OFFLINE_REVOCATION");
  policy.time = SCH_TOY_NOW;
  policy.nanoseconds = 1;
  EXPECT("CertificateStatusUnknown@0:IS_OFFLINE_REVOCATION");
  policy.revocation = SCH_CHAIN_SOFT;
  EXPECT("-");
  revocable();
  REVOKE(.subject = "Root", .key = 1);
  REVOKE(.subject = "CA", .key = 2, .validity = SPAN("240101000000Z", "240701000000Z"),
         .entries = GONE("03"));
  EXPECT("CertificateRevoked@0:IS_REVOKED,CertificateStatusUnknown@0:IS_OFFLINE_REVOCATION");
  policy.revocation = SCH_CHAIN_SOFT;
  EXPECT("CertificateRevoked@0:IS_REVOKED");
  revocable();
  REVOKE(.subject = "Root", .key = 1);
  REVOKE(.subject = "CA", .key = 2, .validity = SPAN("250101000001Z", "260101000000Z"));
  EXPECT("CertificateStatusUnknown@0:IS_OFFLINE_REVOCATION");
  end();
}

/* A list that nobody here signed is not there: it revokes nobody, vouches for nobody, and does not
 * stand in the way of one that somebody did sign, however new it is. */
TEST(forged_lists) {
  revocable();
  REVOKE(.subject = "Root", .key = 1);
  REVOKE(.subject = "CA", .key = 2, .damaged = true);
  EXPECT(NEVER_HEARD);
  REVOKE(.subject = "CA", .key = 2, .signer = 8);
  EXPECT(NEVER_HEARD);
  REVOKE(.subject = "CA", .key = 2, .validity = SPAN("240201000000Z", "491231235959Z"),
         .entries = GONE("03"), .damaged = true);
  EXPECT(NEVER_HEARD);
  policy.revocation = SCH_CHAIN_SOFT;
  EXPECT("-");
  policy.revocation = SCH_CHAIN_HARD;
  REVOKE(.subject = "CA", .key = 2);
  EXPECT("-");
  /* One by a key of the right name that is not the issuer's. */
  revocable();
  REVOKE(.subject = "Root", .key = 1);
  SEND(.subject = "CA", .key = 8, .issuer = "Stranger", .signer = 9);
  REVOKE(.subject = "CA", .key = 8, .entries = GONE("03"));
  EXPECT(NEVER_HEARD);
  policy.revocation = SCH_CHAIN_SOFT;
  EXPECT("-");
  end();
}

#define NUMBER SCH_TOY_EXTENSION("crl_number", "02{ 05 }")
#define SCOPE(fields) NUMBER SCH_TOY_CRITICAL("issuing_distribution_point", "30{ " fields " }")

TEST(scopes) {
  revocable();
  REVOKE(.subject = "Root", .key = 1);
  REVOKE(.subject = "CA", .key = 2, .extensions = SCOPE("82{ ff }"));
  EXPECT(NEVER_HEARD);
  REVOKE(.subject = "CA", .key = 2, .extensions = SCOPE("81{ ff }"), .entries = GONE("03"));
  EXPECT("CertificateRevoked@0:IS_REVOKED");
  revocable();
  REVOKE(.subject = "Root", .key = 1);
  REVOKE(.subject = "CA", .key = 2, .extensions = NUMBER "30{ 06{ 2a03 } 01{ ff } 04{ } }",
         .entries = GONE("03"));
  EXPECT(NEVER_HEARD);
  /* The second name of a distribution point is as good as the first (GHSA-pwjx-qhcg-rvj4). */
  revocable();
  REVOKE(.subject = "Root", .key = 1);
  LEAF(END, .extensions = SCH_TOY_LEAF SCH_TOY_EXTENSION(
                "crl_distribution_points", "30{ 30{ a0{ a0{ 86{ 'x:1' } 86{ 'x:2' } } } } }"));
  REVOKE(.subject = "CA", .key = 2, .extensions = SCOPE("a0{ a0{ 86{ 'x:3' } 86{ 'x:2' } } }"),
         .entries = GONE("03"));
  EXPECT("CertificateRevoked@0:IS_REVOKED");
  revocable();
  REVOKE(.subject = "Root", .key = 1);
  LEAF(END, .extensions = SCH_TOY_LEAF SCH_TOY_EXTENSION(
                "crl_distribution_points", "30{ 30{ a0{ a0{ 86{ 'x:1' } 86{ 'x:2' } } } } }"));
  REVOKE(.subject = "CA", .key = 2, .extensions = SCOPE("a0{ a0{ 86{ 'x:3' } } }"));
  EXPECT(NEVER_HEARD);
  end();
}

#define HELD(reason) \
  "30{ 02{ 03 } 17{ '240601000000Z' } 30{ 30{ @crl_reason 04{ 0a{ " reason " } } } } }"
#define DELTA \
  SCH_TOY_EXTENSION("crl_number", "02{ 06 }") SCH_TOY_CRITICAL("delta_crl_indicator", "02{ 05 }")

/* OpenSSL looks for a delta where a complete list says that there may be one. */
#define FRESH NUMBER SCH_TOY_EXTENSION("freshest_crl", "30{ 30{ a0{ a0{ 86{ 'x' } } } } }")

TEST(deltas) {
  revocable();
  REVOKE(.subject = "Root", .key = 1);
  REVOKE(.subject = "CA", .key = 2, .extensions = FRESH);
  REVOKE(.subject = "CA", .key = 2, .extensions = DELTA, .entries = HELD("01"));
  EXPECT("CertificateRevoked@0:IS_REVOKED");
  revocable();
  REVOKE(.subject = "Root", .key = 1);
  REVOKE(.subject = "CA", .key = 2, .extensions = FRESH, .entries = HELD("06"));
  EXPECT("CertificateRevoked@0:IS_REVOKED");
  REVOKE(.subject = "CA", .key = 2, .extensions = DELTA, .entries = HELD("08"));
  EXPECT("-");
  /* A delta alone is no complete list. */
  revocable();
  REVOKE(.subject = "Root", .key = 1);
  REVOKE(.subject = "CA", .key = 2, .extensions = DELTA);
  EXPECT(NEVER_HEARD);
  /* A forged delta does not take back what was revoked. */
  revocable();
  REVOKE(.subject = "Root", .key = 1);
  REVOKE(.subject = "CA", .key = 2, .extensions = FRESH, .entries = HELD("06"));
  REVOKE(.subject = "CA", .key = 2, .extensions = DELTA, .entries = HELD("08"), .damaged = true);
  policy.revocation = SCH_CHAIN_SOFT;
  EXPECT("CertificateRevoked@0:IS_REVOKED");
  end();
}

#define SIGNS_CRLS SCH_TOY_CRITICAL("key_usage", "03{ 01 02 }")

/* A list may be signed by another key of the CA's name, or by another name that the certificate
 * points at; each must lead to the same anchor. */
TEST(other_signers) {
  revocable();
  REVOKE(.subject = "Root", .key = 1);
  SEND(.subject = "CA", .key = 8, .issuer = "Root", .signer = 1, .serial = "08",
       .extensions = SIGNS_CRLS);
  REVOKE(.subject = "CA", .key = 8, .entries = GONE("03"));
  EXPECT("CertificateRevoked@0:IS_REVOKED");
  revocable();
  REVOKE(.subject = "Root", .key = 1);
  SEND(.subject = "CA", .key = 8, .issuer = "Root", .signer = 1, .serial = "08",
       .extensions = SIGNS_CRLS);
  REVOKE(.subject = "CA", .key = 8);
  EXPECT("-");
  revocable();
  REVOKE(.subject = "Root", .key = 1);
  SEND(.subject = "Lists", .key = 8, .issuer = "Root", .signer = 1, .serial = "08",
       .extensions = SIGNS_CRLS);
  LEAF(END, .extensions = SCH_TOY_LEAF SCH_TOY_EXTENSION(
                "crl_distribution_points",
                "30{ 30{ a2{ a4{ 30{ 31{ 30{ @common_name 0c{ 'Lists' } } } } } } } }"));
  EXPECT(NEVER_HEARD);
  REVOKE(.subject = "Lists", .key = 8, .extensions = SCOPE("84{ ff }"),
         .entries =
             "30{ 02{ 03 } 17{ '240601000000Z' } 30{ 30{ @certificate_issuer 01{ ff } 04{ 30{"
             " a4{ 30{ 31{ 30{ @common_name 0c{ 'CA' } } } } } } } } } }");
  EXPECT("CertificateRevoked@0:IS_REVOKED");
  end();
}

/* --- policies */

#define POLICY(oid) SCH_TOY_EXTENSION("certificate_policies", "30{ 30{ " oid " } }")
#define ONE "06{ 2a01 }"
#define TWO "06{ 2a02 }"
#define MISSING_POLICY "PolicyMissing@chain:NO_ISSUANCE_CHAIN_POLICY"

TEST(policies) {
  static const uint8_t one[] = {0x2a, 0x01};
  static const uint8_t two[] = {0x2a, 0x02};
  const struct sch_span wanted[] = {sch_span_of(one, 2), sch_span_of(two, 2)};

  usual();
  policy.explicit_policy = true;
  EXPECT(MISSING_POLICY);
  others[0] = MAKE(CA, .extensions = SCH_TOY_CA POLICY(ONE));
  LEAF(END, .extensions = SCH_TOY_LEAF POLICY(ONE));
  EXPECT("-");
  policy.policies = &wanted[1];
  policy.policy_count = 1;
  EXPECT(MISSING_POLICY);
  policy.policies = wanted;
  policy.policy_count = 2;
  EXPECT("-");
  LEAF(END, .extensions = SCH_TOY_LEAF POLICY(TWO));
  EXPECT(MISSING_POLICY);
  /* A mapping, and one inhibited. */
  others[0] = MAKE(CA, .extensions = SCH_TOY_CA POLICY(ONE)
                           SCH_TOY_CRITICAL("policy_mappings", "30{ 30{ " ONE " " TWO " } }"));
  EXPECT("-");
  policy.inhibit_mapping = true;
  EXPECT(MISSING_POLICY);
  policy.inhibit_mapping = false;
  /* Any policy, and it inhibited. */
  others[0] = MAKE(CA, .extensions = SCH_TOY_CA POLICY("@any_policy"));
  EXPECT("-");
  policy.inhibit_any = true;
  EXPECT(MISSING_POLICY);
  /* A certificate may ask for a policy, too. */
  policy = sch_chain_policy_default(SCH_TOY_NOW);
  policy.revocation = SCH_CHAIN_OFF;
  others[0] =
      MAKE(CA, .extensions = SCH_TOY_CA SCH_TOY_CRITICAL("policy_constraints", "30{ 80{ 00 } }"));
  LEAF(END, .extensions = SCH_TOY_LEAF);
  EXPECT(MISSING_POLICY);
  end();
}

/* --- keys */

#define RSA_KEY(size) "30{ 30{ @rsa 05{ } } 03{ 00 30{ 02{ 00 c5*" size " } 02{ 010001 } } } }"

TEST(keys) {
  usual();
  LEAF(END, .key_info = RSA_KEY("256"), .extensions = SCH_TOY_LEAF);
  EXPECT("-");
  LEAF(END, .key_info = RSA_KEY("128"), .extensions = SCH_TOY_LEAF);
  EXPECT("CertificateWeak@0:HAS_WEAK_HYGIENE");
  policy.strength = 1;
  EXPECT("-");
  policy.strength = 3;
  EXPECT("CertificateWeak@0:HAS_WEAK_HYGIENE");
  policy.strength = 2;
  /* Neither a giant modulus nor a giant exponent is begun with. */
  LEAF(END, .key_info = RSA_KEY("1024"), .extensions = SCH_TOY_LEAF);
  EXPECT("-");
  LEAF(END, .key_info = RSA_KEY("1025"), .extensions = SCH_TOY_LEAF);
  EXPECT("WorkLimitExceeded@0:WORK_LIMIT");
  CHECK_EQUAL(verdict.work.signatures, 0);
  LEAF(END, .key_info = "30{ 30{ @rsa 05{ } } 03{ 00 30{ 02{ 00 c5*256 } 02{ 00 c5*256 } } } }",
       .extensions = SCH_TOY_LEAF);
  EXPECT("WorkLimitExceeded@0:WORK_LIMIT");
  LEAF(END, .key_info = "30{ 30{ 06{ 2a03 } } 03{ 00 55*8192 } }", .extensions = SCH_TOY_LEAF);
  EXPECT("WorkLimitExceeded@0:WORK_LIMIT");
  end();
}

/* A curve that is spelled out is refused before OpenSSL sees it, and a DSA key by what it is. */
TEST(curves_and_dsa) {
  usual();
  LEAF(END,
       .key_info =
           "30{ 30{ @ec_public_key 30{ 02{ 01 } 30{ 06{ 2a8648ce3d0101 } 02{ 07 } } } }"
           " 03{ 00 04 01 02 } }",
       .extensions = SCH_TOY_LEAF);
  EXPECT("CertificateWeak@0:HAS_WEAK_HYGIENE");
  CHECK_EQUAL(verdict.work.signatures, 0);
  LEAF(END,
       .key_info =
           "30{ 30{ @dsa 30{ 02{ 00 c5*256 } 02{ 00 c5*32 } 02{ 02 } } }"
           " 03{ 00 02{ 04 } } }",
       .extensions = SCH_TOY_LEAF);
  EXPECT("CertificateWeak@0:HAS_WEAK_HYGIENE");
  end();
}

/* --- work */

static double processor_seconds(void) {
  struct timespec now;

  CHECK(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now) == 0);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* ask_bounded asks, and sees that it does not take long, even where every access is watched. */
static void ask_bounded(int line) {
  const double before = processor_seconds();

  ask();
  if (processor_seconds() - before > 0.1) {
    test_fail(__FILE__, line, "too slow", say());
  }
  CHECK(verdict.work.comparisons <= limits.comparisons);
  CHECK(verdict.work.certificates <= limits.certificates);
}

/* mesh sends every certificate of `count` names for each other, so that there are more paths than
 * anybody can walk. */
static void mesh(int count) {
  char subject[16];
  char issuer[16];

  begin();
  for (int i = 0; i < count; i++) {
    for (int j = 0; j < count; j++) {
      if (i != j && other_count < OTHERS) {
        SEND(.subject = name_of(subject, i), .key = (uint8_t)(100 + i),
             .issuer = name_of(issuer, j), .signer = (uint8_t)(100 + j));
      }
    }
  }
  LEAF(.subject = "Leaf", .key = 3, .issuer = name_of(issuer, 0), .signer = 100,
       .extensions = SCH_TOY_LEAF);
}

TEST(meshes) {
  char name[16];

  mesh(11);
  ask_bounded(__LINE__);
  CHECK((verdict.trust.bits & CERT_TRUST_WORK_LIMIT) != 0);
  /* With an anchor behind one of them the path is found at once. */
  SEND(.subject = name_of(name, 7), .key = 107, .issuer = "Root", .signer = 1);
  TRUST(ROOT);
  ask_bounded(__LINE__);
  CHECK(verdict.accepted || (verdict.trust.bits & CERT_TRUST_WORK_LIMIT) != 0);
  /* A smaller one is walked to its end. */
  mesh(5);
  TRUST(ROOT, .extensions = CONSTRAINED("a1{ 30{ 82{ 'org' } } }"));
  for (int i = 0; i < 5; i++) {
    SEND(.subject = name_of(name, i), .key = (uint8_t)(100 + i), .issuer = "Root", .signer = 1);
  }
  ask_bounded(__LINE__);
  CHECK_EQUAL(verdict.trust.bits, CERT_TRUST_HAS_EXCLUDED_NAME_CONSTRAINT);
  CHECK_EQUAL(verdict.work.candidates, 65);
  /* Of the 26 signatures, those that CA 0 made for the other four are on no path. */
  CHECK_EQUAL(verdict.work.signatures, 22);
  end();
}

/* One name and one key in many certificates: the name and key count once on a path. */
TEST(same_name_and_key) {
  char serial[3];

  begin();
  TRUST(ROOT, .extensions = CONSTRAINED("a1{ 30{ 82{ 'org' } } }"));
  for (int i = 0; i < 60; i++) {
    (void)snprintf(serial, sizeof serial, "%02x", i);
    SEND(.subject = "CA", .key = 2, .serial = serial);
    SEND(.subject = "CA", .key = 2, .issuer = "Root", .signer = 1, .serial = serial);
  }
  LEAF(END, .extensions = SCH_TOY_LEAF);
  ask_bounded(__LINE__);
  CHECK_EQUAL(verdict.trust.bits, CERT_TRUST_HAS_EXCLUDED_NAME_CONSTRAINT);
  CHECK_EQUAL(verdict.work.candidates, 60);
  end();
}

/* Many certificates that may all have signed one list, which none has. */
TEST(many_signers) {
  char serial[3];

  revocable();
  REVOKE(.subject = "CA", .key = 2, .damaged = true);
  for (int i = 0; i < 120; i++) {
    (void)snprintf(serial, sizeof serial, "%02x", i);
    SEND(.subject = "CA", .key = (uint8_t)(100 + i), .issuer = "Stranger", .signer = 9,
         .serial = serial);
  }
  ask_bounded(__LINE__);
  CHECK((verdict.trust.bits & CERT_TRUST_WORK_LIMIT) != 0);
  CHECK_EQUAL(verdict.work.signatures, limits.signatures);
  end();
}

/* repeat fills `to` with a text `count` times. */
static char *repeat(const char *text, int count) {
  const size_t size = strlen(text);
  char *to = malloc(size * (size_t)count + 1);

  for (int i = 0; i < count; i++) {
    memcpy(to + size * (size_t)i, text, size);
  }
  to[size * (size_t)count] = 0;
  return to;
}

static char *wrap(const char *before, char *middle, const char *after) {
  const size_t size = strlen(before) + strlen(middle) + strlen(after) + 1;
  char *to = malloc(size);

  (void)snprintf(to, size, "%s%s%s", before, middle, after);
  free(middle);
  return to;
}

/* Names times constraints are counted before they are compared. */
TEST(constraint_products) {
  char *names_of = wrap(SCH_TOY_SERVER "30{ @subject_alt_name 04{ 30{ ",
                        repeat("82{ 'a.example.org' } ", 2048), "} } }");
  char *constraints = wrap(SCH_TOY_CA "30{ @name_constraints 01{ ff } 04{ 30{ a1{ ",
                           repeat("30{ 82{ 'b.example.org' } } ", 2048), "} } } }");

  usual();
  others[0] = MAKE(CA, .extensions = constraints);
  LEAF(END, .extensions = names_of);
  ask_bounded(__LINE__);
  CHECK((verdict.trust.bits & CERT_TRUST_WORK_LIMIT) != 0);
  CHECK_EQUAL(verdict.work.signatures, 0);
  free(names_of);
  free(constraints);
  end();
}

/* Giant names and numbers are read once: no more bytes are looked at than a few times each. */
TEST(giant_values) {
  char *oid = wrap(SCH_TOY_LEAF "30{ 06{ 2a ", repeat("81", 60000), "01 } 04{ } }");
  char *nested = repeat("30{", 60);

  usual();
  LEAF(END, .extensions = oid);
  ask_bounded(__LINE__);
  CHECK(verdict.accepted);
  free(oid);
  oid = wrap(SCH_TOY_LEAF "30{ @subject_info_access 04{ ", nested, "");
  nested = wrap(oid, repeat("}", 60), "} }");
  LEAF(END, .extensions = nested);
  ask_bounded(__LINE__);
  CHECK_EQUAL(verdict.trust.bits, CERT_TRUST_UNREADABLE);
  free(oid);
  free(nested);
  end();
}

/* Each limit, set one below what is needed, is an error of its own, and enough is enough. */
TEST(limits_are_exact) {
  usual();
  policy.revocation = SCH_CHAIN_HARD;
  REVOKE(.subject = "Root", .key = 1);
  REVOKE(.subject = "CA", .key = 2);
  ask();
  CHECK(verdict.accepted);
  const struct sch_chain_work needed = verdict.work;
  size_t *const each[] = {&limits.certificates, &limits.candidates, &limits.signatures,
                          &limits.comparisons};
  const size_t amounts[] = {needed.certificates, needed.candidates, needed.signatures,
                            needed.comparisons};

  for (size_t i = 0; i < SCH_COUNT(each); i++) {
    for (size_t less = 0; less <= amounts[i]; less++) {
      limits = sch_chain_work_default();
      *each[i] = amounts[i] - less;
      ask();
      CHECK_EQUAL(verdict.accepted, less == 0);
      CHECK(((verdict.trust.bits & CERT_TRUST_WORK_LIMIT) != 0) == (less != 0));
    }
  }
  end();
}

/* --- failure of memory */

/* starve_each fails each allocation in turn. Whatever fails, nothing is accepted, and nothing is
 * kept. Gives how often the engine was said to have failed. */
static size_t starve_each(enum sch_starve_kind kind) {
  const struct sch_span sent = sch_toy_join(others, other_count);
  const size_t stores = sch_store_live();
  size_t failed = 0;

  /* Twice, so that what OpenSSL keeps for ever is kept. */
  sch_chain_verify(store, leaf, sent, &policy, &limits, &verdict);
  sch_chain_verify(store, leaf, sent, &policy, &limits, &verdict);
  const uint32_t bits = verdict.trust.bits;
  const size_t blocks = engine_blocks;

  CHECK(bits != 0);
  for (uint64_t count = 1;; count++) {
    const size_t live = sch_starve_live();

    sch_starve_begin(kind, count);
    sch_chain_verify(store, leaf, sent, &policy, &limits, &verdict);
    const bool starved = sch_starved();

    (void)sch_starve_end();
    /* The texts of errors stay where they are until others take their place. */
    ERR_clear_error();
    CHECK(!verdict.accepted);
    CHECK_EQUAL(sch_store_live(), stores);
    CHECK_EQUAL(sch_starve_live(), live);
    failed += (verdict.trust.bits & CERT_TRUST_ENGINE_FAILED) != 0;
    if (!starved) {
      break;
    }
  }
  CHECK_EQUAL(verdict.trust.bits, bits);
  /* OpenSSL keeps a few blocks of what it gave up, far fewer than it was failed times. */
  CHECK(engine_blocks <= blocks + 16);
  return failed;
}

TEST(no_memory) {
  usual();
  policy.revocation = SCH_CHAIN_HARD;
  REVOKE(.subject = "Root", .key = 1);
  REVOKE(.subject = "CA", .key = 2, .entries = GONE("03"));
  CHECK(starve_each(SCH_STARVE_LIBRARY) >= 5);
  CHECK(starve_each(SCH_STARVE_OPENSSL) > 10);
  CHECK_EQUAL(sch_store_count(store, SCH_STORE_ANCHORS), 1);
  CHECK_EQUAL(sch_store_count(store, SCH_STORE_CRLS), 2);
  /* What only a signature is wrong with is not accepted for want of memory to check it. */
  usual();
  LEAF(END, .extensions = SCH_TOY_LEAF, .damaged = true);
  CHECK(starve_each(SCH_STARVE_LIBRARY) > 0);
  CHECK(starve_each(SCH_STARVE_OPENSSL) > 0);
  end();
}

/* --- monotone */

/* More anchors never refuse, more lists that revoke never accept; two stores do not see each
 * other. */
TEST(monotone) {
  usual();
  struct sch_store *other = sch_store_create();

  EXPECT("-");
  sch_chain_verify(other, leaf, sch_toy_join(others, other_count), &policy, NULL, &verdict);
  CHECK_EQUAL(verdict.trust.bits, CERT_TRUST_IS_PARTIAL_CHAIN);
  sch_store_drop(other);
  TRUST(.subject = "Root", .key = 7);
  TRUST(.subject = "CA", .key = 8, .issuer = "Root", .signer = 7);
  EXPECT("-");
  policy.revocation = SCH_CHAIN_SOFT;
  EXPECT("-");
  REVOKE(.subject = "CA", .key = 2, .entries = GONE("03"));
  EXPECT("CertificateRevoked@0:IS_REVOKED");
  end();
}

/* --- the verifier of a stream */

static int64_t clock_now(void) {
  return SCH_TOY_NOW;
}

static struct sch_verifier verifier;

static SECURITY_STATUS judge(size_t count, const char *name, bool server) {
  const struct sch_span certificates[] = {leaf, others[0]};
  const struct sch_stream_peer peer = {certificates, count, name, server};
  const struct sch_stream_verdict answer = sch_verifier_judge(&verifier, &peer);

  CHECK_EQUAL(answer.reasons, verifier.verdict.trust.bits);
  CHECK((answer.status == SEC_E_OK) == verifier.verdict.accepted);
  CHECK((answer.reasons == 0) == verifier.verdict.accepted);
  return answer.status;
}

TEST(verifiers) {
  usual();
  verifier = (struct sch_verifier){
      .store = store, .policy = sch_chain_policy_default(0), .clock = clock_now};
  verifier.policy.revocation = SCH_CHAIN_OFF;
  CHECK_EQUAL(judge(2, "example.org", true), SEC_E_OK);
  CHECK_BYTES(verifier.verdict.path[1], others[0]);
  CHECK(verifier.verdict.path[1].data == others[0].data);
  CHECK_EQUAL(judge(1, "example.org", true), SEC_E_UNTRUSTED_ROOT);
  CHECK_EQUAL(judge(0, "example.org", true), SEC_E_NO_CREDENTIALS);
  CHECK_EQUAL(judge(2, "example.com", true), SEC_E_WRONG_PRINCIPAL);
  CHECK_EQUAL(judge(2, "192.0.2.1", true), SEC_E_WRONG_PRINCIPAL);
  /* Nobody is somebody when nobody says who. */
  CHECK_EQUAL(judge(2, NULL, true), SEC_E_WRONG_PRINCIPAL);
  verifier.any_server = true;
  CHECK_EQUAL(judge(2, NULL, true), SEC_E_OK);
  CHECK_EQUAL(judge(2, "example.com", true), SEC_E_WRONG_PRINCIPAL);
  verifier.any_server = false;
  verifier.policy.name = (struct sch_wanted){SCH_WANTED_host, sch_span_text("example.org"), false};
  CHECK_EQUAL(judge(2, NULL, true), SEC_E_OK);
  CHECK_EQUAL(judge(2, "example.com", true), SEC_E_OK);
  verifier.policy.name.kind = SCH_WANTED_none;
  /* A client is for clients, and has no name. */
  CHECK_EQUAL(judge(2, NULL, false), SEC_E_CERT_UNKNOWN);
  CHECK_EQUAL(verifier.verdict.trust.bits, CERT_TRUST_IS_NOT_VALID_FOR_USAGE);
  verifier.clock = NULL;
  CHECK_EQUAL(judge(2, "example.org", true), SEC_E_CERT_EXPIRED);
  verifier.policy = sch_chain_policy_default(SCH_TOY_NOW);
  CHECK_EQUAL(judge(2, "example.org", true), SEC_E_CERT_UNKNOWN);
  REVOKE(.subject = "CA", .key = 2, .entries = GONE("03"));
  CHECK_EQUAL(judge(2, "example.org", true), CRYPT_E_REVOKED);
  LEAF(END, .extensions = SCH_TOY_SERVER SCH_TOY_NAMES("87{ c0000201 }"));
  verifier.policy.revocation = SCH_CHAIN_OFF;
  CHECK_EQUAL(judge(2, "192.0.2.1", true), SEC_E_OK);
  leaf = sch_span_of("\x30", 1);
  CHECK_EQUAL(judge(2, "example.org", true), SEC_E_CERT_UNKNOWN);
  end();
}

/* The cache changes no verdict, and gives back all that it took. */
TEST(cache) {
  usual();
  EXPECT("-");
  const size_t before = engine_blocks;

  CHECK(sch_chain_cache_open(2));
  EXPECT("-");
  LEAF(END, .extensions = SCH_TOY_LEAF, .damaged = true);
  EXPECT("CertificateSignatureFailed@0:IS_NOT_SIGNATURE_VALID");
  CHECK(engine_blocks > before);
  sch_chain_cache_close();
  sch_chain_cache_close();
  CHECK_EQUAL(engine_blocks, before);
  end();
}

TESTS(accepted, no_anchor, anchors_by_whole_der, signatures, dates, names, purposes, authorities,
      path_lengths, extensions, name_constraints, alternates, backtracking, cycles, depths,
      revocation, revocation_dates, forged_lists, scopes, deltas, other_signers, policies, keys,
      curves_and_dsa, meshes, same_name_and_key, many_signers, constraint_products, giant_values,
      limits_are_exact, no_memory, monotone, verifiers, cache)
