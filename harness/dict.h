/* dict: what writes the dictionaries: entries in the syntax that libFuzzer and AFL++ share.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_DICT_H
#define SCH_DICT_H

#include <stdio.h>

#include "bytes/span.h"

/* sch_dict_entry writes one entry, `bytes` (1 to 64 of them), under a name of which all but letters
 * and digits become '_'. */
void sch_dict_entry(FILE *out, const char *name, struct sch_span bytes);

/* sch_dict_tls writes the numbers of TLS; sch_dict_certificate the tags and OIDs of certificates.
 */
void sch_dict_tls(FILE *out);
void sch_dict_certificate(FILE *out);

/* Operations, slots and statuses, as the formats of these targets write them. */
void sch_dict_canary(FILE *out);
void sch_dict_decrypt(FILE *out);
void sch_dict_fifo(FILE *out);
void sch_dict_secbuf(FILE *out);
void sch_dict_chain(FILE *out);
void sch_dict_provider(FILE *out);
void sch_dict_stream(FILE *out);

#endif
