/* pem: files of certificates and keys, PEM or DER, as DER.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_PEM_H
#define SCH_PEM_H

#include "bytes/fifo.h"

/* sch_file_read reads the whole of a file to the end of `to`, which is open. False: it cannot be
 * read, with errno set, or it exceeds the limit, with errno EFBIG. */
CHECKED bool sch_file_read(const char *path, struct sch_fifo *to);

/* sch_pem_certificate moves all up to the end of the next block of label CERTIFICATE out of `text`
 * and appends its contents to `to`. False, and nothing is moved: there is none, or it is damaged or
 * does not fit. */
CHECKED bool sch_pem_certificate(struct sch_span *text, struct sch_fifo *to);

/* sch_pem_holds says whether a block of label CERTIFICATE begins in `text`, damaged or not. */
bool sch_pem_holds(struct sch_span text);

/* sch_pem_key appends the first private key in `text` to `to`, as PKCS#8. Every format that
 * OpenSSL reads without asking for a password will do. False as above. */
CHECKED bool sch_pem_key(struct sch_span text, struct sch_fifo *to);

#endif
