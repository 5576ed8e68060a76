/* script: see script.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "script.h"

#include <string.h>

#define SIZES (SCH_RECORD_PLAIN_MAX + 2)
#define PERIOD 251
#define TICKETS_MAX 4

/* 2^14 + 256, less the content type and the tag. */
#define LIBSSL_INNER_MAX (SCH_RECORD_PLAIN_MAX + 256 - 1 - SCH_AEAD_TAG)

/* A tear that RAW bytes could mend by chance would be no tear. */
#define TEAR_MIN 8U

enum message { HELLO_REQUEST = 0, CLIENT_HELLO = 1, KEY_UPDATE = 24 };

/* A NewSessionTicket that libssl takes: lifetime, age, nonce, ticket, extensions (RFC 8446 section
 * 4.6.1). */
static const uint8_t ticket[] = {4, 0, 0, 18, 0, 0, 14, 16, 1, 2, 3,
                                 4, 1, 0, 0,  4, 9, 9,  9,  9, 0, 0};

static bool is_1_3(const struct sch_script *script) {
  return script->peer->suite->version == SCH_TLS_1_3;
}

/* said_next gives the next `size` bytes of plaintext: the bytes at different places differ. */
static struct sch_span said_next(struct sch_script *script, size_t size) {
  static uint8_t pattern[PERIOD + SIZES];

  if (pattern[1] == 0) {
    for (size_t i = 0; i < sizeof pattern; i++) {
      pattern[i] = (uint8_t)(i % PERIOD);
    }
  }
  const struct sch_span data = sch_span_of(pattern + script->said % PERIOD, size);

  script->said += size;
  return data;
}

static struct sch_script_record *last(struct sch_script *script) {
  return script->count == 0 ? NULL : &script->records[script->count - 1];
}

/* add notes the bytes that were put on the wire since `start`. */
static struct sch_script_record *add(struct sch_script *script, size_t start,
                                     enum sch_script_end end) {
  struct sch_script_record *record = &script->records[script->count++];

  *record = (struct sch_script_record){.end = end,
                                       .start = start,
                                       .size = script->to.size - start,
                                       .number = script->sealed,
                                       .certain = script->certain};
  script->certain = script->certain && end != SCH_SCRIPT_UNKNOWN;
  return record;
}

static struct sch_records_shape shape_of(struct sch_script *script, uint8_t type, size_t padding,
                                         bool *odd) {
  struct sch_records_shape shape = sch_records_usual(script->peer, type);

  shape.padding = padding;
  *odd = false;
  if (script->shaped) {
    script->shaped = false;
    *odd = shape.version != script->version || (is_1_3(script) && shape.outer != script->outer);
    shape.version = script->version;
    shape.outer = is_1_3(script) ? script->outer : shape.outer;
  }
  return shape;
}

/* seal puts one record on the wire. NULL when the script is full. */
static struct sch_script_record *seal(struct sch_script *script, uint8_t type, size_t padding,
                                      struct sch_span data, enum sch_script_end end) {
  const size_t start = script->to.size;
  bool odd;
  const struct sch_records_shape shape = shape_of(script, type, padding, &odd);
  const bool odd_type = shape.outer < SCH_RECORD_CHANGE_CIPHER_SPEC || shape.outer > 23;

  if (!sch_records_seal(script->peer, shape, data, &script->to)) {
    return NULL;
  }
  struct sch_script_record *record = add(script, start, odd || odd_type ? SCH_SCRIPT_FORGED : end);

  script->sealed++;
  return record;
}

/* fits says whether data is within the limits. libssl does not count padding against the data, only
 * against the record. */
static bool fits(const struct sch_script *script, size_t size, size_t padding) {
  if (!is_1_3(script)) {
    return size <= SCH_RECORD_PLAIN_MAX;
  }
  return script->libssl ? size <= SCH_RECORD_PLAIN_MAX && size + padding <= LIBSSL_INNER_MAX
                        : size + padding <= SCH_RECORD_PLAIN_MAX;
}

static size_t size_of(const struct sch_script *script, uint16_t operand) {
  const size_t low = operand & 0xffU;

  switch (script->large ? operand >> 8 : 0) {
    case SCH_SCRIPT_STEPS:
      return 64 * low;
    case SCH_SCRIPT_LIMIT:
      return SCH_SCRIPT_LIMIT_FIRST + low;
    default:
      return low;
  }
}

static bool say(struct sch_script *script, size_t size, size_t padding) {
  const struct sch_span data = said_next(script, size);
  struct sch_script_record *record =
      seal(script, SCH_RECORD_APPLICATION_DATA, padding, data,
           fits(script, size, padding) ? SCH_SCRIPT_TAKEN : SCH_SCRIPT_REFUSED);

  if (record != NULL) {
    record->data = data;
  }
  return record != NULL;
}

