/* explain_operations: the inputs that are operations as text: fifo and secbuf as formats.h has
 * them, decrypt as script.h has it, stream as stream_ops.h has it.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "explain.h"
#include "formats.h"
#include "script.h"
#include "stream_ops.h"

static size_t size_of(uint8_t byte) {
  return byte <= 127 ? byte : (size_t)64 * (byte - 127U);
}

/* leave shows what the format does not reach. */
static void leave(struct sch_span rest, FILE *out) {
  if (rest.size != 0) {
    (void)fprintf(out, "the rest, %zu bytes:\n", rest.size);
    sch_explain_hex(rest, "  ", out);
  }
}

void sch_explain_fifo(struct sch_span input, FILE *out) {
  static const char *const names[] = {
      [SCH_FIFO_APPEND] = "append", [SCH_FIFO_CONSUME] = "consume", [SCH_FIFO_CHANGE] = "change",
      [SCH_FIFO_DROP] = "drop",     [SCH_FIFO_REFILL] = "refill",   [SCH_FIFO_STARVE] = "starve",
  };
  uint16_t limit = 0;
  uint8_t operation;
  uint8_t size;

  _Static_assert(SCH_COUNT(names) == SCH_FIFO_OPERATIONS, "every operation has its name");
  if (sch_span_u16(&input, &limit)) {
    (void)fprintf(out, "limit: %u, modulo what the target allows\n", limit + 1U);
  }
  while (input.size >= 2 && sch_span_u8(&input, &operation) && sch_span_u8(&input, &size)) {
    (void)fprintf(out, "%s %zu\n", names[operation % SCH_FIFO_OPERATIONS], size_of(size));
  }
  leave(input, out);
}

static void explain_slot(struct sch_span *input, FILE *out) {
  static const char *const types[] = {
      [SCH_SHAPE_EMPTY] = "EMPTY",           [SCH_SHAPE_DATA] = "DATA",
      [SCH_SHAPE_TOKEN] = "TOKEN",           [SCH_SHAPE_MISSING] = "MISSING",
      [SCH_SHAPE_EXTRA] = "EXTRA",           [SCH_SHAPE_TRAILER] = "STREAM_TRAILER",
      [SCH_SHAPE_HEADER] = "STREAM_HEADER",  [SCH_SHAPE_PADDING] = "PADDING",
      [SCH_SHAPE_STREAM] = "STREAM",         [SCH_SHAPE_ALERT] = "ALERT",
      [SCH_SHAPE_PARAMETERS] = "PKG_PARAMS", [SCH_SHAPE_PROTOCOLS] = "APPLICATION_PROTOCOLS",
  };
  uint8_t type = 0;
  uint8_t size = 0;
  uint8_t memory = 0;

  _Static_assert(SCH_COUNT(types) == SCH_SHAPE_TYPES, "every type has its name");
  /* Slots that the input is too short for are of zeros. */
  (void)!sch_span_u8(input, &type);
  (void)!sch_span_u8(input, &size);
  (void)!sch_span_u8(input, &memory);
  (void)fprintf(out, "  SECBUFFER_%s, %u bytes%s%s%s\n", types[(type & 15) % SCH_SHAPE_TYPES], size,
                memory % 4 == 0 ? ", no memory" : "",
                (type & SCH_SHAPE_READONLY) != 0 ? ", READONLY" : "",
                (type & SCH_SHAPE_CHECKSUM) != 0 ? ", READONLY_WITH_CHECKSUM" : "");
}

void sch_explain_secbuf(struct sch_span input, FILE *out) {
  static const char *const functions[] = {
      [SCH_SHAPE_INPUT] = "input of a handshake call",
      [SCH_SHAPE_OUTPUT] = "output of a handshake call",
      [SCH_SHAPE_MESSAGE] = "DecryptMessage",
      [SCH_SHAPE_PLAIN] = "EncryptMessage",
      [SCH_SHAPE_CONTROL] = "ApplyControlToken",
  };
  uint8_t function = 0;
  uint8_t flags = 0;
  uint8_t slots = 0;
  uint8_t amount = 0;

  _Static_assert(SCH_COUNT(functions) == SCH_SHAPE_FUNCTIONS, "every function has its name");
  (void)!sch_span_u8(&input, &function);
  (void)!sch_span_u8(&input, &flags);
  (void)!sch_span_u8(&input, &slots);
  (void)!sch_span_u8(&input, &amount);
  slots %= SCH_SHAPE_SLOTS;
  (void)fprintf(out, "%s, amount %u%s%s%s%s%s; %u slots:\n",
                functions[function % SCH_SHAPE_FUNCTIONS], amount,
                (flags & SCH_SHAPE_NO_DESC) != 0 ? ", no descriptor" : "",
                (flags & SCH_SHAPE_OTHER_VERSION) != 0 ? ", another version" : "",
                (flags & SCH_SHAPE_NO_ARRAY) != 0 ? ", no array" : "",
                (flags & SCH_SHAPE_ALLOCATE) != 0 ? ", the provider allocates" : "",
                (flags & SCH_SHAPE_SECOND) != 0 ? ", the second answer" : "", slots);
  for (unsigned i = 0; i < slots; i++) {
    explain_slot(&input, out);
  }
  leave(input, out);
}

