/* chain_cache_openssl: see chain_cache_openssl.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "cert/chain_cache_openssl.h"

#include <openssl/x509.h>

/* Each certificate has one place, by its last bytes, which are its signature. */
enum { TAIL = 32 };

struct slot {
  uint8_t *der;
  size_t size;
  X509 *engine;
};

static struct slot *slots;
static size_t slot_count;

bool sch_chain_cache_open(size_t count) {
  REQUIRE(slots == NULL);
  slots = sch_alloc(count * sizeof(struct slot));
  slot_count = slots == NULL ? 0 : count;
  return slots != NULL;
}

static void empty(struct slot *slot) {
  sch_free(slot->der);
  X509_free(slot->engine);
  *slot = (struct slot){0};
}

void sch_chain_cache_close(void) {
  for (size_t i = 0; i < slot_count; i++) {
    empty(&slots[i]);
  }
  sch_free(slots);
  slots = NULL;
  slot_count = 0;
}

static struct slot *slot_of(struct sch_span der) {
  const struct sch_span tail = sch_span_last(der, TAIL);
  uint32_t hash = 2166136261u;

  for (size_t i = 0; i < tail.size; i++) {
    hash = (hash ^ tail.data[i]) * 16777619u;
  }
  return &slots[hash % slot_count];
}

static X509 *read_new(struct sch_span der) {
  const uint8_t *at = der.data;

  return d2i_X509(NULL, &at, (long)der.size);
}

/* keep puts what was read in the place of what was there; without memory it is not kept. */
static void keep(struct slot *slot, struct sch_span der, X509 *engine) {
  uint8_t *copy = sch_alloc(der.size);

  if (copy == NULL || X509_up_ref(engine) != 1) {
    sch_free(copy);
    return;
  }
  empty(slot);
  sch_copy(copy, der.data, der.size);
  *slot = (struct slot){copy, der.size, engine};
}

void *sch_chain_cache_read(struct sch_span der) {
  struct slot *slot = slot_count == 0 ? NULL : slot_of(der);

  if (slot != NULL && slot->engine != NULL &&
      sch_span_equal(der, sch_span_of(slot->der, slot->size))) {
    return X509_up_ref(slot->engine) == 1 ? slot->engine : NULL;
  }
  X509 *engine = read_new(der);

  if (slot != NULL && engine != NULL) {
    keep(slot, der, engine);
  }
  return engine;
}
