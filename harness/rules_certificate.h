/* rules_certificate: what X.690 and RFC 5280 ask of a certificate and OpenSSL does not check, asked
 * once more of what was accepted, by code that shares nothing with src/cert.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_RULES_CERTIFICATE_H
#define SCH_RULES_CERTIFICATE_H

#include "bytes/span.h"

/* sch_rules_certificate breaks the oracle `model` when the accepted certificate `der` breaks a
 * rule. */
void sch_rules_certificate(struct sch_span der);

#endif
