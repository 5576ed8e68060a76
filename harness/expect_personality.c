/* expect_personality: see expect_personality.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "expect_personality.h"

#include "oracle.h"
#include "starve.h"

bool sch_expect_personal_missing(enum sch_missing how, size_t deficit, size_t *size) {
  *size = how == SCH_MISSING_ZERO     ? 0
          : how == SCH_MISSING_ONE    ? 1
          : how == SCH_MISSING_EXCESS ? deficit + SCH_MISSING_EXCESS_BY
                                      : deficit;
  return how != SCH_MISSING_ABSENT;
}

static const SecBuffer *find(const SecBufferDesc *desc, ULONG type) {
  for (ULONG i = 0; i < desc->cBuffers; i++) {
    if (desc->pBuffers[i].BufferType == type) {
      return &desc->pBuffers[i];
    }
  }
  return NULL;
}

void sch_expect_personal_handshake(const struct sch_personality *personality,
                                   const SecBufferDesc *out, size_t records,
                                   SECURITY_STATUS status) {
  const SecBuffer *token = find(out, SECBUFFER_TOKEN);
  const SecBuffer *alert = find(out, SECBUFFER_ALERT);

  ORACLE(slots_by_type, token != NULL);
  if (status >= 0) {
    ORACLE(progress, personality->records == 0 || records <= personality->records);
    ORACLE(token_once, personality->fragment == 0 || token->cbBuffer <= personality->fragment);
    ORACLE(token_once, status != SEC_I_MESSAGE_FRAGMENT || token->cbBuffer != 0);
    ORACLE(ownership, personality->empty_memory == 0 || token->pvBuffer != NULL || sch_starved());
  }
  ORACLE(slots_by_type, alert == NULL || alert->cbBuffer == 0 || personality->alert_in_alert);
  if (status < 0 && status != SEC_E_INCOMPLETE_MESSAGE && alert != NULL) {
    ORACLE(slots_by_type, token->cbBuffer == 0 || !personality->alert_in_alert);
  }
}

void sch_expect_personal_message(const struct sch_personality *personality,
                                 const SecBufferDesc *desc, bool data_first, size_t given,
                                 size_t record, SECURITY_STATUS status) {
  if (status < 0) {
    ORACLE(status_handled,
           status != SEC_E_MESSAGE_ALTERED || personality->altered == SEC_E_MESSAGE_ALTERED);
    return;
  }
  const SecBuffer *slots = desc->pBuffers;
  const SecBuffer *extra = find(desc, SECBUFFER_EXTRA);
  const size_t used = given - (extra == NULL ? 0 : extra->cbBuffer);

  if (data_first) {
    ORACLE(slots_by_type, slots[personality->slots[0]].BufferType == SECBUFFER_STREAM_HEADER);
    ORACLE(slots_by_type, slots[personality->slots[1]].BufferType == SECBUFFER_DATA);
    ORACLE(slots_by_type, slots[personality->slots[2]].BufferType == SECBUFFER_STREAM_TRAILER);
  }
  ORACLE(status_handled, status != SEC_I_CONTEXT_EXPIRED || !personality->close_is_data);
  ORACLE(phase, status != SEC_I_RENEGOTIATE || used == record || !personality->post_handshake_used);
}

void sch_expect_personal_facts(const struct sch_personality *personality, PCtxtHandle handle) {
  SecPkgContext_StreamSizes sizes;
  SecPkgContext_ConnectionInfo connection;

  ORACLE(sizes_current,
         QueryContextAttributes(handle, SECPKG_ATTR_STREAM_SIZES, &sizes) == SEC_E_OK);
  ORACLE(sizes_current, personality->header == 0 || sizes.cbHeader == personality->header);
  ORACLE(sizes_current, sizes.cbTrailer >= personality->trailer_more);
  ORACLE(sizes_current, personality->block == 0 || sizes.cbBlockSize == personality->block);
  ORACLE(sizes_current,
         QueryContextAttributes(handle, SECPKG_ATTR_CONNECTION_INFO, &connection) == SEC_E_OK);
  ORACLE(sizes_current, (connection.dwProtocol & personality->protocols) != 0);
}
