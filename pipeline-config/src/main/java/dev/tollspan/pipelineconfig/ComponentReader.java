package dev.tollspan.pipelineconfig;

import dev.tollspan.pipelineconfig.ExporterSettings.Ndjson;
import dev.tollspan.pipelineconfig.ExporterSettings.OtlpGrpc;
import dev.tollspan.pipelineconfig.ExporterSettings.Parquet;
import dev.tollspan.pipelineconfig.ExporterSettings.Prometheus;
import dev.tollspan.pipelineconfig.ExporterSettings.Retry;
import dev.tollspan.pipelineconfig.ExporterSettings.Rotate;
import dev.tollspan.pipelineconfig.ExporterSettings.Tls;
import dev.tollspan.pipelineconfig.ExtensionSettings.HealthCheck;
import dev.tollspan.pipelineconfig.ExtensionSettings.Journal;
import dev.tollspan.pipelineconfig.ProcessorSettings.DropContent;
import dev.tollspan.pipelineconfig.ProcessorSettings.EstimateCost;
import dev.tollspan.pipelineconfig.ReceiverSettings.Grpc;
import dev.tollspan.pipelineconfig.ReceiverSettings.Http;
import dev.tollspan.pipelineconfig.ReceiverSettings.Otlp;
import dev.tollspan.pipelineconfig.Section.Word;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads what is defined below receivers, processors, exporters and extensions. */
final class ComponentReader {
  private static final String ID = "[a-zA-Z][a-zA-Z0-9_]{0,62}(/.{1,1024})?";
  private static final String HEADER_NAME = "[0-9a-zA-Z_.-]{1,256}";
  private static final String HEADER_TEXT = "[\\x20-\\x7e]{0,8192}";
  private static final String CREDENTIAL = ".*(auth|token|secret|key|password|cookie).*";
  private static final int MIB = 1 << 20;

  private final Findings findings;
  private final long inFlightBytesMax;

  ComponentReader(Findings findings, long inFlightBytesMax) {
    this.findings = findings;
    this.inFlightBytesMax = inFlightBytesMax;
  }

  Map<String, ReceiverSettings> receivers(Section section) {
    return components(section, Kind.RECEIVERS, Map.of("otlp", this::otlp));
  }

  Map<String, ProcessorSettings> processors(Section section) {
    return components(
        section,
        Kind.PROCESSORS,
        Map.of("estimate_cost", this::estimateCost, "drop_content", this::dropContent));
  }

  Map<String, ExporterSettings> exporters(Section section) {
    return components(
        section,
        Kind.EXPORTERS,
        Map.of(
            "ndjson", this::ndjson,
            "parquet", this::parquet,
            "otlp_grpc", this::otlpGrpc,
            "otlp", this::otlpGrpc,
            "prometheus", this::prometheus));
  }

  Map<String, ExtensionSettings> extensions(Section section) {
    return components(
        section,
        Kind.EXTENSIONS,
        Map.of("health_check", this::healthCheck, "journal", this::journal));
  }

  private <T> Map<String, T> components(
      Section section, Kind kind, Map<String, Function<Section, ? extends T>> readers) {
    Map<String, T> components = new LinkedHashMap<>();
    for (String id : section.keys()) {
      String type = Kind.type(id);
      Function<Section, ? extends T> reader = readers.get(type);
      if (!id.matches(ID)) {
        findings.problem(section.position(id), section.path(id), "expected type or type/name");
      } else if (reader == null) {
        findings.unknownType(
            section.position(id),
            section.path(id),
            Kind.lacking(type),
            kind.nearest(type),
            kind.types);
      } else {
        if (kind == Kind.EXPORTERS && type.equals("otlp")) {
          section.warn(id, "otlp is the old name of otlp_grpc and will go");
        } else if (type.equals("prometheus")) {
          section.warn(id, "the prometheus exporter is not in this version: no metrics are served");
        } else if (type.equals("journal")) {
          section.warn(
              id,
              "the journal is not in this version:"
                  + " what is not delivered yet waits in memory and is lost when the process dies");
        }
        Section below = section.section(id);
        components.put(id, reader.apply(below));
        below.finish();
      }
    }
    return components;
  }

