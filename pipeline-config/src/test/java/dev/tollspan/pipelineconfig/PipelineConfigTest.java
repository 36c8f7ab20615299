package dev.tollspan.pipelineconfig;

import static dev.tollspan.pipelineconfig.Configs.SMALL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.exporters.ndjson.Dialect;
import dev.tollspan.exporters.ndjson.NdjsonConfig;
import dev.tollspan.exporters.otlp.Auth;
import dev.tollspan.exporters.otlp.Compression;
import dev.tollspan.exporters.otlp.OtlpConfig;
import dev.tollspan.exporters.otlp.OtlpConfig.Calls;
import dev.tollspan.exporters.otlp.Protocol;
import dev.tollspan.exporters.otlp.Tls;
import dev.tollspan.exporters.parquet.ParquetConfig;
import dev.tollspan.pipelineconfig.ExporterSettings.Ndjson;
import dev.tollspan.pipelineconfig.ExporterSettings.Parquet;
import dev.tollspan.pipelineconfig.ExporterSettings.Prometheus;
import dev.tollspan.pipelineconfig.ExporterSettings.Retry;
import dev.tollspan.pipelineconfig.ExtensionSettings.HealthCheck;
import dev.tollspan.pipelineconfig.ExtensionSettings.Journal;
import dev.tollspan.pipelineconfig.ProcessorSettings.DropContent;
import dev.tollspan.pipelineconfig.ProcessorSettings.EstimateCost;
import dev.tollspan.pipelineconfig.ReceiverSettings.Grpc;
import dev.tollspan.pipelineconfig.ReceiverSettings.Http;
import dev.tollspan.pipelineconfig.ReceiverSettings.Otlp;
import dev.tollspan.pipelineconfig.ServiceSettings.Traces;
import dev.tollspan.processors.content.DropContentConfig;
import dev.tollspan.processors.content.HashKeySource;
import dev.tollspan.processors.content.Profile;
import dev.tollspan.processors.cost.EstimateCostConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class PipelineConfigTest {
  private static final Path ROOT = Path.of(System.getProperty("tollspan.root"));
  private static final long MIB = 1L << 20;

  /** Each key with a value that is not its default. */
  private static final String EVERYTHING =
      """
      receivers:
        otlp/in:
          protocols:
            grpc: {endpoint: "[::1]:14317", max_recv_msg_size_mib: 16, max_connections: 500}
            http: {endpoint: "localhost:14318", max_request_body_size: 1MiB}
      processors:
        estimate_cost/a: {prices: [tutorial, ./my-prices.json], default_price: true}
        drop_content/b:
          profile: balanced
          allow: [team.name, '/team\\.[a-z]+/']
          deny: [team.secret]
          hash: [team.member]
          hash_key_file: /run/secrets/ids
          hash_key_id: k2
          hash_key_previous_env: OLD_KEY
      exporters:
        ndjson/c:
          path: /tmp/n
          dialect: flat
          rotate: {max_age: 5s, max_size: 2MiB}
          retention: 7d
        parquet/d:
          path: /tmp/p
          rotate: {max_age: 1h, max_size: 1GiB, max_rows: 10}
          retention: 1h30m
        otlp_grpc/e:
          endpoint: tempo.example:443
          compression: none
          headers: {Authorization: "Bearer ${env:TOKEN}"}
          tls:
            insecure: false
            insecure_skip_verify: true
            ca_file: ca.pem
            cert_file: c.pem
            key_file: k.pem
            server_name_override: tempo
            min_version: "1.3"
            reload_interval: 1h
          timeout: 7s
          sending_queue: {num_consumers: 3}
          retry_on_failure:
            retry_resource_exhausted: true
            multiplier: 2
            randomization_factor: 0.25
            enabled: false
            initial_interval: 2s
            max_interval: 3s
            max_elapsed_time: 4m
        prometheus: {endpoint: "localhost:18889"}
      extensions:
        health_check/f: {endpoint: "localhost:23133"}
        journal/g: {directory: /tmp/j, durability: interval, max_size: 1GiB}
      service:
        extensions: [health_check/f]
        telemetry:
          logs: {level: debug, encoding: json}
          metrics: {level: basic, address: "localhost:18888", readers: [{}]}
        pipelines:
          traces/all:
            receivers: [otlp/in]
            processors: [estimate_cost/a, drop_content/b]
            exporters: [ndjson/c, parquet/d, otlp_grpc/e]
      """;

  @Test
  void theContractReadsAsItStandsThere() throws IOException {
    PipelineConfig config = Configs.valid(contract());
    assertEquals(
        Map.of(
            "otlp",
            new Otlp(
                new Grpc(new Endpoint("127.0.0.1", 4317), 64, 1_000),
                new Http(new Endpoint("127.0.0.1", 4318), 64 * MIB))),
        config.receivers());
    assertEquals(
        Map.of(
            "estimate_cost", new EstimateCost(EstimateCostConfig.defaults()),
            "drop_content", new DropContent(DropContentConfig.defaults())),
        config.processors());
    assertEquals(
        Map.of(
            "ndjson",
            new Ndjson(NdjsonConfig.defaults(Path.of("./tollspan-data/ndjson")), Duration.ZERO),
            "parquet",
            new Parquet(
                new ParquetConfig(
                    Path.of("./tollspan-data/lake"), Duration.ofSeconds(60), 128 * MIB, 1_000_000),
                Duration.ZERO),
            "otlp_grpc/tempo",
            new ExporterSettings.Otlp(
                new OtlpConfig(
                    Protocol.GRPC,
                    URI.create("http://127.0.0.1:14317"),
                    Compression.GZIP,
                    Map.of("x-scope-orgid", "demo"),
                    Auth.none(),
                    Tls.none(),
                    new Calls(Duration.ofSeconds(5), 10, false)),
                null,
                new Retry(
                    true, Duration.ofSeconds(1), Duration.ofSeconds(30), 1.5, 0.5, Duration.ZERO)),
            "prometheus",
            new Prometheus(new Endpoint("127.0.0.1", 8889))),
        config.exporters());
    assertEquals(
        Map.of(
            "health_check", new HealthCheck(new Endpoint("127.0.0.1", 13133)),
            "journal", new Journal(Path.of("./tollspan-data/journal"), "fsync", 4096 * MIB)),
        config.extensions());
    assertEquals(
        new ServiceSettings(
            List.of("health_check", "journal"),
            Map.of(
                "traces",
                new Traces(
                    List.of("otlp"),
                    List.of("estimate_cost", "drop_content"),
                    List.of("ndjson", "parquet", "otlp_grpc/tempo", "prometheus")))),
        config.service());
  }

  @Test
  void theContractWarnsOnceOfEachPartThatHasNoEffectYet() throws IOException {
    assertEquals(
        List.of(
            "t.yaml:9:7: receivers.otlp.protocols.http:"
                + " OTLP over HTTP is not in this version: nothing listens here",
            "t.yaml:33:3: exporters.prometheus:"
                + " the prometheus exporter is not in this version: no metrics are served",
            "t.yaml:38:3: extensions.journal: the journal is not in this version:"
                + " what is not delivered yet waits in memory and is lost when the process dies",
            "t.yaml:45:3: service.telemetry: is not in this version:"
                + " no own metrics are served, and logs stay as they are"),
        Configs.warnings(contract(), Map.of()));
  }

  @Test
  void theContractIsTheExampleAtTheRoot() throws IOException {
    assertEquals(Files.readString(ROOT.resolve("examples/pipeline.yaml")), contract());
  }

  @Test
  void everyOptionCanBeSet() {
    PipelineConfig config = Configs.valid(EVERYTHING, Map.of("TOKEN", "t0ken"));
    assertEquals(
        new Otlp(
            new Grpc(new Endpoint("::1", 14317), 16, 500),
            new Http(new Endpoint("localhost", 14318), MIB)),
        config.receivers().get("otlp/in"));
    assertEquals(
        new EstimateCost(EstimateCostConfig.of(List.of("tutorial", "./my-prices.json"), true)),
        config.processors().get("estimate_cost/a"));
    assertEquals(
        new DropContent(
            new DropContentConfig(
                Profile.BALANCED,
                List.of("team.name", "/team\\.[a-z]+/"),
                List.of("team.secret"),
                List.of("team.member"),
                new HashKeySource(Path.of("/run/secrets/ids"), null, "k2"),
                new HashKeySource(null, "OLD_KEY", null))),
        config.processors().get("drop_content/b"));
    assertEquals(
        new Ndjson(
            new NdjsonConfig(Path.of("/tmp/n"), Dialect.FLAT, Duration.ofSeconds(5), 2 * MIB),
            Duration.ofDays(7)),
        config.exporters().get("ndjson/c"));
    assertEquals(
        new Parquet(
            new ParquetConfig(Path.of("/tmp/p"), Duration.ofHours(1), 1024 * MIB, 10),
            Duration.ofMinutes(90)),
        config.exporters().get("parquet/d"));
    assertEquals(
        new ExporterSettings.Otlp(
            new OtlpConfig(
                Protocol.GRPC,
                OtlpConfig.grpcEndpoint("tempo.example:443"),
                Compression.NONE,
                Map.of("authorization", "Bearer t0ken"),
                Auth.none(),
                new Tls(
                    false,
                    true,
                    Path.of("ca.pem"),
                    Path.of("c.pem"),
                    Path.of("k.pem"),
                    "tempo",
                    Tls.Version.TLS_1_3,
                    Duration.ofHours(1)),
                new Calls(Duration.ofSeconds(7), 3, true)),
            null,
            new Retry(
                false,
                Duration.ofSeconds(2),
                Duration.ofSeconds(3),
                2,
                0.25,
                Duration.ofMinutes(4))),
        config.exporters().get("otlp_grpc/e"));
    assertEquals(
        new HealthCheck(new Endpoint("localhost", 23133)),
        config.extensions().get("health_check/f"));
    assertEquals(
        new Journal(Path.of("/tmp/j"), "interval", 1024 * MIB),
        config.extensions().get("journal/g"));
    assertRoundTrip(config);
  }

  @Test
  void everyOptionStandsOnTheConfigurationPage() throws IOException {
    String page = Files.readString(ROOT.resolve("docs/configuration.md"));
    Matcher key = Pattern.compile("(?m)(?:^ *|[{,] *)([a-z_]+):").matcher(EVERYTHING);
    Set<String> missing = new TreeSet<>();
    int keys = 0;
    for (; key.find(); keys++) {
      String name = key.group(1);
      if (!Pattern.compile("(`[^`]*\\b|# )" + name + "\\b").matcher(page).find()) {
        missing.add(name);
      }
    }
    assertEquals(Set.of(), missing);
    assertTrue(keys > 50, "only " + keys + " keys seen");
  }

  @Test
  void theSafeDefaultStaysOnLoopbackAndForwardsNothing() {
    PipelineConfig config = standard();
    Otlp otlp = assertInstanceOf(Otlp.class, config.receivers().get("otlp"));
    assertEquals(
        "Grpc[endpoint=127.0.0.1:4317, maxRecvMsgSizeMib=64, maxConnections=1000]",
        otlp.grpc() + "");
    assertEquals(null, otlp.http());
    assertEquals(
        new ServiceSettings(
            List.of("health_check"),
            Map.of(
                "traces",
                new Traces(
                    List.of("otlp"),
                    List.of("estimate_cost", "drop_content"),
                    List.of("ndjson", "parquet")))),
        config.service());
    assertEquals(
        new HealthCheck(new Endpoint("127.0.0.1", 13133)), config.extensions().get("health_check"));
    assertRoundTrip(config);
  }

  @Test
  void theSmallFileFilledInIsTheDefaultOfEveryKey() {
    PipelineConfig small =
        Configs.valid(
            SMALL
                .replace("  ndjson:", "  ndjson:\n  parquet:")
                .replace("  drop_content:", "  estimate_cost:\n  drop_content:"));
    PipelineConfig standard = standard();
    assertEquals(standard.receivers(), small.receivers());
    assertEquals(standard.processors(), small.processors());
    assertEquals(standard.exporters(), small.exporters());
    assertEquals(standard.extensions(), small.extensions());
  }

  @Test
  void printedConfigurationsReadAsTheSame() throws IOException {
    assertRoundTrip(Configs.valid(contract()));
    assertRoundTrip(
        Configs.valid(SMALL.replace("  ndjson:", "  ndjson: {path: \"a $$1 ${X:-y} 'z': #\"}")));
  }

  @Test
  void secretsAreMaskedUnlessAskedFor() {
    String canary = "canary-91b2$x";
    PipelineConfig config =
        Configs.valid(
            SMALL.replace(
                "  ndjson:",
                "  ndjson:\n  otlp_grpc: {endpoint: 'https://a:1', headers: {x-key:"
                    + " '${env:KEY}'}}"),
            Map.of("KEY", canary));
    assertFalse(config.toYaml(false).contains("canary"));
    assertTrue(config.toYaml(false).contains("x-key: '[REDACTED]'"), config.toYaml(false));
    assertFalse(config.toString().contains("canary"));
    assertTrue(config.toYaml(true).contains("canary-91b2$$x"));
    assertRoundTrip(config);
    assertInstanceOf(Reading.Valid.class, Configs.read(config.toYaml(false), Map.of()));
  }

  @Test
  void variablesFillTextAsItIsAndOtherValuesAsYaml() {
    String text =
        SMALL
            .replace(
                "grpc:",
                "grpc: {endpoint: \"${HOST}:${env:PORT}\", max_recv_msg_size_mib: \"${M}\"}")
            .replace("  ndjson:", "  ndjson: {path: \"$$x/${env:P:-d/e}/$y/${env:ZERO}\"}")
            .replace(
                "  drop_content:", "  estimate_cost: {default_price: \"${T}\"}\n  drop_content:");
    PipelineConfig config =
        Configs.valid(
            text,
            Map.of("HOST", "localhost", "PORT", "1", "M", " 16 ", "T", "true", "ZERO", "007"));
    assertEquals(
        new Otlp(new Grpc(new Endpoint("localhost", 1), 16, 1_000), null),
        config.receivers().get("otlp"));
    assertEquals(
        new Ndjson(NdjsonConfig.defaults(Path.of("$x/d/e/$y/007")), Duration.ZERO),
        config.exporters().get("ndjson"));
    assertEquals(
        new EstimateCost(EstimateCostConfig.of(List.of("builtin", "tutorial"), true)),
        config.processors().get("estimate_cost"));
  }

  @Test
  void unsetVariablesAreEmptyAndAWarning() {
    String text =
        SMALL
            .replace("grpc:", "grpc: {max_recv_msg_size_mib: \"${env:NO_SIZE}\"}")
            .replace("  ndjson:", "  ndjson: {path: \"a${NO_PATH}b\"}");
    assertEquals(
        List.of(
            "t.yaml:4:37: receivers.otlp.protocols.grpc.max_recv_msg_size_mib:"
                + " the variable NO_SIZE is not set: taken as empty",
            "t.yaml:8:18: exporters.ndjson.path: the variable NO_PATH is not set: taken as empty"),
        Configs.warnings(text, Map.of()));
    PipelineConfig config = Configs.valid(text);
    assertEquals(
        new Ndjson(NdjsonConfig.defaults(Path.of("ab")), Duration.ZERO),
        config.exporters().get("ndjson"));
    assertEquals(
        new Otlp(new Grpc(new Endpoint("127.0.0.1", 4317), 64, 1_000), null),
        config.receivers().get("otlp"));
  }

  @Test
  void warnsOfOldNamesQueuesAndSecretsInTheFile() {
    String otlp =
        "  otlp: {endpoint: 'https://a:1', sending_queue: {storage: a},"
            + " headers: {Authorization: Bearer x}}";
    assertEquals(
        List.of(
            "t.yaml:9:3: exporters.otlp: otlp is the old name of otlp_grpc and will go",
            "t.yaml:9:51: exporters.otlp.sending_queue.storage:"
                + " has no effect: what waits is bounded by bytes of memory",
            "t.yaml:9:74: exporters.otlp.headers.Authorization:"
                + " looks like a secret in the file; take it from ${env:NAME}"),
        Configs.warnings(SMALL.replace("  ndjson:", "  ndjson:\n" + otlp), Map.of()));
  }

  @Test
  void aHeapTooSmallForTheDefaultRequestLowersItAndSaysSo() {
    Reading reading = PipelineConfig.parse("t.yaml", SMALL, name -> null, 16 * MIB);
    assertEquals(
        List.of(
            "t.yaml:4:7: receivers.otlp.protocols.grpc.max_recv_msg_size_mib: 64 MiB exceed"
                + " the 12 MiB that one connection may hold (three quarters of the in-flight"
                + " budget, which is 25 % of the heap): taken as 12"),
        Configs.shown(reading.warnings()));
    PipelineConfig config = assertInstanceOf(Reading.Valid.class, reading).config();
    assertEquals(
        new Otlp(new Grpc(new Endpoint("127.0.0.1", 4317), 12, 1_000), null),
        config.receivers().get("otlp"));
  }

  @Test
  void aRequestLimitAboveTheShareOfAConnectionIsLoweredWithAWarning() {
    String text = SMALL.replace("grpc:", "grpc: {max_recv_msg_size_mib: 13}");
    Reading reading = PipelineConfig.parse("t.yaml", text, name -> null, 16 * MIB);
    assertEquals(
        List.of(
            "t.yaml:4:14: receivers.otlp.protocols.grpc.max_recv_msg_size_mib: 13 MiB exceed"
                + " the 12 MiB that one connection may hold (three quarters of the in-flight"
                + " budget, which is 25 % of the heap): taken as 12"),
        Configs.shown(reading.warnings()));
    String fits = text.replace("13", "12");
    assertEquals(
        List.of(), PipelineConfig.parse("t.yaml", fits, name -> null, 16 * MIB).warnings());
  }

  @Test
  void aSummaryCountsWhatIsDefined() throws IOException {
    assertEquals(
        "1 receiver, 2 processors, 4 exporters, 2 extensions, 1 pipeline",
        Configs.valid(contract()).summary());
  }

  private static PipelineConfig standard() {
    return assertInstanceOf(Reading.Valid.class, PipelineConfig.defaults()).config();
  }

  private static void assertRoundTrip(PipelineConfig config) {
    assertEquals(config, Configs.valid(config.toYaml(true)));
  }

  private static String contract() throws IOException {
    try (var in = PipelineConfigTest.class.getResourceAsStream("/pipeline.yaml")) {
      return new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    }
  }
}
