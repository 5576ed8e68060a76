/* Unit tests of sspi/secbuf: every shape that is taken, and next to it one that is refused.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "sspi/secbuf.h"

#include "test.h"

static uint8_t bytes[64];

static SecBuffer slot(ULONG type, void *data, ULONG size) {
  return (SecBuffer){size, type, data};
}

static SecBuffer empty(void) {
  return slot(SECBUFFER_EMPTY, NULL, 0);
}

static SecBufferDesc describe(SecBuffer *slots, ULONG count) {
  return (SecBufferDesc){SECBUFFER_VERSION, count, slots};
}

static bool same(const SecBuffer *left, const SecBuffer *right, size_t count) {
  return memcmp(left, right, count * sizeof *left) == 0;
}

/* input_of reads a shape and gives the status; a refusal gives nothing out and writes nothing. */
static SECURITY_STATUS input_of(SecBuffer *slots, ULONG count, struct sch_secbuf_input *input) {
  const SecBufferDesc desc = describe(slots, count);
  SecBuffer before[SCH_SECBUF_MAX + 1];

  sch_copy(before, slots, count * sizeof *slots);
  *input = (struct sch_secbuf_input){.token = {bytes, 77}};
  const SECURITY_STATUS status = sch_secbuf_read_input(&desc, input);

  CHECK(same(before, slots, count));
  CHECK(status == SEC_E_OK || input->token.size == 77);
  return status;
}

/* No descriptor is legal for a handshake's input and for nothing else; no slots are no tokens. */
TEST(absent) {
  struct sch_secbuf_input input;
  struct sch_secbuf_output output;
  struct sch_secbuf_message message;
  struct sch_secbuf_plain plain;
  struct sch_span token;
  SecBufferDesc none = describe(NULL, 0);

  CHECK_EQUAL(sch_secbuf_read_input(NULL, &input), SEC_E_OK);
  CHECK(!input.present);
  CHECK_EQUAL(input.token.size, 0);
  CHECK(input.spare == NULL);
  CHECK_EQUAL(sch_secbuf_read_input(&none, &input), SEC_E_OK);
  CHECK(input.present);
  CHECK_EQUAL(sch_secbuf_read_output(NULL, true, &output), SEC_E_INVALID_TOKEN);
  CHECK_EQUAL(sch_secbuf_read_output(&none, true, &output), SEC_E_INVALID_TOKEN);
  CHECK_EQUAL(sch_secbuf_read_message(NULL, &message), SEC_E_INVALID_TOKEN);
  CHECK_EQUAL(sch_secbuf_read_plain(NULL, &plain), SEC_E_INVALID_TOKEN);
  CHECK_EQUAL(sch_secbuf_read_control(NULL, &token), SEC_E_INTERNAL_ERROR);
  CHECK_EQUAL(sch_secbuf_read_control(&none, &token), SEC_E_INVALID_TOKEN);
}

/* A descriptor has version 0, an array when it has slots, and no more than SCH_SECBUF_MAX. */
TEST(descriptors) {
  struct sch_secbuf_input input;
  SecBuffer slots[SCH_SECBUF_MAX + 1];
  SecBufferDesc desc = describe(slots, 1);

  for (size_t i = 0; i < SCH_COUNT(slots); i++) {
    slots[i] = empty();
  }
  CHECK_EQUAL(input_of(slots, SCH_SECBUF_MAX, &input), SEC_E_OK);
  CHECK_EQUAL(input_of(slots, SCH_SECBUF_MAX + 1, &input), SEC_E_INVALID_TOKEN);
  CHECK_EQUAL(sch_secbuf_read_input(&desc, &input), SEC_E_OK);
  desc.ulVersion = 1;
  CHECK_EQUAL(sch_secbuf_read_input(&desc, &input), SEC_E_INVALID_TOKEN);
  desc = describe(NULL, 1);
  CHECK_EQUAL(sch_secbuf_read_input(&desc, &input), SEC_E_INVALID_TOKEN);
  desc = describe(slots, UINT32_MAX);
  CHECK_EQUAL(sch_secbuf_read_input(&desc, &input), SEC_E_INVALID_TOKEN);
}

