/* chain_truth: see chain_truth.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "chain_truth.h"

#define NAMES_BITS                                                                             \
  (CERT_TRUST_HAS_EXCLUDED_NAME_CONSTRAINT | CERT_TRUST_HAS_NOT_PERMITTED_NAME_CONSTRAINT |    \
   CERT_TRUST_HAS_NOT_SUPPORTED_NAME_CONSTRAINT | CERT_TRUST_HAS_NOT_DEFINED_NAME_CONSTRAINT | \
   CERT_TRUST_INVALID_NAME_CONSTRAINTS)

const int32_t *sch_truth_values(const struct sch_made *made, size_t certificate) {
  return sch_made_record(made, &made->certificates[certificate])->values;
}

bool sch_truth_is_signed(int32_t signer, int32_t breaks, int32_t key) {
  switch ((enum sch_break)breaks) {
    case SCH_BREAK_SIGNATURE_BIT:
    case SCH_BREAK_SIGNED_BEFORE:
    case SCH_BREAK_SIGNATURE_OF_EMPTY:
    case SCH_BREAK_SIGNATURE_EMPTY:
    case SCH_BREAK_SIGNATURE_PADDED:
    case SCH_BREAK_OTHER_ALGORITHM:
      return false;
    default:
      return signer == key;
  }
}

bool sch_truth_identifies(int32_t authority, int32_t signer, int32_t key_id, int32_t key) {
  return authority == SCH_ID_ABSENT || key_id == SCH_ID_ABSENT ||
         (authority == key_id && signer == key);
}

/* --- what a strict reader takes */

static bool is_text_readable(const struct sch_case_record *record, int32_t kind, size_t address) {
  if (kind == SCH_KIND_IP) {
    return record->text_size == 4 * address || record->text_size == 16 * address;
  }
  for (size_t i = 0; i < record->text_size && kind <= SCH_KIND_URI; i++) {
    if (record->text[i] >= 0x80) {
      return false;
    }
  }
  return true;
}

/* is_repeated: a policy, or an extension, that came before in the same certificate. */
static bool is_repeated(const struct sch_made *made, const struct sch_made_item *item, size_t at) {
  const struct sch_case_record *records = made->from->records;

  for (size_t i = item->at + 1; i < at; i++) {
    if (records[i].kind == records[at].kind && records[i].values[0] == records[at].values[0]) {
      return true;
    }
  }
  return false;
}

static bool is_child_readable(const struct sch_made *made, const struct sch_made_item *item,
                              size_t at) {
  const struct sch_case_record *record = &made->from->records[at];
  const int32_t *values = record->values;

  switch ((enum sch_case_kind)record->kind) {
    case SCH_CASE_KIND_name:
      return is_text_readable(record, values[SCH_NAME_kind], 1);
    case SCH_CASE_KIND_subtree:
      return is_text_readable(record, values[SCH_SUBTREE_kind], 2);
    case SCH_CASE_KIND_policy:
    case SCH_CASE_KIND_extension:
      return !is_repeated(made, item, at);
    case SCH_CASE_KIND_mapping:
      return values[SCH_MAPPING_from] != 0 && values[SCH_MAPPING_to] != 0;
    default:
      return true;
  }
}

/* children counts the records of a kind that belong to an item. */
static size_t children(const struct sch_made *made, const struct sch_made_item *item,
                       enum sch_case_kind kind) {
  size_t count = 0;

  for (size_t i = item->at + 1; i < item->end; i++) {
    count += made->from->records[i].kind == kind;
  }
  return count;
}

static bool has_extension(const struct sch_made *made, const struct sch_made_item *item) {
  const int32_t *values = sch_made_record(made, item)->values;
  static const int numbers[] = {SCH_CERTIFICATE_explicit, SCH_CERTIFICATE_inhibit_mapping,
                                SCH_CERTIFICATE_inhibit_any, SCH_CERTIFICATE_path_length};
  static const int others[] = {SCH_CERTIFICATE_key_id, SCH_CERTIFICATE_authority,
                               SCH_CERTIFICATE_ca, SCH_CERTIFICATE_usage, SCH_CERTIFICATE_purposes};
  bool has = item->end > item->at + 1 + children(made, item, SCH_CASE_KIND_revoked);

  for (size_t i = 0; i < SCH_COUNT(numbers); i++) {
    has = has || values[numbers[i]] != SCH_CASE_NONE;
  }
  for (size_t i = 0; i < SCH_COUNT(others); i++) {
    has = has || values[others[i]] != 0;
  }
  return has;
}

