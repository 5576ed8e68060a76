/* test_explain: inputs as text.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "explain.h"

#include "pem.h"
#include "plan.h"
#include "test.h"

/* A ClientHello in one record: suites 1301 and 9999, ALPN h2, an extension that is malformed. */
static const uint8_t hello[] = {22, 3,  1,  0,  65,   1,    0,    0,    61, 3,  3,  1,  2,  3,
                                4,  5,  6,  7,  8,    9,    10,   11,   12, 13, 14, 15, 16, 17,
                                18, 19, 20, 21, 22,   23,   24,   25,   26, 27, 28, 29, 30, 31,
                                32, 0,  0,  4,  0x13, 0x01, 0x99, 0x99, 1,  0,  0,  16, 0,  16,
                                0,  5,  0,  3,  2,    'h',  '2',  0,    10, 0,  3,  0,  9,  9};

static const uint8_t behind[] = {
    20, 3,  3, 0, 1, 1,           /* change_cipher_spec */
    22, 3,  3, 0, 4, 9, 9,  9, 9, /* protected */
    21, 3,  3, 0, 2, 2, 42,       /* an alert */
    23, 3,  3, 0, 1, 7,           /* data */
    99, 98,                       /* what is left */
};

static char *text;
static size_t text_size;

/* explain keeps the text in `text` until the next call. */
static bool explain(const char *target, struct sch_span input) {
  free(text);
  FILE *out = open_memstream(&text, &text_size);
  const bool known = sch_explain(target, input, out);

  (void)fclose(out);
  return known;
}

static bool says(const char *part) {
  return strstr(text, part) != NULL;
}

/* A hello is shown with its names, numbers without a name, and malformed parts as such. */
TEST(hello_is_decoded) {
  CHECK(explain("record", sch_span_of(hello, sizeof hello)));
  CHECK(says("     0  handshake, TLS 1.0, 65 bytes\n  client_hello (1), 65 bytes\n"));
  CHECK(says("    random 0102030405060708090a0b0c0d0e0f10"));
  CHECK(says("    suites TLS_AES_128_GCM_SHA256 9999\n"));
  CHECK(says("extension application_layer_protocol_negotiation: h2\n"));
  CHECK(says("extension supported_groups: malformed 000909\n"));
  CHECK(!says("from here on"));
}

/* Behind a change_cipher_spec records are protected; what is no record is shown as bytes. */
TEST(wire_is_walked_to_its_end) {
  CHECK(explain("record", sch_span_of(behind, sizeof behind)));
  CHECK(says("     0  change_cipher_spec, TLS 1.2, 1 bytes\n"));
  CHECK(says("     6  handshake, TLS 1.2, 4 bytes\n  protected\n"));
  CHECK(says("    15  alert, TLS 1.2, 2 bytes\n  fatal bad_certificate (42)\n"));
  CHECK(says("    22  application_data, TLS 1.2, 1 bytes\n  protected\n"));
  CHECK(says("    28  a record begins, 2 bytes, 3 missing\n"));
  CHECK(says(" 63 62 "));
}

/* A message in two records is shown when it is whole, and one without an end as such. */
TEST(messages_span_records) {
  static const uint8_t wire[] = {22, 3, 3, 0, 3, 14, 0, 0, 22, 3, 3, 0, 2, 0, 14, 23, 3, 3, 0, 0};

  CHECK(explain("record", sch_span_of(wire, sizeof wire)));
  CHECK(says("a message goes on: 3 bytes so far\n"));
  CHECK(says("server_hello_done (14), 4 bytes\n"));
  CHECK(says("the message before has no end: 1 bytes\n"));
}

/* The plan of a handshake input is read from its end, and its options are named. */
TEST(plan_is_named) {
  uint8_t input[sizeof behind + SCH_PLAN_SIZE];
  struct sch_builder to = sch_builder_of(input, sizeof input);
  const struct sch_plan plan = {.options = 1 | 1 << 1 | 1 << 3 | 1 << 6, .cuts = {0, 5, 128}};

  sch_builder_bytes(&to, sch_span_of(behind, sizeof behind));
  sch_plan_put(&to, &plan);
  CHECK(explain("handshake", sch_span_of(input, sizeof input)));
  CHECK(says("under test: the server, TLS 1.2 only, identity rsa, ALPN\n"));
  CHECK(says("cuts: all 5 64 all"));
  CHECK(says("a record begins, 2 bytes"));
  CHECK(explain("handshake", sch_span_of(input, 3)));
  CHECK(says("plan: none"));
}

