/* test_matrix: the committed seeds of the handshake target are the whole product of version, suite,
 * kind of key, scene and role, and each shows what it is called: it is played, and what happened is
 * held against its name. Nothing of the seed writer is asked but the spelling of a name.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>

#include "handshake.h"
#include "harness.h"
#include "log.h"
#include "sspi/sspi.h"
#include "test.h"
#include "tls/record.h"

#define SEED_MAX ((size_t)256 * 1024)
#define NAME_ROOM 160
#define LONG_CHAIN ((uint32_t)20 * 1024)

/* Messages of the handshake protocol, RFC 8446 section 4. */
enum {
  CLIENT_HELLO = 1,
  SERVER_HELLO = 2,
  TICKET = 4,
  CERTIFICATE = 11,
  CERTIFICATE_VERIFY = 15,
  KEY_UPDATE = 24,
  MESSAGES = 256
};

/* What happens while a seed is played. */
static struct seen {
  bool server;
  unsigned in[MESSAGES];
  unsigned out[MESSAGES];
  uint32_t longest_in; /* certificate message */
  uint32_t longest_out;
  unsigned handshakes;
  uint32_t version; /* of the first */
  uint32_t suite;
  bool fatal_in;
  bool close_in;
  bool close_out_first;
  bool answered; /* the four that follow are known */
  bool resumed;
  size_t protocol; /* bytes of its name */
  struct sch_span certificate;
  bool named; /* the client says SCH_IDENTITY_HOST */
  size_t plain;
  SECURITY_STATUS status;
} seen;

static uint8_t certificate_room[4096];

static void note_message(unsigned counts[MESSAGES], uint32_t *longest, uint32_t type,
                         uint32_t size) {
  counts[type % MESSAGES]++;
  if (type == CERTIFICATE && size > *longest) {
    *longest = size;
  }
}

static void note(void *unused, enum sch_log_code code, uint32_t first, uint32_t second) {
  (void)unused;
  if (code == SCH_LOG_HANDSHAKE_IN) {
    note_message(seen.in, &seen.longest_in, first, second);
  } else if (code == SCH_LOG_HANDSHAKE_OUT) {
    note_message(seen.out, &seen.longest_out, first, second);
  } else if (code == SCH_LOG_ALERT_IN) {
    seen.close_in = seen.close_in || second == 0;
    seen.fatal_in = seen.fatal_in || first == 2;
  } else if (code == SCH_LOG_ALERT_OUT) {
    seen.close_out_first = seen.close_out_first || (second == 0 && !seen.close_in);
  } else if (code == SCH_LOG_KEYS && seen.handshakes++ == 0) {
    seen.version = first;
    seen.suite = second;
  }
}

/* ask puts the questions that an established context answers, once. */
static void ask(struct sch_stream *stream) {
  SecPkgContext_SessionInfo session;
  SecPkgContext_ApplicationProtocol protocol;
  PCCERT_CONTEXT certificate = NULL;

  if (seen.answered || seen.handshakes == 0 ||
      sch_stream_attribute(stream, SECPKG_ATTR_SESSION_INFO, &session) != SEC_E_OK) {
    return;
  }
  seen.answered = true;
  seen.resumed = (session.dwFlags & SSL_SESSION_RECONNECT) != 0;
  CHECK_EQUAL(sch_stream_attribute(stream, SECPKG_ATTR_APPLICATION_PROTOCOL, &protocol), SEC_E_OK);
  seen.protocol = protocol.ProtocolIdSize;
  if (sch_stream_attribute(stream, SECPKG_ATTR_REMOTE_CERT_CONTEXT, (void *)&certificate) ==
      SEC_E_OK) {
    CHECK(certificate->cbCertEncoded <= sizeof certificate_room);
    seen.certificate = sch_span_of(certificate_room, certificate->cbCertEncoded);
    sch_copy(certificate_room, certificate->pbCertEncoded, certificate->cbCertEncoded);
    (void)CertFreeCertificateContext(certificate);
  }
}

static bool names_host(struct sch_span wire) {
  return wire.size != 0 &&
         memmem(wire.data, wire.size, SCH_IDENTITY_HOST, sizeof SCH_IDENTITY_HOST - 1) != NULL;
}

static void drain(struct sch_stream *stream) {
  sch_stream_wire_sent(stream, sch_stream_wire_out(stream).size);
  while (sch_stream_plain_out(stream).size != 0) {
    seen.plain += sch_stream_plain_out(stream).size;
    sch_stream_plain_read(stream, sch_stream_plain_out(stream).size);
  }
}

/* play gives the wire of a seed to the system under test that it was recorded with, record by
 * record. */
