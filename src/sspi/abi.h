/* abi: the types, constants and structures of SSPI and Schannel in Microsoft's own spelling and
 * with Microsoft's own values (sspi.h, schannel.h, wincrypt.h, winerror.h), so that a caller
 * written for Windows reads the same. On Windows this file gives way to the real headers.
 *
 * LONG and ULONG are 32 bits here as there: on LP64 a `long` status 0x80090318 would be positive.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_SSPI_ABI_H
#define SCH_SSPI_ABI_H

#ifdef _WIN32
#define SECURITY_WIN32
#define SCHANNEL_USE_BLACKLISTS
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include <subauth.h>

#include <schannel.h>
#include <security.h>
#else

#include <stdint.h>

typedef int32_t LONG;
typedef uint32_t ULONG;
typedef uint32_t DWORD;
typedef uint16_t WORD;
typedef uint8_t BYTE;
typedef uint16_t USHORT;
typedef int32_t BOOL;
typedef uintptr_t ULONG_PTR;
typedef void VOID;
typedef void *PVOID;
typedef void *LPVOID;
typedef ULONG *PULONG;
typedef char SEC_CHAR;
typedef uint16_t SEC_WCHAR;
typedef uint16_t WCHAR;
typedef SEC_CHAR *LPSTR;
typedef SEC_WCHAR *LPWSTR;
typedef LONG SECURITY_STATUS;
typedef ULONG ALG_ID;
typedef void *HCERTSTORE;

typedef struct _SECURITY_INTEGER {
  ULONG LowPart;
  LONG HighPart;
} SECURITY_INTEGER, TimeStamp, *PTimeStamp;

#define SEC_ENTRY
#define TRUE 1
#define FALSE 0

/* Handles: two words, opaque to the caller. */
typedef struct _SecHandle {
  ULONG_PTR dwLower;
  ULONG_PTR dwUpper;
} SecHandle, *PSecHandle, CredHandle, *PCredHandle, CtxtHandle, *PCtxtHandle;

#define SecInvalidateHandle(x) \
  ((void)((x)->dwLower = ((ULONG_PTR)((intptr_t)-1)), (x)->dwUpper = ((ULONG_PTR)((intptr_t)-1))))
#define SecIsValidHandle(x) \
  (((x)->dwLower != ((ULONG_PTR)((intptr_t)-1))) && ((x)->dwUpper != ((ULONG_PTR)((intptr_t)-1))))

/* Buffers. */
typedef struct _SecBuffer {
  ULONG cbBuffer;
  ULONG BufferType;
  void *pvBuffer;
} SecBuffer, *PSecBuffer;

typedef struct _SecBufferDesc {
  ULONG ulVersion;
  ULONG cBuffers;
  PSecBuffer pBuffers;
} SecBufferDesc, *PSecBufferDesc;

#define SECBUFFER_VERSION 0
#define SECBUFFER_EMPTY 0
#define SECBUFFER_DATA 1
#define SECBUFFER_TOKEN 2
#define SECBUFFER_PKG_PARAMS 3
#define SECBUFFER_MISSING 4
#define SECBUFFER_EXTRA 5
#define SECBUFFER_STREAM_TRAILER 6
#define SECBUFFER_STREAM_HEADER 7
#define SECBUFFER_PADDING 9
#define SECBUFFER_STREAM 10
#define SECBUFFER_TARGET 13
#define SECBUFFER_CHANNEL_BINDINGS 14
#define SECBUFFER_ALERT 17
#define SECBUFFER_APPLICATION_PROTOCOLS 18
#define SECBUFFER_DTLS_MTU 24
#define SECBUFFER_ATTRMASK 0xF0000000
#define SECBUFFER_READONLY 0x80000000
#define SECBUFFER_READONLY_WITH_CHECKSUM 0x10000000

#define SECURITY_NATIVE_DREP 0x00000010
#define SECURITY_NETWORK_DREP 0x00000000

