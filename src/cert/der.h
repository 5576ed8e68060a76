/* der: strict DER, X.690, on a span: one element at a time, and a check of whole trees.
 *
 * Strict means: definite lengths in the fewest bytes, single-byte tags, universal types in their
 * one form, and contents that are the only encoding of their value. There is one way to write each
 * value, so what was read can be written again byte for byte. The high-tag-number form is refused
 * outright: no field of X.509 has a tag number above 30.
 *
 * Every reader gives true and has moved, or gives false, has changed neither `in` nor its output,
 * and has noted why in the reading. Views live as long as the bytes behind `in`.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_CERT_DER_H
#define SCH_CERT_DER_H

#include "cert/value.h"

#define SCH_DER_CONSTRUCTED ((uint8_t)0x20)
#define SCH_DER_CLASS ((uint8_t)0xc0)

/* Context-specific tag bytes: [number] of a primitive value, and around elements. */
#define SCH_DER_CONTEXT(number) ((uint8_t)(0x80 | (number)))
#define SCH_DER_CONTEXT_IN(number) ((uint8_t)(0xa0 | (number)))

/* Elements nest at most this deep; the deepest standard field, a name in a distribution point,
 * needs 9. It bounds the stack of sch_der_tree, whatever a peer nests. */
#define SCH_DER_DEPTH 24

struct sch_element {
  uint8_t tag;
  struct sch_span body;  /* contents */
  struct sch_span whole; /* header and contents */
};

/* sch_der_name names a tag byte of SCH_DER_TYPES, or gives NULL. */
const char *sch_der_name(uint8_t tag);

/* sch_der_any takes the element at the front: its header is judged, its contents are not. Faults:
 * field_missing on empty input, truncated, tag_high, tag_unknown, tag_form, length_indefinite,
 * length_huge, length_not_minimal. */
CHECKED bool sch_der_any(struct sch_span *in, struct sch_element *out, struct sch_reading *reading);

/* sch_der_take takes an element that must have tag byte `tag`, and gives its contents. Also
 * tag_unexpected. */
CHECKED bool sch_der_take(struct sch_span *in, uint8_t tag, struct sch_span *body,
                          struct sch_reading *reading);

/* sch_der_optional takes an element of tag byte `tag` if it is next; otherwise it gives true and
 * leaves `*body` alone, so that NULL data put there before means absent. */
CHECKED bool sch_der_optional(struct sch_span *in, uint8_t tag, struct sch_span *body,
                              struct sch_reading *reading);

/* sch_der_only gives the contents of the one element, of tag byte `tag`, that `in` must be. Also
 * field_unexpected when more follows. */
CHECKED bool sch_der_only(struct sch_span in, uint8_t tag, struct sch_span *body,
                          struct sch_reading *reading);

/* sch_der_end accepts empty input only; field_unexpected otherwise. */
CHECKED bool sch_der_end(struct sch_span in, struct sch_reading *reading);

/* sch_der_some refuses an empty list: sequence_empty. */
CHECKED bool sch_der_some(struct sch_span list, struct sch_reading *reading);

/* sch_der_is says whether the next element exists and has tag byte `tag`. */
bool sch_der_is(struct sch_span in, uint8_t tag);

/* sch_der_ordered checks that the elements of `in` ascend as those of a SET OF do (X.690 11.6). */
CHECKED bool sch_der_ordered(struct sch_span in, struct sch_reading *reading);

/* sch_der_tree checks every element of `in` at every level: headers, contents by sch_value_check,
 * the order of each SET, and the depth. Primitive elements that are not
 * universal are opaque. No byte is looked at more often than its depth and a constant. */
CHECKED bool sch_der_tree(struct sch_span in, struct sch_reading *reading);

#endif
