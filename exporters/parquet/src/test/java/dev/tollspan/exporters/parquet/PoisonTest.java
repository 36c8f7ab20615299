package dev.tollspan.exporters.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tollspan.journal.ReaderStatus;
import dev.tollspan.pipeline.Outcome;
import dev.tollspan.spans.CleanBatch;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Spans that cannot be written, however often they come. */
class PoisonTest {
  private static final InstantSource CLOCK = InstantSource.fixed(Given.ARRIVAL);
  private static final Instant SIX = Given.ARRIVAL.minus(Duration.ofHours(1));

  @TempDir Path dir;

  private final Given given = new Given();

  /** A disk, or code before it, with a bug in one partition. */
  private static final class Buggy implements Storage {
    private final boolean opens;

    Buggy(boolean opens) {
      this.opens = opens;
    }

    @Override
    public FileChannel open(
        Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
        throws IOException {
      fail(path, !opens);
      return FileChannel.open(path, options, attributes);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
      fail(from, opens);
      Storage.super.rename(from, to);
    }

    private static void fail(Path path, boolean here) {
      if (here && path.toString().contains("hour=06")) {
        throw new IllegalStateException("a bug");
      }
    }
  }

  @Test
  void rejectsASpanThatMakesNoRowAndKeepsItsNeighbours() throws Exception {
    try (ParquetExporter exporter = open()) {
      List<CleanBatch> before = List.of(given.batch(2));
      assertEquals(Outcome.ACCEPTED, exporter.export(before));
      List<CleanBatch> call = List.of(given.batch(1), given.poison(), given.batch(1));
      assertInstanceOf(Outcome.RetryLater.class, exporter.export(call));
      assertEquals(0, exporter.held());
      assertEquals(Outcome.ACCEPTED, exporter.export(before));
      assertEquals(1, rejected(exporter.export(call)));
      assertEquals(4, exporter.held());
      assertEquals(Outcome.ACCEPTED, exporter.export(List.of(given.batch(1))));
    }
    assertEquals(List.of(1L, 2L, 3L, 4L, 6L, 7L, 8L), LakeReader.numbers(dir));
  }

  @Test
  void losesNoTryToTheNextSpanOfTheKind() throws Exception {
    try (ParquetExporter exporter = open()) {
      List<CleanBatch> call = List.of(given.poison());
      exporter.export(call);
      assertEquals(1, rejected(exporter.export(call)));
      for (int i = 0; i < 5; i++) {
        assertEquals(Outcome.ACCEPTED, exporter.export(List.of(given.batch(1))));
        assertEquals(1, rejected(exporter.export(List.of(given.poison()))));
      }
    }
    assertEquals(2 + 5 * 3, LakeReader.numbers(dir).size());
  }

  @Test
  void rejectsABatchThatCannotBeRead() throws Exception {
    try (ParquetExporter exporter = open()) {
      List<CleanBatch> call = List.of(given.batch(1), given.unreadable(7), given.batch(1));
      assertInstanceOf(Outcome.RetryLater.class, exporter.export(call));
      assertEquals(7, rejected(exporter.export(call)));
    }
    assertEquals(List.of(1L, 9L), LakeReader.numbers(dir));
  }

  @Test
  void settlesWhatMakesNoRowAtAll() throws Exception {
    try (ParquetExporter exporter = open()) {
      List<CleanBatch> call = List.of(given.unreadable(2));
      assertInstanceOf(Outcome.RetryLater.class, exporter.export(call));
      assertEquals(2, rejected(exporter.export(call)));
      assertEquals(1, exporter.settled());
    }
    assertEquals(List.of(), LakeReader.files(dir));
  }

  @Test
  void givesABatchUpThatFailsAgainAndAgainThoughTheDiskIsWell() throws Exception {
    try (ParquetExporter exporter = open(new Buggy(false))) {
      List<CleanBatch> call = List.of(given.batch(2), given.batchOf(Given.ARRIVAL, SIX, SIX));
      for (int i = 1; i <= ParquetExporter.FAILURES_MAX; i++) {
        assertInstanceOf(Outcome.RetryLater.class, exporter.export(call));
      }
      assertEquals(3, rejected(exporter.export(call)));
      assertEquals(Outcome.ACCEPTED, exporter.export(List.of(given.batch(1))));
    }
    assertEquals(List.of(1L, 2L, 6L), LakeReader.numbers(dir));
  }

  @Test
  void givesFilesUpThatCannotBeEndedThoughTheDiskIsWell() throws Exception {
    try (ParquetExporter exporter = open(new Buggy(true))) {
      List<CleanBatch> call = List.of(given.batch(2), given.batchOf(SIX));
      for (int i = 1; i <= ParquetExporter.FAILURES_MAX; i++) {
        assertEquals(Outcome.ACCEPTED, exporter.export(call));
        assertThrows(IOException.class, exporter::finish);
        assertEquals(0, exporter.held());
      }
      assertEquals(3, rejected(exporter.export(call)));
      assertEquals(2, exporter.settled());
      assertEquals(Outcome.ACCEPTED, exporter.export(List.of(given.batch(1))));
    }
    assertEquals(List.of(4L), LakeReader.numbers(dir));
    assertEquals(List.of(), LakeReader.strangers(dir));
  }

  @Test
  void tellsARejectionOnceThoughTheCallComesAgain() throws Exception {
    ParquetConfig config = new ParquetConfig(dir, Duration.ofHours(1), 1 << 30, 2);
    try (ParquetExporter exporter =
        new ParquetExporter(config, Given.KEYS, CLOCK, new Buggy(false))) {
      List<CleanBatch> first = List.of(given.poison());
      assertInstanceOf(Outcome.RetryLater.class, exporter.export(first));
      List<CleanBatch> call = List.of(first.getFirst(), given.batchOf(SIX));
      assertInstanceOf(Outcome.RetryLater.class, exporter.export(call));
      assertEquals(1, exporter.settled());
      for (int i = 1; i < ParquetExporter.FAILURES_MAX; i++) {
        assertInstanceOf(Outcome.RetryLater.class, exporter.export(call));
      }
      assertEquals(1 + 1, rejected(exporter.export(call)));
      assertEquals(Outcome.ACCEPTED, exporter.export(List.of()));
    }
    assertEquals(List.of(1L, 3L), LakeReader.numbers(dir));
  }

  @Test
  void isBookedSpanBySpanAndHoldsNobodyUp() throws Exception {
    ReaderStatus status;
    Path lake = dir.resolve("lake");
    ParquetExporter exporter = new ParquetExporter(ParquetConfig.defaults(lake), Given.KEYS, CLOCK);
    try (Delivered delivered = new Delivered(dir.resolve("journal"), exporter, given.restorer())) {
      for (int i = 0; i < 20; i++) {
        delivered.hand(i % 5 == 2 ? given.poison() : given.batch(3));
      }
      delivered.delivery.close();
      status = delivered.status();
    }
    assertEquals(0, status.pendingSpans());
    assertEquals(Map.of("rejected_by_destination", 4L), status.droppedSpans());
    assertEquals(56, status.deliveredSpans());
    assertEquals(56, LakeReader.numbers(lake).stream().distinct().count());
    assertEquals(56, LakeReader.numbers(lake).size());
  }

  private ParquetExporter open() throws Exception {
    return open(FileChannel::open);
  }

  private ParquetExporter open(Storage storage) throws Exception {
    return new ParquetExporter(ParquetConfig.defaults(dir), Given.KEYS, CLOCK, storage);
  }

  private static long rejected(Outcome outcome) {
    return assertInstanceOf(Outcome.PartlyAccepted.class, outcome).rejectedSpans();
  }
}
