package dev.tollspan.detectors;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Single texts, each for a reason; {@link CorpusTest} has the many. */
class FinderTest {
  private final Finder finder = Detectors.all().finder();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "pay with 4111 1111 1111 1111 12/27 | <card> 4111 1111 1111 1111",
        "378282246310005 | <card> 378282246310005",
        "41-11-11-11-11-11-11-11 | <card> 41-11-11-11-11-11-11-11",
        "IBAN GB82 WEST 1234 5698 7654 32, thanks | <iban> GB82 WEST 1234 5698 7654 32",
        "de89370400440532013000 | <iban> de89370400440532013000",
        "her ssn: 536904399 | <us_ssn> 536904399",
        "536-90-4399 | <us_ssn> 536-90-4399",
        "NINO QQ123456C AB123456C | <uk_nino> AB123456C",
        "AB 12 34 56 C | <uk_nino> AB 12 34 56 C",
        "patient 943 476 5919 | <uk_nhs> 943 476 5919",
        "dni 12345678Z, nie X1234567L | <es_nif> 12345678Z <es_nif> X1234567L",
        "RSSMRA85T10A562S | <it_codice_fiscale> RSSMRA85T10A562S",
        "1 85 05 78 006 084 91 | <fr_nir> 1 85 05 78 006 084 91",
        "cpf 529.982.247-25 | <br_cpf> 529.982.247-25",
        "11.222.333/0001-81 | <br_cnpj> 11.222.333/0001-81",
        "811218-9876 | <se_personnummer> 811218-9876",
        "S1234567D | <sg_nric> S1234567D",
        "1EG4-TE5-MK73 | <us_mbi> 1EG4-TE5-MK73",
        "tfn 123 456 782 | <au_tfn> 123 456 782",
        "51 824 753 556 | <au_abn> 51 824 753 556",
        "bsn 111222333 | <nl_bsn> 111222333",
        "pesel 44051401359 | <pl_pesel> 44051401359",
        "npi 1234567893 | <us_npi> 1234567893",
        "routing 021000021 | <us_aba> 021000021",
        "a.b+c@mail.example.co.uk. Then | <email> a.b+c@mail.example.co.uk",
        "a%40example.com&x=1 | <email> a%40example.com",
        "a%2540example.com | <email> a%2540example.com",
        "{\\\"m\\\":\\\"a\\u0040example.com\\\"} | <email> a\\u0040example.com",
        "call +49 (0)30 901820 now | <phone> +49 (0)30 901820",
        "(212) 555-0142 | <phone> (212) 555-0142",
        "call 0049 151 10110197 | <phone> 0049 151 10110197",
        "00351-21-123-4567, | <phone> 00351-21-123-4567",
        "001 212 5550142 | <phone> 001 212 5550142",
        "tel 030 901820 | <phone> 030 901820",
        "from 203.0.113.7:4317 | <ipv4> 203.0.113.7",
        "http://203.0.113.7/x | <ipv4> 203.0.113.7",
        "[2001:db8::8a2e:370:7334]:80 | <ipv6> 2001:db8::8a2e:370:7334",
        "3c:22:fb:0a:1b:2c | <mac> 3c:22:fb:0a:1b:2c",
        "latitude=-33.86880 | <geo> -33.86880",
        "born on 12 March 1980. | <birth_date> 12 March 1980",
        "dob March 12, 1980 | <birth_date> March 12, 1980",
        "born May 17th, 1980 | <birth_date> May 17th, 1980",
        "born on the 3rd March 1980 | <birth_date> 3rd March 1980",
        "sk-1234567890abcdefghij | <llm_vendor_key> sk-1234567890abcdefghij",
        "AKIAIOSFODNN7EXAMPLE | <aws_key> AKIAIOSFODNN7EXAMPLE",
        "eyAiYWxnIiA6ICJub25lIn0.eyJhIjoxfQ.abc | <jwt> eyAiYWxnIiA6ICJub25lIn0.eyJhIjoxfQ.abc",
        "ewogImFsZyI6Im5vbmUiCn0.eyJhIjoxfQ. | <jwt> ewogImFsZyI6Im5vbmUiCn0.eyJhIjoxfQ.",
        "postgres://app:s3cr%40et@db.example.com/x | <url_credentials> app:s3cr%40et",
        "redis://:hunter2@cache:6379 | <url_credentials> :hunter2",
        "password: hunter22 | <generic_secret> hunter22",
        "my password is hunter22, | <generic_secret> hunter22",
        "The API key is 8fKq2LmZp0Xw7Ty4aaa. | <generic_secret> 8fKq2LmZp0Xw7Ty4aaa.",
        "Authorization: Bearer 8fKq2LmZp0Xw7Ty4 | <generic_secret> 8fKq2LmZp0Xw7Ty4",
        "\uFF14\uFF11\uFF11\uFF11111111111111 | <card> \uFF14\uFF11\uFF11\uFF11111111111111",
        "4111\u00A01\u200B111 1111\u20091111 | <card> 4111\u00A01\u200B111 1111\u20091111",
      })
  void finds(String text, String hits) {
    assertEquals(hits, String.join(" ", found(text, "")), text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1717171717171717171", // nanoseconds that pass Luhn or not: no issuer has the prefix
        "1800000000000000000",
        "1731999999999",
        "4111 1111 1111 1112",
        "0.4111111111111111",
        "000-12-3456 666-12-3456 912-12-3456 078-05-1120 123-00-4567",
        "200 45 1234",
        "2024-11-21 12:34:56,789",
        "git@github.com:acme/repo.git",
        "ssh://git@github.com/acme/repo.git",
        "@acme/tool@1.2.3",
        "icon@2x.png",
        "Chrome/120.0.6099.109 v1.2.3.4 version 10.20.30.40",
        "127.0.0.1:4317 0.0.0.0 255.255.255.255",
        "std::dead::beef ::1 a::b arn:aws:iam::123456789012:role/x",
        "550e8400-e29b-41d4-a716-446655440000",
        "4bf92f3577b34da6a3ce929d0e0e4736",
        "token_count=123456789012 max_tokens: 4096",
        "cache_key=9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "token: 4bf92f3577b34da6a3ce929d0e0e4736",
        "api_key: ${API_KEY_FROM_VAULT_2}",
        "token: cl100k_base_v2",
        "secret=projects/acme/secrets/db-pass/versions/31",
        "0000 1234 5678 00 12 34 56 78 90 0000000012345678",
        "ewok.example.com eyes.example.com",
        "20-11-21-10-20-30-40-50",
        "sk-learn-model-2 ask-gpt-4o",
        "gpt-4o-mini-2024-07-18 claude-3-5-sonnet-20241022 anthropic.claude-v2:1",
        "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-lite-v1:0",
        "random.dotted.eyJhYmMi",
        "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZI\n-----END PUBLIC KEY-----",
        "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUQ\n-----END CERTIFICATE-----",
        "app-6d4cf56db6-x7k2p node-10-0-12-34.ec2.internal",
        "latency 12.3456 lateral 3.14159",
        "1980-03-12T00:00:00Z",
        "AAAAAQAAAAIAAAADAAAABAAAAAU=",
      })
  void leaves(String text) {
    assertEquals(List.of(), found(text, ""), text);
  }

  @ParameterizedTest
  @CsvSource({
    "user.ssn, 536904399, <us_ssn>",
    "userPhone, 2125550142, <phone>",
    "customer.phone_number, 030901820, <phone>",
    "llm.api_key, 8fKq2LmZp0Xw7Ty4, <generic_secret>",
    "db.password, hunter22, <generic_secret>",
    "aws_secret_access_key, wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY, <aws_secret>",
    "geo.lat, 52.5200, <geo>",
    "birthDate, 1980-03-12, <birth_date>",
  })
  void takesTheKeyForAWordNearby(String key, String text, String token) {
    assertEquals(List.of(token + " " + text), found(text, key));
    assertEquals(List.of(), found(text, "span.note"));
  }

  @ParameterizedTest
  @CsvSource({
    "service.version, 10.20.30.40",
    "dd.trace_id, 4111111111111111",
    "api_key_id, 8fKq2LmZp0Xw7Ty4",
    "token_expires_at, 8fKq2LmZp0Xw7Ty4",
  })
  void leavesWhatTheKeyExplains(String key, String text) {
    assertEquals(List.of(), found(text, key));
  }

  @Test
  void findsPrivateKeysWholeAndCutOff() {
    String key =
        "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIB\nabc/+==\n-----END RSA PRIVATE KEY-----";
    assertEquals(List.of("<private_key> " + key), found("x " + key + " y", ""));
    String escaped = key.replace("\n", "\\n");
    assertEquals(List.of("<private_key> " + escaped), found("\"" + escaped + "\"", ""));
    String cut = key.substring(0, 50);
    assertEquals(List.of("<private_key> " + cut), found("\"" + cut + "\"", ""));
  }

  @Test
  void makesOneHitOfOverlappingOnes() {
    String text = "password2=jane.doe2@example.com";
    assertEquals(List.of("<email> jane.doe2@example.com"), found(text, ""));
    assertEquals(1, found("phone 2125550142@example.com", "").size());
  }

  @Test
  void findsOnlyWhatItWasAskedFor() {
    byte[] text = "jane@example.com 203.0.113.7".getBytes(UTF_8);
    Finder mail = Detectors.of(EnumSet.of(Kind.EMAIL)).finder();
    assertEquals(1, mail.find(text, 0, text.length, 0));
    assertEquals(Kind.EMAIL, mail.kind(0));
    assertEquals(0, Detectors.of(Set.of()).finder().find(text, 0, text.length, 0));
  }

  @Test
  void stopsAtTheFirstHitWhenAskedForAny() {
    byte[] text = "jane@example.com 203.0.113.7".getBytes(UTF_8);
    assertTrue(finder.any(text, 0, text.length, 0));
    assertFalse(finder.any(text, 17, 20, 0));
  }

  @Test
  void looksNowhereOutsideOfItsRange() {
    byte[] text = "ssn 536904399 jane@example.com".getBytes(UTF_8);
    assertEquals(0, finder.find(text, 4, 13, 0));
    assertEquals(1, finder.find(text, 0, 13, 0));
    assertEquals(0, finder.find(text, 14, 21, 0));
  }

  @Test
  void takesAllTheRestBehindTheLastHitThatFits() {
    byte[] text = "a@b.de ".repeat(5000).getBytes(UTF_8);
    assertEquals(4096, finder.find(text, 0, text.length, 0));
    assertEquals(text.length, finder.end(4095));
  }

  @Test
  void tellsCardsAmongWholeNumbers() {
    assertTrue(finder.isCard(4111111111111111L));
    assertTrue(finder.isCard(-4111111111111111L));
    assertFalse(finder.isCard(4111111111111112L));
    assertFalse(finder.isCard(1717171717171717171L));
    assertFalse(finder.isCard(0));
    assertFalse(finder.isCard(Long.MIN_VALUE));
  }

  @Test
  void makesNoGarbage() {
    String json =
        "{\"phone\":\"2125550142\",\"to\":\"jane@example.com\",\"api_key\":\"8fKq2LmZp0Xw7Ty4\"}";
    byte[] plain = json.getBytes(UTF_8);
    byte[] escaped = json.replace("\"", "\\\"").getBytes(UTF_8);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long least = Long.MAX_VALUE;
    for (int round = 0; round < 5; round++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 1000; i++) {
        assertEquals(3, finder.find(plain, 0, plain.length, 0));
        assertEquals(3, finder.find(escaped, 0, escaped.length, 0));
      }
      least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
    }
    assertTrue(least < 1000, "bytes in 2000 calls: " + least);
  }

  private List<String> found(String text, String key) {
    byte[] bytes = text.getBytes(UTF_8);
    byte[] name = key.getBytes(UTF_8);
    int count = finder.find(bytes, 0, bytes.length, Detectors.context(name, 0, name.length));
    List<String> hits = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int length = finder.end(i) - finder.start(i);
      hits.add(finder.kind(i).token() + " " + new String(bytes, finder.start(i), length, UTF_8));
    }
    return hits;
  }
}
