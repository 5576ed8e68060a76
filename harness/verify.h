/* verify: one chain to be judged, from files and words: what `sch verify` asks and what it says.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_VERIFY_H
#define SCH_VERIFY_H

#include <stdio.h>

#include "bytes/fifo.h"
#include "cert/chain.h"

enum { SCH_VERIFY_POLICIES = 32, SCH_VERIFY_OID = 64 };

/* What is asked, in words. Texts are borrowed. */
struct sch_verify_case {
  struct sch_chain_policy policy;
  struct sch_span oids[SCH_VERIFY_POLICIES]; /* policy.policies */
  uint8_t oid_bytes[SCH_VERIFY_POLICIES][SCH_VERIFY_OID];
  uint8_t address[16];
  bool revocation_said; /* else it is hard where a CRL is given and off where none is */
};

/* sch_verify_case_start is a case of the time now and the default policy. */
void sch_verify_case_start(struct sch_verify_case *question);

/* These read one word each. False: it is none of those that may stand there. A kind is dns, ip,
 * email or none; a name that is no name of its kind is taken, and matches no certificate. A purpose
 * is server, client or any. Seconds count from 1970 UTC; a fraction is cut off, as certificates
 * have none. A depth is a number of certificates between leaf and anchor. Policies are words joined
 * by commas: explicit, inhibit_map, inhibit_any, dotted OIDs, and those of revocation, which are
 * hard, soft and off. A strength is 0 to 5. */
CHECKED bool sch_verify_name(struct sch_verify_case *question, struct sch_span kind,
                             struct sch_span name);
CHECKED bool sch_verify_purpose(struct sch_verify_case *question, struct sch_span word);
CHECKED bool sch_verify_time(struct sch_verify_case *question, struct sch_span word);
CHECKED bool sch_verify_depth(struct sch_verify_case *question, struct sch_span word);
CHECKED bool sch_verify_policies(struct sch_verify_case *question, struct sch_span words);
CHECKED bool sch_verify_revocation(struct sch_verify_case *question, struct sch_span word);
CHECKED bool sch_verify_strength(struct sch_verify_case *question, struct sch_span word);

/* sch_verify_ders appends the certificates of a file, PEM or DER, in its order, to `to`, each as a
 * whole DER element, whatever is in them. False when it is neither, has none, or does not fit. */
CHECKED bool sch_verify_ders(struct sch_span file, struct sch_fifo *to);

/* sch_verify_add adds to a part of a store what `path` names: a file, a directory, or, for the
 * anchors, `system`. Statuses are those of cert/store.h. */
CHECKED SECURITY_STATUS sch_verify_add(struct sch_store *store, enum sch_store_part part,
                                       const char *path, struct sch_store_added *added);

/* sch_verify_print prints the reasons of a verdict on one line, without its end: words of the form
 * Error@element:BIT, or Error@chain:BIT, joined by commas; `-` when there are none. */
void sch_verify_print(const struct sch_verdict *verdict, FILE *to);

/* sch_verify_batch reads cases from `in`, a line each, and prints a verdict for each, in order.
 * Gives an enum sch_exit: clean, or usage when a line was no case. */
int sch_verify_batch(FILE *in, FILE *out);

#endif
