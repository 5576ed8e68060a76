/* base: see base.h. The only file that calls malloc and free.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A block carries its size in front, so that freeing can wipe all of it. */
struct block {
  _Alignas(max_align_t) size_t size;
};

_Noreturn void sch_contract_broken(const char *fault, const char *what, const char *file,
                                   int line) {
  (void)fprintf(stderr, "%s:%d: %s: %s\n", file, line, fault, what);
  abort();
}

void sch_wipe(void *data, size_t size) {
  /* A call through a volatile pointer cannot be left out as a dead store. */
  static void *(*const volatile fill)(void *, int, size_t) = memset;

  if (size != 0) {
    (void)fill(data, 0, size);
  }
}

void *sch_alloc(size_t size) {
  if (size == 0 || size > SIZE_MAX - sizeof(struct block)) {
    return NULL;
  }
  struct block *block = calloc(1, sizeof(struct block) + size);

  if (block == NULL) {
    return NULL;
  }
  block->size = size;
  return block + 1;
}

void sch_free(void *block) {
  if (block != NULL) {
    struct block *head = (struct block *)block - 1;

    sch_wipe(block, head->size);
    free(head);
  }
}

void sch_copy(void *to, const void *from, size_t size) {
  if (size != 0) {
    memcpy(to, from, size);
  }
}
