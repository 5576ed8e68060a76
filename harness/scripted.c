/* scripted: see scripted.h. What a caller may do after an answer is worked out here from the answer
 * alone, by code that shares nothing with src/stream.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "scripted.h"

#include <string.h>

#include "oracle.h"
#include "sspi/status.h"
#include "starve.h"

#define HEADER ((size_t)5)
#define TRAILER ((size_t)16)
#define MESSAGE_MAX 16384
#define MESSAGE 2048      /* customarily; less to wipe, so more executions a second */
#define OVERHEAD_MAX 1024 /* of a header or trailer that is to be believed */
#define VAST ((size_t)700 * 1024)
#define LONG 16
#define BLOCKS_MAX 2                       /* TOKEN and ALERT: all are freed before the next call */
#define PLAIN_TAKEN ((size_t)16384 + 2048) /* plaintext that is always taken at once */

/* Work that a caller is allowed: calls for nothing, for each byte, and for each record of data,
 * behind which as many post-handshake messages as it bears may come again. */
#define CALLS_BASE 128
#define CALLS_PER_BYTE 4
#define CALLS_PER_GIFT 140

/* Of RENEGOTIATE in a row without data, the one after so many ends every caller. */
#define RENEWALS_MAX 32

struct entry {
  uint8_t status;
  uint8_t share;
  uint8_t slots;
  uint8_t output;
  uint8_t size;
  uint8_t shape;
};

/* The state of the play. */
static struct {
  struct sch_scripted how;
  struct sch_scripted_account account;
  size_t turn; /* entries taken */
  uint64_t offered;
  CtxtHandle handle;
  void *blocks[BLOCKS_MAX];
  size_t deleted;
  ULONG flags;                     /* of the first leg */
  ULONG more;                      /* that a later leg may add */
  size_t renewals;                 /* RENEGOTIATE in a row, legal mode */
  size_t asked_again;              /* the same, in any mode */
  SecPkgContext_StreamSizes sizes; /* as last told */
  bool sized;                      /* and since the last handshake */
  bool live;
  bool dead;        /* an answer was given that ends every caller */
  bool begun;       /* a leg was seen */
  bool negotiating; /* bytes belong to the handshake */
  bool control;     /* ApplyControlToken has been called */
  bool fragment;    /* legal: more of a token is to come */
  bool asked;       /* INCOMPLETE_CREDENTIALS was answered */
} now;

/* What a call answers. Amounts are written as they are, however absurd. */
struct answer {
  SECURITY_STATUS status;
  bool has_extra;
  bool has_missing;
  ULONG extra;
  ULONG missing;
};

void sch_scripted_start(const struct sch_scripted *how) {
  REQUIRE(how->script.size % SCH_SCRIPTED_ENTRY == 0);
  memset(&now, 0, sizeof now);
  now.how = *how;
  now.negotiating = true;
}

void sch_scripted_end(void) {
  ORACLE(handle_life, !now.live);
  for (size_t i = 0; i < BLOCKS_MAX; i++) {
    ORACLE(ownership, now.blocks[i] == NULL);
  }
}

const struct sch_scripted_account *sch_scripted_account(void) {
  return &now.account;
}

void sch_scripted_offer(size_t size) {
  now.offered += size;
}

/* count_call is where a caller that goes round and round is caught. */
static void count_call(void) {
  const struct sch_scripted_account *account = &now.account;

  now.account.calls++;
  ORACLE(progress, account->calls <= CALLS_BASE + CALLS_PER_BYTE * now.offered +
                                         CALLS_PER_GIFT * account->gifts + account->wire.size +
                                         account->clear);
}

static bool is_over(void) {
  const size_t count = now.how.script.size / SCH_SCRIPTED_ENTRY;

  return now.turn >= SCH_SCRIPTED_PLAYS || now.account.tokens.size > SCH_SCRIPTED_TOKENS ||
         count == 0 || (now.turn >= count && !now.how.repeat);
}

/* peek views the entry that is next. */
static struct entry peek(void) {
  const size_t count = now.how.script.size / SCH_SCRIPTED_ENTRY;
  struct entry entry = {0};

  if (!is_over()) {
    sch_copy(&entry, now.how.script.data + now.turn % count * SCH_SCRIPTED_ENTRY, sizeof entry);
  }
  return entry;
}

/* take gives the next entry, with its status, and moves on. */
static struct entry take(SECURITY_STATUS *status) {
  const bool over = is_over();
  struct entry entry = peek();
  size_t count;
  const struct sch_status *table = sch_status_table(&count);

