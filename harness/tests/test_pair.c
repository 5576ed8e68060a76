/* Unit tests of what the target stream is made of: operations and their text, a pair of streams,
 * and the three callers of a history, which must be able to differ.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "pair.h"

#include "checked.h"
#include "ends.h"
#include "harness.h"
#include "test.h"
#include "tls/engine_aead.h"

static const struct sch_plan plain_plan = {.options = 0};

static void act(enum sch_stream_operation what, bool server, size_t amount) {
  sch_pair_do(&(struct sch_stream_step){what, server, (uint8_t)amount, amount});
}

static void begin(uint32_t options) {
  const struct sch_plan plan = {.options = options};

  sch_trace_reset();
  sch_world_reset();
  sch_pair_open(&plan, false);
  act(SCH_STREAM_SETTLE, false, 0);
}

/* Operations are two bytes; amounts are read as they are said, and an odd byte is left. */
TEST(operations_are_read) {
  static const uint8_t bytes[] = {0, 127, 0x80, 128, 0, 255, 1, 255, 9};
  static const size_t amounts[] = {127, 64, SCH_STREAM_MUCH, 8192};
  struct sch_span input = sch_span_of(bytes, sizeof bytes);
  struct sch_stream_step step;

  for (size_t i = 0; i < SCH_COUNT(amounts); i++) {
    CHECK(sch_stream_next(&input, &step));
    CHECK_EQUAL(step.what, i == 3 ? SCH_STREAM_SEND : SCH_STREAM_WRITE);
    CHECK_EQUAL(step.server, i == 1);
    CHECK_EQUAL(step.amount, amounts[i]);
  }
  CHECK(!sch_stream_next(&input, &step));
  CHECK_EQUAL(input.size, 1);
}

/* The text of each end is its own, holds the canary in every line, and comes again after a period.
 */
TEST(text_is_the_same_each_time) {
  const struct sch_span client = sch_stream_text(false, 5, 100);

  CHECK(sch_span_equal(client, sch_stream_text(false, 5 + SCH_STREAM_TEXT_PERIOD, 100)));
  CHECK(!sch_span_equal(client, sch_stream_text(true, 5, 100)));
  CHECK(!sch_span_equal(client, sch_stream_text(false, 37, 100)));
  CHECK(memmem(client.data, 63, SCH_STREAM_CANARY, sizeof SCH_STREAM_CANARY - 1) != NULL);
  CHECK_EQUAL(sch_stream_text(true, SCH_STREAM_TEXT_PERIOD - 1, SCH_STREAM_MUCH).size,
              SCH_STREAM_MUCH);
}

/* What goes in at one end comes out at the other, for every kind of connection. */
TEST(pairs_talk) {
  for (size_t kind = 0; kind < SCH_ENDS_KINDS; kind++) {
    const bool libssl = kind >= SCH_ENGINE_AEAD_COUNT;

    begin(libssl ? SCH_STREAM_LIBSSL | (uint32_t)(kind - SCH_ENGINE_AEAD_COUNT) : (uint32_t)kind);
    act(SCH_STREAM_WRITE, false, 100);
    act(SCH_STREAM_WRITE, true, 90);
    act(SCH_STREAM_SETTLE, false, 0);
    CHECK_EQUAL(sch_pair_end(true)->read, 100);
    CHECK_EQUAL(sch_pair_end(false)->read, 90);
    CHECK(!sch_pair_is_excused());
    sch_pair_drop();
  }
}

/* Tampering reaches what is in flight, and only that. */
TEST(tampering) {
  begin(0);
  act(SCH_STREAM_FLIP, true, 3);
  CHECK(!sch_pair_is_excused());
  act(SCH_STREAM_WRITE, false, 10);
  act(SCH_STREAM_WRITE, false, 20);
  act(SCH_STREAM_SEND, false, 0);
  const struct sch_span flight = sch_fifo_held(&sch_pair_end(true)->flight);

  CHECK_EQUAL(flight.size, 74);
  act(SCH_STREAM_SWAP, true, 1);
  CHECK(!sch_pair_is_excused());
  act(SCH_STREAM_SWAP, true, 0);
  CHECK(sch_pair_is_excused());
  CHECK_EQUAL(sch_fifo_held(&sch_pair_end(true)->flight).data[4], 37);
  act(SCH_STREAM_REPEAT, true, 1);
  CHECK_EQUAL(sch_fifo_held(&sch_pair_end(true)->flight).size, 106);
  act(SCH_STREAM_LOSE, true, 0);
  CHECK_EQUAL(sch_fifo_held(&sch_pair_end(true)->flight).size, 64);
  act(SCH_STREAM_SETTLE, false, 0);
  /* The first record, twice: the first time it is what comes next. */
  CHECK_EQUAL(sch_pair_end(true)->read, 10);
  CHECK_EQUAL(sch_stream_status(sch_pair_end(true)->stream), SEC_E_MESSAGE_ALTERED);
  sch_pair_drop();
}

