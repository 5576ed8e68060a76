/* sch_link: one connection of connect or serve, from its open stream to its verdict.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "sch.h"
#include "sspi/status.h"
#include "stream/verifier.h"
#include "tls/engine.h"
#include "verify.h"

#define NO_ANCHORS "; nobody is trusted: --trusted FILE says who is, --insecure accepts any peer"

#define NO_CLOSE "; the wire ended without close_notify"

struct link {
  struct sch_stream *stream;
  struct sch_verifier verifier;
  bool trusting; /* some anchor was given */
};

static struct sch_stream_verdict ask(void *context, const struct sch_stream_peer *peer) {
  struct link *link = context;

  return sch_verifier_judge(&link->verifier, peer);
}

static int64_t clock_now(void) {
  struct timespec now = {0};

  (void)clock_gettime(CLOCK_REALTIME, &now);
  return (int64_t)now.tv_sec;
}

/* fill adds what the options name to the store. False: the reason has been printed. */
static bool fill(struct sch_store *store, enum sch_store_part part, const char *path) {
  struct sch_store_added added = {0};

  if (path == NULL) {
    return true;
  }
  if (store == NULL || sch_verify_add(store, part, path, &added) != SEC_E_OK) {
    (void)sch_complain("%s: no certificate or list can be read from it", path);
    return false;
  }
  return true;
}

/* set_up makes the verifier that the options ask for. */
static bool set_up(const struct sch_options *options, struct sch_store *store, struct link *link) {
  struct sch_chain_policy *policy = &link->verifier.policy;

  *policy = sch_chain_policy_default(0);
  policy->revocation = options->crl == NULL ? SCH_CHAIN_OFF : SCH_CHAIN_HARD;
  link->verifier.store = store;
  link->verifier.clock = clock_now;
  link->trusting = options->trusted != NULL;
  return store != NULL && fill(store, SCH_STORE_ANCHORS, options->trusted) &&
         fill(store, SCH_STORE_INTERMEDIATES, options->known) &&
         fill(store, SCH_STORE_CRLS, options->crl);
}

/* print_wide prints a text of the provider, which is ASCII. */
static void print_wide(const WCHAR *text) {
  for (size_t i = 0; text[i] != 0; i++) {
    (void)fputc(text[i] < 0x80 ? (int)text[i] : '?', stderr);
  }
}

/* print_quoted prints what the peer chose. */
static void print_quoted(const unsigned char *text, size_t size) {
  for (size_t i = 0; i < size; i++) {
    const bool plain = text[i] > ' ' && text[i] < 0x7f && text[i] != '\\';

    (void)fprintf(stderr, plain ? "%c" : "\\x%02x", text[i]);
  }
}

static void announce(void *context) {
  const struct link *link = context;
  SecPkgContext_CipherInfo cipher = {.dwVersion = SECPKGCONTEXT_CIPHERINFO_V1};
  SecPkgContext_ApplicationProtocol protocol;
  SecPkgContext_SessionInfo session;
  PCCERT_CONTEXT certificate = NULL;

  if (sch_stream_attribute(link->stream, SECPKG_ATTR_CIPHER_INFO, &cipher) != SEC_E_OK ||
      sch_stream_attribute(link->stream, SECPKG_ATTR_APPLICATION_PROTOCOL, &protocol) != SEC_E_OK ||
      sch_stream_attribute(link->stream, SECPKG_ATTR_SESSION_INFO, &session) != SEC_E_OK) {
    (void)sch_complain("connected, but the provider does not say to what");
    return;
  }
  (void)fprintf(stderr, "connected: TLS 1.%d ", (int)cipher.dwProtocol - SCH_TLS_1_2 + 2);
  print_wide(cipher.szCipherSuite);
  if (protocol.ProtoNegoStatus == SecApplicationProtocolNegotiationStatus_Success) {
    (void)fprintf(stderr, " alpn=");
    print_quoted(protocol.ProtocolId, protocol.ProtocolIdSize);
  }
  if ((session.dwFlags & SSL_SESSION_RECONNECT) != 0) {
    (void)fprintf(stderr, " resumed");
  }
  if (sch_stream_attribute(link->stream, SECPKG_ATTR_REMOTE_CERT_CONTEXT, &certificate) ==
      SEC_E_OK) {
    (void)fprintf(stderr, " peer-certificate=%u bytes", certificate->cbCertEncoded);
    (void)CertFreeCertificateContext(certificate);
  }
  if (link->verifier.verdict.accepted) {
    (void)fprintf(stderr, " verified");
  }
  (void)fprintf(stderr, "\n");
}

