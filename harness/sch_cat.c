/* sch_cat: the poll loop of a TLS cat. The only file that moves bytes between a stream and file
 * descriptors. It reads only what the stream can take, so that it never holds more than a chunk,
 * and never waits for a descriptor that it would not use, so that it never spins.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sch.h"

#define CHUNK ((size_t)16384)

/* A pipe that poll calls writable takes this much without blocking. */
#define WRITE_MAX ((size_t)4096)

/* After a failure the peer gets this long to take the alert: closing with unread bytes resets the
 * connection, which may overtake it. */
#define LINGER_MILLISECONDS 1000
#define LINGER_READS 64

/* Bytes read and not yet taken by the stream. */
struct backlog {
  uint8_t data[CHUNK];
  struct sch_span rest;
};

struct run {
  const struct sch_cat *cat;
  struct sch_stream *stream;
  struct backlog wire;
  struct backlog input;
  bool wire_ended;
  bool wire_end_told;
  bool wire_broken; /* for writing */
  bool input_ended;
  bool opened;
  bool closing;
  int wire_number;    /* errno of the wire */
  const char *failed; /* what else failed, with errno `number` */
  int number;
};

static void feed(struct backlog *backlog, struct sch_stream *stream,
                 size_t (*take)(struct sch_stream *stream, struct sch_span bytes)) {
  const size_t taken = take(stream, backlog->rest);

  backlog->rest = sch_span_last(backlog->rest, backlog->rest.size - taken);
}

/* close_when_due closes at the end of input, and in return to the peer's close. A stream that is
 * closed before it is open fails, so that waits. */
static void close_when_due(struct run *run) {
  const bool peer_closed = sch_stream_status(run->stream) == SEC_I_CONTEXT_EXPIRED;
  const bool done = run->input_ended && run->input.rest.size == 0;

  if (!run->closing && run->opened && (done || peer_closed)) {
    run->closing = true;
    sch_stream_close(run->stream);
  }
}

/* advance gives the stream all that is at hand. */
static void advance(struct run *run) {
  feed(&run->wire, run->stream, sch_stream_wire_in);
  if (run->wire_ended && !run->wire_end_told && run->wire.rest.size == 0) {
    run->wire_end_told = true;
    sch_stream_wire_end(run->stream);
  }
  if (!run->opened && sch_stream_state(run->stream) == SCH_STREAM_OPEN) {
    run->opened = true;
    run->cat->opened(run->cat->context);
  }
  feed(&run->input, run->stream, sch_stream_plain_in);
  close_when_due(run);
  if (run->wire_broken) {
    sch_stream_wire_sent(run->stream, sch_stream_wire_out(run->stream).size);
  }
}

static bool is_over(const struct run *run) {
  return run->failed != NULL || (sch_stream_state(run->stream) == SCH_STREAM_CLOSED &&
                                 sch_stream_plain_out(run->stream).size == 0 &&
                                 sch_stream_wire_out(run->stream).size == 0);
}

static bool is_passing(int number) {
  return number == EINTR || number == EAGAIN;
}

/* fill reads into an empty backlog. False at the end, with errno 0, or on an error. */
static bool fill(struct backlog *backlog, int from) {
  const ssize_t size = read(from, backlog->data, sizeof backlog->data);

  if (size > 0) {
    backlog->rest = sch_span_of(backlog->data, (size_t)size);
    return true;
  }
  errno = size == 0 ? 0 : errno;
  return is_passing(errno);
}

static void read_wire(struct run *run) {
  if (!fill(&run->wire, run->cat->wire)) {
    run->wire_ended = true;
    run->wire_number = run->wire_number == 0 ? errno : run->wire_number;
  } else if (run->cat->capture != NULL && run->wire.rest.size != 0 &&
             fwrite(run->wire.rest.data, run->wire.rest.size, 1, run->cat->capture) != 1) {
    run->failed = "the capture file";
    run->number = errno;
  }
}

static void read_input(struct run *run) {
  if (!fill(&run->input, STDIN_FILENO)) {
    run->input_ended = true;
    if (errno != 0) {
      run->failed = "standard input";
      run->number = errno;
    }
  }
}

