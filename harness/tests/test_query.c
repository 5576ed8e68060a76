/* Unit tests of sspi/query: what an established context tells, for every suite there is.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "sspi/query.h"

#include "ends.h"
#include "peer.h"
#include "test.h"
#include "tls/suite.h"

/* meet_peer makes the handshake of a new client with libssl's server. */
static bool meet_peer(struct sch_end *client, struct sch_peer *peer) {
  (void)sch_end_step(client);
  for (int turn = 0; turn < 8 && client->status == SEC_I_CONTINUE_NEEDED; turn++) {
    sch_peer_give(peer, sch_fifo_held(&client->sent));
    sch_fifo_consume(&client->sent, sch_fifo_held(&client->sent).size);
    ENSURE(sch_peer_take(peer, &client->held));
    while (client->status == SEC_I_CONTINUE_NEEDED && sch_fifo_held(&client->held).size != 0) {
      if (sch_end_step(client) == SEC_E_INCOMPLETE_MESSAGE) {
        return false;
      }
    }
  }
  return client->status == SEC_E_OK;
}

/* What a suite's records add to their data: RFC 5246 section 6.2.3 and RFC 8446 section 5.2. */
static SecPkgContext_StreamSizes sizes_of(const struct sch_suite *suite) {
  SecPkgContext_StreamSizes sizes = {5, 16, 16384, 4, 1};

  if (suite->number >> 8 == 0x13) {
    sizes.cbTrailer = 17;
  } else if (suite->hash != 0) {
    sizes.cbHeader = 5 + 16;
    sizes.cbTrailer = suite->hash_bits / 8U + 16;
    sizes.cbBlockSize = 16;
  } else if (suite->cipher != 0) {
    sizes.cbHeader = 5 + 8;
  }
  return sizes;
}

static bool is_wide(const WCHAR *wide, const char *text) {
  size_t i = 0;

  while (text[i] != '\0' && wide[i] == (WCHAR)text[i]) {
    i++;
  }
  return wide[i] == 0 && text[i] == '\0';
}

static void check_suite(struct sch_end *client, const struct sch_suite *suite) {
  const bool is_1_3 = suite->number >> 8 == 0x13;
  const SecPkgContext_StreamSizes expected = sizes_of(suite);
  SecPkgContext_StreamSizes sizes;
  SecPkgContext_ConnectionInfo connection;
  SecPkgContext_CipherInfo cipher = {.dwVersion = SECPKGCONTEXT_CIPHERINFO_V1};

  CHECK_EQUAL(QueryContextAttributes(&client->context, SECPKG_ATTR_STREAM_SIZES, &sizes), SEC_E_OK);
  CHECK(memcmp(&sizes, &expected, sizeof sizes) == 0);
  CHECK_EQUAL(QueryContextAttributes(&client->context, SECPKG_ATTR_CONNECTION_INFO, &connection),
              SEC_E_OK);
  CHECK_EQUAL(connection.dwProtocol, is_1_3 ? SP_PROT_TLS1_3_CLIENT : SP_PROT_TLS1_2_CLIENT);
  CHECK_EQUAL(connection.aiCipher, suite->cipher);
  CHECK_EQUAL(connection.dwCipherStrength, suite->cipher_bits);
  CHECK_EQUAL(connection.aiHash, suite->hash);
  CHECK_EQUAL(connection.dwHashStrength, suite->hash == 0 ? 0 : suite->hash_bits);
  CHECK_EQUAL(connection.aiExch, suite->exchange);
  CHECK_EQUAL(QueryContextAttributesW(&client->context, SECPKG_ATTR_CIPHER_INFO, &cipher),
              SEC_E_OK);
  CHECK_EQUAL(cipher.dwCipherSuite, suite->number);
  CHECK_EQUAL(cipher.dwProtocol, is_1_3 ? 0x0304 : 0x0303);
  CHECK_EQUAL(cipher.dwCipherLen, suite->cipher_bits);
  CHECK_EQUAL(cipher.dwCipherBlockLen, expected.cbBlockSize);
  CHECK(is_wide(cipher.szCipherSuite, suite->name));
  CHECK(is_wide(cipher.szCipher, suite->cipher_name));
  CHECK(is_wide(cipher.szHash, suite->hash_name));
  CHECK(is_wide(cipher.szExchange, suite->exchange_name));
}

/* check_records: a record of each size has exactly the header and at most the trailer that the
 * sizes say, and the longest one is used by some size. */
