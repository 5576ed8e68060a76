/* crl: see crl.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "cert/crl.h"

enum { NUMBER_MAX = 20, REASON_UNUSED = 7 };

/* only_element gives the contents of the one element that the value of an extension is. */
static bool only_element(const struct sch_extension *extension, uint8_t tag, struct sch_span *body,
                         struct sch_reading *reading) {
  return sch_der_tree(extension->value, reading) &&
         sch_der_only(extension->value, tag, body, reading);
}

static bool wants_critical(const struct sch_extension *extension, bool critical,
                           struct sch_reading *reading) {
  return extension->critical == critical ||
         sch_refuse(reading, SCH_FAULT_crl_critical, extension->type.data);
}

static bool read_number(const struct sch_extension *extension, struct sch_span *out,
                        struct sch_reading *reading) {
  if (!only_element(extension, SCH_DER_INTEGER, out, reading)) {
    return false;
  }
  if ((out->data[0] & 0x80) != 0) {
    return sch_refuse(reading, SCH_FAULT_number_range, out->data);
  }
  return out->size <= NUMBER_MAX || sch_refuse(reading, SCH_FAULT_crl_number, out->data);
}

/* take_flag takes an implicit BOOLEAN DEFAULT FALSE. */
static bool take_flag(struct sch_span *in, uint8_t tag, bool *out, struct sch_reading *reading) {
  const uint8_t *at = in->data;
  struct sch_span body = {0};

  if (!sch_der_optional(in, tag, &body, reading) ||
      (body.data != NULL && !sch_value_boolean(body, out, reading))) {
    return false;
  }
  return body.data == NULL || *out || sch_refuse(reading, SCH_FAULT_default_encoded, at);
}

static bool take_reasons(struct sch_span *in, struct sch_crl_scope *out,
                         struct sch_reading *reading) {
  struct sch_span body = {0};

  if (!sch_der_optional(in, SCH_DER_CONTEXT(3), &body, reading)) {
    return false;
  }
  out->has_reasons = body.data != NULL;
  return !out->has_reasons || sch_value_named_bits(body, &out->reasons, reading);
}

static bool take_point_name(struct sch_span *in, struct sch_crl_scope *out,
                            struct sch_reading *reading) {
  struct sch_span field = {0};
  struct sch_point point = {0};

  if (!sch_der_optional(in, SCH_DER_CONTEXT_IN(0), &field, reading) ||
      (field.data != NULL && !sch_point_name_read(field, &point, reading))) {
    return false;
  }
  out->full_name = point.full_name;
  out->relative_name = point.relative_name;
  return true;
}

static bool read_scope(const struct sch_extension *extension, struct sch_crl_scope *out,
                       struct sch_reading *reading) {
  struct sch_span body;

  out->present = true;
  if (!only_element(extension, SCH_DER_SEQUENCE, &body, reading) || !sch_der_some(body, reading) ||
      !take_point_name(&body, out, reading) ||
      !take_flag(&body, SCH_DER_CONTEXT(1), &out->only_users, reading) ||
      !take_flag(&body, SCH_DER_CONTEXT(2), &out->only_authorities, reading) ||
      !take_reasons(&body, out, reading) ||
      !take_flag(&body, SCH_DER_CONTEXT(4), &out->indirect, reading) ||
      !take_flag(&body, SCH_DER_CONTEXT(5), &out->only_attributes, reading) ||
      !sch_der_end(body, reading)) {
    return false;
  }
  return out->only_users + out->only_authorities + out->only_attributes <= 1 ||
         sch_refuse(reading, SCH_FAULT_crl_scope, extension->type.data);
}

/* read_extension reads one extension of the list. Those that certificates have too are decoded
 * already, and only their criticality is judged. */
static bool read_extension(const struct sch_extension *extension, struct sch_crl *out,
                           struct sch_reading *reading) {
  switch ((int)extension->oid) {
    case SCH_OID_crl_number:
      return wants_critical(extension, false, reading) &&
             read_number(extension, &out->number, reading);
    case SCH_OID_delta_crl_indicator:
      return wants_critical(extension, true, reading) &&
             read_number(extension, &out->base_number, reading);
    case SCH_OID_issuing_distribution_point:
      return wants_critical(extension, true, reading) &&
             read_scope(extension, &out->scope, reading);
    case SCH_OID_authority_key_id:
    case SCH_OID_freshest_crl:
    case SCH_OID_authority_info_access:
      return wants_critical(extension, false, reading);
    case SCH_OID_issuer_alt_name:
      return true;
    default:
      out->unknown_critical = out->unknown_critical || extension->critical;
      return true;
  }
}

