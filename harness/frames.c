/* frames: the caller that parses record headers itself and hands over one whole record in each
 * call, never more and never less. It believes the provider, and knows of no bytes but the frame.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "sspi/sspi.h"
#include "twin.h"

#define HEADER ((size_t)5)
#define BODY_MAX \
  ((size_t)16384 + 2048) /* of a legal record; a longer one is handed over as it is */
#define SEALED_MAX ((size_t)16384 + 512)
#define CALLS_MAX 4 /* that one frame may take */

struct framer {
  const struct sch_stream_settings *settings;
  struct sch_twin_result *result;
  CtxtHandle context;
  bool has_context;
  bool shaking;   /* a handshake, first or later, runs */
  bool owing;     /* the provider wants a handshake call */
  bool peer_done; /* close_notify has come */
  bool close;     /* the owner has closed */
  bool done;      /* and our close_notify has gone */
  SECURITY_STATUS status;
  SecPkgContext_StreamSizes sizes;
  struct sch_span text; /* plaintext that waits */
  size_t size;
  uint8_t frame[HEADER + BODY_MAX];
};

static SecBuffer *find(SecBuffer *slots, size_t count, ULONG type) {
  for (size_t i = 0; i < count; i++) {
    if (slots[i].BufferType == type) {
      return &slots[i];
    }
  }
  return NULL;
}

static void send(struct framer *framer, SecBuffer *slot) {
  sch_trace_stream_add(&framer->result->wire, sch_span_of(slot->pvBuffer, slot->cbBuffer));
}

/* handshake makes one call with `size` bytes of the frame and says how many come back. */
static SECURITY_STATUS handshake(struct framer *framer, size_t size, size_t *left) {
  const struct sch_stream_settings *set = framer->settings;
  SecurityFunctionTable *table = set->table;
  SecBuffer in[2] = {{(ULONG)size, SECBUFFER_TOKEN, framer->frame}, {0, SECBUFFER_EMPTY, NULL}};
  SecBuffer out[2] = {{0, SECBUFFER_TOKEN, NULL}, {0, SECBUFFER_ALERT, NULL}};
  SecBufferDesc in_desc = {SECBUFFER_VERSION, 2, in};
  SecBufferDesc out_desc = {SECBUFFER_VERSION, 2, out};
  SecBufferDesc *given = size == 0 ? NULL : &in_desc;
  CtxtHandle *known = framer->has_context ? &framer->context : NULL;
  ULONG granted;
  const SECURITY_STATUS status =
      set->server
          ? table->AcceptSecurityContext(set->credential, known, given,
                                         ASC_REQ_ALLOCATE_MEMORY | ASC_REQ_EXTENDED_ERROR |
                                             ASC_REQ_STREAM |
                                             (set->client_certificate ? ASC_REQ_MUTUAL_AUTH : 0U),
                                         0, &framer->context, &out_desc, &granted, NULL)
          : table->InitializeSecurityContextA(set->credential, known, set->target_name,
                                              ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_EXTENDED_ERROR |
                                                  ISC_REQ_STREAM | ISC_REQ_MANUAL_CRED_VALIDATION,
                                              0, 0, given, 0, &framer->context, &out_desc, &granted,
                                              NULL);

  framer->has_context = framer->has_context || status >= 0;
  for (size_t i = 0; i < 2; i++) {
    send(framer, &out[i]);
    if (out[i].pvBuffer != NULL) {
      (void)table->FreeContextBuffer(out[i].pvBuffer);
    }
  }
  *left = find(in, 2, SECBUFFER_EXTRA) == NULL ? 0 : find(in, 2, SECBUFFER_EXTRA)->cbBuffer;
  return status;
}

static void alert(struct framer *framer, DWORD kind, DWORD number) {
  SCHANNEL_ALERT_TOKEN token = {kind, TLS1_ALERT_FATAL, number};
  SecBuffer slot = {kind == SCHANNEL_SHUTDOWN ? sizeof kind : sizeof token, SECBUFFER_TOKEN,
                    &token};
  SecBufferDesc desc = {SECBUFFER_VERSION, 1, &slot};
  size_t left;

  if (framer->settings->table->ApplyControlToken(&framer->context, &desc) == SEC_E_OK) {
    (void)handshake(framer, 0, &left);
  }
}

