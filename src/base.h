/* base: contracts, scoped clean-up and wiping. The only file in src/ with compiler conditions.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_BASE_H
#define SCH_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* REQUIRE states what the caller owes, ENSURE what this code owes. Both are compiled into every
 * build, print the fault and abort: they are for broken code, never for bad input, which gets a
 * status. One fact per line, no side effects inside. */
#define REQUIRE(condition) SCH_CONTRACT(condition, "caller broke")
#define ENSURE(condition) SCH_CONTRACT(condition, "callee broke")
#define UNREACHABLE(why) sch_contract_broken("unreachable", why, __FILE__, __LINE__)

#define SCH_CONTRACT(condition, fault) \
  ((condition) ? (void)0 : sch_contract_broken(fault, #condition, __FILE__, __LINE__))

/* SCOPED(type) runs sch_<type>_drop on the variable when its scope ends, on every path. */
#define SCOPED(type) __attribute__((cleanup(sch_##type##_drop)))

/* CHECKED makes the compiler refuse a call whose result is not looked at. */
#define CHECKED __attribute__((warn_unused_result))

/* TRY ends the calling function with `status` when it is a failure: the one macro that returns. */
#define TRY(expression)                        \
  do {                                         \
    const SECURITY_STATUS try_ = (expression); \
    if (try_ < 0) {                            \
      return try_;                             \
    }                                          \
  } while (0)

#define SCH_COUNT(array) (sizeof(array) / sizeof((array)[0]))

_Noreturn void sch_contract_broken(const char *fault, const char *what, const char *file, int line);

/* sch_wipe sets `size` bytes at `data` to zero and is not optimised away. `data` may be NULL when
 * `size` is 0. */
void sch_wipe(void *data, size_t size);

/* sch_alloc returns `size` zeroed bytes, or NULL when memory is short or `size` is 0. The block
 * remembers its size. */
CHECKED void *sch_alloc(size_t size);

/* sch_free wipes and releases a block of sch_alloc. NULL does nothing. */
void sch_free(void *block);

/* sch_copy copies `size` bytes that do not overlap; either pointer may be NULL when `size` is 0. */
void sch_copy(void *to, const void *from, size_t size);

#endif
