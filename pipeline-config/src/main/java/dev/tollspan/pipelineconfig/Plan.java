package dev.tollspan.pipelineconfig;

import dev.tollspan.exporters.delivery.DeliveryConfig;
import dev.tollspan.exporters.ndjson.NdjsonConfig;
import dev.tollspan.exporters.ndjson.NdjsonExporter;
import dev.tollspan.exporters.otlp.OtlpGrpcConfig;
import dev.tollspan.exporters.otlp.OtlpGrpcExporter;
import dev.tollspan.exporters.parquet.ParquetConfig;
import dev.tollspan.exporters.parquet.ParquetExporter;
import dev.tollspan.pipeline.SpanExporter;
import dev.tollspan.pipelineconfig.ExporterSettings.Ndjson;
import dev.tollspan.pipelineconfig.ExporterSettings.OtlpGrpc;
import dev.tollspan.pipelineconfig.ExporterSettings.Parquet;
import dev.tollspan.pipelineconfig.ExporterSettings.Prometheus;
import dev.tollspan.pipelineconfig.ExporterSettings.Retry;
import dev.tollspan.pipelineconfig.ExtensionSettings.HealthCheck;
import dev.tollspan.pipelineconfig.ProcessorSettings.DropContent;
import dev.tollspan.pipelineconfig.ProcessorSettings.EstimateCost;
import dev.tollspan.pipelineconfig.ReceiverSettings.Grpc;
import dev.tollspan.pipelineconfig.ReceiverSettings.Otlp;
import dev.tollspan.pipelineconfig.ServiceSettings.Traces;
import dev.tollspan.processors.content.DropContentConfig;
import dev.tollspan.processors.cost.EstimateCostConfig;
import dev.tollspan.receiver.OtlpReceiverConfig;
import dev.tollspan.spans.KeyTable;
import dev.tollspan.spans.LlmField;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the only pipeline of a configuration runs, in its order, and each room's share of the heap:
 * a quarter for requests under way, a quarter for what waits for exporters, an eighth for arrays
 * kept for reuse.
 *
 * @param cost empty if the pipeline does not price
 * @param exporters by id; those without an effect are left out
 */
record Plan(
    List<Grpc> receivers,
    Optional<EstimateCostConfig> cost,
    DropContentConfig gate,
    Map<String, ExporterSettings> exporters,
    Optional<Endpoint> health) {
  private static final System.Logger LOG = System.getLogger(Plan.class.getName());
  private static final int MIB = 1 << 20;

  static Plan of(PipelineConfig config) {
    Traces traces = config.service().pipelines().values().iterator().next();
    List<Grpc> receivers = new ArrayList<>();
    for (String id : traces.receivers()) {
      if (config.receivers().get(id) instanceof Otlp otlp && otlp.grpc() != null) {
        receivers.add(otlp.grpc());
      }
    }
    EstimateCostConfig cost = null;
    DropContentConfig gate = null;
    for (String id : traces.processors()) {
      switch (config.processors().get(id)) {
        case EstimateCost(EstimateCostConfig found) -> cost = found;
        case DropContent(DropContentConfig found) -> gate = found;
        case null -> throw new IllegalArgumentException("processors lack " + id);
      }
    }
    if (gate == null) {
      throw new IllegalArgumentException("a pipeline without the gate does not start");
    }
    Map<String, ExporterSettings> exporters = new LinkedHashMap<>();
    for (String id : traces.exporters()) {
      ExporterSettings settings = config.exporters().get(id);
      if (settings != null && !(settings instanceof Prometheus)) {
        exporters.put(id, settings);
      }
    }
    return new Plan(receivers, Optional.ofNullable(cost), gate, exporters, health(config));
  }

  private static Optional<Endpoint> health(PipelineConfig config) {
    for (String id : config.service().extensions()) {
      if (config.extensions().get(id) instanceof HealthCheck check) {
        return Optional.of(check.endpoint());
      }
    }
    return Optional.empty();
  }

  /** The one table of the process: what any room of it asks for. */
  KeyTable keys() {
    List<String> keys = new ArrayList<>(LlmField.allKeys());
    cost.ifPresent(c -> keys.addAll(dev.tollspan.processors.cost.EstimateCost.keys(c)));
    keys.addAll(dev.tollspan.processors.content.DropContent.keys(gate));
    keys.addAll(NdjsonExporter.keys());
    keys.addAll(ParquetExporter.keys());
    return KeyTable.of(keys);
  }

  OtlpReceiverConfig receiver(Grpc grpc) {
    return new OtlpReceiverConfig(
        grpc.endpoint().host(),
        grpc.endpoint().port(),
        grpc.maxRecvMsgSizeMib() * MIB,
        PipelineConfig.inFlightBytesMax() / receivers.size(),
        grpc.maxConnections());
  }

  /** Opens an exporter. */
  SpanExporter exporter(String id, KeyTable keys) throws IOException {
    InstantSource clock = InstantSource.system();
    return switch (exporters.get(id)) {
      case Ndjson(NdjsonConfig ndjson) ->
          opened(
              new Files(id, ndjson.directory(), "their whole lines are kept"),
              () -> new NdjsonExporter(ndjson, keys, clock));
      case Parquet(ParquetConfig parquet) ->
          opened(
              new Files(id, parquet.directory(), "they are removed, and their rows are lost"),
              () -> new ParquetExporter(parquet, keys, clock));
      case OtlpGrpc otlp -> new OtlpGrpcExporter(otlp.config());
      case Prometheus _ -> throw new IllegalArgumentException(id + " is not in this version");
      case null -> throw new IllegalArgumentException(id + " is not defined");
    };
  }

  /** Where an exporter sends to; null for files. */
  Destination.@Nullable Address address(String id) {
    return exporters.get(id) instanceof OtlpGrpc otlp
        ? new Destination.Address(otlp.config().endpoint().getAuthority(), otlp.speaksTls())
        : null;
  }

  @FunctionalInterface
  private interface Opening {
    SpanExporter open() throws IOException;
  }

  /** Makes an exporter of files, or says which directory is in the way, and why. */
  private static SpanExporter opened(Files files, Opening opening) throws IOException {
    try {
      long before = Leftovers.count(files.directory());
      SpanExporter exporter = opening.open();
      long seenTo = before - Leftovers.count(files.directory());
      if (seenTo > 0) {
        LOG.log(
            Level.WARNING,
            "{0}: {1} files that an earlier process did not finish: {2}",
            files.id(),
            seenTo,
            files.recovery());
      }
      return exporter;
    } catch (IOException e) {
      throw new IOException(files.id() + ": " + CannotWrite.sentence(files.directory(), e), e);
    }
  }

  /** An exporter of files, and what it does with those that are not finished. */
  private record Files(String id, Path directory, String recovery) {}

  /** The limits of the delivery in front of an exporter. */
  DeliveryConfig delivery(String id) {
    long memoryBytesMax = Math.max(MIB, PipelineConfig.inFlightBytesMax() / exporters.size());
    if (exporters.get(id) instanceof OtlpGrpc(OtlpGrpcConfig _, Retry retry)) {
      return retry.delivery(memoryBytesMax);
    }
    DeliveryConfig standard = DeliveryConfig.defaults();
    return new DeliveryConfig(
        memoryBytesMax,
        standard.exportBytesMax(),
        standard.initialInterval(),
        standard.maxInterval(),
        standard.maxElapsed());
  }

  /** The word for how much the gate keeps. */
  String profile() {
    return gate.profile().name().toLowerCase(Locale.ROOT);
  }

  static long poolBytesMax() {
    return Runtime.getRuntime().maxMemory() / 8;
  }
}
