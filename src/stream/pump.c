/* pump: see pump.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "stream/pump.h"

#include "stream/verify.h"
#include "tls/record.h"

/* Stream sizes beyond any cipher's are a provider out of its mind. */
#define OVERHEAD_MAX ((size_t)1024)

static void check(const struct sch_stream *stream) {
  ENSURE(stream->status != SEC_E_OK || stream->state != SCH_STREAM_CLOSED);
  ENSURE(stream->state != SCH_STREAM_HANDSHAKE || stream->negotiating);
}

void sch_pump_finish(struct sch_stream *stream, SECURITY_STATUS status) {
  REQUIRE(status != SEC_E_OK);
  stream->state = SCH_STREAM_CLOSED;
  stream->status = status;
  sch_caller_end(&stream->caller);
  sch_fifo_drop(&stream->received);
  sch_fifo_drop(&stream->pending);
  sch_free(stream->message);
  stream->message = NULL;
}

/* deficit says how many bytes the headers at hand ask for: up to the end of the last record begun,
 * or 1 when all records are whole or what is held is no TLS. */
static size_t deficit(struct sch_span held) {
  struct sch_record record;
  size_t missing = 1;
  SECURITY_STATUS status = SEC_E_OK;

  while (held.size != 0 && status == SEC_E_OK) {
    status = sch_record_next(&held, &record, &missing);
  }
  return status == SEC_E_INCOMPLETE_MESSAGE ? missing : 1;
}

/* wait_for_more sets the gate. A hint that is too large must not make a whole record wait, and no
 * gate may stand where no byte can come. */
static void wait_for_more(struct sch_stream *stream, size_t hint) {
  const struct sch_span held = sch_fifo_held(&stream->received);
  const size_t wanted = deficit(held);

  stream->gate = held.size + (hint != 0 && hint < wanted ? hint : wanted);
  stream->gate = stream->gate < SCH_STREAM_WIRE_MAX ? stream->gate : SCH_STREAM_WIRE_MAX;
  if (held.size == SCH_STREAM_WIRE_MAX) {
    sch_pump_finish(stream, SEC_E_INSUFFICIENT_MEMORY);
  }
}

/* learn_sizes asks for the stream sizes, which each handshake may change. */
static SECURITY_STATUS learn_sizes(struct sch_stream *stream) {
  SecPkgContext_StreamSizes *sizes = &stream->sizes;

  TRY(sch_caller_attribute(&stream->caller, SECPKG_ATTR_STREAM_SIZES, sizes));
  if (sizes->cbMaximumMessage == 0 || sizes->cbMaximumMessage > SCH_RECORD_PLAIN_MAX ||
      sizes->cbHeader > OVERHEAD_MAX || sizes->cbTrailer > OVERHEAD_MAX) {
    return SEC_E_INTERNAL_ERROR;
  }
  sch_free(stream->message);
  stream->message = NULL;
  return SEC_E_OK;
}

/* lend_message gives room for one record of the present sizes: whoever never sends needs none. */
static uint8_t *lend_message(struct sch_stream *stream) {
  const SecPkgContext_StreamSizes *sizes = &stream->sizes;

  if (stream->message == NULL) {
    stream->message =
        sch_alloc((size_t)sizes->cbHeader + sizes->cbMaximumMessage + sizes->cbTrailer);
  }
  return stream->message;
}

static SECURITY_STATUS verify(struct sch_stream *stream) {
  stream->site = SCH_SITE_VERIFY;
  const struct sch_stream_verdict verdict = sch_verify(&stream->settings, &stream->caller);

  stream->reasons = verdict.reasons;
  return verdict.status;
}

/* establish opens the stream after a handshake, first or later. */
static void establish(struct sch_stream *stream) {
  stream->site = SCH_SITE_QUERY;
  SECURITY_STATUS status = learn_sizes(stream);

  if (status == SEC_E_OK && stream->shaking) {
    status = verify(stream);
    if (status != SEC_E_OK && !stream->dropped) {
      /* Best effort: not every engine can still send one. */
      (void)!sch_caller_alert(&stream->caller, SCHANNEL_ALERT, sch_verify_alert(status),
                              &stream->sending);
    }
  }
  if (status != SEC_E_OK) {
    sch_pump_finish(stream, status);
    return;
  }
  stream->negotiating = false;
  stream->shaking = false;
  stream->state = SCH_STREAM_OPEN;
}

