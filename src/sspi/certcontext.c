/* certcontext: see certcontext.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "sspi/certcontext.h"

#include <pthread.h>

struct certificate {
  CERT_CONTEXT context; /* first: a PCCERT_CONTEXT is a pointer to one of these */
  struct sch_certcontext_identity identity;
  struct certificate *next;
  uint8_t bytes[]; /* certificate, chain, key */
};

/* All live contexts, so that a bogus pointer is found out before it is followed. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct certificate *first;

/* link_to finds the link that points to `context`, or the last one, which holds NULL. */
static struct certificate **link_to(PCCERT_CONTEXT context) {
  struct certificate **link = &first;

  while (*link != NULL && &(*link)->context != context) {
    link = &(*link)->next;
  }
  return link;
}

static struct sch_span keep(uint8_t **at, struct sch_span bytes) {
  const struct sch_span kept = {*at, bytes.size};

  sch_copy(*at, bytes.data, bytes.size);
  *at += bytes.size;
  return kept;
}

PCCERT_CONTEXT sch_certcontext_create(const struct sch_certcontext_identity *identity) {
  const struct sch_span der = identity->certificate;
  const size_t bytes = der.size + identity->chain.size + identity->key.size;

  if (der.size == 0 || der.size > UINT32_MAX) {
    return NULL;
  }
  struct certificate *certificate = sch_alloc(sizeof *certificate + bytes);

  if (certificate == NULL) {
    return NULL;
  }
  uint8_t *at = certificate->bytes;

  certificate->context.dwCertEncodingType = X509_ASN_ENCODING;
  certificate->context.pbCertEncoded = at;
  certificate->context.cbCertEncoded = (DWORD)der.size;
  certificate->identity.certificate = keep(&at, der);
  certificate->identity.chain = keep(&at, identity->chain);
  certificate->identity.key = keep(&at, identity->key);
  (void)pthread_mutex_lock(&lock);
  certificate->next = first;
  first = certificate;
  (void)pthread_mutex_unlock(&lock);
  return &certificate->context;
}

PCCERT_CONTEXT CertCreateCertificateContext(DWORD encoding, const BYTE *encoded, DWORD size) {
  if ((encoding & X509_ASN_ENCODING) == 0 || encoded == NULL) {
    return NULL;
  }
  return sch_certcontext_create(
      &(struct sch_certcontext_identity){.certificate = sch_span_of(encoded, size)});
}

BOOL CertFreeCertificateContext(PCCERT_CONTEXT context) {
  struct certificate *dead = NULL;

  (void)pthread_mutex_lock(&lock);
  struct certificate **link = link_to(context);

  if (*link != NULL) {
    dead = *link;
    *link = dead->next;
  }
  (void)pthread_mutex_unlock(&lock);
  sch_free(dead);
  return TRUE;
}

size_t sch_certcontext_count(void) {
  size_t count = 0;

  (void)pthread_mutex_lock(&lock);
  for (const struct certificate *live = first; live != NULL; live = live->next) {
    count++;
  }
  (void)pthread_mutex_unlock(&lock);
  return count;
}

const struct sch_certcontext_identity *sch_certcontext_find(PCCERT_CONTEXT context) {
  (void)pthread_mutex_lock(&lock);
  const struct certificate *certificate = *link_to(context);

  (void)pthread_mutex_unlock(&lock);
  return certificate == NULL ? NULL : &certificate->identity;
}
