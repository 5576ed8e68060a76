/* der_fresh: see der_fresh.h. The notation is that of der_write.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "der_fresh.h"

#include "cert/oid.h"
#include "der_write.h"
#include "draw.h"

#define NAME(value) "30{ 31{ 30{ @common_name " value " } } }"
#define EXTENSION(oid, value) "30{ @" oid " 04{ " value " } } "
#define CRITICAL(oid, value) "30{ @" oid " 01{ ff } 04{ " value " } } "

static const char *const names[] = {
    NAME("0c{ 'Issuer' }"),
    NAME("13{ 'Plain' }"),
    NAME("0c{ 'a' c3a9 }"),
    NAME("14{ 'T' e9 }"),
    NAME("1e{ 0042 20ac }"),
    NAME("1c{ 00000055 }"),
    "30{ 31{ 30{ @serial_number 13{ '1' } } 30{ @common_name 0c{ 'Two' } } } }",
    "30{ 31{ 30{ @common_name 0c{ 'a' } } 30{ @common_name 0c{ 'b' } } } }",
    "30{ 31{ 30{ @country 13{ 'DE' } } } 31{ 30{ @unit 0c{ 'U' } } } }",
    "30{ 31{ 30{ @email_address 16{ 'a@example.org' } } } 31{ 30{ 06{ 2a03 } 12{ '12' } } } }",
    "30{ 31{ 30{ @domain_component 16{ 'org' } } } 31{ 30{ 06{ 2a04 } 1a{ 'V' } } } }",
};

static const char *const validities[] = {
    "30{ 17{ '240101000000Z' } 17{ '491231235959Z' } }",
    "30{ 17{ '240229235959Z' } 18{ '20500101000000Z' } }",
    "30{ 17{ '500101000000Z' } 18{ '99991231235959Z' } }",
};

static const char *const keys[] = {
    "30{ 30{ @ed25519 } 03{ 00 33*32 } }",
    "30{ 30{ @rsa 05{ } } 03{ 00 30{ 02{ 00 c5*64 } 02{ 03 } } } }",
    "30{ 30{ 06{ 2a03 } 30{ 02{ 07 } } } 03{ 00 } }",
};

static const char *const algorithms[] = {"30{ @ecdsa_sha256 }", "30{ @ed25519 }",
                                         "30{ @rsa_sha256 05{ } }", "30{ 06{ 2a03 } 05{ } }"};

static const char *const extensions[] = {
    EXTENSION("subject_key_id", "04{ 01020304 }"),
    EXTENSION("authority_key_id", "30{ 80{ 0a0b } a1{ 82{ 'a' } } 82{ 01 } }"),
    EXTENSION("key_usage", "03{ 01 06 }"),
    CRITICAL("key_usage", "03{ 07 ff80 }"),
    CRITICAL("basic_constraints", "30{ 01{ ff } 02{ 03 } }"),
    EXTENSION("basic_constraints", "30{ }"),
    EXTENSION("subject_alt_name", "30{ 82{ 'a.example' } 81{ 'a@b.example' } 87{ c0000201 } }"),
    EXTENSION("subject_alt_name",
              "30{ 86{ 'https://a.example' } 88{ 2a03 } a4{ " NAME("0c{ 'D' }") " } }"),
    EXTENSION("issuer_alt_name", "30{ a0{ 06{ 2a03 } a0{ 0c{ 'x' } } } a5{ a1{ 13{ 'P' } } } }"),
    EXTENSION("extended_key_usage", "30{ @server_auth @client_auth }"),
    CRITICAL("name_constraints", "30{ a0{ 30{ 82{ 'a' } } } a1{ 30{ 87{ 0a000000 ff000000 } } } }"),
    EXTENSION("certificate_policies",
              "30{ 30{ 06{ 2a01 } } 30{ 06{ 2a02 } 30{ 30{ @practice_statement 16{ 'u' } } } } }"),
    EXTENSION("certificate_policies",
              "30{ 30{ @any_policy 30{ 30{ @user_notice 30{ 30{ 0c{ 'O' } 30{ 02{ 01 } } } 0c{ 'T' "
              "} } } } } }"),
    EXTENSION("policy_mappings", "30{ 30{ 06{ 2a01 } 06{ 2a02 } } }"),
    CRITICAL("policy_constraints", "30{ 80{ 00 } 81{ 01 } }"),
    CRITICAL("inhibit_any_policy", "02{ 02 }"),
    EXTENSION("crl_distribution_points",
              "30{ 30{ a0{ a0{ 86{ 'u' } } } 81{ 06 40 } } 30{ a0{ a1{ 30{ @unit 0c{ 'a' } } } } } "
              "}"),
    EXTENSION("freshest_crl", "30{ 30{ a2{ 82{ 'i' } } } }"),
    EXTENSION("authority_info_access", "30{ 30{ @ocsp 86{ 'u' } } }"),
    EXTENSION("subject_info_access", "30{ 30{ @ca_repository 86{ 'u' } } }"),
    EXTENSION("tls_feature", "30{ 02{ 05 } }"),
    EXTENSION("ocsp_no_check", "05{ }"),
    CRITICAL("ct_poison", "05{ }"),
    EXTENSION("sct_list", "04{ 0004 0002 0000 }"),
    EXTENSION("netscape_cert_type", "03{ 05 e0 }"),
    EXTENSION("netscape_comment", "16{ 'c' }"),
    EXTENSION("private_key_usage_period", "30{ 80{ '20240101000000Z' } 81{ '20600101000000Z' } }"),
    EXTENSION("subject_directory_attributes", "30{ 30{ 06{ 2a03 } 31{ 02{ 01 } 05{ } } } }"),
    "30{ 06{ 2a03 } 04{ 'any' } } ",
    "30{ 06{ 2a04 } 01{ ff } 04{ } } ",
};

/* Contents by tag: such as are right, and such as X.690 refuses. */
static const struct {
  uint8_t tag;
  const char *body;
} bodies[] = {
    {0x01, "ff"},
    {0x01, "00"},
    {0x01, "01"},
    {0x01, "ffff"},
    {0x02, ""},
    {0x02, "00"},
    {0x02, "7f"},
    {0x02, "80"},
    {0x02, "0080"},
    {0x02, "007f"},
    {0x02, "ff80"},
    {0x02, "03"},
    {0x02, "0102"},
    {0x02, "01*20"},
    {0x02, "01*21"},
    {0x02, "00 ff*20"},
    {0x02, "01*9"},
    {0x03, ""},
    {0x03, "00"},
    {0x03, "01"},
    {0x03, "07 80"},
    {0x03, "08 00"},
    {0x03, "01 01"},
    {0x03, "00 80"},
    {0x03, "05 e0"},
    {0x03, "04 aa"},
    {0x05, "00"},
    {0x05, ""},
    {0x06, ""},
    {0x06, "80 01"},
    {0x06, "2a 80 03"},
    {0x06, "2a 83"},
    {0x06, "551d 9080808011"},
    {0x06, "2a03"},
    {0x0c, "c0 80"},
    {0x0c, "ed a0 80"},
    {0x0c, "f4 90 80 80"},
    {0x0c, "80"},
    {0x0c, "c3"},
    {0x0c, ""},
    {0x12, "'a'"},
    {0x12, "'1 2'"},
    {0x13, "'*'"},
    {0x13, "'a@b'"},
    {0x13, "'A b'"},
    {0x14, "1b"},
    {0x14, "85"},
    {0x16, "80"},
    {0x16, "7f"},
    {0x1a, "0a"},
    {0x1a, "7f"},
    {0x1c, "00110000"},
    {0x1c, "0000d800"},
    {0x1c, "000041"},
    {0x1e, "d83d"},
    {0x1e, "20"},
    {0x17, "'2401010000Z'"},
    {0x17, "'240101000000+0000'"},
    {0x17, "'240101000060Z'"},
    {0x17, "'240230000000Z'"},
    {0x17, "'230229000000Z'"},
    {0x17, "'241301000000Z'"},
    {0x17, "'24010100000aZ'"},
    {0x17, "'491231235959Z'"},
    {0x17, "'240101240000Z'"},
    {0x17, "'240101000000z'"},
    {0x18, "'20240101000000Z'"},
    {0x18, "'20500101000000.5Z'"},
    {0x18, "'205001010000Z'"},
    {0x18, "'20510229000000Z'"},
    {0x18, "'20600101000000Z'"},
    {0x80, "00"},
    {0x80, "0102"},
    {0x81, "01"},
    {0x82, "80"},
    {0x82, "'*.a'"},
    {0x82, ""},
    {0x87, "00*16"},
    {0x87, "00*5"},
    {0x87, "00*8"},
    {0x87, "0a000000"},
};

