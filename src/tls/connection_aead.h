/* connection_aead: one connection of engine_aead: what is done with a record once its protection is
 * off, and the handshake that only has the shape of one. See engine_aead.h for the rules.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_TLS_CONNECTION_AEAD_H
#define SCH_TLS_CONNECTION_AEAD_H

#include "tls/aead.h"
#include "tls/engine.h"

/* The longest handshake message taken: a peer could announce 2^24 bytes and make us hold them. A
 * whole record may come on top of all but one byte of it. */
#define SCH_AEAD_MESSAGE_MAX ((size_t)65536)
#define SCH_AEAD_MESSAGES (SCH_AEAD_MESSAGE_MAX + SCH_RECORD_PLAIN_MAX)

enum sch_aead_state {
  SCH_AEAD_START,
  SCH_AEAD_HELLO_SENT,
  SCH_AEAD_OPEN,
  SCH_AEAD_CLOSED, /* close_notify has come: reading is over, writing is not */
  SCH_AEAD_DEAD
};

struct sch_connection_aead {
  struct sch_engine engine;
  void *credential; /* of engine_aead, which alone looks into it */
  bool server;
  bool renegotiate; /* TLS 1.2: the peer's wish waits for the empty step */
  enum sch_aead_state state;
  uint8_t alert; /* what a failure is called */
  bool silent;   /* an alert has been the last word, ours or the peer's */
  struct sch_aead read;
  struct sch_aead write;
  struct sch_fifo messages; /* the begun handshake message: holds SCH_AEAD_MESSAGES */
};

/* These are the functions of the same names in struct sch_engine_class, whose contract they keep;
 * `engine` is the first member of a connection. */
SECURITY_STATUS sch_connection_aead_step(struct sch_engine *engine, struct sch_span record,
                                         struct sch_fifo *token);
SECURITY_STATUS sch_connection_aead_open(struct sch_engine *engine, uint8_t *record, size_t size,
                                         struct sch_opened *opened);
SECURITY_STATUS sch_connection_aead_seal(struct sch_engine *engine, struct sch_span data,
                                         struct sch_builder *record);

/* sch_connection_aead_say appends an alert record to `token`, in the clear before the handshake is
 * done. SEC_E_OK, SEC_E_INSUFFICIENT_MEMORY, SEC_E_ENCRYPT_FAILURE. */
CHECKED SECURITY_STATUS sch_connection_aead_say(struct sch_connection_aead *connection,
                                                enum sch_alert_level level, uint8_t description,
                                                struct sch_fifo *token);

#endif
