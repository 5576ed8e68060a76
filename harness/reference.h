/* reference: the plainest caller there can be, in the shape of curl and Qt: it appends what comes,
 * calls, shifts by EXTRA and loops. It hints at nothing and believes what it is told; so it serves
 * only for providers that keep to the contract. What stream does with the same bytes must be the
 * same.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_REFERENCE_H
#define SCH_REFERENCE_H

#include "twin.h"

struct sch_reference {
  const struct sch_stream_settings *settings; /* as for a stream */
  struct sch_span clear;                      /* sent as soon as possible, at most one record */
  bool close;                                 /* and then close_notify */
};

/* sch_reference_run reads `wire`, adds all plaintext to `plain` and returns how it ended, as
 * sch_stream_status would after sch_stream_wire_end. sch_reference_caller (twin.h) lives through a
 * whole history. */
CHECKED SECURITY_STATUS sch_reference_run(const struct sch_reference *caller, struct sch_span wire,
                                          struct sch_trace_stream *plain);

#endif
