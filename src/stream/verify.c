/* verify: see verify.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "stream/verify.h"

#include "tls/alert.h"

uint8_t sch_verify_alert(SECURITY_STATUS refusal) {
  switch (refusal) {
    case SEC_E_CERT_EXPIRED:
      return SCH_ALERT_certificate_expired;
    case SEC_E_UNTRUSTED_ROOT:
      return SCH_ALERT_unknown_ca;
    case CRYPT_E_REVOKED:
      return SCH_ALERT_certificate_revoked;
    case SEC_E_WRONG_PRINCIPAL:
      return SCH_ALERT_bad_certificate;
    default:
      return SCH_ALERT_certificate_unknown;
  }
}

static struct sch_stream_verdict refuse(SECURITY_STATUS status) {
  return (struct sch_stream_verdict){.status = status};
}

static struct sch_stream_verdict ask(const struct sch_stream_settings *settings,
                                     const struct sch_caller *caller, PCCERT_CONTEXT certificate) {
  struct sch_span der = {NULL, 0};

  if (certificate != NULL) {
    if (certificate->pbCertEncoded == NULL) {
      return refuse(SEC_E_INTERNAL_ERROR);
    }
    der = sch_span_of(certificate->pbCertEncoded, certificate->cbCertEncoded);
  }
  const struct sch_stream_peer peer = {
      .certificates = &der,
      .count = certificate == NULL ? 0 : 1,
      .name = caller->has_target_name && !settings->server ? caller->target_name : NULL,
      .server = !settings->server};
  struct sch_stream_verdict verdict = settings->verify(settings->verify_context, &peer);

  verdict.status = verdict.status > 0 ? SEC_E_INTERNAL_ERROR : verdict.status;
  return verdict;
}

struct sch_stream_verdict sch_verify(const struct sch_stream_settings *settings,
                                     struct sch_caller *caller) {
  PCCERT_CONTEXT certificate = NULL;

  if (settings->insecure || (settings->server && !settings->client_certificate)) {
    return (struct sch_stream_verdict){.status = SEC_E_OK};
  }
  if (settings->verify == NULL) {
    return refuse(SEC_E_UNTRUSTED_ROOT);
  }
  const SECURITY_STATUS status =
      sch_caller_attribute(caller, SECPKG_ATTR_REMOTE_CERT_CONTEXT, &certificate);

  if (status != SEC_E_OK && status != SEC_E_NO_CREDENTIALS) {
    return refuse(status);
  }
  if (status == SEC_E_OK && certificate == NULL) {
    return refuse(SEC_E_INTERNAL_ERROR);
  }
  const struct sch_stream_verdict verdict =
      ask(settings, caller, status == SEC_E_OK ? certificate : NULL);

  (void)CertFreeCertificateContext(certificate);
  return verdict;
}