/* One TOKEN at most, with bytes when it has a size. */
TEST(tokens) {
  struct sch_secbuf_input input;
  SecBuffer one[] = {slot(SECBUFFER_TOKEN, bytes, 7), empty()};
  SecBuffer two[] = {slot(SECBUFFER_TOKEN, bytes, 7), slot(SECBUFFER_TOKEN, bytes, 0)};
  SecBuffer hollow[] = {slot(SECBUFFER_TOKEN, NULL, 7), empty()};
  SecBuffer nothing[] = {slot(SECBUFFER_TOKEN, NULL, 0), empty()};

  CHECK_EQUAL(input_of(one, 2, &input), SEC_E_OK);
  CHECK(input.token.data == bytes);
  CHECK_EQUAL(input.token.size, 7);
  CHECK(input.spare == &one[1]);
  CHECK_EQUAL(input_of(one, 1, &input), SEC_E_OK);
  CHECK(input.spare == NULL);
  CHECK_EQUAL(input_of(two, 2, &input), SEC_E_INVALID_TOKEN);
  CHECK_EQUAL(input_of(hollow, 2, &input), SEC_E_INVALID_TOKEN);
  CHECK_EQUAL(input_of(nothing, 2, &input), SEC_E_OK);
  CHECK_EQUAL(input.token.size, 0);
}

/* The first writable EMPTY slot is the spare one, wherever it is; it must be empty. What other
 * types mean is nobody's business here. */
TEST(spare) {
  struct sch_secbuf_input input;
  SecBuffer first[] = {empty(), slot(SECBUFFER_TOKEN, bytes, 7), empty()};
  SecBuffer later[] = {slot(SECBUFFER_DATA, NULL, 9),
                       slot(SECBUFFER_EMPTY | SECBUFFER_READONLY, NULL, 0),
                       slot(SECBUFFER_EMPTY | SECBUFFER_READONLY_WITH_CHECKSUM, NULL, 0),
                       slot(SECBUFFER_TOKEN | SECBUFFER_READONLY, bytes, 7), empty()};
  SecBuffer sized[] = {slot(SECBUFFER_TOKEN, bytes, 7), slot(SECBUFFER_EMPTY, bytes, 1)};
  SecBuffer used[] = {slot(SECBUFFER_TOKEN, bytes, 7), slot(SECBUFFER_MISSING, NULL, 3)};

  CHECK_EQUAL(input_of(first, 3, &input), SEC_E_OK);
  CHECK(input.spare == &first[0]);
  CHECK_EQUAL(input_of(later, 5, &input), SEC_E_OK);
  CHECK(input.spare == &later[4]);
  CHECK_EQUAL(input.token.size, 7);
  CHECK_EQUAL(input_of(sized, 2, &input), SEC_E_INVALID_TOKEN);
  CHECK_EQUAL(input_of(used, 2, &input), SEC_E_OK);
  CHECK(input.spare == NULL);
}

/* The attribute bits are no part of a type; all others are. */
TEST(attribute_bits) {
  struct sch_secbuf_input input;
  static const ULONG attributes[] = {0x80000000, 0x40000000, 0x20000000, 0x10000000, 0xf0000000};

  for (size_t i = 0; i < SCH_COUNT(attributes); i++) {
    SecBuffer slots[] = {slot(SECBUFFER_TOKEN | attributes[i], bytes, 7),
                         slot(SECBUFFER_EMPTY | attributes[i], NULL, 0)};

    CHECK_EQUAL(input_of(slots, 2, &input), SEC_E_OK);
    CHECK_EQUAL(input.token.size, 7);
    CHECK_EQUAL(input.spare != NULL, (attributes[i] & 0x90000000) == 0);
  }
  SecBuffer strange[] = {slot(SECBUFFER_TOKEN | 0x08000000, bytes, 7)};

  CHECK_EQUAL(input_of(strange, 1, &input), SEC_E_OK);
  CHECK_EQUAL(input.token.size, 0);
}

