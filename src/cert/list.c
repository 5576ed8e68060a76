/* list: see list.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "cert/list.h"

bool sch_policy_take(struct sch_span *in, struct sch_policy *out, struct sch_reading *reading) {
  struct sch_span body;

  *out = (struct sch_policy){0};
  if (!sch_der_take(in, SCH_DER_SEQUENCE, &body, reading) ||
      !sch_der_take(&body, SCH_DER_OID, &out->oid, reading)) {
    return false;
  }
  return body.size == 0 || (sch_der_only(body, SCH_DER_SEQUENCE, &out->qualifiers, reading) &&
                            sch_der_some(out->qualifiers, reading));
}

static bool is_display_text(struct sch_span in) {
  return sch_der_is(in, SCH_DER_UTF8_STRING) || sch_der_is(in, SCH_DER_IA5_STRING) ||
         sch_der_is(in, SCH_DER_VISIBLE_STRING) || sch_der_is(in, SCH_DER_BMP_STRING);
}

static bool take_display_text(struct sch_span *in, struct sch_element *out,
                              struct sch_reading *reading) {
  if (in->size != 0 && !is_display_text(*in)) {
    return sch_refuse(reading, SCH_FAULT_tag_unexpected, in->data);
  }
  return sch_der_any(in, out, reading);
}

bool sch_user_notice_read(struct sch_span body, struct sch_user_notice *out,
                          struct sch_reading *reading) {
  struct sch_span reference = {0};
  struct sch_span numbers;
  uint64_t number;

  *out = (struct sch_user_notice){0};
  if (!sch_der_optional(&body, SCH_DER_SEQUENCE, &reference, reading)) {
    return false;
  }
  if (reference.data != NULL) {
    if (!take_display_text(&reference, &out->organization, reading) ||
        !sch_der_only(reference, SCH_DER_SEQUENCE, &numbers, reading)) {
      return false;
    }
    out->numbers = numbers;
    while (numbers.size != 0) {
      if (!sch_number_take(&numbers, &number, reading)) {
        return false;
      }
    }
  }
  return (body.size == 0 || take_display_text(&body, &out->text, reading)) &&
         sch_der_end(body, reading);
}

static bool qualifier_is_good(const struct sch_qualifier *qualifier, struct sch_reading *reading) {
  struct sch_user_notice notice;

  switch ((int)sch_oid_find(qualifier->oid)) {
    case SCH_OID_practice_statement:
      return qualifier->value.tag == SCH_DER_IA5_STRING ||
             sch_refuse(reading, SCH_FAULT_tag_unexpected, qualifier->value.whole.data);
    case SCH_OID_user_notice:
      if (qualifier->value.tag != SCH_DER_SEQUENCE) {
        return sch_refuse(reading, SCH_FAULT_tag_unexpected, qualifier->value.whole.data);
      }
      return sch_user_notice_read(qualifier->value.body, &notice, reading);
    default:
      return true;
  }
}

bool sch_qualifier_take(struct sch_span *in, struct sch_qualifier *out,
                        struct sch_reading *reading) {
  struct sch_span body;

  return sch_der_take(in, SCH_DER_SEQUENCE, &body, reading) &&
         sch_der_take(&body, SCH_DER_OID, &out->oid, reading) &&
         sch_der_any(&body, &out->value, reading) && sch_der_end(body, reading) &&
         qualifier_is_good(out, reading);
}

bool sch_mapping_take(struct sch_span *in, struct sch_mapping *out, struct sch_reading *reading) {
  struct sch_span body;

  if (!sch_der_take(in, SCH_DER_SEQUENCE, &body, reading) ||
      !sch_der_take(&body, SCH_DER_OID, &out->issuer_policy, reading) ||
      !sch_der_only(body, SCH_DER_OID, &out->subject_policy, reading)) {
    return false;
  }
  if (sch_oid_find(out->issuer_policy) == SCH_OID_any_policy ||
      sch_oid_find(out->subject_policy) == SCH_OID_any_policy) {
    return sch_refuse(reading, SCH_FAULT_policy_mapping_any, out->issuer_policy.data);
  }
  return true;
}

bool sch_point_name_read(struct sch_span field, struct sch_point *out,
                         struct sch_reading *reading) {
  struct sch_span rdn;
  struct sch_name name = {0};
  struct sch_attribute attribute;

  if (!sch_der_is(field, SCH_DER_CONTEXT_IN(1))) {
    return sch_der_only(field, SCH_DER_CONTEXT_IN(0), &out->full_name, reading) &&
           sch_general_names_check(out->full_name, reading);
  }
  /* [1] stands in for the SET, whose order is still due. */
  if (!sch_der_only(field, SCH_DER_CONTEXT_IN(1), &rdn, reading) || !sch_der_some(rdn, reading) ||
      !sch_der_ordered(rdn, reading)) {
    return false;
  }
  name.rdn = rdn;
  while (sch_name_next(&name, &attribute, reading)) {
  }
  out->relative_name = rdn;
  return reading->fault == SCH_FAULT_none;
}

