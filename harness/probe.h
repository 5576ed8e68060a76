/* probe: questions put to the provider beside the conversation, whose answers every target can
 * expect: what an established context says of itself, and what a dead handle answers.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_PROBE_H
#define SCH_PROBE_H

#include "log.h"
#include "sspi/sspi.h"

/* sch_probe_facts asks an established context every attribute there is, and checks that the answers
 * agree with each other (oracle sizes_current). */
void sch_probe_facts(PCtxtHandle handle);

/* sch_probe_dead checks that a handle that has been deleted is SEC_E_INVALID_HANDLE to every
 * function, and that no function has answered anything else with it (oracle handle_life). */
void sch_probe_dead(PCtxtHandle handle, bool server);

/* sch_probe_farewell fetches the alert of a context whose DecryptMessage failed with `failure`: the
 * next handshake call repeats the failure and hands it out, once and only to who asks for errors
 * (oracles sticky_failure, token_once). `due` says that there must be one,
 * `closed` that there must be none, for a close_notify was the last word. */
void sch_probe_farewell(PCtxtHandle handle, bool server, SECURITY_STATUS failure, bool due,
                        bool closed);

/* sch_probe_farewell_said is the same when the caller itself has fetched those `size` bytes. */
void sch_probe_farewell_said(PCtxtHandle handle, bool server, SECURITY_STATUS failure, bool due,
                             bool closed, size_t size);

/* sch_probe_log checks that an event of the log holds what its code says and nothing else: types,
 * sizes and statuses that there are. Four bytes of a message or a key are none of these, but for a
 * chance in some thousands (oracle no_cleartext). Of the type sch_log_sink. */
void sch_probe_log(void *unused, enum sch_log_code code, uint32_t first, uint32_t second);

/* sch_probe_refusals asks for what must be refused, before anything is made of it: credentials out
 * of wrong structures, and first calls with wrong arguments on `credential`, a client's or a
 * server's (oracles handle_life, status_handled, missing_is_exact). */
void sch_probe_refusals(PCredHandle credential, bool server);

/* sch_probe_alert_received says whether the peer has, or may have, sent an alert since the last
 * call: who does not hear the log does not know. */
bool sch_probe_alert_received(void);

/* sch_probe_written says how many bytes of handshake messages the log has named as written since
 * the last call. */
uint64_t sch_probe_written(void);

/* sch_probe_sent_no_certificate says whether the system under test has written a Certificate
 * message with no certificate in it since the last call. */
bool sch_probe_sent_no_certificate(void);

#endif
