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
import dev.tollspan.journal.JournalConfig;
import dev.tollspan.journal.JournalConfig.Durability;
import dev.tollspan.journal.JournalConfig.WhenFull;
import dev.tollspan.pipelineconfig.ExporterSettings.Ndjson;
import dev.tollspan.pipelineconfig.ExporterSettings.Parquet;
import dev.tollspan.pipelineconfig.ExporterSettings.Prometheus;
import dev.tollspan.pipelineconfig.ExporterSettings.Retry;
import dev.tollspan.pipelineconfig.ExtensionSettings.BasicAuth;
import dev.tollspan.pipelineconfig.ExtensionSettings.BearerTokenAuth;
import dev.tollspan.pipelineconfig.ExtensionSettings.Client;
import dev.tollspan.pipelineconfig.ExtensionSettings.HealthCheck;
import dev.tollspan.pipelineconfig.ExtensionSettings.Journal;
import dev.tollspan.pipelineconfig.ProcessorSettings.DropContent;
import dev.tollspan.pipelineconfig.ProcessorSettings.EstimateCost;
import dev.tollspan.pipelineconfig.ReceiverSettings.Entrance;
import dev.tollspan.pipelineconfig.ReceiverSettings.Grpc;
import dev.tollspan.pipelineconfig.ReceiverSettings.Http;
import dev.tollspan.pipelineconfig.ReceiverSettings.Otlp;
import dev.tollspan.pipelineconfig.ServiceSettings.Traces;
import dev.tollspan.processors.content.DropContentConfig;
import dev.tollspan.processors.content.HashKeySource;
import dev.tollspan.processors.content.Profile;
import dev.tollspan.processors.cost.EstimateCostConfig;
import dev.tollspan.receiver.Cors;
import dev.tollspan.receiver.Login;
import dev.tollspan.receiver.OtlpReceiverConfig;
import dev.tollspan.receiver.OtlpReceiverConfig.KeepAlive;
import dev.tollspan.receiver.OtlpReceiverConfig.Listen;
import dev.tollspan.receiver.Pem;
import dev.tollspan.receiver.ServerTls;
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

  private static final Entrance OPEN = new Entrance("", 1_024, 128);
  private static final Map<String, String> VARIABLES =
      Map.of("TOKEN", "t0ken", "USERS", "u:pass", "KEY", "K3Y");

  /** Each key with a value that is not its default. */
  private static final String EVERYTHING =
      """
      receivers:
        otlp/in:
          protocols:
            grpc:
              endpoint: "[::1]:14317"
              max_recv_msg_size_mib: 16
              max_concurrent_streams: 9
              keepalive:
                server_parameters:
                  max_connection_idle: 1m
                  max_connection_age: 2m
                  max_connection_age_grace: 3s
                  time: 4m
                  timeout: 5s
                enforcement_policy: {min_time: 6s, permit_without_stream: false}
              tls:
                cert_file: c.pem
                key_file: k.pem
                client_ca_file: a.pem
                client_ca_file_reload: false
                reload_interval: 7s
                min_version: "1.3"
                max_version: "1.3"
                cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]
              auth: {authenticator: bearertokenauth/h}
              max_connections: 500
              max_connections_per_address: 50
            http:
              endpoint: "localhost:14318"
              traces_url_path: /otlp
              max_request_body_size: 1MiB
              compression_algorithms: [gzip]
              cors:
                allowed_origins: ["https://*.example.com"]
                allowed_headers: [X-Team]
                max_age: 7200
              response_headers: {X-Served-By: us}
              read_timeout: 8s
              read_header_timeout: 9s
              idle_timeout: 10s
              tls: {cert_pem: "C", key_pem: "${env:KEY}", client_ca_pem: "A"}
              auth: {authenticator: basicauth/i}
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
        journal/g:
          directory: /tmp/j
          durability: interval
          max_size: 1GiB
          max_age: 7d
          when_full: drop_oldest
          dead_letters_max_size: 2GiB
          dedupe_spans: 1000
        bearertokenauth/h: {header: X-Key, scheme: Key, filename: /run/secrets/tokens}
        basicauth/i: {htpasswd: {inline: "${env:USERS}"}}
        bearertokenauth/j: {token: "${env:TOKEN}"}
        basicauth/k:
          htpasswd: {file: /run/secrets/users}
          client_auth: {username: me, password: "${env:PASSWORD:-p4ss}"}
      service:
        extensions: [health_check/f, bearertokenauth/h, basicauth/i]
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
                new Grpc(OtlpReceiverConfig.Grpc.at(new Listen("127.0.0.1", 4317)), OPEN),
                new Http(OtlpReceiverConfig.Http.at(new Listen("127.0.0.1", 4318)), OPEN))),
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
            "journal",
                new Journal(
                    Path.of("./tollspan-data/journal"), JournalConfig.defaults(), 256L << 20, 0)),
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
            "t.yaml:33:3: exporters.prometheus:"
                + " the prometheus exporter is not in this version: no metrics are served",
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
    PipelineConfig config = Configs.valid(EVERYTHING, VARIABLES);
    assertEquals(new Otlp(grpc(), http()), config.receivers().get("otlp/in"));
    assertEquals(
        new BearerTokenAuth(
            new Login(Login.Kind.BEARER, "X-Key", "Key", Path.of("/run/secrets/tokens"), "")),
        config.extensions().get("bearertokenauth/h"));
    assertEquals(
        new BasicAuth(Login.basic("u:pass"), null), config.extensions().get("basicauth/i"));
    Login users =
        new Login(Login.Kind.BASIC, "Authorization", "Basic", Path.of("/run/secrets/users"), "");
    assertEquals(
        new BasicAuth(users, new Client("me", "p4ss")), config.extensions().get("basicauth/k"));
    assertEquals(
        new BearerTokenAuth(Login.bearer("t0ken")), config.extensions().get("bearertokenauth/j"));
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
        new Journal(
            Path.of("/tmp/j"),
            JournalConfig.defaults()
                .with(Durability.INTERVAL, 1024 * MIB, Duration.ofDays(7), WhenFull.DROP_OLDEST),
            2048 * MIB,
            1_000),
        config.extensions().get("journal/g"));
    assertRoundTrip(config);
  }

  private static Grpc grpc() {
    ServerTls tls =
        new ServerTls(
            Pem.of(Path.of("c.pem")),
            Pem.of(Path.of("k.pem")),
            Pem.of(Path.of("a.pem")),
            false,
            Duration.ofSeconds(7),
            "1.3",
            "1.3",
            List.of("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"));
    KeepAlive times =
        new KeepAlive(
            Duration.ofMinutes(1),
            Duration.ofMinutes(2),
            Duration.ofSeconds(3),
            Duration.ofMinutes(4),
            Duration.ofSeconds(5),
            Duration.ofSeconds(6),
            false);
    return new Grpc(
        new OtlpReceiverConfig.Grpc(
            new Listen("::1", 14317, tls, null), (int) (16 * MIB), 9, times),
        new Entrance("bearertokenauth/h", 500, 50));
  }

  private static Http http() {
    ServerTls tls = ServerTls.of(new Pem(null, "C"), new Pem(null, "K3Y"), new Pem(null, "A"));
    return new Http(
        new OtlpReceiverConfig.Http(
            new Listen("localhost", 14318, tls, null),
            (int) MIB,
            "/otlp",
            true,
            false,
            new Cors(List.of("https://*.example.com"), List.of("X-Team"), Duration.ofHours(2)),
            Map.of("X-Served-By", "us"),
            Duration.ofSeconds(8),
            Duration.ofSeconds(9),
            Duration.ofSeconds(10)),
        new Entrance("basicauth/i", 1_024, 128));
  }

  @Test
  void secretsOfLoginsAndKeysAreMaskedAndInNoText() {
    PipelineConfig config = Configs.valid(EVERYTHING, VARIABLES);
    String shown = config + config.toYaml(false);
    for (String secret : List.of("t0ken", "u:pass", "K3Y", "p4ss")) {
      assertFalse(shown.contains(secret), secret);
      assertTrue(config.toYaml(true).contains(secret), secret);
    }
  }

  @Test
  void warnsOfPortsThatAreOpenToOthersWithoutProtection() {
    String open = "t.yaml:4:14: receivers.otlp.protocols.grpc.endpoint: is open to more than this";
    String auth = "auth: {authenticator: bearertokenauth}";
    String tls = "tls: {cert_file: c, key_file: k}";
    String login =
        SMALL
            .replace("  health_check:", "  health_check:\n  bearertokenauth: {filename: f}")
            .replace("extensions: [", "extensions: [bearertokenauth, ");
    for (String host : List.of("", "0.0.0.0", "10.0.0.1", "[::]")) {
      String grpc = "grpc: {endpoint: '" + host + ":4317'";
      assertEquals(
          List.of(open + " machine, without tls and auth to protect it"),
          Configs.warnings(SMALL.replace("grpc:", grpc + "}"), Map.of()));
      assertEquals(
          List.of(open + " machine, without auth to protect it"),
          Configs.warnings(SMALL.replace("grpc:", grpc + ", " + tls + "}"), Map.of()));
      assertEquals(
          List.of(open + " machine, without tls to protect it"),
          Configs.warnings(login.replace("grpc:", grpc + ", " + auth + "}"), Map.of()));
      assertEquals(
          List.of(),
          Configs.warnings(
              login.replace("grpc:", grpc + ", " + auth + ", " + tls + "}"), Map.of()));
    }
  }

  @Test
  void warnsOfKeysOfTheCollectorThatChangeNothing() {
    String grpc = "grpc: {transport: tcp, read_buffer_size: 1, include_metadata: true}";
    String http =
        "http: {metrics_url_path: /m, keep_alives_enabled: true, cors: {exposed_headers: [a]}}";
    List<String> warnings =
        Configs.warnings(SMALL.replace("grpc:", grpc + "\n      " + http), Map.of());
    String start = "receivers.otlp.protocols.";
    assertEquals(
        List.of(
            "t.yaml:4:14: 6 keys have no effect; it is tcp: "
                + start
                + "grpc.transport (line 4);"
                + (" buffers grow as they need: " + start + "grpc.read_buffer_size (line 4);")
                + (" headers of requests are not kept: "
                    + start
                    + "grpc.include_metadata (line 4);")
                + (" metrics are not taken: " + start + "http.metrics_url_path (line 5);")
                + (" connections are kept: " + start + "http.keep_alives_enabled (line 5);")
                + " answers have no header that a page needs: "
                + (start + "http.cors.exposed_headers (line 5)")),
        warnings);
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
    assertEquals(new Endpoint("127.0.0.1", 4317), otlp.grpc().endpoint());
    assertEquals(new Endpoint("127.0.0.1", 4318), otlp.http().endpoint());
    assertEquals(64 * MIB, otlp.grpc().config().requestBytesMax());
    assertEquals(64 * MIB, otlp.http().config().requestBytesMax());
    assertEquals(
        new ServiceSettings(
            List.of("health_check", "journal"),
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
                .replace("grpc:", "grpc:\n      http:")
                .replace("  ndjson:", "  ndjson:\n  parquet:")
                .replace("  drop_content:", "  estimate_cost:\n  drop_content:"));
    PipelineConfig standard = standard();
    assertEquals(standard.receivers(), small.receivers());
    assertEquals(standard.processors(), small.processors());
    assertEquals(standard.exporters(), small.exporters());
    assertEquals(
        Map.of("health_check", standard.extensions().get("health_check")), small.extensions());
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
    Otlp otlp = assertInstanceOf(Otlp.class, config.receivers().get("otlp"));
    assertEquals(new Endpoint("localhost", 1), otlp.grpc().endpoint());
    assertEquals(16 * MIB, otlp.grpc().config().requestBytesMax());
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
        new Otlp(new Grpc(OtlpReceiverConfig.Grpc.at(new Listen("127.0.0.1", 4317)), OPEN), null),
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
    Otlp otlp = assertInstanceOf(Otlp.class, config.receivers().get("otlp"));
    assertEquals(12 * MIB, otlp.grpc().config().requestBytesMax());
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
