/* bench_stream: what a byte costs on its way through `stream`, for small and for large records.
 * A mebibyte of wire, and four, go through the receiving stream over engine_aead, as records of 22
 * bytes (1 of them data) and of 16405. Prints bytes per second and the cost of four times the
 * bytes, which must be linear: at most 4.5 times the time. Exits 1 when it is not.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "records.h"
#include "sspi/acquire.h"
#include "starve.h"
#include "stream/stream.h"

#define MEBIBYTE ((size_t)1 << 20)
#define ROUNDS 5
#define MOST_RATIO 4.5
#define ENGINE 5    /* TLS 1.2, ChaCha20-Poly1305 */
#define OVERHEAD 21 /* of its records */

static double now(void) {
  struct timespec time;

  (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static struct sch_stream *open_stream(CredHandle *credential) {
  const struct sch_stream_settings settings = {.table = InitSecurityInterface(),
                                               .credential = credential,
                                               .insecure = true,
                                               .read_limit = SCH_STREAM_PLAIN_MAX};
  struct sch_stream *stream;

  ENSURE(sch_stream_open(&settings, &stream) == SEC_E_OK);
  const struct sch_span hello = sch_records_hello(true);

  ENSURE(sch_stream_wire_in(stream, hello) == hello.size);
  ENSURE(sch_stream_state(stream) == SCH_STREAM_OPEN);
  return stream;
}

/* seal_all makes `count` records of `data` bytes each. */
static void seal_all(struct sch_records *peer, struct sch_builder *wire, size_t count,
                     size_t data) {
  static const uint8_t zeros[SCH_RECORD_PLAIN_MAX];
  const struct sch_records_shape shape = sch_records_usual(peer, SCH_RECORD_APPLICATION_DATA);

  for (size_t i = 0; i < count; i++) {
    ENSURE(sch_records_seal(peer, shape, sch_span_of(zeros, data), wire));
  }
}

/* receive gives the seconds that a stream takes for `wire`, read in chunks as from a socket. */
static double receive(CredHandle *credential, struct sch_span wire, size_t expected) {
  struct sch_stream *stream = open_stream(credential);
  const double start = now();
  size_t got = 0;

  while (wire.size != 0) {
    const size_t taken = sch_stream_wire_in(stream, sch_span_first(wire, (size_t)64 * 1024));
    const size_t plain = sch_stream_plain_out(stream).size;

    ENSURE(sch_span_skip(&wire, taken));
    sch_stream_plain_read(stream, plain);
    got += plain;
    ENSURE(taken != 0 || plain != 0);
  }
  got += sch_stream_plain_out(stream).size;
  const double seconds = now() - start;

  ENSURE(got >= expected);
  sch_stream_drop(stream);
  return seconds;
}

/* best gives the shortest of several runs: the one that others disturbed least. */
static double best(CredHandle *credential, struct sch_records *peer, size_t size, size_t data) {
  const size_t count = size / (data + OVERHEAD);
  uint8_t *block = sch_own_alloc(size);
  struct sch_builder wire = sch_builder_of(block, size);
  double shortest = 0;

  ENSURE(block != NULL);
  sch_records_restart(peer);
  seal_all(peer, &wire, count, data);
  for (int round = 0; round < ROUNDS; round++) {
    const double seconds = receive(credential, sch_builder_built(&wire), count * data);

    shortest = round == 0 || seconds < shortest ? seconds : shortest;
  }
  sch_free(block);
  return shortest;
}

static bool measure(CredHandle *credential, struct sch_records *peer, size_t data) {
  const double one = best(credential, peer, MEBIBYTE, data);
  const double four = best(credential, peer, 4 * MEBIBYTE, data);
  const bool linear = four <= MOST_RATIO * one;

  (void)printf("stream: %5zu-byte records: %8.1f MB/s of wire, 4x the bytes cost %.2fx%s\n",
               data + OVERHEAD, (double)MEBIBYTE / one / 1e6, four / one,
               linear ? "" : ": NOT LINEAR");
  return linear;
}

int main(void) {
  static struct sch_records peer;
  struct sch_aead_secrets secrets;
  SCH_CREDENTIALS auth = {.dwVersion = SCH_CREDENTIALS_VERSION,
                          .dwFlags = SCH_CRED_MANUAL_CRED_VALIDATION};
  char package[] = "aead";
  CredHandle credential;

  sch_engine_aead_toy(ENGINE, &secrets);
  sch_records_open(&peer, &secrets, true);
  ENSURE(sch_package_add(package, &sch_engine_aead[ENGINE]));
  ENSURE(AcquireCredentialsHandle(NULL, package, SECPKG_CRED_OUTBOUND, NULL, &auth, NULL, NULL,
                                  &credential, NULL) == SEC_E_OK);
  const bool small = measure(&credential, &peer, 1);
  const bool large = measure(&credential, &peer, SCH_RECORD_PLAIN_MAX);

  (void)FreeCredentialsHandle(&credential);
  sch_records_drop(&peer);
  return small && large ? EXIT_SUCCESS : EXIT_FAILURE;
}
