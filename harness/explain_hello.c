/* explain_hello: the two hellos of TLS and their extensions as text, RFC 8446 sections 4.1 and 4.2.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "explain.h"
#include "tls_names.h"

#define RANDOM ((size_t)32)
#define HEX_MOST ((size_t)48)
#define WIDTH ((size_t)60) /* of a list, after which a line ends */

/* Who sends the hello: extensions differ. */
enum hello { CLIENT, SERVER, RETRY };

struct reader {
  FILE *out;
  enum hello hello;
};

/* RFC 8446 section 4.1.3: the random of a HelloRetryRequest. */
static const uint8_t retry_random[RANDOM] = {
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
    0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c};

static bool take_8(struct sch_span *in, struct sch_span *out) {
  struct sch_span at = *in;
  uint8_t size;

  if (!sch_span_u8(&at, &size) || !sch_span_take(&at, size, out)) {
    return false;
  }
  *in = at;
  return true;
}

static bool take_16(struct sch_span *in, struct sch_span *out) {
  struct sch_span at = *in;
  uint16_t size;

  if (!sch_span_u16(&at, &size) || !sch_span_take(&at, size, out)) {
    return false;
  }
  *in = at;
  return true;
}

/* whole_16 takes a list that must be all there is. */
static bool whole_16(struct sch_span in, struct sch_span *out) {
  return take_16(&in, out) && in.size == 0;
}

/* print_number prints a name, or the number without one, and gives the columns it took. */
static size_t print_number(FILE *out, enum sch_tls_registry registry, uint16_t number) {
  const char *name = sch_tls_name(registry, number);

  return (size_t)(strcmp(name, "unknown") == 0 ? fprintf(out, " %04x", number)
                                               : fprintf(out, " %s", name));
}

static bool print_numbers(FILE *out, enum sch_tls_registry registry, struct sch_span list) {
  uint16_t number;
  size_t width = 0;

  while (sch_span_u16(&list, &number)) {
    width += print_number(out, registry, number);
    if (width > WIDTH && list.size != 0) {
      (void)fprintf(out, "\n     ");
      width = 0;
    }
  }
  return list.size == 0;
}

static void print_bytes(FILE *out, struct sch_span bytes) {
  const struct sch_span shown = sch_span_first(bytes, HEX_MOST);

  for (size_t i = 0; i < shown.size; i++) {
    (void)fprintf(out, i == 0 ? " %02x" : "%02x", shown.data[i]);
  }
  (void)fprintf(out, "%s", shown.size < bytes.size ? "..." : "");
}

/* ---- extensions: each prints its body, or gives false when it is not as it should be ---- */

static bool server_name(struct reader *reader, struct sch_span body) {
  struct sch_span list;
  struct sch_span name;
  uint8_t type;

  if (reader->hello != CLIENT) {
    return body.size == 0;
  }
  if (!whole_16(body, &list)) {
    return false;
  }
  while (sch_span_u8(&list, &type) && take_16(&list, &name)) {
    (void)fprintf(reader->out, " ");
    sch_explain_text(name, reader->out);
  }
  return list.size == 0;
}

static bool groups(struct reader *reader, struct sch_span body) {
  struct sch_span list;

  return whole_16(body, &list) && print_numbers(reader->out, SCH_TLS_GROUPS, list);
}

static bool signatures(struct reader *reader, struct sch_span body) {
  struct sch_span list;

  return whole_16(body, &list) && print_numbers(reader->out, SCH_TLS_SIGNATURES, list);
}

static bool protocols(struct reader *reader, struct sch_span body) {
  struct sch_span list;
  struct sch_span name;

  if (!whole_16(body, &list)) {
    return false;
  }
  while (take_8(&list, &name)) {
    (void)fprintf(reader->out, " ");
    sch_explain_text(name, reader->out);
  }
  return list.size == 0;
}

static bool versions(struct reader *reader, struct sch_span body) {
  struct sch_span list;

  if (reader->hello == CLIENT) {
    return take_8(&body, &list) && body.size == 0 &&
           print_numbers(reader->out, SCH_TLS_VERSIONS, list);
  }
  return body.size == sizeof(uint16_t) && print_numbers(reader->out, SCH_TLS_VERSIONS, body);
}

static bool share(struct reader *reader, struct sch_span *in) {
  uint16_t group;
  struct sch_span key;

  if (!sch_span_u16(in, &group)) {
    return false;
  }
  (void)print_number(reader->out, SCH_TLS_GROUPS, group);
  if (reader->hello == RETRY) {
    return true;
  }
  if (!take_16(in, &key)) {
    return false;
  }
  (void)fprintf(reader->out, " (%zu bytes)", key.size);
  return true;
}

