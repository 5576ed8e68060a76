/* gnutls_opinion: GnuTLS's verdict on what was made of a description (chain_opinion.h). The only
 * file that includes GnuTLS.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include "chain_opinion.h"
#include "starve.h"

#define TEXT_ROOM (SCH_CASE_TEXT + 1)

const bool sch_has_gnutls = true;

/* LeakSanitizer's, where there is one. GnuTLS 3.7.9 loses some bytes of an otherName, or of another
 * name it does not take, in name constraints: not our leak. */
extern void __lsan_disable(void) __attribute__((weak));
extern void __lsan_enable(void) __attribute__((weak));

static time_t now;

static time_t read_clock(time_t *out) {
  if (out != NULL) {
    *out = now;
  }
  return now;
}

static gnutls_datum_t datum_of(struct sch_span bytes) {
  return (gnutls_datum_t){(unsigned char *)(uintptr_t)bytes.data, (unsigned)bytes.size};
}

/* read_certificate gives NULL for what GnuTLS does not read. */
static gnutls_x509_crt_t read_certificate(struct sch_span der) {
  const gnutls_datum_t datum = datum_of(der);
  gnutls_x509_crt_t read;

  ENSURE(gnutls_x509_crt_init(&read) == GNUTLS_E_SUCCESS);
  if (gnutls_x509_crt_import(read, &datum, GNUTLS_X509_FMT_DER) != GNUTLS_E_SUCCESS) {
    gnutls_x509_crt_deinit(read);
    return NULL;
  }
  return read;
}

static void add_crls(const struct sch_made *made, gnutls_x509_trust_list_t list) {
  for (size_t i = 0; i < made->crl_count && made->policy.revocation != SCH_CHAIN_OFF; i++) {
    const gnutls_datum_t datum = datum_of(made->crls[i].der);
    gnutls_x509_crl_t read;

    ENSURE(gnutls_x509_crl_init(&read) == GNUTLS_E_SUCCESS);
    /* A list takes what it adds. */
    if (gnutls_x509_crl_import(read, &datum, GNUTLS_X509_FMT_DER) != GNUTLS_E_SUCCESS ||
        gnutls_x509_trust_list_add_crls(list, &read, 1, 0, 0) < 1) {
      gnutls_x509_crl_deinit(read);
    }
  }
}

/* gather reads all certificates: anchors into the list, the others behind the leaf. */
static unsigned gather(const struct sch_made *made, gnutls_x509_trust_list_t list,
                       gnutls_x509_crt_t chain[SCH_MADE_CERTIFICATES]) {
  unsigned count = 1;

  for (size_t i = 0; i < made->certificate_count; i++) {
    gnutls_x509_crt_t read = i == made->leaf ? NULL : read_certificate(made->certificates[i].der);

    if (read != NULL && sch_made_place(made, i) != SCH_PLACE_ANCHOR) {
      chain[count++] = read;
    } else if (read != NULL && gnutls_x509_trust_list_add_cas(list, &read, 1, 0) < 1) {
      gnutls_x509_crt_deinit(read);
    }
  }
  return count;
}

static unsigned add_asked(const struct sch_made *made, char text[TEXT_ROOM],
                          gnutls_typed_vdata_st data[2]) {
  static const char *const purposes[] = {GNUTLS_KP_TLS_WWW_SERVER, GNUTLS_KP_TLS_WWW_CLIENT};
  static const gnutls_vdata_types_t kinds[] = {0, GNUTLS_DT_DNS_HOSTNAME, GNUTLS_DT_IP_ADDRESS,
                                               GNUTLS_DT_RFC822NAME};
  const struct sch_wanted *wanted = &made->policy.name;
  unsigned count = 0;

  sch_copy(text, wanted->name.data, wanted->name.size);
  text[wanted->name.size] = 0;
  if (wanted->kind != SCH_WANTED_none) {
    data[count++] = (gnutls_typed_vdata_st){kinds[wanted->kind], (unsigned char *)text,
                                            (unsigned)wanted->name.size};
  }
  if (made->policy.purpose != SCH_CHAIN_ANY) {
    data[count++] = (gnutls_typed_vdata_st){
        GNUTLS_DT_KEY_PURPOSE_OID, (unsigned char *)(uintptr_t)purposes[made->policy.purpose], 0};
  }
  return count;
}

static uint32_t verify(const struct sch_made *made, gnutls_x509_crt_t leaf) {
  static const unsigned profiles[] = {GNUTLS_PROFILE_VERY_WEAK, GNUTLS_PROFILE_LOW,
                                      GNUTLS_PROFILE_MEDIUM,    GNUTLS_PROFILE_HIGH,
                                      GNUTLS_PROFILE_ULTRA,     GNUTLS_PROFILE_FUTURE};
  gnutls_x509_crt_t chain[SCH_MADE_CERTIFICATES] = {leaf};
  gnutls_typed_vdata_st data[2];
  gnutls_x509_trust_list_t list;
  char text[TEXT_ROOM];
  unsigned status = 0;

  ENSURE(gnutls_x509_trust_list_init(&list, 0) == GNUTLS_E_SUCCESS);
  const unsigned count = gather(made, list, chain);

  add_crls(made, list);
  const unsigned asked = add_asked(made, text, data);
  const int result = gnutls_x509_trust_list_verify_crt2(
      list, chain, count, data, asked, GNUTLS_PROFILE_TO_VFLAGS(profiles[made->policy.strength]),
      &status, NULL);

  for (unsigned i = 1; i < count; i++) {
    gnutls_x509_crt_deinit(chain[i]);
  }
  gnutls_x509_trust_list_deinit(list, 1);
  return result < 0 ? status | GNUTLS_CERT_INVALID : status;
}

struct sch_opinion sch_gnutls_opinion(const struct sch_made *made) {
  uint32_t said = GNUTLS_CERT_INVALID;

  sch_starve_hold();
  if (__lsan_disable != NULL) {
    __lsan_disable();
  }
  now = (time_t)made->policy.time;
  gnutls_global_set_time_function(read_clock);
  if (made->leaf != made->certificate_count) {
    gnutls_x509_crt_t leaf = read_certificate(made->certificates[made->leaf].der);

    if (leaf != NULL) {
      said = verify(made, leaf);
      gnutls_x509_crt_deinit(leaf);
    }
  }
  if (__lsan_enable != NULL) {
    __lsan_enable();
  }
  sch_starve_release();
  return (struct sch_opinion){said == 0, said};
}
