/* oracle: the invariants, once each, by name. The names are used in code, traces, mutants and the
 * README; I-numbers are those of the field's list of real bugs.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_ORACLE_H
#define SCH_ORACLE_H

#include "base.h"

#define SCH_ORACLES(X)                                                                         \
  X(conservation, "I1: used + EXTRA = given, and EXTRA is the exact tail")                     \
  X(refusal_is_pure, "I2: INCOMPLETE_MESSAGE changes nothing: no byte, no state, no token")    \
  X(missing_is_exact, "I3: MISSING is the real deficit and never 0")                           \
  X(progress, "I4: every turn makes progress or asks for input or output")                     \
  X(no_wait_with_data, "I5: nobody waits while a whole record or a token is held")             \
  X(token_once, "I6: every token and record goes on the wire once, whole, in order")           \
  X(plaintext, "I7: plaintext out = plaintext in")                                             \
  X(no_cleartext, "I8: no ciphertext is delivered and no cleartext sent")                      \
  X(wire_size, "I9: bytes on the wire = sum of the sizes returned")                            \
  X(truncation, "I10: a clean end only after close_notify; data before it is delivered first") \
  X(bounded, "I11: memory held is bounded, and legal input within the bound is taken")         \
  X(slots_by_type, "I12: slots are found by type, whatever their order")                       \
  X(ownership, "I13: each block is freed once, by its owner, on every path")                   \
  X(no_wrap, "I14: no integer wraps or is narrowed")                                           \
  X(sizes_current, "I15: stream sizes are those of the negotiated cipher")                     \
  X(phase, "I16: bytes go to the function of their phase")                                     \
  X(status_handled, "I17: every status has an end; unknown is fatal")                          \
  X(handle_life, "I18: a handle is live only after success")                                   \
  X(wiped, "I19: secrets and plaintext are wiped")                                             \
  X(cut_invariance, "I20: the trace does not depend on where the input was cut")               \
  X(sticky_failure, "the first failure sticks: after it no plaintext, one error, silence")     \
  X(determinism, "the same input gives the same trace")                                        \
  X(twin, "callers written apart come to the same from the same wire")                         \
  X(model, "the module agrees with a plain model of it")                                       \
  X(strict_accept, "what the strict reader accepts, OpenSSL accepts with equal fields")        \
  X(reencode, "DER is unique: encoding what was read gives the same bytes")                    \
  X(unforgeable, "nothing unsigned, expired, out of scope, revoked or misnamed verifies")      \
  X(acceptable, "what is right is accepted")                                                   \
  X(reason, "a rejection has the reasons of one path, and no other")                           \
  X(algebra, "accepted <=> no bits <=> no errors, and each bit has its error and status")      \
  X(monotone, "what is stricter never accepts what was refused")                               \
  X(order_free, "neither order nor repetition changes a verdict")                              \
  X(agreement, "a second opinion agrees, or differs as is known")                              \
  X(canary, "the failure that proves that failing is seen")

enum sch_oracle {
#define SCH_ORACLE_ENUM(name, text) SCH_ORACLE_##name,
  SCH_ORACLES(SCH_ORACLE_ENUM)
#undef SCH_ORACLE_ENUM
};

/* ORACLE(name, condition) aborts when the condition does not hold, after printing
 *   "oracle <name>: <file>:<line>: <condition>", the invariant, the target, the plan and the last
 * ten lines of the trace. scripts/triage reads the first line as the signature. */
#define ORACLE(name, condition)                         \
  ((condition) || sch_oracle_excused(SCH_ORACLE_##name) \
       ? (void)0                                        \
       : sch_oracle_broken(SCH_ORACLE_##name, #condition, __FILE__, __LINE__))

/* sch_oracle_excused: where an allocation has been made to fail (starve.h), less may come out than
 * memory would have allowed, and differently at another cut. What promises an amount or a model's
 * answer is excused then; what promises no harm never is. */
bool sch_oracle_excused(enum sch_oracle oracle);

_Noreturn void sch_oracle_broken(enum sch_oracle oracle, const char *what, const char *file,
                                 int line);

#endif
