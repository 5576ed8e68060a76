/* chain_differences: what is known of how others differ from the truth (chain_opinion.h): one
 * table, each row with whose it is, which way, when, and why.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "chain_opinion.h"

#define ONE(judge) (UINT32_C(1) << SCH_JUDGE_##judge)
#define OPENSSL (ONE(openssl_strict) | ONE(openssl_plain))
#define ALL (OPENSSL | ONE(gnutls))

struct sch_opinion sch_judge_opinion(const struct sch_made *made, enum sch_judge judge) {
  return judge == SCH_JUDGE_gnutls ? sch_gnutls_opinion(made)
                                   : sch_openssl_opinion(made, judge == SCH_JUDGE_openssl_strict);
}

const char *sch_judge_text(enum sch_judge judge) {
  static const char *const texts[] = {
#define TEXT(name, text) text,
      SCH_JUDGES(TEXT)
#undef TEXT
  };

  REQUIRE(judge < SCH_JUDGE_COUNT);
  return texts[judge];
}

/* --- what a description has */

static bool any_value(const struct sch_made *made, enum sch_case_kind kind, size_t field,
                      int32_t value) {
  for (size_t i = 0; i < made->from->count; i++) {
    if (made->from->records[i].kind == kind && made->from->records[i].values[field] == value) {
      return true;
    }
  }
  return false;
}

static bool any_record(const struct sch_made *made, enum sch_case_kind kind) {
  for (size_t i = 0; i < made->from->count; i++) {
    if (made->from->records[i].kind == kind) {
      return true;
    }
  }
  return false;
}

/* anywhere: these bits are wrong with some path. */
static bool anywhere(const struct sch_truth *truth, uint32_t bits) {
  for (size_t i = 0; i < truth->count; i++) {
    const struct sch_truth_path *path = &truth->paths[i];

    if (((path->must | path->either[0] | path->either[1]) & bits) != 0) {
      return true;
    }
  }
  return false;
}

/* only: with some path to an anchor nothing else is wrong than what these bits say. */
static bool only(const struct sch_truth *truth, uint32_t bits) {
  for (size_t i = 0; i < truth->count; i++) {
    const struct sch_truth_path *path = &truth->paths[i];
    const uint32_t wrong = path->must | path->either[0] | path->either[1];

    if (path->anchored && (wrong & ~bits) == 0 && (wrong & bits) != 0) {
      return true;
    }
  }
  return false;
}

static bool breaks_reading(const struct sch_made *made) {
  for (size_t i = 0; i < made->certificate_count; i++) {
    if (!sch_truth_is_readable(made, &made->certificates[i])) {
      return true;
    }
  }
  return false;
}

static bool any_text(const struct sch_made *made, enum sch_case_kind kind, const char *text) {
  for (size_t i = 0; i < made->from->count; i++) {
    const struct sch_case_record *record = &made->from->records[i];

    if (record->kind == kind && record->text_size >= strlen(text) &&
        memmem(record->text, record->text_size, text, strlen(text)) != NULL) {
      return true;
    }
  }
  return false;
}

/* --- when */

static bool ends_now(const struct sch_made *made, const struct sch_truth *truth) {
  (void)truth;
  return any_value(made, SCH_CASE_KIND_certificate, SCH_CERTIFICATE_not_after,
                   made->ask.values[SCH_ASK_time]) ||
         (made->crl_count != 0 && any_value(made, SCH_CASE_KIND_crl, SCH_CRL_AT_next_update,
                                            made->ask.values[SCH_ASK_time]));
}

static bool is_fraction(const struct sch_made *made, const struct sch_truth *truth) {
  return made->ask.values[SCH_ASK_nanoseconds] != 0 && ends_now(made, truth);
}

/* has_alternate: a path is right, and another that may come first is not. */
static bool has_alternate(const struct sch_truth *truth, uint32_t bits) {
  return truth->answer == SCH_TRUTH_ACCEPT && anywhere(truth, bits);
}

#define NAMES_BITS                                                                          \
  (CERT_TRUST_HAS_EXCLUDED_NAME_CONSTRAINT | CERT_TRUST_HAS_NOT_PERMITTED_NAME_CONSTRAINT | \
   CERT_TRUST_HAS_NOT_SUPPORTED_NAME_CONSTRAINT)

