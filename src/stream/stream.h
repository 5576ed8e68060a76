/* stream: a Schannel caller done right: TLS over any transport, without doing any input or output.
 *
 * Four ports, named from the application's chair: wire in and wire out carry ciphertext, plain in
 * and plain out plaintext. The owner moves bytes between the wire ports and its transport; the
 * stream calls the provider. It knows nothing but a SecurityFunctionTable.
 *
 * What callers of Schannel get wrong, and what holds here:
 *   - every byte is kept until the provider has used it: leftovers (EXTRA) go to the handshake or
 * to DecryptMessage by phase, at once and without waiting for the wire;
 *   - MISSING is a hint, believed only as far as the record header agrees;
 *   - a token is sent whatever status it came with; the alert of a failure too, that of a failed
 *     DecryptMessage by one more handshake call;
 *   - a partial record costs nothing again, a consumed one moves nothing: cost is linear in bytes;
 *   - post-handshake messages are handled in a loop, not by recursion, and are limited;
 *   - the end of the wire is clean only after close_notify;
 *   - the first failure sticks: what was decrypted before it is delivered, then nothing;
 *   - one port works at a time: the provider and the verifier may call back at any time. Then wire
 *     in and plain in take nothing; what wire_sent and plain_read drop, and the wishes wire_end,
 *     close and drop, hold at once and take effect when the port that led there goes on; a dropped
 *     stream is gone when that port returns. Views and attributes are there to be asked for.
 * What it does not do: while a renegotiation of TLS 1.2 runs, all that comes goes to the handshake,
 * application data too, which a provider may refuse there (it may take it in DecryptMessage).
 * What became of each known hazard of such callers is in hazards.txt beside this file.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_STREAM_STREAM_H
#define SCH_STREAM_STREAM_H

#include "stream/failure.h"
#include "stream/settings.h"

struct sch_stream;

/* Work done so far, for the work oracle. */
struct sch_stream_work {
  uint64_t calls;       /* of the provider */
  uint64_t bytes_in;    /* taken from the wire */
  uint64_t bytes_moved; /* copied inside the stream's queues */
};

/* sch_stream_open makes a stream; a client's first token is ready on wire out at once.
 *   SEC_E_OK
 *   SEC_E_INSUFFICIENT_MEMORY, SEC_E_UNSUPPORTED_FUNCTION (protocols over 65535 bytes) */
CHECKED SECURITY_STATUS sch_stream_open(const struct sch_stream_settings *settings,
                                        struct sch_stream **stream);

/* sch_stream_drop ends a stream without telling the peer and wipes what it held. NULL is fine. */
void sch_stream_drop(struct sch_stream *stream);

/* sch_stream_wire_in takes ciphertext from the transport and returns how many bytes it took: fewer
 * than given when plaintext must be read or wire out sent first, all (and ignored) once closed. */
CHECKED size_t sch_stream_wire_in(struct sch_stream *stream, struct sch_span bytes);

/* sch_stream_wire_end says that the transport has ended. Without close_notify before it that is a
 * truncation: status SEC_E_INCOMPLETE_MESSAGE, after all whole records have been delivered. */
void sch_stream_wire_end(struct sch_stream *stream);

/* sch_stream_wire_out views ciphertext for the transport, until the next call that changes the
 * stream; sch_stream_wire_sent says how much of it, from the front, has left. */
struct sch_span sch_stream_wire_out(const struct sch_stream *stream);
void sch_stream_wire_sent(struct sch_stream *stream, size_t size);

/* sch_stream_plain_in takes plaintext to send and returns how many bytes it took. It may be called
 * during the handshake. Nothing is taken after sch_stream_close or once closed. */
CHECKED size_t sch_stream_plain_in(struct sch_stream *stream, struct sch_span bytes);

/* sch_stream_plain_out views decrypted plaintext, also after a failure or a close;
 * sch_stream_plain_read says how much of it, from the front, was read. */
struct sch_span sch_stream_plain_out(const struct sch_stream *stream);
void sch_stream_plain_read(struct sch_stream *stream, size_t size);

/* sch_stream_close sends what plain in has taken, then close_notify; during a handshake, once that
 * is done (to give up a handshake, drop the stream). The peer's data is still delivered until its
 * own close_notify. */
void sch_stream_close(struct sch_stream *stream);

enum sch_stream_state sch_stream_state(const struct sch_stream *stream);

/* sch_stream_status: SEC_E_OK while the stream lives, SEC_I_CONTEXT_EXPIRED once the peer has
 * closed in good order, or the first failure, for ever. */
SECURITY_STATUS sch_stream_status(const struct sch_stream *stream);

/* sch_stream_failure says what sch_stream_status is to an owner who thinks in socket errors. */
enum sch_failure sch_stream_failure(const struct sch_stream *stream);

/* sch_stream_reasons gives the reasons of the last verdict, 0 before there is one. */
uint32_t sch_stream_reasons(const struct sch_stream *stream);

/* sch_stream_attribute queries the context, once it is open: QueryContextAttributes. */
CHECKED SECURITY_STATUS sch_stream_attribute(struct sch_stream *stream, ULONG attribute,
                                             void *answer);

struct sch_stream_work sch_stream_work(const struct sch_stream *stream);

#endif
