/* sch_crl: `sch crl --parse`, and `sch cert --parse`: is every item of a file well-formed.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "cert/store.h"
#include "sch.h"

/* judge_strictly reads again what the store has read leniently, see cert/fault.h. */
static void judge_strictly(const struct sch_store *store, enum sch_store_part part,
                           struct sch_store_added *added) {
  for (size_t i = 0; i < sch_store_count(store, part); i++) {
    struct sch_reading reading = {0};
    struct sch_certificate certificate;
    struct sch_crl crl;
    const bool good =
        part == SCH_STORE_CRLS
            ? sch_crl_read(sch_store_crl(store, i)->whole, &crl, &reading)
            : sch_certificate_read(sch_store_certificate(store, part, i)->certificate.whole,
                                   &certificate, &reading);

    if (!good) {
      added->fault = added->refused == 0 ? reading.fault : added->fault;
      added->refused++;
    }
  }
}

int sch_parse_file(const char *path, bool crls) {
  struct sch_store *store = sch_store_create();
  struct sch_store_added added = {0};
  const enum sch_store_part part = crls ? SCH_STORE_CRLS : SCH_STORE_INTERMEDIATES;

  if (store == NULL) {
    return sch_complain("not enough memory");
  }
  const SECURITY_STATUS status = sch_store_add_file(store, part, path, &added);

  judge_strictly(store, part, &added);
  sch_store_drop(store);
  if (status == SEC_E_TARGET_UNKNOWN) {
    return sch_complain("%s: cannot be read", path);
  }
  if (status != SEC_E_OK) {
    return sch_complain("%s: neither PEM nor DER of a %s", path, crls ? "CRL" : "certificate");
  }
  if (added.refused != 0) {
    return sch_complain("%s: not well-formed: %s: %s (%s)", path, sch_fault_name(added.fault),
                        sch_fault_rule(added.fault), sch_fault_source(added.fault));
  }
  return SCH_EXIT_CLEAN;
}

int sch_command_crl(int count, char **words) {
  if (count == 2 && strcmp(words[1], "--help") == 0) {
    (void)printf(
        "usage: sch crl --parse FILE\n\n"
        "Reads every CRL of FILE, PEM or DER, with the strict reader.\n\n"
        "exit status: 0 all are well-formed, 1 one is not or the file cannot be read, 2 usage\n");
    return SCH_EXIT_CLEAN;
  }
  if (count != 3 || strcmp(words[1], "--parse") != 0) {
    return sch_complain_usage("crl", "two words are due: --parse FILE");
  }
  return sch_parse_file(words[2], true);
}
