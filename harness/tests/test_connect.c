/* test_connect: `sch connect` judges the server by default, over loopback TCP: the good one is
 * accepted, each bad one refused with its reason.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdarg.h>
#include <time.h>

#include "sch.h"
#include "test.h"
#include "toy_chain.h"

/* What sch.c has. */

static void say(const char *format, va_list arguments) {
  (void)fprintf(stderr, "sch: ");
  (void)vfprintf(stderr, format, arguments);
  (void)fprintf(stderr, "\n");
}

int sch_complain(const char *format, ...) {
  va_list arguments;

  va_start(arguments, format);
  say(format, arguments);
  va_end(arguments);
  return SCH_EXIT_FAILED;
}

int sch_complain_usage(const char *command, const char *format, ...) {
  va_list arguments;

  (void)command;
  va_start(arguments, format);
  say(format, arguments);
  va_end(arguments);
  return SCH_EXIT_USAGE;
}

/* --- files */

static char directory[] = "/tmp/sch-connect-??????";

static void write_key(FILE *file, uint8_t number) {
  uint8_t bytes[32];

  memset(bytes, number, sizeof bytes);
  EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, bytes, sizeof bytes);

  CHECK(PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL) == 1);
  EVP_PKEY_free(key);
}

static void write_pem(const char *path, const char *label, struct sch_span der, uint8_t key) {
  FILE *file = fopen(path, "w");

  CHECK(file != NULL && PEM_write(file, label, "", der.data, (long)der.size) > 0);
  if (key != 0) {
    write_key(file, key);
  }
  CHECK(fclose(file) == 0);
}

#define ROOT .subject = "Root", .key = 1
#define OLD "30{ 17{ '240101000000Z' } 17{ '240102000000Z' } }"
#define LEAF                                                                  \
  .subject = "Leaf", .key = 3, .issuer = "Root", .signer = 1, .serial = "03", \
  .extensions = SCH_TOY_SERVER SCH_TOY_NAMES("82{ 'localhost' } 87{ 7f000001 }")
#define OTHER_LEAF                                                            \
  .subject = "Leaf", .key = 3, .issuer = "Root", .signer = 1, .serial = "04", \
  .extensions = SCH_TOY_SERVER SCH_TOY_NAMES("82{ 'example.org' }")

static void write_leaf(const char *path, const struct sch_toy *toy) {
  write_pem(path, "CERTIFICATE", sch_toy_certificate(toy), toy->key);
}

static void write_crl(const char *path, const char *entries) {
  write_pem(path, "X509 CRL",
            sch_toy_crl(&(struct sch_toy){.subject = "Root", .key = 1, .entries = entries}), 0);
}

static void go(void) {
  memset(strchr(directory, '?'), 'X', 6);
  CHECK(mkdtemp(directory) != NULL);
  CHECK(chdir(directory) == 0);
  write_pem("root.pem", "CERTIFICATE", sch_toy_certificate(&(struct sch_toy){ROOT}), 0);
  write_pem("stranger.pem", "CERTIFICATE",
            sch_toy_certificate(&(struct sch_toy){.subject = "Stranger", .key = 9}), 0);
  write_leaf("good.pem", &(struct sch_toy){LEAF});
  write_leaf("other.pem", &(struct sch_toy){OTHER_LEAF});
  write_leaf("old.pem", &(struct sch_toy){LEAF, .validity = OLD});
  write_crl("none.crl", "");
  write_crl("gone.crl", "30{ 02{ 03 } 17{ '240601000000Z' } }");
  sch_toy_drop();
}

/* --- two processes */

enum { WORDS = 16, WAIT_SECONDS = 20 };

static char heard[8192];

/* child runs a subcommand in a process of its own, whose standard error goes to `path`. */
static pid_t child(int (*command)(int count, char **words), const char *line, const char *path) {
  char text[512];
  char *words[WORDS] = {0};
  char *rest = text;
  int count = 0;

  (void)fflush(NULL);
  const pid_t pid = fork();

  if (pid != 0) {
    return pid;
  }
  alarm(WAIT_SECONDS);
  (void)snprintf(text, sizeof text, "%s", line);
  for (char *word; (word = strsep(&rest, " ")) != NULL && count < WORDS - 1;) {
    words[count] = word;
    count += *word != 0;
  }
  if (freopen("/dev/null", "r", stdin) == NULL || freopen("/dev/null", "w", stdout) == NULL ||
      freopen(path, "w", stderr) == NULL || setvbuf(stderr, NULL, _IONBF, 0) != 0) {
    _exit(99);
  }
  const int status = command(count, words);

  (void)fflush(NULL);
  _exit(status);
}

