package dev.tollspan.pipelineconfig;

import dev.tollspan.exporters.ndjson.NdjsonConfig;
import dev.tollspan.exporters.otlp.Protocol;
import dev.tollspan.exporters.parquet.ParquetConfig;
import dev.tollspan.journal.JournalConfig;
import dev.tollspan.journal.JournalConfig.Durability;
import dev.tollspan.journal.JournalConfig.WhenFull;
import dev.tollspan.pipelineconfig.ExporterSettings.Ndjson;
import dev.tollspan.pipelineconfig.ExporterSettings.Parquet;
import dev.tollspan.pipelineconfig.ExporterSettings.Prometheus;
import dev.tollspan.pipelineconfig.ExtensionSettings.HealthCheck;
import dev.tollspan.pipelineconfig.ExtensionSettings.Journal;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads what is defined below receivers, processors, exporters and extensions. */
final class ComponentReader {
  private static final String ID = "[a-zA-Z][a-zA-Z0-9_]{0,62}(/[a-zA-Z0-9_.:-]{1,64})?";
  private static final Path NDJSON_PATH = Path.of("./tollspan-data/ndjson");
  private static final Path PARQUET_PATH = Path.of("./tollspan-data/lake");
  private static final Duration RETENTION_MIN = Duration.ofMinutes(1);
  private static final Duration RETENTION_MAX = Duration.ofDays(3650);
  private static final long JOURNAL_BYTES_MIN = 64L << 20;
  private static final int DEDUPE_SPANS_MAX = 10_000_000;
  private static final long JOURNAL_BYTES_MAX = 1L << 50;
  private static final long DEAD_LETTERS_BYTES = 256L << 20;
  private static final Duration JOURNAL_AGE_MAX = Duration.ofDays(365);

  private final Findings findings;
  private final OtlpVariables variables;
  private final long inFlightBytesMax;

  ComponentReader(
      Findings findings, Function<String, @Nullable String> environment, long inFlightBytesMax) {
    this.findings = findings;
    variables = new OtlpVariables(environment);
    this.inFlightBytesMax = inFlightBytesMax;
  }

  /** All components of the file; nothing of them runs yet. */
  PipelineConfig read(Section root) {
    Map<String, ExtensionSettings> extensions = extensions(root.section(Kind.EXTENSIONS.key));
    return new PipelineConfig(
        receivers(root.section(Kind.RECEIVERS.key)),
        processors(root.section(Kind.PROCESSORS.key)),
        exporters(root.section(Kind.EXPORTERS.key), extensions),
        extensions,
        new ServiceSettings(List.of(), Map.of()));
  }

  private Map<String, ReceiverSettings> receivers(Section section) {
    long shareBytes = inFlightBytesMax / Math.max(1, section.keys().size());
    return components(
        section, Kind.RECEIVERS, Map.of("otlp", new ReceiverReader(shareBytes)::read));
  }

  private Map<String, ProcessorSettings> processors(Section section) {
    return components(
        section,
        Kind.PROCESSORS,
        Map.of("estimate_cost", CostReader::read, "drop_content", GateReader::read));
  }

  private Map<String, ExporterSettings> exporters(
      Section section, Map<String, ExtensionSettings> extensions) {
    ForwardReader otlp = new ForwardReader(variables, extensions);
    return components(
        section,
        Kind.EXPORTERS,
        Map.of(
            "ndjson", this::ndjson,
            "parquet", this::parquet,
            "otlp_grpc", below -> otlp.read(below, Protocol.GRPC),
            "otlp", below -> otlp.read(below, Protocol.GRPC),
            "otlp_http", below -> otlp.read(below, Protocol.HTTP),
            "otlphttp", below -> otlp.read(below, Protocol.HTTP),
            "prometheus", this::prometheus));
  }

  private Map<String, ExtensionSettings> extensions(Section section) {
    return components(
        section,
        Kind.EXTENSIONS,
        Map.of(
            "health_check", this::healthCheck,
            "journal", this::journal,
            "bearertokenauth", AuthReader::bearer,
            "basicauth", AuthReader::basic));
  }

  private <T> Map<String, T> components(
      Section section, Kind kind, Map<String, Function<Section, ? extends T>> readers) {
    Map<String, T> components = new LinkedHashMap<>();
    if (!readers.keySet().equals(Set.copyOf(kind.types))) {
      throw new IllegalStateException("not every type has a reader: " + kind.key);
    }
    for (String id : section.keys()) {
      String type = Kind.type(id);
      Function<Section, ? extends T> reader = readers.get(type);
      if (!id.matches(ID)) {
        findings.problem(section.position(id), section.path(id), "expected type or type/name");
      } else if (reader == null) {
        findings.wrongWord(
            section.position(id), section.path(id), Kind.lacking(type), type, kind.types);
      } else {
        String warning = kind.warning(type);
        if (warning != null) {
          section.warn(id, warning);
        }
        Section below = section.section(id);
        components.put(id, reader.apply(below));
        below.finish();
      }
    }
    return components;
  }

