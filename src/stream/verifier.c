/* verifier: see verifier.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "stream/verifier.h"

struct sch_stream_verdict sch_verifier_judge(void *context, const struct sch_stream_peer *peer) {
  struct sch_verifier *verifier = context;
  struct sch_chain_policy policy = verifier->policy;
  uint8_t address[16];
  size_t size = 0;

  policy.purpose = peer->server ? SCH_CHAIN_SERVER : SCH_CHAIN_CLIENT;
  if (policy.name.kind == SCH_WANTED_none && peer->server && peer->name != NULL) {
    policy.name.kind = SCH_WANTED_host;
    policy.name.name = sch_span_text(peer->name);
    if (sch_name_read_address(policy.name.name, address, &size)) {
      policy.name.kind = SCH_WANTED_address;
      policy.name.name = sch_span_of(address, size);
    }
  }
  if (verifier->clock != NULL) {
    policy.time = verifier->clock();
    policy.nanoseconds = 0;
  }
  struct sch_verdict *verdict = &verifier->verdict;

  sch_chain_verify_list(verifier->store, peer->certificates, peer->count, &policy, NULL, verdict);
  if (peer->server && policy.name.kind == SCH_WANTED_none && !verifier->any_server) {
    sch_trust_add(&verdict->trust, 0, CERT_TRUST_NAME_MISMATCH, 0);
    verdict->accepted = false;
  }
  return (struct sch_stream_verdict){sch_trust_status(verdict->trust.bits), verdict->trust.bits};
}
