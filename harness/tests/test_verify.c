/* test_verify: `sch verify` on chains that the openssl tool has made, each with its reasons.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "sch.h"
#include "test.h"
#include "toy_chain.h"
#include "verify.h"

/* The tool's own words, which sch.c has. */

int sch_complain(const char *format, ...) {
  (void)format;
  return SCH_EXIT_FAILED;
}

int sch_complain_usage(const char *command, const char *format, ...) {
  (void)command;
  (void)format;
  return SCH_EXIT_USAGE;
}

/* --- what the openssl tool makes */

static const char settings[] =
    "[req]\ndistinguished_name=dn\n[dn]\n"
    "[root]\nbasicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n"
    "subjectKeyIdentifier=hash\n"
    "[ca]\nbasicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n"
    "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n"
    "[last]\nbasicConstraints=critical,CA:TRUE,pathlen:0\n"
    "keyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n"
    "authorityKeyIdentifier=keyid\n"
    "[tight]\nbasicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n"
    "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n"
    "nameConstraints=critical,permitted;DNS:example.com\n"
    "[leaf]\nbasicConstraints=CA:FALSE\nkeyUsage=digitalSignature\nextendedKeyUsage=serverAuth\n"
    "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n"
    "subjectAltName=DNS:example.org,DNS:*.example.net,IP:192.0.2.1,email:me@example.org\n"
    "[authority]\ndefault_ca=own\n[own]\ndatabase=index\ncrlnumber=crlnumber\ndefault_md=sha256\n"
    "default_crl_days=30\ncrl_extensions=list\n[list]\nauthorityKeyIdentifier=keyid\n";

/* Makes keys, then `certify SUBJECT KEY ISSUER ISSUER-KEY SECTION SERIAL FILE`. */
static const char script[] =
    "set -e\n"
    "for key in root ca sub leaf other; do\n"
    "  openssl ecparam -name prime256v1 -genkey -noout -out $key.key\n"
    "done\n"
    "self() { openssl req -x509 -new -key $2.key -subj /CN=$1 -days 3650 -config cnf \\\n"
    "  -extensions root -out $3.pem; }\n"
    "certify() {\n"
    "  openssl req -new -key $2.key -subj /CN=$1 -config cnf -out csr\n"
    "  openssl x509 -req -in csr -CA $3.pem -CAkey $4.key -set_serial $6 -days 365 \\\n"
    "    -extfile cnf -extensions $5 -out $7.pem\n"
    "}\n"
    "list() {\n"
    "  printf 1000 >crlnumber; : >index.attr\n"
    "  openssl ca -config cnf -name own -gencrl -cert $1.pem -keyfile $2.key -out $3.crl\n"
    "}\n"
    "self Root root root\n"
    "self Root other impostor\n"
    "self Stranger other stranger\n"
    "certify CA ca root root ca 2 ca\n"
    "certify CA ca root root last 4 last\n"
    "certify CA ca root root tight 5 tight\n"
    "certify Sub sub last ca ca 6 sub\n"
    "certify Sub sub ca ca ca 11 sub-free\n"
    "certify Leaf leaf ca ca leaf 3 leaf\n"
    "certify Leaf leaf sub sub leaf 7 deep\n"
    "certify CA ca sub-free sub ca 8 ca-by-sub\n"
    ": >index; list root root root; list ca ca ca\n"
    "printf 'R\\t491231235959Z\\t240101000000Z\\t03\\tunknown\\t/CN=Leaf\\n' >index\n"
    "list ca ca revoked\n"
    "openssl x509 -in leaf.pem -outform DER -out leaf.der\n"
    "openssl crl -in revoked.crl -outform DER -out revoked.der\n"
    "cp leaf.der damaged.der\n"
    "printf '\\000' | dd of=damaged.der bs=1 seek=$(($(wc -c <damaged.der) - 1)) conv=notrunc\n"
    "head -c 100 leaf.der >cut.der\n"
    "{ cat leaf.der; printf 0; } >behind.der\n"
    "cat leaf.pem ca.pem >bundle.pem\n"
    "cat ca.pem last.pem tight.pem sub-free.pem ca-by-sub.pem >many.pem\n"
    "printf 'no certificate\\n' >text.pem\n";

