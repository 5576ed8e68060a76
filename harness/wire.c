/* wire: see wire.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "wire.h"

#include "tls/alert.h"
#include "tls/engine.h"
#include "tls/record.h"
#include "tls_names.h"

#define PLAN_CUTS_AT 4 /* behind the options */

/* --- apart and together again */

void sch_wire_read(struct sch_wire *wire, struct sch_span input, bool has_plan) {
  struct sch_record record;
  size_t missing;

  wire->count = 0; /* what lies behind the counts is never read, and clearing it would cost most */
  wire->fresh_count = 0;
  wire->has_plan = has_plan && input.size >= SCH_PLAN_SIZE;
  if (wire->has_plan) {
    sch_copy(wire->plan, sch_span_last(input, SCH_PLAN_SIZE).data, SCH_PLAN_SIZE);
    input.size -= SCH_PLAN_SIZE;
  }
  while (wire->count < SCH_WIRE_PIECES - 1 &&
         sch_record_next(&input, &record, &missing) == SEC_E_OK) {
    wire->pieces[wire->count++] = (struct sch_wire_piece){
        .is_record = true,
        .type = record.type,
        .version = record.version,
        .length = (uint16_t)record.body.size,
        .body = record.body,
    };
  }
  if (input.size != 0) {
    wire->pieces[wire->count++] = (struct sch_wire_piece){.body = input};
  }
}

static size_t piece_size(const struct sch_wire_piece *piece) {
  return piece->body.size + (piece->is_record ? SCH_RECORD_HEADER : 0);
}

static size_t wire_size(const struct sch_wire *wire) {
  size_t size = wire->has_plan ? SCH_PLAN_SIZE : 0;

  for (size_t i = 0; i < wire->count; i++) {
    size += piece_size(&wire->pieces[i]);
  }
  return size;
}

static void write_header(struct sch_builder *to, const struct sch_wire_piece *piece) {
  sch_builder_u8(to, piece->type);
  sch_builder_u16(to, piece->version);
  sch_builder_u16(to, piece->length);
}

/* touch lets the engine change the body written last, and gives how much it has grown by. A record
 * cannot grow beyond what its header can say. */
static size_t touch(struct sch_builder *to, const struct sch_wire_piece *piece, size_t spare,
                    sch_change_bytes *bytes) {
  const size_t start = to->size - piece->body.size;
  const size_t most = piece->body.size + spare;
  const size_t room = piece->is_record && most > UINT16_MAX ? UINT16_MAX : most;

  if (room == 0 || room < piece->body.size) {
    return 0;
  }
  const size_t size = bytes(to->data + start, piece->body.size, room);

  ENSURE(size <= room);
  to->size = start + size;
  if (piece->is_record && piece->length == piece->body.size) {
    sch_builder_patch(to, start - 2, 2);
  }
  return size > piece->body.size ? size - piece->body.size : 0;
}

size_t sch_wire_write(const struct sch_wire *wire, sch_change_bytes *bytes, uint8_t *out,
                      size_t room) {
  struct sch_builder to = sch_builder_of(out, room);
  const size_t size = wire_size(wire);

  if (size > room) {
    return 0;
  }
  size_t spare = room - size;

  for (size_t i = 0; i < wire->count; i++) {
    const struct sch_wire_piece *piece = &wire->pieces[i];

    if (piece->is_record) {
      write_header(&to, piece);
    }
    sch_builder_bytes(&to, piece->body);
    if (piece->is_touched) {
      spare -= touch(&to, piece, spare, bytes);
    }
  }
  if (wire->has_plan) {
    sch_builder_bytes(&to, sch_span_of(wire->plan, SCH_PLAN_SIZE));
  }
  ENSURE(!to.failed);
  return to.size;
}

/* --- the changes: each gets the piece that `at` means */

