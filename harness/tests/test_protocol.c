/* Unit tests of protocol: every choice, both roles, with TLS 1.3 and without.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "stream/protocol.h"

#include "test.h"

/* Of a client, in the words of schannel.h; 0: refused. */
#define C_1_0 SP_PROT_TLS1_0_CLIENT
#define C_1_1 SP_PROT_TLS1_1_CLIENT
#define C_1_2 SP_PROT_TLS1_2_CLIENT
#define C_1_3 SP_PROT_TLS1_3_CLIENT

#define BELOW_1_2                                                                          \
  (SP_PROT_SSL2_SERVER | SP_PROT_SSL2_CLIENT | SP_PROT_SSL3_SERVER | SP_PROT_SSL3_CLIENT | \
   SP_PROT_TLS1_0_SERVER | SP_PROT_TLS1_0_CLIENT | SP_PROT_TLS1_1_SERVER | SP_PROT_TLS1_1_CLIENT)

static const struct {
  enum sch_protocol protocol;
  DWORD with_1_3;
  DWORD without;
  bool names_old; /* says by its name that it wants less than TLS 1.2 */
} rows[] = {
    {SCH_PROTOCOL_UNKNOWN, 0, 0, false},
    {SCH_PROTOCOL_SECURE, C_1_2 | C_1_3, C_1_2, false},
    {SCH_PROTOCOL_ANY, C_1_2 | C_1_3, C_1_2, false},
    {SCH_PROTOCOL_SSL_2, 0, 0, true},
    {SCH_PROTOCOL_SSL_3, 0, 0, true},
    {SCH_PROTOCOL_TLS_1_SSL_3, 0, 0, true},
    {SCH_PROTOCOL_TLS_1_0, C_1_0, C_1_0, true},
    {SCH_PROTOCOL_TLS_1_0_OR_LATER, C_1_0 | C_1_1 | C_1_2 | C_1_3, C_1_0 | C_1_1 | C_1_2, true},
    {SCH_PROTOCOL_TLS_1_1, C_1_1, C_1_1, true},
    {SCH_PROTOCOL_TLS_1_1_OR_LATER, C_1_1 | C_1_2 | C_1_3, C_1_1 | C_1_2, true},
    {SCH_PROTOCOL_TLS_1_2, C_1_2, C_1_2, false},
    {SCH_PROTOCOL_TLS_1_2_OR_LATER, C_1_2 | C_1_3, C_1_2, false},
    {SCH_PROTOCOL_TLS_1_3, C_1_3, 0, false},
    {SCH_PROTOCOL_TLS_1_3_OR_LATER, C_1_3, 0, false},
    {SCH_PROTOCOL_DTLS_1_0, 0, 0, false},
    {SCH_PROTOCOL_DTLS_1_0_OR_LATER, 0, 0, false},
    {SCH_PROTOCOL_DTLS_1_2, 0, 0, false},
    {SCH_PROTOCOL_DTLS_1_2_OR_LATER, 0, 0, false},
};

static void check_choice(enum sch_protocol protocol, bool server, bool knows_1_3, DWORD client) {
  /* The server's bit of each version is the lower one of its pair. */
  const DWORD expected = server ? client >> 1 : client;
  struct sch_protocol_bits bits = {0x55, 0x55};
  const SECURITY_STATUS status = sch_protocol_select(protocol, server, knows_1_3, &bits);

  if (expected == 0) {
    CHECK_EQUAL(status, SEC_E_ALGORITHM_MISMATCH);
    CHECK_EQUAL(bits.wanted, 0x55);
    CHECK_EQUAL(bits.disabled, 0x55);
    return;
  }
  CHECK_EQUAL(status, SEC_E_OK);
  CHECK_EQUAL(bits.wanted, expected);
  CHECK_EQUAL(bits.disabled, ~expected);
}

TEST(every_choice) {
  CHECK_EQUAL(SCH_COUNT(rows), SCH_PROTOCOL_COUNT);
  for (size_t i = 0; i < SCH_COUNT(rows); i++) {
    CHECK_EQUAL(rows[i].protocol, i);
    CHECK(rows[i].names_old || (rows[i].with_1_3 & BELOW_1_2) == 0);
    for (int server = 0; server < 2; server++) {
      check_choice(rows[i].protocol, server == 1, true, rows[i].with_1_3);
      check_choice(rows[i].protocol, server == 1, false, rows[i].without);
    }
  }
}

/* What is no choice at all is refused, and never means what the system likes. */
TEST(no_choice) {
  check_choice(SCH_PROTOCOL_COUNT, false, true, 0);
  check_choice((enum sch_protocol) - 1, true, true, 0);
  check_choice((enum sch_protocol)1000, false, false, 0);
}

/* Each single version comes back as what it was chosen by; none and several come back unknown. */
TEST(back_again) {
  for (size_t i = 0; i < SCH_COUNT(rows); i++) {
    const DWORD bits = rows[i].with_1_3;
    const bool single = bits != 0 && (bits & (bits - 1)) == 0;
    /* 1.3 and later is 1.3 today. */
    const enum sch_protocol named = bits == C_1_3 ? SCH_PROTOCOL_TLS_1_3 : rows[i].protocol;

    CHECK_EQUAL(sch_protocol_of(bits), single ? named : SCH_PROTOCOL_UNKNOWN);
    CHECK_EQUAL(sch_protocol_of(bits >> 1), single ? named : SCH_PROTOCOL_UNKNOWN);
  }
  CHECK_EQUAL(sch_protocol_of(SP_PROT_SSL3_CLIENT), SCH_PROTOCOL_UNKNOWN);
  CHECK_EQUAL(sch_protocol_of(C_1_2 | SP_PROT_SSL3_CLIENT), SCH_PROTOCOL_UNKNOWN);
}

TESTS(every_choice, no_choice, back_again)
