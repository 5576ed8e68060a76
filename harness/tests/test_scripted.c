/* Unit tests of scripted: what entries play, what legal mode allows, and that each misuse by a
 * caller is seen.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "scripted.h"

#include "sspi/status.h"
#include "test.h"

#define OK 0 /* rows of the status table */
#define CONTINUE 1
#define EXPIRED 4
#define RENEGOTIATE 6
#define RAW SCH_SCRIPTED_RAW

static CtxtHandle context;
static bool has_context;
static SecBuffer in_slots[2];
static SecBuffer out_slots[2];
static SecBuffer message[4];
static const ULONG flags = ISC_REQ_STREAM;

static void start(const void *script, size_t entries, bool legal, bool server) {
  has_context = false;
  sch_scripted_start(&(struct sch_scripted){
      .script = sch_span_of(script, entries * SCH_SCRIPTED_ENTRY),
      .legal = legal,
      .server = server,
  });
}

/* shake makes one handshake call with `size` bytes at `data`, or none when it is NULL. */
static SECURITY_STATUS shake_with(uint8_t *data, size_t size, ULONG asked) {
  SecBufferDesc in = {SECBUFFER_VERSION, 2, in_slots};
  SecBufferDesc out = {SECBUFFER_VERSION, 2, out_slots};
  ULONG granted;

  in_slots[0] = (SecBuffer){(ULONG)size, SECBUFFER_TOKEN, data};
  in_slots[1] = (SecBuffer){0, SECBUFFER_EMPTY, NULL};
  out_slots[0] = (SecBuffer){0, SECBUFFER_TOKEN, NULL};
  out_slots[1] = (SecBuffer){0, SECBUFFER_ALERT, NULL};
  const SECURITY_STATUS status = sch_scripted_table()->InitializeSecurityContextA(
      NULL, has_context ? &context : NULL, NULL, asked, 0, 0, data == NULL ? NULL : &in, 0,
      &context, &out, &granted, NULL);

  has_context |= status >= 0;
  return status;
}

static SECURITY_STATUS shake(uint8_t *data, size_t size) {
  return shake_with(data, size, flags);
}

static void release(size_t slot) {
  CHECK_EQUAL(sch_scripted_table()->FreeContextBuffer(out_slots[slot].pvBuffer), SEC_E_OK);
}

static void finish(void) {
  CHECK_EQUAL(sch_scripted_table()->DeleteSecurityContext(&context), SEC_E_OK);
  sch_scripted_end();
}

static SECURITY_STATUS decrypt(uint8_t *data, size_t size) {
  SecBufferDesc desc = {SECBUFFER_VERSION, 4, message};

  message[0] = (SecBuffer){(ULONG)size, SECBUFFER_DATA, data};
  for (size_t i = 1; i < 4; i++) {
    message[i] = (SecBuffer){0, SECBUFFER_EMPTY, NULL};
  }
  return sch_scripted_table()->DecryptMessage(&context, &desc, 0, NULL);
}

static SECURITY_STATUS encrypt(uint8_t *block, size_t size) {
  SecBufferDesc desc = {SECBUFFER_VERSION, 3, message};

  message[0] = (SecBuffer){5, SECBUFFER_STREAM_HEADER, block};
  message[1] = (SecBuffer){(ULONG)size, SECBUFFER_DATA, block + 5};
  message[2] = (SecBuffer){16, SECBUFFER_STREAM_TRAILER, block + 5 + size};
  return sch_scripted_table()->EncryptMessage(&context, 0, &desc, 0);
}

static SECURITY_STATUS query_sizes(void) {
  SecPkgContext_StreamSizes sizes;

  return sch_scripted_table()->QueryContextAttributesA(&context, SECPKG_ATTR_STREAM_SIZES, &sizes);
}

