package dev.tollspan.pipelineconfig;

import dev.tollspan.pipelineconfig.ExporterSettings.Ndjson;
import dev.tollspan.pipelineconfig.ExporterSettings.OtlpGrpc;
import dev.tollspan.pipelineconfig.ExporterSettings.Parquet;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an operator wants to know of a pipeline that has started.
 *
 * @param receivers host and port of each OTLP/gRPC receiver; where the configuration left the first
 *     port to the system, the one it chose
 * @param health host and port of the health check, or null
 * @param profile what the gate keeps
 * @param destinations one line each: the exporter's id, what goes there, and the directory or the
 *     host and port; never a header
 */
public record StartReport(
    List<String> receivers, @Nullable String health, String profile, List<String> destinations) {
  public StartReport {
    receivers = List.copyOf(receivers);
    destinations = List.copyOf(destinations);
  }

  /** The report on this pipeline, which was started with this configuration. */
  public static StartReport of(PipelineConfig config, Pipeline pipeline) {
    Plan plan = Plan.of(config);
    List<String> receivers = new ArrayList<>();
    plan.receivers().forEach(grpc -> receivers.add(grpc.endpoint().toString()));
    String first = plan.receivers().getFirst().endpoint().host();
    receivers.set(0, new Endpoint(first, pipeline.grpcPort()).toString());
    Endpoint health = plan.health().orElse(null);
    List<String> destinations = new ArrayList<>();
    plan.exporters().forEach((id, settings) -> destinations.add(id + ": " + place(settings)));
    return new StartReport(
        receivers,
        health == null ? null : new Endpoint(health.host(), pipeline.healthPort()).toString(),
        plan.profile(),
        destinations);
  }

  private static String place(ExporterSettings settings) {
    return switch (settings) {
      case Ndjson ndjson -> "NDJSON files in " + whole(ndjson.config().directory());
      case Parquet parquet -> "Parquet files in " + whole(parquet.config().directory());
      case OtlpGrpc otlp -> "OTLP/gRPC to " + otlp.config().endpoint().getAuthority();
      case ExporterSettings.Prometheus _ -> "nothing in this version";
    };
  }

  private static Path whole(Path directory) {
    return directory.toAbsolutePath().normalize();
  }
}
