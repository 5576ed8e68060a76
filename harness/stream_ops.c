/* stream_ops: see stream_ops.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "stream_ops.h"

#include <stdio.h>

#include "tls/engine_aead.h"

#define SMALL_MAX 127
#define STEP 64
#define LINE ((size_t)32)

static const struct {
  const char *name;
  char amount;
} operations[] = {
#define ROW(name, word, amount, text) {word, amount},
    SCH_STREAM_OPERATIONS(ROW)
#undef ROW
};

static const char *const kinds[SCH_ENDS_KINDS] = {
    "aead-1-3-aes-128", "aead-1-3-aes-256", "aead-1-3-chacha", "aead-1-2-aes-128",
    "aead-1-2-aes-256", "aead-1-2-chacha",  "libssl-1-2",      "libssl-1-3"};

/* The packages that a personality is had by; one so far, the provider's own conduct. */
static const char *const personalities[] = {"default"};

size_t sch_stream_kind(uint32_t options) {
  const size_t kind = options >> SCH_STREAM_KIND_SHIFT & 7;

  return sch_stream_is_libssl(options) ? SCH_ENDS_OPENSSL_1_2 + kind % 2
                                       : kind % SCH_ENGINE_AEAD_COUNT;
}

const char *sch_stream_kind_name(size_t kind) {
  REQUIRE(kind < SCH_ENDS_KINDS);
  return kinds[kind];
}

const char *sch_stream_personality(uint32_t options) {
  return personalities[(options >> SCH_STREAM_PERSONALITY_SHIFT & 15) % SCH_COUNT(personalities)];
}

bool sch_stream_next(struct sch_span *input, struct sch_stream_step *step) {
  uint8_t what;

  if (input->size < 2 || !sch_span_u8(input, &what) || !sch_span_u8(input, &step->byte)) {
    return false;
  }
  step->what = (enum sch_stream_operation)(what % SCH_STREAM_SERVER % SCH_STREAM_OPERATION_COUNT);
  step->server = what >= SCH_STREAM_SERVER;
  step->amount = step->what == SCH_STREAM_WRITE && step->byte == UINT8_MAX ? SCH_STREAM_MUCH
                 : step->byte <= SMALL_MAX                                 ? step->byte
                                           : (size_t)STEP * (step->byte - (size_t)SMALL_MAX);
  return true;
}

const char *sch_stream_operation_name(enum sch_stream_operation what) {
  return operations[what].name;
}

char sch_stream_operation_amount(enum sch_stream_operation what) {
  return operations[what].amount;
}

/* make_text writes the lines of one end; the last NUL stands behind them. */
static void make_text(char *text, size_t size, char end) {
  for (size_t at = 0; at + LINE <= size; at += LINE) {
    (void)snprintf(text + at, LINE + 1, SCH_STREAM_CANARY " %c %08zu\n", end,
                   at % SCH_STREAM_TEXT_PERIOD / LINE);
  }
}

struct sch_span sch_stream_text(bool server, size_t at, size_t size) {
  static char texts[2][SCH_STREAM_TEXT_PERIOD + SCH_STREAM_MUCH + 1];
  char *text = texts[server];

  REQUIRE(size <= SCH_STREAM_MUCH);
  if (text[0] == '\0') {
    make_text(text, sizeof texts[0] - 1, server ? 's' : 'c');
  }
  return sch_span_of(text + at % SCH_STREAM_TEXT_PERIOD, size);
}
