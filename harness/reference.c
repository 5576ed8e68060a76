/* reference: see reference.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "reference.h"

#include "starve.h"

/* The whole of a conversation. */
struct talk {
  const struct sch_stream_settings *settings;
  struct sch_twin_result *result;
  SecurityFunctionTable *table;
  CtxtHandle context;
  bool has_context;
  ULONG flags;
  uint8_t *block;
  uint8_t *rest; /* of the block: what has come and is not used yet */
  size_t size;
  size_t refused; /* so many bytes were too few */
  struct sch_span text;
  SecPkgContext_StreamSizes sizes;
  bool negotiating;
  bool shaking;
  bool empty;
  bool close;
  bool closed;
  bool peer_closed;
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
  CredHandle *credential = talk->settings->credential;
  SecBufferDesc *given = empty ? NULL : &in_desc;
  ULONG granted;
  TimeStamp expiry;
  const SECURITY_STATUS status =
      talk->settings->server
          ? talk->table->AcceptSecurityContext(credential, known, given, talk->flags, 0,
                                               &talk->context, &out_desc, &granted, &expiry)
          : talk->table->InitializeSecurityContextA(credential, known, talk->settings->target_name,
                                                    talk->flags, 0, 0, given, 0, &talk->context,
                                                    &out_desc, &granted, &expiry);

