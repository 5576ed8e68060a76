/* explain: inputs of the fuzz targets as text for a person. What a format cannot explain it shows
 * as hex, so that no byte of an input is left out.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_EXPLAIN_H
#define SCH_EXPLAIN_H

#include <stdio.h>

#include "bytes/span.h"

/* sch_explain writes `input`, of the target named, to `out`. False, and nothing is written, when
 * there is no such target. */
CHECKED bool sch_explain(const char *target, struct sch_span input, FILE *out);

/* sch_explain_guess names the target of an input: the last directory of `path` that is the name of
 * one, or what the bytes look like. NULL when neither says. */
const char *sch_explain_guess(const char *path, struct sch_span input);

/* sch_explain_targets lists the targets that sch_explain knows, one after the other. */
void sch_explain_targets(FILE *out);

/* The parts, each for the formats that hold such bytes. */

/* sch_explain_wire writes one direction of a TLS connection: every record, and what is in it as far
 * as that is in clear. */
void sch_explain_wire(struct sch_span wire, FILE *out);

/* sch_explain_hello writes the body of a ClientHello, or of a ServerHello or HelloRetryRequest. */
void sch_explain_hello(struct sch_span body, bool client, FILE *out);

/* sch_explain_fifo, secbuf, script and stream write operations, in the formats of formats.h,
 * script.h and stream_ops.h. */
void sch_explain_fifo(struct sch_span input, FILE *out);
void sch_explain_secbuf(struct sch_span input, FILE *out);
void sch_explain_script(struct sch_span input, FILE *out);
void sch_explain_stream(struct sch_span input, FILE *out);

/* sch_explain_hex writes bytes, 16 a line, with offsets and characters; `indent` is what lines
 * begin with. sch_explain_text writes bytes as text, what is no plain ASCII as \xNN. */
void sch_explain_hex(struct sch_span bytes, const char *indent, FILE *out);
void sch_explain_text(struct sch_span bytes, FILE *out);

#endif
