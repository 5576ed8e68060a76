/* acquire: from Schannel's credential structures to an engine's settings, and the packages.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_SSPI_ACQUIRE_H
#define SCH_SSPI_ACQUIRE_H

#include "sspi/context.h"

/* sch_package_add makes `name` a package on `class`, for AcquireCredentialsHandle: what
 * AddSecurityPackage does on Windows. Both live for ever. A name given again changes its engine.
 * False when SCH_PACKAGES_MAX packages exist. */
#define SCH_PACKAGES_MAX 16
CHECKED bool sch_package_add(const char *name, const struct sch_engine_class *class);

/* sch_package_find returns the engine of a package, or NULL. */
const struct sch_engine_class *sch_package_find(const char *name);

/* sch_acquire makes a credential of `class` from what AcquireCredentialsHandle was given: `use` is
 * SECPKG_CRED_INBOUND or SECPKG_CRED_OUTBOUND, `auth` a SCHANNEL_CRED, a SCH_CREDENTIALS or NULL.
 * Statuses as for AcquireCredentialsHandle. */
CHECKED SECURITY_STATUS sch_acquire(const struct sch_engine_class *class, ULONG use,
                                    const void *auth, struct sch_credential **credential);

#endif
