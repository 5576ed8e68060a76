/* test_name: host names, addresses, mailboxes and distinguished names.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "cert/name.h"

#include "der_write.h"
#include "test.h"

enum { ROOM = 8192 };

static struct sch_span text(const char *from) {
  return sch_span_text(from);
}

TEST(hosts_that_can_be_asked_for) {
  static const char *const good[] = {
      "a",          "example.org", "EXAMPLE.org.",          "a-b.example",
      "_dmarc.a.b", "1.example",   "xn--bcher-kva.example", "3com.com"};
  static const char *const bad[] = {"",     ".",     "a..b",         ".a",    "a.b..",     "-a.b",
                                    "a-.b", "a b",   "a\n.b",        "*.a.b", "127.0.0.1", "a.1",
                                    "::1",  "[::1]", "b\xc3\xbc.de", "a/b",   "a@b"};

  for (size_t i = 0; i < SCH_COUNT(good); i++) {
    CHECK(sch_name_is_host(text(good[i])));
  }
  for (size_t i = 0; i < SCH_COUNT(bad); i++) {
    if (sch_name_is_host(text(bad[i]))) {
      test_fail(__FILE__, __LINE__, __func__, bad[i]);
    }
  }
  CHECK(!sch_name_is_host(sch_span_of("a\0.b", 4)));
  char label[64 + 3] = "";

  memset(label, 'a', 63);
  CHECK(sch_name_is_host(text(label)));
  label[63] = 'a';
  CHECK(!sch_name_is_host(text(label)));
  char longest[256];

  for (size_t i = 0; i < sizeof longest; i++) {
    longest[i] = i % 2 == 0 ? 'a' : '.';
  }
  CHECK(sch_name_is_host(sch_span_of(longest, 253)));
  CHECK(sch_name_is_host(sch_span_of(longest, 254)));
  CHECK(!sch_name_is_host(sch_span_of(longest, 255)));
}

/* presented, asked for, covered? */
static const struct {
  const char *presented;
  const char *host;
  bool covers;
} hosts[] = {
    {"example.org", "example.org", true},
    {"Example.ORG", "eXample.org.", true},
    {"example.org", "example.com", false},
    {"example.org", "www.example.org", false},
    {"www.example.org", "example.org", false},
    {"example.org.", "example.org", false},
    {".example.org", "www.example.org", false},
    {".example.org", "example.org", false},
    {"*.example.org", "www.example.org", true},
    {"*.example.org", "xn--bcher-kva.example.org", true},
    {"*.EXAMPLE.org", "WWW.example.org.", true},
    {"*.example.org", "example.org", false},
    {"*.example.org", "a.b.example.org", false},
    {"*.example.org", "www.example.com", false},
    {"f*.example.org", "foo.example.org", false},
    {"*o.example.org", "foo.example.org", false},
    {"f*o.example.org", "foo.example.org", false},
    {"xn--*.example.org", "xn--a.example.org", false},
    {"www.*.org", "www.example.org", false},
    {"*.*.org", "www.example.org", false},
    {"**.example.org", "www.example.org", false},
    {"*", "example", false},
    {"*.org", "example.org", false},
    {"*.", "a.", false},
    {"", "a", false},
    {"example.org/", "example.org", false},
    {"exa mple.org", "exa mple.org", false},
};

/* A name covers exactly the hosts that RFC 9525 says, in any case. */
TEST(hosts_covered) {
  for (size_t i = 0; i < SCH_COUNT(hosts); i++) {
    if (sch_name_matches_host(text(hosts[i].presented), text(hosts[i].host)) != hosts[i].covers) {
      test_fail(__FILE__, __LINE__, hosts[i].presented, hosts[i].host);
    }
  }
  CHECK(!sch_name_matches_host(sch_span_of("example.org\0.evil", 17), text("example.org")));
  CHECK(!sch_name_matches_host(sch_span_of("a\0b.example.org", 15),
                               sch_span_of("a\0b.example.org", 15)));
}

TEST(mailboxes) {
  CHECK(sch_name_matches_email(text("Me@Example.org"), text("Me@eXample.ORG")));
  CHECK(!sch_name_matches_email(text("me@example.org"), text("Me@example.org")));
  CHECK(!sch_name_matches_email(text("example.org"), text("me@example.org")));
  CHECK(!sch_name_matches_email(text("@example.org"), text("@example.org")));
  CHECK(!sch_name_matches_email(text("me@"), text("me@")));
  CHECK(!sch_name_matches_email(text("me@example.org"), text("me@www.example.org")));
  CHECK(!sch_name_matches_email(text("me@*.example.org"), text("me@www.example.org")));
  CHECK(!sch_name_matches_email(sch_span_of("me@example.org\0", 15), text("me@example.org")));
  CHECK(sch_name_matches_email(text("a@b@example.org"), text("a@b@example.org")));
  CHECK(!sch_name_is_email(text("a b@example.org")));
  CHECK(!sch_name_is_email(text("me@[127.0.0.1]")));
  CHECK(sch_name_is_email(text("me+x@example.org")));
}

