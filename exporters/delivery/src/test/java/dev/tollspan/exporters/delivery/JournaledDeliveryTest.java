package dev.tollspan.exporters.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.exporters.delivery.ScriptedExporter.Ending;
import dev.tollspan.journal.Journal;
import dev.tollspan.journal.JournalConfig.Durability;
import dev.tollspan.journal.ReaderStatus;
import dev.tollspan.pipeline.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Deliveries whose exporters settle later than they accept, and whose journal outlives them. */
class JournaledDeliveryTest {
  private static final LongSupplier NANOS = System::nanoTime;

  @TempDir Path folder;
  private Journal journal;

  @AfterEach
  void leavesNothingBehind() {
    Given.assertBalanced(journal, "test");
    Given.assertNoThread("delivery-test");
    journal.close();
  }

  @Test
  void commitsWhatStandsInFilesOnceTheyAreFinished() throws Exception {
    ScriptedExporter exporter = files();
    Delivery delivery = open(exporter, Durability.FSYNC);
    hand(3);
    hand(4);
    Given.await(() -> exporter.calls.stream().mapToInt(List::size).sum() == 2);
    Given.await(() -> exporter.flushes.get() > 2);
    assertEquals(7, status().pendingSpans());
    exporter.ending = Ending.FINISHED;
    Given.await(() -> status().deliveredSpans() == 7);
    assertEquals(0, exporter.finishes.get());
    delivery.close();
  }

  @Test
  void givesAgainWhatAFileLost() throws Exception {
    ScriptedExporter exporter = files();
    Delivery delivery = open(exporter, Durability.FSYNC);
    hand(3);
    Given.await(() -> exporter.sequences.size() == 1);
    exporter.ending = Ending.FINISHED;
    Given.await(() -> status().deliveredSpans() == 3);
    exporter.ending = Ending.NONE;
    hand(4);
    hand(5);
    Given.await(() -> exporter.sequences.size() == 3);
    exporter.ending = Ending.LOST;
    Given.await(() -> exporter.sequences.size() == 5);
    delivery.close();
    List<Long> came = exporter.sequences;
    assertEquals(came.subList(1, 3), came.subList(3, 5));
    assertEquals(12, status().deliveredSpans());
    assertEquals(Map.of(), status().droppedSpans());
  }

  @Test
  void givesAgainWhatTheFlushAfterTheFirstCallLost() throws Exception {
    ScriptedExporter exporter = files();
    exporter.next(
        batches -> {
          exporter.ending = Ending.LOST;
          return Outcome.ACCEPTED;
        });
    Delivery delivery = open(exporter, Durability.FSYNC);
    hand(3);
    Given.await(() -> exporter.sequences.size() == 2 || status().deliveredSpans() == 3);
    delivery.close();
    assertEquals(List.of(1L, 1L), exporter.sequences);
    assertEquals(3, status().deliveredSpans());
  }

  @Test
  void givesAgainWhatARefusedCallCostTheFile() throws Exception {
    ScriptedExporter exporter = files();
    exporter.next(batches -> Outcome.ACCEPTED);
    exporter.next(
        batches -> {
          exporter.fail();
          return ScriptedExporter.RETRY;
        });
    Delivery delivery = open(exporter, Durability.FSYNC);
    hand(3);
    Given.await(() -> exporter.sequences.size() == 1);
    hand(4);
    Given.await(() -> exporter.sequences.size() == 4);
    delivery.close();
    List<Long> came = exporter.sequences;
    assertEquals(came.subList(0, 2), came.subList(2, 4));
    assertEquals(7, status().deliveredSpans());
  }

  @Test
  void countsWhatAFileLostIfTheJournalHasItNoMore() throws Exception {
    ScriptedExporter exporter = files();
    Delivery delivery = open(exporter, Durability.MEMORY);
    hand(3);
    hand(4);
    Given.await(() -> status().deliveredSpans() == 7);
    exporter.ending = Ending.LOST;
    Given.await(() -> status().deliveredSpans() == 0);
    hand(5);
    delivery.close();
    assertEquals(5, status().deliveredSpans());
    assertEquals(Map.of("file_lost", 7L), status().droppedSpans());
  }

  @Test
  void finishesFilesEarlyIfTheJournalFills() throws Exception {
    ScriptedExporter exporter = files();
    Delivery delivery = open(exporter, Durability.FSYNC);
    hand(1);
    Given.await(() -> exporter.sequences.size() == 1);
    assertEquals(0, exporter.finishes.get());
    for (int i = 0; i < 6; i++) {
      assertEquals(Outcome.ACCEPTED, accept(1, 200_000));
    }
    Given.await(() -> exporter.finishes.get() > 0);
    delivery.close();
    assertEquals(7, status().deliveredSpans());
  }

  @Test
  void keepsWhatADeadDestinationDidNotTakeForTheNextLife() throws Exception {
    ScriptedExporter dead = new ScriptedExporter().then(batches -> ScriptedExporter.RETRY);
    Delivery delivery = open(dead, Durability.FSYNC);
    hand(5);
    Given.await(delivery::failing);
    hand(6);
    delivery.close(Duration.ofSeconds(1));
    assertEquals(11, status().pendingSpans());
    assertEquals(1, dead.closes.get());
    journal.close();

    ScriptedExporter well = new ScriptedExporter();
    delivery = open(well, Durability.FSYNC);
    Given.await(() -> status().deliveredSpans() == 11);
    delivery.close();
    assertEquals(dead.epoch, well.epoch);
    assertEquals(List.of(5, 6), well.calls.stream().flatMap(List::stream).toList());
  }

