/* mutator: see mutator.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "mutator.h"

#include "draw.h"
#include "tls/record.h"
#include "tls_names.h"

#define CHANGES_MAX 3  /* changes of one call */
#define TRIES 8        /* draws for one change, because not every change applies everywhere */
#define OPTION_BITS 16 /* targets give their options from bit 0 up */

/* draw_name gives mostly a number of the registry, now and then any. */
static uint32_t draw_name(uint64_t *state, enum sch_tls_registry registry) {
  size_t count;
  const struct sch_tls_name *names = sch_tls_names(registry, &count);

  return sch_draw(state) % 4 == 0 ? sch_draw(state) : names[sch_draw_below(state, count)].number;
}

/* draw_length gives a length beside what is true of a record, or beside the bounds of all. */
static uint32_t draw_length(uint64_t *state, size_t size) {
  const size_t lengths[] = {size - 1,
                            size + 1,
                            0,
                            1,
                            SCH_RECORD_PLAIN_MAX,
                            SCH_RECORD_PLAIN_MAX + 1,
                            SCH_RECORD_BODY_MAX,
                            SCH_RECORD_BODY_MAX + 1,
                            UINT16_MAX};

  return (uint32_t)lengths[sch_draw_below(state, SCH_COUNT(lengths))];
}

static struct sch_change draw_change(uint64_t *state, const struct sch_wire *wire) {
  struct sch_change change = {.kind = (enum sch_change_kind)sch_draw_below(state, SCH_CHANGES)};

  change.at = sch_draw(state);
  change.other = sch_draw(state);
  change.value = sch_draw(state);
  const bool is_near = change.value % 2 == 0;

  switch (change.kind) {
    case SCH_CHANGE_CUT:
    case SCH_CHANGE_SPLIT:
      change.other = is_near ? change.other % 8 : change.other;
      change.value >>= 1;
      break;
    case SCH_CHANGE_SWAP:
      change.other = is_near ? change.at + 1 : change.other;
      break;
    case SCH_CHANGE_REPEAT:
      change.other = is_near ? change.at : change.other;
      break;
    case SCH_CHANGE_TYPE:
      change.value = draw_name(state, SCH_TLS_RECORD_TYPES);
      break;
    case SCH_CHANGE_VERSION:
      change.value = draw_name(state, SCH_TLS_VERSIONS);
      break;
    case SCH_CHANGE_LENGTH:
      change.value = draw_length(
          state, wire->count == 0 ? 0 : wire->pieces[change.at % wire->count].body.size);
      break;
    case SCH_CHANGE_OPTION:
      change.value %= OPTION_BITS;
      break;
    default:
      break;
  }
  return change;
}

/* copied is the way out: the input as it came, as far as it fits. */
static size_t copied(struct sch_span input, uint8_t *out, size_t room) {
  const struct sch_span kept = sch_span_first(input, room);

  sch_copy(out, kept.data, kept.size);
  return kept.size;
}

size_t sch_mutate(struct sch_span input, bool has_plan, sch_change_bytes *bytes, uint32_t seed,
                  uint8_t *out, size_t room) {
  struct sch_wire wire;
  uint64_t state = seed;

  sch_wire_read(&wire, input, has_plan);
  for (uint32_t left = 1 + sch_draw_below(&state, CHANGES_MAX); left > 0; left--) {
    bool is_done = false;

    for (int tries = 0; tries < TRIES && !is_done; tries++) {
      const struct sch_change change = draw_change(&state, &wire);

      is_done = sch_wire_change(&wire, &change);
    }
  }
  const size_t size = sch_wire_write(&wire, bytes, out, room);

  return size != 0 ? size : copied(input, out, room);
}

/* draw_end gives mostly an end near the start, else any up to `count`. */
static size_t draw_end(uint64_t *state, size_t start, size_t count) {
  const size_t most = count - start;

  return start + sch_draw_below(state, sch_draw(state) % 2 == 0 && most > 3 ? 4 : most + 1);
}

size_t sch_cross(struct sch_span first, struct sch_span second, bool has_plan, uint32_t seed,
                 uint8_t *out, size_t room) {
  struct sch_wire wire;
  struct sch_wire source;
  uint64_t state = seed;

  sch_wire_read(&wire, first, has_plan);
  sch_wire_read(&source, second, has_plan);
  const size_t from = sch_draw_below(&state, wire.count + 1);
  const size_t to = draw_end(&state, from, wire.count);
  /* The same place of another conversation has a chance of being understood. */
  const bool is_same = sch_draw(&state) % 2 == 0 && from <= source.count;
  const size_t start = is_same ? from : sch_draw_below(&state, source.count + 1);
  const size_t end = draw_end(&state, start, source.count);
  const bool is_spliced = sch_wire_splice(&wire, from, to, &source, start, end);
  const size_t size = is_spliced ? sch_wire_write(&wire, NULL, out, room) : 0;

  return size != 0 ? size : copied(first, out, room);
}
