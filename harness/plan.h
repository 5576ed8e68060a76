/* plan: the last bytes of an input, which say how the rest is delivered.
 *
 * The wire comes first and the plan last, so that any capture is a seed. All targets that cut or
 * choose read this one format, and the seed writer writes it:
 *
 *     wire ...  | options, 4 bytes big-endian | cuts, 8 bytes | reserved, 4 bytes, 0 |
 *
 * An input shorter than a plan is all wire, with a plan of zeros. Unknown option bits and the
 * reserved bytes are ignored, so that old seeds stay valid.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_PLAN_H
#define SCH_PLAN_H

#include "bytes/builder.h"
#include "bytes/span.h"

#define SCH_PLAN_SIZE ((size_t)16)
#define SCH_PLAN_CUTS 8

struct sch_plan {
  uint32_t options;            /* bits belong to the target, see its header comment */
  uint8_t cuts[SCH_PLAN_CUTS]; /* sizes of the pieces, used in turn for ever */
};

/* sch_plan_take splits the plan off the end of `input`, which then is the wire. It also becomes
 * the plan that a failing oracle prints. */
struct sch_plan sch_plan_take(struct sch_span *input);

/* sch_plan_varied is a plan whose pieces begin small, to end inside headers, and grow to whole
 * flights: what seeds of streams come with. */
struct sch_plan sch_plan_varied(uint32_t options);

/* sch_plan_put writes a plan behind a wire. */
void sch_plan_put(struct sch_builder *to, const struct sch_plan *plan);

/* sch_plan_piece gives the size of piece number `turn` when `left` bytes (>= 1) are left: a cut
 * byte of 0 means all that is left, 1 to 127 that many bytes, and c of 128 to 255 means
 * 64 * (c - 127). Never 0 and never more than `left`. */
size_t sch_plan_piece(const struct sch_plan *plan, size_t turn, size_t left);

/* How much of cut invariance is checked: for the inputs whose options ask for it, as a fuzzer has
 * time for; for every input, whole and byte by byte; or at every split point of every input too. */
enum sch_plan_cutting { SCH_CUTTING_BY_OPTION, SCH_CUTTING_ALWAYS, SCH_CUTTING_EVERY_SPLIT };

/* sch_plan_cutting is set by the replayer, once, before any input, and asked by targets. */
void sch_plan_set_cutting(enum sch_plan_cutting cutting);
enum sch_plan_cutting sch_plan_cutting(void);

/* The same for how many runs of every input reach all its split points together, each cut at many:
 * run number r of n is cut at every offset that is r modulo n. 0, the start, is no such run. */
void sch_plan_set_runs(size_t runs);
size_t sch_plan_runs(void);

/* sch_plan_run_piece gives the size of piece number `turn` in run number `run` (< sch_plan_runs())
 * when `left` bytes (>= 1) are left. Never 0 and never more than `left`. */
size_t sch_plan_run_piece(size_t run, size_t turn, size_t left);

/* sch_plan_print prints the plan taken last, as one line, to standard error. */
void sch_plan_print(void);

#endif
