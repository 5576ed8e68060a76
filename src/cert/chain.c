/* chain: see chain.h. The paths come from chain_path, OpenSSL's opinion of each from chain_openssl;
 * here the rest is judged, and the best path kept.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "cert/chain.h"

#include "cert/chain_openssl.h"

/* One verification. */
struct chain {
  const struct sch_store *store;
  const struct sch_chain_policy *policy;
  struct sch_chain_budget budget;
  struct sch_path_pool pool;
  struct sch_chain_engine *engine;
  struct sch_verdict *best;
  uint32_t mismatch; /* NAME_MISMATCH when the leaf does not speak for the name asked for */
  bool judged;       /* `best` has a path */
};

static struct sch_path_node *node_of(const struct chain *chain, const struct sch_path *path,
                                     size_t element) {
  return &chain->pool.nodes[path->nodes[element]];
}

/* spend_names spends what OpenSSL will compare: each name with each constraint above it. */
static bool spend_names(struct chain *chain, const struct sch_path *path) {
  size_t subtrees = 0;

  for (size_t i = path->count; i-- != 0;) {
    struct sch_path_node *node = node_of(chain, path, i);

    if (node->names == 0) {
      sch_path_count_names(node);
    }
    /* Neither number exceeds the size of a certificate, so that the product fits. */
    if (!sch_chain_spend_comparisons(&chain->budget, node->names * subtrees)) {
      return false;
    }
    subtrees += node->subtrees;
  }
  return true;
}

static void judge_element(const struct chain *chain, const struct sch_path_node *node,
                          size_t element, struct sch_trust *trust) {
  const struct sch_certificate *certificate = &node->stored->certificate;
  const struct sch_trust_element time = sch_path_time(certificate, chain->policy);

  sch_trust_add(trust, element, time.bits, time.details);
  sch_trust_add(trust, element, node->unusable, 0);
  if (!sch_path_purpose(certificate, chain->policy->purpose) ||
      (element != 0 && !sch_path_may_sign(certificate))) {
    sch_trust_add(trust, element, CERT_TRUST_IS_NOT_VALID_FOR_USAGE, 0);
  }
}

static void keep_if_better(struct chain *chain, const struct sch_path *path,
                           const struct sch_trust *trust) {
  struct sch_verdict *best = chain->best;

  if (chain->judged && sch_trust_rank(trust->bits) >= sch_trust_rank(best->trust.bits)) {
    return;
  }
  chain->judged = true;
  best->trust = *trust;
  best->anchored = node_of(chain, path, path->count - 1)->anchor;
  for (size_t i = 0; i < path->count; i++) {
    best->path[i] = node_of(chain, path, i)->stored->certificate.whole;
  }
}

/* judge_path judges one path, to an anchor or to its dead end, and ends the search when nothing is
 * wrong with it or no work is left. */
static bool judge_path(void *context, const struct sch_path *path) {
  struct chain *chain = context;
  const struct sch_path_node *last = node_of(chain, path, path->count - 1);
  struct sch_trust trust = {.count = path->count};

  for (size_t i = 0; i < path->count; i++) {
    judge_element(chain, node_of(chain, path, i), i, &trust);
  }
  sch_trust_add(&trust, 0, chain->mismatch, 0);
  if (!last->anchor) {
    sch_trust_add(&trust, path->count - 1,
                  last->self_issued ? CERT_TRUST_IS_UNTRUSTED_ROOT : CERT_TRUST_IS_PARTIAL_CHAIN,
                  0);
  }
  if (spend_names(chain, path)) {
    sch_chain_engine_judge(chain->engine, path, &trust);
  }
  if (chain->budget.exhausted) {
    sch_trust_add(&trust, SCH_TRUST_CHAIN, CERT_TRUST_WORK_LIMIT, 0);
  }
  keep_if_better(chain, path, &trust);
  return trust.bits == 0 || chain->budget.exhausted;
}

static bool refuses(void *context, size_t subject, size_t issuer) {
  const struct chain *chain = context;

  return sch_chain_engine_refuses(chain->engine, subject, issuer);
}

static void fail(struct sch_verdict *verdict, uint32_t bits) {
  sch_trust_add(&verdict->trust, SCH_TRUST_CHAIN, bits, 0);
}

/* search judges the paths and, when none is accepted, how far one gets that reaches no anchor. */
static void search(struct chain *chain) {
  struct sch_verdict *best = chain->best;
  struct sch_path_search walk = {
      .pool = &chain->pool,
      .elements = chain->policy->depth + 2,
      .budget = &chain->budget,
      .judge = judge_path,
      .refuses = refuses,
      .context = chain,
  };

  if (sch_path_search(&walk) && best->trust.bits == 0) {
    return;
  }
  if (walk.dead_end.count != 0 && !chain->budget.exhausted) {
    (void)judge_path(chain, &walk.dead_end);
  }
  if (walk.cyclic && !best->anchored) {
    fail(best, CERT_TRUST_IS_CYCLIC);
  }
  if (walk.cut) {
    fail(best, CERT_TRUST_TOO_LONG);
  }
  if (chain->budget.exhausted) {
    fail(best, CERT_TRUST_WORK_LIMIT);
  }
  ENSURE(best->trust.bits != 0);
}

