/* chain_make: from a description (chain_case.h) to what sch_chain_verify is given: certificates and
 * CRLs in DER, signed with toy keys, a policy and a wanted name. It decides nothing.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_CHAIN_MAKE_H
#define SCH_CHAIN_MAKE_H

#include "cert/chain.h"
#include "chain_case.h"

#define SCH_MADE_CERTIFICATES 16 /* certificates behind these are not made */
#define SCH_MADE_CRLS 8
#define SCH_MADE_WISHES 8
#define SCH_MADE_ROOM ((size_t)64 * 1024)

/* One certificate or CRL: the records at [at, end) of the description. */
struct sch_made_item {
  size_t at;
  size_t end;
  struct sch_span der;
};

struct sch_made {
  const struct sch_case *from;
  size_t certificate_count;
  struct sch_made_item certificates[SCH_MADE_CERTIFICATES];
  size_t crl_count;
  struct sch_made_item crls[SCH_MADE_CRLS];
  size_t leaf; /* which certificate, or certificate_count when there is none */
  struct sch_case_record ask;
  struct sch_chain_policy policy; /* its views are into this struct and the tables */
  struct sch_span wishes[SCH_MADE_WISHES];
  uint32_t wished; /* a set of SCH_CASE_POLICIES */
  struct sch_builder to;
  uint8_t room[SCH_MADE_ROOM];
};

/* sch_make makes everything. `from` outlives `*out`, which must not move. */
void sch_make(const struct sch_case *from, struct sch_made *out);

/* sch_made_record gives the record of a certificate or CRL. */
const struct sch_case_record *sch_made_record(const struct sch_made *made,
                                              const struct sch_made_item *item);

/* sch_made_place gives where a certificate goes: the first of those for the leaf is the leaf, any
 * other is sent along. */
int sch_made_place(const struct sch_made *made, size_t certificate);

/* sch_made_policy_bytes gives the contents of the OBJECT IDENTIFIER of a policy. */
struct sch_span sch_made_policy_bytes(size_t policy);

#endif