/* AcquireCredentialsHandle. */
#define UNISP_NAME_A "Microsoft Unified Security Protocol Provider"
#define SCHANNEL_NAME_A "Schannel"
#define UNISP_NAME_W u"Microsoft Unified Security Protocol Provider"
#define SCHANNEL_NAME_W u"Schannel"
#define UNISP_RPC_ID 14
#define SECPKG_CRED_INBOUND 0x00000001
#define SECPKG_CRED_OUTBOUND 0x00000002
#define SECPKG_CRED_BOTH 0x00000003

/* InitializeSecurityContext: what is asked and what is granted. */
#define ISC_REQ_DELEGATE 0x00000001
#define ISC_REQ_MUTUAL_AUTH 0x00000002
#define ISC_REQ_REPLAY_DETECT 0x00000004
#define ISC_REQ_SEQUENCE_DETECT 0x00000008
#define ISC_REQ_CONFIDENTIALITY 0x00000010
#define ISC_REQ_USE_SESSION_KEY 0x00000020
#define ISC_REQ_USE_SUPPLIED_CREDS 0x00000080
#define ISC_REQ_ALLOCATE_MEMORY 0x00000100
#define ISC_REQ_DATAGRAM 0x00000400
#define ISC_REQ_EXTENDED_ERROR 0x00004000
#define ISC_REQ_STREAM 0x00008000
#define ISC_REQ_INTEGRITY 0x00010000
#define ISC_REQ_MANUAL_CRED_VALIDATION 0x00080000
#define ISC_REQ_FRAGMENT_TO_FIT 0x00200000
#define ISC_REQ_MESSAGES 0x0000000100000000
#define ISC_RET_MUTUAL_AUTH 0x00000002
#define ISC_RET_REPLAY_DETECT 0x00000004
#define ISC_RET_SEQUENCE_DETECT 0x00000008
#define ISC_RET_CONFIDENTIALITY 0x00000010
#define ISC_RET_USED_SUPPLIED_CREDS 0x00000080
#define ISC_RET_ALLOCATED_MEMORY 0x00000100
#define ISC_RET_EXTENDED_ERROR 0x00004000
#define ISC_RET_STREAM 0x00008000
#define ISC_RET_INTEGRITY 0x00010000
#define ISC_RET_MANUAL_CRED_VALIDATION 0x00080000

/* AcceptSecurityContext: note that STREAM and EXTENDED_ERROR have other values than above. */
#define ASC_REQ_DELEGATE 0x00000001
#define ASC_REQ_MUTUAL_AUTH 0x00000002
#define ASC_REQ_REPLAY_DETECT 0x00000004
#define ASC_REQ_SEQUENCE_DETECT 0x00000008
#define ASC_REQ_CONFIDENTIALITY 0x00000010
#define ASC_REQ_ALLOCATE_MEMORY 0x00000100
#define ASC_REQ_DATAGRAM 0x00000400
#define ASC_REQ_EXTENDED_ERROR 0x00008000
#define ASC_REQ_STREAM 0x00010000
#define ASC_REQ_INTEGRITY 0x00020000
#define ASC_REQ_FRAGMENT_TO_FIT 0x00800000
#define ASC_RET_MUTUAL_AUTH 0x00000002
#define ASC_RET_REPLAY_DETECT 0x00000004
#define ASC_RET_SEQUENCE_DETECT 0x00000008
#define ASC_RET_CONFIDENTIALITY 0x00000010
#define ASC_RET_ALLOCATED_MEMORY 0x00000100
#define ASC_RET_EXTENDED_ERROR 0x00008000
#define ASC_RET_STREAM 0x00010000
#define ASC_RET_INTEGRITY 0x00020000

/* ApplyControlToken. */
#define SCHANNEL_RENEGOTIATE 0
#define SCHANNEL_SHUTDOWN 1
#define SCHANNEL_ALERT 2
#define SCHANNEL_SESSION 3
#define TLS1_ALERT_WARNING 1
#define TLS1_ALERT_FATAL 2

typedef struct _SCHANNEL_ALERT_TOKEN {
  DWORD dwTokenType;
  DWORD dwAlertType;
  DWORD dwAlertNumber;
} SCHANNEL_ALERT_TOKEN;

