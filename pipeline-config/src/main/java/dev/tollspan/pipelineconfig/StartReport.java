package dev.tollspan.pipelineconfig;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What an operator wants to know of a pipeline that has started.
 *
 * @param receivers host and port of each OTLP/gRPC receiver; where the configuration left the first
 *     port to the system, the one it chose
 * @param health host and port of the health check, or null
 * @param profile what the gate keeps
 * @param directories where files are written
 */
public record StartReport(
    List<String> receivers, @Nullable String health, String profile, List<Path> directories) {
  public StartReport {
    receivers = List.copyOf(receivers);
    directories = List.copyOf(directories);
  }

  /** The report on this pipeline, which was started with this configuration. */
  public static StartReport of(PipelineConfig config, Pipeline pipeline) {
    Plan plan = Plan.of(config);
    List<String> receivers = new ArrayList<>();
    plan.receivers().forEach(grpc -> receivers.add(grpc.endpoint().toString()));
    String first = plan.receivers().getFirst().endpoint().host();
    receivers.set(0, new Endpoint(first, pipeline.grpcPort()).toString());
    List<Path> directories = new ArrayList<>();
    for (ExporterSettings exporter : plan.exporters().values()) {
      switch (exporter) {
        case ExporterSettings.Ndjson ndjson -> directories.add(ndjson.config().directory());
        case ExporterSettings.Parquet parquet -> directories.add(parquet.config().directory());
        case ExporterSettings.OtlpGrpc _, ExporterSettings.Prometheus _ -> {}
      }
    }
    Endpoint health = plan.health().orElse(null);
    return new StartReport(
        receivers,
        health == null ? null : new Endpoint(health.host(), pipeline.healthPort()).toString(),
        plan.gate().profile().name().toLowerCase(Locale.ROOT),
        directories);
  }
}
