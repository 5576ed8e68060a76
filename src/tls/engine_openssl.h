/* engine_openssl: the engine that runs whole connections on libssl, one record at a time. Its .c is
 * the only file of src/ that sees openssl/ssl.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_TLS_ENGINE_OPENSSL_H
#define SCH_TLS_ENGINE_OPENSSL_H

#include "tls/engine.h"
#include "tls/sessions.h"

/* sch_engine_openssl is a TLS 1.2 and 1.3 client and server. Beyond engine.h:
 *
 *   - `step` gives SEC_I_INCOMPLETE_CREDENTIALS when libssl is about to answer, that is after the
 *     whole flight of the server that asked, and once in a handshake.
 *   - `step` answers a peer's KeyUpdate request at once, where libssl waits for the next write.
 *   - An empty step on an established TLS 1.2 connection starts a renegotiation: a client sends
 *     ClientHello and gives SEC_I_CONTINUE_NEEDED, a server sends HelloRequest and gives SEC_E_OK.
 *   - Application data that crosses a renegotiation on the wire: see `open` below. In a `step` it
 *     ends the connection.
 *   - `alert` seals any description beside libssl (tls/own_alert) with the suites of tls/aead, but
 * not in the middle of a TLS 1.2 renegotiation; with other suites only close_notify can be sealed.
 *   - libssl writes no empty records: `seal` of no data answers SEC_E_UNSUPPORTED_FUNCTION, and
 *     nothing has changed.
 *   - libssl takes 32 empty records in a row, RFC or not; the next one ends the connection.
 *   - After our own close_notify `farewell` has nothing to say.
 *   - `open` and `seal` answer SEC_E_CONTEXT_EXPIRED, and change nothing, from SEC_I_RENEGOTIATE
 *     until `step` has answered SEC_E_OK. One exception: a TLS 1.2 client that has sent its
 *     ClientHello may `open` application data until the server answers, which is what libssl allows
 *     (ossl_statem_app_data_allowed). A server reads on until the client's hello comes. */
extern const struct sch_engine_class sch_engine_openssl;

/* sch_engine_openssl_sessions gives the sessions that a client's credential keeps, each the DER of
 * i2d_SSL_SESSION, to be looked at or replaced. They live as long as the credential. */
struct sch_sessions *sch_engine_openssl_sessions(void *credential);

#endif
