/* call: see call.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "sspi/call.h"

#include "log.h"
#include "sspi/handle.h"
#include "sspi/secbuf.h"
#include "sspi/token.h"

/* hand_out answers a step in the caller's buffers. An answer that does not fit is a failure: the
 * engine has moved on and cannot repeat it. */
static SECURITY_STATUS hand_out(struct sch_context *context, const struct sch_call *call,
                                const struct sch_step *step, SECURITY_STATUS status) {
  struct sch_span token = sch_fifo_held(&context->token);
  const size_t extra = call->input.token.size - step->used;

  if (status == SEC_E_INCOMPLETE_MESSAGE) {
    sch_secbuf_write_missing(&call->input, step->missing);
    return status;
  }
  if (status >= 0 && status != SEC_I_INCOMPLETE_CREDENTIALS && extra != 0 &&
      !sch_secbuf_write_extra(&call->input, extra)) {
    status = sch_context_fail(context, SEC_E_INVALID_TOKEN);
    token.size = 0;
  }
  if (status < 0 && !call->extended_error) {
    token.size = 0;
  }
  const SECURITY_STATUS written = sch_secbuf_write_token(&call->output, call->allocate, token);

  sch_fifo_consume(&context->token, sch_fifo_held(&context->token).size);
  if (written == SEC_E_OK) {
    return status;
  }
  /* Whoever sends what a failure leaves in the slot must not send the slot's old bytes. */
  (void)!sch_secbuf_write_token(&call->output, call->allocate, (struct sch_span){NULL, 0});
  return status < 0 ? status : sch_context_fail(context, written);
}

/* first_call makes a context only if the call succeeds; an Accept without a whole record makes none
 * and says what is missing. */
static SECURITY_STATUS first_call(const struct sch_call *call) {
  struct sch_credential *credential = sch_handle_find(SCH_HANDLE_CREDENTIAL, call->credential);
  const struct sch_engine_wishes wishes = {call->target_name, call->input.protocols,
                                           call->client_certificate};
  struct sch_span token = call->server ? call->input.token : (struct sch_span){NULL, 0};
  struct sch_span rest = token;
  struct sch_record record;
  struct sch_context *context;
  SecHandle handle;
  struct sch_step step = {0};

  if (credential == NULL || call->new_handle == NULL) {
    return SEC_E_INVALID_HANDLE;
  }
  if (credential->server != call->server) {
    return SEC_E_NO_CREDENTIALS;
  }
  if (call->server && sch_record_next(&rest, &record, &step.missing) == SEC_E_INCOMPLETE_MESSAGE) {
    sch_secbuf_write_missing(&call->input, step.missing);
    return SEC_E_INCOMPLETE_MESSAGE;
  }
  TRY(sch_context_create(credential, &wishes, &context));
  if (!sch_handle_add(SCH_HANDLE_CONTEXT, context, &handle)) {
    sch_context_drop(context);
    return SEC_E_INSUFFICIENT_MEMORY;
  }
  context->manual_validation |= call->manual_validation;
  if (call->supplied) {
    ENSURE(sch_token_supply(context, credential) == SEC_E_OK);
  }
  const SECURITY_STATUS stepped = sch_token_step(context, token, &step);

  step.used = call->server ? step.used : call->input.token.size;
  const SECURITY_STATUS status = hand_out(context, call, &step, stepped);

  if (status < 0) {
    (void)sch_handle_remove(SCH_HANDLE_CONTEXT, &handle);
    sch_context_drop(context);
    return status;
  }
  *call->new_handle = handle;
  return status;
}

/* supply answers a server that asks for a certificate with the credential of this call, which may
 * be another than the first one's: asked for once, the caller has had its chance. Microsoft's
 * sample client goes on "with our current credentials" when it finds no others. */
static SECURITY_STATUS supply(struct sch_context *context, const struct sch_call *call) {
  struct sch_credential *credential = sch_handle_find(SCH_HANDLE_CREDENTIAL, call->credential);

  if (context->failure != SEC_E_OK ||
      (!call->supplied && sch_fifo_held(&context->shown).size == 0)) {
    return SEC_E_OK;
  }
  return sch_token_supply(context, credential == NULL ? context->credential : credential);
}

static SECURITY_STATUS later_call(const struct sch_call *call) {
  struct sch_context *context = sch_handle_find(SCH_HANDLE_CONTEXT, call->handle);
  struct sch_step step;

  if (context == NULL || context->credential->server != call->server) {
    return SEC_E_INVALID_HANDLE;
  }
  TRY(supply(context, call));
  const SECURITY_STATUS stepped = sch_token_step(context, call->input.token, &step);
  const SECURITY_STATUS status = hand_out(context, call, &step, stepped);

  if (status >= 0 && call->new_handle != NULL) {
    *call->new_handle = *call->handle;
  }
  return status;
}

SECURITY_STATUS sch_call_handshake(struct sch_call *call, PSecBufferDesc input,
                                   PSecBufferDesc output) {
  if (call->datagram) {
    return SEC_E_UNSUPPORTED_FUNCTION;
  }
  TRY(sch_secbuf_read_output(output, call->allocate, &call->output));
  TRY(sch_secbuf_read_input(input, &call->input));
  const SECURITY_STATUS status = call->handle == NULL ? first_call(call) : later_call(call);

  sch_log(SCH_LOG_CALL, call->server ? SCH_CALL_ASC : SCH_CALL_ISC, (uint32_t)status);
  return status;
}
