package dev.tollspan.pipelineconfig;

import static dev.tollspan.pipelineconfig.Configs.SMALL;
import static dev.tollspan.pipelineconfig.Configs.problems;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every kind of problem, with its place to the column. */
class ConfigProblemsTest {
  /** Of the page for those who come from the Collector. */
  @Test
  void whatIsToldToChangeInAFileOfTheCollectorIsAllThereIsToChange() throws IOException {
    Path page = Path.of(System.getProperty("tollspan.root"), "docs/from-the-collector.md");
    List<String> files =
        Pattern.compile("(?ms)^```yaml\\n(.*?)^```")
            .matcher(Files.readString(page))
            .results()
            .map(file -> file.group(1))
            .toList();
    assertEquals(2, files.size());
    assertInstanceOf(Reading.Invalid.class, Configs.read(files.getFirst(), Map.of()));
    Reading after = Configs.read(files.getLast(), Map.of("OTLP_AUTH", "x"));
    assertInstanceOf(Reading.Valid.class, after);
    assertEquals(List.of(), after.warnings());
  }

  @Test
  void theSmallFileIsFine() {
    assertEquals(List.of(), Configs.warnings(SMALL, Map.of()));
    Configs.valid(SMALL);
  }

  @Test
  void reportsValuesThatCannotBeRead() {
    expect(
        "  ndjson:",
        " ndjson: {dialect: falt}",
        "8:20: exporters.ndjson.dialect: not a word for this key; did you mean \"flat\"?"
            + " allowed: flat");
    expect(
        "  ndjson:",
        "  ndjson: {dialect: otlp}",
        "8:21: exporters.ndjson.dialect: this is not in this version; allowed: flat");
    expect("  ndjson:", "  ndjson: {path: \"\"}", "8:18: exporters.ndjson.path: must not be empty");
    expect(
        "  ndjson:",
        "  ndjson: {path: [a]}",
        "8:18: exporters.ndjson.path: expected one value, not a list or map");
    expect("  ndjson:", "  ndjson: 5", "8:11: exporters.ndjson: expected a map of keys");
    expect(
        "grpc:",
        "grpc: {endpoint: here}",
        "4:24: receivers.otlp.protocols.grpc.endpoint: expected host:port, such as 127.0.0.1:4317");
    expect(
        "grpc:",
        "grpc: {max_recv_msg_size_mib: 0}",
        "4:37: receivers.otlp.protocols.grpc.max_recv_msg_size_mib: expected a whole"
            + " number from 1 to 1024");
    expect(
        "grpc:",
        "grpc: {max_recv_msg_size_mib: 129}",
        "4:37: receivers.otlp.protocols.grpc.max_recv_msg_size_mib: 129 MiB exceed the"
            + " in-flight budget of 128 MiB (25 % of the heap): give the process more heap, or"
            + " lower the limit");
    expect(
        "grpc:",
        "grpc: {tls: {}}",
        "4:14: receivers.otlp.protocols.grpc.tls.cert_file: cert_file and key_file are needed,"
            + " or cert_pem and key_pem");
    expect(
        "grpc:",
        "grpc:\n      http: {max_request_body_size: 64MB}",
        "5:37: receivers.otlp.protocols.http.max_request_body_size: expected a size: plain"
            + " bytes, or such as 64MiB or 4GiB");
    expect(
        "drop_content:",
        "drop_content: {profile: strikt}",
        "6:27: processors.drop_content.profile: not a word for this key; did you mean"
            + " \"strict\"? allowed: strict, balanced, passthrough");
    expect(
        "drop_content:",
        "drop_content: {deny: [/a(b/]}",
        "6:24: processors.drop_content.deny: not a pattern of RE2: missing closing )");
    expect(
        "drop_content:",
        "drop_content: {hash: [cost.total]}",
        "6:24: processors.drop_content.hash: content.removed.*, cost.* and estimated_cost* are"
            + " written by the pipeline");
    expect(
        "drop_content:",
        "drop_content: {hash_key_file: a, hash_key_env: B}",
        "6:50: processors.drop_content.hash_key_env: not beside a file");
    expect(
        "drop_content:",
        "drop_content: {hash_key_previous_id: a}",
        "6:40: processors.drop_content.hash_key_previous_id: names a key, but there is none");
    expect(
        "drop_content:",
        "drop_content: {allow: my.key}",
        "6:25: processors.drop_content.allow: expected a list, such as [a, b]");
    expect(
        "drop_content:",
        "drop_content: {allow: [a, [b]]}",
        "6:29: processors.drop_content.allow: expected one word");
    expect(
        "drop_content:",
        "drop_content: {profil: strict}",
        "6:18: processors.drop_content.profil: unknown key; did you mean \"profile\"?"
            + " allowed: allow, deny, hash, hash_key_env, hash_key_file, hash_key_id,"
            + " hash_key_previous_env, hash_key_previous_file, hash_key_previous_id, profile");
    expect(
        "drop_content:",
        "drop_content:\n  estimate_cost: {default_price: maybe}",
        "7:34: processors.estimate_cost.default_price: expected true or false");
    expect(
        "ndjson:",
        "ndjson:\n  parquet: {rotate: {max_age: 1 minute}}",
        "9:31: exporters.parquet.rotate.max_age: expected a duration such as 5s, 1m30s,"
            + " 7d or 0");
    expect(
        "ndjson:",
        "ndjson:\n  parquet: {rotate: {max_age: 0}}",
        "9:31: exporters.parquet.rotate.max_age: must be from 1s to 24h");
    expect(
        "ndjson:",
        "ndjson:\n  otlp_grpc:",
        "9:3: exporters.otlp_grpc.endpoint: missing: where the spans are sent, as"
            + " http://host:port");
    expect(
        "ndjson:",
        "ndjson:\n  otlp_grpc: {endpoint: ftp://a:1}",
        "9:25: exporters.otlp_grpc.endpoint: must have the scheme http, https or none");
    expect(
        "ndjson:",
        "ndjson:\n  otlp_grpc: {endpoint: unix://x}",
        "9:25: exporters.otlp_grpc.endpoint: must have the scheme http, https or none");
    expect(
        "ndjson:",
        "ndjson:\n  otlp_grpc: {endpoint: https://u:p@a:1}",
        "9:25: exporters.otlp_grpc.endpoint: must have neither user, path nor query");
    expect(
        "ndjson:",
        "ndjson:\n  otlp_grpc: {endpoint: https://a:1/v1}",
        "9:25: exporters.otlp_grpc.endpoint: must have neither user, path nor query");
    expect(
        "ndjson:",
        "ndjson:\n  otlp_grpc: {endpoint: 'a:1', tls: {cert_file: c}}",
        "9:49: exporters.otlp_grpc.tls.cert_file: tls.cert_file and tls.key_file go together");
    expect(
        "ndjson:",
        "ndjson:\n  otlp_grpc: {endpoint: 'a:1', headers: {a b: c}}",
        "9:41: exporters.otlp_grpc.headers: a name must be 1 to 128 of a-z 0-9 - _ . and"
            + " none of the protocol's own");
    expect(
        "ndjson:",
        "ndjson:\n  otlp_grpc: {endpoint: 'a:1', retry_on_failure: {max_interval: 1s}}",
        "9:65: exporters.otlp_grpc.retry_on_failure.max_interval: must be initial_interval"
            + " to 8760h");
  }

