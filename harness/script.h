/* script: a conversation as a list of operations, each one byte and its operands: what the peer
 * seals, and what is done to the record before it is on the wire. Running a script gives the wire,
 * and for each record what the system under test must make of it: the peer holds the keys, so it
 * knows. The decrypt target reads this format and its seed writer writes it.
 *
 *   operation    operands (big-endian)         puts on the wire
 *   DATA         size 2                        application data, see below
 *   PADDED       size 2, padding 2             the same, padded (TLS 1.3)
 *   ALERT        level 1, description 1        an alert
 *   TICKETS      how 1                         1 + bits 0-1 NewSessionTickets, in one record, or in
 *                                              1 + bits 2-3 pieces
 *   KEY_UPDATE   request 1                     KeyUpdate; the peer follows it when it is legal
 *   HELLO        -                             a wish to renegotiate: HelloRequest or ClientHello
 *   TYPED        type 1, size 1, bytes         any content type with any short content
 *   SHAPE        type 1, version 2             nothing: the next header has this type (TLS 1.3) and
 *                                              version
 *   FLIP         offset 2, mask 1              nothing: changes the last record
 *   SHORTEN      count 1                       cuts the end of the last record, fits its length
 *   TEAR         count 1                       cuts 8 and more bytes off the last record, no more
 *   REPEAT       -                             the last record again
 *   LOSE         -                             takes the last record away
 *   SWAP         -                             exchanges the last two records
 *   RAW          size 1, bytes                 these bytes
 *
 * With engine_openssl HELLO and TYPED handshake content put nothing on the wire, for what they
 * start is a handshake, which has a target of its own, and TICKETS come in one piece.
 *
 * The wire begins with the peer's record of the null handshake, which is no record of the
 * script, when there is one.
 * The operation is the low four bits of its byte. A size or padding is its low byte, so that most
 * records are short; but, with LARGE, 64 times that when the high byte is SCH_SCRIPT_STEPS, and
 * that behind SCH_SCRIPT_LIMIT_FIRST, up to one too many for a record, when it is SCH_SCRIPT_LIMIT.
 * A script ends where it does not fit: at SCH_SCRIPT_RECORDS records, SCH_SCRIPT_WIRE bytes, or in
 * the middle of operands.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_SCRIPT_H
#define SCH_SCRIPT_H

#include "plan.h"
#include "records.h"

/* What the options of a plan mean to the decrypt target. Those that cost time are whole numbers, so
 * that a fuzzer does not come upon them with every other input, and are rationed. */
enum sch_decrypt_option {
  SCH_DECRYPT_SERVER = 1 << 0,  /* the system under test is the server */
  SCH_DECRYPT_CLASS_SHIFT = 1,  /* three bits: class of engine_aead */
  SCH_DECRYPT_SPEAK = 1 << 4,   /* say something, and then close_notify, at the end */
  SCH_DECRYPT_SLOT_SHIFT = 5,   /* two bits: where DATA stands among the four slots */
  SCH_DECRYPT_STREAM = 1 << 7,  /* through stream */
  SCH_DECRYPT_CUTS = 0xc5 << 8, /* all of bits 8 to 15: also whole and byte by byte, and compare */
  SCH_DECRYPT_LARGE = 0x4c47 << 16, /* all of bits 16 to 31: records may be large */
  SCH_DECRYPT_LIBSSL = 0x4c53 << 16 /* the same, and engine_openssl, after a real handshake, never
                                       through stream */
};

static inline bool sch_decrypt_is_libssl(uint32_t options) {
  return options >> 16 == SCH_DECRYPT_LIBSSL >> 16;
}

static inline bool sch_decrypt_is_large(uint32_t options) {
  return options >> 16 == SCH_DECRYPT_LARGE >> 16 || sch_decrypt_is_libssl(options);
}

