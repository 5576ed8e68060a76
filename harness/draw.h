/* draw: numbers for mutators, all of them a function of where the sequence began.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_DRAW_H
#define SCH_DRAW_H

#include <stddef.h>
#include <stdint.h>

/* sch_draw gives the next number of a sequence (SplitMix64, Steele, Lea and Flood 2014). */
static inline uint32_t sch_draw(uint64_t *state) {
  uint64_t mixed = *state += 0x9e3779b97f4a7c15;

  mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9;
  mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111eb;
  return (uint32_t)(mixed >> 32);
}

/* sch_draw_below gives one below `bound`, which is not 0. */
static inline uint32_t sch_draw_below(uint64_t *state, size_t bound) {
  return (uint32_t)(sch_draw(state) % bound);
}

/* sch_draw_one_in says yes once in so many times. */
static inline int sch_draw_one_in(uint64_t *state, size_t times) {
  return sch_draw_below(state, times) == 0;
}

#endif
