/* stream_ops: what an input of the target stream is, for the target and for all who write, name or
 * show its inputs: operations of two bytes each, then the plan.
 *
 *     what | for the server: 0x80    how much
 *
 * What is taken modulo the count of operations. How much is 0 to 127, or c of 128 to 255 means
 * 64 * (c - 127); to WRITE 255 means SCH_STREAM_MUCH. Of sizes 0 means all there is. An odd last
 * byte is nothing.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_STREAM_OPS_H
#define SCH_STREAM_OPS_H

#include "ends.h"

/* name, as people write it, what the amount is ('\0': nothing), what the operation does */
#define SCH_STREAM_OPERATIONS(X)                                                                 \
  X(WRITE, "write", 'b', "plaintext goes in")                                                    \
  X(SEND, "send", 'b', "wire out goes on the wire: a short write when it holds more")            \
  X(DELIVER, "deliver", 'b', "what is in flight towards this end arrives")                       \
  X(READ, "read", 'b', "plaintext is taken")                                                     \
  X(SETTLE, "settle", '\0', "everything moves, both ways, until nothing does any more")          \
  X(LIMIT, "limit", 'b', "the read limit, at least 1")                                           \
  X(CLOSE, "close", '\0', "this end closes")                                                     \
  X(ABORT, "abort", '\0', "the stream is dropped")                                               \
  X(END, "end", '\0', "the transport of this end ends; what is in flight to it is lost")         \
  X(BREAK, "break", 'b', "a write fails: the last bytes that this end sent are lost, it ends")   \
  X(RENEGOTIATE, "renegotiate", '\0', "the engine asks for it: HelloRequest or ClientHello")     \
  X(KEY_UPDATE, "key-update", 'n', "the engine updates its keys; odd: and asks for the same")    \
  X(TICKET, "ticket", 'n', "the server's engine sends a NewSessionTicket of that size")          \
  X(ALERT, "alert", 'n', "the engine sends a fatal alert of that number; the stream is dropped") \
  X(PAUSE, "pause", '\0', "this owner reads no plaintext any more")                              \
  X(RESUME, "resume", '\0', "it reads again")                                                    \
  X(BLOCK, "block", 'n', "so many sends take nothing")                                           \
  X(INSIDE, "inside", 'a', "something is done inside a call that the stream makes")              \
  X(FLIP, "flip", 'o', "changes a byte in flight towards this end")                              \
  X(LOSE, "lose", 'r', "takes a record in flight away")                                          \
  X(REPEAT, "repeat", 'r', "repeats one")                                                        \
  X(SWAP, "swap", 'r', "exchanges one with the next")                                            \
  X(ASK, "ask", '\0', "asks for the stream sizes")

enum sch_stream_operation {
#define SCH_STREAM_ENUM(name, word, amount, text) SCH_STREAM_##name,
  SCH_STREAM_OPERATIONS(SCH_STREAM_ENUM)
#undef SCH_STREAM_ENUM
      SCH_STREAM_OPERATION_COUNT
};

#define SCH_STREAM_SERVER 0x80
#define SCH_STREAM_OPERATIONS_MAX 192 /* more of them are not done */

/* More than plain in takes at once. */
#define SCH_STREAM_MUCH ((size_t)70000)

/* What INSIDE may do: the amount modulo their count. What is left of it, divided by that, says
 * when: 0 when the verifier is asked, k before the k-th call of the provider from then on. */
#define SCH_STREAM_INSIDES(X) \
  X(WRITE) X(CLOSE) X(READ) X(DELIVER) X(SEND) X(LIMIT) X(SETTLE) X(END) X(ABORT)
#define SCH_STREAM_INSIDE_COUNT 9

enum sch_stream_verify {
  SCH_STREAM_INSECURE,
  SCH_STREAM_ACCEPT,
  SCH_STREAM_REFUSE,
  SCH_STREAM_NO_VERIFIER
};

/* What the options of a plan mean. LIBSSL is a whole number, for it costs a hundred times as much:
 * a fuzzer is not to come upon it with every other input. */
enum sch_stream_option {
  SCH_STREAM_KIND_SHIFT = 0,          /* three bits: class of engine_aead; libssl: odd is 1.3 */
  SCH_STREAM_PERSONALITY_SHIFT = 3,   /* four bits, see sch_stream_personality */
  SCH_STREAM_CLIENT_VERIFY_SHIFT = 7, /* two bits: enum sch_stream_verify */
  SCH_STREAM_SERVER_VERIFY_SHIFT = 9,
  SCH_STREAM_CERTIFICATE = 1 << 11, /* the server asks for one, the client has one */
  SCH_STREAM_CLOSE_BOTH = 1 << 12,  /* in the end both close */
  SCH_STREAM_TWIN = 1 << 13,        /* other callers get the same wire, and are compared */
  SCH_STREAM_BYTES = 1 << 14,       /* once more, with every delivery byte by byte */
  SCH_STREAM_LIBSSL = 0x4c53 << 16
};

static inline bool sch_stream_is_libssl(uint32_t options) {
  return options >> 16 == SCH_STREAM_LIBSSL >> 16;
}

/* sch_stream_kind gives the kind of connection, enum sch_ends_kind. */
size_t sch_stream_kind(uint32_t options);

/* sch_stream_kind_name names a kind, in words with dashes. */
const char *sch_stream_kind_name(size_t kind);

/* sch_stream_personality names the personality of the provider, as options choose it. */
const char *sch_stream_personality(uint32_t options);

/* One operation. */
struct sch_stream_step {
  enum sch_stream_operation what;
  bool server;
  uint8_t byte;  /* as it stands */
  size_t amount; /* as it is meant */
};

/* sch_stream_next takes the next operation; false when there is none. */
CHECKED bool sch_stream_next(struct sch_span *input, struct sch_stream_step *step);

const char *sch_stream_operation_name(enum sch_stream_operation what);

/* sch_stream_operation_amount says what an amount is: 'b' bytes, 'n' a number, 'a' an act, 'o' an
 * offset, 'r' a record, '\0' nothing. */
char sch_stream_operation_amount(enum sch_stream_operation what);

/* sch_stream_text views `size` bytes (at most SCH_STREAM_MUCH) of what an end writes, from
 * offset `at` on: lines with their numbers, the same after SCH_STREAM_TEXT_PERIOD bytes. Every line
 * holds SCH_STREAM_CANARY, which must not be seen in the clear. */
#define SCH_STREAM_TEXT_PERIOD ((size_t)63968) /* whole lines; no size of a queue */
#define SCH_STREAM_CANARY "schannel-fuzz canary"
struct sch_span sch_stream_text(bool server, size_t at, size_t size);

#endif
