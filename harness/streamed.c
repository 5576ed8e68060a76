/* streamed: see streamed.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "streamed.h"

#include "checked.h"
#include "expect.h"
#include "harness.h"
#include "sides.h"
#include "starve.h"
#include "stream/stream.h"

/* read_plain takes what has come out: what the script has sealed, in order, and nothing else. */
static void read_plain(struct sch_stream *stream, const struct sch_script *script, size_t *next,
                       size_t *offset) {
  struct sch_span plain = sch_stream_plain_out(stream);

  while (plain.size != 0) {
    const struct sch_script_record *record = &script->records[*next];
    struct sch_span part;

    ORACLE(plaintext, *next < script->count);
    ORACLE(plaintext, record->end != SCH_SCRIPT_FORGED);
    if (record->end != SCH_SCRIPT_TAKEN || *offset == record->data.size) {
      ++*next;
      *offset = 0;
      continue;
    }
    part = sch_span_first(plain, record->data.size - *offset);
    ORACLE(plaintext, sch_span_equal(part, sch_span_of(record->data.data + *offset, part.size)));
    *offset += part.size;
    sch_stage(SCH_STAGE_application_data);
    sch_stream_plain_read(stream, part.size);
    plain = sch_stream_plain_out(stream);
  }
}

void sch_streamed_run(struct sch_script *script, struct sch_span operations, struct sch_cut cut) {
  const uint32_t options = cut.plan->options;
  const struct sch_stream_settings settings = {.table = sch_checked_table(),
                                               .credential = sch_sides_credential(options),
                                               .server = (options & SCH_DECRYPT_SERVER) != 0,
                                               .insecure = true,
                                               .read_limit = SCH_STREAM_PLAIN_MAX};
  struct sch_stream *stream;
  size_t next = 0;
  size_t offset = 0;

  sch_starve_hold();
  sch_script_run(script, sch_sides_peer(options), options, operations);
  sch_starve_release();
  struct sch_span wire = sch_builder_built(&script->to);

  if (sch_stream_open(&settings, &stream) != SEC_E_OK) {
    ORACLE(handle_life, sch_starved());
    return;
  }
  while (wire.size != 0) {
    const size_t size = sch_cut_next(&cut, 0, wire.size);
    const size_t taken = sch_stream_wire_in(stream, sch_span_first(wire, size));

    sch_stream_wire_sent(stream, sch_stream_wire_out(stream).size);
    read_plain(stream, script, &next, &offset);
    ORACLE(progress, taken != 0);
    ENSURE(sch_span_skip(&wire, taken));
  }
  sch_stream_wire_end(stream);
  read_plain(stream, script, &next, &offset);
  ORACLE(truncation, sch_stream_state(stream) == SCH_STREAM_CLOSED);
  sch_trace_event("stream", (uint32_t)sch_stream_status(stream), next);
  sch_expect_stream(script, sch_stream_status(stream), next, offset);
  sch_stream_drop(stream);
}