/* verify_read judges a leaf that has been read. */
static void verify_read(struct chain *chain, const struct sch_stored_certificate *leaf,
                        const struct sch_store *others) {
  struct sch_verdict *out = chain->best;
  const struct sch_chain_work *limits = chain->budget.limits;

  out->work.certificates = 1 + sch_store_count(chain->store, SCH_STORE_ANCHORS) +
                           sch_store_count(chain->store, SCH_STORE_INTERMEDIATES) +
                           sch_store_count(others, SCH_STORE_INTERMEDIATES);
  if (out->work.certificates > limits->certificates) {
    fail(out, CERT_TRUST_WORK_LIMIT);
    return;
  }
  if (!sch_path_pool_open(&chain->pool, leaf, chain->store, others, chain->policy,
                          limits->key_bits)) {
    fail(out, CERT_TRUST_ENGINE_FAILED);
    return;
  }
  if (!sch_name_matches(&leaf->certificate, &chain->policy->name, &out->work.comparisons)) {
    chain->mismatch = CERT_TRUST_NAME_MISMATCH;
  }
  chain->engine = sch_chain_engine_open(&chain->pool, chain->store, chain->policy, &chain->budget);
  if (chain->engine == NULL) {
    fail(out, CERT_TRUST_ENGINE_FAILED);
  } else {
    search(chain);
  }
  sch_chain_engine_drop(chain->engine);
  sch_path_pool_drop(&chain->pool);
}

/* What a peer sent along: one behind the other, or each in a span of its own. */
struct sent {
  struct sch_span joined;
  const struct sch_span *list;
  size_t count;
};

/* next gives the next of what was sent. False at the end, and at what is no element. */
static bool next(struct sent *sent, struct sch_span *out) {
  struct sch_reading reading = {0};
  struct sch_element one;

  if (sent->count != 0) {
    *out = *sent->list++;
    sent->count--;
    return true;
  }
  if (sent->joined.size == 0 || !sch_der_any(&sent->joined, &one, &reading)) {
    return false;
  }
  *out = one.whole;
  return true;
}

/* read_sent keeps what a peer sent along, and says what came of it: UNREADABLE when one of them was
 * passed over, ENGINE_FAILED when memory is short. */
static uint32_t read_sent(struct sch_store *to, struct sent sent) {
  struct sch_store_added added = {0};
  struct sch_span one;

  while (next(&sent, &one)) {
    if (sch_store_add(to, SCH_STORE_INTERMEDIATES, one, &added) == SEC_E_INSUFFICIENT_MEMORY) {
      return CERT_TRUST_ENGINE_FAILED;
    }
  }
  return added.refused != 0 || sent.joined.size != 0 ? CERT_TRUST_UNREADABLE : 0;
}

/* point_into has the views of a path that are equal to what was sent be into those bytes: the store
 * that held copies of them is about to go. */
static void point_into(struct sch_verdict *verdict, struct sent sent) {
  struct sch_span one;

  while (next(&sent, &one)) {
    for (size_t i = 0; i < verdict->trust.count; i++) {
      if (sch_span_equal(verdict->path[i], one)) {
        verdict->path[i] = one;
      }
    }
  }
}

/* held counts all that a store has. */
static size_t held(const struct sch_store *store) {
  return sch_store_count(store, SCH_STORE_ANCHORS) +
         sch_store_count(store, SCH_STORE_INTERMEDIATES) + sch_store_count(store, SCH_STORE_CRLS);
}

static void verify(struct chain *chain, struct sch_span leaf, struct sent sent) {
  const size_t before = held(chain->store);
  struct sch_verdict *out = chain->best;
  struct sch_stored_certificate read;
  struct sch_reading reading = {0};

  REQUIRE(chain->policy->depth <= SCH_CHAIN_DEPTH_MAX);
  *out = (struct sch_verdict){0};
  if (leaf.size == 0) {
    fail(out, CERT_TRUST_NO_CERTIFICATE);
    return;
  }
  if (!sch_stored_certificate_read(leaf, &read, &reading)) {
    out->trust.count = 1;
    out->path[0] = leaf;
    sch_trust_add(&out->trust, 0, CERT_TRUST_UNREADABLE, 0);
    return;
  }
  struct sch_store *others = sch_store_create();
  const uint32_t unread = others == NULL ? CERT_TRUST_ENGINE_FAILED : read_sent(others, sent);

  if (unread != CERT_TRUST_ENGINE_FAILED) {
    verify_read(chain, &read, others);
  }
  if (out->trust.bits != 0 || unread == CERT_TRUST_ENGINE_FAILED) {
    fail(out, unread);
  }
  point_into(out, sent);
  sch_store_drop(others);
  ENSURE(held(chain->store) == before);
  out->accepted = out->trust.bits == 0;
}

static void verify_sent(const struct sch_store *store, struct sch_span leaf, struct sent sent,
                        const struct sch_chain_policy *policy, const struct sch_chain_work *limits,
                        struct sch_verdict *out) {
  const struct sch_chain_work standard = sch_chain_work_default();
  struct chain chain = {
      .store = store,
      .policy = policy,
      .budget = {.limits = limits == NULL ? &standard : limits, .used = &out->work},
      .best = out,
  };

  verify(&chain, leaf, sent);
}

void sch_chain_verify(const struct sch_store *store, struct sch_span leaf, struct sch_span others,
                      const struct sch_chain_policy *policy, const struct sch_chain_work *limits,
                      struct sch_verdict *out) {
  verify_sent(store, leaf, (struct sent){.joined = others}, policy, limits, out);
}

void sch_chain_verify_list(const struct sch_store *store, const struct sch_span *certificates,
                           size_t count, const struct sch_chain_policy *policy,
                           const struct sch_chain_work *limits, struct sch_verdict *out) {
  struct sent sent = {.list = certificates, .count = count};
  struct sch_span leaf = {0};

  if (count != 0) {
    (void)!next(&sent, &leaf);
  }
  verify_sent(store, leaf, sent, policy, limits, out);
}