  *status = table[entry.status % count].value;
  if (over) {
    *status = SEC_E_INTERNAL_ERROR;
  } else if (entry.status == SCH_SCRIPTED_RAW) {
    *status = (SECURITY_STATUS)((ULONG)entry.slots << 24 | (ULONG)entry.output << 16 |
                                (ULONG)entry.size << 8 | entry.shape);
    entry = (struct entry){0};
  }
  now.turn++;
  return entry;
}

/* ---- slots ---- */

static SecBuffer *find(const SecBufferDesc *desc, ULONG type) {
  for (ULONG i = 0; desc != NULL && i < desc->cBuffers; i++) {
    if (desc->pBuffers[i].BufferType == type) {
      return &desc->pBuffers[i];
    }
  }
  return NULL;
}

static struct sch_span content(const SecBufferDesc *desc, ULONG type) {
  const SecBuffer *slot = find(desc, type);

  return slot == NULL ? (struct sch_span){NULL, 0} : sch_span_of(slot->pvBuffer, slot->cbBuffer);
}

/* put writes EXTRA or MISSING where `place` says. */
static void put(SecBufferDesc *desc, uint8_t place, ULONG type, ULONG size, void *data) {
  if (desc == NULL || desc->cBuffers == 0) {
    return;
  }
  SecBuffer *slot = place == 0 ? find(desc, SECBUFFER_EMPTY)
                               : &desc->pBuffers[(size_t)(place - 1) % desc->cBuffers];

  if (slot != NULL) {
    *slot = (SecBuffer){size, type, data};
  }
}

/* first_record gives the size of the first record, and what it lacks: to the end of its header, or
 * with that to its own. False when it is not whole. */
static bool first_record(struct sch_span in, size_t *size, size_t *missing) {
  *size = 0;
  *missing = HEADER - in.size;
  if (in.size < HEADER) {
    return false;
  }
  *size = HEADER + (size_t)(in.data[3] << 8 | in.data[4]);
  *missing = *size > in.size ? *size - in.size : 0;
  return *size <= in.size;
}

static ULONG amount(uint8_t kind, uint8_t size, size_t given, ULONG exact) {
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

/* share works out what a hostile answer says of its input. */
static struct answer share(const struct entry *entry, SECURITY_STATUS status, struct sch_span in) {
  const uint8_t extra = entry->share % 16;
  const uint8_t missing = entry->share / 16;
  size_t record;
  size_t lack;
  const bool whole = first_record(in, &record, &lack);

  return (struct answer){
      .status = status,
      .has_extra = extra % SCH_SCRIPTED_AMOUNTS != SCH_SCRIPTED_NONE,
      .has_missing = missing % SCH_SCRIPTED_AMOUNTS != SCH_SCRIPTED_NONE,
      .extra = amount(extra, entry->size, in.size, whole ? (ULONG)(in.size - record) : 0),
      .missing = amount(missing, entry->size, in.size, (ULONG)lack),
  };
}

static void tell(const struct entry *entry, const struct answer *answer, SecBufferDesc *desc,
                 struct sch_span in) {
  const size_t inside = answer->extra <= in.size ? answer->extra : 0;

  if (answer->has_missing) {
    put(desc, entry->slots / 16, SECBUFFER_MISSING, answer->missing, NULL);
  }
  if (answer->has_extra) {
    put(desc, entry->slots % 16, SECBUFFER_EXTRA, answer->extra,
        in.size == 0 ? NULL : (void *)(uintptr_t)(in.data + (in.size - inside)));
  }
}

static void mutate(struct sch_span in, uint8_t seed) {
  for (size_t i = 0; i < in.size; i++) {
    ((uint8_t *)(uintptr_t)in.data)[i] ^= (uint8_t)(seed + i);
  }
}

/* ---- what a caller must make of an answer ---- */

/* used_of says how much of `given` bytes an answer has used; false when it cannot be. */
static bool used_of(const SecBufferDesc *desc, size_t given, size_t *used) {
  const SecBuffer *extra = find(desc, SECBUFFER_EXTRA);
  const size_t left = extra == NULL ? 0 : extra->cbBuffer;

  *used = left <= given ? given - left : 0;
  return left <= given;
}

static void give_token(struct sch_span token) {
  sch_trace_stream_add(&now.account.wire, token);
  sch_trace_stream_add(&now.account.tokens, token);
}

/* ---- the handshake ---- */

static void hand_out(SecBufferDesc *out, ULONG type, size_t size, size_t said) {
  SecBuffer *slot = find(out, type);
  size_t place = 0;
  uint8_t *block = sch_own_alloc(size);

  ORACLE(slots_by_type, slot != NULL);
  while (place < BLOCKS_MAX && now.blocks[place] != NULL) {
    place++;
  }
  ORACLE(ownership, place < BLOCKS_MAX);
  ENSURE(block != NULL);
  memset(block, (int)(0x80 | ((now.turn * 31 + type) & 0x7f)), size);
  now.blocks[place] = block;
  *slot = (SecBuffer){(ULONG)said, type, block};
  give_token(sch_span_of(block, said));
}

static void hollow(SecBufferDesc *out, ULONG type, uint8_t size) {
  SecBuffer *slot = find(out, type);

  ORACLE(slots_by_type, slot != NULL);
  *slot = (SecBuffer){size, type, NULL};
}

/* speak fills the output slots; false when no caller can take what is in them. */
static bool speak(const struct entry *entry, SecBufferDesc *out) {
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
      if (!now.how.vast) {
        return true;
      }
      hand_out(out, SECBUFFER_TOKEN, VAST, VAST);
      now.account.vast = true;
      return false;
    default:
      return true;
  }
}

