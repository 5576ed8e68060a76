/* fault: every rule by which a certificate is refused, once each, by name, with its source.
 *
 * A reading carries the first rule broken, where, and how much work was done. It is the reason
 * behind each `false` of der, oid, general_name, extension and certificate.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_CERT_FAULT_H
#define SCH_CERT_FAULT_H

#include "bytes/span.h"

/* name, rule, source */
#define SCH_FAULTS(X)                                                                             \
  X(none, "nothing is wrong", "")                                                                 \
  X(truncated, "an element ends before its header or its length says", "X.690 8.1")               \
  X(tag_high, "a tag number above 30, which no field has", "X.690 8.1.2.4")                       \
  X(tag_unknown, "a universal type that no field has", "X.680 8.6")                               \
  X(tag_form, "a primitive type is constructed, or the reverse", "X.690 10.2")                    \
  X(tag_unexpected, "an element of another type stands where a field is due", "RFC 5280 A")       \
  X(length_indefinite, "an indefinite length", "X.690 10.1")                                      \
  X(length_huge, "a length of more than four bytes", "X.690 8.1.3.5")                             \
  X(length_not_minimal, "a length in more bytes than needed", "X.690 10.1")                       \
  X(depth, "elements nest deeper than SCH_DER_DEPTH", "a bound of this reader")                   \
  X(trailing, "bytes follow the certificate", "X.690 8.1")                                        \
  X(field_missing, "a structure ends before a field that is due", "RFC 5280 A")                   \
  X(field_unexpected, "an element follows the last field of a structure", "RFC 5280 A")           \
  X(default_encoded, "a field is present with its default value", "X.690 11.5")                   \
  X(boolean, "a BOOLEAN that is not one byte, 00 or FF", "X.690 11.1")                            \
  X(integer_empty, "an INTEGER without a byte", "X.690 8.3.1")                                    \
  X(integer_not_minimal, "an INTEGER whose first nine bits are equal", "X.690 8.3.2")             \
  X(number_range, "a number that is negative or too large for its field", "RFC 5280 A")           \
  X(bit_string_unused, "a BIT STRING with an impossible count of unused bits", "X.690 8.6.2")     \
  X(bit_string_padding, "a BIT STRING whose unused bits are not zero", "X.690 11.2.1")            \
  X(bit_string_named, "a list of named bits with trailing zeros", "X.690 11.2.2")                 \
  X(bit_string_octets, "a key or signature that is not whole bytes", "RFC 3279 2.2, 2.3")         \
  X(null, "a NULL that is not empty", "X.690 8.8.2")                                              \
  X(oid_unfinished, "an OBJECT IDENTIFIER that is empty or whose last arc goes on", "X.690 8.19") \
  X(oid_not_minimal, "an arc that starts with a byte of zero bits", "X.690 8.19.2")               \
  X(time_form, "a time that is not digits to the second and Z", "RFC 5280 4.1.2.5")               \
  X(time_value, "a date or time of day that does not exist", "X.680 46, 47")                      \
  X(string_utf8, "a UTF8String that is not UTF-8", "RFC 3629 3")                                  \
  X(string_numeric, "a NumericString with more than digits and space", "X.680 41.2")              \
  X(string_printable, "a PrintableString outside its alphabet", "X.680 41.4")                     \
  X(string_teletex, "a TeletexString with a control character", "X.680 41.1")                     \
  X(string_ia5, "an IA5String or GeneralString with a byte above 7F", "X.680 41.1")               \
  X(string_visible, "a VisibleString with more than graphic ASCII", "X.680 41.1")                 \
  X(string_universal, "a UniversalString that is not UTF-32", "X.680 41.6")                       \
  X(string_bmp, "a BMPString that is not UCS-2", "X.680 41.15")                                   \
  X(set_order, "a SET OF that is not in ascending order", "X.690 11.6")                           \
  X(sequence_empty, "a list, or a record of options, that must not be empty is", "RFC 5280 A")    \
  X(list_long, "more extensions or policies than SCH_UNIQUE_MAX", "a bound of this reader")       \
  X(version, "a version other than v2 and v3 in the version field", "RFC 5280 4.1.2.1")           \
  X(serial_negative, "a negative serial number", "RFC 5280 4.1.2.2")                              \
  X(serial_long, "a serial number of more than 20 bytes", "RFC 5280 4.1.2.2")                     \
  X(algorithm_differs, "the two signature algorithms differ", "RFC 5280 4.1.1.2")                 \
  X(issuer_empty, "an empty issuer", "RFC 5280 4.1.2.4")                                          \
  X(subject_empty, "an empty subject without a critical subjectAltName", "RFC 5280 4.2.1.6")      \
  X(attribute_string, "an attribute value of a type its attribute does not have", "RFC 5280 A.1") \
  X(validity_form, "a year to 2049 not in UTCTime", "RFC 5280 4.1.2.5")                           \
  X(unique_id_version, "a unique identifier in a v1 certificate", "RFC 5280 4.1.2.8")             \
  X(extensions_version, "extensions in a certificate that is not v3", "RFC 5280 4.1.2.9")         \
  X(extension_repeated, "the same extension twice", "RFC 5280 4.2")                               \
  X(general_name_kind, "a GeneralName of none of the nine kinds", "RFC 5280 4.2.1.6")             \
  X(address_size, "an IP address of a size that its place does not have",                         \
    "RFC 5280 4.2.1.6, 4.2.1.10")                                                                 \
  X(key_usage_empty, "a keyUsage without a bit", "RFC 5280 4.2.1.3")                              \
  X(path_length, "a path length where cA is not set", "RFC 5280 4.2.1.9")                         \
  X(constraints_empty, "nameConstraints or policyConstraints that say nothing",                   \
    "RFC 5280 4.2.1.10, 4.2.1.11")                                                                \
  X(subtree_range, "a subtree with a minimum or a maximum", "RFC 5280 4.2.1.10")                  \
  X(policy_repeated, "the same policy twice", "RFC 5280 4.2.1.4")                                 \
  X(policy_mapping_any, "a mapping from or to anyPolicy", "RFC 5280 4.2.1.5")                     \
  X(authority_pair, "an authority's issuer without its serial number, or the reverse",            \
    "RFC 5280 4.2.1.1")                                                                           \
  X(point_empty, "a distribution point that says neither where nor who", "RFC 5280 4.2.1.13")

