/* suite: the cipher suites this provider offers, as one table.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_TLS_SUITE_H
#define SCH_TLS_SUITE_H

#include "base.h"
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

/* sch_suite_of returns the row of a suite; the last row, all unknown, when there is none. */
const struct sch_suite *sch_suite_of(uint16_t number);

/* sch_suite_table gives all rows, `*count` of them, in order of preference, without the last one.
 */
const struct sch_suite *sch_suite_table(size_t *count);

#endif