/* An entry plays its status, its token of the size it says, and EXTRA in the first empty slot. */
TEST(entry_plays) {
  static const uint8_t script[] = {CONTINUE, SCH_SCRIPTED_COUNT, 0, SCH_SCRIPTED_BOTH, 3, 0};
  uint8_t data[8] = {0};

  start(script, 1, false, false);
  CHECK_EQUAL(shake(data, sizeof data), SEC_I_CONTINUE_NEEDED);
  CHECK_EQUAL(in_slots[1].BufferType, SECBUFFER_EXTRA);
  CHECK_EQUAL(in_slots[1].cbBuffer, 3);
  CHECK(in_slots[1].pvBuffer == data + 5);
  CHECK_EQUAL(out_slots[0].cbBuffer, 3);
  CHECK_EQUAL(out_slots[1].cbBuffer, 3);
  CHECK_EQUAL(sch_scripted_account()->tokens.size, 6);
  release(0);
  release(1);
  finish();
}

/* Amounts are what their names say, also those that cannot be true. */
TEST(amounts) {
  static const ULONG expected[] = {0, 0, 1, 10, 11, 12, 0x80000000, UINT32_MAX, 4, 9, 2};
  uint8_t data[11] = {22, 3, 3, 0, 2, 1, 2};

  for (uint8_t kind = 1; kind < SCH_SCRIPTED_AMOUNTS; kind++) {
    const uint8_t script[] = {OK, kind, 0, 0, 9, 0};

    start(script, 1, false, false);
    CHECK_EQUAL(shake(data, sizeof data), SEC_E_OK);
    CHECK_EQUAL(in_slots[1].BufferType, SECBUFFER_EXTRA);
    CHECK_EQUAL(in_slots[1].cbBuffer, expected[kind]);
    finish();
  }
}

/* A status that no table knows is given in four bytes; behind the script every call fails. */
TEST(raw_status_and_end) {
  static const uint8_t script[] = {RAW, 0, 0x12, 0x34, 0x56, 0x78};

  start(script, 1, false, false);
  CHECK_EQUAL(shake(NULL, 0), 0x12345678);
  finish();
  start(NULL, 0, false, false);
  CHECK_EQUAL(shake(NULL, 0), SEC_E_INTERNAL_ERROR);
  sch_scripted_end();
}

/* Legal: a message of two records is incomplete until both are there, and what follows is EXTRA. */
TEST(legal_handshake) {
  static const uint8_t script[] = {SCH_SCRIPTED_GO, 0x10, 1, SCH_SCRIPTED_TOKEN, 4, 0};
  uint8_t wire[] = {22, 3, 3, 0, 1, 7, 22, 3, 3, 0, 2, 7, 7, 23, 3};

  start(script, 1, true, false);
  CHECK_EQUAL(shake(NULL, 0), SEC_I_CONTINUE_NEEDED);
  release(0);
  CHECK_EQUAL(shake(wire, 8), SEC_E_INCOMPLETE_MESSAGE);
  CHECK_EQUAL(in_slots[1].BufferType, SECBUFFER_MISSING);
  CHECK_EQUAL(in_slots[1].cbBuffer, 3);
  CHECK_EQUAL(shake(wire, 12), SEC_E_INCOMPLETE_MESSAGE);
  CHECK_EQUAL(in_slots[1].cbBuffer, 1);
  CHECK_EQUAL(shake(wire, sizeof wire), SEC_E_OK);
  CHECK_EQUAL(in_slots[1].BufferType, SECBUFFER_EXTRA);
  CHECK_EQUAL(in_slots[1].cbBuffer, 2);
  CHECK_EQUAL(out_slots[0].cbBuffer, 4);
  release(0);
  finish();
}

