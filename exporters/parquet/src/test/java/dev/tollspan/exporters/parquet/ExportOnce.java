package dev.tollspan.exporters.parquet;

import dev.tollspan.pipeline.Outcome;
import dev.tollspan.spans.Batches;
import dev.tollspan.spans.KeyTable;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/** A process that does all that an exporter does, and ends with 0 if it could. */
final class ExportOnce {
  private ExportOnce() {}

  public static void main(String[] args) throws Exception {
    KeyTable keys = Batches.keys(ParquetExporter.keys().toArray(String[]::new));
    InstantSource clock = InstantSource.fixed(Instant.ofEpochSecond(1_790_000_000));
    ParquetConfig config =
        new ParquetConfig(Path.of(args[0]), Duration.ofSeconds(1), 64 << 10, 100);
    RandomSpans random = new RandomSpans(7, 1_790_000_000_000_000_000L);
    try (ParquetExporter exporter = new ParquetExporter(config, keys, clock)) {
      for (int i = 0; i < 30; i++) {
        if (exporter.export(List.of(Batches.clean(keys, random.message()))) != Outcome.ACCEPTED) {
          throw new IllegalStateException("not accepted");
        }
        exporter.flush();
      }
    }
  }
}
