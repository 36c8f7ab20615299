package dev.tollspan.detectors;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Texts that were made to hurt: they cost a little more for each byte, and never more than that.
 */
class HostileTest {
  private static final int BYTES = 1 << 18;

  /** 4 microseconds for each byte, for slow machines; what is quadratic takes minutes. */
  private static final Duration MAX = Duration.ofSeconds(1);

  private static final String SIGNS = "0123456789 -.:/@%\\u+=eyJskaA";

  private final Finder finder = Detectors.all().finder();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1",
        "1 ",
        "1-",
        "1.",
        "1/",
        "12 34 ",
        "4111 ",
        "123456782 ",
        "046454286-",
        "0.1234 ",
        "a",
        "a ",
        "a-",
        "a.",
        "a@",
        "a@a.",
        "@",
        "a.co@",
        "ssn ",
        "ssn 1 ",
        "phone1 ",
        "A",
        "aA",
        "sk-",
        "sk-a",
        "sk-ant-",
        "eyJ",
        "eyJ.",
        "eyJhIjoi.",
        "eyJ-",
        "xoxb-",
        "glpat-a",
        "AKIA",
        "GB82",
        "-",
        "--",
        "-----BEGIN ",
        "-----BEGIN PRIVATE KEY",
        "-----BEGIN PRIVATE KEY-----",
        "MII",
        ":",
        "::",
        "a:",
        "a:a",
        "://",
        "://a:",
        "://a:a@",
        "ab:cd:",
        "2001:",
        "2001::",
        "00:11:",
        "=",
        "a=",
        "token=",
        "token=a1",
        "password: ",
        "password=a1b2c3d4",
        "secret>",
        "<secret>",
        "%",
        "%25",
        "%2525",
        "%40",
        "\\",
        "\\\\u",
        "\\u0031",
        "%5C",
        "\u200b",
        "\uff11",
        "\u00e9",
        "1\u200b",
        "~",
        "Q~",
        "1Q~",
        "abc1Q~",
        "+",
        "+1",
        "+1 ",
        "(",
        "(212",
        "(212) ",
        "Bearer ",
        "Bearer a1",
        "AB 12 ",
        "RSSMRA",
        "born 1 ",
        "May 1 ",
        "1 May ",
        "lat 1.2345 ",
        "hooks.slack.com/services/",
      })
  void takeTimeInProportionToTheirLength(String piece) {
    byte[] text = piece.repeat(BYTES / piece.length() + 1).getBytes(UTF_8);
    assertTimeout(MAX, () -> finder.find(text, 0, text.length, 0), piece);
    assertTimeout(MAX, () -> finder.find(text, 0, text.length, -1), piece);
  }

  @Test
  void doNoHarmWhereTheyAreNotUtf8() {
    SplittableRandom random = new SplittableRandom(1);
    byte[] text = new byte[64];
    for (int i = 0; i < 100_000; i++) {
      int length = random.nextInt(text.length + 1);
      random.nextBytes(text);
      for (int p = 0; p < length; p++) {
        text[p] =
            random.nextInt(3) > 0 ? (byte) SIGNS.charAt(random.nextInt(SIGNS.length())) : text[p];
      }
      int hits = finder.find(text, 0, length, random.nextLong());
      int end = 0;
      for (int hit = 0; hit < hits; hit++) {
        assertTrue(
            finder.start(hit) >= end && finder.end(hit) > finder.start(hit),
            () -> Arrays.toString(text));
        end = finder.end(hit);
      }
      assertTrue(end <= length);
    }
  }
}