static char directory[] = "/tmp/sch-verify-??????";
static bool made;

static void write_text(const char *path, const char *text) {
  FILE *file = fopen(path, "w");

  CHECK(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0);
}

/* go makes the chains, once, and works in their directory. */
static void go(void) {
  if (made) {
    return;
  }
  made = true;
  memset(strchr(directory, '?'), 'X', 6);
  CHECK(mkdtemp(directory) != NULL);
  CHECK(chdir(directory) == 0);
  write_text("cnf", settings);
  write_text("make", script);
  CHECK(system("sh make >log 2>&1 || { cat log; exit 1; }") == 0);
  const struct sch_span form = sch_toy_certificate(
      &(struct sch_toy){.subject = "Form",
                        .key = 1,
                        .validity = "30{ 18{ '20240101000000Z' } 17{ '490101000000Z' } }"});
  FILE *file = fopen("form.der", "wb");

  CHECK(file != NULL && fwrite(form.data, 1, form.size, file) == form.size && fclose(file) == 0);
  sch_toy_drop();
}

/* --- one invocation */

enum { WORDS = 32 };

static char printed[65536];

/* run gives the exit status of `sch verify` with the words of `line`, and what it printed. */
static int run(const char *line, const char *input) {
  char text[1024];
  char *words[WORDS] = {0};
  int count = 0;
  char *rest = text;

  go();
  (void)snprintf(text, sizeof text, "verify %s", line);
  for (char *word; (word = strsep(&rest, " ")) != NULL;) {
    CHECK(count < WORDS - 1);
    words[count] = word;
    count += *word != 0;
  }
  (void)fflush(stdout);
  const int out = dup(STDOUT_FILENO);
  const int in = dup(STDIN_FILENO);

  write_text("input", input);
  CHECK(freopen("input", "r", stdin) != NULL);
  CHECK(freopen("printed", "w", stdout) != NULL);
  const int status = sch_command_verify(count, words);

  (void)fflush(stdout);
  CHECK(dup2(out, STDOUT_FILENO) >= 0 && dup2(in, STDIN_FILENO) >= 0);
  (void)close(out);
  (void)close(in);
  FILE *file = fopen("printed", "r");
  const size_t size = file == NULL ? 0 : fread(printed, 1, sizeof printed - 1, file);

  (void)fclose(file);
  printed[size] = 0;
  return status;
}

static void expect_at(int line, const char *words, int status, const char *wanted) {
  char whole[512];

  (void)snprintf(whole, sizeof whole, "%s\t%s\n", status == 0 ? "accepted" : "refused", wanted);
  if (run(words, "") != status || strcmp(printed, status == SCH_EXIT_USAGE ? "" : whole) != 0) {
    test_fail(__FILE__, line, words, printed);
  }
}

#define ACCEPTED(words) expect_at(__LINE__, words, SCH_EXIT_CLEAN, "-")
#define REFUSED(words, reasons) expect_at(__LINE__, words, SCH_EXIT_FAILED, reasons)
#define NO_USE(words) expect_at(__LINE__, words, SCH_EXIT_USAGE, "")

#define USUAL "--leaf leaf.pem --untrusted ca.pem --trusted root.pem "

TEST(good) {
  ACCEPTED(USUAL);
  ACCEPTED(USUAL "--name dns:example.org --purpose server");
  ACCEPTED(USUAL "--name dns:www.example.net");
  ACCEPTED(USUAL "--name ip:192.0.2.1");
  ACCEPTED(USUAL "--name email:me@example.org --purpose any");
  ACCEPTED("--leaf leaf.der --untrusted ca.pem --trusted root.pem");
  ACCEPTED("--leaf bundle.pem --trusted root.pem");
  ACCEPTED("--leaf leaf.pem --untrusted ca.pem --trusted stranger.pem --trusted root.pem");
  ACCEPTED(USUAL "--crl root.crl --crl ca.crl");
  ACCEPTED("--leaf leaf.pem --trusted ca.pem --max-depth 0");
}

