/* dict_formats: the dictionaries of the targets whose input is neither wire nor DER, from the
 * formats that they read.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "bytes/builder.h"
#include "dict.h"
#include "formats.h"
#include "scripted.h"
#include "sspi/status.h"
#include "stream_ops.h"

/* A slot is type, size and memory; these sizes are none, a header, and the most a byte says. */
static const uint8_t sizes[] = {0, 5, UINT8_MAX};

static void write_pairs(FILE *out, const char *name, uint8_t first) {
  for (size_t i = 0; i < SCH_COUNT(sizes); i++) {
    const uint8_t entry[] = {first, sizes[i]};

    sch_dict_entry(out, name, sch_span_of(entry, sizeof entry));
  }
}

void sch_dict_canary(FILE *out) {
  static const char letters[] = SCH_CANARY_LETTERS;

  for (size_t i = 0; i + 1 < sizeof letters; i++) {
    const char entry[] = {letters[i], '\0'};

    sch_dict_entry(out, entry, sch_span_text(entry));
  }
  sch_dict_entry(out, SCH_CANARY_WORD, sch_span_text(SCH_CANARY_WORD));
}

void sch_dict_fifo(FILE *out) {
  static const char *const names[SCH_FIFO_OPERATIONS] = {"append", "consume", "change",
                                                         "drop",   "refill",  "starve"};

  for (size_t i = 0; i < SCH_COUNT(names); i++) {
    write_pairs(out, names[i], (uint8_t)i);
  }
}

void sch_dict_secbuf(FILE *out) {
  static const uint8_t attributes[] = {0, SCH_SHAPE_CHECKSUM, SCH_SHAPE_READONLY};
  static const char *const names[SCH_SHAPE_TYPES] = {
      "empty",  "data",    "token",  "missing", "extra",      "trailer",
      "header", "padding", "stream", "alert",   "parameters", "protocols"};

  for (size_t i = 0; i < SCH_COUNT(names) * SCH_COUNT(attributes); i++) {
    const size_t type = i / SCH_COUNT(attributes);

    write_pairs(out, names[type], (uint8_t)(type | attributes[i % SCH_COUNT(attributes)]));
  }
}

/* Every status, as an entry of the script that carries it raw. */
void sch_dict_provider(FILE *out) {
  size_t count;
  const struct sch_status *table = sch_status_table(&count);

  for (size_t i = 0; i < count; i++) {
    uint8_t entry[SCH_SCRIPTED_ENTRY];
    struct sch_builder builder = sch_builder_of(entry, sizeof entry);

    sch_builder_u8(&builder, SCH_SCRIPTED_RAW);
    sch_builder_u8(&builder, 0);
    sch_builder_u32(&builder, (uint32_t)table[i].value);
    sch_dict_entry(out, table[i].name, sch_builder_built(&builder));
  }
}

/* Every operation of either end, with all there is, a little, and much. */
void sch_dict_stream(FILE *out) {
  static const uint8_t amounts[] = {0, 1, 20, UINT8_MAX};

  for (size_t i = 0; i < 2 * SCH_STREAM_OPERATION_COUNT; i++) {
    const enum sch_stream_operation what = (enum sch_stream_operation)(i / 2);
    const size_t count = sch_stream_operation_amount(what) == '\0' ? 1 : SCH_COUNT(amounts);

    for (size_t j = 0; j < count; j++) {
      const uint8_t entry[] = {(uint8_t)(what | (i % 2 == 0 ? 0 : SCH_STREAM_SERVER)), amounts[j]};

      sch_dict_entry(out, sch_stream_operation_name(what), sch_span_of(entry, sizeof entry));
    }
  }
}
