/* Unit tests of checked: a caller that breaks the contract is stopped, one that keeps it is not.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "checked.h"

#include "ends.h"
#include "test.h"

static SecurityFunctionTable *table;

/* One client context through the table, and the server that it is joined to, which is not. */
struct pair {
  struct sch_end client;
  struct sch_end server;
};

static SecBufferDesc describe(SecBuffer *slots, ULONG count) {
  return (SecBufferDesc){SECBUFFER_VERSION, count, slots};
}

/* step makes one handshake call of the client with all that it holds. */
static SECURITY_STATUS step(struct pair *pair) {
  struct sch_end *client = &pair->client;
  const struct sch_span held = sch_fifo_held(&client->held);
  SecBuffer in[] = {{(ULONG)held.size, SECBUFFER_TOKEN, sch_fifo_lend(&client->held)},
                    {0, SECBUFFER_EMPTY, NULL}};
  SecBuffer out = {0, SECBUFFER_TOKEN, NULL};
  SecBufferDesc in_desc = describe(in, 2);
  SecBufferDesc out_desc = describe(&out, 1);
  const SECURITY_STATUS status = table->InitializeSecurityContextA(
      &client->credential, client->has_context ? &client->context : NULL, NULL,
      ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_EXTENDED_ERROR, 0, 0, held.size == 0 ? NULL : &in_desc, 0,
      &client->context, &out_desc, NULL, NULL);

  client->has_context = true;
  if (out.pvBuffer != NULL) {
    CHECK(sch_fifo_append(&client->sent, sch_span_of(out.pvBuffer, out.cbBuffer)));
    CHECK_EQUAL(table->FreeContextBuffer(out.pvBuffer), SEC_E_OK);
  }
  sch_fifo_consume(&client->held, held.size);
  return status;
}

static void begin(struct pair *pair) {
  table = sch_checked_table();
  sch_end_open(&pair->client, SCH_ENDS_AEAD_1_3, false);
  sch_end_open(&pair->server, SCH_ENDS_AEAD_1_3, true);
  CHECK_EQUAL(step(pair), SEC_I_CONTINUE_NEEDED);
}

static void join(struct pair *pair) {
  begin(pair);
  sch_end_take(&pair->server, &pair->client);
  CHECK_EQUAL(sch_end_step(&pair->server), SEC_E_OK);
  sch_end_take(&pair->client, &pair->server);
  CHECK_EQUAL(step(pair), SEC_E_OK);
}

static void end(struct pair *pair) {
  CHECK_EQUAL(table->DeleteSecurityContext(&pair->client.context), SEC_E_OK);
  pair->client.has_context = false;
  sch_end_drop(&pair->client);
  sch_end_drop(&pair->server);
  sch_checked_end();
}

static SECURITY_STATUS decrypt(struct pair *pair, struct sch_span wire) {
  uint8_t bytes[256];
  SecBuffer slots[] = {{(ULONG)wire.size, SECBUFFER_DATA, bytes},
                       {0, SECBUFFER_EMPTY, NULL},
                       {0, SECBUFFER_EMPTY, NULL},
                       {0, SECBUFFER_EMPTY, NULL}};
  SecBufferDesc desc = describe(slots, 4);

  sch_copy(bytes, wire.data, wire.size);
  return table->DecryptMessage(&pair->client.context, &desc, 0, NULL);
}

/* A caller that keeps to the contract is let through, with every answer as it is. */
TEST(good_conduct) {
  struct pair pair;

  join(&pair);
  CHECK_EQUAL(sch_end_seal(&pair.server, sch_span_text("plaintext that is long enough")), SEC_E_OK);
  const struct sch_span wire = sch_fifo_held(&pair.server.sent);

  CHECK_EQUAL(decrypt(&pair, sch_span_first(wire, 4)), SEC_E_INCOMPLETE_MESSAGE);
  CHECK_EQUAL(decrypt(&pair, sch_span_first(wire, wire.size - 1)), SEC_E_INCOMPLETE_MESSAGE);
  CHECK_EQUAL(decrypt(&pair, wire), SEC_E_OK);
  end(&pair);
}

/* Records before the handshake is done, or after a failure, go to nobody; the alert of that failure
 * is fetched once. */
TEST(wrong_phase) {
  static const uint8_t bad[] = {23, 3, 3, 0, 0};
  static const uint8_t record[] = {23, 3, 3, 0, 17, 0, 0, 0, 0, 0, 0,
                                   0,  0, 0, 0, 0,  0, 0, 0, 0, 0, 0};
  struct pair pair;

  begin(&pair);
  CHECK_ABORTS((void)decrypt(&pair, sch_span_of(bad, sizeof bad)));
  end(&pair);
  join(&pair);
  CHECK_EQUAL(decrypt(&pair, sch_span_of(record, sizeof record)), SEC_E_MESSAGE_ALTERED);
  CHECK_ABORTS((void)decrypt(&pair, sch_span_of(record, sizeof record)));
  CHECK_EQUAL(step(&pair), SEC_E_MESSAGE_ALTERED);
  CHECK_EQUAL(sch_fifo_held(&pair.client.sent).size, 24);
  CHECK_ABORTS((void)step(&pair));
  end(&pair);
}

/* A context that is none, or no more, is used by nobody. */
TEST(dead_handles) {
  struct pair pair;

  join(&pair);
  CHECK_EQUAL(table->DeleteSecurityContext(&pair.client.context), SEC_E_OK);
  CHECK_ABORTS((void)table->DeleteSecurityContext(&pair.client.context));
  CHECK_ABORTS((void)table->DeleteSecurityContext(&pair.server.context));
  CHECK_ABORTS((void)step(&pair));
  pair.client.has_context = false;
  sch_end_drop(&pair.client);
  sch_end_drop(&pair.server);
  sch_checked_end();
}

/* Every buffer is given back once, and every context is deleted. */
TEST(ownership) {
  struct pair pair;

  table = sch_checked_table();
  CHECK_ABORTS((void)table->FreeContextBuffer(NULL));
  CHECK_ABORTS((void)table->FreeContextBuffer(sch_alloc(1)));
  begin(&pair);
  CHECK_ABORTS(sch_checked_end());
  end(&pair);
}

TESTS(good_conduct, wrong_phase, dead_handles, ownership)
