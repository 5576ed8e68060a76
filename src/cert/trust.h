/* trust: the one total table between what can be wrong with a chain and what is said about it.
 *
 * Engine error -> bits, bit -> error and status. A bit is CryptoAPI's dwErrorStatus of
 * CERT_TRUST_STATUS, by Microsoft's names and values; the six values that Microsoft does not use
 * are ours, so that each of the 32 has a row and none can be lost. This file knows the engine's
 * error numbers, not the engine.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_CERT_TRUST_H
#define SCH_CERT_TRUST_H

#include "base.h"
#include "sspi/abi.h"

/* What is reported, after QSslError::SslError, in no order: name, Qt's name. The last three are not
 * Qt's: there a weak signature and a missing policy are silent, and no work is bounded. */
#define SCH_ERRORS(X)                                     \
  X(no_peer_certificate, "NoPeerCertificate")             \
  X(unable_to_get_issuer, "UnableToGetIssuerCertificate") \
  X(path_length_exceeded, "PathLengthExceeded")           \
  X(unspecified, "UnspecifiedError")                      \
  X(untrusted, "CertificateUntrusted")                    \
  X(unreadable, "UnableToDecodeCertificate")              \
  X(not_yet_valid, "CertificateNotYetValid")              \
  X(expired, "CertificateExpired")                        \
  X(revoked, "CertificateRevoked")                        \
  X(signature_failed, "CertificateSignatureFailed")       \
  X(invalid_purpose, "InvalidPurpose")                    \
  X(status_unknown, "CertificateStatusUnknown")           \
  X(blacklisted, "CertificateBlacklisted")                \
  X(host_name_mismatch, "HostNameMismatch")               \
  X(weak, "CertificateWeak")                              \
  X(policy_missing, "PolicyMissing")                      \
  X(work_limit, "WorkLimitExceeded")

enum sch_error {
#define SCH_ERROR_ENUM(name, text) SCH_ERROR_##name,
  SCH_ERRORS(SCH_ERROR_ENUM)
#undef SCH_ERROR_ENUM
      SCH_ERROR_COUNT
};

/* All 32 bits, in the order in which they are reported, which is that of Qt's verifyCertContext
 * where it has one: CryptoAPI's name or ours, value, error, status. What CryptoAPI calls
 * HAS_..._NAME_CONSTRAINT is about a name of this element, INVALID_NAME_CONSTRAINTS about the
 * constraints. */
#define SCH_TRUST_BITS(X)                                                            \
  /* chain first: what Qt reads at chain level, its steps 1 to 3 */                  \
  X(NO_CERTIFICATE, 0x00800000, no_peer_certificate, SEC_E_NO_CREDENTIALS)           \
  X(IS_PARTIAL_CHAIN, 0x00010000, unable_to_get_issuer, SEC_E_UNTRUSTED_ROOT)        \
  X(TOO_LONG, 0x00400000, path_length_exceeded, SEC_E_CERT_UNKNOWN)                  \
  X(CTL_IS_NOT_TIME_VALID, 0x00020000, unspecified, SEC_E_CERT_UNKNOWN)              \
  X(CTL_IS_NOT_SIGNATURE_VALID, 0x00040000, unspecified, SEC_E_CERT_UNKNOWN)         \
  X(CTL_IS_NOT_VALID_FOR_USAGE, 0x00080000, unspecified, SEC_E_CERT_UNKNOWN)         \
  /* each element: Qt's steps 0 to 13 */                                             \
  X(UNREADABLE, 0x20000000, unreadable, SEC_E_CERT_UNKNOWN)                          \
  X(IS_NOT_TIME_VALID, 0x00000001, expired, SEC_E_CERT_EXPIRED)                      \
  X(IS_NOT_TIME_NESTED, 0x00000002, unspecified, SEC_E_CERT_UNKNOWN)                 \
  X(IS_REVOKED, 0x00000004, revoked, CRYPT_E_REVOKED)                                \
  X(IS_NOT_SIGNATURE_VALID, 0x00000008, signature_failed, SEC_E_CERT_UNKNOWN)        \
  X(IS_NOT_VALID_FOR_USAGE, 0x00000010, invalid_purpose, SEC_E_CERT_UNKNOWN)         \
  X(IS_UNTRUSTED_ROOT, 0x00000020, untrusted, SEC_E_UNTRUSTED_ROOT)                  \
  X(IS_OFFLINE_REVOCATION, 0x01000000, status_unknown, SEC_E_CERT_UNKNOWN)           \
  X(REVOCATION_STATUS_UNKNOWN, 0x00000040, status_unknown, SEC_E_CERT_UNKNOWN)       \
  X(IS_CYCLIC, 0x00000080, unspecified, SEC_E_UNTRUSTED_ROOT)                        \
  X(INVALID_EXTENSION, 0x00000100, unspecified, SEC_E_CERT_UNKNOWN)                  \
  X(INVALID_NAME_CONSTRAINTS, 0x00000800, unspecified, SEC_E_CERT_UNKNOWN)           \
  X(INVALID_POLICY_CONSTRAINTS, 0x00000200, unspecified, SEC_E_CERT_UNKNOWN)         \
  X(HAS_EXCLUDED_NAME_CONSTRAINT, 0x00008000, unspecified, SEC_E_CERT_UNKNOWN)       \
  X(HAS_NOT_SUPPORTED_CRITICAL_EXT, 0x08000000, unspecified, SEC_E_CERT_UNKNOWN)     \
  X(HAS_NOT_DEFINED_NAME_CONSTRAINT, 0x00002000, unspecified, SEC_E_CERT_UNKNOWN)    \
  X(HAS_NOT_PERMITTED_NAME_CONSTRAINT, 0x00004000, unspecified, SEC_E_CERT_UNKNOWN)  \
  X(HAS_NOT_SUPPORTED_NAME_CONSTRAINT, 0x00001000, unspecified, SEC_E_CERT_UNKNOWN)  \
  X(INVALID_BASIC_CONSTRAINTS, 0x00000400, path_length_exceeded, SEC_E_CERT_UNKNOWN) \
  X(IS_EXPLICIT_DISTRUST, 0x04000000, blacklisted, SEC_E_CERT_UNKNOWN)               \
  /* what Qt drops */                                                                \
  X(HAS_WEAK_SIGNATURE, 0x00100000, weak, SEC_E_CERT_UNKNOWN)                        \
  X(HAS_WEAK_HYGIENE, 0x00200000, weak, SEC_E_CERT_UNKNOWN)                          \
  X(NO_ISSUANCE_CHAIN_POLICY, 0x02000000, policy_missing, SEC_E_CERT_UNKNOWN)        \
  X(WORK_LIMIT, 0x40000000, work_limit, SEC_E_CERT_UNKNOWN)                          \
  X(ENGINE_FAILED, 0x80000000, unspecified, SEC_E_INTERNAL_ERROR)                    \
  /* the peer's name comes last */                                                   \
  X(NAME_MISMATCH, 0x10000000, host_name_mismatch, SEC_E_WRONG_PRINCIPAL)

