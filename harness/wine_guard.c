/* wine_guard: memory for wine_cases. Each block ends where a page begins that must not be touched,
 * so that a provider that reads past what it was given crashes there, as under AddressSanitizer.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "base.h"
#include "sspi/abi.h"

void *__wrap_sch_alloc(size_t size);
void __wrap_sch_free(void *block);

static size_t page_size(void) {
  SYSTEM_INFO info;

  GetSystemInfo(&info);
  return info.dwPageSize;
}

void *__wrap_sch_alloc(size_t size) {
  const size_t page = page_size();
  const size_t whole = (size + page - 1) / page * page;
  DWORD before;

  if (size == 0 || whole < size) {
    return NULL;
  }
  uint8_t *base = VirtualAlloc(NULL, whole + page, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);

  if (base == NULL || !VirtualProtect(base + whole, page, PAGE_NOACCESS, &before)) {
    return NULL;
  }
  return base + whole - size;
}

void __wrap_sch_free(void *block) {
  MEMORY_BASIC_INFORMATION about;

  if (block != NULL) {
    ENSURE(VirtualQuery(block, &about, sizeof about) != 0);
    ENSURE(VirtualFree(about.AllocationBase, 0, MEM_RELEASE));
  }
}
