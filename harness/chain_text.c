/* chain_text: see chain_text.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "chain_text.h"

#include <stdlib.h>
#include <string.h>

#define LINE_MAX_SIZE ((size_t)1024)

/* --- to text */

static void print_set(const struct sch_case_field *field, int32_t value, FILE *out) {
  const char *between = "";

  for (size_t i = 0; i < field->word_count; i++) {
    if ((value >> i & 1) != 0) {
      (void)fprintf(out, "%s%s", between, field->words[i]);
      between = "+";
    }
  }
}

static void print_field(const struct sch_case_field *field, int32_t value, FILE *out) {
  (void)fprintf(out, " %s=", field->name);
  switch (field->type) {
    case SCH_CASE_number:
      (void)fprintf(out, "%d", value);
      break;
    case SCH_CASE_word:
      (void)fprintf(out, "%s", field->words[value]);
      break;
    case SCH_CASE_set:
      print_set(field, value, out);
      break;
  }
}

static void print_quoted(struct sch_span text, FILE *out) {
  (void)fputs(" '", out);
  for (size_t i = 0; i < text.size; i++) {
    const uint8_t byte = text.data[i];
    const bool is_plain = byte >= ' ' && byte < 0x7f && byte != '\'' && byte != '\\';

    (void)fprintf(out, is_plain ? "%c" : "\\x%02x", byte);
  }
  (void)fputs("'", out);
}

void sch_case_print_record(const struct sch_case_record *record, FILE *out) {
  const struct sch_case_shape *shape = sch_case_shape(record->kind);

  (void)fprintf(out, "%s%s", shape->belongs ? "  " : "", shape->name);
  for (size_t i = 0; i < shape->count; i++) {
    if (record->values[i] != shape->fields[i].plain) {
      print_field(&shape->fields[i], record->values[i], out);
    }
  }
  if (shape->has_text) {
    print_quoted(sch_span_of(record->text, record->text_size), out);
  }
}

void sch_case_print(const struct sch_case *from, FILE *out) {
  for (size_t i = 0; i < from->count; i++) {
    sch_case_print_record(&from->records[i], out);
    (void)fputc('\n', out);
  }
}

/* --- from text */

static bool parse_number(const char *text, const struct sch_case_field *field, int32_t *out) {
  char *end;
  const long value = strtol(text, &end, 10);

  if (end == text || *end != 0 || value < field->low || value > field->high) {
    return false;
  }
  *out = (int32_t)value;
  return true;
}

static bool find_word(const struct sch_case_field *field, const char *text, size_t size,
                      int32_t *out) {
  for (size_t i = 0; i < field->word_count; i++) {
    if (strlen(field->words[i]) == size && strncmp(field->words[i], text, size) == 0) {
      *out = (int32_t)i;
      return true;
    }
  }
  return false;
}

static bool parse_set(const char *text, const struct sch_case_field *field, int32_t *out) {
  *out = 0;
  while (*text != 0) {
    const size_t size = strcspn(text, "+");
    int32_t bit;

    if (!find_word(field, text, size, &bit)) {
      return false;
    }
    *out |= 1 << bit;
    text += size + (text[size] == '+' ? 1 : 0);
  }
  return true;
}

static bool parse_value(const char *text, const struct sch_case_field *field, int32_t *out) {
  switch (field->type) {
    case SCH_CASE_word:
      return find_word(field, text, strlen(text), out);
    case SCH_CASE_set:
      return parse_set(text, field, out);
    default:
      return parse_number(text, field, out);
  }
}

static bool parse_field(char *word, struct sch_case_record *record) {
  const struct sch_case_shape *shape = sch_case_shape(record->kind);
  char *value = strchr(word, '=');

  if (value == NULL) {
    return false;
  }
  *value++ = 0;
  for (size_t i = 0; i < shape->count; i++) {
    if (strcmp(shape->fields[i].name, word) == 0) {
      return parse_value(value, &shape->fields[i], &record->values[i]);
    }
  }
  return false;
}

static bool parse_byte(const char **at, uint8_t *out) {
  if ((*at)[0] != '\\') {
    *out = (uint8_t) * (*at)++;
    return true;
  }
  if ((*at)[1] != 'x' || (*at)[2] == 0 || (*at)[3] == 0) {
    return false;
  }
  const char digits[] = {(*at)[2], (*at)[3], 0};
  char *end;

  *out = (uint8_t)strtoul(digits, &end, 16);
  *at += 4;
  return *end == 0;
}

static bool parse_quoted(const char *at, struct sch_case_record *record) {
  while (*at != 0 && *at != '\'') {
    if (record->text_size == SCH_CASE_TEXT || !parse_byte(&at, &record->text[record->text_size])) {
      return false;
    }
    record->text_size++;
  }
  return at[0] == '\'' && at[1] == 0;
}

static bool find_kind(const char *word, size_t size, struct sch_case_record *record) {
  for (enum sch_case_kind kind = 0; kind < SCH_CASE_KIND_COUNT; kind++) {
    const char *name = sch_case_shape(kind)->name;

    if (strlen(name) == size && strncmp(name, word, size) == 0) {
      *record = sch_case_plain(kind);
      return true;
    }
  }
  return false;
}

/* parse_line takes one record apart, in place. */
static bool parse_line(char *line, struct sch_case_record *record) {
  char *at = line + strspn(line, " ");
  const size_t size = strcspn(at, " ");

  if (!find_kind(at, size, record)) {
    return false;
  }
  at += size;
  while (*at != 0) {
    at += strspn(at, " ");
    if (*at == '\'') {
      return sch_case_shape(record->kind)->has_text && parse_quoted(at + 1, record);
    }
    char *end = at + strcspn(at, " ");
    const bool is_last = *end == 0;

    *end = 0;
    if (*at != 0 && !parse_field(at, record)) {
      return false;
    }
    at = is_last ? end : end + 1;
  }
  return true;
}

bool sch_case_parse(struct sch_case *to, struct sch_span text, size_t *line) {
  char copy[LINE_MAX_SIZE];
  struct sch_case_record record;

  to->count = 0;
  for (*line = 1; text.size != 0; ++*line) {
    const uint8_t *end = memchr(text.data, '\n', text.size);
    const size_t size = end == NULL ? text.size : (size_t)(end - text.data);
    struct sch_span taken;

    if (size >= sizeof copy || !sch_span_take(&text, size, &taken)) {
      return false;
    }
    sch_copy(copy, taken.data, taken.size);
    copy[size] = 0;
    if (copy[strspn(copy, " ")] != 0 && copy[0] != '#' && strncmp(copy, "target:", 7) != 0 &&
        (strlen(copy) != size || !parse_line(copy, &record) || sch_case_add(to, &record) == NULL)) {
      return false;
    }
    if (text.size != 0 && !sch_span_skip(&text, 1)) {
      return false;
    }
  }
  return true;
}