  private ReceiverSettings otlp(Section section) {
    Section protocols = section.section("protocols");
    Grpc grpc = protocols.has("grpc") ? grpc(protocols.section("grpc")) : null;
    Http http = null;
    if (protocols.has("http")) {
      protocols.warn("http", "OTLP over HTTP is not in this version: nothing listens here");
      http = http(protocols.section("http"));
    }
    if (grpc == null && http == null) {
      section.problem("protocols", "at least one protocol is needed, such as grpc");
    }
    protocols.finish();
    return new Otlp(grpc, http);
  }

  private Grpc grpc(Section section) {
    String sizeKey = "max_recv_msg_size_mib";
    long budgetMib = inFlightBytesMax / MIB;
    long size = section.number(sizeKey, 64, 1, 2047);
    if (size > budgetMib) {
      String told =
          "%d MiB exceed the in-flight budget of %d MiB (25 %% of the heap)"
              .formatted(size, budgetMib);
      if (section.has(sizeKey) || budgetMib == 0) {
        section.problem(sizeKey, told + ": give the process more heap, or lower the limit");
      } else {
        section.warn(sizeKey, told + ": taken as " + budgetMib);
        size = budgetMib;
      }
    }
    Endpoint endpoint = endpoint(section, "127.0.0.1:4317");
    section.finish();
    return new Grpc(endpoint, (int) size);
  }

  private Http http(Section section) {
    Endpoint endpoint = endpoint(section, "127.0.0.1:4318");
    long bytes = section.value("max_request_body_size", 64L * MIB, Units::bytes);
    section.finish();
    return new Http(endpoint, bytes);
  }

  private ProcessorSettings estimateCost(Section section) {
    List<String> prices =
        section.has("prices") ? texts(section.words("prices")) : PipelineConfig.PRICES;
    return new EstimateCost(prices, section.flag("default_price", false));
  }

  private ProcessorSettings dropContent(Section section) {
    String profile =
        section.choice("profile", "strict", List.of("strict", "balanced", "passthrough"));
    if (!profile.equals("strict")) {
      section.problem("profile", "this profile is not in this version; strict is");
    }
    return new DropContent(profile, texts(section.words("allow")));
  }

  private ExporterSettings ndjson(Section section) {
    String dialect = section.choice("dialect", "flat", List.of("flat", "otlp"));
    if (!dialect.equals("flat")) {
      section.problem("dialect", "this dialect is not in this version; flat is");
    }
    return new Ndjson(path(section, "path", PipelineConfig.NDJSON_PATH), dialect);
  }

  private ExporterSettings parquet(Section section) {
    Section rotate = section.section("rotate");
    Rotate standard = PipelineConfig.ROTATE;
    Duration maxAge = positive(rotate, "max_age", standard.maxAge());
    long maxSize = rotate.value("max_size", standard.maxSize(), Units::bytes);
    long maxRows = rotate.number("max_rows", standard.maxRows(), 1, Integer.MAX_VALUE);
    rotate.finish();
    Path path = path(section, "path", PipelineConfig.PARQUET_PATH);
    return new Parquet(path, new Rotate(maxAge, maxSize, maxRows));
  }

  private ExporterSettings otlpGrpc(Section section) {
    Tls tls = tls(section.section("tls"));
    URI endpoint = URI.create("http://127.0.0.1:4317");
    if (section.has("endpoint")) {
      endpoint = section.text("endpoint", endpoint, text -> target(text, tls.insecure()));
    } else {
      section.problem("endpoint", "missing: where the spans are sent, as http://host:port");
    }
    String compression = section.choice("compression", "gzip", List.of("gzip", "zstd", "none"));
    Map<String, Secret> headers = headers(section.section("headers"));
    Duration timeout = positive(section, "timeout", Duration.ofSeconds(5));
    if (section.has("sending_queue")) {
      section.warn("sending_queue", "has no effect: what waits is bounded by bytes of memory");
    }
    Retry retry = retry(section.section("retry_on_failure"));
    return new OtlpGrpc(endpoint, compression, headers, tls, timeout, retry);
  }

