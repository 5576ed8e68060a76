/* scripted_legal: answers that the contract allows, chosen by the script, the same however the wire
 * was cut.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "oracle.h"
#include "scripted_play.h"
#include "sspi/status.h"

static enum sch_scripted_step step_of(const struct sch_play_entry *entry) {
  return (enum sch_scripted_step)(entry->status % SCH_SCRIPTED_STEPS);
}

/* A failure, by the number of the entry: never one that asks for anything. */
static SECURITY_STATUS failure_of(const struct sch_play_entry *entry) {
  size_t count;
  const struct sch_status *table = sch_status_table(&count);
  const struct sch_status *row = &table[entry->size % count];

  return row->class == SCH_STATUS_FATAL && row->value < 0 ? row->value : SEC_E_ILLEGAL_MESSAGE;
}

/* lack answers that bytes are missing, with a hint that may be wrong. */
static SECURITY_STATUS lack(const struct sch_play_entry *entry, size_t missing,
                            SecBufferDesc *desc) {
  static const enum sch_scripted_amount hints[] = {SCH_SCRIPTED_NONE, SCH_SCRIPTED_EXACT,
                                                   SCH_SCRIPTED_ZERO, SCH_SCRIPTED_ONE,
                                                   SCH_SCRIPTED_COUNT};
  const enum sch_scripted_amount hint = hints[entry->share / 16 % SCH_COUNT(hints)];

  if (hint != SCH_SCRIPTED_NONE) {
    sch_play_put(desc, 0, SECBUFFER_MISSING,
                 hint == SCH_SCRIPTED_COUNT ? (ULONG)missing + entry->size
                                            : sch_play_amount((uint8_t)hint, 0, 0, (ULONG)missing),
                 NULL);
  }
  return SEC_E_INCOMPLETE_MESSAGE;
}

/* rest puts what was not used into EXTRA. */
static void rest(SecBufferDesc *desc, struct sch_span in, size_t used) {
  const struct sch_play_answer answer = {.has_extra = used != in.size,
                                         .extra = (ULONG)(in.size - used)};

  sch_play_tell(&(struct sch_play_entry){0}, &answer, desc, in);
}

/* flight_of measures the records that a handshake message needs; false when they are not all
 * there. */
static bool flight_of(struct sch_span in, size_t records, size_t *size, size_t *missing) {
  size_t record;

  *size = 0;
  for (size_t i = 0; i < records; i++) {
    if (!sch_play_first_record((struct sch_span){in.data + *size, in.size - *size}, &record,
                               missing)) {
      return false;
    }
    *size += record;
  }
  return true;
}

static struct sch_play_entry modest(struct sch_play_entry entry) {
  entry.output = entry.output % 4;
  entry.size %= 64;
  return entry;
}

/* speak_up: a step that has to say something does. */
static SECURITY_STATUS speak_up(struct sch_play_entry entry, SecBufferDesc *out,
                                SECURITY_STATUS status) {
  entry.output = SCH_SCRIPTED_TOKEN;
  entry.size |= 1;
  const bool taken = sch_play_speak(&entry, out);

  ENSURE(taken);
  return status;
}

/* answer_empty answers a call without input: it is made for a reason, or it is wrong. */
static SECURITY_STATUS answer_empty(SecBufferDesc *out, bool first) {
  const struct sch_play_entry entry = {.size = 7};

  if (sch_play.fragment) {
    sch_play.fragment = false;
    return speak_up(entry, out, SEC_I_CONTINUE_NEEDED);
  }
  ORACLE(phase, sch_play.control || (first && !sch_play.how.server));
  return speak_up(entry, out, sch_play.control ? SEC_E_OK : SEC_I_CONTINUE_NEEDED);
}

static SECURITY_STATUS answer_step(const struct sch_play_entry *entry, SecBufferDesc *out) {
  const struct sch_play_entry said = modest(*entry);
  const enum sch_scripted_step step = step_of(entry);

  if (step == SCH_SCRIPTED_FRAGMENT) {
    sch_play.fragment = true;
    return speak_up(said, out, SEC_I_MESSAGE_FRAGMENT);
  }
  const bool taken = sch_play_speak(&said, out);

  ENSURE(taken);
  if (step == SCH_SCRIPTED_FAIL) {
    return failure_of(entry);
  }
  const bool goes_on =
      step == SCH_SCRIPTED_GO_ON || step == SCH_SCRIPTED_ASK || step == SCH_SCRIPTED_AGAIN_ON;

  return goes_on ? SEC_I_CONTINUE_NEEDED : SEC_E_OK;
}