/* The three lengths of a list of protocols agree with the buffer, each of them. */
TEST(protocols) {
  struct sch_secbuf_input input;
  const uint8_t good[] = {9, 0, 0, 0, 2, 0, 0, 0, 3, 0, 2, 'h', '2'};
  const uint8_t none[] = {6, 0, 0, 0, 2, 0, 0, 0, 0, 0};

  for (ULONG size = 0; size <= sizeof good + 1; size++) {
    uint8_t *exact = malloc(size);

    REQUIRE(exact != NULL || size == 0);
    sch_copy(exact, good, size < sizeof good ? size : sizeof good);
    SecBuffer slots[] = {slot(SECBUFFER_APPLICATION_PROTOCOLS, exact, size)};

    CHECK_EQUAL(input_of(slots, 1, &input), size == sizeof good ? SEC_E_OK : SEC_E_INVALID_TOKEN);
    if (size == sizeof good) {
      CHECK_EQUAL(input.protocols.size, 3);
      CHECK(input.protocols.data == exact + 10);
    }
    free(exact);
  }
  for (size_t at = 0; at < 10; at++) {
    uint8_t wrong[sizeof good];

    sch_copy(wrong, good, sizeof good);
    wrong[at] ^= 1;
    SecBuffer slots[] = {slot(SECBUFFER_APPLICATION_PROTOCOLS, wrong, sizeof wrong)};

    CHECK_EQUAL(input_of(slots, 1, &input), SEC_E_INVALID_TOKEN);
  }
  SecBuffer hollow[] = {slot(SECBUFFER_APPLICATION_PROTOCOLS, NULL, sizeof good)};
  SecBuffer no_names[] = {
      slot(SECBUFFER_APPLICATION_PROTOCOLS, (void *)(uintptr_t)none, sizeof none)};

  CHECK_EQUAL(input_of(hollow, 1, &input), SEC_E_INVALID_TOKEN);
  CHECK_EQUAL(input_of(no_names, 1, &input), SEC_E_OK);
  CHECK_EQUAL(input.protocols.size, 0);
}

/* EXTRA and MISSING go to the spare slot, as a count and no pointer, and to no other. */
TEST(answers_to_a_handshake) {
  struct sch_secbuf_input input;
  SecBuffer slots[] = {slot(SECBUFFER_TOKEN, bytes, 7), empty(), empty()};

  CHECK_EQUAL(input_of(slots, 3, &input), SEC_E_OK);
  CHECK(sch_secbuf_write_extra(&input, 7));
  CHECK_EQUAL(slots[1].BufferType, SECBUFFER_EXTRA);
  CHECK_EQUAL(slots[1].cbBuffer, 7);
  CHECK_EQUAL(slots[2].BufferType, SECBUFFER_EMPTY);
  CHECK_ABORTS((void)!sch_secbuf_write_extra(&input, 0));
  CHECK_ABORTS((void)!sch_secbuf_write_extra(&input, 8));
  slots[1] = empty();
  sch_secbuf_write_missing(&input, 16384);
  CHECK_EQUAL(slots[1].BufferType, SECBUFFER_MISSING);
  CHECK_EQUAL(slots[1].cbBuffer, 16384);
  CHECK(slots[1].pvBuffer == NULL);
  CHECK_ABORTS(sch_secbuf_write_missing(&input, 0));
  CHECK_EQUAL(input_of(slots, 1, &input), SEC_E_OK);
  CHECK(!sch_secbuf_write_extra(&input, 1));
  sch_secbuf_write_missing(&input, 1);
  CHECK_EQUAL(slots[0].BufferType, SECBUFFER_TOKEN);
}

/* An output needs a writable TOKEN; without memory of the provider's own every slot that could be
 * written must have room. */
