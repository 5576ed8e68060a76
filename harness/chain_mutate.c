/* chain_mutate: see chain_mutate.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "chain_mutate.h"

#include <string.h>

#include "draw.h"

#define CHANGES_MAX 4
#define GROWN                                                                        \
  24 /* records from which a description mostly shrinks: time goes with their number \
      */

/* Texts worth trying, for every kind of name. */
static const struct {
  const char *text;
  size_t size;
} texts[] = {
#define TEXT(text) \
  { text, sizeof(text) - 1 }
    TEXT("www.example.org"),
    TEXT("example.org"),
    TEXT("*.example.org"),
    TEXT("w*.example.org"),
    TEXT("*.org"),
    TEXT("WWW.EXAMPLE.ORG"),
    TEXT(".example.org"),
    TEXT("example.com"),
    TEXT("a.www.example.org"),
    TEXT("www.example.org."),
    TEXT("www.example.org\0.test"),
    TEXT(""),
    TEXT("Leaf"),
    TEXT("192.0.2.1"),
    TEXT("\xc0\x00\x02\x01"),
    TEXT("\x0a\x01\x01\x01"),
    TEXT("\x0a\0\0\0\xff\0\0\0"),
    TEXT("\0\0\0\0\0\0\0\0"),
    TEXT("\xc0\0\x02\0\xff\xff\xff\0"),
    TEXT("0123456789abcdef"),
    TEXT("a@example.org"),
    TEXT("A@example.org"),
    TEXT("a@EXAMPLE.org"),
    TEXT("a@b.example.org"),
    TEXT("https://www.example.org/"),
    TEXT("https://a.example.org:8/x"),
    TEXT("xn--bcher-kva.example"),
    TEXT("b\xc3\xbc.org"),
};

/* --- one field, one text */

static struct sch_case_record *pick(struct sch_case *described, uint64_t *state) {
  return described->count == 0 ? NULL
                               : &described->records[sch_draw_below(state, described->count)];
}

/* nearby gives a number that something else in the description has, or one beside it. */
static int32_t nearby(const struct sch_case *described, uint64_t *state) {
  const struct sch_case_record *record =
      &described->records[sch_draw_below(state, described->count)];
  const struct sch_case_shape *shape = sch_case_shape(record->kind);

  return record->values[sch_draw_below(state, shape->count)] + (int32_t)sch_draw_below(state, 3) -
         1;
}

static int32_t draw_number(const struct sch_case *described, const struct sch_case_field *field,
                           int32_t value, uint64_t *state) {
  const int64_t range = (int64_t)field->high - field->low + 1;
  int64_t drawn = value;

  switch (sch_draw_below(state, 6)) {
    case 0:
      drawn = field->plain;
      break;
    case 1:
      drawn = value + 1;
      break;
    case 2:
      drawn = (int64_t)value - 1;
      break;
    case 3:
      drawn = field->low + (int64_t)sch_draw(state) % range;
      break;
    case 4:
      drawn = (int64_t)sch_draw_below(state, 4) - 1;
      break;
    default:
      drawn = nearby(described, state);
      break;
  }
  return drawn < field->low || drawn > field->high ? field->plain : (int32_t)drawn;
}

static int32_t draw_value(const struct sch_case *described, const struct sch_case_field *field,
                          int32_t value, uint64_t *state) {
  switch (field->type) {
    case SCH_CASE_set:
      return value ^ 1 << sch_draw_below(state, field->word_count);
    case SCH_CASE_word:
      return sch_draw_one_in(state, 3) ? field->plain
                                       : (int32_t)sch_draw_below(state, field->word_count);
    default:
      return draw_number(described, field, value, state);
  }
}

static void change_field(struct sch_case *described, uint64_t *state) {
  struct sch_case_record *record = pick(described, state);

  if (record != NULL) {
    const struct sch_case_shape *shape = sch_case_shape(record->kind);
    const size_t at = sch_draw_below(state, shape->count);

    record->values[at] = draw_value(described, &shape->fields[at], record->values[at], state);
  }
}

static void set_text(struct sch_case_record *record, const void *text, size_t size) {
  record->text_size = (uint8_t)(size < SCH_CASE_TEXT ? size : SCH_CASE_TEXT);
  memmove(record->text, text, record->text_size);
}

