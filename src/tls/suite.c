/* suite: see suite.h. Numbers and names from the IANA TLS Cipher Suites registry.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "tls/suite.h"

#include "tls/record.h"

#define TAG_SIZE ((size_t)16)
#define NONCE_SIZE ((size_t)8)
#define CBC_BLOCK ((size_t)16)
#define INNER_TYPE_SIZE ((size_t)1)

#define GCM_128 CALG_AES_128, 128, 0, 0
#define GCM_256 CALG_AES_256, 256, 0, 0
#define CHACHA 0, 256, 0, 0
#define CBC_128 CALG_AES_128, 128
#define CBC_256 CALG_AES_256, 256
#define SHA_1 CALG_SHA1, 160
#define SHA_256 CALG_SHA_256, 256
#define SHA_384 CALG_SHA_384, 384

static const struct sch_suite table[] = {
    {0x1302, "TLS_AES_256_GCM_SHA384", "TLS_AES_256_GCM_SHA384", GCM_256, 0, "AES", "", ""},
    {0x1301, "TLS_AES_128_GCM_SHA256", "TLS_AES_128_GCM_SHA256", GCM_128, 0, "AES", "", ""},
    {0x1303, "TLS_CHACHA20_POLY1305_SHA256", "TLS_CHACHA20_POLY1305_SHA256", CHACHA, 0, "CHACHA20",
     "", ""},
#define ECDHE(number, key, tail, openssl, cipher, name, hash)                                  \
  {                                                                                            \
    number, "TLS_ECDHE_" key "_WITH_" tail, "ECDHE-" key "-" openssl, cipher, CALG_ECDH_EPHEM, \
        name, hash, "ECDH"                                                                     \
  }
    ECDHE(0xc02c, "ECDSA", "AES_256_GCM_SHA384", "AES256-GCM-SHA384", GCM_256, "AES", ""),
    ECDHE(0xc02b, "ECDSA", "AES_128_GCM_SHA256", "AES128-GCM-SHA256", GCM_128, "AES", ""),
    ECDHE(0xc030, "RSA", "AES_256_GCM_SHA384", "AES256-GCM-SHA384", GCM_256, "AES", ""),
    ECDHE(0xc02f, "RSA", "AES_128_GCM_SHA256", "AES128-GCM-SHA256", GCM_128, "AES", ""),
    ECDHE(0xcca9, "ECDSA", "CHACHA20_POLY1305_SHA256", "CHACHA20-POLY1305", CHACHA, "CHACHA20", ""),
    ECDHE(0xcca8, "RSA", "CHACHA20_POLY1305_SHA256", "CHACHA20-POLY1305", CHACHA, "CHACHA20", ""),
#define DHE(number, tail, openssl, cipher) \
  { number, "TLS_DHE_RSA_WITH_" tail, "DHE-RSA-" openssl, cipher, CALG_DH_EPHEM, "AES", "", "DH" }
    DHE(0x009f, "AES_256_GCM_SHA384", "AES256-GCM-SHA384", GCM_256),
    DHE(0x009e, "AES_128_GCM_SHA256", "AES128-GCM-SHA256", GCM_128),
#define CBC_256_384 CBC_256, SHA_384
#define CBC_128_256 CBC_128, SHA_256
#define CBC_256_1 CBC_256, SHA_1
#define CBC_128_1 CBC_128, SHA_1
    ECDHE(0xc024, "ECDSA", "AES_256_CBC_SHA384", "AES256-SHA384", CBC_256_384, "AES", "SHA384"),
    ECDHE(0xc023, "ECDSA", "AES_128_CBC_SHA256", "AES128-SHA256", CBC_128_256, "AES", "SHA256"),
    ECDHE(0xc028, "RSA", "AES_256_CBC_SHA384", "AES256-SHA384", CBC_256_384, "AES", "SHA384"),
    ECDHE(0xc027, "RSA", "AES_128_CBC_SHA256", "AES128-SHA256", CBC_128_256, "AES", "SHA256"),
    ECDHE(0xc00a, "ECDSA", "AES_256_CBC_SHA", "AES256-SHA", CBC_256_1, "AES", "SHA1"),
    ECDHE(0xc009, "ECDSA", "AES_128_CBC_SHA", "AES128-SHA", CBC_128_1, "AES", "SHA1"),
    ECDHE(0xc014, "RSA", "AES_256_CBC_SHA", "AES256-SHA", CBC_256_1, "AES", "SHA1"),
    ECDHE(0xc013, "RSA", "AES_128_CBC_SHA", "AES128-SHA", CBC_128_1, "AES", "SHA1"),
#define RSA(number, tail, openssl, cipher, hash) \
  { number, "TLS_RSA_WITH_" tail, openssl, cipher, CALG_RSA_KEYX, "AES", hash, "RSA" }
    RSA(0x009d, "AES_256_GCM_SHA384", "AES256-GCM-SHA384", GCM_256, ""),
    RSA(0x009c, "AES_128_GCM_SHA256", "AES128-GCM-SHA256", GCM_128, ""),
#define CBC_256_256 CBC_256, SHA_256
    RSA(0x003d, "AES_256_CBC_SHA256", "AES256-SHA256", CBC_256_256, "SHA256"),
    RSA(0x003c, "AES_128_CBC_SHA256", "AES128-SHA256", CBC_128_256, "SHA256"),
    RSA(0x0035, "AES_256_CBC_SHA", "AES256-SHA", CBC_256_1, "SHA1"),
    RSA(0x002f, "AES_128_CBC_SHA", "AES128-SHA", CBC_128_1, "SHA1"),
    {0, "unknown", "", 0, 0, 0, 0, 0, "", "", ""},
};

const struct sch_suite *sch_suite_of(uint16_t number) {
  size_t i = 0;

  while (i < SCH_COUNT(table) - 1 && table[i].number != number) {
    i++;
  }
  return &table[i];
}

const struct sch_suite *sch_suite_table(size_t *count) {
  *count = SCH_COUNT(table) - 1;
  return table;
}

/* RFC 8446 B.4: the first byte of their numbers. */
static bool is_of_1_3(const struct sch_suite *suite) {
  return suite->number >> 8 == 0x13;
}

void sch_suite_list(bool of_1_3, struct sch_builder *to) {
  size_t count;
  const struct sch_suite *suites = sch_suite_table(&count);

  for (size_t i = 0; i < count; i++) {
    if (is_of_1_3(&suites[i]) == of_1_3) {
      sch_builder_bytes(to, sch_span_text(to->size == 0 ? "" : ":"));
      sch_builder_bytes(to, sch_span_text(suites[i].openssl_name));
    }
  }
  sch_builder_u8(to, 0);
}

struct sch_suite_sizes sch_suite_sizes_of(const struct sch_suite *suite) {
  if (is_of_1_3(suite)) {
    return (struct sch_suite_sizes){SCH_RECORD_HEADER, TAG_SIZE + INNER_TYPE_SIZE, 1};
  }
  if (suite->hash_bits != 0) {
    return (struct sch_suite_sizes){SCH_RECORD_HEADER + CBC_BLOCK,
                                    (size_t)suite->hash_bits / 8 + CBC_BLOCK, CBC_BLOCK};
  }
  /* ChaCha20 takes its nonce from the sequence number alone, and wincrypt.h has no number for it.
   */
  const size_t nonce = suite->cipher == 0 ? 0 : NONCE_SIZE;

  return (struct sch_suite_sizes){SCH_RECORD_HEADER + nonce, TAG_SIZE, 1};
}
