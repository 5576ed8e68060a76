/* sch_verify: `sch verify`: is a certificate good, and if not, why.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <getopt.h>
#include <string.h>

#include "pem.h"
#include "sch.h"
#include "verify.h"

enum option_kind {
  OPTION_LEAF,
  OPTION_UNTRUSTED,
  OPTION_TRUSTED,
  OPTION_CRL,
  OPTION_NAME,
  OPTION_PURPOSE,
  OPTION_TIME,
  OPTION_DEPTH,
  OPTION_REVOCATION,
  OPTION_POLICY,
  OPTION_STRENGTH,
  OPTION_COMMON_NAME,
  OPTION_BATCH,
  OPTION_HELP,
  OPTION_COUNT
};

static const struct {
  const char *name;
  const char *argument; /* NULL: none */
  const char *help;
} rows[OPTION_COUNT] = {
    [OPTION_LEAF] = {"leaf", "FILE", "the certificate to judge; others in FILE are untrusted"},
    [OPTION_UNTRUSTED] = {"untrusted", "FILE", "certificates that may lead to a trusted one"},
    [OPTION_TRUSTED] = {"trusted", "FILE", "anchors: a file, a directory, or `system`"},
    [OPTION_CRL] = {"crl", "FILE", "revocation lists"},
    [OPTION_NAME] = {"name", "KIND:NAME", "the leaf must be for dns:HOST, ip:ADDRESS or email:BOX"},
    [OPTION_PURPOSE] = {"purpose", "WORD", "server (the default), client or any"},
    [OPTION_TIME] = {"time", "SECONDS", "judge at this time, not now: seconds since 1970 UTC"},
    [OPTION_DEPTH] = {"max-depth", "N", "certificates between leaf and anchor, 16"},
    [OPTION_REVOCATION] = {"revocation", "WORD",
                           "hard, soft or off; hard if there is --crl, or off"},
    [OPTION_POLICY] = {"policy", "LIST", "of explicit, inhibit_map, inhibit_any and policy OIDs"},
    [OPTION_STRENGTH] = {"strength", "N", "OpenSSL's security level, 0 to 5; 2 by default"},
    [OPTION_COMMON_NAME] = {"common-name", NULL, "a commonName may speak where no other name does"},
    [OPTION_BATCH] = {"batch", NULL, "cases from standard input, one a line, as below"},
    [OPTION_HELP] = {"help", NULL, "this text"},
};

static int print_help(void) {
  (void)printf(
      "usage: sch verify --leaf FILE --trusted FILE [OPTION...]\n"
      "       sch verify --batch\n\n"
      "Judges a certificate by the anchors given, and by no others. Files are PEM or DER, with "
      "any\n"
      "number of items; --untrusted, --trusted and --crl may be repeated.\n\n");
  for (size_t i = 0; i < OPTION_COUNT; i++) {
    char left[32];

    (void)snprintf(left, sizeof left, "--%s %s", rows[i].name,
                   rows[i].argument == NULL ? "" : rows[i].argument);
    (void)printf("  %-22s%s\n", left, rows[i].help);
  }
  (void)printf(
      "\nA case of --batch is a line of fields parted by tabs, `-` where there is nothing to say:\n"
      "  id leaf inters roots crl name_kind name purpose time depth policy\n"
      "and is answered, in the same order, by a line of id, 1 or 0, and the reasons.\n\n"
      "exit status: 0 accepted (--batch: all cases are answered), 1 refused (the reasons are\n"
      "printed), 2 usage, or a file that cannot be read\n");
  return SCH_EXIT_CLEAN;
}

/* One invocation. */
struct invocation {
  struct sch_verify_case question;
  struct sch_store *store;
  struct sch_store_added added;
  struct sch_fifo ders; /* the leaf, and what came with it */
  bool has_crl;
  bool batch;
};

static int complain_file(const char *path, const char *why) {
  (void)sch_complain("%s: %s", path, why);
  return SCH_EXIT_USAGE;
}

/* add gives -1, or an exit status after a complaint. */
static int add(struct invocation *own, enum sch_store_part part, const char *path) {
  switch (sch_verify_add(own->store, part, path, &own->added)) {
    case SEC_E_OK:
      return -1;
    case SEC_E_TARGET_UNKNOWN:
      return complain_file(path, "cannot be read");
    case SEC_E_INSUFFICIENT_MEMORY:
      return complain_file(path, "not enough memory");
    case SEC_E_CERT_UNKNOWN:
      return complain_file(path, "nothing of the kind is in it");
    default:
      return complain_file(path, "neither PEM nor DER");
  }
}

static int set_leaf(struct invocation *own, const char *path) {
  SCOPED(fifo) struct sch_fifo file = {0};

  sch_fifo_open(&file, SCH_STORE_FILE_MAX);
  if (!sch_file_read(path, &file)) {
    return complain_file(path, strerror(errno));
  }
  sch_fifo_drop(&own->ders);
  sch_fifo_open(&own->ders, SCH_STORE_FILE_MAX);
  return sch_verify_ders(sch_fifo_held(&file), &own->ders)
             ? -1
             : complain_file(path, "no certificate, PEM or DER, can be read from it");
}

