/* port: the BIO under libssl. libssl reads the one record it is given and writes to the memory
 * that the running call lends; the port owns no bytes.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_TLS_PORT_H
#define SCH_TLS_PORT_H

#include <openssl/types.h>

#include "bytes/builder.h"
#include "bytes/fifo.h"

/* At most one of `token` and `record` is set. With neither, what libssl writes is dropped: only an
 * alert that has no way out. */
struct sch_port {
  struct sch_span in;         /* what libssl may still read */
  struct sch_fifo *token;     /* where it writes handshake records and alerts */
  struct sch_builder *record; /* where it writes a sealed record */
  bool refused;               /* a write did not fit */
};

/* sch_port_bio makes a BIO over `port`, which outlives it: reading takes from `in` and asks for a
 * retry when that is empty, writing appends and fails when it does not fit. NULL when memory is
 * short; the caller frees it. */
BIO *sch_port_bio(struct sch_port *port);

#endif
