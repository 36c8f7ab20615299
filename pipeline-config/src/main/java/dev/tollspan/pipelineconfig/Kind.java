package dev.tollspan.pipelineconfig;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The kinds of components, and the types of each in this version. */
enum Kind {
  RECEIVERS("receivers", List.of("otlp")),
  PROCESSORS("processors", List.of("estimate_cost", "drop_content")),
  EXPORTERS(
      "exporters",
      List.of("ndjson", "parquet", "otlp_grpc", "otlp", "otlp_http", "otlphttp", "prometheus")),
  EXTENSIONS("extensions", List.of("health_check", "journal", "bearertokenauth", "basicauth"));

  /** Components whose work is done without one; leaving them out is all there is to do. */
  private static final Map<String, String> BUILT_IN =
      Map.of(
          "batch", "leave it out: deliveries batch by bytes on their own",
          "memory_limiter", "leave it out: the receiver admits requests by bytes on its own");

  /** Of exporters; the Collector has renamed them. */
  private static final Map<String, String> OLD_NAMES =
      Map.of("otlp", "otlp_grpc", "otlphttp", "otlp_http");

  private static final Map<String, String> WITHOUT_EFFECT =
      Map.of("prometheus", "the prometheus exporter is not in this version: no metrics are served");

  final String key;

  @SuppressWarnings("ImmutableEnumChecker") // made by List.of
  final List<String> types;

  Kind(String key, List<String> types) {
    this.key = key;
    this.types = types;
  }

  /** What a user of this type should know; null if there is nothing. */
  @Nullable String warning(String type) {
    return this == EXPORTERS && OLD_NAMES.containsKey(type)
        ? type + " is the old name of " + OLD_NAMES.get(type) + " and will go"
        : WITHOUT_EFFECT.get(type);
  }

  /** The type of a component id such as {@code otlp_grpc/tempo}. */
  static String type(String id) {
    int slash = id.indexOf('/');
    return slash < 0 ? id : id.substring(0, slash);
  }

  /** What an unknown type is told. */
  static String lacking(String type) {
    String advice = BUILT_IN.get(type);
    return "the type " + type + " is not in this version" + (advice == null ? "" : ": " + advice);
  }
}