static bool is_subject_readable(const struct sch_made *made, const struct sch_made_item *item) {
  const int32_t *values = sch_made_record(made, item)->values;

  return values[SCH_CERTIFICATE_subject] != SCH_SUBJECT_EMPTY ||
         (values[SCH_CERTIFICATE_version] != 0 && children(made, item, SCH_CASE_KIND_name) != 0 &&
          (values[SCH_CERTIFICATE_critical] >> SCH_CRITICAL_NAMES & 1) != 0);
}

static bool is_certificate_readable(const struct sch_made *made, const struct sch_made_item *item) {
  const int32_t *values = sch_made_record(made, item)->values;
  const enum sch_break breaks = (enum sch_break)values[SCH_CERTIFICATE_breaks];

  if (breaks == SCH_BREAK_NEGATIVE_SERIAL || values[SCH_CERTIFICATE_issuer] == SCH_SUBJECT_EMPTY ||
      !is_subject_readable(made, item)) {
    return false;
  }
  if (values[SCH_CERTIFICATE_version] == 0) {
    return true;
  }
  if ((breaks == SCH_BREAK_EXTENSION_TWICE && has_extension(made, item)) ||
      (values[SCH_CERTIFICATE_path_length] != SCH_CASE_NONE &&
       values[SCH_CERTIFICATE_ca] != SCH_CA_YES)) {
    return false;
  }
  for (size_t i = item->at + 1; i < item->end; i++) {
    if (!is_child_readable(made, item, i)) {
      return false;
    }
  }
  return true;
}

static bool is_crl_readable(const struct sch_made *made, const struct sch_made_item *item) {
  const int32_t *values = sch_made_record(made, item)->values;

  for (size_t i = item->at + 1; i < item->end; i++) {
    const struct sch_case_record *record = &made->from->records[i];
    const int32_t reason = record->values[SCH_REVOKED_reason];

    if (record->kind == SCH_CASE_KIND_revoked &&
        (reason == 7 || (reason == 8 && values[SCH_CRL_AT_base] == SCH_CASE_NONE))) {
      return false;
    }
  }
  return values[SCH_CRL_AT_issuer] != SCH_SUBJECT_EMPTY &&
         values[SCH_CRL_AT_breaks] != SCH_BREAK_EXTENSION_TWICE;
}

bool sch_truth_is_readable(const struct sch_made *made, const struct sch_made_item *item) {
  const struct sch_case_record *record = sch_made_record(made, item);
  const bool is_crl = record->kind == SCH_CASE_KIND_crl;
  const enum sch_break breaks =
      (enum sch_break)record->values[is_crl ? (int)SCH_CRL_AT_breaks : (int)SCH_CERTIFICATE_breaks];

  return breaks != SCH_BREAK_OUTER_ALGORITHM && breaks != SCH_BREAK_LENGTH &&
         breaks != SCH_BREAK_ELEMENT_BEHIND && breaks != SCH_BREAK_LATE_DIGIT &&
         (is_crl ? is_crl_readable(made, item) : is_certificate_readable(made, item));
}

/* --- one element */

/* An element of a path, and what stands above it. */
struct element {
  const struct sch_made *made;
  const struct sch_made_item *item;
  const int32_t *values;
  size_t index;
  size_t count; /* of the path */
};

static bool has_usage(const int32_t *values, int usage) {
  return (values[SCH_CERTIFICATE_usage] >> usage & 1) != 0;
}

static bool is_v3(const int32_t *values) {
  return values[SCH_CERTIFICATE_version] != 0;
}

static bool is_self_issued(const int32_t *values) {
  return values[SCH_CERTIFICATE_subject] == values[SCH_CERTIFICATE_issuer];
}

static bool is_explicit_curve(const int32_t *values) {
  return values[SCH_CERTIFICATE_breaks] == SCH_BREAK_EXPLICIT_CURVE &&
         values[SCH_CERTIFICATE_key] < SCH_KEY_ED;
}

