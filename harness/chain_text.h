/* chain_text: a description (chain_case.h) as lines for a person, and back.
 *
 *   certificate place=leaf key=b usage=signature+certify
 *     name kind=dns 'www.example.org'
 *
 * One record a line: its kind, the fields that are not what they are when not said, and its text
 * between quotes, with \xNN for all that is not plain. A line of nothing, or that begins with # or
 * with target:, as the first of `sch explain` does, is left aside.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_CHAIN_TEXT_H
#define SCH_CHAIN_TEXT_H

#include <stdio.h>

#include "chain_case.h"

/* sch_case_print writes the text form. */
void sch_case_print(const struct sch_case *from, FILE *out);

/* sch_case_print_record writes one line of it, without its end. */
void sch_case_print_record(const struct sch_case_record *record, FILE *out);

/* sch_case_parse reads the text form. False: `*line` is the number of the first line that is none,
 * from 1, and `*to` has what came before. */
CHECKED bool sch_case_parse(struct sch_case *to, struct sch_span text, size_t *line);

#endif
