/* capture: a stranger's side of a TLS connection as a seed of the handshake target.
 *
 *   capture --options WORD,... --out FILE [--connections N] (--connect PORT | --listen)
 *
 * Plays the very side that the target plays, with the same randomness and clock, against a real
 * peer on 127.0.0.1, and writes what that peer says, with a plan, as FILE. However random the peer
 * was, the recording replays to its end, because this side says the same again. The options are
 * those of handshake.h. With --listen the free port that was taken is printed to standard output;
 * of several connections only the last is kept, so that a peer can resume what it made before.
 * Standard error ends with three lines, as the replayer's --trace does: what was said, what was
 * heard in plaintext, and the status.
 *
 * FILE appears whole or not at all. Exit status: 0, 1 no peer or no room, 2 usage.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "handshake.h"
#include "harness.h"

#define WIRE_MAX ((size_t)64 * 1024)
#define CHUNK ((size_t)4096)
#define PATH_ROOM 4096
#define SILENCE_SECONDS 10 /* a peer that says nothing for so long never will */

struct settings {
  uint32_t options;
  const char *out;
  unsigned connections;
  uint16_t port; /* 0: listen */
  bool listen;
};

struct conversation {
  struct sch_stream *stream;
  int wire;
  struct sch_fifo heard;
  struct sch_trace_stream said;
  struct sch_trace_stream plain;
};

static _Noreturn void stop(const char *what, int number) {
  (void)fprintf(stderr, "capture: %s%s%s\n", what, number == 0 ? "" : ": ",
                number == 0 ? "" : strerror(number));
  exit(1);
}

