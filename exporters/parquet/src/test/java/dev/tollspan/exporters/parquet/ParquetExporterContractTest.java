package dev.tollspan.exporters.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tollspan.pipeline.SpanExporter;
import dev.tollspan.pipeline.SpanExporterContract;
import dev.tollspan.spans.Batches;
import dev.tollspan.spans.KeyTable;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

class ParquetExporterContractTest extends SpanExporterContract {
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.ofEpochSecond(1_700_000_100));

  @Override
  protected KeyTable keys() {
    return Batches.keys(ParquetExporter.keys().toArray(String[]::new));
  }

  @Override
  protected SpanExporter open(Path dir) throws Exception {
    return new ParquetExporter(ParquetConfig.defaults(dir), keys(), CLOCK);
  }

  @Override
  protected List<String> deliveredSpanIds(Path dir) throws Exception {
    return LakeReader.duckdb(dir).stream().map(row -> (String) row.get("span_id")).toList();
  }

  @Override
  protected void assertNothingHalfWritten(Path dir) throws Exception {
    assertEquals(List.of(), LakeReader.strangers(dir));
    assertEquals(LakeReader.duckdb(dir), LakeReader.avro(dir));
  }
}