/* Credentials. */
typedef struct _CERT_CONTEXT {
  DWORD dwCertEncodingType;
  BYTE *pbCertEncoded;
  DWORD cbCertEncoded;
  struct _CERT_INFO *pCertInfo; /* always NULL here: read the encoding with cert/certificate */
  HCERTSTORE hCertStore;        /* here: what belongs to the certificate, see certcontext.h */
} CERT_CONTEXT, *PCERT_CONTEXT;
typedef const CERT_CONTEXT *PCCERT_CONTEXT;

#define X509_ASN_ENCODING 0x00000001
#define PKCS_7_ASN_ENCODING 0x00010000

#define SCHANNEL_CRED_VERSION 0x00000004
#define SCH_CREDENTIALS_VERSION 0x00000005
#define SCH_CRED_NO_SYSTEM_MAPPER 0x00000002
#define SCH_CRED_NO_SERVERNAME_CHECK 0x00000004
#define SCH_CRED_MANUAL_CRED_VALIDATION 0x00000008
#define SCH_CRED_NO_DEFAULT_CREDS 0x00000010
#define SCH_CRED_AUTO_CRED_VALIDATION 0x00000020
#define SCH_CRED_USE_DEFAULT_CREDS 0x00000040
#define SCH_CRED_DISABLE_RECONNECTS 0x00000080
#define SCH_CRED_REVOCATION_CHECK_CHAIN_EXCLUDE_ROOT 0x00000400
#define SCH_SEND_ROOT_CERT 0x00040000
#define SCH_USE_STRONG_CRYPTO 0x00400000

struct _HMAPPER;

typedef struct _SCHANNEL_CRED {
  DWORD dwVersion;
  DWORD cCreds;
  PCCERT_CONTEXT *paCred;
  HCERTSTORE hRootStore;
  DWORD cMappers;
  struct _HMAPPER **aphMappers;
  DWORD cSupportedAlgs;
  ALG_ID *palgSupportedAlgs;
  DWORD grbitEnabledProtocols;
  DWORD dwMinimumCipherStrength;
  DWORD dwMaximumCipherStrength;
  DWORD dwSessionLifespan;
  DWORD dwFlags;
  DWORD dwCredFormat;
} SCHANNEL_CRED, *PSCHANNEL_CRED;

typedef struct _TLS_PARAMETERS {
  DWORD cAlpnIds;
  void *rgstrAlpnIds;
  DWORD grbitDisabledProtocols;
  DWORD cDisabledCrypto;
  void *pDisabledCrypto;
  DWORD dwFlags;
} TLS_PARAMETERS, *PTLS_PARAMETERS;

typedef struct _SCH_CREDENTIALS {
  DWORD dwVersion;
  DWORD dwCredFormat;
  DWORD cCreds;
  PCCERT_CONTEXT *paCred;
  HCERTSTORE hRootStore;
  DWORD cMappers;
  struct _HMAPPER **aphMappers;
  DWORD dwSessionLifespan;
  DWORD dwFlags;
  DWORD cTlsParameters;
  PTLS_PARAMETERS pTlsParameters;
} SCH_CREDENTIALS, *PSCH_CREDENTIALS;

#define SP_PROT_SSL2_SERVER 0x00000004
#define SP_PROT_SSL2_CLIENT 0x00000008
#define SP_PROT_SSL3_SERVER 0x00000010
#define SP_PROT_SSL3_CLIENT 0x00000020
#define SP_PROT_TLS1_0_SERVER 0x00000040
#define SP_PROT_TLS1_0_CLIENT 0x00000080
#define SP_PROT_TLS1_1_SERVER 0x00000100
#define SP_PROT_TLS1_1_CLIENT 0x00000200
#define SP_PROT_TLS1_2_SERVER 0x00000400
#define SP_PROT_TLS1_2_CLIENT 0x00000800
#define SP_PROT_TLS1_3_SERVER 0x00001000
#define SP_PROT_TLS1_3_CLIENT 0x00002000
#define SP_PROT_DTLS1_0_SERVER 0x00010000
#define SP_PROT_DTLS1_0_CLIENT 0x00020000
#define SP_PROT_DTLS1_2_SERVER 0x00040000
#define SP_PROT_DTLS1_2_CLIENT 0x00080000

