/* trust: see trust.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "cert/trust.h"

/* The rows of SCH_TRUST_BITS, in the order in which they are reported. */
static const struct row {
  uint32_t bit;
  enum sch_error error;
  const char *name;
} rows[] = {
#define ROW(name, error) {CERT_TRUST_##name, SCH_ERROR_##error, #name},
    SCH_TRUST_BITS(ROW)
#undef ROW
};

/* 32 rows can only add up to all bits if each has one of its own. */
#define SUM(name, error) +(uint64_t)CERT_TRUST_##name
_Static_assert((0 SCH_TRUST_BITS(SUM)) == UINT32_MAX, "each of the 32 bits has a row");
#undef SUM
_Static_assert(SCH_COUNT(rows) == 32, "and only one");

/* Ways to fail, the worst first. */
#define RANKS(X)                       \
  X(ENGINE_FAILED)                     \
  X(NO_CERTIFICATE)                    \
  X(UNREADABLE)                        \
  X(WORK_LIMIT)                        \
  X(IS_NOT_SIGNATURE_VALID)            \
  X(CTL_IS_NOT_SIGNATURE_VALID)        \
  X(IS_PARTIAL_CHAIN)                  \
  X(IS_CYCLIC)                         \
  X(IS_UNTRUSTED_ROOT)                 \
  X(IS_REVOKED)                        \
  X(IS_EXPLICIT_DISTRUST)              \
  X(TOO_LONG)                          \
  X(INVALID_BASIC_CONSTRAINTS)         \
  X(HAS_NOT_SUPPORTED_CRITICAL_EXT)    \
  X(INVALID_EXTENSION)                 \
  X(HAS_EXCLUDED_NAME_CONSTRAINT)      \
  X(HAS_NOT_PERMITTED_NAME_CONSTRAINT) \
  X(INVALID_NAME_CONSTRAINTS)          \
  X(HAS_NOT_SUPPORTED_NAME_CONSTRAINT) \
  X(HAS_NOT_DEFINED_NAME_CONSTRAINT)   \
  X(IS_NOT_VALID_FOR_USAGE)            \
  X(CTL_IS_NOT_VALID_FOR_USAGE)        \
  X(INVALID_POLICY_CONSTRAINTS)        \
  X(NO_ISSUANCE_CHAIN_POLICY)          \
  X(HAS_WEAK_SIGNATURE)                \
  X(HAS_WEAK_HYGIENE)                  \
  X(NAME_MISMATCH)                     \
  X(IS_NOT_TIME_VALID)                 \
  X(IS_NOT_TIME_NESTED)                \
  X(CTL_IS_NOT_TIME_VALID)             \
  X(REVOCATION_STATUS_UNKNOWN)         \
  X(IS_OFFLINE_REVOCATION)

static const uint32_t ranks[] = {
#define BIT(name) CERT_TRUST_##name,
    RANKS(BIT)
#undef BIT
};
#define SUM(name) +(uint64_t)CERT_TRUST_##name
_Static_assert((0 RANKS(SUM)) == UINT32_MAX, "each of the 32 bits has a rank");
#undef SUM
_Static_assert(SCH_COUNT(ranks) == 32, "and only one");

/* By number; a number without a row has no bits. */
static const struct sch_trust_element engine[] = {[0] = {0, 0},
#define ROW(name, number, bit, details) [number] = {CERT_TRUST_##bit, details},
                                                  SCH_ENGINE_ERRORS(ROW)
#undef ROW
};

void sch_trust_add(struct sch_trust *trust, size_t index, uint32_t bits, uint32_t details) {
  trust->bits |= bits;
  if (index < trust->count) {
    trust->elements[index].bits |= bits;
    trust->elements[index].details |= details;
  }
}

static enum sch_error error_of(const struct row *row, uint32_t details) {
  if (row->bit == CERT_TRUST_IS_NOT_TIME_VALID && (details & SCH_TRUST_EARLY) != 0) {
    return SCH_ERROR_not_yet_valid;
  }
  if (row->bit == CERT_TRUST_INVALID_BASIC_CONSTRAINTS && (details & SCH_TRUST_NOT_CA) != 0) {
    return SCH_ERROR_invalid_purpose;
  }
  return row->error;
}

