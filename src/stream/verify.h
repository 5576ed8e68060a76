/* verify: asks the verifier of the settings about the peer. The only part of stream that reads
 * certificates from the provider; it judges nothing itself.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_STREAM_VERIFY_H
#define SCH_STREAM_VERIFY_H

#include "stream/caller.h"
#include "stream/settings.h"

/* sch_verify gives the verdict on the peer of an established context: SEC_E_OK, or why it is
 * refused. `insecure` accepts unasked, and so does a server that asked for no certificate; no
 * verifier refuses with SEC_E_UNTRUSTED_ROOT. A failed query, and a verdict that is neither
 * SEC_E_OK nor a failure (SEC_E_INTERNAL_ERROR), refuse too. */
struct sch_stream_verdict sch_verify(const struct sch_stream_settings *settings,
                                     struct sch_caller *caller);

/* sch_verify_alert gives the alert that tells a peer of a refusal, RFC 8446 section 6.2. */
CHECKED uint8_t sch_verify_alert(SECURITY_STATUS refusal);

#endif
