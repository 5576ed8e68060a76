/* fuzz_secbuf: hostile shapes of SecBufferDesc.
 *
 * Input:   a function, a shape and what its memory holds, see formats.h. Every byte is legal.
 * Drives:  the readers of secbuf, and behind each the writers of its answer, twice: with the slots
 *          as given and sorted by type.
 * Oracles: model: a shape is taken exactly when a plain count of its slots says so;
 *          refusal_is_pure: a refused shape is unchanged and nothing is given out;
 *          slots_by_type: sorting the slots changes no answer but its place;
 *          conservation, missing_is_exact, wire_size: the sizes answered add up;
 *          ownership: no slot is written that was not read, and only fresh memory is given out.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "sspi/secbuf.h"

#include <stdlib.h>
#include <string.h>

#include "formats.h"
#include "harness.h"
#include "starve.h"

#define SLOTS_MAX (SCH_SHAPE_SLOTS - 1)

_Static_assert(SLOTS_MAX > SCH_SECBUF_MAX, "shapes go past what secbuf takes");

struct shape {
  SecBufferDesc desc;
  size_t count;
  SecBuffer *slots;            /* `count` of them, on the heap */
  SecBuffer before[SLOTS_MAX]; /* the slots as they were given */
  bool answered[SLOTS_MAX];    /* the slot was found, so it may have changed */
  uint8_t origin[SLOTS_MAX];   /* the place that the slot has in the input */
};

struct call {
  uint8_t function;
  uint8_t flags;
  uint8_t amount;
};

static const ULONG types[] = {
    [SCH_SHAPE_EMPTY] = SECBUFFER_EMPTY,
    [SCH_SHAPE_DATA] = SECBUFFER_DATA,
    [SCH_SHAPE_TOKEN] = SECBUFFER_TOKEN,
    [SCH_SHAPE_MISSING] = SECBUFFER_MISSING,
    [SCH_SHAPE_EXTRA] = SECBUFFER_EXTRA,
    [SCH_SHAPE_TRAILER] = SECBUFFER_STREAM_TRAILER,
    [SCH_SHAPE_HEADER] = SECBUFFER_STREAM_HEADER,
    [SCH_SHAPE_PADDING] = SECBUFFER_PADDING,
    [SCH_SHAPE_STREAM] = SECBUFFER_STREAM,
    [SCH_SHAPE_ALERT] = SECBUFFER_ALERT,
    [SCH_SHAPE_PARAMETERS] = SECBUFFER_PKG_PARAMS,
    [SCH_SHAPE_PROTOCOLS] = SECBUFFER_APPLICATION_PROTOCOLS,
};

static ULONG plain_type(const SecBuffer *slot) {
  return slot->BufferType & ~(ULONG)SECBUFFER_ATTRMASK;
}

static bool is_readonly(const SecBuffer *slot) {
  return (slot->BufferType & (SECBUFFER_READONLY | SECBUFFER_READONLY_WITH_CHECKSUM)) != 0;
}

/* is_hollow: the slot claims bytes and has none. */
static bool is_hollow(const SecBuffer *slot) {
  return slot->cbBuffer != 0 && slot->pvBuffer == NULL;
}

static bool is_alpn(const SecBuffer *slot) {
  struct {
    uint32_t total;
    uint32_t extension;
    uint16_t size;
  } head;

  if (slot->pvBuffer == NULL || slot->cbBuffer < 10) {
    return false;
  }
  memcpy(&head, slot->pvBuffer, 10);
  return head.total + 4 == slot->cbBuffer && head.extension == 2 &&
         head.size + 10U == slot->cbBuffer;
}

/* The plain counts that the model is made of, over the slots as they were given. */
struct census {
  bool sound; /* the descriptor itself */
  size_t token, hollow_token, roomless, bad_alpn, full_empty;
  size_t open_token, open_data, open_empty, open_header, open_trailer;
  size_t hollow_data, hollow_plain; /* slots that claim bytes and have none */
};