/* check_leg: what holds of every handshake call, whatever was answered before. */
static void check_leg(PCtxtHandle handle, PCtxtHandle made, ULONG flags, struct sch_span in) {
  count_call();
  ORACLE(sticky_failure, !now.dead);
  ORACLE(handle_life, now.deleted == 0);
  ORACLE(handle_life, made != NULL);
  ORACLE(handle_life, (handle != NULL) == now.live);
  ORACLE(handle_life, handle == NULL || memcmp(handle, &now.handle, sizeof *handle) == 0);
  ORACLE(phase, now.control ? in.size == 0 : now.negotiating);
  ORACLE(phase, !now.account.closed || now.control);
  if (now.begun) {
    ORACLE(handle_life, (flags & ~now.more) == now.flags);
  } else {
    now.flags = flags;
  }
  now.begun = true;
  now.account.owed = false;
}

static bool is_failure(SECURITY_STATUS status) {
  if (status == SEC_I_INCOMPLETE_CREDENTIALS) {
    return now.how.server || now.asked || now.control;
  }
  if (now.control) {
    return status != SEC_E_OK && status != SEC_I_CONTINUE_NEEDED && status != SEC_I_CONTEXT_EXPIRED;
  }
  return status != SEC_E_OK && status != SEC_I_CONTINUE_NEEDED &&
         status != SEC_I_MESSAGE_FRAGMENT && status != SEC_E_INCOMPLETE_MESSAGE;
}

/* is_stuck: used nothing and said nothing, so that the same call would be made again. */
static bool is_stuck(SECURITY_STATUS status, size_t given, size_t used, bool spoke) {
  const bool again = (status == SEC_I_CONTINUE_NEEDED && given != 0 && !now.control) ||
                     status == SEC_I_MESSAGE_FRAGMENT;

  return again && used == 0 && !spoke;
}

/* settle draws the conclusions of a handshake answer. */
static void settle(SECURITY_STATUS status, const SecBufferDesc *in, size_t given, bool taken,
                   bool spoke, bool secure) {
  size_t used;
  const bool shared = used_of(in, given, &used) || status == SEC_E_INCOMPLETE_MESSAGE ||
                      status == SEC_I_INCOMPLETE_CREDENTIALS;

  now.dead = !taken || !shared || is_failure(status) || is_stuck(status, given, used, spoke) ||
             (status == SEC_E_OK && !secure);
  if (status == SEC_I_INCOMPLETE_CREDENTIALS) {
    now.asked = true;
    now.more = ISC_REQ_USE_SUPPLIED_CREDS;
  }
  if (now.control && (status == SEC_E_OK || status == SEC_I_CONTEXT_EXPIRED)) {
    now.control = false;
  } else if (status == SEC_E_OK) {
    now.negotiating = false;
    now.sized = false;
  }
}

static ULONG grant(const struct entry *entry) {
  const ULONG stream = now.how.server ? ASC_RET_STREAM : ISC_RET_STREAM;
  const ULONG each[] = {ISC_RET_REPLAY_DETECT, ISC_RET_SEQUENCE_DETECT, ISC_RET_CONFIDENTIALITY,
                        stream};
  const ULONG all = each[0] | each[1] | each[2] | each[3];

  return (entry->output & SCH_SCRIPTED_INSECURE) != 0 ? all & ~each[entry->size % SCH_COUNT(each)]
                                                      : all;
}

static void make_handle(PCtxtHandle made, SECURITY_STATUS status, bool also_failed) {
  if (status >= 0 && !now.live) {
    now.live = true;
    now.handle = (CtxtHandle){0x5c4a, now.turn + 1};
    *made = now.handle;
  } else if (!now.live && also_failed) {
    *made = (CtxtHandle){0xdead, now.turn};
  }
}

