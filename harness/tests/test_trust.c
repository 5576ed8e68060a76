/* test_trust: the table between engine errors, bits, errors and statuses is total and loses
 * nothing.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "cert/trust.h"

#include <openssl/x509_vfy.h>

#include "test.h"

enum { BITS = 32 };

static uint32_t bit_of(int i) {
  return UINT32_C(1) << i;
}

/* Numbers are OpenSSL's own, by name. */
TEST(engine_numbers) {
#define NUMBER(name, number, bit, details) CHECK_EQUAL(X509_V_ERR_##name, number);
  SCH_ENGINE_ERRORS(NUMBER)
#undef NUMBER
}

/* Every error that the engine has words for has a row, and every row stands for one bit. */
TEST(engine_rows) {
  const char *unknown = X509_verify_cert_error_string(100000);
  int last = 0;
  char text[64];

  (void)snprintf(text, sizeof text, "%s", unknown);
  for (int number = 1; number < 1000; number++) {
    const struct sch_trust_element said = sch_trust_engine(number);
    const char *words = X509_verify_cert_error_string(number);

    if (strncmp(words, text, strcspn(text, "0123456789")) != 0) {
      last = number;
      if (!sch_trust_has_engine(number)) {
        test_fail(__FILE__, __LINE__, "an engine error without a row", words);
      }
    }
    CHECK(said.bits != 0);
    CHECK((said.bits & (said.bits - 1)) == 0);
    CHECK(sch_trust_has_engine(number) || said.bits == CERT_TRUST_ENGINE_FAILED);
  }
  CHECK(last >= X509_V_ERR_EC_KEY_EXPLICIT_PARAMS);
  CHECK_EQUAL(sch_trust_engine(X509_V_OK).bits, 0);
  CHECK_EQUAL(sch_trust_engine(-1).bits, CERT_TRUST_ENGINE_FAILED);
  CHECK(!sch_trust_has_engine(X509_V_OK));
}

/* Microsoft's values, from wincrypt.h. */
TEST(values) {
  CHECK_EQUAL(CERT_TRUST_IS_NOT_TIME_VALID, 0x1);
  CHECK_EQUAL(CERT_TRUST_IS_REVOKED, 0x4);
  CHECK_EQUAL(CERT_TRUST_IS_NOT_SIGNATURE_VALID, 0x8);
  CHECK_EQUAL(CERT_TRUST_IS_NOT_VALID_FOR_USAGE, 0x10);
  CHECK_EQUAL(CERT_TRUST_IS_UNTRUSTED_ROOT, 0x20);
  CHECK_EQUAL(CERT_TRUST_REVOCATION_STATUS_UNKNOWN, 0x40);
  CHECK_EQUAL(CERT_TRUST_IS_CYCLIC, 0x80);
  CHECK_EQUAL(CERT_TRUST_INVALID_EXTENSION, 0x100);
  CHECK_EQUAL(CERT_TRUST_INVALID_POLICY_CONSTRAINTS, 0x200);
  CHECK_EQUAL(CERT_TRUST_INVALID_BASIC_CONSTRAINTS, 0x400);
  CHECK_EQUAL(CERT_TRUST_INVALID_NAME_CONSTRAINTS, 0x800);
  CHECK_EQUAL(CERT_TRUST_HAS_EXCLUDED_NAME_CONSTRAINT, 0x8000);
  CHECK_EQUAL(CERT_TRUST_IS_PARTIAL_CHAIN, 0x10000);
  CHECK_EQUAL(CERT_TRUST_HAS_WEAK_SIGNATURE, 0x100000);
  CHECK_EQUAL(CERT_TRUST_IS_OFFLINE_REVOCATION, 0x1000000);
  CHECK_EQUAL(CERT_TRUST_NO_ISSUANCE_CHAIN_POLICY, 0x2000000);
  CHECK_EQUAL(CERT_TRUST_IS_EXPLICIT_DISTRUST, 0x4000000);
  CHECK_EQUAL(CERT_TRUST_HAS_NOT_SUPPORTED_CRITICAL_EXT, 0x8000000);
}

