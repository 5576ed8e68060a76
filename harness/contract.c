/* contract: see contract.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "contract.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sspi/status.h"
#include "tls/record.h"

#define SLOTS_MAX 20
#define WORDS_MAX 48
#define HANDLE_POISON ((ULONG_PTR)0x5a5a5a5a)

/* ---- what a case is made of ---- */

struct words {
  char *at[WORDS_MAX];
  size_t count;
  size_t next;
};

/* One descriptor of a call, each slot with memory of exactly its size. */
struct slots {
  SecBuffer slots[SLOTS_MAX];
  uint8_t *memory[SLOTS_MAX];
  ULONG count;
  bool present;
};

static struct {
  sch_contract_tell *tell;
  const struct sch_contract_sealer *sealer;
  bool open; /* the ends are there */
  size_t kind;
  struct sch_end ends[2]; /* client, server */
  bool live[2];           /* the context has not been deleted */
  bool credential[2];     /* nor the credential freed */
  struct sch_fifo made;   /* what the last call made */
  ULONG granted;
} now = {.kind = SCH_ENDS_OPENSSL_1_3};

__attribute__((format(printf, 1, 2))) static void fail(const char *format, ...) {
  char text[512];
  va_list list;

  va_start(list, format);
  (void)vsnprintf(text, sizeof text, format, list);
  va_end(list);
  now.tell(text);
}

static void check(bool good, const char *what) {
  if (!good) {
    fail("%s", what);
  }
}

/* ---- words ---- */

static struct words split(char *line) {
  struct words words = {.count = 0};
  char *rest;

  for (char *word = strtok_r(line, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest)) {
    REQUIRE(words.count < WORDS_MAX);
    words.at[words.count++] = word;
  }
  return words;
}

static const char *next_word(struct words *words) {
  return words->next < words->count ? words->at[words->next++] : NULL;
}

static bool take_word(struct words *words, const char *word) {
  const bool found = words->next < words->count && strcmp(words->at[words->next], word) == 0;

  words->next += found;
  return found;
}

static long number_of(const char *text, int base) {
  char *end;
  const long value = text == NULL ? 0 : strtol(text, &end, base);

  if (text == NULL || *end != '\0' || *text == '\0') {
    fail("not a number: %s", text == NULL ? "" : text);
  }
  return value;
}

static size_t read_numbers(struct words *words, uint8_t *bytes, size_t room, bool hex) {
  size_t size = 0;

  for (const char *word = next_word(words); word != NULL; word = next_word(words)) {
    REQUIRE(size < room);
    bytes[size++] = (uint8_t)number_of(word, hex ? 16 : 10);
  }
  return size;
}

static size_t read_hex(struct words *words, uint8_t *bytes, size_t room) {
  return read_numbers(words, bytes, room, true);
}

/* ---- ends ---- */

static void open_ends(void) {
  if (!now.open) {
    now.open = true;
    for (int i = 0; i < 2; i++) {
      sch_end_open(&now.ends[i], now.kind, i == 1);
      now.ends[i].context = (CtxtHandle){HANDLE_POISON, HANDLE_POISON};
      now.live[i] = true;
      now.credential[i] = true;
    }
  }
}

static void close_end(int side) {
  struct sch_end *end = &now.ends[side];

  end->has_context = end->has_context && now.live[side];
  if (!now.credential[side]) {
    /* The case has given it back: another one in its place, for the end to drop. */
    end->credential = sch_ends_acquire(now.kind, false, SCH_IDENTITY_NONE, 0);
  }
  sch_end_drop(end);
}

void sch_contract_close(void) {
  for (int i = 0; now.open && i < 2; i++) {
    close_end(i);
  }
  if (now.sealer != NULL) {
    now.sealer->drop();
  }
  sch_fifo_drop(&now.made);
  now.open = false;
  now.kind = SCH_ENDS_OPENSSL_1_3;
  (void)sch_ends_personality(NULL);
}

static void begin_call(void) {
  sch_fifo_drop(&now.made);
  sch_fifo_open(&now.made, (size_t)1 << 20);
  now.granted = 0;
}

static void made(struct sch_end *end, const SecBuffer *slot) {
  const struct sch_span bytes = {slot->pvBuffer, slot->cbBuffer};

  ENSURE(sch_fifo_append(&now.made, bytes));
  ENSURE(sch_fifo_append(&end->sent, bytes));
}

/* ---- slots ---- */

static const struct {
  const char *name;
  ULONG type;
} types[] = {
    {"EMPTY", SECBUFFER_EMPTY},
    {"DATA", SECBUFFER_DATA},
    {"TOKEN", SECBUFFER_TOKEN},
    {"MISSING", SECBUFFER_MISSING},
    {"EXTRA", SECBUFFER_EXTRA},
    {"TRAILER", SECBUFFER_STREAM_TRAILER},
    {"HEADER", SECBUFFER_STREAM_HEADER},
    {"ALERT", SECBUFFER_ALERT},
    {"PROTOCOLS", SECBUFFER_APPLICATION_PROTOCOLS},
    {"MTU", SECBUFFER_DTLS_MTU},
};

