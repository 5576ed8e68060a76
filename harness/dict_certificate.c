/* dict_certificate: the dictionary of the certificate target, from the reader's own tables.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "bytes/builder.h"
#include "cert/general_name.h"
#include "dict.h"

enum { ENTRY_ROOM = 64 };

/* An element, with a length in the short form. */
static void write_element(FILE *out, const char *name, uint8_t tag, struct sch_span body) {
  uint8_t bytes[ENTRY_ROOM];
  struct sch_builder to = sch_builder_of(bytes, sizeof(bytes));

  sch_builder_u8(&to, tag);
  sch_builder_u8(&to, (uint8_t)body.size);
  sch_builder_bytes(&to, body);
  ENSURE(!to.failed);
  sch_dict_entry(out, name, sch_builder_built(&to));
}

void sch_dict_certificate(FILE *out) {
#define TYPE(name, tag, text) write_element(out, "type " text, tag, (struct sch_span){0});
  SCH_DER_TYPES(TYPE)
#undef TYPE
#define KIND(number, name, text)                                           \
  write_element(out, text, SCH_DER_CONTEXT(number), (struct sch_span){0}); \
  write_element(out, text " in", SCH_DER_CONTEXT_IN(number), (struct sch_span){0});
  SCH_GENERAL_NAMES(KIND)
#undef KIND
#define OID(name, text, bytes) write_element(out, text, SCH_DER_OID, sch_oid_bytes(SCH_OID_##name));
  SCH_OIDS(OID)
#undef OID
}
