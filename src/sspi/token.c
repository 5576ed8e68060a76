/* token: see token.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "sspi/token.h"

#include "log.h"

/* distrust ends a handshake whose peer nobody judges, where the engine has not done so: this
 * provider holds no anchors. The peer gets an alert, if the engine can send one, and not the
 * Finished that was made for it. */
static SECURITY_STATUS distrust(struct sch_context *context) {
  struct sch_engine *engine = context->engine;

  sch_fifo_consume(&context->token, sch_fifo_held(&context->token).size);
  (void)engine->class->alert(engine, SCH_ALERT_FATAL, SCH_ALERT_unknown_ca, &context->token);
  return sch_context_fail(context, SEC_E_UNTRUSTED_ROOT);
}

/* finish turns the end of a handshake into an open context. */
static SECURITY_STATUS finish(struct sch_context *context) {
  struct sch_engine *engine = context->engine;

  engine->class->facts(engine, &context->facts);
  sch_personality_sizes(context->personality, &context->facts);
  if (!context->established && !context->credential->server && !context->manual_validation) {
    return distrust(context);
  }
  context->established = true;
  context->phase = SCH_PHASE_OPEN;
  return SEC_E_OK;
}

/* settle gives an engine's answer its effect on the context. */
static SECURITY_STATUS settle(struct sch_context *context, SECURITY_STATUS status) {
  switch (status) {
    case SEC_E_OK:
      return finish(context);
    case SEC_I_CONTINUE_NEEDED:
    case SEC_I_INCOMPLETE_CREDENTIALS:
      context->phase = SCH_PHASE_HANDSHAKE;
      return status;
    case SEC_E_INCOMPLETE_MESSAGE:
      return status;
    case SEC_I_CONTEXT_EXPIRED:
      /* A close_notify before the handshake is done ends it: nothing has been agreed. */
      return sch_context_fail(context, SEC_E_CONTEXT_EXPIRED);
    default:
      return sch_context_fail(context, status < 0 ? status : SEC_E_INTERNAL_ERROR);
  }
}

/* step_alert makes the alert that was asked for; behind the first one nothing is sent. An engine
 * that cannot send it now has changed nothing, so that is no failure of the context. */
static SECURITY_STATUS step_alert(struct sch_context *context) {
  struct sch_engine *engine = context->engine;

  context->control_pending = false;
  if (context->closed) {
    return SEC_E_OK;
  }
  const SECURITY_STATUS status = engine->class->alert(engine, context->alert_level,
                                                      context->alert_description, &context->token);

  if (status == SEC_E_UNSUPPORTED_FUNCTION) {
    return status;
  }
  context->closed = true;
  return status == SEC_E_OK ? status : sch_context_fail(context, status);
}

/* step_empty starts or goes on without the peer's bytes. A held record is older than any input, so
 * it goes first and the input is EXTRA as a whole. */
static SECURITY_STATUS step_empty(struct sch_context *context, struct sch_span in,
                                  struct sch_step *step) {
  struct sch_engine *engine = context->engine;
  const struct sch_span record = sch_fifo_held(&context->used_up);

  step->missing = SCH_RECORD_HEADER;
  if (context->closed) {
    /* The answer to a held record may not be said any more, so what comes behind it is no use. */
    return in.size == 0 ? SEC_E_INCOMPLETE_MESSAGE
                        : sch_context_fail(context, SEC_E_CONTEXT_EXPIRED);
  }
  context->held = false;
  const SECURITY_STATUS status = engine->class->step(engine, record, &context->token);

  sch_fifo_consume(&context->used_up, record.size);
  return settle(context, status);
}

/* give hands one record to the engine, unless the engine has read it before the caller was asked
 * for a certificate: then only the last one moves the engine on. */
static SECURITY_STATUS give(struct sch_context *context, const struct sch_record *record) {
  struct sch_engine *engine = context->engine;
  const struct sch_span shown = sch_fifo_held(&context->shown);
  struct sch_span given = record->whole;

  if (shown.size == 0) {
    sch_log(SCH_LOG_RECORD_IN, record->type, (uint32_t)given.size);
  } else if (!sch_span_equal(sch_span_first(shown, given.size), given)) {
    return SEC_E_INVALID_TOKEN;
  } else {
    sch_fifo_consume(&context->shown, given.size);
    if (shown.size > given.size) {
      return SEC_I_CONTINUE_NEEDED;
    }
    given.size = 0;
  }
  return engine->class->step(engine, given, &context->token);
}

/* ask keeps what the engine has read of `in`, for the caller is to give it again. */
static SECURITY_STATUS ask(struct sch_context *context, struct sch_span in, struct sch_step *step) {
  const struct sch_span read = sch_span_first(in, step->used);

  step->used = 0;
  return sch_fifo_append(&context->shown, read)
             ? SEC_I_INCOMPLETE_CREDENTIALS
             : sch_context_fail(context, SEC_E_INSUFFICIENT_MEMORY);
}

static SECURITY_STATUS step_records(struct sch_context *context, struct sch_span in,
                                    struct sch_step *step) {
  struct sch_span rest = in;
  struct sch_record record;
  SECURITY_STATUS status = sch_record_next(&rest, &record, &step->missing);

  if (status == SEC_E_INCOMPLETE_MESSAGE) {
    return status;
  }
  for (size_t count = 1; status == SEC_E_OK; count++) {
    step->used = in.size - rest.size;
    status = settle(context, give(context, &record));
    if (status == SEC_I_INCOMPLETE_CREDENTIALS) {
      return ask(context, in, step);
    }
    if (status != SEC_I_CONTINUE_NEEDED || count == context->personality->records) {
      return status;
    }
    size_t missing_later;

    status = sch_record_next(&rest, &record, &missing_later);
  }
  if (status == SEC_E_INCOMPLETE_MESSAGE) {
    return SEC_I_CONTINUE_NEEDED;
  }
  return sch_context_fail(context, status);
}

SECURITY_STATUS sch_token_step(struct sch_context *context, struct sch_span in,
                               struct sch_step *step) {
  *step = (struct sch_step){0};
  if (context->failure != SEC_E_OK) {
    return context->failure;
  }
  if (context->control_pending) {
    step->used = in.size;
    return step_alert(context);
  }
  if (context->phase == SCH_PHASE_EXPIRED) {
    return sch_context_fail(context, SEC_E_CONTEXT_EXPIRED);
  }
  if (context->phase == SCH_PHASE_OPEN && in.size != 0) {
    /* Records of an open connection are DecryptMessage's: a caller has lost its phase. */
    return sch_context_fail(context, SEC_E_OUT_OF_SEQUENCE);
  }
  if (in.size == 0 && sch_fifo_held(&context->shown).size != 0) {
    step->missing = SCH_RECORD_HEADER;
    return SEC_E_INCOMPLETE_MESSAGE;
  }
  if (in.size == 0 || context->held) {
    return step_empty(context, in, step);
  }
  return step_records(context, in, step);
}

SECURITY_STATUS sch_token_supply(struct sch_context *context, struct sch_credential *credential) {
  struct sch_engine *engine = context->engine;

  if (credential->class != engine->class || credential->server != context->credential->server) {
    return SEC_E_UNKNOWN_CREDENTIALS;
  }
  return engine->class->supply(engine, credential->engine_credential);
}
