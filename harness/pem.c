/* pem: see pem.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "pem.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>

bool sch_file_read(const char *path, struct sch_fifo *to) {
  uint8_t block[4096];
  FILE *file = fopen(path, "rb");
  size_t size;
  bool good = true;

  if (file == NULL) {
    return false;
  }
  errno = 0;
  while (good && (size = fread(block, 1, sizeof block, file)) != 0) {
    good = sch_fifo_append(to, sch_span_of(block, size));
  }
  const int number = good ? errno : EFBIG;

  good = good && ferror(file) == 0;
  sch_wipe(block, sizeof block);
  (void)fclose(file);
  errno = number;
  return good;
}

static BIO *open_text(struct sch_span text) {
  REQUIRE(text.size <= INT32_MAX);
  BIO *bio = BIO_new_mem_buf(text.size == 0 ? "" : (const void *)text.data, (int)text.size);

  ENSURE(bio != NULL);
  return bio;
}

bool sch_pem_certificate(struct sch_span *text, struct sch_fifo *to) {
  BIO *bio = open_text(*text);
  bool found = false;
  char *label;
  char *header;
  unsigned char *data;
  long size;

  while (!found && PEM_read_bio(bio, &label, &header, &data, &size) == 1) {
    found = strcmp(label, PEM_STRING_X509) == 0 && size > 0 &&
            sch_fifo_append(to, sch_span_of(data, (size_t)size));
    OPENSSL_free(label);
    OPENSSL_free(header);
    OPENSSL_clear_free(data, (size_t)size);
  }
  if (found) {
    *text = sch_span_last(*text, (size_t)BIO_pending(bio));
  }
  BIO_free(bio);
  ERR_clear_error();
  return found;
}

bool sch_pem_holds(struct sch_span text) {
  static const char mark[] = "-----BEGIN " PEM_STRING_X509 "-----";

  return text.size != 0 && memmem(text.data, text.size, mark, sizeof mark - 1) != NULL;
}

/* no_password answers for a person who is not asked. */
static int no_password(char *to, int size, int writing, void *context) {
  (void)to;
  (void)size;
  (void)writing;
  (void)context;
  return -1;
}

bool sch_pem_key(struct sch_span text, struct sch_fifo *to) {
  BIO *bio = open_text(text);
  EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL);
  PKCS8_PRIV_KEY_INFO *wrapped = key == NULL ? NULL : EVP_PKEY2PKCS8(key);
  unsigned char *data = NULL;
  const int size = wrapped == NULL ? -1 : i2d_PKCS8_PRIV_KEY_INFO(wrapped, &data);
  const bool good = size > 0 && sch_fifo_append(to, sch_span_of(data, (size_t)size));

  if (size > 0) {
    OPENSSL_clear_free(data, (size_t)size);
  }
  PKCS8_PRIV_KEY_INFO_free(wrapped);
  EVP_PKEY_free(key);
  BIO_free(bio);
  ERR_clear_error();
  return good;
}
