/* record: the framing arithmetic of TLS records, RFC 8446 section 5.1 and RFC 5246 section 6.2.
 *
 * This is where EXTRA and MISSING come from: one record is taken from the front, what is left is
 * left, and what is wanted is counted from the five header bytes.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_TLS_RECORD_H
#define SCH_TLS_RECORD_H

#include "bytes/span.h"
#include "sspi/abi.h"

#define SCH_RECORD_HEADER ((size_t)5)
#define SCH_RECORD_PLAIN_MAX ((size_t)16384)                      /* RFC 8446 5.1: 2^14 */
#define SCH_RECORD_BODY_MAX (SCH_RECORD_PLAIN_MAX + (size_t)2048) /* RFC 5246 6.2.3 */
#define SCH_RECORD_MAX (SCH_RECORD_HEADER + SCH_RECORD_BODY_MAX)

enum sch_record_type {
  SCH_RECORD_CHANGE_CIPHER_SPEC = 20,
  SCH_RECORD_ALERT = 21,
  SCH_RECORD_HANDSHAKE = 22,
  SCH_RECORD_APPLICATION_DATA = 23
};

struct sch_record {
  uint8_t type;          /* one of enum sch_record_type */
  uint16_t version;      /* legacy_record_version, 0x0300 to 0x03ff */
  struct sch_span body;  /* at most SCH_RECORD_BODY_MAX */
  struct sch_span whole; /* header and body */
};

/* sch_record_next takes one whole TLS record from the front of `wire`.
 *
 *   SEC_E_OK                  `*record` is set; `wire` begins after it.
 *   SEC_E_INCOMPLETE_MESSAGE  `*missing` (>= 1) more bytes are needed to get further: up to the
 *                             end of the header, or, with a whole header, of the record.
 *   SEC_E_INVALID_TOKEN       no bytes appended could make this a record: unknown type, a major
 *                             version other than 3, or a body over SCH_RECORD_BODY_MAX.
 *
 * On anything but SEC_E_OK `wire` and `*record` are unchanged; `*missing` is written on
 * SEC_E_INCOMPLETE_MESSAGE only. A header is judged when it is whole, so that the answer does not
 * depend on where the input was cut. The views live as long as the bytes behind `wire`. */
CHECKED SECURITY_STATUS sch_record_next(struct sch_span *wire, struct sch_record *record,
                                        size_t *missing);

#endif
