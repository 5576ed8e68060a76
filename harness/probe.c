/* probe: see probe.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "probe.h"

#include "oracle.h"
#include "sspi/certcontext.h"
#include "sspi/status.h"
#include "starve.h"
#include "tls/engine.h"
#include "tls/record.h"

#define CLIENT_PROTOCOLS (SP_PROT_TLS1_2_CLIENT | SP_PROT_TLS1_3_CLIENT)
#define PROTOCOLS (CLIENT_PROTOCOLS | SP_PROT_TLS1_2_SERVER | SP_PROT_TLS1_3_SERVER)
#define PROTOCOLS_1_3 (SP_PROT_TLS1_3_CLIENT | SP_PROT_TLS1_3_SERVER)

/* A handshake message is held whole, so it cannot be longer than all that is held. */
#define MESSAGE_MAX (256 * 1024)
#define ENTRY_POINTS 5
#define CERTIFICATE 11
#define ALERT_MAX (5 + 16 + 2 * 48 + 16) /* a protected alert under the longest MAC and padding */

/* The least a protected record adds: a header of 5, and a tag of 16 (RFC 8446 section 5.2). */
#define HEADER_MIN 5
#define TRAILER_MIN 16

/* The suite of the keys last logged, until facts are asked for; 0: none since. */
static uint32_t suite_logged;

static SECURITY_STATUS ask(PCtxtHandle handle, ULONG attribute, void *answer) {
  return QueryContextAttributes(handle, attribute, answer);
}

static void check_sizes(PCtxtHandle handle) {
  SecPkgContext_StreamSizes sizes;

  ORACLE(sizes_current, ask(handle, SECPKG_ATTR_STREAM_SIZES, &sizes) == SEC_E_OK);
  ORACLE(sizes_current, sizes.cbHeader >= HEADER_MIN);
  ORACLE(sizes_current, sizes.cbTrailer >= TRAILER_MIN);
  ORACLE(sizes_current, sizes.cbMaximumMessage == SCH_RECORD_PLAIN_MAX);
  ORACLE(sizes_current, sizes.cBuffers == 4);
  ORACLE(sizes_current, sizes.cbBlockSize >= 1);
}

static void check_cipher(PCtxtHandle handle) {
  SecPkgContext_ConnectionInfo connection;
  SecPkgContext_CipherInfo cipher = {.dwVersion = SECPKGCONTEXT_CIPHERINFO_V1};
  SecPkgContext_CipherInfo unknown = {.dwVersion = SECPKGCONTEXT_CIPHERINFO_V1 + 1};

  ORACLE(sizes_current, ask(handle, SECPKG_ATTR_CONNECTION_INFO, &connection) == SEC_E_OK);
  ORACLE(sizes_current, ask(handle, SECPKG_ATTR_CIPHER_INFO, &cipher) == SEC_E_OK);
  ORACLE(sizes_current,
         ask(handle, SECPKG_ATTR_CIPHER_INFO, &unknown) == SEC_E_UNSUPPORTED_FUNCTION);
  /* One protocol, the same in both answers. */
  ORACLE(sizes_current, (connection.dwProtocol & ~(DWORD)PROTOCOLS) == 0);
  ORACLE(sizes_current, (connection.dwProtocol & (connection.dwProtocol - 1)) == 0);
  ORACLE(sizes_current,
         ((connection.dwProtocol & PROTOCOLS_1_3) != 0) == (cipher.dwProtocol == SCH_TLS_1_3));
  ORACLE(sizes_current, cipher.dwCipherLen == connection.dwCipherStrength);
  ORACLE(sizes_current, cipher.dwHashLen == connection.dwHashStrength);
  ORACLE(sizes_current, cipher.szCipherSuite[0] == 'T');
  ORACLE(sizes_current, suite_logged == 0 || suite_logged == cipher.dwCipherSuite);
  suite_logged = 0;
}