static const char *type_name(ULONG type) {
  for (size_t i = 0; i < SCH_COUNT(types); i++) {
    if (types[i].type == (type & ~(ULONG)SECBUFFER_ATTRMASK)) {
      return types[i].name;
    }
  }
  return "UNKNOWN";
}

/* A slot as a case spells it. */
struct spelled {
  ULONG type;
  bool known;
  bool readonly;
  bool bare;
  char operator; /* '=', '>' or 0 */
  const char *size;
};

static struct spelled spell(char *word) {
  struct spelled slot = {.known = false};
  const size_t name = strcspn(word, "=>!:");
  char *bare = strstr(word, ":none");
  char *readonly = strchr(word, '!');

  for (size_t i = 0; i < SCH_COUNT(types); i++) {
    if (strlen(types[i].name) == name && strncmp(types[i].name, word, name) == 0) {
      slot.type = types[i].type;
      slot.known = true;
    }
  }
  if (bare != NULL) {
    *bare = '\0';
    slot.bare = true;
  }
  if (readonly != NULL) {
    *readonly = '\0';
    slot.readonly = true;
  }
  if (word[name] == '=' || word[name] == '>') {
    slot.operator= word[name];
    slot.size = word + name + 1;
  }
  return slot;
}

static const uint8_t alpn[] = {9, 0, 0, 0, 2, 0, 0, 0, 3, 0, 2, 'h', '2'};

/* contents gives what a slot of this type holds unless its size is written. */
static struct sch_span contents(const struct sch_end *end, ULONG type, bool sealing) {
  switch (type) {
    case SECBUFFER_TOKEN:
    case SECBUFFER_DATA:
      return sealing ? (struct sch_span){NULL, 0} : sch_fifo_held(&end->held);
    case SECBUFFER_APPLICATION_PROTOCOLS:
      return sch_span_of(alpn, sizeof alpn);
    default:
      return (struct sch_span){NULL, 0};
  }
}

/* pattern is what a message of `size` bytes says, in every case. */
static void pattern(uint8_t *bytes, size_t size) {
  for (size_t i = 0; i < size; i++) {
    bytes[i] = (uint8_t)('a' + i % 26);
  }
}

static void add_slot(struct slots *to, const struct spelled *word, struct sch_span bytes) {
  const size_t size = word->operator== '=' ? (size_t)number_of(word->size, 10) : bytes.size;
  const size_t copied = size < bytes.size ? size : bytes.size;
  uint8_t *memory = word->bare ? NULL : sch_alloc(size);

  REQUIRE(to->count < SLOTS_MAX);
  if (memory != NULL) {
    memset(memory, 0xaa, size);
    sch_copy(memory, bytes.data, copied);
  }
  to->memory[to->count] = memory;
  to->slots[to->count++] =
      (SecBuffer){(ULONG)size, word->type | (word->readonly ? SECBUFFER_READONLY : 0), memory};
  to->present = true;
}

/* read_slots takes slots from `words` up to the first word that is none. */
static struct slots read_slots(const struct sch_end *end, struct words *words, bool sealing) {
  struct slots slots = {.count = 0};

  while (words->next < words->count) {
    const size_t here = words->next;
    struct spelled word = spell(words->at[here]);

    if (!word.known) {
      break;
    }
    words->next++;
    add_slot(&slots, &word, contents(end, word.type, sealing));
  }
  return slots;
}

static SecBufferDesc *descriptor(struct slots *slots, SecBufferDesc *desc) {
  *desc = (SecBufferDesc){SECBUFFER_VERSION, slots->count, slots->slots};
  return slots->present ? desc : NULL;
}

static void free_slots(struct slots *slots) {
  for (ULONG i = 0; i < slots->count; i++) {
    sch_free(slots->memory[i]);
  }
}

/* deficit is what the record at the front of `in` lacks. */
static size_t deficit(struct sch_span in) {
  const size_t header = 5;

  if (in.size < header) {
    return header - in.size;
  }
  return header + (size_t)(in.data[3] << 8 | in.data[4]) - in.size;
}

/* check_slots holds the slots against the words up to `out` or the end. */
static void check_slots(const struct slots *slots, struct words *words, struct sch_span given) {
  ULONG i = 0;

  for (; words->next < words->count && strcmp(words->at[words->next], "out") != 0; i++) {
    const struct spelled word = spell(words->at[words->next++]);
    const SecBuffer *slot = &slots->slots[i];

    if (!word.known || i >= slots->count) {
      fail("no slot for %s", words->at[words->next - 1]);
      return;
    }
    const size_t size = word.size == NULL                   ? slot->cbBuffer
                        : strcmp(word.size, "deficit") == 0 ? deficit(given)
                                                            : (size_t)number_of(word.size, 10);

    const bool same_size = word.operator== '>' ? slot->cbBuffer > size : slot->cbBuffer == size;

    if ((slot->BufferType & ~(ULONG)SECBUFFER_ATTRMASK) != word.type || !same_size) {
      fail("not %s but %s=%lu", words->at[words->next - 1], type_name(slot->BufferType),
           (unsigned long)slot->cbBuffer);
    }
  }
  if (i != 0 && i != slots->count) {
    fail("slots that the case does not name");
  }
}

