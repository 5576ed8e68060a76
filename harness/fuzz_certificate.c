/* fuzz_certificate: the strict certificate reader.
 *
 * Input:   the DER of one certificate and nothing else, so that any certificate is a seed.
 * Drives:  sch_certificate_read, and the lists of what it accepts.
 * Oracles: strict_accept: what is accepted, OpenSSL accepts whole, with equal fields;
 *          reencode: written again, from tags and contents alone, and once more from the fields,
 *          it is the input;
 *          model: the rules of X.690 and RFC 5280 hold of what is accepted (rules_certificate.h),
 *          and the names that were checked come out of their list again;
 *          bounded: the elements looked at, and where a fault lies, are bounded by the input;
 *          determinism: the trace has the fault and where, or every field.
 *
 * OpenSSL is asked about every accepted input and about no other: it reads BER, so what it takes
 * and we refuse says nothing.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "harness.h"
#include "rebuild_certificate.h"
#include "rules_certificate.h"
#include "second_opinion.h"
#include "starve.h"

/* Each element is looked at by the check of its tree and by the reader of its field, once more in
 * a SET, and all that again inside an extension; the smallest element has two bytes. */
#define ELEMENTS_PER_BYTE 4

static void check_rebuilt(struct sch_builder *again, struct sch_span original) {
  ORACLE(reencode, !again->failed);
  ORACLE(reencode, sch_span_equal(sch_builder_built(again), original));
  *again = sch_builder_of(again->data, again->room);
}

static void check_extensions(const struct sch_certificate *certificate, struct sch_builder *again) {
  struct sch_span list = certificate->extension_list;
  struct sch_reading reading = {0};
  struct sch_extension extension;

  while (list.size != 0) {
    ORACLE(reencode, sch_extension_take(&list, &extension, &reading));
    sch_trace_event("extension", extension.oid, extension.critical);
    sch_trace_bytes("value", extension.value);
    /* The values of unknown extensions may be anything. */
    if (sch_der_tree(extension.value, &(struct sch_reading){0})) {
      sch_rebuild_tree(again, extension.value);
      check_rebuilt(again, extension.value);
    }
  }
}

static void trace_names(struct sch_span list) {
  struct sch_reading reading = {0};
  struct sch_general_name name;

  while (list.size != 0) {
    ORACLE(model, sch_general_name_take(&list, SCH_ADDRESS_PLAIN, &name, &reading));
    sch_trace_event(sch_general_name_text(name.kind), name.value.size, name.type.size);
  }
}

static void trace_fields(const struct sch_certificate *certificate) {
  const struct sch_extensions *extensions = &certificate->extensions;

  sch_trace_event("version", certificate->version, certificate->algorithm.oid);
  sch_trace_event("validity", (uint64_t)certificate->not_before, (uint64_t)certificate->not_after);
  sch_trace_bytes("serial", certificate->serial);
  sch_trace_bytes("issuer", certificate->issuer);
  sch_trace_bytes("subject", certificate->subject);
  sch_trace_bytes("key", certificate->key_info);
  sch_trace_event("present", extensions->present, extensions->critical);
  trace_names(extensions->body[SCH_EXTENSION_subject_alt_name]);
  sch_trace_event("basic", extensions->ca, extensions->path_length.value);
  sch_trace_event("usage", extensions->key_usage, extensions->netscape_cert_type);
  sch_trace_event("policy", extensions->require_explicit_policy.value,
                  extensions->inhibit_policy_mapping.value);
}

FUZZ(certificate) {
  struct sch_certificate certificate;
  struct sch_reading reading = {0};
  const bool accepted = sch_certificate_read(input, &certificate, &reading);

  ORACLE(bounded, reading.elements <= ELEMENTS_PER_BYTE * input.size + 1);
  if (!accepted) {
    const size_t offset = reading.at == NULL ? 0 : (size_t)(reading.at - input.data);

    ORACLE(bounded, offset <= input.size);
    sch_trace_event(sch_fault_name(reading.fault), reading.fault, offset);
    return;
  }
  uint8_t *room = sch_own_alloc(input.size);
  struct sch_builder again = sch_builder_of(room, room == NULL ? 0 : input.size);

  trace_fields(&certificate);
  sch_rebuild_certificate(&again, &certificate);
  check_rebuilt(&again, input);
  check_extensions(&certificate, &again);
  sch_free(room);
  sch_rules_certificate(input);

  const char *difference = sch_second_opinion(&certificate);

  if (difference != NULL) {
    sch_trace_event(difference, 0, 0);
  }
  ORACLE(strict_accept, difference == NULL);
}
