/* handshake: see handshake.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "handshake.h"

#include <string.h>

#include "checked.h"
#include "oracle.h"
#include "peer.h"
#include "probe.h"
#include "sspi/context.h"
#include "sspi/handle.h"
#include "starve.h"
#include "tls/engine_openssl.h"
#include "world.h"

#define READ_LIMIT_SMALL ((size_t)64)
#define SUITES_1_3 0x13 /* the first byte of their numbers, RFC 8446 B.4 */

/* ALPN: h2 and http/1.1, each behind its length. */
static const uint8_t protocols[] = "\x02h2\x08http/1.1";

/* Every combination of role, versions, identity and whether it resumes has at most one credential.
 */
#define CREDENTIALS (1U << 7)
#define RESUMES (1U << 6)
#define PERSONALITIES 16U

static struct sch_span protocol_list(void) {
  return sch_span_of(protocols, sizeof protocols - 1);
}

enum sch_identity_kind sch_handshake_identity(uint32_t options) {
  const uint32_t kind = (options >> SCH_HANDSHAKE_IDENTITY_SHIFT & 7) % SCH_IDENTITY_COUNT;
  const bool needed = (options & SCH_HANDSHAKE_SERVER) != 0;

  return kind == SCH_IDENTITY_NONE && needed ? SCH_IDENTITY_ECDSA : (enum sch_identity_kind)kind;
}

/* disabled_protocols: all versions forbidden would be none at all: then all are allowed. */
static DWORD disabled_protocols(uint32_t options) {
  const bool only_1_2 = (options & SCH_HANDSHAKE_ONLY_1_2) != 0;
  const bool only_1_3 = (options & SCH_HANDSHAKE_ONLY_1_3) != 0;

  if (only_1_2 == only_1_3) {
    return 0;
  }
  return only_1_2 ? SP_PROT_TLS1_3_CLIENT | SP_PROT_TLS1_3_SERVER
                  : SP_PROT_TLS1_2_CLIENT | SP_PROT_TLS1_2_SERVER;
}

static uint32_t personality_at(uint32_t options) {
  const bool only_1_3 = (disabled_protocols(options) & SP_PROT_TLS1_2_CLIENT) != 0;
  const uint32_t at = options >> SCH_HANDSHAKE_PERSONALITY_SHIFT & (PERSONALITIES - 1);
  size_t count;
  const struct sch_personality *table = sch_personality_table(&count);

  ENSURE(count <= PERSONALITIES);
  return at < count && (!only_1_3 || (table[at].protocols & SP_PROT_TLS1_3_CLIENT) != 0) ? at : 0;
}

const struct sch_personality *sch_handshake_personality(uint32_t options) {
  size_t count;

  return &sch_personality_table(&count)[personality_at(options)];
}

/* What one input leaves behind must not be offered by the next. */
static DWORD flags_of(uint32_t options) {
  const bool forgets = (options & (SCH_HANDSHAKE_SERVER | SCH_HANDSHAKE_RESUME)) == 0;

  return SCH_CRED_MANUAL_CRED_VALIDATION | (forgets ? SCH_CRED_DISABLE_RECONNECTS : 0U);
}

static SECURITY_STATUS acquire_with(uint32_t options, void *auth, CredHandle *handle) {
  const uint32_t at = personality_at(options);
  SEC_CHAR *package =
      (SEC_CHAR *)(uintptr_t)(at == 0 ? UNISP_NAME_A : sch_handshake_personality(options)->package);
  SEC_WCHAR package_w[64];
  const ULONG use =
      (options & SCH_HANDSHAKE_SERVER) != 0 ? SECPKG_CRED_INBOUND : SECPKG_CRED_OUTBOUND;

  sch_checked_widen(package_w, SCH_COUNT(package_w), package);
  return (options & SCH_HANDSHAKE_WIDE) != 0
             ? AcquireCredentialsHandleW(NULL, package_w, use, NULL, auth, NULL, NULL, handle, NULL)
             : AcquireCredentialsHandleA(NULL, package, use, NULL, auth, NULL, NULL, handle, NULL);
}

