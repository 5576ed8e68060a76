/* Runs the case files of the SSPI contract as written (see contract.h), and holds them against the
 * list of rows: a row without a case and without a reason fails. Run from the top of the tree.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>

#include "contract.h"
#include "test.h"

#define DIRECTORY "harness/tests/cases/sspi"
#define ROWS "harness/tests/cases/sspi.rows"
#define ROWS_MAX 128

static struct {
  char name[12];
  bool excused;
  int cases;
} rows[ROWS_MAX];
static size_t row_count;
static int case_count;
static const char *file_now;
static int line_now;

static void tell(const char *text) {
  test_fail(file_now, line_now, text, "");
}

/* count_rows reads the numbers behind `row`. */
static void count_rows(char *text) {
  char *rest;

  for (char *name = strtok_r(text, " ", &rest); name != NULL; name = strtok_r(NULL, " ", &rest)) {
    size_t i = 0;

    while (i < row_count && strcmp(rows[i].name, name) != 0) {
      i++;
    }
    if (i == row_count) {
      tell("no such row");
    } else {
      rows[i].cases++;
    }
  }
}

static void run_line(char *line) {
  case_count += line[0] == '#';
  if (strncmp(line, "row ", 4) == 0) {
    count_rows(line + 4);
  } else {
    sch_contract_line(line);
  }
}

static void run_file(const char *path) {
  FILE *file = fopen(path, "r");
  char line[512];

  REQUIRE(file != NULL);
  file_now = path;
  line_now = 0;
  while (fgets(line, sizeof line, file) != NULL) {
    line_now++;
    line[strcspn(line, "\n")] = '\0';
    run_line(line);
  }
  sch_contract_close();
  (void)fclose(file);
}

/* read_rows reads lines of a row's number and its text; ` -- ` in the text begins a reason why
 * there is no case. */
static void read_rows(void) {
  FILE *file = fopen(ROWS, "r");
  char line[512];

  REQUIRE(file != NULL);
  while (fgets(line, sizeof line, file) != NULL) {
    const size_t size = strcspn(line, " \n");

    if (line[0] != '#' && size != 0) {
      REQUIRE(row_count < ROWS_MAX);
      REQUIRE(size < sizeof rows[0].name);
      sch_copy(rows[row_count].name, line, size);
      rows[row_count++].excused = strstr(line, " -- ") != NULL;
    }
  }
  (void)fclose(file);
}

/* Every case file runs as written. */
TEST(cases) {
  DIR *directory = opendir(DIRECTORY);
  const struct dirent *entry;
  char path[512];

  REQUIRE(directory != NULL);
  sch_contract_start(tell, &sch_contract_seal_aead);
  read_rows();
  while ((entry = readdir(directory)) != NULL) {
    if (strstr(entry->d_name, ".txt") != NULL) {
      (void)snprintf(path, sizeof path, DIRECTORY "/%s", entry->d_name);
      run_file(path);
    }
  }
  (void)closedir(directory);
  CHECK(case_count >= 50);
}

/* Every row of the contract has a case or a reason, and none has both. */
TEST(coverage) {
  CHECK(row_count >= 60);
  for (size_t i = 0; i < row_count; i++) {
    if ((rows[i].cases == 0) == !rows[i].excused) {
      test_fail(ROWS, (int)i + 1, rows[i].name,
                rows[i].excused ? "has a case and a reason for none" : "has no case");
    }
  }
}

/* is_seen runs the lines of a case that is wrong, apart, and says whether that is seen. */
static bool is_seen(const char *text) {
  int state;
  const pid_t child = test_fork();

  if (child == 0) {
    char lines[512];
    char *rest;

    (void)snprintf(lines, sizeof lines, "%s", text);
    if (freopen("/dev/null", "w", stdout) == NULL) {
      _exit(1);
    }
    char engine[] = "engine aead1.3";

    file_now = __FILE__;
    sch_contract_line(engine);
    for (char *line = strtok_r(lines, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest)) {
      run_line(line);
    }
    _exit(test_failures == 0 ? 1 : 0);
  }
  return waitpid(child, &state, 0) == child && WIFEXITED(state) && WEXITSTATUS(state) == 0;
}

/* What a case says is held against what happens, all of it: each of these is wrong in one word. */
TEST(mistakes) {
  static const char *const wrong[] = {
      "client ISC -> SEC_E_OK",
      "client ISC ->",
      "client ISC",
      "client ISC -> SEC_I_CONTINUE_NEEDED out TOKEN=8 ALERT=0 EMPTY",
      "client ISC -> SEC_I_CONTINUE_NEEDED out TOKEN>9 ALERT=0 EMPTY",
      "client ISC -> SEC_I_CONTINUE_NEEDED out TOKEN=9 EMPTY=0 EMPTY",
      "client ISC -> SEC_I_CONTINUE_NEEDED out TOKEN=9 ALERT=0",
      "client ISC -> SEC_I_CONTINUE_NEEDED out TOKEN=9 ALERT=0 EMPTY EMPTY",
      "client ISC -> SEC_I_CONTINUE_NEEDED TOKEN=9",
      "client ISC -> SEC_I_CONTINUE_NEEDED\nsent nothing",
      "client ISC -> SEC_I_CONTINUE_NEEDED\nsent 16 03 01 00 04 01 00 00 01",
      "client ISC -> SEC_I_CONTINUE_NEEDED\ngranted 0",
      "client ISC TOKENS -> SEC_I_CONTINUE_NEEDED",
      "client ISC TOKEN=x -> SEC_I_CONTINUE_NEEDED",
      "client Sleep",
      "nobody ISC -> SEC_I_CONTINUE_NEEDED",
      "row 9.9-9",
      "engine tls1.1",
      "personality winxp",
      "joined\npersonality win7",
      "joined\nengine tls1.2",
      "joined\njoined",
      "joined\nclient gets 1",
      "joined\nclient spoils 0",
      "joined\nclient Query STREAM_SIZES -> SEC_E_OK 5 17 16384 4 2",
      "joined\nclient Query SIZES -> SEC_E_OK",
      "joined\nclient Query APPLICATION_PROTOCOL -> SEC_E_OK h2",
      "joined\nclient Query CONNECTION_INFO -> SEC_E_OK 128 1",
      "joined\nclient Query SESSION_INFO -> SEC_E_OK 1",
      "client Query SUPPORTED_PROTOCOLS -> SEC_E_OK 800",
      "joined\nclient gets sealed data 3\n"
      "client Decrypt DATA EMPTY EMPTY EMPTY -> SEC_E_OK HEADER=5 DATA=3 TRAILER=17 EXTRA=1",
      "joined\nclient gets sealed message 61 62 63\n"
      "client Decrypt DATA EMPTY EMPTY EMPTY -> SEC_E_OK",
  };

  CHECK(!is_seen("client ISC -> SEC_I_CONTINUE_NEEDED\nsent 16 03 01 00 04 01 00 00 00"));
  CHECK(!is_seen("joined\nclient Query STREAM_SIZES -> SEC_E_OK 5 17 16384 4 1"));
  for (size_t i = 0; i < SCH_COUNT(wrong); i++) {
    if (!is_seen(wrong[i])) {
      test_fail(__FILE__, __LINE__, __func__, wrong[i]);
    }
  }
}

TESTS(cases, coverage, mistakes)
