/* handle: see handle.h. The calls may come from several threads, as SSPI's may.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "sspi/handle.h"

#include <pthread.h>

struct slot {
  void *object; /* NULL: free */
  uint32_t generation;
  uint32_t next; /* of the free list, slot number + 1 */
  enum sch_handle_kind kind;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct slot slots[SCH_HANDLE_MAX];
static uint32_t used;       /* slots that were ever taken */
static uint32_t free_first; /* slot number + 1, 0: none */
static size_t live;

/* A handle carries the slot number + 1, so that an all-zero handle is never valid, and the slot's
 * generation. */
static struct slot *find(enum sch_handle_kind kind, const SecHandle *handle) {
  if (handle == NULL || handle->dwLower == 0 || handle->dwLower > used) {
    return NULL;
  }
  struct slot *slot = &slots[handle->dwLower - 1];

  if (slot->object == NULL || slot->kind != kind || handle->dwUpper != slot->generation) {
    return NULL;
  }
  return slot;
}

static struct slot *take(void) {
  if (free_first != 0) {
    struct slot *slot = &slots[free_first - 1];

    free_first = slot->next;
    return slot;
  }
  return used < SCH_HANDLE_MAX ? &slots[used++] : NULL;
}

bool sch_handle_add(enum sch_handle_kind kind, void *object, SecHandle *handle) {
  REQUIRE(object != NULL);
  (void)pthread_mutex_lock(&lock);
  struct slot *slot = take();

  if (slot != NULL) {
    slot->object = object;
    slot->kind = kind;
    live++;
    handle->dwLower = (ULONG_PTR)(slot - slots) + 1;
    handle->dwUpper = slot->generation;
  }
  (void)pthread_mutex_unlock(&lock);
  return slot != NULL;
}

void *sch_handle_find(enum sch_handle_kind kind, const SecHandle *handle) {
  (void)pthread_mutex_lock(&lock);
  const struct slot *slot = find(kind, handle);
  void *object = slot == NULL ? NULL : slot->object;

  (void)pthread_mutex_unlock(&lock);
  return object;
}

void *sch_handle_remove(enum sch_handle_kind kind, const SecHandle *handle) {
  (void)pthread_mutex_lock(&lock);
  struct slot *slot = find(kind, handle);
  void *object = NULL;

  if (slot != NULL) {
    object = slot->object;
    slot->object = NULL;
    slot->generation++;
    slot->next = free_first;
    free_first = (uint32_t)(slot - slots) + 1;
    live--;
  }
  (void)pthread_mutex_unlock(&lock);
  return object;
}

size_t sch_handle_count(void) {
  (void)pthread_mutex_lock(&lock);
  const size_t count = live;

  (void)pthread_mutex_unlock(&lock);
  return count;
}
