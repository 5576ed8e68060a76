/* name: see name.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "cert/name.h"

enum { HOST_MAX = 253, LABEL_MAX = 63, ADDRESS_4 = 4, ADDRESS_6 = 16, GROUPS = 8 };

static uint32_t lower(uint32_t character) {
  return character >= 'A' && character <= 'Z' ? character + ('a' - 'A') : character;
}

static bool is_digit(uint8_t byte) {
  return byte >= '0' && byte <= '9';
}

static bool is_label_byte(uint8_t byte) {
  const uint32_t letter = lower(byte);

  return (letter >= 'a' && letter <= 'z') || is_digit(byte) || byte == '-' || byte == '_';
}

/* take_until moves what comes before the first `mark` to `out` and drops the mark; all of it, and
 * false, when there is none. */
static bool take_until(struct sch_span *in, uint8_t mark, struct sch_span *out) {
  size_t size = 0;

  while (size < in->size && in->data[size] != mark) {
    size++;
  }
  const bool found = size < in->size;

  *out = sch_span_first(*in, size);
  *in = sch_span_last(*in, in->size - size - (found ? 1 : 0));
  return found;
}

static bool is_label(struct sch_span label) {
  if (label.size == 0 || label.size > LABEL_MAX || label.data[0] == '-' ||
      label.data[label.size - 1] == '-') {
    return false;
  }
  for (size_t i = 0; i < label.size; i++) {
    if (!is_label_byte(label.data[i])) {
      return false;
    }
  }
  return true;
}

static bool is_number(struct sch_span label) {
  for (size_t i = 0; i < label.size; i++) {
    if (!is_digit(label.data[i])) {
      return false;
    }
  }
  return true;
}

/* is_labels: labels joined by single dots, at least `least` of them, the last no number. */
static bool is_labels(struct sch_span text, size_t least) {
  struct sch_span label;
  size_t count = 0;
  bool more = true;

  if (text.size > HOST_MAX) {
    return false;
  }
  while (more) {
    more = take_until(&text, '.', &label);
    if (!is_label(label)) {
      return false;
    }
    count++;
  }
  return count >= least && !is_number(label);
}

static struct sch_span without_final_dot(struct sch_span host) {
  const bool dot = host.size != 0 && host.data[host.size - 1] == '.';

  return sch_span_first(host, host.size - (dot ? 1 : 0));
}

bool sch_name_is_host(struct sch_span text) {
  return is_labels(without_final_dot(text), 1);
}

static bool equal_text(struct sch_span left, struct sch_span right) {
  if (left.size != right.size) {
    return false;
  }
  for (size_t i = 0; i < left.size; i++) {
    if (lower(left.data[i]) != lower(right.data[i])) {
      return false;
    }
  }
  return true;
}

bool sch_name_matches_host(struct sch_span presented, struct sch_span host) {
  struct sch_span first;

  host = without_final_dot(host);
  if (presented.size < 2 || presented.data[0] != '*' || presented.data[1] != '.') {
    return is_labels(presented, 1) && equal_text(presented, host);
  }
  presented = sch_span_last(presented, presented.size - 2);
  return take_until(&host, '.', &first) && is_labels(presented, 2) && equal_text(presented, host);
}

/* split_email cuts a mailbox at its last `@`: a local part may have one, quoted. */
static bool split_email(struct sch_span mailbox, struct sch_span *local, struct sch_span *host) {
  size_t size = mailbox.size;

  while (size != 0 && mailbox.data[size - 1] != '@') {
    size--;
  }
  if (size < 2) {
    return false;
  }
  *local = sch_span_first(mailbox, size - 1);
  *host = sch_span_last(mailbox, mailbox.size - size);
  return is_labels(*host, 1);
}

bool sch_name_is_email(struct sch_span text) {
  struct sch_span local;
  struct sch_span host;

  if (!split_email(text, &local, &host)) {
    return false;
  }
  for (size_t i = 0; i < local.size; i++) {
    if (local.data[i] <= ' ' || local.data[i] >= 0x7f) {
      return false;
    }
  }
  return true;
}

bool sch_name_matches_email(struct sch_span presented, struct sch_span mailbox) {
  struct sch_span locals[2];
  struct sch_span hosts[2];

  return split_email(presented, &locals[0], &hosts[0]) &&
         split_email(mailbox, &locals[1], &hosts[1]) && sch_span_equal(locals[0], locals[1]) &&
         equal_text(hosts[0], hosts[1]);
}

static bool read_4(struct sch_span text, uint8_t to[ADDRESS_4]) {
  struct sch_span part;

  for (size_t i = 0; i < ADDRESS_4; i++) {
    unsigned number = 0;

    if (take_until(&text, '.', &part) != (i + 1 < ADDRESS_4) || part.size == 0 || part.size > 3 ||
        !is_number(part) || (part.size > 1 && part.data[0] == '0')) {
      return false;
    }
    for (size_t at = 0; at < part.size; at++) {
      number = number * 10 + (unsigned)(part.data[at] - '0');
    }
    if (number > UINT8_MAX) {
      return false;
    }
    to[i] = (uint8_t)number;
  }
  return true;
}