static bool key_share(struct reader *reader, struct sch_span body) {
  struct sch_span list = body;

  if (reader->hello == CLIENT && !whole_16(body, &list)) {
    return false;
  }
  while (list.size != 0) {
    if (!share(reader, &list)) {
      return false;
    }
  }
  return true;
}

static bool pre_shared_key(struct reader *reader, struct sch_span body) {
  struct sch_span list;
  struct sch_span part;
  uint32_t age;
  uint16_t chosen;

  if (reader->hello != CLIENT) {
    if (!sch_span_u16(&body, &chosen)) {
      return false;
    }
    (void)fprintf(reader->out, " number %u", chosen);
    return body.size == 0;
  }
  if (!take_16(&body, &list)) {
    return false;
  }
  while (take_16(&list, &part) && sch_span_u32(&list, &age)) {
    (void)fprintf(reader->out, " identity of %zu bytes, age %u;", part.size, age);
  }
  if (list.size != 0 || !whole_16(body, &list)) {
    return false;
  }
  while (take_8(&list, &part)) {
    (void)fprintf(reader->out, " binder of %zu bytes", part.size);
  }
  return list.size == 0;
}

static const struct {
  uint16_t number;
  bool (*explain)(struct reader *reader, struct sch_span body);
} extensions[] = {
    {0, server_name},     {10, groups},   {13, signatures}, {16, protocols},
    {41, pre_shared_key}, {43, versions}, {50, signatures}, {51, key_share},
};

static void explain_extension(struct reader *reader, uint16_t number, struct sch_span body) {
  (void)fprintf(reader->out, "    extension");
  (void)print_number(reader->out, SCH_TLS_EXTENSIONS, number);
  (void)fprintf(reader->out, ":");
  for (size_t i = 0; i < SCH_COUNT(extensions); i++) {
    if (extensions[i].number == number) {
      if (extensions[i].explain(reader, body)) {
        (void)fprintf(reader->out, "\n");
        return;
      }
      (void)fprintf(reader->out, " malformed");
    }
  }
  print_bytes(reader->out, body);
  (void)fprintf(reader->out, "\n");
}

static bool explain_extensions(struct reader *reader, struct sch_span body) {
  struct sch_span list;
  struct sch_span extension;
  uint16_t number;

  if (body.size == 0) {
    return true; /* RFC 5246 section 7.4.1.2: there may be none */
  }
  if (!whole_16(body, &list)) {
    return false;
  }
  while (sch_span_u16(&list, &number)) {
    if (!take_16(&list, &extension)) {
      return false;
    }
    explain_extension(reader, number, extension);
  }
  return list.size == 0;
}

/* explain_head is the part that both have: version, random, session id. */
static bool explain_head(struct reader *reader, struct sch_span *body) {
  struct sch_span random;
  struct sch_span session;
  uint16_t version;

  if (!sch_span_u16(body, &version) || !sch_span_take(body, RANDOM, &random) ||
      !take_8(body, &session)) {
    return false;
  }
  if (reader->hello == SERVER && sch_span_equal(random, sch_span_of(retry_random, RANDOM))) {
    reader->hello = RETRY;
    (void)fprintf(reader->out, "    this is a HelloRetryRequest\n");
  }
  (void)fprintf(reader->out, "    version");
  (void)print_number(reader->out, SCH_TLS_VERSIONS, version);
  (void)fprintf(reader->out, "\n    random");
  print_bytes(reader->out, random);
  (void)fprintf(reader->out, "\n    session id");
  print_bytes(reader->out, session);
  (void)fprintf(reader->out, "\n");
  return true;
}

static bool explain_client(struct reader *reader, struct sch_span *body) {
  struct sch_span suites;
  struct sch_span compressions;

  if (!take_16(body, &suites)) {
    return false;
  }
  (void)fprintf(reader->out, "    suites");
  const bool even = print_numbers(reader->out, SCH_TLS_SUITES, suites);

  (void)fprintf(reader->out, even ? "\n" : " malformed\n");
  return even && take_8(body, &compressions);
}

static bool explain_server(struct reader *reader, struct sch_span *body) {
  uint16_t suite;
  uint8_t compression;

  if (!sch_span_u16(body, &suite) || !sch_span_u8(body, &compression)) {
    return false;
  }
  (void)fprintf(reader->out, "    suite");
  (void)print_number(reader->out, SCH_TLS_SUITES, suite);
  (void)fprintf(reader->out, "\n");
  return true;
}

void sch_explain_hello(struct sch_span body, bool client, FILE *out) {
  struct reader reader = {.out = out, .hello = client ? CLIENT : SERVER};

  if (!explain_head(&reader, &body) ||
      !(client ? explain_client(&reader, &body) : explain_server(&reader, &body)) ||
      !explain_extensions(&reader, body)) {
    (void)fprintf(out, "    malformed from here on\n");
    sch_explain_hex(body, "    ", out);
  }
}
