/* extension: see extension.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "cert/extension.h"

/* Object identifiers that must differ from each other. */
struct unique {
  size_t count;
  struct sch_span oids[SCH_UNIQUE_MAX];
};

static bool add_unique(struct unique *seen, struct sch_span oid, enum sch_fault repeated,
                       struct sch_reading *reading) {
  for (size_t i = 0; i < seen->count; i++) {
    if (sch_span_equal(seen->oids[i], oid)) {
      return sch_refuse(reading, repeated, oid.data);
    }
  }
  if (seen->count == SCH_UNIQUE_MAX) {
    return sch_refuse(reading, SCH_FAULT_list_long, oid.data);
  }
  seen->oids[seen->count++] = oid;
  return true;
}

bool sch_extension_take(struct sch_span *in, struct sch_extension *out,
                        struct sch_reading *reading) {
  struct sch_span body;
  struct sch_span truth;

  out->critical = false;
  if (!sch_der_take(in, SCH_DER_SEQUENCE, &body, reading) ||
      !sch_der_take(&body, SCH_DER_OID, &out->type, reading)) {
    return false;
  }
  if (sch_der_is(body, SCH_DER_BOOLEAN)) {
    const uint8_t *at = body.data;

    if (!sch_der_take(&body, SCH_DER_BOOLEAN, &truth, reading) ||
        !sch_value_boolean(truth, &out->critical, reading)) {
      return false;
    }
    if (!out->critical) {
      return sch_refuse(reading, SCH_FAULT_default_encoded, at);
    }
  }
  out->oid = sch_oid_find(out->type);
  return sch_der_only(body, SCH_DER_OCTET_STRING, &out->value, reading);
}

/* The readers of the known extensions get the contents of the one element that the value is. */

#define READER(name)                                                        \
  static bool read_##name(struct sch_span body, struct sch_extensions *out, \
                          struct sch_reading *reading)

/* READ_LIST reads a list, in which one item is due, to its end. */
#define READ_LIST(name, type, take)       \
  READER(name) {                          \
    type item;                            \
                                          \
    (void)out;                            \
    if (!sch_der_some(body, reading)) {   \
      return false;                       \
    }                                     \
    while (body.size != 0) {              \
      if (!take(&body, &item, reading)) { \
        return false;                     \
      }                                   \
    }                                     \
    return true;                          \
  }

static bool take_purpose(struct sch_span *in, struct sch_span *out, struct sch_reading *reading) {
  return sch_der_take(in, SCH_DER_OID, out, reading);
}

READ_LIST(purposes, struct sch_span, take_purpose)
READ_LIST(mappings, struct sch_mapping, sch_mapping_take)
READ_LIST(points, struct sch_point, sch_point_take)
READ_LIST(accesses, struct sch_access, sch_access_take)
READ_LIST(features, uint64_t, sch_number_take)
READ_LIST(subtrees, struct sch_general_name, sch_subtree_take)
READ_LIST(qualifiers, struct sch_qualifier, sch_qualifier_take)
READ_LIST(directory_attributes, struct sch_directory_attribute, sch_directory_attribute_take)

/* Any content of the right type is right: octets, text, nothing. */
READER(plain) {
  (void)body;
  (void)out;
  (void)reading;
  return true;
}

READER(general_names) {
  (void)out;
  return sch_general_names_check(body, reading);
}

READER(policies) {
  struct unique seen;
  struct sch_policy policy;

  seen.count = 0;
  if (!sch_der_some(body, reading)) {
    return false;
  }
  while (body.size != 0) {
    if (!sch_policy_take(&body, &policy, reading) ||
        !add_unique(&seen, policy.oid, SCH_FAULT_policy_repeated, reading) ||
        (policy.qualifiers.size != 0 && !read_qualifiers(policy.qualifiers, out, reading))) {
      return false;
    }
  }
  return true;
}

READER(key_usage) {
  return sch_value_named_bits(body, &out->key_usage, reading) &&
         (out->key_usage != 0 || sch_refuse(reading, SCH_FAULT_key_usage_empty, body.data));
}

READER(netscape_cert_type) {
  return sch_value_named_bits(body, &out->netscape_cert_type, reading);
}

