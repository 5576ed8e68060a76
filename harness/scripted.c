/* scripted: the calls of the provider. Each checks the conduct of its caller, has its answer
 * written, and works out from that answer alone what the caller may do next, by code that shares
 * nothing with src/stream.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "scripted.h"

#include <string.h>

#include "oracle.h"
#include "scripted_play.h"
#include "starve.h"

#define PLAIN_TAKEN ((size_t)16384 + 2048) /* plaintext that is always taken at once */

/* Work that a caller is allowed: calls for nothing, for each byte, and for each record of data,
 * behind which as many post-handshake messages as it bears may come again. */
#define CALLS_BASE 128
#define CALLS_PER_BYTE 4
#define CALLS_PER_GIFT 140

/* Of RENEGOTIATE in a row without data, the one after so many ends every caller. */
#define RENEWALS_MAX 32

/* used_of says how much of `given` bytes an answer has used; false when it cannot be. */
static bool used_of(const SecBufferDesc *desc, size_t given, size_t *used) {
  const SecBuffer *extra = sch_play_find(desc, SECBUFFER_EXTRA);
  const size_t left = extra == NULL ? 0 : extra->cbBuffer;

  *used = left <= given ? given - left : 0;
  return left <= given;
}

/* count_call is where a caller that goes round and round is caught. */
static void count_call(void) {
  const struct sch_scripted_account *account = &sch_play.account;

  sch_play.account.calls++;
  ORACLE(progress, account->calls <= CALLS_BASE + CALLS_PER_BYTE * sch_play.offered +
                                         CALLS_PER_GIFT * account->gifts + account->wire.size +
                                         account->clear);
}

static bool is_ours(const CtxtHandle *handle) {
  return handle->dwLower == sch_play.handle.dwLower && handle->dwUpper == sch_play.handle.dwUpper;
}

/* check_leg: what holds of every handshake call, whatever was answered before. */
static void check_leg(PCtxtHandle handle, PCtxtHandle made, ULONG flags, struct sch_span in) {
  count_call();
  ORACLE(sticky_failure, !sch_play.dead || sch_play.farewell != SEC_E_OK);
  ORACLE(handle_life, sch_play.deleted == 0);
  ORACLE(handle_life, made != NULL);
  ORACLE(handle_life, (handle != NULL) == sch_play.live);
  ORACLE(handle_life, handle == NULL || is_ours(handle));
  ORACLE(phase, sch_play.control || sch_play.dead ? in.size == 0 : sch_play.negotiating);
  ORACLE(phase, !sch_play.account.closed || sch_play.control);
  if (sch_play.begun) {
    ORACLE(handle_life, (flags & ~sch_play.more) == sch_play.flags);
  } else {
    sch_play.flags = flags;
  }
  sch_play.begun = true;
  sch_play.account.owed = false;
}

static bool is_failure(SECURITY_STATUS status) {
  if (status == SEC_I_INCOMPLETE_CREDENTIALS) {
    return sch_play.how.server || sch_play.asked || sch_play.control;
  }
  if (sch_play.control) {
    return status != SEC_E_OK && status != SEC_I_CONTINUE_NEEDED &&
           status != SEC_I_MESSAGE_FRAGMENT && status != SEC_I_CONTEXT_EXPIRED;
  }
  return status != SEC_E_OK && status != SEC_I_CONTINUE_NEEDED &&
         status != SEC_I_MESSAGE_FRAGMENT && status != SEC_E_INCOMPLETE_MESSAGE;
}

/* is_stuck: used nothing and said nothing, so that the same call would be made again. */
static bool is_stuck(SECURITY_STATUS status, size_t given, size_t used, bool spoke) {
  const bool again = (status == SEC_I_CONTINUE_NEEDED && given != 0 && !sch_play.control) ||
                     status == SEC_I_MESSAGE_FRAGMENT;

  return again && used == 0 && !spoke;
}

