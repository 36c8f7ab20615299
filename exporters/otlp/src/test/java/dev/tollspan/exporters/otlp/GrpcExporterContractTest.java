package dev.tollspan.exporters.otlp;

import dev.tollspan.pipeline.SpanExporter;
import dev.tollspan.pipeline.SpanExporterContract;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

class GrpcExporterContractTest extends SpanExporterContract {
  private final Destination destination = new Destination();

  @AfterEach
  void stop() {
    destination.close();
  }

  @Override
  protected SpanExporter open(Path dir) {
    return Given.exporter(
        Given.config(destination.port(), Compression.ZSTD, Duration.ofSeconds(20)));
  }

  @Override
  protected List<String> deliveredSpanIds(Path dir) {
    return destination.spanIds();
  }
}