/* ---- statuses ---- */

/* check_status takes `-> STATUS` and says whether it is as written. */
static bool check_status(struct words *words, SECURITY_STATUS status) {
  if (!take_word(words, "->")) {
    fail("no arrow");
    return false;
  }
  const char *expected = next_word(words);
  const char *found = sch_status_of(status)->name;

  if (expected == NULL || strcmp(expected, found) != 0) {
    fail("not %s but %s", expected == NULL ? "" : expected, found);
    return false;
  }
  return true;
}

/* ---- handshake calls ---- */

/* One ISC or ASC: what is asked, and what was given. */
struct call {
  int side;
  bool accept;
  struct slots in;
  struct slots out;
  ULONG flags;
  bool unnamed;
  struct sch_span token; /* as it was, in memory of its own */
  CtxtHandle fresh;
};

/* What a call may wish: the bits that it changes in what every call asks for. */
static const struct {
  const char *name;
  ULONG client;
  ULONG server;
} call_wishes[] = {
    {"lent", ISC_REQ_ALLOCATE_MEMORY, ASC_REQ_ALLOCATE_MEMORY},
    {"quiet", ISC_REQ_EXTENDED_ERROR, ASC_REQ_EXTENDED_ERROR},
    {"validated", ISC_REQ_MANUAL_CRED_VALIDATION, 0},
    {"mutual", ISC_REQ_MUTUAL_AUTH, ASC_REQ_MUTUAL_AUTH},
    {"supplied", ISC_REQ_USE_SUPPLIED_CREDS, 0},
    {"fitted", ISC_REQ_FRAGMENT_TO_FIT, ASC_REQ_FRAGMENT_TO_FIT},
    {"datagram", ISC_REQ_DATAGRAM, ASC_REQ_DATAGRAM},
};

/* read_wishes takes the words up to the arrow. */
static bool read_wishes(struct call *call, struct words *words) {
  call->flags = call->accept ? ASC_REQ_ALLOCATE_MEMORY | ASC_REQ_EXTENDED_ERROR
                             : ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_EXTENDED_ERROR |
                                   ISC_REQ_MANUAL_CRED_VALIDATION;
  while (words->next < words->count && strcmp(words->at[words->next], "->") != 0) {
    const size_t here = words->next;

    for (size_t i = 0; i < SCH_COUNT(call_wishes) && words->next == here; i++) {
      if (take_word(words, call_wishes[i].name)) {
        call->flags ^= call->accept ? call_wishes[i].server : call_wishes[i].client;
      }
    }
    call->unnamed = take_word(words, "unnamed") || call->unnamed;
    if (words->next == here) {
      return false;
    }
  }
  return words->next < words->count;
}

static bool read_call(struct call *call, struct words *words) {
  struct sch_end *end = &now.ends[call->side];

  call->in = read_slots(end, words, false);
  if (!take_word(words, "out")) {
    static char names[] = "TOKEN ALERT EMPTY";
    char copy[sizeof names];

    memcpy(copy, names, sizeof names);
    struct words usual = split(copy);

    call->out = read_slots(end, &usual, true);
  } else if (!take_word(words, "NULL")) {
    call->out = read_slots(end, words, true);
  }
  return read_wishes(call, words);
}

static SECURITY_STATUS make_call(struct call *call) {
  struct sch_end *end = &now.ends[call->side];
  CtxtHandle *known = end->has_context ? &end->context : NULL;
  CtxtHandle *fresh = call->unnamed ? NULL : &call->fresh;
  SEC_CHAR name[] = SCH_IDENTITY_HOST;
  SecBufferDesc in;
  SecBufferDesc out;

  if (call->accept) {
    return AcceptSecurityContext(&end->credential, known, descriptor(&call->in, &in), call->flags,
                                 SECURITY_NATIVE_DREP, fresh, descriptor(&call->out, &out),
                                 &now.granted, NULL);
  }
  return InitializeSecurityContextA(&end->credential, known, name, call->flags, 0,
                                    SECURITY_NATIVE_DREP, descriptor(&call->in, &in), 0, fresh,
                                    descriptor(&call->out, &out), &now.granted, NULL);
}

static SecBuffer *find_slot(struct slots *slots, ULONG type) {
  for (ULONG i = 0; i < slots->count; i++) {
    if ((slots->slots[i].BufferType & ~(ULONG)SECBUFFER_ATTRMASK) == type) {
      return &slots->slots[i];
    }
  }
  return NULL;
}