static inline bool sch_decrypt_asks_cuts(uint32_t options) {
  return (options >> 8 & 0xff) == SCH_DECRYPT_CUTS >> 8;
}

/* sch_decrypt_rationed gives the options of a plan, without CUTS and LIBSSL unless the operations
 * and the cuts, all together, are such as one in SCH_DECRYPT_RATION is, and without LARGE unless
 * they are such as one in SCH_DECRYPT_RATION_LARGE is: what mutation makes of an input that has
 * them costs much only so often, however many of those a corpus holds. */
#define SCH_DECRYPT_RATION 64
#define SCH_DECRYPT_RATION_LARGE 4
uint32_t sch_decrypt_rationed(const struct sch_plan *plan, struct sch_span operations);

#define SCH_SCRIPT_RECORDS 8
#define SCH_SCRIPT_WIRE ((size_t)48 * 1024)

#define SCH_SCRIPT_STEPS 0xb5
#define SCH_SCRIPT_LIMIT 0xbe
#define SCH_SCRIPT_LIMIT_FIRST (SCH_RECORD_PLAIN_MAX + 1 - 255)

enum sch_script_operation {
  SCH_SCRIPT_DATA,
  SCH_SCRIPT_PADDED,
  SCH_SCRIPT_ALERT,
  SCH_SCRIPT_TICKETS,
  SCH_SCRIPT_KEY_UPDATE,
  SCH_SCRIPT_HELLO,
  SCH_SCRIPT_TYPED,
  SCH_SCRIPT_SHAPE,
  SCH_SCRIPT_FLIP,
  SCH_SCRIPT_SHORTEN,
  SCH_SCRIPT_TEAR,
  SCH_SCRIPT_REPEAT,
  SCH_SCRIPT_LOSE,
  SCH_SCRIPT_SWAP,
  SCH_SCRIPT_RAW,
  SCH_SCRIPT_OPERATIONS
};

/* What a record must come to. */
enum sch_script_end {
  SCH_SCRIPT_TAKEN,   /* SEC_E_OK and exactly this data, maybe none */
  SCH_SCRIPT_MESSAGE, /* SEC_I_RENEGOTIATE, and then the handshake call answers SEC_E_OK */
  SCH_SCRIPT_BAD,     /* SEC_I_RENEGOTIATE, and then the handshake call fails */
  SCH_SCRIPT_CLOSED,  /* SEC_I_CONTEXT_EXPIRED */
  SCH_SCRIPT_REFUSED, /* a failure */
  SCH_SCRIPT_FORGED,  /* not the next record as it was sealed: anything but success, whatever came
                         before; it may also wait for bytes that never come */
  SCH_SCRIPT_UNKNOWN  /* the script does not know, but for: no data */
};

struct sch_script_record {
  enum sch_script_end end;
  struct sch_span data; /* of SCH_SCRIPT_TAKEN */
  size_t start;         /* in the wire */
  size_t size;
  size_t number; /* how many were sealed before it */
  bool answered; /* the system under test answers with a record */
  bool tampered; /* no longer what was sealed */
  bool certain;  /* nothing unknown came before it */
};

struct sch_script {
  struct sch_records *peer;
  bool server; /* the system under test is the server */
  bool libssl; /* it is engine_openssl */
  bool large;  /* sizes may be */
  struct sch_script_record records[SCH_SCRIPT_RECORDS];
  size_t count;
  size_t sealed;
  size_t said;  /* bytes of data sealed so far */
  bool certain; /* nothing unknown was said */
  bool shaped;
  uint8_t outer;
  uint16_t version;
  struct sch_builder to;
  uint8_t wire[SCH_SCRIPT_WIRE];
};

/* sch_script_run plays `operations` with `peer`, freshly started, for the system under test that
 * `options` choose. The views in the records live as
 * long as the operations. */
void sch_script_run(struct sch_script *script, struct sch_records *peer, uint32_t options,
                    struct sch_span operations);

#endif
