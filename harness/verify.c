/* verify: see verify.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "verify.h"

#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "cert/store_pem.h"

static bool is(struct sch_span word, const char *text) {
  return sch_span_equal(word, sch_span_text(text));
}

void sch_verify_case_start(struct sch_verify_case *question) {
  struct timespec now = {0};

  /* Not time(), which is the harness's own, and stands still. */
  (void)clock_gettime(CLOCK_REALTIME, &now);
  *question = (struct sch_verify_case){.policy = sch_chain_policy_default((int64_t)now.tv_sec)};
}

bool sch_verify_name(struct sch_verify_case *question, struct sch_span kind, struct sch_span name) {
  static const char *const kinds[] = {
#define KIND(name, text) text,
      SCH_WANTED_KINDS(KIND)
#undef KIND
  };
  struct sch_wanted *wanted = &question->policy.name;
  size_t size = 0;

  for (size_t i = 0; i < SCH_COUNT(kinds); i++) {
    if (is(kind, kinds[i])) {
      wanted->kind = (enum sch_wanted_kind)i;
      wanted->name = name;
      if (wanted->kind == SCH_WANTED_address) {
        (void)sch_name_read_address(name, question->address, &size);
        wanted->name = sch_span_of(question->address, size);
      }
      return true;
    }
  }
  return false;
}

/* choose gives the place of a word in a list that ends with NULL, or -1. */
static int choose(struct sch_span word, const char *const *words) {
  for (int i = 0; words[i] != NULL; i++) {
    if (is(word, words[i])) {
      return i;
    }
  }
  return -1;
}

bool sch_verify_purpose(struct sch_verify_case *question, struct sch_span word) {
  static const char *const words[] = {"server", "client", "any", NULL};
  const int found = choose(word, words);

  question->policy.purpose = found < 0 ? SCH_CHAIN_SERVER : (enum sch_chain_purpose)found;
  return found >= 0;
}

bool sch_verify_revocation(struct sch_verify_case *question, struct sch_span word) {
  static const char *const words[] = {"hard", "soft", "off", NULL};
  const int found = choose(word, words);

  question->policy.revocation = found < 0 ? SCH_CHAIN_HARD : (enum sch_chain_revocation)found;
  question->revocation_said = true;
  return found >= 0;
}

/* take_number takes decimal digits, at least one. False, too, beyond `limit`. */
static bool take_number(struct sch_span *in, uint64_t limit, uint64_t *out) {
  uint64_t number = 0;
  size_t digits = 0;

  while (in->size != 0 && in->data[0] >= '0' && in->data[0] <= '9') {
    const uint64_t digit = (uint64_t)(in->data[0] - '0');

    if (digit > limit || number > (limit - digit) / 10) {
      return false;
    }
    number = number * 10 + digit;
    digits++;
    *in = sch_span_last(*in, in->size - 1);
  }
  *out = number;
  return digits != 0;
}

bool sch_verify_time(struct sch_verify_case *question, struct sch_span word) {
  const bool negative = word.size != 0 && word.data[0] == '-';
  uint64_t seconds;

  word = sch_span_last(word, word.size - (negative ? 1 : 0));
  if (!take_number(&word, INT64_MAX, &seconds)) {
    return false;
  }
  question->policy.time = negative ? -(int64_t)seconds : (int64_t)seconds;
  if (word.size == 0) {
    return true;
  }
  if (negative || word.data[0] != '.' || word.size == 1) {
    return false;
  }
  for (size_t i = 1; i < word.size; i++) {
    if (word.data[i] < '0' || word.data[i] > '9') {
      return false;
    }
  }
  return true;
}

bool sch_verify_depth(struct sch_verify_case *question, struct sch_span word) {
  uint64_t number;

  /* What is deeper than any path can be is as deep as one can be. */
  if (!take_number(&word, UINT64_MAX / 2, &number) || word.size != 0) {
    return false;
  }
  question->policy.depth = number < SCH_CHAIN_DEPTH_MAX ? (size_t)number : SCH_CHAIN_DEPTH_MAX;
  return true;
}

bool sch_verify_strength(struct sch_verify_case *question, struct sch_span word) {
  uint64_t number;

  if (!take_number(&word, 5, &number) || word.size != 0) {
    return false;
  }
  question->policy.strength = (int)number;
  return true;
}

static void put_arc(struct sch_builder *to, uint64_t arc) {
  int shift = 0;

  while (shift < 63 && arc >> (shift + 7) != 0) {
    shift += 7;
  }
  for (; shift > 0; shift -= 7) {
    sch_builder_u8(to, (uint8_t)(0x80 | (arc >> shift & 0x7f)));
  }
  sch_builder_u8(to, arc & 0x7f);
}