static bool read_extensions(struct sch_span list, struct sch_crl *out,
                            struct sch_reading *reading) {
  struct sch_extensions known;
  struct sch_extension extension;

  if (!sch_extensions_read(list, &known, reading)) {
    return false;
  }
  out->authority = known.authority;
  out->issuer_alt_name = known.body[SCH_EXTENSION_issuer_alt_name];
  out->freshest = known.body[SCH_EXTENSION_freshest_crl];
  out->authority_access = known.body[SCH_EXTENSION_authority_info_access];
  while (list.size != 0) {
    if (!sch_extension_take(&list, &extension, reading) ||
        !read_extension(&extension, out, reading)) {
      return false;
    }
  }
  return true;
}

/* take_extensions also judges that a v2 CRL has a number, which is an extension. */
static bool take_extensions(struct sch_span *in, struct sch_crl *out, struct sch_reading *reading) {
  const uint8_t *at = in->data;
  struct sch_span field;

  if (sch_der_is(*in, SCH_DER_CONTEXT_IN(0))) {
    if (out->version != 2) {
      return sch_refuse(reading, SCH_FAULT_crl_extensions_version, at);
    }
    if (!sch_der_take(in, SCH_DER_CONTEXT_IN(0), &field, reading) ||
        !sch_der_only(field, SCH_DER_SEQUENCE, &out->extension_list, reading) ||
        !read_extensions(out->extension_list, out, reading)) {
      return false;
    }
  }
  return out->version == 1 || out->number.size != 0 ||
         sch_refuse(reading, SCH_FAULT_crl_number, at);
}

static bool read_reason(const struct sch_extension *extension, bool delta,
                        struct sch_crl_entry *out, struct sch_reading *reading) {
  struct sch_span body;
  uint64_t number;

  if (!only_element(extension, SCH_DER_ENUMERATED, &body, reading) ||
      !sch_value_number(body, &number, reading)) {
    return false;
  }
  if (number > SCH_CRL_AA_COMPROMISE || number == REASON_UNUSED ||
      (number == SCH_CRL_REMOVE && !delta)) {
    return sch_refuse(reading, SCH_FAULT_crl_reason, body.data);
  }
  out->reason = (enum sch_crl_reason)number;
  return true;
}

static bool read_invalid_since(const struct sch_extension *extension, struct sch_crl_entry *out,
                               struct sch_reading *reading) {
  struct sch_span body;

  out->invalid_since.present = true;
  return only_element(extension, SCH_DER_GENERALIZED_TIME, &body, reading) &&
         sch_value_time(SCH_DER_GENERALIZED_TIME, body, &out->invalid_since.value, reading);
}

static bool read_entry_extension(const struct sch_extension *extension, const struct sch_crl *crl,
                                 struct sch_crl_entry *out, struct sch_reading *reading) {
  switch ((int)extension->oid) {
    case SCH_OID_crl_reason:
      return wants_critical(extension, false, reading) &&
             read_reason(extension, crl->base_number.size != 0, out, reading);
    case SCH_OID_invalidity_date:
      return wants_critical(extension, false, reading) &&
             read_invalid_since(extension, out, reading);
    case SCH_OID_certificate_issuer:
      if (!crl->scope.indirect) {
        return sch_refuse(reading, SCH_FAULT_crl_entry_issuer, extension->type.data);
      }
      return wants_critical(extension, true, reading) &&
             only_element(extension, SCH_DER_SEQUENCE, &out->issuer, reading) &&
             sch_general_names_check(out->issuer, reading);
    default:
      out->unknown_critical = out->unknown_critical || extension->critical;
      return true;
  }
}

static bool read_entry_extensions(struct sch_span list, const struct sch_crl *crl,
                                  struct sch_crl_entry *out, struct sch_reading *reading) {
  struct sch_extensions known;
  struct sch_extension extension;

  if (!sch_extensions_read(list, &known, reading)) {
    return false;
  }
  while (list.size != 0) {
    if (!sch_extension_take(&list, &extension, reading) ||
        !read_entry_extension(&extension, crl, out, reading)) {
      return false;
    }
  }
  return true;
}

