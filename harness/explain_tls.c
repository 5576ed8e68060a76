/* explain_tls: one direction of a TLS connection as text. What is in clear is decoded; where the
 * keys are not known is where it ends.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "bytes/fifo.h"
#include "explain.h"
#include "explain_certificate.h"
#include "tls/alert.h"
#include "tls/record.h"
#include "tls_names.h"

#define MESSAGE_HEADER ((size_t)4)
#define NAMED_CURVE 3 /* RFC 8422 section 5.4 */

/* Messages that are more than a type and a size here, RFC 8446 section 4. */
enum {
  CLIENT_HELLO = 1,
  SERVER_HELLO = 2,
  CERTIFICATE = 11,
  SERVER_KEY_EXCHANGE = 12,
};

struct walk {
  FILE *out;
  const uint8_t *start;
  struct sch_fifo handshake; /* of messages that are not whole yet */
  bool keys_changed;         /* a change_cipher_spec has passed */
};

static void explain_certificates(struct sch_span body, FILE *out) {
  struct sch_span list;
  struct sch_span der;
  uint32_t size;

  if (!sch_span_u24(&body, &size) || !sch_span_take(&body, size, &list) || body.size != 0) {
    (void)fprintf(out, "    malformed\n");
    return;
  }
  for (unsigned i = 0; list.size != 0; i++) {
    if (!sch_span_u24(&list, &size) || !sch_span_take(&list, size, &der)) {
      (void)fprintf(out, "    malformed behind certificate %u\n", i);
      return;
    }
    (void)fprintf(out, "    certificate %u: %zu bytes\n", i, der.size);
    if (i == 0) {
      sch_explain_certificate(der, out);
    }
  }
}

static void explain_key_exchange(struct sch_span body, FILE *out) {
  uint8_t kind;
  uint16_t group;

  if (sch_span_u8(&body, &kind) && kind == NAMED_CURVE && sch_span_u16(&body, &group)) {
    (void)fprintf(out, "    group %s\n", sch_tls_name(SCH_TLS_GROUPS, group));
  }
}

static void explain_message(uint8_t type, struct sch_span body, FILE *out) {
  (void)fprintf(out, "  %s (%u), %zu bytes\n", sch_tls_name(SCH_TLS_HANDSHAKE_TYPES, type), type,
                MESSAGE_HEADER + body.size);
  switch (type) {
    case CLIENT_HELLO:
    case SERVER_HELLO:
      sch_explain_hello(body, type == CLIENT_HELLO, out);
      break;
    case CERTIFICATE:
      explain_certificates(body, out);
      break;
    case SERVER_KEY_EXCHANGE:
      explain_key_exchange(body, out);
      break;
    default:
      break;
  }
}

/* explain_messages takes the whole messages out of what has come. */
static void explain_messages(struct walk *walk) {
  for (;;) {
    const struct sch_span held = sch_fifo_held(&walk->handshake);
    struct sch_span rest = held;
    struct sch_span body;
    uint8_t type;
    uint32_t size;

    if (held.size == 0) {
      return;
    }
    if (!sch_span_u8(&rest, &type) || !sch_span_u24(&rest, &size) ||
        !sch_span_take(&rest, size, &body)) {
      (void)fprintf(walk->out, "  a message goes on: %zu bytes so far\n", held.size);
      return;
    }
    explain_message(type, body, walk->out);
    sch_fifo_consume(&walk->handshake, held.size - rest.size);
  }
}

/* is_clear: behind a change_cipher_spec a handshake record is protected in TLS 1.2. In TLS 1.3 that
 * record means nothing, and what may follow it in clear is a hello, after a HelloRetryRequest. */
static bool is_clear(const struct walk *walk, struct sch_span body) {
  uint8_t type;
  uint32_t size;

  return !walk->keys_changed ||
         (sch_span_u8(&body, &type) && (type == CLIENT_HELLO || type == SERVER_HELLO) &&
          sch_span_u24(&body, &size) && size == body.size);
}

/* forget says that a message has no end. */
static void forget(struct walk *walk) {
  const size_t size = sch_fifo_held(&walk->handshake).size;

  if (size != 0) {
    (void)fprintf(walk->out, "  the message before has no end: %zu bytes\n", size);
    sch_fifo_consume(&walk->handshake, size);
  }
}

static void explain_alert(const struct walk *walk, struct sch_span body) {
  uint8_t level = 0;
  uint8_t description = 0;

  if (body.size != 2 || !sch_span_u8(&body, &level) || !sch_span_u8(&body, &description)) {
    (void)fprintf(walk->out, walk->keys_changed ? "  protected\n" : "  malformed\n");
    return;
  }
  (void)fprintf(walk->out, "  %s %s (%u)\n",
                level == SCH_ALERT_WARNING ? "warning"
                : level == SCH_ALERT_FATAL ? "fatal"
                                           : "unknown level",
                sch_alert_name(description), description);
}

static void explain_record(struct walk *walk, const struct sch_record *record) {
  (void)fprintf(walk->out, "%6zu  %s, %s, %zu bytes\n", (size_t)(record->whole.data - walk->start),
                sch_tls_name(SCH_TLS_RECORD_TYPES, record->type),
                sch_tls_name(SCH_TLS_VERSIONS, record->version), record->body.size);
  if (record->type == SCH_RECORD_HANDSHAKE && is_clear(walk, record->body)) {
    if (!sch_fifo_append(&walk->handshake, record->body)) {
      (void)fprintf(walk->out, "  not enough memory\n");
    }
    explain_messages(walk);
    return;
  }
  forget(walk);
  switch (record->type) {
    case SCH_RECORD_CHANGE_CIPHER_SPEC:
      walk->keys_changed = true;
      break;
    case SCH_RECORD_ALERT:
      explain_alert(walk, record->body);
      break;
    default:
      (void)fprintf(walk->out, "  protected\n");
      break;
  }
}

void sch_explain_wire(struct sch_span wire, FILE *out) {
  struct walk walk = {.out = out, .start = wire.data};
  struct sch_record record;
  size_t missing = 0;
  SECURITY_STATUS status = SEC_E_OK;

  sch_fifo_open(&walk.handshake, wire.size + 1);
  while (wire.size != 0 && status == SEC_E_OK) {
    status = sch_record_next(&wire, &record, &missing);
    if (status == SEC_E_OK) {
      explain_record(&walk, &record);
    }
  }
  forget(&walk);
  sch_fifo_drop(&walk.handshake);
  if (wire.size != 0) {
    (void)fprintf(out, "%6zu  ", (size_t)(wire.data - walk.start));
    if (status == SEC_E_INCOMPLETE_MESSAGE) {
      (void)fprintf(out, "a record begins, %zu bytes, %zu missing\n", wire.size, missing);
    } else {
      (void)fprintf(out, "not a record, %zu bytes\n", wire.size);
    }
    sch_explain_hex(wire, "  ", out);
  }
}
