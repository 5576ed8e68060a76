/* oid: the one table of object identifiers, for the reader, the printer and the dictionary.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_CERT_OID_H
#define SCH_CERT_OID_H

#include "bytes/span.h"

/* name, text, contents of the OBJECT IDENTIFIER */

/* Attributes of names, RFC 5280 appendix A.1 */
#define SCH_OID_ATTRIBUTES(X)                                                        \
  X(common_name, "commonName", "\x55\x04\x03")                                       \
  X(surname, "surname", "\x55\x04\x04")                                              \
  X(serial_number, "serialNumber", "\x55\x04\x05")                                   \
  X(country, "countryName", "\x55\x04\x06")                                          \
  X(locality, "localityName", "\x55\x04\x07")                                        \
  X(state, "stateOrProvinceName", "\x55\x04\x08")                                    \
  X(street, "streetAddress", "\x55\x04\x09")                                         \
  X(organization, "organizationName", "\x55\x04\x0a")                                \
  X(unit, "organizationalUnitName", "\x55\x04\x0b")                                  \
  X(title, "title", "\x55\x04\x0c")                                                  \
  X(name, "name", "\x55\x04\x29")                                                    \
  X(given_name, "givenName", "\x55\x04\x2a")                                         \
  X(initials, "initials", "\x55\x04\x2b")                                            \
  X(generation, "generationQualifier", "\x55\x04\x2c")                               \
  X(dn_qualifier, "dnQualifier", "\x55\x04\x2e")                                     \
  X(pseudonym, "pseudonym", "\x55\x04\x41")                                          \
  X(domain_component, "domainComponent", "\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19") \
  X(email_address, "emailAddress", "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01")

/* Extensions, RFC 5280 4.2 and others */
#define SCH_OID_EXTENSIONS(X)                                                               \
  X(subject_directory_attributes, "subjectDirectoryAttributes", "\x55\x1d\x09")             \
  X(subject_key_id, "subjectKeyIdentifier", "\x55\x1d\x0e")                                 \
  X(key_usage, "keyUsage", "\x55\x1d\x0f")                                                  \
  X(private_key_usage_period, "privateKeyUsagePeriod", "\x55\x1d\x10")                      \
  X(subject_alt_name, "subjectAltName", "\x55\x1d\x11")                                     \
  X(issuer_alt_name, "issuerAltName", "\x55\x1d\x12")                                       \
  X(basic_constraints, "basicConstraints", "\x55\x1d\x13")                                  \
  X(name_constraints, "nameConstraints", "\x55\x1d\x1e")                                    \
  X(crl_distribution_points, "cRLDistributionPoints", "\x55\x1d\x1f")                       \
  X(certificate_policies, "certificatePolicies", "\x55\x1d\x20")                            \
  X(policy_mappings, "policyMappings", "\x55\x1d\x21")                                      \
  X(authority_key_id, "authorityKeyIdentifier", "\x55\x1d\x23")                             \
  X(policy_constraints, "policyConstraints", "\x55\x1d\x24")                                \
  X(extended_key_usage, "extKeyUsage", "\x55\x1d\x25")                                      \
  X(freshest_crl, "freshestCRL", "\x55\x1d\x2e")                                            \
  X(inhibit_any_policy, "inhibitAnyPolicy", "\x55\x1d\x36")                                 \
  X(authority_info_access, "authorityInfoAccess", "\x2b\x06\x01\x05\x05\x07\x01\x01")       \
  X(subject_info_access, "subjectInfoAccess", "\x2b\x06\x01\x05\x05\x07\x01\x0b")           \
  X(tls_feature, "tlsFeature", "\x2b\x06\x01\x05\x05\x07\x01\x18")                          \
  X(ocsp_no_check, "ocspNoCheck", "\x2b\x06\x01\x05\x05\x07\x30\x01\x05")                   \
  X(netscape_cert_type, "netscapeCertType", "\x60\x86\x48\x01\x86\xf8\x42\x01\x01")         \
  X(netscape_comment, "netscapeComment", "\x60\x86\x48\x01\x86\xf8\x42\x01\x0d")            \
  X(sct_list, "signedCertificateTimestampList", "\x2b\x06\x01\x04\x01\xd6\x79\x02\x04\x02") \
  X(ct_poison, "precertificatePoison", "\x2b\x06\x01\x04\x01\xd6\x79\x02\x04\x03")

/* Extensions of CRLs and of their entries, RFC 5280 5.2, 5.3 */
#define SCH_OID_CRL_EXTENSIONS(X)                                           \
  X(crl_number, "cRLNumber", "\x55\x1d\x14")                                \
  X(crl_reason, "cRLReason", "\x55\x1d\x15")                                \
  X(invalidity_date, "invalidityDate", "\x55\x1d\x18")                      \
  X(delta_crl_indicator, "deltaCRLIndicator", "\x55\x1d\x1b")               \
  X(issuing_distribution_point, "issuingDistributionPoint", "\x55\x1d\x1c") \
  X(certificate_issuer, "certificateIssuer", "\x55\x1d\x1d")

