/* sspi: the public entry points, in Microsoft's spelling, and the SecurityFunctionTable.
 *
 * What each call takes and gives is Microsoft's contract (learn.microsoft.com, "Schannel" under
 * SSPI functions); the comments here say only what that leaves open. On Windows this header is
 * Microsoft's own, so a caller that includes it compiles on both.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_SSPI_SSPI_H
#define SCH_SSPI_SSPI_H

#include "sspi/abi.h"

#ifndef _WIN32

#include "sspi/certcontext.h"

#define SECURITY_SUPPORT_PROVIDER_INTERFACE_VERSION 1

typedef void(SEC_ENTRY *SEC_GET_KEY_FN)(void *Arg, void *Principal, ULONG KeyVer, void **Key,
                                        SECURITY_STATUS *Status);

/* AcquireCredentialsHandle. The package name chooses the engine: UNISP_NAME and SCHANNEL_NAME are
 * libssl as the newest Windows would be; "Schannel win7" and the like are the other rows of
 * sspi/personality; sch_package_add (sspi/acquire.h) adds others. The certificate context of the
 * credential carries its chain and key, see certcontext.h. SCHANNEL_CRED gives TLS 1.2,
 * SCH_CREDENTIALS TLS 1.2 and 1.3. DTLS is not offered.
 *
 *   SEC_E_OK
 *   SEC_E_SECPKG_NOT_FOUND      no such package
 *   SEC_E_UNKNOWN_CREDENTIALS   unknown structure version, more than one certificate, one that is
 *                               not live, or a server without one
 *   SEC_E_ALGORITHM_MISMATCH    no protocol left that is supported, or TLS and DTLS together
 *   SEC_E_UNSUPPORTED_FUNCTION  not exactly one direction, or DTLS alone
 *   SEC_E_INVALID_HANDLE        `phCredential` is NULL
 *   SEC_E_INSUFFICIENT_MEMORY */
SECURITY_STATUS AcquireCredentialsHandleA(SEC_CHAR *pszPrincipal, SEC_CHAR *pszPackage,
                                          ULONG fCredentialUse, void *pvLogonId, void *pAuthData,
                                          SEC_GET_KEY_FN pGetKeyFn, void *pvGetKeyArgument,
                                          PCredHandle phCredential, PTimeStamp ptsExpiry);
SECURITY_STATUS AcquireCredentialsHandleW(SEC_WCHAR *pszPrincipal, SEC_WCHAR *pszPackage,
                                          ULONG fCredentialUse, void *pvLogonId, void *pAuthData,
                                          SEC_GET_KEY_FN pGetKeyFn, void *pvGetKeyArgument,
                                          PCredHandle phCredential, PTimeStamp ptsExpiry);

/* QueryCredentialsAttributes tells SUPPORTED_PROTOCOLS, and of NAMES only that there are none
 * (SEC_E_NO_CREDENTIALS, without a certificate). SEC_E_UNSUPPORTED_FUNCTION to all else,
 * SEC_E_INTERNAL_ERROR without a buffer, SEC_E_INVALID_HANDLE. The A and W forms are the same. */
SECURITY_STATUS QueryCredentialsAttributesA(PCredHandle phCredential, ULONG ulAttribute,
                                            void *pBuffer);
SECURITY_STATUS QueryCredentialsAttributesW(PCredHandle phCredential, ULONG ulAttribute,
                                            void *pBuffer);

/* FreeCredentialsHandle. Contexts made from the credential go on living. */
SECURITY_STATUS FreeCredentialsHandle(PCredHandle phCredential);

