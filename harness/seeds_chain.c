/* seeds_chain: the corpus of the chain target: descriptions in text form (chain_text.h), one for
 * each rule and each side of it.
 *
 * All are a leaf under "alpha" under the anchor "root", with what a row says added to a line, or
 * behind it. `good-` is accepted, `bad-` is refused; the model of chain_truth.h says so too, or the
 * seed writer ends.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "chain_text.h"
#include "chain_truth.h"
#include "seeds.h"

#define TEXT_ROOM 8192

/* What is added: to the line of each, and as lines behind it. `instead` replaces all. */
struct seed {
  const char *name;
  const char *ask;
  const char *want; /* NULL: www.example.org */
  const char *leaf;
  const char *names; /* of the leaf; NULL: www.example.org */
  const char *alpha;
  const char *alpha_more;
  const char *root;
  const char *root_more;
  const char *rest;
};

#define WANT(kind, text) "want kind=" kind " '" text "'\n"
#define NAME(kind, text) "  name kind=" kind " '" text "'\n"
#define PERMIT(kind, text) "  subtree kind=" kind " '" text "'\n"
#define EXCLUDE(kind, text) "  subtree side=exclude kind=" kind " '" text "'\n"
#define DIRECTORY(side, name) "  subtree side=" side " kind=directory directory=" name " ''\n"
#define CA(place, subject, issuer, key, signer)                                                  \
  "certificate place=" place " subject=" subject " issuer=" issuer " key=" key " signer=" signer \
  " ca=yes usage=certify+crl"
#define CRL(issuer, signer) "crl issuer=" issuer " signer=" signer
#define BOTH_CRLS CRL("alpha", "b") "\n" CRL("root", "c") "\n"
#define HARD "revocation=hard"
#define TEN_11 "\\x0a\\x01\\x01\\x01"
#define NET_TEN "\\x0a\\x00\\x00\\x00\\xff\\x00\\x00\\x00"
#define ALL_POLICY "  policy policy=gold\n"

