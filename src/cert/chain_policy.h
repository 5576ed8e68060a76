/* chain_policy: what is asked of a chain, and what the answer may cost.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_CERT_CHAIN_POLICY_H
#define SCH_CERT_CHAIN_POLICY_H

#include "cert/name.h"
#include "cert/trust.h"

enum sch_chain_purpose {
  SCH_CHAIN_SERVER, /* the leaf is a TLS server's: serverAuth, RFC 5280 4.2.1.12 */
  SCH_CHAIN_CLIENT, /* clientAuth */
  SCH_CHAIN_ANY     /* no purpose is asked for; CAs must still be CAs */
};

/* What revocation that is not known means. A certificate known to be revoked is refused by the
 * first two, also when the CRL that says so has expired. Anchors need no CRL. */
enum sch_chain_revocation {
  SCH_CHAIN_HARD, /* refused: every element but the anchor needs a valid, current CRL */
  SCH_CHAIN_SOFT, /* ignored */
  SCH_CHAIN_OFF   /* CRLs are not looked at */
};

/* Default and greatest number of certificates between leaf and anchor. */
#define SCH_CHAIN_DEPTH 16
#define SCH_CHAIN_DEPTH_MAX (SCH_TRUST_ELEMENTS_MAX - 2)

/* What is asked of a chain. Start from sch_chain_policy_default. */
struct sch_chain_policy {
  int64_t time;         /* Unix seconds; validity is inclusive at both ends, RFC 5280 4.1.2.5 */
  uint32_t nanoseconds; /* 0 to 999999999, beyond `time`: half a second after notAfter is late */
  enum sch_chain_purpose purpose;
  struct sch_wanted name; /* of the leaf */
  enum sch_chain_revocation revocation;
  size_t depth; /* certificates between leaf and anchor, at most SCH_CHAIN_DEPTH_MAX */
  /* initial-explicit-policy, initial-policy-mapping-inhibit, initial-any-policy-inhibit and
   * user-initial-policy-set of RFC 5280 6.1.1: contents of OBJECT IDENTIFIERs; none is any-policy.
   * The array is borrowed. */
  bool explicit_policy;
  bool inhibit_mapping;
  bool inhibit_any;
  const struct sch_span *policies;
  size_t policy_count;
  /* OpenSSL's security level, 0 to 5: keys and digests below its bits are weak. From level 2 on,
   * 112 bits, DSA is weak at any size: no TLS of today signs with it. The anchor's own signature is
   * nobody's concern. */
  int strength;
};

/* sch_chain_policy_default asks for a server, at `time`, of no name, revocation hard, depth
 * SCH_CHAIN_DEPTH, any policy, strength 2. */
struct sch_chain_policy sch_chain_policy_default(int64_t time);

/* The work that one verification may do, and has done. What would exceed a limit is not begun, and
 * the verdict has WORK_LIMIT unless an accepted path was found before. */
struct sch_chain_work {
  size_t certificates; /* in the store, and sent along; looked up by name */
  size_t candidates;   /* paths judged */
  size_t signatures;   /* of certificates and CRLs checked */
  size_t comparisons;  /* names looked at, and names times name constraints */
  size_t key_bits;     /* of the largest RSA modulus or exponent looked at */
};

/* The limits when none are given: 4096 certificates, 256 candidates, 128 signatures, 1 << 20
 * comparisons, 8192 bits. */
struct sch_chain_work sch_chain_work_default(void);

#endif
