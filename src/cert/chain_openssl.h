/* chain_openssl: OpenSSL's X509_verify_cert as the judge of one path, held to the path it is shown
 * and made to say all that it finds.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_CERT_CHAIN_OPENSSL_H
#define SCH_CERT_CHAIN_OPENSSL_H

#include "cert/chain_path.h"

struct sch_chain_engine;

/* sch_chain_engine_open makes a judge for paths of `pool`, with the CRLs of `store`; the arguments
 * outlive it. It keeps its own objects in the nodes. NULL when memory is short. */
CHECKED struct sch_chain_engine *sch_chain_engine_open(struct sch_path_pool *pool,
                                                       const struct sch_store *store,
                                                       const struct sch_chain_policy *policy,
                                                       struct sch_chain_budget *budget);

/* sch_chain_engine_drop frees it and empties the nodes. NULL does nothing. */
void sch_chain_engine_drop(struct sch_chain_engine *engine);

/* sch_chain_engine_judge adds to `trust`, whose count is the path's, all that is wrong with it, but
 * for dates, names asked for, and what of it the nodes say is unusable; a path with such a node is
 * not judged further. The path is anchored when its last node is an anchor. When the budget is
 * exhausted, what was added may not be all. */
void sch_chain_engine_judge(struct sch_chain_engine *engine, const struct sch_path *path,
                            struct sch_trust *trust);

/* sch_chain_engine_refuses says whether it was seen that `issuer` did not sign `subject`. */
bool sch_chain_engine_refuses(const struct sch_chain_engine *engine, size_t subject, size_t issuer);

#endif
