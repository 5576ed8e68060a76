/* second_opinion: see second_opinion.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "second_opinion.h"

#include <openssl/err.h>
#include <openssl/provider.h>
#include <openssl/x509v3.h>
#include <string.h>

/* What is known to differ, each with its reason.
 *
 *   odd attribute values   an attribute of an unknown type may have any value (RFC 5280 4.1.2.4);
 *                          OpenSSL takes a list of types. Both leave out what holds such a name.
 *   timestamps             we keep signedCertificateTimestampList as it is, OpenSSL parses each
 *                          timestamp and may refuse. Only the list is compared. */

/* is_odd says whether `item` is an attribute, {type, value}, with such a value. */
static bool is_odd(struct sch_span item) {
  static const uint8_t taken[] = {
      SCH_DER_NUMERIC_STRING, SCH_DER_PRINTABLE_STRING, SCH_DER_TELETEX_STRING,
      SCH_DER_IA5_STRING,     SCH_DER_UNIVERSAL_STRING, SCH_DER_BMP_STRING,
      SCH_DER_UTF8_STRING,    SCH_DER_BIT_STRING,       SCH_DER_SEQUENCE};
  struct sch_reading reading = {0};
  struct sch_element value;
  struct sch_span type;

  return sch_der_take(&item, SCH_DER_OID, &type, &reading) &&
         sch_der_any(&item, &value, &reading) && item.size == 0 &&
         memchr(taken, value.tag, sizeof(taken)) == NULL;
}

/* holds_odd looks for one at any depth of `tree`, which is inside an element of tag `around`:
 * attributes are what a SET has, or the [1] that stands for a SET in a distribution point. */
static bool holds_odd(struct sch_span tree, uint8_t around) {
  const bool in_set = around == SCH_DER_SET || around == SCH_DER_CONTEXT_IN(1);
  struct sch_reading reading = {0};
  struct sch_element element;

  while (tree.size != 0 && sch_der_any(&tree, &element, &reading)) {
    if (in_set && element.tag == SCH_DER_SEQUENCE && is_odd(element.body)) {
      return true;
    }
    if ((element.tag & SCH_DER_CONSTRUCTED) != 0 && holds_odd(element.body, element.tag)) {
      return true;
    }
  }
  return false;
}

/* world gives a library context with no algorithm in it. OpenSSL decodes the public key while it
 * reads a certificate and forgets about failure; here it fails at once, which is many times faster,
 * and keys are not what is compared. */
static OSSL_LIB_CTX *world(void) {
  static OSSL_LIB_CTX *made;

  if (made == NULL) {
    made = OSSL_LIB_CTX_new();
    ENSURE(made != NULL);
    ENSURE(OSSL_PROVIDER_load(made, "null") != NULL);
  }
  return made;
}

static X509 *open_whole(struct sch_span der) {
  const unsigned char *at = der.data;
  X509 *made = X509_new_ex(world(), NULL);
  X509 *read = made;

  ENSURE(made != NULL);
  if (d2i_X509(&read, &at, (long)der.size) == NULL) {
    return NULL;
  }
  if (at != der.data + der.size) {
    X509_free(read);
    return NULL;
  }
  return read;
}

static bool same(struct sch_span span, const void *data, int size) {
  return size >= 0 && span.size == (size_t)size &&
         sch_span_equal(span, (struct sch_span){data, span.size});
}

/* is_encoding takes over `encoded`, which an i2d function made. */
static bool is_encoding(struct sch_span span, unsigned char *encoded, int size) {
  const bool equal = same(span, encoded, size);

  OPENSSL_free(encoded);
  return equal;
}

#define ENCODING(type)                                                   \
  static bool encodes_##type(const type *object, struct sch_span span) { \
    unsigned char *encoded = NULL;                                       \
    const int size = i2d_##type(object, &encoded);                       \
                                                                         \
    return is_encoding(span, encoded, size);                             \
  }

ENCODING(X509_ALGOR)
ENCODING(X509_PUBKEY)