static bool is_late(const struct sch_made *made, const int32_t *values) {
  const int32_t time = made->ask.values[SCH_ASK_time];
  const int32_t end = values[SCH_CERTIFICATE_not_after];

  return time < values[SCH_CERTIFICATE_not_before] || time > end ||
         (time == end && made->ask.values[SCH_ASK_nanoseconds] != 0);
}

/* judge_use: extKeyUsage, and keyUsage of those who issue. */
static void judge_use(const struct element *element, struct sch_truth_path *path) {
  const int32_t *values = element->values;
  const int32_t purpose = element->made->ask.values[SCH_ASK_purpose];

  if (!is_v3(values)) {
    return;
  }
  if (purpose != SCH_CHAIN_ANY && values[SCH_CERTIFICATE_purposes] != 0 &&
      (values[SCH_CERTIFICATE_purposes] >> purpose & 1) == 0) {
    path->must |= CERT_TRUST_IS_NOT_VALID_FOR_USAGE;
  }
  if (element->index != 0 && values[SCH_CERTIFICATE_usage] != 0 &&
      !has_usage(values, SCH_USE_CERTIFY)) {
    path->must |= CERT_TRUST_IS_NOT_VALID_FOR_USAGE;
    path->may |= CERT_TRUST_INVALID_BASIC_CONSTRAINTS; /* to OpenSSL it is no CA then */
  }
}

/* judge_leaf_use: keyUsage of the leaf against what it is for. */
static void judge_leaf_use(const struct element *element, struct sch_truth_path *path) {
  const int32_t *values = element->values;
  const int32_t purpose = element->made->ask.values[SCH_ASK_purpose];

  if (element->index == 0 && is_v3(values) && values[SCH_CERTIFICATE_usage] != 0 &&
      purpose != SCH_CHAIN_ANY && !has_usage(values, SCH_USE_SIGNATURE) &&
      !has_usage(values, SCH_USE_AGREEMENT) &&
      (purpose != SCH_CHAIN_SERVER || !has_usage(values, SCH_USE_KEY))) {
    path->must |= CERT_TRUST_IS_NOT_VALID_FOR_USAGE;
  }
}

/* judge_authority: is an element above the leaf a CA, and does none claim half of it. */
static void judge_authority(const struct element *element, struct sch_truth_path *path) {
  const int32_t *values = element->values;
  const bool ca = is_v3(values) && values[SCH_CERTIFICATE_ca] == SCH_CA_YES;
  const bool certifies = is_v3(values) && has_usage(values, SCH_USE_CERTIFY);

  if (element->index != 0 && !ca) {
    path->must |= CERT_TRUST_INVALID_BASIC_CONSTRAINTS;
    path->may |= CERT_TRUST_IS_NOT_VALID_FOR_USAGE;
  }
  if (element->index == 0 && !ca && certifies &&
      (element->count > 1 || values[SCH_CERTIFICATE_ca] == SCH_CA_ABSENT)) {
    path->must |= CERT_TRUST_INVALID_BASIC_CONSTRAINTS;
  }
  if (element->index == 0 && !is_v3(values) && is_self_issued(values)) {
    path->unsure |= CERT_TRUST_INVALID_BASIC_CONSTRAINTS;
  }
  if (element->count > 1 && ca && values[SCH_CERTIFICATE_path_length] != SCH_CASE_NONE &&
      !certifies) {
    path->must |= CERT_TRUST_INVALID_BASIC_CONSTRAINTS;
  }
}