/* write_wire: a wire that cannot be written may still be read, so that is not the end. */
static void write_wire(struct run *run) {
  const struct sch_span out = sch_stream_wire_out(run->stream);
  const ssize_t size = send(run->cat->wire, out.data, out.size, MSG_NOSIGNAL);

  if (size >= 0) {
    sch_stream_wire_sent(run->stream, (size_t)size);
  } else if (!is_passing(errno)) {
    run->wire_broken = true;
    run->wire_number = errno;
  }
}

static void write_output(struct run *run) {
  const struct sch_span out = sch_span_first(sch_stream_plain_out(run->stream), WRITE_MAX);
  const ssize_t size = write(STDOUT_FILENO, out.data, out.size);

  if (size >= 0) {
    sch_stream_plain_read(run->stream, (size_t)size);
  } else if (!is_passing(errno)) {
    run->failed = "standard output";
    run->number = errno;
  }
}

enum port { WIRE, INPUT, OUTPUT, PORTS };

/* watch says what to wait for. A descriptor of no use is left out: poll would report its hang-up
 * for ever. */
static void watch(const struct run *run, struct pollfd ports[PORTS]) {
  const bool closed = sch_stream_state(run->stream) == SCH_STREAM_CLOSED;
  const bool hears = !closed && !run->wire_ended && run->wire.rest.size == 0;
  const bool takes = !closed && !run->closing && !run->input_ended && run->input.rest.size == 0;
  const bool sends = sch_stream_wire_out(run->stream).size != 0;
  const bool shows = sch_stream_plain_out(run->stream).size != 0;

  ports[WIRE] = (struct pollfd){
      .fd = hears || sends ? run->cat->wire : -1,
      .events = (short)((hears ? POLLIN : 0) | (sends ? POLLOUT : 0)),
  };
  ports[INPUT] = (struct pollfd){.fd = takes ? STDIN_FILENO : -1, .events = POLLIN};
  ports[OUTPUT] = (struct pollfd){.fd = shows ? STDOUT_FILENO : -1, .events = POLLOUT};
  ENSURE(hears || takes || sends || shows);
}

/* move does what poll has found possible. A descriptor in trouble is used, to learn which. */
static void move(struct run *run, const struct pollfd ports[PORTS]) {
  const short trouble = POLLHUP | POLLERR | POLLNVAL;

  if ((ports[WIRE].events & POLLOUT) != 0 && (ports[WIRE].revents & (POLLOUT | trouble)) != 0) {
    write_wire(run);
  }
  if ((ports[WIRE].events & POLLIN) != 0 && (ports[WIRE].revents & (POLLIN | trouble)) != 0) {
    read_wire(run);
  }
  if (ports[INPUT].revents != 0) {
    read_input(run);
  }
  if (ports[OUTPUT].revents != 0) {
    write_output(run);
  }
}

/* linger waits for the peer to close, in bounds. */
static void linger(struct run *run) {
  struct pollfd port = {.fd = run->cat->wire, .events = POLLIN};

  (void)shutdown(run->cat->wire, SHUT_WR);
  for (int i = 0; i < LINGER_READS && poll(&port, 1, LINGER_MILLISECONDS) == 1; i++) {
    if (read(run->cat->wire, run->wire.data, sizeof run->wire.data) <= 0) {
      return;
    }
  }
}

static void loop(struct run *run) {
  for (;;) {
    struct pollfd ports[PORTS];

    advance(run);
    if (is_over(run)) {
      return;
    }
    watch(run, ports);
    const int ready = poll(ports, PORTS, run->cat->timeout);

    if (ready > 0) {
      move(run, ports);
    } else if (ready == 0) {
      run->failed = "the connection";
      run->number = ETIMEDOUT;
    } else if (!is_passing(errno)) {
      run->failed = "poll";
      run->number = errno;
    }
  }
}

const char *sch_cat_run(const struct sch_cat *cat, int *number) {
  struct run run = {.cat = cat, .stream = cat->stream};

  loop(&run);
  if (run.failed == NULL && sch_stream_status(cat->stream) != SEC_I_CONTEXT_EXPIRED &&
      !run.wire_ended) {
    linger(&run);
  }
  sch_wipe(run.input.data, sizeof run.input.data);
  *number = run.failed == NULL ? run.wire_number : run.number;
  return run.failed;
}
