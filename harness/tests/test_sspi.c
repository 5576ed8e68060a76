/* Unit tests of sspi/sspi: what the case files of the contract cannot say: the tables, both widths,
 * who owns memory, full tables, and trust.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "sspi/sspi.h"

#include "ends.h"
#include "log.h"
#include "sspi/handle.h"
#include "test.h"

static SecBufferDesc describe(SecBuffer *slots, ULONG count) {
  return (SecBufferDesc){SECBUFFER_VERSION, count, slots};
}

/* Both tables hold the same functions, and NULL for what TLS does not use. */
TEST(tables) {
  const SecurityFunctionTableA *narrow = InitSecurityInterfaceA();
  const SecurityFunctionTableW *wide = InitSecurityInterfaceW();

  CHECK(narrow == InitSecurityInterfaceA());
  CHECK_EQUAL(narrow->dwVersion, SECURITY_SUPPORT_PROVIDER_INTERFACE_VERSION);
  CHECK_EQUAL(wide->dwVersion, SECURITY_SUPPORT_PROVIDER_INTERFACE_VERSION);
  CHECK(narrow->AcquireCredentialsHandleA == AcquireCredentialsHandleA);
  CHECK(wide->AcquireCredentialsHandleW == AcquireCredentialsHandleW);
  CHECK(narrow->InitializeSecurityContextA == InitializeSecurityContextA);
  CHECK(wide->InitializeSecurityContextW == InitializeSecurityContextW);
  CHECK(narrow->QueryContextAttributesA == QueryContextAttributesA);
  CHECK(wide->QueryContextAttributesW == QueryContextAttributesW);
  CHECK(narrow->AcceptSecurityContext == AcceptSecurityContext);
  CHECK(narrow->AcceptSecurityContext == wide->AcceptSecurityContext);
  CHECK(narrow->DeleteSecurityContext == wide->DeleteSecurityContext);
  CHECK(narrow->ApplyControlToken == wide->ApplyControlToken);
  CHECK(narrow->EncryptMessage == wide->EncryptMessage);
  CHECK(narrow->DecryptMessage == wide->DecryptMessage);
  CHECK(narrow->FreeContextBuffer == wide->FreeContextBuffer);
  CHECK(narrow->FreeCredentialsHandle == wide->FreeCredentialsHandle);
  CHECK(narrow->QueryCredentialsAttributesA == QueryCredentialsAttributesA);
  CHECK(wide->QueryCredentialsAttributesW == QueryCredentialsAttributesW);
  CHECK(narrow->EnumerateSecurityPackagesA == NULL);
  CHECK(narrow->CompleteAuthToken == NULL);
  CHECK(narrow->QuerySecurityContextToken == NULL);
}

/* first_client_wide makes a first client call with a name of 16-bit characters, and drops what it
 * made. */
static SECURITY_STATUS first_client_wide(CredHandle *credential, SEC_WCHAR *name) {
  SecBuffer out = {0, SECBUFFER_TOKEN, NULL};
  SecBufferDesc desc = describe(&out, 1);
  CtxtHandle context;
  ULONG attributes = 0x55;
  const SECURITY_STATUS status =
      InitializeSecurityContextW(credential, NULL, name, ISC_REQ_ALLOCATE_MEMORY, 0, 0, NULL, 0,
                                 &context, &desc, &attributes, NULL);

  CHECK_EQUAL(attributes == 0x55, status < 0);
  if (status >= 0) {
    CHECK_EQUAL(DeleteSecurityContext(&context), SEC_E_OK);
  }
  CHECK_EQUAL(FreeContextBuffer(out.pvBuffer), SEC_E_OK);
  return status;
}