static bool same_serial(X509 *theirs, struct sch_span serial) {
  const ASN1_INTEGER *integer = X509_get0_serialNumber(theirs);
  /* OpenSSL keeps the magnitude, without the zero that keeps a high bit positive. */
  const bool padded = serial.size > 1 && serial.data[0] == 0;
  const struct sch_span magnitude = sch_span_last(serial, serial.size - (padded ? 1 : 0));

  return ASN1_STRING_type(integer) == V_ASN1_INTEGER &&
         same(magnitude, ASN1_STRING_get0_data(integer), ASN1_STRING_length(integer));
}

static bool same_name(const X509_NAME *name, struct sch_span whole) {
  const unsigned char *bytes;
  size_t size;

  return X509_NAME_get0_der(name, &bytes, &size) == 1 && same(whole, bytes, (int)size);
}

static bool same_bits(const ASN1_BIT_STRING *bits, const struct sch_bits *ours) {
  if (bits == NULL || ours->bytes.data == NULL) {
    return (bits == NULL) == (ours->bytes.data == NULL);
  }
  return same(ours->bytes, ASN1_STRING_get0_data(bits), ASN1_STRING_length(bits)) &&
         (bits->flags & 0x07) == ours->unused;
}

static bool same_ids(X509 *theirs, const struct sch_certificate *ours) {
  const ASN1_BIT_STRING *issuer;
  const ASN1_BIT_STRING *subject;

  X509_get0_uids(theirs, &issuer, &subject);
  return same_bits(issuer, &ours->issuer_unique_id) && same_bits(subject, &ours->subject_unique_id);
}

static bool same_signature(X509 *theirs, const struct sch_certificate *ours) {
  const struct sch_bits signature = {ours->signature, 0};
  const ASN1_BIT_STRING *bits;
  const X509_ALGOR *algorithm;

  X509_get0_signature(&bits, &algorithm, theirs);
  return same_bits(bits, &signature) && encodes_X509_ALGOR(algorithm, ours->algorithm.whole) &&
         encodes_X509_ALGOR(X509_get0_tbs_sigalg(theirs), ours->algorithm.whole);
}

/* Decoded values, for the extensions where a field can be compared in a line or two. */

static bool same_number(const struct sch_optional_number *ours, const ASN1_INTEGER *theirs) {
  uint64_t number;

  if (theirs == NULL || !ours->present) {
    return theirs == NULL && !ours->present;
  }
  return ASN1_INTEGER_get_uint64(&number, theirs) == 1 && number == ours->value;
}

static size_t count_names(struct sch_span list) {
  struct sch_reading reading = {0};
  struct sch_general_name name;
  size_t count = 0;

  while (list.size != 0 && sch_general_name_take(&list, SCH_ADDRESS_PLAIN, &name, &reading)) {
    count++;
  }
  return count;
}

static bool same_key_usage(const ASN1_BIT_STRING *theirs, uint32_t ours) {
  for (int bit = 0; bit < 32; bit++) {
    if ((ASN1_BIT_STRING_get_bit(theirs, bit) != 0) != ((ours >> bit & 1u) != 0)) {
      return false;
    }
  }
  return true;
}

static bool same_octets(const ASN1_OCTET_STRING *theirs, struct sch_span ours) {
  if (theirs == NULL) {
    return ours.data == NULL;
  }
  return same(ours, ASN1_STRING_get0_data(theirs), ASN1_STRING_length(theirs));
}

static bool same_value(enum sch_oid oid, const void *value, const struct sch_extensions *ours) {
  switch ((int)oid) {
    case SCH_OID_basic_constraints: {
      const BASIC_CONSTRAINTS *basic = value;

      return (basic->ca != 0) == ours->ca && same_number(&ours->path_length, basic->pathlen);
    }
    case SCH_OID_policy_constraints: {
      const POLICY_CONSTRAINTS *policy = value;

      return same_number(&ours->require_explicit_policy, policy->requireExplicitPolicy) &&
             same_number(&ours->inhibit_policy_mapping, policy->inhibitPolicyMapping);
    }
    case SCH_OID_inhibit_any_policy:
      return same_number(&(struct sch_optional_number){true, ours->inhibit_any_policy}, value);
    case SCH_OID_key_usage:
      return same_key_usage(value, ours->key_usage);
    case SCH_OID_netscape_cert_type:
      return same_key_usage(value, ours->netscape_cert_type);
    case SCH_OID_subject_key_id:
      return same_octets(value, ours->body[SCH_EXTENSION_subject_key_id]);
    case SCH_OID_authority_key_id:
      return same_octets(((const AUTHORITY_KEYID *)value)->keyid, ours->authority.key_id);
    case SCH_OID_subject_alt_name:
      return (size_t)sk_GENERAL_NAME_num(value) ==
             count_names(ours->body[SCH_EXTENSION_subject_alt_name]);
    default:
      return true;
  }
}

