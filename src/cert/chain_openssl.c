/* chain_openssl: see chain_openssl.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "cert/chain_openssl.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "cert/chain_crls_openssl.h"
#include "cert/chain_param_openssl.h"

#define ROW(name, number, bit, details) \
  _Static_assert(X509_V_ERR_##name == (number), "the table has OpenSSL's numbers");
SCH_ENGINE_ERRORS(ROW)
#undef ROW

#define UNKNOWN_BITS (CERT_TRUST_REVOCATION_STATUS_UNKNOWN | CERT_TRUST_IS_OFFLINE_REVOCATION)

/* A signature that has been checked: of one node by the key of another. Each has cost one of the
 * budget. */
struct edge {
  size_t subject;
  size_t issuer;
  bool good;
};

struct sch_chain_engine {
  struct sch_path_pool *pool;
  const struct sch_chain_policy *policy;
  struct sch_chain_budget *budget;
  struct sch_chain_crls crls;
  X509_STORE *store;
  X509_STORE_CTX_verify_fn verify; /* OpenSSL's own, which ours stands before */
  struct edge *edges;
  size_t edge_count;
  /* The path at hand. */
  const struct sch_path *path;
  struct sch_trust *trust;
  bool anchored;
};

static struct sch_chain_engine *engine_of(X509_STORE_CTX *ctx) {
  return X509_STORE_get_ex_data(X509_STORE_CTX_get0_store(ctx), 0);
}

static struct sch_path_node *node_of(const struct sch_chain_engine *engine, size_t element) {
  return &engine->pool->nodes[engine->path->nodes[element]];
}

static X509 *element_of(const struct sch_chain_engine *engine, size_t element) {
  return node_of(engine, element)->engine;
}

static X509 *anchor_of(const struct sch_chain_engine *engine) {
  return engine->anchored ? element_of(engine, engine->path->count - 1) : NULL;
}

static void fail(struct sch_chain_engine *engine) {
  sch_trust_add(engine->trust, SCH_TRUST_CHAIN, CERT_TRUST_ENGINE_FAILED, 0);
}

/* --- what OpenSSL says */

/* is_ignored: revocation that is not known is a matter of policy, and none of the anchor's. */
static bool is_ignored(const struct sch_chain_engine *engine, int number, bool last) {
  return (sch_trust_engine(number).bits & UNKNOWN_BITS) != 0 &&
         (engine->policy->revocation == SCH_CHAIN_SOFT || (engine->anchored && last));
}

static void record(struct sch_chain_engine *engine, size_t element, int number) {
  const struct sch_trust_element said = sch_trust_engine(number);

  if (sch_chain_crls_note(&engine->crls, number) &&
      !is_ignored(engine, number, element + 1 == engine->path->count)) {
    sch_trust_add(engine->trust, element, said.bits, said.details);
  }
}

/* note is called with each error; none but a limit ends the verification. */
static int note(int good, X509_STORE_CTX *ctx) {
  struct sch_chain_engine *engine = engine_of(ctx);
  const int number = X509_STORE_CTX_get_error(ctx);
  const size_t depth = (size_t)X509_STORE_CTX_get_error_depth(ctx);

  if (sch_chain_is_aside(ctx)) {
    const size_t count = (size_t)sk_X509_num(X509_STORE_CTX_get0_chain(ctx));

    return good != 0 || is_ignored(engine, number, depth + 1 == count);
  }
  if (good == 0) {
    record(engine, number == X509_V_ERR_NO_EXPLICIT_POLICY ? SCH_TRUST_CHAIN : depth, number);
    /* An error left standing would be said again in place of the next one. */
    X509_STORE_CTX_set_error(ctx, X509_V_OK);
  }
  return engine->budget->exhausted ? 0 : 1;
}

/* --- the path that OpenSSL is held to */

static int is_issued(X509_STORE_CTX *ctx, X509 *subject, X509 *issuer) {
  const struct sch_chain_engine *engine = engine_of(ctx);

  if (sch_chain_is_aside(ctx) || subject == issuer) {
    return X509_check_issued(issuer, subject) == X509_V_OK;
  }
  for (size_t i = 0; i + 1 < engine->path->count; i++) {
    if (element_of(engine, i) == subject) {
      return element_of(engine, i + 1) == issuer;
    }
  }
  return 0;
}

static bool is_under_anchor(X509_STORE_CTX *ctx, X509 *subject) {
  const struct sch_chain_engine *engine = engine_of(ctx);
  const size_t count = engine->path->count;

  if (sch_chain_is_aside(ctx)) {
    return X509_check_issued(anchor_of(engine), subject) == X509_V_OK;
  }
  if (count == 1) {
    return X509_self_signed(subject, 0) == 1;
  }
  return element_of(engine, count - 2) == subject;
}

static int get_issuer(X509 **issuer, X509_STORE_CTX *ctx, X509 *subject) {
  X509 *anchor = anchor_of(engine_of(ctx));

  if (anchor == NULL || !is_under_anchor(ctx, subject)) {
    return 0;
  }
  *issuer = anchor;
  return X509_up_ref(anchor) == 1 ? 1 : -1;
}

