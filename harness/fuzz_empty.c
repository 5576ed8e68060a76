/* fuzz_empty: does nothing. What it costs is what an engine costs: the baseline of `make bench`.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "harness.h"

FUZZ(empty) {
  (void)input;
}