/* CERT_TRUST_<name> = value. */
#define SCH_TRUST_CONSTANT(name, value, error, status) \
  static const uint32_t CERT_TRUST_##name __attribute__((unused)) = UINT32_C(value);
SCH_TRUST_BITS(SCH_TRUST_CONSTANT)
#undef SCH_TRUST_CONSTANT

/* What a bit alone does not say, about one element. */
enum sch_trust_detail {
  SCH_TRUST_EARLY = 1, /* IS_NOT_TIME_VALID because it is not valid yet: not_yet_valid */
  SCH_TRUST_NOT_CA = 2 /* INVALID_BASIC_CONSTRAINTS because it is no CA: invalid_purpose */
};

/* A path has at most this many elements, leaf and anchor included. */
#define SCH_TRUST_ELEMENTS_MAX 32

/* What is wrong with one element, and with a chain: `bits` of the chain has all bits of its
 * elements, and those that are the chain's alone. Nothing is wrong exactly when `bits` is 0. */
struct sch_trust_element {
  uint32_t bits;
  uint32_t details; /* of enum sch_trust_detail */
};

struct sch_trust {
  uint32_t bits;
  size_t count;
  struct sch_trust_element elements[SCH_TRUST_ELEMENTS_MAX]; /* leaf first */
};

/* sch_trust_add says that `bits` hold of element `index`, or, when that is SCH_TRUST_CHAIN, of the
 * chain. An index from `count` on, up to any number, counts as the chain: nothing is dropped. */
#define SCH_TRUST_CHAIN SIZE_MAX
void sch_trust_add(struct sch_trust *trust, size_t index, uint32_t bits, uint32_t details);

/* One reported error. */
struct sch_reason {
  enum sch_error error;
  uint32_t bit; /* exactly one */
  size_t index; /* of the element, or SCH_TRUST_CHAIN */
};

/* sch_trust_next gives the errors of a chain, one for each bit of each element and of the chain, in
 * this order: the bits that are the chain's alone, but its NAME_MISMATCH; the elements from the
 * leaf on; NAME_MISMATCH. Within each the order is that of SCH_TRUST_BITS. `*cursor` starts at 0.
 * False at the end. There is an error exactly when `trust->bits` is not 0. */
CHECKED bool sch_trust_next(const struct sch_trust *trust, size_t *cursor, struct sch_reason *out);

/* sch_trust_status gives the one SECURITY_STATUS of all that is wrong: SEC_E_OK exactly when `bits`
 * is 0; otherwise that of the first bit, in this order, that has a status of its own:
 * ENGINE_FAILED, NO_CERTIFICATE, IS_REVOKED, IS_UNTRUSTED_ROOT, IS_PARTIAL_CHAIN, IS_CYCLIC,
 * IS_NOT_TIME_VALID, NAME_MISMATCH; else SEC_E_CERT_UNKNOWN. */
SECURITY_STATUS sch_trust_status(uint32_t bits);

/* sch_trust_rank orders ways to fail: the smaller number is nearer to being accepted, and 0 is
 * accepted. It is one to one, and monotone: fewer bits never rank higher. Worst are
 * the engine's failure, then a bad signature, then no anchor, revocation, distrust. */
uint32_t sch_trust_rank(uint32_t bits);

/* sch_trust_engine gives the bits and details that an error number of X509_verify_cert stands for.
 * Never 0 for a number that is not 0: ENGINE_FAILED for one without a row. 0 for 0. */
struct sch_trust_element sch_trust_engine(int number);

/* sch_trust_has_engine says whether an engine error number has a row. */
bool sch_trust_has_engine(int number);

/* sch_trust_name names a single bit as Microsoft does, without CERT_TRUST_; sch_error_name is Qt's
 * name of an error. */
const char *sch_trust_name(uint32_t bit);
const char *sch_error_name(enum sch_error error);

#endif