/* The errors that Qt gives for each bit, and ours where it gives none. */
static enum sch_error error_of(uint32_t bit) {
  switch (bit) {
    case CERT_TRUST_NO_CERTIFICATE:
      return SCH_ERROR_no_peer_certificate;
    case CERT_TRUST_IS_PARTIAL_CHAIN:
      return SCH_ERROR_unable_to_get_issuer;
    case CERT_TRUST_TOO_LONG:
    case CERT_TRUST_INVALID_BASIC_CONSTRAINTS:
      return SCH_ERROR_path_length_exceeded;
    case CERT_TRUST_UNREADABLE:
      return SCH_ERROR_unreadable;
    case CERT_TRUST_IS_NOT_TIME_VALID:
      return SCH_ERROR_expired;
    case CERT_TRUST_IS_REVOKED:
      return SCH_ERROR_revoked;
    case CERT_TRUST_IS_NOT_SIGNATURE_VALID:
      return SCH_ERROR_signature_failed;
    case CERT_TRUST_IS_NOT_VALID_FOR_USAGE:
      return SCH_ERROR_invalid_purpose;
    case CERT_TRUST_IS_UNTRUSTED_ROOT:
      return SCH_ERROR_untrusted;
    case CERT_TRUST_IS_OFFLINE_REVOCATION:
    case CERT_TRUST_REVOCATION_STATUS_UNKNOWN:
      return SCH_ERROR_status_unknown;
    case CERT_TRUST_IS_EXPLICIT_DISTRUST:
      return SCH_ERROR_blacklisted;
    case CERT_TRUST_HAS_WEAK_SIGNATURE:
    case CERT_TRUST_HAS_WEAK_HYGIENE:
      return SCH_ERROR_weak;
    case CERT_TRUST_NO_ISSUANCE_CHAIN_POLICY:
      return SCH_ERROR_policy_missing;
    case CERT_TRUST_WORK_LIMIT:
      return SCH_ERROR_work_limit;
    case CERT_TRUST_NAME_MISMATCH:
      return SCH_ERROR_host_name_mismatch;
    default:
      return SCH_ERROR_unspecified;
  }
}

static SECURITY_STATUS status_of(uint32_t bit) {
  switch (bit) {
    case CERT_TRUST_ENGINE_FAILED:
      return SEC_E_INTERNAL_ERROR;
    case CERT_TRUST_NO_CERTIFICATE:
      return SEC_E_NO_CREDENTIALS;
    case CERT_TRUST_IS_REVOKED:
      return CRYPT_E_REVOKED;
    case CERT_TRUST_IS_UNTRUSTED_ROOT:
    case CERT_TRUST_IS_PARTIAL_CHAIN:
    case CERT_TRUST_IS_CYCLIC:
      return SEC_E_UNTRUSTED_ROOT;
    case CERT_TRUST_IS_NOT_TIME_VALID:
      return SEC_E_CERT_EXPIRED;
    case CERT_TRUST_NAME_MISMATCH:
      return SEC_E_WRONG_PRINCIPAL;
    default:
      return SEC_E_CERT_UNKNOWN;
  }
}

static size_t list(const struct sch_trust *trust, struct sch_reason *out, size_t room) {
  size_t cursor = 0;
  size_t count = 0;
  struct sch_reason reason;

  while (sch_trust_next(trust, &cursor, &reason)) {
    CHECK(count < room);
    out[count++] = reason;
  }
  CHECK(!sch_trust_next(trust, &cursor, &reason));
  return count;
}

/* Each of the 32 bits alone, of the chain or of any element, is one error and one status. */
TEST(bits_singly) {
  for (int i = 0; i < BITS; i++) {
    for (size_t index = 0; index <= 3; index++) {
      struct sch_trust trust = {.count = 3};
      struct sch_reason reasons[4];
      const size_t where = index == 3 ? SCH_TRUST_CHAIN : index;

      sch_trust_add(&trust, where, bit_of(i), 0);
      CHECK_EQUAL(trust.bits, bit_of(i));
      CHECK_EQUAL(list(&trust, reasons, SCH_COUNT(reasons)), 1);
      CHECK_EQUAL(reasons[0].error, error_of(bit_of(i)));
      CHECK_EQUAL(reasons[0].bit, bit_of(i));
      CHECK_EQUAL(reasons[0].index, where);
      CHECK_EQUAL(sch_trust_status(trust.bits), status_of(bit_of(i)));
      CHECK(sch_trust_name(bit_of(i))[0] != 0);
      CHECK(sch_trust_rank(trust.bits) != 0);
    }
  }
}

static bool are_their_own(const struct sch_reason *left, const struct sch_reason *right) {
  return left->error == error_of(left->bit) && right->error == error_of(right->bit);
}

/* Any two bits, at any two places, are two errors: none hides another. */
TEST(bits_in_pairs) {
  for (int i = 0; i < BITS; i++) {
    for (int j = 0; j < BITS; j++) {
      for (size_t index = 0; index <= 2; index++) {
        struct sch_trust trust = {.count = 2};
        struct sch_reason reasons[4];
        const uint32_t both = bit_of(i) | bit_of(j);

        sch_trust_add(&trust, 0, bit_of(i), 0);
        sch_trust_add(&trust, index == 2 ? SCH_TRUST_CHAIN : index, bit_of(j), 0);
        CHECK_EQUAL(trust.bits, both);
        /* The chain repeats no bit of an element, and an element has a bit once. */
        const size_t count = i == j && index != 1 ? 1 : 2;

        CHECK_EQUAL(list(&trust, reasons, SCH_COUNT(reasons)), count);
        uint32_t seen = 0;

        for (size_t at = 0; at < count; at++) {
          seen |= reasons[at].bit;
        }
        CHECK_EQUAL(seen, both);
        CHECK(count == 1 || are_their_own(&reasons[0], &reasons[1]));
        CHECK(sch_trust_status(both) == status_of(bit_of(i)) ||
              sch_trust_status(both) == status_of(bit_of(j)));
        CHECK(sch_trust_status(both) != SEC_E_OK);
        CHECK(sch_trust_rank(both) >= sch_trust_rank(bit_of(i)));
        CHECK((sch_trust_rank(bit_of(i)) == sch_trust_rank(bit_of(j))) == (i == j));
      }
    }
  }
}

