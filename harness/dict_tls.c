/* dict_tls: the dictionary entries of TLS, from the tables that the code itself uses.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>

#include "dict.h"
#include "tls/alert.h"
#include "tls/suite.h"
#include "tls_names.h"

#define ENTRY_MAX 64
#define NAME_MAX_SIZE 80

void sch_dict_entry(FILE *out, const char *name, struct sch_span bytes) {
  REQUIRE(bytes.size >= 1);
  REQUIRE(bytes.size <= ENTRY_MAX);
  for (; *name != '\0'; name++) {
    (void)fputc(isalnum((unsigned char)*name) ? *name : '_', out);
  }
  (void)fputs("=\"", out);
  for (size_t i = 0; i < bytes.size; i++) {
    (void)fprintf(out, "\\x%02x", (unsigned)bytes.data[i]);
  }
  (void)fputs("\"\n", out);
}

static void write_number(FILE *out, const char *kind, const char *name, uint16_t number,
                         size_t width) {
  const uint8_t bytes[] = {(uint8_t)(number >> 8), (uint8_t)number};
  char label[NAME_MAX_SIZE];

  (void)snprintf(label, sizeof label, "%s %s", kind, name);
  sch_dict_entry(out, label, sch_span_last(sch_span_of(bytes, sizeof bytes), width));
}

static void write_registries(FILE *out) {
  static const char *const kinds[] = {"record", "version", "handshake", "extension",
                                      "suite",  "group",   "signature"};

  _Static_assert(SCH_COUNT(kinds) == SCH_TLS_REGISTRIES, "every registry is written");
  for (enum sch_tls_registry registry = 0; registry < SCH_TLS_REGISTRIES; registry++) {
    size_t count;
    const struct sch_tls_name *rows = sch_tls_names(registry, &count);

    for (size_t i = 0; i < count; i++) {
      write_number(out, kinds[registry], rows[i].name, rows[i].number, sch_tls_width(registry));
    }
  }
}

void sch_dict_tls(FILE *out) {
  size_t count;
  const struct sch_suite *suites = sch_suite_table(&count);

  write_registries(out);
  for (size_t i = 0; i < count; i++) {
    write_number(out, "suite", suites[i].name, suites[i].number, 2);
  }
#define WRITE_ALERT(number, name, status) \
  sch_dict_entry(out, "alert " #name, sch_span_of((const uint8_t[]){SCH_ALERT_FATAL, number}, 2));
  SCH_ALERTS(WRITE_ALERT)
#undef WRITE_ALERT
}