static void check_peer(PCtxtHandle handle) {
  SecPkgContext_ApplicationProtocol protocol;
  SecPkgContext_SessionInfo session;
  PCCERT_CONTEXT certificate = NULL;
  const SECURITY_STATUS status = ask(handle, SECPKG_ATTR_REMOTE_CERT_CONTEXT, &certificate);

  ORACLE(ownership, (status == SEC_E_OK) == (certificate != NULL));
  ORACLE(status_handled, status == SEC_E_OK || status == SEC_E_NO_CREDENTIALS);
  if (status == SEC_E_OK) {
    PCCERT_CONTEXT other = NULL;

    /* Each answer is the caller's own; the older is freed first, and the other one stays. */
    ORACLE(ownership, ask(handle, SECPKG_ATTR_REMOTE_CERT_CONTEXT, &other) == SEC_E_OK);
    ORACLE(ownership, other != NULL && other != certificate);
    (void)CertFreeCertificateContext(certificate);
    ORACLE(ownership, sch_certcontext_find(other) != NULL);
    (void)CertFreeCertificateContext(other);
  }
  ORACLE(sizes_current, ask(handle, SECPKG_ATTR_APPLICATION_PROTOCOL, &protocol) == SEC_E_OK);
  ORACLE(sizes_current,
         (protocol.ProtocolIdSize != 0) ==
             (protocol.ProtoNegoStatus == SecApplicationProtocolNegotiationStatus_Success));
  ORACLE(sizes_current, ask(handle, SECPKG_ATTR_SESSION_INFO, &session) == SEC_E_OK);
  ORACLE(sizes_current,
         ask(handle, SECPKG_ATTR_NEGOTIATION_INFO, &session) == SEC_E_UNSUPPORTED_FUNCTION);
}

void sch_probe_facts(PCtxtHandle handle) {
  sch_starve_hold();
  check_sizes(handle);
  check_cipher(handle);
  check_peer(handle);
  sch_starve_release();
}

void sch_probe_dead(PCtxtHandle handle, bool server) {
  uint8_t bytes[64] = {SCH_RECORD_APPLICATION_DATA, 3, 3, 0, 1};
  SecBuffer slots[4] = {{sizeof bytes, SECBUFFER_DATA, bytes}};
  SecBufferDesc message = {SECBUFFER_VERSION, SCH_COUNT(slots), slots};
  SecBuffer token = {sizeof bytes, SECBUFFER_TOKEN, bytes};
  SecBufferDesc out = {SECBUFFER_VERSION, 1, &token};
  SecPkgContext_StreamSizes sizes;
  const SECURITY_STATUS dead = SEC_E_INVALID_HANDLE;

  ORACLE(handle_life, DecryptMessage(handle, &message, 0, NULL) == dead);
  ORACLE(handle_life, EncryptMessage(handle, 0, &message, 0) == dead);
  ORACLE(handle_life, ApplyControlToken(handle, &out) == dead);
  ORACLE(handle_life, ask(handle, SECPKG_ATTR_STREAM_SIZES, &sizes) == dead);
  ORACLE(handle_life, DeleteSecurityContext(handle) == dead);
  ORACLE(handle_life, FreeCredentialsHandle(handle) == dead);
  ORACLE(handle_life,
         (server ? AcceptSecurityContext(NULL, handle, NULL, 0, 0, handle, &out, NULL, NULL)
                 : InitializeSecurityContext(NULL, handle, NULL, 0, 0, 0, NULL, 0, handle, &out,
                                             NULL, NULL)) == dead);
}

/* last_call makes a handshake call without input and gives the size of the TOKEN or ALERT. */
static size_t last_call(PCtxtHandle handle, bool server, SECURITY_STATUS failure) {
  SecBuffer slots[2] = {{0, SECBUFFER_TOKEN, NULL}, {0, SECBUFFER_ALERT, NULL}};
  SecBufferDesc out = {SECBUFFER_VERSION, SCH_COUNT(slots), slots};
  const ULONG accept = ASC_REQ_ALLOCATE_MEMORY | ASC_REQ_EXTENDED_ERROR;
  const ULONG initialize = ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_EXTENDED_ERROR;
  CtxtHandle same = *handle;
  const SECURITY_STATUS status =
      server ? AcceptSecurityContext(NULL, handle, NULL, accept, 0, &same, &out, NULL, NULL)
             : InitializeSecurityContext(NULL, handle, NULL, initialize, 0, 0, NULL, 0, &same, &out,
                                         NULL, NULL);

  ORACLE(sticky_failure, status == failure);
  ORACLE(token_once, slots[0].cbBuffer == 0 || slots[1].cbBuffer == 0);
  for (size_t i = 0; i < SCH_COUNT(slots); i++) {
    (void)FreeContextBuffer(slots[i].pvBuffer);
  }
  return (size_t)slots[0].cbBuffer + slots[1].cbBuffer;
}

