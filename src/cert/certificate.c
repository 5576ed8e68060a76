/* certificate: see certificate.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "cert/certificate.h"

enum { SERIAL_MAX = 20 };

bool sch_algorithm_take(struct sch_span *in, struct sch_algorithm *out,
                        struct sch_reading *reading) {
  const struct sch_span before = *in;
  struct sch_element parameters;
  struct sch_span body;

  if (!sch_der_take(in, SCH_DER_SEQUENCE, &body, reading) ||
      !sch_der_take(&body, SCH_DER_OID, &out->type, reading)) {
    return false;
  }
  out->whole = sch_span_first(before, before.size - in->size);
  out->oid = sch_oid_find(out->type);
  out->parameters = body;
  return body.size == 0 || (sch_der_any(&body, &parameters, reading) && sch_der_end(body, reading));
}

/* sch_octets_take takes a BIT STRING that must hold whole bytes, as keys and signatures do. */
bool sch_octets_take(struct sch_span *in, struct sch_span *out, struct sch_reading *reading) {
  const uint8_t *at = in->data;
  struct sch_span body;
  struct sch_bits bits;

  if (!sch_der_take(in, SCH_DER_BIT_STRING, &body, reading) ||
      !sch_value_bits(body, &bits, reading)) {
    return false;
  }
  *out = bits.bytes;
  return bits.unused == 0 || sch_refuse(reading, SCH_FAULT_bit_string_octets, at);
}

static bool take_version(struct sch_span *in, uint8_t *out, struct sch_reading *reading) {
  const uint8_t *at = in->data;
  struct sch_span field;
  struct sch_span body;
  uint64_t number;

  *out = 1;
  if (!sch_der_is(*in, SCH_DER_CONTEXT_IN(0))) {
    return true;
  }
  if (!sch_der_take(in, SCH_DER_CONTEXT_IN(0), &field, reading) ||
      !sch_der_only(field, SCH_DER_INTEGER, &body, reading) ||
      !sch_value_number(body, &number, reading)) {
    return false;
  }
  if (number == 0 || number > 2) {
    return sch_refuse(reading, number == 0 ? SCH_FAULT_default_encoded : SCH_FAULT_version, at);
  }
  *out = (uint8_t)(number + 1);
  return true;
}

bool sch_serial_take(struct sch_span *in, struct sch_span *out, struct sch_reading *reading) {
  const uint8_t *at = in->data;

  if (!sch_der_take(in, SCH_DER_INTEGER, out, reading) ||
      !sch_value_check(SCH_DER_INTEGER, *out, reading)) {
    return false;
  }
  if ((out->data[0] & 0x80) != 0) {
    return sch_refuse(reading, SCH_FAULT_serial_negative, at);
  }
  return out->size <= SERIAL_MAX || sch_refuse(reading, SCH_FAULT_serial_long, at);
}

bool sch_whole_name_take(struct sch_span *in, struct sch_span *out, struct sch_reading *reading) {
  const struct sch_span before = *in;
  struct sch_span body;

  if (!sch_der_take(in, SCH_DER_SEQUENCE, &body, reading)) {
    return false;
  }
  *out = sch_span_first(before, before.size - in->size);
  return sch_name_check(body, reading);
}

bool sch_instant_take(struct sch_span *in, int64_t *out, struct sch_reading *reading) {
  const int64_t year_2050 = 2524608000;
  struct sch_element element;

  if (!sch_der_any(in, &element, reading)) {
    return false;
  }
  if (element.tag != SCH_DER_UTC_TIME && element.tag != SCH_DER_GENERALIZED_TIME) {
    return sch_refuse(reading, SCH_FAULT_tag_unexpected, element.whole.data);
  }
  if (!sch_value_time(element.tag, element.body, out, reading)) {
    return false;
  }
  return element.tag == SCH_DER_UTC_TIME || *out >= year_2050 || reading->lenient ||
         sch_refuse(reading, SCH_FAULT_validity_form, element.whole.data);
}

static bool take_validity(struct sch_span *in, struct sch_certificate *out,
                          struct sch_reading *reading) {
  struct sch_span body;

  return sch_der_take(in, SCH_DER_SEQUENCE, &body, reading) &&
         sch_instant_take(&body, &out->not_before, reading) &&
         sch_instant_take(&body, &out->not_after, reading) && sch_der_end(body, reading);
}

static bool take_key_info(struct sch_span *in, struct sch_certificate *out,
                          struct sch_reading *reading) {
  const struct sch_span before = *in;
  struct sch_span body;

  if (!sch_der_take(in, SCH_DER_SEQUENCE, &body, reading)) {
    return false;
  }
  out->key_info = sch_span_first(before, before.size - in->size);
  return sch_algorithm_take(&body, &out->key_algorithm, reading) &&
         sch_octets_take(&body, &out->key, reading) && sch_der_end(body, reading);
}

