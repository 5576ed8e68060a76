/* toy_chain: certificates and CRLs signed by toy keys, for tests of what comes after the signature.
 *
 * A key is a number; its Ed25519 private key is that byte, 32 times. The same description gives the
 * same bytes.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_TOY_CHAIN_H
#define SCH_TOY_CHAIN_H

#include "bytes/span.h"

#define SCH_TOY_NOW INT64_C(1735689600) /* 2025-01-01, within what is made without other dates */

/* A certificate or CRL. Notation is that of der_write.h; what is NULL is as the comment says. */
struct sch_toy {
  const char *subject; /* a common name; "" is an empty name, 30{ begins the notation of one */
  const char *issuer;  /* a common name; NULL: that of the subject */
  uint8_t key;
  uint8_t signer;         /* 0: `key` */
  const char *serial;     /* contents of the INTEGER; "01" */
  const char *validity;   /* 2024 to 2049 */
  const char *extensions; /* of the list; of a CA, whose are SCH_TOY_CA */
  const char *key_info;   /* that of `key` */
  const char *entries;    /* of a CRL: its list, or "" */
  bool no_key_ids;        /* leave out the key identifiers, which come before `extensions` */
  bool damaged;           /* the signature is of something else */
};

#define SCH_TOY_EXTENSION(oid, value) "30{ @" oid " 04{ " value " } } "
#define SCH_TOY_CRITICAL(oid, value) "30{ @" oid " 01{ ff } 04{ " value " } } "
#define SCH_TOY_CA                                        \
  SCH_TOY_CRITICAL("basic_constraints", "30{ 01{ ff } }") \
  SCH_TOY_CRITICAL("key_usage", "03{ 01 06 }")
#define SCH_TOY_NAMES(list) SCH_TOY_EXTENSION("subject_alt_name", "30{ " list " }")
#define SCH_TOY_SERVER                         \
  SCH_TOY_CRITICAL("key_usage", "03{ 07 80 }") \
  SCH_TOY_EXTENSION("extended_key_usage", "30{ @server_auth }")
#define SCH_TOY_LEAF SCH_TOY_SERVER SCH_TOY_NAMES("82{ 'example.org' }")

/* sch_toy_certificate and sch_toy_crl give bytes that live until sch_toy_drop, each block of
 * exactly their size. */
struct sch_span sch_toy_certificate(const struct sch_toy *toy);
struct sch_span sch_toy_crl(const struct sch_toy *toy);

/* sch_toy_bytes assembles any notation into such a block. */
struct sch_span sch_toy_bytes(const char *notation);

/* sch_toy_join puts several certificates one behind the other. */
struct sch_span sch_toy_join(const struct sch_span *items, size_t count);

/* sch_toy_drop frees everything made. */
void sch_toy_drop(void);

#endif
