/* caller: see caller.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "stream/caller.h"

#include <string.h>

/* Little-endian numbers in front of an ALPN list: length of what follows, extension 2, length. */
#define ALPN_HEADER ((size_t)10)
#define ALPN_EXTENSION 2

/* The close loop ends when the provider says so; this ends it when it never does. */
#define CLOSE_CALLS_MAX 4

static SecBufferDesc describe(SecBuffer *buffers, ULONG count) {
  return (SecBufferDesc){SECBUFFER_VERSION, count, buffers};
}

static SecBuffer slot(ULONG type, const void *data, size_t size) {
  REQUIRE(size <= UINT32_MAX);
  return (SecBuffer){(ULONG)size, type, (void *)(uintptr_t)data};
}

static const SecBuffer *find(const SecBuffer *buffers, size_t count, ULONG type) {
  for (size_t i = 0; i < count; i++) {
    if ((buffers[i].BufferType & ~(ULONG)SECBUFFER_ATTRMASK) == type) {
      return &buffers[i];
    }
  }
  return NULL;
}

SECURITY_STATUS sch_caller_start(struct sch_caller *caller, struct sch_span protocols,
                                 const SEC_CHAR *target_name) {
  const size_t name_size = target_name == NULL ? 0 : strlen(target_name);
  const uint32_t total = (uint32_t)(ALPN_HEADER - 4 + protocols.size);
  const uint32_t extension = ALPN_EXTENSION;
  const uint16_t size = (uint16_t)protocols.size;

  if (protocols.size > UINT16_MAX || name_size > SCH_CALLER_NAME_MAX) {
    return SEC_E_UNSUPPORTED_FUNCTION;
  }
  caller->has_target_name = target_name != NULL;
  sch_copy(caller->target_name, target_name, name_size);
  if (protocols.size == 0) {
    return SEC_E_OK;
  }
  caller->alpn = sch_alloc(ALPN_HEADER + protocols.size);
  if (caller->alpn == NULL) {
    return SEC_E_INSUFFICIENT_MEMORY;
  }
  caller->alpn_size = ALPN_HEADER + protocols.size;
  sch_copy(caller->alpn, &total, sizeof total);
  sch_copy(caller->alpn + 4, &extension, sizeof extension);
  sch_copy(caller->alpn + 8, &size, sizeof size);
  sch_copy(caller->alpn + ALPN_HEADER, protocols.data, protocols.size);
  return SEC_E_OK;
}

void sch_caller_end(struct sch_caller *caller) {
  if (caller->has_context) {
    /* A provider that calls back finds no context any more. */
    caller->has_context = false;
    (void)caller->table->DeleteSecurityContext(&caller->context);
  }
}

void sch_caller_drop(struct sch_caller *caller) {
  sch_caller_end(caller);
  sch_free(caller->alpn);
  *caller = (struct sch_caller){0};
}

/* put_inputs fills at most three slots. The protocols go with the first call only, in a slot of
 * their own, so that one EMPTY slot is always left for EXTRA and MISSING. */
static ULONG put_inputs(const struct sch_caller *caller, struct sch_span in, SecBuffer *slots) {
  ULONG count = 0;

  if (in.size != 0) {
    slots[count++] = slot(SECBUFFER_TOKEN, in.data, in.size);
    slots[count++] = slot(SECBUFFER_EMPTY, NULL, 0);
  }
  if (!caller->has_context && caller->alpn != NULL) {
    slots[count++] = slot(SECBUFFER_APPLICATION_PROTOCOLS, caller->alpn, caller->alpn_size);
  }
  return count;
}

static SECURITY_STATUS call_handshake(struct sch_caller *caller, SecBufferDesc *in,
                                      SecBufferDesc *out, ULONG *attributes) {
  CtxtHandle *known = caller->has_context ? &caller->context : NULL;
  TimeStamp expiry;

  caller->calls++;
  if (caller->server) {
    return caller->table->AcceptSecurityContext(caller->credential, known, in, caller->flags,
                                                SECURITY_NATIVE_DREP, &caller->context, out,
                                                attributes, &expiry);
  }
  return caller->table->InitializeSecurityContextA(
      caller->credential, known, caller->has_target_name ? caller->target_name : NULL,
      caller->flags, 0, SECURITY_NATIVE_DREP, in, 0, &caller->context, out, attributes, &expiry);
}