  @Test
  @Tag("E12")
  void aDeadDestinationDelaysNobodyAndMissesNothing() throws Exception {
    journal = Given.journal(folder, Durability.FSYNC, "test", "other");
    ScriptedExporter dead = new ScriptedExporter().then(batches -> ScriptedExporter.RETRY);
    ScriptedExporter well = new ScriptedExporter();
    Delivery first = new Delivery("test", dead, Given.config(), Given.source(journal), NANOS);
    Delivery second = new Delivery("other", well, Given.config(), Given.source(journal), NANOS);
    for (int spans = 1; spans <= 20; spans++) {
      hand(spans);
    }
    Given.await(() -> journal.reader("other").status().deliveredSpans() == 210);
    assertEquals(210, status().pendingSpans());
    dead.then(batches -> Outcome.ACCEPTED);
    Given.await(() -> status().deliveredSpans() == 210);
    Delivery.closeAll(List.of(first, second), Duration.ofSeconds(10));
    List<Integer> taken = well.calls.stream().flatMap(List::stream).toList();
    assertEquals(IntStream.rangeClosed(1, 20).boxed().toList(), taken);
  }

  @Test
  void skipsWhatStandsInFilesOfAnEarlierLife() throws Exception {
    ScriptedExporter first = files();
    Delivery delivery = open(first, Durability.FSYNC);
    for (int spans = 1; spans <= 4; spans++) {
      hand(spans);
    }
    Given.await(() -> first.sequences.size() == 4);
    first.atClose = Ending.LOST; // so that nothing is committed
    delivery.close();
    long third = first.sequences.get(2);
    journal.close();

    ScriptedExporter second = new ScriptedExporter();
    second.reach = third;
    delivery = open(second, Durability.FSYNC);
    Given.await(() -> status().deliveredSpans() == 10);
    delivery.close();
    assertTrue(second.sequences.stream().allMatch(sequence -> sequence > third));
    assertEquals(4, second.calls.stream().flatMap(List::stream).mapToInt(n -> n).sum());
  }

  @Test
  void aDefectBesideAFileCostsTimeAndNothingElse() throws Exception {
    ScriptedExporter exporter = files();
    Delivery delivery = open(exporter, Durability.FSYNC);
    for (int spans = 1; spans <= 4; spans++) {
      hand(spans);
    }
    Given.await(() -> exporter.sequences.size() == 4);
    exporter.defect = true;
    Given.await(delivery::failing);
    exporter.defect = false;
    hand(5);
    Given.await(() -> exporter.sequences.size() == 5);
    exporter.ending = Ending.FINISHED;
    Given.await(() -> status().deliveredSpans() == 15);
    assertFalse(delivery.failing());
    delivery.close();
    assertEquals(5, exporter.sequences.stream().distinct().count());
    assertEquals(5, exporter.sequences.size());
  }

  @Test
  void givesAgainWhatAFileLostAfterADefect() throws Exception {
    ScriptedExporter exporter = files();
    Delivery delivery = open(exporter, Durability.FSYNC);
    hand(3);
    hand(4);
    Given.await(() -> exporter.sequences.size() == 2);
    exporter.defect = true;
    Given.await(delivery::failing);
    exporter.defect = false;
    Given.await(() -> !delivery.failing());
    exporter.ending = Ending.LOST;
    Given.await(() -> exporter.sequences.size() == 4);
    delivery.close();
    assertEquals(exporter.sequences.subList(0, 2), exporter.sequences.subList(2, 4));
    assertEquals(7, status().deliveredSpans());
    assertEquals(Map.of(), status().droppedSpans());
  }

  @Test
  void commitsAFileOfTheMiddleOnceADefectIsOver() throws Exception {
    ScriptedExporter exporter = files();
    Delivery delivery = open(exporter, Durability.FSYNC, 1);
    for (int spans = 1; spans <= 3; spans++) {
      hand(spans);
    }
    Given.await(() -> exporter.sequences.size() == 3);
    exporter.defect = true;
    Given.await(delivery::failing);
    exporter.settle(2);
    exporter.defect = false;
    Given.await(() -> status().deliveredSpans() == 3);
    delivery.close();
    assertEquals(6, status().deliveredSpans());
    assertEquals(3, exporter.sequences.size());
  }

  private static ScriptedExporter files() {
    ScriptedExporter exporter = new ScriptedExporter();
    exporter.file = true;
    return exporter;
  }

  private Delivery open(ScriptedExporter exporter, Durability durability) throws IOException {
    return open(exporter, durability, Given.config().exportBytesMax());
  }

  private Delivery open(ScriptedExporter exporter, Durability durability, int exportBytesMax)
      throws IOException {
    journal = Given.journal(folder, durability, "test");
    DeliveryConfig config = Given.config().withBytes(1 << 20, exportBytesMax);
    return new Delivery("test", exporter, config, Given.source(journal), NANOS);
  }

  private void hand(int spans) {
    assertEquals(Outcome.ACCEPTED, accept(spans, 0));
  }

  private Outcome accept(int spans, int nameBytes) {
    return new JournalGroup(List.of(journal), new ReentrantLock())
        .accept(List.of(Given.batch(spans, nameBytes)));
  }

  private ReaderStatus status() {
    return journal.reader("test").status();
  }
}