/* settle draws the conclusions of a handshake answer to `given` bytes. */
static void settle(const struct sch_play_leg *leg, const SecBufferDesc *in, size_t given,
                   bool spoke) {
  const SECURITY_STATUS status = leg->status;
  size_t used;
  const bool shared = used_of(in, given, &used) || status == SEC_E_INCOMPLETE_MESSAGE ||
                      status == SEC_I_INCOMPLETE_CREDENTIALS;

  sch_play.dead = !leg->taken || !shared || is_failure(status) ||
                  is_stuck(status, given, used, spoke) || (status == SEC_E_OK && !leg->secure);
  if (status == SEC_I_INCOMPLETE_CREDENTIALS) {
    sch_play.asked = true;
    sch_play.more = ISC_REQ_USE_SUPPLIED_CREDS;
  }
  if (sch_play.control && (status == SEC_E_OK || status == SEC_I_CONTEXT_EXPIRED)) {
    sch_play.control = false;
  } else if (status == SEC_E_OK) {
    sch_play.negotiating = false;
    sch_play.sized = false;
  }
}

static void make_handle(PCtxtHandle made, SECURITY_STATUS status, bool also_failed) {
  if (status >= 0 && !sch_play.live) {
    sch_play.live = true;
    sch_play.handle = (CtxtHandle){0x5c4a, sch_play.turn + 1};
    *made = sch_play.handle;
  } else if (!sch_play.live && also_failed) {
    *made = (CtxtHandle){0xdead, sch_play.turn};
  }
}

/* play_farewell answers what is asked behind a DecryptMessage that failed, apart from the script.
 */
static SECURITY_STATUS play_farewell(SecBufferDesc *out) {
  const struct sch_play_entry said = {.output = SCH_SCRIPTED_TOKEN, .size = 7};
  const SECURITY_STATUS status = sch_play.farewell;
  const bool taken = sch_play_speak(&said, out);

  ENSURE(taken);
  sch_play.farewell = SEC_E_OK;
  return status;
}

static SECURITY_STATUS handshake(PCtxtHandle phContext, ULONG flags, PSecBufferDesc in,
                                 PCtxtHandle phNewContext, PSecBufferDesc out, PULONG attributes) {
  const struct sch_span token = sch_play_content(in, SECBUFFER_TOKEN);
  const uint64_t before = sch_play.account.tokens.size;

  check_leg(phContext, phNewContext, flags, token);
  if (sch_play.farewell != SEC_E_OK) {
    return play_farewell(out);
  }
  const struct sch_play_leg leg =
      sch_play.how.legal ? sch_play_legal_leg(in, out) : sch_play_hostile_leg(in, out);

  make_handle(phNewContext, leg.status, leg.handles);
  *attributes = leg.attributes;
  settle(&leg, in, token.size, sch_play.account.tokens.size != before);
  return leg.status;
}

static SECURITY_STATUS initialize(PCredHandle phCredential, PCtxtHandle phContext,
                                  SEC_CHAR *pszTargetName, ULONG fContextReq, ULONG Reserved1,
                                  ULONG TargetDataRep, PSecBufferDesc pInput, ULONG Reserved2,
                                  PCtxtHandle phNewContext, PSecBufferDesc pOutput,
                                  PULONG pfContextAttr, PTimeStamp ptsExpiry) {
  (void)phCredential, (void)pszTargetName, (void)Reserved1, (void)TargetDataRep;
  (void)Reserved2, (void)ptsExpiry;
  ORACLE(phase, !sch_play.how.server);
  return handshake(phContext, fContextReq, pInput, phNewContext, pOutput, pfContextAttr);
}

static SECURITY_STATUS accept(PCredHandle phCredential, PCtxtHandle phContext,
                              PSecBufferDesc pInput, ULONG fContextReq, ULONG TargetDataRep,
                              PCtxtHandle phNewContext, PSecBufferDesc pOutput,
                              PULONG pfContextAttr, PTimeStamp ptsExpiry) {
  (void)phCredential, (void)TargetDataRep, (void)ptsExpiry;
  ORACLE(phase, sch_play.how.server);
  return handshake(phContext, fContextReq, pInput, phNewContext, pOutput, pfContextAttr);
}

static void check_context(const CtxtHandle *handle) {
  count_call();
  ORACLE(handle_life, handle != NULL);
  ORACLE(handle_life, sch_play.live);
  ORACLE(handle_life, is_ours(handle));
  ORACLE(sticky_failure, !sch_play.dead);
}

