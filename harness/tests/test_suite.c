/* Unit tests of tls/suite: the table against libssl's own.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "tls/suite.h"

#include <openssl/ssl.h>

#include "test.h"

/* cipher_of finds libssl's cipher of a number. */
static const SSL_CIPHER *cipher_of(SSL *ssl, uint16_t number) {
  const unsigned char bytes[] = {(uint8_t)(number >> 8), (uint8_t)number};

  return SSL_CIPHER_find(ssl, bytes);
}

/* Every row has the name, the bits and the kind that libssl has for its number. */
TEST(agrees_with_libssl) {
  SSL_CTX *context = SSL_CTX_new(TLS_method());
  SSL *ssl = SSL_new(context);
  size_t count;
  const struct sch_suite *suites = sch_suite_table(&count);

  CHECK(count >= 20);
  for (size_t i = 0; i < count; i++) {
    const SSL_CIPHER *cipher = cipher_of(ssl, suites[i].number);

    if (cipher == NULL) {
      test_fail(__FILE__, __LINE__, __func__, suites[i].name);
      continue;
    }
    CHECK(strcmp(SSL_CIPHER_standard_name(cipher), suites[i].name) == 0);
    CHECK(strcmp(SSL_CIPHER_get_name(cipher), suites[i].openssl_name) == 0);
    CHECK_EQUAL(SSL_CIPHER_get_bits(cipher, NULL), suites[i].cipher_bits);
    CHECK_EQUAL(SSL_CIPHER_is_aead(cipher), suites[i].hash == 0);
    CHECK_EQUAL(suites[i].hash == 0, suites[i].hash_bits == 0);
    CHECK_EQUAL(suites[i].hash == 0, suites[i].hash_name[0] == '\0');
    CHECK_EQUAL(suites[i].exchange == 0, suites[i].exchange_name[0] == '\0');
    CHECK_EQUAL(suites[i].number >> 8 == 0x13, suites[i].exchange == 0);
  }
  SSL_free(ssl);
  SSL_CTX_free(context);
}

/* A number has one row, and one that has none has the last. */
TEST(rows) {
  size_t count;
  const struct sch_suite *suites = sch_suite_table(&count);

  for (size_t i = 0; i < count; i++) {
    CHECK(sch_suite_of(suites[i].number) == &suites[i]);
    CHECK(strlen(suites[i].name) < SZ_ALG_MAX_SIZE);
  }
  CHECK(sch_suite_of(0) == &suites[count]);
  CHECK(sch_suite_of(0xffff) == &suites[count]);
  CHECK_EQUAL(suites[count].number, 0);
  CHECK_EQUAL(suites[count].cipher_bits, 0);
}

/* What Windows names in its own numbers, one of each kind. */
TEST(numbers) {
  static const struct {
    uint16_t number;
    ALG_ID cipher;
    ALG_ID hash;
    ALG_ID exchange;
  } rows[] = {
      {0x1302, CALG_AES_256, 0, 0},
      {0x1303, 0, 0, 0},
      {0xc02f, CALG_AES_128, 0, CALG_ECDH_EPHEM},
      {0x009f, CALG_AES_256, 0, CALG_DH_EPHEM},
      {0xc028, CALG_AES_256, CALG_SHA_384, CALG_ECDH_EPHEM},
      {0xc013, CALG_AES_128, CALG_SHA1, CALG_ECDH_EPHEM},
      {0x003c, CALG_AES_128, CALG_SHA_256, CALG_RSA_KEYX},
  };

  for (size_t i = 0; i < SCH_COUNT(rows); i++) {
    const struct sch_suite *suite = sch_suite_of(rows[i].number);

    CHECK_EQUAL(suite->cipher, rows[i].cipher);
    CHECK_EQUAL(suite->hash, rows[i].hash);
    CHECK_EQUAL(suite->exchange, rows[i].exchange);
  }
}

/* What records add, one suite of each shape. */
TEST(sizes) {
  static const struct {
    uint16_t number;
    struct sch_suite_sizes sizes;
  } shapes[] = {
      {0x1301, {5, 17, 1}},   {0x1303, {5, 17, 1}},   {0xc02f, {13, 16, 1}},  {0xcca8, {5, 16, 1}},
      {0xc028, {21, 64, 16}}, {0x003c, {21, 48, 16}}, {0xc013, {21, 36, 16}},
  };

  for (size_t i = 0; i < SCH_COUNT(shapes); i++) {
    const struct sch_suite_sizes sizes = sch_suite_sizes_of(sch_suite_of(shapes[i].number));

    CHECK_EQUAL(sizes.header, shapes[i].sizes.header);
    CHECK_EQUAL(sizes.trailer, shapes[i].sizes.trailer);
    CHECK_EQUAL(sizes.block, shapes[i].sizes.block);
  }
}

/* The lists part the suites by version, in the table's order, and end in a NUL. */
TEST(lists) {
  char text[1024];
  struct sch_builder list = sch_builder_of(text, sizeof text);

  sch_suite_list(true, &list);
  CHECK(strcmp(text,
               "TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256:"
               "TLS_CHACHA20_POLY1305_SHA256") == 0);
  list = sch_builder_of(text, sizeof text);
  sch_suite_list(false, &list);
  CHECK(strncmp(text, "ECDHE-ECDSA-AES256-GCM-SHA384:", 30) == 0);
  CHECK(strstr(text, "TLS_") == NULL);
  CHECK_EQUAL(list.size, strlen(text) + 1);
}

TESTS(agrees_with_libssl, rows, numbers, sizes, lists)
