/* store: see store.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "cert/store.h"

#include <string.h>

#include "cert/name_equal.h"
#include "cert/store_pem.h"

/* An item and, behind it, its DER. */
struct item {
  struct sch_span der;
  union {
    struct sch_stored_certificate certificate;
    struct sch_crl crl;
  } read;
};

/* Items in ascending order of their DER. */
struct list {
  struct item **items;
  size_t count;
  size_t room;
};

struct sch_store {
  struct list parts[SCH_STORE_PARTS];
};

static size_t live;

size_t sch_store_live(void) {
  return live;
}

struct sch_store *sch_store_create(void) {
  struct sch_store *store = sch_alloc(sizeof *store);

  live += store == NULL ? 0 : 1;
  return store;
}

static void drop_list(struct list *list) {
  for (size_t i = 0; i < list->count; i++) {
    sch_free(list->items[i]);
  }
  sch_free(list->items);
  *list = (struct list){0};
}

void sch_store_drop(struct sch_store *store) {
  if (store == NULL) {
    return;
  }
  for (size_t i = 0; i < SCH_STORE_PARTS; i++) {
    drop_list(&store->parts[i]);
  }
  sch_free(store);
  live--;
}

static const struct list *part_of(const struct sch_store *store, enum sch_store_part part) {
  REQUIRE(part < SCH_STORE_PARTS);
  return &store->parts[part];
}

static const struct item *item_of(const struct sch_store *store, enum sch_store_part part,
                                  size_t index) {
  const struct list *list = part_of(store, part);

  REQUIRE(index < list->count);
  return list->items[index];
}

size_t sch_store_count(const struct sch_store *store, enum sch_store_part part) {
  return part_of(store, part)->count;
}

const struct sch_stored_certificate *sch_store_certificate(const struct sch_store *store,
                                                           enum sch_store_part part, size_t index) {
  REQUIRE(part != SCH_STORE_CRLS);
  return &item_of(store, part, index)->read.certificate;
}

const struct sch_crl *sch_store_crl(const struct sch_store *store, size_t index) {
  return &item_of(store, SCH_STORE_CRLS, index)->read.crl;
}

/* compare orders by size, then by bytes: negative, 0 or positive. */
static int compare(struct sch_span left, struct sch_span right) {
  if (left.size != right.size) {
    return left.size < right.size ? -1 : 1;
  }
  return left.size == 0 ? 0 : memcmp(left.data, right.data, left.size);
}

/* find gives the place of `der`: of the item that is equal, or of the first that is greater. */
static size_t find(const struct list *list, struct sch_span der, bool *equal) {
  size_t first = 0;
  size_t end = list->count;

  *equal = false;
  while (first < end) {
    const size_t middle = first + (end - first) / 2;
    const int order = compare(list->items[middle]->der, der);

    if (order == 0) {
      *equal = true;
      return middle;
    }
    if (order < 0) {
      first = middle + 1;
    } else {
      end = middle;
    }
  }
  return first;
}

bool sch_store_holds(const struct sch_store *store, enum sch_store_part part, struct sch_span der) {
  bool equal;

  (void)find(part_of(store, part), der, &equal);
  return equal;
}

/* reserve makes room for `count` items in all. */
static bool reserve(struct list *list, size_t count) {
  if (count <= list->room) {
    return true;
  }
  const size_t room = count < 2 * list->room ? 2 * list->room : count;
  struct item **items = sch_alloc(room * sizeof(struct item *));

  if (items == NULL) {
    return false;
  }
  sch_copy(items, list->items, list->count * sizeof(struct item *));
  sch_free(list->items);
  list->items = items;
  list->room = room;
  return true;
}

/* insert hands `item` to a list that has room for it, or frees it when it is held already. */
static void insert(struct list *list, struct item *item, struct sch_store_added *added) {
  bool equal;
  const size_t place = find(list, item->der, &equal);

  REQUIRE(equal || list->count < list->room);
  if (equal) {
    added->repeated++;
    sch_free(item);
    return;
  }
  for (size_t i = list->count; i > place; i--) {
    list->items[i] = list->items[i - 1];
  }
  list->items[place] = item;
  list->count++;
  added->added++;
}

bool sch_stored_certificate_read(struct sch_span der, struct sch_stored_certificate *out,
                                 struct sch_reading *reading) {
  reading->lenient = true;
  if (!sch_certificate_read(der, &out->certificate, reading)) {
    return false;
  }
  out->subject = sch_name_hash(out->certificate.subject);
  out->issuer = sch_name_hash(out->certificate.issuer);
  return true;
}

static bool read_item(struct item *item, enum sch_store_part part, struct sch_reading *reading) {
  reading->lenient = true;
  return part == SCH_STORE_CRLS
             ? sch_crl_read(item->der, &item->read.crl, reading)
             : sch_stored_certificate_read(item->der, &item->read.certificate, reading);
}

/* make gives an item with room for `size` bytes of DER, which the caller fills, or NULL. */
static struct item *make(size_t size, uint8_t **der) {
  struct item *item = size > SCH_STORE_FILE_MAX ? NULL : sch_alloc(sizeof *item + size);

