/* engine: the interface under sspi. An engine does the cryptography of one connection, one record
 * at a time; it never sees more than one record, so EXTRA and MISSING are settled above it.
 *
 * Every call takes whole records that sch_record_next has accepted. A failure is final: after it
 * only `drop` may be called, and `farewell` once.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_TLS_ENGINE_H
#define SCH_TLS_ENGINE_H

#include "bytes/builder.h"
#include "bytes/fifo.h"
#include "bytes/span.h"
#include "sspi/abi.h"
#include "tls/alert.h"
#include "tls/record.h"

#define SCH_TLS_1_2 0x0303
#define SCH_TLS_1_3 0x0304

/* What a credential is made of. The spans need live only during credential_open. */
struct sch_engine_settings {
  bool server;
  uint16_t version_min;        /* SCH_TLS_1_2 or SCH_TLS_1_3 */
  uint16_t version_max;        /* >= version_min */
  struct sch_span certificate; /* DER, or empty: none */
  struct sch_span chain;       /* intermediates, DER, one behind the other, leaf side first */
  struct sch_span key;         /* PKCS#8 DER; empty only when certificate is */
  bool reconnect;              /* client: keep and offer sessions; server: issue and take tickets */
};

/* What one connection asks for. The views need live only during connection_open. */
struct sch_engine_wishes {
  const char *target_name;   /* client: SNI, or NULL: none */
  struct sch_span protocols; /* ALPN ProtocolNameList without its length, or empty: no ALPN */
  bool refuse_server;        /* client: nobody judges the server: unknown_ca to any certificate, if
                                the engine looks at them */
  bool client_certificate;   /* server: ask the client for a certificate; it may send none */
};

/* What was negotiated. The views live until the next `facts`, `drop`, or step of a handshake. */
struct sch_engine_facts {
  uint16_t version;                 /* SCH_TLS_1_2 or SCH_TLS_1_3 */
  uint16_t suite;                   /* IANA number */
  size_t header;                    /* bytes in front of the data of a sealed record, exact */
  size_t trailer;                   /* bytes behind it, at most */
  size_t block;                     /* cipher block size, 1 for stream and AEAD ciphers */
  struct sch_span peer_certificate; /* DER of the leaf, or empty */
  struct sch_span protocol;         /* ALPN name chosen, or empty */
  bool resumed;
};

/* Where the plaintext of an opened record lies. */
struct sch_opened {
  size_t header; /* bytes of the record in front of the data */
  size_t data;   /* plaintext bytes, 0 is legal; the trailer is the rest of the record */
  bool again;    /* with SEC_I_RENEGOTIATE: the record is unchanged and must be given to `step` */
};

struct sch_engine {
  const struct sch_engine_class *class;
};

struct sch_engine_class {
  const char *name;

  /* credential_open makes what connections share: keys, certificates, session state. Gives a
   * credential for credential_drop, which every connection made from it must precede.
   *   SEC_E_OK, SEC_E_UNKNOWN_CREDENTIALS (certificate or key unusable),
   *   SEC_E_ALGORITHM_MISMATCH (versions), SEC_E_INSUFFICIENT_MEMORY */
  SECURITY_STATUS (*credential_open)(const struct sch_engine_settings *settings, void **credential);
  void (*credential_drop)(void *credential);

  /* connection_open starts one connection in the role of the credential.
   *   SEC_E_OK, SEC_E_INSUFFICIENT_MEMORY, SEC_E_UNSUPPORTED_FUNCTION */
  SECURITY_STATUS(*connection_open)
  (void *credential, const struct sch_engine_wishes *wishes, struct sch_engine **engine);
  void (*drop)(struct sch_engine *engine);

  /* step advances a handshake by one record, or by none (`record` empty): a client's first step,
   * or the start of a renegotiation. Bytes for the peer are appended to `token`, on failure too:
   * the alert.
   *   SEC_I_CONTINUE_NEEDED  bring the peer's next record
   *   SEC_E_OK               the handshake is done, or the post-handshake message is dealt with
   *   SEC_E_INCOMPLETE_MESSAGE  an empty step where only a record helps; nothing has changed
   *   SEC_I_INCOMPLETE_CREDENTIALS  the server asks for a certificate and the client has none: the
   *                          record has been read; call `supply`, then step with no record
   *   anything else          failed, see sch_alert_status */
  SECURITY_STATUS(*step)
  (struct sch_engine *engine, struct sch_span record, struct sch_fifo *token);

  /* supply says that no more certificates will come than that of `credential`, one of the same
   * class and role: a server that asks is answered with it, or, when there is none, with nothing.
   * Without it a client asks back, with SEC_I_INCOMPLETE_CREDENTIALS. Nothing to do for a server.
   *   SEC_E_OK, SEC_E_UNKNOWN_CREDENTIALS (the certificate is of no use here) */
  SECURITY_STATUS (*supply)(struct sch_engine *engine, void *credential);

  /* open decrypts one record of `size` bytes in place, after the handshake.
   *   SEC_E_OK               data, maybe none
   *   SEC_I_RENEGOTIATE      a handshake message; no data. With `again` the record is to be handed
   *                          to `step`, without it the engine keeps it and wants an empty step.
   *   SEC_I_CONTEXT_EXPIRED  close_notify; no data
   *   anything else          failed; the bytes may have changed */
  SECURITY_STATUS(*open)
  (struct sch_engine *engine, uint8_t *record, size_t size, struct sch_opened *opened);

  /* farewell appends the alert that a failed `open` has for the peer, if any.
   *   SEC_E_OK, SEC_E_INSUFFICIENT_MEMORY */
  SECURITY_STATUS (*farewell)(struct sch_engine *engine, struct sch_fifo *token);

  /* seal writes the one application data record that protects `data` (at most
   * SCH_RECORD_PLAIN_MAX bytes) to `record`.
   *   SEC_E_OK, SEC_E_ENCRYPT_FAILURE, SEC_E_BUFFER_TOO_SMALL (nothing written),
   *   SEC_E_UNSUPPORTED_FUNCTION (no data, and the engine cannot seal that; nothing changed) */
  SECURITY_STATUS(*seal)
  (struct sch_engine *engine, struct sch_span data, struct sch_builder *record);

  /* alert appends an alert record for the peer to `token`: close_notify at any time after the
   * handshake, any description while records are still in the clear, and later if the engine can.
   * Behind any other than close_notify nothing may be sent.
   *   SEC_E_OK, SEC_E_UNSUPPORTED_FUNCTION (this engine cannot send it now) */
  SECURITY_STATUS(*alert)
  (struct sch_engine *engine, enum sch_alert_level level, uint8_t description,
   struct sch_fifo *token);

  /* facts tells what was negotiated, after a step answered SEC_E_OK. */
  void (*facts)(struct sch_engine *engine, struct sch_engine_facts *facts);
};

#endif