static void play(struct sch_span wire, uint32_t options) {
  struct sch_span rest = wire;
  struct sch_record record;
  size_t missing;

  sch_world_reset();
  seen = (struct seen){.server = (options & SCH_HANDSHAKE_SERVER) != 0};
  sch_log_to(NULL, NULL);
  struct sch_stream *stream = sch_handshake_open(options);

  seen.named = names_host(seen.server ? wire : sch_stream_wire_out(stream));
  sch_log_to(note, NULL);
  while (wire.size != 0) {
    const bool whole = sch_record_next(&rest, &record, &missing) == SEC_E_OK;
    struct sch_span piece = sch_span_first(wire, whole ? wire.size - rest.size : wire.size);

    while (piece.size != 0) {
      const size_t taken = sch_stream_wire_in(stream, piece);

      ask(stream);
      drain(stream);
      CHECK(sch_span_skip(&piece, taken));
    }
    CHECK(sch_span_skip(&wire, whole ? wire.size - rest.size : wire.size));
  }
  sch_stream_wire_end(stream);
  drain(stream);
  seen.status = sch_stream_status(stream);
  sch_log_to(NULL, NULL);
  sch_handshake_close(stream);
  sch_world_leave();
}

/* ---- what each scene is ---- */

static bool is_1_3(void) {
  return seen.version == SCH_TLS_1_3;
}

static bool ends_well(void) {
  return seen.close_in && !seen.fatal_in && seen.status == SEC_I_CONTEXT_EXPIRED && seen.plain != 0;
}

static bool is_plain(void) {
  return ends_well() && seen.handshakes == 1 && !seen.resumed && seen.protocol == 0 &&
         seen.in[CERTIFICATE_VERIFY] + seen.out[CERTIFICATE_VERIFY] <= 1;
}

static bool is_alpn(void) {
  return ends_well() && seen.protocol != 0;
}

static bool is_sni(void) {
  return ends_well() && seen.named;
}

static bool is_mutual(void) {
  return ends_well() && (seen.server ? seen.in : seen.out)[CERTIFICATE_VERIFY] == 1;
}

static bool is_resumed(void) {
  return ends_well() && seen.resumed && seen.handshakes == 1 &&
         (seen.server ? seen.out : seen.in)[CERTIFICATE] == 0;
}

static bool is_hello_retry(void) {
  return ends_well() && seen.handshakes == 1 &&
         (seen.server ? seen.in[CLIENT_HELLO] : seen.in[SERVER_HELLO]) == 2;
}

static bool is_key_update(void) {
  return ends_well() && seen.in[KEY_UPDATE] == 2 && seen.out[KEY_UPDATE] == 1;
}

/* A client gets several tickets in one connection. A TLS 1.2 server is shown one twice in one
 * connection; a TLS 1.3 server resumes by a ticket and gives a new one. */
static bool is_tickets(void) {
  if (!seen.server) {
    return ends_well() && seen.in[TICKET] >= 2;
  }
  return ends_well() && seen.resumed && seen.out[CERTIFICATE] == 0 &&
         (is_1_3() ? seen.out[TICKET] == 1 : seen.in[CLIENT_HELLO] == 2 && seen.handshakes == 2);
}

static bool is_long_chain(void) {
  return ends_well() && seen.longest_in >= LONG_CHAIN &&
         (!seen.server || seen.longest_out >= LONG_CHAIN);
}

static bool is_renegotiated(void) {
  return ends_well() && seen.handshakes == 2 &&
         (seen.server ? seen.out : seen.in)[CERTIFICATE] == 2;
}

static bool is_fatal_alert(void) {
  return seen.handshakes == 1 && seen.fatal_in && seen.status < 0;
}

static bool is_close_first(void) {
  return ends_well() && seen.close_out_first;
}

static bool is_truncated(void) {
  return seen.handshakes == 1 && seen.plain != 0 && !seen.close_in &&
         seen.status == SEC_E_INCOMPLETE_MESSAGE;
}

static const struct scene {
  const char *name;
  bool in_1_2;
  bool in_1_3;
  bool (*shows)(void);
} scenes[] = {
    {"plain", true, true, is_plain},
    {"alpn", true, true, is_alpn},
    {"sni", true, true, is_sni},
    {"mutual", true, true, is_mutual},
    {"resumed", true, true, is_resumed},
    {"hello-retry", false, true, is_hello_retry},
    {"key-update", false, true, is_key_update},
    {"tickets", true, true, is_tickets},
    {"long-chain", true, true, is_long_chain},
    {"renegotiated", true, false, is_renegotiated},
    {"fatal-alert", true, true, is_fatal_alert},
    {"close-first", true, true, is_close_first},
    {"truncated", true, true, is_truncated},
};

