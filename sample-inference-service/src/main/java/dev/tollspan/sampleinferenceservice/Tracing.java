package dev.tollspan.sampleinferenceservice;

import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.TracerProvider;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporterBuilder;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporterBuilder;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.resources.ResourceBuilder;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SdkTracerProviderBuilder;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The tracer and everything behind it. Exporters never hold up a request, the console apart. */
final class Tracing implements AutoCloseable {
  private static final String SCOPE = "dev.tollspan.sampleinferenceservice";

  /** Held, because the log framework forgets the level of a logger that nobody holds. */
  private static final Logger LIBRARY_LOGGER = Logger.getLogger("io.opentelemetry");

  private final Tracer tracer;
  private final Runnable shutdown;

  private Tracing(Tracer tracer, Runnable shutdown) {
    this.tracer = tracer;
    this.shutdown = shutdown;
  }

  /** Fails only where the traces file cannot be opened; a missing collector is no failure. */
  static Tracing open(Settings.Telemetry telemetry, Ids ids, Surroundings surroundings)
      throws IOException {
    // The library prints a stack trace per failed export; OutspokenExporter says it once instead.
    LIBRARY_LOGGER.setLevel(Level.OFF);
    if (!telemetry.enabled()) {
      surroundings.notices().accept("tracing is off; the service works without it");
      return new Tracing(TracerProvider.noop().get(SCOPE), () -> {});
    }
    String version = version();
    SdkTracerProviderBuilder builder =
        SdkTracerProvider.builder()
            .setClock(surroundings.clock())
            .setIdGenerator(ids)
            .setResource(resource(version, telemetry.resource()));
    surroundings.observers().forEach(builder::addSpanProcessor);
    addExporters(builder, telemetry, surroundings);
    SdkTracerProvider provider = builder.build();
    return new Tracing(
        provider.tracerBuilder(SCOPE).setInstrumentationVersion(version).build(),
        () -> provider.shutdown().join(10, TimeUnit.SECONDS));
  }

  Tracer tracer() {
    return tracer;
  }

  /** Sends what waits, for at most 10 s. */
  @Override
  public void close() {
    shutdown.run();
  }

  private static void addExporters(
      SdkTracerProviderBuilder builder, Settings.Telemetry telemetry, Surroundings surroundings)
      throws IOException {
    Settings.OtlpTarget otlp = telemetry.otlp();
    Path tracesFile = telemetry.tracesFile();
    if (otlp == null && tracesFile == null && !telemetry.console()) {
      surroundings
          .notices()
          .accept("no collector, traces file or console is set, so spans go nowhere");
    }
    if (tracesFile != null) {
      builder.addSpanProcessor(
          batched(
              new NdjsonExporter(appending(tracesFile)),
              "spans cannot be written to the traces file; the service works on without them",
              surroundings));
    }
    if (otlp != null) {
      builder.addSpanProcessor(
          batched(
              exporter(otlp),
              "no collector takes spans at "
                  + otlp.authority()
                  + "; the service works on without it",
              surroundings));
    }
    if (telemetry.console()) {
      builder.addSpanProcessor(
          SimpleSpanProcessor.create(new NdjsonExporter(unclosed(surroundings.console()))));
    }
  }

  private static OutputStream appending(Path file) throws IOException {
    try {
      // With --capture-content it holds prompts: for its owner's eyes only.
      boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
      FileAttribute<?>[] mode =
          posix
              ? new FileAttribute<?>[] {
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
              }
              : new FileAttribute<?>[0];
      return Channels.newOutputStream(
          Files.newByteChannel(
              file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND), mode));
    } catch (IOException failure) {
      throw new IOException("cannot open the traces file " + file, failure);
    }
  }

  private static SpanProcessor batched(
      SpanExporter exporter, String sentence, Surroundings surroundings) {
    return BatchSpanProcessor.builder(
            new OutspokenExporter(exporter, sentence, surroundings.notices()))
        .setMaxQueueSize(2048)
        .setMaxExportBatchSize(512)
        .setScheduleDelay(Duration.ofSeconds(2))
        .setExporterTimeout(Duration.ofSeconds(5))
        .build();
  }

  private static SpanExporter exporter(Settings.OtlpTarget target) {
    String authority = target.endpoint().getScheme() + "://" + target.authority();
    return switch (target.protocol()) {
      case GRPC -> grpc(authority, target);
      case HTTP_PROTOBUF -> http(authority, target);
    };
  }

  private static SpanExporter grpc(String authority, Settings.OtlpTarget target) {
    OtlpGrpcSpanExporterBuilder builder =
        OtlpGrpcSpanExporter.builder()
            .setEndpoint(authority)
            .setCompression(target.gzip() ? "gzip" : "none")
            .setTimeout(target.timeout());
    target.headers().forEach(builder::addHeader);
    return builder.build();
  }

  private static SpanExporter http(String authority, Settings.OtlpTarget target) {
    String path = Objects.requireNonNullElse(target.endpoint().getRawPath(), "");
    OtlpHttpSpanExporterBuilder builder =
        OtlpHttpSpanExporter.builder()
            .setEndpoint(authority + (path.isEmpty() ? "/" : path))
            .setCompression(target.gzip() ? "gzip" : "none")
            .setTimeout(target.timeout());
    target.headers().forEach(builder::addHeader);
    return builder.build();
  }

  private static Resource resource(String version, Map<String, String> attributes) {
    ResourceBuilder ours =
        Resource.getDefault().toBuilder()
            .put("service.name", "vllm-inference")
            .put("service.version", version)
            .put("deployment.environment", "local");
    attributes.forEach(ours::put);
    return ours.build();
  }

  private static String version() throws IOException {
    try (InputStream stream = Tracing.class.getResourceAsStream("version.txt")) {
      byte[] bytes = Objects.requireNonNull(stream).readAllBytes();
      return new String(bytes, StandardCharsets.US_ASCII).strip();
    }
  }

  /** The console outlives the service. */
  private static OutputStream unclosed(OutputStream console) {
    return new FilterOutputStream(console) {
      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        out.write(bytes, offset, length);
      }

      @Override
      public void close() throws IOException {
        flush();
      }
    };
  }
}
