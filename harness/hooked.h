/* hooked: the checked table, and a function that is told before each of its calls: what a provider
 * could do that calls back.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_HOOKED_H
#define SCH_HOOKED_H

#include "sspi/sspi.h"

/* sch_hooked_table gives the table; `before` is called before each handshake call, DecryptMessage,
 * EncryptMessage, ApplyControlToken and QueryContextAttributes made through it. */
SecurityFunctionTable *sch_hooked_table(void (*before)(void));

#endif
