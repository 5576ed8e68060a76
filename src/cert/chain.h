/* chain: from a certificate, a store and a policy to a verdict.
 *
 * Paths from the leaf to an anchor are enumerated here, with backtracking, cheapest first; each is
 * judged by OpenSSL's X509_verify_cert as one fixed path, with every error collected. The first
 * path without an error is accepted. In src/cert only chain.c includes OpenSSL's X.509.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_CERT_CHAIN_H
#define SCH_CERT_CHAIN_H

#include "cert/name.h"
#include "cert/store.h"
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

/* The limits when none are given: 4096 certificates, 64 candidates, 128 signatures, 1 << 20
 * comparisons, 8192 bits. */
struct sch_chain_work sch_chain_work_default(void);

/* What came of it. It is accepted exactly when trust.bits is 0, exactly when sch_trust_next gives
 * no error. */
struct sch_verdict {
  bool accepted;
  /* The path accepted or, when none is, the best of those judged by sch_trust_rank: trust.count
   * elements, leaf first, views into the bytes given and into the store. */
  struct sch_trust trust;
  struct sch_span path[SCH_TRUST_ELEMENTS_MAX];
  bool anchored; /* the last element of `path` is an anchor of the store */
  struct sch_chain_work work;
};

/* sch_chain_verify judges `leaf`, one certificate in DER, with the help of `others`: certificates
 * in DER, one behind the other, as a peer sends them, in any order, trusted for nothing. `limits`
 * may be NULL for the default. `*out` is always set. The store is not changed. The views in `*out`
 * live as long as `leaf`, `others` and the store.
 *
 * What is decided here and not by OpenSSL:
 *
 *   - Certificates and CRLs are strict DER; one of `others` that is not is passed over, and is
 *     UNREADABLE of the chain if no path is accepted. An empty leaf is NO_CERTIFICATE.
 *   - An anchor is an anchor by its whole DER; it may be any certificate, also the leaf. Its dates,
 *     constraints and extensions count as those of any CA.
 *   - Issuers are found by sch_name_equal. A path that reaches no anchor is IS_UNTRUSTED_ROOT if
 * its last element is self-issued, else IS_PARTIAL_CHAIN; also IS_CYCLIC if only a certificate of a
 *     name and key already on it would lead on. TOO_LONG if no path was accepted and one was cut
 *     off at the depth. No anchored path is judged less because another is bad.
 *   - Key identifiers that disagree are INVALID_EXTENSION, an issuer whose keyUsage lacks
 *     keyCertSign is IS_NOT_VALID_FOR_USAGE: OpenSSL would not see such an issuer.
 *   - Time is judged to the second, inclusively, also that of CRLs.
 *   - Names are judged by cert/name.h; OpenSSL is not asked for the subject's commonName, neither
 *     for the name nor for name constraints.
 *   - RFC 5280 is held to the letter (X509_V_FLAG_X509_STRICT), policies are always processed, and
 *     elliptic curves by parameters are HAS_WEAK_HYGIENE before any mathematics.
 *   - A CRL whose signature no certificate at hand made is not there; an entry of a CRL that failed
 *     any check but its dates revokes nobody.
 *
 * The order of `others` and of what is in the store changes nothing, nor do repetitions. */
void sch_chain_verify(const struct sch_store *store, struct sch_span leaf, struct sch_span others,
                      const struct sch_chain_policy *policy, const struct sch_chain_work *limits,
                      struct sch_verdict *out);

/* A verifier for a stream: store, policy and, after each handshake, its verdict. Its address is the
 * context. The store and what the policy borrows outlive it. */
struct sch_chain_verifier {
  const struct sch_store *store;
  struct sch_chain_policy policy;
  int64_t (*clock)(void); /* Unix seconds for policy.time, or NULL to leave that as it is */
  struct sch_verdict verdict;
};

/* sch_chain_verifier is the callback of stream/settings.h: `certificates` is the peer's, and behind
 * it any that it sent along; empty when it sent none. Gives sch_trust_status of the verdict. */
SECURITY_STATUS sch_chain_verifier(void *context, struct sch_span certificates);

#endif