  private ExporterSettings ndjson(Section section) {
    section.choice("dialect", List.of("flat"), List.of("otlp"));
    NdjsonConfig standard = NdjsonConfig.defaults(path(section, "path", NDJSON_PATH));
    Section rotate = section.section("rotate");
    Duration maxAge = rotate.value("max_age", standard.maxAge(), Units::duration);
    long maxSize = rotate.value("max_size", standard.maxBytes(), Units::bytes);
    rotate.finish();
    return new Ndjson(
        section.checked(
            standard,
            () -> new NdjsonConfig(standard.directory(), standard.dialect(), maxAge, maxSize)),
        retention(section));
  }

  private ExporterSettings parquet(Section section) {
    ParquetConfig standard = ParquetConfig.defaults(path(section, "path", PARQUET_PATH));
    Section rotate = section.section("rotate");
    Duration maxAge = rotate.value("max_age", standard.maxAge(), Units::duration);
    long maxSize = rotate.value("max_size", standard.maxBytes(), Units::bytes);
    long maxRows = rotate.number("max_rows", standard.maxRows(), 1, 1_000_000_000);
    rotate.finish();
    return new Parquet(
        section.checked(
            standard, () -> new ParquetConfig(standard.directory(), maxAge, maxSize, maxRows)),
        retention(section));
  }

  private static Duration retention(Section section) {
    return section.value("retention", Duration.ZERO, ComponentReader::parseRetention);
  }

  private static Duration parseRetention(String text) {
    Duration retention = Units.duration(text);
    if (retention.isZero()
        || (retention.compareTo(RETENTION_MIN) >= 0 && retention.compareTo(RETENTION_MAX) <= 0)) {
      return retention;
    }
    throw new IllegalArgumentException("must be from 1m to 3650d, or 0 (files are kept)");
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
        section.choice("durability", List.of("fsync", "interval", "memory"), List.of());
    String whenFull = section.choice("when_full", List.of("refuse", "drop_oldest"), List.of());
    JournalConfig defaults = JournalConfig.defaults();
    return new Journal(
        directory,
        defaults.with(
            Durability.valueOf(durability.toUpperCase(Locale.ROOT)),
            section.value("max_size", defaults.maxBytes(), ComponentReader::journalSize),
            section.value("max_age", defaults.maxAge(), ComponentReader::journalAge),
            WhenFull.valueOf(whenFull.toUpperCase(Locale.ROOT))),
        section.value("dead_letters_max_size", DEAD_LETTERS_BYTES, ComponentReader::lettersSize),
        (int) section.number("dedupe_spans", 0, 0, DEDUPE_SPANS_MAX));
  }

  private static long journalSize(String text) {
    long bytes = Units.bytes(text);
    if (bytes >= JOURNAL_BYTES_MIN && bytes <= JOURNAL_BYTES_MAX) {
      return bytes;
    }
    throw new IllegalArgumentException("must be from 64MiB to 1024TiB");
  }

  private static long lettersSize(String text) {
    long bytes = Units.bytes(text);
    if (bytes >= 0 && bytes <= JOURNAL_BYTES_MAX) {
      return bytes;
    }
    throw new IllegalArgumentException("must be from 0 (none are kept) to 1024TiB");
  }

  private static Duration journalAge(String text) {
    Duration age = Units.duration(text);
    if (age.compareTo(JOURNAL_AGE_MAX) <= 0) {
      return age;
    }
    throw new IllegalArgumentException("must be from 0 (any age) to 365d");
  }

  private static Endpoint endpoint(Section section, String fallback) {
    return section.text("endpoint", Endpoint.parse(fallback), Endpoint::parse);
  }

  private static Path path(Section section, String key, Path fallback) {
    return section.text(key, fallback, ComponentReader::parsePath);
  }

  static @Nullable Path optionalPath(Section section, String key) {
    Path none = Path.of("");
    Path path = path(section, key, none);
    return path.equals(none) ? null : path;
  }

  static Path parsePath(String text) {
    try {
      if (!text.isBlank()) {
        return Path.of(text);
      }
    } catch (InvalidPathException bad) {
      throw new IllegalArgumentException("not a path of this system", bad);
    }
    throw new IllegalArgumentException("must not be empty");
  }
}