/* judge_profile: what RFC 5280 4.2 asks of those who issue. */
static void judge_profile(const struct element *element, struct sch_truth_path *path) {
  const int32_t *values = element->values;
  const bool ca = is_v3(values) && values[SCH_CERTIFICATE_ca] == SCH_CA_YES;
  const int32_t critical = values[SCH_CERTIFICATE_critical];
  const bool subject = values[SCH_CERTIFICATE_key_id] != SCH_ID_ABSENT;
  const bool authority = values[SCH_CERTIFICATE_authority] != SCH_ID_ABSENT;

  if (!is_v3(values)) {
    return;
  }
  if (element->count > 1 && ((element->index + 1 < element->count && !authority) ||
                             (ca && (!subject || values[SCH_CERTIFICATE_usage] == 0 ||
                                     values[SCH_CERTIFICATE_ca_critical] == 0)) ||
                             ((ca || has_usage(values, SCH_USE_CRL)) &&
                              values[SCH_CERTIFICATE_subject] == SCH_SUBJECT_EMPTY))) {
    path->must |= CERT_TRUST_INVALID_EXTENSION;
  }
  if ((subject && (critical >> SCH_CRITICAL_KEY_ID & 1) != 0) ||
      (authority && (critical >> SCH_CRITICAL_AUTHORITY & 1) != 0)) {
    path->must |= CERT_TRUST_HAS_NOT_SUPPORTED_CRITICAL_EXT;
    path->may |= CERT_TRUST_INVALID_EXTENSION;
  }
  for (size_t i = element->item->at + 1; i < element->item->end; i++) {
    const struct sch_case_record *record = &element->made->from->records[i];

    if (record->kind == SCH_CASE_KIND_extension && record->values[SCH_EXTENSION_AT_critical] != 0) {
      path->must |= CERT_TRUST_HAS_NOT_SUPPORTED_CRITICAL_EXT;
    }
  }
}

static int32_t key_bits(const int32_t *values) {
  return values[SCH_CERTIFICATE_key] == SCH_KEY_WEAK ? 96 : 128;
}

static int32_t signature_bits(const int32_t *values) {
  static const int32_t bits[] = {128, 192, 63};

  return values[SCH_CERTIFICATE_signer] == SCH_KEY_ED ||
                 values[SCH_CERTIFICATE_signer] == SCH_KEY_ED + 1
             ? 128
             : bits[values[SCH_CERTIFICATE_digest]];
}

static void judge_strength(const struct element *element, struct sch_truth_path *path) {
  static const int32_t levels[] = {0, 80, 112, 128, 192, 256};
  const int32_t level = levels[element->made->ask.values[SCH_ASK_strength]];
  const int32_t *values = element->values;

  if (key_bits(values) < level) {
    path->must |= CERT_TRUST_HAS_WEAK_HYGIENE;
  }
  if (element->index + 1 < element->count && signature_bits(values) < level) {
    if (values[SCH_CERTIFICATE_breaks] == SCH_BREAK_OTHER_ALGORITHM) {
      path->may |= CERT_TRUST_HAS_WEAK_SIGNATURE; /* of which algorithm is anybody's guess */
    } else {
      path->must |= CERT_TRUST_HAS_WEAK_SIGNATURE;
    }
  }
  if (values[SCH_CERTIFICATE_breaks] == SCH_BREAK_OTHER_ALGORITHM) {
    path->may |= CERT_TRUST_HAS_WEAK_SIGNATURE;
  }
}

/* judge_link: did the next element issue this one. */
static void judge_link(const struct element *element, const int32_t *issuer,
                       struct sch_truth_path *path) {
  const int32_t *values = element->values;

  if (!sch_truth_is_signed(values[SCH_CERTIFICATE_signer], values[SCH_CERTIFICATE_breaks],
                           issuer[SCH_CERTIFICATE_key])) {
    path->must |= CERT_TRUST_IS_NOT_SIGNATURE_VALID;
  }
  if (is_v3(values) && is_v3(issuer) &&
      !sch_truth_identifies(values[SCH_CERTIFICATE_authority], values[SCH_CERTIFICATE_signer],
                            issuer[SCH_CERTIFICATE_key_id], issuer[SCH_CERTIFICATE_key])) {
    path->must |= CERT_TRUST_INVALID_EXTENSION;
  }
}

/* judge_own: what is judged of an element whether or not an engine may see its key. */
static void judge_own(const struct element *element, struct sch_truth_path *path) {
  path->must |= is_late(element->made, element->values) ? CERT_TRUST_IS_NOT_TIME_VALID : 0;
  path->must |= is_explicit_curve(element->values) ? CERT_TRUST_HAS_WEAK_HYGIENE : 0;
  judge_use(element, path);
}

/* --- a whole path */

static void judge_path_length(const struct sch_made *made, struct sch_truth_path *path) {
  int32_t below = 0;

  for (size_t i = 1; i < path->count; i++) {
    const int32_t *values = sch_truth_values(made, path->nodes[i]);
    const int32_t most = values[SCH_CERTIFICATE_path_length];

    if (is_v3(values) && most != SCH_CASE_NONE && below > most) {
      path->must |= CERT_TRUST_INVALID_BASIC_CONSTRAINTS;
    }
    below += is_self_issued(values) ? 0 : 1;
  }
}

