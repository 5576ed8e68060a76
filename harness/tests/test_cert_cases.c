/* Runs the case files of src/cert that no certificate can ask: names as people write them, PEM, and
 * what CRLs may say. Run from the top of the tree.
 *
 * A line is a case: what is asked, what must come of it, and what it is asked of, parted by ` | `.
 * Bytes are in the notation of der_write.h; `$word` stands for what a line `let word` before it
 * says. Lines with `#` are for people.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "cert/name.h"
#include "cert/store.h"
#include "cert/store_pem.h"
#include "der_write.h"
#include "test.h"

#define DIRECTORY "harness/tests/cases/cert/"

enum { LINE = 4096, ROOM = 16384, PARTS = 5, WORDS = 32 };

static char line[LINE];
static const char *file_now;
static int line_now;
static char *parts[PARTS];
static size_t part_count;

static void expect(bool good, const char *found) {
  if (!good) {
    test_fail(file_now, line_now, line, found);
  }
}

/* --- bytes of a notation */

static struct {
  char name[32];
  char text[LINE];
} lets[WORDS];
static size_t let_count;

static void let(const char *text) {
  const size_t size = strcspn(text, " ");

  REQUIRE(let_count < WORDS);
  REQUIRE(size < sizeof lets->name && text[size] == ' ');
  (void)snprintf(lets[let_count].name, sizeof lets->name, "%.*s", (int)size, text);
  (void)snprintf(lets[let_count].text, LINE, "%s", text + size + 1);
  let_count++;
}

/* put_word gives the place behind the word. */
static const char *put_word(struct sch_builder *to, const char *from) {
  const size_t size = strspn(from, "abcdefghijklmnopqrstuvwxyz_");
  size_t at = 0;

  while (at < let_count &&
         (strlen(lets[at].name) != size || strncmp(lets[at].name, from, size) != 0)) {
    at++;
  }
  REQUIRE(at < let_count);
  sch_builder_bytes(to, sch_span_text(lets[at].text));
  return from + size;
}

/* bytes_of gives a part as bytes, in an allocation as large, so that no read behind them is good;
 * to be released. */
static struct sch_span bytes_of(size_t part) {
  static uint8_t room[2][ROOM];
  struct sch_builder text = sch_builder_of(room[0], ROOM);
  struct sch_builder to = sch_builder_of(room[1], ROOM);

  REQUIRE(part < part_count);
  for (const char *from = parts[part]; *from != 0;) {
    if (*from == '$') {
      from = put_word(&text, from + 1);
    } else {
      sch_builder_u8(&text, (uint8_t)*from++);
    }
  }
  sch_builder_u8(&text, 0);
  sch_der_assemble(&to, (const char *)room[0]);
  ENSURE(!text.failed);
  ENSURE(!to.failed);
  uint8_t *bytes = sch_alloc(to.size == 0 ? 1 : to.size);

  ENSURE(bytes != NULL);
  sch_copy(bytes, room[1], to.size);
  return sch_span_of(bytes, to.size);
}

static void release(struct sch_span bytes) {
  sch_free((void *)(uintptr_t)bytes.data);
}

static bool is(const char *word) {
  return strcmp(parts[0], word) == 0;
}

/* --- what is asked */

static void ask_text(void) {
  const struct sch_span text = bytes_of(2);
  const bool wanted = strcmp(parts[1], "yes") == 0;

  expect((is("host") ? sch_name_is_host(text) : sch_name_is_email(text)) == wanted, "text");
  release(text);
}

/* Of two names: does one cover the other, or are they equal, from both sides. */
static void ask_pair(void) {
  const struct sch_span left = bytes_of(2);
  const struct sch_span right = bytes_of(3);
  const bool wanted = strcmp(parts[1], "yes") == 0;

  if (is("covers")) {
    expect(sch_name_matches_host(left, right) == wanted, "host");
  } else if (is("delivers")) {
    expect(sch_name_matches_email(left, right) == wanted, "mailbox");
  } else {
    expect(sch_name_equal(left, right) == wanted, "left to right");
    expect(sch_name_equal(right, left) == wanted, "right to left");
    expect(!wanted || sch_name_hash(left) == sch_name_hash(right), "hashes");
  }
  release(left);
  release(right);
}

/* No bytes: it is no address. */
static void ask_address(void) {
  const struct sch_span text = bytes_of(1);
  const struct sch_span wanted = bytes_of(2);
  uint8_t to[16] = {0};
  size_t size = 0;

  expect(sch_name_read_address(text, to, &size) == (wanted.size != 0), "read");
  expect(sch_span_equal(sch_span_of(to, size), wanted), "bytes");
  release(text);
  release(wanted);
}

/* Does a certificate speak for a name; by its commonName, too, for the kind `common`. */
static void ask_speaks(void) {
  const struct sch_span name = bytes_of(3);
  const struct sch_span der = bytes_of(4);
  const char *kind = parts[2];
  struct sch_wanted wanted = {.kind = SCH_WANTED_host, .name = name};
  struct sch_certificate certificate;
  struct sch_reading reading = {0};
  size_t compared = 0;

  wanted.common_name = strcmp(kind, "common") == 0;
  if (strcmp(kind, "ip") == 0) {
    wanted.kind = SCH_WANTED_address;
  } else if (strcmp(kind, "email") == 0) {
    wanted.kind = SCH_WANTED_email;
  }
  expect(sch_certificate_read(der, &certificate, &reading) &&
             sch_name_matches(&certificate, &wanted, &compared) == (strcmp(parts[1], "yes") == 0),
         sch_fault_name(reading.fault));
  release(name);
  release(der);
}

