/* test_store: what goes into a store, what does not, and that nothing else is touched.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "cert/store.h"

#include <sys/stat.h>

#include "cert/store_pem.h"
#include "der_write.h"
#include "starve.h"
#include "test.h"

enum { ROOM = 65536 };

#define TBS_TAIL                                                                                 \
  " 30{ @ecdsa_sha256 } 30{ 31{ 30{ @common_name 0c{ 'I' } } } }"                                \
  " 30{ 17{ '240101000000Z' } 17{ '491231235959Z' } } 30{ 31{ 30{ @common_name 0c{ 'S' } } } } " \
  "30{ 30{ @ed25519 } 03{ 00 0102 } } } 30{ @ecdsa_sha256 } 03{ 00 01 } } "
#define CERTIFICATE(serial) "30{ 30{ 02{ " serial " }" TBS_TAIL
#define BAD_CERTIFICATE CERTIFICATE("80")
#define CRL(serial)                                                                            \
  "30{ 30{ 30{ @ecdsa_sha256 } 30{ 31{ 30{ @common_name 0c{ 'I' } } } } 17{ '240101000000Z' }" \
  " 17{ '491231235959Z' } 30{ 30{ 02{ " serial                                                 \
  " } 17{ '240101000000Z' } } } }"                                                             \
  " 30{ @ecdsa_sha256 } 03{ 00 01 } }"

static uint8_t room[ROOM];

static struct sch_span assemble(const char *notation) {
  struct sch_builder to = sch_builder_of(room, sizeof room);

  sch_der_assemble(&to, notation);
  ENSURE(!to.failed);
  return sch_builder_built(&to);
}

static struct sch_store_added added;

static SECURITY_STATUS add(struct sch_store *store, enum sch_store_part part,
                           const char *notation) {
  added = (struct sch_store_added){0};
  return sch_store_add_bytes(store, part, assemble(notation), &added);
}

static SECURITY_STATUS add_text(struct sch_store *store, enum sch_store_part part,
                                const char *text) {
  added = (struct sch_store_added){0};
  return sch_store_add_bytes(store, part, sch_span_text(text), &added);
}

static size_t put_mark(char *to, const char *kind, const char *label) {
  return (size_t)snprintf(to, 64, "-----%s %s-----\n", kind, label);
}

/* pem appends a block of `notation` to `to`. */
static void pem(char *to, const char *label, const char *notation, size_t width) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const struct sch_span der = assemble(notation);
  size_t column = 0;

  to += strlen(to);
  to += put_mark(to, "BEGIN", label);
  for (size_t i = 0; i < der.size; i += 3) {
    uint32_t group = 0;

    for (size_t at = 0; at < 3; at++) {
      group = group << 8 | (i + at < der.size ? der.data[i + at] : 0);
    }
    for (size_t at = 0; at < 4; at++) {
      *to++ = i + at > der.size ? '=' : digits[group >> (18 - 6 * at) & 63];
    }
    column += 4;
    if (column == width || i + 3 >= der.size) {
      *to++ = '\n';
      column = 0;
    }
  }
  (void)put_mark(to, "END", label);
}

/* Items are held once, in one order, and counted. */
TEST(items) {
  struct sch_store *store = sch_store_create();

  CHECK_EQUAL(add(store, SCH_STORE_ANCHORS, CERTIFICATE("02") CERTIFICATE("01")), SEC_E_OK);
  CHECK_EQUAL(added.added, 2);
  CHECK_EQUAL(add(store, SCH_STORE_ANCHORS, CERTIFICATE("01") CERTIFICATE("03")), SEC_E_OK);
  CHECK_EQUAL(added.added, 1);
  CHECK_EQUAL(added.repeated, 1);
  CHECK_EQUAL(add(store, SCH_STORE_INTERMEDIATES, CERTIFICATE("01")), SEC_E_OK);
  CHECK_EQUAL(add(store, SCH_STORE_CRLS, CRL("01")), SEC_E_OK);
  CHECK_EQUAL(sch_store_count(store, SCH_STORE_ANCHORS), 3);
  CHECK_EQUAL(sch_store_count(store, SCH_STORE_INTERMEDIATES), 1);
  CHECK_EQUAL(sch_store_count(store, SCH_STORE_CRLS), 1);
  for (size_t i = 0; i < 3; i++) {
    const struct sch_stored_certificate *item = sch_store_certificate(store, SCH_STORE_ANCHORS, i);

    CHECK_EQUAL(item->certificate.serial.data[0], i + 1);
    CHECK(item->subject != item->issuer);
  }
  CHECK_EQUAL(sch_store_crl(store, 0)->entries, 1);
  CHECK(sch_store_holds(store, SCH_STORE_ANCHORS, assemble(CERTIFICATE("03"))));
  CHECK(!sch_store_holds(store, SCH_STORE_INTERMEDIATES, assemble(CERTIFICATE("03"))));
  CHECK(!sch_store_holds(store, SCH_STORE_ANCHORS, assemble(CERTIFICATE("04"))));
  CHECK_ABORTS((void)sch_store_certificate(store, SCH_STORE_ANCHORS, 3));
  sch_store_drop(store);
}

