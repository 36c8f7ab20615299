package dev.tollspan.pipelineconfig;

import dev.tollspan.exporters.ndjson.NdjsonConfig;
import dev.tollspan.exporters.otlp.OtlpConfig;
import dev.tollspan.exporters.otlp.Protocol;
import dev.tollspan.exporters.otlp.Tls;
import dev.tollspan.exporters.parquet.ParquetConfig;
import dev.tollspan.pipelineconfig.ExporterSettings.Ndjson;
import dev.tollspan.pipelineconfig.ExporterSettings.Parquet;
import dev.tollspan.pipelineconfig.ExporterSettings.Prometheus;
import dev.tollspan.pipelineconfig.ExporterSettings.Retry;
import dev.tollspan.pipelineconfig.ExtensionSettings.BasicAuth;
import dev.tollspan.pipelineconfig.ExtensionSettings.BearerTokenAuth;
import dev.tollspan.pipelineconfig.ExtensionSettings.Client;
import dev.tollspan.pipelineconfig.ExtensionSettings.HealthCheck;
import dev.tollspan.pipelineconfig.ExtensionSettings.Journal;
import dev.tollspan.pipelineconfig.ProcessorSettings.DropContent;
import dev.tollspan.pipelineconfig.ProcessorSettings.EstimateCost;
import dev.tollspan.pipelineconfig.ReceiverSettings.Otlp;
import dev.tollspan.pipelineconfig.ServiceSettings.Traces;
import dev.tollspan.processors.content.DropContentConfig;
import dev.tollspan.processors.cost.EstimateCostConfig;
import dev.tollspan.receiver.Login;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/** Writes a configuration as the file that reads as the same. */
final class YamlWriter {
  private static final String MASK = "[REDACTED]";

  private final boolean unredacted;

  YamlWriter(boolean unredacted) {
    this.unredacted = unredacted;
  }

  String write(PipelineConfig config) {
    Map<String, Object> file = components(config);
    file.put(
        "service",
        map(
            "extensions", config.service().extensions(),
            "pipelines", each(config.service().pipelines(), YamlWriter::pipeline)));
    return dump(file);
  }

  /** What is written of all but the section {@code service}. */
  Map<String, Object> components(PipelineConfig config) {
    Map<String, Object> file = new LinkedHashMap<>();
    file.put(Kind.RECEIVERS.key, each(config.receivers(), this::receiver));
    file.put(Kind.PROCESSORS.key, each(config.processors(), this::processor));
    file.put(Kind.EXPORTERS.key, each(config.exporters(), this::exporter));
    file.put(Kind.EXTENSIONS.key, each(config.extensions(), this::extension));
    return file;
  }

  static String dump(Map<String, Object> file) {
    DumpSettings settings =
        DumpSettings.builder()
            .setDefaultFlowStyle(FlowStyle.BLOCK)
            .setDereferenceAliases(true)
            .setSplitLines(false)
            .build();
    return new Dump(settings).dumpToString(file);
  }

  private Map<String, Object> receiver(ReceiverSettings settings) {
    return switch (settings) {
      case Otlp otlp -> new ReceiverWriter(this::secret).write(otlp);
    };
  }

  private Map<String, Object> processor(ProcessorSettings settings) {
    return switch (settings) {
      case EstimateCost(EstimateCostConfig cost) -> CostReader.write(cost);
      case DropContent(DropContentConfig content) -> GateReader.write(content);
    };
  }

  private Map<String, Object> exporter(ExporterSettings settings) {
    return switch (settings) {
      case Ndjson(NdjsonConfig ndjson, Duration retention) ->
          map(
              "path",
              text(ndjson.directory()),
              "dialect",
              word(ndjson.dialect().name()),
              "rotate",
              map(
                  "max_age", Units.text(ndjson.maxAge()),
                  "max_size", Units.text(ndjson.maxBytes())),
              "retention",
              Units.text(retention));
      case Parquet(ParquetConfig parquet, Duration retention) ->
          map(
              "path",
              text(parquet.directory()),
              "rotate",
              map(
                  "max_age", Units.text(parquet.maxAge()),
                  "max_size", Units.text(parquet.maxBytes()),
                  "max_rows", parquet.maxRows()),
              "retention",
              Units.text(retention));
      case ExporterSettings.Otlp otlp -> otlp(otlp.config(), otlp);
      case Prometheus(Endpoint endpoint) -> map("endpoint", text(endpoint));
    };
  }

