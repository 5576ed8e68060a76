/* wine_far: the far end of the cases that wine_cases runs on Windows' Schannel: our provider, or
 * the peer, as a process of its own. Each request is two frames, a line and what the client has
 * sent meanwhile; the answer is three: faults, what the server has sent, and what was sealed for
 * the client. Lines are those of a case (contract.h), and
 *
 *   peer opens   instead of a server: the peer, TLS 1.2 with AES-128-GCM
 *   peer hears   it is given what the client has sent, and answers
 *   peer seals   its handshake is done: `gets sealed` goes on with its keys
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "contract.h"
#include "frame.h"
#include "peer.h"

#define WIRE_MAX ((size_t)1 << 20)
#define LINE_SIZE 512

static char faults[1024];
static struct sch_peer *peer;

static void tell(const char *text) {
  const size_t held = strlen(faults);

  (void)snprintf(faults + held, sizeof faults - held, "%s%s", held == 0 ? "" : "; ", text);
}

static void peer_opens(void) {
  static const struct sch_peer_config config = {
      .server = true,
      .version_max = 0x0303,
      .identity = SCH_IDENTITY_ECDSA,
      .suite = "ECDHE-ECDSA-AES128-GCM-SHA256",
  };

  sch_peer_drop(peer);
  peer = sch_peer_open(&config, NULL);
}

static void peer_hears(void) {
  struct sch_fifo *sent = &sch_contract_end(0)->sent;
  const struct sch_span wire = sch_fifo_held(sent);

  sch_peer_give(peer, wire);
  sch_fifo_consume(sent, wire.size);
  if (!sch_peer_take(peer, &sch_contract_end(1)->sent)) {
    tell("the peer says too much");
  }
}

static void peer_seals(void) {
  struct sch_aead_secrets secrets;

  if (sch_peer_secrets(peer, &secrets)) {
    sch_contract_seal_with(&secrets);
  } else {
    tell("the peer has no keys");
  }
}

static void run_line(char *line) {
  if (line[0] == '#') {
    sch_peer_drop(peer);
    peer = NULL;
  }
  if (strcmp(line, "peer opens") == 0) {
    peer_opens();
  } else if (strcmp(line, "peer hears") == 0) {
    peer_hears();
  } else if (strcmp(line, "peer seals") == 0) {
    peer_seals();
  } else {
    sch_contract_line(line);
  }
}

/* is_about_all: of the case, not of an end. Ends must not be there before the engine is named. */
static bool is_about_all(const char *line) {
  return line[0] == '#' || strncmp(line, "engine ", 7) == 0;
}

static bool give(struct sch_fifo *bytes) {
  const struct sch_span held = sch_fifo_held(bytes);
  const bool given = sch_frame_write(stdout, held);

  sch_fifo_consume(bytes, held.size);
  return given;
}

static bool answer(bool ends) {
  struct sch_fifo none = {0};

  return sch_frame_write(stdout, sch_span_text(faults)) &&
         give(ends ? &sch_contract_end(1)->sent : &none) &&
         give(ends ? &sch_contract_end(0)->held : &none);
}

/* serve_one deals with one request. False when there is none, or its asker has gone. */
static bool serve_one(struct sch_fifo *request) {
  char line[LINE_SIZE];

  if (!sch_frame_read(stdin, request)) {
    return false;
  }
  const struct sch_span text = sch_fifo_held(request);

  REQUIRE(text.size < sizeof line);
  sch_copy(line, text.data, text.size);
  line[text.size] = '\0';
  sch_fifo_consume(request, text.size);

  const bool ends = !is_about_all(line);

  if (!sch_frame_read(stdin, ends ? &sch_contract_end(0)->sent : request)) {
    return false;
  }
  faults[0] = '\0';
  run_line(line);
  return answer(ends);
}

int main(void) {
  struct sch_fifo request;

  sch_fifo_open(&request, WIRE_MAX);
  sch_contract_start(tell, &sch_contract_seal_aead);
  while (serve_one(&request)) {
  }
  sch_contract_close();
  sch_peer_drop(peer);
  sch_fifo_drop(&request);
  return 0;
}
