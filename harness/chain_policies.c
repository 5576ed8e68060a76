/* chain_policies: the policies of chain_truth.h, RFC 5280 6.1, as far as they are decided there.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "chain_truth.h"

static bool speaks_of_policies(const struct sch_made *made, size_t certificate) {
  const int32_t *values = sch_truth_values(made, certificate);
  bool speaks = values[SCH_CERTIFICATE_explicit] != SCH_CASE_NONE ||
                values[SCH_CERTIFICATE_inhibit_mapping] != SCH_CASE_NONE ||
                values[SCH_CERTIFICATE_inhibit_any] != SCH_CASE_NONE;

  for (size_t i = made->certificates[certificate].at + 1; i < made->certificates[certificate].end;
       i++) {
    const uint8_t kind = made->from->records[i].kind;

    speaks = speaks || kind == SCH_CASE_KIND_policy || kind == SCH_CASE_KIND_mapping;
  }
  return speaks && values[SCH_CERTIFICATE_version] != 0;
}

static bool has_policies(const struct sch_made *made, size_t certificate) {
  const struct sch_made_item *item = &made->certificates[certificate];
  bool has = false;

  for (size_t i = item->at + 1; i < item->end; i++) {
    has = has || made->from->records[i].kind == SCH_CASE_KIND_policy;
  }
  return has && sch_truth_values(made, certificate)[SCH_CERTIFICATE_version] != 0;
}

/* is_required: somebody asks for a policy from here on: who verifies, or an element but the anchor.
 */
static bool is_required(const struct sch_made *made, const struct sch_truth_path *path) {
  bool required = made->policy.explicit_policy;

  for (size_t i = 0; i + 1 < path->count; i++) {
    const int32_t *values = sch_truth_values(made, path->nodes[i]);

    required =
        required || (values[SCH_CERTIFICATE_version] != 0 && values[SCH_CERTIFICATE_explicit] == 0);
  }
  return required;
}

/* Only what is plain is decided: a policy is required, and an element has none (6.1.3 (e)). */
void sch_truth_policies(const struct sch_made *made, struct sch_truth_path *path) {
  const bool required = is_required(made, path);

  for (size_t i = 0; i < path->count; i++) {
    if (speaks_of_policies(made, path->nodes[i])) {
      path->unsure |= CERT_TRUST_NO_ISSUANCE_CHAIN_POLICY | CERT_TRUST_INVALID_POLICY_CONSTRAINTS;
    }
    if (required && i + 1 < path->count && !has_policies(made, path->nodes[i])) {
      path->must |= CERT_TRUST_NO_ISSUANCE_CHAIN_POLICY;
    }
  }
  if (made->policy.explicit_policy) {
    path->unsure |= CERT_TRUST_NO_ISSUANCE_CHAIN_POLICY;
  }
}
