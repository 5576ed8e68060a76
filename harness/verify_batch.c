/* verify_batch: `sch verify --batch`: many cases, one line each, with what files say kept in
 * memory.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "cert/chain_cache_openssl.h"
#include "pem.h"
#include "sch.h"
#include "verify.h"

enum { SLOTS = 4096, CERTIFICATES = 512, FIELDS = 11 };

/* id leaf inters roots crl name_kind name purpose time depth policy */
enum field { ID, LEAF, INTERS, ROOTS, CRL, KIND, NAME, PURPOSE, TIME, DEPTH, POLICY };

/* What a file says, by its path; another path of the same slot takes its place. */
struct file {
  char *path;
  bool readable;
  struct sch_fifo bytes;
};

static struct file *slot_of(struct file *files, const char *path) {
  uint32_t hash = 2166136261u;

  for (const char *at = path; *at != 0; at++) {
    hash = (hash ^ (uint8_t)*at) * 16777619u;
  }
  return &files[hash % SLOTS];
}

static void drop_file(struct file *file) {
  free(file->path);
  sch_fifo_drop(&file->bytes);
  *file = (struct file){0};
}

/* read_file gives the bytes of a file, from memory if it can. False when it cannot be read. */
static bool read_file(struct file *files, const char *path, struct sch_span *out) {
  struct file *file = slot_of(files, path);

  if (file->path == NULL || strcmp(file->path, path) != 0) {
    drop_file(file);
    file->path = strdup(path);
    ENSURE(file->path != NULL);
    sch_fifo_open(&file->bytes, SCH_STORE_FILE_MAX);
    file->readable = sch_file_read(path, &file->bytes);
  }
  *out = sch_fifo_held(&file->bytes);
  return file->readable;
}

/* split cuts a line at its tabs. Gives how many fields there are. */
static size_t split(char *line, char *fields[FIELDS]) {
  size_t count = 0;

  line[strcspn(line, "\r\n")] = 0;
  for (char *at = line; at != NULL; count++) {
    char *tab = strchr(at, '\t');

    if (tab != NULL) {
      *tab++ = 0;
    }
    if (count < FIELDS) {
      fields[count] = at;
    }
    at = tab;
  }
  return count;
}

static bool is_given(const char *field) {
  return *field != 0 && strcmp(field, "-") != 0;
}

/* read_question reads all but the files. */
static bool read_question(struct sch_verify_case *question, char *const fields[FIELDS]) {
  sch_verify_case_start(question);
  if ((is_given(fields[KIND]) &&
       !sch_verify_name(question, sch_span_text(fields[KIND]), sch_span_text(fields[NAME]))) ||
      (is_given(fields[PURPOSE]) &&
       !sch_verify_purpose(question, sch_span_text(fields[PURPOSE]))) ||
      (is_given(fields[TIME]) && !sch_verify_time(question, sch_span_text(fields[TIME]))) ||
      (is_given(fields[DEPTH]) && !sch_verify_depth(question, sch_span_text(fields[DEPTH]))) ||
      (is_given(fields[POLICY]) && !sch_verify_policies(question, sch_span_text(fields[POLICY])))) {
    return false;
  }
  if (!question->revocation_said && !is_given(fields[CRL])) {
    question->policy.revocation = SCH_CHAIN_OFF;
  }
  return true;
}

/* fill adds a file to the store. What cannot be read is counted among the refused. */
static void fill(struct sch_store *store, enum sch_store_part part, struct file *files,
                 const char *path, struct sch_store_added *added) {
  struct sch_span bytes;

  if (is_given(path) && (!read_file(files, path, &bytes) ||
                         sch_store_add_bytes(store, part, bytes, added) != SEC_E_OK)) {
    added->refused++;
  }
}

static void judge(struct sch_verify_case *question, char *const fields[FIELDS], struct file *files,
                  struct sch_verdict *verdict) {
  SCOPED(fifo) struct sch_fifo ders = {0};
  struct sch_store *store = sch_store_create();
  struct sch_store_added added = {0};
  struct sch_reading reading = {0};
  struct sch_element leaf = {0};
  struct sch_span file;

  ENSURE(store != NULL);
  fill(store, SCH_STORE_ANCHORS, files, fields[ROOTS], &added);
  fill(store, SCH_STORE_INTERMEDIATES, files, fields[INTERS], &added);
  fill(store, SCH_STORE_CRLS, files, fields[CRL], &added);
  sch_fifo_open(&ders, SCH_STORE_FILE_MAX);
  if (read_file(files, fields[LEAF], &file) && sch_verify_ders(file, &ders)) {
    struct sch_span rest = sch_fifo_held(&ders);

    if (!sch_der_any(&rest, &leaf, &reading)) {
      rest = (struct sch_span){0};
    }
    sch_chain_verify(store, leaf.whole, rest, &question->policy, NULL, verdict);
  } else {
    *verdict = (struct sch_verdict){.trust.count = 1};
    sch_trust_add(&verdict->trust, 0, CERT_TRUST_UNREADABLE, 0);
  }
  if (!verdict->accepted && added.refused != 0) {
    sch_trust_add(&verdict->trust, SCH_TRUST_CHAIN, CERT_TRUST_UNREADABLE, 0);
  }
  sch_store_drop(store);
}

int sch_verify_batch(FILE *in, FILE *out) {
  struct file *files = calloc(SLOTS, sizeof *files);
  char *line = NULL;
  size_t room = 0;
  int status = SCH_EXIT_CLEAN;

  ENSURE(files != NULL);
  const bool cached = sch_chain_cache_open(CERTIFICATES);

  ENSURE(cached);
  while (getline(&line, &room, in) > 0) {
    struct sch_verify_case question;
    struct sch_verdict verdict;
    char *fields[FIELDS] = {0};

    if (split(line, fields) != FIELDS || !read_question(&question, fields)) {
      (void)fprintf(out, "%s\t0\tusage\n", fields[ID]);
      (void)fflush(out);
      status = SCH_EXIT_USAGE;
      continue;
    }
    judge(&question, fields, files, &verdict);
    (void)fprintf(out, "%s\t%d\t", fields[ID], verdict.accepted ? 1 : 0);
    sch_verify_print(&verdict, out);
    (void)fputc('\n', out);
    /* Who asks may wait for this answer before the next question. */
    (void)fflush(out);
  }
  sch_chain_cache_close();
  for (size_t i = 0; i < SLOTS; i++) {
    drop_file(&files[i]);
  }
  free(files);
  free(line);
  return status;
}
