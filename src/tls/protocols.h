/* protocols: the names of ALPN, RFC 7301, and the choice between two lists of them.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_TLS_PROTOCOLS_H
#define SCH_TLS_PROTOCOLS_H

#include "bytes/span.h"

/* sch_protocols_legal says whether `list` is a ProtocolNameList without its length: names of 1 to
 * 255 bytes, each behind its length, and at most 65535 bytes in all. RFC 7301 3.1. No name at all
 * is legal here. */
CHECKED bool sch_protocols_legal(struct sch_span list);

/* sch_protocols_choose finds the first name of `own` that `offer` has, too: the server's own order
 * decides, RFC 7301 3.2. `*name` is a view into `own`. False, and nothing written, when there is
 * none. */
CHECKED bool sch_protocols_choose(struct sch_span own, struct sch_span offer,
                                  struct sch_span *name);

#endif
