/* records: the other end of the wire for engine_aead: with the same secrets it seals whatever
 * record a fuzzer has chosen, legal or not, and opens what the engine under test has sealed. It
 * judges nothing, so that the engine is the only judge.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_RECORDS_H
#define SCH_RECORDS_H

#include "tls/engine_aead.h"

/* How many keys of one direction are kept; those behind them are derived anew each time. */
#define SCH_RECORDS_KEYS 16

/* One direction and its keys from first to last, which every restart goes through again. */
struct sch_records_way {
  struct sch_aead aead;
  struct sch_aead_keys keys[SCH_RECORDS_KEYS];
  size_t known; /* so many have been derived */
  size_t now;   /* number of those in use */
};

struct sch_records {
  const struct sch_aead_suite *suite;
  EVP_CIPHER *cipher;
  struct sch_records_way write;
  struct sch_records_way read;
  uint8_t tail[SCH_RECORD_BODY_MAX]; /* inner content type, then zeros */
};

/* Everything about a record but its data. */
struct sch_records_shape {
  uint8_t outer;    /* the type in its header */
  uint16_t version; /* the version in its header */
  uint8_t type;     /* TLS 1.3: the inner content type; 1.2: not used */
  size_t padding;   /* TLS 1.3: zeros behind the type; 1.2: not used */
};

/* sch_records_open makes the end that is the server, or the client, of these secrets; their suite
 * must be one of the engine's. sch_records_restart goes back to that start, for the next input.
 * Libcrypto failing is a broken contract here. */
void sch_records_open(struct sch_records *records, const struct sch_aead_secrets *secrets,
                      bool server);
void sch_records_restart(struct sch_records *records);
void sch_records_drop(struct sch_records *records);

/* sch_records_hello gives the one record that the client, or the server, sends in the handshake. */
struct sch_span sch_records_hello(bool server);

/* sch_records_usual gives the shape of an honest record of content type `type`. */
struct sch_records_shape sch_records_usual(const struct sch_records *records, uint8_t type);

/* sch_records_seal appends one record. False, with nothing written and the builder failed when it
 * is the builder that is full, when the body would be over SCH_RECORD_BODY_MAX. */
CHECKED bool sch_records_seal(struct sch_records *records, struct sch_records_shape shape,
                              struct sch_span data, struct sch_builder *to);

/* sch_records_roll goes to the next keys for what is sealed from now on (RFC 8446 section 7.2). */
void sch_records_roll(struct sch_records *records);

/* sch_records_update seals a TLS 1.3 KeyUpdate, of update_requested or not, and goes to the next
 * keys for what is sealed from now on. False as above, and in TLS 1.2. */
CHECKED bool sch_records_update(struct sch_records *records, bool requested,
                                struct sch_builder *to);

/* sch_records_unseal opens, in place, one whole record that the engine has sealed: its content type
 * and a view of its data. It follows a KeyUpdate to the next keys. False when the record is not
 * authentic or, in TLS 1.3, has no content type. */
CHECKED bool sch_records_unseal(struct sch_records *records, uint8_t *record, size_t size,
                                uint8_t *type, struct sch_span *data);

#endif
