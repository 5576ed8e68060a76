/* personality: what differs between one Schannel and another, and what a hostile one may do without
 * breaking the contract, as data: one row each, one field per difference.
 *
 * Where a field is 0 or false, the provider does what the newest Windows does.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_SSPI_PERSONALITY_H
#define SCH_SSPI_PERSONALITY_H

#include "base.h"
#include "sspi/abi.h"
#include "tls/engine.h"

/* What MISSING says. It is a hint, "not always accurate" (Microsoft, InitializeSecurityContext). */
enum sch_missing {
  SCH_MISSING_EXACT,
  SCH_MISSING_ABSENT, /* the slot stays EMPTY */
  SCH_MISSING_ZERO,
  SCH_MISSING_ONE,   /* less than what is missing */
  SCH_MISSING_EXCESS /* SCH_MISSING_EXCESS_BY more than what is missing */
};

#define SCH_MISSING_EXCESS_BY ((size_t)4096)

struct sch_personality {
  const char *name;
  const char *package; /* for AcquireCredentialsHandle: this personality on libssl */

  /* AcquireCredentialsHandle */
  DWORD protocols;                 /* SP_PROT bits that there are, of both roles */
  bool no_v5;                      /* SCH_CREDENTIALS is an unknown version */
  SECURITY_STATUS version_unknown; /* what an unknown version is answered */
  SECURITY_STATUS version_v3;      /* SEC_E_OK: it is read as SCHANNEL_CRED_VERSION is */

  /* InitializeSecurityContext and AcceptSecurityContext */
  enum sch_missing handshake_missing;
  bool never_asks;     /* for a certificate: SEC_I_INCOMPLETE_CREDENTIALS is not given */
  bool needs_name;     /* phNewContext may not be NULL on later calls either */
  size_t records;      /* the most that one call uses, the rest is EXTRA; 0: no limit */
  size_t fragment;     /* the most of a token that one call gives, with MESSAGE_FRAGMENT; 0: all */
  bool last_slot;      /* EXTRA and MISSING go to the last EMPTY slot, not the first */
  bool alert_in_alert; /* the alert of a failure is in the ALERT slot, when there is one */
  size_t empty_memory; /* bytes of memory that come with a token of no bytes, to be freed */

  /* DecryptMessage */
  enum sch_missing message_missing;
  bool second_missing_total; /* the second MISSING is the size of the record */
  uint8_t slots[4];          /* which slot is HEADER, DATA, TRAILER and EXTRA: a permutation */
  bool post_handshake_used;  /* a TLS 1.3 message is used up: the next call takes no input for it */
  bool close_is_data;        /* close_notify is SEC_E_OK with no data */
  SECURITY_STATUS altered;   /* what a record that is not authentic is answered */

  /* Stream sizes */
  size_t header;    /* 0: what the suite has */
  bool trailer_mac; /* only the MAC of the suite, and trailer_more, count as trailer */
  size_t trailer_more;
  size_t block; /* 0: what the suite has */
};

/* sch_personality_table gives all rows, `*count` of them, the default first. They live for ever. */
const struct sch_personality *sch_personality_table(size_t *count);

/* sch_personality_default is the row of UNISP_NAME and SCHANNEL_NAME. */
const struct sch_personality *sch_personality_default(void);

/* sch_missing_said turns what is missing, `*size` >= 1, into what is said. False when nothing is.
 */
CHECKED bool sch_missing_said(enum sch_missing missing, size_t *size);

/* sch_personality_sizes changes the header, trailer and block of `facts` to what is told. */
void sch_personality_sizes(const struct sch_personality *personality,
                           struct sch_engine_facts *facts);

#endif