/* Names are ASCII, and of at most 255 characters. */
TEST(wide_names) {
  static SEC_WCHAR good[] = u"test.example";
  static SEC_WCHAR foreign[] = u"test.ex\u00e4mple";
  static SEC_WCHAR longest[257];
  CredHandle credential = sch_ends_acquire(SCH_ENDS_OPENSSL_1_3, false, SCH_IDENTITY_NONE, 0);

  for (size_t i = 0; i < 256; i++) {
    longest[i] = i % 60 == 59 ? '.' : 'a';
  }
  CHECK_EQUAL(first_client_wide(&credential, NULL), SEC_I_CONTINUE_NEEDED);
  CHECK_EQUAL(first_client_wide(&credential, good), SEC_I_CONTINUE_NEEDED);
  CHECK_EQUAL(first_client_wide(&credential, foreign), SEC_E_TARGET_UNKNOWN);
  CHECK_EQUAL(first_client_wide(&credential, longest), SEC_E_TARGET_UNKNOWN);
  longest[255] = 0;
  CHECK_EQUAL(first_client_wide(&credential, longest), SEC_I_CONTINUE_NEEDED);
  CHECK_EQUAL(FreeCredentialsHandle(&credential), SEC_E_OK);
}

/* A name too long for a ClientHello makes no context. */
TEST(long_names) {
  CredHandle credential = sch_ends_acquire(SCH_ENDS_OPENSSL_1_3, false, SCH_IDENTITY_NONE, 0);
  const size_t before = sch_handle_count();
  SEC_CHAR name[400];
  SecBuffer out = {0, SECBUFFER_TOKEN, NULL};
  SecBufferDesc desc = describe(&out, 1);
  CtxtHandle context;

  memset(name, 'a', sizeof name);
  name[sizeof name - 1] = '\0';
  CHECK_EQUAL(InitializeSecurityContextA(&credential, NULL, name, ISC_REQ_ALLOCATE_MEMORY, 0, 0,
                                         NULL, 0, &context, &desc, NULL, NULL),
              SEC_E_UNSUPPORTED_FUNCTION);
  CHECK(out.pvBuffer == NULL);
  CHECK_EQUAL(sch_handle_count(), before);
  CHECK_EQUAL(FreeCredentialsHandle(&credential), SEC_E_OK);
}

/* NULL is no buffer to free, and freeing it is no error. */
TEST(free_nothing) {
  CHECK_EQUAL(FreeContextBuffer(NULL), SEC_E_OK);
  CHECK_EQUAL(DeleteSecurityContext(NULL), SEC_E_INVALID_HANDLE);
  CHECK_EQUAL(FreeCredentialsHandle(NULL), SEC_E_INVALID_HANDLE);
}

/* Nobody vouches for the server: when neither the credential nor the call says that the caller
 * does, the handshake fails at its end, and no Finished leaves with the failure. */
TEST(nobody_judges) {
  for (size_t kind = 0; kind < SCH_ENDS_KINDS; kind++) {
    struct sch_end client;
    struct sch_end server;

    sch_end_open(&client, kind, false);
    sch_end_open(&server, kind, true);
    CHECK_EQUAL(FreeCredentialsHandle(&client.credential), SEC_E_OK);
    client.credential = sch_ends_acquire(kind, false, SCH_IDENTITY_NONE, 0);
    CHECK(!sch_ends_join(&client, &server));
    CHECK_EQUAL(client.status, SEC_E_UNTRUSTED_ROOT);
    CHECK_EQUAL(sch_end_step(&client), SEC_E_UNTRUSTED_ROOT);
    if (kind == SCH_ENDS_OPENSSL_1_3) {
      /* The server hears of it, and has no Finished. */
      CHECK_EQUAL(server.status, SEC_E_UNTRUSTED_ROOT);
    }
    sch_end_drop(&client);
    sch_end_drop(&server);
  }
}

