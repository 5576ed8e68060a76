/* scripted: a hostile provider. A SecurityFunctionTable whose answers are played from a script, and
 * which watches the conduct of its caller all the while.
 *
 * Each handshake call, DecryptMessage, EncryptMessage, QueryContextAttributes and ApplyControlToken
 * takes the next entry of the script. An entry is six bytes:
 *
 *     | status | share | slots | output | size | shape |
 *
 *   status  row of the status table, counted round; SCH_SCRIPTED_RAW: bytes 2 to 5 are the status,
 *           and the answer is plain otherwise
 *   share   low four bits: enum sch_scripted_amount of EXTRA; high four: of MISSING
 *   slots   low four bits: where EXTRA goes, high four: MISSING; 0 is the customary place, any
 *           other n slot n - 1, counted round, whatever is in it
 *   output  low four bits: enum sch_scripted_output; high four: SCH_SCRIPTED_* flags
 *   size    the number that the others refer to
 *   shape   by call: enum sch_scripted_data, _seal, _sizes or _certificate, counted round
 *
 * In legal mode the same entries only choose among what the contract allows, and only calls that
 * use a record take one, so that the answers do not depend on how the wire was cut: see
 * enum sch_scripted_step. The wire then is TLS records with bodies that decrypt by
 * SCH_SCRIPTED_KEY.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_SCRIPTED_H
#define SCH_SCRIPTED_H

#include "bytes/span.h"
#include "sspi/sspi.h"
#include "trace.h"

#define SCH_SCRIPTED_ENTRY ((size_t)6)
#define SCH_SCRIPTED_RAW 255

/* Entries played at most, and bytes of tokens given at most. After them, and behind a script that
 * is not repeated, every call fails, or in legal mode plays an entry of zeros. */
#define SCH_SCRIPTED_PLAYS 256
#define SCH_SCRIPTED_TOKENS ((size_t)80 * 1024)

/* DecryptMessage and EncryptMessage flip these bits of every byte of data. */
#define SCH_SCRIPTED_KEY 0x5a

enum sch_scripted_amount {
  SCH_SCRIPTED_NONE, /* the slot is left alone */
  SCH_SCRIPTED_ZERO,
  SCH_SCRIPTED_ONE,
  SCH_SCRIPTED_LESS,  /* all that was given but one byte */
  SCH_SCRIPTED_ALL,   /* all that was given */
  SCH_SCRIPTED_OVER,  /* one more than was given */
  SCH_SCRIPTED_SIGN,  /* INT_MAX + 1 */
  SCH_SCRIPTED_HUGE,  /* UINT32_MAX */
  SCH_SCRIPTED_EXACT, /* EXTRA: what follows the first record; MISSING: what it lacks */
  SCH_SCRIPTED_COUNT, /* `size` */
  SCH_SCRIPTED_USED,  /* all that was given but `size` */
  SCH_SCRIPTED_AMOUNTS
};

enum sch_scripted_output {
  SCH_SCRIPTED_SILENT,
  SCH_SCRIPTED_TOKEN, /* `size` bytes */
  SCH_SCRIPTED_ALERT,
  SCH_SCRIPTED_BOTH,
  SCH_SCRIPTED_HOLLOW_TOKEN, /* no pointer, but a size */
  SCH_SCRIPTED_HOLLOW_ALERT,
  SCH_SCRIPTED_EMPTY_TOKEN, /* a block, but no size */
  SCH_SCRIPTED_LONG_TOKEN,  /* 16 times `size` */
  SCH_SCRIPTED_VAST_TOKEN,  /* more than a stream holds, in a play that is `vast` */
  SCH_SCRIPTED_OUTPUTS
};

#define SCH_SCRIPTED_MAKE_HANDLE 0x10 /* write a handle though the first call fails */
#define SCH_SCRIPTED_MUTATE 0x20      /* change the input */
#define SCH_SCRIPTED_INSECURE 0x40    /* grant all but the attribute number size % 4 */
#define SCH_SCRIPTED_SILENT_SLOTS \
  0x80 /* DecryptMessage: leave the header and trailer slots empty */

/* DecryptMessage: where DATA is. The header is five bytes, as far as there are as many. */
enum sch_scripted_data {
  SCH_SCRIPTED_DATA_BODY,   /* behind the header, without `size` bytes of trailer */
  SCH_SCRIPTED_DATA_WHOLE,  /* all that was used */
  SCH_SCRIPTED_DATA_COUNT,  /* the first `size` bytes */
  SCH_SCRIPTED_DATA_EMPTY,  /* no bytes, behind the header */
  SCH_SCRIPTED_DATA_LEFT,   /* slot 0 as it was given */
  SCH_SCRIPTED_DATA_NONE,   /* no slot */
  SCH_SCRIPTED_DATA_BEFORE, /* begins a byte before the buffer */
  SCH_SCRIPTED_DATA_BEHIND, /* begins where the buffer ends */
  SCH_SCRIPTED_DATA_ACROSS, /* one byte of EXTRA too */
  SCH_SCRIPTED_DATA_NULL,   /* no pointer, but a size */
  SCH_SCRIPTED_DATA_HUGE,   /* UINT32_MAX bytes */
  SCH_SCRIPTED_DATAS
};

