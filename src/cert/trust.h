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

/* The bits, by CryptoAPI's names and values; these six are ours: TOO_LONG, NO_CERTIFICATE,
 * NAME_MISMATCH, UNREADABLE, WORK_LIMIT, ENGINE_FAILED. What CryptoAPI calls
 * HAS_..._NAME_CONSTRAINT is about a name of the element, INVALID_NAME_CONSTRAINTS about its
 * constraints. */
#define CERT_TRUST_IS_NOT_TIME_VALID UINT32_C(0x00000001)
#define CERT_TRUST_IS_NOT_TIME_NESTED UINT32_C(0x00000002)
#define CERT_TRUST_IS_REVOKED UINT32_C(0x00000004)
#define CERT_TRUST_IS_NOT_SIGNATURE_VALID UINT32_C(0x00000008)
#define CERT_TRUST_IS_NOT_VALID_FOR_USAGE UINT32_C(0x00000010)
#define CERT_TRUST_IS_UNTRUSTED_ROOT UINT32_C(0x00000020)
#define CERT_TRUST_REVOCATION_STATUS_UNKNOWN UINT32_C(0x00000040)
#define CERT_TRUST_IS_CYCLIC UINT32_C(0x00000080)
#define CERT_TRUST_INVALID_EXTENSION UINT32_C(0x00000100)
#define CERT_TRUST_INVALID_POLICY_CONSTRAINTS UINT32_C(0x00000200)
#define CERT_TRUST_INVALID_BASIC_CONSTRAINTS UINT32_C(0x00000400)
#define CERT_TRUST_INVALID_NAME_CONSTRAINTS UINT32_C(0x00000800)
#define CERT_TRUST_HAS_NOT_SUPPORTED_NAME_CONSTRAINT UINT32_C(0x00001000)
#define CERT_TRUST_HAS_NOT_DEFINED_NAME_CONSTRAINT UINT32_C(0x00002000)
#define CERT_TRUST_HAS_NOT_PERMITTED_NAME_CONSTRAINT UINT32_C(0x00004000)
#define CERT_TRUST_HAS_EXCLUDED_NAME_CONSTRAINT UINT32_C(0x00008000)
#define CERT_TRUST_IS_PARTIAL_CHAIN UINT32_C(0x00010000)
#define CERT_TRUST_CTL_IS_NOT_TIME_VALID UINT32_C(0x00020000)
#define CERT_TRUST_CTL_IS_NOT_SIGNATURE_VALID UINT32_C(0x00040000)
#define CERT_TRUST_CTL_IS_NOT_VALID_FOR_USAGE UINT32_C(0x00080000)
#define CERT_TRUST_HAS_WEAK_SIGNATURE UINT32_C(0x00100000)
#define CERT_TRUST_HAS_WEAK_HYGIENE UINT32_C(0x00200000)
#define CERT_TRUST_TOO_LONG UINT32_C(0x00400000)
#define CERT_TRUST_NO_CERTIFICATE UINT32_C(0x00800000)
#define CERT_TRUST_IS_OFFLINE_REVOCATION UINT32_C(0x01000000)
#define CERT_TRUST_NO_ISSUANCE_CHAIN_POLICY UINT32_C(0x02000000)
#define CERT_TRUST_IS_EXPLICIT_DISTRUST UINT32_C(0x04000000)
#define CERT_TRUST_HAS_NOT_SUPPORTED_CRITICAL_EXT UINT32_C(0x08000000)
#define CERT_TRUST_NAME_MISMATCH UINT32_C(0x10000000)
#define CERT_TRUST_UNREADABLE UINT32_C(0x20000000)
#define CERT_TRUST_WORK_LIMIT UINT32_C(0x40000000)
#define CERT_TRUST_ENGINE_FAILED UINT32_C(0x80000000)

/* All 32 of them, in the order in which they are reported, which is that of Qt's verifyCertContext
 * where it has one: name, error. */
