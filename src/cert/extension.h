/* extension: the extensions of a certificate: each in its frame, and the known ones decoded.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_CERT_EXTENSION_H
#define SCH_CERT_EXTENSION_H

#include "cert/list.h"

/* Extensions of one certificate, and policies of one extension, are compared pairwise; this bounds
 * the square. Certificates in use have under 20. */
#define SCH_UNIQUE_MAX 64

enum sch_extension_kind {
#define SCH_EXTENSION_ENUM(name, text, bytes) SCH_EXTENSION_##name,
  SCH_OID_EXTENSIONS(SCH_EXTENSION_ENUM)
#undef SCH_EXTENSION_ENUM
      SCH_EXTENSION_COUNT
};

/* Any extension, known or not. */
struct sch_extension {
  struct sch_span type; /* contents of the OBJECT IDENTIFIER */
  enum sch_oid oid;     /* of SCH_OID_EXTENSIONS, if it is a known one */
  bool critical;
  struct sch_span value; /* contents of extnValue, undecoded */
};

struct sch_optional_number {
  bool present;
  uint64_t value;
};

struct sch_optional_time {
  bool present;
  int64_t value; /* Unix seconds */
};

/* authorityKeyIdentifier; a field that is absent is an empty span with NULL data. */
struct sch_authority {
  struct sch_span key_id;
  struct sch_span issuer; /* contents of a GeneralNames */
  struct sch_span serial; /* contents of an INTEGER */
};

/* Bits of keyUsage, RFC 5280 4.2.1.3. */
#define SCH_KEY_USAGES(X) \
  X(digital_signature)    \
  X(content_commitment)   \
  X(key_encipherment)     \
  X(data_encipherment)    \
  X(key_agreement)        \
  X(certificate_sign)     \
  X(crl_sign)             \
  X(encipher_only)        \
  X(decipher_only)

enum sch_key_usage {
#define SCH_KEY_USAGE_ENUM(name) SCH_KEY_USAGE_##name,
  SCH_KEY_USAGES(SCH_KEY_USAGE_ENUM)
#undef SCH_KEY_USAGE_ENUM
      SCH_KEY_USAGE_COUNT
};

/* The known extensions of a certificate. A field counts only when its extension is present. */
struct sch_extensions {
  uint32_t present;  /* 1 << enum sch_extension_kind */
  uint32_t critical; /* likewise */
  /* The contents of the one element that each value is: a list for a take function, the octets of
   * subject_key_id and sct_list, the text of netscape_comment. */
  struct sch_span body[SCH_EXTENSION_COUNT];
  bool ca;
  struct sch_optional_number path_length;
  uint32_t key_usage;          /* 1 << enum sch_key_usage */
  uint32_t netscape_cert_type; /* 1 << bit: client, server, mail, object, -, three kinds of CA */
  struct sch_authority authority;
  struct sch_span permitted; /* lists for sch_subtree_take; empty when absent */
  struct sch_span excluded;
  struct sch_optional_number require_explicit_policy;
  struct sch_optional_number inhibit_policy_mapping;
  uint64_t inhibit_any_policy;
  struct sch_optional_time key_not_before;
  struct sch_optional_time key_not_after;
};

/* sch_extension_take takes one Extension from the contents of an Extensions: its frame only. */
CHECKED bool sch_extension_take(struct sch_span *in, struct sch_extension *out,
                                struct sch_reading *reading);

/* sch_extensions_read reads the contents of an Extensions to its end, checks and decodes the known
 * ones, and refuses any that comes twice. On false `*out` is half written. */
CHECKED bool sch_extensions_read(struct sch_span body, struct sch_extensions *out,
                                 struct sch_reading *reading);

/* sch_extensions_has says whether the extension is present. */
bool sch_extensions_has(const struct sch_extensions *extensions, enum sch_extension_kind kind);

#endif