  for (size_t i = 0; i < SCH_COUNT(out); i++) {
    sch_trace_stream_add(&talk->result->wire, sch_span_of(out[i].pvBuffer, out[i].cbBuffer));
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

static void announce(struct talk *talk, DWORD kind, DWORD number) {
  SCHANNEL_ALERT_TOKEN token = {kind, TLS1_ALERT_FATAL, number};
  SecBuffer slot = {kind == SCHANNEL_SHUTDOWN ? sizeof kind : sizeof token, SECBUFFER_TOKEN,
                    &token};
  SecBufferDesc desc = {SECBUFFER_VERSION, 1, &slot};

  if (talk->table->ApplyControlToken(&talk->context, &desc) == SEC_E_OK) {
    (void)shake(talk, true);
  }
}

static SECURITY_STATUS verify(struct talk *talk) {
  const struct sch_stream_settings *settings = talk->settings;
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
  const struct sch_stream_peer peer = {
      .certificates = &der, .count = has, .server = !settings->server};
  const SECURITY_STATUS verdict = settings->verify(settings->verify_context, &peer).status;

  (void)CertFreeCertificateContext(certificate);
  return verdict > 0 ? SEC_E_INTERNAL_ERROR : verdict;
}

/* establish: SEC_E_OK to go on. */
static SECURITY_STATUS establish(struct talk *talk) {
  TRY(query(talk, SECPKG_ATTR_STREAM_SIZES, &talk->sizes));
  const SECURITY_STATUS verdict = talk->shaking ? verify(talk) : SEC_E_OK;

  if (verdict != SEC_E_OK) {
    announce(talk, SCHANNEL_ALERT, verdict == SEC_E_UNTRUSTED_ROOT ? 48 : 46);
    return verdict;
  }
  talk->negotiating = false;
  talk->shaking = false;
  return SEC_E_OK;
}

/* negotiate makes one handshake call; SEC_E_OK to go on. */
static SECURITY_STATUS negotiate(struct talk *talk) {
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
    case SEC_E_INCOMPLETE_MESSAGE:
      talk->empty = false;
      talk->refused = talk->size;
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
  const SECURITY_STATUS status = talk->table->DecryptMessage(&talk->context, &desc, 0, NULL);

  switch (status) {
    case SEC_E_OK:
      sch_trace_stream_add(&talk->result->plain, sch_span_of(slots[1].pvBuffer, slots[1].cbBuffer));
      use(talk, slots, SCH_COUNT(slots));
      return SEC_E_OK;
    case SEC_I_RENEGOTIATE:
      use(talk, slots, SCH_COUNT(slots));
      talk->negotiating = true;
      talk->empty = talk->size == 0;
      return SEC_E_OK;
    case SEC_I_CONTEXT_EXPIRED:
      talk->peer_closed = true;
      return SEC_E_OK;
    case SEC_E_INCOMPLETE_MESSAGE:
      talk->refused = talk->size;
      return SEC_E_OK;
    default:
      if (status < 0 && status != SEC_E_INTERNAL_ERROR) {
        (void)shake(talk, true); /* has the alert of that failure */
      }
      return status;
  }
}

/* say seals one record of what waits; SEC_E_OK to go on. */
static SECURITY_STATUS say(struct talk *talk) {
  const struct sch_span data = sch_span_first(talk->text, talk->sizes.cbMaximumMessage);
  const size_t header = talk->sizes.cbHeader;
  uint8_t *message = sch_own_alloc(header + data.size + talk->sizes.cbTrailer);

  ENSURE(message != NULL);
  ENSURE(sch_span_skip(&talk->text, data.size));
  sch_copy(message + header, data.data, data.size);
  SecBuffer slots[] = {
      {talk->sizes.cbHeader, SECBUFFER_STREAM_HEADER, message},
      {(ULONG)data.size, SECBUFFER_DATA, message + header},
      {talk->sizes.cbTrailer, SECBUFFER_STREAM_TRAILER, message + header + data.size},
      {0, SECBUFFER_EMPTY, NULL}};
  SecBufferDesc desc = {SECBUFFER_VERSION, SCH_COUNT(slots), slots};
  const SECURITY_STATUS status = talk->table->EncryptMessage(&talk->context, 0, &desc, 0);

  for (size_t i = 0; status == SEC_E_OK && i < 3; i++) {
    sch_trace_stream_add(&talk->result->wire, sch_span_of(slots[i].pvBuffer, slots[i].cbBuffer));
  }
  sch_free(message);
  return status;
}

/* go_on makes all calls that what is held allows; SEC_E_OK when it waits for more. */
static SECURITY_STATUS go_on(struct talk *talk) {
  SECURITY_STATUS status = SEC_E_OK;

  while (status == SEC_E_OK) {
    const bool news = talk->size != 0 && talk->size > talk->refused && !talk->peer_closed;

    if (talk->negotiating) {
      if (!talk->empty && !news) {
        return SEC_E_OK;
      }
      talk->refused = 0;
      status = negotiate(talk);
    } else if (talk->text.size != 0) {
      status = say(talk);
    } else if (talk->close && !talk->closed) {
      announce(talk, SCHANNEL_SHUTDOWN, 0);
      talk->closed = true;
    } else if (news) {
      talk->refused = 0;
      status = receive(talk);
    } else {
      return SEC_E_OK;
    }
  }
  return status;
}

static void inject(struct talk *talk, const struct sch_twin_event *event) {
  struct sch_fifo out;

  sch_fifo_open(&out, SCH_TWIN_WIRE_MAX);
  if (!talk->negotiating && event->inject(&talk->context, event->what, event->size, &out)) {
    sch_trace_stream_add(&talk->result->wire, sch_fifo_held(&out));
  }
  sch_fifo_drop(&out);
}

/* live goes through one event, of which `wire` are the bytes; SEC_E_OK to go on. */
static SECURITY_STATUS live(struct talk *talk, const struct sch_twin_event *event,
                            struct sch_span wire) {
  switch (event->kind) {
    case SCH_TWIN_WIRE:
      sch_copy(talk->rest + talk->size, wire.data, talk->peer_closed ? 0 : wire.size);
      talk->size += talk->peer_closed ? 0 : wire.size;
      break;
    case SCH_TWIN_WRITE:
      talk->text.size += talk->close ? 0 : event->size;
      break;
    case SCH_TWIN_CLOSE:
      talk->close = true;
      break;
    case SCH_TWIN_INJECT:
      inject(talk, event);
      break;
    case SCH_TWIN_END:
      return talk->peer_closed ? SEC_I_CONTEXT_EXPIRED : SEC_E_INCOMPLETE_MESSAGE;
  }
  const SECURITY_STATUS status = go_on(talk);

  return status == SEC_E_OK && talk->peer_closed && talk->closed ? SEC_I_CONTEXT_EXPIRED : status;
}

void sch_reference_caller(const struct sch_stream_settings *settings,
                          const struct sch_twin_history *history, struct sch_twin_result *result) {
  struct sch_span wire = sch_span_of(history->wire, history->size);
  struct talk talk = {.settings = settings,
                      .result = result,
                      .table = settings->table,
                      .block = sch_own_alloc(history->size + 1),
                      .text = {history->text.data, 0},
                      .negotiating = true,
                      .shaking = true,
                      .flags = settings->server
                                   ? ASC_REQ_ALLOCATE_MEMORY | ASC_REQ_EXTENDED_ERROR |
                                         (settings->client_certificate ? ASC_REQ_MUTUAL_AUTH : 0U)
                                   : ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_EXTENDED_ERROR |
                                         ISC_REQ_MANUAL_CRED_VALIDATION,
                      .empty = !settings->server};

  ENSURE(talk.block != NULL);
  talk.rest = talk.block;
  result->status = go_on(&talk);
  for (size_t i = 0; result->status == SEC_E_OK && i < history->count; i++) {
    const struct sch_twin_event *event = &history->events[i];
    struct sch_span part = {NULL, 0};

    ENSURE(event->kind != SCH_TWIN_WIRE || sch_span_take(&wire, event->size, &part));
    result->status = live(&talk, event, part);
  }
  if (result->status == SEC_E_OK && talk.peer_closed) {
    result->status = SEC_I_CONTEXT_EXPIRED;
  }
  if (talk.has_context) {
    (void)talk.table->DeleteSecurityContext(&talk.context);
  }
  sch_free(talk.block);
}

SECURITY_STATUS sch_reference_run(const struct sch_reference *caller, struct sch_span wire,
                                  struct sch_trace_stream *plain) {
  static struct sch_twin_history history;
  struct sch_twin_result result = {{0, 0}, {0, 0}, SEC_E_OK};

  sch_twin_forget(&history, caller->clear);
  sch_twin_note(&history, (struct sch_twin_event){SCH_TWIN_WRITE, NULL, 0, caller->clear.size},
                (struct sch_span){NULL, 0});
  if (caller->close) {
    sch_twin_note(&history, (struct sch_twin_event){SCH_TWIN_CLOSE, NULL, 0, 0},
                  (struct sch_span){NULL, 0});
  }
  sch_twin_note(&history, (struct sch_twin_event){SCH_TWIN_WIRE, NULL, 0, wire.size}, wire);
  sch_twin_note(&history, (struct sch_twin_event){SCH_TWIN_END, NULL, 0, 0},
                (struct sch_span){NULL, 0});
  ENSURE(!history.incomplete);
  sch_reference_caller(caller->settings, &history, &result);
  *plain = result.plain;
  return result.status;
}
