/* Unit tests of sspi/certcontext: what is attached, how long it lives, and what is no context.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "sspi/certcontext.h"

#include "test.h"

static const uint8_t der[] = {0x30, 3, 2, 1, 5};

/* The bytes are copied, not parsed, and are found again. */
TEST(create) {
  uint8_t copy[sizeof der];

  sch_copy(copy, der, sizeof der);
  PCCERT_CONTEXT context = CertCreateCertificateContext(X509_ASN_ENCODING, copy, sizeof copy);

  memset(copy, 0, sizeof copy);
  CHECK(context != NULL);
  CHECK_EQUAL(context->dwCertEncodingType, X509_ASN_ENCODING);
  CHECK_EQUAL(context->cbCertEncoded, sizeof der);
  CHECK(memcmp(context->pbCertEncoded, der, sizeof der) == 0);
  CHECK_BYTES(sch_certcontext_find(context)->certificate, sch_span_of(der, sizeof der));
  CHECK_EQUAL(sch_certcontext_find(context)->key.size, 0);
  CHECK_EQUAL(CertFreeCertificateContext(context), TRUE);
}

/* No bytes, no size, another encoding: no context. */
TEST(create_refuses) {
  const ULONG both = X509_ASN_ENCODING | PKCS_7_ASN_ENCODING;
  PCCERT_CONTEXT context = CertCreateCertificateContext(both, der, sizeof der);

  CHECK(context != NULL);
  CHECK_EQUAL(CertFreeCertificateContext(context), TRUE);
  CHECK(CertCreateCertificateContext(X509_ASN_ENCODING, NULL, 5) == NULL);
  CHECK(CertCreateCertificateContext(X509_ASN_ENCODING, der, 0) == NULL);
  CHECK(CertCreateCertificateContext(PKCS_7_ASN_ENCODING, der, sizeof der) == NULL);
  CHECK(CertCreateCertificateContext(0, der, sizeof der) == NULL);
  CHECK(sch_certcontext_create(&(struct sch_certcontext_identity){.key = sch_span_text("key")}) ==
        NULL);
}

/* Certificate, chain and key come back apart and whole. */
TEST(identity) {
  const struct sch_certcontext_identity identity = {sch_span_text("certificate"),
                                                    sch_span_text("chain"), sch_span_text("key")};
  PCCERT_CONTEXT context = sch_certcontext_create(&identity);
  const struct sch_certcontext_identity *found = sch_certcontext_find(context);

  CHECK(found != NULL);
  CHECK_BYTES(found->certificate, identity.certificate);
  CHECK_BYTES(found->chain, identity.chain);
  CHECK_BYTES(found->key, identity.key);
  CHECK(found->key.data != identity.key.data);
  CHECK_EQUAL(CertFreeCertificateContext(context), TRUE);
}

/* A context is nothing once it is freed, and may be freed again. */
TEST(freed) {
  PCCERT_CONTEXT context = CertCreateCertificateContext(X509_ASN_ENCODING, der, sizeof der);

  CHECK(sch_certcontext_find(context) != NULL);
  CHECK_EQUAL(CertFreeCertificateContext(context), TRUE);
  CHECK(sch_certcontext_find(context) == NULL);
  CHECK_EQUAL(CertFreeCertificateContext(context), TRUE);
}

/* Any pointer may be asked about and freed; nothing is read through it. */
TEST(bogus) {
  const CERT_CONTEXT made_up = {.dwCertEncodingType = X509_ASN_ENCODING};
  PCCERT_CONTEXT live = CertCreateCertificateContext(X509_ASN_ENCODING, der, sizeof der);
  PCCERT_CONTEXT inside = (PCCERT_CONTEXT)(const void *)((const uint8_t *)live + 1);

  CHECK(sch_certcontext_find(NULL) == NULL);
  CHECK(sch_certcontext_find(&made_up) == NULL);
  CHECK(sch_certcontext_find(inside) == NULL);
  CHECK(sch_certcontext_find((PCCERT_CONTEXT)(uintptr_t)8) == NULL);
  CHECK_EQUAL(CertFreeCertificateContext(NULL), TRUE);
  CHECK_EQUAL(CertFreeCertificateContext(&made_up), TRUE);
  CHECK(sch_certcontext_find(live) != NULL);
  CHECK_EQUAL(CertFreeCertificateContext(live), TRUE);
}

/* Contexts are freed in any order. */
TEST(many) {
  PCCERT_CONTEXT contexts[9];

  for (size_t i = 0; i < SCH_COUNT(contexts); i++) {
    contexts[i] = CertCreateCertificateContext(X509_ASN_ENCODING, der, (DWORD)(1 + i % 5));
  }
  for (size_t i = 0; i < SCH_COUNT(contexts); i++) {
    const size_t at = i * 4 % SCH_COUNT(contexts);

    CHECK_EQUAL(sch_certcontext_find(contexts[at])->certificate.size, 1 + at % 5);
    CHECK_EQUAL(CertFreeCertificateContext(contexts[at]), TRUE);
    CHECK(sch_certcontext_find(contexts[at]) == NULL);
  }
}

TESTS(create, create_refuses, identity, freed, bogus, many)
