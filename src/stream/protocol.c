/* protocol: see protocol.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "stream/protocol.h"

#define TLS_1_0 (SP_PROT_TLS1_0_SERVER | SP_PROT_TLS1_0_CLIENT)
#define TLS_1_1 (SP_PROT_TLS1_1_SERVER | SP_PROT_TLS1_1_CLIENT)
#define TLS_1_2 (SP_PROT_TLS1_2_SERVER | SP_PROT_TLS1_2_CLIENT)
#define TLS_1_3 (SP_PROT_TLS1_3_SERVER | SP_PROT_TLS1_3_CLIENT)

/* The bits of every server; a client's are the others. */
#define SERVERS                                                                    \
  ((DWORD)(SP_PROT_TLS1_0_SERVER | SP_PROT_TLS1_1_SERVER | SP_PROT_TLS1_2_SERVER | \
           SP_PROT_TLS1_3_SERVER))

/* Of both roles; a row that is not here wants nothing, and is refused. */
static const DWORD wanted[SCH_PROTOCOL_COUNT] = {
    [SCH_PROTOCOL_SECURE] = TLS_1_2 | TLS_1_3,
    [SCH_PROTOCOL_ANY] = TLS_1_2 | TLS_1_3,
    [SCH_PROTOCOL_TLS_1_0] = TLS_1_0,
    [SCH_PROTOCOL_TLS_1_0_OR_LATER] = TLS_1_0 | TLS_1_1 | TLS_1_2 | TLS_1_3,
    [SCH_PROTOCOL_TLS_1_1] = TLS_1_1,
    [SCH_PROTOCOL_TLS_1_1_OR_LATER] = TLS_1_1 | TLS_1_2 | TLS_1_3,
    [SCH_PROTOCOL_TLS_1_2] = TLS_1_2,
    [SCH_PROTOCOL_TLS_1_2_OR_LATER] = TLS_1_2 | TLS_1_3,
    [SCH_PROTOCOL_TLS_1_3] = TLS_1_3,
    [SCH_PROTOCOL_TLS_1_3_OR_LATER] = TLS_1_3,
};

SECURITY_STATUS sch_protocol_select(enum sch_protocol protocol, bool server, bool knows_1_3,
                                    struct sch_protocol_bits *bits) {
  if ((unsigned)protocol >= SCH_PROTOCOL_COUNT) {
    return SEC_E_ALGORITHM_MISMATCH;
  }
  const DWORD known = knows_1_3 ? wanted[protocol] : wanted[protocol] & ~(DWORD)TLS_1_3;
  const DWORD own = server ? known & SERVERS : known & ~SERVERS;

  if (own == 0) {
    return SEC_E_ALGORITHM_MISMATCH;
  }
  *bits = (struct sch_protocol_bits){own, ~own};
  return SEC_E_OK;
}

enum sch_protocol sch_protocol_of(DWORD bits) {
  static const enum sch_protocol single[] = {SCH_PROTOCOL_TLS_1_0, SCH_PROTOCOL_TLS_1_1,
                                             SCH_PROTOCOL_TLS_1_2, SCH_PROTOCOL_TLS_1_3};

  for (size_t i = 0; i < SCH_COUNT(single); i++) {
    if (bits != 0 && (bits & ~wanted[single[i]]) == 0) {
      return single[i];
    }
  }
  return SCH_PROTOCOL_UNKNOWN;
}
