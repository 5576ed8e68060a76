/* certificate: one X.509 certificate, RFC 5280 4.1, as a struct of views into its DER.
 *
 * It reads; it verifies nothing: not the signature, not the dates, not whether the algorithms are
 * known. What it accepts is strict DER throughout, but for the values of unknown extensions and
 * the contents of keys and signatures, which it does not look into.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_CERT_CERTIFICATE_H
#define SCH_CERT_CERTIFICATE_H

#include "cert/extension.h"

struct sch_algorithm {
  struct sch_span whole;
  struct sch_span type; /* contents of the OBJECT IDENTIFIER */
  enum sch_oid oid;
  struct sch_span parameters; /* one whole element, or empty */
};

struct sch_certificate {
  struct sch_span whole;
  struct sch_span tbs;    /* what is signed, with its header */
  uint8_t version;        /* 1 to 3 */
  struct sch_span serial; /* contents of the INTEGER, not negative, 1 to 20 bytes */
  struct sch_algorithm algorithm;
  struct sch_span issuer; /* the whole Name; equal names may still differ in bytes */
  int64_t not_before;     /* Unix seconds, both inclusive */
  int64_t not_after;
  struct sch_span subject;  /* the whole Name; may be an empty SEQUENCE */
  struct sch_span key_info; /* the whole SubjectPublicKeyInfo */
  struct sch_algorithm key_algorithm;
  struct sch_span key;               /* contents of the key's BIT STRING, whole bytes */
  struct sch_bits issuer_unique_id;  /* NULL data when absent */
  struct sch_bits subject_unique_id; /* NULL data when absent */
  struct sch_span extension_list;    /* for sch_extension_take, in order; empty when absent */
  struct sch_extensions extensions;
  struct sch_span signature; /* contents of its BIT STRING, whole bytes */
};

/* sch_certificate_read reads the one certificate that `der` must be. True: `*out` is set, with
 * views that live as long as `der`. False: `*out` is unchanged and `reading` names the first rule
 * broken. `reading` starts with zeros. The work, counted in `reading->elements`, is linear in the
 * size of `der`. */
CHECKED bool sch_certificate_read(struct sch_span der, struct sch_certificate *out,
                                  struct sch_reading *reading);

/* What a certificate and a CRL share, RFC 5280 4.1.1 and 5.1.1: fields that are signed, and behind
 * them an algorithm and a signature. Readers as in der.h. */
struct sch_signed {
  struct sch_span whole;
  struct sch_span tbs;    /* what is signed, with its header */
  struct sch_span fields; /* its contents */
  struct sch_span rest;   /* behind it */
};

/* sch_signed_open checks the whole tree and takes it apart; sch_signed_close, which comes when the
 * fields have been read, reads the signature and holds the outer algorithm against the inner. */
CHECKED bool sch_signed_open(struct sch_span der, struct sch_signed *out,
                             struct sch_reading *reading);
CHECKED bool sch_signed_close(struct sch_signed *in, const struct sch_algorithm *inner,
                              struct sch_span *signature, struct sch_reading *reading);

/* Fields that both have: an AlgorithmIdentifier; a BIT STRING of whole bytes; a serial number of 1
 * to 20 bytes that is not negative; a whole Name; UTCTime to 2049 and GeneralizedTime from 2050. */
CHECKED bool sch_algorithm_take(struct sch_span *in, struct sch_algorithm *out,
                                struct sch_reading *reading);
CHECKED bool sch_octets_take(struct sch_span *in, struct sch_span *out,
                             struct sch_reading *reading);
CHECKED bool sch_serial_take(struct sch_span *in, struct sch_span *out,
                             struct sch_reading *reading);
CHECKED bool sch_whole_name_take(struct sch_span *in, struct sch_span *out,
                                 struct sch_reading *reading);
CHECKED bool sch_instant_take(struct sch_span *in, int64_t *out, struct sch_reading *reading);

/* sch_whole_name_is_empty says whether a whole Name has no attribute. */
bool sch_whole_name_is_empty(struct sch_span name);

/* sch_certificate_name starts a cursor over the attributes of a whole Name of a certificate. */
struct sch_name sch_certificate_name(struct sch_span name);

#endif