/* ---- the product ---- */

struct cell {
  const char *role;
  const struct sch_suite *suite;
  enum sch_identity_kind identity;
  enum sch_identity_kind long_chain; /* of the same key */
  const struct scene *scene;
};

static void path_of(const struct cell *cell, char path[NAME_ROOM]) {
  const size_t at = sizeof "corpus/handshake/" - 1;

  (void)snprintf(path, NAME_ROOM, "corpus/handshake/%s-%s-%s-%s", cell->role, cell->suite->name,
                 sch_identity(cell->identity)->name, cell->scene->name);
  for (size_t i = at; path[i] != '\0'; i++) {
    path[i] = path[i] == '_' ? '-' : (char)tolower((unsigned char)path[i]);
  }
}

/* shows_key says whether the server's certificate is the one of the cell; the client's is too where
 * it shows one. */
static bool shows_key(const struct cell *cell, uint32_t options) {
  const bool is_long = strcmp(cell->scene->name, "long-chain") == 0;
  const enum sch_identity_kind kind = is_long ? cell->long_chain : cell->identity;
  const bool both = is_long || strcmp(cell->scene->name, "mutual") == 0;

  if (seen.server && sch_handshake_identity(options) != kind) {
    return false;
  }
  return (seen.server && !both) ||
         sch_span_equal(seen.certificate, sch_identity(kind)->certificate);
}

static bool check_cell(const struct cell *cell) {
  static uint8_t seed[SEED_MAX];
  char path[NAME_ROOM];

  path_of(cell, path);
  FILE *file = fopen(path, "rb");

  if (file == NULL) {
    (void)printf("%s: there is no such seed\n", path);
    return false;
  }
  struct sch_span wire = sch_span_of(seed, fread(seed, 1, sizeof seed, file));

  (void)fclose(file);
  const struct sch_plan plan = sch_plan_take(&wire);

  play(wire, plan.options);
  const bool right = seen.server == (strcmp(cell->role, "server") == 0) && seen.answered &&
                     seen.suite == cell->suite->number && shows_key(cell, plan.options) &&
                     cell->scene->shows();

  if (!right) {
    (void)printf("%s: is not what it is called\n", path);
  }
  return right;
}

/* check_keys goes through the kinds of keys that the suite takes, and through both roles. */
static void check_keys(struct cell *cell, bool suite_is_1_3, unsigned *right, unsigned *cells) {
  static const enum sch_identity_kind kinds[][2] = {
      {SCH_IDENTITY_RSA, SCH_IDENTITY_LONG_CHAIN_RSA},
      {SCH_IDENTITY_ECDSA, SCH_IDENTITY_LONG_CHAIN},
      {SCH_IDENTITY_ED25519, SCH_IDENTITY_LONG_CHAIN_ED25519},
  };
  const bool ecdsa = strstr(cell->suite->name, "_ECDSA_") != NULL;

  for (size_t i = 0; i < SCH_COUNT(kinds); i++) {
    cell->identity = kinds[i][0];
    cell->long_chain = kinds[i][1];
    if (suite_is_1_3 || ecdsa == (cell->identity != SCH_IDENTITY_RSA)) {
      cell->role = "client";
      *right += check_cell(cell);
      cell->role = "server";
      *right += check_cell(cell);
      *cells += 2;
    }
  }
}

/* 3 suites of TLS 1.3 take all 3 keys and have 12 scenes; of TLS 1.2, 7 suites take 2 keys and 15
 * take one, and have 11. */
TEST(every_cell_has_its_seed) {
  size_t count;
  const struct sch_suite *suites = sch_suite_table(&count);
  unsigned all = 0;

  for (size_t w = 0; w < SCH_COUNT(scenes); w++) {
    struct cell cell = {.scene = &scenes[w]};
    unsigned right = 0;
    unsigned cells = 0;

    for (size_t i = 0; i < count; i++) {
      const bool suite_is_1_3 = suites[i].number >> 8 == 0x13;

      cell.suite = &suites[i];
      if (suite_is_1_3 ? scenes[w].in_1_3 : scenes[w].in_1_2) {
        check_keys(&cell, suite_is_1_3, &right, &cells);
      }
    }
    (void)printf("matrix: %-12s %3u of %3u cells\n", scenes[w].name, right, cells);
    CHECK_EQUAL(right, cells);
    all += right;
  }
  (void)printf("matrix: %u cells\n", all);
  CHECK_EQUAL(all, 2 * (3 * 3 * 12 + (7 * 2 + 15) * 11));
}

TESTS(every_cell_has_its_seed)
