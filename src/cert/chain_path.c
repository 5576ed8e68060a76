/* chain_path: see chain_path.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "cert/chain_path.h"

#include <stdlib.h>
#include <string.h>

enum { KEY_CERT_SIGN = 5, CLASSES = 4, EXPONENT_BITS = 64 };

/* --- one certificate */

struct sch_trust_element sch_path_time(const struct sch_certificate *certificate,
                                       const struct sch_chain_policy *policy) {
  if (policy->time > certificate->not_after ||
      (policy->time == certificate->not_after && policy->nanoseconds != 0)) {
    return (struct sch_trust_element){CERT_TRUST_IS_NOT_TIME_VALID, 0};
  }
  if (policy->time < certificate->not_before) {
    return (struct sch_trust_element){CERT_TRUST_IS_NOT_TIME_VALID, SCH_TRUST_EARLY};
  }
  return (struct sch_trust_element){0, 0};
}

bool sch_path_purpose(const struct sch_certificate *certificate, enum sch_chain_purpose purpose) {
  const enum sch_oid wanted =
      purpose == SCH_CHAIN_SERVER ? SCH_OID_server_auth : SCH_OID_client_auth;
  struct sch_span list = certificate->extensions.body[SCH_EXTENSION_extended_key_usage];
  struct sch_reading reading = {0};
  struct sch_span oid;

  if (purpose == SCH_CHAIN_ANY || list.size == 0) {
    return true;
  }
  while (list.size != 0 && sch_der_take(&list, SCH_DER_OID, &oid, &reading)) {
    if (sch_oid_find(oid) == wanted) {
      return true;
    }
  }
  return false;
}

bool sch_path_may_sign(const struct sch_certificate *certificate) {
  return !sch_extensions_has(&certificate->extensions, SCH_EXTENSION_key_usage) ||
         (certificate->extensions.key_usage >> KEY_CERT_SIGN & 1u) != 0;
}

static size_t bits_of(struct sch_span integer) {
  size_t bits = 8 * integer.size;

  for (size_t i = 0; i < integer.size && bits != 0; i++) {
    for (int bit = 7; bit >= 0; bit--) {
      if ((integer.data[i] >> bit & 1u) != 0) {
        return bits;
      }
      bits--;
    }
  }
  return bits;
}

/* is_large: an RSA key, or any other, whose mathematics would cost more than is allowed. */
static bool is_large(const struct sch_certificate *certificate, size_t key_bits) {
  struct sch_span key = certificate->key;
  struct sch_reading reading = {0};
  struct sch_span body;
  struct sch_span modulus;
  struct sch_span exponent;

  if (certificate->key_info.size > key_bits / 2) {
    return true;
  }
  return certificate->key_algorithm.oid == SCH_OID_rsa &&
         sch_der_take(&key, SCH_DER_SEQUENCE, &body, &reading) &&
         sch_der_take(&body, SCH_DER_INTEGER, &modulus, &reading) &&
         sch_der_take(&body, SCH_DER_INTEGER, &exponent, &reading) &&
         (bits_of(modulus) > key_bits || bits_of(exponent) > EXPONENT_BITS);
}

/* unusable says what must be known before an engine decodes a key: a curve that is spelled out
 * begins mathematics of the author's choice (CVE-2022-0778, CVE-2020-0601). */
static uint32_t unusable(const struct sch_certificate *certificate,
                         const struct sch_chain_policy *policy, size_t key_bits) {
  const struct sch_algorithm *algorithm = &certificate->key_algorithm;
  uint32_t bits = 0;

  if (is_large(certificate, key_bits)) {
    bits |= CERT_TRUST_WORK_LIMIT;
  }
  if (algorithm->oid == SCH_OID_ec_public_key && !sch_der_is(algorithm->parameters, SCH_DER_OID)) {
    bits |= CERT_TRUST_HAS_WEAK_HYGIENE;
  }
  if (algorithm->oid == SCH_OID_dsa && policy->strength >= 2) {
    bits |= CERT_TRUST_HAS_WEAK_HYGIENE;
  }
  return bits;
}

static uint32_t defects(const struct sch_certificate *certificate,
                        const struct sch_chain_policy *policy) {
  uint32_t bits = sch_path_time(certificate, policy).bits;

  if (!certificate->extensions.ca) {
    bits |= CERT_TRUST_INVALID_BASIC_CONSTRAINTS;
  }
  if (!sch_path_may_sign(certificate) || !sch_path_purpose(certificate, policy->purpose)) {
    bits |= CERT_TRUST_IS_NOT_VALID_FOR_USAGE;
  }
  return bits;
}

