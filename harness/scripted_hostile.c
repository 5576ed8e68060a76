/* scripted_hostile: answers as the script says them, whatever the contract says.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "scripted_play.h"

#define TRAILER ((size_t)16)
#define MESSAGE 2048 /* customarily; less to wipe, so more executions a second */

/* share works out what a hostile answer says of its input. */
static struct sch_play_answer share(const struct sch_play_entry *entry, struct sch_span in) {
  const uint8_t extra = entry->share % 16;
  const uint8_t missing = entry->share / 16;
  size_t record;
  size_t lack;
  const bool whole = sch_play_first_record(in, &record, &lack);

  return (struct sch_play_answer){
      .has_extra = extra % SCH_SCRIPTED_AMOUNTS != SCH_SCRIPTED_NONE,
      .has_missing = missing % SCH_SCRIPTED_AMOUNTS != SCH_SCRIPTED_NONE,
      .extra = sch_play_amount(extra, entry->size, in.size, whole ? (ULONG)(in.size - record) : 0),
      .missing = sch_play_amount(missing, entry->size, in.size, (ULONG)lack),
  };
}

static void mutate(struct sch_span in, uint8_t seed) {
  for (size_t i = 0; i < in.size; i++) {
    ((uint8_t *)(uintptr_t)in.data)[i] ^= (uint8_t)(seed + i);
  }
}

struct sch_play_leg sch_play_hostile_leg(SecBufferDesc *in_desc, SecBufferDesc *out) {
  const struct sch_span in = sch_play_content(in_desc, SECBUFFER_TOKEN);
  SECURITY_STATUS status;
  const struct sch_play_entry entry = sch_play_take(&status);
  const struct sch_play_answer answer = share(&entry, in);
  const bool taken = sch_play_speak(&entry, out);

  if ((entry.output & SCH_SCRIPTED_MUTATE) != 0) {
    mutate(in, entry.size);
  }
  sch_play_tell(&entry, &answer, in_desc, in);
  return (struct sch_play_leg){
      .status = status,
      .attributes = sch_play_grant(&entry),
      .taken = taken,
      .secure = (entry.output & SCH_SCRIPTED_INSECURE) == 0,
      .handles = (entry.output & SCH_SCRIPTED_MAKE_HANDLE) != 0,
  };
}

/* lay_data says where DATA is, by shape; `used` bytes from the front are no EXTRA. */
static SecBuffer lay_data(const struct sch_play_entry *entry, uint8_t *given, size_t size,
                          size_t used) {
  const size_t header = used < SCH_PLAY_HEADER ? used : SCH_PLAY_HEADER;
  const size_t trailer = entry->size < used - header ? entry->size : used - header;
  SecBuffer data = {(ULONG)(used - header - trailer), SECBUFFER_DATA, given + header};

  switch (entry->shape % SCH_SCRIPTED_DATAS) {
    case SCH_SCRIPTED_DATA_WHOLE:
      return (SecBuffer){(ULONG)used, SECBUFFER_DATA, given};
    case SCH_SCRIPTED_DATA_COUNT:
      return (SecBuffer){entry->size, SECBUFFER_DATA, given};
    case SCH_SCRIPTED_DATA_EMPTY:
      data.cbBuffer = 0;
      return data;
    case SCH_SCRIPTED_DATA_LEFT:
      return (SecBuffer){(ULONG)size, SECBUFFER_DATA, given};
    case SCH_SCRIPTED_DATA_NONE:
      return (SecBuffer){0, SECBUFFER_EMPTY, NULL};
    case SCH_SCRIPTED_DATA_BEFORE:
      return (SecBuffer){1, SECBUFFER_DATA, (void *)((uintptr_t)given - 1)};
    case SCH_SCRIPTED_DATA_BEHIND:
      return (SecBuffer){entry->size, SECBUFFER_DATA, given + size};
    case SCH_SCRIPTED_DATA_ACROSS:
      return (SecBuffer){(ULONG)(used - header) + 1, SECBUFFER_DATA, given + header};
    case SCH_SCRIPTED_DATA_NULL:
      return (SecBuffer){entry->size, SECBUFFER_DATA, NULL};
    case SCH_SCRIPTED_DATA_HUGE:
      data.cbBuffer = UINT32_MAX;
      return data;
    default:
      return data;
  }
}

