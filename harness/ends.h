/* ends: both ends of a connection as SSPI callers, and the credentials they need: what every test
 * of the provider begins with. A caller of its own, which shares nothing with stream.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_ENDS_H
#define SCH_ENDS_H

#include "bytes/fifo.h"
#include "identities.h"
#include "sspi/sspi.h"

/* Kinds of connection: the classes of engine_aead, in their order, then libssl. */
enum sch_ends_kind {
  SCH_ENDS_AEAD_1_3 = 0,
  SCH_ENDS_AEAD_1_2 = 3,
  SCH_ENDS_OPENSSL_1_2 = 6,
  SCH_ENDS_OPENSSL_1_3,
  SCH_ENDS_KINDS
};

bool sch_ends_is_1_3(size_t kind);

/* sch_ends_personality chooses the personality of all that is acquired from now on by its name;
 * NULL is the default one. False when there is none of that name. */
bool sch_ends_personality(const char *name);

/* sch_ends_package gives the name of the kind's package, which is added at the first call. */
SEC_CHAR *sch_ends_package(size_t kind);

/* sch_ends_acquire acquires a credential with SCH_CREDENTIALS: of `identity`, which the classes of
 * engine_aead do not look at, and with `flags` of SCH_CRED. Failing is a broken contract, but not
 * of sch_ends_try_acquire, which gives the status. */
CredHandle sch_ends_acquire(size_t kind, bool server, enum sch_identity_kind identity, DWORD flags);
CHECKED SECURITY_STATUS sch_ends_try_acquire(size_t kind, bool server,
                                             enum sch_identity_kind identity, DWORD flags,
                                             CredHandle *handle);

/* sch_ends_certificate makes a certificate context that has its key; free it with
 * CertFreeCertificateContext. */
PCCERT_CONTEXT sch_ends_certificate(enum sch_identity_kind identity);

struct sch_end {
  bool server;
  CredHandle credential;
  CtxtHandle context;
  bool has_context;
  SECURITY_STATUS status; /* of the last handshake call */
  struct sch_fifo sent;   /* for the other end */
  struct sch_fifo held;   /* from the other end, not used yet */
};

/* sch_end_open makes an end without a context; sch_end_drop gives all of it back. */
void sch_end_open(struct sch_end *end, size_t kind, bool server);
void sch_end_drop(struct sch_end *end);

/* sch_end_take moves all that `from` has sent to what `to` holds. */
void sch_end_take(struct sch_end *to, struct sch_end *from);

/* sch_end_step makes one handshake call with all that is held, or without input when that is
 * nothing, and deals with what it answers. Gives end->status. */
SECURITY_STATUS sch_end_step(struct sch_end *end);

/* sch_ends_join makes the handshake between two new ends. False when it does not end well. */
CHECKED bool sch_ends_join(struct sch_end *client, struct sch_end *server);

/* sch_end_seal has EncryptMessage seal `data` and adds the record to end->sent. */
CHECKED SECURITY_STATUS sch_end_seal(struct sch_end *end, struct sch_span data);

/* sch_end_unseal has DecryptMessage open the first record held and, with success, consumes it.
 * `data` views the plaintext until the next call. */
CHECKED SECURITY_STATUS sch_end_unseal(struct sch_end *end, struct sch_span *data);

#endif
