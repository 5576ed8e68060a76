/* chain_names: the names of chain_truth.h: who speaks for whom, and what may be said under which
 * constraints. It shares no code with src/cert.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "chain_truth.h"

#define LABEL_MAX 63
#define LABELS_MAX SCH_CASE_TEXT

/* Text of at most SCH_CASE_TEXT bytes, ended by a NUL that does not count. */
struct text {
  size_t size;
  char bytes[SCH_CASE_TEXT + 1];
};

static struct text text_of(const uint8_t *bytes, size_t size) {
  struct text text = {.size = size};

  REQUIRE(size <= SCH_CASE_TEXT);
  sch_copy(text.bytes, bytes, size);
  return text;
}

static bool same_letters(const char *left, size_t left_size, const char *right, size_t right_size) {
  return left_size == right_size && strncasecmp(left, right, left_size) == 0 &&
         memchr(left, 0, left_size) == NULL && memchr(right, 0, right_size) == NULL;
}

/* is_host: labels joined by dots, at least `least`, the last no number. */
static bool is_host(const char *at, size_t size, size_t least) {
  size_t labels = 1;
  size_t label = 0;
  size_t digits = 0;

  for (size_t i = 0; i < size; i++) {
    const unsigned char byte = (unsigned char)at[i];
    const bool first = label == 0;
    const bool last = i + 1 == size || at[i + 1] == '.';

    if (byte == '.') {
      if (label == 0) {
        return false;
      }
      labels++;
      label = 0;
      digits = 0;
      continue;
    }
    if ((!isalnum(byte) && byte != '-' && byte != '_') || byte >= 0x80 ||
        (byte == '-' && (first || last))) {
      return false;
    }
    digits += isdigit(byte) ? 1 : 0;
    label++;
    if (label > LABEL_MAX) {
      return false;
    }
  }
  return label != 0 && digits != label && labels >= least;
}

static bool matches_host(const struct text *presented, const char *host, size_t size) {
  if (presented->size >= 2 && strncmp(presented->bytes, "*.", 2) == 0) {
    const char *dot = memchr(host, '.', size);

    return dot != NULL && is_host(presented->bytes + 2, presented->size - 2, 2) &&
           same_letters(presented->bytes + 2, presented->size - 2, dot + 1,
                        size - (size_t)(dot + 1 - host));
  }
  return is_host(presented->bytes, presented->size, 1) &&
         same_letters(presented->bytes, presented->size, host, size);
}

/* host_of gives where the host of a mailbox begins; 0 when it is none. */
static size_t host_of(const struct text *mailbox) {
  size_t at = mailbox->size;

  while (at != 0 && mailbox->bytes[at - 1] != '@') {
    at--;
  }
  return at >= 2 && is_host(mailbox->bytes + at, mailbox->size - at, 1) ? at : 0;
}

static bool matches_email(const struct text *presented, const struct text *wanted) {
  const size_t left = host_of(presented);
  const size_t right = host_of(wanted);

  return left != 0 && left == right && memcmp(presented->bytes, wanted->bytes, left) == 0 &&
         same_letters(presented->bytes + left, presented->size - left, wanted->bytes + right,
                      wanted->size - right);
}

static bool is_wanted(int kind, const struct text *wanted, size_t host_size) {
  switch (kind) {
    case SCH_WANTED_host:
      return is_host(wanted->bytes, host_size, 1);
    case SCH_WANTED_address:
      return wanted->size == 4 || wanted->size == 16;
    default:
      for (size_t i = 0; i + 1 < host_of(wanted); i++) {
        if (wanted->bytes[i] <= ' ' || wanted->bytes[i] >= 0x7f) {
          return false;
        }
      }
      return host_of(wanted) != 0;
  }
}

/* The names that may stand in a subject as a host: see names of chain_make.c. */
static bool common_name_speaks(const int32_t *values, const char *host, size_t size) {
  const struct text names[] = {text_of((const uint8_t *)"www.example.org", 15),
                               text_of((const uint8_t *)"Leaf", 4)};

  return values[SCH_CERTIFICATE_subject_form] != SCH_FORM_BLANKS &&
         ((values[SCH_CERTIFICATE_subject] == SCH_SUBJECT_HOST &&
           matches_host(&names[0], host, size)) ||
          (values[SCH_CERTIFICATE_subject] == 0 && matches_host(&names[1], host, size)));
}

