package dev.tollspan.exporters.parquet;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.exporters.delivery.Delivery;
import dev.tollspan.exporters.delivery.DeliveryConfig;
import dev.tollspan.journal.Appended;
import dev.tollspan.journal.Journal;
import dev.tollspan.journal.JournalConfig;
import dev.tollspan.journal.ReaderStatus;
import dev.tollspan.spans.BatchRestorer;
import dev.tollspan.spans.CleanBatch;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** An exporter behind a journal on disk, as it is in a pipeline. */
final class Delivered implements AutoCloseable {
  private static final String ID = "parquet";
  private static final DeliveryConfig CONFIG =
      new DeliveryConfig(
          1 << 30, 1 << 16, Duration.ofMillis(1), Duration.ofMillis(5), 1.5, 0.5, Duration.ZERO);

  final Journal journal;
  final Delivery delivery;

  Delivered(Path folder, ParquetExporter exporter, BatchRestorer restorer) throws IOException {
    journal =
        Journal.open(
            folder,
            JournalConfig.defaults(),
            Set.of(ID),
            System::nanoTime,
            InstantSource.fixed(Given.ARRIVAL));
    Delivery.Source source = new Delivery.Source(journal, restorer);
    delivery = new Delivery(ID, exporter, CONFIG, source, System::nanoTime);
  }

  void hand(CleanBatch batch) {
    Appended answer =
        journal.append(batch.bytes(), batch.offset(), batch.byteSize(), batch.spanCount());
    assertTrue(answer instanceof Appended.Stored, answer::toString);
  }

  ReaderStatus status() {
    return delivery.status();
  }

  static void await(BooleanSupplier condition) {
    long startNanos = System.nanoTime();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() - startNanos < 60_000_000_000L, "waited for 60 s in vain");
      Thread.yield();
    }
  }

  @Override
  public void close() {
    delivery.close();
    journal.close();
  }
}