static enum sch_site handshake_site(const struct sch_stream *stream) {
  if (stream->caller.has_context) {
    return SCH_SITE_HANDSHAKE;
  }
  return stream->settings.server ? SCH_SITE_FIRST_SERVER : SCH_SITE_FIRST_CLIENT;
}

/* turn_handshake makes one handshake call if it can get further. */
static bool turn_handshake(struct sch_stream *stream) {
  struct sch_caller_answer answer;
  struct sch_span in = {NULL, 0};

  if (!stream->empty_call) {
    in = sch_fifo_held(&stream->received);
    if (in.size == 0 || in.size < stream->gate) {
      return false;
    }
  }
  stream->gate = 0;
  stream->site = handshake_site(stream);
  const SECURITY_STATUS status =
      sch_caller_handshake(&stream->caller, in, &stream->sending, &answer);

  sch_fifo_consume(&stream->received, status < 0 ? 0 : answer.used);
  switch (status) {
    case SEC_E_OK:
      stream->empty_call = false;
      establish(stream);
      return true;
    case SEC_I_CONTINUE_NEEDED:
    case SEC_I_MESSAGE_FRAGMENT:
      /* The rest of a fragmented token is fetched at once, not when the peer next speaks. */
      stream->empty_call =
          status == SEC_I_MESSAGE_FRAGMENT && sch_fifo_held(&stream->received).size == 0;
      stream->shaking = true;
      return true;
    case SEC_E_INCOMPLETE_MESSAGE:
      stream->empty_call = false;
      wait_for_more(stream, answer.missing);
      return stream->state == SCH_STREAM_CLOSED;
    case SEC_I_CONTEXT_EXPIRED:
      sch_pump_finish(stream, SEC_E_CONTEXT_EXPIRED);
      return true;
    case SEC_I_INCOMPLETE_CREDENTIALS:
      if (!stream->settings.server && !stream->credentials_retried) {
        stream->credentials_retried = true;
        stream->caller.flags |= ISC_REQ_USE_SUPPLIED_CREDS;
        return true;
      }
      sch_pump_finish(stream, SEC_E_NO_CREDENTIALS);
      return true;
    default:
      sch_pump_finish(stream, status < 0 ? status : SEC_E_INTERNAL_ERROR);
      return true;
  }
}

/* renegotiate routes what follows to the handshake; without EXTRA the next call takes no input. */
static void renegotiate(struct sch_stream *stream, bool extra) {
  stream->post_handshake++;
  if (stream->post_handshake > SCH_STREAM_POST_HANDSHAKE_MAX) {
    sch_pump_finish(stream, SEC_E_ILLEGAL_MESSAGE);
    return;
  }
  stream->negotiating = true;
  stream->empty_call = !extra;
}

/* fail_receiving ends the stream after a DecryptMessage that failed. The peer hears of it, unless
 * the provider has answered nonsense: then nothing more is asked of it. */
static void fail_receiving(struct sch_stream *stream, SECURITY_STATUS status) {
  if (status < 0 && status != SEC_E_INTERNAL_ERROR && !stream->dropped) {
    sch_caller_farewell(&stream->caller, &stream->sending);
  }
  sch_pump_finish(stream, status < 0 ? status : SEC_E_INTERNAL_ERROR);
}

/* turn_receive decrypts one record if there is one and room for what is in it. */
static bool turn_receive(struct sch_stream *stream) {
  const struct sch_span held = sch_fifo_held(&stream->received);
  struct sch_caller_answer answer;

  if (stream->peer_closed || held.size == 0 || held.size < stream->gate ||
      sch_fifo_held(&stream->plain).size >= stream->settings.read_limit) {
    return false;
  }
  stream->gate = 0;
  stream->site = SCH_SITE_DECRYPT;
  const SECURITY_STATUS status =
      sch_caller_decrypt(&stream->caller, sch_fifo_lend(&stream->received), held.size, &answer);

  if (status == SEC_E_INCOMPLETE_MESSAGE) {
    wait_for_more(stream, answer.missing);
    return stream->state == SCH_STREAM_CLOSED;
  }
  if (!sch_fifo_append(&stream->plain, answer.data)) {
    sch_pump_finish(stream, SEC_E_INSUFFICIENT_MEMORY);
    return true;
  }
  stream->post_handshake = answer.data.size != 0 ? 0 : stream->post_handshake;
  switch (status) {
    case SEC_E_OK:
      sch_fifo_consume(&stream->received, answer.used);
      return true;
    case SEC_I_RENEGOTIATE:
      sch_fifo_consume(&stream->received, answer.used);
      renegotiate(stream, answer.extra);
      return true;
    case SEC_I_CONTEXT_EXPIRED:
      /* RFC 8446 section 6.1: what follows close_notify is ignored. */
      sch_fifo_consume(&stream->received, held.size);
      stream->peer_closed = true;
      stream->status = SEC_I_CONTEXT_EXPIRED;
      return true;
    default:
      fail_receiving(stream, status);
      return true;
  }
}