TEST(refused) {
  REFUSED(USUAL "--time 4000000000",
          "CertificateExpired@0:IS_NOT_TIME_VALID,"
          "CertificateExpired@1:IS_NOT_TIME_VALID,"
          "CertificateExpired@2:IS_NOT_TIME_VALID");
  REFUSED(USUAL "--name dns:example.com", "HostNameMismatch@0:NAME_MISMATCH");
  REFUSED(USUAL "--name dns:a.b.example.net", "HostNameMismatch@0:NAME_MISMATCH");
  REFUSED(USUAL "--name ip:192.0.2.2", "HostNameMismatch@0:NAME_MISMATCH");
  REFUSED(USUAL "--name ip:example.org", "HostNameMismatch@0:NAME_MISMATCH");
  REFUSED(USUAL "--purpose client", "InvalidPurpose@0:IS_NOT_VALID_FOR_USAGE");
  REFUSED("--leaf damaged.der --untrusted ca.pem --trusted root.pem",
          "CertificateSignatureFailed@0:IS_NOT_SIGNATURE_VALID");
  REFUSED("--leaf leaf.pem --untrusted ca.pem --trusted stranger.pem",
          "UnableToGetIssuerCertificate@1:IS_PARTIAL_CHAIN");
  REFUSED("--leaf leaf.pem --untrusted ca.pem --untrusted root.pem --trusted stranger.pem",
          "CertificateUntrusted@2:IS_UNTRUSTED_ROOT");
  REFUSED("--leaf leaf.pem --untrusted ca.pem --trusted impostor.pem",
          "CertificateSignatureFailed@1:IS_NOT_SIGNATURE_VALID,"
          "UnspecifiedError@2:INVALID_EXTENSION");
  REFUSED("--leaf deep.pem --untrusted sub.pem --untrusted last.pem --trusted root.pem",
          "PathLengthExceeded@2:INVALID_BASIC_CONSTRAINTS");
  REFUSED("--leaf leaf.pem --untrusted tight.pem --trusted root.pem",
          "UnspecifiedError@0:HAS_NOT_PERMITTED_NAME_CONSTRAINT");
  REFUSED(USUAL "--max-depth 0",
          "PathLengthExceeded@chain:TOO_LONG,UnableToGetIssuerCertificate@1:IS_PARTIAL_CHAIN");
  REFUSED(USUAL "--policy explicit", "PolicyMissing@chain:NO_ISSUANCE_CHAIN_POLICY");
  REFUSED(USUAL "--strength 4",
          "CertificateWeak@0:HAS_WEAK_SIGNATURE,CertificateWeak@0:HAS_WEAK_HYGIENE,"
          "CertificateWeak@1:HAS_WEAK_SIGNATURE,CertificateWeak@1:HAS_WEAK_HYGIENE,"
          "CertificateWeak@2:HAS_WEAK_HYGIENE");
}

#define UNKNOWN_0 "CertificateStatusUnknown@0:REVOCATION_STATUS_UNKNOWN"
#define UNKNOWN_1 "CertificateStatusUnknown@1:REVOCATION_STATUS_UNKNOWN"

TEST(revocation) {
  REFUSED(USUAL "--crl root.crl --crl revoked.crl", "CertificateRevoked@0:IS_REVOKED");
  REFUSED(USUAL "--crl root.crl --crl revoked.der", "CertificateRevoked@0:IS_REVOKED");
  REFUSED(USUAL "--crl revoked.crl --revocation soft", "CertificateRevoked@0:IS_REVOKED");
  ACCEPTED(USUAL "--crl revoked.crl --revocation off");
  REFUSED(USUAL "--crl root.crl", UNKNOWN_0);
  ACCEPTED(USUAL "--crl root.crl --revocation soft");
  ACCEPTED(USUAL "--crl root.crl --revocation off");
  REFUSED(USUAL "--revocation hard", UNKNOWN_0 "," UNKNOWN_1);
  ACCEPTED(USUAL "--revocation soft");
}

/* Of several certificates of one name the good one is found, and a cycle ends. */
TEST(alternates) {
  ACCEPTED("--leaf leaf.pem --untrusted tight.pem --untrusted ca.pem --trusted root.pem");
  ACCEPTED("--leaf leaf.pem --untrusted many.pem --trusted impostor.pem --trusted root.pem");
  REFUSED("--leaf leaf.pem --untrusted ca-by-sub.pem --untrusted sub-free.pem --trusted root.pem",
          "UnspecifiedError@chain:IS_CYCLIC,UnableToGetIssuerCertificate@2:IS_PARTIAL_CHAIN");
}

