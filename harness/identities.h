/* identities: the keys and certificates of the harness. The keys are public on purpose: they stand
 * in this repository, and are worth nothing.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_IDENTITIES_H
#define SCH_IDENTITIES_H

#include "bytes/span.h"

enum sch_identity_kind {
  SCH_IDENTITY_NONE,
  SCH_IDENTITY_RSA,                /* RSA-2048, self-signed */
  SCH_IDENTITY_ECDSA,              /* P-256, self-signed */
  SCH_IDENTITY_ED25519,            /* self-signed */
  SCH_IDENTITY_LONG_CHAIN,         /* P-256, behind intermediates of 20 KiB together */
  SCH_IDENTITY_LONG_CHAIN_RSA,     /* RSA-2048, behind the same */
  SCH_IDENTITY_LONG_CHAIN_ED25519, /* Ed25519, behind the same */
  SCH_IDENTITY_COUNT
};

/* The views live for ever. All are empty for SCH_IDENTITY_NONE. */
struct sch_identity {
  const char *name;
  struct sch_span certificate; /* DER; subject alternative name SCH_IDENTITY_HOST */
  struct sch_span chain;       /* intermediates, DER, one behind the other, leaf side first */
  struct sch_span key;         /* PKCS#8 DER */
};

#define SCH_IDENTITY_HOST "test.example"

/* sch_identity gives the identity of `kind`, the same bytes in every process: certificates are made
 * at the first call, in a world apart. */
const struct sch_identity *sch_identity(enum sch_identity_kind kind);

#endif
