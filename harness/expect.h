/* expect: what the system under test may make of each record of a script: the one judge of its
 * answers, by calls and through stream.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_EXPECT_H
#define SCH_EXPECT_H

#include "script.h"
#include "sspi/abi.h"

/* sch_expect_may_fail says whether DecryptMessage may fail on the record that is next, NULL: none.
 */
bool sch_expect_may_fail(const struct sch_script *script, const struct sch_script_record *record);

/* sch_expect_opened judges an answer of DecryptMessage that is no failure, and the plaintext that
 * came with it (oracles conservation, model, plaintext). */
void sch_expect_opened(const struct sch_script *script, const struct sch_script_record *record,
                       SECURITY_STATUS status, struct sch_span data);

/* sch_expect_message judges the handshake call behind SEC_I_RENEGOTIATE for the record that it was
 * about (oracles bounded, model, plaintext). */
void sch_expect_message(const struct sch_script_record *record, SECURITY_STATUS status);

/* sch_expect_stream judges how a stream has ended, with `next` records and `offset` bytes of the
 * one behind them read (oracles truncation, plaintext). */
void sch_expect_stream(const struct sch_script *script, SECURITY_STATUS status, size_t next,
                       size_t offset);

#endif
