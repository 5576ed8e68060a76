/* fuzz_record: the framing of TLS records.
 *
 * Input:   raw wire bytes and nothing else, so any capture is a seed.
 * Drives:  sch_record_next over the whole input, and over short offers of each record: at every
 *          cut of its first bytes, at doubling sizes behind them, and one byte short. After
 *          OFFERS_MAX offers the rest is only walked: tiny records must not make an input slow.
 * Oracles: conservation: header + body + rest is what came in;
 *          refusal_is_pure: a refused offer changes nothing;
 *          missing_is_exact: it is the distance to the end of the header, or of the record;
 *          cut_invariance: a refused header is refused at every cut behind it, and no sooner;
 *          bounded: a record is never larger than the largest legal one.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "harness.h"
#include "tls/record.h"

#define SMALL ((size_t)8) /* bytes of a record that are offered at every cut */
#define OFFERS_MAX 64     /* short offers of one input, checked once a record */

/* What *record and *missing hold before a call, to see whether they were written. */
#define MARK 0xa5
#define MARKED ((size_t)0xa5a5)

static void check_record(const struct sch_record *record, struct sch_span before,
                         struct sch_span after) {
  ORACLE(conservation, record->whole.data == before.data);
  ORACLE(conservation, record->whole.size == SCH_RECORD_HEADER + record->body.size);
  ORACLE(conservation, record->body.data == before.data + SCH_RECORD_HEADER);
  ORACLE(conservation, record->whole.size + after.size == before.size);
  ORACLE(conservation, after.data == before.data + record->whole.size);
  ORACLE(bounded, record->whole.size <= SCH_RECORD_MAX);
  ORACLE(model, record->type == before.data[0]);
  ORACLE(model, record->version == (before.data[1] << 8 | before.data[2]));
  ORACLE(model, record->body.size == (size_t)(before.data[3] << 8 | before.data[4]));
}

static void check_refused(const struct sch_record *record, struct sch_span before,
                          struct sch_span after) {
  ORACLE(refusal_is_pure, after.data == before.data);
  ORACLE(refusal_is_pure, after.size == before.size);
  ORACLE(refusal_is_pure, record->type == MARK);
  ORACLE(refusal_is_pure, record->whole.data == NULL);
}

/* step takes one record and checks what every single call must keep. */
static SECURITY_STATUS step(struct sch_span *wire, size_t *missing) {
  struct sch_record record;
  const struct sch_span before = *wire;

  record.type = MARK;
  record.whole.data = NULL;
  *missing = MARKED;
  const SECURITY_STATUS status = sch_record_next(wire, &record, missing);

  if (status == SEC_E_OK) {
    check_record(&record, before, *wire);
    sch_trace_event("record", record.type, record.body.size);
  } else {
    check_refused(&record, before, *wire);
  }
  if (status == SEC_E_INCOMPLETE_MESSAGE) {
    ORACLE(missing_is_exact, *missing >= 1);
  } else {
    ORACLE(refusal_is_pure, *missing == MARKED);
  }
  return status;
}

/* offer gives the first `size` bytes of a whole record and no more. */
static void offer(struct sch_span whole, size_t size) {
  const size_t milestone = size < SCH_RECORD_HEADER ? SCH_RECORD_HEADER : whole.size;
  struct sch_span wire = sch_span_first(whole, size);
  size_t missing;

  ORACLE(cut_invariance, step(&wire, &missing) == SEC_E_INCOMPLETE_MESSAGE);
  ORACLE(missing_is_exact, missing == milestone - size);
}

/* next_size follows `size` in the order of the offers of one record: every size when the replayer
 * asks for every split point. */
static size_t next_size(size_t size) {
  return size < SMALL || sch_plan_runs() != 0 ? size + 1 : size * 2;
}

/* offer_short gives many short offers of one record and says how many. */
static size_t offer_short(struct sch_span whole) {
  size_t offers = 1;

  for (size_t size = 0; size < whole.size; size = next_size(size)) {
    offer(whole, size);
    offers++;
  }
  offer(whole, whole.size - 1);
  return offers;
}

/* refuse checks that an illegal header is illegal as soon as it is whole, whatever follows. */
static void refuse(struct sch_span rest) {
  size_t missing;

  ORACLE(cut_invariance, rest.size >= SCH_RECORD_HEADER);
  for (size_t size = 0; size <= SCH_RECORD_HEADER; size++) {
    struct sch_span wire = sch_span_first(rest, size);
    const SECURITY_STATUS status = step(&wire, &missing);

    ORACLE(cut_invariance, (status == SEC_E_INVALID_TOKEN) == (size == SCH_RECORD_HEADER));
  }
}

FUZZ(record) {
  struct sch_span rest = input;
  struct sch_span before = rest;
  SECURITY_STATUS status;
  size_t missing;
  size_t offers = 0;

  while ((status = step(&rest, &missing)) == SEC_E_OK) {
    if (offers < OFFERS_MAX || sch_plan_runs() != 0) {
      offers += offer_short(sch_span_first(before, before.size - rest.size));
    }
    before = rest;
  }
  if (status == SEC_E_INVALID_TOKEN) {
    refuse(rest);
  } else {
    ORACLE(status_handled, status == SEC_E_INCOMPLETE_MESSAGE);
    sch_trace_event("missing", missing, rest.size);
  }
  sch_trace_event("end", (uint32_t)status, rest.size);
}
