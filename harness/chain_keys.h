/* chain_keys: the toy keys of the chain target, and signatures by them. The only file of the chain
 * target that holds private keys, and all of them are public: they are hashes of their names.
 *
 * ECDSA is done here by its equation with one nonce a key, worked out once: a signature costs a
 * digest and two products, and is the same every time. (Whoever sees two of them has the key.)
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_CHAIN_KEYS_H
#define SCH_CHAIN_KEYS_H

#include "bytes/builder.h"

#define SCH_CHAIN_SIGNATURE_ROOM 80

/* sch_chain_key_put writes the SubjectPublicKeyInfo of a key (SCH_CASE_KEYS), with its curve by its
 * numbers if asked to and if it is on P-256. */
void sch_chain_key_put(struct sch_builder *to, size_t key, bool explicit_curve);

/* sch_chain_key_is_curve says whether the key is for ECDSA; else it is for Ed25519. */
bool sch_chain_key_is_curve(size_t key);

/* sch_chain_algorithm_put writes the AlgorithmIdentifier of signatures by a key with a digest
 * (SCH_CASE_DIGESTS). */
void sch_chain_algorithm_put(struct sch_builder *to, size_t key, size_t digest);

/* sch_chain_sign writes a signature of `message`: what belongs in the BIT STRING. `other_s` asks
 * for ECDSA's other one. */
void sch_chain_sign(struct sch_builder *to, size_t key, size_t digest, bool other_s,
                    struct sch_span message);

#endif