static int judge(const struct link *link, const char *failed, int number) {
  const struct sch_status *status = sch_status_of(sch_stream_status(link->stream));
  const char *reason = number == 0 ? "" : strerror(number);

  if (failed != NULL) {
    return sch_complain("%s: %s", failed, reason);
  }
  if (status->value == SEC_I_CONTEXT_EXPIRED) {
    (void)fprintf(stderr, "closed: both sides, in good order\n");
    return SCH_EXIT_CLEAN;
  }
  const bool refused = link->verifier.verdict.trust.bits != 0;
  const char *hint = refused && !link->trusting                  ? NO_ANCHORS
                     : status->value == SEC_E_INCOMPLETE_MESSAGE ? NO_CLOSE
                                                                 : "";

  if (refused) {
    (void)fprintf(stderr, "refused: ");
    sch_verify_print(&link->verifier.verdict, stderr);
    (void)fprintf(stderr, "\n");
  }
  return sch_complain("%s: %s%s%s%s", status->name, status->text, number == 0 ? "" : ": ", reason,
                      hint);
}

static int run(const struct sch_options *options, struct link *link, int wire) {
  struct sch_cat cat = {
      .stream = link->stream,
      .wire = wire,
      .timeout = options->timeout == 0 ? -1 : (int)options->timeout * 1000,
      .opened = announce,
      .context = link,
  };
  int number = 0;

  if (options->capture != NULL) {
    cat.capture = fopen(options->capture, "wb");
    if (cat.capture == NULL) {
      return sch_complain("%s: %s", options->capture, strerror(errno));
    }
  }
  const char *failed = sch_cat_run(&cat, &number);

  if (cat.capture != NULL && fclose(cat.capture) != 0 && failed == NULL) {
    failed = "the capture file";
    number = errno;
  }
  return judge(link, failed, number);
}

/* run_link opens the stream and runs it. */
static int run_link(const struct sch_options *options, CredHandle *credential, const char *name,
                    int wire, struct link *link) {
  SEC_CHAR target_name[256] = "";
  uint8_t address[16];
  struct sch_wanted *wanted = &link->verifier.policy.name;
  const struct sch_stream_settings settings = {
      .table = InitSecurityInterfaceA(),
      .credential = credential,
      .server = options->server,
      .target_name = name == NULL ? NULL : target_name,
      .protocols = sch_span_of(options->protocols, options->protocols_size),
      .client_certificate = options->client_certificate,
      .verify = ask,
      .verify_context = link,
      .insecure = options->insecure,
      .read_limit = SCH_STREAM_PLAIN_MAX,
  };
  size_t size = 0;
  int verdict;

  if (options->peer != NULL) {
    wanted->kind = SCH_WANTED_host;
    wanted->name = sch_span_text(options->peer);
    if (sch_name_read_address(wanted->name, address, &size)) {
      wanted->kind = SCH_WANTED_address;
      wanted->name = sch_span_of(address, size);
    }
  }
  /* A closed pipe is a failure to report, not an end. */
  (void)signal(SIGPIPE, SIG_IGN);
  sch_log_to(options->trace ? sch_trace_log : NULL, NULL);
  if (name != NULL &&
      snprintf(target_name, sizeof target_name, "%s", name) >= (int)sizeof target_name) {
    verdict = sch_complain("the server name is longer than a name can be");
  } else if (fcntl(wire, F_SETFL, O_NONBLOCK) != 0) {
    verdict = sch_complain("the socket: %s", strerror(errno));
  } else {
    const SECURITY_STATUS status = sch_stream_open(&settings, &link->stream);

    verdict = status == SEC_E_OK ? run(options, link, wire)
                                 : sch_complain("%s: %s", sch_status_of(status)->name,
                                                sch_status_of(status)->text);
    sch_stream_drop(link->stream);
  }
  return verdict;
}

int sch_link_run(const struct sch_options *options, CredHandle *credential, const char *name,
                 int wire) {
  struct sch_store *store = sch_store_create();
  struct link link = {0};
  const int verdict = set_up(options, store, &link)
                          ? run_link(options, credential, name, wire, &link)
                          : SCH_EXIT_FAILED;

  sch_store_drop(store);
  (void)close(wire);
  return verdict;
}
