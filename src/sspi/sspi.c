/* sspi: see sspi.h. Argument checks only; what the calls do is in call, message, query, acquire.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "sspi/sspi.h"

#include <string.h>

#include "log.h"
#include "sspi/acquire.h"
#include "sspi/call.h"
#include "sspi/handle.h"
#include "sspi/message.h"
#include "sspi/query.h"
#include "tls/engine_openssl.h"

#define NAME_ROOM 256 /* a DNS name and its NUL; package names are shorter */

/* narrow copies a UTF-16 name that is ASCII, as DNS names and package names on the wire are. */
static bool narrow(char *to, const SEC_WCHAR *from) {
  size_t i = 0;

  for (; i < NAME_ROOM - 1 && from[i] != 0 && from[i] < 0x80; i++) {
    to[i] = (char)from[i];
  }
  to[i] = '\0';
  return from[i] == 0;
}

/* find_personality gives the row whose package is so called, or NULL. */
static const struct sch_personality *find_personality(const char *name) {
  size_t count;
  const struct sch_personality *table = sch_personality_table(&count);

  if (strcmp(name, UNISP_NAME_A) == 0 || strcmp(name, SCHANNEL_NAME_A) == 0) {
    return sch_personality_default();
  }
  for (size_t i = 0; i < count; i++) {
    if (strcmp(name, table[i].package) == 0) {
      return &table[i];
    }
  }
  return NULL;
}

static bool find_package(const char *name, struct sch_package *package) {
  const struct sch_personality *own = find_personality(name);
  const struct sch_package *added = sch_package_find(name);

  if (own != NULL) {
    *package = (struct sch_package){name, &sch_engine_openssl, own};
  } else if (added != NULL) {
    *package = *added;
  }
  return own != NULL || added != NULL;
}

SECURITY_STATUS AcquireCredentialsHandleA(SEC_CHAR *pszPrincipal, SEC_CHAR *pszPackage,
                                          ULONG fCredentialUse, void *pvLogonId, void *pAuthData,
                                          SEC_GET_KEY_FN pGetKeyFn, void *pvGetKeyArgument,
                                          PCredHandle phCredential, PTimeStamp ptsExpiry) {
  struct sch_package package;
  struct sch_credential *credential;

  (void)pszPrincipal;
  (void)pvLogonId;
  (void)pGetKeyFn;
  (void)pvGetKeyArgument;
  if (pszPackage == NULL || !find_package(pszPackage, &package)) {
    return SEC_E_SECPKG_NOT_FOUND;
  }
  if (phCredential == NULL) {
    return SEC_E_INVALID_HANDLE;
  }
  TRY(sch_acquire(&package, fCredentialUse, pAuthData, &credential));
  if (!sch_handle_add(SCH_HANDLE_CREDENTIAL, credential, phCredential)) {
    sch_credential_release(credential);
    return SEC_E_INSUFFICIENT_MEMORY;
  }
  if (ptsExpiry != NULL) {
    *ptsExpiry = (TimeStamp){UINT32_MAX, INT32_MAX};
  }
  return SEC_E_OK;
}

SECURITY_STATUS AcquireCredentialsHandleW(SEC_WCHAR *pszPrincipal, SEC_WCHAR *pszPackage,
                                          ULONG fCredentialUse, void *pvLogonId, void *pAuthData,
                                          SEC_GET_KEY_FN pGetKeyFn, void *pvGetKeyArgument,
                                          PCredHandle phCredential, PTimeStamp ptsExpiry) {
  char package[NAME_ROOM];

  (void)pszPrincipal;
  if (pszPackage == NULL || !narrow(package, pszPackage)) {
    return SEC_E_SECPKG_NOT_FOUND;
  }
  return AcquireCredentialsHandleA(NULL, package, fCredentialUse, pvLogonId, pAuthData, pGetKeyFn,
                                   pvGetKeyArgument, phCredential, ptsExpiry);
}

