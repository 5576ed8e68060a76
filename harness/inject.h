/* inject: what an engine may say by itself, and SSPI gives no way to ask for: a KeyUpdate, a
 * NewSessionTicket, the wish to renegotiate, a fatal alert. The harness makes a context's own
 * engine say it, with the keys and in the place of its next record.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_INJECT_H
#define SCH_INJECT_H

#include "bytes/fifo.h"
#include "sspi/sspi.h"

enum sch_inject {
  SCH_INJECT_RENEGOTIATE, /* engine_aead with TLS 1.2; engine_openssl with it as a server */
  SCH_INJECT_KEY_UPDATE,  /* engine_aead with TLS 1.3; amount odd: update_requested */
  SCH_INJECT_TICKET,      /* the same, server: a ticket of `amount` bytes */
  SCH_INJECT_ALERT        /* engine_aead: fatal, of the number `amount`, if that can be fatal */
};

/* sch_inject appends the record to `out`, behind all that the engine has said before. False, and
 * nothing has changed, when the context cannot say that, or not now. */
typedef bool sch_injector(CtxtHandle *handle, enum sch_inject what, size_t amount,
                          struct sch_fifo *out);
CHECKED sch_injector sch_inject;

#endif