static void check_handle(const struct call *call, SECURITY_STATUS status) {
  struct sch_end *end = &now.ends[call->side];
  const bool untouched =
      call->fresh.dwLower == HANDLE_POISON && call->fresh.dwUpper == HANDLE_POISON;

  if (status < 0) {
    check(untouched, "a handle written without success");
  } else if (!end->has_context) {
    check(!untouched, "no handle with success");
    end->context = call->fresh;
    end->has_context = true;
  } else if (!call->unnamed) {
    check(memcmp(&call->fresh, &end->context, sizeof call->fresh) == 0, "another handle");
  }
}

/* use drops what was used from what the end holds. */
static void use(struct call *call, SECURITY_STATUS status) {
  struct sch_fifo *held = &now.ends[call->side].held;
  const SecBuffer *extra = find_slot(&call->in, SECBUFFER_EXTRA);
  const SecBuffer *token = find_slot(&call->in, SECBUFFER_TOKEN);

  if (status == SEC_I_INCOMPLETE_CREDENTIALS) {
    check(extra == NULL, "EXTRA of what is to be given again");
  } else if (status >= 0 && token != NULL) {
    const size_t left = extra == NULL ? 0 : extra->cbBuffer;

    check(left <= call->token.size, "more EXTRA than was given");
    sch_fifo_consume(held, call->token.size - (left <= call->token.size ? left : 0));
  }
  check(token == NULL || token->pvBuffer == NULL ||
            sch_span_equal(call->token, sch_span_of(token->pvBuffer, token->cbBuffer)),
        "the token has changed");
}

/* collect takes what was answered and gives memory of the provider's own back. */
static void collect(struct call *call, const struct slots *before, SECURITY_STATUS status) {
  for (ULONG i = 0; i < call->out.count; i++) {
    SecBuffer *slot = &call->out.slots[i];

    if (status == SEC_E_INCOMPLETE_MESSAGE) {
      check(memcmp(slot, &before->slots[i], sizeof *slot) == 0, "an output that has changed");
      continue;
    }
    if (slot->pvBuffer != NULL) {
      made(&now.ends[call->side], slot);
    }
    if (slot->pvBuffer != call->out.memory[i]) {
      (void)FreeContextBuffer(slot->pvBuffer);
      slot->pvBuffer = NULL;
    }
  }
}

static void run_handshake(int side, struct words *words) {
  struct call call = {
      .side = side, .accept = words->at[1][0] == 'A', .fresh = {HANDLE_POISON, HANDLE_POISON}};

  begin_call();
  if (!read_call(&call, words)) {
    fail("not understood: %s", words->next < words->count ? words->at[words->next] : "");
  }
  const SecBuffer *token = find_slot(&call.in, SECBUFFER_TOKEN);
  uint8_t *copy = token == NULL ? NULL : sch_alloc(token->cbBuffer);

  if (token != NULL && token->pvBuffer != NULL) {
    sch_copy(copy, token->pvBuffer, token->cbBuffer);
    call.token = sch_span_of(copy, token->cbBuffer);
  }
  const struct slots before = call.out;
  const SECURITY_STATUS status = make_call(&call);

  check_handle(&call, status);
  use(&call, status);
  collect(&call, &before, status);
  if (check_status(words, status)) {
    if (take_word(words, "in")) {
      check_slots(&call.in, words, call.token);
    }
    if (take_word(words, "out")) {
      check_slots(&call.out, words, call.token);
    }
    check(words->next == words->count, "words behind the answer");
  }
  sch_free(copy);
  free_slots(&call.in);
  free_slots(&call.out);
}

/* ---- records ---- */

static void run_decrypt(int side, struct words *words) {
  struct sch_end *end = &now.ends[side];
  struct slots slots = read_slots(end, words, false);
  const struct sch_span held = sch_fifo_held(&end->held);
  const struct slots before = slots;
  SecBufferDesc desc;

  begin_call();
  const SECURITY_STATUS status =
      DecryptMessage(end->has_context ? &end->context : NULL, descriptor(&slots, &desc), 0, NULL);
  const SecBuffer *data = find_slot(&slots, SECBUFFER_DATA);
  const SecBuffer *extra = find_slot(&slots, SECBUFFER_EXTRA);
  uint8_t expected[SCH_RECORD_PLAIN_MAX];

  if (status == SEC_E_INCOMPLETE_MESSAGE && slots.memory[0] != NULL) {
    check(memcmp(slots.memory[0], held.data, before.slots[0].cbBuffer) == 0, "changed bytes");
  }
  if (status == SEC_E_OK && data != NULL) {
    const size_t size = data->cbBuffer;

    pattern(expected, size <= sizeof expected ? size : 0);
    check(size <= sizeof expected && memcmp(data->pvBuffer, expected, size) == 0,
          "other plaintext");
  }
  if (check_status(words, status)) {
    check_slots(&slots, words, held);
  }
  if (status >= 0) {
    const size_t left = extra == NULL ? 0 : extra->cbBuffer;

    check(left <= held.size, "more EXTRA than was given");
    sch_fifo_consume(&end->held, left <= held.size ? held.size - left : 0);
  }
  free_slots(&slots);
}