TEST(usage) {
  NO_USE("--trusted root.pem");
  NO_USE("--leaf absent.pem --trusted root.pem");
  NO_USE("--leaf text.pem --trusted root.pem");
  NO_USE("--leaf leaf.pem --trusted absent.pem");
  NO_USE("--leaf leaf.pem --trusted text.pem");
  NO_USE("--leaf leaf.pem --trusted root.crl");
  NO_USE(USUAL "--name example.org");
  NO_USE(USUAL "--name uri:example.org");
  NO_USE(USUAL "--purpose code");
  NO_USE(USUAL "--time now");
  NO_USE(USUAL "--time 1.");
  NO_USE(USUAL "--max-depth -1");
  NO_USE(USUAL "--revocation never");
  NO_USE(USUAL "--policy 3.1");
  NO_USE(USUAL "--strength 6");
  NO_USE(USUAL "--unknown");
  NO_USE(USUAL "more");
}

/* One answer for each line, in order, also for those that make no sense. */
TEST(batch) {
  static const char cases[] =
      "a\tleaf.pem\tca.pem\troot.pem\t-\tdns\texample.org\tserver\t-\t-\t-\n"
      "b\tleaf.pem\tca.pem\troot.pem\t-\tdns\texample.com\tserver\t-\t-\t-\n"
      "c\tleaf.pem\t-\troot.pem\t-\tnone\t-\t-\t-\t-\t-\n"
      "d\tabsent.pem\tca.pem\troot.pem\t-\tnone\t-\t-\t-\t-\t-\n"
      "e\tleaf.pem\n"
      "f\tleaf.pem\tca.pem\troot.pem\tca.crl\tnone\t-\tany\t-\t-\t-\n"
      "g\tleaf.pem\tca.pem\troot.pem\tca.crl\tnone\t-\tany\t-\t-\tsoft\n"
      "h\tbundle.pem\t-\troot.pem\t-\tip\t192.0.2.1\tserver\t0\t-\t-\n"
      "i\tleaf.pem\tca.pem\troot.pem\t-\tnone\t-\t-\t-\t0\texplicit,inhibit_any,2.5.29.32.0\n"
      "j\tleaf.pem\tca.pem\troot.pem\trevoked.crl\temail\tme@example.org\t-\t-\t-\tsoft\n"
      "k\tleaf.pem\tca.pem\tabsent.pem\t-\tnone\t-\t-\t-\t-\t-\n"
      "l\tleaf.pem\tca.pem\troot.pem\t-\tdns\texample.org\tserver\t-\t-\tunknown\n"
      "m\tleaf.pem\tca.pem\troot.pem\t-\tdns\texample.org\tserver\t-\t-\t-";
  static const char wanted[] =
      "a\t1\t-\n"
      "b\t0\tHostNameMismatch@0:NAME_MISMATCH\n"
      "c\t0\tUnableToGetIssuerCertificate@0:IS_PARTIAL_CHAIN\n"
      "d\t0\tUnableToDecodeCertificate@0:UNREADABLE\n"
      "e\t0\tusage\n"
      "f\t0\t" UNKNOWN_1
      "\n"
      "g\t1\t-\n"
      "h\t0\tCertificateNotYetValid@0:IS_NOT_TIME_VALID,CertificateNotYetValid@1:IS_NOT_TIME_VALID,"
      "CertificateNotYetValid@2:IS_NOT_TIME_VALID\n"
      "i\t0\tPathLengthExceeded@chain:TOO_LONG,PolicyMissing@chain:NO_ISSUANCE_CHAIN_POLICY,"
      "UnableToGetIssuerCertificate@1:IS_PARTIAL_CHAIN\n"
      "j\t0\tCertificateRevoked@0:IS_REVOKED\n"
      "k\t0\tUnableToDecodeCertificate@chain:UNREADABLE,"
      "UnableToGetIssuerCertificate@1:IS_PARTIAL_CHAIN\n"
      "l\t0\tusage\n"
      "m\t1\t-\n";

  CHECK_EQUAL(run("--batch", cases), SCH_EXIT_USAGE);
  if (strcmp(printed, wanted) != 0) {
    test_fail(__FILE__, __LINE__, "batch", printed);
  }
  CHECK_EQUAL(run("--batch", "a\tleaf.pem\tca.pem\troot.pem\t-\tnone\t-\t-\t-\t-\t-\n"),
              SCH_EXIT_CLEAN);
}

