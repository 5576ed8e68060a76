/* fuzz_chain: the verdict on a chain.
 *
 * Input:   a description of certificates, CRLs and what is asked of them (chain_case.h), which is
 *          made and signed with toy keys, so that what is mutated is behind the signatures.
 * Drives:  sch_store, sch_chain_verify, sch_trust.
 * Oracles, on every input:
 *          unforgeable, acceptable: the verdict is that of a model of the description;
 *          reason: the bits of a rejection are those of one path that the model knows;
 *          model: the strict reader takes what the model says is readable, and no other;
 *          algebra: accepted <=> no bits <=> no errors;
 *          bounded: no more work than the limits allow;
 *          determinism: the trace has bits, path and work.
 * Those that verify again, by bits of `checks` in the `ask` record, and all of them when the
 * replayer is told --cuts: order, twice    order_free: everything in the other order, or twice: the
 * same verdict; stricter, fewer, revoke monotone: what is refused is refused when more is asked
 * for, without an anchor, with more constraints and more revocations; what is accepted is accepted
 * when less is asked for, and not when revoked; budget          bounded: with exactly the work that
 * it took the verdict is the same, with less it is WORK_LIMIT; gnutls          agreement: GnuTLS
 * agrees, or differs as chain_differences.c knows.
 *
 * With SCH_SHARE in the environment the share of inputs whose signatures check is printed at the
 * end.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "chain_opinion.h"
#include "chain_run.h"
#include "harness.h"
#include "starve.h"

#define ANCHORS_TRIED 4

static struct sch_case described;
static struct sch_made made;
static struct sch_truth truth;
static struct sch_run_store store; /* as it is described */

/* --- how many get past the signatures */

static unsigned long inputs;
static unsigned long signed_inputs;

static void print_share(void) {
  (void)fprintf(stderr, "signatures check in %.1f%% of %lu inputs\n",
                inputs == 0 ? 0.0 : 100.0 * (double)signed_inputs / (double)inputs, inputs);
}

static void count_share(const struct sch_run_verdict *verdict) {
  static bool is_asked;

  if (!is_asked && getenv("SCH_SHARE") != NULL) {
    ENSURE(atexit(print_share) == 0);
  }
  is_asked = true;
  inputs++;
  signed_inputs +=
      verdict->trust.count > 1 && (verdict->trust.bits & CERT_TRUST_IS_NOT_SIGNATURE_VALID) == 0;
}

/* --- the verdict itself */

static void check_readable(void) {
  size_t refused[SCH_STORE_PARTS] = {0};

  for (size_t i = 0; i < made.certificate_count; i++) {
    const int place = sch_made_place(&made, i);

    if (place >= SCH_PLACE_KNOWN && !sch_truth_is_readable(&made, &made.certificates[i])) {
      refused[place == SCH_PLACE_ANCHOR ? SCH_STORE_ANCHORS : SCH_STORE_INTERMEDIATES]++;
    }
  }
  for (size_t i = 0; i < made.crl_count; i++) {
    refused[SCH_STORE_CRLS] += !sch_truth_is_readable(&made, &made.crls[i]);
  }
  for (size_t part = 0; part < SCH_STORE_PARTS; part++) {
    ORACLE(model, store.store == NULL || refused[part] == store.refused[part]);
  }
}

/* is_short: what it took was more than it may, or more memory than there was. */
static bool is_short(const struct sch_run_verdict *verdict) {
  return sch_starved() || (verdict->trust.bits & CERT_TRUST_WORK_LIMIT) != 0;
}

static void check_truth(const struct sch_run_verdict *verdict) {
  ORACLE(unforgeable, !verdict->accepted || truth.answer != SCH_TRUTH_REJECT);
  ORACLE(acceptable, verdict->accepted || truth.answer != SCH_TRUTH_ACCEPT || is_short(verdict));
  ORACLE(reason,
         verdict->accepted || is_short(verdict) || sch_truth_reason(&truth, verdict->trust.bits));
}

static void trace(const struct sch_run_verdict *verdict) {
  sch_trace_event("verdict", verdict->trust.bits, verdict->anchored);
  for (size_t i = 0; i < verdict->trust.count; i++) {
    sch_trace_event("element", verdict->path[i], verdict->trust.elements[i].bits);
  }
  sch_trace_event("work", verdict->work.signatures, verdict->work.comparisons);
  sch_trace_event("candidates", verdict->work.candidates, verdict->errors);
}