/* EncryptMessage: what the sizes become. */
enum sch_scripted_seal {
  SCH_SCRIPTED_SEAL_EXACT,
  SCH_SCRIPTED_SEAL_SHORT_TRAILER, /* down to `size` */
  SCH_SCRIPTED_SEAL_SHORT_HEADER,
  SCH_SCRIPTED_SEAL_SHORT_DATA,
  SCH_SCRIPTED_SEAL_LONG_TRAILER, /* one more */
  SCH_SCRIPTED_SEAL_LONG_HEADER,
  SCH_SCRIPTED_SEAL_LONG_DATA,
  SCH_SCRIPTED_SEAL_NOTHING,
  SCH_SCRIPTED_SEALS
};

/* QueryContextAttributes: the stream sizes. */
enum sch_scripted_sizes {
  SCH_SCRIPTED_SIZES_USUAL, /* 5, 2048 and 16 */
  SCH_SCRIPTED_SIZES_ZERO,
  SCH_SCRIPTED_SIZES_NO_MESSAGE,
  SCH_SCRIPTED_SIZES_LONG_MESSAGE, /* 16385 */
  SCH_SCRIPTED_SIZES_LONG_HEADER,
  SCH_SCRIPTED_SIZES_LONG_TRAILER,
  SCH_SCRIPTED_SIZES_HUGE,
  SCH_SCRIPTED_SIZES_TINY,    /* header and trailer of `size`, messages of one byte more */
  SCH_SCRIPTED_SIZES_LIMITS,  /* the largest that any cipher could have */
  SCH_SCRIPTED_SIZES_NOTHING, /* nothing is written */
  SCH_SCRIPTED_SIZES
};

/* QueryContextAttributes: the peer's certificate. */
enum sch_scripted_certificate {
  SCH_SCRIPTED_CERTIFICATE_GIVEN,
  SCH_SCRIPTED_CERTIFICATE_NULL,
  SCH_SCRIPTED_CERTIFICATE_HOLLOW, /* a context without bytes, but a size */
  SCH_SCRIPTED_CERTIFICATES
};

/* Legal mode: what the next record does, status % 8. In the handshake its token is size % 64 bytes,
 * its alert as many, by `output`, and it needs slots % 4 more records to be whole. MISSING is a
 * hint by `share`: absent, 0, 1, exact or too large. In data, the trailer is `shape` bytes at most.
 */
enum sch_scripted_step {
  SCH_SCRIPTED_GO,       /* handshake: done; data: plaintext */
  SCH_SCRIPTED_GO_ON,    /* handshake: continue; data: plaintext */
  SCH_SCRIPTED_FRAGMENT, /* handshake: MESSAGE_FRAGMENT, then continue; data: plaintext */
  SCH_SCRIPTED_ASK,      /* client: INCOMPLETE_CREDENTIALS once, then continue; data: plaintext */
  SCH_SCRIPTED_AGAIN,    /* handshake: done; data: RENEGOTIATE, the record goes to the handshake */
  SCH_SCRIPTED_AGAIN_ON, /* handshake: continue; data: as before */
  SCH_SCRIPTED_CLOSE,    /* handshake: done; data: CONTEXT_EXPIRED */
  SCH_SCRIPTED_FAIL,     /* a failure from the status table */
  SCH_SCRIPTED_STEPS
};

struct sch_scripted {
  struct sch_span script; /* whole entries; outlives the play */
  bool legal;
  bool server;      /* the caller calls AcceptSecurityContext */
  bool repeat;      /* hostile: the script begins again at its end */
  bool certificate; /* legal: the peer has one */
  bool vast;        /* hostile: outputs may be vast, which takes long */
};

/* What was handed out that a correct caller delivers, in the order given. */
struct sch_scripted_account {
  struct sch_trace_stream wire;    /* tokens, alerts and records */
  struct sch_trace_stream tokens;  /* of these, the tokens and alerts */
  struct sch_trace_stream records; /* and the records */
  struct sch_trace_stream data;    /* plaintext */
  uint64_t last_record;            /* where on the wire the last record begins */
  uint64_t last_end;               /* and ends */
  uint64_t calls;
  uint64_t clear; /* bytes that EncryptMessage was asked to seal */
  uint64_t gifts; /* DecryptMessage calls that gave plaintext */
  bool vast;      /* an output too large to be taken was among them */
  bool shut;      /* the caller announced its end */
  bool owed;      /* RENEGOTIATE has handed nothing back: a call without input is due */
  bool closed;    /* the peer announced its own */
};

/* sch_scripted_start begins a play; sch_scripted_end checks that everything was given back. */
void sch_scripted_start(const struct sch_scripted *how);
void sch_scripted_end(void);

SecurityFunctionTable *sch_scripted_table(void);
const struct sch_scripted_account *sch_scripted_account(void);

/* sch_scripted_offer says that the caller was given `size` more bytes: the more work is right. A
 * caller that makes more calls than its bytes, its outputs and the turns of the script explain
 * breaks the oracle `progress` instead of hanging. */
void sch_scripted_offer(size_t size);

#endif
