package dev.tollspan.pipelineconfig;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The kinds of components, the types of each in this version, and what comes nearest to a type that
 * the OpenTelemetry Collector has and this version lacks.
 */
enum Kind {
  RECEIVERS("receivers", List.of("otlp"), Map.of()),
  PROCESSORS(
      "processors",
      List.of("estimate_cost", "drop_content"),
      Map.ofEntries(
          Map.entry("redaction", "drop_content"),
          Map.entry("transform", "drop_content"),
          Map.entry("attributes", "drop_content"),
          Map.entry("resource", "drop_content"),
          Map.entry("filter", "drop_content"),
          Map.entry("gen_ai_normalizer", "estimate_cost"))),
  EXPORTERS(
      "exporters",
      List.of("ndjson", "parquet", "otlp_grpc", "otlp", "prometheus"),
      Map.ofEntries(
          Map.entry("file", "ndjson"),
          Map.entry("debug", "ndjson"),
          Map.entry("logging", "ndjson"),
          Map.entry("awss3", "parquet"),
          Map.entry("clickhouse", "parquet"),
          Map.entry("otlp_http", "otlp_grpc"),
          Map.entry("otlphttp", "otlp_grpc"),
          Map.entry("kafka", "otlp_grpc"),
          Map.entry("loadbalancing", "otlp_grpc"),
          Map.entry("prometheusremotewrite", "prometheus"))),
  EXTENSIONS(
      "extensions",
      List.of("health_check", "journal"),
      Map.ofEntries(
          Map.entry("file_storage", "journal"),
          Map.entry("db_storage", "journal"),
          Map.entry("healthcheckv2", "health_check"),
          Map.entry("zpages", "health_check"),
          Map.entry("pprof", "health_check")));

  /** Components whose work is done without one; leaving them out is all there is to do. */
  private static final Map<String, String> BUILT_IN =
      Map.of(
          "batch", "leave it out: deliveries batch by bytes on their own",
          "memory_limiter", "leave it out: the receiver admits requests by bytes on its own");

  private static final Map<String, String> WITHOUT_EFFECT =
      Map.of(
          "prometheus",
          "the prometheus exporter is not in this version: no metrics are served",
          "journal",
          "the journal is not in this version:"
              + " what is not delivered yet waits in memory and is lost when the process dies");

  final String key;

  @SuppressWarnings("ImmutableEnumChecker") // made by Set.of
  final List<String> types;

  @SuppressWarnings("ImmutableEnumChecker") // made by Map.ofEntries
  private final Map<String, String> nearest;

  Kind(String key, List<String> types, Map<String, String> nearest) {
    this.key = key;
    this.types = types;
    this.nearest = nearest;
  }

  /** What to take instead; null if nothing is near. */
  @Nullable String nearest(String type) {
    String word = Nearest.to(type, types);
    return word != null ? word : nearest.get(type);
  }

  /** What a user of this type should know; null if there is nothing. */
  @Nullable String warning(String type) {
    return this == EXPORTERS && type.equals("otlp")
        ? "otlp is the old name of otlp_grpc and will go"
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
