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

/* sch_certificate_name starts a cursor over the attributes of a whole Name of a certificate. */
struct sch_name sch_certificate_name(struct sch_span name);

#endif
