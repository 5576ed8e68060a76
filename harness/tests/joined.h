/* joined: two streams joined in one process, driven port by port, for tests that sweep: something
 * happens at call number k, of a port or of the provider, for every k.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_JOINED_H
#define SCH_JOINED_H

#include "checked.h"
#include "ends.h"
#include "starve.h"
#include "stream/stream.h"
#include "test.h"

#define PAIR_SAY ((size_t)3000)
#define PAIR_WORD ((size_t)64) /* the least said at once: each makes a record */
#define PAIR_TURNS_MAX 20000   /* more is a conversation that does not end */

struct pair;

struct pair_end {
  struct sch_stream *stream; /* NULL: not open, or dropped */
  CredHandle credential;
  bool acquired;
  bool server;
  size_t said;  /* taken by plain in, of PAIR_SAY */
  size_t heard; /* read from plain out, and right */
  bool wrong;   /* something else was heard */
};

/* How the owner behaves. */
struct pair {
  struct pair_end ends[2]; /* client, server */
  size_t sip;              /* the most bytes moved at once, on every port */
  bool close;              /* each end closes when it has said all */
  void (*at_port)(struct pair *pair, struct pair_end *end); /* before each port call, or NULL */
  struct pair_end *active;                                  /* whose port is at work */
  SECURITY_STATUS failed;                                   /* why it could not be opened */
  size_t turns;
};

static inline uint8_t pair_byte(size_t at, bool server) {
  return (uint8_t)(at * 7 + at / 251 + server);
}

/* pair_touch is called before each call of a port; false when there is no stream to call. */
static inline bool pair_touch(struct pair *pair, struct pair_end *end) {
  if (end->stream != NULL && pair->at_port != NULL) {
    pair->at_port(pair, end);
  }
  pair->active = end;
  return end->stream != NULL;
}

static inline void pair_drop(struct pair_end *end) {
  struct sch_stream *stream = end->stream;

  end->stream = NULL;
  sch_stream_drop(stream);
}

static inline bool pair_open_end(struct pair *pair, size_t kind, bool server,
                                 const struct sch_stream_settings *settings) {
  struct pair_end *end = &pair->ends[server];
  struct sch_stream_settings chosen = *settings;

  end->server = server;
  pair->failed = sch_ends_try_acquire(kind, server, server ? SCH_IDENTITY_ECDSA : SCH_IDENTITY_NONE,
                                      SCH_CRED_MANUAL_CRED_VALIDATION, &end->credential);
  if (pair->failed != SEC_E_OK) {
    return false;
  }
  end->acquired = true;
  chosen.credential = &end->credential;
  chosen.server = server;
  pair->failed = sch_stream_open(&chosen, &end->stream);
  return pair->failed == SEC_E_OK;
}

/* pair_say gives plain in the next bytes, and closes behind the last of them. */
static inline bool pair_say(struct pair *pair, struct pair_end *end) {
  uint8_t bytes[PAIR_SAY];
  const size_t left = PAIR_SAY - end->said;
  const size_t most = pair->sip < PAIR_WORD ? PAIR_WORD : pair->sip;
  const size_t size = left < most ? left : most;
  size_t taken = 0;

  for (size_t i = 0; i < size; i++) {
    bytes[i] = pair_byte(end->said + i, end->server);
  }
  if (size != 0 && pair_touch(pair, end)) {
    taken = sch_stream_plain_in(end->stream, sch_span_of(bytes, size));
    CHECK(taken <= size);
    end->said += taken;
  }
  if (left == 0 && pair->close && pair_touch(pair, end)) {
    sch_stream_close(end->stream);
  }
  return taken != 0;
}

/* pair_hear reads plain out and checks it against what the other end says. */
static inline bool pair_hear(struct pair *pair, struct pair_end *end) {
  if (end->stream == NULL) {
    return false;
  }
  const struct sch_span plain = sch_span_first(sch_stream_plain_out(end->stream), pair->sip);
  const size_t size = plain.size;

  for (size_t i = 0; i < size; i++) {
    end->wrong |= plain.data[i] != pair_byte(end->heard + i, !end->server);
  }
  end->heard += size;
  if (size != 0 && pair_touch(pair, end)) {
    sch_stream_plain_read(end->stream, size);
  }
  return size != 0;
}

/* pair_carry moves a sip of wire from one end to the other, in a block of its own. */
static inline bool pair_carry(struct pair *pair, struct pair_end *from, struct pair_end *to) {
  if (from->stream == NULL || to->stream == NULL) {
    return false;
  }
  const struct sch_span wire = sch_span_first(sch_stream_wire_out(from->stream), pair->sip);
  uint8_t *block = sch_own_alloc(wire.size);
  size_t taken = 0;

  ENSURE(block != NULL || wire.size == 0);
  sch_copy(block, wire.data, wire.size);
  if (wire.size != 0 && pair_touch(pair, to)) {
    taken = sch_stream_wire_in(to->stream, sch_span_of(block, wire.size));
    CHECK(taken <= wire.size);
  }
  sch_free(block);
  /* What was sent has left, whatever became of it. */
  if (taken != 0 && pair_touch(pair, from)) {
    sch_stream_wire_sent(from->stream, taken);
  }
  return taken != 0;
}

/* pair_end_wires tells an end whose other end is gone, or is closed and silent, that the wire has
 * ended. */
static inline bool pair_end_wires(struct pair *pair) {
  bool told = false;

  for (size_t i = 0; i < 2; i++) {
    struct pair_end *end = &pair->ends[i];
    const struct sch_stream *other = pair->ends[1 - i].stream;
    const bool over = other == NULL || (sch_stream_state(other) == SCH_STREAM_CLOSED &&
                                        sch_stream_wire_out(other).size == 0);

    if (over && end->stream != NULL && sch_stream_state(end->stream) != SCH_STREAM_CLOSED &&
        pair_touch(pair, end)) {
      sch_stream_wire_end(end->stream);
      told = true;
    }
  }
  return told;
}

/* pair_talk goes on until nothing moves any more. */
static inline void pair_talk(struct pair *pair) {
  struct pair_end *client = &pair->ends[0];
  struct pair_end *server = &pair->ends[1];
  bool moved = true;

  while (moved && pair->turns++ < PAIR_TURNS_MAX) {
    moved = pair_say(pair, client);
    moved |= pair_say(pair, server);
    moved |= pair_carry(pair, client, server);
    moved |= pair_carry(pair, server, client);
    moved |= pair_hear(pair, client);
    moved |= pair_hear(pair, server);
    moved = moved || pair_end_wires(pair);
  }
  CHECK(pair->turns < PAIR_TURNS_MAX);
}

/* pair_close gives everything back. */
static inline void pair_close(struct pair *pair) {
  for (size_t i = 0; i < 2; i++) {
    pair_drop(&pair->ends[i]);
    if (pair->ends[i].acquired) {
      CHECK_EQUAL(FreeCredentialsHandle(&pair->ends[i].credential), SEC_E_OK);
    }
    CHECK(!pair->ends[i].wrong);
  }
  sch_checked_end();
}

#endif