SECURITY_STATUS QueryCredentialsAttributesA(PCredHandle phCredential, ULONG ulAttribute,
                                            void *pBuffer) {
  const struct sch_credential *credential = sch_handle_find(SCH_HANDLE_CREDENTIAL, phCredential);

  return credential == NULL ? SEC_E_INVALID_HANDLE
                            : sch_query_credential(credential, ulAttribute, pBuffer);
}

SECURITY_STATUS QueryCredentialsAttributesW(PCredHandle phCredential, ULONG ulAttribute,
                                            void *pBuffer) {
  return QueryCredentialsAttributesA(phCredential, ulAttribute, pBuffer);
}

SECURITY_STATUS FreeCredentialsHandle(PCredHandle phCredential) {
  struct sch_credential *credential = sch_handle_remove(SCH_HANDLE_CREDENTIAL, phCredential);

  if (credential == NULL) {
    return SEC_E_INVALID_HANDLE;
  }
  sch_credential_release(credential);
  return SEC_E_OK;
}

SECURITY_STATUS InitializeSecurityContextA(PCredHandle phCredential, PCtxtHandle phContext,
                                           SEC_CHAR *pszTargetName, ULONG fContextReq,
                                           ULONG Reserved1, ULONG TargetDataRep,
                                           PSecBufferDesc pInput, ULONG Reserved2,
                                           PCtxtHandle phNewContext, PSecBufferDesc pOutput,
                                           PULONG pfContextAttr, PTimeStamp ptsExpiry) {
  const ULONG echoed = ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_EXTENDED_ERROR |
                       ISC_REQ_MANUAL_CRED_VALIDATION | ISC_REQ_USE_SUPPLIED_CREDS;
  struct sch_call call = {
      .datagram = (fContextReq & ISC_REQ_DATAGRAM) != 0,
      .allocate = (fContextReq & ISC_REQ_ALLOCATE_MEMORY) != 0,
      .extended_error = (fContextReq & ISC_REQ_EXTENDED_ERROR) != 0,
      .manual_validation = (fContextReq & ISC_REQ_MANUAL_CRED_VALIDATION) != 0,
      .fragment = (fContextReq & ISC_REQ_FRAGMENT_TO_FIT) != 0,
      .supplied = (fContextReq & ISC_REQ_USE_SUPPLIED_CREDS) != 0,
      .target_name = pszTargetName,
      .credential = phCredential,
      .handle = phContext,
      .new_handle = phNewContext,
  };

  (void)Reserved1;
  (void)TargetDataRep;
  (void)Reserved2;
  const SECURITY_STATUS status = sch_call_handshake(&call, pInput, pOutput);

  if (status >= 0 && pfContextAttr != NULL) {
    *pfContextAttr = ISC_RET_REPLAY_DETECT | ISC_RET_SEQUENCE_DETECT | ISC_RET_CONFIDENTIALITY |
                     ISC_RET_STREAM | (fContextReq & echoed);
  }
  if (status >= 0 && ptsExpiry != NULL) {
    *ptsExpiry = (TimeStamp){UINT32_MAX, INT32_MAX};
  }
  return status;
}

SECURITY_STATUS InitializeSecurityContextW(PCredHandle phCredential, PCtxtHandle phContext,
                                           SEC_WCHAR *pszTargetName, ULONG fContextReq,
                                           ULONG Reserved1, ULONG TargetDataRep,
                                           PSecBufferDesc pInput, ULONG Reserved2,
                                           PCtxtHandle phNewContext, PSecBufferDesc pOutput,
                                           PULONG pfContextAttr, PTimeStamp ptsExpiry) {
  char target[NAME_ROOM];

  if (pszTargetName != NULL && !narrow(target, pszTargetName)) {
    return SEC_E_TARGET_UNKNOWN;
  }
  return InitializeSecurityContextA(phCredential, phContext, pszTargetName == NULL ? NULL : target,
                                    fContextReq, Reserved1, TargetDataRep, pInput, Reserved2,
                                    phNewContext, pOutput, pfContextAttr, ptsExpiry);
}