/* No bit at all is no error and success. */
TEST(nothing) {
  const struct sch_trust trust = {.count = SCH_TRUST_ELEMENTS_MAX};
  size_t cursor = 0;
  struct sch_reason reason;

  CHECK(!sch_trust_next(&trust, &cursor, &reason));
  CHECK_EQUAL(sch_trust_status(0), SEC_E_OK);
  CHECK_EQUAL(sch_trust_rank(0), 0);
  CHECK_EQUAL(sch_trust_rank(UINT32_MAX), UINT32_MAX);
}

/* Qt's order: what is the chain's, the elements from the leaf on, each in the order of the table,
 * the name last, wherever it was said. */
TEST(order) {
  struct sch_trust trust = {.count = 2};
  struct sch_reason reasons[16];

  sch_trust_add(&trust, 0, CERT_TRUST_NAME_MISMATCH | CERT_TRUST_IS_NOT_VALID_FOR_USAGE, 0);
  sch_trust_add(&trust, 0, CERT_TRUST_IS_REVOKED | CERT_TRUST_IS_NOT_TIME_VALID, 0);
  sch_trust_add(&trust, 1, CERT_TRUST_IS_NOT_TIME_VALID, 0);
  sch_trust_add(&trust, SCH_TRUST_CHAIN, CERT_TRUST_IS_PARTIAL_CHAIN | CERT_TRUST_IS_CYCLIC, 0);
  static const uint32_t wanted[] = {CERT_TRUST_IS_PARTIAL_CHAIN,       CERT_TRUST_IS_CYCLIC,
                                    CERT_TRUST_IS_NOT_TIME_VALID,      CERT_TRUST_IS_REVOKED,
                                    CERT_TRUST_IS_NOT_VALID_FOR_USAGE, CERT_TRUST_IS_NOT_TIME_VALID,
                                    CERT_TRUST_NAME_MISMATCH};
  static const size_t places[] = {SCH_TRUST_CHAIN, SCH_TRUST_CHAIN, 0, 0, 0, 1, 0};

  CHECK_EQUAL(list(&trust, reasons, SCH_COUNT(reasons)), SCH_COUNT(wanted));
  for (size_t i = 0; i < SCH_COUNT(wanted); i++) {
    CHECK_EQUAL(reasons[i].bit, wanted[i]);
    CHECK_EQUAL(reasons[i].index, places[i]);
  }
}

/* An element beyond the count is the chain: Qt's peerVerifyDepth loses it. */
TEST(beyond_the_count) {
  struct sch_trust trust = {.count = 1};
  struct sch_reason reasons[2];

  sch_trust_add(&trust, 1, CERT_TRUST_IS_REVOKED, 0);
  sch_trust_add(&trust, 100, CERT_TRUST_IS_UNTRUSTED_ROOT, 0);
  CHECK_EQUAL(list(&trust, reasons, 2), 2);
  CHECK_EQUAL(reasons[0].bit, CERT_TRUST_IS_REVOKED);
  CHECK_EQUAL(reasons[0].index, SCH_TRUST_CHAIN);
  CHECK_EQUAL(reasons[1].bit, CERT_TRUST_IS_UNTRUSTED_ROOT);
}

/* What a bit alone does not say comes from the engine's error, of the same element. */
TEST(details) {
  static const struct {
    int number;
    enum sch_error error;
  } rows[] = {{X509_V_ERR_CERT_NOT_YET_VALID, SCH_ERROR_not_yet_valid},
              {X509_V_ERR_CERT_HAS_EXPIRED, SCH_ERROR_expired},
              {X509_V_ERR_INVALID_CA, SCH_ERROR_invalid_purpose},
              {X509_V_ERR_PATH_LENGTH_EXCEEDED, SCH_ERROR_path_length_exceeded}};

  for (size_t i = 0; i < SCH_COUNT(rows); i++) {
    const struct sch_trust_element said = sch_trust_engine(rows[i].number);
    struct sch_trust trust = {.count = 2};
    struct sch_reason reasons[2];

    sch_trust_add(&trust, 1, said.bits, said.details);
    CHECK_EQUAL(list(&trust, reasons, 2), 1);
    CHECK_EQUAL(reasons[0].error, rows[i].error);
  }
}

/* Names are there for all and differ. */
TEST(names) {
  for (int i = 0; i < SCH_ERROR_COUNT; i++) {
    for (int j = 0; j < i; j++) {
      CHECK(strcmp(sch_error_name((enum sch_error)i), sch_error_name((enum sch_error)j)) != 0);
    }
  }
  CHECK_ABORTS((void)sch_trust_name(3));
  CHECK_ABORTS((void)sch_error_name(SCH_ERROR_COUNT));
}

TESTS(engine_numbers, engine_rows, values, bits_singly, bits_in_pairs, nothing, order,
      beyond_the_count, details, names)