/* collect moves what the provider made to the wire and frees it, also after a failed append. */
static bool collect(struct sch_caller *caller, SecBuffer *slots, size_t count,
                    struct sch_fifo *wire, struct sch_caller_answer *answer) {
  bool kept = true;

  for (size_t i = 0; i < count; i++) {
    if (slots[i].pvBuffer == NULL) {
      kept = kept && slots[i].cbBuffer == 0;
      continue;
    }
    if (slots[i].cbBuffer != 0) {
      kept = kept && sch_fifo_append(wire, sch_span_of(slots[i].pvBuffer, slots[i].cbBuffer));
      answer->sent = true;
    }
    (void)caller->table->FreeContextBuffer(slots[i].pvBuffer);
    slots[i] = slot(SECBUFFER_EMPTY, NULL, 0);
  }
  return kept;
}

/* measure finds EXTRA and MISSING. False when more is handed back than was given. */
static bool measure(const SecBuffer *slots, size_t count, size_t size, SECURITY_STATUS status,
                    struct sch_caller_answer *answer) {
  const SecBuffer *extra = find(slots, count, SECBUFFER_EXTRA);
  const SecBuffer *missing = find(slots, count, SECBUFFER_MISSING);

  answer->missing = missing == NULL ? 0 : missing->cbBuffer;
  answer->extra = extra != NULL && extra->cbBuffer != 0;
  if (status == SEC_E_INCOMPLETE_MESSAGE || status == SEC_I_INCOMPLETE_CREDENTIALS) {
    return true;
  }
  if (answer->extra && extra->cbBuffer > size) {
    return false;
  }
  answer->used = answer->extra ? size - extra->cbBuffer : size;
  return true;
}

/* is_secure: asked is granted; more is welcome. Read when a handshake is done, not before. */
static bool is_secure(const struct sch_caller *caller, ULONG attributes) {
  const ULONG stream = caller->server ? ASC_RET_STREAM : ISC_RET_STREAM;
  const ULONG wanted =
      ISC_RET_REPLAY_DETECT | ISC_RET_SEQUENCE_DETECT | ISC_RET_CONFIDENTIALITY | stream;

  return (attributes & wanted) == wanted;
}

/* is_repeated: the same call is made again at once, unless this one has made progress. */
static bool is_repeated(SECURITY_STATUS status, size_t given) {
  return status == SEC_I_MESSAGE_FRAGMENT || (status == SEC_I_CONTINUE_NEEDED && given != 0);
}

SECURITY_STATUS sch_caller_handshake(struct sch_caller *caller, struct sch_span in,
                                     struct sch_fifo *wire, struct sch_caller_answer *answer) {
  SecBuffer in_slots[3];
  SecBuffer out_slots[3] = {slot(SECBUFFER_TOKEN, NULL, 0), slot(SECBUFFER_ALERT, NULL, 0),
                            slot(SECBUFFER_EMPTY, NULL, 0)};
  const ULONG in_count = put_inputs(caller, in, in_slots);
  SecBufferDesc in_desc = describe(in_slots, in_count);
  SecBufferDesc out_desc = describe(out_slots, SCH_COUNT(out_slots));
  const bool first = !caller->has_context;
  ULONG attributes = 0;

  *answer = (struct sch_caller_answer){0};
  const SECURITY_STATUS status =
      call_handshake(caller, in_count == 0 ? NULL : &in_desc, &out_desc, &attributes);
  const bool collected = collect(caller, out_slots, SCH_COUNT(out_slots), wire, answer);

  /* A first call that fails makes no context, whatever is in the handle. */
  caller->has_context = !first || status >= 0;
  if (!collected) {
    return SEC_E_INSUFFICIENT_MEMORY;
  }
  if (!measure(in_slots, in_count, in.size, status, answer)) {
    return SEC_E_INTERNAL_ERROR;
  }
  if (is_repeated(status, in.size) && answer->used == 0 && !answer->sent) {
    return SEC_E_INTERNAL_ERROR;
  }
  if (status == SEC_E_OK && !is_secure(caller, attributes)) {
    return SEC_E_SECURITY_QOS_FAILED;
  }
  return status;
}

