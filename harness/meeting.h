/* meeting: the handshake of the decrypt target with libssl, of which only one end costs time.
 *
 * The first time the other end is libssl too. What it said is kept and said again to every later
 * input: the system under test has the same randomness then, so it must say the same again (oracle
 * determinism), and understands the answers.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_MEETING_H
#define SCH_MEETING_H

#include "records.h"
#include "stream/caller.h"

/* sch_meet has the system under test, a fresh caller with sch_sides_credential, shake hands with
 * libssl as `options` say, and gives the peer that goes on from there; it lives for ever. `out`,
 * empty before and behind, is where the caller sends to. */
struct sch_records *sch_meet(uint32_t options, struct sch_caller *caller, struct sch_fifo *out);

#endif
