package dev.tollspan.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.tollspan.canary.Store;
import dev.tollspan.cli.CanaryFile.End;
import dev.tollspan.cli.CanaryFile.Profile;
import dev.tollspan.pipelineconfig.PipelineConfig;
import dev.tollspan.pipelineconfig.Reading;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CanaryFileTest {
  private static final String TEXT =
      """
      receivers:
        otlp/a: {protocols: {grpc: }}
        otlp/b: {protocols: {http: {traces_url_path: /spans}}}
        otlp/idle: {protocols: {grpc: }}
      processors:
        estimate_cost:
        drop_content/strict: {deny: ["it's: #"]}
        drop_content/forward: {profile: balanced, allow: [note]}
        drop_content/all: {profile: passthrough}
      exporters:
        ndjson: {retention: 2h}
        parquet:
        otlp_grpc/tempo: {endpoint: "http://tempo:4317", headers: {authorization: secret}}
        ndjson/all: {path: all, retention: 7d}
        prometheus:
      service:
        pipelines:
          traces/all:
            receivers: [otlp/b, otlp/a]
            processors: [drop_content/all]
            exporters: [ndjson/all]
          traces:
            receivers: [otlp/a]
            processors: [estimate_cost, drop_content/strict]
            exporters: [ndjson, parquet, prometheus]
          traces/forward:
            receivers: [otlp/a]
            processors: [drop_content/forward]
            exporters: [otlp_grpc/tempo]
      """;

  private static final Path BELOW = Path.of("/tmp/it's $HOME: a # \"place\"");

  @Test
  void knowsWhereSpansEndAndWhatTheGateLetsThrough() {
    CanaryFile file = file(TEXT);
    assertEquals(List.of("otlp/b", "otlp/a"), List.copyOf(file.receivers()));
    assertEquals("/spans", file.tracesPath("otlp/b"));
    assertEquals("/v1/traces", file.tracesPath("otlp/a"));
    assertEquals(
        List.of(
            end("ndjson/all", Store.NDJSON, Profile.PASSTHROUGH, Set.of("otlp/a", "otlp/b")),
            end("ndjson", Store.NDJSON, Profile.STRICT, Set.of("otlp/a")),
            end("parquet", Store.PARQUET, Profile.STRICT, Set.of("otlp/a")),
            end("otlp_grpc/tempo", Store.FORWARDED, Profile.BALANCED, Set.of("otlp/a"))),
        ends(file));
    assertEquals(BELOW.resolve("journal/traces-all"), file.ends().getFirst().journal());
  }

  /** The pipeline that runs is the configured one, elsewhere, but for what has no effect. */
  @Test
  void isTheConfigurationButForPlaces() {
    CanaryFile file = file(TEXT);
    file.forward("otlp_grpc/tempo", 4711);
    PipelineConfig redirected =
        config(TEXT.replace(", prometheus]", "]")).redirected(BELOW, 4711, 4);
    assertEquals(redirected.toYaml(true), config(file.text()).toYaml(true));
  }

  @Test
  void openGatesGiveFilesEverythingAndForwardersWhatBalancedKeeps() {
    CanaryFile file = file(TEXT);
    file.open();
    List<End> ends = config(file).ends();
    assertEquals(
        List.of("ndjson/all", "ndjson", "parquet", "otlp_grpc/tempo"),
        ends.stream().map(End::id).toList());
    assertEquals(
        List.of(Profile.PASSTHROUGH, Profile.PASSTHROUGH, Profile.PASSTHROUGH, Profile.BALANCED),
        ends.stream().map(End::profile).toList());
    assertEquals(Set.of("otlp/a"), ends.getLast().receivers());
  }

  /** One pipeline of files and a forwarder becomes two. */
  @Test
  void opensAPipelineThatAlsoForwards() {
    String text = TEXT.replace("[ndjson, parquet, ", "[ndjson, otlp_grpc/b, ");
    CanaryFile file = file(text.replace("  parquet:\n", "  otlp_grpc/b: {endpoint: \"b:4317\"}\n"));
    file.open();
    assertEquals(
        List.of(
            end("ndjson/all", Store.NDJSON, Profile.PASSTHROUGH, Set.of("otlp/a", "otlp/b")),
            end("ndjson", Store.NDJSON, Profile.PASSTHROUGH, Set.of("otlp/a")),
            end("otlp_grpc/b", Store.FORWARDED, Profile.BALANCED, Set.of("otlp/a")),
            end("otlp_grpc/tempo", Store.FORWARDED, Profile.BALANCED, Set.of("otlp/a"))),
        ends(config(file)));
  }

  /** It is one more way into a pipeline, with a password that is written nowhere else. */
  @Test
  void oneMoreReceiverLetsNobodyIn() {
    CanaryFile file = file(TEXT);
    file.guard();
    PipelineConfig config = config(file.text());
    assertEquals(List.of("otlp/b", "otlp/a", CanaryFile.GUARDED), List.copyOf(file.receivers()));
    assertEquals(2, config.toYaml(true).split("authenticator: bearertokenauth/canary").length - 1);
    assertEquals(Set.of("otlp/a"), file.ends().getLast().receivers());
  }

  /** As the file reads for the pipeline that runs it. */
  private static CanaryFile config(CanaryFile file) {
    return new CanaryFile(config(file.text()), BELOW, 4);
  }

  private static CanaryFile file(String text) {
    return new CanaryFile(config(text), BELOW, 4);
  }

  private static PipelineConfig config(String text) {
    Reading reading = PipelineConfig.parse("test", text, name -> null);
    return assertInstanceOf(Reading.Valid.class, reading, reading::toString).config();
  }

  private static End end(String id, Store store, Profile profile, Set<String> receivers) {
    return new End(id, store, profile, BELOW.resolve(id.replace('/', '-')), Path.of(""), receivers);
  }

  private static List<End> ends(CanaryFile file) {
    return file.ends().stream()
        .map(
            e -> new End(e.id(), e.store(), e.profile(), e.directory(), Path.of(""), e.receivers()))
        .toList();
  }
}