#define SCH_TRUST_BITS(X)                                           \
  /* chain first: what Qt reads at chain level, its steps 1 to 3 */ \
  X(NO_CERTIFICATE, no_peer_certificate)                            \
  X(IS_PARTIAL_CHAIN, unable_to_get_issuer)                         \
  X(TOO_LONG, path_length_exceeded)                                 \
  X(CTL_IS_NOT_TIME_VALID, unspecified)                             \
  X(CTL_IS_NOT_SIGNATURE_VALID, unspecified)                        \
  X(CTL_IS_NOT_VALID_FOR_USAGE, unspecified)                        \
  /* each element: Qt's steps 0 to 13 */                            \
  X(UNREADABLE, unreadable)                                         \
  X(IS_NOT_TIME_VALID, expired)                                     \
  X(IS_NOT_TIME_NESTED, unspecified)                                \
  X(IS_REVOKED, revoked)                                            \
  X(IS_NOT_SIGNATURE_VALID, signature_failed)                       \
  X(IS_NOT_VALID_FOR_USAGE, invalid_purpose)                        \
  X(IS_UNTRUSTED_ROOT, untrusted)                                   \
  X(IS_OFFLINE_REVOCATION, status_unknown)                          \
  X(REVOCATION_STATUS_UNKNOWN, status_unknown)                      \
  X(IS_CYCLIC, unspecified)                                         \
  X(INVALID_EXTENSION, unspecified)                                 \
  X(INVALID_NAME_CONSTRAINTS, unspecified)                          \
  X(INVALID_POLICY_CONSTRAINTS, unspecified)                        \
  X(HAS_EXCLUDED_NAME_CONSTRAINT, unspecified)                      \
  X(HAS_NOT_SUPPORTED_CRITICAL_EXT, unspecified)                    \
  X(HAS_NOT_DEFINED_NAME_CONSTRAINT, unspecified)                   \
  X(HAS_NOT_PERMITTED_NAME_CONSTRAINT, unspecified)                 \
  X(HAS_NOT_SUPPORTED_NAME_CONSTRAINT, unspecified)                 \
  X(INVALID_BASIC_CONSTRAINTS, path_length_exceeded)                \
  X(IS_EXPLICIT_DISTRUST, blacklisted)                              \
  /* what Qt drops */                                               \
  X(HAS_WEAK_SIGNATURE, weak)                                       \
  X(HAS_WEAK_HYGIENE, weak)                                         \
  X(NO_ISSUANCE_CHAIN_POLICY, policy_missing)                       \
  X(WORK_LIMIT, work_limit)                                         \
  X(ENGINE_FAILED, unspecified)                                     \
  /* the peer's name comes last */                                  \
  X(NAME_MISMATCH, host_name_mismatch)

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

/* What X509_verify_cert can say: X509_V_ERR_<name>, its number, which chain.c holds against
 * OpenSSL's own, bit, details. Unknown revocation has bits of its own, which a policy may ignore: a
 * CRL that is there but of another time is an offline one, any other that cannot be used is none.
 */