/* Legal: a record is data under the key, without its trailer; close_notify is told. */
TEST(legal_decrypt) {
  static const uint8_t script[] = {SCH_SCRIPTED_GO,   0, 0, 0, 0, 0, SCH_SCRIPTED_GO, 0, 0, 0, 0, 1,
                                   SCH_SCRIPTED_CLOSE};
  uint8_t wire[] = {23, 3, 3, 0, 3, 'a' ^ SCH_SCRIPTED_KEY, 'b' ^ SCH_SCRIPTED_KEY, 9};
  uint8_t hello[] = {22, 3, 3, 0, 0};
  uint8_t padded[18] = {0};

  memcpy(padded, script, sizeof script);
  start(padded, 3, true, false);
  CHECK_EQUAL(shake(NULL, 0), SEC_I_CONTINUE_NEEDED);
  release(0);
  CHECK_EQUAL(shake(hello, sizeof hello), SEC_E_OK);
  CHECK_EQUAL(decrypt(wire, 7), SEC_E_INCOMPLETE_MESSAGE);
  CHECK_EQUAL(decrypt(wire, sizeof wire), SEC_E_OK);
  CHECK_BYTES(sch_span_of(message[1].pvBuffer, message[1].cbBuffer), sch_span_text("ab"));
  CHECK_EQUAL(message[2].cbBuffer, 1);
  CHECK_EQUAL(sch_scripted_account()->data.size, 2);
  CHECK_EQUAL(decrypt(hello, sizeof hello), SEC_I_CONTEXT_EXPIRED);
  CHECK(sch_scripted_account()->closed);
  CHECK_ABORTS((void)decrypt(wire, sizeof wire));
  finish();
}

/* Sealing changes every byte; a failure leaves the plaintext for a careless caller to send. */
TEST(sealing) {
  static const uint8_t script[] = {OK, 0, 0, 0, 0, 0, OK, 0, 0, 0, 0, 0,
                                   OK, 0, 0, 0, 0, 0, 8,  0, 0, 0, 0, 0};
  uint8_t block[5 + 4 + 16] = "-----text";

  start(script, 4, false, false);
  CHECK_EQUAL(shake(NULL, 0), SEC_E_OK);
  CHECK_ABORTS((void)encrypt(block, 4));
  CHECK_EQUAL(query_sizes(), SEC_E_OK);
  CHECK_EQUAL(encrypt(block, 4), SEC_E_OK);
  CHECK_EQUAL(block[5], 't' ^ SCH_SCRIPTED_KEY);
  CHECK_EQUAL(sch_scripted_account()->records.size, sizeof block);
  memcpy(block + 5, "text", 4);
  CHECK(encrypt(block, 4) < 0);
  CHECK_EQUAL(block[5], 't');
  CHECK_EQUAL(sch_scripted_account()->records.size, sizeof block);
  CHECK_ABORTS((void)encrypt(block, 4));
  finish();
}

/* A context that is not deleted, deleted twice, or used after is seen; so is one that never was. */
TEST(handles_are_watched) {
  static const uint8_t script[] = {OK, 0, 0, 0, 0, 0, OK, 0, 0, 0, 0, 0};
  uint8_t wire[8] = {0};

  start(script, 2, false, false);
  CHECK_EQUAL(shake(NULL, 0), SEC_E_OK);
  CHECK_ABORTS(sch_scripted_end());
  CHECK_ABORTS(context.dwLower++; (void)decrypt(wire, sizeof wire));
  CHECK_ABORTS(has_context = false; (void)shake(NULL, 0));
  finish();
  CHECK_ABORTS((void)sch_scripted_table()->DeleteSecurityContext(&context));
  CHECK_ABORTS((void)decrypt(wire, sizeof wire));
  CHECK_ABORTS((void)shake(NULL, 0));
}

/* A handle written by a first call that fails is no context. */
TEST(handle_of_a_failure) {
  static const uint8_t script[] = {24, 0, 0, SCH_SCRIPTED_MAKE_HANDLE, 0, 0};

  start(script, 1, false, false);
  CHECK(shake(NULL, 0) < 0);
  CHECK_EQUAL(context.dwLower, 0xdead);
  CHECK_ABORTS((void)sch_scripted_table()->DeleteSecurityContext(&context));
  sch_scripted_end();
}