/* QueryCredentialsAttributes. */
#define SECPKG_CRED_ATTR_NAMES 1
#define SECPKG_ATTR_SUPPORTED_PROTOCOLS 88

typedef struct _SecPkgCred_SupportedProtocols {
  DWORD grbitProtocol;
} SecPkgCred_SupportedProtocols, *PSecPkgCred_SupportedProtocols;

/* QueryContextAttributes. */
#define SECPKG_ATTR_STREAM_SIZES 4
#define SECPKG_ATTR_NEGOTIATION_INFO 12
#define SECPKG_ATTR_APPLICATION_PROTOCOL 35
#define SECPKG_ATTR_REMOTE_CERT_CONTEXT 0x53
#define SECPKG_ATTR_CONNECTION_INFO 0x5a
#define SECPKG_ATTR_SESSION_INFO 0x5d
#define SECPKG_ATTR_CIPHER_INFO 0x64

typedef struct _SecPkgContext_StreamSizes {
  ULONG cbHeader;
  ULONG cbTrailer;
  ULONG cbMaximumMessage;
  ULONG cBuffers;
  ULONG cbBlockSize;
} SecPkgContext_StreamSizes, *PSecPkgContext_StreamSizes;

typedef struct _SecPkgContext_ConnectionInfo {
  DWORD dwProtocol;
  ALG_ID aiCipher;
  DWORD dwCipherStrength;
  ALG_ID aiHash;
  DWORD dwHashStrength;
  ALG_ID aiExch;
  DWORD dwExchStrength;
} SecPkgContext_ConnectionInfo, *PSecPkgContext_ConnectionInfo;

#define SZ_ALG_MAX_SIZE 64
#define SECPKGCONTEXT_CIPHERINFO_V1 1

typedef struct _SecPkgContext_CipherInfo {
  DWORD dwVersion;
  DWORD dwProtocol;
  DWORD dwCipherSuite;
  DWORD dwBaseCipherSuite;
  WCHAR szCipherSuite[SZ_ALG_MAX_SIZE];
  WCHAR szCipher[SZ_ALG_MAX_SIZE];
  DWORD dwCipherLen;
  DWORD dwCipherBlockLen;
  WCHAR szHash[SZ_ALG_MAX_SIZE];
  DWORD dwHashLen;
  WCHAR szExchange[SZ_ALG_MAX_SIZE];
  DWORD dwMinExchangeLen;
  DWORD dwMaxExchangeLen;
  WCHAR szCertificate[SZ_ALG_MAX_SIZE];
  DWORD dwKeyType;
} SecPkgContext_CipherInfo, *PSecPkgContext_CipherInfo;

typedef enum _SEC_APPLICATION_PROTOCOL_NEGOTIATION_STATUS {
  SecApplicationProtocolNegotiationStatus_None,
  SecApplicationProtocolNegotiationStatus_Success,
  SecApplicationProtocolNegotiationStatus_SelectedClientOnly
} SEC_APPLICATION_PROTOCOL_NEGOTIATION_STATUS;

typedef enum _SEC_APPLICATION_PROTOCOL_NEGOTIATION_EXT {
  SecApplicationProtocolNegotiationExt_None,
  SecApplicationProtocolNegotiationExt_NPN,
  SecApplicationProtocolNegotiationExt_ALPN
} SEC_APPLICATION_PROTOCOL_NEGOTIATION_EXT;

#define MAX_PROTOCOL_ID_SIZE 0xff

typedef struct _SecPkgContext_ApplicationProtocol {
  SEC_APPLICATION_PROTOCOL_NEGOTIATION_STATUS ProtoNegoStatus;
  SEC_APPLICATION_PROTOCOL_NEGOTIATION_EXT ProtoNegoExt;
  unsigned char ProtocolIdSize;
  unsigned char ProtocolId[MAX_PROTOCOL_ID_SIZE];
} SecPkgContext_ApplicationProtocol, *PSecPkgContext_ApplicationProtocol;

#define SSL_SESSION_RECONNECT 1

