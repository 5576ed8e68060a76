/* frame: byte strings over a pipe, each behind its length.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_FRAME_H
#define SCH_FRAME_H

#include <stdio.h>

#include "bytes/fifo.h"

/* sch_frame_write writes one frame and lets it go. False on an error. */
CHECKED bool sch_frame_write(FILE *to, struct sch_span bytes);

/* sch_frame_read appends one frame to `bytes`. False at the end, on an error, or when it does not
 * fit. */
CHECKED bool sch_frame_read(FILE *from, struct sch_fifo *bytes);

#endif
