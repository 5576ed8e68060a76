/* store_file: the part of store.h that reads files. The only file in src/ that opens one.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "bytes/fifo.h"
#include "cert/store.h"

/* read_all reads a stream to its end. */
static SECURITY_STATUS read_all(FILE *file, struct sch_fifo *to) {
  uint8_t block[4096];
  size_t size;

  while ((size = fread(block, 1, sizeof block, file)) != 0) {
    if (size > sch_fifo_free(to)) {
      return SEC_E_TARGET_UNKNOWN;
    }
    if (!sch_fifo_append(to, sch_span_of(block, size))) {
      return SEC_E_INSUFFICIENT_MEMORY;
    }
  }
  return ferror(file) == 0 ? SEC_E_OK : SEC_E_TARGET_UNKNOWN;
}

SECURITY_STATUS sch_store_add_file(struct sch_store *store, enum sch_store_part part,
                                   const char *path, struct sch_store_added *added) {
  SCOPED(fifo) struct sch_fifo bytes = {0};
  FILE *file = fopen(path, "rb");

  if (file == NULL) {
    return SEC_E_TARGET_UNKNOWN;
  }
  sch_fifo_open(&bytes, SCH_STORE_FILE_MAX);
  const SECURITY_STATUS status = read_all(file, &bytes);

  (void)fclose(file);
  return status != SEC_E_OK ? status
                            : sch_store_add_bytes(store, part, sch_fifo_held(&bytes), added);
}

static bool has_ending(const char *name) {
  static const char *const endings[] = {".pem", ".crt", ".cer", ".der", ".crl"};
  const char *dot = strrchr(name, '.');

  for (size_t i = 0; dot != NULL && i < SCH_COUNT(endings); i++) {
    if (strcmp(dot, endings[i]) == 0) {
      return true;
    }
  }
  return false;
}

/* add_entry adds one file of a directory; what is no file to read is passed over. */
static SECURITY_STATUS add_entry(struct sch_store *store, enum sch_store_part part,
                                 const char *directory, const char *name,
                                 struct sch_store_added *added) {
  char path[4096];
  struct stat facts;

  if (!has_ending(name)) {
    return SEC_E_OK;
  }
  if (snprintf(path, sizeof path, "%s/%s", directory, name) >= (int)sizeof path ||
      stat(path, &facts) != 0) {
    return SEC_E_TARGET_UNKNOWN;
  }
  return S_ISREG(facts.st_mode) ? sch_store_add_file(store, part, path, added) : SEC_E_OK;
}

SECURITY_STATUS sch_store_add_directory(struct sch_store *store, enum sch_store_part part,
                                        const char *path, struct sch_store_added *added) {
  const size_t before = added->added + added->repeated;
  SECURITY_STATUS first = SEC_E_OK;
  DIR *directory = opendir(path);
  const struct dirent *entry;

  if (directory == NULL) {
    return SEC_E_TARGET_UNKNOWN;
  }
  while ((entry = readdir(directory)) != NULL) {
    const SECURITY_STATUS status = add_entry(store, part, path, entry->d_name, added);

    first = first == SEC_E_OK ? status : first;
  }
  (void)closedir(directory);
  return first == SEC_E_OK && added->added + added->repeated == before ? SEC_E_CERT_UNKNOWN : first;
}

SECURITY_STATUS sch_store_add_system(struct sch_store *store, struct sch_store_added *added) {
  return sch_store_add_file(store, SCH_STORE_ANCHORS, SCH_STORE_SYSTEM, added);
}
