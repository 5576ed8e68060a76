/* fuzz_canary: fails on purpose, once for each way of failing, so that a build, an engine or a
 * script which does not see a failure is found out.
 *
 * Input:   one letter and "CANARY", and nothing else; any other input is harmless.
 *            o  a broken oracle              seen everywhere
 *            h  a heap buffer overflow       address
 *            f  a use after free             address
 *            l  a leak                       address
 *            i  a signed integer overflow    undefined
 *            u  an uninitialised branch      memory
 *            t  a hang                       the time limit of the engine or of the replayer
 *            m  a huge allocation            libFuzzer's memory limit; slow under memory, which
 *                                            would mark all of it
 * Oracles: canary.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <limits.h>
#include <stdlib.h>

#include "formats.h"
#include "harness.h"

#define BLOCK ((size_t)16)
#define HUGE_BLOCK ((size_t)3 << 30) /* over every default limit, and never touched */

/* Whatever passes through here cannot be foreseen, and so not optimised away, by a compiler. */
static volatile size_t unforeseen = BLOCK;
static void *volatile hidden;
static volatile int number;

static void overflow_heap(void) {
  volatile uint8_t *block = malloc(unforeseen);

  block[unforeseen] = 1;
  free((void *)block);
}

static void use_after_free(void) {
  uint8_t *block = malloc(unforeseen);

  hidden = block;
  free(block);
  number = *(volatile uint8_t *)hidden;
}

static void leak(void) {
  hidden = malloc(unforeseen);
  hidden = NULL;
}

static void overflow_integer(void) {
  number = INT_MAX;
  number = number + (int)(unforeseen / BLOCK);
}

static void branch_uninitialised(void) {
  volatile uint8_t *block;

  hidden = malloc(unforeseen);
  block = hidden;
  if (block[unforeseen / 2] != 0) {
    number = 1;
  }
  free((void *)block);
}

static void hang(void) {
  while (unforeseen != 0) {
    number = 1;
  }
}

static void take_memory(void) {
  hidden = malloc(HUGE_BLOCK);
  free(hidden);
}

static void fail(uint8_t letter) {
  switch (letter) {
    case 'o':
      ORACLE(canary, unforeseen == 0);
      break;
    case 'h':
      overflow_heap();
      break;
    case 'f':
      use_after_free();
      break;
    case 'l':
      leak();
      break;
    case 'i':
      overflow_integer();
      break;
    case 'u':
      branch_uninitialised();
      break;
    case 't':
      hang();
      break;
    case 'm':
      take_memory();
      break;
    default:
      break;
  }
}

FUZZ(canary) {
  uint8_t letter;

  sch_trace_event("size", input.size, 0);
  if (sch_span_u8(&input, &letter) && sch_span_equal(input, sch_span_text(SCH_CANARY_WORD))) {
    fail(letter);
  }
}
