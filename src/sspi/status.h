/* status: what every SECURITY_STATUS of this project is called, means and asks of a caller.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_SSPI_STATUS_H
#define SCH_SSPI_STATUS_H

#include "base.h"
#include "sspi/abi.h"

/* What a caller is to do. A status outside the table is fatal: unknown is never success. */
enum sch_status_class {
  SCH_STATUS_DONE,  /* the call did what was asked */
  SCH_STATUS_AGAIN, /* call again: send a token, bring bytes, or both */
  SCH_STATUS_CLOSE, /* the peer has closed in good order */
  SCH_STATUS_FATAL  /* the context is dead */
};

struct sch_status {
  SECURITY_STATUS value;
  enum sch_status_class class;
  const char *name; /* Microsoft's */
  const char *text; /* one line for a person, no full stop */
};

/* sch_status_of returns the row of `value`, or the catch-all row, whose class is fatal and whose
 * value is `SEC_E_INTERNAL_ERROR`, when there is none. Never NULL; lives for ever. */
const struct sch_status *sch_status_of(SECURITY_STATUS value);

/* sch_status_table gives all rows, `*count` of them, without the catch-all. */
const struct sch_status *sch_status_table(size_t *count);

#endif