/* turn_send seals one record of what waits. */
static bool turn_send(struct sch_stream *stream) {
  const struct sch_span waiting = sch_fifo_held(&stream->pending);
  const struct sch_span data = sch_span_first(waiting, stream->sizes.cbMaximumMessage);

  if (data.size == 0) {
    return false;
  }
  stream->site = SCH_SITE_ENCRYPT;
  uint8_t *message = lend_message(stream);

  if (message == NULL) {
    sch_pump_finish(stream, SEC_E_INSUFFICIENT_MEMORY);
    return true;
  }
  sch_copy(message + stream->sizes.cbHeader, data.data, data.size);
  const SECURITY_STATUS status =
      sch_caller_encrypt(&stream->caller, &stream->sizes, message, data.size, &stream->sending);

  if (status != SEC_E_OK) {
    sch_pump_finish(stream, status);
    return true;
  }
  sch_fifo_consume(&stream->pending, data.size);
  return true;
}

/* turn_close sends close_notify once everything else has been sealed. */
static bool turn_close(struct sch_stream *stream) {
  if (!stream->close_wanted || stream->close_sent || sch_fifo_held(&stream->pending).size != 0) {
    return false;
  }
  stream->site = SCH_SITE_CONTROL;
  const SECURITY_STATUS status =
      sch_caller_alert(&stream->caller, SCHANNEL_SHUTDOWN, 0, &stream->sending);

  stream->close_sent = true;
  if (status != SEC_E_OK) {
    sch_pump_finish(stream, status);
  }
  return true;
}

/* can_send says whether wire out has room for what a turn may make. Receiving makes nothing, and
 * goes on without it: two ends that both wait for room before they receive would wait for ever. */
static bool can_send(const struct sch_stream *stream) {
  return sch_fifo_held(&stream->sending).size < SCH_PUMP_SENDING_STOP;
}

static bool turn_any(struct sch_stream *stream) {
  if (stream->state == SCH_STREAM_CLOSED || stream->dropped) {
    return false;
  }
  if (stream->negotiating) {
    return can_send(stream) && turn_handshake(stream);
  }
  return (can_send(stream) && (turn_send(stream) || turn_close(stream))) || turn_receive(stream);
}

/* turn makes one turn; what called back meanwhile may have made another possible. */
static bool turn(struct sch_stream *stream) {
  stream->again = false;
  return turn_any(stream) || stream->again;
}

/* is_blocked: more could be done with what is held if the owner emptied a port. */
static bool is_blocked(const struct sch_stream *stream) {
  if (stream->negotiating) {
    return !can_send(stream);
  }
  return sch_fifo_held(&stream->plain).size >= stream->settings.read_limit ||
         (stream->peer_closed && !can_send(stream) && sch_fifo_held(&stream->pending).size != 0);
}

void sch_pump(struct sch_stream *stream) {
  check(stream);
  while (turn(stream)) {
  }
  if (stream->state != SCH_STREAM_CLOSED && !is_blocked(stream)) {
    stream->site = stream->wire_ended ? SCH_SITE_WIRE : stream->site;
    if (stream->peer_closed && (stream->close_sent || stream->wire_ended)) {
      sch_pump_finish(stream, SEC_I_CONTEXT_EXPIRED);
    } else if (stream->wire_ended) {
      sch_pump_finish(stream, SEC_E_INCOMPLETE_MESSAGE);
    }
  }
  check(stream);
}
