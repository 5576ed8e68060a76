/* ends: see ends.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "ends.h"

#include <stdio.h>
#include <string.h>

#include "sspi/acquire.h"
#include "sspi/personality.h"
#include "starve.h"
#include "tls/engine_aead.h"

#define WIRE_MAX ((size_t)1 << 20)
#define TURNS_MAX 16 /* of a handshake: more is a handshake that does not end */

static SecBufferDesc describe(SecBuffer *slots, ULONG count) {
  return (SecBufferDesc){SECBUFFER_VERSION, count, slots};
}

_Static_assert((size_t)SCH_ENDS_OPENSSL_1_2 == SCH_ENGINE_AEAD_COUNT, "see enum sch_ends_kind");

bool sch_ends_is_1_3(size_t kind) {
  return kind < SCH_ENDS_AEAD_1_2 || kind == SCH_ENDS_OPENSSL_1_3;
}

static const struct sch_personality *chosen;

bool sch_ends_personality(const char *name) {
  size_t count;
  const struct sch_personality *table = sch_personality_table(&count);

  chosen = sch_personality_default();
  for (size_t i = 0; name != NULL && i < count; i++) {
    if (strcmp(name, table[i].name) == 0) {
      chosen = &table[i];
      return true;
    }
  }
  return name == NULL;
}

SEC_CHAR *sch_ends_package(size_t kind) {
  static SEC_CHAR names[SCH_ENGINE_AEAD_COUNT][16];
  const struct sch_personality *personality = chosen == NULL ? sch_personality_default() : chosen;

  if (kind >= SCH_ENGINE_AEAD_COUNT) {
    return (SEC_CHAR *)(uintptr_t)personality->package;
  }
  (void)snprintf(names[kind], sizeof names[kind], "aead-%zu", kind);
  ENSURE(sch_package_add_as(names[kind], &sch_engine_aead[kind], personality));
  return names[kind];
}

PCCERT_CONTEXT sch_ends_certificate(enum sch_identity_kind identity) {
  const struct sch_identity *made = sch_identity(identity);

  return sch_certcontext_create(
      &(struct sch_certcontext_identity){made->certificate, made->chain, made->key});
}

SECURITY_STATUS sch_ends_try_acquire(size_t kind, bool server, enum sch_identity_kind identity,
                                     DWORD flags, CredHandle *handle) {
  TLS_PARAMETERS parameters = {
      .grbitDisabledProtocols = sch_ends_is_1_3(kind)
                                    ? SP_PROT_TLS1_2_CLIENT | SP_PROT_TLS1_2_SERVER
                                    : SP_PROT_TLS1_3_CLIENT | SP_PROT_TLS1_3_SERVER,
  };
  PCCERT_CONTEXT certificate = NULL;
  SCH_CREDENTIALS auth = {.dwVersion = SCH_CREDENTIALS_VERSION,
                          .dwFlags = flags,
                          .cTlsParameters = 1,
                          .pTlsParameters = &parameters};
  SCHANNEL_CRED older = {.dwVersion = SCHANNEL_CRED_VERSION, .dwFlags = flags};
  const bool is_older = chosen != NULL && chosen->no_v5;

  if (identity != SCH_IDENTITY_NONE) {
    certificate = sch_ends_certificate(identity);
    if (certificate == NULL) {
      return SEC_E_INSUFFICIENT_MEMORY;
    }
    auth.cCreds = older.cCreds = 1;
    auth.paCred = older.paCred = &certificate;
  }
  const SECURITY_STATUS status = AcquireCredentialsHandleA(
      NULL, sch_ends_package(kind), server ? SECPKG_CRED_INBOUND : SECPKG_CRED_OUTBOUND, NULL,
      is_older ? (void *)&older : (void *)&auth, NULL, NULL, handle, NULL);

  (void)CertFreeCertificateContext(certificate);
  return status;
}

CredHandle sch_ends_acquire(size_t kind, bool server, enum sch_identity_kind identity,
                            DWORD flags) {
  CredHandle handle;

  ENSURE(sch_ends_try_acquire(kind, server, identity, flags, &handle) == SEC_E_OK);
  return handle;
}

void sch_end_open(struct sch_end *end, size_t kind, bool server) {
  *end = (struct sch_end){.server = server, .status = SEC_I_CONTINUE_NEEDED};
  end->credential = sch_ends_acquire(
      kind, server, server ? SCH_IDENTITY_ECDSA : SCH_IDENTITY_NONE,
      SCH_CRED_MANUAL_CRED_VALIDATION | (server ? 0U : SCH_CRED_DISABLE_RECONNECTS));
  sch_fifo_open(&end->sent, WIRE_MAX);
  sch_fifo_open(&end->held, WIRE_MAX);
}

void sch_end_drop(struct sch_end *end) {
  if (end->has_context) {
    ENSURE(DeleteSecurityContext(&end->context) == SEC_E_OK);
    end->has_context = false;
  }
  ENSURE(FreeCredentialsHandle(&end->credential) == SEC_E_OK);
  sch_fifo_drop(&end->sent);
  sch_fifo_drop(&end->held);
}

void sch_end_take(struct sch_end *to, struct sch_end *from) {
  const struct sch_span wire = sch_fifo_held(&from->sent);

  ENSURE(sch_fifo_append(&to->held, wire));
  sch_fifo_consume(&from->sent, wire.size);
}