  private Map<String, Object> otlp(OtlpConfig otlp, ExporterSettings.Otlp settings) {
    boolean grpc = otlp.protocol() == Protocol.GRPC;
    Map<String, Object> map =
        map(
            grpc ? "endpoint" : "traces_endpoint",
            endpoint(otlp.endpoint()),
            "compression",
            word(otlp.compression().name()),
            "headers",
            each(otlp.headers(), this::secret));
    if (settings.authenticator() != null) {
      map.put("auth", map("authenticator", text(settings.authenticator())));
    }
    map.put("tls", tls(otlp.tls()));
    map.put("timeout", Units.text(otlp.calls().timeout()));
    map.put("sending_queue", map("num_consumers", otlp.calls().inFlightMax()));
    Map<String, Object> retry = retry(settings.retryOnFailure());
    if (grpc) {
      retry.put("retry_resource_exhausted", otlp.calls().retriesExhausted());
    }
    map.put("retry_on_failure", retry);
    return map;
  }

  private Map<String, Object> extension(ExtensionSettings settings) {
    return switch (settings) {
      case HealthCheck health -> map("endpoint", text(health.endpoint()));
      case BearerTokenAuth(Login login) -> {
        Map<String, Object> map = credentials(login, "filename", "token");
        map.put("header", text(login.header()));
        map.put("scheme", text(login.scheme()));
        yield map;
      }
      case BasicAuth(Login users, Client client) -> {
        Map<String, Object> map = map();
        if (users != null) {
          map.put("htpasswd", credentials(users, "file", "inline"));
        }
        if (client != null) {
          String password = secret(client.password());
          map.put("client_auth", map("username", text(client.username()), "password", password));
        }
        yield map;
      }
      case Journal journal ->
          map(
              "directory", text(journal.directory()),
              "durability", word(journal.config().durability()),
              "max_size", Units.text(journal.config().maxBytes()),
              "max_age", Units.text(journal.config().maxAge()),
              "when_full", word(journal.config().whenFull()),
              "dead_letters_max_size", Units.text(journal.deadLettersBytesMax()),
              "dedupe_spans", text(journal.dedupeSpans()));
    };
  }

  private static String word(Enum<?> choice) {
    return choice.name().toLowerCase(Locale.ROOT);
  }

  private Map<String, Object> credentials(Login login, String fileKey, String textKey) {
    return login.file() == null
        ? map(textKey, secret(login.text()))
        : map(fileKey, text(login.file()));
  }

  private static Map<String, Object> pipeline(Traces traces) {
    return map(
        "receivers", texts(traces.receivers()),
        "processors", texts(traces.processors()),
        "exporters", texts(traces.exporters()));
  }

  private static Map<String, Object> tls(Tls tls) {
    Map<String, Object> map =
        map("insecure", tls.insecure(), "insecure_skip_verify", tls.skipVerify());
    putPath(map, "ca_file", tls.caFile());
    putPath(map, "cert_file", tls.certFile());
    putPath(map, "key_file", tls.keyFile());
    if (tls.serverName() != null) {
      map.put("server_name_override", text(tls.serverName()));
    }
    map.put("min_version", tls.minVersion().number());
    map.put("reload_interval", Units.text(tls.reloadInterval()));
    return map;
  }

  private static Map<String, Object> retry(Retry retry) {
    return map(
        "enabled", retry.enabled(),
        "initial_interval", Units.text(retry.initialInterval()),
        "max_interval", Units.text(retry.maxInterval()),
        "multiplier", retry.multiplier(),
        "randomization_factor", retry.randomizationFactor(),
        "max_elapsed_time", Units.text(retry.maxElapsedTime()));
  }

  private String secret(String value) {
    return unredacted ? text(value) : MASK;
  }

  private static String word(String constant) {
    return constant.toLowerCase(Locale.ROOT);
  }

  /** A URI without a scheme starts with two slashes, which the file does not show. */
  private static String endpoint(URI endpoint) {
    return text(endpoint.getScheme() == null ? endpoint.getAuthority() : endpoint);
  }

  private static void putPath(Map<String, Object> map, String key, @Nullable Path path) {
    if (path != null) {
      map.put(key, text(path));
    }
  }

  static String text(Object value) {
    return Expansion.escape(value.toString());
  }

  static List<String> texts(List<String> values) {
    return values.stream().map(YamlWriter::text).toList();
  }

  private static <T> Map<String, Object> each(Map<String, T> values, Function<T, Object> writer) {
    Map<String, Object> map = new LinkedHashMap<>();
    values.forEach((key, value) -> map.put(key, writer.apply(value)));
    return map;
  }

  static Map<String, Object> map(Object... keysAndValues) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      map.put((String) keysAndValues[i], keysAndValues[i + 1]);
    }
    return map;
  }
}
