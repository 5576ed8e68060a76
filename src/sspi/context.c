/* context: see context.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "sspi/context.h"

#include "log.h"

SECURITY_STATUS sch_credential_create(const struct sch_engine_class *class,
                                      const struct sch_engine_settings *settings,
                                      struct sch_credential **credential) {
  struct sch_credential *made = sch_alloc(sizeof *made);

  if (made == NULL) {
    return SEC_E_INSUFFICIENT_MEMORY;
  }
  const SECURITY_STATUS status = class->credential_open(settings, &made->engine_credential);

  if (status != SEC_E_OK) {
    sch_free(made);
    return status;
  }
  made->class = class;
  made->personality = sch_personality_default();
  made->server = settings->server;
  made->references = 1;
  *credential = made;
  return SEC_E_OK;
}

void sch_credential_release(struct sch_credential *credential) {
  REQUIRE(credential->references >= 1);
  credential->references--;
  if (credential->references == 0) {
    credential->class->credential_drop(credential->engine_credential);
    sch_free(credential);
  }
}

SECURITY_STATUS sch_context_create(struct sch_credential *credential,
                                   const struct sch_engine_wishes *wishes,
                                   struct sch_context **context) {
  struct sch_context *made = sch_alloc(sizeof *made);

  if (made == NULL) {
    return SEC_E_INSUFFICIENT_MEMORY;
  }
  const SECURITY_STATUS status =
      credential->class->connection_open(credential->engine_credential, wishes, &made->engine);

  if (status != SEC_E_OK) {
    sch_free(made);
    return status;
  }
  credential->references++;
  made->credential = credential;
  made->personality = credential->personality;
  made->manual_validation = credential->manual_validation;
  sch_fifo_open(&made->token, SCH_CONTEXT_TOKEN_MAX);
  sch_fifo_open(&made->shown, SCH_CONTEXT_TOKEN_MAX);
  sch_fifo_open(&made->used_up, SCH_RECORD_MAX);
  *context = made;
  return SEC_E_OK;
}

void sch_context_drop(struct sch_context *context) {
  context->engine->class->drop(context->engine);
  sch_fifo_drop(&context->token);
  sch_fifo_drop(&context->shown);
  sch_fifo_drop(&context->used_up);
  sch_free(context->scratch);
  sch_credential_release(context->credential);
  sch_free(context);
}

SECURITY_STATUS sch_context_fail(struct sch_context *context, SECURITY_STATUS failure) {
  REQUIRE(failure < 0);
  if (context->failure == SEC_E_OK) {
    context->failure = failure;
    sch_log(SCH_LOG_FAILED, (uint32_t)failure, 0);
  }
  return context->failure;
}
