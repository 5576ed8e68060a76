/* dict_formats: the dictionaries of the targets whose input is neither wire nor DER, from the
 * formats that they read.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "bytes/builder.h"
#include "dict.h"

#include "chain_case.h"
#include "formats.h"
#include "script.h"
#include "scripted.h"
#include "sspi/status.h"
#include "stream_ops.h"
#include "tls/alert.h"
#include "tls_names.h"

/* A slot is type, size and memory; these sizes are none, a header, and the most a byte says. */
static const uint8_t sizes[] = {0, 5, UINT8_MAX};

static void write_pairs(FILE *out, const char *name, uint8_t first) {
  for (size_t i = 0; i < SCH_COUNT(sizes); i++) {
    const uint8_t entry[] = {first, sizes[i]};

    sch_dict_entry(out, name, sch_span_of(entry, sizeof entry));
  }
}

/* Not its letters: a mutation finds one of them soon, and some of them are slow to fail. */
void sch_dict_canary(FILE *out) {
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

/* Options that are whole numbers, as they stand at their places. */
static void write_options(FILE *out) {
  static const struct {
    const char *name;
    uint32_t options;
    size_t first;
    size_t size;
  } words[] = {{"libssl", SCH_DECRYPT_LIBSSL, 0, 2},
               {"large", SCH_DECRYPT_LARGE, 0, 2},
               {"cuts", SCH_DECRYPT_CUTS, 2, 1}};

  for (size_t i = 0; i < SCH_COUNT(words); i++) {
    uint8_t entry[sizeof(uint32_t)];
    struct sch_builder builder = sch_builder_of(entry, sizeof entry);

    sch_builder_u32(&builder, words[i].options);
    sch_dict_entry(out, words[i].name, sch_span_of(entry + words[i].first, words[i].size));
  }
}

/* What an operation cannot well be without: the limit of a record, content types, alerts. */
void sch_dict_decrypt(FILE *out) {
  static const uint8_t alerts[] = {SCH_ALERT_close_notify, SCH_ALERT_user_canceled,
                                   SCH_ALERT_no_renegotiation, SCH_ALERT_bad_record_mac};
  size_t count;
  const struct sch_tls_name *types = sch_tls_names(SCH_TLS_RECORD_TYPES, &count);

  write_options(out);
  for (uint8_t low = UINT8_MAX; low >= UINT8_MAX - 2; low--) {
    const uint8_t data[] = {SCH_SCRIPT_DATA, SCH_SCRIPT_LIMIT, low};
    const uint8_t padded[] = {SCH_SCRIPT_PADDED, 0, 1, SCH_SCRIPT_LIMIT, low};

    sch_dict_entry(out, "data", sch_span_of(data, sizeof data));
    sch_dict_entry(out, "padded", sch_span_of(padded, sizeof padded));
  }
  for (size_t i = 0; i < count; i++) {
    const uint8_t typed[] = {SCH_SCRIPT_TYPED, (uint8_t)types[i].number, 1, 1};

    sch_dict_entry(out, types[i].name, sch_span_of(typed, sizeof typed));
  }
  for (size_t i = 0; i < SCH_COUNT(alerts); i++) {
    const uint8_t alert[] = {SCH_SCRIPT_ALERT, SCH_ALERT_WARNING, alerts[i]};

    sch_dict_entry(out, "alert", sch_span_of(alert, sizeof alert));
  }
  for (uint8_t request = 0; request <= 2; request++) {
    const uint8_t update[] = {SCH_SCRIPT_KEY_UPDATE, request};

    sch_dict_entry(out, "key_update", sch_span_of(update, sizeof update));
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

/* Every kind of record of a description, as it is when nothing is said. */
void sch_dict_chain(FILE *out) {
  static struct sch_case described;
  static uint8_t room[SCH_CASE_ROOM];

  for (enum sch_case_kind kind = 0; kind < SCH_CASE_KIND_COUNT; kind++) {
    struct sch_builder to = sch_builder_of(room, sizeof room);

    described.count = 1;
    described.records[0] = sch_case_plain(kind);
    sch_case_write(&described, &to);
    sch_dict_entry(out, sch_case_shape(kind)->name, sch_builder_built(&to));
  }
}