/* bits_alone: those of the chain that no element has. */
static uint32_t bits_alone(const struct sch_trust *trust) {
  uint32_t bits = trust->bits;

  for (size_t i = 0; i < trust->count; i++) {
    bits &= ~trust->elements[i].bits;
  }
  return bits;
}

bool sch_trust_next(const struct sch_trust *trust, size_t *cursor, struct sch_reason *out) {
  const size_t groups = 1 + trust->count;
  const uint32_t alone = bits_alone(trust);

  REQUIRE(trust->count <= SCH_TRUST_ELEMENTS_MAX);
  /* The cursor walks the rows for the chain and for each element, and all of it a second time, for
   * what comes last. */
  while (*cursor < 2 * groups * SCH_COUNT(rows)) {
    const struct row *row = &rows[*cursor % SCH_COUNT(rows)];
    const size_t group = *cursor / SCH_COUNT(rows);
    const struct sch_trust_element *element =
        group % groups == 0 ? NULL : &trust->elements[group % groups - 1];
    const uint32_t bits = element == NULL ? alone : element->bits;

    *cursor += 1;
    if ((bits & row->bit) != 0 && (row->bit == CERT_TRUST_NAME_MISMATCH) == (group >= groups)) {
      *out = (struct sch_reason){error_of(row, element == NULL ? 0 : element->details), row->bit,
                                 element == NULL ? SCH_TRUST_CHAIN : group % groups - 1};
      return true;
    }
  }
  return false;
}

SECURITY_STATUS sch_trust_status(uint32_t bits) {
  static const struct {
    uint32_t bit;
    SECURITY_STATUS status;
  } order[] = {
      {CERT_TRUST_ENGINE_FAILED, SEC_E_INTERNAL_ERROR},
      {CERT_TRUST_NO_CERTIFICATE, SEC_E_NO_CREDENTIALS},
      {CERT_TRUST_IS_REVOKED, CRYPT_E_REVOKED},
      {CERT_TRUST_IS_UNTRUSTED_ROOT, SEC_E_UNTRUSTED_ROOT},
      {CERT_TRUST_IS_PARTIAL_CHAIN, SEC_E_UNTRUSTED_ROOT},
      {CERT_TRUST_IS_CYCLIC, SEC_E_UNTRUSTED_ROOT},
      {CERT_TRUST_IS_NOT_TIME_VALID, SEC_E_CERT_EXPIRED},
      {CERT_TRUST_NAME_MISMATCH, SEC_E_WRONG_PRINCIPAL},
  };

  for (size_t i = 0; i < SCH_COUNT(order); i++) {
    if ((bits & order[i].bit) != 0) {
      return order[i].status;
    }
  }
  return bits == 0 ? SEC_E_OK : SEC_E_CERT_UNKNOWN;
}

uint32_t sch_trust_rank(uint32_t bits) {
  uint32_t rank = 0;

  for (size_t i = 0; i < SCH_COUNT(ranks); i++) {
    rank = rank << 1 | ((bits & ranks[i]) != 0 ? 1 : 0);
  }
  return rank;
}

bool sch_trust_has_engine(int number) {
  return number > 0 && (size_t)number < SCH_COUNT(engine) && engine[number].bits != 0;
}

struct sch_trust_element sch_trust_engine(int number) {
  if (number != 0 && !sch_trust_has_engine(number)) {
    return (struct sch_trust_element){CERT_TRUST_ENGINE_FAILED, 0};
  }
  return engine[number];
}

const char *sch_trust_name(uint32_t bit) {
  for (size_t i = 0; i < SCH_COUNT(rows); i++) {
    if (rows[i].bit == bit) {
      return rows[i].name;
    }
  }
  UNREACHABLE("a single bit has a row");
}

const char *sch_error_name(enum sch_error error) {
  static const char *const names[] = {
#define NAME(name, text) text,
      SCH_ERRORS(NAME)
#undef NAME
  };

  REQUIRE(error < SCH_ERROR_COUNT);
  return names[error];
}
