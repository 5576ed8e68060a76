/* chain_truth: what must come of a description, worked out from its records alone: never from the
 * DER that was made of them, but for whether two are the same, nor by asking OpenSSL or src/cert.
 * RFC 5280 6, RFC 9525 6, and what cert/chain.h says is decided there.
 *
 * For each path from the leaf to an anchor, and to each dead end, it says which bits are wrong with
 * it. What it cannot know it says is unsure, and then it asserts nothing about those bits.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_CHAIN_TRUTH_H
#define SCH_CHAIN_TRUTH_H

#include "chain_make.h"

#define SCH_TRUTH_PATHS 128 /* paths behind these are not looked at; all is unsure then */
#define SCH_TRUTH_EITHERS 2

struct sch_truth_path {
  size_t count;
  uint8_t nodes[SCH_TRUST_ELEMENTS_MAX]; /* numbers of certificates, leaf first */
  bool anchored;
  uint32_t must;                      /* these are wrong */
  uint32_t either[SCH_TRUTH_EITHERS]; /* of each that is not 0, at least one is wrong */
  uint32_t may;                       /* these may be said too, where anything is wrong */
  uint32_t unsure;                    /* these may be wrong */
};

enum sch_truth_answer { SCH_TRUTH_ACCEPT, SCH_TRUTH_REJECT, SCH_TRUTH_UNSURE };

struct sch_truth {
  enum sch_truth_answer answer;
  uint32_t extra; /* bits that any rejection may have besides */
  bool leaf_only; /* no path was looked for: `extra` says why, and must be said */
  size_t count;
  struct sch_truth_path paths[SCH_TRUTH_PATHS];
  bool more; /* there are paths that were not looked at */
  /* One of those sent has no length that can be trusted: what is sent behind it may be lost. */
  bool lost;
};

/* sch_truth_judge works it out. */
void sch_truth_judge(const struct sch_made *made, struct sch_truth *out);

/* sch_truth_reason says whether the bits of a rejection are right: those of one path, and no
 * other. */
bool sch_truth_reason(const struct sch_truth *truth, uint32_t bits);

/* sch_truth_is_readable says whether the strict reader must take a certificate or CRL. */
bool sch_truth_is_readable(const struct sch_made *made, const struct sch_made_item *item);

/* --- names, in chain_names.c */

/* sch_truth_speaks says whether a certificate speaks for the wanted name. */
bool sch_truth_speaks(const struct sch_made *made, size_t certificate);

/* What name constraints say of the names of a certificate. */
struct sch_truth_names {
  uint32_t either; /* 0, or bits of which at least one is wrong */
  bool unsure;
};

/* sch_truth_constrain holds the names of `certificate` against the subtrees of `authority`. */
struct sch_truth_names sch_truth_constrain(const struct sch_made *made, size_t certificate,
                                           size_t authority);

/* --- revocation, in chain_revoked.c */

/* sch_truth_revocation adds to a path what CRLs say of it. */
void sch_truth_revocation(const struct sch_made *made, struct sch_truth_path *path);

/* --- policies, in chain_policies.c */

void sch_truth_policies(const struct sch_made *made, struct sch_truth_path *path);

/* --- for all of them */

/* sch_truth_values gives the fields of a certificate. */
const int32_t *sch_truth_values(const struct sch_made *made, size_t certificate);

/* sch_truth_is_signed says whether a signature by the key of `signer`, described by the three
 * fields, is good for the key `key` of a certificate. */
bool sch_truth_is_signed(int32_t signer, int32_t breaks, int32_t key);

/* sch_truth_identifies says whether an authority key identifier fits a subject key identifier; an
 * absent one fits any. */
bool sch_truth_identifies(int32_t authority, int32_t signer, int32_t key_id, int32_t key);

#endif