TEST(outputs) {
  static const struct {
    ULONG types[2];
    ULONG sizes[2];
    bool allocate;
    SECURITY_STATUS status;
  } rows[] = {
      {{SECBUFFER_TOKEN, SECBUFFER_ALERT}, {9, 9}, false, SEC_E_OK},
      {{SECBUFFER_TOKEN, SECBUFFER_ALERT}, {0, 0}, true, SEC_E_OK},
      {{SECBUFFER_ALERT, SECBUFFER_TOKEN}, {9, 9}, false, SEC_E_OK},
      {{SECBUFFER_TOKEN, SECBUFFER_EMPTY}, {9, 0}, false, SEC_E_OK},
      {{SECBUFFER_TOKEN, SECBUFFER_ALERT}, {0, 9}, false, SEC_E_INSUFFICIENT_MEMORY},
      {{SECBUFFER_TOKEN, SECBUFFER_ALERT}, {9, 0}, false, SEC_E_INSUFFICIENT_MEMORY},
      {{SECBUFFER_ALERT, SECBUFFER_EMPTY}, {9, 0}, false, SEC_E_INVALID_TOKEN},
      {{SECBUFFER_DATA, SECBUFFER_EMPTY}, {9, 0}, true, SEC_E_INVALID_TOKEN},
      {{SECBUFFER_TOKEN | SECBUFFER_READONLY, SECBUFFER_EMPTY}, {9, 0}, true, SEC_E_INVALID_TOKEN},
      {{SECBUFFER_TOKEN, SECBUFFER_ALERT | SECBUFFER_READONLY}, {9, 0}, false, SEC_E_OK},
  };

  for (size_t i = 0; i < SCH_COUNT(rows); i++) {
    SecBuffer slots[] = {slot(rows[i].types[0], bytes, rows[i].sizes[0]),
                         slot(rows[i].types[1], bytes, rows[i].sizes[1])};
    const SecBufferDesc desc = describe(slots, 2);
    struct sch_secbuf_output output = {NULL, NULL};

    CHECK_EQUAL(sch_secbuf_read_output(&desc, rows[i].allocate, &output), rows[i].status);
    CHECK_EQUAL(output.token != NULL, rows[i].status == SEC_E_OK);
    CHECK(output.token == NULL || output.token->BufferType == SECBUFFER_TOKEN);
    CHECK(output.alert == NULL || output.alert->BufferType == SECBUFFER_ALERT);
  }
}

/* The first of two TOKENs gets the answer. */
TEST(first_output) {
  SecBuffer slots[] = {slot(SECBUFFER_TOKEN, bytes, 8), slot(SECBUFFER_TOKEN, bytes + 8, 8)};
  const SecBufferDesc desc = describe(slots, 2);
  struct sch_secbuf_output output;

  CHECK_EQUAL(sch_secbuf_read_output(&desc, false, &output), SEC_E_OK);
  CHECK(output.token == &slots[0]);
  CHECK(output.alert == NULL);
}

/* A token goes to the caller's memory when it fits, and nothing happens when it does not. */
TEST(lent_memory) {
  uint8_t room[8] = {0};
  SecBuffer slots[] = {slot(SECBUFFER_TOKEN, room, 8), slot(SECBUFFER_ALERT, bytes, 5)};
  const struct sch_secbuf_output output = {&slots[0], &slots[1]};

  CHECK_EQUAL(sch_secbuf_write_token(&output, false, sch_span_text("123456789")),
              SEC_E_BUFFER_TOO_SMALL);
  CHECK_EQUAL(slots[0].cbBuffer, 8);
  CHECK_EQUAL(slots[1].cbBuffer, 5);
  CHECK_EQUAL(room[0], 0);
  CHECK_EQUAL(sch_secbuf_write_token(&output, false, sch_span_text("12345678")), SEC_E_OK);
  CHECK_EQUAL(slots[0].cbBuffer, 8);
  CHECK(memcmp(room, "12345678", 8) == 0);
  CHECK(slots[0].pvBuffer == room);
  CHECK_EQUAL(slots[1].cbBuffer, 0);
  CHECK(slots[1].pvBuffer == bytes);
  CHECK_EQUAL(sch_secbuf_write_token(&output, false, sch_span_text("")), SEC_E_OK);
  CHECK_EQUAL(slots[0].cbBuffer, 0);
  CHECK(slots[0].pvBuffer == room);
}

