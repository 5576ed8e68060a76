/* crl: one certificate revocation list, RFC 5280 5, as a struct of views into its DER.
 *
 * It reads; it verifies nothing. What it accepts is strict DER throughout and keeps the profile's
 * rules, each with its fault, but for the values of unknown extensions, which may be anything.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_CERT_CRL_H
#define SCH_CERT_CRL_H

#include "cert/certificate.h"

/* issuingDistributionPoint, RFC 5280 5.2.5. */
struct sch_crl_scope {
  bool present;
  struct sch_span full_name;     /* contents of a GeneralNames; empty when absent */
  struct sch_span relative_name; /* contents of an RDN; empty when absent */
  bool only_users;
  bool only_authorities;
  bool only_attributes;
  bool indirect;
  bool has_reasons;
  uint32_t reasons; /* 1 << bit of ReasonFlags, RFC 5280 4.2.1.13 */
};

struct sch_crl {
  struct sch_span whole;
  struct sch_span tbs; /* what is signed, with its header */
  uint8_t version;     /* 1 or 2 */
  struct sch_algorithm algorithm;
  struct sch_span issuer; /* the whole Name */
  int64_t this_update;    /* Unix seconds, both inclusive */
  int64_t next_update;
  struct sch_span entry_list;       /* for sch_crl_entry_take, in order; empty when absent */
  size_t entries;                   /* how many there are */
  struct sch_span extension_list;   /* for sch_extension_take, in order; empty when absent */
  struct sch_authority authority;   /* zeros when absent */
  struct sch_span issuer_alt_name;  /* contents of a GeneralNames; empty when absent */
  struct sch_span number;           /* contents of an INTEGER of 1 to 20 bytes; v2 has one */
  struct sch_span base_number;      /* the same, of the base a delta extends; empty: complete */
  struct sch_span freshest;         /* list for sch_point_take; empty when absent */
  struct sch_span authority_access; /* list for sch_access_take; empty when absent */
  struct sch_crl_scope scope;
  bool unknown_critical;     /* of the list or an entry: a critical extension without a name here */
  struct sch_span signature; /* contents of its BIT STRING, whole bytes */
};

/* sch_crl_read reads the one CRL that `der` must be. True: `*out` is set, with views that live as
 * long as `der`. False: `*out` is unchanged and `reading` names the first rule broken. `reading`
 * starts with zeros. The work, counted in `reading->elements`, is linear in the size of `der`.
 *
 * The faults that only a CRL can have are at the end of SCH_FAULTS (cert/fault.h); the others are
 * those of a certificate. */
CHECKED bool sch_crl_read(struct sch_span der, struct sch_crl *out, struct sch_reading *reading);

/* CRLReason, RFC 5280 5.3.1; 7 is not used. */
enum sch_crl_reason {
  SCH_CRL_UNSPECIFIED = 0,
  SCH_CRL_KEY_COMPROMISE = 1,
  SCH_CRL_CA_COMPROMISE = 2,
  SCH_CRL_AFFILIATION_CHANGED = 3,
  SCH_CRL_SUPERSEDED = 4,
  SCH_CRL_CESSATION = 5,
  SCH_CRL_HOLD = 6,
  SCH_CRL_REMOVE = 8, /* in a delta only: no longer revoked */
  SCH_CRL_PRIVILEGE_WITHDRAWN = 9,
  SCH_CRL_AA_COMPROMISE = 10
};

struct sch_crl_entry {
  struct sch_span whole;
  struct sch_span serial; /* contents of the INTEGER, not negative, 1 to 20 bytes */
  int64_t revoked;        /* Unix seconds */
  struct sch_span extension_list;
  enum sch_crl_reason reason; /* SCH_CRL_UNSPECIFIED when absent */
  struct sch_optional_time invalid_since;
  struct sch_span
      issuer; /* contents of a GeneralNames; empty: as the entry before, RFC 5280 5.3.3 */
  bool unknown_critical;
};

/* sch_crl_entry_take takes the next entry from `in`, the entry_list of `crl`, which has been
 * read: on that it cannot fail before the end. False at the end, and nothing is moved. */
CHECKED bool sch_crl_entry_take(const struct sch_crl *crl, struct sch_span *in,
                                struct sch_crl_entry *out);

#endif
