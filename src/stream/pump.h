/* pump: the machine behind the four ports of a stream: one turn at a time, in a loop, until none
 * makes progress.
 *
 *     wire in --> [received] --> handshake call / DecryptMessage --> [plain] --> plain out
 *     wire out <-- [sending] <-- tokens, alerts, EncryptMessage <-- [pending] <-- plain in
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_STREAM_PUMP_H
#define SCH_STREAM_PUMP_H

#include "bytes/fifo.h"
#include "stream/caller.h"
#include "stream/failure.h"
#include "stream/settings.h"

/* Wire out stops being filled at SCH_PUMP_SENDING_STOP; above that fits what one more turn can
 * make. */
#define SCH_PUMP_SENDING_STOP ((size_t)64 * 1024)
#define SCH_PUMP_SENDING_MAX (SCH_PUMP_SENDING_STOP + (size_t)512 * 1024)

struct sch_stream {
  struct sch_caller caller;
  struct sch_stream_settings settings;
  enum sch_stream_state state;
  SECURITY_STATUS status;
  enum sch_site site; /* where the last call was made */
  uint32_t reasons;   /* of the last verdict */
  struct sch_fifo received;
  struct sch_fifo sending;
  struct sch_fifo pending;
  struct sch_fifo plain;
  SecPkgContext_StreamSizes sizes;
  uint8_t *message; /* one record of the full sizes, from the first to be sent on; or NULL */
  size_t gate;      /* no call before this many bytes are received */
  size_t post_handshake;
  uint64_t bytes_in;
  bool negotiating; /* bytes go to the handshake */
  bool shaking;     /* and it is a handshake, first or later, not a ticket or a KeyUpdate */
  bool empty_call;  /* the next handshake call takes no input */
  bool wire_ended;
  bool close_wanted;
  bool close_sent;
  bool peer_closed;
  bool credentials_retried;
  bool busy;    /* a port is at work: what calls back now finds the stream closed to it */
  bool again;   /* what called back has changed what a turn may do */
  bool dropped; /* by what called back; it goes when that port is done */
};

/* sch_pump does all that can be done now with the bytes held and the room there is. Each turn uses
 * bytes, makes bytes or changes the state, so that the loop ends. */
void sch_pump(struct sch_stream *stream);

/* sch_pump_finish ends the stream: the context goes; what was decrypted and what must still be sent
 * stays. `status` is not SEC_E_OK. */
void sch_pump_finish(struct sch_stream *stream, SECURITY_STATUS status);

#endif
