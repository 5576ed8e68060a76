/* credential_openssl: see credential_openssl.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "tls/credential_openssl.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <string.h>

#include "tls/suite.h"

#define SUITES_1_3 0x13  /* the first byte of their numbers, RFC 8446 B.4 */
#define SUITES_ROOM 1024 /* bytes of a list of suites as libssl wants it */
#define GROUPS "X25519:P-256:P-384"

/* Level 2 takes RSA of 2048 bits and more, and nothing signed with SHA-1. */
#define SECURITY_LEVEL 2

static const uint8_t session_context[] = "schannel";

/* The peer's certificate is judged by the layers above, never here. */
static int accept_any(X509_STORE_CTX *store, void *unused) {
  (void)unused;
  X509_STORE_CTX_set_error(store, X509_V_OK);
  return 1;
}

/* keep_session takes a reference to the session when the connection has a target name. */
static int keep_session(SSL *ssl, SSL_SESSION *session) {
  struct sch_openssl_credential *credential = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
  const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);

  if (name == NULL || strlen(name) > SCH_HOST_NAME_MAX) {
    return 0;
  }
  struct sch_session *place = &credential->sessions[credential->next];

  SSL_SESSION_free(place->session);
  *place = (struct sch_session){.session = session};
  sch_copy(place->target_name, name, strlen(name));
  credential->next = (credential->next + 1) % SCH_SESSIONS_MAX;
  return 1;
}

SSL_SESSION *sch_openssl_credential_session(const struct sch_openssl_credential *credential,
                                            const char *target_name) {
  for (size_t age = 1; age <= SCH_SESSIONS_MAX; age++) {
    const struct sch_session *place =
        &credential->sessions[(credential->next + SCH_SESSIONS_MAX - age) % SCH_SESSIONS_MAX];

    if (place->session != NULL && strcmp(place->target_name, target_name) == 0 &&
        SSL_SESSION_is_resumable(place->session) == 1) {
      return place->session;
    }
  }
  return NULL;
}

/* take_certificate moves one certificate from the front of `der`, or gives NULL. */
static X509 *take_certificate(struct sch_span *der) {
  const uint8_t *at = der->data;
  X509 *certificate = der->size > LONG_MAX ? NULL : d2i_X509(NULL, &at, (long)der->size);

  if (certificate != NULL && !sch_span_skip(der, (size_t)(at - der->data))) {
    UNREACHABLE("libcrypto reads within its bounds");
  }
  return certificate;
}

static bool use_leaf(SSL_CTX *context, struct sch_span der) {
  X509 *leaf = take_certificate(&der);
  const bool used = leaf != NULL && der.size == 0 && SSL_CTX_use_certificate(context, leaf) == 1;

  X509_free(leaf);
  return used;
}

static bool use_chain(SSL_CTX *context, struct sch_span der) {
  while (der.size != 0) {
    X509 *issuer = take_certificate(&der);

    if (issuer == NULL || SSL_CTX_add0_chain_cert(context, issuer) != 1) {
      X509_free(issuer);
      return false;
    }
  }
  return true;
}

static bool use_key(SSL_CTX *context, struct sch_span der) {
  const uint8_t *at = der.data;
  EVP_PKEY *key = der.size > LONG_MAX ? NULL : d2i_AutoPrivateKey(NULL, &at, (long)der.size);
  const bool used = key != NULL && at == der.data + der.size &&
                    SSL_CTX_use_PrivateKey(context, key) == 1 &&
                    SSL_CTX_check_private_key(context) == 1;

  EVP_PKEY_free(key);
  return used;
}

static bool use_identity(SSL_CTX *context, const struct sch_engine_settings *settings) {
  if (settings->certificate.size == 0) {
    return settings->key.size == 0 && settings->chain.size == 0;
  }
  return settings->key.size != 0 && use_leaf(context, settings->certificate) &&
         use_chain(context, settings->chain) && use_key(context, settings->key);
}

/* list_suites writes the OpenSSL names of all suites of TLS 1.3, or of all others, in order of
 * preference, with colons between them and a NUL behind. */