/* A credential and a call each may say that the caller judges the server. */
TEST(somebody_judges) {
  for (int by_call = 0; by_call < 2; by_call++) {
    struct sch_end server;
    CredHandle credential = sch_ends_acquire(SCH_ENDS_AEAD_1_3, false, SCH_IDENTITY_NONE,
                                             by_call == 1 ? 0 : SCH_CRED_MANUAL_CRED_VALIDATION);
    const ULONG flags =
        ISC_REQ_ALLOCATE_MEMORY | (by_call == 1 ? ISC_REQ_MANUAL_CRED_VALIDATION : 0U);
    SecBuffer out = {0, SECBUFFER_TOKEN, NULL};
    SecBufferDesc out_desc = describe(&out, 1);
    CtxtHandle context;

    CHECK_EQUAL(InitializeSecurityContextA(&credential, NULL, NULL, flags, 0, 0, NULL, 0, &context,
                                           &out_desc, NULL, NULL),
                SEC_I_CONTINUE_NEEDED);
    sch_end_open(&server, SCH_ENDS_AEAD_1_3, true);
    CHECK(sch_fifo_append(&server.held, sch_span_of(out.pvBuffer, out.cbBuffer)));
    CHECK_EQUAL(FreeContextBuffer(out.pvBuffer), SEC_E_OK);
    CHECK_EQUAL(sch_end_step(&server), SEC_E_OK);
    SecBuffer in[] = {
        {(ULONG)sch_fifo_held(&server.sent).size, SECBUFFER_TOKEN, sch_fifo_lend(&server.sent)},
        {0, SECBUFFER_EMPTY, NULL}};
    SecBufferDesc in_desc = describe(in, 2);

    CHECK_EQUAL(InitializeSecurityContextA(&credential, &context, NULL, flags, 0, 0, &in_desc, 0,
                                           &context, &out_desc, NULL, NULL),
                SEC_E_OK);
    CHECK_EQUAL(DeleteSecurityContext(&context), SEC_E_OK);
    CHECK_EQUAL(FreeCredentialsHandle(&credential), SEC_E_OK);
    sch_end_drop(&server);
  }
}

/* A context serves its own role only. */
TEST(roles) {
  struct sch_end client;
  struct sch_end server;
  SecBuffer out = {0, SECBUFFER_TOKEN, NULL};
  SecBufferDesc desc = describe(&out, 1);

  sch_end_open(&client, SCH_ENDS_AEAD_1_3, false);
  sch_end_open(&server, SCH_ENDS_AEAD_1_3, true);
  CHECK(sch_ends_join(&client, &server));
  CHECK_EQUAL(AcceptSecurityContext(NULL, &client.context, NULL, ASC_REQ_ALLOCATE_MEMORY, 0, NULL,
                                    &desc, NULL, NULL),
              SEC_E_INVALID_HANDLE);
  CHECK_EQUAL(InitializeSecurityContextA(NULL, &server.context, NULL, ISC_REQ_ALLOCATE_MEMORY, 0, 0,
                                         NULL, 0, NULL, &desc, NULL, NULL),
              SEC_E_INVALID_HANDLE);
  CHECK_EQUAL(DeleteSecurityContext(&client.credential), SEC_E_INVALID_HANDLE);
  CHECK_EQUAL(FreeCredentialsHandle(&client.context), SEC_E_INVALID_HANDLE);
  sch_end_drop(&client);
  sch_end_drop(&server);
}