/* What the reader refuses is counted, with the reason of the first; the rest is held. */
TEST(refused) {
  struct sch_store *store = sch_store_create();

  CHECK_EQUAL(
      add(store, SCH_STORE_ANCHORS, BAD_CERTIFICATE CERTIFICATE("01") "30{ }" CERTIFICATE("02")),
      SEC_E_OK);
  CHECK_EQUAL(added.added, 2);
  CHECK_EQUAL(added.refused, 2);
  CHECK_EQUAL(added.fault, SCH_FAULT_serial_negative);
  CHECK_EQUAL(add(store, SCH_STORE_CRLS, CERTIFICATE("01")), SEC_E_OK);
  CHECK_EQUAL(added.refused, 1);
  CHECK_EQUAL(sch_store_count(store, SCH_STORE_CRLS), 0);
  added = (struct sch_store_added){0};
  CHECK_EQUAL(sch_store_add(store, SCH_STORE_ANCHORS, assemble(BAD_CERTIFICATE), &added),
              SEC_E_CERT_UNKNOWN);
  CHECK_EQUAL(sch_store_add(store, SCH_STORE_ANCHORS, assemble(CERTIFICATE("01") "00"), &added),
              SEC_E_CERT_UNKNOWN);
  CHECK_EQUAL(sch_store_add(store, SCH_STORE_ANCHORS, assemble(CERTIFICATE("02")), &added),
              SEC_E_OK);
  CHECK_EQUAL(added.repeated, 1);
  CHECK_EQUAL(add(store, SCH_STORE_ANCHORS, ""), SEC_E_CERT_UNKNOWN);
  /* DER that is cut off is nothing at all. */
  CHECK_EQUAL(add(store, SCH_STORE_ANCHORS, CERTIFICATE("07") "30"), SEC_E_INVALID_TOKEN);
  CHECK_EQUAL(sch_store_count(store, SCH_STORE_ANCHORS), 2);
  sch_store_drop(store);
}

/* Two stores never see each other, and dropping one leaves the other whole. */
TEST(two_stores) {
  const size_t before = sch_store_live();
  struct sch_store *one = sch_store_create();
  struct sch_store *other = sch_store_create();

  CHECK_EQUAL(sch_store_live(), before + 2);
  CHECK_EQUAL(add(one, SCH_STORE_ANCHORS, CERTIFICATE("01")), SEC_E_OK);
  CHECK_EQUAL(sch_store_count(other, SCH_STORE_ANCHORS), 0);
  CHECK_EQUAL(add(other, SCH_STORE_ANCHORS, CERTIFICATE("01") CERTIFICATE("02")), SEC_E_OK);
  CHECK_EQUAL(sch_store_count(one, SCH_STORE_ANCHORS), 1);
  sch_store_drop(one);
  CHECK_EQUAL(sch_store_count(other, SCH_STORE_ANCHORS), 2);
  CHECK(sch_store_holds(other, SCH_STORE_ANCHORS, assemble(CERTIFICATE("01"))));
  sch_store_drop(other);
  sch_store_drop(NULL);
  CHECK_EQUAL(sch_store_live(), before);
}