static void run_encrypt(int side, struct words *words) {
  struct sch_end *end = &now.ends[side];
  struct slots slots = read_slots(end, words, true);
  SecPkgContext_StreamSizes sizes = {0};
  SecBufferDesc desc;

  begin_call();
  if (end->has_context) {
    (void)QueryContextAttributes(&end->context, SECPKG_ATTR_STREAM_SIZES, &sizes);
  }
  for (ULONG i = 0; i < slots.count; i++) {
    SecBuffer *slot = &slots.slots[i];
    const ULONG wanted = slot->BufferType == SECBUFFER_STREAM_HEADER    ? sizes.cbHeader
                         : slot->BufferType == SECBUFFER_STREAM_TRAILER ? sizes.cbTrailer
                                                                        : 0;

    if (slot->cbBuffer == 0 && wanted != 0) {
      slots.memory[i] = sch_alloc(wanted);
      *slot = (SecBuffer){wanted, slot->BufferType, slots.memory[i]};
    } else if (slot->BufferType == SECBUFFER_DATA && slot->pvBuffer != NULL) {
      pattern(slot->pvBuffer, slot->cbBuffer);
    }
  }
  const SECURITY_STATUS status =
      EncryptMessage(end->has_context ? &end->context : NULL, 0, descriptor(&slots, &desc), 0);

  for (ULONG i = 0; status == SEC_E_OK && i < slots.count; i++) {
    if ((slots.slots[i].BufferType & SECBUFFER_READONLY) == 0) {
      made(end, &slots.slots[i]);
    }
  }
  if (check_status(words, status)) {
    check_slots(&slots, words, (struct sch_span){NULL, 0});
  }
  free_slots(&slots);
}

/* ---- control, queries, credentials ---- */

static void run_apply(int side, struct words *words) {
  static const char *const kinds[] = {"RENEGOTIATE", "SHUTDOWN", "ALERT", "SESSION"};
  const struct sch_end *end = &now.ends[side];
  SCHANNEL_ALERT_TOKEN token = {0};
  SecBuffer slots[SLOTS_MAX];
  SecBufferDesc desc = {SECBUFFER_VERSION, 0, slots};
  const char *kind = next_word(words);
  size_t size = sizeof token.dwTokenType;

  begin_call();
  for (DWORD i = 0; kind != NULL && i < SCH_COUNT(kinds); i++) {
    token.dwTokenType = strcmp(kind, kinds[i]) == 0 ? i : token.dwTokenType;
  }
  if (kind != NULL && strcmp(kind, "ALERT") == 0) {
    token.dwAlertType = (DWORD)number_of(next_word(words), 10);
    token.dwAlertNumber = (DWORD)number_of(next_word(words), 10);
    size = sizeof token;
  }
  while (words->next < words->count && strcmp(words->at[words->next], "->") != 0) {
    const struct spelled word = spell(words->at[words->next++]);

    slots[desc.cBuffers++] = (SecBuffer){
        (ULONG)(word.size == NULL ? (long)size : number_of(word.size, 10)), word.type, &token};
  }
  if (desc.cBuffers == 0) {
    slots[desc.cBuffers++] = (SecBuffer){(ULONG)size, SECBUFFER_TOKEN, &token};
  }
  const bool absent = kind != NULL && strcmp(kind, "NULL") == 0;

  (void)check_status(
      words, ApplyControlToken(end->has_context ? (CtxtHandle *)(uintptr_t)&end->context : NULL,
                               absent ? NULL : &desc));
}

/* What any attribute is answered. */
union answer {
  SecPkgContext_StreamSizes sizes;
  SecPkgContext_ApplicationProtocol protocol;
  SecPkgContext_ConnectionInfo connection;
  SecPkgContext_SessionInfo session;
  SecPkgCred_SupportedProtocols supported;
  PCCERT_CONTEXT certificate;
};

static void check_number(ULONG found, const char *word, int base) {
  const ULONG expected = (ULONG)number_of(word, base);

  if (found != expected) {
    fail("not %s but %lu", word == NULL ? "" : word, (unsigned long)found);
  }
}

/* check_answer holds the answer against the words behind the status. */
static void check_answer(ULONG attribute, const union answer *answer, struct words *words) {
  const SecPkgContext_StreamSizes *sizes = &answer->sizes;
  const ULONG found[] = {sizes->cbHeader, sizes->cbTrailer, sizes->cbMaximumMessage,
                         sizes->cBuffers, sizes->cbBlockSize};

  switch (attribute) {
    case SECPKG_ATTR_STREAM_SIZES:
      for (size_t i = 0; i < SCH_COUNT(found); i++) {
        check_number(found[i], next_word(words), 10);
      }
      return;
    case SECPKG_ATTR_APPLICATION_PROTOCOL:
      check(
          sch_span_equal(sch_span_text(next_word(words)),
                         sch_span_of(answer->protocol.ProtocolId, answer->protocol.ProtocolIdSize)),
          "another protocol");
      return;
    case SECPKG_ATTR_CONNECTION_INFO:
      check_number(answer->connection.dwCipherStrength, next_word(words), 10);
      check_number(answer->connection.dwHashStrength, next_word(words), 10);
      return;
    case SECPKG_ATTR_SESSION_INFO:
      check_number(answer->session.dwFlags, next_word(words), 10);
      return;
    case SECPKG_ATTR_SUPPORTED_PROTOCOLS:
      check_number(answer->supported.grbitProtocol, next_word(words), 16);
      return;
    default:
      fail("nothing to hold %s against", next_word(words));
  }
}

