/* suite: the cipher suites this provider offers, as one table.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_TLS_SUITE_H
#define SCH_TLS_SUITE_H

#include "bytes/builder.h"
#include "sspi/abi.h"

struct sch_suite {
  uint16_t number;  /* IANA */
  const char *name; /* IANA */
  const char *openssl_name;
  ALG_ID cipher; /* 0 where wincrypt.h has no number */
  uint16_t cipher_bits;
  ALG_ID hash; /* of the MAC; 0, and no bits, for an AEAD */
  uint16_t hash_bits;
  ALG_ID exchange;
  const char *cipher_name;
  const char *hash_name;
  const char *exchange_name;
};

/* What a record adds to its data. */
struct sch_suite_sizes {
  size_t header;  /* bytes in front of the data, exact */
  size_t trailer; /* bytes behind it, at most */
  size_t block;   /* cipher block size, 1 for an AEAD */
};

/* sch_suite_of returns the row of a suite; the last row, all unknown, when there is none. */
const struct sch_suite *sch_suite_of(uint16_t number);

/* sch_suite_table gives all rows, `*count` of them, in order of preference, without the last one.
 */
const struct sch_suite *sch_suite_table(size_t *count);

/* sch_suite_list writes the OpenSSL names of all suites of TLS 1.3, or of all others, in order of
 * preference, with colons between them and a NUL behind. */
void sch_suite_list(bool of_1_3, struct sch_builder *to);

/* sch_suite_sizes_of tells what a record protected by `suite` adds to its data. RFC 5246 section
 * 6.2.3, RFC 5288, RFC 7905, RFC 8446 section 5.2. */
struct sch_suite_sizes sch_suite_sizes_of(const struct sch_suite *suite);

#endif