/* Memory of the provider's own takes the place of the caller's, also where only a size was lent. */
TEST(own_memory) {
  SecBuffer slots[] = {slot(SECBUFFER_TOKEN | 0x40000000, bytes, 8),
                       slot(SECBUFFER_ALERT, bytes, 5)};
  SecBuffer hollow = slot(SECBUFFER_TOKEN, NULL, 2);
  const struct sch_secbuf_output output = {&slots[0], &slots[1]};
  const struct sch_secbuf_output other = {&hollow, NULL};

  CHECK_EQUAL(sch_secbuf_write_token(&output, true, sch_span_text("abc")), SEC_E_OK);
  CHECK(slots[0].pvBuffer != bytes);
  CHECK_EQUAL(slots[0].cbBuffer, 3);
  CHECK_EQUAL(slots[0].BufferType, SECBUFFER_TOKEN | 0x40000000);
  CHECK(memcmp(slots[0].pvBuffer, "abc", 3) == 0);
  CHECK_EQUAL(slots[1].cbBuffer, 0);
  CHECK(slots[1].pvBuffer == NULL);
  sch_free(slots[0].pvBuffer);
  CHECK_EQUAL(sch_secbuf_write_token(&output, true, sch_span_text("")), SEC_E_OK);
  CHECK(slots[0].pvBuffer == NULL);
  CHECK_EQUAL(slots[0].cbBuffer, 0);
  CHECK_EQUAL(sch_secbuf_write_token(&other, false, sch_span_text("abc")), SEC_E_OK);
  CHECK_EQUAL(hollow.cbBuffer, 3);
  CHECK(hollow.pvBuffer != NULL);
  sch_free(hollow.pvBuffer);
}

/* DecryptMessage takes four slots and more: one DATA, three EMPTY, in any order; strangers and
 * read-only slots do not count. */
TEST(messages) {
  static const struct {
    ULONG types[6];
    ULONG count;
    SECURITY_STATUS status;
  } rows[] = {
      {{1, 0, 0, 0}, 4, SEC_E_OK},
      {{0, 1, 0, 0}, 4, SEC_E_OK},
      {{0, 0, 0, 1}, 4, SEC_E_OK},
      {{1, 0, 0, 0, 0, 0}, 6, SEC_E_OK},
      {{2, 0, 0, 0, 1, 5}, 6, SEC_E_OK},
      {{1, 0, 0}, 3, SEC_E_INVALID_TOKEN},
      {{0, 0, 0, 0}, 4, SEC_E_INVALID_TOKEN},
      {{1, 1, 0, 0, 0}, 5, SEC_E_INVALID_TOKEN},
      {{1, 0, 0, 2}, 4, SEC_E_INVALID_TOKEN},
      {{1, 0, 0, SECBUFFER_READONLY}, 4, SEC_E_INVALID_TOKEN},
      {{1 | SECBUFFER_READONLY, 0, 0, 0}, 4, SEC_E_INVALID_TOKEN},
      {{1, 1 | SECBUFFER_READONLY, 0, 0, 0}, 5, SEC_E_OK},
      {{1 | 0x20000000, 0 | 0x40000000, 0, 0}, 4, SEC_E_OK},
  };

  for (size_t i = 0; i < SCH_COUNT(rows); i++) {
    SecBuffer slots[6];
    const SecBufferDesc desc = describe(slots, rows[i].count);
    struct sch_secbuf_message message = {.size = 99};

    for (ULONG j = 0; j < rows[i].count; j++) {
      slots[j] = slot(rows[i].types[j], bytes, 3);
    }
    CHECK_EQUAL(sch_secbuf_read_message(&desc, &message), rows[i].status);
    CHECK_EQUAL(message.size, rows[i].status == SEC_E_OK ? 3 : 99);
    CHECK(message.slots[0] == NULL || (message.slots[0]->BufferType & 0xf) == SECBUFFER_DATA);
  }
  SecBuffer hollow[] = {slot(SECBUFFER_DATA, NULL, 3), empty(), empty(), empty()};
  const SecBufferDesc desc = describe(hollow, 4);
  struct sch_secbuf_message message;

  CHECK_EQUAL(sch_secbuf_read_message(&desc, &message), SEC_E_INVALID_TOKEN);
  hollow[0].cbBuffer = 0;
  CHECK_EQUAL(sch_secbuf_read_message(&desc, &message), SEC_E_OK);
  CHECK_EQUAL(message.size, 0);
}

