/* acquire: see acquire.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "sspi/acquire.h"

#include <string.h>

#include "sspi/certcontext.h"

#define TLS_1_2 (SP_PROT_TLS1_2_SERVER | SP_PROT_TLS1_2_CLIENT)
#define TLS_1_3 (SP_PROT_TLS1_3_SERVER | SP_PROT_TLS1_3_CLIENT)
#define SCHANNEL_CRED_VERSION_3 3 /* of Windows 2000 */
#define DTLS_CLIENT (SP_PROT_DTLS1_0_CLIENT | SP_PROT_DTLS1_2_CLIENT)
#define DTLS_SERVER (SP_PROT_DTLS1_0_SERVER | SP_PROT_DTLS1_2_SERVER)
#define DTLS (DTLS_CLIENT | DTLS_SERVER)

static struct sch_package packages[SCH_PACKAGES_MAX];
static size_t package_count;

/* What the two credential structures say in common. */
struct wanted {
  DWORD certificate_count;
  const PCCERT_CONTEXT *certificates;
  DWORD protocols; /* bits of both roles, TLS and DTLS */
  DWORD flags;
};

static struct sch_package *find_package(const char *name) {
  for (size_t i = 0; i < package_count; i++) {
    if (strcmp(packages[i].name, name) == 0) {
      return &packages[i];
    }
  }
  return NULL;
}

bool sch_package_add(const char *name, const struct sch_engine_class *class) {
  return sch_package_add_as(name, class, sch_personality_default());
}

bool sch_package_add_as(const char *name, const struct sch_engine_class *class,
                        const struct sch_personality *personality) {
  struct sch_package *package = find_package(name);

  if (package == NULL) {
    if (package_count == SCH_PACKAGES_MAX) {
      return false;
    }
    package = &packages[package_count++];
  }
  *package = (struct sch_package){name, class, personality};
  return true;
}

const struct sch_package *sch_package_find(const char *name) {
  const struct sch_package *package = find_package(name);

  return package == NULL || package->class == NULL ? NULL : package;
}

/* read_v4: no protocol named means the system's default, which for this structure ends at 1.2.
 * Streams and datagrams are not for one credential. */
static SECURITY_STATUS read_v4(const SCHANNEL_CRED *auth, struct wanted *wanted) {
  const DWORD named = auth->grbitEnabledProtocols;

  *wanted = (struct wanted){auth->cCreds, auth->paCred,
                            named == 0 ? TLS_1_2 : named & (TLS_1_2 | DTLS), auth->dwFlags};
  return (named & DTLS) != 0 && (named & ~(DWORD)DTLS) != 0 ? SEC_E_ALGORITHM_MISMATCH : SEC_E_OK;
}

static SECURITY_STATUS read_v5(const SCH_CREDENTIALS *auth, struct wanted *wanted) {
  DWORD disabled = 0;

  if (auth->cTlsParameters > 1 || (auth->cTlsParameters == 1 && auth->pTlsParameters == NULL)) {
    return SEC_E_UNKNOWN_CREDENTIALS;
  }
  if (auth->cTlsParameters == 1) {
    disabled = auth->pTlsParameters[0].grbitDisabledProtocols;
  }
  *wanted = (struct wanted){auth->cCreds, auth->paCred, (TLS_1_2 | TLS_1_3 | DTLS) & ~disabled,
                            auth->dwFlags};
  return SEC_E_OK;
}

static SECURITY_STATUS read_auth(const struct sch_personality *personality, const void *auth,
                                 struct wanted *wanted) {
  DWORD version;

  if (auth == NULL) {
    *wanted = (struct wanted){.protocols = TLS_1_2 | TLS_1_3};
    return SEC_E_OK;
  }
  sch_copy(&version, auth, sizeof version);
  switch (version) {
    case SCHANNEL_CRED_VERSION:
      return read_v4(auth, wanted);
    case SCH_CREDENTIALS_VERSION:
      return personality->no_v5 ? personality->version_unknown : read_v5(auth, wanted);
    case SCHANNEL_CRED_VERSION_3:
      return personality->version_v3 == SEC_E_OK ? read_v4(auth, wanted) : personality->version_v3;
    default:
      return personality->version_unknown;
  }
}

/* role_of gives the bits of TLS that are of one role. */
static DWORD role_of(const struct sch_engine_settings *settings) {
  return settings->server ? (SP_PROT_TLS1_2_SERVER | SP_PROT_TLS1_3_SERVER)
                          : (SP_PROT_TLS1_2_CLIENT | SP_PROT_TLS1_3_CLIENT);
}

/* set_versions keeps the bits of one role. Both versions or either one: there is no gap. When only
 * datagrams are left, they are what is asked for. */
static SECURITY_STATUS set_versions(const struct sch_personality *personality,
                                    const struct wanted *wanted,
                                    struct sch_engine_settings *settings) {
  const DWORD datagrams = settings->server ? DTLS_SERVER : DTLS_CLIENT;
  const DWORD bits = wanted->protocols & personality->protocols & role_of(settings);

  if (bits == 0) {
    return (wanted->protocols & datagrams) != 0 ? SEC_E_UNSUPPORTED_FUNCTION
                                                : SEC_E_ALGORITHM_MISMATCH;
  }
  settings->version_min = (bits & TLS_1_2) != 0 ? SCH_TLS_1_2 : SCH_TLS_1_3;
  settings->version_max = (bits & TLS_1_3) != 0 ? SCH_TLS_1_3 : SCH_TLS_1_2;
  return SEC_E_OK;
}

static SECURITY_STATUS set_certificate(const struct wanted *wanted,
                                       struct sch_engine_settings *settings) {
  if (wanted->certificate_count == 0) {
    return SEC_E_OK;
  }
  if (wanted->certificate_count != 1 || wanted->certificates == NULL) {
    return SEC_E_UNKNOWN_CREDENTIALS;
  }
  const struct sch_certcontext_identity *identity = sch_certcontext_find(wanted->certificates[0]);

  if (identity == NULL || identity->key.size == 0) {
    return SEC_E_UNKNOWN_CREDENTIALS;
  }
  settings->certificate = identity->certificate;
  settings->chain = identity->chain;
  settings->key = identity->key;
  return SEC_E_OK;
}

SECURITY_STATUS sch_acquire(const struct sch_package *package, ULONG use, const void *auth,
                            struct sch_credential **credential) {
  const struct sch_personality *personality = package->personality;
  struct wanted wanted = {0};
  struct sch_engine_settings settings = {.server = use == SECPKG_CRED_INBOUND};

  if (use != SECPKG_CRED_INBOUND && use != SECPKG_CRED_OUTBOUND) {
    return SEC_E_UNSUPPORTED_FUNCTION;
  }
  TRY(read_auth(personality, auth, &wanted));
  TRY(set_versions(personality, &wanted, &settings));
  TRY(set_certificate(&wanted, &settings));
  settings.reconnect = (wanted.flags & SCH_CRED_DISABLE_RECONNECTS) == 0;
  TRY(sch_credential_create(package->class, &settings, credential));
  (*credential)->personality = personality;
  (*credential)->certified = settings.certificate.size != 0;
  (*credential)->protocols = wanted.protocols & personality->protocols & role_of(&settings);
  (*credential)->manual_validation = (wanted.flags & SCH_CRED_MANUAL_CRED_VALIDATION) != 0;
  return SEC_E_OK;
}
