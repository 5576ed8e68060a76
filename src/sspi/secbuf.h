/* secbuf: the border between SecBuffer arrays and bytes: the only code that reads or writes a field
 * of a SecBuffer. Slots are found by type, never by place, and a descriptor is looked at only as
 * far as cBuffers goes.
 *
 * Nearly every real bug of this field sits here (EXTRA looked up at a fixed place or in the wrong
 * array, MISSING never found, arrays one short), so it is pure and has a target of its own.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_SSPI_SECBUF_H
#define SCH_SSPI_SECBUF_H

#include "bytes/builder.h"
#include "bytes/span.h"
#include "sspi/abi.h"

/* More slots than any SSPI call defines is a caller out of its mind. */
#define SCH_SECBUF_MAX 16

/* What one handshake call was given. The views live as long as the caller's buffers. */
struct sch_secbuf_input {
  bool present;              /* a descriptor was given */
  struct sch_span token;     /* the TOKEN, empty when there is none */
  struct sch_span protocols; /* the ProtocolNameList of APPLICATION_PROTOCOLS, or empty */
  SecBuffer *spare;          /* the EMPTY slot for EXTRA or MISSING, or NULL */
};

/* Where one handshake call may answer. */
struct sch_secbuf_output {
  SecBuffer *token; /* never NULL */
  SecBuffer *alert; /* or NULL */
};

/* What DecryptMessage was given: the bytes, and the four slots it answers in. */
struct sch_secbuf_message {
  uint8_t *data;
  size_t size;
  SecBuffer *slots[4]; /* the DATA slot, then the EMPTY ones in order */
};

/* What EncryptMessage was given. */
struct sch_secbuf_plain {
  struct sch_span data;
  SecBuffer *header;
  SecBuffer *body;
  SecBuffer *trailer;
};

/* sch_secbuf_read_input reads the input of InitializeSecurityContext or AcceptSecurityContext; a
 * NULL descriptor is legal and gives `present` false.
 *   SEC_E_OK
 *   SEC_E_INVALID_TOKEN  wrong version, no array, more than SCH_SECBUF_MAX slots, two TOKENs, a
 *                        sized buffer without bytes, an EMPTY slot that claims a size, or
 *                        APPLICATION_PROTOCOLS whose lengths disagree */
CHECKED SECURITY_STATUS sch_secbuf_read_input(const SecBufferDesc *desc,
                                              struct sch_secbuf_input *input);

/* sch_secbuf_read_output finds the slots for answers. `allocate` says that the provider brings the
 * memory; without it every TOKEN and ALERT slot must lend some, but a slot that has a size and no
 * memory is given some all the same, as Windows does.
 *   SEC_E_OK
 *   SEC_E_INVALID_TOKEN        no descriptor or no TOKEN slot
 *   SEC_E_INSUFFICIENT_MEMORY  a TOKEN or ALERT slot without room */
CHECKED SECURITY_STATUS sch_secbuf_read_output(const SecBufferDesc *desc, bool allocate,
                                               struct sch_secbuf_output *output);

/* sch_secbuf_write_token answers with `token`, in fresh memory for FreeContextBuffer when
 * `allocate` is set or the slot lends none, else in the slot's memory. An empty token sets the
 * size to 0 (and, allocating, the pointer to NULL). The ALERT slot, if any, is set to size 0.
 *   SEC_E_OK
 *   SEC_E_BUFFER_TOO_SMALL, SEC_E_INSUFFICIENT_MEMORY  nothing written */
CHECKED SECURITY_STATUS sch_secbuf_write_token(const struct sch_secbuf_output *output,
                                               bool allocate, struct sch_span token);

/* sch_secbuf_write_extra says that the last `size` (>= 1) bytes of the token were not used. False,
 * and nothing written, when there is no spare slot or the size has no ULONG. */
CHECKED bool sch_secbuf_write_extra(const struct sch_secbuf_input *input, size_t size);

/* sch_secbuf_write_missing says that `size` (>= 1) more bytes are needed, if there is a slot.
 * sch_secbuf_write_hint does so with any size, for a personality that says 0. */
void sch_secbuf_write_missing(const struct sch_secbuf_input *input, size_t size);
void sch_secbuf_write_hint(const struct sch_secbuf_input *input, size_t size);

/* sch_secbuf_last_spare finds the last slot that read_input would take as spare, or NULL. */
SecBuffer *sch_secbuf_last_spare(const SecBufferDesc *desc);

/* sch_secbuf_room says how many bytes write_token can take: SIZE_MAX when it brings the memory. */
size_t sch_secbuf_room(const struct sch_secbuf_output *output, bool allocate);

/* sch_secbuf_write_memory gives a token of no bytes `size` bytes of memory, for FreeContextBuffer,
 * unless memory is short. For answers in memory of the provider's own. */
void sch_secbuf_write_memory(const struct sch_secbuf_output *output, size_t size);

/* sch_secbuf_read_message reads the descriptor of DecryptMessage: at least four slots, exactly one
 * DATA and at least three EMPTY among them; read-only slots do not count.
 *   SEC_E_OK, SEC_E_INVALID_TOKEN */
CHECKED SECURITY_STATUS sch_secbuf_read_message(const SecBufferDesc *desc,
                                                struct sch_secbuf_message *message);

/* sch_secbuf_permute makes slot number order[i] number i: what follows answers there. `order` is a
 * permutation of 0 to 3. */
void sch_secbuf_permute(struct sch_secbuf_message *message, const uint8_t order[4]);

/* sch_secbuf_write_opened answers DecryptMessage: HEADER of `header` bytes, DATA of `data` bytes
 * and TRAILER of `trailer` bytes, adjacent from the start of the message, and EXTRA for what
 * remains, or EMPTY. Their sum is at most the size of the message. */
void sch_secbuf_write_opened(const struct sch_secbuf_message *message, size_t header, size_t data,
                             size_t trailer);

/* sch_secbuf_write_short answers DecryptMessage with MISSING of `size` bytes, in the DATA slot and
 * the first EMPTY one, as Windows does. The bytes are untouched. sch_secbuf_write_hints says two
 * sizes, of any value. */
void sch_secbuf_write_short(const struct sch_secbuf_message *message, size_t size);
void sch_secbuf_write_hints(const struct sch_secbuf_message *message, size_t first, size_t second);

/* sch_secbuf_read_plain reads the descriptor of EncryptMessage: one STREAM_HEADER, one DATA, one
 * STREAM_TRAILER, all writable.
 *   SEC_E_OK, SEC_E_INVALID_TOKEN */
CHECKED SECURITY_STATUS sch_secbuf_read_plain(const SecBufferDesc *desc,
                                              struct sch_secbuf_plain *plain);

/* sch_secbuf_fits_plain says whether the lent header and trailer have the sizes given. */
CHECKED bool sch_secbuf_fits_plain(const struct sch_secbuf_plain *plain, size_t header,
                                   size_t trailer);

/* sch_secbuf_write_sealed spreads one record over the three slots: `header` bytes, as many as there
 * were data, the rest; and sets each cbBuffer to what it holds. The slots must fit. */
void sch_secbuf_write_sealed(const struct sch_secbuf_plain *plain, size_t header,
                             struct sch_span record);

/* sch_secbuf_read_control reads the one TOKEN of ApplyControlToken.
 *   SEC_E_OK, SEC_E_INTERNAL_ERROR (NULL), SEC_E_INVALID_TOKEN (not exactly one TOKEN) */
CHECKED SECURITY_STATUS sch_secbuf_read_control(const SecBufferDesc *desc, struct sch_span *token);

#endif