static void run_query(int side, struct words *words) {
  static const struct {
    const char *name;
    ULONG attribute;
  } attributes[] = {
      {"STREAM_SIZES", SECPKG_ATTR_STREAM_SIZES},
      {"NEGOTIATION_INFO", SECPKG_ATTR_NEGOTIATION_INFO},
      {"APPLICATION_PROTOCOL", SECPKG_ATTR_APPLICATION_PROTOCOL},
      {"REMOTE_CERT_CONTEXT", SECPKG_ATTR_REMOTE_CERT_CONTEXT},
      {"CONNECTION_INFO", SECPKG_ATTR_CONNECTION_INFO},
      {"SESSION_INFO", SECPKG_ATTR_SESSION_INFO},
      {"SUPPORTED_PROTOCOLS", SECPKG_ATTR_SUPPORTED_PROTOCOLS},
      {"NAMES", SECPKG_CRED_ATTR_NAMES},
  };
  const struct sch_end *end = &now.ends[side];
  CtxtHandle handle = end->context;
  union answer answer = {.certificate = NULL};
  const char *name = next_word(words);
  ULONG attribute = 0;

  begin_call();
  for (size_t i = 0; name != NULL && i < SCH_COUNT(attributes); i++) {
    attribute = strcmp(name, attributes[i].name) == 0 ? attributes[i].attribute : attribute;
  }
  check(attribute != 0, "no such attribute");
  void *buffer = take_word(words, "NOTHING") ? NULL : &answer;
  CredHandle credential = end->credential;
  const bool of_credential =
      attribute == SECPKG_ATTR_SUPPORTED_PROTOCOLS || attribute == SECPKG_CRED_ATTR_NAMES;
  const SECURITY_STATUS status =
      of_credential
          ? InitSecurityInterfaceA()->QueryCredentialsAttributesA(&credential, attribute, buffer)
          : QueryContextAttributes(end->has_context ? &handle : NULL, attribute, buffer);
  const bool good = check_status(words, status);

  if (attribute == SECPKG_ATTR_REMOTE_CERT_CONTEXT && status == SEC_E_OK) {
    (void)CertFreeCertificateContext(answer.certificate);
  }
  if (good && words->next < words->count) {
    check_answer(attribute, &answer, words);
  }
}

/* What Acquire is asked for. */
struct wish {
  SEC_CHAR package[64];
  DWORD version;
  DWORD certificates;
  DWORD protocols;
  DWORD disabled;
  ULONG use;
};

static bool read_wish(struct wish *wish, struct words *words) {
  while (words->next < words->count && strcmp(words->at[words->next], "->") != 0) {
    char *word = words->at[words->next++];
    char *value = strchr(word, '=');

    if (value == NULL) {
      return false;
    }
    *value++ = '\0';
    if (strcmp(word, "package") == 0) {
      (void)snprintf(wish->package, sizeof wish->package, "%s", value);
      for (char *blank = strchr(wish->package, '_'); blank != NULL; blank = strchr(blank, '_')) {
        *blank = ' ';
      }
    } else if (strcmp(word, "version") == 0) {
      wish->version = (DWORD)number_of(value, 10);
    } else if (strcmp(word, "certificates") == 0) {
      wish->certificates = (DWORD)number_of(value, 10);
    } else if (strcmp(word, "protocols") == 0) {
      wish->protocols = (DWORD)number_of(value, 16);
    } else if (strcmp(word, "disabled") == 0) {
      wish->disabled = (DWORD)number_of(value, 16);
    } else if (strcmp(word, "use") == 0) {
      wish->use = (ULONG)number_of(value, 10);
    } else {
      return false;
    }
  }
  return true;
}