static bool list_suites(bool of_1_3, struct sch_builder *to) {
  size_t count;
  const struct sch_suite *suites = sch_suite_table(&count);

  for (size_t i = 0; i < count; i++) {
    if ((suites[i].number >> 8 == SUITES_1_3) == of_1_3) {
      sch_builder_bytes(to, sch_span_text(to->size == 0 ? "" : ":"));
      sch_builder_bytes(to, sch_span_text(suites[i].openssl_name));
    }
  }
  sch_builder_u8(to, 0);
  return !to->failed;
}

static bool set_suites(SSL_CTX *context) {
  char new_names[SUITES_ROOM];
  char old_names[SUITES_ROOM];
  struct sch_builder new_list = sch_builder_of(new_names, sizeof(new_names));
  struct sch_builder old_list = sch_builder_of(old_names, sizeof(old_names));

  return list_suites(true, &new_list) && list_suites(false, &old_list) &&
         SSL_CTX_set_ciphersuites(context, new_names) == 1 &&
         SSL_CTX_set_cipher_list(context, old_names) == 1;
}

static bool set_algorithms(SSL_CTX *context, const struct sch_engine_settings *settings) {
  SSL_CTX_set_security_level(context, SECURITY_LEVEL);
  return SSL_CTX_set_min_proto_version(context, settings->version_min) == 1 &&
         SSL_CTX_set_max_proto_version(context, settings->version_max) == 1 &&
         set_suites(context) && SSL_CTX_set1_groups_list(context, GROUPS) == 1 &&
         SSL_CTX_set_dh_auto(context, 1) == 1;
}

/* Server state lives in tickets alone, client state in the credential: libssl caches nothing. */
static bool set_sessions(SSL_CTX *context, const struct sch_engine_settings *settings) {
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  if (!settings->reconnect) {
    SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
  } else if (!settings->server) {
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(context, keep_session);
  }
  return (settings->reconnect || SSL_CTX_set_num_tickets(context, 0) == 1) &&
         SSL_CTX_set_session_id_context(context, session_context, sizeof(session_context)) == 1;
}

static SECURITY_STATUS configure(SSL_CTX *context, const struct sch_engine_settings *settings) {
  SSL_CTX_clear_options(context, SSL_OP_LEGACY_SERVER_CONNECT);
  SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_ALLOW_CLIENT_RENEGOTIATION |
                                   SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_CLEANSE_PLAINTEXT);
  SSL_CTX_set_mode(context, SSL_MODE_NO_AUTO_CHAIN);
  SSL_CTX_set_cert_verify_callback(context, accept_any, NULL);
  SSL_CTX_set_verify(context, settings->server ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, NULL);
  if (!set_algorithms(context, settings) || !set_sessions(context, settings)) {
    return SEC_E_ALGORITHM_MISMATCH;
  }
  return use_identity(context, settings) ? SEC_E_OK : SEC_E_UNKNOWN_CREDENTIALS;
}

SECURITY_STATUS sch_openssl_credential_open(const struct sch_engine_settings *settings,
                                            struct sch_openssl_credential **credential) {
  if (settings->version_min < SCH_TLS_1_2 || settings->version_max > SCH_TLS_1_3 ||
      settings->version_min > settings->version_max) {
    return SEC_E_ALGORITHM_MISMATCH;
  }
  /* The system's openssl.cnf must not change what is offered. */
  if (OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) != 1) {
    return SEC_E_INSUFFICIENT_MEMORY;
  }
  struct sch_openssl_credential *made = sch_alloc(sizeof(*made));

  if (made == NULL) {
    return SEC_E_INSUFFICIENT_MEMORY;
  }
  made->server = settings->server;
  made->context = SSL_CTX_new(settings->server ? TLS_server_method() : TLS_client_method());
  if (made->context == NULL) {
    sch_openssl_credential_drop(made);
    return SEC_E_INSUFFICIENT_MEMORY;
  }
  (void)SSL_CTX_set_app_data(made->context, made);
  const SECURITY_STATUS status = configure(made->context, settings);

  ERR_clear_error();
  if (status != SEC_E_OK) {
    sch_openssl_credential_drop(made);
    return status;
  }
  *credential = made;
  return SEC_E_OK;
}

void sch_openssl_credential_drop(struct sch_openssl_credential *credential) {
  if (credential != NULL) {
    for (size_t place = 0; place < SCH_SESSIONS_MAX; place++) {
      SSL_SESSION_free(credential->sessions[place].session);
    }
    SSL_CTX_free(credential->context);
    sch_free(credential);
  }
}