/* --- verified again */

/* again verifies what is in the store once more, otherwise asked. */
static bool again(const struct sch_run *run, struct sch_run_verdict *out) {
  return sch_run_in(&store, &made, run, out);
}

static void check_order(const struct sch_run_verdict *verdict, bool twice) {
  struct sch_run run = sch_run_plain(&made);
  struct sch_run_verdict other;

  run.twice = twice;
  run.reversed = !twice;
  ORACLE(order_free, truth.lost || !sch_run(&made, &run, &other) || sch_run_same(verdict, &other) ||
                         sch_starved());
}

/* relax asks for as little as can be asked. */
static void relax(struct sch_chain_policy *policy) {
  policy->purpose = SCH_CHAIN_ANY;
  policy->name = (struct sch_wanted){0};
  policy->revocation = SCH_CHAIN_OFF;
  policy->depth = SCH_CHAIN_DEPTH_MAX;
  policy->explicit_policy = false;
  policy->inhibit_mapping = false;
  policy->inhibit_any = false;
  policy->policy_count = 0;
  policy->strength = 0;
}

/* tighten asks for more, in one way or in all. */
static void tighten(struct sch_chain_policy *policy, size_t way, bool all) {
  static const uint8_t nobody[] = "nobody.invalid";

  if ((all || way == 0) && policy->revocation != SCH_CHAIN_HARD) {
    policy->revocation--;
  }
  if (all || way == 1) {
    policy->depth -= policy->depth != 0;
  }
  if (all || way == 2) {
    policy->strength += policy->strength != 5;
  }
  policy->explicit_policy = policy->explicit_policy || all || way == 3;
  policy->inhibit_mapping = policy->inhibit_mapping || all || way == 4;
  policy->inhibit_any = policy->inhibit_any || all || way == 5;
  if (way == 6 && policy->name.kind == SCH_WANTED_none) {
    policy->name = (struct sch_wanted){.kind = SCH_WANTED_host,
                                       .name = sch_span_of(nobody, sizeof nobody - 1)};
  }
  if (way == 7 && policy->purpose == SCH_CHAIN_ANY) {
    policy->purpose = SCH_CHAIN_SERVER;
  }
}

#define WAYS 8

static void check_stricter(const struct sch_run_verdict *verdict) {
  struct sch_run run = sch_run_plain(&made);
  struct sch_run_verdict other;

  if (verdict->accepted) {
    relax(&run.policy);
    ORACLE(monotone, !again(&run, &other) || other.accepted || is_short(&other));
    return;
  }
  tighten(&run.policy, 0, true);
  ORACLE(monotone, !again(&run, &other) || !other.accepted || is_short(verdict));
  /* One way, as the input has it, or each of them. */
  const bool by_option = sch_plan_cutting() == SCH_CUTTING_BY_OPTION;

  for (size_t way = by_option ? made.to.size % WAYS : 0; way < WAYS; way += by_option ? WAYS : 1) {
    run = sch_run_plain(&made);
    tighten(&run.policy, way, false);
    ORACLE(monotone, !again(&run, &other) || !other.accepted || is_short(verdict));
  }
}

static void check_fewer(const struct sch_run_verdict *verdict) {
  size_t tried = 0;

  for (size_t i = 0; i < made.certificate_count && tried < ANCHORS_TRIED; i++) {
    struct sch_run run = sch_run_plain(&made);
    struct sch_run_verdict other;

    if (sch_made_place(&made, i) == SCH_PLACE_ANCHOR) {
      tried++;
      run.without = i;
      ORACLE(monotone, !sch_run(&made, &run, &other) || !other.accepted || verdict->accepted ||
                           is_short(verdict));
    }
  }
}

/* insert puts a record behind each record of a kind, as far as there is room. */
static void insert(struct sch_case *to, enum sch_case_kind behind,
                   const struct sch_case_record *record) {
  to->count = 0;
  for (size_t i = 0; i < described.count; i++) {
    (void)sch_case_add(to, &described.records[i]);
    if (described.records[i].kind == behind) {
      (void)sch_case_add(to, record);
    }
  }
}

