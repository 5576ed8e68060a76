/* scripted_play: the state of the play, and the one reader of the script.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "scripted_play.h"

#include <string.h>

#include "oracle.h"
#include "sspi/status.h"

struct sch_play sch_play;

void sch_scripted_start(const struct sch_scripted *how) {
  REQUIRE(how->script.size % SCH_SCRIPTED_ENTRY == 0);
  memset(&sch_play, 0, sizeof sch_play);
  sch_play.how = *how;
  sch_play.negotiating = true;
}

void sch_scripted_end(void) {
  ORACLE(handle_life, !sch_play.live);
  for (size_t i = 0; i < SCH_PLAY_BLOCKS; i++) {
    ORACLE(ownership, sch_play.blocks[i] == NULL);
  }
}

const struct sch_scripted_account *sch_scripted_account(void) {
  return &sch_play.account;
}

void sch_scripted_offer(size_t size) {
  sch_play.offered += size;
}

static bool is_over(void) {
  const size_t count = sch_play.how.script.size / SCH_SCRIPTED_ENTRY;

  return sch_play.turn >= SCH_SCRIPTED_PLAYS ||
         sch_play.account.tokens.size > SCH_SCRIPTED_TOKENS || count == 0 ||
         (sch_play.turn >= count && !sch_play.how.repeat);
}

struct sch_play_entry sch_play_peek(void) {
  const struct sch_span script = sch_play.how.script;

  if (is_over()) {
    return (struct sch_play_entry){0};
  }
  const uint8_t *at = script.data + sch_play.turn * SCH_SCRIPTED_ENTRY % script.size;

  return (struct sch_play_entry){at[0], at[1], at[2], at[3], at[4], at[5]};
}

struct sch_play_entry sch_play_take(SECURITY_STATUS *status) {
  const bool over = is_over();
  struct sch_play_entry entry = sch_play_peek();
  size_t count;
  const struct sch_status *table = sch_status_table(&count);

  *status = table[entry.status % count].value;
  if (over) {
    *status = SEC_E_INTERNAL_ERROR;
  } else if (entry.status == SCH_SCRIPTED_RAW) {
    *status = (SECURITY_STATUS)((ULONG)entry.slots << 24 | (ULONG)entry.output << 16 |
                                (ULONG)entry.size << 8 | entry.shape);
    entry = (struct sch_play_entry){0};
  }
  sch_play.turn++;
  return entry;
}
