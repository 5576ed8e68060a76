/* pool: OpenSSL's memory, from free lists. OpenSSL allocates some thousand times in a handshake,
 * and under AddressSanitizer those calls cost as much as the cryptography. Debian's libcrypto is
 * not instrumented, so the sanitizer sees little of what it does with them anyway; the memory of
 * src/ never comes from here. Linked for the engines that fuzz; the replayer leaves OpenSSL to the
 * sanitizer's own allocator, which finds leaks and what intercepted calls do wrong.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#include "base.h"

#define STEP ((size_t)32) /* classes are multiples of it */
#define CLASSES 256       /* up to 8 KiB; larger blocks go to malloc */
#define SLAB                                                                          \
  ((size_t)64 * 1024) /* small blocks come from malloc many at a time: an engine that \
                         sees more allocated than freed runs the input once more */

/* In front of every block; what follows stays aligned for any type. */
struct head {
  _Alignas(max_align_t) size_t room;
  struct head *next; /* of its free list */
};

static struct head *lists[CLASSES];

/* class_of gives the index of the smallest class that holds `size` bytes, CLASSES when none does.
 */
static size_t class_of(size_t size) {
  const size_t index = (size + STEP - 1) / STEP;

  return index < CLASSES ? index : CLASSES;
}

/* carve gives a block of a class off a slab. */
static struct head *carve(size_t room) {
  static uint8_t *slab;
  static size_t left;
  const size_t size = sizeof(struct head) + room;

  if (left < size) {
    slab = malloc(SLAB);
    left = slab == NULL ? 0 : SLAB;
  }
  if (left < size) {
    return NULL;
  }
  struct head *head = (struct head *)(void *)slab;

  slab += size;
  left -= size;
  return head;
}

static void *take(size_t size, const char *file, int line) {
  const size_t class = class_of(size);

  (void)file;
  (void)line;
  if (class < CLASSES && lists[class] != NULL) {
    struct head *head = lists[class];

    lists[class] = head->next;
    return head + 1;
  }
  const size_t room = class < CLASSES ? class * STEP : size;
  struct head *head = class < CLASSES                  ? carve(room)
                      : room > SIZE_MAX - sizeof *head ? NULL
                                                       : malloc(sizeof *head + room);

  if (head == NULL) {
    return NULL;
  }
  head->room = room;
  return head + 1;
}

static void give(void *block, const char *file, int line) {
  struct head *head = block;

  (void)file;
  (void)line;
  if (block == NULL) {
    return;
  }
  head--;
  const size_t class = class_of(head->room);

  if (class == CLASSES) {
    free(head);
    return;
  }
  head->next = lists[class];
  lists[class] = head;
}

static void *resize(void *block, size_t size, const char *file, int line) {
  if (block == NULL) {
    return take(size, file, line);
  }
  const size_t room = ((struct head *)block - 1)->room;

  if (size <= room) {
    return block;
  }
  void *larger = take(size, file, line);

  if (larger != NULL) {
    memcpy(larger, block, room);
    give(block, file, line);
  }
  return larger;
}

/* Before main, for OpenSSL takes an allocator only before it has allocated anything. */
__attribute__((constructor)) static void install(void) {
  ENSURE(CRYPTO_set_mem_functions(take, resize, give) == 1);
}