/* settle_decrypt draws the conclusions of an answer: is there plaintext that must be delivered? */
static void settle_decrypt(SECURITY_STATUS status, const SecBufferDesc *desc, const uint8_t *given,
                           size_t size) {
  const SecBuffer *data = sch_play_find(desc, SECBUFFER_DATA);
  size_t used;

  if (status == SEC_E_INCOMPLETE_MESSAGE) {
    return;
  }
  const bool sense = used_of(desc, size, &used);

  sch_play.dead =
      !sense || (status == SEC_E_OK && used == 0) ||
      (status != SEC_E_OK && status != SEC_I_RENEGOTIATE && status != SEC_I_CONTEXT_EXPIRED);
  if (sch_play.dead) {
    sch_play.farewell = sense && status < 0 && status != SEC_E_INTERNAL_ERROR ? status : SEC_E_OK;
    return;
  }
  sch_play.negotiating = status == SEC_I_RENEGOTIATE;
  sch_play.account.owed = sch_play.negotiating && used == size;
  sch_play.account.closed = status == SEC_I_CONTEXT_EXPIRED;
  sch_play.asked_again = data != NULL && data->cbBuffer != 0 ? 0 : sch_play.asked_again;
  sch_play.asked_again += status == SEC_I_RENEGOTIATE;
  ORACLE(progress, sch_play.asked_again <= RENEWALS_MAX + 1);
  if (data != NULL && data->cbBuffer != 0) {
    const uintptr_t at = (uintptr_t)data->pvBuffer;

    sch_play.dead = at < (uintptr_t)given || at > (uintptr_t)given + used ||
                    data->cbBuffer > (uintptr_t)given + used - at;
    if (!sch_play.dead) {
      sch_play.account.vast |= data->cbBuffer > PLAIN_TAKEN;
      sch_play.account.gifts++;
      sch_trace_stream_add(&sch_play.account.data, sch_span_of(data->pvBuffer, data->cbBuffer));
    }
  }
}

static SECURITY_STATUS decrypt(PCtxtHandle phContext, PSecBufferDesc pMessage, ULONG MessageSeqNo,
                               PULONG pfQOP) {
  const struct sch_span in = sch_play_content(pMessage, SECBUFFER_DATA);
  uint8_t *given = (uint8_t *)(uintptr_t)in.data;

  (void)MessageSeqNo, (void)pfQOP;
  check_context(phContext);
  ORACLE(phase, !sch_play.negotiating);
  ORACLE(phase, !sch_play.account.closed);
  ORACLE(phase, in.size != 0);
  ORACLE(slots_by_type, pMessage->cBuffers == 4);
  const SECURITY_STATUS status = sch_play.how.legal
                                     ? sch_play_legal_decrypt(pMessage, given, in.size)
                                     : sch_play_hostile_decrypt(pMessage, given, in.size);

  settle_decrypt(status, pMessage, given, in.size);
  return status;
}

static void give_record(const SecBuffer *slot) {
  const struct sch_span part = {slot->pvBuffer, slot->cbBuffer};

  sch_trace_stream_add(&sch_play.account.wire, part);
  sch_trace_stream_add(&sch_play.account.records, part);
}

/* On failure the plaintext is left in the buffers: a caller that sends them is caught. */
static SECURITY_STATUS encrypt(PCtxtHandle phContext, ULONG fQOP, PSecBufferDesc pMessage,
                               ULONG MessageSeqNo) {
  SecBuffer *header = sch_play_find(pMessage, SECBUFFER_STREAM_HEADER);
  SecBuffer *data = sch_play_find(pMessage, SECBUFFER_DATA);
  SecBuffer *trailer = sch_play_find(pMessage, SECBUFFER_STREAM_TRAILER);
  SECURITY_STATUS status = SEC_E_OK;
  struct sch_play_entry entry = {0};

  (void)fQOP, (void)MessageSeqNo;
  check_context(phContext);
  ORACLE(phase, !sch_play.negotiating);
  ORACLE(phase, !sch_play.account.shut);
  ORACLE(slots_by_type, header != NULL && data != NULL && trailer != NULL);
  ORACLE(progress, data->cbBuffer != 0);
  ORACLE(sizes_current, sch_play.sized);
  ORACLE(sizes_current, header->cbBuffer == sch_play.sizes.cbHeader);
  ORACLE(sizes_current, trailer->cbBuffer == sch_play.sizes.cbTrailer);
  const size_t room = (size_t)header->cbBuffer + data->cbBuffer + trailer->cbBuffer;
  const ULONG before[] = {header->cbBuffer, data->cbBuffer, trailer->cbBuffer};

  sch_play.account.clear += data->cbBuffer;
  if (!sch_play.how.legal) {
    entry = sch_play_take(&status);
  }
  if (status != SEC_E_OK) {
    sch_play.dead = true;
    return status;
  }
  memset(header->pvBuffer, 0xa5, before[0]);
  sch_play_apply_key(data->pvBuffer, before[1]);
  memset(trailer->pvBuffer, 0x99, before[2]);
  sch_play_resize(&entry, header, data, trailer);
  ENSURE(room != 0);
  sch_play.dead =
      header->cbBuffer > before[0] || data->cbBuffer > before[1] || trailer->cbBuffer > before[2];
  if (!sch_play.dead) {
    sch_play.account.last_record = sch_play.account.wire.size;
    give_record(header);
    give_record(data);
    give_record(trailer);
    sch_play.account.last_end = sch_play.account.wire.size;
  }
  return SEC_E_OK;
}

