/* failure: see failure.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "stream/failure.h"

/* By site: what a failure is, and what the peer's close is. */
static const struct {
  enum sch_failure failure;
  enum sch_failure close;
} sites[SCH_SITE_COUNT] = {
    [SCH_SITE_SETTINGS] = {SCH_FAILURE_USER, SCH_FAILURE_USER},
    [SCH_SITE_CREDENTIAL] = {SCH_FAILURE_INTERNAL, SCH_FAILURE_INTERNAL},
    [SCH_SITE_FIRST_CLIENT] = {SCH_FAILURE_INTERNAL, SCH_FAILURE_INTERNAL},
    [SCH_SITE_FIRST_SERVER] = {SCH_FAILURE_HANDSHAKE, SCH_FAILURE_CLOSED},
    [SCH_SITE_HANDSHAKE] = {SCH_FAILURE_HANDSHAKE, SCH_FAILURE_CLOSED},
    [SCH_SITE_QUERY] = {SCH_FAILURE_INTERNAL, SCH_FAILURE_INTERNAL},
    [SCH_SITE_VERIFY] = {SCH_FAILURE_HANDSHAKE, SCH_FAILURE_HANDSHAKE},
    [SCH_SITE_DECRYPT] = {SCH_FAILURE_INTERNAL, SCH_FAILURE_NONE},
    [SCH_SITE_ENCRYPT] = {SCH_FAILURE_INTERNAL, SCH_FAILURE_NONE},
    [SCH_SITE_CONTROL] = {SCH_FAILURE_INTERNAL, SCH_FAILURE_NONE},
    [SCH_SITE_WIRE] = {SCH_FAILURE_CLOSED, SCH_FAILURE_NONE},
};

enum sch_failure sch_failure_of(enum sch_site site, SECURITY_STATUS status) {
  REQUIRE(site < SCH_SITE_COUNT);
  if (status == SEC_E_OK) {
    return SCH_FAILURE_NONE;
  }
  if (status == SEC_E_INSUFFICIENT_MEMORY) {
    return SCH_FAILURE_INTERNAL;
  }
  /* A context that has expired before it was agreed upon was closed by the peer. */
  const bool early = status == SEC_E_CONTEXT_EXPIRED && sites[site].close == SCH_FAILURE_CLOSED;

  return status == SEC_I_CONTEXT_EXPIRED || early ? sites[site].close : sites[site].failure;
}
