/* reference: see reference.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "reference.h"

#include "starve.h"

/* The whole of a conversation. */
struct talk {
  const struct sch_reference *caller;
  SecurityFunctionTable *table;
  struct sch_trace_stream *plain;
  CtxtHandle context;
  bool has_context;
  ULONG flags;
  uint8_t *rest; /* of the wire */
  size_t size;
  bool negotiating;
  bool shaking;
  bool empty;
  bool said;
};

static SECURITY_STATUS query(struct talk *talk, ULONG attribute, void *to) {
  return talk->table->QueryContextAttributesA(&talk->context, attribute, to);
}

/* use drops what the slots do not hand back as EXTRA. */
static void use(struct talk *talk, const SecBuffer *slots, size_t count) {
  size_t left = 0;

  for (size_t i = 0; i < count; i++) {
    left = slots[i].BufferType == SECBUFFER_EXTRA ? slots[i].cbBuffer : left;
  }
  talk->rest += talk->size - left;
  talk->size = left;
}

static SECURITY_STATUS shake(struct talk *talk, bool empty) {
  SecBuffer in[] = {{(ULONG)talk->size, SECBUFFER_TOKEN, talk->rest}, {0, SECBUFFER_EMPTY, NULL}};
  SecBuffer out[] = {{0, SECBUFFER_TOKEN, NULL}, {0, SECBUFFER_ALERT, NULL}};
  SecBufferDesc in_desc = {SECBUFFER_VERSION, SCH_COUNT(in), in};
  SecBufferDesc out_desc = {SECBUFFER_VERSION, SCH_COUNT(out), out};
  CtxtHandle *known = talk->has_context ? &talk->context : NULL;
  SecBufferDesc *given = empty ? NULL : &in_desc;
  ULONG granted;
  TimeStamp expiry;
  const SECURITY_STATUS status =
      talk->caller->settings->server
          ? talk->table->AcceptSecurityContext(NULL, known, given, talk->flags, 0, &talk->context,
                                               &out_desc, &granted, &expiry)
          : talk->table->InitializeSecurityContextA(NULL, known, NULL, talk->flags, 0, 0, given, 0,
                                                    &talk->context, &out_desc, &granted, &expiry);

  for (size_t i = 0; i < SCH_COUNT(out); i++) {
    if (out[i].pvBuffer != NULL) {
      (void)talk->table->FreeContextBuffer(out[i].pvBuffer);
    }
  }
  talk->has_context |= status >= 0;
  if (!empty && status >= 0 && status != SEC_I_INCOMPLETE_CREDENTIALS) {
    use(talk, in, SCH_COUNT(in));
  }
  return status;
}

static void announce(struct talk *talk, DWORD kind) {
  SecBuffer slot = {sizeof kind, SECBUFFER_TOKEN, &kind};
  SecBufferDesc desc = {SECBUFFER_VERSION, 1, &slot};

  if (talk->table->ApplyControlToken(&talk->context, &desc) == SEC_E_OK) {
    (void)shake(talk, true);
  }
}

static SECURITY_STATUS verify(struct talk *talk) {
  const struct sch_stream_settings *settings = talk->caller->settings;
  PCCERT_CONTEXT certificate = NULL;

  if (settings->insecure || (settings->server && !settings->client_certificate)) {
    return SEC_E_OK;
  }
  if (settings->verify == NULL) {
    return SEC_E_UNTRUSTED_ROOT;
  }
  const bool has = query(talk, SECPKG_ATTR_REMOTE_CERT_CONTEXT, &certificate) == SEC_E_OK;
  const struct sch_span der =
      has ? sch_span_of(certificate->pbCertEncoded, certificate->cbCertEncoded)
          : (struct sch_span){NULL, 0};
  const SECURITY_STATUS verdict = settings->verify(settings->verify_context, der);

  (void)CertFreeCertificateContext(certificate);
  return verdict > 0 ? SEC_E_INTERNAL_ERROR : verdict;
}