/* check_more makes a harder description, and holds its verdict against the one before. */
static void check_more(const struct sch_run_verdict *verdict, enum sch_case_kind behind,
                       const struct sch_case_record *record) {
  static struct sch_case harder;
  static struct sch_made harder_made;
  struct sch_run_verdict other;
  bool good;

  if (described.count * 2 > SCH_CASE_RECORDS) {
    return;
  }
  sch_starve_hold();
  insert(&harder, behind, record);
  sch_make(&harder, &harder_made);
  sch_starve_release();
  const struct sch_run run = sch_run_plain(&harder_made);

  good = sch_run(&harder_made, &run, &other);
  ORACLE(monotone, !good || !other.accepted || verdict->accepted || is_short(verdict));
  if (record->kind == SCH_CASE_KIND_revoked && made.policy.revocation == SCH_CHAIN_HARD &&
      verdict->trust.count > 1) {
    ORACLE(monotone, !good || !other.accepted);
  }
}

static void check_revoke(const struct sch_run_verdict *verdict) {
  struct sch_case_record revoked = sch_case_plain(SCH_CASE_KIND_revoked);
  struct sch_case_record excluded = sch_case_plain(SCH_CASE_KIND_subtree);

  if (made.leaf != made.certificate_count) {
    revoked.values[SCH_REVOKED_serial] = sch_truth_values(&made, made.leaf)[SCH_CERTIFICATE_serial];
    check_more(verdict, SCH_CASE_KIND_crl, &revoked);
  }
  excluded.values[SCH_SUBTREE_side] = 1;
  excluded.values[SCH_SUBTREE_kind] = SCH_KIND_DIRECTORY;
  check_more(verdict, SCH_CASE_KIND_certificate, &excluded);
}

static void check_budget(const struct sch_run_verdict *verdict) {
  struct sch_chain_work limits = sch_chain_work_default();
  struct sch_run run = sch_run_plain(&made);
  struct sch_run_verdict other;

  limits.signatures = verdict->work.signatures;
  limits.candidates = verdict->work.candidates;
  run.limits = &limits;
  if (!is_short(verdict)) {
    ORACLE(bounded, !again(&run, &other) || sch_run_same(verdict, &other) || sch_starved());
  }
  if (limits.signatures != 0) {
    limits.signatures--;
    ORACLE(bounded, !again(&run, &other) || (other.trust.bits & CERT_TRUST_WORK_LIMIT) != 0 ||
                        sch_starved());
  }
}

/* check_gnutls holds GnuTLS against the truth; the verdict has been held against it already. */
static void check_gnutls(void) {
  if (!sch_has_gnutls || truth.answer == SCH_TRUTH_UNSURE) {
    return;
  }
  const struct sch_opinion opinion = sch_gnutls_opinion(&made);

  sch_trace_event("gnutls", opinion.accepted, 0);
  ORACLE(agreement, opinion.accepted == (truth.answer == SCH_TRUTH_ACCEPT) ||
                        sch_difference_find(&made, &truth, SCH_JUDGE_gnutls) != NULL);
}

static void check_again(const struct sch_run_verdict *verdict) {
  const int32_t checks =
      sch_plan_cutting() == SCH_CUTTING_BY_OPTION ? made.ask.values[SCH_ASK_checks] : SCH_CHECK_ALL;

  if ((checks & SCH_CHECK_ORDER) != 0) {
    check_order(verdict, false);
  }
  if ((checks & SCH_CHECK_TWICE) != 0) {
    check_order(verdict, true);
  }
  if ((checks & SCH_CHECK_STRICTER) != 0) {
    check_stricter(verdict);
  }
  if ((checks & SCH_CHECK_FEWER) != 0) {
    check_fewer(verdict);
  }
  if ((checks & SCH_CHECK_REVOKE) != 0) {
    check_revoke(verdict);
  }
  if ((checks & SCH_CHECK_BUDGET) != 0) {
    check_budget(verdict);
  }
  if ((checks & SCH_CHECK_GNUTLS) != 0) {
    check_gnutls();
  }
}

static void verify(void) {
  const struct sch_run run = sch_run_plain(&made);
  struct sch_run_verdict verdict;

  if (again(&run, &verdict)) {
    trace(&verdict);
    check_readable();
    check_truth(&verdict);
    check_again(&verdict);
    count_share(&verdict);
  }
}

FUZZ(chain) {
  static uint8_t room[SCH_RUN_ROOM];

  sch_starve_hold();
  sch_case_read(&described, input);
  sch_make(&described, &made);
  sch_truth_judge(&made, &truth);
  sch_starve_release();
  const struct sch_run run = sch_run_plain(&made);

  sch_run_store_open(&store, &made, &run, room);
  verify();
  sch_run_store_drop(&store);
}
