/* checked: a SecurityFunctionTable that passes every call on to the provider and holds both sides
 * to the contract: the provider's answers and the caller's conduct. Whatever runs over it is
 * checked at each call, on every input.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_CHECKED_H
#define SCH_CHECKED_H

#include "base.h"
#include "sspi/personality.h"
#include "sspi/sspi.h"

/* sch_checked_table gives the table. Contexts made through it are watched until they are deleted;
 * at most SCH_CHECKED_MAX at a time. */
#define SCH_CHECKED_MAX 4
SecurityFunctionTable *sch_checked_table(void);

/* sch_checked_wide chooses between the A and the W form of InitializeSecurityContext. */
void sch_checked_wide(bool is_wide);

/* sch_checked_widen copies an ASCII name to UTF-16, cutting what has no room. */
void sch_checked_widen(SEC_WCHAR *to, size_t room, const SEC_CHAR *from);

/* sch_checked_personality says what to expect of the contexts made from now on, until
 * sch_checked_end: at first, and after it, the default personality. */
void sch_checked_personality(const struct sch_personality *personality);

/* sch_checked_end checks that everything has been given back: every context deleted, every context
 * buffer freed. Called when an input is over. */
void sch_checked_end(void);

#endif