SECURITY_STATUS AcceptSecurityContext(PCredHandle phCredential, PCtxtHandle phContext,
                                      PSecBufferDesc pInput, ULONG fContextReq, ULONG TargetDataRep,
                                      PCtxtHandle phNewContext, PSecBufferDesc pOutput,
                                      PULONG pfContextAttr, PTimeStamp ptsExpiry) {
  const ULONG echoed = ASC_REQ_ALLOCATE_MEMORY | ASC_REQ_EXTENDED_ERROR | ASC_REQ_MUTUAL_AUTH;
  struct sch_call call = {
      .server = true,
      .datagram = (fContextReq & ASC_REQ_DATAGRAM) != 0,
      .allocate = (fContextReq & ASC_REQ_ALLOCATE_MEMORY) != 0,
      .extended_error = (fContextReq & ASC_REQ_EXTENDED_ERROR) != 0,
      .client_certificate = (fContextReq & ASC_REQ_MUTUAL_AUTH) != 0,
      .fragment = (fContextReq & ASC_REQ_FRAGMENT_TO_FIT) != 0,
      .credential = phCredential,
      .handle = phContext,
      .new_handle = phNewContext,
  };

  (void)TargetDataRep;
  const SECURITY_STATUS status = sch_call_handshake(&call, pInput, pOutput);

  if (status >= 0 && pfContextAttr != NULL) {
    *pfContextAttr = ASC_RET_REPLAY_DETECT | ASC_RET_SEQUENCE_DETECT | ASC_RET_CONFIDENTIALITY |
                     ASC_RET_STREAM | (fContextReq & echoed);
  }
  if (status >= 0 && ptsExpiry != NULL) {
    *ptsExpiry = (TimeStamp){UINT32_MAX, INT32_MAX};
  }
  return status;
}

SECURITY_STATUS DeleteSecurityContext(PCtxtHandle phContext) {
  struct sch_context *context = sch_handle_remove(SCH_HANDLE_CONTEXT, phContext);

  if (context == NULL) {
    return SEC_E_INVALID_HANDLE;
  }
  sch_context_drop(context);
  return SEC_E_OK;
}

SECURITY_STATUS ApplyControlToken(PCtxtHandle phContext, PSecBufferDesc pInput) {
  struct sch_context *context = sch_handle_find(SCH_HANDLE_CONTEXT, phContext);
  SCHANNEL_ALERT_TOKEN control = {.dwAlertType = TLS1_ALERT_WARNING};
  struct sch_span token;

  if (context == NULL) {
    return SEC_E_INVALID_HANDLE;
  }
  TRY(sch_secbuf_read_control(pInput, &token));
  if (token.size < sizeof control.dwTokenType) {
    return SEC_E_UNSUPPORTED_FUNCTION;
  }
  sch_copy(&control.dwTokenType, token.data, sizeof control.dwTokenType);
  if (control.dwTokenType == SCHANNEL_ALERT && token.size >= sizeof control) {
    sch_copy(&control, token.data, sizeof control);
  } else if (control.dwTokenType != SCHANNEL_SHUTDOWN) {
    return SEC_E_UNSUPPORTED_FUNCTION;
  }
  if (control.dwAlertType != TLS1_ALERT_WARNING && control.dwAlertType != TLS1_ALERT_FATAL) {
    return SEC_E_INVALID_TOKEN;
  }
  if (control.dwAlertNumber > UINT8_MAX) {
    return SEC_E_INVALID_TOKEN;
  }
  context->control_pending = true;
  context->alert_level = (enum sch_alert_level)control.dwAlertType;
  context->alert_description = (uint8_t)control.dwAlertNumber;
  sch_log(SCH_LOG_CALL, SCH_CALL_CONTROL, SEC_E_OK);
  return SEC_E_OK;
}

