/* sides: the two ends of the decrypt target, made once in the process for all inputs: the
 * credentials of the system under test, and the peer of engine_aead, which holds the same keys.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_SIDES_H
#define SCH_SIDES_H

#include "records.h"
#include "script.h"
#include "sspi/abi.h"

/* sch_sides_class gives the class of engine_aead, or of the suite of the same kind for libssl. */
size_t sch_sides_class(uint32_t options);

/* sch_sides_credential gives the credential of the system under test. It lives for ever. */
CredHandle *sch_sides_credential(uint32_t options);

/* sch_sides_peer gives the peer of an engine_aead, started anew. It lives for ever. */
struct sch_records *sch_sides_peer(uint32_t options);

#endif
