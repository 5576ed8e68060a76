/* store: the certificates and CRLs that an application trusts or knows, and nothing else.
 *
 * A store is memory of one application. It is filled from memory, files and directories; it never
 * writes anywhere, and touches the system's bundle only by sch_store_add_system, read-only. Two
 * stores share nothing. Verifying takes a `const` store: contents and counts are the same after.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SCH_CERT_STORE_H
#define SCH_CERT_STORE_H

#include "cert/crl.h"
#include "sspi/abi.h"

enum sch_store_part {
  SCH_STORE_ANCHORS,       /* certificates trusted as they are: a path ends at one of them */
  SCH_STORE_INTERMEDIATES, /* certificates known, not trusted */
  SCH_STORE_CRLS,
  SCH_STORE_PARTS
};

/* One item; its DER is owned by the store, and the views are into it. */
struct sch_stored_certificate {
  struct sch_certificate certificate;
  uint32_t subject; /* sch_name_hash of each */
  uint32_t issuer;
};

/* sch_stored_certificate_read makes such an item of DER that outlives it, outside of any store.
 * What is read to verify is read leniently, see cert/fault.h. */
CHECKED bool sch_stored_certificate_read(struct sch_span der, struct sch_stored_certificate *out,
                                         struct sch_reading *reading);

struct sch_store;

/* What adding several items did. */
struct sch_store_added {
  size_t added;
  size_t repeated;      /* held already, byte for byte, and left alone */
  size_t refused;       /* by the strict reader */
  enum sch_fault fault; /* of the first one refused */
};

/* A file or memory image larger than this is not read. */
#define SCH_STORE_FILE_MAX ((size_t)16 * 1024 * 1024)

/* sch_store_create makes an empty store, or gives NULL when memory is short. */
CHECKED struct sch_store *sch_store_create(void);

/* sch_store_drop frees a store and all it holds. NULL does nothing. */
void sch_store_drop(struct sch_store *store);

/* sch_store_live says how many stores exist, for the balance at the end of a test. */
size_t sch_store_live(void);

/* sch_store_count says how many items a part holds. Equal items (by whole DER) are held once. */
size_t sch_store_count(const struct sch_store *store, enum sch_store_part part);

/* sch_store_certificate gives an item of ANCHORS or INTERMEDIATES, sch_store_crl one of CRLS.
 * `index` is below the count. Items are in ascending order of their DER, by size and then byte by
 * byte, whatever the order in which they came; the pointer lives until the next add or drop. */
const struct sch_stored_certificate *sch_store_certificate(const struct sch_store *store,
                                                           enum sch_store_part part, size_t index);
const struct sch_crl *sch_store_crl(const struct sch_store *store, size_t index);

/* sch_store_holds says whether a part holds exactly this DER: every byte, so that a certificate of
 * the same name and key is another one (CVE-2020-0601). */
bool sch_store_holds(const struct sch_store *store, enum sch_store_part part, struct sch_span der);

/* sch_store_add copies one certificate or CRL in DER into a part.
 *
 *   SEC_E_OK                   it is held now, or was before: `*added` is counted up.
 *   SEC_E_CERT_UNKNOWN         the strict reader refuses it: added->refused is counted up.
 *   SEC_E_INSUFFICIENT_MEMORY  nothing was added, nor counted. */
CHECKED SECURITY_STATUS sch_store_add(struct sch_store *store, enum sch_store_part part,
                                      struct sch_span der, struct sch_store_added *added);

/* sch_store_add_bytes adds all that `bytes` holds: blocks of PEM (cert/store_pem.h) when it has the
 * mark of one, else DER items one behind the other. PEM blocks of other labels than CERTIFICATE, or
 * X509 CRL for CRLS, are passed over.
 *
 *   SEC_E_OK                   all was read; items refused are counted, the others are held.
 *   SEC_E_CERT_UNKNOWN         there was no item to read.
 *   SEC_E_INVALID_TOKEN        the PEM is damaged, or what is no PEM is no DER either: nothing of
 *                              `bytes` is held that was not before, and nothing is counted.
 *   SEC_E_INSUFFICIENT_MEMORY  the same. */
CHECKED SECURITY_STATUS sch_store_add_bytes(struct sch_store *store, enum sch_store_part part,
                                            struct sch_span bytes, struct sch_store_added *added);

/* sch_store_add_file adds a file as sch_store_add_bytes does. Also SEC_E_TARGET_UNKNOWN when it
 * cannot be read to its end or is larger than SCH_STORE_FILE_MAX. */
CHECKED SECURITY_STATUS sch_store_add_file(struct sch_store *store, enum sch_store_part part,
                                           const char *path, struct sch_store_added *added);

/* sch_store_add_directory adds every regular file of a directory whose name ends in .pem, .crt,
 * .cer, .der or .crl, not those of directories in it, as sch_store_add_file does; it goes on past
 * files that are refused and gives the first failure, SEC_E_TARGET_UNKNOWN when the directory
 * cannot be read, SEC_E_CERT_UNKNOWN when nothing in it is held. */
CHECKED SECURITY_STATUS sch_store_add_directory(struct sch_store *store, enum sch_store_part part,
                                                const char *path, struct sch_store_added *added);

/* sch_store_add_system reads the system's bundle, SCH_STORE_SYSTEM, into the anchors, as
 * sch_store_add_file does. Nothing else ever reads it. */
#define SCH_STORE_SYSTEM "/etc/ssl/certs/ca-certificates.crt"
CHECKED SECURITY_STATUS sch_store_add_system(struct sch_store *store,
                                             struct sch_store_added *added);

#endif
