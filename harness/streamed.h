/* streamed: the decrypt target's script through stream, which makes the calls.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_STREAMED_H
#define SCH_STREAMED_H

#include "cut.h"
#include "script.h"

/* sch_streamed_run plays `operations` into `script` and delivers its wire, cut so, to a stream on
 * engine_aead. What it checks stands in fuzz_decrypt.c. */
void sch_streamed_run(struct sch_script *script, struct sch_span operations, struct sch_cut cut);

#endif