/* open_socket gives a socket on 127.0.0.1 that is connected to `port`, or listens on any. */
static int open_socket(const struct settings *settings) {
  const struct timeval silence = {.tv_sec = SILENCE_SECONDS};
  struct sockaddr_in place = {.sin_family = AF_INET,
                              .sin_port = htons(settings->port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  struct sockaddr *address = (struct sockaddr *)&place;
  socklen_t size = sizeof place;
  const int made = socket(AF_INET, SOCK_STREAM, 0);

  if (made < 0 || setsockopt(made, SOL_SOCKET, SO_RCVTIMEO, &silence, sizeof silence) != 0) {
    stop("socket", errno);
  }
  if (!settings->listen) {
    if (connect(made, address, size) != 0) {
      stop("connect", errno);
    }
  } else if (bind(made, address, size) != 0 || listen(made, 1) != 0 ||
             getsockname(made, address, &size) != 0) {
    stop("listen", errno);
  } else {
    (void)printf("%u\n", ntohs(place.sin_port));
    (void)fflush(stdout);
  }
  return made;
}

static int accept_peer(int listener) {
  const struct timeval silence = {.tv_sec = SILENCE_SECONDS};
  const int wire = accept(listener, NULL, NULL);

  if (wire < 0 || setsockopt(wire, SOL_SOCKET, SO_RCVTIMEO, &silence, sizeof silence) != 0) {
    stop("accept", errno);
  }
  return wire;
}

/* speak sends what there is to send and reads what there is to read. A peer that has left no longer
 * listens, but what it said before still counts. */
static void speak(struct conversation *talk) {
  struct sch_span out = sch_stream_wire_out(talk->stream);
  struct sch_span plain = sch_stream_plain_out(talk->stream);

  while (out.size != 0 || plain.size != 0) {
    const ssize_t sent = send(talk->wire, out.data, out.size, MSG_NOSIGNAL);

    out = sch_span_first(out, sent < 0 ? out.size : (size_t)sent);
    sch_trace_stream_add(&talk->said, out);
    sch_stream_wire_sent(talk->stream, out.size);
    plain = sch_stream_plain_out(talk->stream);
    sch_trace_stream_add(&talk->plain, plain);
    sch_stream_plain_read(talk->stream, plain.size);
    out = sch_stream_wire_out(talk->stream);
    plain = sch_stream_plain_out(talk->stream);
  }
}

/* hear receives once and gives all of it to the stream. False at the end of the wire. */
static bool hear(struct conversation *talk) {
  uint8_t chunk[CHUNK];
  const ssize_t size = recv(talk->wire, chunk, sizeof chunk, 0);

  if (size < 0 && errno != ECONNRESET) {
    stop("the peer", errno);
  }
  struct sch_span news = sch_span_of(chunk, size < 0 ? 0 : (size_t)size);

  if (!sch_fifo_append(&talk->heard, news)) {
    stop("the peer says more than a seed may hold", 0);
  }
  while (news.size != 0) {
    const size_t taken = sch_stream_wire_in(talk->stream, news);

    speak(talk);
    ENSURE(taken != 0 && sch_span_skip(&news, taken));
  }
  return size > 0;
}

/* converse speaks and hears until the peer has closed its side of the wire. */
static void converse(struct conversation *talk) {
  do {
    speak(talk);
  } while (hear(talk));
  sch_stream_wire_end(talk->stream);
  speak(talk);
}

static void keep(const struct settings *settings, struct sch_span wire) {
  uint8_t tail[SCH_PLAN_SIZE];
  char beside[PATH_ROOM];
  const struct sch_plan plan = sch_plan_varied(settings->options);
  struct sch_builder builder = sch_builder_of(tail, sizeof tail);
  const int size = snprintf(beside, sizeof beside, "%s.part", settings->out);
  FILE *file = size > 0 && (size_t)size < sizeof beside ? fopen(beside, "wb") : NULL;

  if (file == NULL) {
    stop(settings->out, errno);
  }
  sch_plan_put(&builder, &plan);
  const bool whole =
      fwrite(wire.data, wire.size, 1, file) == 1 && fwrite(tail, sizeof tail, 1, file) == 1;

  if (fclose(file) != 0 || !whole || rename(beside, settings->out) != 0) {
    stop(settings->out, errno);
  }
}

/* hold runs one connection from a clean world, as the target runs one input. */
static void hold(const struct settings *settings, int wire, bool last) {
  struct conversation talk = {.wire = wire};

  sch_fifo_open(&talk.heard, WIRE_MAX);
  sch_trace_reset();
  sch_world_reset();
  talk.stream = sch_handshake_open(settings->options);
  converse(&talk);
  sch_trace_event("wire out", talk.said.size, talk.said.digest);
  sch_trace_event("plain out", talk.plain.size, talk.plain.digest);
  sch_trace_event("status", (uint32_t)sch_stream_status(talk.stream), 0);
  sch_handshake_close(talk.stream);
  sch_world_leave();
  if (last) {
    sch_trace_print(3);
    keep(settings, sch_fifo_held(&talk.heard));
  }
  sch_fifo_drop(&talk.heard);
  (void)close(wire);
}

static bool read_options(char *text, uint32_t *options) {
#define IDENTITY(kind) ((uint32_t)(kind) << SCH_HANDSHAKE_IDENTITY_SHIFT)
  static const struct {
    const char *word;
    uint32_t bits;
  } words[] = {
      {"client", 0},
      {"server", SCH_HANDSHAKE_SERVER},
      {"tls12", SCH_HANDSHAKE_ONLY_1_2},
      {"tls13", SCH_HANDSHAKE_ONLY_1_3},
      {"rsa", IDENTITY(SCH_IDENTITY_RSA)},
      {"ecdsa", IDENTITY(SCH_IDENTITY_ECDSA)},
      {"ed25519", IDENTITY(SCH_IDENTITY_ED25519)},
      {"long-chain", IDENTITY(SCH_IDENTITY_LONG_CHAIN)},
      {"alpn", SCH_HANDSHAKE_ALPN},
      {"sni", SCH_HANDSHAKE_SNI},
      {"client-certificate", SCH_HANDSHAKE_CLIENT_CERTIFICATE},
      {"close", SCH_HANDSHAKE_CLOSE},
      {"cuts", SCH_HANDSHAKE_CUTS},
      {"small-reads", SCH_HANDSHAKE_SMALL_READS},
  };
#undef IDENTITY
  char *rest = text;
  const char *word;

  while ((word = strsep(&rest, ",")) != NULL) {
    size_t at = 0;

    while (at < SCH_COUNT(words) && strcmp(words[at].word, word) != 0) {
      at++;
    }
    if (at == SCH_COUNT(words)) {
      (void)fprintf(stderr, "capture: no option is called '%s'\n", word);
      return false;
    }
    *options |= words[at].bits;
  }
  return true;
}

/* read_number takes a decimal number from 1 to 65535; 0 is what it gives for anything else. */
static uint16_t read_number(const char *text) {
  char *end;
  const unsigned long value = strtoul(text, &end, 10);

  return *end == '\0' && value <= UINT16_MAX ? (uint16_t)value : 0;
}

static bool read_words(struct settings *settings, int count, char **words) {
  static const struct option known[] = {
      {"options", required_argument, NULL, 'o'},
      {"out", required_argument, NULL, 'f'},
      {"connections", required_argument, NULL, 'n'},
      {"connect", required_argument, NULL, 'c'},
      {"listen", no_argument, NULL, 'l'},
      {NULL, 0, NULL, 0},
  };
  int letter;

  while ((letter = getopt_long(count, words, "", known, NULL)) != -1) {
    switch (letter) {
      case 'o':
        if (!read_options(optarg, &settings->options)) {
          return false;
        }
        break;
      case 'f':
        settings->out = optarg;
        break;
      case 'n':
        settings->connections = read_number(optarg);
        break;
      case 'c':
        settings->port = read_number(optarg);
        break;
      case 'l':
        settings->listen = true;
        break;
      default:
        return false;
    }
  }
  return optind == count && settings->out != NULL && settings->connections != 0 &&
         settings->listen == (settings->port == 0);
}

int main(int count, char **words) {
  struct settings settings = {.connections = 1};

  if (!read_words(&settings, count, words)) {
    (void)fprintf(stderr,
                  "usage: %s --options WORD,... --out FILE [--connections N]"
                  " (--connect PORT | --listen)\n",
                  words[0]);
    return 2;
  }
  const int listener = settings.listen ? open_socket(&settings) : -1;

  for (unsigned left = settings.connections; left != 0; left--) {
    hold(&settings, settings.listen ? accept_peer(listener) : open_socket(&settings), left == 1);
  }
  return 0;
}