static void count_open(struct census *census, const SecBuffer *slot) {
  const ULONG type = plain_type(slot);
  const bool plain =
      type == SECBUFFER_DATA || type == SECBUFFER_STREAM_HEADER || type == SECBUFFER_STREAM_TRAILER;

  census->open_token += type == SECBUFFER_TOKEN;
  census->roomless += (type == SECBUFFER_TOKEN || type == SECBUFFER_ALERT) && slot->cbBuffer == 0;
  census->open_data += type == SECBUFFER_DATA;
  census->open_empty += type == SECBUFFER_EMPTY;
  census->open_header += type == SECBUFFER_STREAM_HEADER;
  census->open_trailer += type == SECBUFFER_STREAM_TRAILER;
  census->hollow_data += type == SECBUFFER_DATA && is_hollow(slot);
  census->hollow_plain += plain && is_hollow(slot);
}

static struct census take_census(const struct shape *shape) {
  struct census census = {.sound = shape->desc.ulVersion == SECBUFFER_VERSION &&
                                   shape->count <= SCH_SECBUF_MAX &&
                                   (shape->desc.pBuffers != NULL || shape->count == 0)};

  for (size_t i = 0; i < shape->count; i++) {
    const SecBuffer *slot = &shape->before[i];
    const ULONG type = plain_type(slot);

    census.token += type == SECBUFFER_TOKEN;
    census.hollow_token += type == SECBUFFER_TOKEN && is_hollow(slot);
    census.full_empty += type == SECBUFFER_EMPTY && slot->cbBuffer != 0;
    census.bad_alpn += type == SECBUFFER_APPLICATION_PROTOCOLS && !is_alpn(slot);
    if (!is_readonly(slot)) {
      count_open(&census, slot);
    }
  }
  return census;
}

/* first_open finds the first slot of a type that may be answered in. */
static const SecBuffer *first_open(const struct shape *shape, ULONG type) {
  for (size_t i = 0; i < shape->count; i++) {
    if (plain_type(&shape->before[i]) == type && !is_readonly(&shape->before[i])) {
      return &shape->slots[i];
    }
  }
  return NULL;
}

/* found notes that a reader has handed out a slot: it may change from now on. */
static void found(struct shape *shape, const SecBuffer *slot) {
  if (slot != NULL) {
    const size_t place = (size_t)(slot - shape->slots);

    ORACLE(ownership, place < shape->count);
    ORACLE(ownership, !is_readonly(slot));
    shape->answered[place] = true;
  }
}

/* check_untouched: a slot that was not handed out is as it was. */
static void check_untouched(const struct shape *shape) {
  for (size_t i = 0; i < shape->count; i++) {
    ORACLE(refusal_is_pure, shape->answered[i] || memcmp(&shape->slots[i], &shape->before[i],
                                                         sizeof(SecBuffer)) == 0);
  }
}

static SECURITY_STATUS run_input(const SecBufferDesc *desc, struct shape *shape,
                                 const struct call *call) {
  const struct census census = take_census(shape);
  const bool legal =
      desc == NULL || (census.sound && census.token <= 1 && census.hollow_token == 0 &&
                       census.full_empty == 0 && census.bad_alpn == 0);
  struct sch_secbuf_input input = {.spare = (SecBuffer *)&input};
  const SECURITY_STATUS status = sch_secbuf_read_input(desc, &input);

  ORACLE(model, status == (legal ? SEC_E_OK : SEC_E_INVALID_TOKEN));
  if (status != SEC_E_OK) {
    ORACLE(refusal_is_pure, input.spare == (SecBuffer *)&input);
    return status;
  }
  ORACLE(model, input.present == (desc != NULL));
  ORACLE(model, input.spare == (desc == NULL ? NULL : first_open(shape, SECBUFFER_EMPTY)));
  found(shape, input.spare);
  if ((call->flags & SCH_SHAPE_SECOND) != 0) {
    const size_t size = call->amount + (size_t)1;

    sch_secbuf_write_missing(&input, size);
    ORACLE(missing_is_exact, input.spare == NULL || (input.spare->cbBuffer == size &&
                                                     plain_type(input.spare) == SECBUFFER_MISSING));
  } else if (input.token.size != 0) {
    const size_t size = call->amount % input.token.size + 1;

    ORACLE(conservation, sch_secbuf_write_extra(&input, size) == (input.spare != NULL));
    ORACLE(conservation, input.spare == NULL || (input.spare->cbBuffer == size &&
                                                 plain_type(input.spare) == SECBUFFER_EXTRA));
  }
  sch_trace_event("input", input.token.size, input.protocols.size);
  return status;
}

