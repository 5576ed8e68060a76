/* world: the clock and the randomness of everything in this process that asks OpenSSL or libc. The
 * only file that replaces either.
 *
 * The clock stands still for ever. Randomness is a function of four things: whose draw it is
 * (side), where (the inputs, or a place apart), how many bytes are asked for, and how often that
 * many bytes have been asked for there before. Counting by size keeps the draws of RSA blinding,
 * whose times depend on earlier inputs, away from everything that reaches the wire.
 *
 * What a place apart allocates is the harness's own (starve.h).
 *
 * From sch_world_reset to sch_world_leave (harness.h), reading the real clock through gettimeofday
 * or real randomness through getrandom or getentropy prints a line and aborts.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_WORLD_H
#define SCH_WORLD_H

#include "harness.h"

#define SCH_WORLD_TIME 1767225600L /* 2026-01-01 00:00:00 UTC */

enum sch_side { SCH_SIDE_SUT, SCH_SIDE_PEER, SCH_SIDE_COUNT };

#define SCH_WORLD_SIZES 512

/* Where draws come from now. */
struct sch_world {
  uint64_t place;
  enum sch_side side;
  uint32_t draws[SCH_SIDE_COUNT][SCH_WORLD_SIZES]; /* requests so far, by size */
};

/* sch_world_side gives the draws that follow to `side`, and returns the side before. Inputs start
 * on SCH_SIDE_SUT. */
enum sch_side sch_world_side(enum sch_side side);

/* sch_world_apart starts a place of its own for what is made once in a process and kept (keys,
 * certificates, contexts): its draws depend on `label` alone, not on the input that happened to
 * come first. sch_world_back returns to where sch_world_apart was called. They nest. */
struct sch_world sch_world_apart(const char *label);
void sch_world_back(const struct sch_world *before);

/* sch_world_end gives the process the real clock and the real randomness from now on: for a tool
 * that takes what was made in a world apart to strangers. */
void sch_world_end(void);

#endif