static bool take_unique_id(struct sch_span *in, uint8_t tag, uint8_t version, struct sch_bits *out,
                           struct sch_reading *reading) {
  const uint8_t *at = in->data;
  struct sch_span body;

  if (!sch_der_is(*in, tag)) {
    return true;
  }
  if (version == 1) {
    return sch_refuse(reading, SCH_FAULT_unique_id_version, at);
  }
  return sch_der_take(in, tag, &body, reading) && sch_value_bits(body, out, reading);
}

static bool take_extensions(struct sch_span *in, struct sch_certificate *out,
                            struct sch_reading *reading) {
  const uint8_t *at = in->data;
  struct sch_span field;

  if (!sch_der_is(*in, SCH_DER_CONTEXT_IN(3))) {
    return true;
  }
  if (out->version != 3) {
    return sch_refuse(reading, SCH_FAULT_extensions_version, at);
  }
  return sch_der_take(in, SCH_DER_CONTEXT_IN(3), &field, reading) &&
         sch_der_only(field, SCH_DER_SEQUENCE, &out->extension_list, reading) &&
         sch_extensions_read(out->extension_list, &out->extensions, reading);
}

bool sch_whole_name_is_empty(struct sch_span name) {
  return name.data[1] == 0;
}

static bool names_are_good(const struct sch_certificate *certificate, struct sch_reading *reading) {
  const uint32_t alternative = certificate->extensions.critical >> SCH_EXTENSION_subject_alt_name;

  if (sch_whole_name_is_empty(certificate->issuer)) {
    return sch_refuse(reading, SCH_FAULT_issuer_empty, certificate->issuer.data);
  }
  return !sch_whole_name_is_empty(certificate->subject) || (alternative & 1u) != 0 ||
         sch_refuse(reading, SCH_FAULT_subject_empty, certificate->subject.data);
}

static bool read_tbs(struct sch_span tbs, struct sch_certificate *out,
                     struct sch_reading *reading) {
  return take_version(&tbs, &out->version, reading) &&
         sch_serial_take(&tbs, &out->serial, reading) &&
         sch_algorithm_take(&tbs, &out->algorithm, reading) &&
         sch_whole_name_take(&tbs, &out->issuer, reading) && take_validity(&tbs, out, reading) &&
         sch_whole_name_take(&tbs, &out->subject, reading) && take_key_info(&tbs, out, reading) &&
         take_unique_id(&tbs, SCH_DER_CONTEXT(1), out->version, &out->issuer_unique_id, reading) &&
         take_unique_id(&tbs, SCH_DER_CONTEXT(2), out->version, &out->subject_unique_id, reading) &&
         take_extensions(&tbs, out, reading) && sch_der_end(tbs, reading) &&
         names_are_good(out, reading);
}

bool sch_signed_open(struct sch_span der, struct sch_signed *out, struct sch_reading *reading) {
  struct sch_element element;
  struct sch_span body;

  if (!sch_der_any(&der, &element, reading)) {
    return false;
  }
  if (der.size != 0) {
    return sch_refuse(reading, SCH_FAULT_trailing, der.data);
  }
  out->whole = element.whole;
  if (!sch_der_tree(out->whole, reading) ||
      !sch_der_only(out->whole, SCH_DER_SEQUENCE, &body, reading)) {
    return false;
  }
  out->rest = body;
  if (!sch_der_take(&out->rest, SCH_DER_SEQUENCE, &out->fields, reading)) {
    return false;
  }
  out->tbs = sch_span_first(body, body.size - out->rest.size);
  return true;
}

bool sch_signed_close(struct sch_signed *in, const struct sch_algorithm *inner,
                      struct sch_span *signature, struct sch_reading *reading) {
  struct sch_algorithm outer;

  if (!sch_algorithm_take(&in->rest, &outer, reading) ||
      !sch_octets_take(&in->rest, signature, reading) || !sch_der_end(in->rest, reading)) {
    return false;
  }
  return sch_span_equal(outer.whole, inner->whole) ||
         sch_refuse(reading, SCH_FAULT_algorithm_differs, outer.whole.data);
}

static bool read_whole(struct sch_span der, struct sch_certificate *out,
                       struct sch_reading *reading) {
  struct sch_signed frame;

  if (!sch_signed_open(der, &frame, reading)) {
    return false;
  }
  out->whole = frame.whole;
  out->tbs = frame.tbs;
  return read_tbs(frame.fields, out, reading) &&
         sch_signed_close(&frame, &out->algorithm, &out->signature, reading);
}

bool sch_certificate_read(struct sch_span der, struct sch_certificate *out,
                          struct sch_reading *reading) {
  struct sch_certificate certificate = {0};

  REQUIRE(reading->fault == SCH_FAULT_none);
  if (!read_whole(der, &certificate, reading)) {
    ENSURE(reading->fault != SCH_FAULT_none);
    return false;
  }
  ENSURE(reading->fault == SCH_FAULT_none);
  *out = certificate;
  return true;
}

struct sch_name sch_certificate_name(struct sch_span name) {
  struct sch_reading reading = {0};
  struct sch_name cursor = {0};
  const bool is_name = sch_der_only(name, SCH_DER_SEQUENCE, &cursor.rdns, &reading);

  REQUIRE(is_name);
  return cursor;
}
