/* starve_openssl: OpenSSL's memory, asked of starve. Linked where OpenSSL is part of what is under
 * test and its blocks are the sanitizer's to watch: the replayer's targets over libssl.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <openssl/crypto.h>
#include <stdlib.h>

#include "starve.h"

static void *take(size_t size, const char *file, int line) {
  (void)file;
  (void)line;
  return sch_starve_refuses(SCH_STARVE_OPENSSL) ? NULL : malloc(size);
}

static void *resize(void *block, size_t size, const char *file, int line) {
  (void)file;
  (void)line;
  return sch_starve_refuses(SCH_STARVE_OPENSSL) ? NULL : realloc(block, size);
}

static void give(void *block, const char *file, int line) {
  (void)file;
  (void)line;
  free(block);
}

/* Before main, for OpenSSL takes an allocator only before it has allocated anything. */
__attribute__((constructor)) static void install(void) {
  ENSURE(CRYPTO_set_mem_functions(take, resize, give) == 1);
}