/* find_anchor is asked what is trusted under a name; OpenSSL then looks for the whole DER. */
static STACK_OF(X509) * find_anchor(X509_STORE_CTX *ctx, const X509_NAME *name) {
  STACK_OF(X509) *found = sk_X509_new_null();
  X509 *anchor = anchor_of(engine_of(ctx));

  (void)name;
  if (found != NULL && anchor != NULL && X509_add_cert(found, anchor, X509_ADD_FLAG_UP_REF) != 1) {
    sk_X509_free(found);
    found = NULL;
  }
  return found;
}

/* --- signatures */

static struct sch_span key_of(const struct sch_chain_engine *engine, size_t node) {
  return engine->pool->nodes[node].stored->certificate.key_info;
}

/* find_edge: by the issuer's key, which several certificates may have. */
static const struct edge *find_edge(const struct sch_chain_engine *engine, size_t subject,
                                    size_t issuer) {
  for (size_t i = 0; i < engine->edge_count; i++) {
    const struct edge *edge = &engine->edges[i];

    if (edge->subject == subject &&
        (edge->issuer == issuer ||
         sch_span_equal(key_of(engine, edge->issuer), key_of(engine, issuer)))) {
      return edge;
    }
  }
  return NULL;
}

bool sch_chain_engine_refuses(const struct sch_chain_engine *engine, size_t subject,
                              size_t issuer) {
  const struct edge *edge = find_edge(engine, subject, issuer);

  return edge != NULL && !edge->good;
}

/* is_signed says whether an element is signed by the next. Each signature is checked once, however
 * many paths have it. */
static bool is_signed(struct sch_chain_engine *engine, size_t element) {
  const size_t subject = engine->path->nodes[element];
  const size_t issuer = engine->path->nodes[element + 1];
  const struct edge *known = find_edge(engine, subject, issuer);

  if (known == NULL) {
    if (!sch_chain_spend_signature(engine->budget)) {
      return false;
    }
    EVP_PKEY *key = X509_get0_pubkey(element_of(engine, element + 1));
    const bool good = key != NULL && X509_verify(element_of(engine, element), key) == 1;

    known = &engine->edges[engine->edge_count];
    engine->edges[engine->edge_count++] = (struct edge){subject, issuer, good};
  }
  return known->good;
}

/* verify stands for OpenSSL's loop over signatures and dates; the dates are judged elsewhere. */
static int verify(X509_STORE_CTX *ctx) {
  struct sch_chain_engine *engine = engine_of(ctx);

  if (sch_chain_is_aside(ctx)) {
    return engine->verify(ctx);
  }
  for (size_t i = 0; i + 1 < engine->path->count; i++) {
    const bool good = is_signed(engine, i);

    if (engine->budget->exhausted) {
      return 0;
    }
    if (!good) {
      record(engine, i, X509_V_ERR_CERT_SIGNATURE_FAILURE);
    }
  }
  return 1;
}

/* --- one path */

/* load_path also says of each pair whether OpenSSL would see that one has issued the other. */
static bool load_path(struct sch_chain_engine *engine) {
  bool usable = true;

  for (size_t i = 0; i < engine->path->count; i++) {
    struct sch_path_node *node = node_of(engine, i);

    if (!sch_chain_load(node)) {
      sch_trust_add(engine->trust, i, node->unusable == 0 ? CERT_TRUST_UNREADABLE : 0, 0);
      usable = false;
    } else if (i != 0 && element_of(engine, i - 1) != NULL) {
      const int number = X509_check_issued(node->engine, element_of(engine, i - 1));

      if (number != X509_V_OK) {
        record(engine, i, number);
      }
    }
  }
  return usable;
}

/* add_untrusted gives OpenSSL what stands between leaf and anchor, and what may have signed a CRL:
 * each of these costs as much as a signature, since its key is decoded. */
static bool add_untrusted(const struct sch_chain_engine *engine, STACK_OF(X509) * to) {
  for (size_t i = 1; i < engine->path->count - (engine->anchored ? 1 : 0); i++) {
    if (sk_X509_push(to, element_of(engine, i)) == 0) {
      return false;
    }
  }
  for (size_t i = 1; i < engine->pool->count; i++) {
    struct sch_path_node *node = &engine->pool->nodes[i];

    if (node->signs_crls && !node->anchor) {
      if (node->engine == NULL && !sch_chain_spend_signature(engine->budget)) {
        return true;
      }
      if (sch_chain_load(node) && X509_add_cert(to, node->engine, X509_ADD_FLAG_NO_DUP) != 1) {
        return false;
      }
    }
  }
  return true;
}

/* is_shown: what OpenSSL has judged is the path that it was shown. */
static bool is_shown(const struct sch_chain_engine *engine, X509_STORE_CTX *ctx) {
  STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(ctx);
  bool same = sk_X509_num(chain) == (int)engine->path->count;

  for (size_t i = 0; same && i < engine->path->count; i++) {
    same = sk_X509_value(chain, (int)i) == element_of(engine, i);
  }
  return same;
}

