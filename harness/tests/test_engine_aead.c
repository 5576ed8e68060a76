/* test_engine_aead: engine_aead against libssl. For every suite a real handshake is run between
 * two libssl ends; its secrets, from the key log, start two connections of the engine; from there
 * on both pairs must produce the same bytes and open each other's.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "tls/engine_aead.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "secrets.h"
#include "test.h"

#define FIFO_LIMIT ((size_t)1 << 20)

/* One real connection and its secrets. */
struct real {
  SSL *client;
  SSL *server;
  struct sch_secrets_log log;
  struct sch_aead_secrets secrets;
  struct sch_fifo tickets; /* what the server has sent behind its handshake */
  size_t tickets_sent;
};

/* The same connection in the engine. */
struct ours {
  void *credentials[2];
  struct sch_engine *client;
  struct sch_engine *server;
};

struct suite {
  uint16_t number;
  const char *name; /* OpenSSL's */
  const char *key;  /* of the certificate */
};

static const struct suite suites[] = {
    {0x1301, "TLS_AES_128_GCM_SHA256", "EC"},
    {0x1302, "TLS_AES_256_GCM_SHA384", "EC"},
    {0x1303, "TLS_CHACHA20_POLY1305_SHA256", "EC"},
    {0xc02b, "ECDHE-ECDSA-AES128-GCM-SHA256", "EC"},
    {0xc02c, "ECDHE-ECDSA-AES256-GCM-SHA384", "EC"},
    {0xc02f, "ECDHE-RSA-AES128-GCM-SHA256", "RSA"},
    {0xc030, "ECDHE-RSA-AES256-GCM-SHA384", "RSA"},
    {0xcca8, "ECDHE-RSA-CHACHA20-POLY1305", "RSA"},
    {0xcca9, "ECDHE-ECDSA-CHACHA20-POLY1305", "EC"},
};

static bool is_1_3(const struct suite *suite) {
  return suite->number >> 8 == 0x13;
}

static bool is_gcm_1_2(const struct suite *suite) {
  return sch_aead_suite_of(suite->number)->header != SCH_RECORD_HEADER;
}

/* Certificates, made once. */

static EVP_PKEY *keys[2];
static X509 *certificates[2];

static void make_certificate(size_t index) {
  EVP_PKEY *key = index == 0 ? EVP_EC_gen("P-256") : EVP_RSA_gen(2048);
  X509 *certificate = X509_new();

  (void)X509_set_version(certificate, X509_VERSION_3);
  (void)X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
  (void)X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
  (void)X509_set_pubkey(certificate, key);
  (void)X509_sign(certificate, key, EVP_sha256());
  keys[index] = key;
  certificates[index] = certificate;
}

static void key_line(const SSL *ssl, const char *line) {
  struct real *real = SSL_get_app_data(ssl);

  sch_secrets_line(&real->log, line);
}

/* Real connections. */

/* take moves what an end has written to `to`. */
static void take(SSL *from, struct sch_fifo *to) {
  uint8_t bytes[4096];
  int size;

  while ((size = BIO_read(SSL_get_wbio(from), bytes, sizeof bytes)) > 0) {
    CHECK(sch_fifo_append(to, sch_span_of(bytes, (size_t)size)));
  }
}

static void give(SSL *to, struct sch_span bytes) {
  CHECK_EQUAL(BIO_write(SSL_get_rbio(to), bytes.data, (int)bytes.size), bytes.size);
}

/* learn_nonce finds the Finished behind a TLS 1.2 ChangeCipherSpec: its explicit nonce, which
 * libssl starts at random, is that of record 0. */
static void learn_nonce(struct sch_span flight, struct sch_aead_secret *secret) {
  struct sch_record record = {.type = 0};
  size_t missing;
  bool changed = false;

  while (sch_record_next(&flight, &record, &missing) == SEC_E_OK) {
    if (changed) {
      sch_copy(secret->iv + 4, record.body.data, SCH_AEAD_EXPLICIT);
    }
    changed = record.type == SCH_RECORD_CHANGE_CIPHER_SPEC;
  }
}

/* carry brings one flight across. */
static void carry(SSL *from, SSL *to, struct sch_aead_secret *secret) {
  SCOPED(fifo) struct sch_fifo flight = {0};

  sch_fifo_open(&flight, FIFO_LIMIT);
  take(from, &flight);
  learn_nonce(sch_fifo_held(&flight), secret);
  give(to, sch_fifo_held(&flight));
}