SECURITY_STATUS sch_caller_decrypt(struct sch_caller *caller, uint8_t *data, size_t size,
                                   struct sch_caller_answer *answer) {
  SecBuffer slots[4] = {slot(SECBUFFER_DATA, data, size), slot(SECBUFFER_EMPTY, NULL, 0),
                        slot(SECBUFFER_EMPTY, NULL, 0), slot(SECBUFFER_EMPTY, NULL, 0)};
  SecBufferDesc desc = describe(slots, SCH_COUNT(slots));

  *answer = (struct sch_caller_answer){0};
  caller->calls++;
  const SECURITY_STATUS status = caller->table->DecryptMessage(&caller->context, &desc, 0, NULL);

  if (!measure(slots, SCH_COUNT(slots), size, status, answer)) {
    return SEC_E_INTERNAL_ERROR;
  }
  if (status != SEC_E_OK && status != SEC_I_RENEGOTIATE && status != SEC_I_CONTEXT_EXPIRED) {
    return status;
  }
  if (status == SEC_E_OK && answer->used == 0) {
    return SEC_E_INTERNAL_ERROR;
  }
  const SecBuffer *plain = find(slots, SCH_COUNT(slots), SECBUFFER_DATA);

  if (plain != NULL && plain->cbBuffer != 0) {
    const uintptr_t offset = (uintptr_t)plain->pvBuffer - (uintptr_t)data;

    if (offset > answer->used || plain->cbBuffer > answer->used - offset) {
      return SEC_E_INTERNAL_ERROR;
    }
    answer->data = sch_span_of(data + offset, plain->cbBuffer);
  }
  return status;
}

void sch_caller_farewell(struct sch_caller *caller, struct sch_fifo *wire) {
  struct sch_caller_answer answer;

  if (caller->has_context) {
    /* What fails has failed already: only the token counts. */
    (void)!sch_caller_handshake(caller, (struct sch_span){NULL, 0}, wire, &answer);
  }
}

SECURITY_STATUS sch_caller_encrypt(struct sch_caller *caller,
                                   const SecPkgContext_StreamSizes *sizes, uint8_t *message,
                                   size_t size, struct sch_fifo *wire) {
  uint8_t *body = message + sizes->cbHeader;
  SecBuffer slots[4] = {slot(SECBUFFER_STREAM_HEADER, message, sizes->cbHeader),
                        slot(SECBUFFER_DATA, body, size),
                        slot(SECBUFFER_STREAM_TRAILER, body + size, sizes->cbTrailer),
                        slot(SECBUFFER_EMPTY, NULL, 0)};
  SecBufferDesc desc = describe(slots, SCH_COUNT(slots));

  caller->calls++;
  const SECURITY_STATUS status = caller->table->EncryptMessage(&caller->context, 0, &desc, 0);

  if (status != SEC_E_OK) {
    return status < 0 ? status : SEC_E_INTERNAL_ERROR;
  }
  if (slots[0].cbBuffer > sizes->cbHeader || slots[1].cbBuffer > size ||
      slots[2].cbBuffer > sizes->cbTrailer) {
    return SEC_E_INTERNAL_ERROR;
  }
  const size_t whole = (size_t)slots[0].cbBuffer + slots[1].cbBuffer + slots[2].cbBuffer;
  const bool sent = sch_fifo_reserve(wire, whole) &&
                    sch_fifo_append(wire, sch_span_of(message, slots[0].cbBuffer)) &&
                    sch_fifo_append(wire, sch_span_of(body, slots[1].cbBuffer)) &&
                    sch_fifo_append(wire, sch_span_of(body + size, slots[2].cbBuffer));

  return sent ? SEC_E_OK : SEC_E_INSUFFICIENT_MEMORY;
}

SECURITY_STATUS sch_caller_attribute(struct sch_caller *caller, ULONG attribute, void *answer) {
  if (!caller->has_context) {
    return SEC_E_INVALID_HANDLE;
  }
  caller->calls++;
  const SECURITY_STATUS status =
      caller->table->QueryContextAttributesA(&caller->context, attribute, answer);

  return status > 0 ? SEC_E_INTERNAL_ERROR : status;
}

SECURITY_STATUS sch_caller_alert(struct sch_caller *caller, DWORD kind, DWORD description,
                                 struct sch_fifo *wire) {
  SCHANNEL_ALERT_TOKEN token = {kind, TLS1_ALERT_FATAL, description};
  const size_t size = kind == SCHANNEL_SHUTDOWN ? sizeof token.dwTokenType : sizeof token;
  SecBuffer control = slot(SECBUFFER_TOKEN, &token, size);
  SecBufferDesc desc = describe(&control, 1);
  struct sch_caller_answer answer;

  REQUIRE(caller->has_context);
  caller->calls++;
  SECURITY_STATUS status = caller->table->ApplyControlToken(&caller->context, &desc);

  for (int i = 0; status == SEC_E_OK && i < CLOSE_CALLS_MAX; i++) {
    status = sch_caller_handshake(caller, (struct sch_span){NULL, 0}, wire, &answer);
    if (status == SEC_E_OK || status == SEC_I_CONTEXT_EXPIRED) {
      return SEC_E_OK;
    }
    if (status == SEC_I_CONTINUE_NEEDED || status == SEC_I_MESSAGE_FRAGMENT) {
      status = SEC_E_OK;
    }
  }
  return status < 0 ? status : SEC_E_INTERNAL_ERROR;
}
