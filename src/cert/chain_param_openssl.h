/* chain_param_openssl: a policy as OpenSSL's parameters.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_CERT_CHAIN_PARAM_OPENSSL_H
#define SCH_CERT_CHAIN_PARAM_OPENSSL_H

#include <openssl/x509_vfy.h>

#include "cert/chain_policy.h"

/* sch_chain_param_set sets all of a policy that OpenSSL judges: not the names, not the depth, and
 * of the time only what concerns CRLs. False when memory is short or a policy is no OBJECT
 * IDENTIFIER. */
CHECKED bool sch_chain_param_set(X509_VERIFY_PARAM *param, const struct sch_chain_policy *policy);

#endif