static size_t count_items(struct sch_span list) {
  struct sch_reading reading = {0};
  struct sch_element item;
  size_t count = 0;

  while (list.size != 0 && sch_der_any(&list, &item, &reading)) {
    count++;
  }
  return count;
}

void sch_path_count_names(struct sch_path_node *node) {
  const struct sch_extensions *extensions = &node->stored->certificate.extensions;
  struct sch_name subject = sch_certificate_name(node->stored->certificate.subject);

  node->names =
      1 + count_items(subject.rdns) + count_items(extensions->body[SCH_EXTENSION_subject_alt_name]);
  node->subtrees = count_items(extensions->permitted) + count_items(extensions->excluded);
}

/* --- all of them */

static struct sch_path_node make_node(const struct sch_stored_certificate *stored, bool anchor,
                                      const struct sch_chain_policy *policy, size_t key_bits) {
  const struct sch_certificate *certificate = &stored->certificate;
  const struct sch_extensions *extensions = &certificate->extensions;
  const struct sch_span authority = extensions->authority.key_id;
  const bool self_issued = stored->subject == stored->issuer &&
                           sch_name_equal(certificate->subject, certificate->issuer);

  return (struct sch_path_node){
      .stored = stored,
      .anchor = anchor,
      .self_issued = self_issued,
      .self_signed = self_issued &&
                     (authority.data == NULL ||
                      sch_span_equal(authority, extensions->body[SCH_EXTENSION_subject_key_id])),
      .defects = defects(certificate, policy) | unusable(certificate, policy, key_bits),
      .unusable = unusable(certificate, policy, key_bits),
  };
}

static int compare(const void *left, const void *right) {
  const struct sch_path_node *nodes[] = {left, right};
  const struct sch_span ders[] = {nodes[0]->stored->certificate.whole,
                                  nodes[1]->stored->certificate.whole};

  if (ders[0].size != ders[1].size) {
    return ders[0].size < ders[1].size ? -1 : 1;
  }
  return memcmp(ders[0].data, ders[1].data, ders[0].size);
}

bool sch_path_pool_open(struct sch_path_pool *pool, const struct sch_stored_certificate *leaf,
                        const struct sch_store *store, const struct sch_store *others,
                        const struct sch_chain_policy *policy, size_t key_bits) {
  const size_t anchors = sch_store_count(store, SCH_STORE_ANCHORS);
  const size_t known = sch_store_count(store, SCH_STORE_INTERMEDIATES);
  const size_t sent = sch_store_count(others, SCH_STORE_INTERMEDIATES);
  struct sch_path_node *nodes =
      sch_alloc((1 + anchors + known + sent) * sizeof(struct sch_path_node));

  *pool = (struct sch_path_pool){nodes, 1};
  if (nodes == NULL) {
    return false;
  }
  nodes[0] = make_node(leaf, sch_store_holds(store, SCH_STORE_ANCHORS, leaf->certificate.whole),
                       policy, key_bits);
  for (size_t i = 0; i < anchors; i++) {
    nodes[pool->count++] =
        make_node(sch_store_certificate(store, SCH_STORE_ANCHORS, i), true, policy, key_bits);
  }
  for (size_t i = 0; i < known + sent; i++) {
    const struct sch_store *from = i < known ? store : others;
    const struct sch_stored_certificate *stored =
        sch_store_certificate(from, SCH_STORE_INTERMEDIATES, i < known ? i : i - known);
    const struct sch_span der = stored->certificate.whole;

    if (!sch_store_holds(store, SCH_STORE_ANCHORS, der) &&
        (i < known || !sch_store_holds(store, SCH_STORE_INTERMEDIATES, der))) {
      nodes[pool->count++] = make_node(stored, false, policy, key_bits);
    }
  }
  qsort(nodes + 1, pool->count - 1, sizeof *nodes, compare);
  return true;
}

void sch_path_pool_drop(struct sch_path_pool *pool) {
  sch_free(pool->nodes);
  *pool = (struct sch_path_pool){0};
}

/* --- the search */

/* A search in progress. */
struct walk {
  struct sch_path_search *search;
  struct sch_path path;
};

static const struct sch_path_node *last_of(const struct walk *walk) {
  return &walk->search->pool->nodes[walk->path.nodes[walk->path.count - 1]];
}

static bool is_issuer(const struct sch_path_node *issuer, const struct sch_path_node *of) {
  return issuer->stored->subject == of->stored->issuer &&
         sch_name_equal(issuer->stored->certificate.subject, of->stored->certificate.issuer);
}