static bool name_speaks(const struct sch_case_record *name, int kind, const struct text *wanted,
                        size_t host_size) {
  const struct text presented = text_of(name->text, name->text_size);

  switch (name->values[SCH_NAME_kind]) {
    case SCH_KIND_DNS:
      return kind == SCH_WANTED_host && matches_host(&presented, wanted->bytes, host_size);
    case SCH_KIND_EMAIL:
      return kind == SCH_WANTED_email && matches_email(&presented, wanted);
    case SCH_KIND_IP:
      return kind == SCH_WANTED_address && presented.size == wanted->size &&
             memcmp(presented.bytes, wanted->bytes, wanted->size) == 0;
    default:
      return false;
  }
}

bool sch_truth_speaks(const struct sch_made *made, size_t certificate) {
  const struct sch_made_item *item = &made->certificates[certificate];
  const int32_t *values = sch_truth_values(made, certificate);
  const int kind = (int)made->policy.name.kind;
  const struct text wanted = text_of(made->policy.name.name.data, made->policy.name.name.size);
  const bool dot = wanted.size != 0 && wanted.bytes[wanted.size - 1] == '.';
  const size_t host_size = wanted.size - (dot ? 1 : 0);
  bool has_names = false;

  if (kind == SCH_WANTED_none) {
    return true;
  }
  if (!is_wanted(kind, &wanted, host_size)) {
    return false;
  }
  for (size_t i = item->at + 1; i < item->end && values[SCH_CERTIFICATE_version] != 0; i++) {
    const struct sch_case_record *name = &made->from->records[i];

    if (name->kind == SCH_CASE_KIND_name) {
      has_names = true;
      if (name_speaks(name, kind, &wanted, host_size)) {
        return true;
      }
    }
  }
  return !has_names && made->policy.name.common_name && kind == SCH_WANTED_host &&
         common_name_speaks(values, wanted.bytes, host_size);
}

/* --- constraints */

enum within { OUTSIDE, INSIDE, UNDEFINED };

static enum within within_host(const struct text *base, const char *host, size_t size) {
  if (base->size == 0) {
    return INSIDE;
  }
  if (size < base->size) {
    return OUTSIDE;
  }
  const size_t at = size - base->size;

  if (strncasecmp(host + at, base->bytes, base->size) != 0) {
    return OUTSIDE;
  }
  return at == 0 || base->bytes[0] == '.' || host[at - 1] == '.' ? INSIDE : OUTSIDE;
}

/* within_strict: a base that begins with a dot is all hosts below, any other that host alone. */
static enum within within_strict(const struct text *base, const char *host, size_t size) {
  if (base->size != 0 && base->bytes[0] == '.') {
    return size > base->size ? within_host(base, host, size) : OUTSIDE;
  }
  return same_letters(base->bytes, base->size, host, size) ? INSIDE : OUTSIDE;
}

static enum within within_email(const struct text *base, const struct text *name) {
  const char *at = memrchr(name->bytes, '@', name->size);
  const char *base_at = memrchr(base->bytes, '@', base->size);

  if (at == NULL || base->size == 0 || (base_at != NULL && base_at == base->bytes)) {
    return UNDEFINED;
  }
  const size_t local = (size_t)(at - name->bytes);

  if (base_at == NULL) {
    return within_strict(base, at + 1, name->size - local - 1);
  }
  if (local != (size_t)(base_at - base->bytes) || memcmp(base->bytes, name->bytes, local) != 0) {
    return OUTSIDE;
  }
  return same_letters(base_at + 1, base->size - local - 1, at + 1, name->size - local - 1)
             ? INSIDE
             : OUTSIDE;
}

static enum within within_uri(const struct text *base, const struct text *name) {
  const char *start = strstr(name->bytes, "://");
  const size_t size = start == NULL ? 0 : strcspn(start + 3, ":/");

  /* A host with a user before it, an address, a query without a path: left alone. */
  if (strlen(name->bytes) != name->size || start == NULL || size == 0 || base->size == 0 ||
      strpbrk(name->bytes, "@[?#") != NULL || strcspn(name->bytes, ":") + name->bytes != start) {
    return UNDEFINED;
  }
  return within_strict(base, start + 3, size);
}

static enum within within_address(const struct text *base, const struct text *name) {
  if (base->size != 2 * name->size) {
    return OUTSIDE;
  }
  for (size_t i = 0; i < name->size; i++) {
    const char mask = base->bytes[name->size + i];

    if (((name->bytes[i] ^ base->bytes[i]) & mask) != 0) {
      return OUTSIDE;
    }
  }
  return INSIDE;
}

