/* call: one call of InitializeSecurityContext or AcceptSecurityContext, the same for both: the
 * context it is for, the step, and the answer in the caller's buffers.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_SSPI_CALL_H
#define SCH_SSPI_CALL_H

#include "sspi/context.h"
#include "sspi/secbuf.h"

/* Which entry point a log event is of. */
enum sch_call_entry {
  SCH_CALL_ISC,
  SCH_CALL_ASC,
  SCH_CALL_DECRYPT,
  SCH_CALL_ENCRYPT,
  SCH_CALL_CONTROL
};

/* What one call asks for, in both roles. */
struct sch_call {
  bool server;
  bool datagram;
  bool allocate;
  bool extended_error;
  bool manual_validation;
  bool client_certificate;
  bool fragment; /* a token that does not fit may come in parts */
  bool supplied; /* what the credential has is all there is: nobody is to be asked */
  const char *target_name;
  PCredHandle credential;
  PCtxtHandle handle;
  PCtxtHandle new_handle;
  PSecBufferDesc in;
  struct sch_secbuf_input input;
  struct sch_secbuf_output output;
};

/* sch_call_handshake makes the call: reads the descriptors into `call`, which is otherwise filled,
 * finds or makes the context, steps it and answers. Statuses as for InitializeSecurityContext. */
CHECKED SECURITY_STATUS sch_call_handshake(struct sch_call *call, PSecBufferDesc input,
                                           PSecBufferDesc output);

#endif
