/* token: one handshake step of a context: TOKEN in, TOKEN out, EXTRA left.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_SSPI_TOKEN_H
#define SCH_SSPI_TOKEN_H

#include "sspi/context.h"

/* What a step did with its input. */
struct sch_step {
  size_t used;    /* bytes of the input, from the front; the rest is EXTRA */
  size_t missing; /* with SEC_E_INCOMPLETE_MESSAGE: bytes wanted, at least 1 */
};

/* sch_token_step gives `in` to the handshake, record by record, until it ends or only a partial
 * record is left, and adds what the peer is to get to context->token, on failure too. An empty `in`
 * starts the handshake, goes on with a renegotiation that the peer asked for, or asks for one.
 * After ApplyControlToken it ignores `in` and produces the alert instead; only the first is sent.
 *
 *   SEC_E_OK                  done; context->phase is SCH_PHASE_OPEN
 *   SEC_I_CONTINUE_NEEDED     send the token, if any, and call again with the rest, or with more
 *   SEC_I_INCOMPLETE_CREDENTIALS  the server asks for a certificate and there is none: `used` is 0,
 *                             and the same bytes are to be given again, once sch_token_supply has
 *                             said what to answer
 *   SEC_E_INCOMPLETE_MESSAGE  no whole record: nothing has changed and `missing` is exact
 *   SEC_E_UNSUPPORTED_FUNCTION  of an alert: the engine cannot send it now; nothing has changed
 *   anything else             failed; the context keeps that failure
 *
 * `step` is written on every status. Microsoft: InitializeSecurityContext (Schannel), "Extra
 * Buffers Returned by Schannel". */
CHECKED SECURITY_STATUS sch_token_step(struct sch_context *context, struct sch_span in,
                                       struct sch_step *step);

/* sch_token_supply has the certificate of `credential`, or none if it has none, answer a server
 * that asks for one. Statuses as for the engine's supply, and SEC_E_UNKNOWN_CREDENTIALS for a
 * credential of another class or role. */
CHECKED SECURITY_STATUS sch_token_supply(struct sch_context *context,
                                         struct sch_credential *credential);

#endif
