/* Unit tests of tls_names: names for people, numbers for dictionaries.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "tls_names.h"

#include "test.h"
#include "tls/suite.h"

/* Rows are in order, without a number twice, fit their width and are found by their number. */
TEST(registries) {
  for (enum sch_tls_registry registry = 0; registry < SCH_TLS_REGISTRIES; registry++) {
    size_t count;
    const struct sch_tls_name *rows = sch_tls_names(registry, &count);

    CHECK(count >= 4);
    for (size_t i = 0; i < count; i++) {
      CHECK(i == 0 || rows[i - 1].number < rows[i].number);
      CHECK(sch_tls_width(registry) == 2 || rows[i].number <= UINT8_MAX);
      CHECK(strcmp(sch_tls_name(registry, rows[i].number), rows[i].name) == 0);
    }
    CHECK(strcmp(sch_tls_name(registry, 0xfffe), "unknown") == 0);
  }
  CHECK_ABORTS((void)sch_tls_width(SCH_TLS_REGISTRIES));
}

/* A suite is in one table only, the provider's or this one, and both are asked. */
TEST(suites) {
  size_t offered;
  size_t others;
  const struct sch_suite *suites = sch_suite_table(&offered);
  const struct sch_tls_name *rows = sch_tls_names(SCH_TLS_SUITES, &others);

  for (size_t i = 0; i < offered; i++) {
    CHECK(strcmp(sch_tls_name(SCH_TLS_SUITES, suites[i].number), suites[i].name) == 0);
    for (size_t j = 0; j < others; j++) {
      CHECK(rows[j].number != suites[i].number);
    }
  }
}

/* Numbers and names as IANA pairs them. */
TEST(known) {
  CHECK(strcmp(sch_tls_name(SCH_TLS_RECORD_TYPES, 22), "handshake") == 0);
  CHECK(strcmp(sch_tls_name(SCH_TLS_VERSIONS, 0x0304), "TLS 1.3") == 0);
  CHECK(strcmp(sch_tls_name(SCH_TLS_HANDSHAKE_TYPES, 4), "new_session_ticket") == 0);
  CHECK(strcmp(sch_tls_name(SCH_TLS_EXTENSIONS, 43), "supported_versions") == 0);
  CHECK(strcmp(sch_tls_name(SCH_TLS_SUITES, 0x1302), "TLS_AES_256_GCM_SHA384") == 0);
  CHECK(strcmp(sch_tls_name(SCH_TLS_GROUPS, 29), "x25519") == 0);
  CHECK(strcmp(sch_tls_name(SCH_TLS_SIGNATURES, 0x0807), "ed25519") == 0);
}

TESTS(registries, suites, known)