bool sch_point_take(struct sch_span *in, struct sch_point *out, struct sch_reading *reading) {
  struct sch_span body;
  struct sch_span name = {0};
  struct sch_span reasons = {0};
  const uint8_t *at = in->data;

  *out = (struct sch_point){0};
  if (!sch_der_take(in, SCH_DER_SEQUENCE, &body, reading) ||
      !sch_der_optional(&body, SCH_DER_CONTEXT_IN(0), &name, reading) ||
      !sch_der_optional(&body, SCH_DER_CONTEXT(1), &reasons, reading) ||
      !sch_der_optional(&body, SCH_DER_CONTEXT_IN(2), &out->crl_issuer, reading) ||
      !sch_der_end(body, reading)) {
    return false;
  }
  if (name.data == NULL && out->crl_issuer.data == NULL) {
    return sch_refuse(reading, SCH_FAULT_point_empty, at);
  }
  out->has_reasons = reasons.data != NULL;
  return (name.data == NULL || sch_point_name_read(name, out, reading)) &&
         (!out->has_reasons || sch_value_named_bits(reasons, &out->reasons, reading)) &&
         (out->crl_issuer.data == NULL || sch_general_names_check(out->crl_issuer, reading));
}

bool sch_access_take(struct sch_span *in, struct sch_access *out, struct sch_reading *reading) {
  struct sch_span body;

  return sch_der_take(in, SCH_DER_SEQUENCE, &body, reading) &&
         sch_der_take(&body, SCH_DER_OID, &out->method, reading) &&
         sch_general_name_take(&body, SCH_ADDRESS_PLAIN, &out->location, reading) &&
         sch_der_end(body, reading);
}

bool sch_subtree_take(struct sch_span *in, struct sch_general_name *out,
                      struct sch_reading *reading) {
  struct sch_span body;
  struct sch_span minimum = {0};
  uint64_t number;

  if (!sch_der_take(in, SCH_DER_SEQUENCE, &body, reading) ||
      !sch_general_name_take(&body, SCH_ADDRESS_MASKED, out, reading)) {
    return false;
  }
  const uint8_t *at = body.data;

  if (!sch_der_optional(&body, SCH_DER_CONTEXT(0), &minimum, reading)) {
    return false;
  }
  if (minimum.data != NULL) {
    if (!sch_value_number(minimum, &number, reading)) {
      return false;
    }
    return sch_refuse(reading, number == 0 ? SCH_FAULT_default_encoded : SCH_FAULT_subtree_range,
                      at);
  }
  if (sch_der_is(body, SCH_DER_CONTEXT(1))) {
    return sch_refuse(reading, SCH_FAULT_subtree_range, at);
  }
  return sch_der_end(body, reading);
}

bool sch_number_take(struct sch_span *in, uint64_t *out, struct sch_reading *reading) {
  struct sch_span body;

  return sch_der_take(in, SCH_DER_INTEGER, &body, reading) && sch_value_number(body, out, reading);
}

bool sch_directory_attribute_take(struct sch_span *in, struct sch_directory_attribute *out,
                                  struct sch_reading *reading) {
  struct sch_span body;

  return sch_der_take(in, SCH_DER_SEQUENCE, &body, reading) &&
         sch_der_take(&body, SCH_DER_OID, &out->type, reading) &&
         sch_der_only(body, SCH_DER_SET, &out->values, reading) &&
         sch_der_some(out->values, reading);
}
