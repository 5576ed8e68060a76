/* query: see query.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "sspi/query.h"

#include "sspi/certcontext.h"
#include "tls/suite.h"

static DWORD protocol_of(const struct sch_context *context) {
  const bool server = context->credential->server;

  if (context->facts.version == SCH_TLS_1_3) {
    return server ? SP_PROT_TLS1_3_SERVER : SP_PROT_TLS1_3_CLIENT;
  }
  return server ? SP_PROT_TLS1_2_SERVER : SP_PROT_TLS1_2_CLIENT;
}

static SECURITY_STATUS stream_sizes(const struct sch_context *context,
                                    SecPkgContext_StreamSizes *sizes) {
  *sizes = (SecPkgContext_StreamSizes){
      .cbHeader = (ULONG)context->facts.header,
      .cbTrailer = (ULONG)context->facts.trailer,
      .cbMaximumMessage = (ULONG)SCH_RECORD_PLAIN_MAX,
      .cBuffers = 4,
      .cbBlockSize = (ULONG)context->facts.block,
  };
  return SEC_E_OK;
}

static SECURITY_STATUS connection_info(const struct sch_context *context,
                                       SecPkgContext_ConnectionInfo *info) {
  const struct sch_suite *suite = sch_suite_of(context->facts.suite);

  *info = (SecPkgContext_ConnectionInfo){
      .dwProtocol = protocol_of(context),
      .aiCipher = suite->cipher,
      .dwCipherStrength = suite->cipher_bits,
      .aiHash = suite->hash,
      .dwHashStrength = suite->hash_bits,
      .aiExch = suite->exchange,
  };
  return SEC_E_OK;
}

/* widen copies a name into a WCHAR array of SZ_ALG_MAX_SIZE, cutting what does not fit. */
static void widen(WCHAR *to, const char *from) {
  size_t i = 0;

  for (; from[i] != '\0' && i < SZ_ALG_MAX_SIZE - 1; i++) {
    to[i] = (WCHAR)from[i];
  }
  to[i] = 0;
}

static SECURITY_STATUS cipher_info(const struct sch_context *context,
                                   SecPkgContext_CipherInfo *info) {
  const struct sch_suite *suite = sch_suite_of(context->facts.suite);

  if (info->dwVersion != SECPKGCONTEXT_CIPHERINFO_V1) {
    return SEC_E_UNSUPPORTED_FUNCTION;
  }
  *info = (SecPkgContext_CipherInfo){
      .dwVersion = SECPKGCONTEXT_CIPHERINFO_V1,
      .dwProtocol = context->facts.version,
      .dwCipherSuite = context->facts.suite,
      .dwBaseCipherSuite = context->facts.suite,
      .dwCipherLen = suite->cipher_bits,
      .dwCipherBlockLen = (DWORD)context->facts.block,
      .dwHashLen = suite->hash_bits,
  };
  widen(info->szCipherSuite, suite->name);
  widen(info->szCipher, suite->cipher_name);
  widen(info->szHash, suite->hash_name);
  widen(info->szExchange, suite->exchange_name);
  return SEC_E_OK;
}

static SECURITY_STATUS remote_certificate(const struct sch_context *context,
                                          PCCERT_CONTEXT *answer) {
  const struct sch_span der = context->facts.peer_certificate;

  if (der.size == 0) {
    return SEC_E_NO_CREDENTIALS;
  }
  PCCERT_CONTEXT certificate =
      CertCreateCertificateContext(X509_ASN_ENCODING, der.data, (DWORD)der.size);

  if (certificate == NULL) {
    return SEC_E_INSUFFICIENT_MEMORY;
  }
  *answer = certificate;
  return SEC_E_OK;
}

static SECURITY_STATUS application_protocol(const struct sch_context *context,
                                            SecPkgContext_ApplicationProtocol *answer) {
  const struct sch_span protocol = context->facts.protocol;
  SecPkgContext_ApplicationProtocol made = {.ProtoNegoStatus =
                                                SecApplicationProtocolNegotiationStatus_None};

  ENSURE(protocol.size <= MAX_PROTOCOL_ID_SIZE);
  if (protocol.size != 0) {
    made.ProtoNegoStatus = SecApplicationProtocolNegotiationStatus_Success;
    made.ProtoNegoExt = SecApplicationProtocolNegotiationExt_ALPN;
    made.ProtocolIdSize = (unsigned char)protocol.size;
    sch_copy(made.ProtocolId, protocol.data, protocol.size);
  }
  *answer = made;
  return SEC_E_OK;
}

static SECURITY_STATUS session_info(const struct sch_context *context,
                                    SecPkgContext_SessionInfo *info) {
  *info =
      (SecPkgContext_SessionInfo){.dwFlags = context->facts.resumed ? SSL_SESSION_RECONNECT : 0};
  return SEC_E_OK;
}

SECURITY_STATUS sch_query(struct sch_context *context, ULONG attribute, void *answer) {
  if (context->failure != SEC_E_OK) {
    return context->failure;
  }
  /* The end of each handshake has brought the facts; while one runs, the engine may drop what the
   * views point to. */
  if (context->phase == SCH_PHASE_HANDSHAKE) {
    return SEC_E_CONTEXT_EXPIRED;
  }
  switch (attribute) {
    case SECPKG_ATTR_STREAM_SIZES:
      return stream_sizes(context, answer);
    case SECPKG_ATTR_CONNECTION_INFO:
      return connection_info(context, answer);
    case SECPKG_ATTR_CIPHER_INFO:
      return cipher_info(context, answer);
    case SECPKG_ATTR_REMOTE_CERT_CONTEXT:
      return remote_certificate(context, answer);
    case SECPKG_ATTR_APPLICATION_PROTOCOL:
      return application_protocol(context, answer);
    case SECPKG_ATTR_SESSION_INFO:
      return session_info(context, answer);
    default:
      return SEC_E_UNSUPPORTED_FUNCTION;
  }
}

SECURITY_STATUS sch_query_credential(const struct sch_credential *credential, ULONG attribute,
                                     void *answer) {
  if (answer == NULL) {
    return SEC_E_INTERNAL_ERROR;
  }
  switch (attribute) {
    case SECPKG_ATTR_SUPPORTED_PROTOCOLS:
      *(SecPkgCred_SupportedProtocols *)answer =
          (SecPkgCred_SupportedProtocols){credential->protocols};
      return SEC_E_OK;
    case SECPKG_CRED_ATTR_NAMES:
      return credential->certified ? SEC_E_UNSUPPORTED_FUNCTION : SEC_E_NO_CREDENTIALS;
    default:
      return SEC_E_UNSUPPORTED_FUNCTION;
  }
}