/* take_token checks what was written to a slot, and takes fresh memory back, leaving a mark that
 * is the same in every run. */
static void take_token(SecBuffer *slot, void *lent, bool fresh, struct sch_span token) {
  ORACLE(plaintext, sch_span_equal(sch_span_of(slot->pvBuffer, slot->cbBuffer), token));
  ORACLE(ownership, (slot->pvBuffer == lent) == (!fresh || (lent == NULL && token.size == 0)));
  if (fresh) {
    sch_free(slot->pvBuffer);
    slot->pvBuffer = NULL;
  }
}

static SECURITY_STATUS run_output(const SecBufferDesc *desc, struct shape *shape,
                                  const struct call *call) {
  static const uint8_t text[UINT8_MAX];
  const struct census census = take_census(shape);
  const bool allocate = (call->flags & SCH_SHAPE_ALLOCATE) != 0;
  const struct sch_span token = {text, call->amount};
  struct sch_secbuf_output output = {(SecBuffer *)&output, NULL};
  SECURITY_STATUS status = sch_secbuf_read_output(desc, allocate, &output);

  ORACLE(model, status == (desc == NULL || !census.sound       ? SEC_E_INVALID_TOKEN
                           : !allocate && census.roomless != 0 ? SEC_E_INSUFFICIENT_MEMORY
                           : census.open_token == 0            ? SEC_E_INVALID_TOKEN
                                                               : SEC_E_OK));
  if (status != SEC_E_OK) {
    ORACLE(refusal_is_pure, output.token == (SecBuffer *)&output);
    return status;
  }
  ORACLE(model, output.token == first_open(shape, SECBUFFER_TOKEN));
  ORACLE(model, output.alert == first_open(shape, SECBUFFER_ALERT));
  const bool fresh = allocate || output.token->pvBuffer == NULL;
  const bool fits = fresh || token.size <= output.token->cbBuffer;
  void *lent = output.token->pvBuffer;

  status = sch_secbuf_write_token(&output, allocate, token);
  ORACLE(model, status == (fits ? SEC_E_OK : SEC_E_BUFFER_TOO_SMALL));
  if (status == SEC_E_OK) {
    found(shape, output.token);
    found(shape, output.alert);
    ORACLE(model, output.alert == NULL || output.alert->cbBuffer == 0);
    take_token(output.token, lent, fresh, token);
  }
  return status;
}

/* check_opened: the four answers of DecryptMessage are one message, whole and in order. */
static void check_opened(const struct sch_secbuf_message *message) {
  const ULONG order[] = {SECBUFFER_STREAM_HEADER, SECBUFFER_DATA, SECBUFFER_STREAM_TRAILER};
  const uint8_t *at = message->data;
  size_t sum = 0;

  for (size_t i = 0; i < SCH_COUNT(order); i++) {
    ORACLE(conservation, message->slots[i]->BufferType == order[i]);
    ORACLE(conservation, message->slots[i]->pvBuffer == at + sum);
    sum += message->slots[i]->cbBuffer;
  }
  const SecBuffer *extra = message->slots[3];

  ORACLE(conservation, sum + extra->cbBuffer == message->size);
  ORACLE(conservation, (extra->BufferType == SECBUFFER_EXTRA) == (extra->cbBuffer != 0));
  ORACLE(conservation, extra->cbBuffer == 0 || extra->pvBuffer == at + sum);
}

static SECURITY_STATUS run_message(const SecBufferDesc *desc, struct shape *shape,
                                   const struct call *call) {
  const struct census census = take_census(shape);
  const bool legal = desc != NULL && census.sound && shape->count >= 4 && census.open_data == 1 &&
                     census.hollow_data == 0 && census.open_empty >= 3;
  struct sch_secbuf_message message = {.size = SIZE_MAX};
  const SECURITY_STATUS status = sch_secbuf_read_message(desc, &message);

  ORACLE(model, status == (legal ? SEC_E_OK : SEC_E_INVALID_TOKEN));
  if (status != SEC_E_OK) {
    ORACLE(refusal_is_pure, message.size == SIZE_MAX);
    return status;
  }
  for (size_t i = 0; i < SCH_COUNT(message.slots); i++) {
    found(shape, message.slots[i]);
  }
  if ((call->flags & SCH_SHAPE_SECOND) != 0) {
    sch_secbuf_write_short(&message, call->amount + (size_t)1);
    for (size_t i = 0; i < 2; i++) {
      ORACLE(missing_is_exact, message.slots[i]->BufferType == SECBUFFER_MISSING);
      ORACLE(missing_is_exact, message.slots[i]->cbBuffer == call->amount + (size_t)1);
    }
  } else if (message.data != NULL) {
    const size_t header = call->amount % (message.size + 1);
    const size_t data = (message.size - header) / 2;
    const size_t trailer = (message.size - header - data) / (call->amount % 3 + 1U);

    sch_secbuf_write_opened(&message, header, data, trailer);
    check_opened(&message);
  }
  return status;
}

