/* scripted_play: what the parts of scripted share: the state of the play, the entry that is read of
 * the script, and who answers. The state is seen by these files only.
 *
 *     scripted.c           the calls, and what a caller must make of their answers
 *     scripted_play.c      the script
 *     scripted_slots.c     what is written into slots
 *     scripted_hostile.c   answers without rules
 *     scripted_legal.c     answers by the contract
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_SCRIPTED_PLAY_H
#define SCH_SCRIPTED_PLAY_H

#include "scripted.h"

#define SCH_PLAY_HEADER ((size_t)5)
#define SCH_PLAY_BLOCKS 2          /* TOKEN and ALERT: all are freed before the next call */
#define SCH_PLAY_MESSAGE_MAX 16384 /* messages and */
#define SCH_PLAY_OVERHEAD_MAX 1024 /* headers and trailers that are to be believed */

struct sch_play_entry {
  uint8_t status;
  uint8_t share;
  uint8_t slots;
  uint8_t output;
  uint8_t size;
  uint8_t shape;
};

struct sch_play {
  struct sch_scripted how;
  struct sch_scripted_account account;
  size_t turn; /* entries taken */
  uint64_t offered;
  CtxtHandle handle;
  void *blocks[SCH_PLAY_BLOCKS];
  size_t deleted;
  ULONG flags;                     /* of the first leg */
  ULONG more;                      /* that a later leg may add */
  size_t renewals;                 /* RENEGOTIATE in a row, legal mode */
  size_t asked_again;              /* the same, in any mode */
  SecPkgContext_StreamSizes sizes; /* as last told */
  bool sized;                      /* and since the last handshake */
  bool live;
  bool dead;                /* an answer was given that ends every caller */
  SECURITY_STATUS farewell; /* of a DecryptMessage that failed: its alert is still here; or OK */
  bool begun;               /* a leg was seen */
  bool negotiating;         /* bytes belong to the handshake */
  bool control;             /* ApplyControlToken has been called */
  bool fragment;            /* legal: more of a token is to come */
  bool asked;               /* INCOMPLETE_CREDENTIALS was answered */
};

extern struct sch_play sch_play;

/* --- the script */

/* sch_play_peek views the entry that is next, zeros when the script is over. sch_play_take gives it
 * with its status, and moves on. */
struct sch_play_entry sch_play_peek(void);
struct sch_play_entry sch_play_take(SECURITY_STATUS *status);

/* --- slots */

/* What an answer says of its input. Amounts are written as they are, however absurd. */
struct sch_play_answer {
  bool has_extra;
  bool has_missing;
  ULONG extra;
  ULONG missing;
};

/* sch_play_find gives the first slot of a type, or NULL; sch_play_content views its bytes. */
SecBuffer *sch_play_find(const SecBufferDesc *desc, ULONG type);
struct sch_span sch_play_content(const SecBufferDesc *desc, ULONG type);

/* sch_play_put writes a slot where `place` says: 0 is the first EMPTY slot, if there is one. */
void sch_play_put(SecBufferDesc *desc, uint8_t place, ULONG type, ULONG size, void *data);

/* sch_play_first_record gives the size of the first record, and what it lacks: to the end of its
 * header, or with that to its own. False when it is not whole. */
bool sch_play_first_record(struct sch_span in, size_t *size, size_t *missing);

/* sch_play_amount is the number that `kind`, an enum sch_scripted_amount, means of `given` bytes.
 */
ULONG sch_play_amount(uint8_t kind, uint8_t size, size_t given, ULONG exact);

/* sch_play_tell puts EXTRA and MISSING into the slots that the entry names. */
void sch_play_tell(const struct sch_play_entry *entry, const struct sch_play_answer *answer,
                   SecBufferDesc *desc, struct sch_span in);

/* sch_play_speak fills the output slots; false when no caller can take what is in them. */
CHECKED bool sch_play_speak(const struct sch_play_entry *entry, SecBufferDesc *out);

/* sch_play_grant is the attributes that the entry grants. */
ULONG sch_play_grant(const struct sch_play_entry *entry);

void sch_play_apply_key(uint8_t *data, size_t size);

/* --- answers */

/* What a handshake call answers, beside its slots. */
struct sch_play_leg {
  SECURITY_STATUS status;
  ULONG attributes;
  bool taken;   /* its output can be taken */
  bool secure;  /* all that was asked is granted */
  bool handles; /* a handle is written though the call fails */
};

struct sch_play_leg sch_play_hostile_leg(SecBufferDesc *in, SecBufferDesc *out);
struct sch_play_leg sch_play_legal_leg(SecBufferDesc *in, SecBufferDesc *out);

/* sch_play_hostile_decrypt and sch_play_legal_decrypt answer a DecryptMessage of `size` bytes, in
 * place. */
SECURITY_STATUS sch_play_hostile_decrypt(SecBufferDesc *desc, uint8_t *given, size_t size);
SECURITY_STATUS sch_play_legal_decrypt(SecBufferDesc *desc, uint8_t *given, size_t size);

/* sch_play_resize is what the entry makes of the sizes of a sealed record, and sch_play_sizes of
 * the stream sizes. An entry of zeros leaves them as they should be. */
void sch_play_resize(const struct sch_play_entry *entry, SecBuffer *header, SecBuffer *data,
                     SecBuffer *trailer);
SecPkgContext_StreamSizes sch_play_sizes(const struct sch_play_entry *entry);

#endif
