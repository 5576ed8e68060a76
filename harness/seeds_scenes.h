/* seeds_scenes: the scenes that the seeds of the handshake target are recorded in: what each side
 * is told, and what they do once the handshake is over.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_SEEDS_SCENES_H
#define SCH_SEEDS_SCENES_H

#include "handshake.h"

/* One conversation between the system under test and a peer. */
struct sch_recording {
  struct sch_stream *stream;
  struct sch_peer *peer;
  struct sch_fifo seed; /* what the peer has said */
  size_t said;          /* how much of it the stream has been given */
};

/* sch_recording_open starts both ends from a clean world and lets them talk until both are silent.
 * `before` is as sch_peer_open takes it. */
#define SCH_RECORDING_MAX ((size_t)256 * 1024)
struct sch_recording sch_recording_open(uint32_t options, const struct sch_peer_config *config,
                                        const struct sch_peer *before);

/* sch_recording_close drops all but the peer, which is the caller's then. */
struct sch_peer *sch_recording_close(struct sch_recording *recording);

enum { SCH_SCENE_1_2 = 1, SCH_SCENE_1_3 = 2 };
enum { SCH_SCENE_CLIENT = 1, SCH_SCENE_SERVER = 2 };

struct sch_scene {
  const char *name;
  int versions; /* that have it */
  int roles;    /* of the system under test */
  uint32_t options;
  bool mutual;         /* the client has a certificate and is asked for it */
  bool asked;          /* the client is asked for one and has none; for few suites only */
  bool long_chain;     /* whoever shows a certificate shows 20 KiB of them */
  bool retry;          /* HelloRetryRequest */
  unsigned resumption; /* connections before it, each resuming the one before */
  unsigned tickets;    /* of the peer, a server */
  bool renews;         /* likewise */
  bool refused;        /* the system under test refuses its peer; with suites of tls/aead only */
  bool other_suite;    /* for few suites only */
  size_t cut;          /* bytes left out at the end */

  /* act goes on to the end; false when the peer cannot do it, or the system under test does not
   * answer as it should. */
  bool (*act)(struct sch_recording *recording);
};

/* sch_scenes gives all of them. Several may have one name, where versions or roles differ. */
const struct sch_scene *sch_scenes(size_t *count);

/* What most scenes end with: a little data and close_notify. */
bool sch_scene_close(struct sch_recording *recording);

/* A suite that spends the fewest bytes on a TLS 1.2 record. */
#define SCH_SCENE_SHORT_SUITE 0xcca9

#endif
