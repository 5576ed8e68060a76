/* secbuf: see secbuf.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "sspi/secbuf.h"

static ULONG type_of(const SecBuffer *slot) {
  return slot->BufferType & ~(ULONG)SECBUFFER_ATTRMASK;
}

static bool is_writable(const SecBuffer *slot) {
  const ULONG readonly = SECBUFFER_READONLY | SECBUFFER_READONLY_WITH_CHECKSUM;

  return (slot->BufferType & readonly) == 0;
}

static struct sch_span span_of(const SecBuffer *slot) {
  return (struct sch_span){slot->pvBuffer, slot->cbBuffer};
}

static bool is_sound(const SecBuffer *slot) {
  return slot->cbBuffer == 0 || slot->pvBuffer != NULL;
}

static bool is_descriptor(const SecBufferDesc *desc) {
  return desc != NULL && desc->ulVersion == SECBUFFER_VERSION && desc->cBuffers <= SCH_SECBUF_MAX &&
         (desc->pBuffers != NULL || desc->cBuffers == 0);
}

static void set(SecBuffer *slot, ULONG type, void *data, size_t size) {
  ENSURE(size <= UINT32_MAX);
  slot->BufferType = type;
  slot->pvBuffer = data;
  slot->cbBuffer = (ULONG)size;
}

/* The length of all that follows and the extension number, 4 bytes each, and the list's length, 2.
 */
#define ALPN_LIST_OFFSET ((size_t)10)
#define ALPN_EXTENSION 2

/* read_alpn finds the ProtocolNameList in an APPLICATION_PROTOCOLS buffer. Its three numbers are in
 * the machine's own order and must agree with the size of the buffer. */
static bool read_alpn(const SecBuffer *slot, struct sch_span *list) {
  const uint8_t *at = slot->pvBuffer;
  uint32_t total;
  uint32_t extension;
  uint16_t size;

  if (at == NULL || slot->cbBuffer < ALPN_LIST_OFFSET) {
    return false;
  }
  sch_copy(&total, at, sizeof total);
  sch_copy(&extension, at + 4, sizeof extension);
  sch_copy(&size, at + 8, sizeof size);
  *list = sch_span_of(at + ALPN_LIST_OFFSET, slot->cbBuffer - ALPN_LIST_OFFSET);
  return extension == ALPN_EXTENSION && list->size == size && total == slot->cbBuffer - 4;
}

/* read_slot files one input slot. Types that TLS gives no meaning are passed over, as on Windows.
 */
static bool read_slot(SecBuffer *slot, bool *has_token, struct sch_secbuf_input *input) {
  switch (type_of(slot)) {
    case SECBUFFER_TOKEN:
      if (*has_token || !is_sound(slot)) {
        return false;
      }
      *has_token = true;
      input->token = span_of(slot);
      return true;
    case SECBUFFER_APPLICATION_PROTOCOLS:
      return read_alpn(slot, &input->protocols);
    case SECBUFFER_EMPTY:
      if (slot->cbBuffer != 0) {
        return false;
      }
      if (input->spare == NULL && is_writable(slot)) {
        input->spare = slot;
      }
      return true;
    default:
      return true;
  }
}

SECURITY_STATUS sch_secbuf_read_input(const SecBufferDesc *desc, struct sch_secbuf_input *input) {
  struct sch_secbuf_input read = {.present = desc != NULL};
  bool has_token = false;

  if (desc != NULL && !is_descriptor(desc)) {
    return SEC_E_INVALID_TOKEN;
  }
  for (ULONG i = 0; desc != NULL && i < desc->cBuffers; i++) {
    if (!read_slot(&desc->pBuffers[i], &has_token, &read)) {
      return SEC_E_INVALID_TOKEN;
    }
  }
  *input = read;
  return SEC_E_OK;
}

