/* Unit tests of sspi/acquire: from Schannel's structures to an engine's settings, seen by an engine
 * that only remembers them, and through AcquireCredentialsHandle.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "sspi/acquire.h"

#include "identities.h"
#include "sspi/handle.h"
#include "sspi/sspi.h"
#include "test.h"

static struct sch_engine_settings seen;
static uint8_t key[4];

static SECURITY_STATUS credential_open(const struct sch_engine_settings *settings, void **made) {
  seen = *settings;
  sch_copy(key, settings->key.data, settings->key.size < 4 ? settings->key.size : 4);
  *made = &seen;
  return SEC_E_OK;
}

static void credential_drop(void *made) {
  CHECK(made == &seen);
}

static const struct sch_engine_class class = {
    .name = "remembering", .credential_open = credential_open, .credential_drop = credential_drop};

/* acquire gives the status, and leaves what the engine was asked in `seen`. */
static struct sch_package remembering = {.name = "remembering", .class = &class};

static SECURITY_STATUS acquire(ULONG use, const void *auth) {
  struct sch_credential *credential = NULL;

  remembering.personality = sch_personality_default();
  const SECURITY_STATUS status = sch_acquire(&remembering, use, auth, &credential);

  CHECK_EQUAL(credential != NULL, status == SEC_E_OK);
  if (credential != NULL) {
    sch_credential_release(credential);
  }
  return status;
}

/* One direction exactly. */
TEST(directions) {
  CHECK_EQUAL(acquire(SECPKG_CRED_OUTBOUND, NULL), SEC_E_OK);
  CHECK(!seen.server);
  CHECK_EQUAL(acquire(SECPKG_CRED_INBOUND, NULL), SEC_E_OK);
  CHECK(seen.server);
  CHECK_EQUAL(acquire(SECPKG_CRED_BOTH, NULL), SEC_E_UNSUPPORTED_FUNCTION);
  CHECK_EQUAL(acquire(0, NULL), SEC_E_UNSUPPORTED_FUNCTION);
  CHECK_EQUAL(acquire(4, NULL), SEC_E_UNSUPPORTED_FUNCTION);
}

/* The bits of SCHANNEL_CRED: TLS 1.2 at most, of the own role, and never DTLS. */
TEST(protocols_of_v4) {
  static const struct {
    DWORD bits;
    SECURITY_STATUS client;
    SECURITY_STATUS server;
  } rows[] = {
      {0, SEC_E_OK, SEC_E_OK},
      {SP_PROT_TLS1_2_CLIENT, SEC_E_OK, SEC_E_ALGORITHM_MISMATCH},
      {SP_PROT_TLS1_2_SERVER, SEC_E_ALGORITHM_MISMATCH, SEC_E_OK},
      {SP_PROT_TLS1_2_CLIENT | SP_PROT_TLS1_2_SERVER, SEC_E_OK, SEC_E_OK},
      {SP_PROT_TLS1_2_CLIENT | SP_PROT_TLS1_3_CLIENT, SEC_E_OK, SEC_E_ALGORITHM_MISMATCH},
      {SP_PROT_TLS1_3_CLIENT, SEC_E_ALGORITHM_MISMATCH, SEC_E_ALGORITHM_MISMATCH},
      {SP_PROT_TLS1_1_CLIENT, SEC_E_ALGORITHM_MISMATCH, SEC_E_ALGORITHM_MISMATCH},
      {SP_PROT_SSL3_CLIENT, SEC_E_ALGORITHM_MISMATCH, SEC_E_ALGORITHM_MISMATCH},
      {SP_PROT_TLS1_0_CLIENT | SP_PROT_TLS1_2_CLIENT, SEC_E_OK, SEC_E_ALGORITHM_MISMATCH},
      {SP_PROT_DTLS1_2_CLIENT, SEC_E_UNSUPPORTED_FUNCTION, SEC_E_ALGORITHM_MISMATCH},
      {SP_PROT_DTLS1_0_SERVER | SP_PROT_TLS1_2_SERVER, SEC_E_ALGORITHM_MISMATCH,
       SEC_E_ALGORITHM_MISMATCH},
      {0x80000000, SEC_E_ALGORITHM_MISMATCH, SEC_E_ALGORITHM_MISMATCH},
  };

  for (size_t i = 0; i < SCH_COUNT(rows); i++) {
    const SCHANNEL_CRED auth = {.dwVersion = SCHANNEL_CRED_VERSION,
                                .grbitEnabledProtocols = rows[i].bits};

    CHECK_EQUAL(acquire(SECPKG_CRED_OUTBOUND, &auth), rows[i].client);
    CHECK_EQUAL(acquire(SECPKG_CRED_INBOUND, &auth), rows[i].server);
    CHECK_EQUAL(seen.version_min, SCH_TLS_1_2);
    CHECK(rows[i].server != SEC_E_OK || seen.version_max == SCH_TLS_1_2);
  }
}