void sch_probe_farewell(PCtxtHandle handle, bool server, SECURITY_STATUS failure, bool due,
                        bool closed) {
  sch_probe_farewell_said(handle, server, failure, due, closed, last_call(handle, server, failure));
}

void sch_probe_farewell_said(PCtxtHandle handle, bool server, SECURITY_STATUS failure, bool due,
                             bool closed, size_t size) {
  ORACLE(token_once, !due || size > HEADER_MIN + 2);
  ORACLE(token_once, !closed || size == 0);
  ORACLE(bounded, size <= ALERT_MAX);
  ORACLE(token_once, last_call(handle, server, failure) == 0);
}

static bool is_status(uint32_t value) {
  const SECURITY_STATUS status = (SECURITY_STATUS)value;

  return sch_status_of(status)->value == status;
}

static bool is_event(enum sch_log_code code, uint32_t first, uint32_t second) {
  switch (code) {
    case SCH_LOG_CALL:
      return first < ENTRY_POINTS && is_status(second);
    case SCH_LOG_RECORD_IN:
      return first >= SCH_RECORD_CHANGE_CIPHER_SPEC && first <= SCH_RECORD_APPLICATION_DATA &&
             second >= SCH_RECORD_HEADER && second <= SCH_RECORD_MAX;
    case SCH_LOG_HANDSHAKE_IN:
    case SCH_LOG_HANDSHAKE_OUT:
      return first <= UINT8_MAX && second <= MESSAGE_MAX;
    case SCH_LOG_ALERT_IN:
    case SCH_LOG_ALERT_OUT:
      return first <= UINT8_MAX && second <= UINT8_MAX;
    case SCH_LOG_KEYS:
      return (first == SCH_TLS_1_2 || first == SCH_TLS_1_3) && second <= UINT16_MAX;
    case SCH_LOG_FAILED:
      return is_status(first) && second == 0;
    default:
      return false;
  }
}

/* An empty Certificate message was written since this was last asked. RFC 5246 section 7.4.6, RFC
 * 8446 section 4.4.2: a header, and a list of nothing behind a context of nothing. */
static bool empty_logged;

bool sch_probe_sent_no_certificate(void) {
  const bool sent = empty_logged;

  empty_logged = false;
  return sent;
}

static bool alert_logged;
static bool heard; /* anything of the log */

bool sch_probe_alert_received(void) {
  const bool received = alert_logged || !heard;

  alert_logged = false;
  heard = false;
  return received;
}

static uint64_t written_logged;

uint64_t sch_probe_written(void) {
  const uint64_t written = written_logged;

  written_logged = 0;
  return written;
}

void sch_probe_log(void *unused, enum sch_log_code code, uint32_t first, uint32_t second) {
  (void)unused;
  ORACLE(no_cleartext, is_event(code, first, second));
  heard = true;
  alert_logged |= code == SCH_LOG_ALERT_IN;
  written_logged += code == SCH_LOG_HANDSHAKE_OUT ? second : 0;
  empty_logged |= code == SCH_LOG_HANDSHAKE_OUT && first == CERTIFICATE && second <= 8;
  suite_logged = code == SCH_LOG_KEYS ? second : suite_logged;
}

static SECURITY_STATUS acquire(const char *package, ULONG use, const void *auth) {
  CredHandle handle;

  return AcquireCredentialsHandleA(NULL, (SEC_CHAR *)(uintptr_t)package, use, NULL,
                                   (void *)(uintptr_t)auth, NULL, NULL, &handle, NULL);
}

