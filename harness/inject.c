/* inject: see inject.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "inject.h"

#include <string.h>

#include "sspi/context.h"
#include "sspi/handle.h"
#include "tls/connection_aead.h"
#include "tls/engine_openssl.h"

#define VERSION 0x0303
#define HELLO_REQUEST 0
#define CLIENT_HELLO 1
#define TICKET 4
#define KEY_UPDATE 24
#define MESSAGE_ROOM ((size_t)256)

static bool is_aead(const struct sch_engine *engine) {
  return engine->class != &sch_engine_openssl;
}

/* say seals one handshake message as a record of the connection's own. */
static bool say(struct sch_connection_aead *connection, uint8_t type, struct sch_span body,
                struct sch_fifo *out) {
  const bool is_1_3 = connection->write.keys.suite->version == SCH_TLS_1_3;
  const uint8_t inner = SCH_RECORD_HANDSHAKE;
  uint8_t room[MESSAGE_ROOM];
  uint8_t sealed[2 * MESSAGE_ROOM];
  struct sch_builder message = sch_builder_of(room, sizeof room);
  struct sch_builder record = sch_builder_of(sealed, sizeof sealed);

  sch_builder_u8(&message, type);
  sch_builder_u24(&message, (uint32_t)body.size);
  sch_builder_bytes(&message, body);
  ENSURE(!message.failed);
  const SECURITY_STATUS status =
      sch_aead_seal(&connection->write, is_1_3 ? SCH_RECORD_APPLICATION_DATA : inner, VERSION,
                    sch_builder_built(&message), sch_span_of(&inner, is_1_3 ? 1 : 0), &record);

  ENSURE(status == SEC_E_OK);
  return sch_fifo_append(out, sch_builder_built(&record));
}

static bool say_aead(struct sch_connection_aead *connection, enum sch_inject what, size_t amount,
                     struct sch_fifo *out) {
  static const uint8_t zeros[UINT8_MAX];
  const bool is_1_3 = connection->write.keys.suite->version == SCH_TLS_1_3;
  const uint8_t request = (uint8_t)(amount & 1);

  switch (what) {
    case SCH_INJECT_RENEGOTIATE:
      return !is_1_3 && say(connection, connection->server ? HELLO_REQUEST : CLIENT_HELLO,
                            (struct sch_span){NULL, 0}, out);
    case SCH_INJECT_KEY_UPDATE:
      return is_1_3 && say(connection, KEY_UPDATE, sch_span_of(&request, 1), out) &&
             sch_aead_roll(&connection->write) == SEC_E_OK;
    case SCH_INJECT_TICKET:
      return is_1_3 && connection->server &&
             say(connection, TICKET, sch_span_of(zeros, amount % (MESSAGE_ROOM / 2)), out);
    case SCH_INJECT_ALERT:
      return amount != SCH_ALERT_close_notify && amount != SCH_ALERT_user_canceled &&
             amount <= UINT8_MAX &&
             connection->engine.class->alert(&connection->engine, SCH_ALERT_FATAL, (uint8_t)amount,
                                             out) == SEC_E_OK;
    default:
      UNREACHABLE("every kind is handled");
  }
}

bool sch_inject(CtxtHandle *handle, enum sch_inject what, size_t amount, struct sch_fifo *out) {
  const struct sch_context *context = sch_handle_find(SCH_HANDLE_CONTEXT, handle);

  if (context == NULL || !context->established || context->phase == SCH_PHASE_HANDSHAKE ||
      context->phase == SCH_PHASE_RENEGOTIATE || context->closed || context->failure != SEC_E_OK) {
    return false;
  }
  struct sch_engine *engine = context->engine;

  if (is_aead(engine)) {
    return say_aead((struct sch_connection_aead *)engine, what, amount, out);
  }
  return what == SCH_INJECT_RENEGOTIATE && context->credential->server &&
         context->facts.version == SCH_TLS_1_2 && context->phase == SCH_PHASE_OPEN &&
         engine->class->step(engine, (struct sch_span){NULL, 0}, out) == SEC_E_OK;
}