/* decodes asks OpenSSL for the value of one extension: it must decode what we decode. */
static bool decodes(X509_EXTENSION *theirs, enum sch_oid oid, const struct sch_extensions *ours) {
  const X509V3_EXT_METHOD *method = X509V3_EXT_get(theirs);
  const bool ours_is_known =
      oid >= SCH_OID_subject_directory_attributes && oid <= SCH_OID_ct_poison;

  if (method == NULL || !ours_is_known || oid == SCH_OID_sct_list) {
    return true;
  }
  void *value = X509V3_EXT_d2i(theirs);

  if (value == NULL) {
    const int kind = (int)oid - (int)SCH_OID_subject_directory_attributes;

    return holds_odd(ours->body[kind], SCH_DER_SEQUENCE);
  }
  const bool equal = same_value(oid, value, ours);

  if (method->it != NULL) {
    ASN1_item_free(value, ASN1_ITEM_ptr(method->it));
  } else {
    method->ext_free(value);
  }
  return equal;
}

static const char *compare_extensions(X509 *theirs, const struct sch_certificate *ours) {
  struct sch_reading reading = {0};
  struct sch_span list = ours->extension_list;
  struct sch_extension extension;

  for (int i = 0; i < X509_get_ext_count(theirs); i++) {
    X509_EXTENSION *other = X509_get_ext(theirs, i);
    const ASN1_OBJECT *type = X509_EXTENSION_get_object(other);

    if (!sch_extension_take(&list, &extension, &reading)) {
      return "extension count";
    }
    if (!same(extension.type, OBJ_get0_data(type), (int)OBJ_length(type))) {
      return "extension type";
    }
    if ((X509_EXTENSION_get_critical(other) != 0) != extension.critical) {
      return "extension critical";
    }
    if (!same_octets(X509_EXTENSION_get_data(other), extension.value)) {
      return "extension value";
    }
    if (!decodes(other, extension.oid, &ours->extensions)) {
      return sch_oid_text(extension.oid);
    }
  }
  return list.size == 0 ? NULL : "extension count";
}

static const char *compare(X509 *theirs, const struct sch_certificate *ours) {
  const struct {
    const char *field;
    bool equal;
  } fields[] = {
      {"version", X509_get_version(theirs) + 1 == ours->version},
      {"serial", same_serial(theirs, ours->serial)},
      {"issuer", same_name(X509_get_issuer_name(theirs), ours->issuer)},
      {"not before", ASN1_TIME_cmp_time_t(X509_get0_notBefore(theirs), ours->not_before) == 0},
      {"not after", ASN1_TIME_cmp_time_t(X509_get0_notAfter(theirs), ours->not_after) == 0},
      {"subject", same_name(X509_get_subject_name(theirs), ours->subject)},
      {"key", encodes_X509_PUBKEY(X509_get_X509_PUBKEY(theirs), ours->key_info)},
      {"unique identifiers", same_ids(theirs, ours)},
      {"signature", same_signature(theirs, ours)},
  };

  for (size_t i = 0; i < SCH_COUNT(fields); i++) {
    if (!fields[i].equal) {
      return fields[i].field;
    }
  }
  return compare_extensions(theirs, ours);
}

const bool sch_has_second_opinion = true;

const char *sch_second_opinion(const struct sch_certificate *certificate) {
  const bool is_odd_name = holds_odd(certificate->issuer, 0) || holds_odd(certificate->subject, 0);
  X509 *theirs = open_whole(certificate->whole);
  const char *difference = is_odd_name ? NULL : "whole";

  if (theirs != NULL) {
    difference = compare(theirs, certificate);
  }
  X509_free(theirs);
  ERR_clear_error();
  return difference;
}
