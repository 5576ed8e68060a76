/* sch_explain: `sch explain`: a corpus or crash file as readable text.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#include "chain_text.h"
#include "explain.h"
#include "pem.h"
#include "sch.h"

#define INPUT_MAX ((size_t)16 * 1024 * 1024)

static int print_help(void) {
  (void)printf(
      "usage: sch explain [--target TARGET] FILE\n"
      "       sch explain --make FILE\n\n"
      "Prints an input of a fuzz target as readable text: its options and cuts, and what it is\n"
      "made of: records, handshake messages, certificate fields, operations. The target is that\n"
      "of the path (corpus/handshake/...), or is guessed from the bytes, when none is given.\n"
      "With --make FILE is the text of an input of chain, and the input is written out.\n\n"
      "targets: ");
  sch_explain_targets(stdout);
  (void)printf(
      "\n\nexit status: 0 explained, 1 the file cannot be read or is like no target's, "
      "2 usage\n");
  return SCH_EXIT_CLEAN;
}

static int explain(const char *path, const char *target) {
  SCOPED(fifo) struct sch_fifo file = {0};

  sch_fifo_open(&file, INPUT_MAX);
  if (!sch_file_read(path, &file)) {
    return sch_complain("%s: %s", path, strerror(errno));
  }
  const struct sch_span input = sch_fifo_held(&file);

  if (target == NULL) {
    target = sch_explain_guess(path, input);
  }
  if (target == NULL) {
    sch_explain_hex(input, "", stdout);
    return sch_complain("%s: like the input of no target; name one with --target", path);
  }
  if (!sch_explain(target, input, stdout)) {
    return sch_complain_usage("explain", "there is no target '%s'", target);
  }
  return SCH_EXIT_CLEAN;
}

/* make reads the text form of a description and writes the binary form out. */
static int make(const char *path) {
  static struct sch_case described;
  static uint8_t room[SCH_CASE_ROOM];
  struct sch_builder to = sch_builder_of(room, sizeof room);
  SCOPED(fifo) struct sch_fifo file = {0};
  size_t line;

  sch_fifo_open(&file, INPUT_MAX);
  if (!sch_file_read(path, &file)) {
    return sch_complain("%s: %s", path, strerror(errno));
  }
  if (!sch_case_parse(&described, sch_fifo_held(&file), &line)) {
    return sch_complain("%s: line %zu is no record of a description", path, line);
  }
  sch_case_write(&described, &to);
  return fwrite(to.data, 1, to.size, stdout) == to.size
             ? SCH_EXIT_CLEAN
             : sch_complain("cannot write: %s", strerror(errno));
}

int sch_command_explain(int count, char **words) {
  const char *path = NULL;
  const char *target = NULL;

  if (count == 3 && strcmp(words[1], "--make") == 0) {
    return make(words[2]);
  }
  for (int i = 1; i < count; i++) {
    if (strcmp(words[i], "--help") == 0) {
      return print_help();
    }
    if (strcmp(words[i], "--target") == 0 && i + 1 < count) {
      target = words[++i];
    } else if (path != NULL || strncmp(words[i], "--", 2) == 0) {
      return sch_complain_usage("explain", "'%s' is unknown, incomplete or too much", words[i]);
    } else {
      path = words[i];
    }
  }
  return path == NULL ? sch_complain_usage("explain", "one argument is due: FILE")
                      : explain(path, target);
}