static void refuse_credentials(void) {
  CERT_CONTEXT bogus = {.cbCertEncoded = 1};
  PCCERT_CONTEXT certificates[2] = {&bogus, &bogus};
  TLS_PARAMETERS none = {.grbitDisabledProtocols = UINT32_MAX};
  const DWORD unknown = 6;
  const DWORD older = 3;
  const SCHANNEL_CRED datagrams = {.dwVersion = SCHANNEL_CRED_VERSION,
                                   .grbitEnabledProtocols = SP_PROT_DTLS1_2_CLIENT};
  const SCHANNEL_CRED old = {.dwVersion = SCHANNEL_CRED_VERSION,
                             .grbitEnabledProtocols = SP_PROT_TLS1_0_CLIENT};
  const SCH_CREDENTIALS nothing = {
      .dwVersion = SCH_CREDENTIALS_VERSION, .cTlsParameters = 1, .pTlsParameters = &none};
  const SCH_CREDENTIALS missing = {.dwVersion = SCH_CREDENTIALS_VERSION, .cTlsParameters = 1};
  const SCH_CREDENTIALS two = {
      .dwVersion = SCH_CREDENTIALS_VERSION, .cCreds = 2, .paCred = certificates};
  const SCH_CREDENTIALS one = {
      .dwVersion = SCH_CREDENTIALS_VERSION, .cCreds = 1, .paCred = certificates};
  const SCH_CREDENTIALS lost = {.dwVersion = SCH_CREDENTIALS_VERSION, .cCreds = 1};
  const SCH_CREDENTIALS plain = {.dwVersion = SCH_CREDENTIALS_VERSION};
  TLS_PARAMETERS not_1_2 = {.grbitDisabledProtocols = SP_PROT_TLS1_2_CLIENT |
                                                      SP_PROT_DTLS1_0_CLIENT |
                                                      SP_PROT_DTLS1_2_CLIENT};
  const SCH_CREDENTIALS newest = {
      .dwVersion = SCH_CREDENTIALS_VERSION, .cTlsParameters = 1, .pTlsParameters = &not_1_2};
  const ULONG out = SECPKG_CRED_OUTBOUND;
  const char *const tls = UNISP_NAME_A;
  SEC_WCHAR foreign[] = {0x20ac, 0};

  ORACLE(status_handled, acquire(NULL, out, &one) == SEC_E_SECPKG_NOT_FOUND);
  ORACLE(status_handled, acquire("NTLM", out, &one) == SEC_E_SECPKG_NOT_FOUND);
  ORACLE(status_handled, acquire(tls, SECPKG_CRED_BOTH, &one) == SEC_E_UNSUPPORTED_FUNCTION);
  ORACLE(status_handled, acquire(tls, out, &unknown) == SEC_E_INTERNAL_ERROR);
  ORACLE(status_handled, acquire(tls, out, &older) == SEC_E_INSUFFICIENT_MEMORY);
  ORACLE(status_handled, acquire("Schannel win7", out, &plain) == SEC_E_INTERNAL_ERROR);
  ORACLE(status_handled, acquire("Schannel win10", out, &newest) == SEC_E_ALGORITHM_MISMATCH);
  ORACLE(status_handled, acquire("Schannel winxp", out, &plain) == SEC_E_SECPKG_NOT_FOUND);
  ORACLE(status_handled, acquire(tls, out, &datagrams) == SEC_E_UNSUPPORTED_FUNCTION);
  ORACLE(status_handled, acquire(tls, out, &old) == SEC_E_ALGORITHM_MISMATCH);
  ORACLE(status_handled, acquire(tls, out, &nothing) == SEC_E_ALGORITHM_MISMATCH);
  ORACLE(status_handled, acquire(tls, out, &missing) == SEC_E_UNKNOWN_CREDENTIALS);
  ORACLE(status_handled, acquire(tls, out, &two) == SEC_E_UNKNOWN_CREDENTIALS);
  ORACLE(status_handled, acquire(tls, out, &one) == SEC_E_UNKNOWN_CREDENTIALS);
  ORACLE(status_handled, acquire(tls, out, &lost) == SEC_E_UNKNOWN_CREDENTIALS);
  ORACLE(handle_life, AcquireCredentialsHandleA(NULL, (SEC_CHAR *)(uintptr_t)tls, out, NULL, NULL,
                                                NULL, NULL, NULL, NULL) == SEC_E_INVALID_HANDLE);
  ORACLE(status_handled, AcquireCredentialsHandleW(NULL, foreign, out, NULL, NULL, NULL, NULL, NULL,
                                                   NULL) == SEC_E_SECPKG_NOT_FOUND);
}

