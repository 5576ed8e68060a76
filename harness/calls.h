/* calls: a caller of the decrypt target that knows every record of its script, and so what each of
 * its own calls must answer; DATA stands in any slot.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_CALLS_H
#define SCH_CALLS_H

#include "cut.h"
#include "script.h"

/* sch_calls_run plays `operations` into `script` and delivers its wire, cut so, as client or
 * server, on either engine. What it checks stands in fuzz_decrypt.c. */
void sch_calls_run(struct sch_script *script, struct sch_span operations, struct sch_cut cut);

#endif
