/* contract: runs the case files of the SSPI contract, harness/tests/cases/sspi, line by line.
 *
 *     # A header cut after four bytes asks for the one that remains
 *     row 1.2-8
 *     client ISC -> SEC_I_CONTINUE_NEEDED
 *     server gets all
 *     server ASC TOKEN=4 EMPTY -> SEC_E_INCOMPLETE_MESSAGE in TOKEN=4 MISSING=1
 *
 * A `#` line begins a case and says what it shows. Two ends, client and server, begin with a
 * credential each and no context. The lines of a case:
 *
 *   row NUMBER...         the rows of the contract that the case shows; not looked at here
 *   engine NAME           tls1.3 (without this line), tls1.2, aead1.3, aead1.2, chacha1.3 or
 *                         chacha1.2
 *   personality NAME      a row of sspi/personality, the default without this line
 *   joined                a whole handshake between the two
 *   END gets all          moves what the other end has sent to what this one holds; also a number
 *                         of bytes, `all-5` (all but five), or `bytes` and hexadecimal
 *   END gets sealed WHAT  engine aead: data SIZE, message HEX..., alert LEVEL NUMBER, update 0 or 1
 *   END spoils N          changes byte N of what it holds; negative counts from the end
 *   END forgets           drops what it holds
 *   END CALL ... -> STATUS ...
 *   sent HEX...           the bytes that the last call made, all of them; `sent nothing`
 *   granted HEX           the context attributes of the last call
 *
 * A slot is TYPE, TYPE=SIZE or TYPE>SIZE, `!` behind it makes it read-only, and `:none` gives it a
 * size without memory. TOKEN and DATA hold what the end holds, or SIZE bytes from its front; in an
 * answer SIZE may be `deficit`, what the record at the front lacks. Calls:
 *
 *   ISC, ASC [SLOTS] [out SLOTS] [WISH]...
 *                         no SLOTS: pInput is NULL; `out NULL`: pOutput is; no out: TOKEN ALERT
 *                         EMPTY. A WISH is lent: without ALLOCATE_MEMORY, quiet: without
 *                         EXTENDED_ERROR, unnamed: phNewContext NULL, validated: the provider is
 *                         to judge the peer, datagram: DTLS, mutual: MUTUAL_AUTH, supplied:
 *                         USE_SUPPLIED_CREDS, fitted: FRAGMENT_TO_FIT
 *   Decrypt, Encrypt SLOTS
 *   Apply KIND [LEVEL NUMBER] [TYPE=SIZE]...
 *   Query ATTRIBUTE       -> STATUS, then the numbers of STREAM_SIZES, the protocol's name, the
 *                         strengths of cipher and hash of CONNECTION_INFO, the flags of
 *                         SESSION_INFO, or, of the credential, the bits of SUPPORTED_PROTOCOLS in
 *                         hexadecimal. NOTHING behind ATTRIBUTE: without a buffer
 *   Acquire [KEY=VALUE]   package (with _ for a blank), version, certificates, protocols,
 *                         disabled, use
 *   Delete, Free          the context, the credential
 *   turns certified       from now on the credential is another one, with a certificate
 *   turns remembering     the same, one that keeps sessions
 *   turns judging         the same, one that does not leave the peer's certificate to the caller
 *   leaves                the context is deleted and what was sent and held forgotten
 *
 * Behind STATUS stand the slots after the call: of the one descriptor, or, for ISC and ASC, `in`
 * and `out`. Always checked: INCOMPLETE_MESSAGE changes no byte and no output; used bytes and EXTRA
 * make up what was given; a handle is written with success only; plaintext is what was sealed.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_CONTRACT_H
#define SCH_CONTRACT_H

#include "bytes/builder.h"
#include "ends.h"

/* sch_contract_tell is told each fault, as a text without a full stop. */
typedef void sch_contract_tell(const char *text);

/* A sealer makes the records of `gets sealed`, for the client or for the server. `what` and `bytes`
 * are the line's: the message, level and number of an alert, 0 or 1 of an update, or data. False
 * when it cannot. `drop` ends what it has begun, if anything: the case is over. */
struct sch_contract_sealer {
  bool (*seal)(size_t kind, bool to_client, const char *what, struct sch_span bytes,
               struct sch_builder *to);
  void (*drop)(void);
};

struct sch_aead_secrets;

/* The sealer of the classes of engine_aead seals with their toy secrets, or, for the rest of a case
 * and to the client, with those of sch_contract_seal_with. */
extern const struct sch_contract_sealer sch_contract_seal_aead;
void sch_contract_seal_with(const struct sch_aead_secrets *secrets);

/* sch_contract_start says who hears of faults and who seals; NULL: nothing can be sealed. */
void sch_contract_start(sch_contract_tell *tell, const struct sch_contract_sealer *sealer);

/* sch_contract_line runs one line, which it cuts up. `#` ends the case before it, as
 * sch_contract_close does. */
void sch_contract_line(char *line);
void sch_contract_close(void);

/* sch_contract_end gives an end of the case in hand: 0 the client, 1 the server. */
struct sch_end *sch_contract_end(size_t side);

#endif
