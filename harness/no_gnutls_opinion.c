/* no_gnutls_opinion: stands for GnuTLS (chain_opinion.h) where a program runs on machines that need
 * not have it: under engines that are not ours.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "chain_opinion.h"

const bool sch_has_gnutls = false;

struct sch_opinion sch_gnutls_opinion(const struct sch_made *made) {
  (void)made;
  UNREACHABLE("there is nobody to ask");
}