/* One first call, with everything in order but what the caller changes. */
static SECURITY_STATUS first_call(PCredHandle credential, bool server, PSecBufferDesc in,
                                  PCtxtHandle made, PSecBufferDesc out) {
  return server ? AcceptSecurityContext(credential, NULL, in, 0, 0, made, out, NULL, NULL)
                : InitializeSecurityContext(credential, NULL, NULL, 0, 0, 0, in, 0, made, out, NULL,
                                            NULL);
}

static void ask_credential(PCredHandle credential, bool server) {
  SecPkgCred_SupportedProtocols supported = {0};

  ORACLE(status_handled, QueryCredentialsAttributesA(credential, SECPKG_ATTR_SUPPORTED_PROTOCOLS,
                                                     &supported) == SEC_E_OK);
  ORACLE(model, (supported.grbitProtocol & ~(DWORD)PROTOCOLS) == 0);
  ORACLE(model, supported.grbitProtocol != 0);
  ORACLE(model, ((supported.grbitProtocol & CLIENT_PROTOCOLS) != 0) == !server);
  ORACLE(status_handled, QueryCredentialsAttributesW(credential, SECPKG_ATTR_SUPPORTED_PROTOCOLS,
                                                     NULL) == SEC_E_INTERNAL_ERROR);
  ORACLE(status_handled, QueryCredentialsAttributesW(credential, SECPKG_ATTR_STREAM_SIZES,
                                                     &supported) == SEC_E_UNSUPPORTED_FUNCTION);
  const SECURITY_STATUS names =
      QueryCredentialsAttributesW(credential, SECPKG_CRED_ATTR_NAMES, &supported);

  ORACLE(status_handled, names == SEC_E_NO_CREDENTIALS || names == SEC_E_UNSUPPORTED_FUNCTION);
  ORACLE(status_handled, !server || names == SEC_E_UNSUPPORTED_FUNCTION);
}

/* One client call without input, with memory lent for the token. */
static SECURITY_STATUS lent_call(PCredHandle credential, PCtxtHandle known, PCtxtHandle made,
                                 ULONG flags, SecBuffer *token) {
  SecBufferDesc out = {SECBUFFER_VERSION, 1, token};

  return InitializeSecurityContext(credential, known, NULL, flags | ISC_REQ_EXTENDED_ERROR, 0, 0,
                                   NULL, 0, made, &out, NULL, NULL);
}

/* misuse calls a client's context out of order: what is refused changes nothing, an alert is sent
 * once, and behind it nothing. */
