/* sch_cert: `sch cert`: certificates in a file, field by field.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#include "cert/certificate.h"
#include "explain_certificate.h"
#include "pem.h"
#include "sch.h"

#define FILE_MAX ((size_t)1024 * 1024)

static int print_help(void) {
  (void)printf(
      "usage: sch cert [--parse] FILE\n\n"
      "Reads FILE, one certificate in DER or any number in PEM, with the strict reader and prints\n"
      "every field, or the rule that a certificate breaks and where. With --parse it says nothing "
      "of\n"
      "what is well-formed; then FILE may also be several in DER, and PEM is read strictly.\n\n"
      "exit status: 0 all are well-formed, 1 one is not or the file cannot be read, 2 usage\n");
  return SCH_EXIT_CLEAN;
}

static int print_one(struct sch_span der) {
  struct sch_certificate certificate;
  struct sch_reading reading = {0};

  sch_explain_certificate(der, stdout);
  if (sch_certificate_read(der, &certificate, &reading)) {
    return SCH_EXIT_CLEAN;
  }
  return sch_complain("no certificate: %s", sch_fault_rule(reading.fault));
}

static int print_all(struct sch_span text) {
  int verdict = SCH_EXIT_CLEAN;

  while (sch_pem_holds(text)) {
    SCOPED(fifo) struct sch_fifo der = {0};

    sch_fifo_open(&der, FILE_MAX);
    if (!sch_pem_certificate(&text, &der)) {
      return sch_complain("a PEM certificate is damaged");
    }
    if (print_one(sch_fifo_held(&der)) != SCH_EXIT_CLEAN) {
      verdict = SCH_EXIT_FAILED;
    }
  }
  return verdict;
}

int sch_command_cert(int count, char **words) {
  SCOPED(fifo) struct sch_fifo file = {0};

  if (count == 2 && strcmp(words[1], "--help") == 0) {
    return print_help();
  }
  if (count == 3 && strcmp(words[1], "--parse") == 0) {
    return sch_parse_file(words[2], false);
  }
  if (count != 2) {
    return sch_complain_usage("cert", "one argument is due: FILE");
  }
  sch_fifo_open(&file, FILE_MAX);
  if (!sch_file_read(words[1], &file)) {
    return sch_complain("%s: %s", words[1], strerror(errno));
  }
  const struct sch_span bytes = sch_fifo_held(&file);

  return sch_pem_holds(bytes) ? print_all(bytes) : print_one(bytes);
}
