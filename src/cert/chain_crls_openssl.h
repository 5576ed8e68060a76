/* chain_crls_openssl: which CRLs OpenSSL sees, and which of what they say counts.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_CERT_CHAIN_CRLS_OPENSSL_H
#define SCH_CERT_CHAIN_CRLS_OPENSSL_H

#include <openssl/x509_vfy.h>

#include "cert/chain_path.h"

struct sch_chain_crl;

/* The CRLs of a store, for one verification. Start it with zeros and sch_chain_crls_open. */
struct sch_chain_crls {
  struct sch_path_pool *pool;
  const struct sch_chain_policy *policy;
  struct sch_chain_budget *budget;
  struct sch_chain_crl *items;
  size_t count; /* none when revocation is off */
  /* OpenSSL's own steps, which ours stand before. */
  X509_STORE_CTX_check_crl_fn check;
  X509_STORE_CTX_cert_crl_fn ask;
  /* The one being checked or asked, what became of it, and those that have failed for the element
   * at hand: a complete CRL and a delta. */
  const X509_CRL *current;
  bool fault;
  const X509_CRL *failed[2];
};

/* sch_chain_load has OpenSSL read a node, once, unless it must not see it. False when it must not
 * or cannot. */
CHECKED bool sch_chain_load(struct sch_path_node *node);

/* sch_chain_crls_open takes what it needs of `store`, which outlives it, and marks the nodes that
 * may have signed a CRL. False when memory is short. */
CHECKED bool sch_chain_crls_open(struct sch_chain_crls *crls, const struct sch_store *store);
void sch_chain_crls_drop(struct sch_chain_crls *crls);

/* sch_chain_crls_for gives those that may speak of a path: by the issuer of an element, or
 * indirect, and signed by a certificate of the pool that OpenSSL has. The caller frees the stack,
 * not what is in it. NULL when memory is short. */
STACK_OF(X509_CRL) * sch_chain_crls_for(struct sch_chain_crls *crls, const struct sch_path *path);

/* sch_chain_crls_check and _ask stand before OpenSSL's steps of the same arguments. What fails its
 * check, but for its dates, is not asked. */
int sch_chain_crls_check(struct sch_chain_crls *crls, X509_STORE_CTX *ctx, X509_CRL *crl);
int sch_chain_crls_ask(struct sch_chain_crls *crls, X509_STORE_CTX *ctx, X509_CRL *crl,
                       X509 *certificate);

/* sch_chain_crls_note is told each error, and says whether it is one: not the end of a CRL in its
 * last second, and not what a CRL says that has failed. */
CHECKED bool sch_chain_crls_note(struct sch_chain_crls *crls, int number);

/* sch_chain_is_aside says whether OpenSSL is at the path of a CRL's issuer, and not at the path
 * that is judged. */
bool sch_chain_is_aside(X509_STORE_CTX *ctx);

#endif
