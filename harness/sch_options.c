/* sch_options: the command line of connect and serve, as one table that also is their help.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "sch.h"
#include "tls/engine.h"

enum kind { TEXT, FLAG, NUMBER, PROTOCOLS, VERSION, ONCE, HELP };
enum roles { CLIENT = 1, SERVER = 2, BOTH = 3 };

static const struct row {
  const char *name;
  const char *argument; /* NULL: none */
  enum roles roles;
  enum kind kind;
  size_t place; /* in struct sch_options */
  const char *help;
} rows[] = {
#define PLACE(member) offsetof(struct sch_options, member)
    {"name", "HOST", CLIENT, TEXT, PLACE(name), "ask for this server name, not HOST ('': none)"},
    {"alpn", "A,B", BOTH, PROTOCOLS, 0, "application protocols, most wanted first"},
    {"tls", "1.2|1.3", BOTH, VERSION, 0, "this version only"},
    {"cert", "FILE", BOTH, TEXT, PLACE(cert), "PEM: the certificate to show, then its chain"},
    {"key", "FILE", BOTH, TEXT, PLACE(key), "PEM: its key, when that is not in FILE of --cert"},
    {"identity", "NAME", BOTH, TEXT, PLACE(identity),
     "a built-in toy: rsa, ecdsa, ed25519 or long-chain"},
    {"client-cert", NULL, SERVER, FLAG, PLACE(client_certificate),
     "ask the client for a certificate"},
    {"trusted", "FILE", BOTH, TEXT, PLACE(trusted),
     "judge the peer by these: PEM or DER, a directory, or `system`"},
    {"untrusted", "FILE", BOTH, TEXT, PLACE(known), "certificates that may lead to a trusted one"},
    {"crl", "FILE", BOTH, TEXT, PLACE(crl), "revocation lists; each certificate needs one then"},
    {"insecure", NULL, BOTH, FLAG, PLACE(insecure), "accept any peer, unverified"},
    {"bind", "ADDRESS", SERVER, TEXT, PLACE(bind), "listen on this address, not 127.0.0.1"},
    {"once", NULL, SERVER, ONCE, 0, "serve one connection, then exit: the default"},
    {"loop", "N", SERVER, NUMBER, PLACE(loop), "serve N connections in turn, 0: for ever"},
    {"timeout", "SECONDS", BOTH, NUMBER, PLACE(timeout), "give up after so long without progress"},
    {"trace", NULL, BOTH, FLAG, PLACE(trace), "every event of the provider, to standard error"},
    {"capture", "FILE", BOTH, TEXT, PLACE(capture), "keep the bytes received from the wire"},
    {"help", NULL, BOTH, HELP, 0, "this text"},
#undef PLACE
};

static void print_help(bool server) {
  (void)printf(
      "usage: sch %s\n\n"
      "%s, then copies standard input to the peer, and what\n"
      "the peer sends to standard output. At the end of input it closes in good order and waits\n"
      "for the peer to do so; when the peer closes first it closes in return.\n\n",
      server ? "serve [OPTION...] PORT" : "connect [OPTION...] HOST:PORT",
      server ? "Waits for a TLS client on PORT (0: any that is free)" : "Connects as a TLS client");
  for (size_t i = 0; i < SCH_COUNT(rows); i++) {
    char left[32];

    if ((rows[i].roles & (server ? SERVER : CLIENT)) != 0) {
      (void)snprintf(left, sizeof left, "--%s %s", rows[i].name,
                     rows[i].argument == NULL ? "" : rows[i].argument);
      (void)printf("  %-20s%s\n", left, rows[i].help);
    }
  }
  (void)printf(
      "\nexit status: 0 both sides have closed in good order, 1 TLS or the transport failed\n"
      "(one line says why), 2 usage\n");
}

/* put_protocols encodes "a,b" as a ProtocolNameList, RFC 7301 section 3.1. */
static bool put_protocols(struct sch_options *options, const char *text) {
  struct sch_builder list = sch_builder_of(options->protocols, sizeof options->protocols);

  for (const char *name = text; name != NULL;) {
    const char *comma = strchr(name, ',');
    const size_t size = comma == NULL ? strlen(name) : (size_t)(comma - name);

    if (size == 0 || size > UINT8_MAX) {
      return false;
    }
    sch_builder_u8(&list, (uint8_t)size);
    sch_builder_bytes(&list, sch_span_of(name, size));
    name = comma == NULL ? NULL : comma + 1;
  }
  options->protocols_size = list.size;
  return !list.failed;
}

static bool put_version(struct sch_options *options, const char *text) {
  const bool newer = strcmp(text, "1.3") == 0;

  options->version = newer ? SCH_TLS_1_3 : SCH_TLS_1_2;
  return newer || strcmp(text, "1.2") == 0;
}

static bool put_number(unsigned *number, const char *text) {
  char *end;

  errno = 0;
  const unsigned long value = strtoul(text, &end, 10);

  *number = (unsigned)value;
  return errno == 0 && end != text && *end == '\0' && value <= 1000000;
}

/* put stores one option. False: its argument is none that it takes. */
static bool put(struct sch_options *options, const struct row *row, const char *argument) {
  char *place = (char *)options + row->place;

  switch (row->kind) {
    case TEXT:
      *(const char **)(void *)place = argument;
      return true;
    case FLAG:
      *(bool *)place = true;
      return true;
    case NUMBER:
      return put_number((unsigned *)(void *)place, argument);
    case PROTOCOLS:
      return put_protocols(options, argument);
    case VERSION:
      return put_version(options, argument);
    case ONCE:
      options->loop = 1;
      return true;
    case HELP:
      return true;
  }
  UNREACHABLE("every kind is handled");
}

int sch_options_read(struct sch_options *options, int count, char **words) {
  const char *command = words[0];
  const enum roles role = options->server ? SERVER : CLIENT;
  struct option known[SCH_COUNT(rows) + 1] = {{0}};
  const struct row *of[SCH_COUNT(rows)];
  size_t size = 0;

  for (size_t i = 0; i < SCH_COUNT(rows); i++) {
    if ((rows[i].roles & role) != 0) {
      of[size] = &rows[i];
      known[size++] = (struct option){
          rows[i].name, rows[i].argument == NULL ? no_argument : required_argument, NULL, 'o'};
    }
  }
  opterr = 0;
  for (;;) {
    int at = 0;
    const int letter = getopt_long(count, words, "", known, &at);

    if (letter == -1) {
      break;
    }
    if (letter != 'o') {
      return sch_complain_usage(command, "%s: unknown, or its argument is missing or too much",
                                words[optind - 1]);
    }
    if (of[at]->kind == HELP) {
      print_help(options->server);
      return SCH_EXIT_CLEAN;
    }
    if (!put(options, of[at], optarg)) {
      return sch_complain_usage(command, "--%s does not take '%s'", of[at]->name, optarg);
    }
  }
  if (optind + 1 != count) {
    return sch_complain_usage(command, "one argument is due: %s",
                              options->server ? "PORT" : "HOST:PORT");
  }
  options->place = words[optind];
  return -1;
}
