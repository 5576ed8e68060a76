/* peer: see peer.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "peer.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <string.h>

#include "secrets.h"
#include "starve.h"
#include "world.h"

#define CONFIGS_MAX 1024
#define HEARD_MAX ((size_t)8 << 20)
#define PROTOCOLS_MAX 256

struct kept {
  struct sch_peer_config config;
  SSL_CTX *context;
  uint8_t protocols[PROTOCOLS_MAX]; /* ProtocolNameList */
  size_t protocols_size;
};

struct sch_peer {
  struct sch_secrets_log log;
  struct kept *kept;
  SSL *ssl;
  BIO *in;  /* owned by ssl */
  BIO *out; /* owned by ssl */
  struct sch_fifo heard;
  struct sch_peer_facts facts;
};

static struct kept all_kept[CONFIGS_MAX];
static size_t kept_count;

/* ---- contexts ---- */

static bool same_text(const char *left, const char *right) {
  return left == right || (left != NULL && right != NULL && strcmp(left, right) == 0);
}

static bool same_config(const struct sch_peer_config *left, const struct sch_peer_config *right) {
  return left->server == right->server && left->version_min == right->version_min &&
         left->version_max == right->version_max && left->identity == right->identity &&
         same_text(left->suite, right->suite) && same_text(left->groups, right->groups) &&
         same_text(left->protocols, right->protocols) && same_text(left->name, right->name) &&
         left->client_certificate == right->client_certificate &&
         left->no_encrypt_then_mac == right->no_encrypt_then_mac &&
         left->fragment == right->fragment && left->tickets == right->tickets &&
         left->renews == right->renews;
}

static int accept_any(X509_STORE_CTX *store, void *unused) {
  (void)unused;
  X509_STORE_CTX_set_error(store, X509_V_OK);
  return 1;
}

static int choose_protocol(SSL *ssl, const unsigned char **chosen, unsigned char *size,
                           const unsigned char *offer, unsigned offer_size, void *context) {
  const struct kept *kept = context;
  unsigned char *place;

  (void)ssl;
  if (SSL_select_next_proto(&place, size, kept->protocols, (unsigned)kept->protocols_size, offer,
                            offer_size) != OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  }
  *chosen = place;
  return SSL_TLSEXT_ERR_OK;
}

/* renew_ticket takes the place of libssl's own judgement, which is to renew in TLS 1.3 alone. */
static SSL_TICKET_RETURN renew_ticket(SSL *ssl, SSL_SESSION *session, const unsigned char *name,
                                      size_t size, SSL_TICKET_STATUS status, void *unused) {
  (void)ssl;
  (void)session;
  (void)name;
  (void)size;
  (void)unused;
  return status == SSL_TICKET_SUCCESS || status == SSL_TICKET_SUCCESS_RENEW
             ? SSL_TICKET_RETURN_USE_RENEW
             : SSL_TICKET_RETURN_IGNORE_RENEW;
}

static void note_handshake(struct sch_peer *peer, bool sent, const uint8_t *message, size_t size) {
  static const uint8_t retry[] = {0xcf, 0x21, 0xad, 0x74}; /* RFC 8446 4.1.3, its first bytes */
  const size_t random = 6;
  struct sch_peer_facts *facts = &peer->facts;

  if (size == 0) {
    return;
  }
  facts->tickets += message[0] == SSL3_MT_NEWSESSION_TICKET;
  facts->handshakes += message[0] == SSL3_MT_FINISHED && !sent;
  facts->key_updates += message[0] == SSL3_MT_KEY_UPDATE && !sent;
  if (message[0] == SSL3_MT_SERVER_HELLO && size > random + sizeof(retry) &&
      memcmp(message + random, retry, sizeof(retry)) == 0) {
    facts->retried = true;
  }
}

static void on_message(int sent, int version, int type, const void *data, size_t size, SSL *ssl,
                       void *unused) {
  struct sch_peer *peer = SSL_get_app_data(ssl);
  const uint8_t *message = data;

  (void)version;
  (void)unused;
  if (type == SSL3_RT_HANDSHAKE) {
    note_handshake(peer, sent != 0, message, size);
  } else if (type == SSL3_RT_ALERT && size == 2) {
    *(sent != 0 ? &peer->facts.alert_out : &peer->facts.alert_in) = message[1];
  }
}

static void on_key(const SSL *ssl, const char *line) {
  struct sch_peer *peer = SSL_get_app_data(ssl);

  sch_secrets_line(&peer->log, line);
}