/* InitializeSecurityContext and AcceptSecurityContext. EXTRA and MISSING are written to the first
 * EMPTY input slot, EXTRA as the exact tail of the TOKEN. A first call that fails, or a first
 * Accept that answers SEC_E_INCOMPLETE_MESSAGE, makes no context. A token that comes with a failure
 * is an alert, handed out when ISC_REQ_EXTENDED_ERROR or ASC_REQ_EXTENDED_ERROR is asked; that of a
 * DecryptMessage that failed comes with the next handshake call, which repeats the failure.
 * Datagrams (ISC_REQ_DATAGRAM, ASC_REQ_DATAGRAM) are SEC_E_UNSUPPORTED_FUNCTION.
 *
 * SEC_I_MESSAGE_FRAGMENT: with ISC_REQ_FRAGMENT_TO_FIT or ASC_REQ_FRAGMENT_TO_FIT a TOKEN slot that
 * lends too little gets what fits. Send it and call again, without reading: until the rest has been
 * handed out, input is EXTRA as a whole, and Encrypt- and DecryptMessage answer
 * SEC_E_CONTEXT_EXPIRED. The last part comes with the status of the call that made the token.
 * Without the flag a slot that is too small is SEC_E_BUFFER_TOO_SMALL, and ends the context.
 *
 * SEC_I_INCOMPLETE_CREDENTIALS: the server asks a client for a certificate, and its credential has
 * none. Nothing has been used, there is no EXTRA: call again with the same bytes. That call's
 * `phCredential` answers the server, with its certificate or with none; NULL is that of the first
 * call. ISC_REQ_USE_SUPPLIED_CREDS has it so at once, and the status is not given. */
SECURITY_STATUS InitializeSecurityContextA(PCredHandle phCredential, PCtxtHandle phContext,
                                           SEC_CHAR *pszTargetName, ULONG fContextReq,
                                           ULONG Reserved1, ULONG TargetDataRep,
                                           PSecBufferDesc pInput, ULONG Reserved2,
                                           PCtxtHandle phNewContext, PSecBufferDesc pOutput,
                                           PULONG pfContextAttr, PTimeStamp ptsExpiry);
SECURITY_STATUS InitializeSecurityContextW(PCredHandle phCredential, PCtxtHandle phContext,
                                           SEC_WCHAR *pszTargetName, ULONG fContextReq,
                                           ULONG Reserved1, ULONG TargetDataRep,
                                           PSecBufferDesc pInput, ULONG Reserved2,
                                           PCtxtHandle phNewContext, PSecBufferDesc pOutput,
                                           PULONG pfContextAttr, PTimeStamp ptsExpiry);
SECURITY_STATUS AcceptSecurityContext(PCredHandle phCredential, PCtxtHandle phContext,
                                      PSecBufferDesc pInput, ULONG fContextReq, ULONG TargetDataRep,
                                      PCtxtHandle phNewContext, PSecBufferDesc pOutput,
                                      PULONG pfContextAttr, PTimeStamp ptsExpiry);
SECURITY_STATUS DeleteSecurityContext(PCtxtHandle phContext);

/* ApplyControlToken takes SCHANNEL_SHUTDOWN and SCHANNEL_ALERT; the next handshake call hands out
 * the record, and nothing can be sent behind it. SEC_E_UNSUPPORTED_FUNCTION of that call: the alert
 * cannot be sealed, for the suite is no AEAD of tls/aead or a renegotiation is under way; nothing
 * has changed. */
SECURITY_STATUS ApplyControlToken(PCtxtHandle phContext, PSecBufferDesc pInput);

/* QueryContextAttributes knows STREAM_SIZES, CONNECTION_INFO, CIPHER_INFO, REMOTE_CERT_CONTEXT
 * (free it with CertFreeCertificateContext; SEC_E_NO_CREDENTIALS when the peer sent none),
 * APPLICATION_PROTOCOL and SESSION_INFO, once the first handshake is done, and answers
 * SEC_E_UNSUPPORTED_FUNCTION to all else. The A and W forms are the same. */
SECURITY_STATUS QueryContextAttributesA(PCtxtHandle phContext, ULONG ulAttribute, void *pBuffer);
SECURITY_STATUS QueryContextAttributesW(PCtxtHandle phContext, ULONG ulAttribute, void *pBuffer);

SECURITY_STATUS FreeContextBuffer(void *pvContextBuffer);
SECURITY_STATUS EncryptMessage(PCtxtHandle phContext, ULONG fQOP, PSecBufferDesc pMessage,
                               ULONG MessageSeqNo);
SECURITY_STATUS DecryptMessage(PCtxtHandle phContext, PSecBufferDesc pMessage, ULONG MessageSeqNo,
                               PULONG pfQOP);

