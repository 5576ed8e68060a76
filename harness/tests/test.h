/* test: the whole unit test framework. A test is a function, a failed check is one line.
 *
 *   TEST(name) { CHECK(condition); CHECK_EQUAL(number, number); }
 *   TESTS(name, ...)    at the end of the file: the list that is run, and main
 *
 * A failed check does not end its test. A test that is not listed does not compile.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_TEST_H
#define SCH_TEST_H

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bytes/span.h"

static int test_failures;

__attribute__((unused)) static void test_fail(const char *file, int line, const char *test,
                                              const char *what) {
  test_failures++;
  (void)printf("%s:%d: %s: %s\n", file, line, test, what);
}

__attribute__((unused)) static void test_equal(long long left, long long right, const char *file,
                                               int line, const char *test, const char *what) {
  if (left != right) {
    test_fail(file, line, test, what);
    (void)printf("  left  %lld (0x%llx)\n  right %lld (0x%llx)\n", left, (unsigned long long)left,
                 right, (unsigned long long)right);
  }
}

/* test_aborted says whether the child `pid` ended by abort. */
__attribute__((unused)) static bool test_aborted(pid_t pid) {
  int state;

  return waitpid(pid, &state, 0) == pid && WIFSIGNALED(state) && WTERMSIG(state) == SIGABRT;
}

/* test_fork starts a child that says nothing and cannot hang; 0 in the child. */
__attribute__((unused)) static pid_t test_fork(void) {
  (void)fflush(NULL);
  const pid_t pid = fork();

  if (pid == 0) {
    if (freopen("/dev/null", "w", stderr) == NULL) {
      _exit(1);
    }
    alarm(10);
  }
  return pid;
}

#define TEST(name) static void name(void)

#define CHECK(condition) \
  ((condition) ? (void)0 : test_fail(__FILE__, __LINE__, __func__, #condition))

/* CHECK_EQUAL compares two whole numbers and prints both when they differ. */
#define CHECK_EQUAL(left, right)                                                  \
  test_equal((long long)(left), (long long)(right), __FILE__, __LINE__, __func__, \
             #left " == " #right)

/* CHECK_BYTES compares two spans. */
#define CHECK_BYTES(left, right) CHECK(sch_span_equal((left), (right)))

/* CHECK_ABORTS runs a statement in a child and checks that it aborts: a broken contract. */
#define CHECK_ABORTS(statement)                                               \
  do {                                                                        \
    const pid_t child_ = test_fork();                                         \
    if (child_ == 0) {                                                        \
      statement;                                                              \
      _exit(0);                                                               \
    }                                                                         \
    if (!test_aborted(child_)) {                                              \
      test_fail(__FILE__, __LINE__, __func__, "does not abort: " #statement); \
    }                                                                         \
  } while (0)

#define TESTS(...)                                                                 \
  int main(int count, char **words) {                                              \
    static void (*const tests[])(void) = {__VA_ARGS__};                            \
    const char *slash = count > 0 ? strrchr(words[0], '/') : NULL;                 \
    int failed = 0;                                                                \
    for (size_t i = 0; i < SCH_COUNT(tests); i++) {                                \
      const int before = test_failures;                                            \
      tests[i]();                                                                  \
      failed += test_failures != before;                                           \
    }                                                                              \
    (void)printf("%s: %d passed, %d failed\n", slash == NULL ? "test" : slash + 1, \
                 (int)SCH_COUNT(tests) - failed, failed);                          \
    return failed != 0;                                                            \
  }

#endif