static bool insert(struct sch_wire *wire, size_t at, struct sch_wire_piece piece) {
  REQUIRE(at <= wire->count);
  if (wire->count == SCH_WIRE_PIECES) {
    return false;
  }
  for (size_t i = wire->count++; i > at; i--) {
    wire->pieces[i] = wire->pieces[i - 1];
  }
  wire->pieces[at] = piece;
  return true;
}

static void remove_piece(struct sch_wire *wire, size_t at) {
  wire->count--;
  for (size_t i = at; i < wire->count; i++) {
    wire->pieces[i] = wire->pieces[i + 1];
  }
}

static bool swap(struct sch_wire *wire, size_t at, size_t other) {
  const struct sch_wire_piece first = wire->pieces[at];

  wire->pieces[at] = wire->pieces[other];
  wire->pieces[other] = first;
  return at != other;
}

static bool cut(struct sch_wire_piece *piece, uint32_t offset, bool is_repaired) {
  const size_t kept = offset % (piece->body.size + 1);

  if (kept == piece->body.size) {
    return false;
  }
  piece->body.size = kept;
  if (is_repaired) {
    piece->length = (uint16_t)kept;
  }
  return true;
}

static bool split(struct sch_wire *wire, size_t at, uint32_t offset) {
  struct sch_wire_piece *first = &wire->pieces[at];
  struct sch_wire_piece second = *first;

  if (!first->is_record || !insert(wire, at + 1, second)) {
    return false;
  }
  first->body = sch_span_first(second.body, offset % (second.body.size + 1));
  first->length = (uint16_t)first->body.size;
  second.body = sch_span_last(second.body, second.body.size - first->body.size);
  second.length = (uint16_t)second.body.size;
  wire->pieces[at + 1] = second;
  return true;
}

static bool join(struct sch_wire *wire, size_t at) {
  struct sch_wire_piece *first = &wire->pieces[at];
  struct sch_wire_piece *second = first + 1;

  if (at + 1 == wire->count || !first->is_record || !second->is_record ||
      first->body.size + second->body.size > UINT16_MAX) {
    return false;
  }
  first->length = (uint16_t)(first->body.size + second->body.size);
  second->is_record = false;
  return true;
}

/* fresh_body writes the body of a record to be inserted: `number` says which. The second number
 * drawn from it is the size of a handshake message, an alert's level, or nothing. */
static void fresh_body(struct sch_builder *to, uint8_t type, uint32_t number) {
  static const uint8_t sizes[] = {0, 1, 2, 4, 12, 32};
  static const uint8_t alerts[] = {
#define ALERT(number_, name, status) number_,
      SCH_ALERTS(ALERT)
#undef ALERT
  };
  static const uint8_t zeros[SCH_WIRE_MESSAGE] = {0};
  size_t count;
  const struct sch_tls_name *messages = sch_tls_names(SCH_TLS_HANDSHAKE_TYPES, &count);

  if (type == SCH_RECORD_HANDSHAKE) {
    const size_t size = sizes[number / count % SCH_COUNT(sizes)];

    sch_builder_u8(to, (uint8_t)messages[number % count].number);
    sch_builder_u24(to, (uint32_t)size);
    sch_builder_bytes(to, sch_span_of(zeros, size));
  } else if (type == SCH_RECORD_ALERT) {
    sch_builder_u8(to, number / SCH_COUNT(alerts) % 2 ? SCH_ALERT_FATAL : SCH_ALERT_WARNING);
    sch_builder_u8(to, alerts[number % SCH_COUNT(alerts)]);
  } else {
    sch_builder_u8(to, 1); /* what a ChangeCipherSpec says; any byte serves as data */
  }
}

/* insert_fresh inserts a record of the table: by `number` its type, whether it is empty, and what
 * is in it. */
