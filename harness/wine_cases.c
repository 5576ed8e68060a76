/* wine_cases: runs the case files of the SSPI contract on Windows' own Schannel, which here is
 * Wine's: the client's lines with the functions of secur32, the server's in a process of its own
 * (wine_far) behind standard input and output. Each libssl engine of a case is TLS 1.2, and so are
 * the others, with real keys, as far as a case needs nothing of them but sealed records.
 *
 *   wine_cases REPORT IDENTITY SKIP FILE...
 *
 * appends facts to REPORT, words parted by tabs; scripts/wine.sh judges them:
 *
 *   case FILE TITLE run|own-engine|server|tls1.3|personality   why a case cannot be run, if it
 * cannot line FILE TITLE LINE TEXT                      what is not as the line says
 *
 * The first SKIP cases are passed over. Exit status 99 when a line crashes the provider.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "wine_cases.h"

#include <fcntl.h>
#include <io.h>
#include <stdlib.h>
#include <string.h>

#include "contract.h"
#include "frame.h"

#define LINES_MAX 64
#define LINE_SIZE 512
#define WIRE_MAX ((size_t)1 << 20)
#define EXIT_CRASH 99
#define TLS_1_3_ROW "1.3-8" /* tickets and KeyUpdate */

const char *sch_wine_identity;

static FILE *report;
static long skipped; /* cases still to be passed over */

/* The case in hand: a file's name, a title, and its lines. */
static struct {
  const char *file;
  char title[LINE_SIZE];
  char lines[LINES_MAX][LINE_SIZE];
  size_t count;
  bool own_engine;
  bool other_version; /* it is written for TLS 1.3 */
  const char *line;   /* the one that is running */
  char faults[1024];
  bool far_was_last; /* `sent` and `granted` are about the far end */
} one;

static void note(const char *text) {
  const size_t held = strlen(one.faults);

  (void)snprintf(one.faults + held, sizeof one.faults - held, "%s%s", held == 0 ? "" : "; ", text);
}

static void print_faults(void) {
  if (one.faults[0] != '\0') {
    (void)fprintf(report, "line\t%s\t%s\t%s\t%s\n", one.file, one.title, one.line, one.faults);
    (void)fflush(report);
    one.faults[0] = '\0';
  }
}

/* The rest of the case, and the far end, are lost with this process; who started it goes on. */
static LONG WINAPI crash(EXCEPTION_POINTERS *what) {
  (void)what;
  note("crashes");
  print_faults();
  _Exit(EXIT_CRASH);
}

/* ---- lines ---- */

static bool starts(const char *text, const char *with) {
  return strncmp(text, with, strlen(with)) == 0;
}

/* ask_far has a line run at the far end, and takes its bytes. */
static void ask_far(const char *line, bool ends) {
  struct sch_fifo faults = {0};
  struct sch_fifo none = {0};
  struct sch_fifo *sent = ends ? &sch_contract_end(0)->sent : &none;
  const struct sch_span wire = sch_fifo_held(sent);
  char text[256] = "";

  sch_fifo_open(&faults, WIRE_MAX);
  ENSURE(sch_frame_write(stdout, sch_span_text(line)));
  ENSURE(sch_frame_write(stdout, wire));
  sch_fifo_consume(sent, wire.size);
  ENSURE(sch_frame_read(stdin, &faults));
  ENSURE(sch_frame_read(stdin, ends ? &sch_contract_end(1)->sent : &none));
  ENSURE(sch_frame_read(stdin, ends ? &sch_contract_end(0)->held : &none));

  const struct sch_span said = sch_fifo_held(&faults);

  if (said.size != 0) {
    (void)snprintf(text, sizeof text, "far: %.*s", (int)said.size, (const char *)said.data);
    note(text);
  }
  sch_fifo_drop(&faults);
}

/* cut_answer leaves of the server's answer the status when the case is written for another version:
 * the sizes would be another's, and are not what is asked here. */
static void cut_answer(char *line) {
  char *answer = strstr(line, "-> ");

  if (answer != NULL && one.other_version) {
    answer[3 + strcspn(answer + 3, " ")] = '\0';
  }
}

static void run_line(const char *text) {
  char line[LINE_SIZE];

  if (starts(text, "server ") || starts(text, "peer ") || strstr(text, " gets sealed ") != NULL ||
      (one.far_was_last && (starts(text, "sent ") || starts(text, "granted ")))) {
    one.far_was_last = true;
    (void)snprintf(line, sizeof line, "%s", text);
    cut_answer(line);
    ask_far(line, true);
  } else {
    one.far_was_last = one.far_was_last && !starts(text, "client ");
    (void)snprintf(line, sizeof line, "%s", text);
    sch_contract_line(line);
  }
}

/* sch_ends_join: a TLS 1.2 handshake, as a case would spell it; with the peer when the case has an
 * engine of our own. */