READER(key_usage_period) {
  struct sch_span from = {0};
  struct sch_span to = {0};

  if (!sch_der_some(body, reading) ||
      !sch_der_optional(&body, SCH_DER_CONTEXT(0), &from, reading) ||
      !sch_der_optional(&body, SCH_DER_CONTEXT(1), &to, reading) || !sch_der_end(body, reading)) {
    return false;
  }
  out->key_not_before.present = from.data != NULL;
  out->key_not_after.present = to.data != NULL;
  return (from.data == NULL ||
          sch_value_time(SCH_DER_GENERALIZED_TIME, from, &out->key_not_before.value, reading)) &&
         (to.data == NULL ||
          sch_value_time(SCH_DER_GENERALIZED_TIME, to, &out->key_not_after.value, reading));
}

READER(basic_constraints) {
  struct sch_span truth = {0};
  struct sch_span number = {0};
  const uint8_t *at = body.data;

  if (!sch_der_optional(&body, SCH_DER_BOOLEAN, &truth, reading) ||
      !sch_der_optional(&body, SCH_DER_INTEGER, &number, reading) || !sch_der_end(body, reading)) {
    return false;
  }
  if (truth.data != NULL && (!sch_value_boolean(truth, &out->ca, reading) || !out->ca)) {
    return sch_refuse(reading, SCH_FAULT_default_encoded, at);
  }
  if (number.data == NULL) {
    return true;
  }
  out->path_length.present = true;
  return (out->ca || sch_refuse(reading, SCH_FAULT_path_length, at)) &&
         sch_value_number(number, &out->path_length.value, reading);
}

READER(name_constraints) {
  const uint8_t *at = body.data;

  if (!sch_der_optional(&body, SCH_DER_CONTEXT_IN(0), &out->permitted, reading) ||
      !sch_der_optional(&body, SCH_DER_CONTEXT_IN(1), &out->excluded, reading) ||
      !sch_der_end(body, reading)) {
    return false;
  }
  if (out->permitted.data == NULL && out->excluded.data == NULL) {
    return sch_refuse(reading, SCH_FAULT_constraints_empty, at);
  }
  return (out->permitted.data == NULL || read_subtrees(out->permitted, out, reading)) &&
         (out->excluded.data == NULL || read_subtrees(out->excluded, out, reading));
}

static bool take_skip(struct sch_span *in, uint8_t tag, struct sch_optional_number *out,
                      struct sch_reading *reading) {
  struct sch_span body = {0};

  if (!sch_der_optional(in, tag, &body, reading)) {
    return false;
  }
  out->present = body.data != NULL;
  return !out->present || sch_value_number(body, &out->value, reading);
}

READER(policy_constraints) {
  const uint8_t *at = body.data;

  if (body.size == 0) {
    return sch_refuse(reading, SCH_FAULT_constraints_empty, at);
  }
  return take_skip(&body, SCH_DER_CONTEXT(0), &out->require_explicit_policy, reading) &&
         take_skip(&body, SCH_DER_CONTEXT(1), &out->inhibit_policy_mapping, reading) &&
         sch_der_end(body, reading);
}

READER(inhibit_any_policy) {
  return sch_value_number(body, &out->inhibit_any_policy, reading);
}

READER(authority) {
  struct sch_authority *authority = &out->authority;
  const uint8_t *at = body.data;

  if (!sch_der_optional(&body, SCH_DER_CONTEXT(0), &authority->key_id, reading) ||
      !sch_der_optional(&body, SCH_DER_CONTEXT_IN(1), &authority->issuer, reading) ||
      !sch_der_optional(&body, SCH_DER_CONTEXT(2), &authority->serial, reading) ||
      !sch_der_end(body, reading)) {
    return false;
  }
  if ((authority->issuer.data == NULL) != (authority->serial.data == NULL)) {
    return sch_refuse(reading, SCH_FAULT_authority_pair, at);
  }
  return authority->issuer.data == NULL ||
         (sch_general_names_check(authority->issuer, reading) &&
          sch_value_check(SCH_DER_INTEGER, authority->serial, reading));
}