  private static URI target(String text, boolean insecure) {
    String scheme = insecure ? "http://" : "https://";
    URI uri;
    try {
      uri = URI.create(text.contains("://") ? text : scheme + text);
    } catch (IllegalArgumentException bad) {
      throw new IllegalArgumentException("expected http://host:port or host:port", bad);
    }
    String path = uri.getPath() == null ? "" : uri.getPath();
    boolean known = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
    boolean more = uri.getUserInfo() != null || uri.getQuery() != null || path.length() > 1;
    if (!known || uri.getHost() == null || uri.getPort() > 65_535 || more) {
      throw new IllegalArgumentException("expected http://host:port or host:port");
    }
    if ("http".equals(uri.getScheme()) && !insecure) {
      throw new IllegalArgumentException(
          "http:// sends in the clear: say so with tls: {insecure: true}, or use https://");
    }
    return uri;
  }

  private Map<String, Secret> headers(Section section) {
    Map<String, Secret> headers = new LinkedHashMap<>();
    section
        .texts()
        .forEach(
            (name, text) -> {
              if (!name.matches(HEADER_NAME) || !text.matches(HEADER_TEXT)) {
                section.problem(name, "expected a header: letters, digits, - _ . and plain text");
              } else if (name.toLowerCase(Locale.ROOT).matches(CREDENTIAL)
                  && section.isLiteral(name)) {
                section.warn(name, "looks like a secret in the file; take it from ${env:NAME}");
              }
              headers.put(name, new Secret(text));
            });
    return headers;
  }

  private Tls tls(Section section) {
    boolean insecure = section.flag("insecure", false);
    Path certFile = optionalPath(section, "cert_file");
    Path keyFile = optionalPath(section, "key_file");
    if ((certFile == null) != (keyFile == null)) {
      String given = certFile == null ? "key_file" : "cert_file";
      section.problem(given, "cert_file and key_file belong together");
    }
    Path caFile = optionalPath(section, "ca_file");
    section.finish();
    return new Tls(insecure, caFile, certFile, keyFile);
  }

  private Retry retry(Section section) {
    Retry standard = PipelineConfig.RETRY;
    boolean enabled = section.flag("enabled", standard.enabled());
    Duration initial = positive(section, "initial_interval", standard.initialInterval());
    Duration max = positive(section, "max_interval", standard.maxInterval());
    Duration elapsed =
        section.value("max_elapsed_time", standard.maxElapsedTime(), Units::duration);
    if (max.compareTo(initial) < 0) {
      section.problem("max_interval", "must not be shorter than initial_interval");
    }
    section.finish();
    return new Retry(enabled, initial, max, elapsed);
  }

  private ExporterSettings prometheus(Section section) {
    return new Prometheus(endpoint(section, "127.0.0.1:8889"));
  }

  private ExtensionSettings healthCheck(Section section) {
    return new HealthCheck(endpoint(section, "127.0.0.1:13133"));
  }

  private ExtensionSettings journal(Section section) {
    Path directory = path(section, "directory", Path.of("./tollspan-data/journal"));
    String durability =
        section.choice("durability", "fsync", List.of("fsync", "interval", "memory"));
    return new Journal(directory, durability, section.value("max_size", 4L << 30, Units::bytes));
  }

  private static Endpoint endpoint(Section section, String fallback) {
    return section.text("endpoint", Endpoint.parse(fallback), Endpoint::parse);
  }

  private static Duration positive(Section section, String key, Duration fallback) {
    Duration duration = section.value(key, fallback, Units::duration);
    if (duration.isZero()) {
      section.problem(key, "must be longer than 0");
    }
    return duration;
  }

  private static Path path(Section section, String key, Path fallback) {
    return section.text(key, fallback, ComponentReader::parsePath);
  }

  private static @Nullable Path optionalPath(Section section, String key) {
    Path none = Path.of("");
    Path path = path(section, key, none);
    return path.equals(none) ? null : path;
  }

  private static Path parsePath(String text) {
    try {
      if (!text.isBlank()) {
        return Path.of(text);
      }
    } catch (InvalidPathException bad) {
      throw new IllegalArgumentException("not a path of this system", bad);
    }
    throw new IllegalArgumentException("must not be empty");
  }

  private static List<String> texts(List<Word> words) {
    return words.stream().map(Word::text).toList();
  }
}
