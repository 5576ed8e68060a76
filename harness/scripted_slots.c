/* scripted_slots: what an answer writes, into the slots it is given: EXTRA, MISSING, tokens and
 * alerts. The only place that makes blocks for the caller to free.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "oracle.h"
#include "scripted_play.h"
#include "starve.h"

#define VAST ((size_t)700 * 1024)
#define LONG 16

SecBuffer *sch_play_find(const SecBufferDesc *desc, ULONG type) {
  for (ULONG i = 0; desc != NULL && i < desc->cBuffers; i++) {
    if (desc->pBuffers[i].BufferType == type) {
      return &desc->pBuffers[i];
    }
  }
  return NULL;
}

struct sch_span sch_play_content(const SecBufferDesc *desc, ULONG type) {
  const SecBuffer *slot = sch_play_find(desc, type);

  return slot == NULL ? (struct sch_span){NULL, 0} : sch_span_of(slot->pvBuffer, slot->cbBuffer);
}

void sch_play_put(SecBufferDesc *desc, uint8_t place, ULONG type, ULONG size, void *data) {
  if (desc == NULL || desc->cBuffers == 0) {
    return;
  }
  SecBuffer *slot = place == 0 ? sch_play_find(desc, SECBUFFER_EMPTY)
                               : &desc->pBuffers[(size_t)(place - 1) % desc->cBuffers];

  if (slot != NULL) {
    *slot = (SecBuffer){size, type, data};
  }
}

bool sch_play_first_record(struct sch_span in, size_t *size, size_t *missing) {
  *size = 0;
  *missing = SCH_PLAY_HEADER - in.size;
  if (in.size < SCH_PLAY_HEADER) {
    return false;
  }
  *size = SCH_PLAY_HEADER + (size_t)(in.data[3] << 8 | in.data[4]);
  *missing = *size > in.size ? *size - in.size : 0;
  return *size <= in.size;
}

ULONG sch_play_amount(uint8_t kind, uint8_t size, size_t given, ULONG exact) {
  switch (kind % SCH_SCRIPTED_AMOUNTS) {
    case SCH_SCRIPTED_ONE:
      return 1;
    case SCH_SCRIPTED_LESS:
      return (ULONG)(given == 0 ? 0 : given - 1);
    case SCH_SCRIPTED_ALL:
      return (ULONG)given;
    case SCH_SCRIPTED_OVER:
      return (ULONG)given + 1;
    case SCH_SCRIPTED_SIGN:
      return (ULONG)INT32_MAX + 1;
    case SCH_SCRIPTED_HUGE:
      return UINT32_MAX;
    case SCH_SCRIPTED_EXACT:
      return exact;
    case SCH_SCRIPTED_COUNT:
      return size;
    case SCH_SCRIPTED_USED:
      return (ULONG)(given < size ? 0 : given - size);
    default:
      return 0;
  }
}

void sch_play_tell(const struct sch_play_entry *entry, const struct sch_play_answer *answer,
                   SecBufferDesc *desc, struct sch_span in) {
  const size_t inside = answer->extra <= in.size ? answer->extra : 0;

  if (answer->has_missing) {
    sch_play_put(desc, entry->slots / 16, SECBUFFER_MISSING, answer->missing, NULL);
  }
  if (answer->has_extra) {
    sch_play_put(desc, entry->slots % 16, SECBUFFER_EXTRA, answer->extra,
                 in.size == 0 ? NULL : (void *)(uintptr_t)(in.data + (in.size - inside)));
  }
}

ULONG sch_play_grant(const struct sch_play_entry *entry) {
  const ULONG stream = sch_play.how.server ? ASC_RET_STREAM : ISC_RET_STREAM;
  const ULONG each[] = {ISC_RET_REPLAY_DETECT, ISC_RET_SEQUENCE_DETECT, ISC_RET_CONFIDENTIALITY,
                        stream};
  const ULONG all = each[0] | each[1] | each[2] | each[3];

  return (entry->output & SCH_SCRIPTED_INSECURE) != 0 ? all & ~each[entry->size % SCH_COUNT(each)]
                                                      : all;
}

static void give_token(struct sch_span token) {
  sch_trace_stream_add(&sch_play.account.wire, token);
  sch_trace_stream_add(&sch_play.account.tokens, token);
}

static void hand_out(SecBufferDesc *out, ULONG type, size_t size, size_t said) {
  SecBuffer *slot = sch_play_find(out, type);
  size_t place = 0;
  uint8_t *block = sch_own_alloc(size);

  ORACLE(slots_by_type, slot != NULL);
  while (place < SCH_PLAY_BLOCKS && sch_play.blocks[place] != NULL) {
    place++;
  }
  ORACLE(ownership, place < SCH_PLAY_BLOCKS);
  ENSURE(block != NULL);
  memset(block, (int)(0x80 | ((sch_play.turn * 31 + type) & 0x7f)), size);
  sch_play.blocks[place] = block;
  *slot = (SecBuffer){(ULONG)said, type, block};
  give_token(sch_span_of(block, said));
}

static void hollow(SecBufferDesc *out, ULONG type, uint8_t size) {
  SecBuffer *slot = sch_play_find(out, type);

  ORACLE(slots_by_type, slot != NULL);
  *slot = (SecBuffer){size, type, NULL};
}

bool sch_play_speak(const struct sch_play_entry *entry, SecBufferDesc *out) {
  const size_t size = entry->size;

  switch (entry->output % 16 % SCH_SCRIPTED_OUTPUTS) {
    case SCH_SCRIPTED_BOTH:
      if (size != 0) {
        hand_out(out, SECBUFFER_TOKEN, size, size);
        hand_out(out, SECBUFFER_ALERT, size, size);
      }
      return true;
    case SCH_SCRIPTED_TOKEN:
    case SCH_SCRIPTED_ALERT:
      if (size != 0) {
        const bool token = entry->output % 16 % SCH_SCRIPTED_OUTPUTS == SCH_SCRIPTED_TOKEN;

        hand_out(out, token ? SECBUFFER_TOKEN : SECBUFFER_ALERT, size, size);
      }
      return true;
    case SCH_SCRIPTED_HOLLOW_TOKEN:
      hollow(out, SECBUFFER_TOKEN, entry->size);
      return size == 0;
    case SCH_SCRIPTED_HOLLOW_ALERT:
      hollow(out, SECBUFFER_ALERT, entry->size);
      return size == 0;
    case SCH_SCRIPTED_EMPTY_TOKEN:
      hand_out(out, SECBUFFER_TOKEN, size + 1, 0);
      return true;
    case SCH_SCRIPTED_LONG_TOKEN:
      hand_out(out, SECBUFFER_TOKEN, size * LONG + 1, size * LONG + 1);
      return true;
    case SCH_SCRIPTED_VAST_TOKEN:
      if (!sch_play.how.vast) {
        return true;
      }
      hand_out(out, SECBUFFER_TOKEN, VAST, VAST);
      sch_play.account.vast = true;
      return false;
    default:
      return true;
  }
}

void sch_play_apply_key(uint8_t *data, size_t size) {
  for (size_t i = 0; i < size; i++) {
    data[i] ^= SCH_SCRIPTED_KEY;
  }
}
