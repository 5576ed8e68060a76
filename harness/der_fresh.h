/* der_fresh: elements for der_mutate.h that were not there before: fields of certificates, values
 * of every type, right ones and such as a lax reader would take.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_DER_FRESH_H
#define SCH_DER_FRESH_H

#include "bytes/builder.h"

/* sch_der_fresh writes one element that some field of a certificate may have. */
void sch_der_fresh(struct sch_builder *to, uint64_t *state);

/* sch_der_fresh_body writes the contents of an element of tag `tag`. */
void sch_der_fresh_body(struct sch_builder *to, uint8_t tag, uint64_t *state);

/* sch_der_fresh_tag gives the tag of a type that some field has. */
uint8_t sch_der_fresh_tag(uint64_t *state);

/* sch_der_fresh_certificate writes a whole certificate that a strict reader takes. */
void sch_der_fresh_certificate(struct sch_builder *to, uint64_t *state);

#endif