SECURITY_STATUS sch_secbuf_read_output(const SecBufferDesc *desc, bool allocate,
                                       struct sch_secbuf_output *output) {
  struct sch_secbuf_output read = {NULL, NULL};

  if (!is_descriptor(desc)) {
    return SEC_E_INVALID_TOKEN;
  }
  for (ULONG i = 0; i < desc->cBuffers; i++) {
    SecBuffer *slot = &desc->pBuffers[i];
    const ULONG type = type_of(slot);

    if ((type != SECBUFFER_TOKEN && type != SECBUFFER_ALERT) || !is_writable(slot)) {
      continue;
    }
    if (!allocate && slot->cbBuffer == 0) {
      return SEC_E_INSUFFICIENT_MEMORY;
    }
    SecBuffer **found = type == SECBUFFER_TOKEN ? &read.token : &read.alert;

    if (*found == NULL) {
      *found = slot;
    }
  }
  if (read.token == NULL) {
    return SEC_E_INVALID_TOKEN;
  }
  *output = read;
  return SEC_E_OK;
}

SECURITY_STATUS sch_secbuf_write_token(const struct sch_secbuf_output *output, bool allocate,
                                       struct sch_span token) {
  SecBuffer *slot = output->token;
  const bool fresh = allocate || slot->pvBuffer == NULL;
  void *data = slot->pvBuffer;

  if (token.size > UINT32_MAX || (!fresh && token.size > slot->cbBuffer)) {
    return SEC_E_BUFFER_TOO_SMALL;
  }
  if (fresh) {
    data = sch_alloc(token.size);
    if (data == NULL && token.size != 0) {
      return SEC_E_INSUFFICIENT_MEMORY;
    }
  }
  sch_copy(data, token.data, token.size);
  set(slot, slot->BufferType, data, token.size);
  if (output->alert != NULL) {
    set(output->alert, output->alert->BufferType, allocate ? NULL : output->alert->pvBuffer, 0);
  }
  return SEC_E_OK;
}

bool sch_secbuf_write_extra(const struct sch_secbuf_input *input, size_t size) {
  REQUIRE(size >= 1);
  REQUIRE(size <= input->token.size);
  if (input->spare == NULL) {
    return false;
  }
  /* Only the count means anything to a caller; the pointer is given as Windows gives none. */
  set(input->spare, SECBUFFER_EXTRA, NULL, size);
  return true;
}

void sch_secbuf_write_missing(const struct sch_secbuf_input *input, size_t size) {
  REQUIRE(size >= 1);
  sch_secbuf_write_hint(input, size);
}

void sch_secbuf_write_hint(const struct sch_secbuf_input *input, size_t size) {
  if (input->spare != NULL) {
    set(input->spare, SECBUFFER_MISSING, NULL, size);
  }
}

SecBuffer *sch_secbuf_last_spare(const SecBufferDesc *desc) {
  SecBuffer *last = NULL;

  for (ULONG i = 0; desc != NULL && i < desc->cBuffers; i++) {
    SecBuffer *slot = &desc->pBuffers[i];

    last = type_of(slot) == SECBUFFER_EMPTY && is_writable(slot) ? slot : last;
  }
  return last;
}

size_t sch_secbuf_room(const struct sch_secbuf_output *output, bool allocate) {
  return allocate || output->token->pvBuffer == NULL ? SIZE_MAX : output->token->cbBuffer;
}

void sch_secbuf_write_memory(const struct sch_secbuf_output *output, size_t size) {
  if (output->token->pvBuffer == NULL) {
    output->token->pvBuffer = sch_alloc(size);
  }
}

SECURITY_STATUS sch_secbuf_read_message(const SecBufferDesc *desc,
                                        struct sch_secbuf_message *message) {
  struct sch_secbuf_message read = {.data = NULL};
  size_t empty = 0;

  if (!is_descriptor(desc) || desc->cBuffers < SCH_COUNT(read.slots)) {
    return SEC_E_INVALID_TOKEN;
  }
  for (ULONG i = 0; i < desc->cBuffers; i++) {
    SecBuffer *slot = &desc->pBuffers[i];

    if (!is_writable(slot)) {
      continue;
    }
    if (type_of(slot) == SECBUFFER_DATA) {
      if (read.slots[0] != NULL || !is_sound(slot)) {
        return SEC_E_INVALID_TOKEN;
      }
      read.slots[0] = slot;
    } else if (type_of(slot) == SECBUFFER_EMPTY && empty < SCH_COUNT(read.slots) - 1) {
      empty++;
      read.slots[empty] = slot;
    }
  }
  if (read.slots[0] == NULL || empty < SCH_COUNT(read.slots) - 1) {
    return SEC_E_INVALID_TOKEN;
  }
  read.data = read.slots[0]->pvBuffer;
  read.size = read.slots[0]->cbBuffer;
  *message = read;
  return SEC_E_OK;
}

