/* test_chain_mutate: the mutators of chain and certificate: bounds, chance that repeats itself, and
 * how much of what comes out gets past the first check.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "cert/certificate.h"
#include "chain_mutate.h"
#include "chain_truth.h"
#include "der_fresh.h"
#include "der_mutate.h"
#include "mutators.h"
#include "test.h"

#define ROOM ((size_t)4096)
#define TURNS 2000

static uint8_t first[ROOM];
static uint8_t second[ROOM];

TEST(each_row_of_the_table_is_found) {
  static const char *const targets[] = {"certificate", "chain", "handshake", "record"};

  for (size_t i = 0; i < SCH_COUNT(targets); i++) {
    CHECK(sch_mutator_of(targets[i]) != NULL);
  }
  CHECK(sch_mutator_of("fifo") == NULL);
}

TEST(the_same_seed_gives_the_same_bytes_within_the_room) {
  static const char *const targets[] = {"certificate", "chain"};

  for (size_t t = 0; t < SCH_COUNT(targets); t++) {
    const struct sch_mutator *mutator = sch_mutator_of(targets[t]);
    size_t size = 0;

    for (uint32_t seed = 0; seed < TURNS; seed++) {
      const size_t room = seed % 7 == 0 ? seed % 300 : ROOM;
      uint8_t input[ROOM];

      sch_copy(input, first, size);
      const size_t one = mutator->mutate(sch_span_of(input, size), NULL, seed, first, room);
      const size_t two = mutator->mutate(sch_span_of(input, size), NULL, seed, second, room);

      CHECK(one <= room);
      CHECK_BYTES(sch_span_of(first, one), sch_span_of(second, two));
      const size_t crossed =
          mutator->cross(sch_span_of(input, size), sch_span_of(first, one), seed, second, room);

      CHECK(crossed <= room);
      size = one;
    }
  }
}

/* is_signed: each certificate that has an issuer here is signed by one. */
static bool is_signed(const struct sch_made *made) {
  for (size_t i = 0; i < made->certificate_count; i++) {
    const int32_t *values = sch_truth_values(made, i);
    bool found = false;
    bool good = false;

    for (size_t j = 0; j < made->certificate_count; j++) {
      const int32_t *issuer = sch_truth_values(made, j);

      if (issuer[SCH_CERTIFICATE_subject] == values[SCH_CERTIFICATE_issuer]) {
        found = true;
        good = good ||
               sch_truth_is_signed(values[SCH_CERTIFICATE_signer], values[SCH_CERTIFICATE_breaks],
                                   issuer[SCH_CERTIFICATE_key]);
      }
    }
    if (found && !good) {
      return false;
    }
  }
  return true;
}

TEST(most_chains_are_signed_well) {
  static struct sch_case described;
  static struct sch_made made;
  size_t good = 0;
  size_t size = 0;

  for (uint32_t seed = 0; seed < TURNS; seed++) {
    uint8_t input[ROOM];

    size = seed % 10 == 0 ? 0 : size; /* from nothing, every now and then */
    sch_copy(input, first, size);
    size = sch_chain_mutate(sch_span_of(input, size), NULL, seed, first, ROOM);
    sch_case_read(&described, sch_span_of(first, size));
    sch_make(&described, &made);
    good += is_signed(&made);
  }
  CHECK(good * 100 >= (size_t)TURNS * 85);
}

TEST(fresh_certificates_are_taken) {
  size_t good = 0;

  for (uint64_t seed = 0; seed < TURNS; seed++) {
    struct sch_builder to = sch_builder_of(first, ROOM);
    struct sch_certificate read;
    struct sch_reading reading = {0};
    uint64_t state = seed;

    sch_der_fresh_certificate(&to, &state);
    CHECK(!to.failed);
    good += sch_certificate_read(sch_builder_built(&to), &read, &reading);
  }
  CHECK(good * 100 >= (size_t)TURNS * 80);
}

TEST(many_changes_of_der_break_one_thing) {
  size_t good = 0;
  bool seen[SCH_FAULT_COUNT] = {false};
  size_t faults = 0;

  for (uint32_t seed = 0; seed < 20 * TURNS; seed++) {
    struct sch_builder to = sch_builder_of(first, ROOM);
    struct sch_certificate read;
    struct sch_reading reading = {0};
    uint64_t state = seed;

    sch_der_fresh_certificate(&to, &state);
    const size_t size = sch_der_mutate(sch_builder_built(&to), NULL, seed, second, ROOM);

    good += sch_certificate_read(sch_span_of(second, size), &read, &reading);
    seen[reading.fault] = true;
  }
  for (size_t fault = 1; fault < SCH_FAULT_CRLS; fault++) {
    faults += seen[fault];
  }
  CHECK(good * 100 >= (size_t)TURNS * 20 * 5);
  CHECK(faults >= 40);
}

TESTS(each_row_of_the_table_is_found, the_same_seed_gives_the_same_bytes_within_the_room,
      most_chains_are_signed_well, fresh_certificates_are_taken,
      many_changes_of_der_break_one_thing)