/* run_acquire acquires a credential and, when it gets one, frees it at once. */
static void run_acquire(int side, struct words *words) {
  struct wish wish = {.package = UNISP_NAME_A,
                      .version = SCHANNEL_CRED_VERSION,
                      .use = side == 1 ? SECPKG_CRED_INBOUND : SECPKG_CRED_OUTBOUND};
  CredHandle handle = {HANDLE_POISON, HANDLE_POISON};

  check(read_wish(&wish, words), "not understood");
  PCCERT_CONTEXT certificate = sch_ends_certificate(SCH_IDENTITY_ECDSA);
  PCCERT_CONTEXT certificates[] = {certificate, certificate};
  SCHANNEL_CRED v4 = {.dwVersion = wish.version,
                      .cCreds = wish.certificates,
                      .paCred = certificates,
                      .grbitEnabledProtocols = wish.protocols};
  TLS_PARAMETERS parameters = {.grbitDisabledProtocols = wish.disabled};
  SCH_CREDENTIALS v5 = {.dwVersion = wish.version,
                        .cCreds = wish.certificates,
                        .paCred = certificates,
                        .cTlsParameters = 1,
                        .pTlsParameters = &parameters};
  const SECURITY_STATUS status = AcquireCredentialsHandle(
      NULL, strcmp(wish.package, "NULL") == 0 ? NULL : wish.package, wish.use, NULL,
      wish.version == SCH_CREDENTIALS_VERSION ? (void *)&v5 : (void *)&v4, NULL, NULL, &handle,
      NULL);

  (void)check_status(words, status);
  (void)CertFreeCertificateContext(certificate);
  if (status == SEC_E_OK) {
    check(FreeCredentialsHandle(&handle) == SEC_E_OK, "a credential that is none");
  } else {
    check(handle.dwLower == HANDLE_POISON, "a handle written without success");
  }
}

static void run_delete(int side, struct words *words) {
  struct sch_end *end = &now.ends[side];

  (void)check_status(words, DeleteSecurityContext(end->has_context ? &end->context : NULL));
  now.live[side] = false;
}

static void run_free(int side, struct words *words) {
  const SECURITY_STATUS status = FreeCredentialsHandle(&now.ends[side].credential);

  (void)check_status(words, status);
  now.credential[side] = now.credential[side] && status != SEC_E_OK;
}

static void run_turns(int side, struct words *words) {
  struct sch_end *end = &now.ends[side];

  const bool certified = take_word(words, "certified");

  const bool judging = take_word(words, "judging");

  check(certified || judging || take_word(words, "remembering"), "cannot turn so");
  check(FreeCredentialsHandle(&end->credential) == SEC_E_OK, "no credential");
  end->credential =
      sch_ends_acquire(now.kind, side == 1, certified ? SCH_IDENTITY_ECDSA : SCH_IDENTITY_NONE,
                       judging ? 0 : SCH_CRED_MANUAL_CRED_VALIDATION);
}

static void run_leaves(int side, struct words *words) {
  struct sch_end *end = &now.ends[side];

  (void)words;
  check(DeleteSecurityContext(&end->context) == SEC_E_OK, "no context");
  end->context = (CtxtHandle){HANDLE_POISON, HANDLE_POISON};
  end->has_context = false;
  end->status = SEC_I_CONTINUE_NEEDED;
  sch_fifo_consume(&end->held, sch_fifo_held(&end->held).size);
  sch_fifo_consume(&end->sent, sch_fifo_held(&end->sent).size);
}

/* ---- bytes ---- */

static void get_sealed(int side, struct words *words) {
  uint8_t bytes[SCH_RECORD_PLAIN_MAX];
  static uint8_t room[SCH_RECORD_MAX];
  struct sch_builder to = sch_builder_of(room, sizeof room);
  const char *what = next_word(words);
  size_t size = 0;

  if (what != NULL && strcmp(what, "data") == 0) {
    size = (size_t)number_of(next_word(words), 10);
    REQUIRE(size <= sizeof bytes);
    pattern(bytes, size);
  } else {
    size = read_numbers(words, bytes, sizeof bytes, what != NULL && strcmp(what, "message") == 0);
  }
  if (what == NULL || now.sealer == NULL ||
      !now.sealer->seal(now.kind, side == 0, what, sch_span_of(bytes, size), &to)) {
    fail("cannot be sealed: %s", what == NULL ? "" : what);
    return;
  }
  ENSURE(sch_fifo_append(&now.ends[side].held, sch_builder_built(&to)));
}

static void run_gets(int side, struct words *words) {
  struct sch_end *end = &now.ends[side];
  struct sch_fifo *from = &now.ends[1 - side].sent;
  const struct sch_span wire = sch_fifo_held(from);
  uint8_t bytes[256];

  if (take_word(words, "sealed")) {
    get_sealed(side, words);
  } else if (take_word(words, "bytes")) {
    const size_t size = read_hex(words, bytes, sizeof bytes);

    ENSURE(sch_fifo_append(&end->held, sch_span_of(bytes, size)));
  } else {
    const char *word = next_word(words);
    const size_t size = strcmp(word, "all") == 0 ? wire.size
                        : strncmp(word, "all-", 4) == 0
                            ? wire.size - (size_t)number_of(word + 4, 10)
                            : (size_t)number_of(word, 10);

    check(size <= wire.size, "so much has not been sent");
    ENSURE(sch_fifo_append(&end->held, sch_span_first(wire, size)));
    sch_fifo_consume(from, size < wire.size ? size : wire.size);
  }
}

