/* seeds: writes the committed corpus, DIRECTORY/<target>/<name>, from the code.
 *
 *   seeds DIRECTORY     write every seed; files that are already right are left alone
 *   seeds --list        print "<target>/<name>", one a line, and write nothing
 *
 * The same bytes come out every time. A seed is written beside its place and moved into it, so that
 * a run that is stopped leaves no half of one. Exit status: 0, 1 cannot write, 2 usage.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "seeds.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define PATH_ROOM 4096

/* Where seeds are written, or NULL: they are listed. */
static const char *directory;
static unsigned long seeds;
static unsigned long written;

static _Noreturn void stop(const char *path) {
  (void)fprintf(stderr, "seeds: %s: %s\n", path, strerror(errno));
  exit(1);
}

/* join writes "<directory>/<target>" and, with a name, "/<name>" and `ending` behind it. */
static void join(char *path, const char *target, const char *name, const char *ending) {
  const int size = snprintf(path, PATH_ROOM, "%s/%s%s%s%s", directory, target,
                            name[0] == '\0' ? "" : "/", name, ending);

  if (size < 0 || size >= PATH_ROOM) {
    errno = ENAMETOOLONG;
    stop(directory);
  }
}

static void make_directory(const char *path) {
  if (mkdir(path, 0777) != 0 && errno != EEXIST) {
    stop(path);
  }
}

/* is_right says whether the file at `path` already holds exactly `bytes`. */
static bool is_right(const char *path, struct sch_span bytes) {
  FILE *file = fopen(path, "rb");
  bool right = file != NULL;

  for (size_t i = 0; right && i < bytes.size; i++) {
    right = getc(file) == bytes.data[i];
  }
  right = right && getc(file) == EOF;
  if (file != NULL) {
    (void)fclose(file);
  }
  return right;
}

static void write_file(const char *path, struct sch_span bytes) {
  FILE *file = fopen(path, "wb");

  if (file == NULL) {
    stop(path);
  }
  const bool whole = fwrite(bytes.data, 1, bytes.size, file) == bytes.size;
  const bool closed = fclose(file) == 0;

  if (!whole || !closed) {
    (void)remove(path);
    stop(path);
  }
}

static void take(const char *target, const char *name, struct sch_span bytes) {
  char path[PATH_ROOM];
  char beside[PATH_ROOM];

  seeds++;
  if (directory == NULL) {
    (void)printf("%s/%s\n", target, name);
    return;
  }
  join(path, target, "", "");
  make_directory(path);
  join(path, target, name, "");
  if (is_right(path, bytes)) {
    return;
  }
  join(beside, target, name, ".part");
  write_file(beside, bytes);
  if (rename(beside, path) != 0) {
    stop(path);
  }
  written++;
}

int main(int count, char **words) {
  if (count != 2 || (words[1][0] == '-' && strcmp(words[1], "--list") != 0)) {
    (void)fprintf(stderr, "usage: %s DIRECTORY | --list\n", words[0]);
    return 2;
  }
  directory = words[1][0] == '-' ? NULL : words[1];
  if (directory != NULL) {
    make_directory(directory);
  }
#define GIVE(name) sch_seeds_##name(take);
  SCH_SEEDS(GIVE)
#undef GIVE
  if (directory != NULL) {
    (void)printf("seeds: %lu seeds in %s, %lu of them written\n", seeds, directory, written);
  }
  return 0;
}
