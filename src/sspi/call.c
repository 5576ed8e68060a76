/* call: see call.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "sspi/call.h"

#include "log.h"
#include "sspi/handle.h"
#include "sspi/secbuf.h"
#include "sspi/token.h"

/* write_token answers with `token`: an alert in the ALERT slot, where the personality has it there.
 */
static SECURITY_STATUS write_token(const struct sch_context *context, const struct sch_call *call,
                                   struct sch_span token, bool is_alert) {
  const struct sch_personality *personality = context->personality;
  struct sch_secbuf_output output = call->output;

  if (is_alert && personality->alert_in_alert && output.alert != NULL) {
    output = (struct sch_secbuf_output){output.alert, output.token};
  }
  const SECURITY_STATUS status = sch_secbuf_write_token(&output, call->allocate, token);

  if (status == SEC_E_OK && call->allocate && token.size == 0) {
    sch_secbuf_write_memory(&output, personality->empty_memory);
  }
  return status;
}

/* part gives what one call may hand out of the token: all of it, or, with success, what fits. */
static struct sch_span part(struct sch_context *context, const struct sch_call *call,
                            struct sch_span token, SECURITY_STATUS *status) {
  const size_t most = context->personality->fragment;
  size_t room = call->fragment ? sch_secbuf_room(&call->output, call->allocate) : SIZE_MAX;

  room = most != 0 && most < room ? most : room;
  context->fragmented =
      (*status == SEC_E_OK || *status == SEC_I_CONTINUE_NEEDED) && token.size > room;
  if (context->fragmented) {
    context->unsaid = *status;
    *status = SEC_I_MESSAGE_FRAGMENT;
  }
  return context->fragmented ? sch_span_first(token, room) : token;
}

/* says_extra says whether what is left of the input is said: not with a failure, nor when all of it
 * is to be given again. */
static bool says_extra(SECURITY_STATUS status) {
  return status >= 0 && status != SEC_I_INCOMPLETE_CREDENTIALS;
}

/* hand_out answers a step in the caller's buffers. An answer that does not fit is a failure: the
 * engine has moved on and cannot repeat it. */
static SECURITY_STATUS hand_out(struct sch_context *context, const struct sch_call *call,
                                const struct sch_step *step, SECURITY_STATUS status) {
  struct sch_span token = sch_fifo_held(&context->token);
  const size_t extra = call->input.token.size - step->used;
  size_t missing = step->missing;

  if (status == SEC_E_INCOMPLETE_MESSAGE) {
    if (sch_missing_said(context->personality->handshake_missing, &missing)) {
      sch_secbuf_write_hint(&call->input, missing);
    }
    return status;
  }
  if (says_extra(status) && extra != 0 && !sch_secbuf_write_extra(&call->input, extra)) {
    status = sch_context_fail(context, SEC_E_INVALID_TOKEN);
    token.size = 0;
  }
  if (status < 0 && !call->extended_error) {
    token.size = 0;
  }
  token = part(context, call, token, &status);
  const SECURITY_STATUS written = write_token(context, call, token, status < 0);

  sch_fifo_consume(&context->token,
                   context->fragmented ? token.size : sch_fifo_held(&context->token).size);
  if (written == SEC_E_OK) {
    return status;
  }
  /* Whoever sends what a failure leaves in the slot must not send the slot's old bytes. */
  (void)!sch_secbuf_write_token(&call->output, call->allocate, (struct sch_span){NULL, 0});
  return status < 0 ? status : sch_context_fail(context, written);
}

/* use_personality chooses the slot for EXTRA and MISSING. */
static void use_personality(struct sch_call *call, const struct sch_personality *personality) {
  if (personality->last_slot) {
    call->input.spare = sch_secbuf_last_spare(call->in);
  }
}

/* first_call makes a context only if the call succeeds; an Accept without a whole record makes none
 * and says what is missing. */
static SECURITY_STATUS first_call(struct sch_call *call) {
  struct sch_credential *credential = sch_handle_find(SCH_HANDLE_CREDENTIAL, call->credential);
  struct sch_engine_wishes wishes = {.target_name = call->target_name,
                                     .protocols = call->input.protocols,
                                     .client_certificate = call->client_certificate};
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
  use_personality(call, credential->personality);
  if (call->server && sch_record_next(&rest, &record, &step.missing) == SEC_E_INCOMPLETE_MESSAGE) {
    if (sch_missing_said(credential->personality->handshake_missing, &step.missing)) {
      sch_secbuf_write_hint(&call->input, step.missing);
    }
    return SEC_E_INCOMPLETE_MESSAGE;
  }
  wishes.refuse_server =
      !call->server && !credential->manual_validation && !call->manual_validation;
  TRY(sch_context_create(credential, &wishes, &context));
  if (!sch_handle_add(SCH_HANDLE_CONTEXT, context, &handle)) {
    sch_context_drop(context);
    return SEC_E_INSUFFICIENT_MEMORY;
  }
  context->manual_validation |= call->manual_validation;
  if (!call->server && (call->supplied || credential->personality->never_asks)) {
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

static SECURITY_STATUS later_call(struct sch_call *call) {
  struct sch_context *context = sch_handle_find(SCH_HANDLE_CONTEXT, call->handle);
  struct sch_step step = {0};

  if (context == NULL || context->credential->server != call->server) {
    return SEC_E_INVALID_HANDLE;
  }
  if (call->new_handle == NULL && context->personality->needs_name) {
    return SEC_E_INVALID_HANDLE;
  }
  use_personality(call, context->personality);
  TRY(supply(context, call));
  const SECURITY_STATUS stepped =
      context->fragmented ? context->unsaid : sch_token_step(context, call->input.token, &step);
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
  call->in = input;
  const SECURITY_STATUS status = call->handle == NULL ? first_call(call) : later_call(call);

  sch_log(SCH_LOG_CALL, call->server ? SCH_CALL_ASC : SCH_CALL_ISC, (uint32_t)status);
  return status;
}