/* libssl takes a TLS 1.2 no_renegotiation for fatal. */
static enum sch_script_end end_of_alert(const struct sch_script *script, uint8_t level,
                                        uint8_t description) {
  const bool warning = level == SCH_ALERT_WARNING;

  if (is_1_3(script)) {
    return description == SCH_ALERT_close_notify    ? SCH_SCRIPT_CLOSED
           : description == SCH_ALERT_user_canceled ? SCH_SCRIPT_TAKEN
                                                    : SCH_SCRIPT_REFUSED;
  }
  if (description == SCH_ALERT_close_notify) {
    return SCH_SCRIPT_CLOSED;
  }
  return warning && !(script->libssl && description == SCH_ALERT_no_renegotiation)
             ? SCH_SCRIPT_TAKEN
             : SCH_SCRIPT_REFUSED;
}

/* doubt makes failing legal from here on: libssl has had enough after some warnings in a row. */
static void doubt(struct sch_script *script, enum sch_script_end end) {
  script->certain = script->certain && !(script->libssl && end == SCH_SCRIPT_TAKEN);
}

static bool send_alert(struct sch_script *script, uint8_t level, uint8_t description) {
  const uint8_t alert[] = {level, description};
  const enum sch_script_end end = end_of_alert(script, level, description);

  doubt(script, end);
  return seal(script, SCH_RECORD_ALERT, 0, sch_span_of(alert, sizeof alert), end) != NULL;
}

static bool send_tickets(struct sch_script *script, uint8_t how) {
  uint8_t messages[TICKETS_MAX * sizeof ticket];
  const size_t count = 1 + (how & 3U);
  size_t pieces = script->libssl ? 1 : 1 + (how >> 2 & 3U);
  struct sch_span rest = sch_span_of(messages, count * sizeof ticket);
  enum sch_script_end end = is_1_3(script) ? SCH_SCRIPT_MESSAGE : SCH_SCRIPT_REFUSED;

  for (size_t i = 0; i < count; i++) {
    sch_copy(messages + i * sizeof ticket, ticket, sizeof ticket);
  }
  if (script->server && is_1_3(script)) {
    end = SCH_SCRIPT_BAD;
  }
  if (pieces > 1 && end != SCH_SCRIPT_MESSAGE) {
    end = SCH_SCRIPT_UNKNOWN; /* which piece is refused is not for the script to say */
  }
  for (; pieces > 0; pieces--) {
    struct sch_span piece;

    if (script->count == SCH_SCRIPT_RECORDS || !sch_span_take(&rest, rest.size / pieces, &piece) ||
        seal(script, SCH_RECORD_HANDSHAKE, 0, piece, end) == NULL) {
      script->certain = false; /* a message begun and never ended */
      return false;
    }
  }
  return true;
}

static bool update_keys(struct sch_script *script, uint8_t request) {
  const uint8_t message[] = {KEY_UPDATE, 0, 0, 1, request};
  const bool legal = request <= 1;
  struct sch_script_record *record =
      seal(script, SCH_RECORD_HANDSHAKE, 0, sch_span_of(message, sizeof message),
           !is_1_3(script) ? SCH_SCRIPT_REFUSED
           : legal         ? SCH_SCRIPT_MESSAGE
                           : SCH_SCRIPT_BAD);

  if (record == NULL) {
    return false;
  }
  record->answered = request == 1;
  if (record->end == SCH_SCRIPT_MESSAGE) {
    sch_records_roll(script->peer);
  }
  return true;
}

static bool send_hello(struct sch_script *script) {
  const uint8_t message[] = {script->server ? CLIENT_HELLO : HELLO_REQUEST, 0, 0, 0};

  if (script->libssl) {
    return true;
  }
  struct sch_script_record *record =
      seal(script, SCH_RECORD_HANDSHAKE, 0, sch_span_of(message, sizeof message),
           is_1_3(script) ? SCH_SCRIPT_BAD : SCH_SCRIPT_MESSAGE);

  if (record != NULL) {
    record->answered = true;
  }
  return record != NULL;
}

/* real_type: in TLS 1.3 the last byte that is not zero is the type, whatever was meant. */
static uint8_t real_type(const struct sch_script *script, uint8_t type, struct sch_span *content) {
  while (is_1_3(script) && type == 0 && content->size != 0) {
    type = content->data[--content->size];
  }
  return type;
}

