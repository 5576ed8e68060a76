/* dict: writes DIRECTORY/<target>.dict for every target that has one, from the code's own tables.
 * Exit status: 0, 1 cannot write, 2 usage.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "dict.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tls/record.h"
#include "tls_names.h"

#define PATH_ROOM 4096

/* The headers of the records that framing tells apart, of no bytes, of one, and at the bound. */
static void write_record(FILE *out) {
  static const size_t sizes[] = {0, 1, SCH_RECORD_BODY_MAX, SCH_RECORD_BODY_MAX + 1};
  size_t count;
  const struct sch_tls_name *types = sch_tls_names(SCH_TLS_RECORD_TYPES, &count);

  for (size_t i = 0; i < count * SCH_COUNT(sizes); i++) {
    const struct sch_tls_name *type = &types[i / SCH_COUNT(sizes)];
    const size_t size = sizes[i % SCH_COUNT(sizes)];
    const uint8_t header[] = {(uint8_t)type->number, 3, 3, (uint8_t)(size >> 8), (uint8_t)size};

    sch_dict_entry(out, type->name, sch_span_of(header, sizeof header));
  }
}

static const struct {
  const char *target;
  void (*write)(FILE *out);
} dictionaries[] = {
    {"canary", sch_dict_canary},     {"certificate", sch_dict_certificate},
    {"chain", sch_dict_chain},       {"decrypt", sch_dict_decrypt},
    {"fifo", sch_dict_fifo},         {"handshake", sch_dict_tls},
    {"provider", sch_dict_provider}, {"record", write_record},
    {"secbuf", sch_dict_secbuf},     {"stream", sch_dict_stream},
};

static bool write_dictionary(const char *directory, size_t number) {
  char path[PATH_ROOM];
  const int size =
      snprintf(path, sizeof path, "%s/%s.dict", directory, dictionaries[number].target);
  FILE *out = size > 0 && (size_t)size < sizeof path ? fopen(path, "w") : NULL;

  if (out == NULL) {
    return false;
  }
  (void)fprintf(out, "# Made by `make dict`. Do not edit.\n");
  dictionaries[number].write(out);
  const bool good = ferror(out) == 0;

  return fclose(out) == 0 && good;
}

int main(int count, char **words) {
  if (count != 2) {
    (void)fprintf(stderr, "usage: %s DIRECTORY\n", words[0]);
    return 2;
  }
  bool good = mkdir(words[1], 0777) == 0 || errno == EEXIST;

  for (size_t i = 0; good && i < SCH_COUNT(dictionaries); i++) {
    good = write_dictionary(words[1], i);
  }
  if (!good) {
    (void)fprintf(stderr, "dict: %s: %s\n", words[1], strerror(errno));
  }
  return good ? 0 : 1;
}