static SECURITY_STATUS query_sizes(const struct sch_play_entry *entry, SECURITY_STATUS status,
                                   SecPkgContext_StreamSizes *to) {
  const SecPkgContext_StreamSizes sizes = sch_play_sizes(entry);
  const bool is_told = entry->shape % SCH_SCRIPTED_SIZES != SCH_SCRIPTED_SIZES_NOTHING;

  sch_play.sized = true;
  if (status != SEC_E_OK) {
    sch_play.dead = true;
  } else if (is_told) {
    sch_play.dead = sizes.cbMaximumMessage == 0 || sizes.cbMaximumMessage > SCH_PLAY_MESSAGE_MAX ||
                    sizes.cbHeader > SCH_PLAY_OVERHEAD_MAX ||
                    sizes.cbTrailer > SCH_PLAY_OVERHEAD_MAX;
    *to = sizes;
    sch_play.sizes = sizes;
  }
  return status;
}

static SECURITY_STATUS query_certificate(const struct sch_play_entry *entry, SECURITY_STATUS status,
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
  struct sch_play_entry entry = {0};

  check_context(phContext);
  if (!sch_play.how.legal) {
    entry = sch_play_take(&status);
  } else if (ulAttribute == SECPKG_ATTR_REMOTE_CERT_CONTEXT && !sch_play.how.certificate) {
    status = SEC_E_NO_CREDENTIALS;
  }
  switch (ulAttribute) {
    case SECPKG_ATTR_STREAM_SIZES:
      ORACLE(phase, !sch_play.negotiating);
      return query_sizes(&entry, status, pBuffer);
    case SECPKG_ATTR_REMOTE_CERT_CONTEXT:
      ORACLE(phase, !sch_play.negotiating);
      return query_certificate(&entry, status, pBuffer);
    default:
      return SEC_E_UNSUPPORTED_FUNCTION;
  }
}

static SECURITY_STATUS control(PCtxtHandle phContext, PSecBufferDesc pInput) {
  const struct sch_span token = sch_play_content(pInput, SECBUFFER_TOKEN);
  SECURITY_STATUS status = SEC_E_OK;

  check_context(phContext);
  ORACLE(phase, token.size >= sizeof(DWORD));
  ORACLE(phase, !sch_play.account.shut);
  if (!sch_play.how.legal) {
    (void)sch_play_take(&status);
  }
  sch_play.dead = status != SEC_E_OK;
  sch_play.control = true;
  sch_play.account.shut = true;
  return status;
}

static SECURITY_STATUS delete (PCtxtHandle phContext) {
  ORACLE(handle_life, sch_play.live);
  ORACLE(handle_life, is_ours(phContext));
  ORACLE(token_once, sch_play.farewell == SEC_E_OK);
  sch_play.live = false;
  sch_play.deleted++;
  return SEC_E_OK;
}

static SECURITY_STATUS free_buffer(void *pvContextBuffer) {
  size_t place = 0;

  ORACLE(ownership, pvContextBuffer != NULL);
  while (place < SCH_PLAY_BLOCKS && sch_play.blocks[place] != pvContextBuffer) {
    place++;
  }
  ORACLE(ownership, place < SCH_PLAY_BLOCKS);
  sch_play.blocks[place] = NULL;
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