static bool set_name(struct sch_verify_case *question, struct sch_span word) {
  size_t size = 0;

  while (size < word.size && word.data[size] != ':') {
    size++;
  }
  return size < word.size && sch_verify_name(question, sch_span_first(word, size),
                                             sch_span_last(word, word.size - size - 1));
}

/* set stores one option: -1 to go on, or an exit status. */
static int set(struct invocation *own, enum option_kind kind, const char *argument) {
  struct sch_verify_case *question = &own->question;
  const struct sch_span word = sch_span_text(argument == NULL ? "" : argument);
  bool good = true;

  switch (kind) {
    case OPTION_LEAF:
      return set_leaf(own, argument);
    case OPTION_UNTRUSTED:
      return add(own, SCH_STORE_INTERMEDIATES, argument);
    case OPTION_TRUSTED:
      return add(own, SCH_STORE_ANCHORS, argument);
    case OPTION_CRL:
      own->has_crl = true;
      return add(own, SCH_STORE_CRLS, argument);
    case OPTION_NAME:
      good = set_name(question, word);
      break;
    case OPTION_PURPOSE:
      good = sch_verify_purpose(question, word);
      break;
    case OPTION_TIME:
      good = sch_verify_time(question, word);
      break;
    case OPTION_DEPTH:
      good = sch_verify_depth(question, word);
      break;
    case OPTION_REVOCATION:
      good = sch_verify_revocation(question, word);
      break;
    case OPTION_POLICY:
      good = sch_verify_policies(question, word);
      break;
    case OPTION_STRENGTH:
      good = sch_verify_strength(question, word);
      break;
    case OPTION_COMMON_NAME:
      question->policy.name.common_name = true;
      break;
    case OPTION_BATCH:
      own->batch = true;
      break;
    default:
      return print_help();
  }
  return good ? -1
              : sch_complain_usage("verify", "--%s does not take '%s'", rows[kind].name, argument);
}

/* read_words reads the command line: -1 to go on, or an exit status. */
static int read_words(struct invocation *own, int count, char **words) {
  struct option known[OPTION_COUNT + 1] = {{0}};
  int status = -1;
  int letter;
  int at = 0;

  for (size_t i = 0; i < OPTION_COUNT; i++) {
    known[i] = (struct option){
        rows[i].name, rows[i].argument == NULL ? no_argument : required_argument, NULL, 'o'};
  }
  opterr = 0;
  optind = 0;
  while (status < 0 && (letter = getopt_long(count, words, "", known, &at)) != -1) {
    status = letter == 'o' ? set(own, (enum option_kind)at, optarg)
                           : sch_complain_usage(
                                 "verify", "%s: unknown, or its argument is missing or too much",
                                 words[optind - 1]);
  }
  if (status < 0 && optind != count) {
    status = sch_complain_usage("verify", "'%s': no argument is due but options", words[optind]);
  }
  if (status < 0 && !own->batch && sch_fifo_held(&own->ders).size == 0) {
    status = sch_complain_usage("verify", "--leaf is missing");
  }
  return status;
}

/* print_passed_over says which rules were broken, by the leaf or by what was given along. */
static void print_passed_over(const struct invocation *own, struct sch_span leaf) {
  struct sch_reading reading = {0};
  struct sch_certificate certificate;

  if (!sch_certificate_read(leaf, &certificate, &reading)) {
    (void)sch_complain("the certificate is not well-formed: %s", sch_fault_rule(reading.fault));
  }
  if (own->added.refused != 0) {
    (void)sch_complain("%zu items given along are not well-formed: %s", own->added.refused,
                       sch_fault_rule(own->added.fault));
  }
}

static int judge(struct invocation *own) {
  struct sch_chain_policy *policy = &own->question.policy;
  struct sch_reading reading = {0};
  struct sch_span rest = sch_fifo_held(&own->ders);
  struct sch_element leaf = {0};
  struct sch_verdict verdict;

  if (!own->question.revocation_said && !own->has_crl) {
    policy->revocation = SCH_CHAIN_OFF;
  }
  if (!sch_der_any(&rest, &leaf, &reading)) {
    rest = (struct sch_span){0};
  }
  sch_chain_verify(own->store, leaf.whole, rest, policy, NULL, &verdict);
  (void)printf("%s\t", verdict.accepted ? "accepted" : "refused");
  sch_verify_print(&verdict, stdout);
  (void)printf("\n");
  if (verdict.accepted) {
    return SCH_EXIT_CLEAN;
  }
  print_passed_over(own, leaf.whole);
  return SCH_EXIT_FAILED;
}

int sch_command_verify(int count, char **words) {
  struct invocation own = {.store = sch_store_create()};

  if (own.store == NULL) {
    return sch_complain("not enough memory");
  }
  sch_verify_case_start(&own.question);
  int status = read_words(&own, count, words);

  if (status < 0) {
    status = own.batch ? sch_verify_batch(stdin, stdout) : judge(&own);
  }
  sch_fifo_drop(&own.ders);
  sch_store_drop(own.store);
  return status;
}