typedef struct _SecPkgContext_SessionInfo {
  DWORD dwFlags;
  DWORD cbSessionId;
  BYTE rgbSessionId[32];
} SecPkgContext_SessionInfo, *PSecPkgContext_SessionInfo;

/* Algorithm identifiers that connection information reports (wincrypt.h). */
#define CALG_SHA1 0x00008004
#define CALG_SHA_256 0x0000800c
#define CALG_SHA_384 0x0000800d
#define CALG_AES_128 0x0000660e
#define CALG_AES_256 0x00006610
#define CALG_RSA_KEYX 0x0000a400
#define CALG_DH_EPHEM 0x0000aa02
#define CALG_ECDH_EPHEM 0x0000ae06

/* Statuses (winerror.h). Names and texts are in sspi/status. */
#define SCH_STATUS(value) ((SECURITY_STATUS)(value))
#define SEC_E_OK SCH_STATUS(0x00000000)
#define SEC_I_CONTINUE_NEEDED SCH_STATUS(0x00090312)
#define SEC_I_COMPLETE_NEEDED SCH_STATUS(0x00090313)
#define SEC_I_COMPLETE_AND_CONTINUE SCH_STATUS(0x00090314)
#define SEC_I_CONTEXT_EXPIRED SCH_STATUS(0x00090317)
#define SEC_I_INCOMPLETE_CREDENTIALS SCH_STATUS(0x00090320)
#define SEC_I_RENEGOTIATE SCH_STATUS(0x00090321)
#define SEC_I_MESSAGE_FRAGMENT SCH_STATUS(0x00090364)
#define SEC_E_INSUFFICIENT_MEMORY SCH_STATUS(0x80090300)
#define SEC_E_INVALID_HANDLE SCH_STATUS(0x80090301)
#define SEC_E_UNSUPPORTED_FUNCTION SCH_STATUS(0x80090302)
#define SEC_E_TARGET_UNKNOWN SCH_STATUS(0x80090303)
#define SEC_E_INTERNAL_ERROR SCH_STATUS(0x80090304)
#define SEC_E_SECPKG_NOT_FOUND SCH_STATUS(0x80090305)
#define SEC_E_INVALID_TOKEN SCH_STATUS(0x80090308)
#define SEC_E_LOGON_DENIED SCH_STATUS(0x8009030C)
#define SEC_E_UNKNOWN_CREDENTIALS SCH_STATUS(0x8009030D)
#define SEC_E_NO_CREDENTIALS SCH_STATUS(0x8009030E)
#define SEC_E_MESSAGE_ALTERED SCH_STATUS(0x8009030F)
#define SEC_E_OUT_OF_SEQUENCE SCH_STATUS(0x80090310)
#define SEC_E_NO_AUTHENTICATING_AUTHORITY SCH_STATUS(0x80090311)
#define SEC_E_CONTEXT_EXPIRED SCH_STATUS(0x80090317)
#define SEC_E_INCOMPLETE_MESSAGE SCH_STATUS(0x80090318)
#define SEC_E_BUFFER_TOO_SMALL SCH_STATUS(0x80090321)
#define SEC_E_WRONG_PRINCIPAL SCH_STATUS(0x80090322)
#define SEC_E_UNTRUSTED_ROOT SCH_STATUS(0x80090325)
#define SEC_E_ILLEGAL_MESSAGE SCH_STATUS(0x80090326)
#define SEC_E_CERT_UNKNOWN SCH_STATUS(0x80090327)
#define SEC_E_CERT_EXPIRED SCH_STATUS(0x80090328)
#define SEC_E_ENCRYPT_FAILURE SCH_STATUS(0x80090329)
#define SEC_E_DECRYPT_FAILURE SCH_STATUS(0x80090330)
#define SEC_E_ALGORITHM_MISMATCH SCH_STATUS(0x80090331)
#define SEC_E_SECURITY_QOS_FAILED SCH_STATUS(0x80090332)
#define SEC_E_CRYPTO_SYSTEM_INVALID SCH_STATUS(0x80090337)
#define SEC_E_APPLICATION_PROTOCOL_MISMATCH SCH_STATUS(0x80090367)
#define CRYPT_E_REVOKED SCH_STATUS(0x80092010)

#endif
#endif
