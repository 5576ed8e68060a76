/* no_second_opinion: for builds that OpenSSL cannot be part of, which are those that need every
 * library instrumented.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "second_opinion.h"

const bool sch_has_second_opinion = false;

const char *sch_second_opinion(const struct sch_certificate *certificate) {
  (void)certificate;
  return NULL;
}