static void set_identity(SSL_CTX *context, const struct sch_identity *identity) {
  const uint8_t *at = identity->key.data;
  struct sch_span chain = identity->chain;

  ENSURE(SSL_CTX_use_certificate_ASN1(context, (int)identity->certificate.size,
                                      identity->certificate.data) == 1);
  EVP_PKEY *key = d2i_AutoPrivateKey(NULL, &at, (long)identity->key.size);

  ENSURE(SSL_CTX_use_PrivateKey(context, key) == 1);
  EVP_PKEY_free(key);
  while (chain.size != 0) {
    at = chain.data;
    X509 *issuer = d2i_X509(NULL, &at, (long)chain.size);

    ENSURE(SSL_CTX_add0_chain_cert(context, issuer) == 1);
    ENSURE(sch_span_skip(&chain, (size_t)(at - chain.data)));
  }
}

static void set_algorithms(SSL_CTX *context, const struct sch_peer_config *config) {
  const int min = config->version_min == 0 ? TLS1_2_VERSION : config->version_min;
  const int max = config->version_max == 0 ? TLS1_3_VERSION : config->version_max;

  SSL_CTX_set_security_level(context, 1);
  ENSURE(SSL_CTX_set_min_proto_version(context, min) == 1);
  ENSURE(SSL_CTX_set_max_proto_version(context, max) == 1);
  ENSURE(SSL_CTX_set_dh_auto(context, 1) == 1);
  if (config->suite != NULL && strncmp(config->suite, "TLS_", 4) == 0) {
    ENSURE(SSL_CTX_set_ciphersuites(context, config->suite) == 1);
  } else if (config->suite != NULL) {
    ENSURE(SSL_CTX_set_cipher_list(context, config->suite) == 1);
  }
  if (config->groups != NULL) {
    ENSURE(SSL_CTX_set1_groups_list(context, config->groups) == 1);
  }
}

/* set_protocols turns "h2,http/1.1" into a ProtocolNameList. RFC 7301 3.1. */
static void set_protocols(struct kept *kept) {
  struct sch_builder list = sch_builder_of(kept->protocols, sizeof(kept->protocols));

  for (const char *at = kept->config.protocols; at != NULL;) {
    const size_t size = strcspn(at, ",");

    sch_builder_u8(&list, (uint8_t)size);
    sch_builder_bytes(&list, sch_span_of(at, size));
    at = at[size] == 0 ? NULL : at + size + 1;
  }
  ENSURE(!list.failed);
  kept->protocols_size = list.size;
  if (list.size != 0) {
    SSL_CTX_set_alpn_select_cb(kept->context, choose_protocol, kept);
    ENSURE(SSL_CTX_set_alpn_protos(kept->context, kept->protocols, (unsigned)list.size) == 0);
  }
}

static void make_context(struct kept *kept) {
  const struct sch_peer_config *config = &kept->config;
  SSL_CTX *context = SSL_CTX_new(config->server ? TLS_server_method() : TLS_client_method());

  ENSURE(context != NULL);
  kept->context = context;
  set_algorithms(context, config);
  if (config->identity != SCH_IDENTITY_NONE) {
    set_identity(context, sch_identity(config->identity));
  }
  set_protocols(kept);
  SSL_CTX_set_options(context, SSL_OP_ALLOW_CLIENT_RENEGOTIATION);
  if (config->server && config->tickets == 0) {
    SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
  }
  if (config->renews) {
    ENSURE(SSL_CTX_set_session_ticket_cb(context, NULL, renew_ticket, NULL) == 1);
  }
  if (config->no_encrypt_then_mac) {
    SSL_CTX_set_options(context, SSL_OP_NO_ENCRYPT_THEN_MAC);
  }
  ENSURE(config->fragment == 0 || SSL_CTX_set_max_send_fragment(context, config->fragment) == 1);
  ENSURE(SSL_CTX_set_num_tickets(context, config->tickets) == 1);
  SSL_CTX_set_mode(context, SSL_MODE_NO_AUTO_CHAIN);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  ENSURE(SSL_CTX_set_session_id_context(context, (const uint8_t *)"peer", 4) == 1);
  SSL_CTX_set_cert_verify_callback(context, accept_any, NULL);
  SSL_CTX_set_verify(
      context, config->server && !config->client_certificate ? SSL_VERIFY_NONE : SSL_VERIFY_PEER,
      NULL);
  SSL_CTX_set_msg_callback(context, on_message);
  SSL_CTX_set_keylog_callback(context, on_key);
}

static struct kept *context_of(const struct sch_peer_config *config) {
  for (size_t i = 0; i < kept_count; i++) {
    if (same_config(&all_kept[i].config, config)) {
      return &all_kept[i];
    }
  }
  REQUIRE(kept_count < CONFIGS_MAX);
  const struct sch_world before = sch_world_apart("peer");
  struct kept *kept = &all_kept[kept_count++];