/* is_on_path: by itself, or by name and key, in which case the path would only come back to where
 * it was. The leaf is no issuer yet, and does not count by its name and key. */
static bool is_on_path(const struct walk *walk, size_t index) {
  const struct sch_path_node *nodes = walk->search->pool->nodes;
  const struct sch_path_node *node = &nodes[index];

  for (size_t i = 0; i < walk->path.count; i++) {
    const struct sch_certificate *other = &nodes[walk->path.nodes[i]].stored->certificate;

    if (sch_span_equal(other->whole, node->stored->certificate.whole) ||
        (i != 0 && sch_span_equal(other->key_info, node->stored->certificate.key_info) &&
         sch_name_equal(other->subject, node->stored->certificate.subject))) {
      return true;
    }
  }
  return false;
}

/* keys_differ: the key identifiers say that it is another issuer of that name. */
static bool keys_differ(const struct sch_path_node *issuer, const struct sch_path_node *of) {
  const struct sch_span wanted = of->stored->certificate.extensions.authority.key_id;
  const struct sch_span own =
      issuer->stored->certificate.extensions.body[SCH_EXTENSION_subject_key_id];

  return wanted.data != NULL && own.data != NULL && !sch_span_equal(wanted, own);
}

static int class_of(const struct sch_path_node *issuer, const struct sch_path_node *of) {
  return (issuer->defects != 0 || keys_differ(issuer, of) ? 2 : 0) + (issuer->anchor ? 0 : 1);
}

static bool spend(struct sch_chain_budget *budget, size_t *used, size_t limit, size_t amount) {
  if (amount > limit - *used) {
    budget->exhausted = true;
    return false;
  }
  *used += amount;
  return true;
}

bool sch_chain_spend_signature(struct sch_chain_budget *budget) {
  return spend(budget, &budget->used->signatures, budget->limits->signatures, 1);
}

bool sch_chain_spend_comparisons(struct sch_chain_budget *budget, size_t count) {
  return spend(budget, &budget->used->comparisons, budget->limits->comparisons, count);
}

static bool show(struct walk *walk) {
  struct sch_chain_budget *budget = walk->search->budget;

  return spend(budget, &budget->used->candidates, budget->limits->candidates, 1) &&
         walk->search->judge(walk->search->context, &walk->path);
}

static void note_dead_end(struct walk *walk, bool cyclic) {
  if (walk->search->dead_end.count == 0) {
    walk->search->dead_end = walk->path;
    walk->search->cyclic = cyclic;
  }
}

static bool go_on(struct walk *walk);

/* try_class goes on to each issuer of one class; `*seen` counts them, `*cyclic` notes one that is
 * on the path. */
static bool try_class(struct walk *walk, int class, size_t *seen, bool *cyclic) {
  struct sch_path_search *search = walk->search;
  const struct sch_path_node *last = last_of(walk);

  if (!sch_chain_spend_comparisons(search->budget, search->pool->count)) {
    return false;
  }
  for (size_t i = 1; i < search->pool->count && !search->budget->exhausted; i++) {
    const struct sch_path_node *issuer = &search->pool->nodes[i];

    if (!is_issuer(issuer, last) || class_of(issuer, last) != class) {
      continue;
    }
    if (is_on_path(walk, i)) {
      *cyclic = true;
      continue;
    }
    if (walk->path.count == search->elements) {
      search->cut = true;
      continue;
    }
    *seen += 1;
    if (search->refuses(search->context, walk->path.nodes[walk->path.count - 1], i)) {
      continue;
    }
    walk->path.nodes[walk->path.count++] = i;
    if (go_on(walk)) {
      return true;
    }
    walk->path.count--;
  }
  return false;
}

/* go_on extends the path from its last element. Its recursion is as deep as a path is long. */
static bool go_on(struct walk *walk) {
  const struct sch_path_node *last = last_of(walk);
  size_t seen = 0;
  bool cyclic = false;

  if (last->anchor) {
    return show(walk);
  }
  for (int class = 0; class < CLASSES && !last->self_signed && !walk->search->budget->exhausted;
       class ++) {
    if (try_class(walk, class, &seen, &cyclic)) {
      return true;
    }
  }
  if (seen == 0) {
    note_dead_end(walk, cyclic);
  }
  return false;
}

bool sch_path_search(struct sch_path_search *search) {
  struct walk walk = {.search = search, .path = {.count = 1, .nodes = {0}}};

  REQUIRE(search->elements >= 1);
  REQUIRE(search->elements <= SCH_TRUST_ELEMENTS_MAX);
  return go_on(&walk);
}
