/* general_name: the two kinds of names in a certificate, X.501 Name and GeneralName, as views.
 *
 * Names are read here, not compared. The readers expect bytes that sch_der_tree has passed; they
 * stay in bounds on any bytes, and refuse with a fault what is not a name.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_CERT_GENERAL_NAME_H
#define SCH_CERT_GENERAL_NAME_H

#include "cert/der.h"
#include "cert/oid.h"

/* One attribute of a Name, such as a common name. */
struct sch_attribute {
  struct sch_span type; /* contents of the OBJECT IDENTIFIER */
  enum sch_oid oid;
  struct sch_element value; /* a string of the tag `value.tag`, or any value if `oid` is unknown */
  bool joined;              /* it is part of the same RDN as the attribute before it */
};

/* A cursor over the attributes of a Name. Start it with {contents of the Name, {0}}. */
struct sch_name {
  struct sch_span rdns;
  struct sch_span rdn; /* what is left of the present RDN */
};

/* sch_name_next takes the next attribute, also inside an RDN that has several. False at the end,
 * and, with a fault, on what is no Name: sequence_empty for an RDN with no attribute (RFC 5280
 * 4.1.2.4), attribute_string for a value of a type that this attribute does not have. */
CHECKED bool sch_name_next(struct sch_name *name, struct sch_attribute *out,
                           struct sch_reading *reading);

/* sch_name_check reads the contents of a Name to its end. */
CHECKED bool sch_name_check(struct sch_span body, struct sch_reading *reading);

/* sch_attribute_fits says whether an attribute may have a string of type `tag`, RFC 5280 A.1. */
bool sch_attribute_fits(enum sch_oid oid, uint8_t tag);

/* tag number, name, text: RFC 5280 4.2.1.6 */
#define SCH_GENERAL_NAMES(X)             \
  X(0, other_name, "otherName")          \
  X(1, email, "rfc822Name")              \
  X(2, dns, "dNSName")                   \
  X(3, x400_address, "x400Address")      \
  X(4, directory_name, "directoryName")  \
  X(5, edi_party, "ediPartyName")        \
  X(6, uri, "uniformResourceIdentifier") \
  X(7, address, "iPAddress")             \
  X(8, registered_id, "registeredID")

enum sch_general_name_kind {
#define SCH_GENERAL_NAME_ENUM(number, name, text) SCH_GENERAL_NAME_##name = (number),
  SCH_GENERAL_NAMES(SCH_GENERAL_NAME_ENUM)
#undef SCH_GENERAL_NAME_ENUM
      SCH_GENERAL_NAME_COUNT
};

/* What is in `value`: IA5 text for email, dns, uri; network-order bytes for address; the contents
 * of the OBJECT IDENTIFIER for registered_id, and of the Name for directory_name; for other_name
 * the element that `type` says how to read; the fields, undecoded, for x400_address and
 * edi_party. */
struct sch_general_name {
  enum sch_general_name_kind kind;
  struct sch_span value;
  struct sch_span type;  /* of an other_name only: contents of its OBJECT IDENTIFIER */
  struct sch_span whole; /* the GeneralName with its tag */
};

/* How many numbers of 4 or 16 bytes an address is: in a subtree it comes with its mask. */
enum sch_address_form { SCH_ADDRESS_PLAIN = 1, SCH_ADDRESS_MASKED = 2 };

/* sch_general_name_take takes the GeneralName at the front of `in`. */
CHECKED bool sch_general_name_take(struct sch_span *in, enum sch_address_form form,
                                   struct sch_general_name *out, struct sch_reading *reading);

/* sch_general_names_check reads the contents of a GeneralNames to its end; it must have one. */
CHECKED bool sch_general_names_check(struct sch_span body, struct sch_reading *reading);

const char *sch_general_name_text(enum sch_general_name_kind kind);

#endif
