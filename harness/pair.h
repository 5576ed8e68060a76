/* pair: two streams in one process, client and server, and the wire between them: in each direction
 * the bytes in flight, which operations put there, deliver in pieces, and spoil. At each step it
 * checks what holds for any caller at any time; whether all that went in came out, the target asks.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_PAIR_H
#define SCH_PAIR_H

#include "plan.h"
#include "stream/pump.h"
#include "stream/stream.h"
#include "stream_ops.h"
#include "twin.h"

struct sch_pair_end {
  bool server;
  struct sch_stream_settings settings;
  struct sch_stream *stream;    /* NULL once dropped */
  struct sch_fifo flight;       /* towards this end */
  size_t written;               /* plaintext that plain in took */
  size_t read;                  /* and that plain out gave */
  struct sch_trace_stream sent; /* on the wire */
  size_t plain_max;             /* less than that is unread, by the limit */
  bool paused;
  size_t blocked;
  size_t inside;          /* an act, from 1; 0: none */
  size_t countdown;       /* of provider calls until then; 0: when the verifier is asked */
  bool closing;           /* its owner has closed */
  bool ended;             /* its transport has ended */
  bool broken;            /* and what it sends is lost */
  bool asked;             /* a wish to renegotiate is on its way to it */
  bool tampered;          /* what comes to it is not what was sent */
  bool missed;            /* it was dropped with something still to send */
  bool silent;            /* closed, as check has seen it */
  unsigned alerts_out;    /* fatal ones */
  unsigned handshakes;    /* that have ended well */
  unsigned judged;        /* how often the verifier was asked */
  SECURITY_STATUS status; /* when silent or dropped */
  uint64_t turns;         /* calls of its ports */
};

/* The pair of the input being run. */
struct sch_pair {
  struct sch_plan plan;
  bool bytes;   /* deliveries come byte by byte */
  bool excused; /* something was done after which an end may fail though nobody erred */
  bool acted;   /* something was done from inside a call */
  size_t depth; /* of such calls */
  size_t pieces;
  size_t injected;
  struct sch_pair_end ends[2];
  struct sch_pair_end *acting;
};
extern struct sch_pair sch_pair_now;

#define SCH_PAIR_FLIGHT_MAX ((size_t)4 << 20)

/* sch_pair_open starts both, as `options` say; each delivery comes byte by byte when `bytes`, else
 * by `plan` where the operation leaves it open. */
void sch_pair_open(const struct sch_plan *plan, bool bytes);
void sch_pair_drop(void);

struct sch_pair_end *sch_pair_end(bool server);

/* sch_pair_do does one operation, and checks both ends. */
void sch_pair_do(const struct sch_stream_step *step);

/* sch_pair_end_wires ends both transports, and lets go what is in the ports then. */
void sch_pair_end_wires(void);

/* sch_pair_check checks what holds for both ends at any time; sch_pair_do ends with it. */
void sch_pair_check(void);

/* sch_pair_refuses: the verifier of this end says no, if it is asked. */
bool sch_pair_refuses(const struct sch_pair_end *end);

/* sch_pair_is_excused: something was done after which an end may fail though nobody erred. */
bool sch_pair_is_excused(void);

/* sch_pair_is_steady: nothing was done that the pieces of a delivery can put elsewhere. */
bool sch_pair_is_steady(void);

/* sch_pair_world starts the world anew, for what the end `end` (a struct sch_pair_end) draws. */
void sch_pair_world(const void *end);

/* sch_pair_history is what an end has lived through; sch_pair_note adds to it. */
struct sch_twin_history *sch_pair_history(bool server);
void sch_pair_note(const struct sch_pair_end *end, enum sch_twin_event_kind kind, size_t size,
                   struct sch_span wire);

/* ---- the parts that operations are made of ---- */

/* sch_pair_apply does an operation at an end that has a stream. */
void sch_pair_apply(struct sch_pair_end *end, const struct sch_stream_step *step);

/* sch_pair_put adds bytes to a queue of the harness, with memory of its own. */
void sch_pair_put(struct sch_fifo *fifo, struct sch_span bytes);

struct sch_pair_end *sch_pair_other_of(const struct sch_pair_end *end);
struct sch_span sch_pair_wire_of(const struct sch_pair_end *end);
bool sch_pair_is_closed(const struct sch_pair_end *end);

/* sch_pair_is_whole: a whole record, by its header, begins what is held. */
bool sch_pair_is_whole(struct sch_span held);

/* sch_pair_act makes `end` the one whose code runs from now on; gives the one before. */
struct sch_pair_end *sch_pair_act(struct sch_pair_end *end);

/* These move bytes through the ports, at most `size`, and check what comes; false: none moved. */
void sch_pair_write(struct sch_pair_end *end, size_t size);
bool sch_pair_send(struct sch_pair_end *end, size_t size);
bool sch_pair_deliver(struct sch_pair_end *end, size_t size);
bool sch_pair_read(struct sch_pair_end *end, size_t size);
void sch_pair_settle(void);
void sch_pair_finish_wire(struct sch_pair_end *end);

/* sch_pair_check_quiet: when nothing is on its way any more, nobody waits for an answer. */
void sch_pair_check_quiet(void);

#endif