static const char *hear(const char *path) {
  FILE *file = fopen(path, "r");
  const size_t size = file == NULL ? 0 : fread(heard, 1, sizeof heard - 1, file);

  if (file != NULL) {
    (void)fclose(file);
  }
  heard[size] = 0;
  return heard;
}

/* port_of waits for the server to say where it listens. */
static int port_of(const char *path) {
  for (int i = 0; i < WAIT_SECONDS * 100; i++) {
    const char *line = hear(path);
    const char *colon = strrchr(line, ':');

    if (strchr(line, '\n') != NULL && colon != NULL && atoi(colon + 1) != 0) {
      return atoi(colon + 1);
    }
    (void)nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
  }
  return 0;
}

static int status_of(pid_t pid) {
  int state = 0;

  CHECK(waitpid(pid, &state, 0) == pid);
  return WIFEXITED(state) ? WEXITSTATUS(state) : -1;
}

/* meet has `sch connect` with `options` go to a server that shows `certificate`; what it said is in
 * `heard`. */
static int meet(const char *certificate, const char *host, const char *options) {
  char line[512];

  (void)unlink("server.log");
  (void)snprintf(line, sizeof line, "serve --timeout 3 --cert %s 0", certificate);
  const pid_t server = child(sch_command_serve, line, "server.log");
  const int port = port_of("server.log");

  CHECK(port != 0);
  (void)snprintf(line, sizeof line, "connect --timeout 10 %s %s:%d", options, host, port);
  const int status = status_of(child(sch_command_connect, line, "client.log"));

  (void)status_of(server);
  (void)hear("client.log");
  return status;
}

static void expect_at(int line, const char *certificate, const char *host, const char *options,
                      int status, const char *words) {
  if (meet(certificate, host, options) != status || strstr(heard, words) == NULL) {
    test_fail(__FILE__, line, options, heard);
  }
}

#define ACCEPTED(certificate, host, options) \
  expect_at(__LINE__, certificate, host, options, SCH_EXIT_CLEAN, " verified\n")
#define REFUSED(certificate, host, options, words) \
  expect_at(__LINE__, certificate, host, options, SCH_EXIT_FAILED, "refused: " words "\n")

TEST(servers) {
  go();
  ACCEPTED("good.pem", "localhost", "--trusted root.pem");
  ACCEPTED("good.pem", "127.0.0.1", "--trusted root.pem");
  ACCEPTED("other.pem", "localhost", "--trusted root.pem --name example.org");
  ACCEPTED("good.pem", "localhost", "--trusted root.pem --crl none.crl");
  ACCEPTED("good.pem", "localhost", "--trusted root.pem --tls 1.2");
  REFUSED("good.pem", "localhost", "--trusted stranger.pem",
          "UnableToGetIssuerCertificate@0:IS_PARTIAL_CHAIN");
  REFUSED("other.pem", "localhost", "--trusted root.pem", "HostNameMismatch@0:NAME_MISMATCH");
  REFUSED("other.pem", "127.0.0.1", "--trusted root.pem", "HostNameMismatch@0:NAME_MISMATCH");
  REFUSED("old.pem", "localhost", "--trusted root.pem", "CertificateExpired@0:IS_NOT_TIME_VALID");
  REFUSED("good.pem", "localhost", "--trusted root.pem --crl gone.crl",
          "CertificateRevoked@0:IS_REVOKED");
  /* Nobody is trusted by default, and who accepts anybody says so. */
  REFUSED("good.pem", "localhost", "", "UnableToGetIssuerCertificate@0:IS_PARTIAL_CHAIN");
  CHECK(strstr(heard, "--trusted FILE") != NULL);
  CHECK_EQUAL(meet("old.pem", "localhost", "--insecure"), SCH_EXIT_CLEAN);
  CHECK(strstr(heard, "verified") == NULL);
  CHECK_EQUAL(meet("good.pem", "localhost", "--trusted absent.pem"), SCH_EXIT_FAILED);
  char command[128];

  (void)snprintf(command, sizeof command, "rm -r %s", directory);
  CHECK(chdir("/") == 0 && system(command) == 0);
}

TESTS(servers)