static bool read_group(struct sch_span part, uint8_t to[2]) {
  unsigned number = 0;

  if (part.size == 0 || part.size > 4) {
    return false;
  }
  for (size_t i = 0; i < part.size; i++) {
    const uint32_t digit = lower(part.data[i]);

    if (!is_digit(part.data[i]) && (digit < 'a' || digit > 'f')) {
      return false;
    }
    number = number << 4 | (is_digit(part.data[i]) ? digit - '0' : digit - 'a' + 10);
  }
  to[0] = (uint8_t)(number >> 8);
  to[1] = (uint8_t)number;
  return true;
}

/* read_groups reads groups joined by single colons, none when `text` is empty, the last of which
 * may be an IPv4 address. Gives their number, or more than GROUPS. */
static size_t read_groups(struct sch_span text, uint8_t to[ADDRESS_6]) {
  size_t count = 0;
  bool more = text.size != 0;
  struct sch_span part;

  while (more) {
    if (count == GROUPS) {
      return GROUPS + 1;
    }
    more = take_until(&text, ':', &part);
    if (!more && count + 2 <= GROUPS && read_4(part, to + 2 * count)) {
      return count + 2;
    }
    if (!read_group(part, to + 2 * count)) {
      return GROUPS + 1;
    }
    count++;
  }
  return count;
}

/* has_dot: an IPv4 address may only end the whole, not the part before `::`. */
static bool has_dot(struct sch_span text) {
  struct sch_span before;

  return take_until(&text, '.', &before);
}

static bool read_6(struct sch_span text, uint8_t to[ADDRESS_6]) {
  uint8_t left[ADDRESS_6] = {0};
  uint8_t right[ADDRESS_6] = {0};
  size_t gap = 0;

  while (gap + 1 < text.size && (text.data[gap] != ':' || text.data[gap + 1] != ':')) {
    gap++;
  }
  const bool whole = gap + 1 >= text.size;
  const struct sch_span before = whole ? text : sch_span_first(text, gap);
  const struct sch_span after = sch_span_last(text, whole ? 0 : text.size - gap - 2);
  const size_t first = read_groups(before, left);
  const size_t last = read_groups(after, right);

  /* `::` stands for one group at least. */
  if (whole ? first != GROUPS : first + last >= GROUPS || has_dot(before)) {
    return false;
  }
  sch_copy(left + 2 * (GROUPS - last), right, 2 * last);
  sch_copy(to, left, ADDRESS_6);
  return true;
}

bool sch_name_read_address(struct sch_span text, uint8_t to[16], size_t *size) {
  uint8_t four[ADDRESS_4];

  if (read_4(text, four)) {
    sch_copy(to, four, ADDRESS_4);
    *size = ADDRESS_4;
    return true;
  }
  if (read_6(text, to)) {
    *size = ADDRESS_6;
    return true;
  }
  return false;
}

static bool is_wanted(const struct sch_wanted *wanted) {
  switch (wanted->kind) {
    case SCH_WANTED_host:
      return sch_name_is_host(wanted->name);
    case SCH_WANTED_email:
      return sch_name_is_email(wanted->name);
    case SCH_WANTED_address:
      return wanted->name.size == ADDRESS_4 || wanted->name.size == ADDRESS_6;
    default:
      return false;
  }
}

static bool matches_one(const struct sch_general_name *presented, const struct sch_wanted *wanted) {
  switch ((int)presented->kind) {
    case SCH_GENERAL_NAME_dns:
      return wanted->kind == SCH_WANTED_host &&
             sch_name_matches_host(presented->value, wanted->name);
    case SCH_GENERAL_NAME_email:
      return wanted->kind == SCH_WANTED_email &&
             sch_name_matches_email(presented->value, wanted->name);
    case SCH_GENERAL_NAME_address:
      return wanted->kind == SCH_WANTED_address && sch_span_equal(presented->value, wanted->name);
    default:
      return false;
  }
}

/* matches_common asks the commonNames, read as ASCII. */
static bool matches_common(struct sch_span subject, struct sch_span host, size_t *compared) {
  struct sch_name name = sch_certificate_name(subject);
  struct sch_reading reading = {0};
  struct sch_attribute attribute;

  while (sch_name_next(&name, &attribute, &reading)) {
    uint8_t text[HOST_MAX];
    size_t size = 0;
    uint32_t character;
    struct sch_span rest = attribute.value.body;

    *compared += 1;
    while (size < sizeof text && sch_value_character(attribute.value.tag, &rest, &character) &&
           character < 0x80) {
      text[size++] = (uint8_t)character;
    }
    if (attribute.oid == SCH_OID_common_name && rest.size == 0 &&
        sch_name_matches_host(sch_span_of(text, size), host)) {
      return true;
    }
  }
  return false;
}

bool sch_name_matches(const struct sch_certificate *certificate, const struct sch_wanted *wanted,
                      size_t *compared) {
  const struct sch_extensions *extensions = &certificate->extensions;
  struct sch_span list = extensions->body[SCH_EXTENSION_subject_alt_name];
  struct sch_reading reading = {0};
  struct sch_general_name presented;

  if (wanted->kind == SCH_WANTED_none) {
    return true;
  }
  if (!is_wanted(wanted)) {
    return false;
  }
  if (!sch_extensions_has(extensions, SCH_EXTENSION_subject_alt_name)) {
    return wanted->common_name && wanted->kind == SCH_WANTED_host &&
           matches_common(certificate->subject, wanted->name, compared);
  }
  while (list.size != 0 && sch_general_name_take(&list, SCH_ADDRESS_PLAIN, &presented, &reading)) {
    *compared += 1;
    if (matches_one(&presented, wanted)) {
      return true;
    }
  }
  return false;
}
