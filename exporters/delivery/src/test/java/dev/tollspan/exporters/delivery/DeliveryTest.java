package dev.tollspan.exporters.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.journal.Journal;
import dev.tollspan.journal.ReaderStatus;
import dev.tollspan.pipeline.Outcome;
import dev.tollspan.pipeline.SpanExporter;
import dev.tollspan.spans.CleanBatch;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class DeliveryTest {
  private final Journal journal = Given.journal("test");
  private final FakePace pace = new FakePace();
  private final List<CleanBatch> handed = new ArrayList<>();

  @AfterEach
  void leavesNothingBehind() {
    Given.assertBalanced(journal, "test");
    assertEquals(0, status().pendingSpans());
    Given.assertNoThread("delivery-test");
    handed.forEach(Given::assertReleased);
    journal.close();
  }

  @Test
  void deliversInTheOrderOfArrival() throws Exception {
    ScriptedExporter exporter = new ScriptedExporter();
    Delivery delivery = delivery(exporter, Given.config());
    for (int spans = 1; spans <= 20; spans++) {
      hand(Given.batch(spans));
    }
    delivery.close();
    List<Integer> arrived = exporter.calls.stream().flatMap(List::stream).toList();
    assertEquals(java.util.stream.IntStream.rangeClosed(1, 20).boxed().toList(), arrived);
    assertEquals(210, status().deliveredSpans());
    assertEquals(1, exporter.closes.get());
    assertFalse(exporter.overlapped);
  }

  @Test
  void mergesWhatWaitsUpToTheByteLimit() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch open = new CountDownLatch(1);
    ScriptedExporter exporter =
        new ScriptedExporter().next(ScriptedExporter.waitFor(entered, open));
    int three = 3 * Given.batch(2).byteSize();
    DeliveryConfig config =
        new DeliveryConfig(
            1 << 20, three, Duration.ofMillis(1), Duration.ofMillis(1), 1.5, 0.5, Duration.ZERO);
    Delivery delivery = delivery(exporter, config);
    hand(Given.batch(1));
    Given.await(entered);
    for (int i = 0; i < 7; i++) {
      hand(Given.batch(2));
    }
    hand(Given.batch(99));
    hand(Given.batch(1));
    open.countDown();
    delivery.close();
    List<List<Integer>> calls =
        List.of(
            List.of(1), List.of(2, 2, 2), List.of(2, 2, 2), List.of(2), List.of(99), List.of(1));
    assertEquals(calls, exporter.calls);
  }

  @Test
  @Tag("E5")
  @Tag("F5")
  void triesTheSameBatchesAgainUntilTheyAreTaken() throws Exception {
    Outcome asked = new Outcome.RetryLater(Duration.ofSeconds(70), "asked");
    ScriptedExporter exporter =
        ScriptedExporter.answering(
            ScriptedExporter.RETRY, ScriptedExporter.RETRY, asked, ScriptedExporter.RETRY);
    Delivery delivery = delivery(exporter, Given.config(Duration.ofSeconds(4), Duration.ZERO));
    hand(Given.batch(3));
    Given.await(() -> status().deliveredSpans() == 3);
    delivery.close();
    assertEquals(
        List.of(List.of(3), List.of(3), List.of(3), List.of(3), List.of(3)), exporter.calls);
    assertEquals(4, pace.waits.size());
    assertWait(2, 6, 0);
    assertWait(3, 9, 1);
    assertWait(70, 70, 2);
    assertWait(10, 30, 3);
  }

  @Test
  void givesUpOnceTheNextTryWouldBeTooLate() throws Exception {
    ScriptedExporter exporter = new ScriptedExporter().then(batches -> ScriptedExporter.RETRY);
    Delivery delivery =
        delivery(exporter, Given.config(Duration.ofSeconds(4), Duration.ofSeconds(30)));
    hand(Given.batch(3));
    Given.await(() -> status().droppedSpans().size() == 1);
    assertTrue(delivery.failing());
    assertTrue(exporter.calls.size() >= 2, () -> "calls " + exporter.calls.size());
    assertTrue(pace.nanos() <= Duration.ofSeconds(30).toNanos());
    exporter.then(batches -> Outcome.ACCEPTED);
    hand(Given.batch(4));
    Given.await(() -> status().deliveredSpans() == 4);
    assertFalse(delivery.failing());
    delivery.close();
    assertEquals(Map.of("max_elapsed_time", 3L), status().droppedSpans());
  }

  @Test
  @Tag("E3")
  @Tag("E4")
  @Tag("F8")
  @Tag("F10")
  void countsWhatTheDestinationDoesNotWant() throws Exception {
    ScriptedExporter exporter =
        ScriptedExporter.answering(
            new Outcome.PartlyAccepted(2, "two"),
            new Outcome.Refused("no"),
            new Outcome.PartlyAccepted(Long.MAX_VALUE, "all and more"),
            new Outcome.PartlyAccepted(-5, "less than none"));
    Delivery delivery = delivery(exporter, Given.config());
    for (int spans : new int[] {10, 20, 30, 40}) {
      hand(Given.batch(spans));
      Given.await(() -> status().pendingSpans() == 0);
    }
    delivery.close();
    assertEquals(48, status().deliveredSpans());
    assertEquals(
        Map.of("rejected_by_destination", 32L, "refused_by_destination", 20L),
        status().droppedSpans());
  }

  @Test
  void livesOnWhenTheExporterThrows() throws Exception {
    List<String> lines = new CopyOnWriteArrayList<>();
    Handler log = recorder(lines);
    Logger logger = Logger.getLogger(Delivery.class.getName());
    logger.addHandler(log);
    try {
      ScriptedExporter exporter =
          new ScriptedExporter()
              .next(
                  batches -> {
                    throw new IllegalStateException("canary-of-a-prompt");
                  })
              .next(
                  batches -> {
                    throw new AssertionError("canary-of-a-prompt");
                  });
      Delivery delivery =
          new Delivery("test", exporter, Given.config(), Given.source(journal), System::nanoTime);
      for (int spans : new int[] {10, 20, 30}) {
        hand(Given.batch(spans));
        Given.await(() -> status().pendingSpans() == 0);
      }
      delivery.close();
    } finally {
      logger.removeHandler(log);
    }
    assertEquals(30, status().deliveredSpans());
    assertEquals(Map.of("exporter_failed", 30L), status().droppedSpans());
    assertEquals(
        List.of("delivery test: the exporter threw java.lang.IllegalStateException"), lines);
  }

  @Test
  void flushesAfterAnExportAndWhenIdle() throws Exception {
    ScriptedExporter exporter = new ScriptedExporter();
    Delivery delivery = delivery(exporter, Given.config());
    hand(Given.batch(1));
    Given.await(() -> status().deliveredSpans() == 1);
    assertEquals(1, exporter.flushes.get());
    Given.await(() -> exporter.flushes.get() >= 2);
    delivery.close();
    assertEquals(1, exporter.calls.size());
  }

  @Test
  @Tag("E11")
  void exportsWhatWaitsBeforeItCloses() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch open = new CountDownLatch(1);
    ScriptedExporter exporter =
        new ScriptedExporter().next(ScriptedExporter.waitFor(entered, open));
    Delivery delivery = delivery(exporter, Given.config());
    hand(Given.batch(1));
    Given.await(entered);
    hand(Given.batch(2));
    open.countDown();
    delivery.close(Duration.ofSeconds(20));
    assertEquals(3, status().deliveredSpans());
  }

  @Test
  @Tag("E11")
  void countsWhatIsLeftAtTheEndAsShutdown() throws Exception {
    ScriptedExporter exporter = new ScriptedExporter().then(batches -> ScriptedExporter.RETRY);
    DeliveryConfig hours = Given.config(Duration.ofHours(1), Duration.ZERO);
    Delivery delivery =
        new Delivery("test", exporter, hours, Given.source(journal), System::nanoTime);
    hand(Given.batch(5));
    Given.await(delivery::failing);
    hand(Given.batch(6));
    delivery.close(Duration.ofSeconds(20));
    assertEquals(Map.of("shutdown", 11L), status().droppedSpans());
    // The wait of an hour was cut short for one more try; the next would have been too late.
    assertEquals(List.of(List.of(5), List.of(5)), exporter.calls);
    assertEquals(1, exporter.closes.get());
  }

  @Test
  void deliversByTheLastTryBeforeTheEnd() throws Exception {
    ScriptedExporter exporter = ScriptedExporter.answering(ScriptedExporter.RETRY);
    DeliveryConfig hours = Given.config(Duration.ofHours(1), Duration.ZERO);
    Delivery delivery =
        new Delivery("test", exporter, hours, Given.source(journal), System::nanoTime);
    hand(Given.batch(5));
    Given.await(delivery::failing);
    delivery.close(Duration.ofSeconds(20));
    assertEquals(5, status().deliveredSpans());
  }

  @Test
  @Tag("E6")
  @Tag("F4")
  void respectsTheDelayOfTheDestinationEvenAtTheEnd() throws Exception {
    ScriptedExporter exporter =
        ScriptedExporter.answering(new Outcome.RetryLater(Duration.ofDays(9_999_999), "later"));
    Delivery delivery =
        new Delivery("test", exporter, Given.config(), Given.source(journal), System::nanoTime);
    hand(Given.batch(5));
    Given.await(delivery::failing);
    delivery.close(Duration.ofSeconds(20));
    assertEquals(Map.of("shutdown", 5L), status().droppedSpans());
    assertEquals(1, exporter.calls.size());
  }

  @Test
  @Tag("E11")
  void interruptsAnExportThatOutlastsTheLimit() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    ScriptedExporter exporter =
        new ScriptedExporter()
            .next(ScriptedExporter.waitFor(entered, new CountDownLatch(1)))
            .then(batches -> Outcome.ACCEPTED);
    Delivery delivery =
        new Delivery("test", exporter, Given.config(), Given.source(journal), System::nanoTime);
    hand(Given.batch(5));
    Given.await(entered);
    hand(Given.batch(6));
    delivery.close(Duration.ofMillis(50));
    assertEquals(Map.of("shutdown", 11L), status().droppedSpans());
    assertEquals(1, exporter.closes.get());
    assertFalse(exporter.interruptedAtClose);
  }

  @Test
  void closesASecondTimeWithoutAnyEffect() throws Exception {
    ScriptedExporter exporter = new ScriptedExporter();
    Delivery delivery = delivery(exporter, Given.config());
    delivery.close();
    delivery.close();
    assertEquals(1, exporter.closes.get());
  }

  private Delivery delivery(SpanExporter exporter, DeliveryConfig config) throws IOException {
    return new Delivery("test", exporter, config, Given.source(journal), pace);
  }

  private void hand(CleanBatch batch) {
    handed.add(batch);
    assertEquals(
        Outcome.ACCEPTED,
        new JournalGroup(List.of(journal), new ReentrantLock()).accept(List.of(batch)));
  }

  private ReaderStatus status() {
    return journal.reader("test").status();
  }

  private void assertWait(long fromSeconds, long toSeconds, int index) {
    long nanos = pace.waits.get(index);
    assertTrue(nanos >= Duration.ofSeconds(fromSeconds).toNanos(), () -> "too short: " + nanos);
    assertTrue(nanos <= Duration.ofSeconds(toSeconds).toNanos(), () -> "too long: " + nanos);
  }

  private static Handler recorder(List<String> lines) {
    return new Handler() {
      @Override
      public void publish(LogRecord line) {
        lines.add(line.getMessage());
      }

      @Override
      public void flush() {}

      @Override
      public void close() {}
    };
  }
}