static void judge_names(const struct sch_made *made, struct sch_truth_path *path) {
  for (size_t i = 0; i < path->count; i++) {
    if (i != 0 && is_self_issued(sch_truth_values(made, path->nodes[i]))) {
      continue;
    }
    for (size_t above = i + 1; above < path->count; above++) {
      const struct sch_truth_names said =
          sch_truth_constrain(made, path->nodes[i], path->nodes[above]);

      if (said.either != 0) {
        /* What is unsure may be what is said first, and then the only thing. */
        path->either[0] |= said.either | (said.unsure ? NAMES_BITS : 0);
        path->may |= NAMES_BITS;
      }
      path->unsure |= said.unsure ? NAMES_BITS : 0;
    }
  }
}

static struct element element_of(const struct sch_made *made, const struct sch_truth_path *path,
                                 size_t index) {
  const struct sch_made_item *item = &made->certificates[path->nodes[index]];

  return (struct element){made, item, sch_made_record(made, item)->values, index, path->count};
}

static void judge_path(const struct sch_made *made, struct sch_truth_path *path) {
  bool seen = true;

  for (size_t i = 0; i < path->count; i++) {
    const struct element element = element_of(made, path, i);

    judge_own(&element, path);
    seen = seen && !is_explicit_curve(element.values);
  }
  if (!sch_truth_speaks(made, path->nodes[0])) {
    path->must |= CERT_TRUST_NAME_MISMATCH;
  }
  if (!seen || !path->anchored) {
    path->may = UINT32_MAX; /* how much more is said depends on who may look */
    return;
  }
  for (size_t i = 0; i < path->count; i++) {
    const struct element element = element_of(made, path, i);

    judge_leaf_use(&element, path);
    judge_authority(&element, path);
    judge_profile(&element, path);
    judge_strength(&element, path);
    if (i + 1 < path->count) {
      judge_link(&element, sch_truth_values(made, path->nodes[i + 1]), path);
    }
  }
  judge_path_length(made, path);
  judge_names(made, path);
  sch_truth_revocation(made, path);
  sch_truth_policies(made, path);
}

/* --- all paths */

struct search {
  const struct sch_made *made;
  struct sch_truth *out;
  struct sch_truth_path path;
  bool readable[SCH_MADE_CERTIFICATES];
  size_t steps;
};

#define STEPS_MAX 4096

/* is_same: the same certificate, wherever it is: of two descriptions of one, only the bytes tell.
 */
static bool is_same(const struct sch_made *made, size_t left, size_t right) {
  return sch_span_equal(made->certificates[left].der, made->certificates[right].der);
}

static bool is_anchor(const struct search *search, size_t certificate) {
  for (size_t i = 0; i < search->made->certificate_count; i++) {
    if (sch_made_place(search->made, i) == SCH_PLACE_ANCHOR &&
        is_same(search->made, i, certificate)) {
      return true;
    }
  }
  return false;
}

/* is_on_path: by itself, or by name and key, from the second element on. */
static bool is_on_path(const struct search *search, size_t certificate) {
  const int32_t *values = sch_truth_values(search->made, certificate);

  for (size_t i = 0; i < search->path.count; i++) {
    const size_t other = search->path.nodes[i];
    const int32_t *its = sch_truth_values(search->made, other);

    if (is_same(search->made, other, certificate) ||
        (i != 0 && its[SCH_CERTIFICATE_key] == values[SCH_CERTIFICATE_key] &&
         its[SCH_CERTIFICATE_subject] == values[SCH_CERTIFICATE_subject] &&
         is_explicit_curve(its) == is_explicit_curve(values))) {
      return true;
    }
  }
  return false;
}

static void keep(struct search *search, bool anchored, uint32_t bits) {
  struct sch_truth *out = search->out;

  if (out->count == SCH_TRUTH_PATHS) {
    out->more = true;
    return;
  }
  struct sch_truth_path *path = &out->paths[out->count++];

  *path = search->path;
  path->anchored = anchored;
  path->must = bits;
  judge_path(search->made, path);
}

