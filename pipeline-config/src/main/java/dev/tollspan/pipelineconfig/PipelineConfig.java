package dev.tollspan.pipelineconfig;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The configuration file as a tree of records, shaped like the OpenTelemetry Collector's.
 * Components are listed under their ids ({@code type} or {@code type/name}), in the order of the
 * file; only those that {@code service} names run.
 */
public record PipelineConfig(
    Map<String, ReceiverSettings> receivers,
    Map<String, ProcessorSettings> processors,
    Map<String, ExporterSettings> exporters,
    Map<String, ExtensionSettings> extensions,
    ServiceSettings service) {

  /** Nothing but names: everything else is each key's own default. */
  private static final String DEFAULTS =
      """
      receivers: {otlp: {protocols: {grpc: , http: }}}
      processors: {estimate_cost: , drop_content: }
      exporters: {ndjson: , parquet: }
      extensions: {health_check: , journal: }
      service:
        extensions: [health_check, journal]
        pipelines:
          traces:
            receivers: [otlp]
            processors: [estimate_cost, drop_content]
            exporters: [ndjson, parquet]
      """;

  public PipelineConfig {
    receivers = ordered(receivers);
    processors = ordered(processors);
    exporters = ordered(exporters);
    extensions = ordered(extensions);
  }

  /**
   * What runs without a file: OTLP over gRPC and HTTP on loopback, priced and stripped of content,
   * written below {@code ./tollspan-data}, forwarded to nobody. Warns where the heap is too small
   * for a default; invalid if it is too small for any request.
   */
  public static Reading defaults() {
    return parse("defaults", DEFAULTS, name -> null);
  }

  /**
   * Reads a file of UTF-8.
   *
   * @param environment the value of a variable, or null if it is not set
   * @throws IOException if the file cannot be read
   */
  public static Reading read(Path file, Function<String, @Nullable String> environment)
      throws IOException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(YamlReader.BYTES_MAX + 1);
    }
    String name = file.toString();
    if (bytes.length > YamlReader.BYTES_MAX) {
      return unreadable(name, YamlReader.TOO_LARGE);
    }
    try {
      String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return parse(name, text, environment);
    } catch (CharacterCodingException notText) {
      return unreadable(name, "not UTF-8 text");
    }
  }

  private static Reading unreadable(String file, String message) {
    Findings findings = new Findings(file);
    findings.problem(Position.START, "", message);
    return new Reading.Invalid(findings.problems(), List.of());
  }

  /** Reads text; {@code file} is the name that problems show. */
  public static Reading parse(
      String file, String text, Function<String, @Nullable String> environment) {
    return parse(file, text, environment, inFlightBytesMax());
  }

  static Reading parse(
      String file,
      String text,
      Function<String, @Nullable String> environment,
      long inFlightBytesMax) {
    Findings findings = new Findings(file);
    YamlValue document = YamlReader.read(text, findings);
    if (document == null && !findings.problems().isEmpty()) {
      return new Reading.Invalid(findings.problems(), List.of());
    }
    Section root = Section.root(document, new Expansion(environment, findings), findings);
    PipelineConfig components =
        new ComponentReader(findings, environment, inFlightBytesMax).read(root);
    if (!root.section("connectors").keys().isEmpty()) {
      root.problem("connectors", "connectors are not in this version");
    }
    ServiceSettings service = new ServiceReader(findings, root, components).read();
    root.finish();
    if (!findings.problems().isEmpty()) {
      return new Reading.Invalid(findings.problems(), findings.warnings());
    }
    return new Reading.Valid(
        components.with(service), findings.warnings(), Places.of(file, document));
  }

  /** How many bytes of requests may be under way at once: 25 % of the heap. */
  static long inFlightBytesMax() {
    return Runtime.getRuntime().maxMemory() / 4;
  }

  /**
   * The file that reads as this configuration, defaults filled in.
   *
   * @param unredacted whether secrets are written out instead of a mask
   */
  public String toYaml(boolean unredacted) {
    return new YamlWriter(unredacted).write(this);
  }

  /**
   * The same for a rehearsal: it writes below this directory alone, listens on free ports of the
   * loopback interface, and forwards to this port there, without its headers.
   *
   * @param requestMibMax a limit for requests, where the configured one is higher
   */
  public PipelineConfig redirected(Path directory, int targetPort, int requestMibMax) {
    return new Redirection(directory, targetPort, requestMibMax).of(this);
  }

  /** How many components of each kind it defines, as words. */
  public String summary() {
    return String.join(
        ", ",
        count(receivers, "receiver"),
        count(processors, "processor"),
        count(exporters, "exporter"),
        count(extensions, "extension"),
        count(service.pipelines(), "pipeline"));
  }

  private static String count(Map<String, ?> components, String name) {
    return components.size() + " " + name + (components.size() == 1 ? "" : "s");
  }

  private PipelineConfig with(ServiceSettings running) {
    return new PipelineConfig(receivers, processors, exporters, extensions, running);
  }

  private static <T> Map<String, T> ordered(Map<String, T> components) {
    return Collections.unmodifiableMap(new LinkedHashMap<>(components));
  }
}
