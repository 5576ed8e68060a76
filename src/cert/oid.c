/* oid: see oid.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "cert/oid.h"

static const struct {
  const char *text;
  const char *bytes;
  size_t size;
} oids[] = {{"unknown", "", 0},
#define ROW(name, text, bytes) {text, bytes, sizeof(bytes) - 1},
            SCH_OIDS(ROW)
#undef ROW
};

enum sch_oid sch_oid_find(struct sch_span body) {
  if (body.size == 0) {
    return SCH_OID_unknown;
  }
  const uint8_t last = body.data[body.size - 1];

  for (int oid = SCH_OID_unknown + 1; oid < SCH_OID_COUNT; oid++) {
    /* The last byte tells most of them apart, so that few need a call to be compared. */
    if (oids[oid].size == body.size && (uint8_t)oids[oid].bytes[body.size - 1] == last &&
        sch_span_equal(sch_oid_bytes((enum sch_oid)oid), body)) {
      return (enum sch_oid)oid;
    }
  }
  return SCH_OID_unknown;
}

const char *sch_oid_text(enum sch_oid oid) {
  REQUIRE(oid < SCH_OID_COUNT);
  return oids[oid].text;
}

struct sch_span sch_oid_bytes(enum sch_oid oid) {
  REQUIRE(oid < SCH_OID_COUNT);
  return sch_span_of(oids[oid].bytes, oids[oid].size);
}
