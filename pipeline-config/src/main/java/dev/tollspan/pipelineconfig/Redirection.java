package dev.tollspan.pipelineconfig;

import dev.tollspan.exporters.ndjson.NdjsonConfig;
import dev.tollspan.exporters.otlp.Auth;
import dev.tollspan.exporters.otlp.Compression;
import dev.tollspan.exporters.otlp.OtlpConfig;
import dev.tollspan.exporters.otlp.Protocol;
import dev.tollspan.exporters.otlp.Tls;
import dev.tollspan.exporters.parquet.ParquetConfig;
import dev.tollspan.pipelineconfig.ExporterSettings.Ndjson;
import dev.tollspan.pipelineconfig.ExporterSettings.Parquet;
import dev.tollspan.pipelineconfig.ExporterSettings.Prometheus;
import dev.tollspan.pipelineconfig.ExtensionSettings.BasicAuth;
import dev.tollspan.pipelineconfig.ExtensionSettings.BearerTokenAuth;
import dev.tollspan.pipelineconfig.ExtensionSettings.Client;
import dev.tollspan.pipelineconfig.ExtensionSettings.HealthCheck;
import dev.tollspan.pipelineconfig.ExtensionSettings.Journal;
import dev.tollspan.pipelineconfig.ProcessorSettings.DropContent;
import dev.tollspan.pipelineconfig.ProcessorSettings.EstimateCost;
import dev.tollspan.pipelineconfig.ReceiverSettings.Entrance;
import dev.tollspan.pipelineconfig.ReceiverSettings.Grpc;
import dev.tollspan.pipelineconfig.ReceiverSettings.Http;
import dev.tollspan.pipelineconfig.ReceiverSettings.Otlp;
import dev.tollspan.pipelineconfig.ServiceSettings.Traces;
import dev.tollspan.processors.cost.EstimateCostConfig;
import dev.tollspan.receiver.Login;
import dev.tollspan.receiver.OtlpReceiverConfig;
import dev.tollspan.receiver.OtlpReceiverConfig.Listen;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Points a configuration elsewhere, for a rehearsal beside the pipeline that runs: what it writes
 * goes below one directory, what it listens on is a free port of the loopback interface, without
 * TLS and logins, and speaks both protocols; what it forwards goes to one port there, without the
 * headers and credentials. Everything else stays.
 */
final class Redirection {
  private static final Endpoint FREE = new Endpoint("127.0.0.1", 0);
  private static final Listen LISTEN = new Listen(FREE.host(), FREE.port());

  private final Path directory;
  private final URI target;
  private final int requestBytesMax;

  /**
   * To this directory and port.
   *
   * @param requestMibMax a lower limit for requests, so that it starts with a small heap
   */
  Redirection(Path directory, int targetPort, int requestMibMax) {
    this.directory = directory;
    this.target = URI.create("http://127.0.0.1:" + targetPort);
    this.requestBytesMax = requestMibMax << 20;
  }

  PipelineConfig of(PipelineConfig config) {
    return new PipelineConfig(
        each(config.receivers(), (_, settings) -> receiver(settings)),
        each(config.processors(), this::processor),
        exporters(config.exporters()),
        each(config.extensions(), this::extension),
        new ServiceSettings(
            config.service().extensions(),
            each(config.service().pipelines(), (_, traces) -> pipeline(traces))));
  }

  private Map<String, ExporterSettings> exporters(Map<String, ExporterSettings> exporters) {
    Map<String, ExporterSettings> changed = new LinkedHashMap<>();
    exporters.forEach((id, settings) -> changed.put(overGrpc(id), exporter(id, settings)));
    return changed;
  }

  private static Traces pipeline(Traces traces) {
    return new Traces(
        traces.receivers(),
        traces.processors(),
        traces.exporters().stream().map(Redirection::overGrpc).toList());
  }

  /** What forwards over HTTP has another type here, as what stands at the target speaks gRPC. */
  private static String overGrpc(String id) {
    return Kind.type(id).matches("otlp_?http") ? "otlp_grpc/" + id.replace('/', '.') : id;
  }

  private ReceiverSettings receiver(ReceiverSettings settings) {
    return switch (settings) {
      // What is sent to it comes by both, whichever it speaks.
      case Otlp(Grpc grpc, Http http) ->
          new Otlp(
              new Grpc(
                  (grpc == null ? OtlpReceiverConfig.Grpc.at(LISTEN) : grpc.config())
                      .with(LISTEN, requestBytesMax),
                  unguarded(entrance(grpc, http))),
              new Http(
                  (http == null ? OtlpReceiverConfig.Http.at(LISTEN) : http.config())
                      .with(LISTEN, requestBytesMax),
                  unguarded(http == null ? entrance(grpc, http) : http.entrance())));
    };
  }

  private static Entrance entrance(@Nullable Grpc grpc, @Nullable Http http) {
    return grpc == null ? Objects.requireNonNull(http).entrance() : grpc.entrance();
  }

  private static Entrance unguarded(Entrance entrance) {
    return new Entrance("", entrance.maxConnections(), entrance.maxConnectionsPerAddress());
  }

  private ProcessorSettings processor(String id, ProcessorSettings settings) {
    return switch (settings) {
      case EstimateCost(EstimateCostConfig cost) ->
          new EstimateCost(
              new EstimateCostConfig(
                  cost.prices(),
                  cost.defaultPrice(),
                  cost.modelOverrides(),
                  cost.reportedCost(),
                  cost.alias(),
                  cost.usage(),
                  cost.selfHosted(),
                  below(id)));
      case DropContent gate -> gate;
    };
  }

  private ExporterSettings exporter(String id, ExporterSettings settings) {
    return switch (settings) {
      case Ndjson(NdjsonConfig ndjson, Duration retention) ->
          new Ndjson(
              new NdjsonConfig(below(id), ndjson.dialect(), ndjson.maxAge(), ndjson.maxBytes()),
              retention);
      case Parquet(ParquetConfig parquet, Duration retention) ->
          new Parquet(
              new ParquetConfig(below(id), parquet.maxAge(), parquet.maxBytes(), parquet.maxRows()),
              retention);
      case ExporterSettings.Otlp(OtlpConfig otlp, String _, ExporterSettings.Retry retry) ->
          new ExporterSettings.Otlp(
              new OtlpConfig(
                  Protocol.GRPC,
                  target,
                  Compression.GZIP,
                  Map.of(),
                  Auth.none(),
                  Tls.platform(),
                  otlp.calls()),
              null,
              retry);
      case Prometheus _ -> new Prometheus(FREE);
    };
  }

  private ExtensionSettings extension(String id, ExtensionSettings settings) {
    return switch (settings) {
      case HealthCheck _ -> new HealthCheck(FREE);
      case BearerTokenAuth _ -> new BearerTokenAuth(Login.bearer("none"));
      case BasicAuth _ -> new BasicAuth(null, new Client("nobody", ""));
      case Journal journal ->
          new Journal(
              below(id), journal.config(), journal.deadLettersBytesMax(), journal.dedupeSpans());
    };
  }

  private Path below(String id) {
    return directory.resolve(FolderName.of(id));
  }

  private static <T> Map<String, T> each(Map<String, T> settings, BiFunction<String, T, T> change) {
    Map<String, T> changed = new LinkedHashMap<>(settings);
    changed.replaceAll(change);
    return changed;
  }
}
