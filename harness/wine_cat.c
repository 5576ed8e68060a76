/* wine_cat: `stream`, unchanged, on Windows' own Schannel, which here is Wine's: connects over
 * loopback TCP, sends a file, keeps what comes, and closes when all has gone both ways.
 *
 *   wine_cat PORT FILE-TO-SEND FILE-TO-KEEP BYTES-TO-COME
 *
 * The last line of what it prints is the status that the stream ended with. Exit status 1 when not
 * all came, or anything else failed.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <winsock2.h>

#include <stdio.h>
#include <stdlib.h>

#include "sspi/status.h"
#include "stream/stream.h"

#define CHUNK ((size_t)16384)
#define TIMEOUT_SECONDS 20

struct run {
  struct sch_stream *stream;
  SOCKET wire;
  FILE *from;
  FILE *to;
  unsigned long wanted; /* bytes still to come */
  uint8_t chunk[CHUNK]; /* of the file, not yet taken */
  struct sch_span rest;
  bool closing;
};

static int complain(const char *what) {
  (void)fprintf(stderr, "wine_cat: %s\n", what);
  return 1;
}

/* give_plain gives the stream what it takes of the file, and closes behind both ends of it. */
static void give_plain(struct run *run) {
  size_t taken = 1;

  while (taken != 0) {
    if (run->rest.size == 0) {
      run->rest = sch_span_of(run->chunk, fread(run->chunk, 1, sizeof run->chunk, run->from));
    }
    taken = sch_stream_plain_in(run->stream, run->rest);
    run->rest = sch_span_last(run->rest, run->rest.size - taken);
  }
  if (run->rest.size == 0 && run->wanted == 0 && !run->closing) {
    run->closing = true;
    sch_stream_close(run->stream);
  }
}

static bool keep_plain(struct run *run) {
  const struct sch_span plain = sch_stream_plain_out(run->stream);

  if (plain.size > run->wanted || fwrite(plain.data, 1, plain.size, run->to) != plain.size) {
    return false;
  }
  run->wanted -= (unsigned long)plain.size;
  sch_stream_plain_read(run->stream, plain.size);
  return true;
}

static bool send_wire(struct run *run) {
  const struct sch_span out = sch_stream_wire_out(run->stream);
  const int size = out.size == 0 ? 0 : send(run->wire, (const char *)out.data, (int)out.size, 0);

  if (size < 0) {
    return WSAGetLastError() == WSAEWOULDBLOCK;
  }
  sch_stream_wire_sent(run->stream, (size_t)size);
  return true;
}

/* hear_wire reads one chunk. All of it is taken: keep_plain leaves nothing that would hold it. */
static bool hear_wire(struct run *run) {
  uint8_t bytes[CHUNK];
  const int size = recv(run->wire, (char *)bytes, (int)sizeof bytes, 0);

  if (size < 0) {
    return WSAGetLastError() == WSAEWOULDBLOCK;
  }
  if (size == 0) {
    sch_stream_wire_end(run->stream);
    return true;
  }
  const struct sch_span wire = sch_span_of(bytes, (size_t)size);
  size_t taken = 0;

  while (taken < wire.size) {
    const size_t more = sch_stream_wire_in(run->stream, sch_span_last(wire, wire.size - taken));

    taken += more;
    if (!keep_plain(run) || more == 0) {
      return false;
    }
  }
  return true;
}

/* wait_for_wire says whether the wire can be read, or written when that is wanted. */
static bool wait_for_wire(const struct run *run) {
  struct timeval most = {.tv_sec = TIMEOUT_SECONDS};
  fd_set reads = {.fd_count = 1, .fd_array = {run->wire}};
  fd_set writes = reads;

  writes.fd_count = sch_stream_wire_out(run->stream).size != 0;
  return select(0, &reads, &writes, NULL, &most) > 0;
}

static const char *loop(struct run *run) {
  for (;;) {
    give_plain(run);
    if (!send_wire(run)) {
      return "the wire cannot be written";
    }
    if (sch_stream_state(run->stream) == SCH_STREAM_CLOSED &&
        sch_stream_wire_out(run->stream).size == 0) {
      return NULL;
    }
    if (!wait_for_wire(run)) {
      return "nothing has happened for too long";
    }
    if (!hear_wire(run)) {
      return "the wire or the file failed";
    }
  }
}

static SOCKET join(const char *port) {
  WSADATA data;
  u_long on = 1;
  const struct sockaddr_in address = {.sin_family = AF_INET,
                                      .sin_port = htons((u_short)strtoul(port, NULL, 10)),
                                      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

  if (WSAStartup(MAKEWORD(2, 2), &data) != 0) {
    return INVALID_SOCKET;
  }
  const SOCKET wire = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);

  if (wire == INVALID_SOCKET ||
      connect(wire, (const struct sockaddr *)&address, sizeof address) != 0 ||
      ioctlsocket(wire, (long)FIONBIO, &on) != 0) {
    return INVALID_SOCKET;
  }
  return wire;
}

static int talk(struct run *run) {
  static SEC_CHAR package[] = UNISP_NAME_A;
  static SEC_CHAR name[] = "test.example";
  SCHANNEL_CRED auth = {.dwVersion = SCHANNEL_CRED_VERSION,
                        .grbitEnabledProtocols = SP_PROT_TLS1_2_CLIENT,
                        .dwFlags = SCH_CRED_MANUAL_CRED_VALIDATION | SCH_CRED_NO_DEFAULT_CREDS};
  CredHandle credential;
  const struct sch_stream_settings settings = {
      .table = InitSecurityInterfaceA(),
      .credential = &credential,
      .target_name = name,
      .insecure = true,
      .read_limit = SCH_STREAM_PLAIN_MAX,
  };

  if (settings.table == NULL ||
      settings.table->AcquireCredentialsHandleA(NULL, package, SECPKG_CRED_OUTBOUND, NULL, &auth,
                                                NULL, NULL, &credential, NULL) != SEC_E_OK ||
      sch_stream_open(&settings, &run->stream) != SEC_E_OK) {
    return complain("no stream");
  }
  const char *failed = loop(run);
  const struct sch_status *status = sch_status_of(sch_stream_status(run->stream));
  const struct sch_stream_work work = sch_stream_work(run->stream);

  sch_stream_drop(run->stream);
  (void)settings.table->FreeCredentialsHandle(&credential);
  if (failed != NULL || run->wanted != 0) {
    return complain(failed == NULL ? "not all has come" : failed);
  }
  (void)printf("calls %lu\n%s\n", (unsigned long)work.calls, status->name);
  return 0;
}

int main(int count, char **words) {
  static struct run run;

  if (count != 5) {
    return complain("usage: wine_cat PORT FILE-TO-SEND FILE-TO-KEEP BYTES-TO-COME");
  }
  run.wire = join(words[1]);
  run.from = fopen(words[2], "rb");
  run.to = fopen(words[3], "wb");
  run.wanted = strtoul(words[4], NULL, 10);
  if (run.wire == INVALID_SOCKET || run.from == NULL || run.to == NULL) {
    return complain("no connection, or no file");
  }
  const int verdict = talk(&run);

  (void)fclose(run.from);
  return fclose(run.to) != 0 || verdict;
}
