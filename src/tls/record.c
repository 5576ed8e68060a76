/* record: see record.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "tls/record.h"

#define VERSION_MAJOR 3

static bool header_is_legal(uint8_t type, uint16_t version, size_t body_size) {
  return type >= SCH_RECORD_CHANGE_CIPHER_SPEC && type <= SCH_RECORD_APPLICATION_DATA &&
         version >> 8 == VERSION_MAJOR && body_size <= SCH_RECORD_BODY_MAX;
}

SECURITY_STATUS sch_record_next(struct sch_span *wire, struct sch_record *record, size_t *missing) {
  const struct sch_span in = *wire;
  const struct sch_span header = sch_span_first(in, SCH_RECORD_HEADER);

  if (header.size < SCH_RECORD_HEADER) {
    *missing = SCH_RECORD_HEADER - header.size;
    return SEC_E_INCOMPLETE_MESSAGE;
  }
  const uint8_t type = header.data[0];
  const uint16_t version = (uint16_t)(header.data[1] << 8 | header.data[2]);
  const size_t body_size = (size_t)(header.data[3] << 8 | header.data[4]);

  if (!header_is_legal(type, version, body_size)) {
    return SEC_E_INVALID_TOKEN;
  }
  const struct sch_span rest = sch_span_last(in, in.size - SCH_RECORD_HEADER);
  const struct sch_span body = sch_span_first(rest, body_size);

  if (body.size < body_size) {
    *missing = body_size - body.size;
    return SEC_E_INCOMPLETE_MESSAGE;
  }
  *record = (struct sch_record){type, version, body, sch_span_first(in, header.size + body.size)};
  *wire = sch_span_last(rest, rest.size - body.size);
  ENSURE(record->whole.size + wire->size == in.size);
  return SEC_E_OK;
}
