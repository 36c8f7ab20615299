package dev.tollspan.pipelineconfig;

import static dev.tollspan.pipelineconfig.Configs.SMALL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.exporters.otlp.Auth;
import dev.tollspan.exporters.otlp.Compression;
import dev.tollspan.exporters.otlp.OtlpConfig;
import dev.tollspan.exporters.otlp.OtlpConfig.Calls;
import dev.tollspan.exporters.otlp.Protocol;
import dev.tollspan.exporters.otlp.Tls;
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

/** The keys of otlp_grpc and otlp_http, and the variables that stand in for them. */
class ForwardReaderTest {
  @Test
  @Tag("E13")
  void everyKeyOfHttpCanBeSet() {
    ExporterSettings.Otlp otlp =
        exporter(
            """
            otlp_http/x:
                endpoint: https://nowhere.example
                traces_endpoint: https://tempo.example/otlp?a=b
                encoding: proto
                compression: zstd
                headers: {X-Scope-OrgID: team}
                auth: {authenticator: bearertokenauth/t}
                tls:
                  ca_file: ca.pem
                  cert_file: c.pem
                  key_file: k.pem
                  server_name_override: tempo
                  min_version: "1.3"
                  reload_interval: 10s
                timeout: 7s
                sending_queue: {num_consumers: 3}
                retry_on_failure: {multiplier: 2, randomization_factor: 0}
            """,
            Map.of());
    assertEquals(
        new OtlpConfig(
            Protocol.HTTP,
            OtlpConfig.tracesEndpoint("https://tempo.example/otlp?a=b"),
            Compression.ZSTD,
            Map.of("x-scope-orgid", "team"),
            new Auth.FromFile("authorization", "Bearer ", Path.of("token")),
            new Tls(
                false,
                false,
                Path.of("ca.pem"),
                Path.of("c.pem"),
                Path.of("k.pem"),
                "tempo",
                Tls.Version.TLS_1_3,
                Duration.ofSeconds(10)),
            new Calls(Duration.ofSeconds(7), 3, false)),
        otlp.config());
    assertEquals("bearertokenauth/t", otlp.authenticator());
    assertEquals(2, otlp.retryOnFailure().multiplier());
    assertEquals(0, otlp.retryOnFailure().randomizationFactor());
  }

  @ParameterizedTest
  @Tag("E13")
  @CsvSource({
    "otlp_grpc, 'a:1', GRPC, //a:1, false",
    "otlp, 'http://a', GRPC, http://a:4317, true",
    "otlp_grpc, 'https://a:1', GRPC, https://a:1, false",
    "otlp_http, 'http://a:4318/', HTTP, http://a:4318/v1/traces, true",
    "otlphttp, 'https://a', HTTP, https://a/v1/traces, false",
  })
  void theTypeSaysTheProtocolAndTheSchemeWhetherThereIsTls(
      String type, String endpoint, Protocol protocol, String sentTo, boolean plaintext) {
    for (boolean insecure : new boolean[] {true, false}) {
      OtlpConfig config =
          exporter(
                  "%s: {endpoint: '%s', tls: {insecure: %s}}".formatted(type, endpoint, insecure),
                  Map.of())
              .config();
      assertEquals(protocol, config.protocol());
      assertEquals(sentTo, config.endpoint().toString());
      boolean decides = config.endpoint().getScheme() == null;
      assertEquals(decides ? insecure : plaintext, config.plaintext());
    }
  }

