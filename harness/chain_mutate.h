/* chain_mutate: changes descriptions of chains record by record and field by field, and mostly
 * mends what would only break a signature: a certificate is signed by the key of whoever it names
 * as its issuer. Nothing depends on anything but the arguments.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_CHAIN_MUTATE_H
#define SCH_CHAIN_MUTATE_H

#include "chain_case.h"
#include "wire.h"

/* sch_chain_change changes a description in place, once to `most` times, as `*state` says. Texts
 * are sometimes changed by `bytes`, unless it is NULL. */
void sch_chain_change(struct sch_case *described, sch_change_bytes *bytes, uint64_t *state,
                      uint32_t most);

/* sch_chain_mutate and sch_chain_cross as in mutator.h, of binary forms. */
size_t sch_chain_mutate(struct sch_span input, sch_change_bytes *bytes, uint32_t seed, uint8_t *out,
                        size_t room);
size_t sch_chain_cross(struct sch_span first, struct sch_span second, uint32_t seed, uint8_t *out,
                       size_t room);

#endif
