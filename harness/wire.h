/* wire: an input as a list of pieces, whole records, then what is no record, then the plan, which
 * stays at the end; and every change of that list that is worth making. A change is one edit, total
 * over all of its numbers, so that a mutator is nothing but a draw of numbers.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_WIRE_H
#define SCH_WIRE_H

#include "bytes/builder.h"
#include "plan.h"

#define SCH_WIRE_PIECES 256 /* records behind these stay one piece: it bounds the work */
#define SCH_WIRE_FRESH 4    /* messages that can be inserted into one wire */
#define SCH_WIRE_MESSAGE 36 /* bytes of the longest of them */

struct sch_wire_piece {
  bool is_record;  /* false: bytes without a header of their own */
  bool is_touched; /* the engine changes the body while it is written */
  uint8_t type;
  uint16_t version;
  uint16_t length; /* what the header says, true or not */
  struct sch_span body;
};

struct sch_wire {
  struct sch_wire_piece pieces[SCH_WIRE_PIECES];
  size_t count;
  bool has_plan;
  uint8_t plan[SCH_PLAN_SIZE];
  uint8_t fresh[SCH_WIRE_FRESH][SCH_WIRE_MESSAGE];
  size_t fresh_count;
};

/* What each change does with its numbers. `at` and `other` count pieces modulo how many there are,
 * and an offset in a body modulo its size and one. */
enum sch_change_kind {
  SCH_CHANGE_DROP,    /* piece at */
  SCH_CHANGE_SWAP,    /* pieces at and other */
  SCH_CHANGE_REPEAT,  /* piece at, once more before piece other */
  SCH_CHANGE_CUT,     /* body at ends at offset other; value 1 repairs the length */
  SCH_CHANGE_SPLIT,   /* record at becomes two at offset other, both true */
  SCH_CHANGE_JOIN,    /* record at takes in the record behind it */
  SCH_CHANGE_TYPE,    /* of record at becomes value */
  SCH_CHANGE_VERSION, /* of record at becomes value */
  SCH_CHANGE_LENGTH,  /* that record at states becomes value, and nothing else */
  SCH_CHANGE_INSERT,  /* record number value of the table, before piece at */
  SCH_CHANGE_BODY,    /* bytes of body at, by the engine; the length is repaired if it was true */
  SCH_CHANGE_PIECES,  /* cut number at of the plan becomes value */
  SCH_CHANGE_OPTION,  /* bit value of the options of the plan */
  SCH_CHANGES
};

struct sch_change {
  enum sch_change_kind kind;
  uint32_t at;
  uint32_t other;
  uint32_t value;
};

/* sch_wire_read takes an input apart; `has_plan` says that its last SCH_PLAN_SIZE bytes, when it
 * has so many, are a plan. The input outlives the wire. */
void sch_wire_read(struct sch_wire *wire, struct sch_span input, bool has_plan);

/* sch_wire_change makes one change. False, and nothing is changed, where it does not apply: no such
 * piece, not a record, nothing behind it, a number that would not fit, no plan, no room. */
CHECKED bool sch_wire_change(struct sch_wire *wire, const struct sch_change *change);

/* How an engine changes the `size` bytes at `data`, in place, into at most `room` (>= 1, >= size);
 * gives the new size, at most `room`. */
typedef size_t sch_change_bytes(uint8_t *data, size_t size, size_t room);

/* sch_wire_write puts a wire together again into `room` bytes at `out`, which do not overlap what
 * it was read from, and gives the size; 0 when it is empty or does not fit. Touched bodies go
 * through `bytes`. An unchanged wire gives the bytes that it was read from. */
CHECKED size_t sch_wire_write(const struct sch_wire *wire, sch_change_bytes *bytes, uint8_t *out,
                              size_t room);

/* sch_wire_splice replaces the pieces [from, to) of `into` by [start, end) of `source`, which
 * outlives it. False, and nothing is changed, when they would be too many. */
CHECKED bool sch_wire_splice(struct sch_wire *into, size_t from, size_t to,
                             const struct sch_wire *source, size_t start, size_t end);

#endif
