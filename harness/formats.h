/* formats: the input formats of targets that are neither wire nor DER, for the target that reads
 * them and the seeds that are written in them.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_FORMATS_H
#define SCH_FORMATS_H

/* fifo: the limit less one, 2 bytes; then operations of 2 bytes, what (modulo the count of them)
 * and how many bytes: 0 to 127, then multiples of 64. */
enum sch_fifo_operation {
  SCH_FIFO_APPEND,
  SCH_FIFO_CONSUME,
  SCH_FIFO_CHANGE, /* bytes held, in place, as decryption does */
  SCH_FIFO_DROP,
  SCH_FIFO_REFILL, /* append as much as is free, whatever the size says */
  SCH_FIFO_STARVE, /* append while there is no memory to be had */
  SCH_FIFO_OPERATIONS
};

/* canary: a letter, which is a way of failing, then the word, and nothing else. */
#define SCH_CANARY_WORD "CANARY"

/* secbuf: function (modulo the count of them), flags, number of slots (modulo SLOTS), an amount; 3
 * bytes for each slot: type, size, memory (a multiple of 4: none); then what the memory holds. The
 * low half of a type byte chooses the type (modulo the count of them), the high half the four
 * attribute bits of BufferType. */
#define SCH_SHAPE_SLOTS 19

enum sch_shape_function {
  SCH_SHAPE_INPUT,   /* of a handshake call, answered by EXTRA, or with SECOND by MISSING */
  SCH_SHAPE_OUTPUT,  /* of a handshake call, answered by a token of `amount` bytes */
  SCH_SHAPE_MESSAGE, /* of DecryptMessage, answered by parts, or with SECOND by MISSING */
  SCH_SHAPE_PLAIN,   /* of EncryptMessage, answered by a record */
  SCH_SHAPE_CONTROL, /* of ApplyControlToken */
  SCH_SHAPE_FUNCTIONS
};

enum sch_shape_flag {
  SCH_SHAPE_NO_DESC = 1,
  SCH_SHAPE_OTHER_VERSION = 2,
  SCH_SHAPE_NO_ARRAY = 4,
  SCH_SHAPE_ALLOCATE = 8,
  SCH_SHAPE_SECOND = 16
};

enum sch_shape_type {
  SCH_SHAPE_EMPTY,
  SCH_SHAPE_DATA,
  SCH_SHAPE_TOKEN,
  SCH_SHAPE_MISSING,
  SCH_SHAPE_EXTRA,
  SCH_SHAPE_TRAILER,
  SCH_SHAPE_HEADER,
  SCH_SHAPE_PADDING,
  SCH_SHAPE_STREAM,
  SCH_SHAPE_ALERT,
  SCH_SHAPE_PARAMETERS,
  SCH_SHAPE_PROTOCOLS,
  SCH_SHAPE_TYPES,
  SCH_SHAPE_CHECKSUM = 0x10, /* SECBUFFER_READONLY_WITH_CHECKSUM */
  SCH_SHAPE_READONLY = 0x80  /* SECBUFFER_READONLY */
};

#endif
