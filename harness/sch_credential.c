/* sch_credential: from PEM files and toy identities to a credential of the provider.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#include "identities.h"
#include "pem.h"
#include "sch.h"
#include "sspi/status.h"
#include "stream/protocol.h"
#include "tls/engine.h"
#include "world.h"

#define FILE_MAX ((size_t)1024 * 1024)
#define TOY_DEFAULT "ecdsa"

static bool read_file(const char *path, struct sch_fifo *to) {
  sch_fifo_open(to, FILE_MAX);
  if (!sch_file_read(path, to)) {
    (void)sch_complain("%s: %s", path, strerror(errno));
    return false;
  }
  return true;
}

/* load_files reads --cert and --key. */
static bool load_files(const struct sch_options *options, PCCERT_CONTEXT *certificate) {
  const char *key_path = options->key == NULL ? options->cert : options->key;
  SCOPED(fifo) struct sch_fifo text = {0};
  SCOPED(fifo) struct sch_fifo key_text = {0};
  SCOPED(fifo) struct sch_fifo leaf = {0};
  SCOPED(fifo) struct sch_fifo chain = {0};
  SCOPED(fifo) struct sch_fifo key = {0};

  sch_fifo_open(&leaf, FILE_MAX);
  sch_fifo_open(&chain, FILE_MAX);
  sch_fifo_open(&key, FILE_MAX);
  if (!read_file(options->cert, &text) || !read_file(key_path, &key_text)) {
    return false;
  }
  struct sch_span rest = sch_fifo_held(&text);

  if (!sch_pem_certificate(&rest, &leaf)) {
    (void)sch_complain("%s: no PEM certificate in it", options->cert);
    return false;
  }
  while (sch_pem_certificate(&rest, &chain)) {
  }
  if (sch_pem_holds(rest)) {
    (void)sch_complain("%s: a PEM certificate of the chain is damaged", options->cert);
    return false;
  }
  if (!sch_pem_key(sch_fifo_held(&key_text), &key)) {
    (void)sch_complain("%s: no PEM key in it that can be read without a password", key_path);
    return false;
  }
  *certificate = sch_certcontext_create(&(struct sch_certcontext_identity){
      sch_fifo_held(&leaf), sch_fifo_held(&chain), sch_fifo_held(&key)});
  return true;
}

static bool load_toy(const char *name, PCCERT_CONTEXT *certificate) {
  for (enum sch_identity_kind kind = SCH_IDENTITY_RSA; kind < SCH_IDENTITY_COUNT; kind++) {
    const struct sch_identity *toy = sch_identity(kind);

    if (strcmp(toy->name, name) == 0) {
      (void)fprintf(stderr, "identity: the built-in toy '%s', whose key is public\n", name);
      *certificate = sch_certcontext_create(
          &(struct sch_certcontext_identity){toy->certificate, toy->chain, toy->key});
      return true;
    }
  }
  (void)sch_complain("--identity: there is no '%s'", name);
  return false;
}

/* load gives the certificate to show, or NULL for a client that has none. */
static bool load(const struct sch_options *options, PCCERT_CONTEXT *certificate) {
  *certificate = NULL;
  if (options->cert != NULL) {
    return load_files(options, certificate);
  }
  if (options->identity != NULL || options->server) {
    return load_toy(options->identity == NULL ? TOY_DEFAULT : options->identity, certificate);
  }
  return true;
}

bool sch_credential_acquire(const struct sch_options *options, CredHandle *credential) {
  static SEC_CHAR package[] = UNISP_NAME_A;
  PCCERT_CONTEXT certificate;
  TLS_PARAMETERS parameters = {0};
  struct sch_protocol_bits bits;

  if (!load(options, &certificate)) {
    return false;
  }
  sch_world_end();
  const enum sch_protocol protocol = options->version == 0             ? SCH_PROTOCOL_SECURE
                                     : options->version == SCH_TLS_1_2 ? SCH_PROTOCOL_TLS_1_2
                                                                       : SCH_PROTOCOL_TLS_1_3;

  const SECURITY_STATUS chosen = sch_protocol_select(protocol, options->server, true, &bits);

  ENSURE(chosen == SEC_E_OK);
  parameters.grbitDisabledProtocols = bits.disabled;
  SCH_CREDENTIALS auth = {
      .dwVersion = SCH_CREDENTIALS_VERSION,
      .cCreds = certificate == NULL ? 0 : 1,
      .paCred = &certificate,
      .dwFlags = SCH_CRED_MANUAL_CRED_VALIDATION | SCH_CRED_NO_DEFAULT_CREDS,
      .cTlsParameters = 1,
      .pTlsParameters = &parameters,
  };
  const SECURITY_STATUS status = InitSecurityInterfaceA()->AcquireCredentialsHandleA(
      NULL, package, options->server ? SECPKG_CRED_INBOUND : SECPKG_CRED_OUTBOUND, NULL, &auth,
      NULL, NULL, credential, NULL);

  (void)CertFreeCertificateContext(certificate);
  if (status != SEC_E_OK) {
    (void)sch_complain("%s: %s", sch_status_of(status)->name, sch_status_of(status)->text);
  }
  return status == SEC_E_OK;
}