static const struct seed seeds[] = {
    {.name = "good-plain"},
    {"good-leaf-under-root", .leaf = "issuer=root signer=c"},
    {"good-ed25519", .leaf = "signer=ed-a", .alpha = "key=ed-a signer=ed-b",
     .root = "key=ed-b signer=ed-b"},
    {"good-mixed-keys", .leaf = "signer=ed-a", .alpha = "key=ed-a"},
    {"good-sha384", .leaf = "digest=sha384", .alpha = "digest=sha384"},
    {"good-other-s", .leaf = "breaks=signature-other-s"},
    {"bad-signature-bit", .leaf = "breaks=signature-bit"},
    {"bad-signature-bit-ed25519", .leaf = "signer=ed-a breaks=signature-bit", .alpha = "key=ed-a"},
    {"bad-signature-bit-above", .alpha = "breaks=signature-bit"},
    {"bad-signed-before", .leaf = "breaks=signed-before"},
    {"bad-signature-of-empty", .leaf = "breaks=signature-of-empty"},
    {"bad-signature-empty", .leaf = "breaks=signature-empty"},
    {"bad-signature-padded", .leaf = "breaks=signature-padded"},
    {"bad-signer", .leaf = "signer=d authority=absent"},
    {"bad-signer-same-identifier", .leaf = "signer=d", .alpha = "key_id=absent"},
    {"bad-other-algorithm", .leaf = "breaks=other-algorithm"},
    {"bad-outer-algorithm", .leaf = "breaks=outer-algorithm"},
    {"bad-length-not-minimal", .leaf = "breaks=length-not-minimal"},
    {"bad-element-behind", .leaf = "breaks=element-behind"},
    {"bad-negative-serial", .leaf = "breaks=negative-serial"},
    {"bad-extension-twice", .leaf = "breaks=extension-twice"},
    {"bad-late-digit", .leaf = "breaks=late-digit"},
    {"bad-explicit-curve", .alpha = "breaks=explicit-curve"},
    {"bad-explicit-curve-leaf", .leaf = "breaks=explicit-curve"},
    {"bad-explicit-curve-anchor", .root = "breaks=explicit-curve"},
    {"bad-unreadable-sent", .alpha = "breaks=length-not-minimal"},
    {"bad-unreadable-anchor", .root = "breaks=negative-serial"},
    /* validity */
    {"good-last-second", .ask = "time=100", .leaf = "not_after=100"},
    {"bad-half-a-second-late", .ask = "time=100 nanoseconds=500000000", .leaf = "not_after=100"},
    {"bad-second-late", .ask = "time=101", .leaf = "not_after=100"},
    {"good-first-second", .ask = "time=100", .leaf = "not_before=100"},
    {"bad-second-early", .ask = "time=99", .leaf = "not_before=100"},
    {"bad-expired-above", .ask = "time=101", .alpha = "not_after=100"},
    {"bad-expired-anchor", .ask = "time=101", .root = "not_after=100"},
    {"bad-early-anchor", .ask = "time=99", .root = "not_before=100"},
    {"bad-never-valid", .leaf = "not_before=10 not_after=5"},
    /* names */
    {"good-name-upper", .names = NAME("dns", "WWW.EXAMPLE.ORG")},
    {"good-name-wildcard", .names = NAME("dns", "*.example.org")},
    {"good-name-final-dot", .want = WANT("dns", "www.example.org.")},
    {"good-name-second", .names = NAME("dns", "a.test") NAME("dns", "www.example.org")},
    {"bad-name-other", .names = NAME("dns", "example.org")},
    {"bad-name-partial-wildcard", .names = NAME("dns", "w*.example.org")},
    {"bad-name-deep-wildcard", .names = NAME("dns", "*.org")},
    {"bad-name-inner-wildcard", .names = NAME("dns", "www.*.org")},
    {"bad-name-two-labels", .want = WANT("dns", "a.www.example.org"),
     .names = NAME("dns", "*.example.org")},
    {"bad-name-nul", .names = NAME("dns", "www.example.org\\x00.test")},
    {"bad-name-empty", .names = NAME("dns", "")},
    {"bad-name-beyond-ascii", .names = NAME("dns", "www.b\\xc3\\xbc.org")},
    {"bad-name-in-uri", .names = NAME("uri", "https://www.example.org/")},
    {"bad-name-none", .names = ""},
    {"bad-wanted-is-no-host", .want = WANT("dns", "-a.example.org")},
    {"bad-wanted-wildcard", .want = WANT("dns", "*.example.org"),
     .names = NAME("dns", "*.example.org")},
    {"good-nothing-wanted", .want = "", .names = ""},
    {"good-common-name-asked", .ask = "common_name=yes", .leaf = "subject=host", .names = ""},
    {"bad-common-name-not-asked", .leaf = "subject=host", .names = ""},
    {"bad-common-name-beside-names", .ask = "common_name=yes", .leaf = "subject=host",
     .names = NAME("email", "a@example.org")},
    {"good-address", .want = WANT("ip", TEN_11), .names = NAME("ip", TEN_11)},
    {"good-address-6", .want = WANT("ip", "0123456789abcdef"),
     .names = NAME("ip", "0123456789abcdef")},
    {"bad-address-other", .want = WANT("ip", TEN_11), .names = NAME("ip", "\\x0a\\x01\\x01\\x02")},
    {"bad-address-as-text", .want = WANT("ip", TEN_11), .names = NAME("dns", "10.1.1.1")},
    {"bad-address-size", .want = WANT("ip", TEN_11), .names = NAME("ip", TEN_11 "\\x01")},
    {"good-email", .want = WANT("email", "a@example.org"), .names = NAME("email", "a@EXAMPLE.org")},
    {"bad-email-case", .want = WANT("email", "a@example.org"),
     .names = NAME("email", "A@example.org")},
    {"bad-email-host", .want = WANT("email", "a@example.org"),
     .names = NAME("email", "a@b.example.org")},
    {"bad-email-as-host", .want = WANT("email", "a@example.org"),
     .names = NAME("dns", "example.org")},
    {"good-empty-subject", .leaf = "subject=empty critical=names+subtrees"},
    {"bad-host-as-email", .names = NAME("email", "www.example.org")},
    {"bad-address-begins-another", .want = WANT("ip", "0123"),
     .names = NAME("ip", "0123456789abcdef")},
    {"bad-name-star-above-top-level", .want = WANT("dns", "example.org"),
     .names = NAME("dns", "*.org")},
    {"bad-host-as-uri", .names = NAME("uri", "www.example.org")},
    {"bad-empty-subject", .leaf = "subject=empty"},
    {"bad-empty-issuer", .leaf = "issuer=empty"},
    {"good-odd-names",
     .names = NAME("dns", "www.example.org") NAME("registered", "") NAME("other", "a")
         NAME("uri", "https://a.test/") "  name kind=directory directory=acme ''\n"},
    /* authorities */
    {"bad-not-an-authority", .alpha = "ca=no usage=certify"},
    {"bad-no-basic-constraints", .alpha = "ca=absent usage=certify"},
    {"bad-leaf-as-authority", .alpha = "ca=no usage=signature"},
    {"bad-basic-constraints-not-critical", .alpha = "ca_critical=no"},
    {"bad-anchor-is-no-authority", .root = "ca=no usage=certify"},
    {"good-leaf-is-an-authority", .leaf = "ca=yes usage=signature+certify"},
    {"bad-leaf-certifies", .leaf = "ca=no usage=signature+certify"},
    {"bad-version-1-authority", .alpha = "version=v1"},
    {"bad-version-1-anchor", .root = "version=v1"},
    {"good-version-1-leaf", .want = "", .leaf = "version=v1", .names = ""},
    {"good-path-length", .root = "path_length=1"},
    {"good-path-length-zero", .alpha = "path_length=0"},
    {"bad-path-length", .root = "path_length=0"},
    {"bad-path-length-not-certifying", .alpha = "path_length=0 usage=crl"},
    {"bad-path-length-of-no-authority", .leaf = "path_length=0"},
    {"good-path-length-self-issued", .leaf = "signer=d", .root = "path_length=1",
     .rest = CA("sent", "alpha", "alpha", "d", "b") "\n"},
    {"bad-path-length-self-issued", .leaf = "issuer=beta signer=d", .root = "path_length=1",
     .rest = CA("sent", "beta", "alpha", "d", "b") "\n"},
    /* usage and purposes */
    {"good-usage-signature", .leaf = "usage=signature"},
    {"good-usage-agreement", .leaf = "usage=agreement"},
    {"good-usage-key-encipherment", .leaf = "usage=key-encipherment"},
    {"bad-usage-commitment", .leaf = "usage=commitment"},
    {"bad-usage-client-enciphers", .ask = "purpose=client", .leaf = "usage=key-encipherment"},
    {"bad-usage-cannot-certify", .alpha = "usage=crl"},
    {"bad-usage-absent", .alpha = "usage="},
    {"bad-usage-anchor-cannot-certify", .root = "usage=crl"},
    {"good-usage-any-purpose", .ask = "purpose=any", .leaf = "usage=decipher-only"},
    {"good-purpose-server", .leaf = "purposes=server"},
    {"good-purpose-both", .leaf = "purposes=server+client+code"},
    {"bad-purpose-client", .leaf = "purposes=client"},
    {"bad-purpose-any", .leaf = "purposes=any"},
    {"bad-purpose-code", .ask = "purpose=client", .leaf = "purposes=code critical=purposes"},
    {"good-purpose-client", .ask = "purpose=client", .leaf = "purposes=client"},
    {"bad-purpose-above", .alpha = "purposes=client"},
    {"bad-purpose-anchor", .root = "purposes=email"},
    {"good-purpose-not-asked", .ask = "purpose=any", .leaf = "purposes=code"},
    /* extensions */
    {"good-unknown-extension", .names = NAME("dns", "www.example.org") "  extension number=1\n"},
    {"bad-unknown-critical", .names = NAME("dns", "www.example.org") "  extension critical=yes\n"},
    {"bad-unknown-critical-above", .alpha_more = "  extension critical=yes\n"},
    {"bad-unknown-critical-anchor", .root_more = "  extension critical=yes\n"},
    {"bad-unknown-twice", .alpha_more = "  extension number=1\n  extension number=1\n"},
    {"bad-authority-absent", .leaf = "authority=absent"},
    {"bad-authority-absent-above", .alpha = "authority=absent"},
    {"good-authority-absent-anchor", .root = "authority=absent"},
    {"bad-authority-wrong", .leaf = "authority=wrong"},
    {"bad-key-id-absent", .alpha = "key_id=absent"},
    {"bad-key-id-wrong", .alpha = "key_id=wrong"},
    {"bad-key-id-absent-anchor", .root = "key_id=absent"},
    {"good-key-id-absent-leaf", .leaf = "key_id=absent"},
    {"bad-key-id-critical", .alpha = "critical=key-id+subtrees"},
    {"bad-authority-critical", .alpha = "critical=authority+subtrees"},
    /* constraints */
    {"good-permitted-dns", .alpha_more = PERMIT("dns", "example.org")},
    {"good-permitted-dns-itself", .alpha_more = PERMIT("dns", "www.example.org")},
    {"good-permitted-dns-upper", .alpha_more = PERMIT("dns", "EXAMPLE.org")},
    {"bad-permitted-dns", .alpha_more = PERMIT("dns", "example.com")},
    {"bad-permitted-dns-part-of-label", .alpha_more = PERMIT("dns", "w.example.org")},
    {"bad-permitted-dns-by-anchor", .root_more = PERMIT("dns", "example.com")},
    {"good-permitted-either", .alpha_more = PERMIT("dns", "a.test") PERMIT("dns", "example.org")},
    {"bad-permitted-by-one-not-both", .alpha_more = PERMIT("dns", "example.org"),
     .root_more = PERMIT("dns", "example.com")},
    {"bad-permitted-last-name",
     .names = NAME("dns", "www.example.org") NAME("dns", "www.example.com"),
     .alpha_more = PERMIT("dns", "example.org")},
    {"bad-permitted-not-critical", .alpha = "critical=", .alpha_more = PERMIT("dns", "a.test")},
    {"bad-excluded-dns", .alpha_more = EXCLUDE("dns", "example.org")},
    {"bad-excluded-dns-all", .alpha_more = EXCLUDE("dns", "")},
    {"good-excluded-dns", .alpha_more = EXCLUDE("dns", "example.com")},
    {"bad-excluded-and-permitted",
     .alpha_more = PERMIT("dns", "example.org") EXCLUDE("dns", "www.example.org")},
    {"good-constraint-of-other-kind", .alpha_more = PERMIT("email", "example.com")},
    {"good-constraint-and-common-name", .leaf = "subject=address",
     .alpha_more = PERMIT("dns", "example.org")},
    {"good-constraint-and-only-common-name", .want = "", .leaf = "subject=host", .names = "",
     .alpha_more = PERMIT("dns", "example.com")},
    {"bad-permitted-directory", .alpha_more = DIRECTORY("permit", "acme")},
    {"good-permitted-directory", .alpha_more = DIRECTORY("permit", "root")},
    {"bad-excluded-directory", .leaf = "subject=acme", .alpha_more = DIRECTORY("exclude", "acme")},
    {"bad-excluded-every-directory", .alpha_more = DIRECTORY("exclude", "empty")},
    {"good-permitted-address", .want = WANT("ip", TEN_11), .names = NAME("ip", TEN_11),
     .alpha_more = PERMIT("ip", NET_TEN)},
    {"bad-permitted-address", .want = WANT("ip", "\\x0b\\x01\\x01\\x01"),
     .names = NAME("ip", "\\x0b\\x01\\x01\\x01"), .alpha_more = PERMIT("ip", NET_TEN)},
    {"bad-excluded-address", .want = WANT("ip", TEN_11), .names = NAME("ip", TEN_11),
     .alpha_more = EXCLUDE("ip", NET_TEN)},
    {"bad-address-constraint-size", .alpha_more = PERMIT("ip", TEN_11)},
    {"good-permitted-email", .want = WANT("email", "a@example.org"),
     .names = NAME("email", "a@example.org"), .alpha_more = PERMIT("email", "example.org")},
    {"good-permitted-mailbox", .want = WANT("email", "a@example.org"),
     .names = NAME("email", "a@example.org"), .alpha_more = PERMIT("email", "a@example.org")},
    {"good-permitted-email-below", .want = WANT("email", "a@b.example.org"),
     .names = NAME("email", "a@b.example.org"), .alpha_more = PERMIT("email", ".example.org")},
    {"bad-permitted-email-not-below", .want = WANT("email", "a@example.org"),
     .names = NAME("email", "a@example.org"), .alpha_more = PERMIT("email", ".example.org")},
    {"bad-permitted-mailbox", .want = WANT("email", "b@example.org"),
     .names = NAME("email", "b@example.org"), .alpha_more = PERMIT("email", "a@example.org")},
    {"good-permitted-uri",
     .names = NAME("dns", "www.example.org") NAME("uri", "https://a.example.org/x"),
     .alpha_more = PERMIT("uri", ".example.org")},
    {"bad-permitted-uri",
     .names = NAME("dns", "www.example.org") NAME("uri", "https://a.example.org:8/x"),
     .alpha_more = PERMIT("uri", "example.org")},
    {"bad-unsupported-constraint", .names = NAME("dns", "www.example.org") NAME("registered", ""),
     .alpha_more = EXCLUDE("registered", "")},
    {"good-unsupported-constraint-unused", .alpha_more = EXCLUDE("registered", "")},
    {"good-constraint-on-leaf-itself",
     .names = NAME("dns", "www.example.org") EXCLUDE("dns", "example.org")},
    /* weak keys and digests */
    {"bad-weak-leaf", .leaf = "key=weak"},
    {"bad-weak-authority", .leaf = "signer=weak", .alpha = "key=weak"},
    {"good-weak-allowed", .ask = "strength=1", .leaf = "key=weak"},
    {"bad-sha1", .leaf = "digest=sha1"},
    {"good-sha1-allowed", .ask = "strength=0", .leaf = "digest=sha1"},
    {"bad-sha1-not-allowed", .ask = "strength=1", .leaf = "digest=sha1"},
    {"good-sha1-anchor", .root = "digest=sha1"},
    {"good-strength-128", .ask = "strength=3"},
    {"bad-strength-192", .ask = "strength=4"},
    /* paths */
    {"bad-no-leaf", .leaf = "place=sent"},
    {"bad-no-anchor", .root = "place=sent"},
    {"bad-no-issuer", .alpha = "subject=beta"},
    {"bad-self-signed", .leaf = "issuer=leaf signer=a"},
    {"good-leaf-is-anchor", .leaf = "issuer=leaf signer=a ca=yes usage=signature+certify",
     .rest = "certificate place=anchor subject=leaf issuer=leaf key=a signer=a ca=yes "
             "usage=signature+certify\n" NAME("dns", "www.example.org")},
    {"good-alpha-is-anchor", .alpha = "place=anchor", .root = "place=sent"},
    {"good-alpha-is-known", .alpha = "place=known"},
    {"bad-anchor-of-same-name-and-key", .alpha = "place=known", .root = "place=sent",
     .rest = CA("anchor", "second", "second", "c", "c") "\n"},
    {"bad-sent-twin-of-expired-anchor", .root = "not_after=-5",
     .rest = CA("sent", "root", "root", "c", "c") " serial=2\n"},
    {"good-known-twin-of-expired-authority", .alpha = "not_after=-5",
     .rest = CA("known", "alpha", "root", "b", "c") " serial=2\n"},
    {"good-name-forms", .leaf = "issuer_form=upper",
     .alpha = "subject_form=blanks "
              "issuer_form=printable"},
    {"good-alternate-after-bad-signature", .alpha = "key=d",
     .rest = CA("sent", "alpha", "root", "b", "c") "\n"},
    {"good-alternate-after-expired", .alpha = "not_after=-5",
     .rest = CA("sent", "alpha", "root", "b", "c") " serial=2\n"},
    {"good-alternate-after-constraint", .alpha_more = EXCLUDE("dns", "example.org"),
     .rest = CA("sent", "alpha", "second", "b", "e") "\n" CA("anchor", "second", "second", "e",
                                                             "e") "\n"},
    {"good-alternate-after-purpose", .alpha = "purposes=client",
     .rest = CA("sent", "alpha", "second", "b", "e") "\n" CA("anchor", "second", "second", "e",
                                                             "e") "\n"},
    {"good-alternate-after-path-length", .root = "path_length=0",
     .rest = CA("sent", "alpha", "second", "b", "e") "\n" CA("anchor", "second", "second", "e",
                                                             "e") "\n"},
    {"good-alternate-after-unknown-critical", .alpha_more = "  extension critical=yes\n",
     .rest = CA("sent", "alpha", "root", "b", "c") " serial=2\n"},
    {"good-alternate-after-unreadable", .alpha = "breaks=negative-serial",
     .rest = CA("sent", "alpha", "root", "b", "c") " serial=2\n"},
    {"good-alternate-after-constraint-above",
     .rest = CA("sent", "alpha", "second", "b", "e") "\n" CA(
         "anchor", "second", "second", "e", "e") "\n" EXCLUDE("dns", "example.org")},
    {"bad-both-alternates", .alpha = "not_after=-5",
     .rest = CA("sent", "alpha", "root", "b", "c") " usage=crl\n"},
    {"good-cross-signed", .root = "place=sent issuer=second signer=e",
     .rest = CA("anchor", "second", "second", "e", "e") "\n"},
    {"good-cycle", .alpha = "issuer=beta signer=d",
     .rest = CA("sent", "beta", "alpha", "d", "b") "\n" CA("sent", "beta", "root", "d", "c") "\n"},
    {"bad-cycle", .alpha = "issuer=beta signer=d",
     .rest = CA("sent", "beta", "alpha", "d", "b") "\n"},
    {"bad-depth", .ask = "depth=0"},
    {"good-depth", .ask = "depth=1"},
    {"good-depth-nothing-between", .ask = "depth=0", .leaf = "issuer=root signer=c"},
    {"good-unrelated-unreadable",
     .rest = CA("sent", "delta", "root", "d", "c") " breaks=negative-serial\n"},
    {"good-unrelated-broken",
     .rest = CA("sent", "delta", "root", "d", "c") " breaks=signature-bit not_after=-50\n"},
    /* revocation */
    {"good-crls", .ask = HARD, .rest = BOTH_CRLS},
    {"bad-no-crl", .ask = HARD},
    {"bad-no-crl-above", .ask = HARD, .rest = CRL("alpha", "b") "\n"},
    {"good-no-crl-soft", .ask = "revocation=soft"},
    {"good-revoked-not-looked-at", .rest = BOTH_CRLS "  revoked serial=1\n"},
    {"bad-revoked", .ask = HARD,
     .rest = CRL("root", "c") "\n" CRL("alpha", "b") "\n  revoked serial=1\n"},
    {"bad-revoked-soft", .ask = "revocation=soft",
     .rest = CRL("alpha", "b") "\n  revoked serial=9\n  revoked serial=1 reason=1\n"},
    {"good-revoked-other", .ask = HARD,
     .rest = CRL("root", "c") "\n  revoked serial=4\n" CRL("alpha", "b") "\n  revoked serial=2\n"},
    {"bad-revoked-above", .ask = HARD,
     .rest = CRL("alpha", "b") "\n" CRL("root", "c") "\n  revoked serial=1\n"},
    {"bad-crl-expired", .ask = HARD,
     .rest = CRL("root", "c") "\n" CRL("alpha", "b") " next_update=-5\n"},
    {"good-crl-last-second", .ask = HARD,
     .rest = CRL("root", "c") "\n" CRL("alpha", "b") " next_update=0\n"},
    {"bad-crl-early", .ask = HARD,
     .rest = CRL("root", "c") "\n" CRL("alpha", "b") " this_update=5\n"},
    {"bad-revoked-by-expired", .ask = "revocation=soft",
     .rest = CRL("alpha", "b") " next_update=-5\n  revoked serial=1\n"},
    {"bad-crl-signature", .ask = HARD,
     .rest = CRL("root", "c") "\n" CRL("alpha", "b") " breaks=signature-bit\n"},
    {"bad-crl-signer", .ask = HARD, .rest = CRL("root", "c") "\n" CRL("alpha", "d") "\n"},
    {"good-forged-revocation", .ask = "revocation=soft",
     .rest = CRL("alpha", "d") "\n  revoked serial=1\n"},
    {"bad-crl-issuer", .ask = HARD, .rest = CRL("root", "c") "\n" CRL("beta", "b") "\n"},
    {"bad-crl-issuer-cannot-sign", .ask = HARD, .alpha = "usage=certify", .rest = BOTH_CRLS},
    {"bad-crl-critical", .ask = HARD,
     .rest = CRL("root", "c") "\n" CRL("alpha", "b") " critical=yes\n"},
    {"bad-crl-of-authorities", .ask = HARD,
     .rest = CRL("root", "c") "\n" CRL("alpha", "b") " only=authorities\n"},
    {"good-crl-of-users", .ask = HARD,
     .rest = CRL("root", "c") " only=authorities\n" CRL("alpha", "b") " only=users\n"},
    {"bad-crl-of-attributes", .ask = HARD,
     .rest = CRL("root", "c") "\n" CRL("alpha", "b") " only=attributes\n"},
    {"bad-crl-only-delta", .ask = HARD,
     .rest = CRL("root", "c") "\n" CRL("alpha", "b") " base=0\n"},
    {"bad-crl-authority", .ask = HARD,
     .rest = CRL("root", "c") "\n" CRL("alpha", "b") " authority=wrong\n"},
    {"bad-crl-unreadable", .ask = HARD,
     .rest = CRL("root", "c") "\n" CRL("alpha", "b") "\n  revoked serial=4 reason=7\n"},
    {"good-crl-under-root", .ask = HARD, .leaf = "issuer=root signer=c",
     .rest = CRL("root", "c") "\n"},
    {"good-two-crls", .ask = HARD, .rest = BOTH_CRLS CRL("alpha", "b") " number=2\n"},
    {"good-crl-anchor-needs-none", .ask = HARD, .alpha = "place=anchor", .root = "place=sent",
     .rest = CRL("alpha", "b") "\n"},
    {"good-crl-forged-and-newer", .ask = HARD,
     .rest = BOTH_CRLS CRL("alpha", "d") " authority=absent this_update=-5\n  revoked serial=1\n"},
    /* policies */
    {"good-policy", .ask = "explicit=yes", .names = NAME("dns", "www.example.org") ALL_POLICY,
     .alpha_more = ALL_POLICY},
    {"bad-policy-missing", .ask = "explicit=yes"},
    {"bad-policy-missing-above", .ask = "explicit=yes",
     .names = NAME("dns", "www.example.org") ALL_POLICY},
    {"bad-policy-other", .ask = "explicit=yes",
     .names = NAME("dns", "www.example.org") "  policy policy=silver\n", .alpha_more = ALL_POLICY},
    {"good-policy-any-above", .ask = "explicit=yes",
     .names = NAME("dns", "www.example.org") ALL_POLICY, .alpha_more = "  policy policy=any\n"},
    {"bad-policy-any-inhibited", .ask = "explicit=yes inhibit_any=yes",
     .names = NAME("dns", "www.example.org") ALL_POLICY, .alpha_more = "  policy policy=any\n"},
    {"good-policy-wished", .ask = "explicit=yes",
     .names = NAME("dns", "www.example.org") ALL_POLICY, .alpha_more = ALL_POLICY,
     .rest = "wish policy=gold\n"},
    {"bad-policy-not-wished", .ask = "explicit=yes",
     .names = NAME("dns", "www.example.org") ALL_POLICY, .alpha_more = ALL_POLICY,
     .rest = "wish policy=silver\n"},
    {"bad-policy-required", .alpha = "explicit=0"},
    {"good-policy-required-later", .alpha = "explicit=2"},
    {"good-policy-mapped", .ask = "explicit=yes",
     .names = NAME("dns", "www.example.org") "  policy policy=silver\n",
     .alpha_more = ALL_POLICY "  mapping from=gold to=silver\n"},
    {"bad-policy-mapping-inhibited", .ask = "explicit=yes inhibit_mapping=yes",
     .names = NAME("dns", "www.example.org") "  policy policy=silver\n",
     .alpha_more = ALL_POLICY "  mapping from=gold to=silver\n"},
    {"bad-policy-twice", .alpha_more = ALL_POLICY ALL_POLICY},
    {"bad-policy-mapping-to-any", .alpha_more = ALL_POLICY "  mapping from=gold to=any\n"},
    /* what only one mutant of the code tells apart */
    {"good-common-name-outside-constraint", .want = WANT("email", "a@example.org"),
     .leaf = "subject=host", .names = NAME("email", "a@example.org"),
     .alpha_more = EXCLUDE("dns", "example.org")},
    {"good-revocation-by-another-of-the-name", .ask = "revocation=soft",
     .rest =
         CA("sent", "alpha", "second", "d", "e") "\n" CRL("alpha", "d") "\n  revoked serial=1\n"},
    {"bad-revoked-by-another-of-the-name", .ask = "revocation=soft",
     .rest = CA("sent", "alpha", "root", "d", "c") " serial=2\n" CRL("root", "c") "\n" CRL(
         "alpha", "d") "\n  revoked serial=1\n"},
    {"good-crl-beside-forged", .ask = HARD,
     .rest = BOTH_CRLS CRL("alpha", "b") " this_update=-1000 number=2 breaks=signature-bit\n"},
    {"bad-signature-bit-twins", .leaf = "breaks=signature-bit",
     .rest = CA("sent", "alpha", "root", "b", "c") " serial=2\n"},
    {"good-alternate-larger", .alpha = "breaks=signature-bit",
     .rest = CA("sent", "alpha", "root", "b", "c") " serial=2\n" PERMIT("dns", "example.org")},
};