static bool take_entry(const struct sch_crl *crl, struct sch_span *in, struct sch_crl_entry *out,
                       struct sch_reading *reading) {
  const struct sch_span before = *in;
  struct sch_crl_entry entry = {0};
  struct sch_span body;

  if (!sch_der_take(in, SCH_DER_SEQUENCE, &body, reading) ||
      !sch_serial_take(&body, &entry.serial, reading) ||
      !sch_instant_take(&body, &entry.revoked, reading)) {
    return false;
  }
  entry.whole = sch_span_first(before, before.size - in->size);
  if (body.size != 0) {
    if (crl->version != 2) {
      return sch_refuse(reading, SCH_FAULT_crl_extensions_version, body.data);
    }
    if (!sch_der_only(body, SCH_DER_SEQUENCE, &entry.extension_list, reading) ||
        !read_entry_extensions(entry.extension_list, crl, &entry, reading)) {
      return false;
    }
  }
  *out = entry;
  return true;
}

/* read_entries comes last: what an entry may say depends on the extensions of the list. */
static bool read_entries(struct sch_crl *out, struct sch_reading *reading) {
  struct sch_span list = out->entry_list;
  struct sch_crl_entry entry;

  while (list.size != 0) {
    if (!take_entry(out, &list, &entry, reading)) {
      return false;
    }
    out->unknown_critical = out->unknown_critical || entry.unknown_critical;
    out->entries++;
  }
  return true;
}

static bool take_version(struct sch_span *in, uint8_t *out, struct sch_reading *reading) {
  const uint8_t *at = in->data;
  struct sch_span body;
  uint64_t number;

  *out = 1;
  if (!sch_der_is(*in, SCH_DER_INTEGER)) {
    return true;
  }
  *out = 2;
  return sch_der_take(in, SCH_DER_INTEGER, &body, reading) &&
         sch_value_number(body, &number, reading) &&
         (number == 1 || sch_refuse(reading, SCH_FAULT_crl_version, at));
}

static bool take_issuer(struct sch_span *in, struct sch_span *out, struct sch_reading *reading) {
  return sch_whole_name_take(in, out, reading) &&
         (!sch_whole_name_is_empty(*out) || sch_refuse(reading, SCH_FAULT_issuer_empty, out->data));
}

static bool take_times(struct sch_span *in, struct sch_crl *out, struct sch_reading *reading) {
  if (!sch_instant_take(in, &out->this_update, reading)) {
    return false;
  }
  if (!sch_der_is(*in, SCH_DER_UTC_TIME) && !sch_der_is(*in, SCH_DER_GENERALIZED_TIME)) {
    return sch_refuse(reading, SCH_FAULT_crl_next_update, in->data);
  }
  return sch_instant_take(in, &out->next_update, reading);
}

static bool take_entry_list(struct sch_span *in, struct sch_span *out,
                            struct sch_reading *reading) {
  return !sch_der_is(*in, SCH_DER_SEQUENCE) ||
         (sch_der_take(in, SCH_DER_SEQUENCE, out, reading) && sch_der_some(*out, reading));
}

static bool read_whole(struct sch_span der, struct sch_crl *out, struct sch_reading *reading) {
  struct sch_signed frame;

  if (!sch_signed_open(der, &frame, reading)) {
    return false;
  }
  struct sch_span *fields = &frame.fields;

  out->whole = frame.whole;
  out->tbs = frame.tbs;
  return take_version(fields, &out->version, reading) &&
         sch_algorithm_take(fields, &out->algorithm, reading) &&
         take_issuer(fields, &out->issuer, reading) && take_times(fields, out, reading) &&
         take_entry_list(fields, &out->entry_list, reading) &&
         take_extensions(fields, out, reading) && sch_der_end(*fields, reading) &&
         read_entries(out, reading) &&
         sch_signed_close(&frame, &out->algorithm, &out->signature, reading);
}

bool sch_crl_read(struct sch_span der, struct sch_crl *out, struct sch_reading *reading) {
  struct sch_crl crl = {0};

  REQUIRE(reading->fault == SCH_FAULT_none);
  if (!read_whole(der, &crl, reading)) {
    ENSURE(reading->fault != SCH_FAULT_none);
    return false;
  }
  ENSURE(reading->fault == SCH_FAULT_none);
  *out = crl;
  return true;
}

bool sch_crl_entry_take(const struct sch_crl *crl, struct sch_span *in, struct sch_crl_entry *out) {
  struct sch_reading reading = {0};

  return in->size != 0 && take_entry(crl, in, out, &reading);
}
