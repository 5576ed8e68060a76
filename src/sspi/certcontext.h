/* certcontext: PCCERT_CONTEXT, the shape in which Schannel takes and gives certificates.
 *
 * On Windows a certificate context finds its key and its chain through its store and properties.
 * Here they are attached to it; nothing is ever read from or written to a system store.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_SSPI_CERTCONTEXT_H
#define SCH_SSPI_CERTCONTEXT_H

#include "bytes/span.h"
#include "sspi/abi.h"

/* What is attached to a certificate context. The views live as long as the context. */
struct sch_certcontext_identity {
  struct sch_span certificate; /* DER */
  struct sch_span chain;       /* intermediates, DER, one behind the other */
  struct sch_span key;         /* PKCS#8 DER, or empty */
};

/* CertCreateCertificateContext copies the DER certificate and gives a context, or NULL when
 * `encoded` is NULL, `size` is 0 or memory is short. The encoding is not parsed. Microsoft:
 * wincrypt.h, CertCreateCertificateContext. */
PCCERT_CONTEXT CertCreateCertificateContext(DWORD encoding, const BYTE *encoded, DWORD size);

/* CertFreeCertificateContext wipes and frees a context. NULL, or one that is not live, does
 * nothing. Always TRUE. */
BOOL CertFreeCertificateContext(PCCERT_CONTEXT context);

/* sch_certcontext_create makes a context with all that a credential needs: on Windows this is
 * PFXImportCertStore and a search in the store. NULL as above. */
CHECKED PCCERT_CONTEXT sch_certcontext_create(const struct sch_certcontext_identity *identity);

/* sch_certcontext_find returns what is attached to `context`, or NULL when it is not one that is
 * live: any pointer may be asked about. */
const struct sch_certcontext_identity *sch_certcontext_find(PCCERT_CONTEXT context);

/* sch_certcontext_count says how many contexts are live, for the balance at the end of a test. */
size_t sch_certcontext_count(void);

#endif
