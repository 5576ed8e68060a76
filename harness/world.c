/* world: see world.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#define OPENSSL_SUPPRESS_DEPRECATED /* RAND_METHOD: the one way in that needs no provider */
#include "world.h"

#include <openssl/err.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "starve.h"

static struct sch_world now;
static bool used;    /* since it was last all zeros */
static bool running; /* an input is being run */
static bool ended;

/* stir is a bijection that spreads every bit: the finaliser of SplitMix64. */
static uint64_t stir(uint64_t word) {
  word += 0x9e3779b97f4a7c15u;
  word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9u;
  word = (word ^ (word >> 27)) * 0x94d049bb133111ebu;
  return word ^ (word >> 31);
}

/* draw fills `to` as world.h says. The first byte stays below 0x40, so that a number drawn for a
 * range is almost never out of it and drawn again. */
static int draw(unsigned char *to, int size) {
  if (size < 0) {
    return 0;
  }
  used = true;
  const size_t slot = (size_t)size < SCH_WORLD_SIZES ? (size_t)size : SCH_WORLD_SIZES - 1;
  const uint64_t count = now.draws[now.side][slot]++;
  uint64_t word = stir(stir(now.place ^ (uint64_t)now.side) ^ ((uint64_t)size << 32) ^ count);

  for (size_t at = 0; at < (size_t)size; at++) {
    if (at % sizeof(word) == 0) {
      word = stir(word);
    }
    to[at] = (unsigned char)(word >> (8 * (at % sizeof(word))));
  }
  if (size > 0) {
    to[0] &= 0x3f;
  }
  return 1;
}

static int status(void) {
  return 1;
}

static void install(void) {
  static const RAND_METHOD method = {.bytes = draw, .pseudorand = draw, .status = status};

  if (RAND_get_rand_method() != &method && RAND_set_rand_method(&method) != 1) {
    UNREACHABLE("OpenSSL takes a RAND_METHOD");
  }
}

void sch_world_reset(void) {
  install();
  ERR_clear_error();
  if (used) {
    now = (struct sch_world){0};
    used = false;
  }
  now.side = SCH_SIDE_SUT;
  running = true;
}

void sch_world_leave(void) {
  ERR_clear_error();
  running = false;
}

enum sch_side sch_world_side(enum sch_side side) {
  const enum sch_side before = now.side;

  REQUIRE(side < SCH_SIDE_COUNT);
  install();
  now.side = side;
  return before;
}

struct sch_world sch_world_apart(const char *label) {
  const struct sch_world before = now;
  uint64_t place = 1;

  install();
  for (const char *letter = label; *letter != 0; letter++) {
    place = stir(place ^ (unsigned char)*letter);
  }
  now = (struct sch_world){.place = place, .side = before.side};
  sch_starve_hold();
  used = true;
  return before;
}

void sch_world_back(const struct sch_world *before) {
  sch_starve_release();
  now = *before;
  used = true;
}

void sch_world_end(void) {
  REQUIRE(!running);
  ended = true;
  if (RAND_set_rand_method(NULL) != 1) {
    UNREACHABLE("OpenSSL takes its own RAND_METHOD back");
  }
}

/* ---- in the place of libc's own ---- */

static void refuse(const char *what, const char *call) {
  if (running) {
    (void)fprintf(stderr, "a target read the real %s: %s\n", what, call);
    abort();
  }
}

time_t time(time_t *to) {
  struct timespec real;
  time_t seconds = SCH_WORLD_TIME;

  if (ended && clock_gettime(CLOCK_REALTIME, &real) == 0) {
    seconds = real.tv_sec;
  }
  if (to != NULL) {
    *to = seconds;
  }
  return seconds;
}

int gettimeofday(struct timeval *restrict to, void *restrict zone) {
  struct timespec real;

  (void)zone;
  refuse("clock", "gettimeofday");
  if (clock_gettime(CLOCK_REALTIME, &real) != 0) {
    return -1;
  }
  to->tv_sec = real.tv_sec;
  to->tv_usec = real.tv_nsec / 1000;
  return 0;
}

ssize_t getrandom(void *to, size_t size, unsigned flags) {
  refuse("randomness", "getrandom");
  return syscall(SYS_getrandom, to, size, flags);
}

int getentropy(void *to, size_t size) {
  refuse("randomness", "getentropy");
  return syscall(SYS_getrandom, to, size, 0) == (long)size ? 0 : -1;
}
