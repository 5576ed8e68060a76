/* engine_aead: record protection alone: the fast engine, with real records and a handshake that
 * only has the shape of one. Whoever holds the secrets can seal what this engine opens, which is
 * how a fuzzer gets behind the encryption. It is not TLS: nobody is authenticated.
 *
 * Settings and wishes: only `server` and the versions count. Certificates, names, protocols and
 * sessions are not looked at, and the facts name none.
 *
 * Handshake: the client sends one clear handshake record, the server answers with one; both are
 * fixed. Any other record there is an unexpected_message.
 *
 * After it, RFC 8446 section 5 and RFC 5246 section 6.2 are followed to the letter:
 *   - TLS 1.3 messages are recognised without being used up: `open` undoes its work, so that `step`
 *     gets the same bytes. A step judges any handshake record, whoever has seen it before.
 *     NewSessionTicket is for clients; its content is not looked at. KeyUpdate is answered in the
 *     token of its own step, and must end its record. Messages may span records, up to 64 KiB each;
 *     between their pieces no other record is legal.
 *   - TLS 1.2 HelloRequest (for clients) and ClientHello (for servers) are refused in the empty
 *     step that follows, with a no_renegotiation warning; the data flows on.
 *   - close_notify ends reading at either level: to what comes behind it, `open` says
 *     SEC_I_CONTEXT_EXPIRED again, unread.
 * Stricter than libssl: padding counts against the size of a record (RFC 8446 section 5.4). More
 * patient: no limit on empty records and warnings in a row, for their cost is linear in their
 * bytes. The usage limits of AES-GCM (RFC 8446 section 5.5: 2^24.5 records) are not counted.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_TLS_ENGINE_AEAD_H
#define SCH_TLS_ENGINE_AEAD_H

#include "tls/aead.h"
#include "tls/engine.h"

/* Both directions of a connection, whichever end holds them. */
struct sch_aead_secrets {
  uint16_t suite;                /* TLS 1.3: 0x1301 to 0x1303; TLS 1.2: 0xc02b, 0xc02c, 0xc02f,
                                    0xc030, 0xcca8, 0xcca9 */
  struct sch_aead_secret client; /* what the client seals with */
  struct sch_aead_secret server;
};

/* The engine comes in six classes, one for each kind of record: TLS 1.3 and 1.2 (ECDHE-RSA), each
 * with AES-128-GCM, AES-256-GCM and ChaCha20-Poly1305, in this order. They differ only in the
 * secrets of credential_open, which are built in and public: see sch_engine_aead_toy. */
#define SCH_ENGINE_AEAD_COUNT 6
extern const struct sch_engine_class sch_engine_aead[SCH_ENGINE_AEAD_COUNT];

/* sch_engine_aead_toy gives the secrets of class number `index`: bytes that count upwards. */
void sch_engine_aead_toy(size_t index, struct sch_aead_secrets *secrets);

/* sch_engine_aead_credential makes a credential, for any of the classes, of chosen secrets, which
 * are copied. Every connection made from it starts with these keys.
 *   SEC_E_OK, SEC_E_ALGORITHM_MISMATCH (no such suite), SEC_E_INSUFFICIENT_MEMORY,
 *   SEC_E_INTERNAL_ERROR (libcrypto lacks the cipher) */
CHECKED SECURITY_STATUS sch_engine_aead_credential(const struct sch_aead_secrets *secrets,
                                                   bool server, void **credential);

#endif
