/* general_name: see general_name.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "cert/general_name.h"

static bool is_directory_string(uint8_t tag) {
  return tag == SCH_DER_UTF8_STRING || tag == SCH_DER_PRINTABLE_STRING ||
         tag == SCH_DER_TELETEX_STRING || tag == SCH_DER_BMP_STRING ||
         tag == SCH_DER_UNIVERSAL_STRING;
}

bool sch_attribute_fits(enum sch_oid oid, uint8_t tag) {
  switch ((int)oid) {
    case SCH_OID_country:
    case SCH_OID_serial_number:
    case SCH_OID_dn_qualifier:
      return tag == SCH_DER_PRINTABLE_STRING;
    case SCH_OID_domain_component:
    case SCH_OID_email_address:
      return tag == SCH_DER_IA5_STRING;
    case SCH_OID_unknown:
      return true;
    default:
      return is_directory_string(tag);
  }
}

static bool take_attribute(struct sch_span *in, struct sch_attribute *out,
                           struct sch_reading *reading) {
  struct sch_span body;

  if (!sch_der_take(in, SCH_DER_SEQUENCE, &body, reading) ||
      !sch_der_take(&body, SCH_DER_OID, &out->type, reading) ||
      !sch_der_any(&body, &out->value, reading) || !sch_der_end(body, reading)) {
    return false;
  }
  out->oid = sch_oid_find(out->type);
  return sch_attribute_fits(out->oid, out->value.tag) ||
         sch_refuse(reading, SCH_FAULT_attribute_string, out->value.whole.data);
}

bool sch_name_next(struct sch_name *name, struct sch_attribute *out, struct sch_reading *reading) {
  out->joined = name->rdn.size != 0;
  if (!out->joined) {
    const uint8_t *at = name->rdns.data;

    if (name->rdns.size == 0 || !sch_der_take(&name->rdns, SCH_DER_SET, &name->rdn, reading)) {
      return false;
    }
    if (name->rdn.size == 0) {
      return sch_refuse(reading, SCH_FAULT_sequence_empty, at);
    }
  }
  return take_attribute(&name->rdn, out, reading);
}

bool sch_name_check(struct sch_span body, struct sch_reading *reading) {
  struct sch_name name = {body, {0}};
  struct sch_attribute attribute;

  while (sch_name_next(&name, &attribute, reading)) {
  }
  return reading->fault == SCH_FAULT_none;
}

/* The readers of each kind get the contents behind the tag and set `value` and `type`. */

static bool read_other(struct sch_span body, struct sch_general_name *out,
                       struct sch_reading *reading) {
  struct sch_element value;

  if (!sch_der_take(&body, SCH_DER_OID, &out->type, reading) ||
      !sch_der_only(body, SCH_DER_CONTEXT_IN(0), &out->value, reading)) {
    return false;
  }
  body = out->value;
  return sch_der_any(&body, &value, reading) && sch_der_end(body, reading);
}

static bool is_one_directory_string(struct sch_span body, struct sch_reading *reading) {
  struct sch_element value;

  if (!sch_der_any(&body, &value, reading) || !sch_der_end(body, reading)) {
    return false;
  }
  return is_directory_string(value.tag) ||
         sch_refuse(reading, SCH_FAULT_tag_unexpected, value.whole.data);
}

static bool read_edi_party(struct sch_span body, struct sch_reading *reading) {
  struct sch_span text;

  if (sch_der_is(body, SCH_DER_CONTEXT_IN(0)) &&
      (!sch_der_take(&body, SCH_DER_CONTEXT_IN(0), &text, reading) ||
       !is_one_directory_string(text, reading))) {
    return false;
  }
  return sch_der_only(body, SCH_DER_CONTEXT_IN(1), &text, reading) &&
         is_one_directory_string(text, reading);
}

static bool read_kind(const struct sch_element *element, enum sch_address_form form,
                      struct sch_general_name *out, struct sch_reading *reading) {
  const struct sch_span body = element->body;

  out->value = body;
  switch (element->tag) {
    case SCH_DER_CONTEXT_IN(SCH_GENERAL_NAME_other_name):
      return read_other(body, out, reading);
    case SCH_DER_CONTEXT(SCH_GENERAL_NAME_email):
    case SCH_DER_CONTEXT(SCH_GENERAL_NAME_dns):
    case SCH_DER_CONTEXT(SCH_GENERAL_NAME_uri):
      return sch_value_check(SCH_DER_IA5_STRING, body, reading);
    case SCH_DER_CONTEXT_IN(SCH_GENERAL_NAME_x400_address):
      return true;
    case SCH_DER_CONTEXT_IN(SCH_GENERAL_NAME_directory_name):
      return sch_der_only(body, SCH_DER_SEQUENCE, &out->value, reading) &&
             sch_name_check(out->value, reading);
    case SCH_DER_CONTEXT_IN(SCH_GENERAL_NAME_edi_party):
      return read_edi_party(body, reading);
    case SCH_DER_CONTEXT(SCH_GENERAL_NAME_address):
      return body.size == 4 * (size_t)form || body.size == 16 * (size_t)form ||
             sch_refuse(reading, SCH_FAULT_address_size, element->whole.data);
    case SCH_DER_CONTEXT(SCH_GENERAL_NAME_registered_id):
      return sch_value_check(SCH_DER_OID, body, reading);
    default:
      return sch_refuse(reading, SCH_FAULT_general_name_kind, element->whole.data);
  }
}

bool sch_general_name_take(struct sch_span *in, enum sch_address_form form,
                           struct sch_general_name *out, struct sch_reading *reading) {
  struct sch_general_name found = {0};
  struct sch_element element;
  struct sch_span rest = *in;

  if (!sch_der_any(&rest, &element, reading) || !read_kind(&element, form, &found, reading)) {
    return false;
  }
  found.kind = (enum sch_general_name_kind)(element.tag & 0x1f);
  found.whole = element.whole;
  *out = found;
  *in = rest;
  return true;
}

bool sch_general_names_check(struct sch_span body, struct sch_reading *reading) {
  struct sch_general_name name;

  if (body.size == 0) {
    return sch_refuse(reading, SCH_FAULT_sequence_empty, body.data);
  }
  while (body.size != 0) {
    if (!sch_general_name_take(&body, SCH_ADDRESS_PLAIN, &name, reading)) {
      return false;
    }
  }
  return true;
}

const char *sch_general_name_text(enum sch_general_name_kind kind) {
  static const char *const texts[] = {
#define TEXT(number, name, text) [number] = (text),
      SCH_GENERAL_NAMES(TEXT)
#undef TEXT
  };

  REQUIRE(kind < SCH_GENERAL_NAME_COUNT);
  return texts[kind];
}
