package dev.tollspan.exporters.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tollspan.pipeline.Outcome;
import dev.tollspan.spans.Batches;
import dev.tollspan.spans.KeyTable;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RandomSpansTest {
  private static final long NOW_SECONDS = 1_790_000_000;
  private static final KeyTable KEYS = Batches.keys(ParquetExporter.keys().toArray(String[]::new));

  @TempDir Path dir;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void bothReadersFindWhatWasSent(long seed) throws Exception {
    InstantSource clock = InstantSource.fixed(Instant.ofEpochSecond(NOW_SECONDS, 123_456_789));
    RandomSpans random = new RandomSpans(seed, NOW_SECONDS * 1_000_000_000L);
    ExpectedRows expected = new ExpectedRows(NOW_SECONDS * 1_000_000L + 123_456);
    try (ParquetExporter exporter = new ParquetExporter(ParquetConfig.defaults(dir), KEYS, clock)) {
      for (int i = 0; i < 20; i++) {
        TracesData message = random.message();
        expected.add(message);
        assertEquals(Outcome.ACCEPTED, exporter.export(List.of(Batches.clean(KEYS, message))));
      }
    }
    List<Map<String, Object>> rows = expected.rows();
    equal(rows, LakeReader.avro(dir));
    equal(rows, LakeReader.duckdb(dir));
    BigInteger cost = BigInteger.ZERO;
    for (Map<String, Object> row : rows) {
      cost = cost.add(BigInteger.valueOf((Long) row.getOrDefault("estimated_cost_nanousd", 0L)));
    }
    assertEquals(
        cost.toString(), LakeReader.query(dir, "SELECT sum(estimated_cost_nanousd)::VARCHAR"));
  }

  private static void equal(List<Map<String, Object>> expected, List<Map<String, Object>> found) {
    assertEquals(expected.size(), found.size());
    for (int i = 0; i < expected.size(); i++) {
      assertEquals(new TreeMap<>(expected.get(i)), new TreeMap<>(found.get(i)));
    }
  }
}
