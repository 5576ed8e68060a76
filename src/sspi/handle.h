/* handle: what stands behind a CredHandle or CtxtHandle.
 *
 * A handle is a slot number and a generation, not a pointer, so that a stale, foreign or made-up
 * handle is SEC_E_INVALID_HANDLE and never a wild read.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_SSPI_HANDLE_H
#define SCH_SSPI_HANDLE_H

#include "base.h"
#include "sspi/abi.h"

enum sch_handle_kind { SCH_HANDLE_CREDENTIAL = 1, SCH_HANDLE_CONTEXT = 2 };

/* sch_handle_add registers `object` and sets `*handle`. False, and `*handle` unchanged, when the
 * table is full (SCH_HANDLE_MAX objects live at once) or memory is short. */
CHECKED bool sch_handle_add(enum sch_handle_kind kind, void *object, SecHandle *handle);

/* sch_handle_find returns the object, or NULL when `handle` is NULL or names no live object of
 * that kind. */
void *sch_handle_find(enum sch_handle_kind kind, const SecHandle *handle);

/* sch_handle_remove ends a handle and returns its object, or NULL as sch_handle_find does. */
void *sch_handle_remove(enum sch_handle_kind kind, const SecHandle *handle);

/* sch_handle_count says how many handles of both kinds live, for the ownership oracle. */
size_t sch_handle_count(void);

#define SCH_HANDLE_MAX ((size_t)4096)

#endif