static enum sch_script_end end_of_typed(const struct sch_script *script, uint8_t type,
                                        struct sch_span content) {
  if (type == SCH_RECORD_APPLICATION_DATA) {
    return SCH_SCRIPT_TAKEN;
  }
  if (content.size == 0) {
    return script->libssl ? SCH_SCRIPT_UNKNOWN : SCH_SCRIPT_REFUSED; /* libssl may skip it */
  }
  if (type == SCH_RECORD_ALERT && content.size == 2) {
    return end_of_alert(script, content.data[0], content.data[1]);
  }
  return type == SCH_RECORD_HANDSHAKE ? SCH_SCRIPT_UNKNOWN : SCH_SCRIPT_REFUSED;
}

static bool send_typed(struct sch_script *script, uint8_t type, struct sch_span content) {
  struct sch_span data = content;
  const uint8_t real = real_type(script, type, &data);
  const enum sch_script_end end = end_of_typed(script, real, data);

  if (script->libssl && real == SCH_RECORD_HANDSHAKE && data.size != 0) {
    return true;
  }
  if (real == SCH_RECORD_ALERT) {
    doubt(script, end);
  }
  struct sch_script_record *record = seal(script, type, 0, content, end);

  if (record != NULL && end == SCH_SCRIPT_TAKEN && real == SCH_RECORD_APPLICATION_DATA) {
    record->data = data;
  }
  return record != NULL;
}

/* What is done to a record that is on the wire already. */

static void flip(struct sch_script *script, size_t offset, uint8_t mask) {
  struct sch_script_record *record = last(script);

  if (record != NULL && !record->tampered && mask != 0) {
    script->wire[record->start + offset % record->size] ^= mask;
    record->tampered = true;
  }
}

static void shorten(struct sch_script *script, size_t cut, bool fit) {
  struct sch_script_record *record = last(script);

  if (record == NULL || cut == 0 || record->size <= SCH_RECORD_HEADER) {
    return;
  }
  const size_t body = record->size - SCH_RECORD_HEADER;
  const size_t left = body - (cut < body ? cut : body);
  uint8_t *header = script->wire + record->start;

  if (fit) {
    header[3] = (uint8_t)(left >> 8);
    header[4] = (uint8_t)left;
  }
  record->size = SCH_RECORD_HEADER + left;
  record->tampered = true;
  script->to.size = record->start + record->size;
}

static bool repeat(struct sch_script *script) {
  const struct sch_script_record *record = last(script);
  const size_t start = script->to.size;

  if (record == NULL) {
    return true;
  }
  sch_builder_bytes(&script->to, sch_span_of(script->wire + record->start, record->size));
  if (script->to.failed) {
    return false;
  }
  /* The copy is what the record is, but for its place: which of them comes first does not matter.
   */
  struct sch_script_record *copy = &script->records[script->count++];

  *copy = *record;
  copy->start = start;
  return true;
}

static void lose(struct sch_script *script) {
  if (script->count != 0) {
    script->to.size = last(script)->start;
    script->count--;
  }
}

static void swap(struct sch_script *script) {
  static uint8_t kept[SCH_SCRIPT_WIRE];

  if (script->count < 2) {
    return;
  }
  struct sch_script_record *second = last(script);
  struct sch_script_record *first = second - 1;
  const struct sch_script_record before = *first;
  uint8_t *at = script->wire + first->start;

  sch_copy(kept, at, first->size);
  memmove(at, at + first->size, second->size);
  sch_copy(at + second->size, kept, before.size);
  *first = *second;
  first->start = before.start;
  *second = before;
  second->start = first->start + first->size;
}

static bool put_raw(struct sch_script *script, struct sch_span bytes) {
  const size_t start = script->to.size;

  sch_builder_bytes(&script->to, bytes);
  if (!script->to.failed && bytes.size != 0) {
    (void)add(script, start, SCH_SCRIPT_FORGED);
  }
  return !script->to.failed;
}

/* Reading. */

static bool take_sized(struct sch_span *in, struct sch_span *bytes) {
  uint8_t size;

  return sch_span_u8(in, &size) && sch_span_take(in, size, bytes);
}

