/* test_sessions: what a client keeps to resume, by name, newest first, and no more than it may.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include "tls/sessions.h"

static struct sch_sessions sessions;

static bool keep(const char *name, const char *text) {
  uint8_t *room = sch_sessions_lend(&sessions, name, strlen(text));

  if (room != NULL) {
    sch_copy(room, text, strlen(text));
  }
  return room != NULL;
}

static bool finds(const char *name, const char *text) {
  return sch_span_equal(sch_sessions_find(&sessions, name), sch_span_text(text));
}

/* The newest of a name is found, and of no other name. */
TEST(newest_of_its_name) {
  CHECK(finds("one", ""));
  CHECK(keep("one", "first"));
  CHECK(keep("two", "second"));
  CHECK(keep("one", "third"));
  CHECK(finds("one", "third"));
  CHECK(finds("two", "second"));
  CHECK(finds("on", ""));
  CHECK(finds("", ""));
  sch_sessions_drop(&sessions);
  CHECK(finds("one", ""));
}

/* The oldest gives way when all places are taken. */
TEST(oldest_gives_way) {
  CHECK(keep("old", "bytes"));
  for (size_t i = 1; i < SCH_SESSIONS_MAX; i++) {
    CHECK(keep("new", "bytes"));
    CHECK(finds("old", "bytes"));
  }
  CHECK(keep("new", "more bytes"));
  CHECK(finds("old", ""));
  CHECK(finds("new", "more bytes"));
  sch_sessions_drop(&sessions);
}

/* Forgetting takes every session of a name and leaves the others. */
TEST(forgotten_by_name) {
  CHECK(keep("one", "first"));
  CHECK(keep("two", "second"));
  CHECK(keep("one", "third"));
  sch_sessions_forget(&sessions, "one");
  CHECK(finds("one", ""));
  CHECK(finds("two", "second"));
  sch_sessions_drop(&sessions);
}

/* A name is kept up to the length of a server name, and refused above it. */
TEST(names_have_a_limit) {
  char name[SCH_SESSIONS_NAME_MAX + 2];

  memset(name, 'a', sizeof name);
  name[sizeof name - 1] = '\0';
  CHECK(!keep(name, "bytes"));
  CHECK(finds(name, ""));
  name[SCH_SESSIONS_NAME_MAX] = '\0';
  CHECK(keep(name, "bytes"));
  CHECK(finds(name, "bytes"));
  sch_sessions_drop(&sessions);
}

TESTS(newest_of_its_name, oldest_gives_way, forgotten_by_name, names_have_a_limit)
