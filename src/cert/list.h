/* list: the items of the lists inside extensions, as views.
 *
 * Lists stay in their DER, and a take function walks them one item at a time, with no allocation.
 * Each gives true and has moved, or gives false with a fault. They stay in bounds on any bytes and
 * expect those that sch_der_tree has passed.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_CERT_LIST_H
#define SCH_CERT_LIST_H

#include "cert/general_name.h"

/* A policy of certificatePolicies. */
struct sch_policy {
  struct sch_span oid;
  struct sch_span qualifiers; /* list for sch_qualifier_take; may be empty */
};
CHECKED bool sch_policy_take(struct sch_span *in, struct sch_policy *out,
                             struct sch_reading *reading);

/* A qualifier, RFC 5280 4.2.1.4. What `oid` says is in `value` has been checked: IA5 text for a
 * practice statement, a UserNotice for a user notice. */
struct sch_qualifier {
  struct sch_span oid;
  struct sch_element value;
};
CHECKED bool sch_qualifier_take(struct sch_span *in, struct sch_qualifier *out,
                                struct sch_reading *reading);

/* What a user notice says; absent texts have no data. */
struct sch_user_notice {
  struct sch_element organization;
  struct sch_span numbers; /* list for sch_number_take */
  struct sch_element text;
};
/* sch_user_notice_read reads the contents of a UserNotice. */
CHECKED bool sch_user_notice_read(struct sch_span body, struct sch_user_notice *out,
                                  struct sch_reading *reading);

struct sch_mapping {
  struct sch_span issuer_policy;
  struct sch_span subject_policy;
};
CHECKED bool sch_mapping_take(struct sch_span *in, struct sch_mapping *out,
                              struct sch_reading *reading);

/* A distribution point of cRLDistributionPoints or freshestCRL. */
struct sch_point {
  struct sch_span full_name;     /* contents of a GeneralNames; empty when absent */
  struct sch_span relative_name; /* contents of an RDN; empty when absent */
  struct sch_span crl_issuer;    /* contents of a GeneralNames; empty when absent */
  bool has_reasons;
  uint32_t reasons; /* 1 << bit of ReasonFlags, RFC 5280 4.2.1.13 */
};
CHECKED bool sch_point_take(struct sch_span *in, struct sch_point *out,
                            struct sch_reading *reading);

/* sch_point_name_read reads the contents of a DistributionPointName's field, which a CRL's
 * issuingDistributionPoint has too, into the two names of `*out`. */
CHECKED bool sch_point_name_read(struct sch_span field, struct sch_point *out,
                                 struct sch_reading *reading);

/* One line of authorityInfoAccess or subjectInfoAccess. */
struct sch_access {
  struct sch_span method; /* contents of an OBJECT IDENTIFIER */
  struct sch_general_name location;
};
CHECKED bool sch_access_take(struct sch_span *in, struct sch_access *out,
                             struct sch_reading *reading);

/* sch_subtree_take takes the base of one GeneralSubtree, RFC 5280 4.2.1.10. */
CHECKED bool sch_subtree_take(struct sch_span *in, struct sch_general_name *out,
                              struct sch_reading *reading);

/* sch_number_take takes one INTEGER of a list, as tlsFeature (RFC 7633) is. */
CHECKED bool sch_number_take(struct sch_span *in, uint64_t *out, struct sch_reading *reading);

/* An attribute of subjectDirectoryAttributes: its values are any elements, at least one. */
struct sch_directory_attribute {
  struct sch_span type;
  struct sch_span values;
};
CHECKED bool sch_directory_attribute_take(struct sch_span *in, struct sch_directory_attribute *out,
                                          struct sch_reading *reading);

#endif