static SECURITY_STATUS judge(struct framer *framer) {
  const struct sch_stream_settings *set = framer->settings;
  PCCERT_CONTEXT found = NULL;

  if (set->insecure || (set->server && !set->client_certificate)) {
    return SEC_E_OK;
  }
  if (set->verify == NULL) {
    return SEC_E_UNTRUSTED_ROOT;
  }
  (void)set->table->QueryContextAttributesA(&framer->context, SECPKG_ATTR_REMOTE_CERT_CONTEXT,
                                            &found);
  const struct sch_span der = found == NULL
                                  ? (struct sch_span){NULL, 0}
                                  : sch_span_of(found->pbCertEncoded, found->cbCertEncoded);
  const SECURITY_STATUS verdict =
      set->verify(set->verify_context,
                  &(struct sch_stream_peer){&der, found != NULL, NULL, !set->server})
          .status;

  (void)CertFreeCertificateContext(found);
  return verdict;
}

/* arrive is the end of a handshake, or of what follows one. */
static void arrive(struct framer *framer) {
  const SECURITY_STATUS verdict = framer->shaking ? judge(framer) : SEC_E_OK;

  (void)framer->settings->table->QueryContextAttributesA(&framer->context, SECPKG_ATTR_STREAM_SIZES,
                                                         &framer->sizes);
  if (verdict != SEC_E_OK) {
    alert(framer, SCHANNEL_ALERT, verdict == SEC_E_UNTRUSTED_ROOT ? 48 : 46);
    framer->status = verdict;
  }
  framer->shaking = framer->owing = false;
}

static void seal(struct framer *framer) {
  uint8_t block[SEALED_MAX];
  const struct sch_span data = sch_span_first(framer->text, framer->sizes.cbMaximumMessage);
  uint8_t *body = block + framer->sizes.cbHeader;
  SecBuffer slots[4] = {{framer->sizes.cbHeader, SECBUFFER_STREAM_HEADER, block},
                        {(ULONG)data.size, SECBUFFER_DATA, body},
                        {framer->sizes.cbTrailer, SECBUFFER_STREAM_TRAILER, body + data.size},
                        {0, SECBUFFER_EMPTY, NULL}};
  SecBufferDesc desc = {SECBUFFER_VERSION, 4, slots};

  sch_copy(body, data.data, data.size);
  ENSURE(sch_span_skip(&framer->text, data.size));
  framer->status = framer->settings->table->EncryptMessage(&framer->context, 0, &desc, 0);
  for (size_t i = 0; framer->status == SEC_E_OK && i < 3; i++) {
    send(framer, &slots[i]);
  }
}

/* flush seals what waits, and closes, when the provider owes no handshake. */
static void flush(struct framer *framer) {
  while (framer->status == SEC_E_OK && !framer->shaking && !framer->owing) {
    if (framer->text.size != 0) {
      seal(framer);
    } else if (framer->close && !framer->done) {
      alert(framer, SCHANNEL_SHUTDOWN, 0);
      framer->done = true;
    } else {
      return;
    }
  }
}

/* shake hands `*left` bytes of the frame, or none, to the handshake. */
static void shake(struct framer *framer, size_t *left) {
  const SECURITY_STATUS status = handshake(framer, *left, left);

  if (status == SEC_E_OK) {
    arrive(framer);
  } else if (status == SEC_I_CONTINUE_NEEDED) {
    framer->shaking = true;
  } else if (status != SEC_E_INCOMPLETE_MESSAGE) {
    framer->status = status;
  }
}

/* decrypt opens the frame and says how many bytes of it come back. */
static void decrypt(struct framer *framer, size_t *left) {
  SecBuffer slots[4] = {{(ULONG)*left, SECBUFFER_DATA, framer->frame},
                        {0, SECBUFFER_EMPTY, NULL},
                        {0, SECBUFFER_EMPTY, NULL},
                        {0, SECBUFFER_EMPTY, NULL}};
  SecBufferDesc desc = {SECBUFFER_VERSION, 4, slots};
  const SECURITY_STATUS status =
      framer->settings->table->DecryptMessage(&framer->context, &desc, 0, NULL);
  const SecBuffer *data = find(slots, 4, SECBUFFER_DATA);
  const SecBuffer *extra = find(slots, 4, SECBUFFER_EXTRA);

  *left = extra == NULL ? 0 : extra->cbBuffer;
  if (status == SEC_E_OK && data != NULL) {
    sch_trace_stream_add(&framer->result->plain, sch_span_of(data->pvBuffer, data->cbBuffer));
  } else if (status == SEC_I_CONTEXT_EXPIRED) {
    framer->peer_done = true;
  } else if (status == SEC_I_RENEGOTIATE) {
    framer->owing = true;
    if (*left == 0) {
      shake(framer, left);
    }
  } else if (status < 0 && status != SEC_E_INCOMPLETE_MESSAGE && status != SEC_E_INTERNAL_ERROR) {
    size_t none = 0;

    (void)handshake(framer, 0, &none); /* has the alert of that failure */
    framer->status = status;
  } else {
    framer->status = status;
  }
}

