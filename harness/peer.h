/* peer: the other end of the connection: libssl itself, used directly, joined by memory.
 *
 * A peer knows nothing of src/tls: what it accepts, a stranger accepts. Its draws are those of
 * SCH_SIDE_PEER, so the same conversation gives the same bytes. What is costly (SSL_CTX, keys,
 * certificates) is made once for each configuration and kept.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_PEER_H
#define SCH_PEER_H

#include "bytes/fifo.h"
#include "identities.h"
#include "tls/engine_aead.h"

/* What a peer is. Zero means: a client of TLS 1.2 to 1.3 with libssl's own choices. Strings are
 * literals: they are kept. */
struct sch_peer_config {
  bool server;
  uint16_t version_min; /* 0x0303 or 0x0304; 0: 0x0303 */
  uint16_t version_max; /* likewise; 0: 0x0304 */
  enum sch_identity_kind identity;
  const char *suite;       /* the only suite, OpenSSL's name, or NULL: all */
  const char *groups;      /* OpenSSL's list, most wanted first, or NULL: all */
  const char *protocols;   /* ALPN names joined by commas, most wanted first, or NULL */
  const char *name;        /* client: the server name to send, or NULL */
  bool client_certificate; /* server: ask for one */
  bool no_encrypt_then_mac;
  unsigned fragment; /* the most bytes of data in a record it sends, 512 or more; 0: 16384 */
  unsigned tickets;  /* server: tickets after a TLS 1.3 handshake; 0 also means none in TLS 1.2 */
  bool renews;       /* server: a new ticket for every one that is offered, in TLS 1.2 as well */
};

/* Groups that make a HelloRetryRequest when the other end is sch_engine_openssl: as a server, one
 * that it offers without a key share; as a client, a key share that it does not take. */
#define SCH_PEER_RETRY_SERVER "P-256"
#define SCH_PEER_RETRY_CLIENT "P-521:X25519"

struct sch_peer;

/* What a peer has seen so far. */
struct sch_peer_facts {
  uint16_t version; /* 0 before it is negotiated */
  uint16_t suite;   /* likewise */
  bool finished;    /* the (last) handshake is done */
  bool resumed;
  bool retried;             /* there was a HelloRetryRequest */
  bool closed;              /* close_notify came */
  bool failed;              /* dead: nothing more is read or written */
  int alert_in;             /* description of the last alert received, -1: none */
  int alert_out;            /* and sent */
  unsigned handshakes;      /* completed */
  unsigned tickets;         /* received (client) or sent (server), with those of TLS 1.2 */
  unsigned key_updates;     /* received */
  size_t peer_chain;        /* certificates of the other end */
  struct sch_span protocol; /* lives as long as the peer */
};

/* sch_peer_open starts a peer, a client with its ClientHello ready. A client offers the session of
 * `before`, a client that has received one, unless that is NULL. Never NULL. */
struct sch_peer *sch_peer_open(const struct sch_peer_config *config, const struct sch_peer *before);
void sch_peer_drop(struct sch_peer *peer);

/* sch_peer_give hands wire bytes to the peer, cut anywhere, and lets it do all that follows. */
void sch_peer_give(struct sch_peer *peer, struct sch_span wire);

/* sch_peer_take moves what the peer has for the other end to `to`; false when it does not fit. */
CHECKED bool sch_peer_take(struct sch_peer *peer, struct sch_fifo *to);

/* sch_peer_heard is the plaintext received so far; consume what is dealt with. */
struct sch_fifo *sch_peer_heard(struct sch_peer *peer);

void sch_peer_facts(const struct sch_peer *peer, struct sch_peer_facts *facts);

/* sch_peer_secrets gives the record secrets as they stand when the handshake is done, before any
 * other record; see secrets.h. False when it is not done or the suite is not one of engine_aead. */
CHECKED bool sch_peer_secrets(struct sch_peer *peer, struct sch_aead_secrets *secrets);

/* sch_peer_limit leaves the peer these TLS 1.2 suites (OpenSSL's list) from the next handshake on.
 */
void sch_peer_limit(struct sch_peer *peer, const char *suites);

/* The actions put records in the way of sch_peer_take. False: not possible now, nothing is sent.
 *   write        application data, in records of up to 16384 bytes
 *   key_update   TLS 1.3; `request` asks the other end for one as well
 *   ticket       one more, TLS 1.3 server
 *   renegotiate  TLS 1.2: ClientHello, or a server's HelloRequest
 *   abbreviate   TLS 1.2 client: the same, offering its session
 *   close        close_notify
 *   fatal        a fatal bad_record_mac alert, encrypted; the peer is dead after it */
CHECKED bool sch_peer_write(struct sch_peer *peer, struct sch_span data);
CHECKED bool sch_peer_key_update(struct sch_peer *peer, bool request);
CHECKED bool sch_peer_ticket(struct sch_peer *peer);
CHECKED bool sch_peer_renegotiate(struct sch_peer *peer);
CHECKED bool sch_peer_abbreviate(struct sch_peer *peer);
CHECKED bool sch_peer_close(struct sch_peer *peer);
CHECKED bool sch_peer_fatal(struct sch_peer *peer);

#endif
