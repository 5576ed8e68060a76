/* chain_path: which paths lead from a leaf to an anchor, cheapest first. It knows no engine.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_CERT_CHAIN_PATH_H
#define SCH_CERT_CHAIN_PATH_H

#include "cert/chain_policy.h"
#include "cert/store.h"

/* What may be spent. Whoever finds a limit reached says so here, and everybody stops. */
struct sch_chain_budget {
  const struct sch_chain_work *limits;
  struct sch_chain_work *used;
  bool exhausted;
};

/* sch_chain_spend takes from the budget: signatures or comparisons. False, and exhausted, when
 * there is not as much left. */
CHECKED bool sch_chain_spend_signature(struct sch_chain_budget *budget);
CHECKED bool sch_chain_spend_comparisons(struct sch_chain_budget *budget, size_t count);

/* A certificate that may stand in a path. */
struct sch_path_node {
  const struct sch_stored_certificate *stored;
  bool anchor;
  bool self_issued; /* subject and issuer are equal */
  bool self_signed; /* and so are the key identifiers it names, or it names none */
  uint32_t
      defects; /* bits that the certificate alone would have as an issuer, as a hint for order */
  uint32_t unusable; /* bits for which the engine must not see it */
  bool signs_crls;   /* a CRL at hand has the subject as its issuer */
  size_t names;      /* presented names, subject included; 0: not counted yet */
  size_t subtrees;   /* of its name constraints, with `names` */
  void *engine;      /* the owner's */
};

/* All of them, node 0 being the leaf, the others in ascending order of their DER. */
struct sch_path_pool {
  struct sch_path_node *nodes;
  size_t count;
};

/* sch_path_pool_open gathers leaf, anchors and intermediates of `store` and `others`, each once;
 * the leaf also stands among the others when the store trusts or knows it. False when memory is
 * short. The views live as long as their stores. */
CHECKED bool sch_path_pool_open(struct sch_path_pool *pool,
                                const struct sch_stored_certificate *leaf,
                                const struct sch_store *store, const struct sch_store *others,
                                const struct sch_chain_policy *policy, size_t key_bits);
void sch_path_pool_drop(struct sch_path_pool *pool);

/* A path: indices of nodes, leaf first. */
struct sch_path {
  size_t count;
  size_t nodes[SCH_TRUST_ELEMENTS_MAX];
};

/* A judge is shown each path that ends at an anchor, and gives true to end the search. */
typedef bool sch_path_judge(void *context, const struct sch_path *path);

/* Says that a judge has seen that `issuer` did not sign `subject`, both indices of nodes: no path
 * is worth walking that has both. */
typedef bool sch_path_refuser(void *context, size_t subject, size_t issuer);

struct sch_path_search {
  struct sch_path_pool *pool;
  size_t elements; /* longest path, 1 to SCH_TRUST_ELEMENTS_MAX */
  struct sch_chain_budget *budget;
  sch_path_judge *judge;
  sch_path_refuser *refuses;
  void *context;
  /* What the search has seen. */
  bool cut;                 /* a path would have gone on beyond `elements` */
  bool cyclic;              /* `dead_end` would have gone on, to a name and key that it has */
  struct sch_path dead_end; /* the first path that reaches no anchor and cannot go on, or empty */
};

/* sch_path_search walks all paths, depth first. From a certificate that is no anchor it goes on to
 * every certificate whose subject is its issuer, but to none that is on the path, by itself or by
 * its name and key, and from none that signs itself: first to anchors without visible defects, then
 * to others without, then to anchors with, then to others with. It counts comparisons, one for each
 * node looked at, and candidates, one for each path shown. True when the judge ended it. */
CHECKED bool sch_path_search(struct sch_path_search *search);

/* sch_path_count_names sets `names` and `subtrees` of a node. */
void sch_path_count_names(struct sch_path_node *node);

/* sch_path_time gives what is wrong with a certificate's dates. */
struct sch_trust_element sch_path_time(const struct sch_certificate *certificate,
                                       const struct sch_chain_policy *policy);

/* sch_path_purpose says whether extKeyUsage, where it is, has the purpose of the policy. */
bool sch_path_purpose(const struct sch_certificate *certificate, enum sch_chain_purpose purpose);

/* sch_path_may_sign says whether keyUsage, where it is, has keyCertSign. */
bool sch_path_may_sign(const struct sch_certificate *certificate);

#endif
