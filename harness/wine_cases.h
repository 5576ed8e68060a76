/* wine_cases: what the parts of that program share.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_WINE_CASES_H
#define SCH_WINE_CASES_H

#include <stdio.h>

/* The file of a PKCS#12 identity without a password, RSA. */
extern const char *sch_wine_identity;

#endif