/* pass deals with the one frame that is whole. */
static void pass(struct framer *framer) {
  size_t left = framer->size;

  framer->size = 0;
  for (int i = 0; i < CALLS_MAX && left != 0 && framer->status == SEC_E_OK; i++) {
    if (framer->shaking || framer->owing) {
      shake(framer, &left);
    } else {
      decrypt(framer, &left);
    }
    flush(framer);
  }
}

/* wanted says how many bytes the frame must have before it is handed over; what no TLS record can
 * begin with goes at once. */
static size_t wanted(const struct framer *framer) {
  const uint8_t *header = framer->frame;
  const size_t body = (size_t)header[3] << 8 | header[4];

  if (framer->size < HEADER || header[0] < 20 || header[0] > 23 || header[1] != 3 ||
      body > BODY_MAX) {
    return HEADER;
  }
  return HEADER + body;
}

/* take adds bytes to the frame up to its end, and passes it when it is whole. */
static void take(struct framer *framer, struct sch_span wire) {
  while (wire.size != 0 && framer->status == SEC_E_OK && !framer->peer_done) {
    const struct sch_span part = sch_span_first(wire, wanted(framer) - framer->size);

    sch_copy(framer->frame + framer->size, part.data, part.size);
    framer->size += part.size;
    ENSURE(sch_span_skip(&wire, part.size));
    if (framer->size >= HEADER && framer->size == wanted(framer)) {
      pass(framer);
    }
  }
}

static void inject(struct framer *framer, const struct sch_twin_event *event) {
  struct sch_fifo out;

  sch_fifo_open(&out, SEALED_MAX);
  if (!framer->shaking && !framer->owing &&
      event->inject(&framer->context, event->what, event->size, &out)) {
    sch_trace_stream_add(&framer->result->wire, sch_fifo_held(&out));
  }
  sch_fifo_drop(&out);
}

static void live(struct framer *framer, const struct sch_twin_event *event, struct sch_span wire) {
  if (framer->status != SEC_E_OK || (framer->peer_done && framer->done)) {
    return;
  }
  switch (event->kind) {
    case SCH_TWIN_WIRE:
      take(framer, wire);
      break;
    case SCH_TWIN_WRITE:
      framer->text.size += framer->close ? 0 : event->size;
      break;
    case SCH_TWIN_CLOSE:
      framer->close = true;
      break;
    case SCH_TWIN_END:
      framer->status = framer->peer_done ? SEC_I_CONTEXT_EXPIRED : SEC_E_INCOMPLETE_MESSAGE;
      return;
    case SCH_TWIN_INJECT:
      inject(framer, event);
      break;
  }
  flush(framer);
}

void sch_twin_frames(const struct sch_stream_settings *settings,
                     const struct sch_twin_history *history, struct sch_twin_result *result) {
  struct framer framer = {
      .settings = settings, .result = result, .shaking = true, .text = {history->text.data, 0}};
  struct sch_span wire = sch_span_of(history->wire, history->size);
  size_t left = 0;

  if (!settings->server) {
    shake(&framer, &left);
  }
  for (size_t i = 0; i < history->count; i++) {
    const struct sch_twin_event *event = &history->events[i];
    struct sch_span part = {NULL, 0};

    ENSURE(event->kind != SCH_TWIN_WIRE || sch_span_take(&wire, event->size, &part));
    live(&framer, event, part);
  }
  result->status = framer.status != SEC_E_OK ? framer.status
                   : framer.peer_done        ? SEC_I_CONTEXT_EXPIRED
                                             : SEC_E_OK;
  if (framer.has_context) {
    (void)settings->table->DeleteSecurityContext(&framer.context);
  }
}
