/* name_equal: are two X.501 names the same, however each is written.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_CERT_NAME_EQUAL_H
#define SCH_CERT_NAME_EQUAL_H

#include "cert/certificate.h"

/* sch_name_equal compares two whole Names of certificates or CRLs, as RFC 5280 7.1 does within
 * reason: RDN by RDN in order, the attributes of one RDN in any order (in DER's order when there
 * are more than SCH_NAME_RDN_MAX), types byte for byte, and strings of any two types by their
 * characters, with ASCII letters in either case, no blanks at the ends and one for many within.
 * Letters beyond ASCII keep their case and are not normalised, as in OpenSSL. Values that are no
 * strings compare byte for byte. */
#define SCH_NAME_RDN_MAX 8
bool sch_name_equal(struct sch_span left, struct sch_span right);

/* sch_name_hash gives equal names equal numbers. */
uint32_t sch_name_hash(struct sch_span name);

#endif
