package dev.tollspan.exporters.otlp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.exporters.otlp.OtlpConfig.Calls;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OtlpConfigTest {
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
    OtlpConfig config =
        Given.with(
            OtlpConfig.defaults(Protocol.GRPC, OtlpConfig.grpcEndpoint(text)),
            insecure ? Tls.none() : Tls.platform());
    assertEquals(authority, config.endpoint().getAuthority());
    assertEquals(plaintext, config.plaintext());
  }

  /** The examples of the exporter specification, and what stands between their lines. */
  @ParameterizedTest
  @Tag("F2")
  @CsvSource({
    "http://collector:4318, http://collector:4318/v1/traces, http://collector:4318/",
    "https://collector.example.com/v1/t, https://collector.example.com/v1/t/v1/traces,"
        + " https://collector.example.com/v1/t",
    "http://collector:4318/my/, http://collector:4318/my/v1/traces, http://collector:4318/my/",
    "https://[::1], https://[::1]/v1/traces, https://[::1]/",
    "http://a/%20, http://a/%20/v1/traces, http://a/%20",
  })
  void appendsThePathToABaseAloneAndUsesAnAddressOfTracesAsItIs(
      String text, String based, String asItIs) {
    assertEquals(based, OtlpConfig.httpEndpoint(text).toString());
    assertEquals(asItIs, OtlpConfig.tracesEndpoint(text).toString());
  }

  @Test
  void showsWhereItGoesWithoutWhatMayBeSecret() {
    URI http = OtlpConfig.tracesEndpoint("https://h:1/a%20b/c?key=canary");
    assertEquals("https://h:1/a%20b/c", OtlpConfig.defaults(Protocol.HTTP, http).destination());
    URI base = OtlpConfig.httpEndpoint("http://h:4318/x");
    assertEquals(
        "http://h:4318/x/v1/traces", OtlpConfig.defaults(Protocol.HTTP, base).destination());
    URI grpc = OtlpConfig.grpcEndpoint("https://h");
    assertEquals("h:4317", OtlpConfig.defaults(Protocol.GRPC, grpc).destination());
  }

  @Test
  @Tag("F2")
  void takesThePortOfTheSchemeWhereThereIsNone() {
    assertEquals(80, OtlpConfig.defaults(Protocol.HTTP, URI.create("http://a")).port());
    assertEquals(443, OtlpConfig.defaults(Protocol.HTTP, URI.create("https://a")).port());
    assertEquals(4318, OtlpConfig.defaults(Protocol.HTTP, URI.create("https://a:4318")).port());
  }

  @Test
  @Tag("F2")
  void keepsAQueryOfAnAddressOfTracesAlone() {
    assertEquals("https://a/?b=c", OtlpConfig.tracesEndpoint("https://a?b=c").toString());
    assertThrows(IllegalArgumentException.class, () -> OtlpConfig.httpEndpoint("https://a?b=c"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "tempo:4318",
        "//tempo:4318",
        "ftp://tempo:4318",
        "http://",
        "http://user:canary@tempo:4318",
        "http://tempo:4318#canary",
        "http://tempo:70000",
        "http://tem po/canary",
      })
  void refusesWhatIsNoHttpEndpointWithoutRepeatingIt(String text) {
    for (Function<String, URI> reader :
        List.<Function<String, URI>>of(OtlpConfig::httpEndpoint, OtlpConfig::tracesEndpoint)) {
      IllegalArgumentException error =
          assertThrows(IllegalArgumentException.class, () -> reader.apply(text));
      assertTrue(error.getMessage().startsWith("endpoint must "));
      assertFalse(error.getMessage().contains("canary"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"content-length", "Transfer-Encoding", "expect", "host", "connection"})
  void refusesHeadersThatFrameARequest(String name) {
    assertThrows(
        IllegalArgumentException.class,
        () -> Given.with(Given.http(4318), Map.of(name, "1"), Auth.none()));
    assertThrows(
        IllegalArgumentException.class,
        () -> Given.with(Given.http(4318), Map.of(), new Auth.Fixed(name, "1")));
  }

  @Test
  void neverPrintsWhatAuthHides() {
    OtlpConfig config =
        Given.with(Given.http(4318), Map.of(), Auth.basic("canary-user", "canary-password"));
    assertFalse(config.toString().contains("canary"), config::toString);
    assertFalse(config.toString().contains("Y2FuYXJ5"), config::toString);
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
        assertThrows(IllegalArgumentException.class, () -> OtlpConfig.grpcEndpoint(text));
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
        "host",
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
  void boundsCalls() {
    OtlpConfig grpc = OtlpConfig.defaults(Protocol.GRPC, OtlpConfig.grpcEndpoint("tempo:4317"));
    assertEquals(new Calls(Duration.ofSeconds(5), 10, false), grpc.calls());
    OtlpConfig http = OtlpConfig.defaults(Protocol.HTTP, OtlpConfig.httpEndpoint("http://tempo"));
    assertEquals(new Calls(Duration.ofSeconds(30), 10, false), http.calls());
    for (Duration timeout : new Duration[] {Duration.ZERO, Duration.ofHours(2)}) {
      assertThrows(IllegalArgumentException.class, () -> new Calls(timeout, 1, false));
    }
    for (int inFlight : new int[] {0, 101}) {
      assertThrows(IllegalArgumentException.class, () -> new Calls(SECOND, inFlight, false));
    }
  }

  @Test
  void boundsTls() {
    Path file = Path.of("a.pem");
    assertThrows(IllegalArgumentException.class, () -> tls(file, null, "a", Duration.ZERO));
    assertThrows(IllegalArgumentException.class, () -> tls(null, file, "a", Duration.ZERO));
    assertThrows(IllegalArgumentException.class, () -> tls(file, file, "a b", Duration.ZERO));
    assertThrows(IllegalArgumentException.class, () -> tls(file, file, "", Duration.ofMillis(9)));
    assertEquals(file, tls(file, file, "tempo.example", SECOND).certFile());
  }

  private static Tls tls(@Nullable Path cert, @Nullable Path key, String name, Duration reload) {
    return new Tls(false, false, null, cert, key, name, Tls.Version.TLS_1_3, reload);
  }

  private static OtlpConfig with(Map<String, String> headers) {
    return Given.with(Given.config(4317), headers, Auth.none());
  }
}
