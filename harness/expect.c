/* expect: see expect.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "expect.h"

#include "oracle.h"
#include "starve.h"

/* engine_openssl judges a TLS 1.3 message as soon as it opens it. */
bool sch_expect_may_fail(const struct sch_script *script, const struct sch_script_record *record) {
  return record != NULL && (!record->certain ||
                            record->end >= (script->libssl ? SCH_SCRIPT_BAD : SCH_SCRIPT_REFUSED));
}

/* is_held_back: engine_openssl holds back a TLS 1.2 handshake record unread, by its outer type;
 * what it is worth comes out in the handshake call. */
static bool is_held_back(const struct sch_script *script, SECURITY_STATUS status) {
  return script->libssl && script->peer->suite->version == SCH_TLS_1_2 &&
         status == SEC_I_RENEGOTIATE;
}

static bool is_foretold(const struct sch_script_record *record, SECURITY_STATUS status) {
  static const SECURITY_STATUS ends[] = {
      [SCH_SCRIPT_TAKEN] = SEC_E_OK,
      [SCH_SCRIPT_MESSAGE] = SEC_I_RENEGOTIATE,
      [SCH_SCRIPT_BAD] = SEC_I_RENEGOTIATE,
      [SCH_SCRIPT_CLOSED] = SEC_I_CONTEXT_EXPIRED,
  };

  if (!record->certain || record->end == SCH_SCRIPT_UNKNOWN) {
    return true;
  }
  return record->end < SCH_SCRIPT_REFUSED && ends[record->end] == status;
}

void sch_expect_opened(const struct sch_script *script, const struct sch_script_record *record,
                       SECURITY_STATUS status, struct sch_span data) {
  ORACLE(conservation, record != NULL);
  ORACLE(plaintext, record->end != SCH_SCRIPT_FORGED || is_held_back(script, status));
  ORACLE(model, is_foretold(record, status) || is_held_back(script, status));
  if (record->end == SCH_SCRIPT_TAKEN && status == SEC_E_OK) {
    ORACLE(plaintext, sch_span_equal(data, record->data));
  } else {
    ORACLE(plaintext, data.size == 0);
  }
}

void sch_expect_message(const struct sch_script_record *record, SECURITY_STATUS status) {
  if (status < 0) {
    ORACLE(bounded, sch_starved() || !record->certain || record->end != SCH_SCRIPT_MESSAGE);
    return;
  }
  ORACLE(model, status == SEC_E_OK);
  ORACLE(plaintext, record->end != SCH_SCRIPT_FORGED);
  ORACLE(model, !record->certain || record->end != SCH_SCRIPT_BAD);
}

/* find_end finds the record that ends the stream, or the number of records. */
static size_t find_end(const struct sch_script *script) {
  size_t i = 0;

  while (i < script->count && script->records[i].end <= SCH_SCRIPT_MESSAGE) {
    i++;
  }
  return i;
}

void sch_expect_stream(const struct sch_script *script, SECURITY_STATUS status, size_t next,
                       size_t offset) {
  const size_t end = find_end(script);
  const struct sch_script_record *last = end < script->count ? &script->records[end] : NULL;
  const bool closed = last != NULL && last->end == SCH_SCRIPT_CLOSED;
  const bool known = last == NULL || (last->certain && last->end != SCH_SCRIPT_UNKNOWN);

  if (known && (end == 0 || script->records[end - 1].certain)) {
    ORACLE(truncation, sch_starved() || (closed ? status == SEC_I_CONTEXT_EXPIRED : status < 0));
    for (; next < end; next++, offset = 0) {
      ORACLE(plaintext, script->records[next].data.size == offset);
    }
  }
}
