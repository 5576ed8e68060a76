/* context: what a credential and a security context are, and the first failure, which sticks.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_SSPI_CONTEXT_H
#define SCH_SSPI_CONTEXT_H

#include "bytes/fifo.h"
#include "sspi/abi.h"
#include "sspi/personality.h"
#include "tls/engine.h"

/* The most that one call hands out: a server flight with a long chain. */
#define SCH_CONTEXT_TOKEN_MAX ((size_t)256 * 1024)

struct sch_credential {
  const struct sch_engine_class *class;
  const struct sch_personality *personality;
  void *engine_credential;
  bool server;
  bool certified;         /* it has a certificate */
  DWORD protocols;        /* SP_PROT bits that its connections may use */
  bool manual_validation; /* the caller judges the peer's certificate */
  size_t references;      /* the handle and each context */
};

enum sch_phase {
  SCH_PHASE_HANDSHAKE,   /* bytes go to Initialize- or AcceptSecurityContext */
  SCH_PHASE_OPEN,        /* bytes go to DecryptMessage */
  SCH_PHASE_RENEGOTIATE, /* DecryptMessage asked for a handshake call; nothing else is allowed */
  SCH_PHASE_EXPIRED      /* the peer has sent close_notify: nothing can be decrypted any more */
};

struct sch_context {
  struct sch_credential *credential;
  const struct sch_personality *personality;
  struct sch_engine *engine;
  struct sch_engine_facts facts; /* set when the phase is no longer the first handshake */
  struct sch_fifo token;         /* bytes for the peer that no call has handed out yet */
  struct sch_fifo shown;         /* bytes that the engine has read and the caller gives again */
  struct sch_fifo used_up;       /* a post-handshake record that the next call deals with */
  uint8_t *scratch;              /* one sealed record, made at the first EncryptMessage */
  SECURITY_STATUS failure;       /* the first one, or SEC_E_OK */
  enum sch_phase phase;
  bool established; /* the first handshake is done */
  bool manual_validation;
  bool fragmented;        /* the rest of the token comes first, then `unsaid` */
  SECURITY_STATUS unsaid; /* what the call whose token is handed out in parts has to say */
  bool held;              /* the engine keeps the record that asked to renegotiate */
  bool control_pending;   /* ApplyControlToken asked for an alert */
  bool closed;            /* an alert that ends our direction was handed out */
  enum sch_alert_level alert_level;
  uint8_t alert_description;
};

/* sch_credential_create makes a credential with one reference.
 *   SEC_E_OK, or what the engine's credential_open answers, or SEC_E_INSUFFICIENT_MEMORY */
CHECKED SECURITY_STATUS sch_credential_create(const struct sch_engine_class *class,
                                              const struct sch_engine_settings *settings,
                                              struct sch_credential **credential);

/* sch_credential_release drops a reference; the last one frees. */
void sch_credential_release(struct sch_credential *credential);

/* sch_context_create starts a connection of `credential`, which it refers to until it is dropped.
 *   SEC_E_OK, or what the engine's connection_open answers, or SEC_E_INSUFFICIENT_MEMORY */
CHECKED SECURITY_STATUS sch_context_create(struct sch_credential *credential,
                                           const struct sch_engine_wishes *wishes,
                                           struct sch_context **context);

void sch_context_drop(struct sch_context *context);

/* sch_context_fail remembers the first failure of a context and returns it, now and for ever. */
CHECKED SECURITY_STATUS sch_context_fail(struct sch_context *context, SECURITY_STATUS failure);

#endif