/* Blocks of the wanted label are read, others and the text around them passed over. */
TEST(pem_bundles) {
  struct sch_store *store = sch_store_create();
  static char text[ROOM];

  (void)snprintf(text, sizeof text, "# of an anchor\n");
  pem(text, "CERTIFICATE", CERTIFICATE("01"), 64);
  pem(text, "X509 CRL", CRL("01"), 64);
  pem(text, "CERTIFICATE", CERTIFICATE("02"), 76);
  pem(text, "CERTIFICATE", BAD_CERTIFICATE, 64);
  CHECK_EQUAL(add_text(store, SCH_STORE_ANCHORS, text), SEC_E_OK);
  CHECK_EQUAL(added.added, 2);
  CHECK_EQUAL(added.refused, 1);
  CHECK_EQUAL(add_text(store, SCH_STORE_CRLS, text), SEC_E_OK);
  CHECK_EQUAL(sch_store_count(store, SCH_STORE_CRLS), 1);
  /* PEM and DER of one item are one item. */
  CHECK_EQUAL(add(store, SCH_STORE_ANCHORS, CERTIFICATE("02")), SEC_E_OK);
  CHECK_EQUAL(added.repeated, 1);
  text[0] = 0;
  pem(text, "X509 CRL", CRL("01"), 64);
  CHECK_EQUAL(add_text(store, SCH_STORE_ANCHORS, text), SEC_E_CERT_UNKNOWN);
  CHECK_EQUAL(add_text(store, SCH_STORE_ANCHORS, "no block\n"), SEC_E_INVALID_TOKEN);
  sch_store_drop(store);
}

/* Framing that is not exactly right, and its twin that is: the size decoded, 0 when damaged. */
static const struct {
  const char *text;
  size_t size;
} framings[] = {
    {"-----BEGIN A-----\nAAAA\n-----END A-----\n", 3},
    {"-----BEGIN A-----\nAAAA\n-----END A-----", 3},
    {"-----BEGIN A-----\r\nAAA=\r\n-----END A-----\r\n", 2},
    {"text\n ----\n-----BEGIN A-----\nAA==\n-----END A-----\ntext", 1},
    {"-----BEGIN A B2-----\nAAAA\nAAAA\nAAA=\n-----END A B2-----\n", 8},
    {"-----BEGIN A----- \nAAAA\n-----END A-----\n", 0},
    {" -----BEGIN A-----\nAAAA\n-----END A-----\n", 0},
    {"-----BEGIN a-----\nAAAA\n-----END a-----\n", 0},
    {"-----BEGIN -----\nAAAA\n-----END -----\n", 0},
    {"-----BEGIN A----\nAAAA\n-----END A----\n", 0},
    {"-----BEGIN A-----\nAAAA\n-----END B-----\n", 0},
    {"-----BEGIN A-----\nAAAA\n-----BEGIN A-----\n", 0},
    {"-----BEGIN A-----\nAAAA\n-----END A-----x\n", 0},
    {"-----BEGIN A-----\nAAAA\n", 0},
    {"-----BEGIN A-----\n", 0},
    {"-----BEGIN A-----\n-----END A-----\n", 0},
    {"-----BEGIN A-----\n\n-----END A-----\n", 0},
    {"-----BEGIN A-----\nAAAA\n\n-----END A-----\n", 0},
    {"-----BEGIN A-----\nAAA\n-----END A-----\n", 0},
    {"-----BEGIN A-----\nA===\n-----END A-----\n", 0},
    {"-----BEGIN A-----\n====\n-----END A-----\n", 0},
    {"-----BEGIN A-----\nAA==\nAAAA\n-----END A-----\n", 0},
    {"-----BEGIN A-----\nAA=A\n-----END A-----\n", 0},
    {"-----BEGIN A-----\nAAB=\n-----END A-----\n", 0},
    {"-----BEGIN A-----\nAAE=\n-----END A-----\n", 2},
    {"-----BEGIN A-----\nAB==\n-----END A-----\n", 0},
    {"-----BEGIN A-----\nAQ==\n-----END A-----\n", 1},
    {"-----BEGIN A-----\nAA A\n-----END A-----\n", 0},
    {"-----BEGIN A-----\nAAA-\n-----END A-----\n", 0},
    {"-----BEGIN A-----\nAAAA\nAAAAAAAA\n-----END A-----\n", 0},
    {"-----BEGIN A-----\nAAAAAAAA\nAAAA\nAAAA\n-----END A-----\n", 0},
    {"-----BEGIN A-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n-----END A-----\n", 0},
    {"-----END A-----\n", 0},
    {"-----BEGIN A-----\nAAAA AAAA\n-----END A-----\n", 0},
};

