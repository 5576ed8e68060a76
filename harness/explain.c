/* explain: see explain.h. Here: which target has which format, and the formats with a plan.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "explain.h"

#include <string.h>

#include "chain_text.h"
#include "explain_certificate.h"
#include "handshake.h"
#include "plan.h"
#include "script.h"
#include "stream_ops.h"
#include "tls/record.h"

#define HEX_WIDTH ((size_t)16)

void sch_explain_hex(struct sch_span bytes, const char *indent, FILE *out) {
  for (size_t line = 0; line < bytes.size; line += HEX_WIDTH) {
    const size_t rest = bytes.size - line;
    const size_t width = rest < HEX_WIDTH ? rest : HEX_WIDTH;

    (void)fprintf(out, "%s%6zu ", indent, line);
    for (size_t i = 0; i < HEX_WIDTH; i++) {
      if (i < width) {
        (void)fprintf(out, " %02x", bytes.data[line + i]);
      } else {
        (void)fprintf(out, "   ");
      }
    }
    (void)fprintf(out, "  ");
    for (size_t i = 0; i < width; i++) {
      const uint8_t byte = bytes.data[line + i];

      (void)fputc(byte >= ' ' && byte < 0x7f ? byte : '.', out);
    }
    (void)fprintf(out, "\n");
  }
}

void sch_explain_text(struct sch_span bytes, FILE *out) {
  for (size_t i = 0; i < bytes.size; i++) {
    const uint8_t byte = bytes.data[i];

    (void)fprintf(out, byte >= ' ' && byte < 0x7f && byte != '\\' ? "%c" : "\\x%02x", byte);
  }
}

/* ---- the plan ---- */

struct bit {
  uint32_t mask;
  const char *name;
};

static void print_bits(uint32_t options, const struct bit *bits, size_t count, FILE *out) {
  for (size_t i = 0; i < count; i++) {
    if ((options & bits[i].mask) != 0) {
      (void)fprintf(out, ", %s", bits[i].name);
    }
  }
  (void)fprintf(out, "\n");
}

/* print_cuts shows the cut bytes as the sizes they stand for: how plan.h reads them. */
static void print_cuts(const struct sch_plan *plan, FILE *out) {
  (void)fprintf(out, "cuts:");
  for (size_t i = 0; i < SCH_PLAN_CUTS; i++) {
    if (plan->cuts[i] == 0) {
      (void)fprintf(out, " all");
    } else {
      (void)fprintf(out, " %zu", sch_plan_piece(plan, i, SIZE_MAX));
    }
  }
  (void)fprintf(out, "\n");
}

/* take_plan takes the plan and says whether there was one. */
static struct sch_plan take_plan(struct sch_span *input, FILE *out) {
  if (input->size < SCH_PLAN_SIZE) {
    (void)fprintf(out, "plan: none, the input is too short\n");
  }
  return sch_plan_take(input);
}

static void explain_handshake(struct sch_span input, FILE *out) {
  static const struct bit bits[] = {
      {SCH_HANDSHAKE_ALPN, "ALPN"},
      {SCH_HANDSHAKE_SNI, "SNI"},
      {SCH_HANDSHAKE_CLIENT_CERTIFICATE, "asks for a client certificate"},
      {SCH_HANDSHAKE_RESUME, "offers a session"},
      {SCH_HANDSHAKE_CLOSE, "closes after its data"},
      {SCH_HANDSHAKE_CUTS, "compares cuts"},
      {SCH_HANDSHAKE_SMALL_READS, "small reads"},
      {SCH_HANDSHAKE_REFUSE, "refuses its peer"},
  };
  static const char *const versions[] = {"TLS 1.2 and 1.3", "TLS 1.2 only", "TLS 1.3 only",
                                         "TLS 1.2 and 1.3"};
  const struct sch_plan plan = take_plan(&input, out);
  const uint32_t version =
      (plan.options & (SCH_HANDSHAKE_ONLY_1_2 | SCH_HANDSHAKE_ONLY_1_3)) / SCH_HANDSHAKE_ONLY_1_2;

  (void)fprintf(out, "options: %08x, under test: the %s, %s, identity %s", plan.options,
                (plan.options & SCH_HANDSHAKE_SERVER) != 0 ? "server" : "client", versions[version],
                sch_identity(sch_handshake_identity(plan.options))->name);
  if (sch_handshake_personality(plan.options) != sch_personality_default()) {
    (void)fprintf(out, ", as %s", sch_handshake_personality(plan.options)->name);
  }
  print_bits(plan.options, bits, SCH_COUNT(bits), out);
  print_cuts(&plan, out);
  sch_explain_wire(input, out);
}