/* acquire makes a credential, in a place apart: its draws must not depend on the input that
 * happened to need it first. TLS 1.2 alone is asked for in the older structure. */
static CredHandle acquire(uint32_t options) {
  const struct sch_identity *identity = sch_identity(sch_handshake_identity(options));
  const struct sch_world world = sch_world_apart("credential");
  const DWORD disabled = disabled_protocols(options);
  TLS_PARAMETERS parameters = {.grbitDisabledProtocols = disabled};
  PCCERT_CONTEXT certificate = NULL;
  DWORD count = 0;
  CredHandle handle;

  if (identity->certificate.size != 0) {
    certificate = sch_certcontext_create(
        &(struct sch_certcontext_identity){identity->certificate, identity->chain, identity->key});
    ORACLE(ownership, certificate != NULL);
    count = 1;
  }
  SCHANNEL_CRED older = {.dwVersion = SCHANNEL_CRED_VERSION,
                         .cCreds = count,
                         .paCred = &certificate,
                         .dwFlags = flags_of(options)};
  SCH_CREDENTIALS newer = {.dwVersion = SCH_CREDENTIALS_VERSION,
                           .cCreds = count,
                           .paCred = &certificate,
                           .dwFlags = flags_of(options),
                           .cTlsParameters = 1,
                           .pTlsParameters = &parameters};
  const bool older_form =
      (disabled & SP_PROT_TLS1_3_CLIENT) != 0 || sch_handshake_personality(options)->no_v5;
  const SECURITY_STATUS status =
      acquire_with(options, older_form ? (void *)&older : (void *)&newer, &handle);

  (void)CertFreeCertificateContext(certificate);
  sch_world_back(&world);
  ORACLE(handle_life, status == SEC_E_OK);
  return handle;
}

static CredHandle *credential(uint32_t options) {
  static CredHandle handles[PERSONALITIES][CREDENTIALS];
  static bool made[PERSONALITIES][CREDENTIALS];
  const uint32_t personality = personality_at(options);
  const uint32_t kind = (uint32_t)sch_handshake_identity(options);
  const uint32_t at =
      (options & (SCH_HANDSHAKE_SERVER | SCH_HANDSHAKE_ONLY_1_2 | SCH_HANDSHAKE_ONLY_1_3)) |
      kind << SCH_HANDSHAKE_IDENTITY_SHIFT | ((options & SCH_HANDSHAKE_RESUME) != 0 ? RESUMES : 0U);

  ENSURE(at < CREDENTIALS);
  CredHandle *handle = &handles[personality][at];

  if (!made[personality][at]) {
    *handle = acquire(options);
    made[personality][at] = true;
    if (personality == 0) {
      const struct sch_world world = sch_world_apart("probe");

      sch_probe_refusals(handle, (options & SCH_HANDSHAKE_SERVER) != 0);
      sch_world_back(&world);
    }
  }
  return handle;
}

static struct sch_sessions *sessions_of(CredHandle *handle) {
  struct sch_credential *found = sch_handle_find(SCH_HANDLE_CREDENTIAL, handle);

  ORACLE(handle_life, found != NULL);
  return sch_engine_openssl_sessions(found->engine_credential);
}

static struct sch_stream *open_stream(uint32_t options, CredHandle *handle) {
  SEC_CHAR name[] = SCH_IDENTITY_HOST;
  const struct sch_stream_settings settings = {
      .table = sch_checked_table(),
      .credential = handle,
      .server = (options & SCH_HANDSHAKE_SERVER) != 0,
      .target_name = (options & (SCH_HANDSHAKE_SNI | SCH_HANDSHAKE_RESUME)) != 0 ? name : NULL,
      .protocols =
          (options & SCH_HANDSHAKE_ALPN) != 0 ? protocol_list() : (struct sch_span){NULL, 0},
      .client_certificate = (options & SCH_HANDSHAKE_CLIENT_CERTIFICATE) != 0,
      .insecure = (options & SCH_HANDSHAKE_REFUSE) == 0,
      .read_limit =
          (options & SCH_HANDSHAKE_SMALL_READS) != 0 ? READ_LIMIT_SMALL : SCH_STREAM_PLAIN_MAX,
  };
  const struct sch_span canary = sch_span_text(SCH_HANDSHAKE_CANARY);
  struct sch_stream *stream;