void sch_secbuf_permute(struct sch_secbuf_message *message, const uint8_t order[4]) {
  const struct sch_secbuf_message before = *message;

  for (size_t i = 0; i < SCH_COUNT(message->slots); i++) {
    REQUIRE(order[i] < SCH_COUNT(message->slots));
    message->slots[i] = before.slots[order[i]];
  }
}

void sch_secbuf_write_opened(const struct sch_secbuf_message *message, size_t header, size_t data,
                             size_t trailer) {
  const size_t used = header + data + trailer;
  uint8_t *at = message->data;

  REQUIRE(used <= message->size);
  set(message->slots[0], SECBUFFER_STREAM_HEADER, at, header);
  set(message->slots[1], SECBUFFER_DATA, at + header, data);
  set(message->slots[2], SECBUFFER_STREAM_TRAILER, at + header + data, trailer);
  if (used == message->size) {
    set(message->slots[3], SECBUFFER_EMPTY, NULL, 0);
  } else {
    set(message->slots[3], SECBUFFER_EXTRA, at + used, message->size - used);
  }
}

void sch_secbuf_write_short(const struct sch_secbuf_message *message, size_t size) {
  REQUIRE(size >= 1);
  sch_secbuf_write_hints(message, size, size);
}

void sch_secbuf_write_hints(const struct sch_secbuf_message *message, size_t first, size_t second) {
  set(message->slots[0], SECBUFFER_MISSING, message->data, first);
  set(message->slots[1], SECBUFFER_MISSING, NULL, second);
}

SECURITY_STATUS sch_secbuf_read_plain(const SecBufferDesc *desc, struct sch_secbuf_plain *plain) {
  struct sch_secbuf_plain read = {.data = {NULL, 0}};

  if (!is_descriptor(desc)) {
    return SEC_E_INVALID_TOKEN;
  }
  for (ULONG i = 0; i < desc->cBuffers; i++) {
    SecBuffer *slot = &desc->pBuffers[i];
    const ULONG type = type_of(slot);
    SecBuffer **found = type == SECBUFFER_STREAM_HEADER    ? &read.header
                        : type == SECBUFFER_DATA           ? &read.body
                        : type == SECBUFFER_STREAM_TRAILER ? &read.trailer
                                                           : NULL;

    if (found == NULL || !is_writable(slot)) {
      continue;
    }
    if (*found != NULL || !is_sound(slot)) {
      return SEC_E_INVALID_TOKEN;
    }
    *found = slot;
  }
  if (read.header == NULL || read.body == NULL || read.trailer == NULL) {
    return SEC_E_INVALID_TOKEN;
  }
  read.data = span_of(read.body);
  *plain = read;
  return SEC_E_OK;
}

bool sch_secbuf_fits_plain(const struct sch_secbuf_plain *plain, size_t header, size_t trailer) {
  return plain->header->cbBuffer >= header && plain->trailer->cbBuffer >= trailer;
}

void sch_secbuf_write_sealed(const struct sch_secbuf_plain *plain, size_t header,
                             struct sch_span record) {
  const size_t body = plain->data.size;

  REQUIRE(record.size >= header + body);
  const size_t trailer = record.size - header - body;

  REQUIRE(sch_secbuf_fits_plain(plain, header, trailer));
  sch_copy(plain->header->pvBuffer, record.data, header);
  sch_copy(plain->body->pvBuffer, record.data + header, body);
  sch_copy(plain->trailer->pvBuffer, record.data + header + body, trailer);
  plain->header->cbBuffer = (ULONG)header;
  plain->trailer->cbBuffer = (ULONG)trailer;
}

SECURITY_STATUS sch_secbuf_read_control(const SecBufferDesc *desc, struct sch_span *token) {
  if (desc == NULL) {
    return SEC_E_INTERNAL_ERROR;
  }
  if (!is_descriptor(desc) || desc->cBuffers != 1 ||
      type_of(&desc->pBuffers[0]) != SECBUFFER_TOKEN || !is_sound(&desc->pBuffers[0])) {
    return SEC_E_INVALID_TOKEN;
  }
  *token = span_of(&desc->pBuffers[0]);
  return SEC_E_OK;
}
