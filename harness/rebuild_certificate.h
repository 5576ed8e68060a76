/* rebuild_certificate: the way back, from what was read to DER.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_REBUILD_CERTIFICATE_H
#define SCH_REBUILD_CERTIFICATE_H

#include "bytes/builder.h"
#include "cert/certificate.h"

/* sch_rebuild_tree writes the elements of `tree`, which sch_der_tree has passed, from nothing but
 * their tags and the contents of the primitive ones: every length is computed. */
void sch_rebuild_tree(struct sch_builder *to, struct sch_span tree);

/* sch_rebuild_certificate writes a certificate from the fields of an accepted one: names from
 * their attributes, strings from their characters, OBJECT IDENTIFIERs from their numbers, times
 * from their seconds, extensions from their parts, and what may be any element by
 * sch_rebuild_tree. */
void sch_rebuild_certificate(struct sch_builder *to, const struct sch_certificate *from);

#endif
