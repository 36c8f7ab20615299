package dev.tollspan.pipelineconfig;

import dev.tollspan.exporters.delivery.Delivery;
import dev.tollspan.exporters.delivery.DeliveryConfig;
import dev.tollspan.exporters.ndjson.NdjsonConfig;
import dev.tollspan.exporters.ndjson.NdjsonExporter;
import dev.tollspan.exporters.otlp.OtlpGrpcConfig;
import dev.tollspan.exporters.otlp.OtlpGrpcExporter;
import dev.tollspan.exporters.parquet.ParquetConfig;
import dev.tollspan.exporters.parquet.ParquetExporter;
import dev.tollspan.pipeline.Ledger;
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
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

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
    keys.addAll(dev.tollspan.processors.cost.EstimateCost.keys());
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
        PipelineConfig.inFlightBytesMax() / receivers.size());
  }

  /** Opens an exporter and the delivery in front of it. */
  Delivery delivery(String id, KeyTable keys, Ledger.Account account) throws IOException {
    InstantSource clock = InstantSource.system();
    long memoryBytesMax = Math.max(MIB, PipelineConfig.inFlightBytesMax() / exporters.size());
    DeliveryConfig config = limits(DeliveryConfig.defaults(), memoryBytesMax);
    SpanExporter exporter;
    switch (exporters.get(id)) {
      case Ndjson(NdjsonConfig ndjson) -> exporter = new NdjsonExporter(ndjson, keys, clock);
      case Parquet(ParquetConfig parquet) -> exporter = new ParquetExporter(parquet, keys, clock);
      case OtlpGrpc(OtlpGrpcConfig otlp, Retry retry) -> {
        exporter = new OtlpGrpcExporter(otlp);
        config = retry.delivery(memoryBytesMax);
      }
      case Prometheus _ -> throw new IllegalArgumentException(id + " is not in this version");
      case null -> throw new IllegalArgumentException(id + " is not defined");
    }
    return new Delivery(id, exporter, config, account, System::nanoTime);
  }

  private static DeliveryConfig limits(DeliveryConfig standard, long memoryBytesMax) {
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
