package dev.tollspan.pipelineconfig;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Small configurations, and their reading, for tests. */
final class Configs {
  static final String FILE = "t.yaml";

  /** The smallest file that starts. */
  static final String SMALL =
      """
      receivers:
        otlp:
          protocols:
            grpc:
      processors:
        drop_content:
      exporters:
        ndjson:
      extensions:
        health_check:
      service:
        extensions: [health_check]
        pipelines:
          traces:
            receivers: [otlp]
            processors: [drop_content]
            exporters: [ndjson]
      """;

  private static final long BUDGET = 128L << 20;

  private Configs() {}

  /** A file that writes NDJSON and Parquet below a directory. */
  static String files(Path directory) {
    Path lake = directory.resolve("lake");
    return ndjson(directory.resolve("ndjson"))
        .replace("\nextensions:", "\n  parquet: {path: %s}\nextensions:".formatted(lake))
        .replace("exporters: [ndjson]", "exporters: [ndjson, parquet]");
  }

  /** A file that writes NDJSON into a directory. */
  static String ndjson(Path directory) {
    return """
        receivers:
          otlp: {protocols: {grpc: {endpoint: '127.0.0.1:0', max_recv_msg_size_mib: 4}}}
        processors:
          estimate_cost: {prices: [builtin]}
          drop_content:
        exporters:
          ndjson: {path: %s}
        extensions:
          health_check: {endpoint: '127.0.0.1:0'}
        service:
          extensions: [health_check]
          pipelines:
            traces:
              receivers: [otlp]
              processors: [estimate_cost, drop_content]
              exporters: [ndjson]
        """
        .formatted(directory);
  }

  static Reading read(String text, Map<String, String> environment) {
    return PipelineConfig.parse(FILE, text, environment::get, BUDGET);
  }

  static PipelineConfig valid(String text, Map<String, String> environment) {
    Reading reading = read(text, environment);
    return assertInstanceOf(Reading.Valid.class, reading, reading.toString()).config();
  }

  static PipelineConfig valid(String text) {
    return valid(text, Map.of());
  }

  /** The problems of the file as they are shown. */
  static List<String> problems(String text) {
    Reading reading = read(text, Map.of());
    return shown(assertInstanceOf(Reading.Invalid.class, reading, reading.toString()).problems());
  }

  static List<String> warnings(String text, Map<String, String> environment) {
    return shown(read(text, environment).warnings());
  }

  static List<String> shown(List<Problem> problems) {
    return problems.stream().map(Problem::toString).toList();
  }
}