/* check_sealed: the three slots together are the record. */
static void check_sealed(const struct sch_secbuf_plain *plain, struct sch_span record) {
  const SecBuffer *slots[] = {plain->header, plain->body, plain->trailer};

  for (size_t i = 0; i < SCH_COUNT(slots); i++) {
    struct sch_span part = {NULL, 0};

    ORACLE(wire_size, sch_span_take(&record, slots[i]->cbBuffer, &part));
    ORACLE(wire_size, sch_span_equal(part, sch_span_of(slots[i]->pvBuffer, part.size)));
  }
  ORACLE(wire_size, record.size == 0);
}

static SECURITY_STATUS run_plain(const SecBufferDesc *desc, struct shape *shape,
                                 const struct call *call) {
  static uint8_t text[3 * UINT8_MAX];
  const struct census census = take_census(shape);
  const bool legal = desc != NULL && census.sound && census.open_header == 1 &&
                     census.open_data == 1 && census.open_trailer == 1 && census.hollow_plain == 0;
  struct sch_secbuf_plain plain = {.data = {NULL, SIZE_MAX}};
  const SECURITY_STATUS status = sch_secbuf_read_plain(desc, &plain);

  ORACLE(model, status == (legal ? SEC_E_OK : SEC_E_INVALID_TOKEN));
  if (status != SEC_E_OK) {
    ORACLE(refusal_is_pure, plain.data.size == SIZE_MAX);
    return status;
  }
  const size_t header = call->amount % 32;
  const size_t trailer = call->amount / 4;
  const struct sch_span record = {text, header + plain.data.size + trailer};

  found(shape, plain.header);
  found(shape, plain.body);
  found(shape, plain.trailer);
  ORACLE(model, sch_secbuf_fits_plain(&plain, header, trailer) ==
                    (header <= plain.header->cbBuffer && trailer <= plain.trailer->cbBuffer));
  if (sch_secbuf_fits_plain(&plain, header, trailer)) {
    for (size_t i = 0; i < record.size; i++) {
      text[i] = (uint8_t)(i + call->amount);
    }
    sch_secbuf_write_sealed(&plain, header, record);
    check_sealed(&plain, record);
  }
  return status;
}

static SECURITY_STATUS run_control(const SecBufferDesc *desc, struct shape *shape,
                                   const struct call *call) {
  const struct census census = take_census(shape);
  const bool legal =
      census.sound && shape->count == 1 && census.token == 1 && census.hollow_token == 0;
  struct sch_span token = {NULL, SIZE_MAX};
  const SECURITY_STATUS status = sch_secbuf_read_control(desc, &token);

  (void)call;
  ORACLE(model, status == (desc == NULL ? SEC_E_INTERNAL_ERROR
                           : legal      ? SEC_E_OK
                                        : SEC_E_INVALID_TOKEN));
  if (status == SEC_E_OK) {
    ORACLE(conservation, token.size == shape->before[0].cbBuffer);
  } else {
    ORACLE(refusal_is_pure, token.size == SIZE_MAX);
  }
  return status;
}

static SECURITY_STATUS run(struct shape *shape, const struct call *call) {
  static SECURITY_STATUS (*const functions[])(const SecBufferDesc *, struct shape *,
                                              const struct call *) = {
      [SCH_SHAPE_INPUT] = run_input,     [SCH_SHAPE_OUTPUT] = run_output,
      [SCH_SHAPE_MESSAGE] = run_message, [SCH_SHAPE_PLAIN] = run_plain,
      [SCH_SHAPE_CONTROL] = run_control,
  };
  const SecBufferDesc *desc = (call->flags & SCH_SHAPE_NO_DESC) != 0 ? NULL : &shape->desc;
  const SECURITY_STATUS status = functions[call->function % SCH_SHAPE_FUNCTIONS](desc, shape, call);

  check_untouched(shape);
  sch_trace_event("status", (uint32_t)status, shape->count);
  return status;
}

