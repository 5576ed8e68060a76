/* Unit tests without memory: two streams, from their credentials to their close, with one
 * allocation failing, for every one there is, of the library and of OpenSSL. Each run ends in a
 * status, and all that was taken is given back.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "joined.h"
#include "sspi/certcontext.h"
#include "sspi/handle.h"

/* OpenSSL's allocations failed for each conversation, evenly spread: a handshake makes thousands.
 */
#define OPENSSL_RUNS 400

static struct sch_stream_verdict accept_peer(void *context, const struct sch_stream_peer *peer) {
  (void)context, (void)peer;
  return (struct sch_stream_verdict){.status = SEC_E_OK};
}

/* converse says whether all that was said was heard. */
static bool converse(size_t kind) {
  static SEC_CHAR name[] = SCH_IDENTITY_HOST;
  const struct sch_stream_settings settings = {.table = sch_checked_table(),
                                               .target_name = name,
                                               .protocols = sch_span_text("\2h2"),
                                               .verify = accept_peer,
                                               .client_certificate = true,
                                               .read_limit = 500};
  struct pair pair = {.sip = 700, .close = true};
  const bool opened =
      pair_open_end(&pair, kind, false, &settings) && pair_open_end(&pair, kind, true, &settings);

  if (opened) {
    pair_talk(&pair);
  } else {
    CHECK(pair.failed < 0);
  }
  for (size_t i = 0; opened && i < 2; i++) {
    CHECK_EQUAL(sch_stream_state(pair.ends[i].stream), SCH_STREAM_CLOSED);
    CHECK(sch_stream_status(pair.ends[i].stream) != SEC_E_OK);
  }
  const bool perfect = opened && pair.ends[0].heard == PAIR_SAY && pair.ends[1].heard == PAIR_SAY &&
                       sch_stream_status(pair.ends[0].stream) == SEC_I_CONTEXT_EXPIRED &&
                       sch_stream_status(pair.ends[1].stream) == SEC_I_CONTEXT_EXPIRED;

  pair_close(&pair);
  return perfect;
}

/* Runs that a lack of memory did not disturb. */
static size_t got_over;

/* sessions_of: how many a client of libssl is offered to keep: all that the library can do without.
 */
static size_t sessions_of(size_t kind) {
  return kind == SCH_ENDS_OPENSSL_1_2 ? 1 : kind == SCH_ENDS_OPENSSL_1_3 ? 2 : 0;
}

/* run fails allocation `nth`; false when there was none of that number. */
static bool run(size_t kind, enum sch_starve_kind of, uint64_t nth, uint64_t *count) {
  const size_t blocks = sch_starve_live();
  const size_t handles = sch_handle_count();

  sch_starve_begin(of, nth);
  const bool perfect = converse(kind);
  const bool starved = sch_starved();

  *count = sch_starve_end();
  CHECK_EQUAL(sch_starve_live(), blocks);
  CHECK_EQUAL(sch_handle_count(), handles);
  CHECK_EQUAL(sch_certcontext_count(), 0);
  CHECK(perfect || starved); /* only a lack of memory excuses */
  got_over += perfect && starved;
  return starved;
}

static void sweep(size_t kind, enum sch_starve_kind of) {
  uint64_t count;
  uint64_t unused;

  (void)run(kind, of, 0, &unused);
  (void)run(kind, of, 0, &count);
  const uint64_t stride =
      of == SCH_STARVE_LIBRARY || count <= OPENSSL_RUNS ? 1 : count / OPENSSL_RUNS;
  uint64_t nth = 1;

  got_over = 0;
  while (run(kind, of, nth, &unused)) {
    nth += stride;
  }
  CHECK(nth > count);
  CHECK(of == SCH_STARVE_OPENSSL || got_over == sessions_of(kind));
  (void)printf("  kind %zu: %s, allocations 1 to %llu, every %llu.\n", kind,
               of == SCH_STARVE_LIBRARY ? "library" : "OpenSSL", (unsigned long long)count,
               (unsigned long long)stride);
}

TEST(library) {
  for (size_t kind = 0; kind < SCH_ENDS_KINDS; kind++) {
    sweep(kind, SCH_STARVE_LIBRARY);
  }
}

TEST(openssl) {
  for (size_t kind = 0; kind < SCH_ENDS_KINDS; kind++) {
    sweep(kind, SCH_STARVE_OPENSSL);
  }
}

/* What is held is not counted and not failed, and it nests. */
TEST(held) {
  sch_starve_begin(SCH_STARVE_LIBRARY, 1);
  sch_starve_hold();
  sch_starve_hold();
  void *first = sch_alloc(1);
  sch_starve_release();
  void *second = sch_alloc(1);
  sch_starve_release();
  void *own = sch_own_alloc(1);
  CHECK(first != NULL);
  CHECK(second != NULL);
  CHECK(own != NULL);
  CHECK(!sch_starved());
  CHECK(sch_alloc(1) == NULL);
  CHECK(sch_starved());
  void *third = sch_alloc(1);
  CHECK(third != NULL);
  CHECK_EQUAL(sch_starve_end(), 2);
  CHECK(!sch_starved());
  sch_free(first);
  sch_free(second);
  sch_free(third);
  sch_free(own);
}

TESTS(held, library, openssl)