  @Test
  void reportsReferencesThatCannotBeResolved() {
    expect(
        "  ndjson:",
        "  ndjson: {path: \"${file:/x}\"}",
        "8:18: exporters.ndjson.path: expected ${env:NAME} or ${env:NAME:-default}; other"
            + " sources and nesting are not in this version");
    expect(
        "  ndjson:",
        "  ndjson: {path: \"a${\"}",
        "8:18: exporters.ndjson.path: \"${\" without \"}\"; a dollar sign is \"$$\"");
  }

  @Test
  void reportsComponentsThatThisVersionLacks() {
    expect(
        "receivers:",
        "receivers:\n  jaeger:",
        "2:3: receivers.jaeger: the type jaeger is not in this version; allowed: otlp");
    expect(
        "processors:",
        "processors:\n  batch:",
        "6:3: processors.batch: the type batch is not in this version: leave it out:"
            + " deliveries batch by bytes on their own; allowed: estimate_cost, drop_content");
    expect(
        "processors:",
        "processors:\n  redaction/x:",
        "6:3: processors.redaction/x: the type redaction is not in this version;"
            + " allowed: estimate_cost, drop_content");
    expect(
        "exporters:",
        "exporters:\n  kafka:",
        "8:3: exporters.kafka: the type kafka is not in this version;"
            + " allowed: ndjson, parquet, otlp_grpc, otlp, otlp_http, otlphttp, prometheus");
    expect(
        "extensions:",
        "extensions:\n  health_chek:",
        "10:3: extensions.health_chek: the type health_chek is not in this version; did"
            + " you mean \"health_check\"? allowed: health_check, journal,"
            + " bearertokenauth, basicauth");
    expect(
        "exporters:",
        "exporters:\n  ndjson/:",
        "8:3: exporters.ndjson/: expected type or type/name");
    expect(
        "    protocols:\n      grpc:",
        "    protocols:",
        "3:15: receivers.otlp.protocols: at least one protocol is needed, such as grpc");
    expect(
        "receivers:",
        "connectors: {forward: }\nreceivers:",
        "1:13: connectors: connectors are not in this version");
    expect(
        "receivers:",
        "reciever: {}\nreceivers:",
        "1:1: reciever: unknown key; did you mean \"receivers\"? allowed: connectors,"
            + " exporters, extensions, processors, receivers, service");
  }

