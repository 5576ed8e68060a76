/* second_opinion: OpenSSL's reading of a certificate that the strict reader has accepted.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_SECOND_OPINION_H
#define SCH_SECOND_OPINION_H

#include "cert/certificate.h"

/* sch_second_opinion reads `certificate->whole` with OpenSSL and compares every field. It gives
 * NULL when OpenSSL reads the same, and the name of the first field that differs when not. What is
 * known to differ is in one table, with its reason, and is not reported. In builds without OpenSSL
 * it gives NULL. */
const char *sch_second_opinion(const struct sch_certificate *certificate);

/* sch_has_second_opinion says whether this build has OpenSSL to ask. */
extern const bool sch_has_second_opinion;

#endif