/* A block is freed once, and only a block that was handed out. */
TEST(blocks_are_watched) {
  static const uint8_t script[] = {CONTINUE, 0, 0, SCH_SCRIPTED_TOKEN, 3, 0};
  uint8_t other[1];

  start(script, 1, false, false);
  CHECK_EQUAL(shake(NULL, 0), SEC_I_CONTINUE_NEEDED);
  CHECK_ABORTS((void)sch_scripted_table()->FreeContextBuffer(other));
  CHECK_ABORTS(sch_scripted_table()->DeleteSecurityContext(&context); sch_scripted_end());
  void *block = out_slots[0].pvBuffer;

  release(0);
  CHECK_ABORTS((void)sch_scripted_table()->FreeContextBuffer(block));
  CHECK_ABORTS((void)sch_scripted_table()->FreeContextBuffer(NULL));
  finish();
}

/* Bytes go to the function of their phase, the flags are the same on each leg, and after an answer
 * that ends every caller there is none. */
TEST(conduct_is_watched) {
  static const uint8_t script[] = {CONTINUE, 0, 0, 0, 0, 0, OK, 0, 0, 0, 0, 0,
                                   OK,       0, 0, 0, 0, 0, 24, 0, 0, 0, 0, 0};
  uint8_t wire[8] = {0};

  start(script, 4, false, false);
  CHECK_EQUAL(shake(NULL, 0), SEC_I_CONTINUE_NEEDED);
  CHECK_ABORTS((void)decrypt(wire, sizeof wire));
  CHECK_ABORTS((void)encrypt(wire, 1));
  CHECK_ABORTS((void)shake_with(wire, sizeof wire, flags | ISC_REQ_INTEGRITY));
  CHECK_EQUAL(shake(wire, sizeof wire), SEC_E_OK);
  CHECK_ABORTS((void)shake(wire, sizeof wire));
  CHECK_EQUAL(decrypt(wire, sizeof wire), SEC_E_OK);
  CHECK(decrypt(wire, sizeof wire) < 0);
  CHECK_ABORTS((void)decrypt(wire, sizeof wire));
  CHECK_ABORTS((void)sch_scripted_table()->DeleteSecurityContext(&context));
  CHECK_ABORTS((void)shake(wire, sizeof wire));
  CHECK(shake(NULL, 0) < 0);
  release(0);
  CHECK_ABORTS((void)shake(NULL, 0));
  finish();
}

/* An answer that uses nothing and says nothing may not be asked for again. */
TEST(spinning_is_watched) {
  static const uint8_t script[] = {CONTINUE, SCH_SCRIPTED_ALL, 0, 0, 0, 0};
  uint8_t wire[8] = {0};

  start(script, 1, false, false);
  CHECK_EQUAL(shake(wire, sizeof wire), SEC_I_CONTINUE_NEEDED);
  CHECK_ABORTS((void)shake(wire, sizeof wire));
  finish();
}

/* A caller that asks and asks is stopped, and one that was given bytes may ask more often. */
TEST(work_is_watched) {
  start(NULL, 0, true, false);
  CHECK_EQUAL(shake(NULL, 0), SEC_I_CONTINUE_NEEDED);
  release(0);
  uint8_t wire[3] = {22, 3, 3};

  for (size_t i = 0; i < 100; i++) {
    CHECK_EQUAL(shake(wire, sizeof wire), SEC_E_INCOMPLETE_MESSAGE);
  }
  CHECK_ABORTS(for (;;) { (void)shake(wire, sizeof wire); });
  sch_scripted_offer(1000);
  for (size_t i = 0; i < 1000; i++) {
    CHECK_EQUAL(shake(wire, sizeof wire), SEC_E_INCOMPLETE_MESSAGE);
  }
  finish();
}

TESTS(entry_plays, amounts, raw_status_and_end, legal_handshake, legal_decrypt, sealing,
      handles_are_watched, handle_of_a_failure, blocks_are_watched, conduct_is_watched,
      spinning_is_watched, work_is_watched)
