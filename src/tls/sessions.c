/* sessions: see sessions.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "tls/sessions.h"

#include <string.h>

static void clear(struct sch_session *place) {
  sch_free((void *)(uintptr_t)place->bytes.data);
  *place = (struct sch_session){.bytes = {NULL, 0}};
}

static bool is_of(const struct sch_session *place, const char *name) {
  return place->bytes.size != 0 && strcmp(place->name, name) == 0;
}

uint8_t *sch_sessions_lend(struct sch_sessions *sessions, const char *name, size_t size) {
  const size_t length = strlen(name);
  struct sch_session *place = &sessions->places[sessions->next];

  REQUIRE(size >= 1);
  uint8_t *bytes = length > SCH_SESSIONS_NAME_MAX ? NULL : sch_alloc(size);

  if (bytes == NULL) {
    return NULL;
  }
  clear(place);
  place->bytes = sch_span_of(bytes, size);
  sch_copy(place->name, name, length);
  sessions->next = (sessions->next + 1) % SCH_SESSIONS_MAX;
  return bytes;
}

struct sch_span sch_sessions_find(const struct sch_sessions *sessions, const char *name) {
  for (size_t age = 1; age <= SCH_SESSIONS_MAX; age++) {
    const struct sch_session *place =
        &sessions->places[(sessions->next + SCH_SESSIONS_MAX - age) % SCH_SESSIONS_MAX];

    if (is_of(place, name)) {
      return place->bytes;
    }
  }
  return (struct sch_span){NULL, 0};
}

void sch_sessions_forget(struct sch_sessions *sessions, const char *name) {
  for (size_t i = 0; i < SCH_SESSIONS_MAX; i++) {
    if (is_of(&sessions->places[i], name)) {
      clear(&sessions->places[i]);
    }
  }
}

void sch_sessions_drop(struct sch_sessions *sessions) {
  for (size_t i = 0; i < SCH_SESSIONS_MAX; i++) {
    clear(&sessions->places[i]);
  }
  sessions->next = 0;
}