static void draw_text(struct sch_case_record *record, uint64_t *state) {
  const size_t at = sch_draw_below(state, SCH_COUNT(texts));

  set_text(record, texts[at].text, texts[at].size);
}

/* change_text gives a record another text: of the table, of another record, or its own, changed. */
static void change_text(struct sch_case *described, sch_change_bytes *bytes, uint64_t *state) {
  struct sch_case_record *record = pick(described, state);
  const struct sch_case_record *other = pick(described, state);

  if (record == NULL || !sch_case_shape(record->kind)->has_text) {
    return;
  }
  switch (sch_draw_below(state, 4)) {
    case 0:
      if (sch_case_shape(other->kind)->has_text) {
        set_text(record, other->text, other->text_size);
      }
      break;
    case 1:
      if (bytes != NULL) {
        record->text_size = (uint8_t)bytes(record->text, record->text_size, SCH_CASE_TEXT);
      } else if (record->text_size != 0) {
        record->text[sch_draw_below(state, record->text_size)] ^=
            (uint8_t)(1 << sch_draw_below(state, 8));
      }
      break;
    default:
      draw_text(record, state);
      break;
  }
}

/* --- whole records */

static void remove_records(struct sch_case *from, size_t at, size_t count) {
  memmove(&from->records[at], &from->records[at + count],
          (from->count - at - count) * sizeof from->records[0]);
  from->count -= count;
}

/* insert_record puts one before `at`; nothing happens when there is no room. */
static void insert_record(struct sch_case *to, size_t at, const struct sch_case_record *record) {
  const struct sch_case_record copy = *record;

  if (to->count < SCH_CASE_RECORDS) {
    memmove(&to->records[at + 1], &to->records[at], (to->count - at) * sizeof to->records[0]);
    to->records[at] = copy;
    to->count++;
  }
}

/* end_of gives the end of a record and of those that belong to it. */
static size_t end_of(const struct sch_case *from, size_t at) {
  size_t end = at + 1;

  while (end < from->count && sch_case_shape(from->records[end].kind)->belongs) {
    end++;
  }
  return end;
}

/* fresh gives a new record of any kind, a few of its fields drawn. */
static struct sch_case_record fresh(const struct sch_case *described, uint64_t *state) {
  struct sch_case_record record =
      sch_case_plain((enum sch_case_kind)sch_draw_below(state, SCH_CASE_KIND_COUNT));
  const struct sch_case_shape *shape = sch_case_shape(record.kind);

  for (uint32_t left = sch_draw_below(state, 4); left > 0; left--) {
    const size_t at = sch_draw_below(state, shape->count);

    record.values[at] = draw_value(described, &shape->fields[at], record.values[at], state);
  }
  if (shape->has_text) {
    draw_text(&record, state);
  }
  return record;
}

static void insert_fresh(struct sch_case *described, uint64_t *state) {
  if (described->count != 0) {
    const struct sch_case_record record = fresh(described, state);

    insert_record(described, sch_draw_below(state, described->count + 1), &record);
  }
}

/* repeat_group copies a certificate or CRL, with what belongs to it, to the end, where changes of
 * the copy make it an alternate. */
static void repeat_group(struct sch_case *described, uint64_t *state) {
  if (described->count == 0) {
    return;
  }
  const size_t at = sch_draw_below(state, described->count);
  const size_t end = end_of(described, at);
  const size_t copy = described->count;
  const struct sch_case_shape *shape = sch_case_shape(described->records[at].kind);

  for (size_t i = at; i < end && !shape->belongs; i++) {
    insert_record(described, described->count, &described->records[i]);
  }
  if (copy < described->count) {
    for (uint32_t left = sch_draw_below(state, 4); left > 0; left--) {
      const size_t field = sch_draw_below(state, shape->count);
      int32_t *value = &described->records[copy].values[field];

      *value = draw_value(described, &shape->fields[field], *value, state);
    }
  }
}

static void drop_record(struct sch_case *described, uint64_t *state) {
  if (described->count != 0) {
    const size_t at = sch_draw_below(state, described->count);

    remove_records(described, at, sch_draw_one_in(state, 2) ? 1 : end_of(described, at) - at);
  }
}

