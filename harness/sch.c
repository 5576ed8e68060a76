/* sch: the command line tool: TLS by hand, and inputs as text.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "sch.h"

#include <stdarg.h>
#include <string.h>

static const struct {
  const char *name;
  int (*run)(int count, char **words);
  const char *summary;
} commands[] = {
    {"connect", sch_command_connect, "a TLS cat to HOST:PORT, through the stream and the provider"},
    {"serve", sch_command_serve, "the same, waiting on PORT"},
    {"explain", sch_command_explain, "a corpus or crash file as readable text"},
    {"cert", sch_command_cert, "a certificate, PEM or DER, field by field"},
    {"crl", sch_command_crl, "whether a revocation list is well-formed"},
    {"verify", sch_command_verify, "whether a certificate is good, and why not"},
};

static void print_help(FILE *to) {
  (void)fprintf(to, "usage: sch COMMAND [OPTION...] ARGUMENT\n\ncommands:\n");
  for (size_t i = 0; i < SCH_COUNT(commands); i++) {
    (void)fprintf(to, "  %-9s%s\n", commands[i].name, commands[i].summary);
  }
  (void)fprintf(to,
                "\n`sch COMMAND --help` says more.\n"
                "exit status: 0 all well, 1 it failed (one line says why), 2 usage\n");
}

static void complain(const char *format, va_list arguments) {
  (void)fprintf(stderr, "sch: ");
  (void)vfprintf(stderr, format, arguments);
  (void)fprintf(stderr, "\n");
}

int sch_complain(const char *format, ...) {
  va_list arguments;

  va_start(arguments, format);
  complain(format, arguments);
  va_end(arguments);
  return SCH_EXIT_FAILED;
}

int sch_complain_usage(const char *command, const char *format, ...) {
  va_list arguments;

  va_start(arguments, format);
  complain(format, arguments);
  va_end(arguments);
  (void)fprintf(stderr, "try: sch %s --help\n", command);
  return SCH_EXIT_USAGE;
}

int main(int count, char **words) {
  if (count < 2) {
    print_help(stderr);
    return SCH_EXIT_USAGE;
  }
  if (strcmp(words[1], "--help") == 0 || strcmp(words[1], "help") == 0) {
    print_help(stdout);
    return SCH_EXIT_CLEAN;
  }
  for (size_t i = 0; i < SCH_COUNT(commands); i++) {
    if (strcmp(words[1], commands[i].name) == 0) {
      const int status = commands[i].run(count - 1, words + 1);

      return fflush(stdout) == 0 ? status : sch_complain("standard output cannot be written");
    }
  }
  (void)fprintf(stderr, "sch: there is no command '%s'\n", words[1]);
  print_help(stderr);
  return SCH_EXIT_USAGE;
}