static SECURITY_STATUS answer_of(SecBufferDesc *in_desc, struct sch_span in, SecBufferDesc *out,
                                 bool first, size_t *used) {
  const struct sch_play_entry entry = sch_play_peek();
  size_t missing;

  *used = 0;
  if (in.size == 0 || sch_play.fragment) {
    return answer_empty(out, first);
  }
  if (!flight_of(in, 1 + entry.slots % 4, used, &missing)) {
    *used = 0;
    return lack(&entry, missing, in_desc);
  }
  if (step_of(&entry) == SCH_SCRIPTED_ASK && !sch_play.how.server && !sch_play.asked) {
    *used = 0;
    return SEC_I_INCOMPLETE_CREDENTIALS;
  }
  sch_play.turn++;
  return answer_step(&entry, out);
}

struct sch_play_leg sch_play_legal_leg(SecBufferDesc *in_desc, SecBufferDesc *out) {
  const struct sch_span in = sch_play_content(in_desc, SECBUFFER_TOKEN);
  size_t used;
  const SECURITY_STATUS status = answer_of(in_desc, in, out, !sch_play.live, &used);

  if (status >= 0 && status != SEC_I_INCOMPLETE_CREDENTIALS) {
    rest(in_desc, in, used);
  }
  return (struct sch_play_leg){
      .status = status,
      .attributes = status == SEC_E_OK ? sch_play_grant(&(struct sch_play_entry){0}) : 0,
      .taken = true,
      .secure = true,
  };
}

static void lay_record(SecBufferDesc *desc, uint8_t *given, size_t record, uint8_t trailer) {
  const size_t body = record - SCH_PLAY_HEADER;
  const size_t tail = trailer < body ? trailer : body;

  sch_play_apply_key(given + SCH_PLAY_HEADER, body - tail);
  desc->pBuffers[0] = (SecBuffer){(ULONG)SCH_PLAY_HEADER, SECBUFFER_STREAM_HEADER, given};
  desc->pBuffers[1] = (SecBuffer){(ULONG)(body - tail), SECBUFFER_DATA, given + SCH_PLAY_HEADER};
  desc->pBuffers[2] = (SecBuffer){(ULONG)tail, SECBUFFER_STREAM_TRAILER, given + record - tail};
}

/* sch_play_legal_decrypt uses the first record, or leaves it to the handshake. As many renewals in
 * a row as a caller bears, then data. */
SECURITY_STATUS sch_play_legal_decrypt(SecBufferDesc *desc, uint8_t *given, size_t size) {
  const struct sch_play_entry entry = sch_play_peek();
  const enum sch_scripted_step step = step_of(&entry);
  const struct sch_span in = sch_span_of(given, size);
  size_t record;
  size_t missing;

  if (!sch_play_first_record(in, &record, &missing)) {
    return lack(&entry, missing, desc);
  }
  sch_play.turn++;
  if (step == SCH_SCRIPTED_FAIL) {
    return failure_of(&entry);
  }
  if ((step == SCH_SCRIPTED_AGAIN || step == SCH_SCRIPTED_AGAIN_ON) && sch_play.renewals < 32) {
    sch_play.renewals++;
    desc->pBuffers[0] = (SecBuffer){0, SECBUFFER_STREAM_HEADER, given};
    rest(desc, in, 0);
    return SEC_I_RENEGOTIATE;
  }
  if (step == SCH_SCRIPTED_CLOSE) {
    desc->pBuffers[0] = (SecBuffer){(ULONG)record, SECBUFFER_STREAM_HEADER, given};
    rest(desc, in, record);
    return SEC_I_CONTEXT_EXPIRED;
  }
  lay_record(desc, given, record, entry.shape % 32);
  sch_play.renewals = desc->pBuffers[1].cbBuffer != 0 ? 0 : sch_play.renewals;
  rest(desc, in, record);
  return SEC_E_OK;
}
