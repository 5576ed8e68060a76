/* test_chain_seeds: what the seeds of the chain target are called is what the model says of them,
 * and what sch_chain_verify says; and the model's own answers where no seed goes.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "chain_opinion.h"
#include "chain_run.h"
#include "chain_text.h"
#include "seeds.h"
#include "test.h"

static struct sch_case described;
static struct sch_made made;
static struct sch_truth truth;
static size_t seeds;
static size_t unsure;

static void make(const char *text) {
  size_t line = 0;

  CHECK(sch_case_parse(&described, sch_span_text(text), &line));
  sch_make(&described, &made);
  sch_truth_judge(&made, &truth);
}

static void look(const char *target, const char *name, struct sch_span bytes) {
  const bool good = strncmp(name, "good-", 5) == 0;
  struct sch_run_verdict verdict;

  CHECK(strcmp(target, "chain") == 0);
  CHECK(good || strncmp(name, "bad-", 4) == 0);
  sch_case_read(&described, bytes);
  sch_make(&described, &made);
  sch_truth_judge(&made, &truth);
  const struct sch_run run = sch_run_plain(&made);

  CHECK(sch_run(&made, &run, &verdict));
  seeds++;
  unsure += truth.answer == SCH_TRUTH_UNSURE;
  if (verdict.accepted != good || truth.answer == (good ? SCH_TRUTH_REJECT : SCH_TRUTH_ACCEPT)) {
    test_fail(__FILE__, __LINE__, name, "its name, the model and the verdict differ");
  }
  if (!verdict.accepted && !sch_truth_reason(&truth, verdict.trust.bits)) {
    test_fail(__FILE__, __LINE__, name, "the reason is none that the model knows");
  }
}

TEST(seeds_are_what_they_are_called) {
  sch_seeds_chain(look);
  CHECK(seeds > 200);
  CHECK(unsure <= 12); /* those of policies, which the model leaves alone */
}

#define BASE                                                                     \
  "certificate place=leaf issuer=alpha key=a signer=b\n"                         \
  "certificate place=sent subject=alpha key=b signer=c ca=yes usage=certify+crl" \
  "\ncertificate place=anchor subject=root key=c signer=c ca=yes usage=certify+crl\n"

TEST(reasons_are_those_of_one_path_and_no_other) {
  make(BASE "ask time=100000001\n");
  CHECK_EQUAL(truth.answer, SCH_TRUTH_REJECT);
  CHECK(sch_truth_reason(&truth, CERT_TRUST_IS_NOT_TIME_VALID));
  CHECK(!sch_truth_reason(&truth, 0));
  CHECK(!sch_truth_reason(&truth, CERT_TRUST_IS_REVOKED));
  CHECK(!sch_truth_reason(&truth, CERT_TRUST_IS_NOT_TIME_VALID | CERT_TRUST_IS_REVOKED));
}

TEST(the_model_needs_no_certificate) {
  make("");
  CHECK_EQUAL(truth.answer, SCH_TRUTH_REJECT);
  CHECK(sch_truth_reason(&truth, CERT_TRUST_NO_CERTIFICATE));
  CHECK(!sch_truth_reason(&truth, CERT_TRUST_NO_CERTIFICATE | CERT_TRUST_UNREADABLE));
}

TEST(others_agree_about_a_plain_chain) {
  make(BASE);
  CHECK_EQUAL(truth.answer, SCH_TRUTH_ACCEPT);
  for (enum sch_judge judge = 0; judge < SCH_JUDGE_COUNT; judge++) {
    CHECK(sch_judge_opinion(&made, judge).accepted);
  }
  make(BASE "want kind=dns 'a.test'\n");
  CHECK_EQUAL(truth.answer, SCH_TRUTH_REJECT);
  for (enum sch_judge judge = 0; judge < SCH_JUDGE_COUNT; judge++) {
    CHECK(!sch_judge_opinion(&made, judge).accepted);
  }
}

TEST(a_difference_is_known_only_where_its_row_says_so) {
  make("ask time=100000000\n" BASE);
  CHECK_EQUAL(truth.answer, SCH_TRUTH_ACCEPT);
  CHECK(!sch_openssl_opinion(&made, true).accepted);
  const struct sch_difference *known = sch_difference_find(&made, &truth, SCH_JUDGE_openssl_strict);

  CHECK(known != NULL);
  CHECK(known != NULL && strcmp(known->name, "end-exclusive") == 0);
  make(BASE);
  CHECK(sch_difference_find(&made, &truth, SCH_JUDGE_openssl_strict) == NULL);
}

TESTS(seeds_are_what_they_are_called, reasons_are_those_of_one_path_and_no_other,
      the_model_needs_no_certificate, others_agree_about_a_plain_chain,
      a_difference_is_known_only_where_its_row_says_so)
