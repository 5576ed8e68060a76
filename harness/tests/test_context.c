/* Unit tests of sspi/context: references, what engines refuse, and the first failure, over an
 * engine that only counts.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "sspi/context.h"

#include "test.h"

static SECURITY_STATUS credential_answer;
static SECURITY_STATUS connection_answer;
static int credentials; /* live */
static int connections;
static int credential;
static struct sch_engine engine;

static SECURITY_STATUS credential_open(const struct sch_engine_settings *settings, void **made) {
  (void)settings;
  if (credential_answer == SEC_E_OK) {
    credentials++;
    *made = &credential;
  }
  return credential_answer;
}

static void credential_drop(void *made) {
  CHECK(made == &credential);
  CHECK_EQUAL(connections, 0);
  credentials--;
}

static SECURITY_STATUS connection_open(void *made, const struct sch_engine_wishes *wishes,
                                       struct sch_engine **opened) {
  CHECK(made == &credential);
  CHECK(wishes->client_certificate);
  if (connection_answer == SEC_E_OK) {
    connections++;
    *opened = &engine;
  }
  return connection_answer;
}

static void drop(struct sch_engine *dropped) {
  CHECK(dropped == &engine);
  connections--;
}

static const struct sch_engine_class class = {.name = "counting",
                                              .credential_open = credential_open,
                                              .credential_drop = credential_drop,
                                              .connection_open = connection_open,
                                              .drop = drop};
static const struct sch_engine_settings settings = {.server = true};
static const struct sch_engine_wishes wishes = {.client_certificate = true};

/* A credential lives as long as its handle or one of its contexts. */
TEST(references) {
  struct sch_credential *shared;
  struct sch_context *contexts[2];

  engine.class = &class;
  CHECK_EQUAL(sch_credential_create(&class, &settings, &shared), SEC_E_OK);
  CHECK(shared->server);
  CHECK_EQUAL(shared->references, 1);
  for (size_t i = 0; i < SCH_COUNT(contexts); i++) {
    CHECK_EQUAL(sch_context_create(shared, &wishes, &contexts[i]), SEC_E_OK);
  }
  CHECK_EQUAL(shared->references, 3);
  CHECK_EQUAL(connections, 2);
  sch_credential_release(shared);
  sch_context_drop(contexts[0]);
  CHECK_EQUAL(credentials, 1);
  sch_context_drop(contexts[1]);
  CHECK_EQUAL(credentials, 0);
  CHECK_EQUAL(connections, 0);
}

/* What an engine answers is handed on; nothing is left behind. */
TEST(refusals) {
  struct sch_credential *made = NULL;
  struct sch_context *context = NULL;

  engine.class = &class;
  credential_answer = SEC_E_ALGORITHM_MISMATCH;
  CHECK_EQUAL(sch_credential_create(&class, &settings, &made), SEC_E_ALGORITHM_MISMATCH);
  CHECK(made == NULL);
  credential_answer = SEC_E_OK;
  CHECK_EQUAL(sch_credential_create(&class, &settings, &made), SEC_E_OK);
  connection_answer = SEC_E_UNSUPPORTED_FUNCTION;
  CHECK_EQUAL(sch_context_create(made, &wishes, &context), SEC_E_UNSUPPORTED_FUNCTION);
  CHECK(context == NULL);
  CHECK_EQUAL(made->references, 1);
  connection_answer = SEC_E_OK;
  sch_credential_release(made);
  CHECK_EQUAL(credentials, 0);
}

/* The first failure sticks; only a failure is one. */
TEST(first_failure) {
  struct sch_credential *made;
  struct sch_context *context;

  engine.class = &class;
  CHECK_EQUAL(sch_credential_create(&class, &settings, &made), SEC_E_OK);
  made->manual_validation = true;
  CHECK_EQUAL(sch_context_create(made, &wishes, &context), SEC_E_OK);
  CHECK(context->manual_validation);
  CHECK_EQUAL(context->failure, SEC_E_OK);
  CHECK_EQUAL(context->phase, SCH_PHASE_HANDSHAKE);
  CHECK_EQUAL(sch_context_fail(context, SEC_E_MESSAGE_ALTERED), SEC_E_MESSAGE_ALTERED);
  CHECK_EQUAL(sch_context_fail(context, SEC_E_INVALID_TOKEN), SEC_E_MESSAGE_ALTERED);
  CHECK_ABORTS((void)!sch_context_fail(context, SEC_E_OK));
  CHECK_ABORTS((void)!sch_context_fail(context, SEC_I_CONTINUE_NEEDED));
  sch_context_drop(context);
  sch_credential_release(made);
}

TESTS(references, refusals, first_failure)
