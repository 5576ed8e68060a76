/* wine_ends: what ends.h promises, over Windows' own Schannel. The client is real; of the server,
 * which lives elsewhere, there are only the bytes on their way.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "ends.h"
#include "wine_cases.h"

#define WIRE_MAX ((size_t)1 << 20)

/* The identity does not matter here, only that there is one, with its key. */
PCCERT_CONTEXT sch_ends_certificate(enum sch_identity_kind identity) {
  static uint8_t bytes[8192];
  static const WCHAR password[] = L"";
  FILE *file = fopen(sch_wine_identity, "rb");
  CRYPT_DATA_BLOB blob = {.pbData = bytes};

  REQUIRE(identity != SCH_IDENTITY_NONE);
  REQUIRE(file != NULL);
  blob.cbData = (DWORD)fread(bytes, 1, sizeof bytes, file);
  (void)fclose(file);

  const HCERTSTORE store = PFXImportCertStore(&blob, password, 0);

  ENSURE(store != NULL);
  const PCCERT_CONTEXT certificate =
      CertFindCertificateInStore(store, X509_ASN_ENCODING, 0, CERT_FIND_ANY, NULL, NULL);

  ENSURE(certificate != NULL);
  (void)CertCloseStore(store, 0);
  return certificate;
}

bool sch_ends_personality(const char *name) {
  return name == NULL; /* it has its own */
}

CredHandle sch_ends_acquire(size_t kind, bool server, enum sch_identity_kind identity,
                            DWORD flags) {
  static SEC_CHAR package[] = UNISP_NAME_A;
  SCHANNEL_CRED auth = {.dwVersion = SCHANNEL_CRED_VERSION,
                        .grbitEnabledProtocols = SP_PROT_TLS1_2_CLIENT,
                        .dwFlags = flags};
  PCCERT_CONTEXT certificate = NULL;
  CredHandle handle;

  (void)kind;
  REQUIRE(!server);
  if (identity != SCH_IDENTITY_NONE) {
    certificate = sch_ends_certificate(identity);
    auth.cCreds = 1;
    auth.paCred = &certificate;
  }
  ENSURE(AcquireCredentialsHandleA(NULL, package, SECPKG_CRED_OUTBOUND, NULL, &auth, NULL, NULL,
                                   &handle, NULL) == SEC_E_OK);
  (void)CertFreeCertificateContext(certificate);
  return handle;
}

void sch_end_open(struct sch_end *end, size_t kind, bool server) {
  *end = (struct sch_end){.server = server, .status = SEC_I_CONTINUE_NEEDED};
  if (!server) {
    end->credential = sch_ends_acquire(
        kind, false, SCH_IDENTITY_NONE,
        SCH_CRED_MANUAL_CRED_VALIDATION | SCH_CRED_NO_DEFAULT_CREDS | SCH_CRED_DISABLE_RECONNECTS);
  }
  sch_fifo_open(&end->sent, WIRE_MAX);
  sch_fifo_open(&end->held, WIRE_MAX);
}

void sch_end_drop(struct sch_end *end) {
  if (end->has_context) {
    (void)DeleteSecurityContext(&end->context);
  }
  if (!end->server) {
    (void)FreeCredentialsHandle(&end->credential);
  }
  sch_fifo_drop(&end->sent);
  sch_fifo_drop(&end->held);
}