static bool insert_fresh(struct sch_wire *wire, size_t at, uint32_t number) {
  size_t types;
  const struct sch_tls_name *type = sch_tls_names(SCH_TLS_RECORD_TYPES, &types);
  struct sch_wire_piece piece = {.is_record = true, .version = SCH_TLS_1_2};

  if (wire->fresh_count == SCH_WIRE_FRESH || wire->count == SCH_WIRE_PIECES) {
    return false;
  }
  struct sch_builder body = sch_builder_of(wire->fresh[wire->fresh_count], SCH_WIRE_MESSAGE);

  piece.type = (uint8_t)type[number % types].number;
  number /= (uint32_t)types;
  if (number % 4 != 0) {
    fresh_body(&body, piece.type, number / 4);
    wire->fresh_count++;
  }
  piece.body = sch_builder_built(&body);
  piece.length = (uint16_t)piece.body.size;
  return insert(wire, at, piece);
}

static bool change_plan(struct sch_wire *wire, const struct sch_change *change) {
  if (!wire->has_plan) {
    return false;
  }
  if (change->kind == SCH_CHANGE_PIECES) {
    wire->plan[PLAN_CUTS_AT + change->at % SCH_PLAN_CUTS] = (uint8_t)change->value;
  } else {
    const uint32_t bit = change->value % 32;

    wire->plan[PLAN_CUTS_AT - 1 - bit / 8] ^= (uint8_t)(1 << bit % 8);
  }
  return true;
}

/* change_header changes one field of a header. */
static bool change_header(struct sch_wire_piece *piece, const struct sch_change *change) {
  if (!piece->is_record) {
    return false;
  }
  if (change->kind == SCH_CHANGE_TYPE) {
    piece->type = (uint8_t)change->value;
  } else if (change->kind == SCH_CHANGE_VERSION) {
    piece->version = (uint16_t)change->value;
  } else {
    piece->length = (uint16_t)change->value;
  }
  return true;
}

/* change_order changes which pieces there are, and in which order. */
static bool change_order(struct sch_wire *wire, const struct sch_change *change, size_t at) {
  const size_t other = change->other % wire->count;

  switch (change->kind) {
    case SCH_CHANGE_DROP:
      remove_piece(wire, at);
      return true;
    case SCH_CHANGE_SWAP:
      return swap(wire, at, other);
    case SCH_CHANGE_REPEAT:
      return insert(wire, other, wire->pieces[at]);
    case SCH_CHANGE_SPLIT:
      return split(wire, at, change->other);
    default:
      return join(wire, at);
  }
}

bool sch_wire_change(struct sch_wire *wire, const struct sch_change *change) {
  if (change->kind == SCH_CHANGE_PIECES || change->kind == SCH_CHANGE_OPTION) {
    return change_plan(wire, change);
  }
  if (change->kind == SCH_CHANGE_INSERT) {
    return insert_fresh(wire, change->at % (wire->count + 1), change->value);
  }
  if (wire->count == 0) {
    return false;
  }
  const size_t at = change->at % wire->count;

  switch (change->kind) {
    case SCH_CHANGE_CUT:
      return cut(&wire->pieces[at], change->other, change->value % 2 == 1);
    case SCH_CHANGE_BODY:
      wire->pieces[at].is_touched = true;
      return true;
    case SCH_CHANGE_TYPE:
    case SCH_CHANGE_VERSION:
    case SCH_CHANGE_LENGTH:
      return change_header(&wire->pieces[at], change);
    default:
      return change_order(wire, change, at);
  }
}

bool sch_wire_splice(struct sch_wire *into, size_t from, size_t to, const struct sch_wire *source,
                     size_t start, size_t end) {
  REQUIRE(from <= to);
  REQUIRE(to <= into->count);
  REQUIRE(start <= end);
  REQUIRE(end <= source->count);
  if (into->count - (to - from) + (end - start) > SCH_WIRE_PIECES) {
    return false;
  }
  for (size_t i = from; i < to; i++) {
    remove_piece(into, from);
  }
  for (size_t i = start; i < end; i++) {
    const bool is_in = insert(into, from + i - start, source->pieces[i]);

    ENSURE(is_in);
  }
  return true;
}
