/* verifier: the verifier of a stream that judges by a store and a policy.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_STREAM_VERIFIER_H
#define SCH_STREAM_VERIFIER_H

#include "cert/chain.h"
#include "stream/settings.h"

/* Its address is the `verify_context` of the settings. What it points at and the policy borrows
 * outlive the stream. */
struct sch_verifier {
  const struct sch_store *store;
  /* The purpose is set to that of the peer's role, and the name, when the policy has none, to that
   * of the stream: an address when it reads as one, else a host. */
  struct sch_chain_policy policy;
  int64_t (*clock)(void); /* Unix seconds for policy.time; NULL leaves that as it is */
  bool any_server;        /* a server may have any name when none is known: else it is refused */
  struct sch_verdict verdict; /* of the last handshake */
};

/* sch_verifier_judge is a sch_stream_verifier: the status is sch_trust_status of the verdict, the
 * reasons are its bits. A server whose name nobody has said is NAME_MISMATCH. */
struct sch_stream_verdict sch_verifier_judge(void *context, const struct sch_stream_peer *peer);

#endif