static SECURITY_STATUS play_handshake(PSecBufferDesc in_desc, PSecBufferDesc out, PCtxtHandle made,
                                      PULONG attributes) {
  const struct sch_span in = content(in_desc, SECBUFFER_TOKEN);
  SECURITY_STATUS status;
  const struct entry entry = take(&status);
  const struct answer answer = share(&entry, status, in);
  const uint64_t before = now.account.tokens.size;
  const bool taken = speak(&entry, out);

  if ((entry.output & SCH_SCRIPTED_MUTATE) != 0) {
    mutate(in, entry.size);
  }
  tell(&entry, &answer, in_desc, in);
  make_handle(made, status, (entry.output & SCH_SCRIPTED_MAKE_HANDLE) != 0);
  *attributes = grant(&entry);
  settle(status, in_desc, in.size, taken, now.account.tokens.size != before,
         (entry.output & SCH_SCRIPTED_INSECURE) == 0);
  return status;
}

/* ---- the handshake in legal mode ---- */

static enum sch_scripted_step step_of(const struct entry *entry) {
  return (enum sch_scripted_step)(entry->status % SCH_SCRIPTED_STEPS);
}

/* A failure, by the number of the entry: never one that asks for anything. */
static SECURITY_STATUS failure_of(const struct entry *entry) {
  size_t count;
  const struct sch_status *table = sch_status_table(&count);
  const struct sch_status *row = &table[entry->size % count];

  return row->class == SCH_STATUS_FATAL && row->value < 0 ? row->value : SEC_E_ILLEGAL_MESSAGE;
}

/* lack answers that bytes are missing, with a hint that may be wrong. */
static SECURITY_STATUS lack(const struct entry *entry, size_t missing, SecBufferDesc *desc) {
  static const enum sch_scripted_amount hints[] = {SCH_SCRIPTED_NONE, SCH_SCRIPTED_EXACT,
                                                   SCH_SCRIPTED_ZERO, SCH_SCRIPTED_ONE,
                                                   SCH_SCRIPTED_COUNT};
  const enum sch_scripted_amount hint = hints[entry->share / 16 % SCH_COUNT(hints)];

  if (hint != SCH_SCRIPTED_NONE) {
    put(desc, 0, SECBUFFER_MISSING,
        hint == SCH_SCRIPTED_COUNT ? (ULONG)missing + entry->size
                                   : amount((uint8_t)hint, 0, 0, (ULONG)missing),
        NULL);
  }
  return SEC_E_INCOMPLETE_MESSAGE;
}

/* rest puts what was not used into EXTRA. */
static void rest(SecBufferDesc *desc, struct sch_span in, size_t used) {
  const struct answer answer = {.has_extra = used != in.size, .extra = (ULONG)(in.size - used)};

  tell(&(struct entry){0}, &answer, desc, in);
}

/* flight_of measures the records that a handshake message needs; false when they are not all
 * there. */
static bool flight_of(struct sch_span in, size_t records, size_t *size, size_t *missing) {
  size_t record;

  *size = 0;
  for (size_t i = 0; i < records; i++) {
    if (!first_record((struct sch_span){in.data + *size, in.size - *size}, &record, missing)) {
      return false;
    }
    *size += record;
  }
  return true;
}

static struct entry modest(struct entry entry) {
  entry.output = entry.output % 4;
  entry.size %= 64;
  return entry;
}

/* speak_up: a step that has to say something does. */
static SECURITY_STATUS speak_up(struct entry entry, SecBufferDesc *out, SECURITY_STATUS status) {
  entry.output = SCH_SCRIPTED_TOKEN;
  entry.size |= 1;
  const bool taken = speak(&entry, out);

  ENSURE(taken);
  return status;
}

/* legal_empty answers a call without input: it is made for a reason, or it is wrong. */
static SECURITY_STATUS legal_empty(SecBufferDesc *out, bool first) {
  const struct entry entry = {.size = 7};

  if (now.fragment) {
    now.fragment = false;
    return speak_up(entry, out, SEC_I_CONTINUE_NEEDED);
  }
  ORACLE(phase, now.control || (first && !now.how.server));
  return speak_up(entry, out, now.control ? SEC_E_OK : SEC_I_CONTINUE_NEEDED);
}

