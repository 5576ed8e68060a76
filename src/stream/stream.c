/* stream: see stream.h. The ports; what happens between them is in pump.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "stream/stream.h"

#include "stream/pump.h"
#include "tls/record.h"

static void destroy(struct sch_stream *stream) {
  sch_caller_drop(&stream->caller);
  sch_fifo_drop(&stream->received);
  sch_fifo_drop(&stream->sending);
  sch_fifo_drop(&stream->pending);
  sch_fifo_drop(&stream->plain);
  sch_free(stream->message);
  sch_free(stream);
}

/* enter lets one port work at a time: the provider and the verifier may call back, and what they
 * would change is in use. */
static bool enter(struct sch_stream *stream) {
  const bool entered = !stream->busy;

  stream->busy = true;
  return entered;
}

static void leave(struct sch_stream *stream) {
  stream->busy = false;
  if (stream->dropped) {
    destroy(stream);
  }
}

static void pump_unless_busy(struct sch_stream *stream) {
  if (enter(stream)) {
    sch_pump(stream);
    leave(stream);
  } else {
    stream->again = true;
  }
}

SECURITY_STATUS sch_stream_open(const struct sch_stream_settings *settings,
                                struct sch_stream **stream) {
  struct sch_stream *made = sch_alloc(sizeof *made);

  REQUIRE(settings->read_limit >= 1);
  REQUIRE(settings->read_limit <= SCH_STREAM_PLAIN_MAX);
  if (made == NULL) {
    return SEC_E_INSUFFICIENT_MEMORY;
  }
  made->settings = *settings;
  made->caller = (struct sch_caller){
      .table = settings->table,
      .credential = settings->credential,
      .server = settings->server,
      .flags = settings->server
                   ? (ASC_REQ_ALLOCATE_MEMORY | ASC_REQ_EXTENDED_ERROR | ASC_REQ_STREAM |
                      ASC_REQ_CONFIDENTIALITY | ASC_REQ_REPLAY_DETECT | ASC_REQ_SEQUENCE_DETECT |
                      (settings->client_certificate ? ASC_REQ_MUTUAL_AUTH : 0U))
                   : (ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_EXTENDED_ERROR | ISC_REQ_STREAM |
                      ISC_REQ_CONFIDENTIALITY | ISC_REQ_REPLAY_DETECT | ISC_REQ_SEQUENCE_DETECT |
                      ISC_REQ_MANUAL_CRED_VALIDATION),
  };
  const SECURITY_STATUS status =
      sch_caller_start(&made->caller, settings->protocols, settings->target_name);

  if (status != SEC_E_OK) {
    sch_stream_drop(made);
    return status;
  }
  sch_fifo_open(&made->received, SCH_STREAM_WIRE_MAX);
  sch_fifo_open(&made->sending, SCH_PUMP_SENDING_MAX);
  sch_fifo_open(&made->pending, SCH_STREAM_PLAIN_MAX);
  sch_fifo_open(&made->plain, SCH_STREAM_PLAIN_MAX + SCH_RECORD_BODY_MAX);
  made->negotiating = true;
  made->shaking = true;
  made->empty_call = !settings->server;
  pump_unless_busy(made);
  *stream = made;
  return SEC_E_OK;
}

void sch_stream_drop(struct sch_stream *stream) {
  if (stream != NULL && enter(stream)) {
    destroy(stream);
  } else if (stream != NULL) {
    stream->dropped = true;
  }
}

static size_t take_wire(struct sch_stream *stream, struct sch_span bytes) {
  size_t taken = 0;

  while (taken < bytes.size) {
    if (stream->state == SCH_STREAM_CLOSED || stream->peer_closed || stream->dropped) {
      return bytes.size;
    }
    const struct sch_span rest = {bytes.data + taken, bytes.size - taken};
    const struct sch_span part = sch_span_first(rest, sch_fifo_free(&stream->received));

    if (part.size == 0) {
      return taken;
    }
    if (!sch_fifo_append(&stream->received, part)) {
      sch_pump_finish(stream, SEC_E_INSUFFICIENT_MEMORY);
      return bytes.size;
    }
    taken += part.size;
    stream->bytes_in += part.size;
    sch_pump(stream);
  }
  return taken;
}

size_t sch_stream_wire_in(struct sch_stream *stream, struct sch_span bytes) {
  if (!enter(stream)) {
    return 0;
  }
  const size_t taken = take_wire(stream, bytes);

  leave(stream);
  return taken;
}

void sch_stream_wire_end(struct sch_stream *stream) {
  stream->wire_ended = true;
  pump_unless_busy(stream);
}

struct sch_span sch_stream_wire_out(const struct sch_stream *stream) {
  return sch_fifo_held(&stream->sending);
}

void sch_stream_wire_sent(struct sch_stream *stream, size_t size) {
  sch_fifo_consume(&stream->sending, size);
  pump_unless_busy(stream);
}

static size_t take_plain(struct sch_stream *stream, struct sch_span bytes) {
  size_t taken = 0;

  while (taken < bytes.size && stream->state != SCH_STREAM_CLOSED && !stream->close_wanted) {
    const struct sch_span rest = {bytes.data + taken, bytes.size - taken};
    const struct sch_span part = sch_span_first(rest, sch_fifo_free(&stream->pending));

    if (part.size == 0) {
      return taken;
    }
    if (!sch_fifo_append(&stream->pending, part)) {
      sch_pump_finish(stream, SEC_E_INSUFFICIENT_MEMORY);
      return taken;
    }
    taken += part.size;
    sch_pump(stream);
  }
  return taken;
}

size_t sch_stream_plain_in(struct sch_stream *stream, struct sch_span bytes) {
  if (!enter(stream)) {
    return 0;
  }
  const size_t taken = take_plain(stream, bytes);

  leave(stream);
  return taken;
}

struct sch_span sch_stream_plain_out(const struct sch_stream *stream) {
  return sch_fifo_held(&stream->plain);
}

void sch_stream_plain_read(struct sch_stream *stream, size_t size) {
  sch_fifo_consume(&stream->plain, size);
  pump_unless_busy(stream);
}

void sch_stream_close(struct sch_stream *stream) {
  stream->close_wanted = true;
  pump_unless_busy(stream);
}

enum sch_stream_state sch_stream_state(const struct sch_stream *stream) {
  return stream->state;
}

SECURITY_STATUS sch_stream_status(const struct sch_stream *stream) {
  return stream->status;
}

enum sch_failure sch_stream_failure(const struct sch_stream *stream) {
  return sch_failure_of(stream->site, stream->status);
}

uint32_t sch_stream_reasons(const struct sch_stream *stream) {
  return stream->reasons;
}

SECURITY_STATUS sch_stream_attribute(struct sch_stream *stream, ULONG attribute, void *answer) {
  const bool entered = enter(stream);
  const SECURITY_STATUS status = sch_caller_attribute(&stream->caller, attribute, answer);

  if (entered) {
    sch_pump(stream);
    leave(stream);
  }
  return status;
}

struct sch_stream_work sch_stream_work(const struct sch_stream *stream) {
  return (struct sch_stream_work){
      .calls = stream->caller.calls,
      .bytes_in = stream->bytes_in,
      .bytes_moved = stream->received.moved + stream->sending.moved + stream->pending.moved +
                     stream->plain.moved,
  };
}
