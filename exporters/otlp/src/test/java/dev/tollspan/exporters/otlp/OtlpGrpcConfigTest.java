package dev.tollspan.exporters.otlp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OtlpGrpcConfigTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  @ParameterizedTest
  @CsvSource({
    "http://tempo:4317, false, tempo:4317, true",
    "http://tempo:4317/, true, tempo:4317, true",
    "https://tempo:443, true, tempo:443, false",
    "https://tempo, false, tempo:4317, false",
    "tempo:4317, false, tempo:4317, false",
    "tempo:4317, true, tempo:4317, true",
    "tempo, true, tempo:4317, true",
    "127.0.0.1:1, true, 127.0.0.1:1, true",
    "'[::1]:4318', false, '[::1]:4318', false",
    "http://[::1], false, '[::1]:4317', true",
  })
  void letsTheSchemeDecideOverInsecure(
      String text, boolean insecure, String authority, boolean plaintext) {
    OtlpGrpcConfig config =
        new OtlpGrpcConfig(
            OtlpGrpcConfig.endpoint(text),
            Compression.NONE,
            Map.of(),
            new Tls(insecure, null, null, null),
            SECOND);
    assertEquals(authority, config.authority());
    assertEquals(plaintext, config.plaintext());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "ftp://tempo:4317",
        "unix:///tmp/canary",
        "http://",
        "http://user:canary@tempo:4317",
        "http://tempo:4317/canary",
        "http://tempo:4317?canary",
        "http://tempo:4317#canary",
        "tempo:70000",
        "tempo:0",
        "tempo:canary",
        "tem po:4317",
      })
  void refusesWhatIsNoEndpointWithoutRepeatingIt(String text) {
    IllegalArgumentException error =
        assertThrows(IllegalArgumentException.class, () -> OtlpGrpcConfig.endpoint(text));
    assertTrue(error.getMessage().startsWith("endpoint must "));
    assertFalse(error.getMessage().contains("canary"));
  }

  @Test
  void keepsHeaderNamesInLowerCase() {
    assertEquals(
        Map.of("x-scope-orgid", "team-a"), with(Map.of("X-Scope-OrgID", "team-a")).headers());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "with space",
        "colon:",
        ":path",
        "grpc-timeout",
        "key-bin",
        "te",
        "user-agent",
        "\u00e4"
      })
  void refusesHeaderNamesThatAreNotForUsers(String name) {
    assertThrows(IllegalArgumentException.class, () -> with(Map.of(name, "v")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"canary\n", "canary\u00e4", "canary\u0000"})
  void refusesHeaderValuesThatCannotBeSentWithoutRepeatingThem(String value) {
    IllegalArgumentException error =
        assertThrows(IllegalArgumentException.class, () -> with(Map.of("x-token", value)));
    assertEquals(
        "headers: the value of x-token must be at most 8192 printable ASCII", error.getMessage());
  }

  @Test
  void refusesAHeaderThatIsThereTwice() {
    assertThrows(IllegalArgumentException.class, () -> with(Map.of("X-A", "1", "x-a", "2")));
  }

  @Test
  void neverPrintsTheValuesOfHeaders() {
    String text = with(Map.of("authorization", "Bearer canary")).toString();
    assertTrue(text.contains("headers={authorization=***}"), text);
    assertFalse(text.contains("canary"), text);
  }

  @Test
  void boundsTheTimeout() {
    OtlpGrpcConfig good = OtlpGrpcConfig.defaults(OtlpGrpcConfig.endpoint("tempo:4317"));
    assertEquals(Duration.ofSeconds(5), good.timeout());
    for (Duration timeout : new Duration[] {Duration.ZERO, Duration.ofHours(2)}) {
      assertThrows(
          IllegalArgumentException.class,
          () ->
              new OtlpGrpcConfig(good.endpoint(), Compression.NONE, Map.of(), good.tls(), timeout));
    }
  }

  @Test
  void wantsCertificateAndKeyTogether() {
    assertThrows(
        IllegalArgumentException.class, () -> new Tls(false, null, Path.of("cert.pem"), null));
    assertThrows(
        IllegalArgumentException.class, () -> new Tls(false, null, null, Path.of("key.pem")));
  }

  private static OtlpGrpcConfig with(Map<String, String> headers) {
    return new OtlpGrpcConfig(
        OtlpGrpcConfig.endpoint("tempo:4317"), Compression.NONE, headers, Tls.platform(), SECOND);
  }
}