TEST(pem_framing) {
  for (size_t i = 0; i < SCH_COUNT(framings); i++) {
    struct sch_span text = sch_span_text(framings[i].text);
    const struct sch_span before = text;
    struct sch_pem_block block = {0};
    uint8_t bytes[16];
    const enum sch_pem_found found = sch_store_pem_next(&text, &block);

    if ((found == SCH_PEM_BLOCK) != (framings[i].size != 0) || block.size != framings[i].size) {
      test_fail(__FILE__, __LINE__, __func__, framings[i].text);
    }
    if (found == SCH_PEM_BLOCK) {
      struct sch_builder to = sch_builder_of(bytes, sizeof bytes);

      sch_store_pem_decode(&block, &to);
      CHECK_EQUAL(to.size, block.size);
      CHECK_EQUAL(sch_store_pem_next(&text, &block), SCH_PEM_END);
    } else {
      CHECK(text.data == before.data);
      CHECK_EQUAL(text.size, before.size);
    }
  }
  char line[160] = "-----BEGIN A-----\n";

  memset(line + 18, 'A', 80);
  (void)snprintf(line + 98, sizeof line - 98, "\n-----END A-----\n");
  struct sch_span text = sch_span_text(line);
  struct sch_pem_block block;

  CHECK_EQUAL(sch_store_pem_next(&text, &block), SCH_PEM_DAMAGED);
}

/* The letters stand for what RFC 4648 says. */
TEST(pem_alphabet) {
  struct sch_span text = sch_span_text("-----BEGIN A-----\nAZaz09+/\n-----END A-----\n");
  struct sch_pem_block block;
  uint8_t bytes[6];
  struct sch_builder to = sch_builder_of(bytes, sizeof bytes);

  CHECK_EQUAL(sch_store_pem_next(&text, &block), SCH_PEM_BLOCK);
  sch_store_pem_decode(&block, &to);
  CHECK_BYTES(sch_builder_built(&to), sch_span_of("\x01\x96\xb3\xd3\xdf\xbf", 6));
}

/* Damage anywhere in a bundle leaves the store as it was. */
TEST(damaged_bundles) {
  struct sch_store *store = sch_store_create();
  static char text[ROOM];

  CHECK_EQUAL(add(store, SCH_STORE_ANCHORS, CERTIFICATE("01")), SEC_E_OK);
  text[0] = 0;
  pem(text, "CERTIFICATE", CERTIFICATE("02"), 64);
  pem(text, "CERTIFICATE", CERTIFICATE("03"), 64);
  const size_t size = strlen(text);

  for (size_t cut = 1; cut < size; cut++) {
    added = (struct sch_store_added){0};
    const SECURITY_STATUS status =
        sch_store_add_bytes(store, SCH_STORE_ANCHORS, sch_span_of(text, cut), &added);
    const size_t count = sch_store_count(store, SCH_STORE_ANCHORS);

    if (status != SEC_E_OK) {
      CHECK_EQUAL(added.added, 0);
      CHECK_EQUAL(added.refused, 0);
    }
    CHECK(count == 1 || (count == 2 && cut >= size / 2 - 2) || (count == 3 && cut >= size - 1));
  }
  sch_store_drop(store);
}

/* The store is the same after memory failed at any place. */
TEST(no_memory) {
  struct sch_store *store = sch_store_create();
  static char text[ROOM];
  size_t failures = 0;
  SECURITY_STATUS status;

  CHECK_EQUAL(add(store, SCH_STORE_ANCHORS, CERTIFICATE("01")), SEC_E_OK);
  text[0] = 0;
  pem(text, "CERTIFICATE", CERTIFICATE("02"), 64);
  pem(text, "CERTIFICATE", CERTIFICATE("03"), 64);
  for (;;) {
    sch_starve_begin(SCH_STARVE_LIBRARY, failures + 1);
    status = add_text(store, SCH_STORE_ANCHORS, text);
    (void)sch_starve_end();
    if (status == SEC_E_OK) {
      break;
    }
    CHECK_EQUAL(status, SEC_E_INSUFFICIENT_MEMORY);
    CHECK_EQUAL(added.added, 0);
    CHECK_EQUAL(sch_store_count(store, SCH_STORE_ANCHORS), 1);
    failures++;
    CHECK(failures < 32);
  }
  CHECK(failures >= 4);
  CHECK_EQUAL(sch_store_count(store, SCH_STORE_ANCHORS), 3);
  sch_starve_all(true);
  added = (struct sch_store_added){0};
  CHECK_EQUAL(sch_store_add(store, SCH_STORE_ANCHORS, assemble(CERTIFICATE("04")), &added),
              SEC_E_INSUFFICIENT_MEMORY);
  CHECK(sch_store_create() == NULL);
  sch_starve_all(false);
  CHECK_EQUAL(sch_store_count(store, SCH_STORE_ANCHORS), 3);
  sch_store_drop(store);
}

