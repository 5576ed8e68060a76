/* starve: makes a chosen allocation fail, to see what lack of memory does. The only part of the
 * harness that stands between the library, or OpenSSL, and their memory.
 *
 * Every program is linked with sch_alloc and sch_free wrapped, so that this file is asked for each
 * block of src/; OpenSSL's allocations are asked for too where starve_openssl.o is linked. What the
 * harness allocates on its own account is neither counted nor refused: see sch_starve_hold.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_STARVE_H
#define SCH_STARVE_H

#include "bytes/span.h"

enum sch_starve_kind { SCH_STARVE_LIBRARY, SCH_STARVE_OPENSSL, SCH_STARVE_KINDS };

/* sch_starve_begin counts allocations of `kind` from now on and fails number `nth` of them, counted
 * from 1, and no other; 0 fails none. sch_starve_end fails none any more and gives the count. */
void sch_starve_begin(enum sch_starve_kind kind, uint64_t nth);
uint64_t sch_starve_end(void);

/* sch_starve_all: while it is told true, every allocation of the library fails. */
void sch_starve_all(bool starve);

/* sch_starved says whether an allocation has been failed since sch_starve_begin. Targets ask it
 * where a promise holds only with memory; ORACLE asks it itself, see sch_oracle_excused. */
bool sch_starved(void);

/* sch_starve_print names the allocation that was failed, if there is one, to standard error. */
void sch_starve_print(void);

/* Between sch_starve_hold and sch_starve_release, which nest, all memory is the harness's own. */
void sch_starve_hold(void);
void sch_starve_release(void);

/* sch_own_alloc is sch_alloc between the two, for a block of the harness. */
CHECKED void *sch_own_alloc(size_t size);

/* sch_starve_refuses counts an allocation of `kind` and says whether it must fail. */
CHECKED bool sch_starve_refuses(enum sch_starve_kind kind);

/* sch_starve_live says how many blocks of the library are held. */
size_t sch_starve_live(void);

#endif