SECURITY_STATUS QueryContextAttributesA(PCtxtHandle phContext, ULONG ulAttribute, void *pBuffer) {
  struct sch_context *context = sch_handle_find(SCH_HANDLE_CONTEXT, phContext);

  if (context == NULL || !context->established || pBuffer == NULL) {
    return SEC_E_INVALID_HANDLE;
  }
  return sch_query(context, ulAttribute, pBuffer);
}

SECURITY_STATUS QueryContextAttributesW(PCtxtHandle phContext, ULONG ulAttribute, void *pBuffer) {
  return QueryContextAttributesA(phContext, ulAttribute, pBuffer);
}

SECURITY_STATUS FreeContextBuffer(void *pvContextBuffer) {
  sch_free(pvContextBuffer);
  return SEC_E_OK;
}

SECURITY_STATUS EncryptMessage(PCtxtHandle phContext, ULONG fQOP, PSecBufferDesc pMessage,
                               ULONG MessageSeqNo) {
  struct sch_context *context = sch_handle_find(SCH_HANDLE_CONTEXT, phContext);
  struct sch_secbuf_plain plain;

  (void)MessageSeqNo;
  if (context == NULL) {
    return SEC_E_INVALID_HANDLE;
  }
  if (fQOP != 0) {
    return SEC_E_UNSUPPORTED_FUNCTION;
  }
  TRY(sch_secbuf_read_plain(pMessage, &plain));
  const SECURITY_STATUS status = sch_message_encrypt(context, &plain);

  sch_log(SCH_LOG_CALL, SCH_CALL_ENCRYPT, (uint32_t)status);
  return status;
}

SECURITY_STATUS DecryptMessage(PCtxtHandle phContext, PSecBufferDesc pMessage, ULONG MessageSeqNo,
                               PULONG pfQOP) {
  struct sch_context *context = sch_handle_find(SCH_HANDLE_CONTEXT, phContext);
  struct sch_secbuf_message message;

  (void)MessageSeqNo;
  if (context == NULL) {
    return SEC_E_INVALID_HANDLE;
  }
  TRY(sch_secbuf_read_message(pMessage, &message));
  sch_secbuf_permute(&message, context->personality->slots);
  const SECURITY_STATUS status = sch_message_decrypt(context, &message);

  if (pfQOP != NULL) {
    *pfQOP = 0;
  }
  sch_log(SCH_LOG_CALL, SCH_CALL_DECRYPT, (uint32_t)status);
  return status;
}

#define TABLE(suffix)                                                           \
  static SecurityFunctionTable##suffix table##suffix = {                        \
      .dwVersion = SECURITY_SUPPORT_PROVIDER_INTERFACE_VERSION,                 \
      .QueryCredentialsAttributes##suffix = QueryCredentialsAttributes##suffix, \
      .AcquireCredentialsHandle##suffix = AcquireCredentialsHandle##suffix,     \
      .FreeCredentialsHandle = FreeCredentialsHandle,                           \
      .InitializeSecurityContext##suffix = InitializeSecurityContext##suffix,   \
      .AcceptSecurityContext = AcceptSecurityContext,                           \
      .DeleteSecurityContext = DeleteSecurityContext,                           \
      .ApplyControlToken = ApplyControlToken,                                   \
      .QueryContextAttributes##suffix = QueryContextAttributes##suffix,         \
      .FreeContextBuffer = FreeContextBuffer,                                   \
      .EncryptMessage = EncryptMessage,                                         \
      .DecryptMessage = DecryptMessage,                                         \
  };                                                                            \
  PSecurityFunctionTable##suffix InitSecurityInterface##suffix(void) {          \
    return &table##suffix;                                                      \
  }

TABLE(A)
TABLE(W)