  @Test
  @Tag("E13")
  void variablesStandInForKeysThatAreLeftOut() {
    Map<String, String> environment = new HashMap<>();
    environment.put("OTEL_EXPORTER_OTLP_ENDPOINT", "http://general:4318/base/");
    environment.put("OTEL_EXPORTER_OTLP_HEADERS", "x-a=1%2C2+3, x-b=c=d,");
    environment.put("OTEL_EXPORTER_OTLP_COMPRESSION", "none");
    environment.put("OTEL_EXPORTER_OTLP_TIMEOUT", "1500");
    environment.put("OTEL_EXPORTER_OTLP_CERTIFICATE", "ca.pem");
    environment.put("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", "c.pem");
    environment.put("OTEL_EXPORTER_OTLP_CLIENT_KEY", "k.pem");
    OtlpConfig config = exporter("otlp_http:", environment).config();
    assertEquals("http://general:4318/base/v1/traces", config.endpoint().toString());
    assertEquals(Map.of("x-a", "1,2+3", "x-b", "c=d"), config.headers());
    assertEquals(Compression.NONE, config.compression());
    assertEquals(Duration.ofMillis(1500), config.calls().timeout());
    assertEquals(Path.of("ca.pem"), config.tls().caFile());
    assertEquals(Path.of("c.pem"), config.tls().certFile());
    assertEquals(Path.of("k.pem"), config.tls().keyFile());

    environment.put("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://traces:4318");
    environment.put("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "x-c=1");
    environment.put("OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", "gzip");
    environment.put("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "");
    environment.put("OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE", "ca2.pem");
    config = exporter("otlp_http:", environment).config();
    assertEquals("http://traces:4318/", config.endpoint().toString());
    assertEquals(Map.of("x-c", "1"), config.headers());
    assertEquals(Compression.GZIP, config.compression());
    assertEquals(Duration.ofMillis(1500), config.calls().timeout());
    assertEquals(Path.of("ca2.pem"), config.tls().caFile());
  }

  @Test
  @Tag("E13")
  void theFileBeatsVariables() {
    Map<String, String> environment = new HashMap<>();
    for (String form : List.of("", "TRACES_")) {
      String name = "OTEL_EXPORTER_OTLP_" + form;
      environment.put(name + "ENDPOINT", "http://wrong:1");
      environment.put(name + "HEADERS", "x-wrong=1");
      environment.put(name + "COMPRESSION", "wrong");
      environment.put(name + "TIMEOUT", "wrong");
      environment.put(name + "CERTIFICATE", "wrong");
      environment.put(name + "CLIENT_CERTIFICATE", "wrong");
      environment.put(name + "CLIENT_KEY", "wrong");
      environment.put(name + "INSECURE", "true");
    }
    String file =
        "{endpoint: 'https://a:1', headers: {}, compression: zstd, timeout: 2s,"
            + " tls: {insecure: false, ca_file: ca, cert_file: c, key_file: k}}";
    for (String type : List.of("otlp_grpc", "otlp_http")) {
      OtlpConfig config = exporter(type + ": " + file, environment).config();
      assertEquals("a:1", config.endpoint().getAuthority());
      assertEquals(Map.of(), config.headers());
      assertEquals(Compression.ZSTD, config.compression());
      assertEquals(Duration.ofSeconds(2), config.calls().timeout());
      assertFalse(config.tls().insecure());
      assertEquals(Path.of("ca"), config.tls().caFile());
      assertEquals(Path.of("c"), config.tls().certFile());
      assertEquals(Path.of("k"), config.tls().keyFile());
    }
  }

  @Test
  @Tag("E13")
  void insecureIsOfGrpcWithoutASchemeAlone() {
    Map<String, String> environment = Map.of("OTEL_EXPORTER_OTLP_INSECURE", "TRUE");
    assertTrue(exporter("otlp_grpc: {endpoint: 'a:1'}", environment).config().plaintext());
    assertFalse(exporter("otlp_grpc: {endpoint: 'https://a:1'}", environment).config().plaintext());
    assertFalse(exporter("otlp_http: {endpoint: 'https://a:1'}", environment).config().plaintext());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ENDPOINT|ftp://canary|endpoint: the variable OTEL_EXPORTER_OTLP_ENDPOINT: endpoint must",
        "TRACES_TIMEOUT|canary|timeout: the variable OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: expected",
        "COMPRESSION|canary|compression: the variable OTEL_EXPORTER_OTLP_COMPRESSION: expected",
        "HEADERS|canary|headers: the variable OTEL_EXPORTER_OTLP_HEADERS: expected name=value",
        "HEADERS|a=%zz|headers: the variable OTEL_EXPORTER_OTLP_HEADERS: ",
        "HEADERS|a=canary%0a|headers: the value of a must be at most 8192 printable ASCII",
      })
  void tellsWhichVariableIsWrongWithoutItsValue(String name, String text, String told) {
    Map<String, String> environment = new HashMap<>();
    environment.put("OTEL_EXPORTER_OTLP_ENDPOINT", "http://a:1");
    environment.put("OTEL_EXPORTER_OTLP_" + name, text);
    Reading reading = Configs.read(with("otlp_http:"), environment);
    List<String> problems =
        Configs.shown(assertInstanceOf(Reading.Invalid.class, reading).problems());
    assertEquals(1, problems.size(), problems::toString);
    assertTrue(
        problems.getFirst().startsWith("t.yaml:8:3: exporters.otlp_http." + told),
        problems::getFirst);
    assertFalse(problems.getFirst().contains("canary"));
  }

  @Test
  void secretsOfVariablesAndAuthAreMasked() {
    PipelineConfig config =
        Configs.valid(
            with("otlp_http: {endpoint: 'http://a:1', auth: {authenticator: basicauth}}")
                .replace(
                    "extensions:\n  bearertokenauth/t: {filename: token}\n",
                    "extensions:\n  bearertokenauth: {token: '${env:T}'}\n  basicauth:"
                        + " {client_auth:"
                        + " {username: me, password: '${env:T}'}}\n"),
            Map.of("OTEL_EXPORTER_OTLP_HEADERS", "authorization=canary", "T", "canary-t"));
    assertFalse(config.toYaml(false).contains("canary"), () -> config.toYaml(false));
    assertFalse(config.toString().contains("canary"), config::toString);
    assertTrue(config.toYaml(true).contains("authorization: canary\n"));
    assertTrue(config.toYaml(true).contains("password: canary-t\n"));
    assertTrue(config.toYaml(true).contains("token: canary-t\n"));
    assertEquals(config, Configs.valid(config.toYaml(true)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "otlp_grpc|balancer_name: round_robin|balancer_name",
        "otlp_grpc|keepalive: {time: 10s}|keepalive",
        "otlp_grpc|wait_for_ready: true|wait_for_ready",
        "otlp_grpc|write_buffer_size: 1|write_buffer_size",
        "otlp_http|max_idle_conns: 1|max_idle_conns",
        "otlp_http|compression_params: {level: 3}|compression_params",
        "otlp_http|cookies: {enabled: true}|cookies",
        "otlp_http|tls: {cipher_suites: [a]}|tls.cipher_suites",
        "otlp_http|tls: {max_version: '1.3'}|tls.max_version",
        "otlp_http|sending_queue: {enabled: false}|sending_queue.enabled",
        "otlp_http|sending_queue: {queue_size: 7}|sending_queue.queue_size",
        "otlp_grpc|sending_queue: {batch: {min_size: 7}}|sending_queue.batch",
      })
  void keysOfTheCollectorWithoutEffectWarnByName(String type, String given, String key) {
    List<String> warnings =
        Configs.warnings(with(type + ": {endpoint: 'http://a:1', " + given + "}"), Map.of());
    assertEquals(1, warnings.size(), warnings::toString);
    assertTrue(
        warnings
            .getFirst()
            .matches("t.yaml:8:[0-9]+: exporters." + type + "." + key + ": has no effect.*"),
        warnings::getFirst);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "endpoint: 'http://a:1/v1/traces'|true",
        "endpoint: 'http://a:1/x/v1/traces/'|true",
        "endpoint: 'http://a:1/x'|false",
        "traces_endpoint: 'http://a:1/v1/traces'|false",
        "traces_endpoint: 'http://a:1/v1/traces/v1/traces'|false",
      })
  void saysThatThePathOfTracesIsThereTwice(String given, boolean told) {
    List<String> warnings = Configs.warnings(with("otlp_http: {" + given + "}"), Map.of());
    assertEquals(told ? 1 : 0, warnings.size(), warnings::toString);
    if (told) {
      String start = "t.yaml:8:15: exporters.otlp_http.endpoint: /v1/traces is appended to it, and";
      assertTrue(warnings.getFirst().startsWith(start), warnings::getFirst);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "otlp_http|proxy_url: 'http://p'|proxy_url: is not in this version",
        "otlp_http|tls: {ca_pem: x}|tls.ca_pem: is not in this version",
        "otlp_grpc|tls: {key_pem: x}|tls.key_pem: is not in this version",
        "otlp_http|encoding: json|encoding: this is not in this version",
        "otlp_http|compression: snappy|compression: not a word for this key",
        "otlp_http|sending_queue: {num_consumers: 0}|sending_queue.num_consumers: expected",
        "otlp_http|sending_queue: {consumers: 1}|sending_queue.consumers: unknown key",
        "otlp_http|retry_on_failure: {multiplier: 0.5}|retry_on_failure.multiplier: must be 1",
        "otlp_http|retry_on_failure: {multiplier: x}|retry_on_failure.multiplier: expected a",
        "otlp_http|retry_on_failure: {randomization_factor: 2}|retry_on_failure.randomization_fac",
        "otlp_http|retry_on_failure: {retry_resource_exhausted: true}|retry_on_failure.retry_reso",
        "otlp_grpc|traces_endpoint: 'http://a'|traces_endpoint: unknown key",
        "otlp_http|tls: {min_version: '1.1'}|tls.min_version: not a word for this key",
        "otlp_http|tls: {reload_interval: 1ms}|tls.reload_interval: must be 0 (never)",
        "otlp_http|auth: {authenticator: nobody}|auth.authenticator: not defined below extensions",
        "otlp_http|auth: {authenticator: health_check}|auth.authenticator: expected a bearerto",
        "otlp_http|headers: {Content-Length: '1'}|headers: a name must be",
      })
  void tellsWhatCannotBe(String type, String given, String told) {
    List<String> problems =
        Configs.problems(with(type + ": {endpoint: 'http://a:1', " + given + "}"));
    assertEquals(1, problems.size(), problems::toString);
    assertTrue(
        problems.getFirst().contains(": exporters." + type + "." + told), problems::getFirst);
  }

  @Test
  void anEndpointIsNeeded() {
    assertEquals(
        List.of(
            "t.yaml:8:3: exporters.otlp_http.endpoint: missing: where the spans are sent, as"
                + " http://host:4318"),
        Configs.problems(with("otlp_http:")));
  }

  @Test
  void warnsOfWhatIsUnsafe() {
    String text =
        with(
            "otlp_grpc: {endpoint: 'http://a:1', auth: {authenticator: bearertokenauth/t},"
                + " tls: {insecure_skip_verify: true}}");
    assertEquals(
        List.of(
            "t.yaml:8:39: exporters.otlp_grpc.auth: the credentials go over the network without"
                + " TLS",
            "t.yaml:8:87: exporters.otlp_grpc.tls.insecure_skip_verify: whoever answers is"
                + " trusted: spans may go to anybody"),
        Configs.warnings(text, Map.of()));
    assertEquals(
        1, Configs.warnings(text.replace("http://a", "http://127.0.0.1"), Map.of()).size());
  }

  @ParameterizedTest
  @ValueSource(strings = {"bearertokenauth: {}", "basicauth: {}", "basicauth: {client_auth: {}}"})
  void anAuthenticatorNeedsSomethingToSay(String extension) {
    List<String> problems =
        Configs.problems(
            SMALL.replace("extensions:\n  h", "extensions:\n  " + extension + "\n  h"));
    assertEquals(1, problems.size(), problems::toString);
  }

  private static ExporterSettings.Otlp exporter(String exporter, Map<String, String> environment) {
    PipelineConfig config = Configs.valid(with(exporter), environment);
    assertEquals(config, Configs.valid(config.toYaml(true)), "it is not printed as it was read");
    return assertInstanceOf(
        ExporterSettings.Otlp.class, config.exporters().values().iterator().next());
  }

  private static String with(String exporter) {
    return SMALL
        .replace("  ndjson:", "  " + exporter.strip() + "\n  ndjson:")
        .replace(
            "extensions:\n  health",
            "extensions:\n  bearertokenauth/t: {filename: token}\n  health");
  }
}
