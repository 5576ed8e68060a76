/* explain_certificate: certificates for people.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_EXPLAIN_CERTIFICATE_H
#define SCH_EXPLAIN_CERTIFICATE_H

#include <stdio.h>

#include "bytes/span.h"

/* sch_explain_certificate prints every field of the certificate `der`, one a line, or, when it is
 * refused, the rule that it breaks and where. Text is quoted, and what is not printable ASCII
 * in it is escaped, so that nothing a certificate says can act on a terminal. */
void sch_explain_certificate(struct sch_span der, FILE *out);

#endif