/* Operations are named, and what comes too short is said to be cut off. */
TEST(operations_are_named) {
  static const uint8_t script[] = {6, 23, 2, 8, 9, 0, 1};

  free(text);
  FILE *out = open_memstream(&text, &text_size);

  sch_explain_script(sch_span_of(script, sizeof script), out);
  (void)fclose(out);
  CHECK(strcmp(text,
               "typed 23 2 bytes: 08 09\ndata cut off\nthe rest, 1 bytes:\n"
               "       0  01                                               .\n") == 0);
  CHECK(explain("fifo", sch_span_of("\0\x07\0\x80", 4)));
  CHECK(says("limit: 8, "));
  CHECK(says("append 64\n"));
  CHECK(explain("stream", sch_span_of("\0\x80\x84\0\x11\1\0", 7)));
  CHECK(
      says("client write 64\nserver settle\nclient inside CLOSE in call 0\nthe rest, 1 bytes:\n"));
  CHECK(explain("secbuf", sch_span_of("\2\0\1\0\x81\7\1", 7)));
  CHECK(says("DecryptMessage, amount 0; 1 slots:\n  SECBUFFER_DATA, 7 bytes, READONLY\n"));
}

/* The path decides first, then the bytes; what is like nothing has no target. */
TEST(target_is_guessed) {
  uint8_t planned[sizeof hello + SCH_PLAN_SIZE] = {0};
  const struct sch_span wire = sch_span_of(hello, sizeof hello);

  sch_copy(planned, hello, sizeof hello);
  CHECK(strcmp(sch_explain_guess("corpus/fifo/handshake", wire), "fifo") == 0);
  CHECK(strcmp(sch_explain_guess("fifo/crashes/decrypt/x", wire), "decrypt") == 0);
  CHECK(strcmp(sch_explain_guess("x", wire), "record") == 0);
  CHECK(strcmp(sch_explain_guess("x", sch_span_of(planned, sizeof planned)), "handshake") == 0);
  CHECK(strcmp(sch_explain_guess("x", sch_span_text("0")), "certificate") == 0);
  CHECK(sch_explain_guess("x", sch_span_text("?")) == NULL);
  CHECK(sch_explain_guess("x", sch_span_text("")) == NULL);
  CHECK(!explain("nothing", wire));
  CHECK_EQUAL(text_size, 0);
}

/* Every beginning of an input can be explained as every target's. */
TEST(every_beginning_is_explained) {
  static const char *const targets[] = {"handshake", "decrypt", "certificate", "record",
                                        "secbuf",    "fifo",    "canary",      "stream"};

  for (size_t i = 0; i < SCH_COUNT(targets); i++) {
    for (size_t size = 0; size <= sizeof hello; size++) {
      uint8_t *exact = malloc(size);

      sch_copy(exact, hello, size);
      CHECK(explain(targets[i], sch_span_of(exact, size)));
      CHECK(text_size != 0);
      free(exact);
    }
  }
}

/* PEM blocks are taken in turn; other labels are passed over, damage is no certificate. */
TEST(pem_blocks_are_taken) {
  static const char pem[] =
      "text\n-----BEGIN X-----\nAAAA\n-----END X-----\n"
      "-----BEGIN CERTIFICATE-----\nAQID\n-----END CERTIFICATE-----\n"
      "-----BEGIN CERTIFICATE-----\nBA==\n-----END CERTIFICATE-----\n"
      "-----BEGIN CERTIFICATE-----\n!!!!\n";
  struct sch_span rest = sch_span_text(pem);
  SCOPED(fifo) struct sch_fifo der = {0};

  sch_fifo_open(&der, 64);
  CHECK(sch_pem_holds(rest));
  CHECK(sch_pem_certificate(&rest, &der));
  CHECK(sch_pem_certificate(&rest, &der));
  CHECK(sch_span_equal(sch_fifo_held(&der), sch_span_text("\1\2\3\4")));
  CHECK(!sch_pem_certificate(&rest, &der));
  CHECK(sch_pem_holds(rest));
  CHECK(!sch_pem_key(rest, &der));
  CHECK(!sch_pem_holds((struct sch_span){NULL, 0}));
  CHECK_EQUAL(sch_fifo_held(&der).size, 4);
  free(text);
  text = NULL;
}

TESTS(hello_is_decoded, wire_is_walked_to_its_end, messages_span_records, plan_is_named,
      operations_are_named, target_is_guessed, every_beginning_is_explained, pem_blocks_are_taken)
