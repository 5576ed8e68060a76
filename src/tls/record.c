/* record: see record.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "tls/record.h"

#define VERSION_MAJOR 3

static bool header_is_legal(const struct sch_record *record, size_t body_size) {
  return record->type >= SCH_RECORD_CHANGE_CIPHER_SPEC &&
         record->type <= SCH_RECORD_APPLICATION_DATA && record->version >> 8 == VERSION_MAJOR &&
         body_size <= SCH_RECORD_BODY_MAX;
}

SECURITY_STATUS sch_record_next(struct sch_span *wire, struct sch_record *record, size_t *missing) {
  struct sch_span rest = *wire;
  struct sch_record next = {.whole = rest};
  uint16_t body_size;

  if (!sch_span_u8(&rest, &next.type) || !sch_span_u16(&rest, &next.version) ||
      !sch_span_u16(&rest, &body_size)) {
    *missing = SCH_RECORD_HEADER - wire->size;
    return SEC_E_INCOMPLETE_MESSAGE;
  }
  if (!header_is_legal(&next, body_size)) {
    return SEC_E_INVALID_TOKEN;
  }
  if (!sch_span_take(&rest, body_size, &next.body)) {
    *missing = body_size - rest.size;
    return SEC_E_INCOMPLETE_MESSAGE;
  }
  next.whole.size = SCH_RECORD_HEADER + body_size;
  ENSURE(next.whole.size + rest.size == wire->size);
  *record = next;
  *wire = rest;
  return SEC_E_OK;
}