  ENSURE(OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) == 1);
  kept->config = *config;
  make_context(kept);
  sch_world_back(&before);
  return kept;
}

/* ---- one peer ---- */

/* judge notes what a result that is not success says; true when the peer lives. */
static bool judge(struct sch_peer *peer, int result) {
  const int error = SSL_get_error(peer->ssl, result);

  ERR_clear_error();
  if (error == SSL_ERROR_ZERO_RETURN) {
    peer->facts.closed = true;
  } else if (error != SSL_ERROR_NONE && error != SSL_ERROR_WANT_READ) {
    peer->facts.failed = true;
  }
  return !peer->facts.failed;
}

/* run does all that the bytes given allow. Each turn of the loop reads at least one of them. */
static void run(struct sch_peer *peer) {
  uint8_t data[4096];
  size_t size;
  int result = 1;

  ERR_clear_error();
  if (SSL_in_init(peer->ssl)) {
    result = SSL_do_handshake(peer->ssl);
  }
  while (result == 1 && !peer->facts.failed) {
    result = SSL_read_ex(peer->ssl, data, sizeof(data), &size);
    if (result == 1 && !sch_fifo_append(&peer->heard, sch_span_of(data, size))) {
      peer->facts.failed = true;
    }
    sch_wipe(data, sizeof(data));
  }
  (void)judge(peer, result);
  peer->facts.finished = SSL_is_init_finished(peer->ssl) != 0;
}

/* What the peer draws and allocates is its own. */
static enum sch_side enter(void) {
  sch_starve_hold();
  return sch_world_side(SCH_SIDE_PEER);
}

static void leave(enum sch_side side) {
  sch_starve_release();
  (void)sch_world_side(side);
}

struct sch_peer *sch_peer_open(const struct sch_peer_config *config,
                               const struct sch_peer *before) {
  struct kept *kept = context_of(config);
  const enum sch_side side = enter();
  struct sch_peer *peer = sch_own_alloc(sizeof(*peer));

  ENSURE(peer != NULL);
  *peer = (struct sch_peer){.kept = kept,
                            .ssl = SSL_new(kept->context),
                            .in = BIO_new(BIO_s_mem()),
                            .out = BIO_new(BIO_s_mem()),
                            .facts = {.alert_in = -1, .alert_out = -1}};
  ENSURE(peer->ssl != NULL);
  sch_fifo_open(&peer->heard, HEARD_MAX);
  SSL_set_bio(peer->ssl, peer->in, peer->out);
  ENSURE(SSL_set_app_data(peer->ssl, peer) == 1);
  if (config->server) {
    SSL_set_accept_state(peer->ssl);
  } else {
    SSL_set_connect_state(peer->ssl);
    ENSURE(config->name == NULL || SSL_set_tlsext_host_name(peer->ssl, config->name) == 1);
    ENSURE(before == NULL || SSL_set_session(peer->ssl, SSL_get0_session(before->ssl)) == 1);
    run(peer);
  }
  leave(side);
  return peer;
}

