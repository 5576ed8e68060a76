/* hooked: see hooked.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "hooked.h"

#include "checked.h"

static void (*told)(void);
static SecurityFunctionTable under;

static SECURITY_STATUS initialize(PCredHandle phCredential, PCtxtHandle phContext,
                                  SEC_CHAR *pszTargetName, ULONG fContextReq, ULONG Reserved1,
                                  ULONG TargetDataRep, PSecBufferDesc pInput, ULONG Reserved2,
                                  PCtxtHandle phNewContext, PSecBufferDesc pOutput,
                                  PULONG pfContextAttr, PTimeStamp ptsExpiry) {
  told();
  return under.InitializeSecurityContextA(phCredential, phContext, pszTargetName, fContextReq,
                                          Reserved1, TargetDataRep, pInput, Reserved2, phNewContext,
                                          pOutput, pfContextAttr, ptsExpiry);
}

static SECURITY_STATUS accept(PCredHandle phCredential, PCtxtHandle phContext,
                              PSecBufferDesc pInput, ULONG fContextReq, ULONG TargetDataRep,
                              PCtxtHandle phNewContext, PSecBufferDesc pOutput,
                              PULONG pfContextAttr, PTimeStamp ptsExpiry) {
  told();
  return under.AcceptSecurityContext(phCredential, phContext, pInput, fContextReq, TargetDataRep,
                                     phNewContext, pOutput, pfContextAttr, ptsExpiry);
}

static SECURITY_STATUS decrypt(PCtxtHandle phContext, PSecBufferDesc pMessage, ULONG MessageSeqNo,
                               PULONG pfQOP) {
  told();
  return under.DecryptMessage(phContext, pMessage, MessageSeqNo, pfQOP);
}

static SECURITY_STATUS encrypt(PCtxtHandle phContext, ULONG fQOP, PSecBufferDesc pMessage,
                               ULONG MessageSeqNo) {
  told();
  return under.EncryptMessage(phContext, fQOP, pMessage, MessageSeqNo);
}

static SECURITY_STATUS control(PCtxtHandle phContext, PSecBufferDesc pInput) {
  told();
  return under.ApplyControlToken(phContext, pInput);
}

static SECURITY_STATUS query(PCtxtHandle phContext, ULONG ulAttribute, void *pBuffer) {
  told();
  return under.QueryContextAttributesA(phContext, ulAttribute, pBuffer);
}

SecurityFunctionTable *sch_hooked_table(void (*before)(void)) {
  static SecurityFunctionTable table;

  told = before;
  under = *sch_checked_table();
  table = under;
  table.InitializeSecurityContextA = initialize;
  table.AcceptSecurityContext = accept;
  table.DecryptMessage = decrypt;
  table.EncryptMessage = encrypt;
  table.ApplyControlToken = control;
  table.QueryContextAttributesA = query;
  return &table;
}