bool sch_ends_join(struct sch_end *client, struct sch_end *server) {
  static const char *const ours[] = {
      "client ISC -> SEC_I_CONTINUE_NEEDED",
      "server gets all",
      "server ASC TOKEN EMPTY -> SEC_I_CONTINUE_NEEDED",
      "client gets all",
      "client ISC TOKEN EMPTY -> SEC_I_CONTINUE_NEEDED",
      "server gets all",
      "server ASC TOKEN EMPTY -> SEC_E_OK",
      "client gets all",
      "client ISC TOKEN EMPTY -> SEC_E_OK",
  };
  static const char *const peers[] = {
      "peer opens",
      "client ISC -> SEC_I_CONTINUE_NEEDED",
      "peer hears",
      "client gets all",
      "client ISC TOKEN EMPTY -> SEC_I_CONTINUE_NEEDED",
      "peer hears",
      "client gets all",
      "client ISC TOKEN EMPTY -> SEC_E_OK",
      "peer seals",
  };

  (void)client;
  (void)server;
  for (size_t i = 0; i < SCH_COUNT(ours); i++) {
    run_line(one.own_engine ? peers[i] : ours[i]);
  }
  return one.faults[0] == '\0';
}

/* ---- cases ---- */

/* classify says whether a case can be run, or why not. One whose client does no more than begin is
 * about the server. */
static const char *classify(void) {
  bool client = false;
  bool server = false;
  bool joined = false;
  bool later = false;
  bool another = false;

  one.own_engine = false;
  one.other_version = true;
  for (size_t i = 0; i < one.count; i++) {
    const char *line = one.lines[i];

    one.own_engine = one.own_engine || starts(line, "engine aead");
    one.other_version =
        one.other_version && !(starts(line, "engine ") && strstr(line, "1.2") != NULL);
    joined = joined || strcmp(line, "joined") == 0;
    server = server || starts(line, "server ");
    later = later || (starts(line, "row ") && strstr(line, TLS_1_3_ROW) != NULL);
    another = another || (starts(line, "personality ") && strcmp(line, "personality wine") != 0) ||
              strstr(line, " package=Schannel_") != NULL; /* of ours: nobody else has it */
    client = client || (starts(line, "client ") && strchr(line, '>') != NULL &&
                        strcmp(line, "client ISC -> SEC_I_CONTINUE_NEEDED") != 0);
  }
  return another                                 ? "personality"
         : later                                 ? "tls1.3"
         : !client                               ? "server"
         : one.own_engine && (!joined || server) ? "own-engine"
                                                 : "run";
}

static void run_case(void) {
  static const char *const openings[] = {"#", "engine tls1.2"};

  for (size_t i = 0; i < SCH_COUNT(openings); i++) {
    char copy[LINE_SIZE];

    (void)snprintf(copy, sizeof copy, "%s", openings[i]);
    ask_far(openings[i], false);
    sch_contract_line(copy);
  }
  one.far_was_last = false;
  for (size_t i = 0; i < one.count; i++) {
    one.line = one.lines[i];
    if (!starts(one.line, "engine ") && !starts(one.line, "row ") &&
        !starts(one.line, "personality ")) {
      run_line(one.line);
      print_faults();
    }
  }
}

static void finish_case(void) {
  if (one.title[0] == '\0') {
    return;
  }
  if (skipped > 0) {
    skipped--;
  } else {
    const char *what = classify();

    (void)fprintf(report, "case\t%s\t%s\t%s\n", one.file, one.title, what);
    (void)fflush(report);
    if (strcmp(what, "run") == 0) {
      run_case();
    }
  }
  one.title[0] = '\0';
  one.count = 0;
}

static void run_file(const char *path) {
  FILE *file = fopen(path, "r");
  const char *slash = strrchr(path, '/');
  char line[LINE_SIZE];

  REQUIRE(file != NULL);
  one.file = slash == NULL ? path : slash + 1;
  while (fgets(line, sizeof line, file) != NULL) {
    line[strcspn(line, "\r\n")] = '\0';
    if (starts(line, "# ")) {
      finish_case();
      (void)snprintf(one.title, sizeof one.title, "%s", line + 2);
    } else if (line[0] != '\0') {
      REQUIRE(one.count < LINES_MAX);
      sch_copy(one.lines[one.count++], line, sizeof line);
    }
  }
  finish_case();
  (void)fclose(file);
}

int main(int count, char **words) {
  if (count < 5) {
    (void)fprintf(stderr, "usage: wine_cases REPORT IDENTITY SKIP FILE...\n");
    return 2;
  }
  (void)SetUnhandledExceptionFilter(crash);
  (void)_setmode(_fileno(stdin), _O_BINARY);
  (void)_setmode(_fileno(stdout), _O_BINARY);
  report = fopen(words[1], "ab");
  sch_wine_identity = words[2];
  skipped = strtol(words[3], NULL, 10);
  REQUIRE(report != NULL);
  sch_contract_start(note, NULL);
  for (int i = 4; i < count; i++) {
    run_file(words[i]);
  }
  sch_contract_close();
  return fclose(report);
}
