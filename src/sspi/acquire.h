/* acquire: from Schannel's credential structures to an engine's settings, and the packages.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_SSPI_ACQUIRE_H
#define SCH_SSPI_ACQUIRE_H

#include "sspi/context.h"

struct sch_package {
  const char *name;
  const struct sch_engine_class *class;
  const struct sch_personality *personality;
};

/* sch_package_add makes `name` a package on `class`, for AcquireCredentialsHandle: what
 * AddSecurityPackage does on Windows. Both live for ever. A name given again changes its engine.
 * False when SCH_PACKAGES_MAX packages exist. The personality is the default one;
 * sch_package_add_as takes another, which lives for ever, too. */
#define SCH_PACKAGES_MAX 128
CHECKED bool sch_package_add(const char *name, const struct sch_engine_class *class);
CHECKED bool sch_package_add_as(const char *name, const struct sch_engine_class *class,
                                const struct sch_personality *personality);

/* sch_package_find returns a package that was added, or NULL. It lives for ever. */
const struct sch_package *sch_package_find(const char *name);

/* sch_acquire makes a credential of the engine and personality of `package` from what
 * AcquireCredentialsHandle was given: `use` is SECPKG_CRED_INBOUND or SECPKG_CRED_OUTBOUND, `auth`
 * a SCHANNEL_CRED, a SCH_CREDENTIALS or NULL. Statuses as for AcquireCredentialsHandle. */
CHECKED SECURITY_STATUS sch_acquire(const struct sch_package *package, ULONG use, const void *auth,
                                    struct sch_credential **credential);

#endif
