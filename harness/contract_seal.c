/* contract_seal: makes the records that a case has its ends get sealed.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "contract.h"
#include "records.h"

static struct sch_records records;
static bool sealing;

static void open_records(const struct sch_aead_secrets *secrets, bool to_client) {
  sch_records_open(&records, secrets, to_client);
  sealing = true;
}

void sch_contract_seal_with(const struct sch_aead_secrets *secrets) {
  REQUIRE(!sealing);
  open_records(secrets, true);
}

static bool seal(size_t kind, bool to_client, const char *what, struct sch_span bytes,
                 struct sch_builder *to) {
  struct sch_aead_secrets secrets;
  uint8_t type = SCH_RECORD_APPLICATION_DATA;

  if (!sealing) {
    sch_engine_aead_toy(kind, &secrets);
    open_records(&secrets, to_client);
  }
  if (strcmp(what, "update") == 0) {
    return sch_records_update(&records, bytes.size != 0 && bytes.data[0] == 1, to);
  }
  if (strcmp(what, "alert") == 0) {
    type = SCH_RECORD_ALERT;
  } else if (strcmp(what, "message") == 0) {
    type = SCH_RECORD_HANDSHAKE;
  } else if (strcmp(what, "data") != 0) {
    return false;
  }
  return sch_records_seal(&records, sch_records_usual(&records, type), bytes, to);
}

static void drop(void) {
  if (sealing) {
    sch_records_drop(&records);
    sealing = false;
  }
}

const struct sch_contract_sealer sch_contract_seal_aead = {seal, drop};
