/* expect_personality: what a personality leads one to expect of an answer of the provider, worked
 * out apart from src/. Where a field asks for something, its absence is a failure too.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_EXPECT_PERSONALITY_H
#define SCH_EXPECT_PERSONALITY_H

#include "bytes/span.h"
#include "sspi/personality.h"
#include "sspi/sspi.h"

/* sch_expect_personal_missing gives what is said of `deficit` missing bytes; false: nothing is. */
CHECKED bool sch_expect_personal_missing(enum sch_missing how, size_t deficit, size_t *size);

/* sch_expect_personal_handshake checks the answer of a handshake call that used `records` records
 * (oracles progress, token_once, slots_by_type, ownership). */
void sch_expect_personal_handshake(const struct sch_personality *personality,
                                   const SecBufferDesc *out, size_t records,
                                   SECURITY_STATUS status);

/* sch_expect_personal_message checks the answer of DecryptMessage, whose DATA was in the first of
 * four slots, and `record` bytes the first record (oracles slots_by_type, status_handled, phase).
 */
void sch_expect_personal_message(const struct sch_personality *personality,
                                 const SecBufferDesc *desc, bool data_first, size_t given,
                                 size_t record, SECURITY_STATUS status);

/* sch_expect_personal_facts checks sizes and protocol of an established context (oracle
 * sizes_current). */
void sch_expect_personal_facts(const struct sch_personality *personality, PCtxtHandle handle);

#endif