static void say(struct talk *talk, const SecPkgContext_StreamSizes *sizes) {
  const struct sch_span clear = talk->caller->clear;
  const size_t header = sizes->cbHeader;
  uint8_t *message = sch_own_alloc(header + clear.size + sizes->cbTrailer);

  ENSURE(message != NULL);
  sch_copy(message + header, clear.data, clear.size);
  SecBuffer slots[] = {{sizes->cbHeader, SECBUFFER_STREAM_HEADER, message},
                       {(ULONG)clear.size, SECBUFFER_DATA, message + header},
                       {sizes->cbTrailer, SECBUFFER_STREAM_TRAILER, message + header + clear.size},
                       {0, SECBUFFER_EMPTY, NULL}};
  SecBufferDesc desc = {SECBUFFER_VERSION, SCH_COUNT(slots), slots};

  if (clear.size != 0) {
    (void)talk->table->EncryptMessage(&talk->context, 0, &desc, 0);
  }
  if (talk->caller->close) {
    announce(talk, SCHANNEL_SHUTDOWN);
  }
  talk->said = true;
  sch_free(message);
}

/* establish: SEC_E_OK to go on. */
static SECURITY_STATUS establish(struct talk *talk) {
  SecPkgContext_StreamSizes sizes;

  TRY(query(talk, SECPKG_ATTR_STREAM_SIZES, &sizes));
  const SECURITY_STATUS verdict = talk->shaking ? verify(talk) : SEC_E_OK;

  if (verdict != SEC_E_OK) {
    announce(talk, SCHANNEL_ALERT);
    return verdict;
  }
  talk->negotiating = false;
  talk->shaking = false;
  if (!talk->said) {
    say(talk, &sizes);
  }
  return SEC_E_OK;
}

/* negotiate makes one handshake call; SEC_E_OK to go on. */
static SECURITY_STATUS negotiate(struct talk *talk) {
  if (!talk->empty && talk->size == 0) {
    return SEC_E_INCOMPLETE_MESSAGE;
  }
  const SECURITY_STATUS status = shake(talk, talk->empty);

  switch (status) {
    case SEC_E_OK:
      talk->empty = false;
      return establish(talk);
    case SEC_I_CONTINUE_NEEDED:
    case SEC_I_MESSAGE_FRAGMENT:
      talk->empty = status == SEC_I_MESSAGE_FRAGMENT && talk->size == 0;
      talk->shaking = true;
      return SEC_E_OK;
    case SEC_I_INCOMPLETE_CREDENTIALS:
      talk->flags |= ISC_REQ_USE_SUPPLIED_CREDS;
      return SEC_E_OK;
    default:
      return status;
  }
}

/* receive makes one DecryptMessage call; SEC_E_OK to go on. */
static SECURITY_STATUS receive(struct talk *talk) {
  SecBuffer slots[] = {{(ULONG)talk->size, SECBUFFER_DATA, talk->rest},
                       {0, SECBUFFER_EMPTY, NULL},
                       {0, SECBUFFER_EMPTY, NULL},
                       {0, SECBUFFER_EMPTY, NULL}};
  SecBufferDesc desc = {SECBUFFER_VERSION, SCH_COUNT(slots), slots};

  if (talk->size == 0) {
    return SEC_E_INCOMPLETE_MESSAGE;
  }
  const SECURITY_STATUS status = talk->table->DecryptMessage(&talk->context, &desc, 0, NULL);

  if (status != SEC_E_OK && status != SEC_I_RENEGOTIATE) {
    return status;
  }
  if (status == SEC_E_OK) {
    sch_trace_stream_add(talk->plain, sch_span_of(slots[1].pvBuffer, slots[1].cbBuffer));
  }
  talk->negotiating = status == SEC_I_RENEGOTIATE;
  use(talk, slots, SCH_COUNT(slots));
  return SEC_E_OK;
}

SECURITY_STATUS sch_reference_run(const struct sch_reference *caller, struct sch_span wire,
                                  struct sch_trace_stream *plain) {
  uint8_t *block = sch_own_alloc(wire.size + 1);
  struct talk talk = {.caller = caller,
                      .table = caller->settings->table,
                      .plain = plain,
                      .rest = block,
                      .size = wire.size,
                      .negotiating = true,
                      .shaking = true,
                      .empty = !caller->settings->server};
  SECURITY_STATUS status = SEC_E_OK;

  ENSURE(block != NULL);
  sch_copy(block, wire.data, wire.size);
  while (status == SEC_E_OK) {
    status = talk.negotiating ? negotiate(&talk) : receive(&talk);
  }
  if (talk.has_context) {
    (void)talk.table->DeleteSecurityContext(&talk.context);
  }
  sch_free(block);
  return status;
}
