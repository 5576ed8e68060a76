/* der_mutate: changes DER element by element: any certificate comes out mostly whole, with the
 * lengths around a change repaired, and broken in one place. Nothing depends on anything but the
 * arguments.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_DER_MUTATE_H
#define SCH_DER_MUTATE_H

#include "wire.h"

#define SCH_DER_NODES 512 /* elements behind these are bytes */

/* sch_der_mutate and sch_der_cross as in mutator.h. What is no element at all, such as nothing, is
 * replaced by a certificate, drawn field by field. */
size_t sch_der_mutate(struct sch_span input, sch_change_bytes *bytes, uint32_t seed, uint8_t *out,
                      size_t room);
size_t sch_der_cross(struct sch_span first, struct sch_span second, uint32_t seed, uint8_t *out,
                     size_t room);

#endif