static struct sch_secbuf_message message_of(SecBuffer *slots, ULONG size) {
  const SecBufferDesc desc = describe(slots, 4);
  struct sch_secbuf_message message;

  slots[0] = empty();
  slots[1] = slot(SECBUFFER_DATA, bytes, size);
  slots[2] = empty();
  slots[3] = empty();
  CHECK_EQUAL(sch_secbuf_read_message(&desc, &message), SEC_E_OK);
  return message;
}

/* The answer lies over the message: header, data, trailer, and EXTRA for the rest, if any. */
TEST(opened) {
  SecBuffer slots[4];
  struct sch_secbuf_message message = message_of(slots, 40);

  sch_secbuf_write_opened(&message, 5, 3, 17);
  CHECK_EQUAL(slots[1].BufferType, SECBUFFER_STREAM_HEADER);
  CHECK(slots[1].pvBuffer == bytes);
  CHECK_EQUAL(slots[1].cbBuffer, 5);
  CHECK_EQUAL(slots[0].BufferType, SECBUFFER_DATA);
  CHECK(slots[0].pvBuffer == bytes + 5);
  CHECK_EQUAL(slots[0].cbBuffer, 3);
  CHECK_EQUAL(slots[2].BufferType, SECBUFFER_STREAM_TRAILER);
  CHECK(slots[2].pvBuffer == bytes + 8);
  CHECK_EQUAL(slots[2].cbBuffer, 17);
  CHECK_EQUAL(slots[3].BufferType, SECBUFFER_EXTRA);
  CHECK(slots[3].pvBuffer == bytes + 25);
  CHECK_EQUAL(slots[3].cbBuffer, 15);
  message = message_of(slots, 25);
  sch_secbuf_write_opened(&message, 5, 3, 17);
  CHECK_EQUAL(slots[3].BufferType, SECBUFFER_EMPTY);
  CHECK_EQUAL(slots[3].cbBuffer, 0);
  CHECK_ABORTS(sch_secbuf_write_opened(&message, 5, 3, 18));
}

/* MISSING stands in the DATA slot and in the first EMPTY one. */
TEST(short_messages) {
  SecBuffer slots[4];
  const struct sch_secbuf_message message = message_of(slots, 40);

  sch_secbuf_write_short(&message, 5);
  CHECK_EQUAL(slots[1].BufferType, SECBUFFER_MISSING);
  CHECK_EQUAL(slots[1].cbBuffer, 5);
  CHECK_EQUAL(slots[0].BufferType, SECBUFFER_MISSING);
  CHECK_EQUAL(slots[0].cbBuffer, 5);
  CHECK_EQUAL(slots[2].BufferType, SECBUFFER_EMPTY);
  CHECK_EQUAL(slots[3].BufferType, SECBUFFER_EMPTY);
  CHECK_ABORTS(sch_secbuf_write_short(&message, 0));
}

