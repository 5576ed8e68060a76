/* Unit tests of the trace and of the stages.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "trace.h"

#include "test.h"

static struct sch_trace saved;

/* same compares with stderr closed: a difference is expected, and printing it is not. */
static bool same_quietly(void) {
  const pid_t child = test_fork();
  int state = 0;

  if (child == 0) {
    _exit(sch_trace_same(&saved) ? 0 : 3);
  }
  CHECK(waitpid(child, &state, 0) == child && WIFEXITED(state));
  return WEXITSTATUS(state) == 0;
}

/* A trace is the same as itself, and differs by any name, number, order or length. */
TEST(comparing) {
  sch_trace_reset();
  sch_trace_event("a", 1, 2);
  sch_trace_event("b", 3, 4);
  sch_trace_save(&saved);
  CHECK(sch_trace_same(&saved));

  sch_trace_reset();
  sch_trace_event("a", 1, 2);
  CHECK(!same_quietly());
  sch_trace_event("b", 3, 5);
  CHECK(!same_quietly());
  sch_trace_reset();
  sch_trace_event("a", 1, 2);
  sch_trace_event("b", 3, 4);
  CHECK(sch_trace_same(&saved));
  sch_trace_event("c", 0, 0);
  CHECK(!same_quietly());
  sch_trace_reset();
  sch_trace_event("b", 3, 4);
  sch_trace_event("a", 1, 2);
  CHECK(!same_quietly());
  sch_trace_reset();
  CHECK(!same_quietly());
}

static void pieces(size_t first, size_t second) {
  static const uint8_t bytes[] = "neighbouring pieces of one stream are one event";
  struct sch_span rest = {bytes, sizeof bytes};
  struct sch_span piece;

  sch_trace_reset();
  CHECK(sch_span_take(&rest, first, &piece));
  sch_trace_bytes("wire", piece);
  CHECK(sch_span_take(&rest, second, &piece));
  sch_trace_bytes("wire", piece);
  sch_trace_bytes("wire", rest);
}

/* The same bytes are the same event at every pair of cuts, and other bytes are another. */
TEST(streams) {
  const size_t size = sizeof "neighbouring pieces of one stream are one event";

  pieces(0, 0);
  sch_trace_save(&saved);
  CHECK_EQUAL(saved.count, 1);
  CHECK_EQUAL(saved.events[0].first, size);
  for (size_t first = 0; first <= size; first++) {
    for (size_t second = 0; first + second <= size; second++) {
      pieces(first, second);
      CHECK(sch_trace_same(&saved));
    }
  }
  sch_trace_reset();
  sch_trace_bytes("wire", sch_span_of("neighbouring pieces of one stream are one eventX", size));
  CHECK(!same_quietly());
}

/* An event, or another stream, between two pieces keeps them apart. */
TEST(streams_apart) {
  sch_trace_reset();
  sch_trace_bytes("wire", sch_span_text("a"));
  sch_trace_bytes("plain", sch_span_text("b"));
  sch_trace_bytes("wire", sch_span_text("c"));
  CHECK_EQUAL(sch_trace_now.count, 3);
  sch_trace_event("record", 1, 1);
  sch_trace_bytes("wire", sch_span_text("d"));
  CHECK_EQUAL(sch_trace_now.count, 5);
  sch_trace_bytes("wire", sch_span_text(""));
  CHECK_EQUAL(sch_trace_now.count, 5);
}

/* An event that happens to have the name of a stream is not joined by its bytes. */
TEST(event_is_no_stream) {
  sch_trace_reset();
  sch_trace_event("wire", 1, 1);
  sch_trace_bytes("wire", sch_span_text("a"));
  CHECK_EQUAL(sch_trace_now.count, 2);
}

static void many(size_t count, size_t odd) {
  sch_trace_reset();
  for (size_t i = 0; i < count; i++) {
    sch_trace_event("tick", i, i == odd);
  }
}

/* A trace longer than its room still knows all its events, the first as well as the last. */
TEST(long_traces) {
  const size_t count = 3 * SCH_TRACE_MAX + 7;

  many(count, SIZE_MAX);
  sch_trace_save(&saved);
  const uint64_t digest = sch_trace_digest();

  CHECK_EQUAL(saved.count, count);
  many(count, SIZE_MAX);
  CHECK(sch_trace_same(&saved));
  CHECK(sch_trace_digest() == digest);
  const size_t odd[] = {0, 1, SCH_TRACE_MAX - 1, SCH_TRACE_MAX, count - SCH_TRACE_MAX, count - 1};

  for (size_t i = 0; i < SCH_COUNT(odd); i++) {
    many(count, odd[i]);
    CHECK(!same_quietly());
    CHECK(sch_trace_digest() != digest);
  }
  many(count + 1, SIZE_MAX);
  CHECK(!same_quietly());
  many(count - 1, SIZE_MAX);
  CHECK(!same_quietly());
}

/* A trace of exactly its room, and one more. */
TEST(room_ends) {
  many(SCH_TRACE_MAX, SIZE_MAX);
  sch_trace_save(&saved);
  CHECK_EQUAL(saved.digest, 0);
  CHECK(sch_trace_same(&saved));
  many(SCH_TRACE_MAX + 1, SIZE_MAX);
  CHECK(sch_trace_now.digest != 0);
  CHECK(!same_quietly());
}

/* A stage counts once for each input, however often it is reached. */
TEST(stages) {
  const uint64_t before = sch_stage_inputs(SCH_STAGE_keys);

  sch_stage_reset();
  sch_stage(SCH_STAGE_keys);
  sch_stage(SCH_STAGE_keys);
  CHECK_EQUAL(sch_stage_inputs(SCH_STAGE_keys), before + 1);
  sch_trace_reset();
  sch_stage(SCH_STAGE_keys);
  CHECK_EQUAL(sch_stage_inputs(SCH_STAGE_keys), before + 1);
  sch_stage_reset();
  sch_stage(SCH_STAGE_keys);
  CHECK_EQUAL(sch_stage_inputs(SCH_STAGE_keys), before + 2);
  CHECK_EQUAL(sch_stage_inputs(SCH_STAGE_hello), 0);
  CHECK(strcmp(sch_stage_name(SCH_STAGE_hello), "hello") == 0);
  CHECK(strcmp(sch_stage_name(SCH_STAGE_close), "close") == 0);
  CHECK_ABORTS(sch_stage(SCH_STAGE_COUNT));
  CHECK_ABORTS((void)sch_stage_inputs(SCH_STAGE_COUNT));
  CHECK_ABORTS((void)sch_stage_name(SCH_STAGE_COUNT));
}

TESTS(comparing, streams, streams_apart, event_is_no_stream, long_traces, room_ends, stages)