  @Test
  void reportsPipelinesThatMustNotStart() {
    expect(
        "[drop_content]",
        "[]",
        "16:19: service.pipelines.traces.processors: drop_content is missing: a pipeline"
            + " without the gate does not start");
    expect(
        "      processors: [drop_content]\n",
        "",
        "14:5: service.pipelines.traces.processors: drop_content is missing: a pipeline"
            + " without the gate does not start");
    expect(
        "receivers: [otlp]",
        "receivers: [oltp]",
        "15:19: service.pipelines.traces.receivers: not defined below receivers; did you"
            + " mean \"otlp\"? allowed: otlp");
    expect(
        "receivers: [otlp]",
        "receivers: []",
        "15:18: service.pipelines.traces.receivers: at least one receiver is needed");
    expect(
        "[health_check]",
        "[health_check, health_check]",
        "12:30: service.extensions: stands twice in this list");
    expect(
        "exporters: [ndjson]",
        "exporters: []",
        "17:18: service.pipelines.traces.exporters: at least one of ndjson, parquet,"
            + " otlp_grpc, otlp_http is needed");
    expect(
        "    traces:",
        "    metrics:",
        "14:5: service.pipelines.metrics: pipelines carry traces only; allowed: traces,"
            + " traces/name");
    expect(
        "    traces:",
        "    tracse:",
        "14:5: service.pipelines.tracse: pipelines carry traces only; did you mean"
            + " \"traces\"? allowed: traces, traces/name");
    expect(
        "service:",
        "service:\n  telemetry: {logs: {level: verbose}}",
        "12:29: service.telemetry.logs.level: not a word for this key; allowed: info,"
            + " debug, warn, error");
  }

  @Test
  void reportsTextThatIsNotYaml() {
    assertEquals(
        List.of("t.yaml:2:1: not YAML: expected ',' or ']', but got <stream end>"),
        problems("a: [b\n"));
    assertEquals(
        List.of("t.yaml:1:1: not YAML: it holds characters that YAML forbids"),
        problems("a: \u0000"));
    assertEquals(
        List.of("t.yaml:2:1: a second document; one file is one document"),
        problems(SMALL.lines().findFirst().orElseThrow() + "\n---\n---\na: b\n").subList(0, 1));
  }

  @Test
  void reportsKeysThatStandTwice() {
    expect(
        "      grpc:",
        "      grpc: {endpoint: 'a:1', endpoint: 'b:2'}",
        "4:31: receivers.otlp.protocols.grpc.endpoint: stands twice, first at 4:14");
  }

  @Test
  void reportsTagsAndKeysThatAreNoText() {
    String tags = "tags are not allowed; values are text, numbers, lists and maps";
    expect("  ndjson:", "  ndjson: !!java.net.URL {}", "8:11: " + tags);
    expect("  ndjson:", "  ndjson: {path: !file x}", "8:18: " + tags);
    assertEquals(
        List.of("t.yaml:1:3: a key must be text, not a list or map"), problems("? [a]\n: b\n"));
  }