/* The bits of SCH_CREDENTIALS say what is not wanted. */
TEST(protocols_of_v5) {
  static const struct {
    DWORD disabled;
    uint16_t version_min;
    uint16_t version_max; /* 0: refused */
    SECURITY_STATUS refusal;
  } rows[] = {
      {0, SCH_TLS_1_2, SCH_TLS_1_3, 0},
      {SP_PROT_TLS1_3_CLIENT, SCH_TLS_1_2, SCH_TLS_1_2, 0},
      {SP_PROT_TLS1_2_CLIENT, SCH_TLS_1_3, SCH_TLS_1_3, 0},
      {SP_PROT_TLS1_2_SERVER | SP_PROT_TLS1_3_SERVER, SCH_TLS_1_2, SCH_TLS_1_3, 0},
      {SP_PROT_TLS1_2_CLIENT | SP_PROT_TLS1_3_CLIENT, 0, 0, SEC_E_UNSUPPORTED_FUNCTION},
      {~(DWORD)SP_PROT_DTLS1_0_CLIENT, 0, 0, SEC_E_UNSUPPORTED_FUNCTION},
      {~(DWORD)SP_PROT_DTLS1_2_SERVER, 0, 0, SEC_E_ALGORITHM_MISMATCH},
      {UINT32_MAX, 0, 0, SEC_E_ALGORITHM_MISMATCH},
      {SP_PROT_TLS1_1_CLIENT | SP_PROT_SSL3_CLIENT, SCH_TLS_1_2, SCH_TLS_1_3, 0},
  };

  for (size_t i = 0; i < SCH_COUNT(rows); i++) {
    TLS_PARAMETERS parameters = {.grbitDisabledProtocols = rows[i].disabled};
    const SCH_CREDENTIALS auth = {
        .dwVersion = SCH_CREDENTIALS_VERSION, .cTlsParameters = 1, .pTlsParameters = &parameters};
    const bool good = rows[i].version_max != 0;

    CHECK_EQUAL(acquire(SECPKG_CRED_OUTBOUND, &auth), rows[i].refusal);
    CHECK(!good || seen.version_min == rows[i].version_min);
    CHECK(!good || seen.version_max == rows[i].version_max);
  }
}

/* None or one set of parameters, and a pointer when there is one. */
TEST(parameters_of_v5) {
  TLS_PARAMETERS parameters[2] = {{0}};
  SCH_CREDENTIALS auth = {.dwVersion = SCH_CREDENTIALS_VERSION};

  CHECK_EQUAL(acquire(SECPKG_CRED_OUTBOUND, &auth), SEC_E_OK);
  CHECK_EQUAL(seen.version_max, SCH_TLS_1_3);
  auth.cTlsParameters = 1;
  CHECK_EQUAL(acquire(SECPKG_CRED_OUTBOUND, &auth), SEC_E_UNKNOWN_CREDENTIALS);
  auth.pTlsParameters = parameters;
  CHECK_EQUAL(acquire(SECPKG_CRED_OUTBOUND, &auth), SEC_E_OK);
  auth.cTlsParameters = 2;
  CHECK_EQUAL(acquire(SECPKG_CRED_OUTBOUND, &auth), SEC_E_UNKNOWN_CREDENTIALS);
}

/* Two versions of the structure; of any other not a byte more is read. */
TEST(versions) {
  static const DWORD unknown[] = {0, 1, 2, 3, 6, UINT32_MAX};

  for (size_t i = 0; i < SCH_COUNT(unknown); i++) {
    DWORD *version = malloc(sizeof *version);

    REQUIRE(version != NULL);
    *version = unknown[i];
    CHECK_EQUAL(acquire(SECPKG_CRED_OUTBOUND, version),
                unknown[i] == 3 ? SEC_E_INSUFFICIENT_MEMORY : SEC_E_INTERNAL_ERROR);
    free(version);
  }
}