static SSL *new_end(struct real *real, const struct suite *suite, bool server) {
  const size_t index = suite->key[0] == 'R';
  const int version = is_1_3(suite) ? TLS1_3_VERSION : TLS1_2_VERSION;
  SSL_CTX *context = SSL_CTX_new(server ? TLS_server_method() : TLS_client_method());

  CHECK(SSL_CTX_set_min_proto_version(context, version) == 1);
  CHECK(SSL_CTX_set_max_proto_version(context, version) == 1);
  CHECK((is_1_3(suite) ? SSL_CTX_set_ciphersuites(context, suite->name)
                       : SSL_CTX_set_cipher_list(context, suite->name)) == 1);
  if (server) {
    CHECK(SSL_CTX_use_certificate(context, certificates[index]) == 1);
    CHECK(SSL_CTX_use_PrivateKey(context, keys[index]) == 1);
  } else {
    SSL_CTX_set_keylog_callback(context, key_line);
  }
  SSL *ssl = SSL_new(context);

  SSL_CTX_free(context);
  (void)SSL_set_app_data(ssl, real);
  SSL_set_bio(ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  if (server) {
    SSL_set_accept_state(ssl);
  } else {
    SSL_set_connect_state(ssl);
  }
  return ssl;
}

static void real_open(struct real *real, const struct suite *suite) {
  *real = (struct real){0};
  sch_fifo_open(&real->tickets, FIFO_LIMIT);
  if (keys[0] == NULL) {
    make_certificate(0);
    make_certificate(1);
  }
  real->client = new_end(real, suite, false);
  real->server = new_end(real, suite, true);
  struct sch_aead_secret client = {.sequence = 0};
  struct sch_aead_secret server = {.sequence = 0};

  for (int turn = 0; turn < 4 && !SSL_is_init_finished(real->server); turn++) {
    (void)SSL_do_handshake(real->client);
    carry(real->client, real->server, &client);
    (void)SSL_do_handshake(real->server);
    if (!SSL_is_init_finished(real->client)) {
      carry(real->server, real->client, &server);
    }
  }
  (void)SSL_do_handshake(real->client);
  CHECK(SSL_is_init_finished(real->client));
  CHECK(SSL_is_init_finished(real->server));
  take(real->server, &real->tickets);
  real->tickets_sent = is_1_3(suite) ? 2 : 0;
  CHECK(sch_secrets_of(real->client, &real->log, &real->secrets));
  CHECK_EQUAL(real->secrets.suite, suite->number);
  sch_copy(real->secrets.client.iv + 4, client.iv + 4, is_gcm_1_2(suite) ? SCH_AEAD_EXPLICIT : 0);
  sch_copy(real->secrets.server.iv + 4, server.iv + 4, is_gcm_1_2(suite) ? SCH_AEAD_EXPLICIT : 0);
}

static void real_drop(struct real *real) {
  SSL_free(real->client);
  SSL_free(real->server);
  sch_fifo_drop(&real->tickets);
  ERR_clear_error();
}

/* The engine's connections. */

static const struct sch_engine_class *class_of(struct sch_engine *engine) {
  return engine->class;
}

static struct sch_engine *ours_end(const struct sch_aead_secrets *secrets, bool server,
                                   void **credential) {
  const struct sch_engine_wishes wishes = {0};
  struct sch_engine *engine = NULL;

  CHECK_EQUAL(sch_engine_aead_credential(secrets, server, credential), SEC_E_OK);
  CHECK_EQUAL(sch_engine_aead[0].connection_open(*credential, &wishes, &engine), SEC_E_OK);
  return engine;
}

static SECURITY_STATUS ours_step(struct sch_engine *engine, struct sch_span record,
                                 struct sch_fifo *token) {
  return class_of(engine)->step(engine, record, token);
}

/* ours_open: the client reads from the tickets on, the server writes behind them. */
static void ours_open(struct ours *ours, const struct real *real) {
  struct sch_aead_secrets behind = real->secrets;
  SCOPED(fifo) struct sch_fifo hello = {0};
  SCOPED(fifo) struct sch_fifo answer = {0};

  sch_fifo_open(&hello, FIFO_LIMIT);
  sch_fifo_open(&answer, FIFO_LIMIT);
  behind.server.sequence += real->tickets_sent;
  ours->client = ours_end(&real->secrets, false, &ours->credentials[0]);
  ours->server = ours_end(&behind, true, &ours->credentials[1]);
  CHECK_EQUAL(ours_step(ours->client, (struct sch_span){NULL, 0}, &hello), SEC_I_CONTINUE_NEEDED);
  CHECK_EQUAL(ours_step(ours->server, sch_fifo_held(&hello), &answer), SEC_E_OK);
  sch_fifo_consume(&hello, sch_fifo_held(&hello).size);
  CHECK_EQUAL(ours_step(ours->client, sch_fifo_held(&answer), &hello), SEC_E_OK);
  CHECK_EQUAL(sch_fifo_held(&hello).size, 0);
}

static void ours_drop(struct ours *ours) {
  sch_engine_aead[0].drop(ours->client);
  sch_engine_aead[0].drop(ours->server);
  sch_engine_aead[0].credential_drop(ours->credentials[0]);
  sch_engine_aead[0].credential_drop(ours->credentials[1]);
}

/* open_copy opens a record in a block of exactly its size and gives the block. */
static SECURITY_STATUS open_copy(struct sch_engine *engine, struct sch_span record,
                                 struct sch_opened *opened, uint8_t **copy) {
  *copy = sch_alloc(record.size);
  sch_copy(*copy, record.data, record.size);
  return class_of(engine)->open(engine, *copy, record.size, opened);
}

/* Both at once. */

/* A direction: the real sender with the engine's, and the real receiver with the engine's. */
struct way {
  SSL *from;
  SSL *to;
  struct sch_engine *seals;
  struct sch_engine *opens;
};

static void ways_of(const struct real *real, const struct ours *ours, struct way *ways) {
  ways[0] = (struct way){real->client, real->server, ours->client, ours->server};
  ways[1] = (struct way){real->server, real->client, ours->server, ours->client};
}

static void fill(uint8_t *data, size_t size, size_t seed) {
  for (size_t i = 0; i < size; i++) {
    data[i] = (uint8_t)(i * 7 + seed);
  }
}

/* seal_equal seals data in the engine: the record must be `wire`, and the facts must fit it. */
static void seal_equal(struct sch_engine *engine, struct sch_span data, struct sch_span wire) {
  static uint8_t sealed[SCH_RECORD_MAX];
  struct sch_builder record = sch_builder_of(sealed, sizeof sealed);
  struct sch_engine_facts facts;

  CHECK_EQUAL(class_of(engine)->seal(engine, data, &record), SEC_E_OK);
  CHECK_BYTES(sch_builder_built(&record), wire);
  class_of(engine)->facts(engine, &facts);
  CHECK_EQUAL(record.size, facts.header + data.size + facts.trailer);
}

/* open_equal opens `wire` in the engine: out must come the data. */
static void open_equal(struct sch_engine *engine, struct sch_span data, struct sch_span wire) {
  struct sch_opened opened;
  struct sch_engine_facts facts;
  uint8_t *copy;

  CHECK_EQUAL(open_copy(engine, wire, &opened, &copy), SEC_E_OK);
  class_of(engine)->facts(engine, &facts);
  CHECK_EQUAL(opened.header, facts.header);
  CHECK(!opened.again);
  CHECK_BYTES(sch_span_of(copy + opened.header, opened.data), data);
  sch_free(copy);
}

/* say sends `size` bytes one way: the records are equal, and each end opens the other's. An end of
 * the engine may be missing. */
static void say(const struct way *way, size_t size) {
  static uint8_t bytes[SCH_RECORD_PLAIN_MAX];
  static uint8_t got[SCH_RECORD_PLAIN_MAX];
  const struct sch_span data = sch_span_of(bytes, size);
  SCOPED(fifo) struct sch_fifo wire = {0};

  sch_fifo_open(&wire, FIFO_LIMIT);
  fill(bytes, size, size);
  CHECK_EQUAL(SSL_write(way->from, bytes, (int)size), size);
  take(way->from, &wire);
  give(way->to, sch_fifo_held(&wire));
  CHECK_EQUAL(SSL_read(way->to, got, sizeof got), size);
  CHECK_BYTES(sch_span_of(got, size), data);
  if (way->seals != NULL) {
    seal_equal(way->seals, data, sch_fifo_held(&wire));
  }
  if (way->opens != NULL) {
    open_equal(way->opens, data, sch_fifo_held(&wire));
  }
}

static void say_sizes(const struct way *way) {
  static const size_t sizes[] = {1, 100, 15, 16, 17, 16383, 16384, 1};

  for (size_t i = 0; i < SCH_COUNT(sizes); i++) {
    say(way, sizes[i]);
  }
}

/* recognise gives the engine a record that it must hand back unchanged and then step over. */
static void recognise(struct sch_engine *engine, struct sch_span record, struct sch_fifo *token) {
  struct sch_opened opened;
  uint8_t *copy;

  CHECK_EQUAL(open_copy(engine, record, &opened, &copy), SEC_I_RENEGOTIATE);
  CHECK(opened.again);
  CHECK_EQUAL(opened.data, 0);
  CHECK_BYTES(sch_span_of(copy, record.size), record);
  CHECK_EQUAL(ours_step(engine, record, token), SEC_E_OK);
  sch_free(copy);
}

static void take_tickets(struct real *real, struct ours *ours) {
  struct sch_span rest = sch_fifo_held(&real->tickets);
  struct sch_record record = {.type = 0};
  size_t missing;
  size_t count = 0;
  SCOPED(fifo) struct sch_fifo token = {0};

  sch_fifo_open(&token, FIFO_LIMIT);
  while (sch_record_next(&rest, &record, &missing) == SEC_E_OK) {
    recognise(ours->client, record.whole, &token);
    count++;
  }
  CHECK_EQUAL(count, real->tickets_sent);
  CHECK_EQUAL(sch_fifo_held(&token).size, 0);
  give(real->client, sch_fifo_held(&real->tickets));
}

/* answer_equal lets the receiver speak: libssl sends the answer to a KeyUpdate, if there is one,
 * with the next data; the engine has given it as a token. */
static void answer_equal(const struct way *way, struct sch_fifo *token) {
  static const uint8_t data[] = "behind the update";
  uint8_t got[64];
  uint8_t room[128];
  struct sch_builder record = sch_builder_of(room, sizeof room);
  SCOPED(fifo) struct sch_fifo wire = {0};

  sch_fifo_open(&wire, FIFO_LIMIT);
  CHECK_EQUAL(SSL_write(way->to, data, sizeof data), sizeof data);
  take(way->to, &wire);
  CHECK_EQUAL(class_of(way->opens)->seal(way->opens, sch_span_of(data, sizeof data), &record),
              SEC_E_OK);
  CHECK(sch_fifo_append(token, sch_builder_built(&record)));
  CHECK_BYTES(sch_fifo_held(token), sch_fifo_held(&wire));
  give(way->from, sch_fifo_held(token));
  CHECK_EQUAL(SSL_read(way->from, got, sizeof got), sizeof data);
  CHECK_BYTES(sch_span_of(got, sizeof data), sch_span_of(data, sizeof data));
}

/* update_keys lets libssl's sender go to new keys. The engine cannot begin that, so its sender of
 * this way is out of it. */
static void update_keys(const struct way *way, int type) {
  uint8_t none;
  SCOPED(fifo) struct sch_fifo wire = {0};
  SCOPED(fifo) struct sch_fifo token = {0};

  sch_fifo_open(&wire, FIFO_LIMIT);
  sch_fifo_open(&token, FIFO_LIMIT);
  CHECK_EQUAL(SSL_key_update(way->from, type), 1);
  CHECK_EQUAL(SSL_do_handshake(way->from), 1);
  take(way->from, &wire);
  give(way->to, sch_fifo_held(&wire));
  CHECK_EQUAL(SSL_read(way->to, &none, 1), -1);
  CHECK_EQUAL(SSL_get_error(way->to, -1), SSL_ERROR_WANT_READ);

  recognise(way->opens, sch_fifo_held(&wire), &token);
  CHECK_EQUAL(sch_fifo_held(&token).size != 0, type == SSL_KEY_UPDATE_REQUESTED);
  answer_equal(way, &token);
  say(&(struct way){way->from, way->to, NULL, way->opens}, 100);
}

/* close_way: the alert is the same, and each end takes the other's. */
static void close_way(const struct way *way) {
  uint8_t none;
  struct sch_opened opened;
  uint8_t *copy;
  SCOPED(fifo) struct sch_fifo wire = {0};
  SCOPED(fifo) struct sch_fifo token = {0};

  sch_fifo_open(&wire, FIFO_LIMIT);
  sch_fifo_open(&token, FIFO_LIMIT);
  CHECK(SSL_shutdown(way->from) >= 0);
  take(way->from, &wire);
  CHECK_EQUAL(
      class_of(way->seals)->alert(way->seals, SCH_ALERT_WARNING, SCH_ALERT_close_notify, &token),
      SEC_E_OK);
  CHECK_BYTES(sch_fifo_held(&wire), sch_fifo_held(&token));
  give(way->to, sch_fifo_held(&token));
  CHECK_EQUAL(SSL_read(way->to, &none, 1), 0);
  CHECK_EQUAL(SSL_get_error(way->to, 0), SSL_ERROR_ZERO_RETURN);
  CHECK_EQUAL(open_copy(way->opens, sch_fifo_held(&wire), &opened, &copy), SEC_I_CONTEXT_EXPIRED);
  CHECK_EQUAL(opened.data, 0);
  sch_free(copy);
}

static void run_each(void (*run)(const struct suite *, struct real *, struct ours *)) {
  for (size_t i = 0; i < SCH_COUNT(suites); i++) {
    struct real real;
    struct ours ours;

    real_open(&real, &suites[i]);
    ours_open(&ours, &real);
    run(&suites[i], &real, &ours);
    ours_drop(&ours);
    real_drop(&real);
  }
}

static void compare(const struct suite *suite, struct real *real, struct ours *ours) {
  struct way ways[2];

  ways_of(real, ours, ways);
  if (is_1_3(suite)) {
    take_tickets(real, ours);
  }
  for (size_t i = 0; i < 2; i++) {
    say_sizes(&ways[i]);
  }
  close_way(&ways[0]);
  close_way(&ways[1]);
}

/* Records, tickets and close_notify are the same bytes as libssl's, both ways, in every suite. */
TEST(equals_libssl) {
  run_each(compare);
}

static void follow(const struct suite *suite, struct real *real, struct ours *ours, size_t index) {
  struct way ways[2];

  if (!is_1_3(suite)) {
    return;
  }
  ways_of(real, ours, ways);
  take_tickets(real, ours);
  for (int turn = 0; turn < 3; turn++) {
    update_keys(&ways[index], SSL_KEY_UPDATE_NOT_REQUESTED);
    update_keys(&ways[index], SSL_KEY_UPDATE_REQUESTED);
  }
}

static void follow_client(const struct suite *suite, struct real *real, struct ours *ours) {
  follow(suite, real, ours, 0);
}

static void follow_server(const struct suite *suite, struct real *real, struct ours *ours) {
  follow(suite, real, ours, 1);
}

/* KeyUpdate is followed, and answered with libssl's own answer, again and again. */
TEST(follows_key_updates) {
  run_each(follow_client);
  run_each(follow_server);
}

static void refuse_renegotiation(const struct suite *suite, struct real *real, struct ours *ours) {
  struct sch_opened opened;
  uint8_t none;
  uint8_t *copy;
  SCOPED(fifo) struct sch_fifo wire = {0};
  SCOPED(fifo) struct sch_fifo token = {0};

  if (is_1_3(suite)) {
    return;
  }
  const size_t header = sch_aead_suite_of(suite->number)->header;

  sch_fifo_open(&wire, FIFO_LIMIT);
  sch_fifo_open(&token, FIFO_LIMIT);
  CHECK_EQUAL(SSL_renegotiate(real->server), 1);
  CHECK_EQUAL(SSL_do_handshake(real->server), 1);
  take(real->server, &wire);
  CHECK_EQUAL(sch_fifo_held(&wire).size, header + 4 + SCH_AEAD_TAG);
  CHECK_EQUAL(open_copy(ours->client, sch_fifo_held(&wire), &opened, &copy), SEC_I_RENEGOTIATE);
  CHECK_EQUAL(opened.header, header);
  CHECK_EQUAL(opened.data, 0);
  CHECK(!opened.again);
  sch_free(copy);

  CHECK_EQUAL(ours_step(ours->client, (struct sch_span){NULL, 0}, &token), SEC_E_OK);
  give(real->server, sch_fifo_held(&token));
  CHECK_EQUAL(SSL_read(real->server, &none, 1), -1);
  CHECK_EQUAL(ERR_GET_REASON(ERR_peek_error()), SSL_R_NO_RENEGOTIATION);
}

/* libssl's HelloRequest is recognised, in the layout that Windows shows, and libssl understands
 * the refusal. */
TEST(refuses_renegotiation) {
  run_each(refuse_renegotiation);
}

static void empty_then_data(const struct suite *suite, struct real *real, struct ours *ours) {
  uint8_t room[128];
  uint8_t got[8];
  struct sch_builder wire = sch_builder_of(room, sizeof room);

  (void)suite;
  for (int i = 0; i < 3; i++) {
    CHECK_EQUAL(class_of(ours->client)->seal(ours->client, sch_span_text(i < 2 ? "" : "x"), &wire),
                SEC_E_OK);
  }
  give(real->server, sch_builder_built(&wire));
  CHECK_EQUAL(SSL_read(real->server, got, sizeof got), 1);
  CHECK_EQUAL(got[0], 'x');
}

/* libssl takes our empty records in its stride. */
TEST(empty_records) {
  run_each(empty_then_data);
}

TESTS(equals_libssl, follows_key_updates, refuses_renegotiation, empty_records)