  @Test
  void limitsAliasesDepthAndSize() {
    String small = SMALL.replace("  ndjson:", "  ndjson: &n {path: x}");
    Configs.valid(small);
    String twenty = "allow: [" + "*w, ".repeat(20) + "]";
    expect(
        "  drop_content:",
        "  drop_content: {profile: &w strict, " + twenty.replace("]", "*w]") + "}",
        "6:126: more than 20 aliases");
    Configs.valid(
        SMALL.replace("  drop_content:", "  drop_content: {profile: &w strict, " + twenty + "}"));
    expect(
        "  ndjson:",
        "  ndjson: &n {path: *n}",
        "8:21: an alias without an anchor that ends before it");
    assertEquals(List.of("t.yaml:1:33: nested deeper than 32"), problems("[".repeat(100_000)));
    assertEquals(List.of("t.yaml:1:1: larger than 1 MiB"), problems("#".repeat((1 << 20) + 1)));
  }

  @Test
  void reportsFilesThatAreNoTextOrTooLarge(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("c.yaml");
    Files.write(file, new byte[] {'a', (byte) 0xff});
    assertEquals(List.of(file + ":1:1: not UTF-8 text"), problemsOf(file));
    Files.write(file, "\u00e9".repeat(1 << 20).getBytes(java.nio.charset.StandardCharsets.UTF_8));
    assertEquals(List.of(file + ":1:1: larger than 1 MiB"), problemsOf(file));
    Files.writeString(file, SMALL);
    assertInstanceOf(Reading.Valid.class, PipelineConfig.read(file, name -> null));
  }

  @Test
  void anEmptyFileLacksEverything() {
    assertEquals(
        List.of("t.yaml:1:1: service.pipelines: at least one pipeline is needed: traces"),
        problems(""));
  }

  @Test
  void reportsAllProblemsAtOnceInTheOrderOfTheFile() {
    List<String> problems =
        problems(
            """
            receivers:
              otlp:
                protocols:
                  grpc: {endpont: "127.0.0.1:4317", max_recv_msg_size_mib: big}
            processors:
              estimate_cost: {default_price: 1}
              batch:
            exporters:
              parquet: {rotate: {max_size: huge}}
            service:
              pipelines:
                traces:
                  receivers: [otlp]
                  processors: [drop_content, estimate_cost]
                  exporters: [lake]
            """);
    assertEquals(
        List.of(
            "4:14: receivers.otlp.protocols.grpc.endpont: unknown key; did you mean \"endpoint\"?"
                + " allowed: auth, endpoint, keepalive, max_concurrent_streams, max_connections,"
                + " max_connections_per_address, max_recv_msg_size_mib, tls",
            "4:64: receivers.otlp.protocols.grpc.max_recv_msg_size_mib:"
                + " expected a whole number from 1 to 1024",
            "6:34: processors.estimate_cost.default_price: expected true or false",
            "7:3: processors.batch: the type batch is not in this version: leave it out:"
                + " deliveries batch by bytes on their own; allowed: estimate_cost, drop_content",
            "9:32: exporters.parquet.rotate.max_size:"
                + " expected a size: plain bytes, or such as 64MiB or 4GiB",
            "14:20: service.pipelines.traces.processors: not defined below processors;"
                + " allowed: estimate_cost",
            "14:34: service.pipelines.traces.processors:"
                + " drop_content must be the last: nothing runs behind the gate",
            "15:19: service.pipelines.traces.exporters: not defined below exporters;"
                + " allowed: parquet"),
        problems.stream().map(problem -> problem.substring("t.yaml:".length())).toList());
  }

