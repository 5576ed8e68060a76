/* chain_run: what was made of a description (chain_make.h), verified: as it is, or with what must
 * change nothing or only make it harder.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_CHAIN_RUN_H
#define SCH_CHAIN_RUN_H

#include "chain_make.h"

struct sch_run {
  struct sch_chain_policy policy;
  const struct sch_chain_work *limits; /* NULL: the usual ones */
  bool reversed;                       /* everything in the other order */
  bool twice;                          /* everything twice */
  size_t without;                      /* a certificate that is left out; SIZE_MAX: none */
};

/* sch_run_plain is the run as it is described. */
struct sch_run sch_run_plain(const struct sch_made *made);

/* A verdict that outlives its store: the path is told by number of certificate. */
struct sch_run_verdict {
  bool accepted;
  bool anchored;
  struct sch_trust trust;
  struct sch_chain_work work;
  uint8_t path[SCH_TRUST_ELEMENTS_MAX]; /* the first certificate of that DER */
  size_t errors;                        /* that sch_trust_next gave */
  SECURITY_STATUS status;
};

/* What is given to each verification, in one arrangement. */
struct sch_run_store {
  struct sch_store *store; /* NULL when memory was short */
  struct sch_builder others;
  size_t refused[SCH_STORE_PARTS];
};

/* sch_run_store_open fills a store as a run says, whose policy and limits do not matter here, with
 * the SCH_RUN_ROOM bytes at `room` for what is sent along. sch_run_store_drop frees it. */
#define SCH_RUN_ROOM (2 * SCH_MADE_ROOM)
void sch_run_store_open(struct sch_run_store *store, const struct sch_made *made,
                        const struct sch_run *run, uint8_t room[SCH_RUN_ROOM]);
void sch_run_store_drop(struct sch_run_store *store);

/* sch_run_in verifies in a store that is there. sch_run opens one for itself. */
CHECKED bool sch_run_in(const struct sch_run_store *store, const struct sch_made *made,
                        const struct sch_run *run, struct sch_run_verdict *out);

/* sch_run verifies. False when memory was short before there was anything to verify. It breaks the
 * oracles `algebra` and `bounded` where they do not hold of the verdict alone. */
CHECKED bool sch_run(const struct sch_made *made, const struct sch_run *run,
                     struct sch_run_verdict *out);

/* sch_run_same says whether two verdicts are the same in everything. */
bool sch_run_same(const struct sch_run_verdict *left, const struct sch_run_verdict *right);

#endif
