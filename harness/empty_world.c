/* empty_world: the world of targets that use no clock and no randomness.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "harness.h"

void sch_world_reset(void) {
}

void sch_world_leave(void) {
}
