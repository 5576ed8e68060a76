/* sessions: what a client keeps of its connections to resume them, by the name of the target. The
 * bytes are the engine's own encoding; they hold secrets, so they are wiped when they go.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_TLS_SESSIONS_H
#define SCH_TLS_SESSIONS_H

#include "bytes/span.h"

#define SCH_SESSIONS_MAX 16       /* sessions kept; the oldest gives way */
#define SCH_SESSIONS_NAME_MAX 255 /* bytes of a name, the most that a server name may have */

struct sch_session {
  char name[SCH_SESSIONS_NAME_MAX + 1];
  struct sch_span bytes; /* empty: a free place */
};

/* All zero it is empty. */
struct sch_sessions {
  size_t next; /* the place to be overwritten next */
  struct sch_session places[SCH_SESSIONS_MAX];
};

/* sch_sessions_lend makes room for a session of `size` bytes (>= 1) with `name` and gives it to be
 * filled. NULL, and nothing changed, when the name is too long or memory is short. */
uint8_t *sch_sessions_lend(struct sch_sessions *sessions, const char *name, size_t size);

/* sch_sessions_find views the newest session kept for `name`, until sessions change, or nothing. */
struct sch_span sch_sessions_find(const struct sch_sessions *sessions, const char *name);

/* sch_sessions_forget drops every session of `name`; sch_sessions_drop drops all. */
void sch_sessions_forget(struct sch_sessions *sessions, const char *name);
void sch_sessions_drop(struct sch_sessions *sessions);

#endif