static void check_records(struct sch_end *client, const SecPkgContext_StreamSizes *sizes) {
  static uint8_t data[16384];
  size_t longest = 0;

  sch_fifo_consume(&client->sent, sch_fifo_held(&client->sent).size);
  for (size_t size = 1; size <= 33; size++) {
    CHECK_EQUAL(sch_end_seal(client, sch_span_of(data, size)), SEC_E_OK);
    const size_t record = sch_fifo_held(&client->sent).size;

    CHECK(record <= sizes->cbHeader + size + sizes->cbTrailer);
    longest = record - size > longest ? record - size : longest;
    sch_fifo_consume(&client->sent, record);
  }
  CHECK_EQUAL(longest, sizes->cbHeader + sizes->cbTrailer);
  CHECK_EQUAL(sch_end_seal(client, sch_span_of(data, sizeof data)), SEC_E_OK);
  CHECK(sch_fifo_held(&client->sent).size <= sizes->cbHeader + sizeof data + sizes->cbTrailer);
}

/* Sizes, connection and cipher of every suite of the table, negotiated for real. */
TEST(every_suite) {
  size_t count;
  const struct sch_suite *suites = sch_suite_table(&count);

  for (size_t i = 0; i < count; i++) {
    const bool is_1_3 = suites[i].number >> 8 == 0x13;
    const struct sch_peer_config config = {
        .server = true,
        .version_min = is_1_3 ? 0x0304 : 0x0303,
        .version_max = is_1_3 ? 0x0304 : 0x0303,
        .identity = strstr(suites[i].name, "ECDSA") != NULL ? SCH_IDENTITY_ECDSA : SCH_IDENTITY_RSA,
        .suite = suites[i].openssl_name,
        .no_encrypt_then_mac = i % 2 == 0,
    };
    struct sch_peer *peer = sch_peer_open(&config, NULL);
    const SecPkgContext_StreamSizes sizes = sizes_of(&suites[i]);
    struct sch_end client;

    sch_end_open(&client, is_1_3 ? SCH_ENDS_OPENSSL_1_3 : SCH_ENDS_OPENSSL_1_2, false);
    if (!meet_peer(&client, peer)) {
      test_fail(__FILE__, __LINE__, __func__, suites[i].name);
    } else {
      check_suite(&client, &suites[i]);
      check_records(&client, &sizes);
    }
    sch_peer_drop(peer);
    sch_end_drop(&client);
  }
}

/* The names of a cipher need version 1 of the structure; another changes nothing. */
TEST(cipher_info_version) {
  struct sch_end client;
  struct sch_end server;
  SecPkgContext_CipherInfo cipher = {.dwVersion = 2, .dwCipherSuite = 77};

  sch_end_open(&client, SCH_ENDS_AEAD_1_3, false);
  sch_end_open(&server, SCH_ENDS_AEAD_1_3, true);
  CHECK(sch_ends_join(&client, &server));
  CHECK_EQUAL(QueryContextAttributes(&client.context, SECPKG_ATTR_CIPHER_INFO, &cipher),
              SEC_E_UNSUPPORTED_FUNCTION);
  CHECK_EQUAL(cipher.dwCipherSuite, 77);
  sch_end_drop(&client);
  sch_end_drop(&server);
}

/* The hash strength of an AEAD is 0, and the protocol bit is that of the own role. */
TEST(connection_info) {
  for (size_t kind = 0; kind < SCH_ENDS_KINDS; kind++) {
    struct sch_end client;
    struct sch_end server;
    SecPkgContext_ConnectionInfo info;

    sch_end_open(&client, kind, false);
    sch_end_open(&server, kind, true);
    CHECK(sch_ends_join(&client, &server));
    CHECK_EQUAL(QueryContextAttributes(&client.context, SECPKG_ATTR_CONNECTION_INFO, &info),
                SEC_E_OK);
    CHECK_EQUAL(info.dwProtocol,
                sch_ends_is_1_3(kind) ? SP_PROT_TLS1_3_CLIENT : SP_PROT_TLS1_2_CLIENT);
    CHECK_EQUAL(info.dwHashStrength, 0);
    CHECK_EQUAL(QueryContextAttributes(&server.context, SECPKG_ATTR_CONNECTION_INFO, &info),
                SEC_E_OK);
    CHECK_EQUAL(info.dwProtocol,
                sch_ends_is_1_3(kind) ? SP_PROT_TLS1_3_SERVER : SP_PROT_TLS1_2_SERVER);
    sch_end_drop(&client);
    sch_end_drop(&server);
  }
}

