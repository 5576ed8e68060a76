/* Unit tests of failure: every status at every site has one class, and no failure has none.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "stream/failure.h"

#include "test.h"

/* By site, the class of an ordinary failure and of a close by the peer, as the table of section 3.2
 * of what Qt does has them. */
static const struct {
  enum sch_site site;
  enum sch_failure failure;
  enum sch_failure close;
} rows[] = {
    {SCH_SITE_SETTINGS, SCH_FAILURE_USER, SCH_FAILURE_USER},
    {SCH_SITE_CREDENTIAL, SCH_FAILURE_INTERNAL, SCH_FAILURE_INTERNAL},
    {SCH_SITE_FIRST_CLIENT, SCH_FAILURE_INTERNAL, SCH_FAILURE_INTERNAL},
    {SCH_SITE_FIRST_SERVER, SCH_FAILURE_HANDSHAKE, SCH_FAILURE_CLOSED},
    {SCH_SITE_HANDSHAKE, SCH_FAILURE_HANDSHAKE, SCH_FAILURE_CLOSED},
    {SCH_SITE_QUERY, SCH_FAILURE_INTERNAL, SCH_FAILURE_INTERNAL},
    {SCH_SITE_VERIFY, SCH_FAILURE_HANDSHAKE, SCH_FAILURE_HANDSHAKE},
    {SCH_SITE_DECRYPT, SCH_FAILURE_INTERNAL, SCH_FAILURE_NONE},
    {SCH_SITE_ENCRYPT, SCH_FAILURE_INTERNAL, SCH_FAILURE_NONE},
    {SCH_SITE_CONTROL, SCH_FAILURE_INTERNAL, SCH_FAILURE_NONE},
    {SCH_SITE_WIRE, SCH_FAILURE_CLOSED, SCH_FAILURE_NONE},
};

static void check_status(SECURITY_STATUS status) {
  for (size_t i = 0; i < SCH_COUNT(rows); i++) {
    const bool early = status == SEC_E_CONTEXT_EXPIRED && rows[i].close == SCH_FAILURE_CLOSED;
    const enum sch_failure expected = status == SEC_E_OK                    ? SCH_FAILURE_NONE
                                      : status == SEC_E_INSUFFICIENT_MEMORY ? SCH_FAILURE_INTERNAL
                                      : status == SEC_I_CONTEXT_EXPIRED || early ? rows[i].close
                                                                                 : rows[i].failure;

    CHECK_EQUAL(sch_failure_of(rows[i].site, status), expected);
    CHECK(status >= 0 || expected != SCH_FAILURE_NONE);
  }
}

TEST(every_status_at_every_site) {
  size_t count;
  const struct sch_status *table = sch_status_table(&count);

  CHECK_EQUAL(SCH_COUNT(rows), SCH_SITE_COUNT);
  for (size_t i = 0; i < count; i++) {
    check_status(table[i].value);
    /* And each has one line of text, which does not end like a sentence. */
    const size_t size = strlen(table[i].text);

    CHECK(size != 0);
    CHECK(strpbrk(table[i].text, "\n.") == NULL);
  }
  check_status(1);
  check_status((SECURITY_STATUS)0x8badf00d);
}

/* A clean close is an error nowhere but in a handshake; a truncation is one. */
TEST(ends_of_the_wire) {
  CHECK_EQUAL(sch_failure_of(SCH_SITE_WIRE, SEC_I_CONTEXT_EXPIRED), SCH_FAILURE_NONE);
  CHECK_EQUAL(sch_failure_of(SCH_SITE_WIRE, SEC_E_INCOMPLETE_MESSAGE), SCH_FAILURE_CLOSED);
  CHECK_ABORTS((void)sch_failure_of(SCH_SITE_COUNT, SEC_E_OK));
}

TESTS(every_status_at_every_site, ends_of_the_wire)