/* A certificate is a live context with a key, and there is one. */
TEST(certificates) {
  const struct sch_certcontext_identity whole = {sch_span_text("leaf"), sch_span_text("chain"),
                                                 sch_span_text("key!")};
  const CERT_CONTEXT bogus = {.dwCertEncodingType = X509_ASN_ENCODING};
  PCCERT_CONTEXT with_key = sch_certcontext_create(&whole);
  PCCERT_CONTEXT without =
      CertCreateCertificateContext(X509_ASN_ENCODING, whole.certificate.data, 4);
  PCCERT_CONTEXT given[2] = {with_key, with_key};
  SCHANNEL_CRED v4 = {.dwVersion = SCHANNEL_CRED_VERSION, .cCreds = 1, .paCred = given};
  SCH_CREDENTIALS v5 = {.dwVersion = SCH_CREDENTIALS_VERSION, .cCreds = 1, .paCred = given};

  CHECK_EQUAL(acquire(SECPKG_CRED_INBOUND, &v4), SEC_E_OK);
  CHECK_EQUAL(seen.certificate.size, 4);
  CHECK_EQUAL(seen.chain.size, 5);
  CHECK(memcmp(key, "key!", 4) == 0);
  CHECK_EQUAL(acquire(SECPKG_CRED_INBOUND, &v5), SEC_E_OK);
  v4.cCreds = 2;
  CHECK_EQUAL(acquire(SECPKG_CRED_INBOUND, &v4), SEC_E_UNKNOWN_CREDENTIALS);
  v4.cCreds = 1;
  v4.paCred = NULL;
  CHECK_EQUAL(acquire(SECPKG_CRED_INBOUND, &v4), SEC_E_UNKNOWN_CREDENTIALS);
  given[0] = without;
  CHECK_EQUAL(acquire(SECPKG_CRED_INBOUND, &v5), SEC_E_UNKNOWN_CREDENTIALS);
  given[0] = &bogus;
  CHECK_EQUAL(acquire(SECPKG_CRED_INBOUND, &v5), SEC_E_UNKNOWN_CREDENTIALS);
  given[0] = NULL;
  CHECK_EQUAL(acquire(SECPKG_CRED_INBOUND, &v5), SEC_E_UNKNOWN_CREDENTIALS);
  v5.cCreds = 0;
  CHECK_EQUAL(acquire(SECPKG_CRED_INBOUND, &v5), SEC_E_OK);
  CHECK_EQUAL(seen.certificate.size, 0);
  (void)CertFreeCertificateContext(with_key);
  (void)CertFreeCertificateContext(without);
}

/* Two flags count: who judges the peer, and whether sessions are kept. */
TEST(flags) {
  struct sch_credential *credential;
  SCHANNEL_CRED auth = {.dwVersion = SCHANNEL_CRED_VERSION};

  CHECK_EQUAL(sch_acquire(&remembering, SECPKG_CRED_OUTBOUND, &auth, &credential), SEC_E_OK);
  CHECK(!credential->manual_validation);
  CHECK(seen.reconnect);
  sch_credential_release(credential);
  auth.dwFlags = SCH_CRED_MANUAL_CRED_VALIDATION | SCH_CRED_DISABLE_RECONNECTS;
  CHECK_EQUAL(sch_acquire(&remembering, SECPKG_CRED_OUTBOUND, &auth, &credential), SEC_E_OK);
  CHECK(credential->manual_validation);
  CHECK(!seen.reconnect);
  sch_credential_release(credential);
}

static SECURITY_STATUS acquire_package(const char *name, CredHandle *handle) {
  SEC_CHAR copy[600];

  (void)snprintf(copy, sizeof copy, "%s", name);
  return AcquireCredentialsHandleA(NULL, copy, SECPKG_CRED_OUTBOUND, NULL, NULL, NULL, NULL, handle,
                                   NULL);
}

/* A package is known by its exact name; adding it again changes its engine; there is an end. */
TEST(packages) {
  static char names[SCH_PACKAGES_MAX][24];
  CredHandle handle;
  bool added = true;

  CHECK(sch_package_find("remembering") == NULL);
  CHECK_EQUAL(acquire_package("remembering", &handle), SEC_E_SECPKG_NOT_FOUND);
  CHECK(sch_package_add("remembering", &class));
  CHECK(sch_package_find("remembering")->class == &class);
  CHECK(sch_package_find("remembering")->personality == sch_personality_default());
  CHECK(sch_package_find("remembering ") == NULL);
  CHECK(sch_package_find("") == NULL);
  CHECK_EQUAL(acquire_package("remembering", &handle), SEC_E_OK);
  CHECK_EQUAL(FreeCredentialsHandle(&handle), SEC_E_OK);
  CHECK(sch_package_add("remembering", NULL));
  CHECK(sch_package_find("remembering") == NULL);
  CHECK_EQUAL(acquire_package("remembering", &handle), SEC_E_SECPKG_NOT_FOUND);
  for (int i = 0; i < SCH_PACKAGES_MAX; i++) {
    (void)snprintf(names[i], sizeof names[i], "more-%d", i);
    added = sch_package_add(names[i], &class);
    CHECK_EQUAL(added, i < SCH_PACKAGES_MAX - 1);
  }
  CHECK(sch_package_add("remembering", &class));
}

