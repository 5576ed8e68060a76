/* Unit tests of tls/alert.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "tls/alert.h"

#include "sspi/status.h"
#include "test.h"

/* Alerts whose status decides what a caller tells its user. */
TEST(statuses) {
  CHECK_EQUAL(sch_alert_status(0), SEC_I_CONTEXT_EXPIRED);
  CHECK_EQUAL(sch_alert_status(10), SEC_E_ILLEGAL_MESSAGE);
  CHECK_EQUAL(sch_alert_status(20), SEC_E_MESSAGE_ALTERED);
  CHECK_EQUAL(sch_alert_status(44), CRYPT_E_REVOKED);
  CHECK_EQUAL(sch_alert_status(45), SEC_E_CERT_EXPIRED);
  CHECK_EQUAL(sch_alert_status(48), SEC_E_UNTRUSTED_ROOT);
  CHECK_EQUAL(sch_alert_status(80), SEC_E_INTERNAL_ERROR);
  CHECK_EQUAL(sch_alert_status(120), SEC_E_APPLICATION_PROTOCOL_MISMATCH);
}

/* Every description of 256 has a status of the table; only close_notify is not a failure. */
TEST(every_description) {
  int named = 0;

  for (int i = 0; i < 256; i++) {
    const SECURITY_STATUS status = sch_alert_status((uint8_t)i);
    const bool known = strcmp(sch_alert_name((uint8_t)i), "unknown_alert") != 0;

    CHECK_EQUAL(sch_status_of(status)->value, status);
    CHECK((status < 0) == (i != SCH_ALERT_close_notify));
    CHECK(known || status == SEC_E_ILLEGAL_MESSAGE);
    named += known;
  }
  CHECK_EQUAL(named, 34);
}

/* Names and numbers, as the registry pairs them. */
TEST(names) {
  CHECK_EQUAL(SCH_ALERT_close_notify, 0);
  CHECK_EQUAL(SCH_ALERT_handshake_failure, 40);
  CHECK_EQUAL(SCH_ALERT_certificate_required, 116);
  CHECK(strcmp(sch_alert_name(0), "close_notify") == 0);
  CHECK(strcmp(sch_alert_name(50), "decode_error") == 0);
  CHECK(strcmp(sch_alert_name(1), "unknown_alert") == 0);
  CHECK(strcmp(sch_alert_name(255), "unknown_alert") == 0);
}

/* A record in the clear, byte by byte. */
TEST(record) {
  static const uint8_t wanted[] = {21, 3, 1, 0, 2, 2, 42};
  uint8_t bytes[SCH_ALERT_RECORD];
  struct sch_builder record = sch_builder_of(bytes, sizeof bytes);

  sch_alert_record(&record, 0x0301, SCH_ALERT_FATAL, SCH_ALERT_bad_certificate);
  CHECK(sch_span_equal(sch_builder_built(&record), sch_span_of(wanted, sizeof wanted)));
}

TESTS(statuses, every_description, names, record)