  sch_checked_wide((options & SCH_HANDSHAKE_WIDE) != 0);
  sch_checked_personality(sch_handshake_personality(options));
  if (sch_stream_open(&settings, &stream) != SEC_E_OK) {
    ORACLE(handle_life, sch_starved());
    return NULL;
  }
  ORACLE(bounded, sch_stream_plain_in(stream, canary) == canary.size || sch_starved());
  if ((options & SCH_HANDSHAKE_CLOSE) != 0) {
    sch_stream_close(stream);
  }
  return stream;
}

/* converse moves all that one end has to the other, until both are silent. */
static void converse(struct sch_stream *stream, struct sch_peer *peer) {
  struct sch_fifo wire;
  bool moved = true;

  sch_fifo_open(&wire, SCH_CONTEXT_TOKEN_MAX);
  while (moved) {
    sch_peer_give(peer, sch_stream_wire_out(stream));
    sch_stream_wire_sent(stream, sch_stream_wire_out(stream).size);
    ORACLE(bounded, sch_peer_take(peer, &wire));
    moved = sch_fifo_held(&wire).size != 0;
    ORACLE(bounded, sch_stream_wire_in(stream, sch_fifo_held(&wire)) == sch_fifo_held(&wire).size);
    sch_fifo_consume(&wire, sch_fifo_held(&wire).size);
  }
  sch_fifo_drop(&wire);
}

/* ---- sessions to resume ---- */

#define SESSION_SUITES 32
#define SESSION_IDENTITIES 4

/* A session, by what the options say of it. */
struct kind {
  bool is_1_2;
  uint32_t suite; /* its place in the table of suites, and one; 0: none in particular */
  enum sch_identity_kind identity;
};

bool sch_handshake_suits(const struct sch_suite *suite, enum sch_identity_kind identity) {
  const bool ecdsa = strstr(suite->name, "_ECDSA_") != NULL;
  const bool rsa = identity == SCH_IDENTITY_RSA || identity == SCH_IDENTITY_LONG_CHAIN_RSA;

  return suite->number >> 8 == SUITES_1_3 || ecdsa != rsa;
}

uint32_t sch_handshake_session(const struct sch_suite *suite, enum sch_identity_kind identity) {
  size_t count;
  const struct sch_suite *suites = sch_suite_table(&count);
  const size_t place = (size_t)(suite - suites) + 1;

  REQUIRE(place < SESSION_SUITES);
  return (uint32_t)place << SCH_HANDSHAKE_SESSION_SUITE_SHIFT |
         (uint32_t)identity << SCH_HANDSHAKE_SESSION_IDENTITY_SHIFT;
}

/* kind_of reads what options say of the session, and reads it as little where they say what there
 * is not. */
static struct kind kind_of(uint32_t options) {
  size_t count;
  const struct sch_suite *suites = sch_suite_table(&count);
  const DWORD disabled = disabled_protocols(options);
  const uint32_t suite = options >> SCH_HANDSHAKE_SESSION_SUITE_SHIFT & (SESSION_SUITES - 1);
  const enum sch_identity_kind identity = (enum sch_identity_kind)(
      options >> SCH_HANDSHAKE_SESSION_IDENTITY_SHIFT & (SESSION_IDENTITIES - 1));
  const struct kind plain = {(disabled & SP_PROT_TLS1_3_CLIENT) != 0, 0, SCH_IDENTITY_ECDSA};

