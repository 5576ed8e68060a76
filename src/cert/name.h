/* name: does a certificate speak for a host, an address or a mailbox.
 *
 * Only presented names are trusted to be nothing: every presented name that is not exactly a name
 * of its kind matches nobody. Nothing here allocates, resolves or follows a public suffix list.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_CERT_NAME_H
#define SCH_CERT_NAME_H

#include "cert/name_equal.h"

/* What a certificate must be for: kind, text. */
#define SCH_WANTED_KINDS(X) \
  X(none, "none")           \
  X(host, "dns")            \
  X(address, "ip")          \
  X(email, "email")

enum sch_wanted_kind {
#define SCH_WANTED_ENUM(name, text) SCH_WANTED_##name,
  SCH_WANTED_KINDS(SCH_WANTED_ENUM)
#undef SCH_WANTED_ENUM
      SCH_WANTED_COUNT
};

/* A wanted name: ASCII text of a host or mailbox, or an address of 4 or 16 network-order bytes. The
 * view is borrowed. Zeros want nothing. */
struct sch_wanted {
  enum sch_wanted_kind kind;
  struct sch_span name;
  /* A certificate without a subjectAltName may speak for a host by a commonName, as RFC 6125 6.4.4
   * left to the application and RFC 9525 6.3 took back. Off unless asked for. */
  bool common_name;
};

/* sch_name_is_host says whether `text` can be asked for as a host: 1 to 253 bytes of labels of 1 to
 * 63 letters, digits, hyphens and underscores, that neither begin nor end with a hyphen, joined by
 * single dots; one dot at the end is left aside. A last label of digits alone is refused: it would
 * be an address. Names beyond ASCII are asked for as A-labels, RFC 5890. */
bool sch_name_is_host(struct sch_span text);

/* sch_name_matches_host says whether a presented dNSName covers a host that sch_name_is_host has
 * passed; letters compare in either case. A `*` stands for exactly one label, must be the whole
 * first label, and at least two labels follow it: `f*.example.org`, `*.org` and `a.*.org` match
 * nobody. RFC 9525 6.3. */
bool sch_name_matches_host(struct sch_span presented, struct sch_span host);

/* sch_name_matches_email compares a presented rfc822Name with a mailbox: all before the last `@`
 * byte for byte, the host behind it in either case. Neither may be empty, and a presented name
 * without `@` matches nobody. RFC 5280 4.2.1.6, 7.5. */
bool sch_name_matches_email(struct sch_span presented, struct sch_span mailbox);

/* sch_name_is_email says whether `text` can be asked for as a mailbox. */
bool sch_name_is_email(struct sch_span text);

/* sch_name_read_address reads an IPv4 address of four decimal numbers without leading zeros, or an
 * IPv6 address in any form of RFC 4291 2.2, with no zone and no brackets. True: `to` has the
 * `*size` bytes, 4 or 16, in network order. False: both are unchanged. */
bool sch_name_read_address(struct sch_span text, uint8_t to[16], size_t *size);

/* sch_name_matches says whether a certificate speaks for `wanted`: by the names of that kind in
 * its subjectAltName, or by a commonName where `wanted` allows it and there is no subjectAltName.
 * An address is equal byte for byte: an IPv4 address and its IPv6 form differ. Nobody speaks for a
 * wanted name that is no name of its kind; everybody for SCH_WANTED_none. `*compared` grows by the
 * presented names looked at. RFC 9525 6. */
bool sch_name_matches(const struct sch_certificate *certificate, const struct sch_wanted *wanted,
                      size_t *compared);

#endif
