/* status: see status.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "sspi/status.h"

#define ROW(value, class, text) \
  { value, SCH_STATUS_##class, #value, text }

static const struct sch_status table[] = {
    ROW(SEC_E_OK, DONE, "success"),
    ROW(SEC_I_CONTINUE_NEEDED, AGAIN, "the handshake goes on"),
    ROW(SEC_I_COMPLETE_NEEDED, FATAL, "CompleteAuthToken is asked for, which TLS never does"),
    ROW(SEC_I_COMPLETE_AND_CONTINUE, FATAL, "CompleteAuthToken is asked for, which TLS never does"),
    ROW(SEC_I_CONTEXT_EXPIRED, CLOSE, "the peer has closed the connection"),
    ROW(SEC_I_INCOMPLETE_CREDENTIALS, AGAIN, "the peer asks for a certificate and none is set"),
    ROW(SEC_I_RENEGOTIATE, AGAIN, "the peer sent a handshake message after the handshake"),
    ROW(SEC_I_MESSAGE_FRAGMENT, AGAIN, "more of the same message is to be handed out"),
    ROW(SEC_E_INSUFFICIENT_MEMORY, FATAL, "not enough memory"),
    ROW(SEC_E_INVALID_HANDLE, FATAL, "the handle is not valid"),
    ROW(SEC_E_UNSUPPORTED_FUNCTION, FATAL, "the function or protocol is not supported"),
    ROW(SEC_E_TARGET_UNKNOWN, FATAL, "the target is unknown"),
    ROW(SEC_E_INTERNAL_ERROR, FATAL, "internal error"),
    ROW(SEC_E_SECPKG_NOT_FOUND, FATAL, "the security package does not exist"),
    ROW(SEC_E_INVALID_TOKEN, FATAL, "the token is not valid"),
    ROW(SEC_E_LOGON_DENIED, FATAL, "access denied"),
    ROW(SEC_E_UNKNOWN_CREDENTIALS, FATAL, "the credentials are not recognised"),
    ROW(SEC_E_NO_CREDENTIALS, FATAL, "there are no credentials"),
    ROW(SEC_E_MESSAGE_ALTERED, FATAL, "the message was altered"),
    ROW(SEC_E_OUT_OF_SEQUENCE, FATAL, "the message is out of sequence"),
    ROW(SEC_E_NO_AUTHENTICATING_AUTHORITY, FATAL, "no authority could be contacted"),
    ROW(SEC_E_CONTEXT_EXPIRED, FATAL, "the context cannot be used now"),
    ROW(SEC_E_INCOMPLETE_MESSAGE, AGAIN, "the message is incomplete"),
    ROW(SEC_E_BUFFER_TOO_SMALL, FATAL, "a buffer is too small"),
    ROW(SEC_E_WRONG_PRINCIPAL, FATAL, "the certificate is not for this name"),
    ROW(SEC_E_UNTRUSTED_ROOT, FATAL, "the certificate chain ends in no trusted root"),
    ROW(SEC_E_ILLEGAL_MESSAGE, FATAL, "the message is malformed or unexpected"),
    ROW(SEC_E_CERT_UNKNOWN, FATAL, "the certificate could not be processed"),
    ROW(SEC_E_CERT_EXPIRED, FATAL, "the certificate is not valid now"),
    ROW(SEC_E_ENCRYPT_FAILURE, FATAL, "the message could not be encrypted"),
    ROW(SEC_E_DECRYPT_FAILURE, FATAL, "the message could not be decrypted"),
    ROW(SEC_E_ALGORITHM_MISMATCH, FATAL, "no common protocol version or cipher suite"),
    ROW(SEC_E_SECURITY_QOS_FAILED, FATAL, "the security asked for cannot be provided"),
    ROW(SEC_E_CRYPTO_SYSTEM_INVALID, FATAL, "the cipher is not valid here"),
    ROW(SEC_E_APPLICATION_PROTOCOL_MISMATCH, FATAL, "no common application protocol"),
    ROW(CRYPT_E_REVOKED, FATAL, "the certificate is revoked"),
};

static const struct sch_status unknown = {SEC_E_INTERNAL_ERROR, SCH_STATUS_FATAL, "unknown status",
                                          "a status that this table does not know"};

const struct sch_status *sch_status_of(SECURITY_STATUS value) {
  for (size_t i = 0; i < SCH_COUNT(table); i++) {
    if (table[i].value == value) {
      return &table[i];
    }
  }
  return &unknown;
}

const struct sch_status *sch_status_table(size_t *count) {
  *count = SCH_COUNT(table);
  return table;
}
