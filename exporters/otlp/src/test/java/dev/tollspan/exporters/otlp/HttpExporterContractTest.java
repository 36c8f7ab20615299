package dev.tollspan.exporters.otlp;

import dev.tollspan.pipeline.SpanExporter;
import dev.tollspan.pipeline.SpanExporterContract;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

class HttpExporterContractTest extends SpanExporterContract {
  private final HttpDestination destination = new HttpDestination();

  @AfterEach
  void stop() {
    destination.close();
  }

  @Override
  protected SpanExporter open(Path dir) {
    return Given.exporter(Given.http(destination.port()));
  }

  @Override
  protected List<String> deliveredSpanIds(Path dir) {
    return destination.spanIds();
  }
}
