/* cases: reads case files, each of which is document, unit test and seed at once.
 *
 *     # split-header: a header cut after three bytes asks for the two that remain
 *     > 16 03 01
 *     MISSING 2
 *     > 00 03 61*3
 *     RECORD type=22 version=0301 body=3
 *
 * A `#` line begins a case: its name, a colon, a sentence. A `>` line is a piece of the wire in
 * hexadecimal, `61*3` meaning 61 three times. Any other line is what must come of the pieces so
 * far. Empty lines part cases.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_CASES_H
#define SCH_CASES_H

#include "bytes/span.h"

#define SCH_CASE_STEPS 16
#define SCH_CASE_WIRE ((size_t)65536)
#define SCH_CASE_TEXT 512

struct sch_case_step {
  size_t end;                   /* of the piece, in the wire */
  char expected[SCH_CASE_TEXT]; /* lines, each ended by '\n' */
};

struct sch_case {
  char name[SCH_CASE_TEXT];
  size_t count; /* steps */
  struct sch_case_step steps[SCH_CASE_STEPS];
  size_t size; /* of the wire */
  uint8_t wire[SCH_CASE_WIRE];
};

/* A visitor gets one case, which lives until it returns. */
typedef void sch_case_visit(const struct sch_case *one, void *context);

/* sch_cases_read visits the cases of a file in order and says how many there were. A file that
 * cannot be read, or a line that cannot be understood, is printed and gives -1. */
int sch_cases_read(const char *path, sch_case_visit *visit, void *context);

#endif