/* The entry points: names of both widths, NULLs, and a handle on success only. */
TEST(entry_points) {
  static SEC_WCHAR wide[] = SCHANNEL_NAME_W;
  static SEC_WCHAR foreign[] = u"Schannel\u00e9";
  static SEC_WCHAR huge[300];
  const size_t before = sch_handle_count();
  CredHandle handle = {7, 7};
  TimeStamp expiry = {0, 0};

  CHECK_EQUAL(acquire_package("schannel", &handle), SEC_E_SECPKG_NOT_FOUND);
  CHECK_EQUAL(acquire_package("", &handle), SEC_E_SECPKG_NOT_FOUND);
  CHECK_EQUAL(AcquireCredentialsHandleA(NULL, NULL, SECPKG_CRED_OUTBOUND, NULL, NULL, NULL, NULL,
                                        &handle, NULL),
              SEC_E_SECPKG_NOT_FOUND);
  CHECK_EQUAL(AcquireCredentialsHandleW(NULL, NULL, SECPKG_CRED_OUTBOUND, NULL, NULL, NULL, NULL,
                                        &handle, NULL),
              SEC_E_SECPKG_NOT_FOUND);
  CHECK_EQUAL(AcquireCredentialsHandleW(NULL, foreign, SECPKG_CRED_OUTBOUND, NULL, NULL, NULL, NULL,
                                        &handle, NULL),
              SEC_E_SECPKG_NOT_FOUND);
  for (size_t i = 0; i < SCH_COUNT(huge) - 1; i++) {
    huge[i] = 'a';
  }
  CHECK_EQUAL(AcquireCredentialsHandleW(NULL, huge, SECPKG_CRED_OUTBOUND, NULL, NULL, NULL, NULL,
                                        &handle, NULL),
              SEC_E_SECPKG_NOT_FOUND);
  CHECK_EQUAL(acquire_package(UNISP_NAME_A, NULL), SEC_E_INVALID_HANDLE);
  CHECK_EQUAL(handle.dwLower, 7);
  CHECK_EQUAL(sch_handle_count(), before);
  CHECK_EQUAL(AcquireCredentialsHandleW(NULL, wide, SECPKG_CRED_OUTBOUND, NULL, NULL, NULL, NULL,
                                        &handle, &expiry),
              SEC_E_OK);
  CHECK_EQUAL(expiry.LowPart, UINT32_MAX);
  CHECK_EQUAL(expiry.HighPart, INT32_MAX);
  CHECK_EQUAL(sch_handle_count(), before + 1);
  CHECK_EQUAL(FreeCredentialsHandle(&handle), SEC_E_OK);
  CHECK_EQUAL(FreeCredentialsHandle(&handle), SEC_E_INVALID_HANDLE);
  CHECK_EQUAL(FreeCredentialsHandle(NULL), SEC_E_INVALID_HANDLE);
}

/* libssl refuses what is no certificate, or a key that is another's; a server needs both. */
TEST(with_libssl) {
  const struct sch_identity *rsa = sch_identity(SCH_IDENTITY_RSA);
  const struct sch_identity *ecdsa = sch_identity(SCH_IDENTITY_ECDSA);
  const struct {
    struct sch_certcontext_identity identity;
    SECURITY_STATUS status;
  } rows[] = {
      {{ecdsa->certificate, ecdsa->chain, ecdsa->key}, SEC_E_OK},
      {{ecdsa->certificate, rsa->certificate, ecdsa->key}, SEC_E_OK},
      {{ecdsa->certificate, ecdsa->chain, rsa->key}, SEC_E_UNKNOWN_CREDENTIALS},
      {{sch_span_text("no certificate"), ecdsa->chain, ecdsa->key}, SEC_E_UNKNOWN_CREDENTIALS},
      {{ecdsa->certificate, sch_span_text("no chain"), ecdsa->key}, SEC_E_UNKNOWN_CREDENTIALS},
      {{ecdsa->certificate, ecdsa->chain, sch_span_text("no key")}, SEC_E_UNKNOWN_CREDENTIALS},
  };
  SEC_CHAR package[] = UNISP_NAME_A;

  for (size_t i = 0; i < SCH_COUNT(rows); i++) {
    PCCERT_CONTEXT certificate = sch_certcontext_create(&rows[i].identity);
    SCHANNEL_CRED auth = {.dwVersion = SCHANNEL_CRED_VERSION, .cCreds = 1, .paCred = &certificate};
    CredHandle handle;

    CHECK_EQUAL(AcquireCredentialsHandleA(NULL, package, SECPKG_CRED_INBOUND, NULL, &auth, NULL,
                                          NULL, &handle, NULL),
                rows[i].status);
    (void)CertFreeCertificateContext(certificate);
    if (rows[i].status == SEC_E_OK) {
      CHECK_EQUAL(FreeCredentialsHandle(&handle), SEC_E_OK);
    }
  }
}

TESTS(directions, protocols_of_v4, protocols_of_v5, parameters_of_v5, versions, certificates, flags,
      packages, entry_points, with_libssl)