static void explain_decrypt(struct sch_span input, FILE *out) {
  enum { COMPARES = 1, LIBSSL = 2, LARGE = 4 };
  static const struct bit bits[] = {
      {COMPARES, "compares cuts"},
      {LIBSSL, "on libssl"},
      {LARGE, "large records"},
      {SCH_DECRYPT_SPEAK, "says something and close_notify"},
      {SCH_DECRYPT_STREAM, "through stream"},
  };
  static const char *const classes[] = {"TLS 1.3 AES-128-GCM",       "TLS 1.3 AES-256-GCM",
                                        "TLS 1.3 ChaCha20-Poly1305", "TLS 1.2 AES-128-GCM",
                                        "TLS 1.2 AES-256-GCM",       "TLS 1.2 ChaCha20-Poly1305"};
  const struct sch_plan plan = take_plan(&input, out);
  const uint32_t options = sch_decrypt_rationed(&plan, input);

  (void)fprintf(out, "options: %08x, under test: the %s, %s, DATA in slot %u", plan.options,
                (options & SCH_DECRYPT_SERVER) != 0 ? "server" : "client",
                classes[(options >> SCH_DECRYPT_CLASS_SHIFT & 7) % SCH_COUNT(classes)],
                options >> SCH_DECRYPT_SLOT_SHIFT & 3);
  print_bits((options & (SCH_DECRYPT_SPEAK | SCH_DECRYPT_STREAM)) |
                 (sch_decrypt_asks_cuts(options) ? COMPARES : 0) |
                 (sch_decrypt_is_libssl(options) ? LIBSSL : 0) |
                 (sch_decrypt_is_large(options) ? LARGE : 0),
             bits, SCH_COUNT(bits), out);
  print_cuts(&plan, out);
  sch_explain_script(input, out);
}

static void explain_stream(struct sch_span input, FILE *out) {
  static const struct bit bits[] = {{SCH_STREAM_CERTIFICATE, "asks for a client certificate"},
                                    {SCH_STREAM_CLOSE_BOTH, "both close in the end"},
                                    {SCH_STREAM_TWIN, "compares other callers"},
                                    {SCH_STREAM_BYTES, "compares byte by byte"}};
  static const char *const verdicts[] = {"insecure", "accepts", "refuses", "has no verifier"};
  const struct sch_plan plan = take_plan(&input, out);
  const uint32_t options = plan.options;

  (void)fprintf(out, "options: %08x, %s, provider %s, the client %s, the server %s", options,
                sch_stream_kind_name(sch_stream_kind(options)), sch_stream_personality(options),
                verdicts[options >> SCH_STREAM_CLIENT_VERIFY_SHIFT & 3],
                verdicts[options >> SCH_STREAM_SERVER_VERIFY_SHIFT & 3]);
  print_bits(options, bits, SCH_COUNT(bits), out);
  print_cuts(&plan, out);
  sch_explain_stream(input, out);
}

static void explain_chain(struct sch_span input, FILE *out) {
  static struct sch_case described;

  sch_case_read(&described, input);
  sch_case_print(&described, out);
}

static void explain_bytes(struct sch_span input, FILE *out) {
  sch_explain_hex(input, "", out);
}

/* ---- which target ---- */

static const struct {
  const char *target;
  void (*explain)(struct sch_span input, FILE *out);
} formats[] = {
    {"handshake", explain_handshake}, {"decrypt", explain_decrypt},
    {"stream", explain_stream},       {"certificate", sch_explain_certificate},
    {"chain", explain_chain},         {"record", sch_explain_wire},
    {"secbuf", sch_explain_secbuf},   {"fifo", sch_explain_fifo},
    {"canary", explain_bytes},        {"empty", explain_bytes},
};

bool sch_explain(const char *target, struct sch_span input, FILE *out) {
  for (size_t i = 0; i < SCH_COUNT(formats); i++) {
    if (strcmp(formats[i].target, target) == 0) {
      (void)fprintf(out, "target: %s, %zu bytes\n", target, input.size);
      formats[i].explain(input, out);
      return true;
    }
  }
  return false;
}

void sch_explain_targets(FILE *out) {
  for (size_t i = 0; i < SCH_COUNT(formats); i++) {
    (void)fprintf(out, "%s%s", i == 0 ? "" : ", ", formats[i].target);
  }
}

/* target_of_path finds the last directory that is a target's name. */
static const char *target_of_path(const char *path) {
  const char *found = NULL;

  for (const char *end = strchr(path, '/'); end != NULL; end = strchr(path, '/')) {
    for (size_t i = 0; i < SCH_COUNT(formats); i++) {
      if (sch_span_equal(sch_span_text(formats[i].target),
                         sch_span_of(path, (size_t)(end - path)))) {
        found = formats[i].target;
      }
    }
    path = end + 1;
  }
  return found;
}

/* sch_explain_guess by content: DER begins with a SEQUENCE; records with something behind them are
 * an input with its plan, records alone a capture. */
const char *sch_explain_guess(const char *path, struct sch_span input) {
  const char *target = target_of_path(path);
  struct sch_record record;
  size_t missing;
  size_t records = 0;

  if (target != NULL) {
    return target;
  }
  if (input.size != 0 && input.data[0] == 0x30) {
    return "certificate";
  }
  while (input.size != 0 && sch_record_next(&input, &record, &missing) == SEC_E_OK) {
    records++;
  }
  if (records == 0) {
    return NULL;
  }
  return input.size == SCH_PLAN_SIZE ? "handshake" : "record";
}
