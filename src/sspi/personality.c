/* personality: see personality.h. Each row says where its differences come from.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "sspi/personality.h"

#include "tls/suite.h"

#define TLS_1_2 (SP_PROT_TLS1_2_SERVER | SP_PROT_TLS1_2_CLIENT)
#define TLS_1_3 (SP_PROT_TLS1_3_SERVER | SP_PROT_TLS1_3_CLIENT)

#define ROW(row_name, versions) \
  .name = row_name, .package = SCHANNEL_NAME_A " " row_name, .protocols = versions
/* What all rows of Windows from 10 on have in common. The statuses are those that Wine's test of
 * AcquireCredentialsHandle has seen there (dlls/secur32/tests/schannel.c). */
#define NEWER                                                                       \
  .version_unknown = SEC_E_INTERNAL_ERROR, .version_v3 = SEC_E_INSUFFICIENT_MEMORY, \
  .altered = SEC_E_MESSAGE_ALTERED
#define IN_ORDER .slots = {0, 1, 2, 3}

static const struct sch_personality table[] = {
    {
        ROW("win11", TLS_1_2 | TLS_1_3),
        NEWER,
        IN_ORDER,
    },
    /* TLS 1.3 begins with Windows 11 and Server 2022 (Microsoft, "Protocols in TLS/SSL"). */
    {
        ROW("win10", TLS_1_2),
        NEWER,
        IN_ORDER,
    },
    /* MISSING of a handshake is not said before Windows 10 (Wine's test; busybox-w32 #511), and
     * SCH_CREDENTIALS is not known. */
    {
        ROW("win7", TLS_1_2),
        .no_v5 = true,
        .version_unknown = SEC_E_INTERNAL_ERROR,
        .version_v3 = SEC_E_INTERNAL_ERROR,
        .handshake_missing = SCH_MISSING_ABSENT,
        IN_ORDER,
        .altered = SEC_E_MESSAGE_ALTERED,
    },
    /* dlls/secur32/schannel.c: GnuTLS answers for a certificate by itself; the second MISSING of
     * DecryptMessage is a total; close_notify is no data; sizes are 5 and the MAC and 256, and
     * the block of AES counts in AEAD suites too; every failure of GnuTLS is an internal error. */
    {
        ROW("wine", TLS_1_2 | TLS_1_3),
        .version_unknown = SEC_E_INTERNAL_ERROR,
        .version_v3 = SEC_E_OK,
        .never_asks = true,
        .second_missing_total = true,
        IN_ORDER,
        .close_is_data = true,
        .altered = SEC_E_INTERNAL_ERROR,
        .header = SCH_RECORD_HEADER,
        .trailer_mac = true,
        .trailer_more = 256,
        .block = 16,
    },
    /* From here on: nobody does this, and everybody may. */
    {
        ROW("missing-absent", TLS_1_2 | TLS_1_3),
        NEWER,
        IN_ORDER,
        .handshake_missing = SCH_MISSING_ABSENT,
        .message_missing = SCH_MISSING_ABSENT,
    },
    /* ZeroC Ice 36fc5d18. */
    {
        ROW("missing-zero", TLS_1_2 | TLS_1_3),
        NEWER,
        IN_ORDER,
        .handshake_missing = SCH_MISSING_ZERO,
        .message_missing = SCH_MISSING_ZERO,
    },
    {
        ROW("missing-one", TLS_1_2 | TLS_1_3),
        NEWER,
        IN_ORDER,
        .handshake_missing = SCH_MISSING_ONE,
        .message_missing = SCH_MISSING_ONE,
    },
    {
        ROW("missing-excess", TLS_1_2 | TLS_1_3),
        NEWER,
        IN_ORDER,
        .handshake_missing = SCH_MISSING_EXCESS,
        .message_missing = SCH_MISSING_EXCESS,
    },
    /* EXTRA without a token (.NET #40679), tokens of no bytes that own memory. */
    {
        ROW("record-by-record", TLS_1_2 | TLS_1_3),
        NEWER,
        IN_ORDER,
        .records = 1,
        .empty_memory = 1,
    },
    /* msquic #6066 met EXTRA in another slot, msquic #695 the alert. */
    {
        ROW("other-slots", TLS_1_2 | TLS_1_3),
        NEWER,
        .last_slot = true,
        .alert_in_alert = true,
        .slots = {2, 3, 0, 1},
    },
    /* c-ares #1252. */
    {
        ROW("fragments", TLS_1_2 | TLS_1_3),
        NEWER,
        IN_ORDER,
        .fragment = 100,
    },
    /* "Never NULL" is what the documentation says of phNewContext; the rest is the contract's or.
     */
    {
        ROW("letter-of-the-law", TLS_1_2 | TLS_1_3),
        NEWER,
        IN_ORDER,
        .needs_name = true,
        .post_handshake_used = true,
        .trailer_more = 64,
    },
};

const struct sch_personality *sch_personality_table(size_t *count) {
  *count = SCH_COUNT(table);
  return table;
}

const struct sch_personality *sch_personality_default(void) {
  return &table[0];
}

bool sch_missing_said(enum sch_missing missing, size_t *size) {
  switch (missing) {
    case SCH_MISSING_EXACT:
      return true;
    case SCH_MISSING_ABSENT:
      return false;
    case SCH_MISSING_ZERO:
      *size = 0;
      return true;
    case SCH_MISSING_ONE:
      *size = 1;
      return true;
    case SCH_MISSING_EXCESS:
      *size += SCH_MISSING_EXCESS_BY;
      return true;
  }
  UNREACHABLE("every way of saying it is above");
}

void sch_personality_sizes(const struct sch_personality *personality,
                           struct sch_engine_facts *facts) {
  if (personality->header != 0) {
    facts->header = personality->header;
  }
  if (personality->trailer_mac) {
    facts->trailer = sch_suite_of(facts->suite)->hash_bits / 8U;
  }
  facts->trailer += personality->trailer_more;
  if (personality->block != 0) {
    facts->block = personality->block;
  }
}