/* EncryptMessage takes one writable slot of each of three types, in any order. */
TEST(plains) {
  static const struct {
    ULONG types[4];
    SECURITY_STATUS status;
  } rows[] = {
      {{7, 1, 6, 0}, SEC_E_OK},
      {{0, 6, 1, 7}, SEC_E_OK},
      {{7, 1, 6, 1 | SECBUFFER_READONLY}, SEC_E_OK},
      {{7, 1, 6, 1}, SEC_E_INVALID_TOKEN},
      {{7, 1, 6, 7}, SEC_E_INVALID_TOKEN},
      {{7, 1, 6, 6}, SEC_E_INVALID_TOKEN},
      {{0, 1, 6, 0}, SEC_E_INVALID_TOKEN},
      {{7, 0, 6, 0}, SEC_E_INVALID_TOKEN},
      {{7, 1, 0, 0}, SEC_E_INVALID_TOKEN},
      {{7, 1, 6 | SECBUFFER_READONLY, 0}, SEC_E_INVALID_TOKEN},
  };

  for (size_t i = 0; i < SCH_COUNT(rows); i++) {
    SecBuffer slots[4];
    SecBufferDesc desc = describe(slots, 4);
    struct sch_secbuf_plain plain = {.data = {NULL, 99}};

    for (size_t j = 0; j < SCH_COUNT(slots); j++) {
      slots[j] = slot(rows[i].types[j], bytes, 3);
    }
    CHECK_EQUAL(sch_secbuf_read_plain(&desc, &plain), rows[i].status);
    CHECK_EQUAL(plain.data.size, rows[i].status == SEC_E_OK ? 3 : 99);
    for (size_t j = 0; j < 3; j++) {
      SecBuffer hollow[] = {slot(7, bytes, 3), slot(1, bytes, 3), slot(6, bytes, 3)};

      hollow[j].pvBuffer = NULL;
      desc = describe(hollow, 3);
      CHECK_EQUAL(sch_secbuf_read_plain(&desc, &plain), SEC_E_INVALID_TOKEN);
      hollow[j].cbBuffer = 0;
      CHECK_EQUAL(sch_secbuf_read_plain(&desc, &plain), SEC_E_OK);
    }
  }
}

/* A record is spread over three slots that may lie apart, and their sizes become what they hold. */
TEST(sealed) {
  uint8_t header[6] = {0};
  uint8_t data[3] = {0};
  uint8_t trailer[9] = {0};
  SecBuffer slots[] = {slot(7, header, 6), slot(1, data, 3), slot(6, trailer, 9)};
  const SecBufferDesc desc = describe(slots, 3);
  struct sch_secbuf_plain plain;

  CHECK_EQUAL(sch_secbuf_read_plain(&desc, &plain), SEC_E_OK);
  CHECK(sch_secbuf_fits_plain(&plain, 6, 9));
  CHECK(!sch_secbuf_fits_plain(&plain, 7, 9));
  CHECK(!sch_secbuf_fits_plain(&plain, 6, 10));
  sch_secbuf_write_sealed(&plain, 5, sch_span_text("HEADRdatTRAIL"));
  CHECK_EQUAL(slots[0].cbBuffer, 5);
  CHECK_EQUAL(slots[1].cbBuffer, 3);
  CHECK_EQUAL(slots[2].cbBuffer, 5);
  CHECK(memcmp(header, "HEADR", 6) == 0);
  CHECK(memcmp(data, "dat", 3) == 0);
  CHECK(memcmp(trailer, "TRAIL\0", 6) == 0);
  CHECK_ABORTS(sch_secbuf_write_sealed(&plain, 5, sch_span_text("HEADRda")));
  CHECK_ABORTS(sch_secbuf_write_sealed(&plain, 5, sch_span_text("HEADRdatTRAIL!")));
}

/* A control token is one TOKEN and nothing else. */
TEST(controls) {
  SecBuffer slots[] = {slot(SECBUFFER_TOKEN, bytes, 4), empty()};
  SecBufferDesc desc = describe(slots, 1);
  struct sch_span token;

  CHECK_EQUAL(sch_secbuf_read_control(&desc, &token), SEC_E_OK);
  CHECK(token.data == bytes);
  CHECK_EQUAL(token.size, 4);
  desc.cBuffers = 2;
  CHECK_EQUAL(sch_secbuf_read_control(&desc, &token), SEC_E_INVALID_TOKEN);
  desc.cBuffers = 1;
  slots[0].BufferType = SECBUFFER_DATA;
  CHECK_EQUAL(sch_secbuf_read_control(&desc, &token), SEC_E_INVALID_TOKEN);
  slots[0] = slot(SECBUFFER_TOKEN, NULL, 4);
  CHECK_EQUAL(sch_secbuf_read_control(&desc, &token), SEC_E_INVALID_TOKEN);
  slots[0].cbBuffer = 0;
  CHECK_EQUAL(sch_secbuf_read_control(&desc, &token), SEC_E_OK);
}

TESTS(absent, descriptors, tokens, spare, attribute_bits, protocols, answers_to_a_handshake,
      outputs, first_output, lent_memory, own_memory, messages, opened, short_messages, plains,
      sealed, controls)