static const char * or (const char *text, const char *plain) {
  return text == NULL ? plain : text;
}

/* Each has one check of those that verify again, in turn. */
static const char *const checks[] = {SCH_CASE_CHECKS};

static void write_text(const struct seed *seed, const char *check, char *to) {
  const int size = snprintf(
      to, TEXT_ROOM,
      "ask checks=%s %s\n%s"
      "certificate place=leaf subject=leaf issuer=alpha key=a signer=b %s\n%s"
      "certificate place=sent subject=alpha issuer=root key=b signer=c ca=yes usage=certify+crl "
      "%s\n%s"
      "certificate place=anchor subject=root issuer=root key=c signer=c ca=yes usage=certify+crl "
      "%s\n%s%s",
      check, or (seed->ask, ""), or (seed->want, WANT("dns", "www.example.org")),
      or (seed->leaf, ""), or (seed->names, NAME("dns", "www.example.org")), or (seed->alpha, ""),
      or (seed->alpha_more, ""), or (seed->root, ""), or (seed->root_more, ""),
      or (seed->rest, ""));

  ENSURE(size > 0);
  ENSURE(size < TEXT_ROOM);
}

/* check holds the name of a seed against the model. */
static void check(const char *name, const struct sch_case *described) {
  static struct sch_made made;
  static struct sch_truth truth;

  sch_make(described, &made);
  sch_truth_judge(&made, &truth);
  const enum sch_truth_answer contrary =
      strncmp(name, "good-", 5) == 0 ? SCH_TRUTH_REJECT : SCH_TRUTH_ACCEPT;

  if (truth.answer == contrary) {
    (void)fprintf(stderr, "seeds: %s is not what the model says\n", name);
    UNREACHABLE("a seed is what it is called");
  }
}

static void give(sch_seed_sink *sink, const char *name, const char *text) {
  static struct sch_case described;
  static uint8_t room[SCH_CASE_ROOM];
  struct sch_builder to = sch_builder_of(room, sizeof room);
  size_t line;

  if (!sch_case_parse(&described, sch_span_text(text), &line)) {
    (void)fprintf(stderr, "seeds: line %zu of %s is none\n%s", line, name, text);
    UNREACHABLE("a seed is a description");
  }
  check(name, &described);
  sch_case_write(&described, &to);
  ENSURE(!to.failed);
  sink("chain", name, sch_builder_built(&to));
}

void sch_seeds_chain(sch_seed_sink *sink) {
  static char text[TEXT_ROOM];

  for (size_t i = 0; i < SCH_COUNT(seeds); i++) {
    write_text(&seeds[i], checks[i % SCH_COUNT(checks)], text);
    give(sink, seeds[i].name, text);
  }
}
