/* store_pem: blocks of PEM, RFC 7468, read as strictly as they are written.
 *
 * A mark is a whole line, of nothing but `-----BEGIN label-----` or `-----END label-----`, and
 * marks come in pairs of one label. Between them is base64 alone: lines of at most 76 characters,
 * all of one length but the last, padded at the end only, with unused bits that are zero. Lines end
 * with LF or CRLF, the last one in the text with nothing too. Lines outside of blocks are no
 * concern of ours unless they begin with five hyphens.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_CERT_STORE_PEM_H
#define SCH_CERT_STORE_PEM_H

#include "bytes/builder.h"

struct sch_pem_block {
  struct sch_span label;
  struct sch_span base64; /* its lines */
  size_t size;            /* bytes that they encode, at least 1 */
};

enum sch_pem_found { SCH_PEM_BLOCK, SCH_PEM_END, SCH_PEM_DAMAGED };

/* sch_store_pem_next moves all up to the end of the next block out of `text` and gives the block,
 * whose views are into `text`. END when there is none, DAMAGED when the next mark or what follows
 * it breaks a rule; in both cases nothing is moved. */
CHECKED enum sch_pem_found sch_store_pem_next(struct sch_span *text, struct sch_pem_block *out);

/* sch_store_pem_decode writes the `size` bytes of a block that sch_store_pem_next gave. */
void sch_store_pem_decode(const struct sch_pem_block *block, struct sch_builder *to);

#endif