  @Test
  void reportsOnlyTheFirstCauseOfAValueThatCannotBeRead() {
    expect(
        "grpc:",
        "grpc: {max_recv_msg_size_mib: lots}",
        "4:37: receivers.otlp.protocols.grpc.max_recv_msg_size_mib: expected a whole"
            + " number from 1 to 1024",
        16);
    expect(
        "drop_content:",
        "drop_content:\n  estimate_cost: {prices: builtin}",
        "7:27: processors.estimate_cost.prices: expected a list, such as [a, b]");
    expect(
        "ndjson:",
        "ndjson:\n  otlp_grpc: {endpoint: 'a:1', retry_on_failure: {initial_interval: lots,"
            + " max_interval: 1s}}",
        "9:69: exporters.otlp_grpc.retry_on_failure.initial_interval: expected a duration such"
            + " as 5s, 1m30s, 7d or 0");
    expect(
        "receivers: [otlp]",
        "receivers: otlp",
        "15:18: service.pipelines.traces.receivers: expected a list, such as [a, b]");
    expect(
        "    protocols:\n      grpc:",
        "    protocols: grpc",
        "3:16: receivers.otlp.protocols: expected a map of keys");
  }

  @Test
  void neverSuggestsATypoOfTheSameFile() {
    expect(
        "  ndjson:",
        "  ndjsom:",
        "8:3: exporters.ndjsom: the type ndjsom is not in this version; did you mean"
            + " \"ndjson\"? allowed: ndjson, parquet, otlp_grpc, otlp, otlp_http, otlphttp,"
            + " prometheus");
    assertEquals(
        List.of(
            "t.yaml:9:3: exporters.kafka: the type kafka is not in this version;"
                + " allowed: ndjson, parquet, otlp_grpc, otlp, otlp_http, otlphttp, prometheus",
            "t.yaml:18:27: service.pipelines.traces.exporters: not defined below exporters;"
                + " allowed: ndjson"),
        problems(
            SMALL
                .replace("  ndjson:", "  ndjson:\n  kafka:")
                .replace("exporters: [ndjson]", "exporters: [ndjson, kafca]")));
  }

  @Test
  void refusesAGateThatIsNotLastOrStandsTwice() {
    String two =
        SMALL.replace("  drop_content:", "  drop_content:\n  drop_content/b:\n  estimate_cost:");
    assertEquals(
        List.of(
            "t.yaml:18:34: service.pipelines.traces.processors: drop_content may stand here once",
            "t.yaml:18:50: service.pipelines.traces.processors:"
                + " drop_content must be the last: nothing runs behind the gate"),
        problems(
            two.replace(
                    "[drop_content]",
                    "[estimate_cost, drop_content, drop_content/b, estimate_cost]")
                .replace("[estimate_cost, drop", "[drop")));
  }

  @Test
  void refusesAnExporterOfTwoPipelinesAndSecondWritersOfOneDirectory() {
    String more = "    traces/b:\n      receivers: [otlp]\n      processors: [drop_content]\n";
    assertEquals(
        List.of(
            "t.yaml:21:19: service.pipelines.traces/b.exporters: belongs to the pipeline traces:"
                + " define another, as type/name, for this one"),
        problems(SMALL + more + "      exporters: [ndjson]\n"));
    assertEquals(
        List.of(
            "t.yaml:18:27: service.pipelines.traces.exporters: writes to the directory of ndjson"),
        problems(
            SMALL
                .replace("  ndjson:", "  ndjson:\n  ndjson/b: {path: tollspan-data/./ndjson}")
                .replace("exporters: [ndjson]", "exporters: [ndjson, ndjson/b]")));
  }

  @Test
  void refusesPortsThatAskForALoginThatIsNotThere() {
    String wrong =
        ".auth.authenticator: must be a bearertokenauth or basicauth that service.extensions names";
    String defined = "  bearertokenauth: {token: '${env:TOKEN:-t}'}\n  health_check:";
    for (String name : List.of("nobody", "health_check", "bearertokenauth")) {
      String auth = "{auth: {authenticator: " + name + "}}";
      assertEquals(
          List.of(
              "t.yaml:4:36: receivers.otlp.protocols.grpc" + wrong,
              "t.yaml:5:36: receivers.otlp.protocols.http" + wrong),
          problems(
              SMALL
                  .replace("grpc:", "grpc: " + auth + "\n      http: " + auth)
                  .replace("  health_check:", defined)));
    }
  }

