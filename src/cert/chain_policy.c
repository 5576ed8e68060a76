/* chain_policy: see chain_policy.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "cert/chain_policy.h"

struct sch_chain_policy sch_chain_policy_default(int64_t time) {
  return (struct sch_chain_policy){.time = time, .depth = SCH_CHAIN_DEPTH, .strength = 2};
}

struct sch_chain_work sch_chain_work_default(void) {
  return (struct sch_chain_work){.certificates = 4096,
                                 .candidates = 256,
                                 .signatures = 128,
                                 .comparisons = (size_t)1 << 20,
                                 .key_bits = 8192};
}
