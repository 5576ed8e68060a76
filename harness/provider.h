/* provider: what an input of the target provider is, for the target and for who writes its seeds.
 *
 *     wire ...  | script: PROVIDER_ENTRIES entries of six bytes, see scripted.h | plan |
 *
 * In legal mode the wire is bodies, each with its size in one byte before it, which the target
 * makes records of; the last may be cut short. A script longer than the input is what there is of
 * it.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_PROVIDER_H
#define SCH_PROVIDER_H

#include "plan.h"

enum sch_provider_option {
  SCH_PROVIDER_SERVER = 1 << 0,
  SCH_PROVIDER_LEGAL = 1 << 1,
  SCH_PROVIDER_ALPN = 1 << 2,
  SCH_PROVIDER_NAME = 1 << 3,        /* client: a target name */
  SCH_PROVIDER_VERIFY_SHIFT = 4,     /* two bits: enum sch_provider_verify */
  SCH_PROVIDER_CERTIFICATE = 1 << 6, /* server: ask for one; legal: the peer has one */
  SCH_PROVIDER_REPEAT = 1 << 7,      /* hostile: the script begins again at its end */
  SCH_PROVIDER_WRITE_SHIFT = 8,      /* two bits: enum sch_provider_write */
  SCH_PROVIDER_SLOW_SEND = 1 << 10,  /* wire out is taken in small pieces, one a turn */
  SCH_PROVIDER_SLOW_READ = 1 << 11,  /* plain out too */
  SCH_PROVIDER_LIMIT_SHIFT = 12,     /* two bits: read limit 65536, 1, 100, 16384 */
  SCH_PROVIDER_CLOSE_SHIFT = 14,     /* three bits: closed before that turn, from 1; 0: never */
  SCH_PROVIDER_CUTS = 1 << 17,       /* legal: also whole and byte by byte, and compare */
  SCH_PROVIDER_BIG = 3 << 18,        /* both bits, see sch_provider_word */
  SCH_PROVIDER_DROP_SHIFT = 20,      /* four bits: dropped before that turn, from 1; 0: never */
  SCH_PROVIDER_ENTRIES_SHIFT = 24    /* eight bits: entries in the script */
};

enum sch_provider_verify {
  SCH_PROVIDER_INSECURE,
  SCH_PROVIDER_NO_VERIFIER,
  SCH_PROVIDER_ACCEPT,
  SCH_PROVIDER_REFUSE /* with a verdict that the last cut chooses */
};

enum sch_provider_write {
  SCH_PROVIDER_MUTE,
  SCH_PROVIDER_EARLY, /* before anything has arrived */
  SCH_PROVIDER_OFTEN, /* before every turn */
  SCH_PROVIDER_MUCH   /* early, some records, or more than is taken at once when the wire is big */
};

/* The last of the turns before which a stream is dropped stands for its verifier, which drops it.
 */
#define SCH_PROVIDER_DROP_IN_VERIFIER 15

/* A big wire is repeated until it exceeds what a stream holds, and comes in pieces of this size;
 * tokens may be vast then, too. That takes long, so it needs the right word, which no mutation
 * leaves right: the first two cuts are sch_provider_word of wire, script and the rest of the plan.
 */
#define SCH_PROVIDER_BIG_PIECE ((size_t)4160)
uint16_t sch_provider_word(struct sch_span input, const struct sch_plan *plan);

struct sch_provider_input {
  struct sch_plan plan;
  struct sch_span script; /* whole entries */
  struct sch_span wire;   /* as it is delivered */
  bool big;
};

/* sch_provider_read takes an input apart and lays its wire. The script lives as long as the input,
 * the wire until the next call. */
struct sch_provider_input sch_provider_read(struct sch_span input);

#endif