/* Operands: a digit is a number of so many bytes, s a string behind its size. */
static const struct {
  const char *name;
  const char *operands;
} operations[] = {
    [SCH_SCRIPT_DATA] = {"data", "2"},
    [SCH_SCRIPT_PADDED] = {"padded data", "22"},
    [SCH_SCRIPT_ALERT] = {"alert", "11"},
    [SCH_SCRIPT_TICKETS] = {"tickets", "1"},
    [SCH_SCRIPT_KEY_UPDATE] = {"key update", "1"},
    [SCH_SCRIPT_HELLO] = {"hello", ""},
    [SCH_SCRIPT_TYPED] = {"typed", "1s"},
    [SCH_SCRIPT_SHAPE] = {"shape", "12"},
    [SCH_SCRIPT_FLIP] = {"flip", "21"},
    [SCH_SCRIPT_SHORTEN] = {"shorten", "1"},
    [SCH_SCRIPT_TEAR] = {"tear", "1"},
    [SCH_SCRIPT_REPEAT] = {"repeat", ""},
    [SCH_SCRIPT_LOSE] = {"lose", ""},
    [SCH_SCRIPT_SWAP] = {"swap", ""},
    [SCH_SCRIPT_RAW] = {"raw", "s"},
};

_Static_assert(SCH_COUNT(operations) == SCH_SCRIPT_OPERATIONS, "every operation has its row");

static bool explain_operand(char kind, struct sch_span *input, FILE *out) {
  struct sch_span bytes;
  uint16_t number = 0;
  uint8_t byte = 0;

  if (kind == '2') {
    const bool whole = sch_span_u16(input, &number);

    (void)fprintf(out, whole ? " %u" : " cut off", number);
    return whole;
  }
  if (!sch_span_u8(input, &byte)) {
    (void)fprintf(out, " cut off");
    return false;
  }
  if (kind == '1') {
    (void)fprintf(out, " %u", byte);
    return true;
  }
  if (!sch_span_take(input, byte, &bytes)) {
    (void)fprintf(out, " cut off");
    return false;
  }
  (void)fprintf(out, " %zu bytes:", bytes.size);
  for (size_t i = 0; i < bytes.size; i++) {
    (void)fprintf(out, " %02x", bytes.data[i]);
  }
  return true;
}

void sch_explain_script(struct sch_span input, FILE *out) {
  uint8_t byte;
  bool whole = true;

  while (whole && sch_span_u8(&input, &byte)) {
    const size_t operation = byte % 16U % SCH_SCRIPT_OPERATIONS;
    const char *operand = operations[operation].operands;

    (void)fprintf(out, "%s", operations[operation].name);
    for (; whole && *operand != '\0'; operand++) {
      whole = explain_operand(*operand, &input, out);
    }
    (void)fprintf(out, "\n");
  }
  leave(input, out);
}

/* explain_amount says what an amount means to an operation. */
static void explain_amount(const struct sch_stream_step *step, FILE *out) {
  static const char *const acts[] = {
#define ACT_NAME(name) #name,
      SCH_STREAM_INSIDES(ACT_NAME)
#undef ACT_NAME
  };

  switch (sch_stream_operation_amount(step->what)) {
    case 'b':
      (void)fprintf(out, step->amount == 0 ? " all" : " %zu", step->amount);
      break;
    case 'a':
      (void)fprintf(out, " %s in call %zu", acts[step->byte % SCH_COUNT(acts)],
                    step->byte / SCH_COUNT(acts));
      break;
    case 'n':
    case 'r':
      (void)fprintf(out, " %u", step->byte);
      break;
    case 'o':
      (void)fprintf(out, " %zu", step->amount);
      break;
    default:
      break;
  }
}

void sch_explain_stream(struct sch_span input, FILE *out) {
  struct sch_stream_step step;

  while (sch_stream_next(&input, &step)) {
    (void)fprintf(out, "%s %s", step.server ? "server" : "client",
                  sch_stream_operation_name(step.what));
    explain_amount(&step, out);
    (void)fprintf(out, "\n");
  }
  leave(input, out);
}
