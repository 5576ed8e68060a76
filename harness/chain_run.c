/* chain_run: see chain_run.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "chain_run.h"

#include <string.h>

#include "oracle.h"

struct sch_run sch_run_plain(const struct sch_made *made) {
  return (struct sch_run){.policy = made->policy, .without = SIZE_MAX};
}

static bool add(struct sch_run_store *to, enum sch_store_part part, struct sch_span der,
                const struct sch_run *run) {
  struct sch_store_added added = {0};

  for (int times = run->twice ? 2 : 1; times > 0; times--) {
    if (sch_store_add(to->store, part, der, &added) == SEC_E_INSUFFICIENT_MEMORY) {
      return false;
    }
  }
  to->refused[part] += added.refused != 0 ? 1 : 0;
  return true;
}

static void send(struct sch_builder *others, struct sch_span der, const struct sch_run *run) {
  for (int times = run->twice ? 2 : 1; times > 0; times--) {
    sch_builder_bytes(others, der);
  }
}

/* fill puts everything where it belongs. */
static bool fill(const struct sch_made *made, const struct sch_run *run, struct sch_run_store *to) {
  for (size_t i = 0; i < made->certificate_count; i++) {
    const size_t at = run->reversed ? made->certificate_count - 1 - i : i;
    const struct sch_span der = made->certificates[at].der;
    const int place = sch_made_place(made, at);

    if (at == run->without) {
      continue;
    }
    if (place == SCH_PLACE_SENT) {
      send(&to->others, der, run);
    } else if (place != SCH_PLACE_LEAF &&
               !add(to, place == SCH_PLACE_ANCHOR ? SCH_STORE_ANCHORS : SCH_STORE_INTERMEDIATES,
                    der, run)) {
      return false;
    }
  }
  for (size_t i = 0; i < made->crl_count; i++) {
    const size_t at = run->reversed ? made->crl_count - 1 - i : i;

    if (!add(to, SCH_STORE_CRLS, made->crls[at].der, run)) {
      return false;
    }
  }
  return true;
}

/* number_of gives the first certificate that has these bytes. */
static size_t number_of(const struct sch_made *made, struct sch_span der) {
  size_t at = 0;

  while (at < made->certificate_count && !sch_span_equal(made->certificates[at].der, der)) {
    at++;
  }
  ORACLE(algebra, at < made->certificate_count);
  return at;
}

static void check_algebra(const struct sch_verdict *verdict, struct sch_run_verdict *out) {
  struct sch_reason reason;
  size_t cursor = 0;
  uint32_t bits = 0;

  ORACLE(algebra, verdict->accepted == (verdict->trust.bits == 0));
  ORACLE(algebra, verdict->trust.count <= SCH_TRUST_ELEMENTS_MAX);
  ORACLE(algebra, !verdict->accepted || (verdict->anchored && verdict->trust.count != 0));
  while (sch_trust_next(&verdict->trust, &cursor, &reason)) {
    bits |= reason.bit;
    out->errors++;
  }
  ORACLE(algebra, bits == verdict->trust.bits);
  for (size_t i = 0; i < verdict->trust.count; i++) {
    ORACLE(algebra, (verdict->trust.elements[i].bits & ~bits) == 0);
  }
  out->status = sch_trust_status(bits);
  ORACLE(algebra, (out->status == SEC_E_OK) == verdict->accepted);
}

static void check_bounds(const struct sch_verdict *verdict, const struct sch_run *run) {
  const struct sch_chain_work standard = sch_chain_work_default();
  const struct sch_chain_work *limits = run->limits != NULL ? run->limits : &standard;

  ORACLE(bounded, verdict->work.candidates <= limits->candidates);
  ORACLE(bounded, verdict->work.signatures <= limits->signatures);
  ORACLE(bounded, verdict->work.comparisons <= limits->comparisons + SCH_CASE_RECORDS);
  ORACLE(bounded, verdict->trust.count <= run->policy.depth + 2);
}

static void keep(const struct sch_made *made, const struct sch_verdict *verdict,
                 struct sch_run_verdict *out) {
  out->accepted = verdict->accepted;
  out->anchored = verdict->anchored;
  out->trust = verdict->trust;
  out->work = verdict->work;
  for (size_t i = 0; i < verdict->trust.count; i++) {
    out->path[i] = (uint8_t)number_of(made, verdict->path[i]);
  }
}

void sch_run_store_open(struct sch_run_store *store, const struct sch_made *made,
                        const struct sch_run *run, uint8_t room[SCH_RUN_ROOM]) {
  *store = (struct sch_run_store){.store = sch_store_create(),
                                  .others = sch_builder_of(room, SCH_RUN_ROOM)};
  if (store->store != NULL && !fill(made, run, store)) {
    sch_run_store_drop(store);
  }
}

void sch_run_store_drop(struct sch_run_store *store) {
  sch_store_drop(store->store);
  store->store = NULL;
}

bool sch_run_in(const struct sch_run_store *store, const struct sch_made *made,
                const struct sch_run *run, struct sch_run_verdict *out) {
  const struct sch_span leaf = made->leaf == made->certificate_count
                                   ? (struct sch_span){0}
                                   : made->certificates[made->leaf].der;
  struct sch_verdict verdict;

  *out = (struct sch_run_verdict){0};
  if (store->store == NULL) {
    return false;
  }
  sch_chain_verify(store->store, leaf, sch_builder_built(&store->others), &run->policy, run->limits,
                   &verdict);
  check_algebra(&verdict, out);
  check_bounds(&verdict, run);
  keep(made, &verdict, out);
  return true;
}

bool sch_run(const struct sch_made *made, const struct sch_run *run, struct sch_run_verdict *out) {
  static uint8_t room[SCH_RUN_ROOM];
  SCOPED(run_store) struct sch_run_store store;

  sch_run_store_open(&store, made, run, room);
  return sch_run_in(&store, made, run, out);
}

bool sch_run_same(const struct sch_run_verdict *left, const struct sch_run_verdict *right) {
  bool same = left->accepted == right->accepted && left->anchored == right->anchored &&
              left->trust.bits == right->trust.bits && left->trust.count == right->trust.count &&
              left->work.candidates == right->work.candidates &&
              left->work.signatures == right->work.signatures &&
              left->work.comparisons == right->work.comparisons && left->errors == right->errors;

  for (size_t i = 0; same && i < left->trust.count; i++) {
    same = left->path[i] == right->path[i] &&
           left->trust.elements[i].bits == right->trust.elements[i].bits &&
           left->trust.elements[i].details == right->trust.elements[i].details;
  }
  return same;
}