static void check_address(const char *from, const char *bytes, size_t wanted) {
  uint8_t to[16] = {0};
  size_t size = 0;
  const bool read = sch_name_read_address(text(from), to, &size);

  if (read != (wanted != 0) || size != wanted || memcmp(to, bytes, wanted) != 0) {
    test_fail(__FILE__, __LINE__, __func__, from);
  }
}

TEST(addresses) {
  static const char *const bad[] = {"",
                                    "1",
                                    "1.2.3",
                                    "1.2.3.4.5",
                                    "256.1.1.1",
                                    "01.2.3.4",
                                    "1.2.3.4 ",
                                    "1.2.3.",
                                    ".1.2.3",
                                    "0x1.2.3.4",
                                    ":",
                                    ":::",
                                    "1::2::3",
                                    "1:2:3:4:5:6:7",
                                    "1:2:3:4:5:6:7:8:9",
                                    "1:2:3:4:5:6:7::8:9",
                                    "12345::",
                                    "g::",
                                    "fe80::1%eth0",
                                    "[::1]",
                                    "1.2.3.4::",
                                    "::1.2.3.4:5",
                                    "1:2:3:4:5:6:7:1.2.3.4",
                                    "::1:2:3:4:5:6:7:8",
                                    "1:2:3:4:5:6:7:8::",
                                    ":1:2:3:4:5:6:7:8",
                                    "1:2:3:4:5:6:7:8:"};

  for (size_t i = 0; i < SCH_COUNT(bad); i++) {
    check_address(bad[i], "", 0);
  }
  check_address("1.2.3.4", "\x01\x02\x03\x04", 4);
  check_address("255.255.255.0", "\xff\xff\xff\x00", 4);
  check_address("::", "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16);
  check_address("::1", "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01", 16);
  check_address("1::", "\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0", 16);
  check_address("2001:DB8::a:1", "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\x0a\0\x01", 16);
  check_address("1:2:3:4:5:6:7:8", "\0\x01\0\x02\0\x03\0\x04\0\x05\0\x06\0\x07\0\x08", 16);
  check_address("1:2:3:4:5:6:1.2.3.4", "\0\x01\0\x02\0\x03\0\x04\0\x05\0\x06\x01\x02\x03\x04", 16);
  check_address("::ffff:1.2.3.4", "\0\0\0\0\0\0\0\0\0\0\xff\xff\x01\x02\x03\x04", 16);
  check_address("1:2:3:4:5:6:7::", "\0\x01\0\x02\0\x03\0\x04\0\x05\0\x06\0\x07\0\0", 16);
}

/* assemble writes a notation and gives exactly sized bytes, which are never freed. */
static struct sch_span assemble(const char *notation) {
  static uint8_t room[ROOM];
  struct sch_builder to = sch_builder_of(room, sizeof room);

  sch_der_assemble(&to, notation);
  ENSURE(!to.failed);
  uint8_t *bytes = sch_alloc(to.size);

  memcpy(bytes, room, to.size);
  return sch_span_of(bytes, to.size);
}

static void release(struct sch_span bytes) {
  sch_free((void *)(uintptr_t)bytes.data);
}

#define RDN(values) "31{ " values " } "
#define CN(value) "30{ @common_name " value " } "
#define UNIT(value) "30{ @unit " value " } "

/* left, right, the same name? */
static const struct {
  const char *left;
  const char *right;
  bool same;
} names[] = {
    {RDN(CN("0c{ 'Name' }")), RDN(CN("0c{ 'Name' }")), true},
    {RDN(CN("0c{ 'Name' }")), RDN(CN("13{ 'nAME' }")), true},
    {RDN(CN("0c{ 'Name' }")), RDN(CN("1e{ 004e 0061 006d 0065 }")), true},
    {RDN(CN("0c{ c3bc }")), RDN(CN("14{ fc }")), true},
    {RDN(CN("0c{ c3bc }")), RDN(CN("0c{ c39c }")), false},
    {RDN(CN("0c{ '  A   B ' }")), RDN(CN("13{ 'a b' }")), true},
    {RDN(CN("0c{ 'A B' }")), RDN(CN("13{ 'AB' }")), false},
    {RDN(CN("0c{ 'Name' }")), RDN(CN("0c{ 'Names' }")), false},
    {RDN(CN("0c{ 'Names' }")), RDN(CN("0c{ 'Name' }")), false},
    {RDN(CN("0c{ 'Name' }")), RDN(UNIT("0c{ 'Name' }")), false},
    {RDN(CN("0c{ 'A' }")), RDN(CN("0c{ 'A' }")) RDN(UNIT("0c{ 'B' }")), false},
    {RDN(CN("0c{ 'A' }")) RDN(UNIT("0c{ 'B' }")), RDN(CN("0c{ 'A' }")), false},
    {RDN(CN("0c{ 'A' }")) RDN(UNIT("0c{ 'B' }")), RDN(UNIT("0c{ 'B' }")) RDN(CN("0c{ 'A' }")),
     false},
    {RDN(CN("0c{ 'A' }") UNIT("0c{ 'B' }")), RDN(CN("0c{ 'A' }")) RDN(UNIT("0c{ 'B' }")), false},
    {RDN(CN("13{ 'A' }") UNIT("0c{ 'B' }")), RDN(CN("0c{ 'A' }") UNIT("13{ 'B' }")), true},
    {RDN(CN("0c{ 'A' }") CN("13{ 'B' }")), RDN(CN("0c{ 'B' }") CN("13{ 'A' }")), true},
    {RDN(CN("0c{ 'A' }") CN("13{ 'A' }")), RDN(CN("0c{ 'A' }") CN("13{ 'B' }")), false},
    {RDN(CN("0c{ 'A' }") CN("13{ 'B' }")), RDN(CN("0c{ 'A' }") CN("13{ 'A' }")), false},
    {RDN(CN("0c{ 'A' }") CN("0c{ 'B' }")), RDN(CN("0c{ 'A' }")), false},
    {RDN("30{ 06{ 2a03 } 04{ 'A' } }"), RDN("30{ 06{ 2a03 } 04{ 'A' } }") "", true},
    {RDN("30{ 06{ 2a03 } 04{ 'A' } }"), RDN("30{ 06{ 2a03 } 04{ 'a' } }"), false},
    {RDN("30{ 06{ 2a03 } 04{ 'A' } }"), RDN("30{ 06{ 2a03 } 0c{ 'A' } }"), false},
    {"", "", true},
    {"", RDN(CN("0c{ 'A' }")), false},
    {RDN(CN("0c{ '' }")), RDN(CN("0c{ '  ' }")), true},
};

/* Equal is equal from both sides, and then the numbers are. */
TEST(distinguished_names) {
  for (size_t i = 0; i < SCH_COUNT(names); i++) {
    char whole[2][512];

    (void)snprintf(whole[0], sizeof whole[0], "30{ %s }", names[i].left);
    (void)snprintf(whole[1], sizeof whole[1], "30{ %s }", names[i].right);
    const struct sch_span left = assemble(whole[0]);
    const struct sch_span right = assemble(whole[1]);

    if (sch_name_equal(left, right) != names[i].same ||
        sch_name_equal(right, left) != names[i].same) {
      test_fail(__FILE__, __LINE__, names[i].left, names[i].right);
    }
    CHECK(sch_name_equal(left, left));
    CHECK(!names[i].same || sch_name_hash(left) == sch_name_hash(right));
    release(left);
    release(right);
  }
}

/* Different names have different numbers, but for chance: without it the store would be slow. */
TEST(hashes_differ) {
  const struct sch_span a = assemble("30{ " RDN(CN("0c{ 'A' }")) " }");
  const struct sch_span b = assemble("30{ " RDN(CN("0c{ 'B' }")) " }");
  const struct sch_span unit = assemble("30{ " RDN(UNIT("0c{ 'A' }")) " }");

  CHECK(sch_name_hash(a) != sch_name_hash(b));
  CHECK(sch_name_hash(a) != sch_name_hash(unit));
  release(a);
  release(b);
  release(unit);
}

/* certificate_of makes a certificate with the given subject and subjectAltName contents. */
static struct sch_span certificate_of(const char *subject, const char *names_of) {
  char whole[2048];

  (void)snprintf(
      whole, sizeof whole,
      "30{ 30{ a0{ 02{ 02 } } 02{ 01 } 30{ @ecdsa_sha256 } 30{ 31{ 30{ @common_name 0c{ 'I' } } } }"
      " 30{ 17{ '240101000000Z' } 17{ '491231235959Z' } } 30{ %s } 30{ 30{ @ed25519 } 03{ 00 0102 }"
      " } a3{ 30{ 30{ @subject_key_id 04{ 04{ 01 } } } %s%s%s } } } 30{ @ecdsa_sha256 }"
      " 03{ 00 01 } }",
      subject, *names_of == 0 ? "" : "30{ @subject_alt_name 01{ ff } 04{ 30{ ", names_of,
      *names_of == 0 ? "" : " } } }");
  return assemble(whole);
}

static bool speaks(const char *subject, const char *names_of, struct sch_wanted wanted) {
  const struct sch_span der = certificate_of(subject, names_of);
  struct sch_reading reading = {0};
  struct sch_certificate certificate;
  size_t compared = 0;

  CHECK(sch_certificate_read(der, &certificate, &reading));
  const bool result = sch_name_matches(&certificate, &wanted, &compared);

  CHECK(compared <= 8);
  release(der);
  return result;
}

static struct sch_wanted host(const char *name) {
  return (struct sch_wanted){SCH_WANTED_host, text(name), false};
}

static struct sch_wanted host_or_common(const char *name) {
  return (struct sch_wanted){SCH_WANTED_host, text(name), true};
}

static struct sch_wanted address(const char *bytes, size_t size) {
  return (struct sch_wanted){SCH_WANTED_address, sch_span_of(bytes, size), false};
}

static struct sch_wanted email(const char *name) {
  return (struct sch_wanted){SCH_WANTED_email, text(name), false};
}

#define EXAMPLE RDN(CN("0c{ 'example.org' }"))

/* Names are looked for among those of their kind alone, whatever the bytes. */
TEST(certificates) {
  CHECK(speaks(EXAMPLE, "82{ 'other.org' } 82{ 'example.org' }", host("example.org")));
  CHECK(speaks(EXAMPLE, "87{ 01020304 }", address("\1\2\3\4", 4)));
  CHECK(speaks(EXAMPLE, "81{ 'me@example.org' }", email("me@example.org")));
  CHECK(speaks("", "82{ 'example.org' }", (struct sch_wanted){0}));
  CHECK(!speaks(EXAMPLE, "82{ 'other.org' }", host("example.org")));
  CHECK(
      !speaks(EXAMPLE, "86{ 'example.org' } 81{ 'example.org' } 88{ 2a03 }", host("example.org")));
  CHECK(!speaks(EXAMPLE, "a0{ 06{ 2a03 } a0{ 16{ 'example.org' } } }", host("example.org")));
  CHECK(!speaks(EXAMPLE, "82{ '1.2.3.4' }", address("\1\2\3\4", 4)));
  CHECK(!speaks(EXAMPLE, "82{ '1.2.3.4' }", host("1.2.3.4")));
  CHECK(!speaks(EXAMPLE, "87{ '1234' }", host("1234")));
  CHECK(!speaks(EXAMPLE, "87{ 01020304 }", address("\0\0\0\0\0\0\0\0\0\0\xff\xff\1\2\3\4", 16)));
  CHECK(!speaks(EXAMPLE, "87{ 01020304 }", address("\1\2\3", 3)));
  CHECK(!speaks(EXAMPLE, "82{ 'me@example.org' }", email("me@example.org")));
  CHECK(!speaks(RDN("30{ @email_address 16{ 'me@example.org' } }"), "", email("me@example.org")));
  CHECK(!speaks(EXAMPLE, "82{ '' }", host("")));
}

/* A commonName speaks only when asked, and only where there is no subjectAltName at all. */
TEST(common_names) {
  CHECK(!speaks(EXAMPLE, "", host("example.org")));
  CHECK(speaks(EXAMPLE, "", host_or_common("example.org")));
  CHECK(speaks(RDN(CN("1e{ 0061 002e 0062 }")), "", host_or_common("a.b")));
  CHECK(speaks(RDN(CN("0c{ '*.example.org' }")), "", host_or_common("a.example.org")));
  CHECK(!speaks(RDN(UNIT("0c{ 'example.org' }")), "", host_or_common("example.org")));
  CHECK(!speaks(EXAMPLE, "81{ 'me@example.org' }", host_or_common("example.org")));
  CHECK(!speaks(EXAMPLE, "82{ 'other.org' }", host_or_common("example.org")));
  CHECK(!speaks(RDN(CN("0c{ 'example.org' 00 }")), "", host_or_common("example.org")));
  CHECK(!speaks(RDN(CN("0c{ 'example.org' 00 '.evil' }")), "", host_or_common("example.org")));
  CHECK(!speaks(RDN(CN("0c{ '1.2.3.4' }")), "",
                (struct sch_wanted){SCH_WANTED_address, sch_span_of("\1\2\3\4", 4), true}));
}

TESTS(hosts_that_can_be_asked_for, hosts_covered, mailboxes, addresses, distinguished_names,
      hashes_differ, certificates, common_names)
