package dev.tollspan.pipelineconfig;

import static dev.tollspan.pipelineconfig.Configs.SMALL;
import static dev.tollspan.pipelineconfig.Configs.problems;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What must hold in each pipeline, and between them. */
class PipelinesProblemsTest {
  private static final Path ROOT = Path.of(System.getProperty("tollspan.root"));

  /** A second pipeline; it begins in line 20 of TWO. */
  private static final String MORE =
      """
          traces/b:
            receivers: [otlp]
            processors: [drop_content/b]
            exporters: [parquet]
      """;

  private static final String TWO =
      SMALL
              .replace("  drop_content:", "  drop_content: {}\n  drop_content/b:")
              .replace("  ndjson:", "  ndjson:\n  parquet:")
          + MORE;

  @Test
  void severalPipelinesAreReadAndPrinted() {
    PipelineConfig config = Configs.valid(TWO);
    assertEquals(List.of("traces", "traces/b"), List.copyOf(config.service().pipelines().keySet()));
    assertEquals(
        "1 receiver, 2 processors, 2 exporters, 1 extension, 2 pipelines", config.summary());
    assertEquals(config, Configs.valid(config.toYaml(true)));
    assertEquals(
        config.service().pipelines().keySet().toString(),
        Configs.valid(config.toYaml(true)).service().pipelines().keySet().toString());
  }

  @Test
  void eachPipelineNeedsItsGateAsTheLast() {
    assertEquals(
        List.of(
            "t.yaml:22:19: service.pipelines.traces/b.processors: drop_content is missing:"
                + " a pipeline without the gate does not start"),
        problems(TWO.replace("[drop_content/b]", "[]")));
    assertEquals(
        List.of(
            "t.yaml:22:36: service.pipelines.traces/b.processors:"
                + " drop_content may stand here once"),
        problems(TWO.replace("[drop_content/b]", "[drop_content/b, drop_content]")));
    assertEquals(
        List.of(
            "t.yaml:20:5: service.pipelines.metrics: pipelines carry traces only; allowed:"
                + " traces, traces/name"),
        problems(TWO.replace("traces/b:", "metrics:")));
  }

  @Test
  void anExporterBelongsToOnePipeline() {
    assertEquals(
        List.of(
            "t.yaml:23:19: service.pipelines.traces/b.exporters: belongs to the pipeline traces:"
                + " define another, as type/name, for this one"),
        problems(TWO.replace("exporters: [parquet]", "exporters: [ndjson]")));
  }

  @Test
  void noTwoWriteToOneDirectory() {
    String same = TWO.replace("  parquet:", "  parquet: {path: ./tollspan-data/x/../ndjson}");
    assertEquals(
        List.of(
            "t.yaml:23:19: service.pipelines.traces/b.exporters:"
                + " writes to the directory of ndjson"),
        problems(same));
  }

  @Test
  void noTwoWriteToOneDirectoryByALink(@TempDir Path directory) throws IOException {
    Path real = Files.createDirectory(directory.resolve("real"));
    Path link = Files.createSymbolicLink(directory.resolve("link"), real);
    String same =
        TWO.replace("  ndjson:", "  ndjson: {path: %s}".formatted(real.resolve("x")))
            .replace("  parquet:", "  parquet: {path: %s}".formatted(link.resolve("x")));
    assertEquals(1, problems(same).size());
    assertTrue(problems(same).getFirst().endsWith("writes to the directory of ndjson"));
  }

  @Test
  void listsOfAGateThatKeepsEverythingAreAWarning() {
    String gate = "  drop_content/b: {profile: passthrough, deny: [a]}";
    String last = "drop_content/b.deny: has no effect: profile passthrough keeps everything";
    List<String> warnings = Configs.warnings(TWO.replace("  drop_content/b:", gate), Map.of());
    assertTrue(warnings.stream().anyMatch(line -> line.endsWith(last)), warnings.toString());
  }

  @Test
  void noTwoKeepBooksOfGpuTimeInOneDirectory() {
    String hosted = "{self_hosted: {q: {match: {a: b}, gpus: 1, price_per_gpu_hour: 1}}}\n";
    String two =
        TWO.replace(
                "processors:\n  drop",
                "processors:\n  estimate_cost: "
                    + hosted
                    + "  estimate_cost/b: "
                    + hosted
                    + "  drop")
            .replace("[drop_content]", "[estimate_cost, drop_content]")
            .replace("[drop_content/b]", "[estimate_cost/b, drop_content/b]");
    assertEquals(
        List.of(
            "t.yaml:24:20: service.pipelines.traces/b.processors:"
                + " writes to the directory of estimate_cost"),
        problems(two));
    Configs.valid(two.replace("[estimate_cost/b, ", "[estimate_cost, "));
  }

  @Test
  void contentGoesToFilesThatAreDeletedAlone() {
    String open = TWO.replace("  drop_content/b:", "  drop_content/b: {profile: passthrough}");
    assertEquals(
        List.of(
            "t.yaml:23:19: service.pipelines.traces/b.exporters: must name a retention, such as 7d:"
                + " this pipeline keeps prompts (profile passthrough)"),
        problems(open));
    for (String none : List.of("0", "\"\"")) {
      assertEquals(
          1, problems(open.replace("  parquet:", "  parquet: {retention: " + none + "}")).size());
    }
    assertEquals(
        List.of(
            "t.yaml:10:24: exporters.parquet.retention: must be from 1m to 3650d, or 0 (files are"
                + " kept)"),
        problems(open.replace("  parquet:", "  parquet: {retention: 59s}")));
    String kept = open.replace("  parquet:", "  parquet: {retention: 7d}");
    Configs.valid(kept);
    String forwarding =
        kept.replace(
                "  ndjson:", "  otlp_grpc: {endpoint: 'https://a:1'}\n  prometheus:\n  ndjson:")
            .replace("[parquet]", "[parquet, otlp_grpc, prometheus]");
    String refused =
        "not in a pipeline of profile passthrough: only ndjson and parquet can delete prompts";
    assertEquals(
        List.of(
            "t.yaml:25:28: service.pipelines.traces/b.exporters: " + refused,
            "t.yaml:25:39: service.pipelines.traces/b.exporters: " + refused),
        problems(forwarding));
  }

  @Test
  void everyExampleIsValid() throws IOException {
    try (Stream<Path> examples = Files.list(ROOT.resolve("examples"))) {
      List<Path> files = examples.filter(f -> f.toString().endsWith(".yaml")).toList();
      assertEquals(2, files.size(), files.toString());
      for (Path file : files) {
        Reading reading = PipelineConfig.read(file, _ -> null);
        assertInstanceOf(Reading.Valid.class, reading, reading.toString());
      }
    }
    Reading several = PipelineConfig.read(ROOT.resolve("examples/pipelines.yaml"), _ -> null);
    assertEquals(List.of(), several.warnings());
    assertEquals(
        Map.of("traces/files", 1, "traces/forward", 1, "traces/evaluation", 1).keySet(),
        ((Reading.Valid) several).config().service().pipelines().keySet());
  }
}
