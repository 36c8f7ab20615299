package dev.tollspan.pipelineconfig;

import dev.tollspan.exporters.otlp.Protocol;
import dev.tollspan.pipelineconfig.ExporterSettings.Ndjson;
import dev.tollspan.pipelineconfig.ExporterSettings.Parquet;
import dev.tollspan.pipelineconfig.ProcessorSettings.DropContent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an operator wants to know of a pipeline that has started.
 *
 * @param receivers host, port and protocol of each receiver; where the configuration left the port
 *     to the system, the one it chose
 * @param health host and port of the health check, or null
 * @param profile what the gate keeps; of several pipelines, of each
 * @param warnings one line for each pipeline that keeps prompts
 * @param destinations one line each: the exporter's id, what goes there, and the directory or the
 *     address; never a header
 */
public record StartReport(
    List<String> receivers,
    @Nullable String health,
    String profile,
    List<String> warnings,
    List<String> destinations) {
  public StartReport {
    receivers = List.copyOf(receivers);
    warnings = List.copyOf(warnings);
    destinations = List.copyOf(destinations);
  }

  /** The report on this pipeline, which was started with this configuration. */
  public static StartReport of(PipelineConfig config, Pipeline pipeline) {
    Plan plan = Plan.of(config);
    List<String> receivers = new ArrayList<>();
    plan.receivers()
        .forEach(
            (id, otlp) -> {
              if (otlp.grpc() != null) {
                String host = otlp.grpc().endpoint().host();
                receivers.add(new Endpoint(host, pipeline.grpcPort(id)) + " (gRPC)");
              }
              if (otlp.http() != null) {
                String host = otlp.http().endpoint().host();
                receivers.add(new Endpoint(host, pipeline.httpPort(id)) + " (HTTP)");
              }
            });
    List<String> profiles = new ArrayList<>();
    List<String> warnings = new ArrayList<>();
    plan.pipelines()
        .forEach(
            (id, line) -> {
              DropContent gate = plan.gate(line);
              boolean alone = plan.pipelines().size() == 1;
              profiles.add(alone ? gate.profile() : id + " " + gate.profile());
              if (gate.keepsContent()) {
                String places = String.join(", ", line.exporters());
                warnings.add("the pipeline " + id + " keeps prompts, in the files of " + places);
              }
            });
    Endpoint health = plan.health().orElse(null);
    List<String> destinations = new ArrayList<>();
    plan.exporters().forEach((id, settings) -> destinations.add(id + ": " + place(settings)));
    return new StartReport(
        receivers,
        health == null ? null : new Endpoint(health.host(), pipeline.healthPort()).toString(),
        String.join(", ", profiles),
        warnings,
        destinations);
  }

  private static String place(ExporterSettings settings) {
    return switch (settings) {
      case Ndjson ndjson ->
          "NDJSON files in " + Obstacle.whole(ndjson.directory()) + retention(settings);
      case Parquet parquet ->
          "Parquet files in " + Obstacle.whole(parquet.directory()) + retention(settings);
      case ExporterSettings.Otlp otlp ->
          (otlp.config().protocol() == Protocol.GRPC ? "OTLP/gRPC to " : "OTLP/HTTP to ")
              + otlp.config().destination();
      case ExporterSettings.Prometheus _ -> "nothing in this version";
    };
  }

  private static String retention(ExporterSettings settings) {
    Duration retention = settings.retention();
    return retention.isZero() ? "" : ", each deleted after " + Units.text(retention);
  }
}
