/* probe: see probe.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "probe.h"

#include "oracle.h"
#include "tls/engine.h"
#include "tls/record.h"

#define CLIENT_PROTOCOLS (SP_PROT_TLS1_2_CLIENT | SP_PROT_TLS1_3_CLIENT)
#define PROTOCOLS (CLIENT_PROTOCOLS | SP_PROT_TLS1_2_SERVER | SP_PROT_TLS1_3_SERVER)
#define PROTOCOLS_1_3 (SP_PROT_TLS1_3_CLIENT | SP_PROT_TLS1_3_SERVER)

/* The least a protected record adds: a header of 5, and a tag of 16 (RFC 8446 section 5.2). */
#define HEADER_MIN 5
#define TRAILER_MIN 16

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
}

static void check_peer(PCtxtHandle handle) {
  SecPkgContext_ApplicationProtocol protocol;
  SecPkgContext_SessionInfo session;
  PCCERT_CONTEXT certificate = NULL;
  const SECURITY_STATUS status = ask(handle, SECPKG_ATTR_REMOTE_CERT_CONTEXT, &certificate);

  ORACLE(ownership, (status == SEC_E_OK) == (certificate != NULL));
  ORACLE(status_handled, status == SEC_E_OK || status == SEC_E_NO_CREDENTIALS);
  (void)CertFreeCertificateContext(certificate);
  ORACLE(sizes_current, ask(handle, SECPKG_ATTR_APPLICATION_PROTOCOL, &protocol) == SEC_E_OK);
  ORACLE(sizes_current,
         (protocol.ProtocolIdSize != 0) ==
             (protocol.ProtoNegoStatus == SecApplicationProtocolNegotiationStatus_Success));
  ORACLE(sizes_current, ask(handle, SECPKG_ATTR_SESSION_INFO, &session) == SEC_E_OK);
  ORACLE(sizes_current,
         ask(handle, SECPKG_ATTR_NEGOTIATION_INFO, &session) == SEC_E_UNSUPPORTED_FUNCTION);
}

void sch_probe_facts(PCtxtHandle handle) {
  check_sizes(handle);
  check_cipher(handle);
  check_peer(handle);
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
