/* seeds: what writes the committed corpus. Each function offers the seeds of its targets to a sink,
 * the same ones with the same bytes every time. Names are words with dashes.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_SEEDS_H
#define SCH_SEEDS_H

#include "bytes/span.h"

/* A sink gets one seed; `name` and `bytes` live until it returns. */
typedef void sch_seed_sink(const char *target, const char *name, struct sch_span bytes);

/* Every sch_seeds_<name>, each in seeds_<name>.c. sch_seeds_pure reads harness/tests/cases, so it
 * runs from the top of the tree. */
#define SCH_SEEDS(X) X(pure) X(certificate) X(chain) X(handshake) X(decrypt) X(provider) X(stream)

#define SCH_SEEDS_DECLARE(name) void sch_seeds_##name(sch_seed_sink *sink);
SCH_SEEDS(SCH_SEEDS_DECLARE)
#undef SCH_SEEDS_DECLARE

#endif
