/* query: what QueryContextAttributes tells of an established context.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_SSPI_QUERY_H
#define SCH_SSPI_QUERY_H

#include "sspi/context.h"

/* sch_query writes attribute `attribute` to `answer`, whose type the attribute fixes. Statuses as
 * for QueryContextAttributes, SEC_E_CONTEXT_EXPIRED in the middle of a renegotiation, when the old
 * facts are gone and the new ones not there yet, and the failure of a context that has failed.
 * `answer` is written on SEC_E_OK only. */
CHECKED SECURITY_STATUS sch_query(struct sch_context *context, ULONG attribute, void *answer);

/* sch_query_credential writes an attribute of a credential. Statuses as for
 * QueryCredentialsAttributes. */
CHECKED SECURITY_STATUS sch_query_credential(const struct sch_credential *credential,
                                             ULONG attribute, void *answer);

#endif