static void swap_records(struct sch_case *described, uint64_t *state) {
  if (described->count != 0) {
    struct sch_case_record *one = pick(described, state);
    struct sch_case_record *two = pick(described, state);
    const struct sch_case_record kept = *one;

    *one = *two;
    *two = kept;
  }
}

/* --- a chain that holds together */

static struct sch_case_record certificate_of(int32_t place, int32_t subject, int32_t issuer,
                                             int32_t key, int32_t signer) {
  struct sch_case_record record = sch_case_plain(SCH_CASE_KIND_certificate);

  record.values[SCH_CERTIFICATE_place] = place;
  record.values[SCH_CERTIFICATE_subject] = subject;
  record.values[SCH_CERTIFICATE_issuer] = issuer;
  record.values[SCH_CERTIFICATE_key] = key;
  record.values[SCH_CERTIFICATE_signer] = signer;
  if (place != SCH_PLACE_LEAF) {
    record.values[SCH_CERTIFICATE_ca] = SCH_CA_YES;
    record.values[SCH_CERTIFICATE_usage] = 1 << SCH_USE_CERTIFY | 1 << SCH_USE_CRL;
  }
  return record;
}

/* begin makes a description out of nothing: a leaf, its name, an authority and an anchor. */
static void begin(struct sch_case *described) {
  struct sch_case_record name = sch_case_plain(SCH_CASE_KIND_name);
  struct sch_case_record want = sch_case_plain(SCH_CASE_KIND_want);
  const struct sch_case_record ask = sch_case_plain(SCH_CASE_KIND_ask);
  const struct sch_case_record leaf = certificate_of(SCH_PLACE_LEAF, 0, 4, 0, 1);
  const struct sch_case_record alpha = certificate_of(SCH_PLACE_SENT, 4, SCH_SUBJECT_ROOT, 1, 2);
  const struct sch_case_record root =
      certificate_of(SCH_PLACE_ANCHOR, SCH_SUBJECT_ROOT, SCH_SUBJECT_ROOT, 2, 2);

  set_text(&name, texts[0].text, texts[0].size);
  set_text(&want, texts[0].text, texts[0].size);
  described->count = 0;
  (void)sch_case_add(described, &ask);
  (void)sch_case_add(described, &want);
  (void)sch_case_add(described, &leaf);
  (void)sch_case_add(described, &name);
  (void)sch_case_add(described, &alpha);
  (void)sch_case_add(described, &root);
}

/* find_key gives the key of the first certificate of a name, or -1. */
static int32_t find_key(const struct sch_case *described, int32_t name) {
  for (size_t i = 0; i < described->count; i++) {
    const struct sch_case_record *record = &described->records[i];

    if (record->kind == SCH_CASE_KIND_certificate &&
        record->values[SCH_CERTIFICATE_subject] == name) {
      return record->values[SCH_CERTIFICATE_key];
    }
  }
  return -1;
}

static bool is_about_signature(int32_t breaks) {
  return breaks >= SCH_BREAK_SIGNATURE_BIT && breaks <= SCH_BREAK_OTHER_ALGORITHM &&
         breaks != SCH_BREAK_OTHER_S;
}

/* has_signer says whether any certificate of that name has that key. */
static bool has_signer(const struct sch_case *described, int32_t name, int32_t key) {
  for (size_t i = 0; i < described->count; i++) {
    const int32_t *values = described->records[i].values;

    if (described->records[i].kind == SCH_CASE_KIND_certificate &&
        values[SCH_CERTIFICATE_subject] == name && values[SCH_CERTIFICATE_key] == key) {
      return true;
    }
  }
  return false;
}

