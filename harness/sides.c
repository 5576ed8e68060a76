/* sides: see sides.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "sides.h"

#include "harness.h"
#include "identities.h"
#include "sspi/acquire.h"
#include "sspi/certcontext.h"
#include "sspi/sspi.h"
#include "world.h"

size_t sch_sides_class(uint32_t options) {
  return (options >> SCH_DECRYPT_CLASS_SHIFT & 7) % SCH_ENGINE_AEAD_COUNT;
}

static CredHandle acquire(const char *name, bool server) {
  SEC_CHAR *package = (SEC_CHAR *)(uintptr_t)name;
  SCH_CREDENTIALS auth = {.dwVersion = SCH_CREDENTIALS_VERSION,
                          .dwFlags = SCH_CRED_MANUAL_CRED_VALIDATION};
  const struct sch_identity *identity = sch_identity(SCH_IDENTITY_ECDSA);
  PCCERT_CONTEXT certificate = sch_certcontext_create(
      &(struct sch_certcontext_identity){identity->certificate, identity->chain, identity->key});
  CredHandle handle;

  auth.cCreds = server ? 1 : 0;
  auth.paCred = &certificate;
  ORACLE(handle_life, AcquireCredentialsHandleA(
                          NULL, package, server ? SECPKG_CRED_INBOUND : SECPKG_CRED_OUTBOUND, NULL,
                          &auth, NULL, NULL, &handle, NULL) == SEC_E_OK);
  ORACLE(ownership, CertFreeCertificateContext(certificate));
  return handle;
}

/* Each credential is made in a world apart: its draws must not depend on the input that happened to
 * need it first. */
CredHandle *sch_sides_credential(uint32_t options) {
  static CredHandle handles[SCH_ENGINE_AEAD_COUNT + 1][2];
  static bool made[SCH_ENGINE_AEAD_COUNT + 1][2];
  const bool libssl = sch_decrypt_is_libssl(options);
  const size_t class = libssl ? SCH_ENGINE_AEAD_COUNT : sch_sides_class(options);
  const size_t role = options & SCH_DECRYPT_SERVER;

  if (!made[class][role]) {
    const struct sch_world world = sch_world_apart("credential");
    const struct sch_engine_class *engine = &sch_engine_aead[sch_sides_class(options)];

    ORACLE(handle_life, sch_package_add(engine->name, engine));
    handles[class][role] = acquire(libssl ? UNISP_NAME_A : engine->name, role != 0);
    made[class][role] = true;
    sch_world_back(&world);
  }
  return &handles[class][role];
}

struct sch_records *sch_sides_peer(uint32_t options) {
  static struct sch_records peers[SCH_ENGINE_AEAD_COUNT][2];
  struct sch_records *peer = &peers[sch_sides_class(options)][options & SCH_DECRYPT_SERVER];

  if (peer->cipher == NULL) {
    struct sch_aead_secrets secrets;

    sch_engine_aead_toy(sch_sides_class(options), &secrets);
    sch_records_open(peer, &secrets, (options & SCH_DECRYPT_SERVER) == 0);
  }
  sch_records_restart(peer);
  return peer;
}
