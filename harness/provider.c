/* provider: see provider.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "provider.h"

#include "scripted.h"
#include "tls/record.h"

#define BIG ((size_t)160 * 1024) /* more than SCH_STREAM_WIRE_MAX */
#define WIRE_MAX (BIG + (size_t)64 * 1024)

static uint32_t mix(uint32_t word, uint32_t value) {
  return (word ^ value) * 0x01000193;
}

uint16_t sch_provider_word(struct sch_span input, const struct sch_plan *plan) {
  uint32_t word = mix(0xb16, plan->options);

  for (size_t i = 2; i < SCH_PLAN_CUTS; i++) {
    word = mix(word, plan->cuts[i]);
  }
  for (size_t i = 0; i < input.size; i++) {
    word = mix(word, input.data[i]);
  }
  return (uint16_t)(word >> 16);
}

static bool is_big(struct sch_span input, const struct sch_plan *plan) {
  return (plan->options & SCH_PROVIDER_BIG) == SCH_PROVIDER_BIG &&
         (plan->cuts[0] << 8 | plan->cuts[1]) == sch_provider_word(input, plan);
}

/* frame makes records of bodies, each with its size in one byte before it. When the last `repeats`,
 * so that more follows it, it must be whole. */
static void frame(struct sch_builder *to, struct sch_span bodies, bool repeats) {
  uint8_t size;

  while (sch_span_u8(&bodies, &size)) {
    const struct sch_span body = sch_span_first(bodies, size);
    const uint8_t header[] = {SCH_RECORD_APPLICATION_DATA, 3, 3, 0,
                              repeats ? (uint8_t)body.size : size};

    sch_builder_bytes(to, sch_span_of(header, sizeof header));
    sch_builder_bytes(to, body);
    bodies = sch_span_last(bodies, bodies.size - body.size);
  }
}

/* lay makes the wire: framed in legal mode, and repeated when it is to be big. */
static struct sch_span lay(struct sch_span input, bool legal, bool big) {
  static uint8_t room[WIRE_MAX];
  struct sch_builder wire = sch_builder_of(room, sizeof room);

  do {
    const size_t before = wire.size;

    if (legal) {
      frame(&wire, input, big);
    } else {
      sch_builder_bytes(&wire, input);
    }
    if (wire.failed) {
      return sch_span_of(room, before);
    }
  } while (big && input.size != 0 && wire.size < BIG);
  return sch_builder_built(&wire);
}

struct sch_provider_input sch_provider_read(struct sch_span input) {
  const struct sch_plan plan = sch_plan_take(&input);
  const size_t wanted = plan.options >> SCH_PROVIDER_ENTRIES_SHIFT;
  const size_t count = input.size / SCH_SCRIPTED_ENTRY;
  const size_t script = (wanted < count ? wanted : count) * SCH_SCRIPTED_ENTRY;
  const bool big = is_big(input, &plan);

  return (struct sch_provider_input){
      .plan = plan,
      .script = sch_span_last(input, script),
      .wire = lay(sch_span_first(input, input.size - script),
                  (plan.options & SCH_PROVIDER_LEGAL) != 0, big),
      .big = big,
  };
}