static const struct shape {
  uint8_t tag; /* of the one element that the value is */
  bool (*read)(struct sch_span body, struct sch_extensions *out, struct sch_reading *reading);
} shapes[SCH_EXTENSION_COUNT] = {
    [SCH_EXTENSION_subject_directory_attributes] = {SCH_DER_SEQUENCE, read_directory_attributes},
    [SCH_EXTENSION_subject_key_id] = {SCH_DER_OCTET_STRING, read_plain},
    [SCH_EXTENSION_key_usage] = {SCH_DER_BIT_STRING, read_key_usage},
    [SCH_EXTENSION_private_key_usage_period] = {SCH_DER_SEQUENCE, read_key_usage_period},
    [SCH_EXTENSION_subject_alt_name] = {SCH_DER_SEQUENCE, read_general_names},
    [SCH_EXTENSION_issuer_alt_name] = {SCH_DER_SEQUENCE, read_general_names},
    [SCH_EXTENSION_basic_constraints] = {SCH_DER_SEQUENCE, read_basic_constraints},
    [SCH_EXTENSION_name_constraints] = {SCH_DER_SEQUENCE, read_name_constraints},
    [SCH_EXTENSION_crl_distribution_points] = {SCH_DER_SEQUENCE, read_points},
    [SCH_EXTENSION_certificate_policies] = {SCH_DER_SEQUENCE, read_policies},
    [SCH_EXTENSION_policy_mappings] = {SCH_DER_SEQUENCE, read_mappings},
    [SCH_EXTENSION_authority_key_id] = {SCH_DER_SEQUENCE, read_authority},
    [SCH_EXTENSION_policy_constraints] = {SCH_DER_SEQUENCE, read_policy_constraints},
    [SCH_EXTENSION_extended_key_usage] = {SCH_DER_SEQUENCE, read_purposes},
    [SCH_EXTENSION_freshest_crl] = {SCH_DER_SEQUENCE, read_points},
    [SCH_EXTENSION_inhibit_any_policy] = {SCH_DER_INTEGER, read_inhibit_any_policy},
    [SCH_EXTENSION_authority_info_access] = {SCH_DER_SEQUENCE, read_accesses},
    [SCH_EXTENSION_subject_info_access] = {SCH_DER_SEQUENCE, read_accesses},
    [SCH_EXTENSION_tls_feature] = {SCH_DER_SEQUENCE, read_features},
    [SCH_EXTENSION_ocsp_no_check] = {SCH_DER_NULL, read_plain},
    [SCH_EXTENSION_netscape_cert_type] = {SCH_DER_BIT_STRING, read_netscape_cert_type},
    [SCH_EXTENSION_netscape_comment] = {SCH_DER_IA5_STRING, read_plain},
    [SCH_EXTENSION_sct_list] = {SCH_DER_OCTET_STRING, read_plain},
    [SCH_EXTENSION_ct_poison] = {SCH_DER_NULL, read_plain},
};

static bool read_known(const struct sch_extension *extension, struct sch_extensions *out,
                       struct sch_reading *reading) {
  const int kind = (int)extension->oid - (int)SCH_OID_subject_directory_attributes;

  if (kind < 0 || kind >= SCH_EXTENSION_COUNT) {
    return true;
  }
  const uint32_t bit = UINT32_C(1) << kind;

  out->present |= bit;
  out->critical |= extension->critical ? bit : 0;
  return sch_der_tree(extension->value, reading) &&
         sch_der_only(extension->value, shapes[kind].tag, &out->body[kind], reading) &&
         shapes[kind].read(out->body[kind], out, reading);
}

bool sch_extensions_read(struct sch_span body, struct sch_extensions *out,
                         struct sch_reading *reading) {
  struct unique seen;
  struct sch_extension extension;

  *out = (struct sch_extensions){0};
  seen.count = 0;
  if (!sch_der_some(body, reading)) {
    return false;
  }
  while (body.size != 0) {
    if (!sch_extension_take(&body, &extension, reading) ||
        !add_unique(&seen, extension.type, SCH_FAULT_extension_repeated, reading) ||
        !read_known(&extension, out, reading)) {
      return false;
    }
  }
  return true;
}

bool sch_extensions_has(const struct sch_extensions *extensions, enum sch_extension_kind kind) {
  REQUIRE(kind < SCH_EXTENSION_COUNT);
  return (extensions->present >> kind & 1u) != 0;
}
