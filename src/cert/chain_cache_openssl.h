/* chain_cache_openssl: certificates that OpenSSL has read, for who judges the same ones again.
 *
 * OpenSSL takes longer to decode a public key than to check a signature with it. The cache is of
 * the process and closed until somebody opens it; it is keyed by whole DER, so that it can change
 * how long a verdict takes and nothing else. One thread at a time may verify while it is open.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_CERT_CHAIN_CACHE_OPENSSL_H
#define SCH_CERT_CHAIN_CACHE_OPENSSL_H

#include "bytes/span.h"

/* sch_chain_cache_open makes a closed cache that keeps up to `slots` certificates. False when
 * memory is short. */
CHECKED bool sch_chain_cache_open(size_t slots);

/* sch_chain_cache_close empties and closes it. On a closed one it does nothing. */
void sch_chain_cache_close(void);

/* sch_chain_cache_read gives a reference to an X509 of `der`, which the caller frees with
 * X509_free, or NULL when OpenSSL cannot read it. */
CHECKED void *sch_chain_cache_read(struct sch_span der);

#endif
