/* der_write: DER from parts: elements with their lengths, and a notation for writing them by hand.
 *
 * It is the writing side that the strict reader is held against, so it shares no code with it but
 * the table of object identifiers.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_DER_WRITE_H
#define SCH_DER_WRITE_H

#include "bytes/builder.h"

/* sch_der_put writes an element of tag byte `tag` with contents `body`. */
void sch_der_put(struct sch_builder *to, uint8_t tag, struct sch_span body);

/* sch_der_open starts an element of tag byte `tag` and gives a mark. sch_der_close with that mark
 * ends it: what was written in between becomes its contents, behind a length in the fewest bytes.
 * Elements may nest, and must be closed in reverse order. */
size_t sch_der_open(struct sch_builder *to, uint8_t tag);
void sch_der_close(struct sch_builder *to, size_t mark);

/* sch_der_assemble writes what `notation` says:
 *
 *   30{ ... }      an element of tag byte 30, its length computed
 *   05 0a0b        bytes
 *   ff*256         a byte, so many times
 *   'text'         the bytes of a text, which cannot have a quote in it
 *   @common_name   an OBJECT IDENTIFIER by its name in cert/oid.h
 *
 * What is no notation is broken code, and aborts. */
void sch_der_assemble(struct sch_builder *to, const char *notation);

#endif