/* No quality of protection but the one there is. */
TEST(quality_of_protection) {
  struct sch_end client;
  struct sch_end server;
  uint8_t block[5 + 4 + 17] = {0};
  SecBuffer slots[] = {{5, SECBUFFER_STREAM_HEADER, block},
                       {4, SECBUFFER_DATA, block + 5},
                       {17, SECBUFFER_STREAM_TRAILER, block + 9}};
  SecBufferDesc desc = describe(slots, 3);
  ULONG quality = 7;

  sch_end_open(&client, SCH_ENDS_AEAD_1_3, false);
  sch_end_open(&server, SCH_ENDS_AEAD_1_3, true);
  CHECK(sch_ends_join(&client, &server));
  CHECK_EQUAL(EncryptMessage(&client.context, 1, &desc, 0), SEC_E_UNSUPPORTED_FUNCTION);
  CHECK_EQUAL(EncryptMessage(&client.context, 0x80000001, &desc, 0), SEC_E_UNSUPPORTED_FUNCTION);
  CHECK_EQUAL(EncryptMessage(&client.context, 0, &desc, 99), SEC_E_OK);
  SecBuffer in[] = {{sizeof block, SECBUFFER_DATA, block},
                    {0, SECBUFFER_EMPTY, NULL},
                    {0, SECBUFFER_EMPTY, NULL},
                    {0, SECBUFFER_EMPTY, NULL}};

  desc = describe(in, 4);
  CHECK_EQUAL(DecryptMessage(&server.context, &desc, 99, &quality), SEC_E_OK);
  CHECK_EQUAL(quality, 0);
  sch_end_drop(&client);
  sch_end_drop(&server);
}

/* When no handle is left there is no context and no credential, and nothing is kept. */
TEST(full_table) {
  static CredHandle handles[SCH_HANDLE_MAX];
  const size_t before = sch_handle_count();
  size_t count = 0;
  SEC_CHAR *package = sch_ends_package(SCH_ENDS_AEAD_1_3);
  SecBuffer out = {0, SECBUFFER_TOKEN, NULL};
  SecBufferDesc desc = describe(&out, 1);
  CtxtHandle context = {7, 7};

  while (count < SCH_HANDLE_MAX &&
         AcquireCredentialsHandleA(NULL, package, SECPKG_CRED_OUTBOUND, NULL, NULL, NULL, NULL,
                                   &handles[count], NULL) == SEC_E_OK) {
    count++;
  }
  CHECK_EQUAL(count + before, SCH_HANDLE_MAX);
  CHECK_EQUAL(AcquireCredentialsHandleA(NULL, package, SECPKG_CRED_OUTBOUND, NULL, NULL, NULL, NULL,
                                        &context, NULL),
              SEC_E_INSUFFICIENT_MEMORY);
  CHECK_EQUAL(InitializeSecurityContextA(&handles[0], NULL, NULL, ISC_REQ_ALLOCATE_MEMORY, 0, 0,
                                         NULL, 0, &context, &desc, NULL, NULL),
              SEC_E_INSUFFICIENT_MEMORY);
  CHECK_EQUAL(context.dwLower, 7);
  CHECK_EQUAL(out.cbBuffer, 0);
  CHECK(out.pvBuffer == NULL);
  for (size_t i = 0; i < count; i++) {
    CHECK_EQUAL(FreeCredentialsHandle(&handles[i]), SEC_E_OK);
  }
  CHECK_EQUAL(sch_handle_count(), before);
}

static size_t events;

static void count_event(void *context, enum sch_log_code code, uint32_t first, uint32_t second) {
  (void)context;
  (void)first;
  (void)second;
  events += code == SCH_LOG_CALL;
}

/* Every call is logged, also one on a context that is none. */
TEST(logged) {
  struct sch_end client;
  struct sch_end server;

  sch_log_to(count_event, NULL);
  sch_end_open(&client, SCH_ENDS_AEAD_1_3, false);
  sch_end_open(&server, SCH_ENDS_AEAD_1_3, true);
  CHECK(sch_ends_join(&client, &server));
  CHECK_EQUAL(events, 3);
  CHECK_EQUAL(sch_end_seal(&client, sch_span_text("x")), SEC_E_OK);
  CHECK_EQUAL(events, 4);
  sch_log_to(NULL, NULL);
  sch_end_drop(&client);
  sch_end_drop(&server);
}

TESTS(tables, wide_names, long_names, free_nothing, nobody_judges, somebody_judges, roles,
      quality_of_protection, full_table, logged)