static void run(struct sch_chain_engine *engine, X509_STORE_CTX *ctx, STACK_OF(X509) * untrusted,
                STACK_OF(X509_CRL) * crls) {
  if (X509_STORE_CTX_init(ctx, engine->store, element_of(engine, 0), untrusted) != 1) {
    fail(engine);
    return;
  }
  X509_STORE_CTX_set0_crls(ctx, crls);
  const int good = X509_verify_cert(ctx);

  if (good != 1 && !engine->budget->exhausted) {
    fail(engine);
  } else if (good == 1 && !is_shown(engine, ctx)) {
    sch_trust_add(engine->trust, SCH_TRUST_CHAIN, CERT_TRUST_IS_PARTIAL_CHAIN, 0);
  }
}

void sch_chain_engine_judge(struct sch_chain_engine *engine, const struct sch_path *path,
                            struct sch_trust *trust) {
  engine->path = path;
  engine->trust = trust;
  engine->anchored = node_of(engine, path->count - 1)->anchor;
  if (!load_path(engine)) {
    return;
  }
  X509_STORE_CTX *ctx = X509_STORE_CTX_new();
  STACK_OF(X509) *untrusted = sk_X509_new_null();

  if (ctx == NULL || untrusted == NULL || !add_untrusted(engine, untrusted)) {
    fail(engine);
  } else {
    STACK_OF(X509_CRL) *crls = sch_chain_crls_for(&engine->crls, path);

    if (crls == NULL) {
      fail(engine);
    } else if (!engine->budget->exhausted) {
      run(engine, ctx, untrusted, crls);
    }
    X509_STORE_CTX_cleanup(ctx);
    sk_X509_CRL_free(crls);
  }
  X509_STORE_CTX_free(ctx);
  sk_X509_free(untrusted);
}

/* --- setting up */

static int check_crl(X509_STORE_CTX *ctx, X509_CRL *crl) {
  return sch_chain_crls_check(&engine_of(ctx)->crls, ctx, crl);
}

static int ask_crl(X509_STORE_CTX *ctx, X509_CRL *crl, X509 *certificate) {
  return sch_chain_crls_ask(&engine_of(ctx)->crls, ctx, crl, certificate);
}

/* learn keeps OpenSSL's own steps, which a context of a store without ours has. */
static bool learn(struct sch_chain_engine *engine) {
  X509_STORE_CTX *ctx = X509_STORE_CTX_new();
  const bool made = ctx != NULL && X509_STORE_CTX_init(ctx, engine->store, NULL, NULL) == 1;

  if (made) {
    engine->verify = X509_STORE_CTX_get_verify(ctx);
    engine->crls.check = X509_STORE_CTX_get_check_crl(ctx);
    engine->crls.ask = X509_STORE_CTX_get_cert_crl(ctx);
  }
  X509_STORE_CTX_free(ctx);
  return made;
}

static bool set_store(struct sch_chain_engine *engine) {
  X509_STORE *store = X509_STORE_new();

  engine->store = store;
  if (store == NULL || !learn(engine) ||
      !sch_chain_param_set(X509_STORE_get0_param(store), engine->policy) ||
      X509_STORE_set_ex_data(store, 0, engine) != 1) {
    return false;
  }
  X509_STORE_set_verify_cb(store, note);
  X509_STORE_set_verify(store, verify);
  X509_STORE_set_check_issued(store, is_issued);
  X509_STORE_set_get_issuer(store, get_issuer);
  X509_STORE_set_lookup_certs(store, find_anchor);
  X509_STORE_set_check_crl(store, check_crl);
  X509_STORE_set_cert_crl(store, ask_crl);
  return true;
}

struct sch_chain_engine *sch_chain_engine_open(struct sch_path_pool *pool,
                                               const struct sch_store *store,
                                               const struct sch_chain_policy *policy,
                                               struct sch_chain_budget *budget) {
  struct sch_chain_engine *engine = sch_alloc(sizeof *engine);

  if (engine == NULL) {
    return NULL;
  }
  (void)ERR_set_mark();
  *engine = (struct sch_chain_engine){
      .pool = pool,
      .policy = policy,
      .budget = budget,
      .crls = {.pool = pool, .policy = policy, .budget = budget},
      .edges = sch_alloc((budget->limits->signatures + 1) * sizeof(struct edge)),
  };
  if (engine->edges == NULL || !sch_chain_crls_open(&engine->crls, store) || !set_store(engine)) {
    sch_chain_engine_drop(engine);
    return NULL;
  }
  return engine;
}

void sch_chain_engine_drop(struct sch_chain_engine *engine) {
  if (engine == NULL) {
    return;
  }
  for (size_t i = 0; i < engine->pool->count; i++) {
    X509_free(engine->pool->nodes[i].engine);
    engine->pool->nodes[i].engine = NULL;
  }
  sch_chain_crls_drop(&engine->crls);
  X509_STORE_free(engine->store);
  sch_free(engine->edges);
  sch_free(engine);
  (void)ERR_pop_to_mark();
}
