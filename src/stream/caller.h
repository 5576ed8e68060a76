/* caller: one provider call at a time, from the caller's side: descriptors built, answers found by
 * type and checked, every buffer of the provider freed. Nothing a provider answers is believed
 * before it is checked against what was given.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_STREAM_CALLER_H
#define SCH_STREAM_CALLER_H

#include "bytes/fifo.h"
#include "sspi/sspi.h"

#define SCH_CALLER_NAME_MAX 255 /* a DNS name, RFC 1035 section 2.3.4 */

struct sch_caller {
  SecurityFunctionTable *table;
  CredHandle *credential;
  CtxtHandle context;
  bool has_context;
  bool server;
  ULONG flags; /* the same on every leg */
  SEC_CHAR target_name[SCH_CALLER_NAME_MAX + 1];
  bool has_target_name;
  uint8_t *alpn; /* the APPLICATION_PROTOCOLS buffer, or NULL */
  size_t alpn_size;
  uint64_t calls;
};

/* What a call did. */
struct sch_caller_answer {
  size_t used;          /* bytes of the input, from the front */
  size_t missing;       /* hint: bytes wanted, 0 when the provider gave none */
  bool extra;           /* the provider handed bytes back */
  bool sent;            /* bytes for the peer were added to the wire */
  struct sch_span data; /* DecryptMessage: plaintext, inside the input */
};

/* sch_caller_start readies a caller. `protocols` is copied.
 *   SEC_E_OK, SEC_E_INSUFFICIENT_MEMORY, SEC_E_UNSUPPORTED_FUNCTION (a name or list too long) */
CHECKED SECURITY_STATUS sch_caller_start(struct sch_caller *caller, struct sch_span protocols,
                                         const SEC_CHAR *target_name);

/* sch_caller_end deletes the context, if there is one. sch_caller_drop also frees the rest. */
void sch_caller_end(struct sch_caller *caller);
void sch_caller_drop(struct sch_caller *caller);

/* sch_caller_handshake makes one handshake call with `in` as TOKEN, or with no input when it is
 * empty, and adds every token and alert to `wire`, whatever the status. Returns the provider's
 * status, or SEC_E_INTERNAL_ERROR for an answer that cannot be (more EXTRA than was given, success
 * without progress, no security), or SEC_E_INSUFFICIENT_MEMORY when `wire` cannot take the token.
 */
CHECKED SECURITY_STATUS sch_caller_handshake(struct sch_caller *caller, struct sch_span in,
                                             struct sch_fifo *wire,
                                             struct sch_caller_answer *answer);

/* sch_caller_decrypt decrypts the first record of the `size` bytes at `data`, in place. Returns the
 * provider's status, or SEC_E_INTERNAL_ERROR as above, or for plaintext outside the bytes used. */
CHECKED SECURITY_STATUS sch_caller_decrypt(struct sch_caller *caller, uint8_t *data, size_t size,
                                           struct sch_caller_answer *answer);

/* sch_caller_farewell adds the alert of a DecryptMessage that failed to `wire`, if the provider has
 * one: it hands it out with the next handshake call, which repeats the failure. */
void sch_caller_farewell(struct sch_caller *caller, struct sch_fifo *wire);

/* sch_caller_encrypt seals `size` bytes at message + sizes->cbHeader, in a block of the full sizes,
 * and adds the record to `wire` as the sizes returned say. On failure nothing is added. */
CHECKED SECURITY_STATUS sch_caller_encrypt(struct sch_caller *caller,
                                           const SecPkgContext_StreamSizes *sizes, uint8_t *message,
                                           size_t size, struct sch_fifo *wire);

/* sch_caller_attribute queries the context: QueryContextAttributes, SEC_E_INVALID_HANDLE when there
 * is none, or SEC_E_INTERNAL_ERROR for a status that is neither SEC_E_OK nor a failure. */
CHECKED SECURITY_STATUS sch_caller_attribute(struct sch_caller *caller, ULONG attribute,
                                             void *answer);

/* sch_caller_alert asks for an alert and adds it to `wire`, which may take several calls;
 * SCHANNEL_SHUTDOWN for close_notify. */
CHECKED SECURITY_STATUS sch_caller_alert(struct sch_caller *caller, DWORD kind, DWORD description,
                                         struct sch_fifo *wire);

#endif
