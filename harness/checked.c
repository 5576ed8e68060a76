/* checked: see checked.h. What is expected of an answer is worked out here from the five header
 * bytes, by code that shares nothing with src/.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "checked.h"

#include <string.h>

#include "expect_personality.h"
#include "harness.h"
#include "probe.h"
#include "sspi/certcontext.h"
#include "starve.h"

#define HEADER ((size_t)5)
#define SLOTS_MAX 8
#define NAME_ROOM 256

/* The plaintext of short messages may stand in the ciphertext by chance. */
#define CLEAR_MIN 16

struct watched {
  CtxtHandle handle;
  bool live;
  bool server;
  SECURITY_STATUS failure; /* the first, or SEC_E_OK */
  ULONG flags;             /* of the first leg */
  size_t refused;          /* bytes that the last call found too few, or 0 */
  size_t again; /* bytes that are to be given again, after INCOMPLETE_CREDENTIALS, or 0 */
  uint64_t again_digest;
  bool farewell;       /* DecryptMessage has failed, and its alert has not been fetched */
  bool farewell_due;   /* there is one */
  bool closing;        /* ApplyControlToken has asked for an alert */
  bool closed;         /* and it has been handed out */
  bool asked;          /* for a certificate */
  uint64_t written;    /* bytes of handshake messages that the engine has written */
  uint64_t handed_out; /* bytes of tokens */
  bool renegotiate;    /* DecryptMessage asked for a handshake call */
  bool established;
};

static struct watched contexts[SCH_CHECKED_MAX];
static CtxtHandle deleted; /* the last handle that was given back */
static size_t buffers_out; /* context buffers handed out and not yet freed */

static const struct sch_personality *expected; /* NULL: the default one */

void sch_checked_personality(const struct sch_personality *personality) {
  expected = personality;
}

static const struct sch_personality *personality_expected(void) {
  return expected == NULL ? sch_personality_default() : expected;
}

/* A copy of a descriptor's slots, to see what a call has changed. */
struct slots {
  size_t count;
  SecBuffer slots[SLOTS_MAX];
  uint64_t digest; /* of the bytes of the one input slot */
};

/* AddressSanitizer, when it is there, has this. */
void *__asan_region_is_poisoned(void *at, size_t size) __attribute__((weak));

/* fold digests whole blocks of four words, unwatched: digest has looked at the bounds. */
#define BLOCK (4 * sizeof(uint64_t))
__attribute__((no_sanitize("address", "undefined"))) static uint64_t fold(struct sch_span blocks) {
  const uint64_t odd = 0x9e3779b97f4a7c15;
  uint64_t a = 1;
  uint64_t b = 2;
  uint64_t c = 3;
  uint64_t d = 4;
  uint64_t words[4];

  for (const uint8_t *at = blocks.data; at != blocks.data + blocks.size; at += sizeof words) {
    __builtin_memcpy(words, at, sizeof words);
    a = (a ^ words[0] ^ a >> 29) * odd;
    b = (b ^ words[1] ^ b >> 29) * odd;
    c = (c ^ words[2] ^ c >> 29) * odd;
    d = (d ^ words[3] ^ d >> 29) * odd;
  }
  return (a ^ a >> 32) + 3 * (b ^ b >> 31) + 5 * (c ^ c >> 30) + 7 * (d ^ d >> 29);
}

static uint64_t digest(struct sch_span bytes) {
  const struct sch_span blocks = sch_span_first(bytes, bytes.size - bytes.size % BLOCK);
  const uint8_t *bad = __asan_region_is_poisoned == NULL
                           ? NULL
                           : __asan_region_is_poisoned((void *)(uintptr_t)bytes.data, bytes.size);
  uint64_t value = bad == NULL ? 0 : *bad; /* which the sanitizer reports */

  value ^= blocks.size == 0 ? 0 : fold(blocks);
  for (size_t i = blocks.size; i < bytes.size; i++) {
    value = (value ^ bytes.data[i]) * 0x100000001b3;
  }
  return value;
}