/* The table, in the order of sspi.h. What TLS does not use is NULL. */
#define SCH_FUNCTION_TABLE(suffix, character)                                                     \
  typedef struct _SECURITY_FUNCTION_TABLE_##suffix {                                              \
    ULONG dwVersion;                                                                              \
    void *EnumerateSecurityPackages##suffix;                                                      \
    SECURITY_STATUS (*QueryCredentialsAttributes##suffix)(PCredHandle, ULONG, void *);            \
    SECURITY_STATUS(*AcquireCredentialsHandle##suffix)                                            \
    (character *, character *, ULONG, void *, void *, SEC_GET_KEY_FN, void *, PCredHandle,        \
     PTimeStamp);                                                                                 \
    SECURITY_STATUS (*FreeCredentialsHandle)(PCredHandle);                                        \
    void *Reserved2;                                                                              \
    SECURITY_STATUS(*InitializeSecurityContext##suffix)                                           \
    (PCredHandle, PCtxtHandle, character *, ULONG, ULONG, ULONG, PSecBufferDesc, ULONG,           \
     PCtxtHandle, PSecBufferDesc, PULONG, PTimeStamp);                                            \
    SECURITY_STATUS(*AcceptSecurityContext)                                                       \
    (PCredHandle, PCtxtHandle, PSecBufferDesc, ULONG, ULONG, PCtxtHandle, PSecBufferDesc, PULONG, \
     PTimeStamp);                                                                                 \
    void *CompleteAuthToken;                                                                      \
    SECURITY_STATUS (*DeleteSecurityContext)(PCtxtHandle);                                        \
    SECURITY_STATUS (*ApplyControlToken)(PCtxtHandle, PSecBufferDesc);                            \
    SECURITY_STATUS (*QueryContextAttributes##suffix)(PCtxtHandle, ULONG, void *);                \
    void *ImpersonateSecurityContext;                                                             \
    void *RevertSecurityContext;                                                                  \
    void *MakeSignature;                                                                          \
    void *VerifySignature;                                                                        \
    SECURITY_STATUS (*FreeContextBuffer)(void *);                                                 \
    void *QuerySecurityPackageInfo##suffix;                                                       \
    void *Reserved3;                                                                              \
    void *Reserved4;                                                                              \
    void *ExportSecurityContext;                                                                  \
    void *ImportSecurityContext##suffix;                                                          \
    void *AddCredentials##suffix;                                                                 \
    void *Reserved8;                                                                              \
    void *QuerySecurityContextToken;                                                              \
    SECURITY_STATUS (*EncryptMessage)(PCtxtHandle, ULONG, PSecBufferDesc, ULONG);                 \
    SECURITY_STATUS (*DecryptMessage)(PCtxtHandle, PSecBufferDesc, ULONG, PULONG);                \
  } SecurityFunctionTable##suffix, *PSecurityFunctionTable##suffix

SCH_FUNCTION_TABLE(A, SEC_CHAR);
SCH_FUNCTION_TABLE(W, SEC_WCHAR);

PSecurityFunctionTableA InitSecurityInterfaceA(void);
PSecurityFunctionTableW InitSecurityInterfaceW(void);

#ifdef UNICODE
#define UNISP_NAME UNISP_NAME_W
#define SCHANNEL_NAME SCHANNEL_NAME_W
#define AcquireCredentialsHandle AcquireCredentialsHandleW
#define InitializeSecurityContext InitializeSecurityContextW
#define QueryContextAttributes QueryContextAttributesW
#define InitSecurityInterface InitSecurityInterfaceW
#define SecurityFunctionTable SecurityFunctionTableW
#define PSecurityFunctionTable PSecurityFunctionTableW
#else
#define UNISP_NAME UNISP_NAME_A
#define SCHANNEL_NAME SCHANNEL_NAME_A
#define AcquireCredentialsHandle AcquireCredentialsHandleA
#define InitializeSecurityContext InitializeSecurityContextA
#define QueryContextAttributes QueryContextAttributesA
#define InitSecurityInterface InitSecurityInterfaceA
#define SecurityFunctionTable SecurityFunctionTableA
#define PSecurityFunctionTable PSecurityFunctionTableA
#endif

#endif
#endif