  if (item != NULL) {
    *der = (uint8_t *)(item + 1);
    item->der = sch_span_of(*der, size);
  }
  return item;
}

/* admit reads a filled item and puts it into the list, or counts and frees it. */
static SECURITY_STATUS admit(struct list *list, enum sch_store_part part, struct item *item,
                             struct sch_store_added *added) {
  struct sch_reading reading = {0};

  if (item == NULL) {
    return SEC_E_INSUFFICIENT_MEMORY;
  }
  if (!read_item(item, part, &reading)) {
    added->fault = added->refused == 0 ? reading.fault : added->fault;
    added->refused++;
    sch_free(item);
    return SEC_E_CERT_UNKNOWN;
  }
  if (!reserve(list, list->count + 1)) {
    sch_free(item);
    return SEC_E_INSUFFICIENT_MEMORY;
  }
  insert(list, item, added);
  return SEC_E_OK;
}

static SECURITY_STATUS admit_der(struct list *list, enum sch_store_part part, struct sch_span der,
                                 struct sch_store_added *added) {
  uint8_t *to;
  struct item *item = make(der.size, &to);

  if (item != NULL) {
    sch_copy(to, der.data, der.size);
  }
  return admit(list, part, item, added);
}

SECURITY_STATUS sch_store_add(struct sch_store *store, enum sch_store_part part,
                              struct sch_span der, struct sch_store_added *added) {
  REQUIRE(part < SCH_STORE_PARTS);
  return admit_der(&store->parts[part], part, der, added);
}

static SECURITY_STATUS admit_block(struct list *list, enum sch_store_part part,
                                   const struct sch_pem_block *block,
                                   struct sch_store_added *added) {
  uint8_t *to;
  struct item *item = make(block->size, &to);

  if (item != NULL) {
    struct sch_builder der = sch_builder_of(to, block->size);

    sch_store_pem_decode(block, &der);
    ENSURE(!der.failed);
    ENSURE(der.size == block->size);
  }
  return admit(list, part, item, added);
}

/* is_der: elements one behind the other, to the last byte. */
static bool is_der(struct sch_span bytes) {
  struct sch_reading reading = {0};
  struct sch_span body;

  while (bytes.size != 0) {
    if (!sch_der_take(&bytes, SCH_DER_SEQUENCE, &body, &reading)) {
      return false;
    }
  }
  return true;
}

static SECURITY_STATUS read_der(struct list *list, enum sch_store_part part, struct sch_span bytes,
                                struct sch_store_added *added) {
  struct sch_reading reading = {0};
  struct sch_element element;
  SECURITY_STATUS status = SEC_E_CERT_UNKNOWN;

  while (bytes.size != 0 && sch_der_any(&bytes, &element, &reading)) {
    status = admit_der(list, part, element.whole, added);
    if (status == SEC_E_INSUFFICIENT_MEMORY) {
      return status;
    }
  }
  return added->added + added->repeated + added->refused == 0 ? SEC_E_CERT_UNKNOWN : SEC_E_OK;
}

static SECURITY_STATUS read_pem(struct list *list, enum sch_store_part part, struct sch_span text,
                                struct sch_store_added *added) {
  const struct sch_span label = sch_span_text(part == SCH_STORE_CRLS ? "X509 CRL" : "CERTIFICATE");
  struct sch_pem_block block;
  enum sch_pem_found found;
  bool any = false;

  while ((found = sch_store_pem_next(&text, &block)) == SCH_PEM_BLOCK) {
    any = true;
    if (sch_span_equal(block.label, label) &&
        admit_block(list, part, &block, added) == SEC_E_INSUFFICIENT_MEMORY) {
      return SEC_E_INSUFFICIENT_MEMORY;
    }
  }
  if (found == SCH_PEM_DAMAGED || !any) {
    return SEC_E_INVALID_TOKEN;
  }
  return added->added + added->repeated + added->refused == 0 ? SEC_E_CERT_UNKNOWN : SEC_E_OK;
}

/* What is read goes into a list of its own, so that a failure leaves the store as it was. */
SECURITY_STATUS sch_store_add_bytes(struct sch_store *store, enum sch_store_part part,
                                    struct sch_span bytes, struct sch_store_added *added) {
  struct sch_store_added seen = {0};
  struct list fresh = {0};

  REQUIRE(part < SCH_STORE_PARTS);
  struct list *list = &store->parts[part];
  SECURITY_STATUS status =
      is_der(bytes) ? read_der(&fresh, part, bytes, &seen) : read_pem(&fresh, part, bytes, &seen);

  if (status == SEC_E_OK && !reserve(list, list->count + fresh.count)) {
    status = SEC_E_INSUFFICIENT_MEMORY;
  }
  if (status == SEC_E_OK) {
    if (added->refused == 0) {
      added->fault = seen.fault;
    }
    added->refused += seen.refused;
    added->repeated += seen.repeated;
    for (size_t i = 0; i < fresh.count; i++) {
      insert(list, fresh.items[i], added);
    }
    fresh.count = 0;
  }
  drop_list(&fresh);
  return status;
}