/* What an engine cannot say now it does not say. */
TEST(injections_are_refused) {
  begin(0);
  act(SCH_STREAM_RENEGOTIATE, true, 0);
  act(SCH_STREAM_TICKET, false, 9);
  CHECK_EQUAL(sch_pair_now.injected, 0);
  act(SCH_STREAM_KEY_UPDATE, false, 1);
  act(SCH_STREAM_TICKET, true, 9);
  CHECK_EQUAL(sch_pair_now.injected, 2);
  act(SCH_STREAM_SETTLE, false, 0);
  act(SCH_STREAM_CLOSE, false, 0);
  act(SCH_STREAM_KEY_UPDATE, false, 1);
  CHECK_EQUAL(sch_pair_now.injected, 2);
  sch_pair_drop();
}

/* A history is lived through alike by all three; what does not fit spoils it. */
TEST(twins_agree) {
  const struct sch_pair_end *end = sch_pair_end(true);

  begin(plain_plan.options);
  act(SCH_STREAM_WRITE, false, 100);
  act(SCH_STREAM_WRITE, true, 30);
  act(SCH_STREAM_KEY_UPDATE, false, 1);
  act(SCH_STREAM_SETTLE, false, 0);
  sch_pair_drop();
  CHECK(!sch_pair_history(true)->incomplete);
  const struct sch_twin_result result =
      sch_twin_check(&end->settings, sch_pair_history(true), sch_pair_world, end);

  CHECK_EQUAL(result.plain.size, 100);
  CHECK_EQUAL(result.status, SEC_E_OK);
  CHECK_EQUAL(result.wire.size, end->sent.size);
  CHECK_EQUAL(result.wire.digest, end->sent.digest);
  sch_twin_note(sch_pair_history(true),
                (struct sch_twin_event){SCH_TWIN_WRITE, NULL, 0, SCH_TWIN_TEXT_MAX},
                (struct sch_span){NULL, 0});
  CHECK(sch_pair_history(true)->incomplete);
}

/* A provider that errs only behind EXTRA: it gives back one byte fewer than it left. Whoever hands
 * over one record at a time does not notice, so the twins differ. */
static SECURITY_STATUS forgetful(PCtxtHandle phContext, PSecBufferDesc pMessage, ULONG MessageSeqNo,
                                 PULONG pfQOP) {
  const SECURITY_STATUS status = DecryptMessage(phContext, pMessage, MessageSeqNo, pfQOP);

  for (ULONG i = 0; i < pMessage->cBuffers; i++) {
    if (status == SEC_E_OK && pMessage->pBuffers[i].BufferType == SECBUFFER_EXTRA) {
      pMessage->pBuffers[i].cbBuffer--;
    }
  }
  return status;
}

TEST(twins_differ) {
  const struct sch_pair_end *end = sch_pair_end(true);

  begin(plain_plan.options);
  act(SCH_STREAM_WRITE, false, 100);
  act(SCH_STREAM_WRITE, false, 100);
  act(SCH_STREAM_SETTLE, false, 0);
  sch_pair_drop();
  const pid_t pid = test_fork();

  if (pid == 0) {
    SecurityFunctionTable table = *sch_checked_table();
    struct sch_stream_settings settings = end->settings;

    table.DecryptMessage = forgetful;
    settings.table = &table;
    (void)sch_twin_check(&settings, sch_pair_history(true), sch_pair_world, end);
    _exit(0);
  }
  CHECK(test_aborted(pid));
}

TESTS(operations_are_read, text_is_the_same_each_time, pairs_talk, tampering,
      injections_are_refused, twins_agree, twins_differ)