/* No bytes: it is damaged. */
static void ask_pem(void) {
  const struct sch_span text = bytes_of(1);
  const struct sch_span wanted = bytes_of(2);
  struct sch_span rest = text;
  struct sch_pem_block block = {0};
  uint8_t room[64];
  struct sch_builder to = sch_builder_of(room, sizeof room);
  const enum sch_pem_found found = sch_store_pem_next(&rest, &block);

  expect((found == SCH_PEM_BLOCK) == (wanted.size != 0), "block");
  if (found == SCH_PEM_BLOCK) {
    sch_store_pem_decode(&block, &to);
    expect(sch_span_equal(sch_builder_built(&to), wanted), "decoded");
    expect(sch_store_pem_next(&rest, &block) == SCH_PEM_END, "rest");
  } else {
    expect(rest.size == text.size, "moved");
  }
  release(text);
  release(wanted);
}

/* What is added to a store that is empty: which part, the status, and `added repeated refused`. */
static void ask_store(void) {
  struct sch_store *store = sch_store_create();
  const struct sch_span bytes = bytes_of(4);
  const enum sch_store_part part =
      strcmp(parts[1], "crls") == 0 ? SCH_STORE_CRLS : SCH_STORE_ANCHORS;
  struct sch_store_added added = {0};
  char found[64];
  char counts[64];

  ENSURE(store != NULL);
  const SECURITY_STATUS status = sch_store_add_bytes(store, part, bytes, &added);

  (void)snprintf(found, sizeof found, "%08x", (unsigned)status);
  (void)snprintf(counts, sizeof counts, "%zu %zu %zu", added.added, added.repeated, added.refused);
  expect(strcmp(found, parts[2]) == 0, found);
  expect(strcmp(counts, parts[3]) == 0, counts);
  expect(sch_store_count(store, part) == added.added, "held");
  expect(sch_store_live() == 1, "one store");
  sch_store_drop(store);
  release(bytes);
}

/* The name of the fault, or `none`, and then the entries are those that were counted. */
static void ask_crl(void) {
  const struct sch_span der = bytes_of(2);
  struct sch_reading reading = {0};
  struct sch_crl_entry entry;
  struct sch_crl crl;
  const bool good = sch_crl_read(der, &crl, &reading);

  expect(good == (strcmp(parts[1], "none") == 0), sch_fault_name(reading.fault));
  if (good) {
    struct sch_span list = crl.entry_list;
    size_t count = 0;

    while (sch_crl_entry_take(&crl, &list, &entry)) {
      count++;
    }
    expect(count == crl.entries && list.size == 0, "entries");
  } else {
    expect(strcmp(parts[1], sch_fault_name(reading.fault)) == 0, sch_fault_name(reading.fault));
    expect(reading.at >= der.data && reading.at <= der.data + der.size, "where");
  }
  release(der);
}

static const struct {
  const char *name;
  size_t parts;
  void (*ask)(void);
} asks[] = {{"host", 3, ask_text},     {"mailbox", 3, ask_text}, {"covers", 4, ask_pair},
            {"delivers", 4, ask_pair}, {"equal", 4, ask_pair},   {"address", 3, ask_address},
            {"speaks", 5, ask_speaks}, {"pem", 3, ask_pem},      {"store", 5, ask_store},
            {"crl", 3, ask_crl}};

/* --- files */

static void split(char *text) {
  part_count = 0;
  while (text != NULL) {
    REQUIRE(part_count < PARTS);
    parts[part_count++] = text;
    text = strstr(text, " |");
    if (text != NULL) {
      *text = 0;
      text += 2 + (text[2] == ' ');
    }
  }
}

static void run_line(void) {
  char copy[LINE];
  size_t at = 0;

  if (strncmp(line, "let ", 4) == 0) {
    let(line + 4);
    return;
  }
  (void)snprintf(copy, sizeof copy, "%s", line);
  split(copy);
  while (at < SCH_COUNT(asks) && !is(asks[at].name)) {
    at++;
  }
  REQUIRE(at < SCH_COUNT(asks));
  REQUIRE(part_count == asks[at].parts);
  asks[at].ask();
}

/* run_file gives how many cases there were. */
static int run_file(const char *path) {
  FILE *file = fopen(path, "r");
  int count = 0;

  REQUIRE(file != NULL);
  file_now = path;
  line_now = 0;
  let_count = 0;
  while (fgets(line, sizeof line, file) != NULL) {
    line_now++;
    line[strcspn(line, "\n")] = 0;
    if (line[0] != 0 && line[0] != '#') {
      run_line();
      count += strncmp(line, "let ", 4) != 0;
    }
  }
  (void)fclose(file);
  return count;
}

TEST(names) {
  CHECK_EQUAL(run_file(DIRECTORY "names.txt"), 182);
}

TEST(stores) {
  CHECK_EQUAL(run_file(DIRECTORY "stores.txt"), 52);
}

TEST(crls) {
  CHECK_EQUAL(run_file(DIRECTORY "crls.txt"), 110);
}

TESTS(names, stores, crls)
