/* message: one record of an open context, in and out.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_SSPI_MESSAGE_H
#define SCH_SSPI_MESSAGE_H

#include "sspi/context.h"
#include "sspi/secbuf.h"

/* sch_message_decrypt takes one record from the front of `message`, decrypts it in place and
 * answers in its slots.
 *
 *   SEC_E_OK                  HEADER, DATA (maybe empty), TRAILER, and EXTRA for what follows
 *   SEC_E_INCOMPLETE_MESSAGE  MISSING twice; no byte has changed
 *   SEC_I_RENEGOTIATE         DATA is empty; EXTRA, if any, goes to the next handshake call. A
 *                             TLS 1.3 message is part of EXTRA, a TLS 1.2 one is used up
 *   SEC_I_CONTEXT_EXPIRED     close_notify; EXTRA is what the peer sent behind it
 *   SEC_E_CONTEXT_EXPIRED     not open: still in a handshake, or already expired; nothing changed
 *   anything else             failed; the context keeps that failure, and context->token the alert
 *                             for the next handshake call to hand out
 *
 * Microsoft: DecryptMessage (Schannel). */
CHECKED SECURITY_STATUS sch_message_decrypt(struct sch_context *context,
                                            const struct sch_secbuf_message *message);

/* sch_message_encrypt seals the data of `plain` as one record over its three slots, and sets their
 * sizes to what is to be sent.
 *
 *   SEC_E_OK
 *   SEC_E_CONTEXT_EXPIRED   not open for sending: in a handshake, or after our alert
 *   SEC_E_BUFFER_TOO_SMALL  header or trailer slot smaller than the stream sizes; nothing changed
 *   SEC_E_ENCRYPT_FAILURE   data over cbMaximumMessage; nothing changed
 *   SEC_E_UNSUPPORTED_FUNCTION  no data, and an engine that seals no empty record; nothing changed
 *   anything else           failed; the context keeps that failure, the slots are unchanged
 *
 * Microsoft: EncryptMessage (Schannel). */
CHECKED SECURITY_STATUS sch_message_encrypt(struct sch_context *context,
                                            const struct sch_secbuf_plain *plain);

#endif