/* is_self_signed: what says that it signs itself says that nobody stands above it. */
static bool is_self_signed(const int32_t *values) {
  return is_self_issued(values) &&
         (!is_v3(values) || values[SCH_CERTIFICATE_authority] == SCH_ID_ABSENT ||
          (values[SCH_CERTIFICATE_key_id] == values[SCH_CERTIFICATE_authority] &&
           values[SCH_CERTIFICATE_key] == values[SCH_CERTIFICATE_signer]));
}

static void walk(struct search *search) {
  const struct sch_made *made = search->made;
  const size_t last = search->path.nodes[search->path.count - 1];
  const int32_t *values = sch_truth_values(made, last);

  if (search->steps++ > STEPS_MAX) {
    search->out->more = true;
    return;
  }
  if (is_anchor(search, last)) {
    keep(search, true, 0);
    return;
  }
  for (size_t i = 0; i < made->certificate_count && !is_self_signed(values); i++) {
    if (i == made->leaf || !search->readable[i] ||
        sch_truth_values(made, i)[SCH_CERTIFICATE_subject] != values[SCH_CERTIFICATE_issuer]) {
      continue;
    }
    if (is_on_path(search, i)) {
      search->out->extra |= CERT_TRUST_IS_CYCLIC;
    } else if (search->path.count == made->policy.depth + 2) {
      search->out->extra |= CERT_TRUST_TOO_LONG;
    } else {
      search->path.nodes[search->path.count++] = (uint8_t)i;
      walk(search);
      search->path.count--;
    }
  }
  /* Where a path ends that reaches no anchor depends on what was tried before. */
  keep(search, false,
       is_self_issued(values) ? CERT_TRUST_IS_UNTRUSTED_ROOT : CERT_TRUST_IS_PARTIAL_CHAIN);
}

static enum sch_truth_answer answer_of(const struct sch_truth *truth) {
  bool unsure = truth->more;

  for (size_t i = 0; i < truth->count; i++) {
    const struct sch_truth_path *path = &truth->paths[i];

    if (path->must == 0 && path->either[0] == 0 && path->either[1] == 0) {
      if (path->unsure == 0 && !truth->lost) {
        return SCH_TRUTH_ACCEPT;
      }
      unsure = true;
    }
  }
  return unsure ? SCH_TRUTH_UNSURE : SCH_TRUTH_REJECT;
}

void sch_truth_judge(const struct sch_made *made, struct sch_truth *out) {
  struct search search = {.made = made, .out = out};

  out->extra = 0;
  out->count = 0;
  out->more = false;
  out->lost = false;
  out->leaf_only = true;
  out->answer = SCH_TRUTH_REJECT;
  if (made->leaf == made->certificate_count) {
    out->extra = CERT_TRUST_NO_CERTIFICATE;
    return;
  }
  for (size_t i = 0; i < made->certificate_count; i++) {
    search.readable[i] = sch_truth_is_readable(made, &made->certificates[i]);
    if (!search.readable[i] && sch_made_place(made, i) == SCH_PLACE_SENT) {
      out->extra |= CERT_TRUST_UNREADABLE;
      out->lost =
          out->lost || sch_truth_values(made, i)[SCH_CERTIFICATE_breaks] == SCH_BREAK_LENGTH;
    }
  }
  if (!search.readable[made->leaf]) {
    out->extra = CERT_TRUST_UNREADABLE;
    return;
  }
  out->leaf_only = false;
  search.path = (struct sch_truth_path){.count = 1, .nodes = {(uint8_t)made->leaf}};
  walk(&search);
  out->answer = answer_of(out);
}

bool sch_truth_reason(const struct sch_truth *truth, uint32_t bits) {
  if (truth->leaf_only) {
    return bits == truth->extra;
  }
  for (size_t i = 0; i < truth->count; i++) {
    const struct sch_truth_path *path = &truth->paths[i];
    const uint32_t all =
        path->must | path->either[0] | path->either[1] | path->may | path->unsure | truth->extra;

    if ((path->must & ~bits) == 0 && (bits & ~all) == 0 &&
        (path->either[0] == 0 || (path->either[0] & bits) != 0) &&
        (path->either[1] == 0 || (path->either[1] & bits) != 0)) {
      return true;
    }
  }
  return truth->more;
}