/* The peer's certificate is its leaf, in a context of the caller's own that outlives this one. */
TEST(remote_certificate) {
  struct sch_end client;
  struct sch_end server;
  PCCERT_CONTEXT certificate = NULL;
  PCCERT_CONTEXT again = NULL;

  sch_end_open(&client, SCH_ENDS_OPENSSL_1_3, false);
  sch_end_open(&server, SCH_ENDS_OPENSSL_1_3, true);
  CHECK(sch_ends_join(&client, &server));
  CHECK_EQUAL(
      QueryContextAttributes(&server.context, SECPKG_ATTR_REMOTE_CERT_CONTEXT, &certificate),
      SEC_E_NO_CREDENTIALS);
  CHECK(certificate == NULL);
  CHECK_EQUAL(
      QueryContextAttributes(&client.context, SECPKG_ATTR_REMOTE_CERT_CONTEXT, &certificate),
      SEC_E_OK);
  CHECK_EQUAL(QueryContextAttributes(&client.context, SECPKG_ATTR_REMOTE_CERT_CONTEXT, &again),
              SEC_E_OK);
  CHECK(again != certificate);
  (void)CertFreeCertificateContext(again);
  sch_end_drop(&client);
  sch_end_drop(&server);
  CHECK_BYTES(sch_span_of(certificate->pbCertEncoded, certificate->cbCertEncoded),
              sch_identity(SCH_IDENTITY_ECDSA)->certificate);
  (void)CertFreeCertificateContext(certificate);
}

/* Before the first handshake is done nothing is told, nor to no answer, nor of what is unknown. */
TEST(refusals) {
  static const ULONG known[] = {SECPKG_ATTR_STREAM_SIZES,         SECPKG_ATTR_CONNECTION_INFO,
                                SECPKG_ATTR_CIPHER_INFO,          SECPKG_ATTR_REMOTE_CERT_CONTEXT,
                                SECPKG_ATTR_APPLICATION_PROTOCOL, SECPKG_ATTR_SESSION_INFO};
  struct sch_end client;
  struct sch_end server;
  union {
    SecPkgContext_CipherInfo cipher;
    SecPkgContext_ApplicationProtocol protocol;
    PCCERT_CONTEXT certificate;
  } answer = {.cipher = {.dwVersion = SECPKGCONTEXT_CIPHERINFO_V1}};
  const size_t known_count = SCH_COUNT(known);

  sch_end_open(&client, SCH_ENDS_OPENSSL_1_3, false);
  sch_end_open(&server, SCH_ENDS_OPENSSL_1_3, true);
  (void)sch_end_step(&client);
  for (size_t i = 0; i < known_count; i++) {
    CHECK_EQUAL(QueryContextAttributes(&client.context, known[i], &answer), SEC_E_INVALID_HANDLE);
    CHECK_EQUAL(QueryContextAttributes(NULL, known[i], &answer), SEC_E_INVALID_HANDLE);
  }
  client.status = SEC_I_CONTINUE_NEEDED;
  sch_end_take(&server, &client);
  (void)sch_end_step(&server);
  sch_end_take(&client, &server);
  CHECK_EQUAL(sch_end_step(&client), SEC_E_OK);
  for (ULONG attribute = 0; attribute < 0x200; attribute++) {
    bool is_known = false;

    for (size_t i = 0; i < known_count; i++) {
      is_known |= known[i] == attribute;
    }
    answer.cipher.dwVersion = SECPKGCONTEXT_CIPHERINFO_V1;
    CHECK_EQUAL(QueryContextAttributes(&client.context, attribute, &answer),
                is_known ? SEC_E_OK : SEC_E_UNSUPPORTED_FUNCTION);
    if (attribute == SECPKG_ATTR_REMOTE_CERT_CONTEXT) {
      (void)CertFreeCertificateContext(answer.certificate);
    }
    CHECK_EQUAL(QueryContextAttributes(&client.context, attribute, NULL), SEC_E_INVALID_HANDLE);
  }
  sch_end_drop(&client);
  sch_end_drop(&server);
}

/* After a failure the failure is all there is; the peer's close_notify is none. */
TEST(after_the_end) {
  struct sch_end client;
  struct sch_end server;
  struct sch_span data;
  SecPkgContext_StreamSizes sizes;

  sch_end_open(&client, SCH_ENDS_AEAD_1_2, false);
  sch_end_open(&server, SCH_ENDS_AEAD_1_2, true);
  CHECK(sch_ends_join(&client, &server));
  CHECK_EQUAL(sch_end_seal(&client, sch_span_text("data")), SEC_E_OK);
  sch_end_take(&server, &client);
  sch_fifo_lend(&server.held)[20] ^= 1;
  CHECK_EQUAL(sch_end_unseal(&server, &data), SEC_E_MESSAGE_ALTERED);
  CHECK_EQUAL(QueryContextAttributes(&server.context, SECPKG_ATTR_STREAM_SIZES, &sizes),
              SEC_E_MESSAGE_ALTERED);
  CHECK_EQUAL(QueryContextAttributes(&client.context, SECPKG_ATTR_STREAM_SIZES, &sizes), SEC_E_OK);
  sch_end_drop(&client);
  sch_end_drop(&server);
}

TESTS(every_suite, cipher_info_version, connection_info, remote_certificate, refusals,
      after_the_end)
