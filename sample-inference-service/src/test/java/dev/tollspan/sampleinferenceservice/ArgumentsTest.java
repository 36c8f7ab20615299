package dev.tollspan.sampleinferenceservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArgumentsTest {
  private static final String ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT";

  @Test
  void nothingSaidMeansTheDefaults() throws Exception {
    assertEquals(Settings.defaults(), parse(Map.of()));
    assertEquals(Settings.defaults(), parse(Map.of(ENDPOINT, " ", "DEPLOY_ENV", "")));
  }

  @Test
  void takesEveryOption() throws Exception {
    Settings settings =
        parse(
            Map.of(ENDPOINT, "http://elsewhere:1"),
            "--host=0.0.0.0",
            "--port",
            "0",
            "--otlp-endpoint",
            "http://127.0.0.1:4317",
            "--traces-file",
            "spans.ndjson",
            "--console",
            "--capture-content",
            "--report-cost",
            "--slots",
            "2",
            "--time-scale=0.5",
            "--seed",
            "-3");

    assertEquals(
        new Settings(
            "0.0.0.0",
            0,
            new Settings.Simulation(2, 0.5, -3L),
            new Settings.Telemetry(
                true,
                Settings.OtlpTarget.grpc(URI.create("http://127.0.0.1:4317")),
                Path.of("spans.ndjson"),
                true,
                true,
                true,
                Map.of())),
        settings);
  }

  @Test
  void readsTheVariablesOfOpenTelemetry() throws Exception {
    Settings.Telemetry telemetry =
        parse(
                Map.of(
                    ENDPOINT,
                    "https://collector:4318/base",
                    "OTEL_EXPORTER_OTLP_PROTOCOL",
                    "http/protobuf",
                    "OTEL_EXPORTER_OTLP_TIMEOUT",
                    "1500",
                    "OTEL_EXPORTER_OTLP_HEADERS",
                    "a=1, b = x%2Cy+z=,,",
                    "DEPLOY_ENV",
                    "staging",
                    "OTEL_RESOURCE_ATTRIBUTES",
                    "service.name=other,team=a%20b",
                    "OTEL_SERVICE_NAME",
                    "mine"))
            .telemetry();

    assertEquals(
        new Settings.OtlpTarget(
            URI.create("https://collector:4318/base/v1/traces"),
            Settings.Protocol.HTTP_PROTOBUF,
            Map.of("a", "1", "b", "x,y+z="),
            Duration.ofMillis(1500),
            false),
        telemetry.otlp());
    assertEquals(
        Map.of("service.name", "mine", "team", "a b", "deployment.environment", "staging"),
        telemetry.resource());
  }

  @Test
  @Tag("G4")
  void theVariablesOfTracesBeatThoseOfAllSignals() throws Exception {
    Map<String, String> environment = new HashMap<>();
    String[] values = {
      "ENDPOINT", "http://all:1/base", "http://traces:2/path",
      "PROTOCOL", "grpc", "http/protobuf",
      "HEADERS", "a=1", "b=2",
      "COMPRESSION", "none", "gzip",
      "TIMEOUT", "1", "2"
    };
    for (int i = 0; i < values.length; i += 3) {
      environment.put("OTEL_EXPORTER_OTLP_" + values[i], values[i + 1]);
    }
    assertEquals(
        new Settings.OtlpTarget(
            URI.create("http://all:1/base"),
            Settings.Protocol.GRPC,
            Map.of("a", "1"),
            Duration.ofMillis(1),
            false),
        parse(environment).telemetry().otlp());
    for (int i = 0; i < values.length; i += 3) {
      environment.put("OTEL_EXPORTER_OTLP_TRACES_" + values[i], values[i + 2]);
    }
    assertEquals(
        new Settings.OtlpTarget(
            URI.create("http://traces:2/path"),
            Settings.Protocol.HTTP_PROTOBUF,
            Map.of("b", "2"),
            Duration.ofMillis(2),
            true),
        parse(environment).telemetry().otlp());
  }

  @Test
  void turnsTracingOffByTheVariable() throws Exception {
    assertFalse(parse(Map.of("OTEL_SDK_DISABLED", "TRUE")).telemetry().enabled());
    assertTrue(parse(Map.of("OTEL_SDK_DISABLED", "1")).telemetry().enabled());
  }

  @Test
  void showsNoHeaderAndNoPasswordOfTheCollector() {
    Settings.OtlpTarget target =
        new Settings.OtlpTarget(
            URI.create("http://me:s3cret@collector:4317"),
            Settings.Protocol.GRPC,
            Map.of("authorization", "s3cret"),
            Duration.ofSeconds(1),
            false);

    assertEquals("OtlpTarget[collector:4317, GRPC, PT1S]", target.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--port",
        "--port=",
        "--port x",
        "--port -1",
        "--port 65536",
        "--slots 0",
        "--time-scale -1",
        "--time-scale NaN",
        "--seed 1.5",
        "--host=",
        "--console=yes",
        "--otlp-endpoint collector:4317",
        "--otlp-endpoint ftp://collector",
        "--otlp-endpoint http://",
        "--otlp-endpoint http://[",
        "--prot 1",
        "8080",
        "-h",
      })
  void refusesWhatItDoesNotUnderstand(String line) {
    assertThrows(UsageException.class, () -> parse(Map.of(), line.split(" ")));
  }

  @ParameterizedTest
  @CsvSource({
    "OTEL_EXPORTER_OTLP_ENDPOINT,s3cret:4317",
    "OTEL_EXPORTER_OTLP_PROTOCOL,s3cret",
    "OTEL_EXPORTER_OTLP_TIMEOUT,s3cret",
    "OTEL_EXPORTER_OTLP_COMPRESSION,s3cret",
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT,s3cret",
    "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT,s3cret",
    "OTEL_EXPORTER_OTLP_TIMEOUT,0",
    "OTEL_EXPORTER_OTLP_HEADERS,s3cret",
    "OTEL_EXPORTER_OTLP_HEADERS,=s3cret",
    "OTEL_EXPORTER_OTLP_HEADERS,a=s3cret%zz",
    "OTEL_RESOURCE_ATTRIBUTES,s3cret"
  })
  void namesABadVariableAndNotItsValue(String name, String value) {
    Map<String, String> environment =
        name.equals(ENDPOINT) ? Map.of(name, value) : Map.of(ENDPOINT, "http://h:1", name, value);

    UsageException refusal = assertThrows(UsageException.class, () -> parse(environment));

    assertTrue(refusal.getMessage().startsWith(name), refusal.getMessage());
    assertFalse(refusal.getMessage().contains("s3cret"));
  }

  private static Settings parse(Map<String, String> environment, String... arguments)
      throws UsageException {
    return Arguments.parse(List.of(arguments), environment).orElseThrow();
  }
}