static bool after_constraint(const struct sch_made *made, const struct sch_truth *truth) {
  (void)made;
  return has_alternate(truth, NAMES_BITS);
}

static bool after_purpose(const struct sch_made *made, const struct sch_truth *truth) {
  (void)made;
  return has_alternate(truth, CERT_TRUST_IS_NOT_VALID_FOR_USAGE);
}

static bool after_signature(const struct sch_made *made, const struct sch_truth *truth) {
  (void)made;
  return has_alternate(truth, CERT_TRUST_IS_NOT_SIGNATURE_VALID);
}

/* after_anything: somebody has two issuers to choose from. */
static bool after_anything(const struct sch_made *made, const struct sch_truth *truth) {
  for (size_t i = 0; i < made->certificate_count; i++) {
    for (size_t j = 0; j < i; j++) {
      if (sch_truth_values(made, i)[SCH_CERTIFICATE_subject] ==
          sch_truth_values(made, j)[SCH_CERTIFICATE_subject]) {
        return truth->answer == SCH_TRUTH_ACCEPT;
      }
    }
  }
  return false;
}

static bool has_common_name_host(const struct sch_made *made) {
  return any_value(made, SCH_CASE_KIND_certificate, SCH_CERTIFICATE_subject, SCH_SUBJECT_HOST) ||
         any_value(made, SCH_CASE_KIND_certificate, SCH_CERTIFICATE_subject, SCH_SUBJECT_HOST + 1);
}

static bool constrains_common_name(const struct sch_made *made, const struct sch_truth *truth) {
  (void)truth;
  return any_value(made, SCH_CASE_KIND_subtree, SCH_SUBTREE_kind, SCH_KIND_DNS);
}

static bool speaks_by_common_name(const struct sch_made *made, const struct sch_truth *truth) {
  return only(truth, CERT_TRUST_NAME_MISMATCH) &&
         !any_value(made, SCH_CASE_KIND_name, SCH_NAME_kind, SCH_KIND_DNS) &&
         (has_common_name_host(made) ||
          any_value(made, SCH_CASE_KIND_certificate, SCH_CERTIFICATE_subject, 0)) &&
         made->policy.name.kind == SCH_WANTED_host;
}

static bool has_partial_wildcard(const struct sch_made *made, const struct sch_truth *truth) {
  return only(truth, CERT_TRUST_NAME_MISMATCH) && any_text(made, SCH_CASE_KIND_name, "*");
}

static bool mismatches(const struct sch_made *made, const struct sch_truth *truth) {
  (void)made;
  return only(truth, CERT_TRUST_NAME_MISMATCH);
}

static bool ends_in_dot(const struct sch_made *made, const struct sch_truth *truth) {
  const struct sch_span name = made->policy.name.name;

  (void)truth;
  return name.size != 0 && name.data[name.size - 1] == '.';
}

static bool takes_ber(const struct sch_made *made, const struct sch_truth *truth) {
  (void)truth;
  return breaks_reading(made);
}

static bool takes_version_1(const struct sch_made *made, const struct sch_truth *truth) {
  return any_value(made, SCH_CASE_KIND_certificate, SCH_CERTIFICATE_version, 0) &&
         anywhere(truth, CERT_TRUST_INVALID_BASIC_CONSTRAINTS);
}

static bool lacks_profile(const struct sch_made *made, const struct sch_truth *truth) {
  (void)made;
  return anywhere(truth, CERT_TRUST_INVALID_EXTENSION);
}

static bool lacks_crl(const struct sch_made *made, const struct sch_truth *truth) {
  return made->policy.revocation == SCH_CHAIN_HARD &&
         anywhere(truth, CERT_TRUST_REVOCATION_STATUS_UNKNOWN | CERT_TRUST_IS_OFFLINE_REVOCATION);
}

static bool asks_of_crls(const struct sch_made *made, const struct sch_truth *truth) {
  (void)truth;
  return made->policy.revocation != SCH_CHAIN_OFF;
}