/* mend has each certificate and CRL signed well by somebody of its issuer's name. */
static void mend(struct sch_case *described, uint64_t *state) {
  for (size_t i = 0; i < described->count; i++) {
    struct sch_case_record *record = &described->records[i];
    const bool is_crl = record->kind == SCH_CASE_KIND_crl;

    if (!is_crl && record->kind != SCH_CASE_KIND_certificate) {
      continue;
    }
    int32_t *breaks =
        &record->values[is_crl ? (int)SCH_CRL_AT_breaks : (int)SCH_CERTIFICATE_breaks];
    int32_t *signer =
        &record->values[is_crl ? (int)SCH_CRL_AT_signer : (int)SCH_CERTIFICATE_signer];
    int32_t *issuer =
        &record->values[is_crl ? (int)SCH_CRL_AT_issuer : (int)SCH_CERTIFICATE_issuer];

    if (find_key(described, *issuer) < 0) {
      const struct sch_case_record *other = pick(described, state);

      if (other->kind == SCH_CASE_KIND_certificate) {
        *issuer = other->values[SCH_CERTIFICATE_subject];
      }
    }
    if (!has_signer(described, *issuer, *signer) && find_key(described, *issuer) >= 0) {
      *signer = find_key(described, *issuer);
    }
    *breaks = is_about_signature(*breaks) ? SCH_BREAK_NOTHING : *breaks;
  }
}

/* draw_checks says what is verified again: mostly little, because it takes time. */
static void draw_checks(struct sch_case *described, uint64_t *state) {
  const uint32_t drawn = sch_draw_below(state, 128);
  struct sch_case_record *ask = NULL;

  for (size_t i = 0; i < described->count && ask == NULL; i++) {
    ask = described->records[i].kind == SCH_CASE_KIND_ask ? &described->records[i] : NULL;
  }
  if (ask != NULL) {
    ask->values[SCH_ASK_checks] = drawn == 0 ? SCH_CHECK_ALL : drawn < 22 ? 1 << drawn % 7 : 0;
  }
}

void sch_chain_change(struct sch_case *described, sch_change_bytes *bytes, uint64_t *state,
                      uint32_t most) {
  if (described->count == 0 || find_key(described, 0) < 0) {
    begin(described);
  }
  for (uint32_t left = 1 + sch_draw_below(state, most); left > 0; left--) {
    switch (described->count > GROWN ? 0 : sch_draw_below(state, 12)) {
      case 0:
        drop_record(described, state);
        break;
      case 1:
      case 2:
        repeat_group(described, state);
        break;
      case 3:
        swap_records(described, state);
        break;
      case 4:
      case 5:
        insert_fresh(described, state);
        break;
      case 6:
      case 7:
        change_text(described, bytes, state);
        break;
      default:
        change_field(described, state);
        break;
    }
  }
  if (described->count != 0 && !sch_draw_one_in(state, 24)) {
    mend(described, state);
  }
  draw_checks(described, state);
}

/* --- as an engine asks for it */

static size_t write(const struct sch_case *described, struct sch_span instead, uint8_t *out,
                    size_t room) {
  struct sch_builder to = sch_builder_of(out, room);

  sch_case_write(described, &to);
  if (to.failed || to.size == 0) {
    const struct sch_span kept = sch_span_first(instead, room);

    sch_copy(out, kept.data, kept.size);
    return kept.size;
  }
  return to.size;
}

size_t sch_chain_mutate(struct sch_span input, sch_change_bytes *bytes, uint32_t seed, uint8_t *out,
                        size_t room) {
  static struct sch_case described;
  uint64_t state = seed;

  sch_case_read(&described, input);
  sch_chain_change(&described, bytes, &state, CHANGES_MAX);
  return write(&described, input, out, room);
}

size_t sch_chain_cross(struct sch_span first, struct sch_span second, uint32_t seed, uint8_t *out,
                       size_t room) {
  static struct sch_case described;
  static struct sch_case other;
  uint64_t state = seed;

  sch_case_read(&described, first);
  sch_case_read(&other, second);
  if (described.count != 0 && other.count != 0) {
    const size_t at = sch_draw_below(&state, described.count);
    const size_t from = sch_draw_below(&state, other.count);
    const size_t end = sch_draw_one_in(&state, 2) ? end_of(&other, from) : other.count;

    if (sch_draw_one_in(&state, 2)) {
      remove_records(&described, at, end_of(&described, at) - at);
    }
    for (size_t i = from; i < end; i++) {
      insert_record(&described, at + (i - from), &other.records[i]);
    }
    mend(&described, &state);
  }
  return write(&described, first, out, room);
}
