/* chain_opinion: what others say of what was made of a description: OpenSSL as its own command line
 * has it, building its own path, strict and not, and GnuTLS. In the harness only.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_CHAIN_OPINION_H
#define SCH_CHAIN_OPINION_H

#include "chain_truth.h"

/* Who: name, how it is run. */
#define SCH_JUDGES(X)                               \
  X(openssl_strict, "OpenSSL, verify -x509_strict") \
  X(openssl_plain, "OpenSSL, verify")               \
  X(gnutls, "GnuTLS, certtool --verify")

enum sch_judge {
#define SCH_JUDGE_ENUM(name, text) SCH_JUDGE_##name,
  SCH_JUDGES(SCH_JUDGE_ENUM)
#undef SCH_JUDGE_ENUM
      SCH_JUDGE_COUNT
};

/* An opinion: `said` is 0 exactly when it is accepted: OpenSSL's error, or GnuTLS's bits. */
struct sch_opinion {
  bool accepted;
  uint32_t said;
};

struct sch_opinion sch_openssl_opinion(const struct sch_made *made, bool strict);
struct sch_opinion sch_gnutls_opinion(const struct sch_made *made);

/* sch_has_gnutls says whether this build has GnuTLS to ask. */
extern const bool sch_has_gnutls;

/* sch_judge_opinion asks any of them. */
struct sch_opinion sch_judge_opinion(const struct sch_made *made, enum sch_judge judge);
const char *sch_judge_text(enum sch_judge judge);

/* A difference that is known: of whom, which way, and why. */
struct sch_difference {
  const char *name;
  uint32_t judges; /* 1 << enum sch_judge */
  bool accepts;    /* they accept what must be refused, or the reverse */
  bool documented; /* it has been measured before: section 1 of the field's reference */
  bool (*is)(const struct sch_made *made, const struct sch_truth *truth);
  const char *reason;
};

/* sch_difference_find gives the first known difference that explains why `judge` differs from the
 * truth about a description; NULL when none does. */
const struct sch_difference *sch_difference_find(const struct sch_made *made,
                                                 const struct sch_truth *truth,
                                                 enum sch_judge judge);

/* sch_difference_at gives the rows one by one; NULL behind the last. */
const struct sch_difference *sch_difference_at(size_t index);

#endif