SECURITY_STATUS sch_play_hostile_decrypt(SecBufferDesc *desc, uint8_t *given, size_t size) {
  const struct sch_span in = sch_span_of(given, size);
  SECURITY_STATUS status;
  const struct sch_play_entry entry = sch_play_take(&status);
  const struct sch_play_answer answer = share(&entry, in);
  const size_t used = answer.has_extra && answer.extra <= size ? size - answer.extra : size;

  if ((entry.output & SCH_SCRIPTED_MUTATE) != 0) {
    mutate(in, entry.size);
  }
  if (status >= 0) {
    const bool silent = (entry.output & SCH_SCRIPTED_SILENT_SLOTS) != 0;

    sch_play_apply_key(given, used);
    desc->pBuffers[0] = (SecBuffer){silent ? 0 : SCH_PLAY_HEADER, SECBUFFER_STREAM_HEADER, given};
    desc->pBuffers[1] = lay_data(&entry, given, size, used);
    desc->pBuffers[2] = (SecBuffer){silent ? 0 : entry.size, SECBUFFER_STREAM_TRAILER, given};
  }
  sch_play_tell(&entry, &answer, desc, in);
  return status;
}

void sch_play_resize(const struct sch_play_entry *entry, SecBuffer *header, SecBuffer *data,
                     SecBuffer *trailer) {
  SecBuffer *const each[] = {trailer, header, data};
  const size_t kind = entry->shape % SCH_SCRIPTED_SEALS;

  if (kind == SCH_SCRIPTED_SEAL_NOTHING) {
    header->cbBuffer = data->cbBuffer = trailer->cbBuffer = 0;
  } else if (kind >= SCH_SCRIPTED_SEAL_LONG_TRAILER) {
    each[kind - SCH_SCRIPTED_SEAL_LONG_TRAILER]->cbBuffer++;
  } else if (kind >= SCH_SCRIPTED_SEAL_SHORT_TRAILER) {
    SecBuffer *slot = each[kind - SCH_SCRIPTED_SEAL_SHORT_TRAILER];

    slot->cbBuffer = entry->size < slot->cbBuffer ? entry->size : slot->cbBuffer;
  }
}

SecPkgContext_StreamSizes sch_play_sizes(const struct sch_play_entry *entry) {
  const SecPkgContext_StreamSizes usual = {(ULONG)SCH_PLAY_HEADER, (ULONG)TRAILER, MESSAGE, 4, 1};
  SecPkgContext_StreamSizes sizes = usual;

  switch (entry->shape % SCH_SCRIPTED_SIZES) {
    case SCH_SCRIPTED_SIZES_ZERO:
      return (SecPkgContext_StreamSizes){0};
    case SCH_SCRIPTED_SIZES_NO_MESSAGE:
      sizes.cbMaximumMessage = 0;
      return sizes;
    case SCH_SCRIPTED_SIZES_LONG_MESSAGE:
      sizes.cbMaximumMessage = SCH_PLAY_MESSAGE_MAX + 1;
      return sizes;
    case SCH_SCRIPTED_SIZES_LONG_HEADER:
      sizes.cbHeader = SCH_PLAY_OVERHEAD_MAX + 1;
      return sizes;
    case SCH_SCRIPTED_SIZES_LONG_TRAILER:
      sizes.cbTrailer = SCH_PLAY_OVERHEAD_MAX + 1;
      return sizes;
    case SCH_SCRIPTED_SIZES_HUGE:
      return (SecPkgContext_StreamSizes){UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX, 1};
    case SCH_SCRIPTED_SIZES_TINY:
      return (SecPkgContext_StreamSizes){entry->size, entry->size, entry->size + 1U, 4, 1};
    case SCH_SCRIPTED_SIZES_LIMITS:
      return (SecPkgContext_StreamSizes){SCH_PLAY_OVERHEAD_MAX, SCH_PLAY_OVERHEAD_MAX,
                                         SCH_PLAY_MESSAGE_MAX, 4, 1};
    default:
      return sizes;
  }
}
