/* chain_param_openssl: see chain_param_openssl.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "cert/chain_param_openssl.h"

#include <openssl/x509v3.h>

static bool add_policy(X509_VERIFY_PARAM *param, struct sch_span oid) {
  uint8_t der[2 + 127] = {SCH_DER_OID, (uint8_t)oid.size};
  const uint8_t *at = der;

  if (oid.size > sizeof der - 2) {
    return false;
  }
  sch_copy(der + 2, oid.data, oid.size);
  ASN1_OBJECT *object = d2i_ASN1_OBJECT(NULL, &at, (long)oid.size + 2);

  if (object == NULL || X509_VERIFY_PARAM_add0_policy(param, object) != 1) {
    ASN1_OBJECT_free(object);
    return false;
  }
  return true;
}

/* set_policies: to OpenSSL no policies are no policy, to RFC 5280 6.1.1 (c) any policy. */
static bool set_policies(X509_VERIFY_PARAM *param, const struct sch_chain_policy *policy) {
  if (policy->policy_count == 0) {
    return add_policy(param, sch_oid_bytes(SCH_OID_any_policy));
  }
  for (size_t i = 0; i < policy->policy_count; i++) {
    if (!add_policy(param, policy->policies[i])) {
      return false;
    }
  }
  return true;
}

static unsigned long flags_of(const struct sch_chain_policy *policy) {
  const unsigned long crl = X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL |
                            X509_V_FLAG_EXTENDED_CRL_SUPPORT | X509_V_FLAG_USE_DELTAS;

  return X509_V_FLAG_X509_STRICT | X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_TRUSTED_FIRST |
         X509_V_FLAG_NO_ALT_CHAINS | X509_V_FLAG_POLICY_CHECK |
         (policy->revocation == SCH_CHAIN_OFF ? 0 : crl) |
         (policy->explicit_policy ? X509_V_FLAG_EXPLICIT_POLICY : 0) |
         (policy->inhibit_mapping ? X509_V_FLAG_INHIBIT_MAP : 0) |
         (policy->inhibit_any ? X509_V_FLAG_INHIBIT_ANY : 0);
}

bool sch_chain_param_set(X509_VERIFY_PARAM *param, const struct sch_chain_policy *policy) {
  static const int purposes[] = {
      [SCH_CHAIN_SERVER] = X509_PURPOSE_SSL_SERVER, [SCH_CHAIN_CLIENT] = X509_PURPOSE_SSL_CLIENT};

  X509_VERIFY_PARAM_set_time(param, (time_t)policy->time);
  X509_VERIFY_PARAM_set_depth(param, SCH_TRUST_ELEMENTS_MAX);
  X509_VERIFY_PARAM_set_auth_level(param, policy->strength);
  X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  return X509_VERIFY_PARAM_set_flags(param, flags_of(policy)) == 1 && set_policies(param, policy) &&
         (policy->purpose == SCH_CHAIN_ANY ||
          X509_VERIFY_PARAM_set_purpose(param, purposes[policy->purpose]) == 1);
}
