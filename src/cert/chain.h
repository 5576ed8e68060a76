/* chain: from a certificate, a store and a policy to a verdict.
 *
 * Paths from the leaf to an anchor are enumerated here, with backtracking, cheapest first; each is
 * judged by OpenSSL's X509_verify_cert as one fixed path, with every error collected. The first
 * path without an error is accepted. In src/cert only chain.c includes OpenSSL's X.509.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_CERT_CHAIN_H
#define SCH_CERT_CHAIN_H

#include "cert/chain_policy.h"
#include "cert/store.h"

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

/* sch_chain_verify_list is the same for `count` certificates of which the first is the leaf, each a
 * span of its own, as a peer sends them; none is NO_CERTIFICATE. */
void sch_chain_verify_list(const struct sch_store *store, const struct sch_span *certificates,
                           size_t count, const struct sch_chain_policy *policy,
                           const struct sch_chain_work *limits, struct sch_verdict *out);

#endif
