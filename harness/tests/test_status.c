/* Unit tests of sspi/status: that the table is whole, and what the values are.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "sspi/status.h"

#include "test.h"

/* Values and classes that a caller's control flow hangs on, as winerror.h has them. */
TEST(values) {
  const struct {
    uint32_t value;
    enum sch_status_class class;
    const char *name;
  } known[] = {
      {0x00000000, SCH_STATUS_DONE, "SEC_E_OK"},
      {0x00090312, SCH_STATUS_AGAIN, "SEC_I_CONTINUE_NEEDED"},
      {0x00090317, SCH_STATUS_CLOSE, "SEC_I_CONTEXT_EXPIRED"},
      {0x00090320, SCH_STATUS_AGAIN, "SEC_I_INCOMPLETE_CREDENTIALS"},
      {0x00090321, SCH_STATUS_AGAIN, "SEC_I_RENEGOTIATE"},
      {0x80090300, SCH_STATUS_FATAL, "SEC_E_INSUFFICIENT_MEMORY"},
      {0x80090301, SCH_STATUS_FATAL, "SEC_E_INVALID_HANDLE"},
      {0x80090304, SCH_STATUS_FATAL, "SEC_E_INTERNAL_ERROR"},
      {0x80090308, SCH_STATUS_FATAL, "SEC_E_INVALID_TOKEN"},
      {0x8009030f, SCH_STATUS_FATAL, "SEC_E_MESSAGE_ALTERED"},
      {0x80090318, SCH_STATUS_AGAIN, "SEC_E_INCOMPLETE_MESSAGE"},
      {0x80090321, SCH_STATUS_FATAL, "SEC_E_BUFFER_TOO_SMALL"},
      {0x80090325, SCH_STATUS_FATAL, "SEC_E_UNTRUSTED_ROOT"},
      {0x80090326, SCH_STATUS_FATAL, "SEC_E_ILLEGAL_MESSAGE"},
      {0x80090330, SCH_STATUS_FATAL, "SEC_E_DECRYPT_FAILURE"},
      {0x80092010, SCH_STATUS_FATAL, "CRYPT_E_REVOKED"},
  };

  for (size_t i = 0; i < SCH_COUNT(known); i++) {
    const struct sch_status *row = sch_status_of((SECURITY_STATUS)known[i].value);

    CHECK_EQUAL((uint32_t)row->value, known[i].value);
    CHECK_EQUAL(row->class, known[i].class);
    CHECK(strcmp(row->name, known[i].name) == 0);
  }
}

/* Every row is found by its value, so that no value has two rows, and says something. */
TEST(rows) {
  size_t count;
  const struct sch_status *rows = sch_status_table(&count);

  CHECK(count >= 30);
  for (size_t i = 0; i < count; i++) {
    CHECK(sch_status_of(rows[i].value) == &rows[i]);
    CHECK(strncmp(rows[i].name, "SEC_", 4) == 0 || strncmp(rows[i].name, "CRYPT_", 6) == 0);
    CHECK(strlen(rows[i].text) > 0);
    CHECK(rows[i].text[strlen(rows[i].text) - 1] != '.');
  }
}

/* Success is one row, and a failure is never fatal-looking but harmless: only one may go on. */
TEST(classes) {
  size_t count;
  size_t done = 0;
  const struct sch_status *rows = sch_status_table(&count);

  for (size_t i = 0; i < count; i++) {
    done += rows[i].class == SCH_STATUS_DONE;
    CHECK(rows[i].value >= 0 || rows[i].class == SCH_STATUS_FATAL ||
          rows[i].value == SEC_E_INCOMPLETE_MESSAGE);
  }
  CHECK_EQUAL(done, 1);
}

/* A status outside the table is fatal, whatever its sign. */
TEST(unknown) {
  const SECURITY_STATUS values[] = {1, -1, INT32_MAX, INT32_MIN, 0x00090322};

  for (size_t i = 0; i < SCH_COUNT(values); i++) {
    const struct sch_status *row = sch_status_of(values[i]);

    CHECK_EQUAL(row->class, SCH_STATUS_FATAL);
    CHECK_EQUAL(row->value, SEC_E_INTERNAL_ERROR);
    CHECK(row != sch_status_of(SEC_E_INTERNAL_ERROR));
  }
}

TESTS(values, rows, classes, unknown)
