/* message: see message.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "sspi/message.h"

#include "log.h"

/* The longest record that seal makes: every cipher's header and trailer fit behind the data. */
#define SCRATCH_SIZE SCH_RECORD_MAX

/* renegotiate leaves a record that the handshake call is to be given in EXTRA, unless the
 * personality uses it up as it does a TLS 1.2 one. */
static SECURITY_STATUS renegotiate(struct sch_context *context,
                                   const struct sch_secbuf_message *message, size_t record,
                                   const struct sch_opened *opened) {
  const bool again = opened->again && !context->personality->post_handshake_used;

  if (opened->again && !again &&
      !sch_fifo_append(&context->used_up, sch_span_of(message->data, record))) {
    return sch_context_fail(context, SEC_E_INSUFFICIENT_MEMORY);
  }
  context->phase = SCH_PHASE_RENEGOTIATE;
  context->held = !again;
  if (again) {
    sch_secbuf_write_opened(message, 0, 0, 0);
  } else {
    sch_secbuf_write_opened(message, opened->header, 0, record - opened->header);
  }
  return SEC_I_RENEGOTIATE;
}

/* say_short says what a record lacks, as the personality says it. */
static SECURITY_STATUS say_short(const struct sch_context *context,
                                 const struct sch_secbuf_message *message, size_t missing) {
  const struct sch_personality *personality = context->personality;
  const size_t total = message->size + missing;

  if (sch_missing_said(personality->message_missing, &missing)) {
    sch_secbuf_write_hints(message, missing, personality->second_missing_total ? total : missing);
  }
  return SEC_E_INCOMPLETE_MESSAGE;
}

static SECURITY_STATUS answer(struct sch_context *context, const struct sch_secbuf_message *message,
                              size_t record, const struct sch_opened *opened,
                              SECURITY_STATUS status) {
  switch (status) {
    case SEC_E_OK:
      sch_secbuf_write_opened(message, opened->header, opened->data,
                              record - opened->header - opened->data);
      return status;
    case SEC_I_CONTEXT_EXPIRED:
      context->phase = SCH_PHASE_EXPIRED;
      sch_secbuf_write_opened(message, opened->header, 0, record - opened->header);
      return context->personality->close_is_data ? SEC_E_OK : status;
    case SEC_I_RENEGOTIATE:
      return renegotiate(context, message, record, opened);
    case SEC_E_MESSAGE_ALTERED:
      return sch_context_fail(context, context->personality->altered);
    default:
      return sch_context_fail(context, status < 0 ? status : SEC_E_INTERNAL_ERROR);
  }
}

SECURITY_STATUS sch_message_decrypt(struct sch_context *context,
                                    const struct sch_secbuf_message *message) {
  struct sch_span rest = {message->data, message->size};
  struct sch_record record;
  struct sch_opened opened = {0};
  size_t missing;

  if (context->failure != SEC_E_OK) {
    return context->failure;
  }
  /* In the middle of a renegotiation it is the engine that knows whether data may still come. */
  const bool renegotiating = context->established && context->phase == SCH_PHASE_HANDSHAKE;

  if ((context->phase != SCH_PHASE_OPEN && !renegotiating) || context->fragmented) {
    return SEC_E_CONTEXT_EXPIRED;
  }
  SECURITY_STATUS status = sch_record_next(&rest, &record, &missing);

  if (status == SEC_E_INCOMPLETE_MESSAGE) {
    return say_short(context, message, missing);
  }
  if (status != SEC_E_OK) {
    return sch_context_fail(context, status);
  }
  sch_log(SCH_LOG_RECORD_IN, record.type, (uint32_t)record.whole.size);
  struct sch_engine *engine = context->engine;

  status = engine->class->open(engine, message->data, record.whole.size, &opened);
  if (status == SEC_E_CONTEXT_EXPIRED) {
    return status;
  }
  if (status < 0) {
    /* Without memory the alert is lost, and the failure is the same. */
    (void)engine->class->farewell(engine, &context->token);
  }
  return answer(context, message, record.whole.size, &opened, status);
}

SECURITY_STATUS sch_message_encrypt(struct sch_context *context,
                                    const struct sch_secbuf_plain *plain) {
  if (context->failure != SEC_E_OK) {
    return context->failure;
  }
  if (!context->established || context->closed || context->fragmented ||
      context->phase == SCH_PHASE_HANDSHAKE || context->phase == SCH_PHASE_RENEGOTIATE) {
    return SEC_E_CONTEXT_EXPIRED;
  }
  if (plain->data.size > SCH_RECORD_PLAIN_MAX) {
    return SEC_E_ENCRYPT_FAILURE;
  }
  if (!sch_secbuf_fits_plain(plain, context->facts.header, context->facts.trailer)) {
    return SEC_E_BUFFER_TOO_SMALL;
  }
  if (context->scratch == NULL) {
    context->scratch = sch_alloc(SCRATCH_SIZE);
    if (context->scratch == NULL) {
      return SEC_E_INSUFFICIENT_MEMORY;
    }
  }
  struct sch_builder record = sch_builder_of(context->scratch, SCRATCH_SIZE);
  const SECURITY_STATUS status =
      context->engine->class->seal(context->engine, plain->data, &record);

  if (status == SEC_E_UNSUPPORTED_FUNCTION) {
    return status;
  }
  if (status != SEC_E_OK) {
    return sch_context_fail(context, status);
  }
  sch_secbuf_write_sealed(plain, context->facts.header, sch_builder_built(&record));
  return SEC_E_OK;
}