/* send runs an operation that puts something on the wire. False ends the script. */
static bool send(struct sch_script *script, enum sch_script_operation operation,
                 struct sch_span *in) {
  uint16_t size;
  uint16_t padding;
  uint8_t first;
  uint8_t second;
  struct sch_span bytes;

  switch (operation) {
    case SCH_SCRIPT_DATA:
      return sch_span_u16(in, &size) && say(script, size_of(script, size), 0);
    case SCH_SCRIPT_PADDED:
      return sch_span_u16(in, &size) && sch_span_u16(in, &padding) &&
             say(script, size_of(script, size), size_of(script, padding));
    case SCH_SCRIPT_ALERT:
      return sch_span_u8(in, &first) && sch_span_u8(in, &second) &&
             send_alert(script, first, second);
    case SCH_SCRIPT_TICKETS:
      return sch_span_u8(in, &first) && send_tickets(script, first);
    case SCH_SCRIPT_KEY_UPDATE:
      return sch_span_u8(in, &first) && update_keys(script, first);
    case SCH_SCRIPT_HELLO:
      return send_hello(script);
    case SCH_SCRIPT_TYPED:
      return sch_span_u8(in, &first) && take_sized(in, &bytes) && send_typed(script, first, bytes);
    case SCH_SCRIPT_RAW:
      return take_sized(in, &bytes) && put_raw(script, bytes);
    default:
      return repeat(script);
  }
}

/* change runs an operation that only changes what is there. False ends the script. */
static bool change(struct sch_script *script, enum sch_script_operation operation,
                   struct sch_span *in) {
  uint16_t offset;
  uint8_t byte;

  switch (operation) {
    case SCH_SCRIPT_SHAPE:
      script->shaped = sch_span_u8(in, &script->outer) && sch_span_u16(in, &script->version);
      return script->shaped;
    case SCH_SCRIPT_FLIP:
      if (!sch_span_u16(in, &offset) || !sch_span_u8(in, &byte)) {
        return false;
      }
      flip(script, offset, byte);
      return true;
    case SCH_SCRIPT_SHORTEN:
    case SCH_SCRIPT_TEAR:
      if (!sch_span_u8(in, &byte)) {
        return false;
      }
      shorten(script, operation == SCH_SCRIPT_TEAR ? TEAR_MIN + byte : byte,
              operation == SCH_SCRIPT_SHORTEN);
      return true;
    case SCH_SCRIPT_LOSE:
      lose(script);
      return true;
    default:
      swap(script);
      return true;
  }
}

static bool changes_only(enum sch_script_operation operation) {
  return operation == SCH_SCRIPT_SHAPE || operation == SCH_SCRIPT_FLIP ||
         operation == SCH_SCRIPT_SHORTEN || operation == SCH_SCRIPT_TEAR ||
         operation == SCH_SCRIPT_LOSE || operation == SCH_SCRIPT_SWAP;
}

/* judge gives up on all that is not the next record sealed, as it was sealed. */
static void judge(struct sch_script *script) {
  for (size_t i = 0; i < script->count; i++) {
    struct sch_script_record *record = &script->records[i];

    if (record->tampered || record->number != i) {
      record->end = SCH_SCRIPT_FORGED;
    }
  }
}

uint32_t sch_decrypt_rationed(const struct sch_plan *plan, struct sch_span operations) {
  const struct sch_span parts[] = {operations, sch_span_of(plan->cuts, sizeof plan->cuts)};
  uint32_t digest = 0;

  if (plan->options >> 8 == 0) {
    return plan->options;
  }
  for (size_t i = 0; i < SCH_COUNT(parts); i++) {
    for (size_t at = 0; at < parts[i].size; at++) {
      digest = (digest ^ parts[i].data[at]) * UINT32_C(0x9e3779b1);
      digest ^= digest >> 15;
    }
  }
  const bool costly = digest % SCH_DECRYPT_RATION == 0;
  const bool large = digest % SCH_DECRYPT_RATION_LARGE == 0;
  const bool high = sch_decrypt_is_libssl(plan->options) ? costly : large;

  return plan->options & (0xff | (costly ? 0xff00U : 0) | (high ? 0xffff0000U : 0));
}

void sch_script_run(struct sch_script *script, struct sch_records *peer, uint32_t options,
                    struct sch_span operations) {
  uint8_t byte;
  bool on = true;

  script->peer = peer;
  script->server = (options & SCH_DECRYPT_SERVER) != 0;
  script->libssl = sch_decrypt_is_libssl(options);
  script->large = sch_decrypt_is_large(options);
  script->count = 0;
  script->sealed = 0;
  script->said = 0;
  script->certain = true;
  script->shaped = false;
  script->to = sch_builder_of(script->wire, sizeof script->wire);
  if (!script->libssl) {
    sch_builder_bytes(&script->to, sch_records_hello(!script->server));
  }
  while (on && script->count < SCH_SCRIPT_RECORDS && sch_span_u8(&operations, &byte)) {
    const enum sch_script_operation operation =
        (enum sch_script_operation)(byte % 16 % SCH_SCRIPT_OPERATIONS);

    on = changes_only(operation) ? change(script, operation, &operations)
                                 : send(script, operation, &operations);
  }
  script->to.failed = false; /* what did not fit was not begun */
  judge(script);
}