/* Rules that only a CRL can break. */
#define SCH_CRL_FAULTS(X)                                                                         \
  X(crl_version, "a version other than v2 in the version field of a CRL", "RFC 5280 5.1.2.1")     \
  X(crl_next_update, "a CRL that does not say when the next one comes", "RFC 5280 5.1.2.5")       \
  X(crl_extensions_version, "extensions in a CRL that is not v2", "RFC 5280 5.1.2.1")             \
  X(crl_number, "a v2 CRL without a number, or a number of more than 20 bytes", "RFC 5280 5.2.3") \
  X(crl_critical, "a CRL extension that is critical and must not be, or the reverse",             \
    "RFC 5280 5.2, 5.3")                                                                          \
  X(crl_scope, "a CRL that is only for two kinds of certificates", "RFC 5280 5.2.5")              \
  X(crl_reason, "a reason that is not used, or out of place", "RFC 5280 5.3.1")                   \
  X(crl_entry_issuer, "an entry of another issuer in a CRL that is not indirect", "RFC 5280 5.3.3")

/* The first of them. */
#define SCH_FAULT_CRLS SCH_FAULT_crl_version

enum sch_fault {
#define SCH_FAULT_ENUM(name, rule, source) SCH_FAULT_##name,
  SCH_FAULTS(SCH_FAULT_ENUM) SCH_CRL_FAULTS(SCH_FAULT_ENUM)
#undef SCH_FAULT_ENUM
      SCH_FAULT_COUNT
};

/* One reading of one input. Start it with zeros. */
struct sch_reading {
  enum sch_fault fault; /* the first rule broken */
  const uint8_t *at;    /* the first byte of what broke it, inside or one behind the input */
  size_t elements;      /* element headers looked at: the measure of work */
  bool lenient; /* set by who reads to verify: GeneralizedTime before 2050 is no fault, which
                 * RFC 5280 4.1.2.5 forbids to authorities and has everybody process */
};

/* sch_refuse notes the first fault of a reading; later ones leave it alone. Returns false, so that
 * a reader can end with `return sch_refuse(...)`. */
bool sch_refuse(struct sch_reading *reading, enum sch_fault fault, const uint8_t *at);

/* sch_fault_name, rule and source give the columns of the table: the name as an identifier, the
 * rule as a sentence without its end, and where it is written. */
const char *sch_fault_name(enum sch_fault fault);
const char *sch_fault_rule(enum sch_fault fault);
const char *sch_fault_source(enum sch_fault fault);

#endif