static void write_file(const char *path, struct sch_span bytes) {
  FILE *file = fopen(path, "wb");

  CHECK(file != NULL && fwrite(bytes.data, 1, bytes.size, file) == bytes.size && fclose(file) == 0);
}

/* Files and directories, by the names they should have; nothing else is opened. */
TEST(files) {
  struct sch_store *store = sch_store_create();
  char directory[] = "/tmp/sch-store-??????";
  char path[64];
  static const char *const files[] = {"a.pem", "b.der", "c.txt", "pem"};

  memset(strchr(directory, '?'), 'X', 6);
  CHECK(mkdtemp(directory) != NULL);
  added = (struct sch_store_added){0};
  CHECK_EQUAL(sch_store_add_directory(store, SCH_STORE_ANCHORS, directory, &added),
              SEC_E_CERT_UNKNOWN);
  for (size_t i = 0; i < SCH_COUNT(files); i++) {
    static char text[ROOM];

    (void)snprintf(path, sizeof path, "%s/%s", directory, files[i]);
    text[0] = 0;
    if (i == 0) {
      pem(text, "CERTIFICATE", CERTIFICATE("01"), 64);
      write_file(path, sch_span_text(text));
    } else {
      write_file(path, assemble(i == 1 ? CERTIFICATE("02") : CERTIFICATE("03")));
    }
  }
  (void)snprintf(path, sizeof path, "%s/d.pem", directory);
  CHECK(mkdir(path, 0700) == 0);
  CHECK_EQUAL(sch_store_add_directory(store, SCH_STORE_ANCHORS, directory, &added), SEC_E_OK);
  CHECK_EQUAL(added.added, 2);
  CHECK_EQUAL(sch_store_add_file(store, SCH_STORE_ANCHORS, path, &added), SEC_E_TARGET_UNKNOWN);
  CHECK(rmdir(path) == 0);
  CHECK_EQUAL(sch_store_add_file(store, SCH_STORE_ANCHORS, path, &added), SEC_E_TARGET_UNKNOWN);
  CHECK_EQUAL(sch_store_add_directory(store, SCH_STORE_ANCHORS, path, &added),
              SEC_E_TARGET_UNKNOWN);
  write_file(path, sch_span_text("damaged"));
  CHECK_EQUAL(sch_store_add_directory(store, SCH_STORE_INTERMEDIATES, directory, &added),
              SEC_E_INVALID_TOKEN);
  CHECK_EQUAL(sch_store_count(store, SCH_STORE_INTERMEDIATES), 2);
  CHECK(remove(path) == 0);
  for (size_t i = 0; i < SCH_COUNT(files); i++) {
    (void)snprintf(path, sizeof path, "%s/%s", directory, files[i]);
    CHECK(remove(path) == 0);
  }
  CHECK(rmdir(directory) == 0);
  sch_store_drop(store);
}

/* The system's bundle is read when it is asked for by name, and is not changed by that. */
TEST(system_bundle) {
  struct sch_store *store = sch_store_create();
  struct stat before;
  struct stat after;
  const bool there = stat(SCH_STORE_SYSTEM, &before) == 0;

  added = (struct sch_store_added){0};
  const SECURITY_STATUS status = sch_store_add_system(store, &added);

  CHECK_EQUAL(status, there ? SEC_E_OK : SEC_E_TARGET_UNKNOWN);
  CHECK_EQUAL(sch_store_count(store, SCH_STORE_ANCHORS), added.added);
  CHECK(!there || (stat(SCH_STORE_SYSTEM, &after) == 0 && before.st_size == after.st_size &&
                   before.st_mtime == after.st_mtime));
  sch_store_drop(store);
}

TESTS(items, refused, two_stores, pem_bundles, pem_framing, pem_alphabet, damaged_bundles,
      no_memory, files, system_bundle)
