/* probe: questions put to the provider beside the conversation, whose answers every target can
 * expect: what an established context says of itself, and what a dead handle answers.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_PROBE_H
#define SCH_PROBE_H

#include "sspi/sspi.h"

/* sch_probe_facts asks an established context every attribute there is, and checks that the answers
 * agree with each other (oracle sizes_current). */
void sch_probe_facts(PCtxtHandle handle);

/* sch_probe_dead checks that a handle that has been deleted is SEC_E_INVALID_HANDLE to every
 * function, and that no function has answered anything else with it (oracle handle_life). */
void sch_probe_dead(PCtxtHandle handle, bool server);

#endif
