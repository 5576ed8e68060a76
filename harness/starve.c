/* starve: see starve.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "starve.h"

#include <stdio.h>

static enum sch_starve_kind chosen;
static uint64_t wanted;
static uint64_t counted;
static bool failed;
static bool failing; /* every allocation of the library */
static unsigned held;
static size_t live;

/* The linker puts the wrappers in the place of the functions (--wrap). */
void *__real_sch_alloc(size_t size);
void *__wrap_sch_alloc(size_t size);
void __real_sch_free(void *block);
void __wrap_sch_free(void *block);

bool sch_starve_refuses(enum sch_starve_kind kind) {
  if (held != 0) {
    return false;
  }
  if (failing && kind == SCH_STARVE_LIBRARY) {
    return true;
  }
  if (kind != chosen) {
    return false;
  }
  counted++;
  failed |= counted == wanted;
  return counted == wanted;
}

void *__wrap_sch_alloc(size_t size) {
  const bool refused = size != 0 && sch_starve_refuses(SCH_STARVE_LIBRARY);
  void *block = refused ? NULL : __real_sch_alloc(size);

  live += block != NULL;
  return block;
}

void __wrap_sch_free(void *block) {
  live -= block != NULL;
  __real_sch_free(block);
}

void sch_starve_begin(enum sch_starve_kind kind, uint64_t nth) {
  chosen = kind;
  wanted = nth;
  counted = 0;
  failed = false;
}

uint64_t sch_starve_end(void) {
  wanted = 0;
  failed = false;
  return counted;
}

void sch_starve_all(bool starve) {
  failing = starve;
}

bool sch_starved(void) {
  return failed;
}

void sch_starve_print(void) {
  if (failed) {
    (void)fprintf(stderr, "  starved of allocation %llu of %s\n", (unsigned long long)wanted,
                  chosen == SCH_STARVE_LIBRARY ? "the library" : "OpenSSL");
  }
}

void sch_starve_hold(void) {
  held++;
}

void sch_starve_release(void) {
  REQUIRE(held != 0);
  held--;
}

void *sch_own_alloc(size_t size) {
  sch_starve_hold();
  void *block = sch_alloc(size);

  sch_starve_release();
  return block;
}

size_t sch_starve_live(void) {
  return live;
}