#define PICK(table, state) (table)[sch_draw_below((state), SCH_COUNT(table))]

uint8_t sch_der_fresh_tag(uint64_t *state) {
  static const uint8_t tags[] = {0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0a, 0x0c, 0x12, 0x13,
                                 0x14, 0x16, 0x17, 0x18, 0x1a, 0x1b, 0x1c, 0x1e, 0x30, 0x31,
                                 0x80, 0x81, 0x82, 0x83, 0x86, 0x87, 0x88, 0x89, 0xa0, 0xa1,
                                 0xa2, 0xa3, 0xa4, 0xa5, 0x1f, 0x10, 0x24, 0x2c};

  return PICK(tags, state);
}

void sch_der_fresh_body(struct sch_builder *to, uint8_t tag, uint64_t *state) {
  const size_t start = sch_draw_below(state, SCH_COUNT(bodies));

  if (tag == 0x06 && sch_draw_one_in(state, 2)) {
    sch_builder_bytes(to,
                      sch_oid_bytes((enum sch_oid)(1 + sch_draw_below(state, SCH_OID_COUNT - 1))));
    return;
  }
  for (size_t i = 0; i < SCH_COUNT(bodies); i++) {
    const size_t at = (start + i) % SCH_COUNT(bodies);

    if (bodies[at].tag == tag) {
      sch_der_assemble(to, bodies[at].body);
      return;
    }
  }
  if ((tag & 0x20) != 0 && sch_draw_one_in(state, 2)) {
    sch_der_fresh(to, state);
  }
}