/* Public keys, RFC 3279, 5480, 8410 */
#define SCH_OID_KEYS(X)                                           \
  X(rsa, "rsaEncryption", "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01") \
  X(ec_public_key, "ecPublicKey", "\x2a\x86\x48\xce\x3d\x02\x01") \
  X(dsa, "dsa", "\x2a\x86\x48\xce\x38\x04\x01")                   \
  X(p256, "prime256v1", "\x2a\x86\x48\xce\x3d\x03\x01\x07")       \
  X(p384, "secp384r1", "\x2b\x81\x04\x00\x22")                    \
  X(p521, "secp521r1", "\x2b\x81\x04\x00\x23")                    \
  X(x25519, "X25519", "\x2b\x65\x6e")                             \
  X(ed25519, "Ed25519", "\x2b\x65\x70")                           \
  X(ed448, "Ed448", "\x2b\x65\x71")

/* Signatures, RFC 4055, 5758 */
#define SCH_OID_SIGNATURES(X)                                                      \
  X(rsa_md5, "md5WithRSAEncryption", "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x04")       \
  X(rsa_sha1, "sha1WithRSAEncryption", "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05")     \
  X(rsa_pss, "rsassaPss", "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a")                  \
  X(mgf1, "mgf1", "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x08")                          \
  X(sha256, "sha256", "\x60\x86\x48\x01\x65\x03\x04\x02\x01")                      \
  X(rsa_sha256, "sha256WithRSAEncryption", "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b") \
  X(rsa_sha384, "sha384WithRSAEncryption", "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c") \
  X(rsa_sha512, "sha512WithRSAEncryption", "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0d") \
  X(ecdsa_sha256, "ecdsaWithSHA256", "\x2a\x86\x48\xce\x3d\x04\x03\x02")           \
  X(ecdsa_sha384, "ecdsaWithSHA384", "\x2a\x86\x48\xce\x3d\x04\x03\x03")           \
  X(ecdsa_sha512, "ecdsaWithSHA512", "\x2a\x86\x48\xce\x3d\x04\x03\x04")

/* Purposes, RFC 5280 4.2.1.12 */
#define SCH_OID_PURPOSES(X)                                                  \
  X(any_purpose, "anyExtendedKeyUsage", "\x55\x1d\x25\x00")                  \
  X(server_auth, "serverAuth", "\x2b\x06\x01\x05\x05\x07\x03\x01")           \
  X(client_auth, "clientAuth", "\x2b\x06\x01\x05\x05\x07\x03\x02")           \
  X(code_signing, "codeSigning", "\x2b\x06\x01\x05\x05\x07\x03\x03")         \
  X(email_protection, "emailProtection", "\x2b\x06\x01\x05\x05\x07\x03\x04") \
  X(time_stamping, "timeStamping", "\x2b\x06\x01\x05\x05\x07\x03\x08")       \
  X(ocsp_signing, "OCSPSigning", "\x2b\x06\x01\x05\x05\x07\x03\x09")

/* Policies, access methods and other names, RFC 5280 4.2.1.4, 4.2.2, RFC 9598 */
#define SCH_OID_OTHERS(X)                                                     \
  X(any_policy, "anyPolicy", "\x55\x1d\x20\x00")                              \
  X(practice_statement, "cps", "\x2b\x06\x01\x05\x05\x07\x02\x01")            \
  X(user_notice, "userNotice", "\x2b\x06\x01\x05\x05\x07\x02\x02")            \
  X(ocsp, "ocsp", "\x2b\x06\x01\x05\x05\x07\x30\x01")                         \
  X(ca_issuers, "caIssuers", "\x2b\x06\x01\x05\x05\x07\x30\x02")              \
  X(ca_repository, "caRepository", "\x2b\x06\x01\x05\x05\x07\x30\x05")        \
  X(smtp_utf8_mailbox, "smtpUTF8Mailbox", "\x2b\x06\x01\x05\x05\x07\x08\x09") \
  X(user_principal_name, "userPrincipalName", "\x2b\x06\x01\x04\x01\x82\x37\x14\x02\x03")

#define SCH_OIDS(X)         \
  SCH_OID_ATTRIBUTES(X)     \
  SCH_OID_EXTENSIONS(X)     \
  SCH_OID_CRL_EXTENSIONS(X) \
  SCH_OID_KEYS(X)           \
  SCH_OID_SIGNATURES(X)     \
  SCH_OID_PURPOSES(X)       \
  SCH_OID_OTHERS(X)

enum sch_oid {
  SCH_OID_unknown,
#define SCH_OID_ENUM(name, text, bytes) SCH_OID_##name,
  SCH_OIDS(SCH_OID_ENUM)
#undef SCH_OID_ENUM
      SCH_OID_COUNT
};

/* sch_oid_find names the contents of an OBJECT IDENTIFIER; SCH_OID_unknown when the table does not
 * have it. */
enum sch_oid sch_oid_find(struct sch_span body);

/* sch_oid_text and sch_oid_bytes give the columns of the table; "unknown" and an empty span for
 * SCH_OID_unknown. */
const char *sch_oid_text(enum sch_oid oid);
struct sch_span sch_oid_bytes(enum sch_oid oid);

#endif
