package dev.tollspan.exporters.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.tollspan.exporters.delivery.Delivery;
import dev.tollspan.exporters.delivery.DeliveryConfig;
import dev.tollspan.exporters.delivery.FanOut;
import dev.tollspan.pipeline.Ledger;
import dev.tollspan.pipeline.Outcome;
import dev.tollspan.spans.CleanBatch;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Spans that cannot be written, however often they come. */
class PoisonTest {
  private static final InstantSource CLOCK = InstantSource.fixed(Given.ARRIVAL);

  @TempDir Path dir;

  private final Given given = new Given();

  @Test
  void rejectsASpanThatMakesNoRowAndKeepsItsNeighbours() throws Exception {
    try (ParquetExporter exporter = open()) {
      assertEquals(Outcome.ACCEPTED, exporter.export(List.of(given.batch(2))));
      List<CleanBatch> call = List.of(given.batch(1), given.poison(), given.batch(1));
      assertInstanceOf(Outcome.RetryLater.class, exporter.export(call));
      assertEquals(1, rejected(exporter.export(call)));
      assertEquals(2, exporter.lostSpans()); // the two of the first call
      assertEquals(Outcome.ACCEPTED, exporter.export(List.of(given.batch(1))));
    }
    assertEquals(List.of(3L, 4L, 6L, 7L, 8L), written());
  }

  @Test
  void losesNoFileToTheNextSpanOfTheKind() throws Exception {
    try (ParquetExporter exporter = open()) {
      List<CleanBatch> call = List.of(given.poison());
      exporter.export(call);
      assertEquals(1, rejected(exporter.export(call)));
      for (int i = 0; i < 5; i++) {
        assertEquals(Outcome.ACCEPTED, exporter.export(List.of(given.batch(1))));
        assertEquals(1, rejected(exporter.export(List.of(given.poison()))));
      }
      assertEquals(0, exporter.lostSpans());
    }
    assertEquals(2 + 5 * 3, written().size());
  }

  @Test
  void rejectsABatchThatCannotBeRead() throws Exception {
    try (ParquetExporter exporter = open()) {
      assertEquals(Outcome.ACCEPTED, exporter.export(List.of(given.batch(1))));
      List<CleanBatch> call = List.of(given.batch(1), given.unreadable(7), given.batch(1));
      assertInstanceOf(Outcome.RetryLater.class, exporter.export(call));
      assertEquals(7, rejected(exporter.export(call)));
      assertEquals(0, exporter.lostSpans());
    }
    assertEquals(List.of(1L, 2L, 10L), written());
  }

  @Test
  void givesACallUpThatFailsAgainAndAgainThoughTheDiskIsWell() throws Exception {
    SpanFile.Opener opener =
        (path, options, attributes) -> {
          if (path.toString().contains("hour=06")) {
            throw new IllegalStateException("a bug");
          }
          return FileChannel.open(path, options, attributes);
        };
    ParquetConfig config = ParquetConfig.defaults(dir);
    Instant six = Given.ARRIVAL.minus(Duration.ofHours(1));
    try (ParquetExporter exporter = new ParquetExporter(config, Given.KEYS, CLOCK, opener)) {
      List<CleanBatch> call = List.of(given.batchOf(Given.ARRIVAL, six, six), given.batch(2));
      for (int i = 1; i < ParquetExporter.FAILURES_MAX; i++) {
        assertInstanceOf(Outcome.RetryLater.class, exporter.export(call));
      }
      assertEquals(4, rejected(exporter.export(call)));
      assertEquals(Outcome.ACCEPTED, exporter.export(List.of(given.batch(1))));
      assertEquals(0, exporter.lostSpans());
    }
    assertEquals(List.of(1L, 6L), written());
  }

  @Test
  void isBookedSpanBySpanAndHoldsNobodyUp() throws Exception {
    Ledger ledger = new Ledger();
    Ledger.Account account = ledger.account("parquet");
    DeliveryConfig config =
        new DeliveryConfig(
            1 << 20, 1 << 20, Duration.ofMillis(1), Duration.ofMillis(5), 1.5, 0.5, Duration.ZERO);
    Delivery delivery = new Delivery("parquet", open(), config, account, System::nanoTime);
    try (FanOut fanOut = new FanOut(List.of(List.of(delivery)))) {
      for (int i = 0; i < 20; i++) {
        CleanBatch batch = i % 5 == 2 ? given.poison() : given.batch(3);
        ledger.receive(3, 0);
        assertEquals(Outcome.ACCEPTED, fanOut.accept(List.of(batch)));
        ledger.accept(3);
      }
    }
    assertEquals("", ledger.unbalanced());
    assertEquals(0, account.pending());
    Map<String, Long> dropped = account.droppedByReason();
    assertEquals(4, dropped.get("rejected_by_destination"));
    assertEquals(60, account.delivered() + 4 + dropped.getOrDefault("file_lost", 0L));
    assertEquals(account.delivered(), written().size());
  }

  private ParquetExporter open() throws Exception {
    return new ParquetExporter(ParquetConfig.defaults(dir), Given.KEYS, CLOCK);
  }

  private static long rejected(Outcome outcome) {
    return assertInstanceOf(Outcome.PartlyAccepted.class, outcome).rejectedSpans();
  }

  /** The numbers of the spans in the lake. */
  private List<Long> written() throws Exception {
    List<Long> numbers = new ArrayList<>();
    for (Map<String, Object> row : LakeReader.avro(dir)) {
      numbers.add(Long.parseLong((String) row.get("span_id"), 16));
    }
    return numbers;
  }
}