static void run_spoils(int side, struct words *words) {
  struct sch_end *end = &now.ends[side];
  const size_t size = sch_fifo_held(&end->held).size;
  const long at = number_of(next_word(words), 10);
  const size_t place = at < 0 ? size - (size_t)-at : (size_t)at;

  check(place < size, "no such byte");
  if (place < size) {
    sch_fifo_lend(&end->held)[place] ^= 1;
  }
}

static void run_forgets(int side, struct words *words) {
  struct sch_fifo *held = &now.ends[side].held;

  (void)words;
  sch_fifo_consume(held, sch_fifo_held(held).size);
}

/* ---- lines ---- */

static const struct {
  const char *name;
  void (*run)(int side, struct words *words);
} verbs[] = {
    {"ISC", run_handshake},   {"ASC", run_handshake}, {"Decrypt", run_decrypt},
    {"Encrypt", run_encrypt}, {"Apply", run_apply},   {"Query", run_query},
    {"Acquire", run_acquire}, {"Delete", run_delete}, {"Free", run_free},
    {"gets", run_gets},       {"spoils", run_spoils}, {"forgets", run_forgets},
    {"turns", run_turns},     {"leaves", run_leaves},
};

static void run_end(int side, struct words *words) {
  const char *verb = next_word(words);

  open_ends();
  for (size_t i = 0; verb != NULL && i < SCH_COUNT(verbs); i++) {
    if (strcmp(verb, verbs[i].name) == 0) {
      verbs[i].run(side, words);
      return;
    }
  }
  fail("not understood: %s", verb == NULL ? "" : verb);
}

static void run_engine(struct words *words) {
  static const struct {
    const char *name;
    size_t kind;
  } engines[] = {
      {"tls1.3", SCH_ENDS_OPENSSL_1_3},     {"tls1.2", SCH_ENDS_OPENSSL_1_2},
      {"aead1.3", SCH_ENDS_AEAD_1_3},       {"aead1.2", SCH_ENDS_AEAD_1_2},
      {"chacha1.3", SCH_ENDS_AEAD_1_3 + 2}, {"chacha1.2", SCH_ENDS_AEAD_1_2 + 2},
  };
  const char *name = next_word(words);

  check(!now.open, "too late for an engine");
  for (size_t i = 0; name != NULL && i < SCH_COUNT(engines); i++) {
    if (strcmp(name, engines[i].name) == 0) {
      now.kind = engines[i].kind;
      return;
    }
  }
  fail("no such engine: %s", name == NULL ? "" : name);
}

static void run_personality(struct words *words) {
  const char *name = next_word(words);

  check(!now.open, "too late for a personality");
  if (name == NULL || !sch_ends_personality(name)) {
    fail("no such personality: %s", name == NULL ? "" : name);
  }
}

static void run_sent(struct words *words) {
  uint8_t bytes[256];
  const struct sch_span found = sch_fifo_held(&now.made);
  size_t size = 0;

  if (!take_word(words, "nothing")) {
    size = read_hex(words, bytes, sizeof bytes);
  }
  if (!sch_span_equal(found, sch_span_of(bytes, size))) {
    char text[3 * 16 + 1] = "";

    for (size_t i = 0; i < found.size && found.size <= 16; i++) {
      (void)snprintf(text + 3 * i, 4, " %02x", found.data[i]);
    }
    fail("%lu bytes were sent%s", (unsigned long)found.size, text);
  }
}

void sch_contract_line(char *line) {
  struct words words = split(line);

  if (words.count == 0) {
    return;
  }
  if (strcmp(words.at[0], "#") == 0) {
    sch_contract_close();
    return;
  }
  words.next = 1;
  if (strcmp(words.at[0], "client") == 0 || strcmp(words.at[0], "server") == 0) {
    run_end(words.at[0][0] == 's', &words);
  } else if (strcmp(words.at[0], "row") == 0) {
    return;
  } else if (strcmp(words.at[0], "engine") == 0) {
    run_engine(&words);
  } else if (strcmp(words.at[0], "personality") == 0) {
    run_personality(&words);
  } else if (strcmp(words.at[0], "joined") == 0) {
    open_ends();
    check(sch_ends_join(&now.ends[0], &now.ends[1]), "no handshake");
  } else if (strcmp(words.at[0], "sent") == 0) {
    run_sent(&words);
  } else if (strcmp(words.at[0], "granted") == 0) {
    const ULONG wanted = (ULONG)number_of(next_word(&words), 16);

    if (now.granted != wanted) {
      fail("not granted %lx but %lx", (unsigned long)wanted, (unsigned long)now.granted);
    }
  } else {
    fail("not understood: %s", words.at[0]);
  }
}

void sch_contract_start(sch_contract_tell *tell, const struct sch_contract_sealer *sealer) {
  now.tell = tell;
  now.sealer = sealer;
}

struct sch_end *sch_contract_end(size_t side) {
  open_ends();
  return &now.ends[side];
}
