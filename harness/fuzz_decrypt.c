/* fuzz_decrypt: protected records, honest and not, behind a handshake that costs nothing.
 *
 * Input:   a script (script.h), then the plan; options in script.h.
 * Drives:  SecurityFunctionTable -> engine_aead (option LIBSSL: engine_openssl, after a real
 *          handshake), as client or server, with the peer's first
 *          handshake record and all that follows in one stream of bytes, cut by the plan; by calls
 *          of its own, with DATA in any slot, or through stream.
 * Oracles: on every input, at every provider call, those of checked.h: conservation,
 *          missing_is_exact, refusal_is_pure, phase, slots_by_type. On every input, for the whole:
 *          plaintext (every byte that was sealed and none that was not), model (the status that
 *          the script foretells), bounded (legal records are taken), token_once and wire_size (the
 *          peer opens every record that comes back), truncation. By option: cut_invariance (CUTS)
 *          and, on engine_openssl, determinism of its handshake (LIBSSL). Both cost many times
 *          what the rest does, and hold for one input in SCH_DECRYPT_RATION of those that ask for
 *          them.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "calls.h"
#include "checked.h"
#include "harness.h"
#include "log.h"
#include "probe.h"
#include "sides.h"
#include "streamed.h"
#include "tls/alert.h"
#include "world.h"

/* Only a short wire is cut at every byte. */
#define CUTS_WIRE_MAX 512

/* The replayer asks for every split point; on a long wire it gets every so many. */
#define SPLITS_WIRE_MAX 4096
#define SPLITS_STRIDE 67

static void note(void *unused, enum sch_log_code code, uint32_t first, uint32_t second) {
  sch_probe_log(unused, code, first, second);
  if (code == SCH_LOG_HANDSHAKE_IN) {
    sch_stage(first == 4 ? SCH_STAGE_ticket : first == 24 ? SCH_STAGE_key_update : SCH_STAGE_hello);
  } else if (code == SCH_LOG_KEYS) {
    sch_stage(SCH_STAGE_keys);
  } else if (code == SCH_LOG_ALERT_IN) {
    sch_stage(second == SCH_ALERT_close_notify ? SCH_STAGE_close : SCH_STAGE_alert);
  }
}

static void run(struct sch_script *script, struct sch_span operations, const struct sch_plan *plan,
                ptrdiff_t how) {
  const struct sch_cut cut = {.plan = plan, .how = how};

  sch_log_to(sch_probe_log, NULL);
  (void)sch_sides_credential(plan->options);
  sch_log_to(note, NULL);
  if ((plan->options & SCH_DECRYPT_STREAM) != 0 && !sch_decrypt_is_libssl(plan->options)) {
    sch_streamed_run(script, operations, cut);
  } else {
    sch_calls_run(script, operations, cut);
  }
  sch_checked_end();
}

static void again(struct sch_script *script, struct sch_span operations,
                  const struct sch_plan *plan, ptrdiff_t how, const struct sch_trace *first) {
  sch_trace_reset();
  sch_world_reset();
  run(script, operations, plan, how);
  ORACLE(cut_invariance, sch_trace_same(first));
}

FUZZ(decrypt) {
  struct sch_plan plan = sch_plan_take(&input);
  const enum sch_plan_cutting cutting = sch_plan_cutting();
  static struct sch_script script;
  static struct sch_trace first;

  plan.options = sch_decrypt_rationed(&plan, input);
  run(&script, input, &plan, SCH_CUT_BY_PLAN);
  const size_t size = script.to.size;
  const bool asked = sch_decrypt_asks_cuts(plan.options) && size <= CUTS_WIRE_MAX;

  if (size == 0 || (cutting == SCH_CUTTING_BY_OPTION && !asked)) {
    return;
  }
  sch_trace_save(&first);
  again(&script, input, &plan, (ptrdiff_t)size, &first);
  again(&script, input, &plan, SCH_CUT_EVERY_BYTE, &first);
  const size_t stride = size <= SPLITS_WIRE_MAX ? 1 : SPLITS_STRIDE;

  for (size_t at = 1; cutting == SCH_CUTTING_EVERY_SPLIT && at < size; at += stride) {
    again(&script, input, &plan, (ptrdiff_t)at, &first);
  }
  for (size_t number = 0; number < sch_plan_runs(); number++) {
    again(&script, input, &plan, SCH_CUT_IN_RUNS - (ptrdiff_t)number, &first);
  }
}