  if (suite == 0 || suite > count || identity == SCH_IDENTITY_NONE) {
    return plain;
  }
  const bool is_1_2 = suites[suite - 1].number >> 8 != SUITES_1_3;
  const DWORD needed = is_1_2 ? SP_PROT_TLS1_2_CLIENT : SP_PROT_TLS1_3_CLIENT;

  return (disabled & needed) != 0 || !sch_handshake_suits(&suites[suite - 1], identity)
             ? plain
             : (struct kind){is_1_2, suite, identity};
}

struct sch_peer_config sch_handshake_session_server(uint32_t options) {
  size_t count;
  const struct sch_suite *suites = sch_suite_table(&count);
  const struct kind kind = kind_of(options);

  return (struct sch_peer_config){
      .server = true,
      .identity = kind.identity,
      .version_max = kind.is_1_2 ? SCH_TLS_1_2 : SCH_TLS_1_3,
      .suite = kind.suite == 0 ? NULL : suites[kind.suite - 1].openssl_name,
      .tickets = 1};
}

/* make_session has a client handshake with that server and gives the session that it kept. Nothing
 * but the kind of the session counts: it may be made for any input. */
static struct sch_span make_session(uint32_t options) {
  const struct sch_world world = sch_world_apart("session");
  const struct sch_peer_config config = sch_handshake_session_server(options);
  const uint32_t own = (kind_of(options).is_1_2 ? SCH_HANDSHAKE_ONLY_1_2 : 0U) | SCH_HANDSHAKE_SNI |
                       SCH_HANDSHAKE_RESUME;
  CredHandle handle = acquire(own);
  struct sch_stream *stream = open_stream(own, &handle);
  struct sch_peer *peer = sch_peer_open(&config, NULL);

  converse(stream, peer);
  const struct sch_span made = sch_sessions_find(sessions_of(&handle), SCH_IDENTITY_HOST);
  uint8_t *copy = sch_own_alloc(made.size);

  ORACLE(determinism, made.size != 0);
  ENSURE(copy != NULL);
  sch_copy(copy, made.data, made.size);
  sch_peer_drop(peer);
  sch_stream_drop(stream);
  ORACLE(handle_life, FreeCredentialsHandle(&handle) == SEC_E_OK);
  sch_world_back(&world);
  return sch_span_of(copy, made.size);
}

/* The sessions that the input may add to: nothing of them is left for the next one. */
static struct sch_sessions *in_use;

static void forget_sessions(void) {
  if (in_use != NULL) {
    sch_sessions_drop(in_use);
    in_use = NULL;
  }
}

/* offer puts the session made for `options` into a credential as the only one. */
static void offer(uint32_t options, CredHandle *handle) {
  static struct sch_span kept[2][SESSION_SUITES][SESSION_IDENTITIES];
  const struct kind kind = kind_of(options);
  struct sch_span *session = &kept[kind.is_1_2][kind.suite][kind.identity];
  struct sch_sessions *sessions = sessions_of(handle);

  if (session->size == 0) {
    *session = make_session(options);
  }
  in_use = sessions;
  uint8_t *room = sch_sessions_lend(sessions, SCH_IDENTITY_HOST, session->size);

  ORACLE(handle_life, room != NULL);
  sch_copy(room, session->data, session->size);
}

struct sch_stream *sch_handshake_open(uint32_t options) {
  CredHandle *handle = credential(options);

  if ((options & (SCH_HANDSHAKE_SERVER | SCH_HANDSHAKE_RESUME)) == SCH_HANDSHAKE_RESUME) {
    sch_starve_hold();
    offer(options, handle);
    sch_starve_release();
  }
  struct sch_stream *stream = open_stream(options, handle);

  if (stream == NULL) {
    forget_sessions();
  }
  return stream;
}

void sch_handshake_close(struct sch_stream *stream) {
  sch_stream_drop(stream);
  forget_sessions();
  sch_checked_end();
}