static SECURITY_STATUS call(struct sch_end *end, SecBufferDesc *in, SecBufferDesc *out) {
  CtxtHandle *known = end->has_context ? &end->context : NULL;
  ULONG attributes;

  if (end->server) {
    return AcceptSecurityContext(&end->credential, known, in,
                                 ASC_REQ_ALLOCATE_MEMORY | ASC_REQ_EXTENDED_ERROR,
                                 SECURITY_NATIVE_DREP, &end->context, out, &attributes, NULL);
  }
  return InitializeSecurityContextA(
      &end->credential, known, NULL, ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_EXTENDED_ERROR, 0,
      SECURITY_NATIVE_DREP, in, 0, &end->context, out, &attributes, NULL);
}

SECURITY_STATUS sch_end_step(struct sch_end *end) {
  const struct sch_span held = sch_fifo_held(&end->held);
  SecBuffer in[] = {{(ULONG)held.size, SECBUFFER_TOKEN, sch_fifo_lend(&end->held)},
                    {0, SECBUFFER_EMPTY, NULL}};
  SecBuffer out[] = {{0, SECBUFFER_TOKEN, NULL}};
  SecBufferDesc in_desc = describe(in, SCH_COUNT(in));
  SecBufferDesc out_desc = describe(out, SCH_COUNT(out));

  end->status = call(end, held.size == 0 ? NULL : &in_desc, &out_desc);
  end->has_context = end->has_context || end->status >= 0;
  ENSURE(sch_fifo_append(&end->sent, sch_span_of(out[0].pvBuffer, out[0].cbBuffer)));
  (void)FreeContextBuffer(out[0].pvBuffer);
  if (end->status >= 0) {
    const size_t extra = in[1].BufferType == SECBUFFER_EXTRA ? in[1].cbBuffer : 0;

    ENSURE(extra <= held.size);
    sch_fifo_consume(&end->held, held.size - extra);
  }
  return end->status;
}

/* is_due says whether an end is to be called again without reading. */
static bool is_due(const struct sch_end *end) {
  return end->status == SEC_I_MESSAGE_FRAGMENT ||
         (end->status == SEC_I_CONTINUE_NEEDED && sch_fifo_held(&end->held).size != 0);
}

bool sch_ends_join(struct sch_end *client, struct sch_end *server) {
  do {
    (void)sch_end_step(client);
  } while (is_due(client));
  for (int turn = 0; turn < TURNS_MAX; turn++) {
    struct sch_end *end = turn % 2 == 0 ? server : client;

    sch_end_take(end, end->server ? client : server);
    while (is_due(end)) {
      (void)sch_end_step(end);
    }
    if (client->status == SEC_E_OK && server->status == SEC_E_OK) {
      return true;
    }
  }
  return false;
}

SECURITY_STATUS sch_end_seal(struct sch_end *end, struct sch_span data) {
  SecPkgContext_StreamSizes sizes = {0};

  TRY(QueryContextAttributes(&end->context, SECPKG_ATTR_STREAM_SIZES, &sizes));
  uint8_t *block = sch_own_alloc(sizes.cbHeader + data.size + sizes.cbTrailer);

  ENSURE(block != NULL);
  sch_copy(block + sizes.cbHeader, data.data, data.size);
  SecBuffer slots[] = {
      {sizes.cbHeader, SECBUFFER_STREAM_HEADER, block},
      {(ULONG)data.size, SECBUFFER_DATA, block + sizes.cbHeader},
      {sizes.cbTrailer, SECBUFFER_STREAM_TRAILER, block + sizes.cbHeader + data.size},
      {0, SECBUFFER_EMPTY, NULL}};
  SecBufferDesc desc = describe(slots, SCH_COUNT(slots));
  const SECURITY_STATUS status = EncryptMessage(&end->context, 0, &desc, 0);

  for (size_t i = 0; status == SEC_E_OK && i < SCH_COUNT(slots); i++) {
    ENSURE(sch_fifo_append(&end->sent, sch_span_of(slots[i].pvBuffer, slots[i].cbBuffer)));
  }
  sch_free(block);
  return status;
}

SECURITY_STATUS sch_end_unseal(struct sch_end *end, struct sch_span *data) {
  const size_t size = sch_fifo_held(&end->held).size;
  SecBuffer slots[] = {{(ULONG)size, SECBUFFER_DATA, sch_fifo_lend(&end->held)},
                       {0, SECBUFFER_EMPTY, NULL},
                       {0, SECBUFFER_EMPTY, NULL},
                       {0, SECBUFFER_EMPTY, NULL}};
  SecBufferDesc desc = describe(slots, SCH_COUNT(slots));
  const SECURITY_STATUS status = DecryptMessage(&end->context, &desc, 0, NULL);

  *data = (struct sch_span){NULL, 0};
  if (status == SEC_E_INCOMPLETE_MESSAGE || status < 0) {
    return status;
  }
  ENSURE(slots[1].BufferType == SECBUFFER_DATA);
  *data = sch_span_of(slots[1].pvBuffer, slots[1].cbBuffer);
  sch_fifo_consume(&end->held,
                   size - (slots[3].BufferType == SECBUFFER_EXTRA ? slots[3].cbBuffer : 0));
  return status;
}
