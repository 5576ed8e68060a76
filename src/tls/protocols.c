/* protocols: see protocols.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "tls/protocols.h"

static bool next_name(struct sch_span *list, struct sch_span *name) {
  struct sch_span rest = *list;
  uint8_t size;

  if (!sch_span_u8(&rest, &size) || size == 0 || !sch_span_take(&rest, size, name)) {
    return false;
  }
  *list = rest;
  return true;
}

bool sch_protocols_legal(struct sch_span list) {
  const bool fits = list.size <= UINT16_MAX;
  struct sch_span name;

  while (next_name(&list, &name)) {
  }
  return fits && list.size == 0;
}

static bool has(struct sch_span list, struct sch_span wanted) {
  struct sch_span name;

  while (next_name(&list, &name)) {
    if (sch_span_equal(name, wanted)) {
      return true;
    }
  }
  return false;
}

bool sch_protocols_choose(struct sch_span own, struct sch_span offer, struct sch_span *name) {
  struct sch_span mine;

  while (next_name(&own, &mine)) {
    if (has(offer, mine)) {
      *name = mine;
      return true;
    }
  }
  return false;
}