static const SecBuffer *find(const SecBufferDesc *desc, ULONG type) {
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

/* save fills in what there is: clearing the rest would cost more. */
static void save(struct slots *saved, const SecBufferDesc *desc, struct sch_span bytes) {
  saved->digest = digest(bytes);
  saved->count = 0;
  for (ULONG i = 0; desc != NULL && i < desc->cBuffers && i < SLOTS_MAX; i++) {
    saved->slots[saved->count++] = desc->pBuffers[i];
  }
}

static bool same_slots(const struct slots *saved, const SecBufferDesc *desc) {
  for (size_t i = 0; i < saved->count; i++) {
    const SecBuffer *before = &saved->slots[i];
    const SecBuffer *after = &desc->pBuffers[i];

    if (before->BufferType != after->BufferType || before->cbBuffer != after->cbBuffer ||
        before->pvBuffer != after->pvBuffer) {
      return false;
    }
  }
  return true;
}

/* first_record gives the size of the first record, or, when it is not whole, how many bytes are
 * missing up to the end of its header or of the record. */
static bool first_record(struct sch_span in, size_t *size, size_t *missing) {
  if (in.size < HEADER) {
    *missing = HEADER - in.size;
    return false;
  }
  *size = HEADER + (size_t)(in.data[3] << 8 | in.data[4]);
  *missing = *size > in.size ? *size - in.size : 0;
  return *size <= in.size;
}

/* ends_at_record says whether the first `used` bytes are whole records, and how many. */
static bool ends_at_record(struct sch_span in, size_t used, size_t *count) {
  size_t at = 0;

  *count = 0;

  while (at < used) {
    size_t size;
    size_t missing;

    if (!first_record((struct sch_span){in.data + at, in.size - at}, &size, &missing)) {
      return false;
    }
    at += size;
    (*count)++;
  }
  return at == used;
}

static bool same_handle(const CtxtHandle *left, const CtxtHandle *right) {
  return left->dwLower == right->dwLower && left->dwUpper == right->dwUpper;
}

static struct watched *watch(const CtxtHandle *handle) {
  for (size_t i = 0; handle != NULL && i < SCH_CHECKED_MAX; i++) {
    if (contexts[i].live && same_handle(&contexts[i].handle, handle)) {
      return &contexts[i];
    }
  }
  return NULL;
}

static struct watched *watch_new(const CtxtHandle *handle, bool server) {
  ORACLE(handle_life, !same_handle(handle, &deleted));
  for (size_t i = 0; i < SCH_CHECKED_MAX; i++) {
    if (!contexts[i].live) {
      contexts[i] = (struct watched){.handle = *handle, .live = true, .server = server};
      return &contexts[i];
    }
  }
  UNREACHABLE("no target makes more contexts at once");
}

/* One handshake call, before and after. */
struct handshake {
  struct watched *context; /* NULL on a first call */
  PSecBufferDesc in;
  PSecBufferDesc out;
  ULONG flags;
  bool supplied; /* USE_SUPPLIED_CREDS */
  struct sch_span token;
  struct slots in_before;
  struct slots out_before;
};

/* check_news: what was found too short is not given again before more has come. */
static void check_news(struct watched *context, size_t size) {
  ORACLE(progress, size == 0 || size > context->refused);
  context->refused = 0;
}

/* check_again: what INCOMPLETE_CREDENTIALS has not used is given again, all of it and first. */
static void check_again(struct watched *context, struct sch_span token) {
  if (context->again != 0) {
    ORACLE(conservation, token.size >= context->again);
    ORACLE(conservation, digest(sch_span_first(token, context->again)) == context->again_digest);
  }
  context->again = 0;
}

static void before_handshake(struct handshake *call, PCtxtHandle handle, ULONG flags,
                             PSecBufferDesc in, PSecBufferDesc out) {
  call->context = watch(handle);
  call->in = in;
  call->out = out;
  ORACLE(handle_life, handle == NULL || call->context != NULL);
  (void)sch_probe_written();
  call->token = content(in, SECBUFFER_TOKEN);
  save(&call->in_before, in, call->token);
  save(&call->out_before, out, (struct sch_span){NULL, 0});
  call->flags = flags & ~(ULONG)ISC_REQ_USE_SUPPLIED_CREDS;
  call->supplied = (flags & ISC_REQ_USE_SUPPLIED_CREDS) != 0;
  if (call->context != NULL) {
    ORACLE(sticky_failure, call->context->failure == SEC_E_OK ||
                               (call->context->farewell && call->token.size == 0));
    ORACLE(handle_life, call->context->flags == call->flags);
    check_news(call->context, call->token.size);
    check_again(call->context, call->token);
  }
}

static void check_incomplete(const struct handshake *call) {
  const SecBuffer *missing = find(call->in, SECBUFFER_MISSING);
  size_t size;
  size_t deficit;

  ORACLE(refusal_is_pure, digest(call->token) == call->in_before.digest);
  ORACLE(refusal_is_pure, same_slots(&call->out_before, call->out));
  ORACLE(conservation, find(call->in, SECBUFFER_EXTRA) == NULL);
  ORACLE(missing_is_exact, !first_record(call->token, &size, &deficit));
  const bool said =
      sch_expect_personal_missing(personality_expected()->handshake_missing, deficit, &size);

  if (call->in_before.count > 1) {
    ORACLE(missing_is_exact, (missing != NULL) == said);
    ORACLE(missing_is_exact, missing == NULL || missing->cbBuffer == size);
  }
}

/* check_used gives the number of records that were used. */
static size_t check_used(const struct handshake *call) {
  size_t records;
  const SecBuffer *extra = find(call->in, SECBUFFER_EXTRA);
  const size_t left = extra == NULL ? 0 : extra->cbBuffer;

  ORACLE(conservation, extra == NULL || left != 0);
  ORACLE(conservation, left <= call->token.size);
  ORACLE(conservation, ends_at_record(call->token, call->token.size - left, &records));
  ORACLE(missing_is_exact, find(call->in, SECBUFFER_MISSING) == NULL);
  return records;
}

/* check_asked: a client is asked once in a handshake, and nothing has been used. */
static void check_asked(const struct handshake *call) {
  ORACLE(status_handled, call->context != NULL);
  ORACLE(status_handled, !call->context->server);
  ORACLE(status_handled, !personality_expected()->never_asks);
  ORACLE(conservation, find(call->in, SECBUFFER_EXTRA) == NULL);
  ORACLE(conservation, call->token.size != 0);
  ORACLE(status_handled, !call->context->asked && !call->supplied);
  call->context->asked = true;
  call->context->again = call->token.size;
  call->context->again_digest = digest(call->token);
}

/* check_token: what the engine says it has written has been handed out when no more is to come. */
static void check_token(const struct handshake *call, struct watched *context,
                        SECURITY_STATUS status) {
  const SecBuffer *token = find(call->out, SECBUFFER_TOKEN);

  context->written += sch_probe_written();
  context->handed_out += token == NULL ? 0 : token->cbBuffer;
  /* The first alert asked for leaves; what is not done is not said to be done. */
  ORACLE(token_once,
         !context->closing || context->closed || status != SEC_E_OK || token->cbBuffer != 0);
  context->closed |= context->closing && status == SEC_E_OK;
  ORACLE(token_once, status == SEC_I_MESSAGE_FRAGMENT || context->handed_out >= context->written);
}

/* check_farewell: behind a DecryptMessage that failed its alert is handed out, with that failure.
 */
static void check_farewell(const struct handshake *call, SECURITY_STATUS status) {
  struct watched *context = call->context;
  const SecBuffer *token = find(call->out, SECBUFFER_TOKEN);
  const SecBuffer *alert = find(call->out, SECBUFFER_ALERT);

  ORACLE(sticky_failure, status == context->failure);
  context->farewell = false;
  sch_probe_farewell_said(&context->handle, context->server, context->failure,
                          context->farewell_due, context->closing,
                          (token == NULL ? 0 : (size_t)token->cbBuffer) +
                              (alert == NULL ? 0 : (size_t)alert->cbBuffer));
}

static SECURITY_STATUS after_handshake(const struct handshake *call, const CtxtHandle *made,
                                       bool server, SECURITY_STATUS status) {
  struct watched *context = call->context;
  const bool empty = sch_probe_sent_no_certificate();
  size_t records = 0;

  for (ULONG i = 0; i < call->out->cBuffers; i++) {
    buffers_out += call->out->pBuffers[i].pvBuffer != NULL;
  }
  if (context != NULL && context->farewell) {
    check_farewell(call, status);
  } else if (status == SEC_E_INCOMPLETE_MESSAGE) {
    check_incomplete(call);
    if (context != NULL) {
      context->refused = call->token.size;
    }
  } else if (status == SEC_I_INCOMPLETE_CREDENTIALS) {
    check_asked(call);
  } else if (status >= 0) {
    ORACLE(status_handled, !empty || call->supplied || personality_expected()->never_asks);
    records = check_used(call);
    if (context == NULL) {
      ORACLE(handle_life, made != NULL);
      context = watch_new(made, server);
      context->flags = call->flags;
    }
    context->renegotiate = false;
    context->established |= status == SEC_E_OK;
    context->asked = context->asked && status != SEC_E_OK;
    if (status == SEC_E_OK) {
      sch_probe_facts(&context->handle);
      sch_expect_personal_facts(personality_expected(), &context->handle);
    }
    check_token(call, context, status);
  } else if (context != NULL) {
    context->failure = status;
  }
  sch_expect_personal_handshake(personality_expected(), call->out, records, status);
  return status;
}

/* The client's call, in the form that sch_checked_wide chose. */
static bool wide;

void sch_checked_wide(bool is_wide) {
  wide = is_wide;
}

void sch_checked_widen(SEC_WCHAR *to, size_t room, const SEC_CHAR *from) {
  size_t i = 0;

  for (; i < room - 1 && from[i] != '\0'; i++) {
    to[i] = (SEC_WCHAR)from[i];
  }
  to[i] = 0;
}

static SECURITY_STATUS initialize(PCredHandle phCredential, PCtxtHandle phContext,
                                  SEC_CHAR *pszTargetName, ULONG fContextReq, ULONG Reserved1,
                                  ULONG TargetDataRep, PSecBufferDesc pInput, ULONG Reserved2,
                                  PCtxtHandle phNewContext, PSecBufferDesc pOutput,
                                  PULONG pfContextAttr, PTimeStamp ptsExpiry) {
  struct handshake call;
  SEC_WCHAR name[NAME_ROOM];
  SECURITY_STATUS status;

  before_handshake(&call, phContext, fContextReq, pInput, pOutput);
  if (wide) {
    sch_checked_widen(name, NAME_ROOM, pszTargetName == NULL ? "" : pszTargetName);
    status = InitializeSecurityContextW(
        phCredential, phContext, pszTargetName == NULL ? NULL : name, fContextReq, Reserved1,
        TargetDataRep, pInput, Reserved2, phNewContext, pOutput, pfContextAttr, ptsExpiry);
  } else {
    status = InitializeSecurityContextA(phCredential, phContext, pszTargetName, fContextReq,
                                        Reserved1, TargetDataRep, pInput, Reserved2, phNewContext,
                                        pOutput, pfContextAttr, ptsExpiry);
  }
  return after_handshake(&call, phNewContext, false, status);
}

static SECURITY_STATUS accept(PCredHandle phCredential, PCtxtHandle phContext,
                              PSecBufferDesc pInput, ULONG fContextReq, ULONG TargetDataRep,
                              PCtxtHandle phNewContext, PSecBufferDesc pOutput,
                              PULONG pfContextAttr, PTimeStamp ptsExpiry) {
  struct handshake call;

  before_handshake(&call, phContext, fContextReq, pInput, pOutput);
  return after_handshake(
      &call, phNewContext, true,
      AcceptSecurityContext(phCredential, phContext, pInput, fContextReq, TargetDataRep,
                            phNewContext, pOutput, pfContextAttr, ptsExpiry));
}

/* check_opened: header, data and trailer are the first record, one behind the other, and EXTRA is
 * what follows, untouched. */
static void check_opened(const SecBufferDesc *desc, struct sch_span given, uint64_t tail_digest,
                         SECURITY_STATUS status) {
  const struct sch_span header = content(desc, SECBUFFER_STREAM_HEADER);
  const struct sch_span data = content(desc, SECBUFFER_DATA);
  const struct sch_span trailer = content(desc, SECBUFFER_STREAM_TRAILER);
  const struct sch_span extra = content(desc, SECBUFFER_EXTRA);
  const size_t used = header.size + data.size + trailer.size;
  size_t record = 0;
  size_t missing;

  ORACLE(conservation, first_record(given, &record, &missing));
  ORACLE(conservation, used + extra.size == given.size);
  ORACLE(conservation, used == record || (used == 0 && status == SEC_I_RENEGOTIATE));
  ORACLE(conservation, header.data == given.data);
  ORACLE(conservation, data.data == header.data + header.size);
  ORACLE(conservation, trailer.data == data.data + data.size);
  ORACLE(plaintext, status == SEC_E_OK || data.size == 0);
  if (extra.size != 0) {
    ORACLE(conservation, extra.data == given.data + used);
    ORACLE(refusal_is_pure,
           digest((struct sch_span){given.data + record, given.size - record}) == tail_digest);
  }
}

/* check_short: MISSING stands in two slots, that of DATA and another, wherever they are. */
static void check_short(const SecBufferDesc *desc, const struct slots *before,
                        struct sch_span given) {
  const struct sch_personality *personality = personality_expected();
  const bool total = personality->second_missing_total;
  const bool moved = personality->slots[0] != 0;
  size_t size = 0;
  size_t missing;
  size_t count = 0;

  ORACLE(refusal_is_pure, digest(given) == before->digest);
  ORACLE(missing_is_exact, !first_record(given, &size, &missing));
  const size_t all = given.size + missing;
  const bool said = sch_expect_personal_missing(personality->message_missing, missing, &missing);

  for (size_t i = 0; i < before->count; i++) {
    const SecBuffer *slot = &desc->pBuffers[i];
    const bool here = slot->BufferType == SECBUFFER_MISSING;

    ORACLE(missing_is_exact, !here || slot->cbBuffer == (count == 1 && total ? all : missing));
    ORACLE(missing_is_exact,
           here || moved || !said || before->slots[i].BufferType != SECBUFFER_DATA);
    count += here;
  }
  ORACLE(missing_is_exact, count == (said ? 2 : 0));
}

/* note_failure keeps what is to be expected of a context whose DecryptMessage failed: an alert,
 * when the failure was found in the record and not said by the peer in an alert of its own. */
static void note_failure(struct watched *context, SECURITY_STATUS status) {
  const bool told = sch_probe_alert_received();

  const bool altered = status == personality_expected()->altered;

  ORACLE(status_handled, status != SEC_E_INTERNAL_ERROR || altered || told || sch_starved());
  context->failure = status;
  context->farewell = true;
  context->farewell_due = altered && !told && !context->closing;
}

static SECURITY_STATUS decrypt(PCtxtHandle phContext, PSecBufferDesc pMessage, ULONG MessageSeqNo,
                               PULONG pfQOP) {
  struct watched *context = watch(phContext);
  const struct sch_span given = content(pMessage, SECBUFFER_DATA);
  struct slots before;
  uint64_t tail_digest = 0;
  size_t record = 0;
  size_t missing;

  save(&before, pMessage, given);
  ORACLE(handle_life, context != NULL);
  ORACLE(sticky_failure, context->failure == SEC_E_OK);
  ORACLE(phase, context->established);
  ORACLE(phase, !context->renegotiate);
  check_news(context, given.size);
  if (first_record(given, &record, &missing)) {
    tail_digest = digest((struct sch_span){given.data + record, given.size - record});
  }
  (void)sch_probe_alert_received();
  const SECURITY_STATUS status = DecryptMessage(phContext, pMessage, MessageSeqNo, pfQOP);

  if (status == SEC_E_INCOMPLETE_MESSAGE) {
    check_short(pMessage, &before, given);
    context->refused = given.size;
  } else if (status >= 0) {
    check_opened(pMessage, given, tail_digest, status);
    if (content(pMessage, SECBUFFER_EXTRA).size == given.size) {
      ORACLE(refusal_is_pure, digest(given) == before.digest);
    }
    context->renegotiate = status == SEC_I_RENEGOTIATE;
  } else {
    note_failure(context, status);
  }
  if (status != SEC_E_INCOMPLETE_MESSAGE) {
    sch_expect_personal_message(personality_expected(), pMessage,
                                before.slots[0].BufferType == SECBUFFER_DATA, given.size, record,
                                status);
  }
  return status;
}

static SECURITY_STATUS control(PCtxtHandle phContext, PSecBufferDesc pInput) {
  struct watched *context = watch(phContext);

  ORACLE(handle_life, context != NULL);
  context->closing = true;
  return ApplyControlToken(phContext, pInput);
}

static SECURITY_STATUS encrypt(PCtxtHandle phContext, ULONG fQOP, PSecBufferDesc pMessage,
                               ULONG MessageSeqNo) {
  struct watched *context = watch(phContext);
  const struct sch_span data = content(pMessage, SECBUFFER_DATA);
  const uint64_t clear = digest(data);
  SecPkgContext_StreamSizes sizes = {0};

  ORACLE(handle_life, context != NULL);
  ORACLE(sticky_failure, context->failure == SEC_E_OK);
  ORACLE(phase, context->established);
  ORACLE(phase, !context->renegotiate);
  ORACLE(sizes_current,
         QueryContextAttributes(phContext, SECPKG_ATTR_STREAM_SIZES, &sizes) == SEC_E_OK);
  ORACLE(sizes_current, content(pMessage, SECBUFFER_STREAM_HEADER).size == sizes.cbHeader);
  ORACLE(sizes_current, content(pMessage, SECBUFFER_STREAM_TRAILER).size == sizes.cbTrailer);
  const SECURITY_STATUS status = EncryptMessage(phContext, fQOP, pMessage, MessageSeqNo);
  const struct sch_span header = content(pMessage, SECBUFFER_STREAM_HEADER);

  if (status != SEC_E_OK) {
    ORACLE(refusal_is_pure, digest(data) == clear);
    return status;
  }
  ORACLE(wire_size, header.size >= HEADER);
  ORACLE(wire_size, HEADER + (size_t)(header.data[3] << 8 | header.data[4]) ==
                        header.size + content(pMessage, SECBUFFER_DATA).size +
                            content(pMessage, SECBUFFER_STREAM_TRAILER).size);
  ORACLE(no_cleartext, data.size < CLEAR_MIN || digest(data) != clear);
  return status;
}

static SECURITY_STATUS delete (PCtxtHandle phContext) {
  struct watched *context = watch(phContext);

  ORACLE(handle_life, context != NULL);
  context->live = false;
  deleted = *phContext;
  if (context->farewell) {
    sch_probe_farewell(phContext, context->server, context->failure, context->farewell_due,
                       context->closing);
    context->farewell = false;
  }
  const SECURITY_STATUS status = DeleteSecurityContext(phContext);

  ORACLE(handle_life, status == SEC_E_OK);
  sch_probe_dead(phContext, context->server);
  return status;
}

static SECURITY_STATUS free_buffer(void *pvContextBuffer) {
  ORACLE(ownership, pvContextBuffer != NULL);
  ORACLE(ownership, buffers_out >= 1);
  buffers_out--;
  return FreeContextBuffer(pvContextBuffer);
}

SecurityFunctionTable *sch_checked_table(void) {
  static SecurityFunctionTable table;

  table = *InitSecurityInterface();
  table.InitializeSecurityContextA = initialize;
  table.AcceptSecurityContext = accept;
  table.DecryptMessage = decrypt;
  table.EncryptMessage = encrypt;
  table.ApplyControlToken = control;
  table.DeleteSecurityContext = delete;
  table.FreeContextBuffer = free_buffer;
  return &table;
}

void sch_checked_end(void) {
  expected = NULL;
  ORACLE(ownership, buffers_out == 0);
  ORACLE(ownership, sch_certcontext_count() == 0);
  for (size_t i = 0; i < SCH_CHECKED_MAX; i++) {
    ORACLE(handle_life, !contexts[i].live);
  }
}
