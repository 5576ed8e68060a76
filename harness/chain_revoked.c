/* chain_revoked: the CRLs of chain_truth.h, RFC 5280 6.3: which CRL speaks for an element of a
 * path, and what it says.
 *
 * Deltas count nothing: no certificate here says where its own would be (freshestCRL).
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "chain_truth.h"

#define UNKNOWN_BITS (CERT_TRUST_REVOCATION_STATUS_UNKNOWN | CERT_TRUST_IS_OFFLINE_REVOCATION)

/* A question: is the element revoked by what its issuer says. */
struct question {
  const struct sch_made *made;
  const int32_t *subject;
  const int32_t *issuer;
  size_t issuer_at;
};

static const int32_t *crl_values(const struct sch_made *made, size_t crl) {
  return sch_made_record(made, &made->crls[crl])->values;
}

static bool is_signed_by(const int32_t *crl, const int32_t *certificate) {
  const bool explicit_curve = certificate[SCH_CERTIFICATE_breaks] == SCH_BREAK_EXPLICIT_CURVE &&
                              certificate[SCH_CERTIFICATE_key] < SCH_KEY_ED;

  return certificate[SCH_CERTIFICATE_subject] == crl[SCH_CRL_AT_issuer] && !explicit_curve &&
         sch_truth_is_signed(crl[SCH_CRL_AT_signer], crl[SCH_CRL_AT_breaks],
                             certificate[SCH_CERTIFICATE_key]);
}

/* is_elsewhere: another certificate of that name, with another key or identifier, is at hand, which
 * may be taken for the issuer of the CRL in place of the one on the path. */
static bool is_elsewhere(const struct question *question, const int32_t *crl) {
  for (size_t i = 0; i < question->made->certificate_count; i++) {
    const int32_t *values = sch_truth_values(question->made, i);

    if (i != question->issuer_at && values[SCH_CERTIFICATE_subject] == crl[SCH_CRL_AT_issuer] &&
        sch_truth_is_readable(question->made, &question->made->certificates[i])) {
      return true;
    }
  }
  return false;
}

static bool fits(const struct question *question, const int32_t *crl) {
  return question->issuer[SCH_CERTIFICATE_version] == 0 ||
         sch_truth_identifies(crl[SCH_CRL_AT_authority], crl[SCH_CRL_AT_signer],
                              question->issuer[SCH_CERTIFICATE_key_id],
                              question->issuer[SCH_CERTIFICATE_key]);
}

static bool is_in_scope(const struct question *question, const int32_t *crl) {
  const bool ca = question->subject[SCH_CERTIFICATE_version] != 0 &&
                  question->subject[SCH_CERTIFICATE_ca] == SCH_CA_YES;

  return crl[SCH_CRL_AT_only] == SCH_ONLY_ALL ||
         crl[SCH_CRL_AT_only] == (ca ? SCH_ONLY_AUTHORITIES : SCH_ONLY_USERS);
}

static bool is_listed(const struct question *question, size_t crl) {
  const struct sch_made_item *item = &question->made->crls[crl];

  for (size_t i = item->at + 1; i < item->end; i++) {
    const struct sch_case_record *record = &question->made->from->records[i];

    if (record->kind == SCH_CASE_KIND_revoked &&
        record->values[SCH_REVOKED_serial] == question->subject[SCH_CERTIFICATE_serial]) {
      return true;
    }
  }
  return false;
}

/* What one CRL says. */
struct answer {
  uint32_t must;
  uint32_t unsure;
};

static struct answer answer_of(const struct question *question, size_t crl) {
  const int32_t *values = crl_values(question->made, crl);
  const int32_t time = question->made->ask.values[SCH_ASK_time];
  const int32_t next = values[SCH_CRL_AT_next_update];
  const bool late =
      time > next || (time == next && question->made->ask.values[SCH_ASK_nanoseconds] != 0);
  const bool forbidden = question->issuer[SCH_CERTIFICATE_version] != 0 &&
                         question->issuer[SCH_CERTIFICATE_usage] != 0 &&
                         (question->issuer[SCH_CERTIFICATE_usage] >> SCH_USE_CRL & 1) == 0;
  struct answer answer = {0};

  if (late || time < values[SCH_CRL_AT_this_update]) {
    answer.must |= CERT_TRUST_IS_OFFLINE_REVOCATION;
  }
  if (forbidden || values[SCH_CRL_AT_critical] != 0 || !is_in_scope(question, values)) {
    answer.must |= CERT_TRUST_REVOCATION_STATUS_UNKNOWN;
  } else if (is_listed(question, crl)) {
    answer.must |= CERT_TRUST_IS_REVOKED;
  }
  return answer;
}

/* ask gives what is said by the one CRL that speaks for the element, if there is exactly one. */
static struct answer ask(const struct question *question) {
  struct answer answer = {.must = CERT_TRUST_REVOCATION_STATUS_UNKNOWN};
  size_t found = 0;

  for (size_t i = 0; i < question->made->crl_count; i++) {
    const int32_t *values = crl_values(question->made, i);

    if (values[SCH_CRL_AT_issuer] != question->subject[SCH_CERTIFICATE_issuer] ||
        !sch_truth_is_readable(question->made, &question->made->crls[i]) ||
        values[SCH_CRL_AT_base] != SCH_CASE_NONE) {
      continue;
    }
    if (is_elsewhere(question, values)) {
      return (struct answer){.unsure = UNKNOWN_BITS | CERT_TRUST_IS_REVOKED};
    }
    if (is_signed_by(values, question->issuer) && fits(question, values)) {
      const struct answer said = answer_of(question, i);

      found++;
      if (found > 1 && (said.must != answer.must || said.unsure != answer.unsure)) {
        return (struct answer){.unsure = UNKNOWN_BITS | CERT_TRUST_IS_REVOKED};
      }
      answer = said;
    }
  }
  return answer;
}

void sch_truth_revocation(const struct sch_made *made, struct sch_truth_path *path) {
  const int32_t how = made->ask.values[SCH_ASK_revocation];

  for (size_t i = 0; i < path->count && how != SCH_CHAIN_OFF; i++) {
    const bool last = i + 1 == path->count;
    const int32_t *subject = sch_truth_values(made, path->nodes[i]);
    const size_t above = last ? path->nodes[i] : path->nodes[i + 1];
    const struct question question = {made, subject, sch_truth_values(made, above), above};
    struct answer answer = ask(&question);

    if (last || how == SCH_CHAIN_SOFT) {
      answer.must &= ~UNKNOWN_BITS;
      answer.unsure &= ~UNKNOWN_BITS;
    }
    if (last && answer.must != 0) {
      /* An anchor that its own CRL revokes: RFC 5280 leaves it to whoever trusts it. */
      answer.unsure |= answer.must;
      answer.must = 0;
    }
    path->must |= answer.must;
    path->unsure |= answer.unsure;
  }
}