void sch_der_fresh(struct sch_builder *to, uint64_t *state) {
  const uint8_t tag = sch_der_fresh_tag(state);

  switch (sch_draw_below(state, 6)) {
    case 0:
      sch_der_assemble(to, PICK(names, state));
      break;
    case 1:
    case 2:
      sch_der_assemble(to, PICK(extensions, state));
      break;
    case 3:
      sch_der_assemble(to, PICK(algorithms, state));
      break;
    default: {
      /* A short element of any type: its contents hold no other, so that this ends. */
      const size_t mark = sch_der_open(to, tag);

      if ((tag & 0x20) == 0) {
        sch_der_fresh_body(to, tag, state);
      }
      sch_der_close(to, mark);
      break;
    }
  }
}

static void put_extensions(struct sch_builder *to, uint64_t *state) {
  const size_t outer = sch_der_open(to, 0xa3);
  const size_t list = sch_der_open(to, 0x30);
  size_t at = sch_draw_below(state, SCH_COUNT(extensions));

  /* In the order of the table few come twice. */
  for (uint32_t left = 1 + sch_draw_below(state, 4); left > 0 && at < SCH_COUNT(extensions);
       left--) {
    sch_der_assemble(to, extensions[at]);
    at += 1 + sch_draw_below(state, 6);
  }
  sch_der_close(to, list);
  sch_der_close(to, outer);
}

void sch_der_fresh_certificate(struct sch_builder *to, uint64_t *state) {
  const char *algorithm = PICK(algorithms, state);
  const uint32_t version = sch_draw_below(state, 5); /* 0: v1, 1: v2, else v3 */
  const size_t whole = sch_der_open(to, 0x30);
  const size_t tbs = sch_der_open(to, 0x30);

  sch_der_assemble(to, version == 0 ? "" : version == 1 ? "a0{ 02{ 01 } }" : "a0{ 02{ 02 } }");
  sch_der_assemble(to, "02{ 0123 }");
  sch_der_assemble(to, algorithm);
  sch_der_assemble(to, PICK(names, state));
  sch_der_assemble(to, PICK(validities, state));
  sch_der_assemble(to, PICK(names, state));
  sch_der_assemble(to, PICK(keys, state));
  if (version == 1) {
    sch_der_assemble(to, "81{ 00 aabb } 82{ 04 a0 }");
  } else if (version > 1) {
    put_extensions(to, state);
  }
  sch_der_close(to, tbs);
  sch_der_assemble(to, algorithm);
  sch_der_assemble(to, "03{ 00 5a*8 }");
  sch_der_close(to, whole);
}
