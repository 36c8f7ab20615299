package dev.tollspan.exporters.ndjson;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tollspan.pipeline.SpanExporter;
import dev.tollspan.pipeline.SpanExporterContract;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

class NdjsonExporterContractTest extends SpanExporterContract {
  @Override
  protected SpanExporter open(Path dir) throws Exception {
    return new NdjsonExporter(NdjsonConfig.defaults(dir), keys(), InstantSource.system());
  }

  @Override
  protected List<String> deliveredSpanIds(Path dir) throws Exception {
    List<String> ids = new ArrayList<>();
    Lines.of(dir).forEach(line -> ids.add(line.get("span_id").textValue()));
    return ids;
  }

  @Override
  protected void assertNothingHalfWritten(Path dir) throws Exception {
    assertEquals(List.of(), Lines.hidden(dir));
  }
}