static bool asks_of_policies(const struct sch_made *made, const struct sch_truth *truth) {
  (void)truth;
  return any_record(made, SCH_CASE_KIND_policy) || any_record(made, SCH_CASE_KIND_mapping) ||
         made->policy.explicit_policy || anywhere(truth, CERT_TRUST_NO_ISSUANCE_CHAIN_POLICY);
}

static bool is_constrained(const struct sch_made *made, const struct sch_truth *truth) {
  (void)truth;
  return any_record(made, SCH_CASE_KIND_subtree);
}

static bool has_critical(const struct sch_made *made, const struct sch_truth *truth) {
  (void)made;
  return anywhere(truth, CERT_TRUST_HAS_NOT_SUPPORTED_CRITICAL_EXT);
}

static bool is_weak(const struct sch_made *made, const struct sch_truth *truth) {
  (void)truth;
  return anywhere(truth, CERT_TRUST_HAS_WEAK_HYGIENE | CERT_TRUST_HAS_WEAK_SIGNATURE) ||
         made->policy.strength != 2 ||
         any_value(made, SCH_CASE_KIND_certificate, SCH_CERTIFICATE_key, SCH_KEY_WEAK) ||
         any_value(made, SCH_CASE_KIND_certificate, SCH_CERTIFICATE_digest, SCH_DIGEST_SHA1);
}

static bool is_explicit(const struct sch_made *made, const struct sch_truth *truth) {
  (void)truth;
  return any_value(made, SCH_CASE_KIND_certificate, SCH_CERTIFICATE_breaks,
                   SCH_BREAK_EXPLICIT_CURVE);
}

static bool ends_at_anchor(const struct sch_made *made, const struct sch_truth *truth) {
  for (size_t i = 0; i < truth->count; i++) {
    const struct sch_truth_path *path = &truth->paths[i];
    const int32_t *last = sch_truth_values(made, path->nodes[path->count - 1]);

    if (path->anchored &&
        (path->count == 1 || last[SCH_CERTIFICATE_subject] != last[SCH_CERTIFICATE_issuer])) {
      return true;
    }
  }
  return false;
}

/* trusts_without_judging: what is wrong is wrong with an anchor. */
static bool is_wrong_at_anchor(const struct sch_made *made, const struct sch_truth *truth) {
  (void)made;
  for (size_t i = 0; i < truth->count; i++) {
    if (truth->paths[i].anchored) {
      return true;
    }
  }
  return false;
}

static bool is_deep(const struct sch_made *made, const struct sch_truth *truth) {
  return (truth->extra & CERT_TRUST_TOO_LONG) != 0 || made->policy.depth < 3;
}

static bool is_used_wrongly(const struct sch_made *made, const struct sch_truth *truth) {
  (void)made;
  return anywhere(truth, CERT_TRUST_IS_NOT_VALID_FOR_USAGE | CERT_TRUST_INVALID_BASIC_CONSTRAINTS);
}

static bool has_odd_subject(const struct sch_made *made, const struct sch_truth *truth) {
  (void)truth;
  return any_value(made, SCH_CASE_KIND_certificate, SCH_CERTIFICATE_subject_form, SCH_FORM_UPPER) ||
         any_value(made, SCH_CASE_KIND_certificate, SCH_CERTIFICATE_subject_form,
                   SCH_FORM_BLANKS) ||
         any_value(made, SCH_CASE_KIND_certificate, SCH_CERTIFICATE_subject_form,
                   SCH_FORM_PRINTABLE) ||
         any_value(made, SCH_CASE_KIND_certificate, SCH_CERTIFICATE_issuer_form, SCH_FORM_UPPER) ||
         any_value(made, SCH_CASE_KIND_certificate, SCH_CERTIFICATE_issuer_form, SCH_FORM_BLANKS) ||
         any_value(made, SCH_CASE_KIND_certificate, SCH_CERTIFICATE_issuer_form,
                   SCH_FORM_PRINTABLE);
}