/* add_oid reads numbers joined by dots, two at least, as X.690 8.19 has them. */
static bool add_oid(struct sch_verify_case *question, struct sch_span text) {
  struct sch_chain_policy *policy = &question->policy;
  uint64_t first;
  uint64_t arc;

  if (policy->policy_count == SCH_VERIFY_POLICIES) {
    return false;
  }
  uint8_t *bytes = question->oid_bytes[policy->policy_count];
  struct sch_builder to = sch_builder_of(bytes, SCH_VERIFY_OID);

  for (size_t count = 0;; count++) {
    if (!take_number(&text, INT64_MAX, &arc)) {
      return false;
    }
    if (count == 0) {
      first = arc;
    } else if (count == 1) {
      if (first > 2 || (first < 2 && arc >= 40)) {
        return false;
      }
      put_arc(&to, first * 40 + arc);
    } else {
      put_arc(&to, arc);
    }
    if (text.size == 0) {
      question->oids[policy->policy_count++] = sch_builder_built(&to);
      policy->policies = question->oids;
      return count != 0 && !to.failed;
    }
    if (text.data[0] != '.') {
      return false;
    }
    text = sch_span_last(text, text.size - 1);
  }
}

static bool add_word(struct sch_verify_case *question, struct sch_span word) {
  struct sch_chain_policy *policy = &question->policy;

  if (is(word, "explicit")) {
    policy->explicit_policy = true;
    return true;
  }
  if (is(word, "inhibit_map")) {
    policy->inhibit_mapping = true;
    return true;
  }
  if (is(word, "inhibit_any")) {
    policy->inhibit_any = true;
    return true;
  }
  if (is(word, "hard") || is(word, "soft") || is(word, "off")) {
    return sch_verify_revocation(question, word);
  }
  return add_oid(question, word);
}

bool sch_verify_policies(struct sch_verify_case *question, struct sch_span words) {
  for (;;) {
    size_t size = 0;

    while (size < words.size && words.data[size] != ',') {
      size++;
    }
    if (!add_word(question, sch_span_first(words, size))) {
      return false;
    }
    if (size == words.size) {
      return true;
    }
    words = sch_span_last(words, words.size - size - 1);
  }
}

/* append_block decodes a block of PEM behind what is held. */
static bool append_block(const struct sch_pem_block *block, struct sch_fifo *to) {
  uint8_t *bytes = sch_alloc(block->size);
  struct sch_builder der = sch_builder_of(bytes, bytes == NULL ? 0 : block->size);
  struct sch_span whole = {0};
  struct sch_reading reading = {0};
  struct sch_element element;

  sch_store_pem_decode(block, &der);
  whole = sch_builder_built(&der);
  /* What is no single element would run into the next one. */
  const bool good = whole.size != 0 && sch_der_any(&whole, &element, &reading) && whole.size == 0 &&
                    sch_fifo_append(to, sch_builder_built(&der));

  sch_free(bytes);
  return good;
}

bool sch_verify_ders(struct sch_span file, struct sch_fifo *to) {
  struct sch_span rest = file;
  struct sch_reading reading = {0};
  struct sch_element element;
  struct sch_pem_block block;
  enum sch_pem_found found;
  bool any = false;

  while (rest.size != 0 && sch_der_is(rest, SCH_DER_SEQUENCE) &&
         sch_der_any(&rest, &element, &reading)) {
  }
  if (file.size != 0 && rest.size == 0) {
    return sch_fifo_append(to, file);
  }
  while ((found = sch_store_pem_next(&file, &block)) == SCH_PEM_BLOCK) {
    if (is(block.label, "CERTIFICATE")) {
      any = true;
      if (!append_block(&block, to)) {
        return false;
      }
    }
  }
  return found == SCH_PEM_END && any;
}

SECURITY_STATUS sch_verify_add(struct sch_store *store, enum sch_store_part part, const char *path,
                               struct sch_store_added *added) {
  struct stat facts;

  if (part == SCH_STORE_ANCHORS && is(sch_span_text(path), "system")) {
    return sch_store_add_system(store, added);
  }
  if (stat(path, &facts) == 0 && S_ISDIR(facts.st_mode)) {
    return sch_store_add_directory(store, part, path, added);
  }
  return sch_store_add_file(store, part, path, added);
}

void sch_verify_print(const struct sch_verdict *verdict, FILE *to) {
  struct sch_reason reason;
  size_t cursor = 0;
  bool first = true;

  while (sch_trust_next(&verdict->trust, &cursor, &reason)) {
    (void)fprintf(to, "%s%s@", first ? "" : ",", sch_error_name(reason.error));
    if (reason.index == SCH_TRUST_CHAIN) {
      (void)fputs("chain", to);
    } else {
      (void)fprintf(to, "%zu", reason.index);
    }
    (void)fprintf(to, ":%s", sch_trust_name(reason.bit));
    first = false;
  }
  if (first) {
    (void)fputc('-', to);
  }
}
