/* test_protocols: lists of ALPN names, whole and broken, and whose order decides.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include "tls/protocols.h"

/* A list is names behind their lengths, and nothing else. */
TEST(legal_lists) {
  uint8_t long_list[65536];

  memset(long_list, 1, sizeof long_list);
  CHECK(sch_protocols_legal(sch_span_of(NULL, 0)));
  CHECK(sch_protocols_legal(sch_span_text("\2h2")));
  CHECK(sch_protocols_legal(sch_span_text("\2h2\10http/1.1")));
  CHECK(!sch_protocols_legal(sch_span_of("\0", 1)));
  CHECK(!sch_protocols_legal(sch_span_of("\2h2\0", 4)));
  CHECK(!sch_protocols_legal(sch_span_text("\3h2")));
  CHECK(sch_protocols_legal(sch_span_of(long_list, 65534)));
  CHECK(!sch_protocols_legal(sch_span_of(long_list, 65536)));
}

static bool chosen(const char *own, const char *offer, const char *wanted) {
  struct sch_span name;

  return sch_protocols_choose(sch_span_text(own), sch_span_text(offer), &name) &&
         sch_span_equal(name, sch_span_text(wanted));
}

/* The first of our own names that is offered wins, however late the offer has it. */
TEST(own_order_decides) {
  struct sch_span name = sch_span_text("as before");

  CHECK(chosen("\2h2\10http/1.1", "\10http/1.1\2h2", "h2"));
  CHECK(chosen("\10http/1.1\2h2", "\2h2\10http/1.1", "http/1.1"));
  CHECK(chosen("\2h3\2h2", "\2h2", "h2"));
  CHECK(!sch_protocols_choose(sch_span_text("\2h3"), sch_span_text("\2h2\1h"), &name));
  CHECK(!sch_protocols_choose(sch_span_text(""), sch_span_text("\2h2"), &name));
  CHECK(!sch_protocols_choose(sch_span_text("\2h2"), sch_span_text("\3h2"), &name));
  CHECK(sch_span_equal(name, sch_span_text("as before")));
}

TESTS(legal_lists, own_order_decides)