static SECURITY_STATUS legal_step(const struct entry *entry, SecBufferDesc *out) {
  const struct entry said = modest(*entry);
  const enum sch_scripted_step step = step_of(entry);

  if (step == SCH_SCRIPTED_FRAGMENT) {
    now.fragment = true;
    return speak_up(said, out, SEC_I_MESSAGE_FRAGMENT);
  }
  const bool taken = speak(&said, out);

  ENSURE(taken);
  if (step == SCH_SCRIPTED_FAIL) {
    return failure_of(entry);
  }
  const bool goes_on =
      step == SCH_SCRIPTED_GO_ON || step == SCH_SCRIPTED_ASK || step == SCH_SCRIPTED_AGAIN_ON;

  return goes_on ? SEC_I_CONTINUE_NEEDED : SEC_E_OK;
}

static SECURITY_STATUS legal_answer(SecBufferDesc *in_desc, struct sch_span in, SecBufferDesc *out,
                                    bool first, size_t *used) {
  const struct entry entry = peek();
  size_t missing;

  *used = 0;
  if (in.size == 0 || now.fragment) {
    return legal_empty(out, first);
  }
  if (!flight_of(in, 1 + entry.slots % 4, used, &missing)) {
    *used = 0;
    return lack(&entry, missing, in_desc);
  }
  if (step_of(&entry) == SCH_SCRIPTED_ASK && !now.how.server && !now.asked) {
    *used = 0;
    return SEC_I_INCOMPLETE_CREDENTIALS;
  }
  now.turn++;
  return legal_step(&entry, out);
}

static SECURITY_STATUS legal_handshake(PSecBufferDesc in_desc, PSecBufferDesc out, PCtxtHandle made,
                                       PULONG attributes) {
  const struct sch_span in = content(in_desc, SECBUFFER_TOKEN);
  const uint64_t before = now.account.tokens.size;
  size_t used;
  const SECURITY_STATUS status = legal_answer(in_desc, in, out, !now.live, &used);

  if (status >= 0 && status != SEC_I_INCOMPLETE_CREDENTIALS) {
    rest(in_desc, in, used);
  }
  make_handle(made, status, false);
  *attributes = status == SEC_E_OK ? grant(&(struct entry){0}) : 0;
  settle(status, in_desc, in.size, true, now.account.tokens.size != before, true);
  return status;
}

static SECURITY_STATUS leg(PCtxtHandle phContext, ULONG flags, PSecBufferDesc in,
                           PCtxtHandle phNewContext, PSecBufferDesc out, PULONG attributes) {
  const struct sch_span token = content(in, SECBUFFER_TOKEN);

  check_leg(phContext, phNewContext, flags, token);
  return now.how.legal ? legal_handshake(in, out, phNewContext, attributes)
                       : play_handshake(in, out, phNewContext, attributes);
}

static SECURITY_STATUS initialize(PCredHandle phCredential, PCtxtHandle phContext,
                                  SEC_CHAR *pszTargetName, ULONG fContextReq, ULONG Reserved1,
                                  ULONG TargetDataRep, PSecBufferDesc pInput, ULONG Reserved2,
                                  PCtxtHandle phNewContext, PSecBufferDesc pOutput,
                                  PULONG pfContextAttr, PTimeStamp ptsExpiry) {
  (void)phCredential, (void)pszTargetName, (void)Reserved1, (void)TargetDataRep;
  (void)Reserved2, (void)ptsExpiry;
  ORACLE(phase, !now.how.server);
  return leg(phContext, fContextReq, pInput, phNewContext, pOutput, pfContextAttr);
}

static SECURITY_STATUS accept(PCredHandle phCredential, PCtxtHandle phContext,
                              PSecBufferDesc pInput, ULONG fContextReq, ULONG TargetDataRep,
                              PCtxtHandle phNewContext, PSecBufferDesc pOutput,
                              PULONG pfContextAttr, PTimeStamp ptsExpiry) {
  (void)phCredential, (void)TargetDataRep, (void)ptsExpiry;
  ORACLE(phase, now.how.server);
  return leg(phContext, fContextReq, pInput, phNewContext, pOutput, pfContextAttr);
}

/* ---- what needs a context ---- */

static void check_context(const CtxtHandle *handle) {
  count_call();
  ORACLE(handle_life, handle != NULL);
  ORACLE(handle_life, now.live);
  ORACLE(handle_life, memcmp(handle, &now.handle, sizeof *handle) == 0);
  ORACLE(sticky_failure, !now.dead);
}

static void apply_key(uint8_t *data, size_t size) {
  for (size_t i = 0; i < size; i++) {
    data[i] ^= SCH_SCRIPTED_KEY;
  }
}

