package dev.tollspan.pipelineconfig;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

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
