/* settings: what the owner of a stream decides, and the limits that hold whatever is decided.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_STREAM_SETTINGS_H
#define SCH_STREAM_SETTINGS_H

#include "bytes/span.h"
#include "sspi/sspi.h"

/* Ciphertext held at most: more than the largest flight that must lie whole before the provider. */
#define SCH_STREAM_WIRE_MAX ((size_t)128 * 1024)

/* Plaintext that waits to be sent, and plaintext decrypted but unread, held at most. */
#define SCH_STREAM_PLAIN_MAX ((size_t)64 * 1024)

/* Post-handshake messages in a row without application data: stops a peer that only renegotiates
 * (ice #5350). A TLS 1.3 server sends a few tickets. */
#define SCH_STREAM_POST_HANDSHAKE_MAX 32

/* What a verifier is asked about. The views live until it answers. */
struct sch_stream_peer {
  const struct sch_span *certificates; /* DER: the peer's own, then what it sent to go with it */
  size_t count;                        /* 0: it sent none */
  const SEC_CHAR *name;                /* of a server: the target name of the settings, or NULL */
  bool server;                         /* the peer is the server */
};

struct sch_stream_verdict {
  SECURITY_STATUS status; /* SEC_E_OK accepts; any failure ends the stream with it */
  uint32_t reasons;       /* the verifier's own words, kept for sch_stream_reasons */
};

/* A verifier judges the peer once per handshake. While it does, the ports of the stream take
 * nothing; see stream.h for what else it may ask of the stream. */
typedef struct sch_stream_verdict sch_stream_verifier(void *context,
                                                      const struct sch_stream_peer *peer);

struct sch_stream_settings {
  SecurityFunctionTable *table;
  CredHandle *credential; /* acquired for manual validation; outlives the stream */
  bool server;
  SEC_CHAR *target_name;       /* client: the name to ask for, or NULL; copied */
  struct sch_span protocols;   /* ALPN ProtocolNameList without its length, or empty; copied */
  bool client_certificate;     /* server: ask for one */
  sch_stream_verifier *verify; /* NULL refuses every peer, unless `insecure` */
  void *verify_context;
  bool insecure;     /* accept any peer: for tests */
  size_t read_limit; /* stop decrypting at this much unread plaintext, 1 to PLAIN_MAX */
};

enum sch_stream_state {
  SCH_STREAM_HANDSHAKE, /* before the first handshake is done and the peer accepted */
  SCH_STREAM_OPEN,      /* data may flow; also while a renegotiation runs */
  SCH_STREAM_CLOSED     /* over; sch_stream_status says how */
};

#endif