/* lay_data says where DATA is, by shape; `used` bytes from the front are no EXTRA. */
static SecBuffer lay_data(const struct entry *entry, uint8_t *given, size_t size, size_t used) {
  const size_t header = used < HEADER ? used : HEADER;
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

/* settle_decrypt draws the conclusions of an answer: is there plaintext that must be delivered? */
static void settle_decrypt(SECURITY_STATUS status, const SecBufferDesc *desc, const uint8_t *given,
                           size_t size) {
  const SecBuffer *data = find(desc, SECBUFFER_DATA);
  size_t used;

  if (status == SEC_E_INCOMPLETE_MESSAGE) {
    return;
  }
  now.dead = !used_of(desc, size, &used) || (status == SEC_E_OK && used == 0) ||
             (status != SEC_E_OK && status != SEC_I_RENEGOTIATE && status != SEC_I_CONTEXT_EXPIRED);
  if (now.dead) {
    return;
  }
  now.negotiating = status == SEC_I_RENEGOTIATE;
  now.account.owed = now.negotiating && used == size;
  now.account.closed = status == SEC_I_CONTEXT_EXPIRED;
  now.asked_again = data != NULL && data->cbBuffer != 0 ? 0 : now.asked_again;
  now.asked_again += status == SEC_I_RENEGOTIATE;
  ORACLE(progress, now.asked_again <= RENEWALS_MAX + 1);
  if (data != NULL && data->cbBuffer != 0) {
    const uintptr_t at = (uintptr_t)data->pvBuffer;

    now.dead = at < (uintptr_t)given || at > (uintptr_t)given + used ||
               data->cbBuffer > (uintptr_t)given + used - at;
    if (!now.dead) {
      now.account.vast |= data->cbBuffer > PLAIN_TAKEN;
      now.account.gifts++;
      sch_trace_stream_add(&now.account.data, sch_span_of(data->pvBuffer, data->cbBuffer));
    }
  }
}

static SECURITY_STATUS play_decrypt(PSecBufferDesc desc, uint8_t *given, size_t size) {
  const struct sch_span in = sch_span_of(given, size);
  SECURITY_STATUS status;
  const struct entry entry = take(&status);
  const struct answer answer = share(&entry, status, in);
  const size_t used = answer.has_extra && answer.extra <= size ? size - answer.extra : size;

  if ((entry.output & SCH_SCRIPTED_MUTATE) != 0) {
    mutate(in, entry.size);
  }
  if (status >= 0) {
    const bool silent = (entry.output & SCH_SCRIPTED_SILENT_SLOTS) != 0;

    apply_key(given, used);
    desc->pBuffers[0] = (SecBuffer){silent ? 0 : HEADER, SECBUFFER_STREAM_HEADER, given};
    desc->pBuffers[1] = lay_data(&entry, given, size, used);
    desc->pBuffers[2] = (SecBuffer){silent ? 0 : entry.size, SECBUFFER_STREAM_TRAILER, given};
  }
  tell(&entry, &answer, desc, in);
  return status;
}

static void lay_record(PSecBufferDesc desc, uint8_t *given, size_t record, uint8_t trailer) {
  const size_t body = record - HEADER;
  const size_t tail = trailer < body ? trailer : body;

  apply_key(given + HEADER, body - tail);
  desc->pBuffers[0] = (SecBuffer){(ULONG)HEADER, SECBUFFER_STREAM_HEADER, given};
  desc->pBuffers[1] = (SecBuffer){(ULONG)(body - tail), SECBUFFER_DATA, given + HEADER};
  desc->pBuffers[2] = (SecBuffer){(ULONG)tail, SECBUFFER_STREAM_TRAILER, given + record - tail};
}

/* legal_decrypt uses the first record, or leaves it to the handshake. As many renewals in a row as
 * a caller bears, then data. */
static SECURITY_STATUS legal_decrypt(PSecBufferDesc desc, uint8_t *given, size_t size) {
  const struct entry entry = peek();
  const enum sch_scripted_step step = step_of(&entry);
  const struct sch_span in = sch_span_of(given, size);
  size_t record;
  size_t missing;

  if (!first_record(in, &record, &missing)) {
    return lack(&entry, missing, desc);
  }
  now.turn++;
  if (step == SCH_SCRIPTED_FAIL) {
    return failure_of(&entry);
  }
  if ((step == SCH_SCRIPTED_AGAIN || step == SCH_SCRIPTED_AGAIN_ON) && now.renewals < 32) {
    now.renewals++;
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
  now.renewals = desc->pBuffers[1].cbBuffer != 0 ? 0 : now.renewals;
  rest(desc, in, record);
  return SEC_E_OK;
}

static SECURITY_STATUS decrypt(PCtxtHandle phContext, PSecBufferDesc pMessage, ULONG MessageSeqNo,
                               PULONG pfQOP) {
  const struct sch_span in = content(pMessage, SECBUFFER_DATA);
  uint8_t *given = (uint8_t *)(uintptr_t)in.data;

  (void)MessageSeqNo, (void)pfQOP;
  check_context(phContext);
  ORACLE(phase, !now.negotiating);
  ORACLE(phase, !now.account.closed);
  ORACLE(phase, in.size != 0);
  ORACLE(slots_by_type, pMessage->cBuffers == 4);
  const SECURITY_STATUS status = now.how.legal ? legal_decrypt(pMessage, given, in.size)
                                               : play_decrypt(pMessage, given, in.size);

  settle_decrypt(status, pMessage, given, in.size);
  return status;
}

static void resize(const struct entry *entry, SecBuffer *header, SecBuffer *data,
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

static void give_record(const SecBuffer *slot) {
  const struct sch_span part = {slot->pvBuffer, slot->cbBuffer};

  sch_trace_stream_add(&now.account.wire, part);
  sch_trace_stream_add(&now.account.records, part);
}

/* On failure the plaintext is left in the buffers: a caller that sends them is caught. */
static SECURITY_STATUS encrypt(PCtxtHandle phContext, ULONG fQOP, PSecBufferDesc pMessage,
                               ULONG MessageSeqNo) {
  SecBuffer *header = find(pMessage, SECBUFFER_STREAM_HEADER);
  SecBuffer *data = find(pMessage, SECBUFFER_DATA);
  SecBuffer *trailer = find(pMessage, SECBUFFER_STREAM_TRAILER);
  SECURITY_STATUS status = SEC_E_OK;
  struct entry entry = {0};

  (void)fQOP, (void)MessageSeqNo;
  check_context(phContext);
  ORACLE(phase, !now.negotiating);
  ORACLE(phase, !now.account.shut);
  ORACLE(slots_by_type, header != NULL && data != NULL && trailer != NULL);
  ORACLE(progress, data->cbBuffer != 0);
  ORACLE(sizes_current, now.sized);
  ORACLE(sizes_current, header->cbBuffer == now.sizes.cbHeader);
  ORACLE(sizes_current, trailer->cbBuffer == now.sizes.cbTrailer);
  const size_t room = (size_t)header->cbBuffer + data->cbBuffer + trailer->cbBuffer;
  const ULONG before[] = {header->cbBuffer, data->cbBuffer, trailer->cbBuffer};

  now.account.clear += data->cbBuffer;
  if (!now.how.legal) {
    entry = take(&status);
  }
  if (status != SEC_E_OK) {
    now.dead = true;
    return status;
  }
  memset(header->pvBuffer, 0xa5, before[0]);
  apply_key(data->pvBuffer, before[1]);
  memset(trailer->pvBuffer, 0x99, before[2]);
  resize(&entry, header, data, trailer);
  ENSURE(room != 0);
  now.dead =
      header->cbBuffer > before[0] || data->cbBuffer > before[1] || trailer->cbBuffer > before[2];
  if (!now.dead) {
    now.account.last_record = now.account.wire.size;
    give_record(header);
    give_record(data);
    give_record(trailer);
    now.account.last_end = now.account.wire.size;
  }
  return SEC_E_OK;
}

/* ---- the rest of the table ---- */

static SecPkgContext_StreamSizes sizes_of(const struct entry *entry) {
  const SecPkgContext_StreamSizes usual = {(ULONG)HEADER, (ULONG)TRAILER, MESSAGE, 4, 1};
  SecPkgContext_StreamSizes sizes = usual;

  switch (entry->shape % SCH_SCRIPTED_SIZES) {
    case SCH_SCRIPTED_SIZES_ZERO:
      return (SecPkgContext_StreamSizes){0};
    case SCH_SCRIPTED_SIZES_NO_MESSAGE:
      sizes.cbMaximumMessage = 0;
      return sizes;
    case SCH_SCRIPTED_SIZES_LONG_MESSAGE:
      sizes.cbMaximumMessage = MESSAGE_MAX + 1;
      return sizes;
    case SCH_SCRIPTED_SIZES_LONG_HEADER:
      sizes.cbHeader = OVERHEAD_MAX + 1;
      return sizes;
    case SCH_SCRIPTED_SIZES_LONG_TRAILER:
      sizes.cbTrailer = OVERHEAD_MAX + 1;
      return sizes;
    case SCH_SCRIPTED_SIZES_HUGE:
      return (SecPkgContext_StreamSizes){UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX, 1};
    case SCH_SCRIPTED_SIZES_TINY:
      return (SecPkgContext_StreamSizes){entry->size, entry->size, entry->size + 1U, 4, 1};
    case SCH_SCRIPTED_SIZES_LIMITS:
      return (SecPkgContext_StreamSizes){OVERHEAD_MAX, OVERHEAD_MAX, MESSAGE_MAX, 4, 1};
    default:
      return sizes;
  }
}

static SECURITY_STATUS query_sizes(const struct entry *entry, SECURITY_STATUS status,
                                   SecPkgContext_StreamSizes *to) {
  const SecPkgContext_StreamSizes sizes = sizes_of(entry);
  const bool is_told = entry->shape % SCH_SCRIPTED_SIZES != SCH_SCRIPTED_SIZES_NOTHING;

  now.sized = true;
  if (status != SEC_E_OK) {
    now.dead = true;
  } else if (is_told) {
    now.dead = sizes.cbMaximumMessage == 0 || sizes.cbMaximumMessage > MESSAGE_MAX ||
               sizes.cbHeader > OVERHEAD_MAX || sizes.cbTrailer > OVERHEAD_MAX;
    *to = sizes;
    now.sizes = sizes;
  }
  return status;
}

static SECURITY_STATUS query_certificate(const struct entry *entry, SECURITY_STATUS status,
                                         PCCERT_CONTEXT *to) {
  static const BYTE der[] = {0x30, 0x03, 0x02, 0x01, 0x05};
  static CERT_CONTEXT empty = {.cbCertEncoded = 5};

  if (status != SEC_E_OK) {
    return status;
  }
  switch (entry->shape % SCH_SCRIPTED_CERTIFICATES) {
    case SCH_SCRIPTED_CERTIFICATE_NULL:
      *to = NULL;
      break;
    case SCH_SCRIPTED_CERTIFICATE_HOLLOW:
      *to = &empty;
      break;
    default:
      sch_starve_hold();
      *to = CertCreateCertificateContext(X509_ASN_ENCODING, der, sizeof der);
      sch_starve_release();
      break;
  }
  return SEC_E_OK;
}

static SECURITY_STATUS query(PCtxtHandle phContext, ULONG ulAttribute, void *pBuffer) {
  SECURITY_STATUS status = SEC_E_OK;
  struct entry entry = {0};

  check_context(phContext);
  if (!now.how.legal) {
    entry = take(&status);
  } else if (ulAttribute == SECPKG_ATTR_REMOTE_CERT_CONTEXT && !now.how.certificate) {
    status = SEC_E_NO_CREDENTIALS;
  }
  switch (ulAttribute) {
    case SECPKG_ATTR_STREAM_SIZES:
      ORACLE(phase, !now.negotiating);
      return query_sizes(&entry, status, pBuffer);
    case SECPKG_ATTR_REMOTE_CERT_CONTEXT:
      ORACLE(phase, !now.negotiating);
      return query_certificate(&entry, status, pBuffer);
    default:
      return SEC_E_UNSUPPORTED_FUNCTION;
  }
}

static SECURITY_STATUS control(PCtxtHandle phContext, PSecBufferDesc pInput) {
  const struct sch_span token = content(pInput, SECBUFFER_TOKEN);
  SECURITY_STATUS status = SEC_E_OK;

  check_context(phContext);
  ORACLE(phase, token.size >= sizeof(DWORD));
  ORACLE(phase, !now.account.shut);
  if (!now.how.legal) {
    (void)take(&status);
  }
  now.dead = status != SEC_E_OK;
  now.control = true;
  now.account.shut = true;
  return status;
}

static SECURITY_STATUS delete (PCtxtHandle phContext) {
  ORACLE(handle_life, now.live);
  ORACLE(handle_life, memcmp(phContext, &now.handle, sizeof *phContext) == 0);
  now.live = false;
  now.deleted++;
  return SEC_E_OK;
}

static SECURITY_STATUS free_buffer(void *pvContextBuffer) {
  size_t place = 0;

  ORACLE(ownership, pvContextBuffer != NULL);
  while (place < BLOCKS_MAX && now.blocks[place] != pvContextBuffer) {
    place++;
  }
  ORACLE(ownership, place < BLOCKS_MAX);
  now.blocks[place] = NULL;
  sch_free(pvContextBuffer);
  return SEC_E_OK;
}

SecurityFunctionTable *sch_scripted_table(void) {
  static SecurityFunctionTable table = {
      .dwVersion = SECURITY_SUPPORT_PROVIDER_INTERFACE_VERSION,
      .InitializeSecurityContextA = initialize,
      .AcceptSecurityContext = accept,
      .DeleteSecurityContext = delete,
      .ApplyControlToken = control,
      .QueryContextAttributesA = query,
      .FreeContextBuffer = free_buffer,
      .EncryptMessage = encrypt,
      .DecryptMessage = decrypt,
  };

  return &table;
}