void sch_peer_drop(struct sch_peer *peer) {
  if (peer != NULL) {
    /* Without close_notify libssl would forbid the session, which a later peer may offer. */
    SSL_set_shutdown(peer->ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    SSL_free(peer->ssl);
    sch_fifo_drop(&peer->heard);
    sch_free(peer);
  }
}

void sch_peer_give(struct sch_peer *peer, struct sch_span wire) {
  const enum sch_side side = enter();
  size_t written = 0;

  REQUIRE(wire.size <= INT32_MAX);
  if (wire.size != 0 && !peer->facts.failed) {
    ENSURE(BIO_write_ex(peer->in, wire.data, wire.size, &written) == 1);
    ENSURE(written == wire.size);
    run(peer);
  }
  leave(side);
}

bool sch_peer_take(struct sch_peer *peer, struct sch_fifo *to) {
  char *data = NULL;
  const long size = BIO_get_mem_data(peer->out, &data);

  if (size <= 0) {
    return true;
  }
  if (!sch_fifo_append(to, sch_span_of(data, (size_t)size))) {
    return false;
  }
  return BIO_reset(peer->out) == 1;
}

struct sch_fifo *sch_peer_heard(struct sch_peer *peer) {
  return &peer->heard;
}

void sch_peer_facts(const struct sch_peer *peer, struct sch_peer_facts *facts) {
  const SSL_CIPHER *cipher = SSL_get_current_cipher(peer->ssl);
  const unsigned char *protocol = NULL;
  unsigned size = 0;

  SSL_get0_alpn_selected(peer->ssl, &protocol, &size);
  const STACK_OF(X509) *chain = SSL_get_peer_cert_chain(peer->ssl);

  *facts = peer->facts;
  facts->protocol = sch_span_of(protocol, size);
  facts->resumed = SSL_session_reused(peer->ssl) == 1;
  facts->peer_chain = chain == NULL ? 0 : (size_t)sk_X509_num(chain);
  /* A server's view of the chain lacks the leaf. */
  facts->peer_chain +=
      SSL_is_server(peer->ssl) != 0 && SSL_get0_peer_certificate(peer->ssl) != NULL;
  if (cipher != NULL) {
    facts->version = (uint16_t)SSL_version(peer->ssl);
    facts->suite = SSL_CIPHER_get_protocol_id(cipher);
  }
}

bool sch_peer_secrets(struct sch_peer *peer, struct sch_aead_secrets *secrets) {
  return peer->facts.finished && sch_secrets_of(peer->ssl, &peer->log, secrets);
}

/* ---- actions ---- */

/* settled says whether the peer can act: an action in mid-handshake would change its meaning. */
static bool settled(const struct sch_peer *peer, int version) {
  return !peer->facts.failed && SSL_is_init_finished(peer->ssl) != 0 &&
         (SSL_get_shutdown(peer->ssl) & SSL_SENT_SHUTDOWN) == 0 &&
         (version == 0 || SSL_version(peer->ssl) == version);
}

/* proceed lets the peer send what an action has begun. */
static bool proceed(struct sch_peer *peer, bool begun) {
  const bool sent = begun && judge(peer, SSL_do_handshake(peer->ssl));

  peer->facts.finished = SSL_is_init_finished(peer->ssl) != 0;
  ERR_clear_error();
  return sent;
}

bool sch_peer_write(struct sch_peer *peer, struct sch_span data) {
  size_t written = 0;

  if (!settled(peer, 0)) {
    return false;
  }
  const enum sch_side side = enter();
  const bool sent = SSL_write_ex(peer->ssl, data.data, data.size, &written) == 1;

  ERR_clear_error();
  leave(side);
  return sent;
}

bool sch_peer_key_update(struct sch_peer *peer, bool request) {
  if (!settled(peer, TLS1_3_VERSION)) {
    return false;
  }
  const enum sch_side side = enter();
  const int type = request ? SSL_KEY_UPDATE_REQUESTED : SSL_KEY_UPDATE_NOT_REQUESTED;
  const bool sent = proceed(peer, SSL_key_update(peer->ssl, type) == 1);

  leave(side);
  return sent;
}

bool sch_peer_ticket(struct sch_peer *peer) {
  if (!settled(peer, TLS1_3_VERSION) || SSL_is_server(peer->ssl) == 0) {
    return false;
  }
  const enum sch_side side = enter();
  const bool sent = proceed(peer, SSL_new_session_ticket(peer->ssl) == 1);

  leave(side);
  return sent;
}

void sch_peer_limit(struct sch_peer *peer, const char *suites) {
  const bool set = SSL_set_cipher_list(peer->ssl, suites) == 1;

  ENSURE(set);
}

static bool renegotiate(struct sch_peer *peer, int (*begin)(SSL *ssl)) {
  if (!settled(peer, TLS1_2_VERSION)) {
    return false;
  }
  const enum sch_side side = enter();
  const bool sent = proceed(peer, begin(peer->ssl) == 1);

  leave(side);
  return sent;
}

bool sch_peer_renegotiate(struct sch_peer *peer) {
  return renegotiate(peer, SSL_renegotiate);
}

bool sch_peer_abbreviate(struct sch_peer *peer) {
  return SSL_is_server(peer->ssl) == 0 && renegotiate(peer, SSL_renegotiate_abbreviated);
}

bool sch_peer_close(struct sch_peer *peer) {
  if (!settled(peer, 0)) {
    return false;
  }
  const enum sch_side side = enter();
  const bool sent = SSL_shutdown(peer->ssl) >= 0;

  ERR_clear_error();
  leave(side);
  return sent;
}

/* fatal makes the peer meet a record that was never sealed: libssl then says so, encrypted. */
bool sch_peer_fatal(struct sch_peer *peer) {
  static const uint8_t forged[5 + 256] = {23, 3, 3, 1, 0}; /* 256 bytes that no key made */

  if (!settled(peer, 0)) {
    return false;
  }
  sch_peer_give(peer, sch_span_of(forged, sizeof(forged)));
  return peer->facts.failed && peer->facts.alert_out != -1;
}
