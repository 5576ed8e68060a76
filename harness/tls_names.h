/* tls_names: the numbers of TLS and their names, as IANA's registries have them. `explain` reads
 * them, and the dictionaries are made of them.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_TLS_NAMES_H
#define SCH_TLS_NAMES_H

#include "base.h"

enum sch_tls_registry {
  SCH_TLS_RECORD_TYPES,
  SCH_TLS_VERSIONS,
  SCH_TLS_HANDSHAKE_TYPES,
  SCH_TLS_EXTENSIONS,
  SCH_TLS_SUITES,
  SCH_TLS_GROUPS,
  SCH_TLS_SIGNATURES,
  SCH_TLS_REGISTRIES
};

struct sch_tls_name {
  uint16_t number;
  const char *name;
};

/* sch_tls_names gives the rows of a registry, `*count` of them, by number. SCH_TLS_SUITES has only
 * those that are not in tls/suite. */
const struct sch_tls_name *sch_tls_names(enum sch_tls_registry registry, size_t *count);

/* sch_tls_width says how many bytes a number of the registry takes on the wire: 1 or 2. */
size_t sch_tls_width(enum sch_tls_registry registry);

/* sch_tls_name names a number, "unknown" when there is no name; suites of tls/suite have
 * theirs. */
const char *sch_tls_name(enum sch_tls_registry registry, uint16_t number);

#endif
