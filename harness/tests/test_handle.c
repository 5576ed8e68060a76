/* Unit tests of sspi/handle: a handle names one object, of one kind, while it lives.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "sspi/handle.h"

#include "test.h"

static int object;
static int other;

/* A handle finds what it was made for, until it is removed, once. */
TEST(life) {
  const size_t before = sch_handle_count();
  SecHandle handle;

  CHECK(sch_handle_add(SCH_HANDLE_CONTEXT, &object, &handle));
  CHECK_EQUAL(sch_handle_count(), before + 1);
  CHECK(sch_handle_find(SCH_HANDLE_CONTEXT, &handle) == &object);
  CHECK(sch_handle_remove(SCH_HANDLE_CONTEXT, &handle) == &object);
  CHECK(sch_handle_find(SCH_HANDLE_CONTEXT, &handle) == NULL);
  CHECK(sch_handle_remove(SCH_HANDLE_CONTEXT, &handle) == NULL);
  CHECK_EQUAL(sch_handle_count(), before);
  CHECK_ABORTS((void)!sch_handle_add(SCH_HANDLE_CONTEXT, NULL, &handle));
}

/* A handle of one kind is none of the other. */
TEST(kinds) {
  SecHandle credential;
  SecHandle context;

  CHECK(sch_handle_add(SCH_HANDLE_CREDENTIAL, &object, &credential));
  CHECK(sch_handle_add(SCH_HANDLE_CONTEXT, &other, &context));
  CHECK(sch_handle_find(SCH_HANDLE_CONTEXT, &credential) == NULL);
  CHECK(sch_handle_find(SCH_HANDLE_CREDENTIAL, &context) == NULL);
  CHECK(sch_handle_remove(SCH_HANDLE_CREDENTIAL, &context) == NULL);
  CHECK(sch_handle_remove(SCH_HANDLE_CONTEXT, &context) == &other);
  CHECK(sch_handle_remove(SCH_HANDLE_CREDENTIAL, &credential) == &object);
}

/* NULL, zeros, SecInvalidateHandle and numbers that were never given name nothing. */
TEST(made_up) {
  SecHandle live;
  SecHandle zeros = {0, 0};
  SecHandle invalid;

  SecInvalidateHandle(&invalid);
  CHECK(sch_handle_add(SCH_HANDLE_CONTEXT, &object, &live));
  CHECK(sch_handle_find(SCH_HANDLE_CONTEXT, NULL) == NULL);
  CHECK(sch_handle_find(SCH_HANDLE_CONTEXT, &zeros) == NULL);
  CHECK(sch_handle_find(SCH_HANDLE_CONTEXT, &invalid) == NULL);
  for (ULONG_PTR bit = 1; bit != 0; bit <<= 1) {
    const SecHandle lower = {live.dwLower ^ bit, live.dwUpper};
    const SecHandle upper = {live.dwLower, live.dwUpper ^ bit};

    CHECK(sch_handle_find(SCH_HANDLE_CONTEXT, &lower) == NULL);
    CHECK(sch_handle_find(SCH_HANDLE_CONTEXT, &upper) == NULL);
  }
  CHECK(sch_handle_remove(SCH_HANDLE_CONTEXT, &live) == &object);
}

/* A place that is used again has another generation: the old handle stays dead. */
TEST(generations) {
  SecHandle old;
  SecHandle again;

  CHECK(sch_handle_add(SCH_HANDLE_CONTEXT, &object, &old));
  CHECK(sch_handle_remove(SCH_HANDLE_CONTEXT, &old) == &object);
  for (int i = 0; i < 100; i++) {
    CHECK(sch_handle_add(SCH_HANDLE_CONTEXT, &other, &again));
    CHECK_EQUAL(again.dwLower, old.dwLower);
    CHECK(sch_handle_find(SCH_HANDLE_CONTEXT, &old) == NULL);
    CHECK(sch_handle_remove(SCH_HANDLE_CONTEXT, &old) == NULL);
    CHECK(sch_handle_remove(SCH_HANDLE_CONTEXT, &again) == &other);
    old = again;
  }
}

/* A full table refuses, and leaves the handle alone; one place given back is one that is free. */
TEST(full) {
  static SecHandle handles[SCH_HANDLE_MAX];
  SecHandle more = {7, 7};

  for (size_t i = 0; i < SCH_HANDLE_MAX; i++) {
    CHECK(sch_handle_add(SCH_HANDLE_CONTEXT, &object, &handles[i]));
  }
  CHECK_EQUAL(sch_handle_count(), SCH_HANDLE_MAX);
  CHECK(!sch_handle_add(SCH_HANDLE_CREDENTIAL, &other, &more));
  CHECK_EQUAL(more.dwLower, 7);
  CHECK_EQUAL(more.dwUpper, 7);
  CHECK(sch_handle_remove(SCH_HANDLE_CONTEXT, &handles[17]) == &object);
  CHECK(sch_handle_add(SCH_HANDLE_CREDENTIAL, &other, &handles[17]));
  CHECK(sch_handle_find(SCH_HANDLE_CREDENTIAL, &handles[17]) == &other);
  CHECK(sch_handle_remove(SCH_HANDLE_CREDENTIAL, &handles[17]) == &other);
  for (size_t i = 0; i < SCH_HANDLE_MAX; i++) {
    CHECK_EQUAL(sch_handle_remove(SCH_HANDLE_CONTEXT, &handles[i]) != NULL, i != 17);
  }
  CHECK_EQUAL(sch_handle_count(), 0);
}

TESTS(life, kinds, made_up, generations, full)