static void misuse(PCredHandle credential) {
  uint8_t bytes[1024] = {SCH_RECORD_APPLICATION_DATA, 3, 3, 0, 1};
  SCHANNEL_ALERT_TOKEN wish = {SCHANNEL_ALERT, TLS1_ALERT_FATAL, 42};
  SecBuffer control = {sizeof wish, SECBUFFER_TOKEN, &wish};
  SecBufferDesc asked = {SECBUFFER_VERSION, 1, &control};
  SecBuffer token = {sizeof bytes, SECBUFFER_TOKEN, bytes};
  SecBuffer small = {20, SECBUFFER_TOKEN, bytes};
  SecBuffer slots[4] = {{6, SECBUFFER_DATA, bytes}};
  SecBufferDesc message = {SECBUFFER_VERSION, SCH_COUNT(slots), slots};
  SecBuffer parts[3] = {{5, SECBUFFER_STREAM_HEADER, bytes},
                        {1, SECBUFFER_DATA, bytes},
                        {17, SECBUFFER_STREAM_TRAILER, bytes}};
  SecBufferDesc plain = {SECBUFFER_VERSION, SCH_COUNT(parts), parts};
  CtxtHandle made;

  ORACLE(status_handled, lent_call(credential, NULL, &made, ISC_REQ_DATAGRAM, &token) ==
                             SEC_E_UNSUPPORTED_FUNCTION);
  ORACLE(bounded, lent_call(credential, NULL, &made, 0, &small) == SEC_E_BUFFER_TOO_SMALL);
  ORACLE(token_once, small.cbBuffer == 0);
  ORACLE(phase, lent_call(credential, NULL, &made, 0, &token) == SEC_I_CONTINUE_NEEDED);
  ORACLE(phase, DecryptMessage(&made, &message, 0, NULL) == SEC_E_CONTEXT_EXPIRED);
  ORACLE(phase, EncryptMessage(&made, 0, &plain, 0) == SEC_E_CONTEXT_EXPIRED);
  for (int turn = 0; turn < 2; turn++) {
    token.cbBuffer = sizeof bytes;
    ORACLE(status_handled, ApplyControlToken(&made, &asked) == SEC_E_OK);
    ORACLE(status_handled, lent_call(credential, &made, NULL, 0, &token) == SEC_E_OK);
    ORACLE(token_once, token.cbBuffer == (turn == 0 ? 7 : 0));
  }
  token.cbBuffer = sizeof bytes;
  ORACLE(phase, lent_call(credential, &made, NULL, 0, &token) == SEC_E_INCOMPLETE_MESSAGE);
  ORACLE(handle_life, DeleteSecurityContext(&made) == SEC_E_OK);
}

void sch_probe_refusals(PCredHandle credential, bool server) {
  uint8_t bytes[64] = {22, 3, 1, 0};
  SecBuffer in_slots[2] = {{4, SECBUFFER_TOKEN, bytes}, {0, SECBUFFER_EMPTY, NULL}};
  SecBuffer names = {4, SECBUFFER_APPLICATION_PROTOCOLS, bytes};
  SecBuffer token = {sizeof bytes, SECBUFFER_TOKEN, bytes};
  SecBuffer roomless = {0, SECBUFFER_TOKEN, NULL};
  SecBufferDesc in = {SECBUFFER_VERSION, 2, in_slots};
  SecBufferDesc protocols = {SECBUFFER_VERSION, 1, &names};
  SecBufferDesc out = {SECBUFFER_VERSION, 1, &token};
  SecBufferDesc small = {SECBUFFER_VERSION, 1, &roomless};
  SEC_WCHAR foreign[] = {0x20ac, 0};
  CtxtHandle made;

  refuse_credentials();
  ask_credential(credential, server);
  if (!server) {
    misuse(credential);
  }
  ORACLE(status_handled, first_call(credential, server, &in, &made, NULL) == SEC_E_INVALID_TOKEN);
  ORACLE(status_handled,
         first_call(credential, server, &in, &made, &small) == SEC_E_INSUFFICIENT_MEMORY);
  ORACLE(status_handled,
         first_call(credential, server, &protocols, &made, &out) == SEC_E_INVALID_TOKEN);
  ORACLE(handle_life, first_call(NULL, server, &in, &made, &out) == SEC_E_INVALID_HANDLE);
  ORACLE(handle_life, first_call(credential, server, &in, NULL, &out) == SEC_E_INVALID_HANDLE);
  ORACLE(phase, first_call(credential, !server, &in, &made, &out) == SEC_E_NO_CREDENTIALS);
  ORACLE(status_handled,
         InitializeSecurityContextW(credential, NULL, foreign, 0, 0, 0, NULL, 0, &made, &out, NULL,
                                    NULL) == SEC_E_TARGET_UNKNOWN);
  if (server) {
    ORACLE(refusal_is_pure,
           first_call(credential, server, &in, &made, &out) == SEC_E_INCOMPLETE_MESSAGE);
    ORACLE(missing_is_exact, in_slots[1].BufferType == SECBUFFER_MISSING);
    ORACLE(missing_is_exact, in_slots[1].cbBuffer == 1);
  }
}