/* Times are whole seconds, whatever is said. */
TEST(times) {
  struct sch_verify_case question;

  sch_verify_case_start(&question);
  CHECK(question.policy.time > 1700000000);
  CHECK(sch_verify_time(&question, sch_span_text("12.999")));
  CHECK_EQUAL(question.policy.time, 12);
  CHECK_EQUAL(question.policy.nanoseconds, 0);
  CHECK(sch_verify_time(&question, sch_span_text("-12")));
  CHECK_EQUAL(question.policy.time, -12);
  CHECK(!sch_verify_time(&question, sch_span_text("-12.5")));
  CHECK(!sch_verify_time(&question, sch_span_text("12.x")));
  CHECK(!sch_verify_time(&question, sch_span_text("9223372036854775808")));
  CHECK(!sch_verify_time(&question, sch_span_text("")));
}

/* Object identifiers are written as X.690 8.19 has them. */
TEST(oids) {
  struct sch_verify_case question;

  sch_verify_case_start(&question);
  CHECK(sch_verify_policies(&question, sch_span_text("explicit,2.999.3,1.2.840.113549")));
  CHECK(question.policy.explicit_policy);
  CHECK_EQUAL(question.policy.policy_count, 2);
  CHECK_BYTES(question.policy.policies[0], sch_span_of("\x88\x37\x03", 3));
  CHECK_BYTES(question.policy.policies[1], sch_span_of("\x2a\x86\x48\x86\xf7\x0d", 6));
  CHECK(!sch_verify_policies(&question, sch_span_text("1")));
  CHECK(!sch_verify_policies(&question, sch_span_text("1.40")));
  CHECK(!sch_verify_policies(&question, sch_span_text("1.2.")));
  CHECK(!sch_verify_policies(&question, sch_span_text("")));
}

/* What `--parse` takes is strict: one item that is not well-formed spoils a file. */
TEST(parse) {
  go();
  CHECK_EQUAL(sch_parse_file("leaf.pem", false), SCH_EXIT_CLEAN);
  CHECK_EQUAL(sch_parse_file("leaf.der", false), SCH_EXIT_CLEAN);
  CHECK_EQUAL(sch_parse_file("many.pem", false), SCH_EXIT_CLEAN);
  CHECK_EQUAL(sch_parse_file("damaged.der", false), SCH_EXIT_CLEAN);
  CHECK_EQUAL(sch_parse_file("cut.der", false), SCH_EXIT_FAILED);
  CHECK_EQUAL(sch_parse_file("behind.der", false), SCH_EXIT_FAILED);
  CHECK_EQUAL(sch_parse_file("form.der", false), SCH_EXIT_FAILED);
  CHECK_EQUAL(sch_parse_file("text.pem", false), SCH_EXIT_FAILED);
  CHECK_EQUAL(sch_parse_file("absent.pem", false), SCH_EXIT_FAILED);
  CHECK_EQUAL(sch_parse_file("root.crl", false), SCH_EXIT_FAILED);
  CHECK_EQUAL(sch_parse_file("root.crl", true), SCH_EXIT_CLEAN);
  CHECK_EQUAL(sch_parse_file("revoked.der", true), SCH_EXIT_CLEAN);
  CHECK_EQUAL(sch_parse_file("leaf.der", true), SCH_EXIT_FAILED);
  CHECK_EQUAL(sch_parse_file("leaf.pem", true), SCH_EXIT_FAILED);
}

TEST(nothing_is_left) {
  char command[128];

  CHECK_EQUAL(sch_store_live(), 0);
  (void)snprintf(command, sizeof command, "rm -r %s", directory);
  CHECK(chdir("/") == 0 && system(command) == 0);
}

TESTS(good, refused, revocation, alternates, usage, batch, times, oids, parse, nothing_is_left)