/* aim points the descriptor at the slots, as the flags want it. */
static void aim(struct shape *shape, const struct call *call) {
  shape->desc.ulVersion = (call->flags & SCH_SHAPE_OTHER_VERSION) != 0 ? 1 : SECBUFFER_VERSION;
  shape->desc.cBuffers = (ULONG)shape->count;
  shape->desc.pBuffers = (call->flags & SCH_SHAPE_NO_ARRAY) != 0 ? NULL : shape->slots;
}

static void make_slots(struct shape *shape, size_t count) {
  *shape = (struct shape){.count = count, .slots = malloc(count * sizeof(SecBuffer))};
  REQUIRE(shape->slots != NULL || count == 0);
}

/* read_slot makes a slot of three bytes of the input and fills its memory from the rest. */
static SecBuffer read_slot(struct sch_span *head, struct sch_span *rest) {
  uint8_t type = 0;
  uint8_t size = 0;
  uint8_t memory = 0;
  SecBuffer slot = {0};

  (void)!sch_span_u8(head, &type);
  (void)!sch_span_u8(head, &size);
  (void)!sch_span_u8(head, &memory);
  slot.BufferType = types[(type & 15) % SCH_SHAPE_TYPES] | (ULONG)(type & 0xf0) << 24;
  slot.cbBuffer = size;
  if (memory % 4 != 0) {
    const struct sch_span bytes = sch_span_first(*rest, size);

    slot.pvBuffer = calloc(1, size);
    sch_copy(slot.pvBuffer, bytes.data, bytes.size);
    (void)!sch_span_skip(rest, bytes.size);
  }
  return slot;
}

static void read_shape(struct shape *shape, size_t count, struct sch_span input) {
  struct sch_span head = sch_span_first(input, 3 * count);
  struct sch_span rest = sch_span_last(input, input.size - head.size);

  make_slots(shape, count);
  for (size_t i = 0; i < count; i++) {
    shape->before[i] = read_slot(&head, &rest);
    shape->slots[i] = shape->before[i];
    shape->origin[i] = (uint8_t)i;
  }
}

/* sort_shape makes `to` the shape `from`, its slots sorted by type, those of one type in order. */
static void sort_shape(struct shape *to, const struct shape *from) {
  make_slots(to, from->count);
  for (size_t i = 0; i < from->count; i++) {
    size_t place = i;

    while (place > 0 && plain_type(&to->before[place - 1]) > plain_type(&from->before[i])) {
      to->before[place] = to->before[place - 1];
      to->origin[place] = to->origin[place - 1];
      place--;
    }
    to->before[place] = from->before[i];
    to->origin[place] = (uint8_t)i;
  }
  for (size_t i = 0; i < to->count; i++) {
    to->slots[i] = to->before[i];
  }
}

static void compare(const struct shape *given, const struct shape *sorted) {
  for (size_t i = 0; i < sorted->count; i++) {
    ORACLE(slots_by_type,
           memcmp(&sorted->slots[i], &given->slots[sorted->origin[i]], sizeof(SecBuffer)) == 0);
  }
}

FUZZ(secbuf) {
  struct shape given;
  struct shape sorted;
  struct call call = {0};
  uint8_t count = 0;

  (void)!sch_span_u8(&input, &call.function);
  (void)!sch_span_u8(&input, &call.flags);
  (void)!sch_span_u8(&input, &count);
  (void)!sch_span_u8(&input, &call.amount);
  read_shape(&given, count % SCH_SHAPE_SLOTS, input);
  sort_shape(&sorted, &given);
  aim(&given, &call);
  aim(&sorted, &call);

  const bool same = run(&given, &call) == run(&sorted, &call);

  /* Without memory one of the two was refused. */
  if (!sch_starved()) {
    ORACLE(slots_by_type, same);
    compare(&given, &sorted);
  }
  for (size_t i = 0; i < given.count; i++) {
    free(given.before[i].pvBuffer);
  }
  free(given.slots);
  free(sorted.slots);
}
