/* tls_names: see tls_names.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "tls_names.h"

#include "tls/engine.h"
#include "tls/record.h"
#include "tls/suite.h"

static const struct sch_tls_name record_types[] = {
    {SCH_RECORD_CHANGE_CIPHER_SPEC, "change_cipher_spec"},
    {SCH_RECORD_ALERT, "alert"},
    {SCH_RECORD_HANDSHAKE, "handshake"},
    {SCH_RECORD_APPLICATION_DATA, "application_data"},
};

static const struct sch_tls_name versions[] = {
    {0x0300, "SSL 3.0"},      {0x0301, "TLS 1.0"},      {0x0302, "TLS 1.1"},
    {SCH_TLS_1_2, "TLS 1.2"}, {SCH_TLS_1_3, "TLS 1.3"},
};

static const struct sch_tls_name handshake_types[] = {
    {0, "hello_request"},
    {1, "client_hello"},
    {2, "server_hello"},
    {4, "new_session_ticket"},
    {5, "end_of_early_data"},
    {8, "encrypted_extensions"},
    {11, "certificate"},
    {12, "server_key_exchange"},
    {13, "certificate_request"},
    {14, "server_hello_done"},
    {15, "certificate_verify"},
    {16, "client_key_exchange"},
    {20, "finished"},
    {21, "certificate_url"},
    {22, "certificate_status"},
    {24, "key_update"},
    {25, "compressed_certificate"},
    {67, "next_protocol"},
    {254, "message_hash"},
};

static const struct sch_tls_name extensions[] = {
    {0, "server_name"},
    {1, "max_fragment_length"},
    {5, "status_request"},
    {10, "supported_groups"},
    {11, "ec_point_formats"},
    {13, "signature_algorithms"},
    {14, "use_srtp"},
    {15, "heartbeat"},
    {16, "application_layer_protocol_negotiation"},
    {17, "status_request_v2"},
    {18, "signed_certificate_timestamp"},
    {19, "client_certificate_type"},
    {20, "server_certificate_type"},
    {21, "padding"},
    {22, "encrypt_then_mac"},
    {23, "extended_master_secret"},
    {27, "compress_certificate"},
    {28, "record_size_limit"},
    {35, "session_ticket"},
    {41, "pre_shared_key"},
    {42, "early_data"},
    {43, "supported_versions"},
    {44, "cookie"},
    {45, "psk_key_exchange_modes"},
    {47, "certificate_authorities"},
    {48, "oid_filters"},
    {49, "post_handshake_auth"},
    {50, "signature_algorithms_cert"},
    {51, "key_share"},
    {13172, "next_protocol_negotiation"},
    {65281, "renegotiation_info"},
};

/* What a hello may name besides the suites that this provider offers, which are in tls/suite. */
static const struct sch_tls_name more_suites[] = {
    {0x00ff, "TLS_EMPTY_RENEGOTIATION_INFO_SCSV"},
    {0x1304, "TLS_AES_128_CCM_SHA256"},
    {0x1305, "TLS_AES_128_CCM_8_SHA256"},
    {0x5600, "TLS_FALLBACK_SCSV"},
    {0xccaa, "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256"},
};

static const struct sch_tls_name groups[] = {
    {21, "secp224r1"},  {23, "secp256r1"},  {24, "secp384r1"},  {25, "secp521r1"},
    {29, "x25519"},     {30, "x448"},       {256, "ffdhe2048"}, {257, "ffdhe3072"},
    {258, "ffdhe4096"}, {259, "ffdhe6144"}, {260, "ffdhe8192"},
};

static const struct sch_tls_name signatures[] = {
    {0x0201, "rsa_pkcs1_sha1"},
    {0x0203, "ecdsa_sha1"},
    {0x0401, "rsa_pkcs1_sha256"},
    {0x0403, "ecdsa_secp256r1_sha256"},
    {0x0501, "rsa_pkcs1_sha384"},
    {0x0503, "ecdsa_secp384r1_sha384"},
    {0x0601, "rsa_pkcs1_sha512"},
    {0x0603, "ecdsa_secp521r1_sha512"},
    {0x0804, "rsa_pss_rsae_sha256"},
    {0x0805, "rsa_pss_rsae_sha384"},
    {0x0806, "rsa_pss_rsae_sha512"},
    {0x0807, "ed25519"},
    {0x0808, "ed448"},
    {0x0809, "rsa_pss_pss_sha256"},
    {0x080a, "rsa_pss_pss_sha384"},
    {0x080b, "rsa_pss_pss_sha512"},
};

#define REGISTRY(rows, width) \
  { rows, SCH_COUNT(rows), width }

static const struct {
  const struct sch_tls_name *rows;
  size_t count;
  size_t width;
} registries[] = {
    [SCH_TLS_RECORD_TYPES] = REGISTRY(record_types, 1),
    [SCH_TLS_VERSIONS] = REGISTRY(versions, 2),
    [SCH_TLS_HANDSHAKE_TYPES] = REGISTRY(handshake_types, 1),
    [SCH_TLS_EXTENSIONS] = REGISTRY(extensions, 2),
    [SCH_TLS_SUITES] = REGISTRY(more_suites, 2),
    [SCH_TLS_GROUPS] = REGISTRY(groups, 2),
    [SCH_TLS_SIGNATURES] = REGISTRY(signatures, 2),
};

_Static_assert(SCH_COUNT(registries) == SCH_TLS_REGISTRIES, "every registry has its rows");

const struct sch_tls_name *sch_tls_names(enum sch_tls_registry registry, size_t *count) {
  REQUIRE(registry < SCH_TLS_REGISTRIES);
  *count = registries[registry].count;
  return registries[registry].rows;
}

size_t sch_tls_width(enum sch_tls_registry registry) {
  REQUIRE(registry < SCH_TLS_REGISTRIES);
  return registries[registry].width;
}

/* offered_suite finds a name in the provider's own table. */
static const char *offered_suite(uint16_t number) {
  size_t count;
  const struct sch_suite *rows = sch_suite_table(&count);

  for (size_t i = 0; i < count; i++) {
    if (rows[i].number == number) {
      return rows[i].name;
    }
  }
  return NULL;
}

const char *sch_tls_name(enum sch_tls_registry registry, uint16_t number) {
  const char *offered = registry == SCH_TLS_SUITES ? offered_suite(number) : NULL;
  size_t count;
  const struct sch_tls_name *rows = sch_tls_names(registry, &count);

  for (size_t i = 0; i < count; i++) {
    if (rows[i].number == number) {
      return rows[i].name;
    }
  }
  return offered == NULL ? "unknown" : offered;
}
