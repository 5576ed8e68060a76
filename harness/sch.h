/* sch: the parts of the command line tool. One file for each subcommand; what connect and serve
 * share is in sch_options, sch_credential, sch_link, sch_cat and sch_trace.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_SCH_H
#define SCH_SCH_H

#include <stdio.h>

#include "log.h"
#include "stream/stream.h"

enum sch_exit { SCH_EXIT_CLEAN, SCH_EXIT_FAILED, SCH_EXIT_USAGE };

/* A subcommand gets its own words, words[0] being its name, and gives an enum sch_exit. */
int sch_command_connect(int count, char **words);
int sch_command_serve(int count, char **words);
int sch_command_explain(int count, char **words);
int sch_command_cert(int count, char **words);
int sch_command_crl(int count, char **words);
int sch_command_verify(int count, char **words);

/* sch_parse_file says, by an exit status and in one line, whether every certificate, or CRL, of a
 * file in PEM or DER is well-formed. */
int sch_parse_file(const char *path, bool crls);

/* sch_complain prints one line, "sch: ...", to standard error and returns SCH_EXIT_FAILED. */
int sch_complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* sch_complain_usage is the same for a wrong command line, points at --help, and returns
 * SCH_EXIT_USAGE. */
int sch_complain_usage(const char *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* What the command line says to connect and serve. Strings are those of the command line. */
struct sch_options {
  bool server;
  const char *place;    /* HOST:PORT or PORT */
  const char *name;     /* client: the name to ask for; NULL: the host */
  const char *bind;     /* server: the address to listen on */
  const char *cert;     /* PEM file: the certificate, then its chain */
  const char *key;      /* PEM file; NULL: in `cert` */
  const char *identity; /* a toy identity by its name */
  const char *capture;  /* file for the bytes received from the wire */
  const char *trusted;  /* anchors to judge the peer by: a file, a directory or "system" */
  const char *known;    /* file: certificates that may lead to one of them */
  const char *crl;      /* file: revocation lists */
  const char *peer;     /* client: who the server must be, a host or an address */
  uint8_t protocols[512];
  size_t protocols_size; /* ALPN ProtocolNameList */
  uint16_t version;      /* the only one, or 0 */
  unsigned loop;         /* server: connections to serve, 0: for ever */
  unsigned timeout;      /* seconds without progress, 0: for ever */
  bool client_certificate;
  bool insecure;
  bool trace;
};

/* sch_options_read reads the words of connect or serve. Gives -1 to go on, or the exit status to
 * end with: after --help, or a usage error that it has printed. */
int sch_options_read(struct sch_options *options, int count, char **words);

/* sch_credential_acquire makes the credential that the options ask for, on the real clock and with
 * real randomness. False: the reason has been printed. */
CHECKED bool sch_credential_acquire(const struct sch_options *options, CredHandle *credential);

/* sch_link_run runs one connection on `wire`, a connected socket that is closed at the end, with
 * status lines on standard error; `name` is the server name to ask for, or NULL. */
int sch_link_run(const struct sch_options *options, CredHandle *credential, const char *name,
                 int wire);

/* A TLS cat: standard input to plain in, plain out to standard output, wire ports to a socket. */
struct sch_cat {
  struct sch_stream *stream;
  int wire;                      /* non-blocking; not closed */
  FILE *capture;                 /* or NULL */
  int timeout;                   /* milliseconds without progress, -1: for ever */
  void (*opened)(void *context); /* called once, when data may flow */
  void *context;
};

/* sch_cat_run moves bytes until the stream is closed and all it holds has left. At the end of
 * standard input, or when the peer closes, it closes too. Gives NULL, and sch_stream_status is the
 * result, or what else failed, in words that live for ever; in both cases `*number` is the errno of
 * the wire or of what failed, or 0. */
const char *sch_cat_run(const struct sch_cat *cat, int *number);

/* sch_trace_log is a log sink that prints each event as one line with names for numbers. */
void sch_trace_log(void *context, enum sch_log_code code, uint32_t first, uint32_t second);

#endif