static enum within within_directory(int32_t base, int32_t name) {
  if (base == SCH_SUBJECT_EMPTY) {
    return INSIDE;
  }
  return name != SCH_SUBJECT_EMPTY && (base == SCH_SUBJECT_ACME) == (name == SCH_SUBJECT_ACME)
             ? INSIDE
             : OUTSIDE;
}

/* A name that is held against subtrees: of an extension, or the subject. */
struct held {
  int32_t kind;
  int32_t directory;
  struct text text;
};

static enum within within(const struct sch_case_record *subtree, const struct held *name) {
  const struct text base = text_of(subtree->text, subtree->text_size);

  if (memchr(base.bytes, 0, base.size) != NULL && name->kind != SCH_KIND_IP) {
    return UNDEFINED;
  }
  switch (name->kind) {
    case SCH_KIND_DNS:
      return memchr(name->text.bytes, 0, name->text.size) != NULL ||
                     memchr(name->text.bytes, '*', name->text.size) != NULL
                 ? UNDEFINED
                 : within_host(&base, name->text.bytes, name->text.size);
    case SCH_KIND_EMAIL:
      return memchr(name->text.bytes, 0, name->text.size) != NULL
                 ? UNDEFINED
                 : within_email(&base, &name->text);
    case SCH_KIND_URI:
      return within_uri(&base, &name->text);
    case SCH_KIND_IP:
      return within_address(&base, &name->text);
    case SCH_KIND_DIRECTORY:
      return within_directory(subtree->values[SCH_SUBTREE_directory], name->directory);
    default:
      return UNDEFINED;
  }
}

/* hold holds one name against all subtrees of its kind. */
static struct sch_truth_names hold(const struct sch_made *made,
                                   const struct sch_made_item *authority, const struct held *name) {
  struct sch_truth_names out = {0};
  bool is_constrained = false;
  bool is_permitted = false;

  for (size_t i = authority->at + 1; i < authority->end; i++) {
    const struct sch_case_record *subtree = &made->from->records[i];

    if (subtree->kind != SCH_CASE_KIND_subtree || subtree->values[SCH_SUBTREE_kind] != name->kind) {
      continue;
    }
    const enum within where = within(subtree, name);
    const bool excludes = subtree->values[SCH_SUBTREE_side] != 0;

    if (name->kind == SCH_KIND_REGISTERED || name->kind == SCH_KIND_OTHER) {
      out.either |= CERT_TRUST_HAS_NOT_SUPPORTED_NAME_CONSTRAINT;
    }
    out.unsure = out.unsure || where == UNDEFINED;
    is_constrained = is_constrained || !excludes;
    is_permitted = is_permitted || (!excludes && where == INSIDE);
    if (excludes && where == INSIDE) {
      out.either |= CERT_TRUST_HAS_EXCLUDED_NAME_CONSTRAINT;
    }
  }
  if (is_constrained && !is_permitted && !out.unsure) {
    out.either |= CERT_TRUST_HAS_NOT_PERMITTED_NAME_CONSTRAINT;
  }
  return out;
}

static void join(struct sch_truth_names *to, struct sch_truth_names more) {
  to->either |= more.either;
  to->unsure = to->unsure || more.unsure;
}

struct sch_truth_names sch_truth_constrain(const struct sch_made *made, size_t certificate,
                                           size_t authority) {
  const struct sch_made_item *item = &made->certificates[certificate];
  const struct sch_made_item *above = &made->certificates[authority];
  const int32_t *values = sch_truth_values(made, certificate);
  struct sch_truth_names out = {0};
  struct held name = {.kind = SCH_KIND_DIRECTORY, .directory = values[SCH_CERTIFICATE_subject]};

  if (sch_truth_values(made, authority)[SCH_CERTIFICATE_version] == 0) {
    return out;
  }
  if (name.directory != SCH_SUBJECT_EMPTY) {
    join(&out, hold(made, above, &name));
  }
  for (size_t i = item->at + 1; i < item->end && values[SCH_CERTIFICATE_version] != 0; i++) {
    const struct sch_case_record *record = &made->from->records[i];

    if (record->kind == SCH_CASE_KIND_name) {
      name.kind = record->values[SCH_NAME_kind];
      name.directory = record->values[SCH_NAME_directory];
      name.text = text_of(record->text, record->text_size);
      join(&out, hold(made, above, &name));
    }
  }
  return out;
}