#define SCH_ENGINE_ERRORS(X)                                                              \
  X(UNSPECIFIED, 1, ENGINE_FAILED, 0)                                                     \
  X(UNABLE_TO_GET_ISSUER_CERT, 2, IS_PARTIAL_CHAIN, 0)                                    \
  X(UNABLE_TO_GET_CRL, 3, REVOCATION_STATUS_UNKNOWN, 0)                                   \
  X(UNABLE_TO_DECRYPT_CERT_SIGNATURE, 4, IS_NOT_SIGNATURE_VALID, 0)                       \
  X(UNABLE_TO_DECRYPT_CRL_SIGNATURE, 5, REVOCATION_STATUS_UNKNOWN, 0)                     \
  X(UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY, 6, IS_NOT_SIGNATURE_VALID, 0)                     \
  X(CERT_SIGNATURE_FAILURE, 7, IS_NOT_SIGNATURE_VALID, 0)                                 \
  X(CRL_SIGNATURE_FAILURE, 8, REVOCATION_STATUS_UNKNOWN, 0)                               \
  X(CERT_NOT_YET_VALID, 9, IS_NOT_TIME_VALID, SCH_TRUST_EARLY)                            \
  X(CERT_HAS_EXPIRED, 10, IS_NOT_TIME_VALID, 0)                                           \
  X(CRL_NOT_YET_VALID, 11, IS_OFFLINE_REVOCATION, 0)                                      \
  X(CRL_HAS_EXPIRED, 12, IS_OFFLINE_REVOCATION, 0)                                        \
  X(ERROR_IN_CERT_NOT_BEFORE_FIELD, 13, IS_NOT_TIME_VALID, SCH_TRUST_EARLY)               \
  X(ERROR_IN_CERT_NOT_AFTER_FIELD, 14, IS_NOT_TIME_VALID, 0)                              \
  X(ERROR_IN_CRL_LAST_UPDATE_FIELD, 15, IS_OFFLINE_REVOCATION, 0)                         \
  X(ERROR_IN_CRL_NEXT_UPDATE_FIELD, 16, IS_OFFLINE_REVOCATION, 0)                         \
  X(OUT_OF_MEM, 17, ENGINE_FAILED, 0)                                                     \
  X(DEPTH_ZERO_SELF_SIGNED_CERT, 18, IS_UNTRUSTED_ROOT, 0)                                \
  X(SELF_SIGNED_CERT_IN_CHAIN, 19, IS_UNTRUSTED_ROOT, 0)                                  \
  X(UNABLE_TO_GET_ISSUER_CERT_LOCALLY, 20, IS_PARTIAL_CHAIN, 0)                           \
  X(UNABLE_TO_VERIFY_LEAF_SIGNATURE, 21, IS_PARTIAL_CHAIN, 0)                             \
  X(CERT_CHAIN_TOO_LONG, 22, TOO_LONG, 0)                                                 \
  X(CERT_REVOKED, 23, IS_REVOKED, 0)                                                      \
  X(NO_ISSUER_PUBLIC_KEY, 24, IS_NOT_SIGNATURE_VALID, 0)                                  \
  X(PATH_LENGTH_EXCEEDED, 25, INVALID_BASIC_CONSTRAINTS, 0)                               \
  X(INVALID_PURPOSE, 26, IS_NOT_VALID_FOR_USAGE, 0)                                       \
  X(CERT_UNTRUSTED, 27, IS_UNTRUSTED_ROOT, 0)                                             \
  X(CERT_REJECTED, 28, IS_EXPLICIT_DISTRUST, 0)                                           \
  X(SUBJECT_ISSUER_MISMATCH, 29, IS_PARTIAL_CHAIN, 0)                                     \
  X(AKID_SKID_MISMATCH, 30, INVALID_EXTENSION, 0)                                         \
  X(AKID_ISSUER_SERIAL_MISMATCH, 31, INVALID_EXTENSION, 0)                                \
  X(KEYUSAGE_NO_CERTSIGN, 32, IS_NOT_VALID_FOR_USAGE, 0)                                  \
  X(UNABLE_TO_GET_CRL_ISSUER, 33, REVOCATION_STATUS_UNKNOWN, 0)                           \
  X(UNHANDLED_CRITICAL_EXTENSION, 34, HAS_NOT_SUPPORTED_CRITICAL_EXT, 0)                  \
  X(KEYUSAGE_NO_CRL_SIGN, 35, REVOCATION_STATUS_UNKNOWN, 0)                               \
  X(UNHANDLED_CRITICAL_CRL_EXTENSION, 36, REVOCATION_STATUS_UNKNOWN, 0)                   \
  X(INVALID_NON_CA, 37, INVALID_BASIC_CONSTRAINTS, 0)                                     \
  X(PROXY_PATH_LENGTH_EXCEEDED, 38, INVALID_BASIC_CONSTRAINTS, 0)                         \
  X(KEYUSAGE_NO_DIGITAL_SIGNATURE, 39, IS_NOT_VALID_FOR_USAGE, 0)                         \
  X(PROXY_CERTIFICATES_NOT_ALLOWED, 40, HAS_NOT_SUPPORTED_CRITICAL_EXT, 0)                \
  X(INVALID_EXTENSION, 41, INVALID_EXTENSION, 0)                                          \
  X(INVALID_POLICY_EXTENSION, 42, INVALID_POLICY_CONSTRAINTS, 0)                          \
  X(NO_EXPLICIT_POLICY, 43, NO_ISSUANCE_CHAIN_POLICY, 0)                                  \
  X(DIFFERENT_CRL_SCOPE, 44, REVOCATION_STATUS_UNKNOWN, 0)                                \
  X(UNSUPPORTED_EXTENSION_FEATURE, 45, INVALID_EXTENSION, 0)                              \
  X(UNNESTED_RESOURCE, 46, INVALID_EXTENSION, 0)                                          \
  X(PERMITTED_VIOLATION, 47, HAS_NOT_PERMITTED_NAME_CONSTRAINT, 0)                        \
  X(EXCLUDED_VIOLATION, 48, HAS_EXCLUDED_NAME_CONSTRAINT, 0)                              \
  X(SUBTREE_MINMAX, 49, INVALID_NAME_CONSTRAINTS, 0)                                      \
  X(APPLICATION_VERIFICATION, 50, ENGINE_FAILED, 0)                                       \
  X(UNSUPPORTED_CONSTRAINT_TYPE, 51, HAS_NOT_SUPPORTED_NAME_CONSTRAINT, 0)                \
  X(UNSUPPORTED_CONSTRAINT_SYNTAX, 52, INVALID_NAME_CONSTRAINTS, 0)                       \
  X(UNSUPPORTED_NAME_SYNTAX, 53, HAS_NOT_DEFINED_NAME_CONSTRAINT, 0)                      \
  X(CRL_PATH_VALIDATION_ERROR, 54, REVOCATION_STATUS_UNKNOWN, 0)                          \
  X(PATH_LOOP, 55, IS_CYCLIC, 0)                                                          \
  X(SUITE_B_INVALID_VERSION, 56, HAS_WEAK_SIGNATURE, 0)                                   \
  X(SUITE_B_INVALID_ALGORITHM, 57, HAS_WEAK_SIGNATURE, 0)                                 \
  X(SUITE_B_INVALID_CURVE, 58, HAS_WEAK_SIGNATURE, 0)                                     \
  X(SUITE_B_INVALID_SIGNATURE_ALGORITHM, 59, HAS_WEAK_SIGNATURE, 0)                       \
  X(SUITE_B_LOS_NOT_ALLOWED, 60, HAS_WEAK_SIGNATURE, 0)                                   \
  X(SUITE_B_CANNOT_SIGN_P_384_WITH_P_256, 61, HAS_WEAK_SIGNATURE, 0)                      \
  X(HOSTNAME_MISMATCH, 62, NAME_MISMATCH, 0)                                              \
  X(EMAIL_MISMATCH, 63, NAME_MISMATCH, 0)                                                 \
  X(IP_ADDRESS_MISMATCH, 64, NAME_MISMATCH, 0)                                            \
  X(DANE_NO_MATCH, 65, IS_UNTRUSTED_ROOT, 0)                                              \
  X(EE_KEY_TOO_SMALL, 66, HAS_WEAK_HYGIENE, 0)                                            \
  X(CA_KEY_TOO_SMALL, 67, HAS_WEAK_HYGIENE, 0)                                            \
  X(CA_MD_TOO_WEAK, 68, HAS_WEAK_SIGNATURE, 0)                                            \
  X(INVALID_CALL, 69, ENGINE_FAILED, 0)                                                   \
  X(STORE_LOOKUP, 70, ENGINE_FAILED, 0)                                                   \
  X(NO_VALID_SCTS, 71, INVALID_EXTENSION, 0)                                              \
  X(PROXY_SUBJECT_NAME_VIOLATION, 72, INVALID_NAME_CONSTRAINTS, 0)                        \
  X(OCSP_VERIFY_NEEDED, 73, REVOCATION_STATUS_UNKNOWN, 0)                                 \
  X(OCSP_VERIFY_FAILED, 74, REVOCATION_STATUS_UNKNOWN, 0)                                 \
  X(OCSP_CERT_UNKNOWN, 75, REVOCATION_STATUS_UNKNOWN, 0)                                  \
  X(UNSUPPORTED_SIGNATURE_ALGORITHM, 76, IS_NOT_SIGNATURE_VALID, 0)                       \
  X(SIGNATURE_ALGORITHM_MISMATCH, 77, IS_NOT_SIGNATURE_VALID, 0)                          \
  X(SIGNATURE_ALGORITHM_INCONSISTENCY, 78, IS_NOT_SIGNATURE_VALID, 0)                     \
  X(INVALID_CA, 79, INVALID_BASIC_CONSTRAINTS, SCH_TRUST_NOT_CA)                          \
  X(PATHLEN_INVALID_FOR_NON_CA, 80, INVALID_BASIC_CONSTRAINTS, SCH_TRUST_NOT_CA)          \
  X(PATHLEN_WITHOUT_KU_KEY_CERT_SIGN, 81, INVALID_BASIC_CONSTRAINTS, 0)                   \
  X(KU_KEY_CERT_SIGN_INVALID_FOR_NON_CA, 82, INVALID_BASIC_CONSTRAINTS, SCH_TRUST_NOT_CA) \
  X(ISSUER_NAME_EMPTY, 83, INVALID_EXTENSION, 0)                                          \
  X(SUBJECT_NAME_EMPTY, 84, INVALID_EXTENSION, 0)                                         \
  X(MISSING_AUTHORITY_KEY_IDENTIFIER, 85, INVALID_EXTENSION, 0)                           \
  X(MISSING_SUBJECT_KEY_IDENTIFIER, 86, INVALID_EXTENSION, 0)                             \
  X(EMPTY_SUBJECT_ALT_NAME, 87, INVALID_EXTENSION, 0)                                     \
  X(EMPTY_SUBJECT_SAN_NOT_CRITICAL, 88, INVALID_EXTENSION, 0)                             \
  X(CA_BCONS_NOT_CRITICAL, 89, INVALID_EXTENSION, 0)                                      \
  X(AUTHORITY_KEY_IDENTIFIER_CRITICAL, 90, INVALID_EXTENSION, 0)                          \
  X(SUBJECT_KEY_IDENTIFIER_CRITICAL, 91, INVALID_EXTENSION, 0)                            \
  X(CA_CERT_MISSING_KEY_USAGE, 92, INVALID_EXTENSION, 0)                                  \
  X(EXTENSIONS_REQUIRE_VERSION_3, 93, INVALID_EXTENSION, 0)                               \
  X(EC_KEY_EXPLICIT_PARAMS, 94, HAS_WEAK_HYGIENE, 0)

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
