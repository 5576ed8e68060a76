/* aead: the protection of TLS records in one direction: RFC 8446 sections 5.2-5.3 and 7.3, RFC 5246
 * section 6.2.3.3, RFC 5288, RFC 7905. It turns plaintext and header into a record and back, counts
 * sequence numbers and rolls keys; what a record may hold is judged by its caller.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_TLS_AEAD_H
#define SCH_TLS_AEAD_H

#include <openssl/types.h>

#include "bytes/builder.h"
#include "sspi/abi.h"
#include "tls/record.h"

#define SCH_AEAD_KEY_MAX 32
#define SCH_AEAD_SECRET_MAX 48
#define SCH_AEAD_IV 12
#define SCH_AEAD_EXPLICIT 8 /* nonce bytes in a TLS 1.2 GCM record, RFC 5288 section 3 */
#define SCH_AEAD_TAG 16

/* One row of the suite table. */
struct sch_aead_suite {
  uint16_t number;    /* IANA */
  uint16_t version;   /* SCH_TLS_1_2 or SCH_TLS_1_3 */
  const char *cipher; /* OpenSSL's name */
  uint8_t key;        /* key bytes */
  uint8_t secret;     /* bytes of a TLS 1.3 traffic secret, which is the hash; 0 in TLS 1.2 */
  uint8_t header;     /* bytes in front of the data: the record header and the explicit nonce */
};

/* What one direction is given. The size of `secret` follows from the suite. */
struct sch_aead_secret {
  uint8_t secret[SCH_AEAD_SECRET_MAX]; /* TLS 1.3: the traffic secret; 1.2: the write key */
  uint8_t iv[SCH_AEAD_IV];             /* TLS 1.2 ChaCha20: the write IV; GCM: four bytes of salt,
                                          then the explicit nonce of record 0; 1.3: not used */
  uint64_t sequence;                   /* of the first record */
};

/* A secret made ready: computed once, used for any number of connections. */
struct sch_aead_keys {
  const struct sch_aead_suite *suite;
  uint8_t secret[SCH_AEAD_SECRET_MAX];
  uint8_t key[SCH_AEAD_KEY_MAX];
  uint8_t iv[SCH_AEAD_IV];
  uint64_t sequence;
};

/* One direction of one connection. The zero state is safe to drop. */
struct sch_aead {
  struct sch_aead_keys keys;
  EVP_CIPHER_CTX *context;
};

/* sch_aead_suite_of finds a suite by its IANA number, or gives NULL. The row lives for ever. */
const struct sch_aead_suite *sch_aead_suite_of(uint16_t number);

/* sch_aead_expand makes keys of a secret.
 *   SEC_E_OK, SEC_E_INTERNAL_ERROR (libcrypto failed) */
CHECKED SECURITY_STATUS sch_aead_expand(const struct sch_aead_suite *suite,
                                        const struct sch_aead_secret *secret,
                                        struct sch_aead_keys *keys);

/* sch_aead_open starts a direction with `keys`, which are copied, and a fetched `cipher` of the
 * suite, which is shared. `*aead` is to be dropped whatever the answer.
 *   SEC_E_OK, SEC_E_INSUFFICIENT_MEMORY */
CHECKED SECURITY_STATUS sch_aead_open(struct sch_aead *aead, const struct sch_aead_keys *keys,
                                      const EVP_CIPHER *cipher);
void sch_aead_drop(struct sch_aead *aead);

/* sch_aead_restart goes on with other keys of the same suite.
 *   SEC_E_OK, SEC_E_INTERNAL_ERROR (libcrypto failed) */
CHECKED SECURITY_STATUS sch_aead_restart(struct sch_aead *aead, const struct sch_aead_keys *keys);

/* sch_aead_roll goes to the next TLS 1.3 traffic secret and sequence number 0 (RFC 8446 section
 * 7.2). The suite must be one of TLS 1.3.
 *   SEC_E_OK, SEC_E_INTERNAL_ERROR */
CHECKED SECURITY_STATUS sch_aead_roll(struct sch_aead *aead);

/* sch_aead_seal writes one record to `record`: a header of `type` and `version`, then, protected,
 * `data` followed by `tail`, which together with the overhead are at most SCH_RECORD_BODY_MAX.
 * In TLS 1.3 the tail is the inner content type and the padding. `data` may lie exactly where its
 * ciphertext will, else it must not overlap `record`.
 *   SEC_E_OK                Header, data, tail and tag are written.
 *   SEC_E_BUFFER_TOO_SMALL  Nothing is written; the builder has failed.
 *   SEC_E_ENCRYPT_FAILURE   Libcrypto failed, or 2^64 - 1 records have been sealed. */
CHECKED SECURITY_STATUS sch_aead_seal(struct sch_aead *aead, uint8_t type, uint16_t version,
                                      struct sch_span data, struct sch_span tail,
                                      struct sch_builder *record);

/* sch_aead_unseal decrypts one whole record of `size` bytes in place. The plaintext, `*plain`
 * bytes, lies behind the suite's `header` bytes; the tag behind it is not changed.
 *   SEC_E_OK
 *   SEC_E_MESSAGE_ALTERED   Too short, or not authentic; no record has sequence number 2^64 - 1.
 *                           The bytes may have changed, the sequence number has not. */
CHECKED SECURITY_STATUS sch_aead_unseal(struct sch_aead *aead, uint8_t *record, size_t size,
                                        size_t *plain);

/* sch_aead_reseal undoes the unseal just made: the record gets back the very bytes it had, for the
 * cipher and the nonce are the same, and the sequence number steps back.
 *   SEC_E_OK, SEC_E_INTERNAL_ERROR */
CHECKED SECURITY_STATUS sch_aead_reseal(struct sch_aead *aead, uint8_t *record, size_t plain);

#endif