/* The special before the general: the first row that fits explains. */
static const struct sch_difference differences[] = {
    {"fraction-of-a-second", ALL, true, false, is_fraction,
     "times have whole seconds there: half a second after the end is not seen"},
    {"end-exclusive", ALL, false, true, ends_now,
     "notAfter, or nextUpdate, reached exactly counts as past; RFC 5280 4.1.2.5 includes it"},
    {"names-compared-by-bytes", ONE(gnutls), false, false, has_odd_subject,
     "issuer and subject are compared byte for byte; RFC 5280 7.1 compares letters"},
    {"partial-chain", ALL, false, false, ends_at_anchor,
     "an anchor that does not sign itself, or is the leaf, is not always seen as one"},
    {"constraint-no-alternate", ALL, false, true, after_constraint,
     "an authority whose name constraints fail ends the search, though another path is right"},
    {"purpose-no-alternate", ALL, false, true, after_purpose,
     "an authority that may not be used so ends the search, though another path is right"},
    {"signature-no-alternate", ALL, false, true, after_signature,
     "a signature that fails ends the search, though another path is right"},
    {"common-name-constrained", ALL, false, true, constrains_common_name,
     "the subject's common name, not a name of this kind, is held against dNSName constraints"},
    {"no-alternate", ALL, false, true, after_anything,
     "the first path found is the only one judged: no backtracking"},
    {"final-dot", ALL, false, false, ends_in_dot,
     "the dot at the end of a wanted host is taken for a part of it"},
    {"crl-not-judged-alike", ALL, false, false, asks_of_crls,
     "CRLs are chosen and judged in other ways"},
    {"weakness-judged-by-profile", ALL, false, false, is_weak,
     "strength is a profile of its own, and the anchor's own signature counts"},
    {"shorter-paths", ALL, false, false, is_deep, "depth is counted in another way"},
    {"constraint-stricter", ALL, false, false, is_constrained,
     "a constraint of a kind that is not understood refuses all"},
    {"version-1", ALL, true, true, takes_version_1,
     "a certificate of version 1 is taken for an authority"},
    {"ber", ALL, true, true, takes_ber, "what is no DER, or breaks its profile, is read"},
    {"partial-wildcard", ALL, true, true, has_partial_wildcard,
     "a wildcard may be part of a label, or stand right above a top level"},
    {"common-name", ALL, true, true, speaks_by_common_name,
     "without a subjectAltName the common name speaks for a host"},
    {"name-otherwise", ALL, true, false, mismatches, "a name is matched in another way"},
    {"crl-missing", ALL, true, true, lacks_crl,
     "no CRL, or none of use, is no reason to refuse: revocation fails softly"},
    {"profile-not-asked", ALL, true, true, lacks_profile,
     "identifiers that must be there, or must not be critical, are not asked for"},
    {"weakness-accepted", ALL, true, false, is_weak, "weak keys and digests are taken"},
    {"explicit-curve", ALL, true, false, is_explicit, "a curve by its numbers is taken"},
    {"policies-not-asked", ALL, true, false, asks_of_policies, "policies are not processed"},
    {"constraint-not-enforced", ALL, true, true, is_constrained,
     "name constraints of some kinds are not enforced"},
    {"critical-ignored", ONE(gnutls), true, false, has_critical,
     "a critical extension nobody knows is passed over"},
    {"crl-otherwise", ALL, true, false, asks_of_crls, "CRLs are chosen and judged in other ways"},
    {"usage-not-asked", ALL, true, false, is_used_wrongly,
     "keyUsage, extKeyUsage or path lengths are not judged of every element"},
    {"deeper-paths", ALL, true, false, is_deep, "depth is counted in another way"},
    {"anchor-not-judged", ALL, true, false, is_wrong_at_anchor,
     "what is wrong with an anchor is not looked at"},
};

const struct sch_difference *sch_difference_at(size_t index) {
  return index < SCH_COUNT(differences) ? &differences[index] : NULL;
}

const struct sch_difference *sch_difference_find(const struct sch_made *made,
                                                 const struct sch_truth *truth,
                                                 enum sch_judge judge) {
  const bool accepts = truth->answer == SCH_TRUTH_REJECT;

  for (size_t i = 0; i < SCH_COUNT(differences); i++) {
    const struct sch_difference *row = &differences[i];

    if ((row->judges >> judge & 1) != 0 && row->accepts == accepts && row->is(made, truth)) {
      return row;
    }
  }
  return NULL;
}
