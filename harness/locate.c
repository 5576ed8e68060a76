/* locate: OSSL_PARAM_locate in the place of libcrypto's own, which looks for the names of
 * parameters with strcmp, some ten times for every record. A sanitizer checks each of those calls
 * and libFuzzer takes the names for words that an input should hold. Linked where pool is.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <openssl/params.h>

static int is_same(const char *left, const char *right) {
  while (*left == *right && *left != '\0') {
    left++;
    right++;
  }
  return *left == *right;
}

OSSL_PARAM *OSSL_PARAM_locate(OSSL_PARAM *list, const char *key) {
  while (list != NULL && list->key != NULL) {
    if (is_same(list->key, key)) {
      return list;
    }
    list++;
  }
  return NULL;
}