  @Test
  void refusesABasicauthThatIsOnlyMeantForTheOtherSide() {
    String users = "  basicauth: {htpasswd: {file: f}}\n  health_check:";
    String client = "  basicauth: {client_auth: {username: me}}\n  health_check:";
    String auth = "{auth: {authenticator: basicauth}";
    String port =
        SMALL
            .replace("grpc:", "grpc: " + auth + "}")
            .replace("[health_check]", "[health_check, basicauth]");
    assertEquals(
        List.of(
            "t.yaml:4:36: receivers.otlp.protocols.grpc.auth.authenticator: has no htpasswd, so"
                + " it does not say who may send"),
        problems(port.replace("  health_check:", client)));
    Configs.valid(port.replace("  health_check:", users));
    String exporter =
        SMALL.replace("  ndjson:", "  otlp_grpc: " + auth + ", endpoint: h}\n  ndjson:");
    assertEquals(
        List.of(
            "t.yaml:8:37: exporters.otlp_grpc.auth.authenticator: has no client_auth, so it does"
                + " not say as whom to export"),
        problems(exporter.replace("  health_check:", users)));
    Configs.valid(exporter.replace("  health_check:", client));
  }

  @Test
  void refusesLoginsThatCannotBe() {
    assertEquals(
        List.of(
            "t.yaml:10:3: extensions.bearertokenauth.token: missing: a token, or the filename of"
                + " one"),
        login("bearertokenauth: {}"));
    assertEquals(
        List.of(
            "t.yaml:10:3: extensions.basicauth.htpasswd: missing: htpasswd says who may send,"
                + " client_auth as whom to export"),
        login("basicauth: {}"));
    for (String both : List.of("{}", "{inline: '${env:USERS:-a:b}', file: f}")) {
      assertTrue(
          login("basicauth: {htpasswd: " + both + "}")
              .getFirst()
              .endsWith(
                  "extensions.basicauth.htpasswd.inline: this or file is needed, and only one of"
                      + " the two"));
    }
    assertEquals(
        List.of("t.yaml:10:15: extensions.basicauth.htpasswd: a line must be user:password"),
        login("basicauth: {htpasswd: {inline: '${env:USERS:-hello}'}}"));
    assertEquals(
        List.of(
            "t.yaml:10:15: extensions.basicauth.htpasswd: a password must stand in the clear:"
                + " hashed ones ($..., {...}) are not in this version"),
        login("basicauth: {htpasswd: {inline: '${env:USERS:-u:$2a$10$abc}'}}"));
  }

  private static List<String> login(String extension) {
    return problems(SMALL.replace("  health_check:", "  " + extension + "\n  health_check:"));
  }

  @Test
  void refusesAPipelineThatOnlyAnExporterWithoutEffectFollows() {
    assertEquals(
        List.of(
            "t.yaml:18:18: service.pipelines.traces.exporters:"
                + " at least one of ndjson, parquet, otlp_grpc, otlp_http is needed"),
        problems(
            SMALL
                .replace("  ndjson:", "  ndjson:\n  prometheus:")
                .replace("[ndjson]", "[prometheus]")));
  }

  @Test
  void neverRepeatsAValue() {
    String secret = "canary-7c1f";
    String text =
        SMALL
            .replace(
                "grpc:", "grpc: {endpoint: " + secret + ", max_recv_msg_size_mib: " + secret + "}")
            .replace("  ndjson:", "  ndjson: {dialect: " + secret + ", path: [" + secret + "]}")
            .replace("[drop_content]", "[" + secret + "]");
    List<String> problems = problems(text);
    assertEquals(6, problems.size(), problems::toString);
    assertFalse(problems.toString().contains(secret), problems::toString);
  }

  private static List<String> problemsOf(Path file) throws IOException {
    Reading reading = PipelineConfig.read(file, name -> null);
    return Configs.shown(assertInstanceOf(Reading.Invalid.class, reading).problems());
  }

  /** What the small file reports, alone, once {@code old} is replaced by {@code now} in it. */
  private static void expect(String old, String now, String problem) {
    expect(old, now, problem, 128);
  }

  private static void expect(String old, String now, String problem, int budgetMib) {
    int at = SMALL.indexOf(old);
    assertTrue(at >= 0, old);
    String text = SMALL.substring(0, at) + now + SMALL.substring(at + old.length());
    Reading reading =
        PipelineConfig.parse(Configs.FILE, text, name -> null, (long) budgetMib << 20);
    assertEquals(
        List.of("t.yaml:" + problem),
        Configs.shown(assertInstanceOf(Reading.Invalid.class, reading).problems()));
  }
}
