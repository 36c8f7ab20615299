package dev.tollspan.exporters.delivery;

import static dev.tollspan.exporters.delivery.Given.SMALL_BYTES;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.pipeline.Ledger;
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
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class DeliveryTest {
  private static final long MEMORY = 64L * SMALL_BYTES;

  private final Ledger ledger = new Ledger();
  private final Ledger.Account account = ledger.account("test");
  private final FakePace pace = new FakePace();
  private final List<CleanBatch> handed = new ArrayList<>();

  @AfterEach
  void leavesNothingBehind() {
    Given.assertBalanced(ledger);
    Given.assertNoThread("delivery-test");
    handed.forEach(Given::assertReleased);
  }

  @Test
  void deliversInTheOrderOfArrival() {
    ScriptedExporter exporter = new ScriptedExporter();
    Delivery delivery = delivery(exporter, Given.config(MEMORY));
    for (int spans = 1; spans <= 20; spans++) {
      hand(delivery, Given.batch(spans));
    }
    delivery.close();
    List<Integer> arrived = exporter.calls.stream().flatMap(List::stream).toList();
    assertEquals(java.util.stream.IntStream.rangeClosed(1, 20).boxed().toList(), arrived);
    assertEquals(210, account.delivered());
    assertEquals(0, delivery.memoryBytes());
    assertEquals(1, exporter.closes.get());
    assertFalse(exporter.overlapped);
  }

  @Test
  void mergesWhatWaitsUpToTheByteLimit() {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch open = new CountDownLatch(1);
    ScriptedExporter exporter =
        new ScriptedExporter().next(ScriptedExporter.waitFor(entered, open));
    int three = 3 * Given.batch(2).byteSize();
    DeliveryConfig config =
        new DeliveryConfig(
            MEMORY, three, Duration.ofMillis(1), Duration.ofMillis(1), 1.5, 0.5, Duration.ZERO);
    Delivery delivery = delivery(exporter, config);
    hand(delivery, Given.batch(1));
    Given.await(entered);
    for (int i = 0; i < 7; i++) {
      hand(delivery, Given.batch(2));
    }
    hand(delivery, Given.batch(99));
    hand(delivery, Given.batch(1));
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
  void triesTheSameBatchesAgainUntilTheyAreTaken() {
    Outcome asked = new Outcome.RetryLater(Duration.ofSeconds(70), "asked");
    ScriptedExporter exporter =
        ScriptedExporter.answering(
            ScriptedExporter.RETRY, ScriptedExporter.RETRY, asked, ScriptedExporter.RETRY);
    Delivery delivery =
        delivery(exporter, Given.config(MEMORY, Duration.ofSeconds(4), Duration.ZERO));
    hand(delivery, Given.batch(3));
    Given.await(() -> account.delivered() == 3);
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
  void givesUpOnceTheNextTryWouldBeTooLate() {
    ScriptedExporter exporter = new ScriptedExporter().then(batches -> ScriptedExporter.RETRY);
    Delivery delivery =
        delivery(exporter, Given.config(MEMORY, Duration.ofSeconds(4), Duration.ofSeconds(30)));
    hand(delivery, Given.batch(3));
    Given.await(() -> account.dropped() == 3);
    assertTrue(delivery.failing());
    assertTrue(exporter.calls.size() >= 2, () -> "calls " + exporter.calls.size());
    assertTrue(pace.nanos() <= Duration.ofSeconds(30).toNanos());
    exporter.then(batches -> Outcome.ACCEPTED);
    hand(delivery, Given.batch(4));
    Given.await(() -> account.delivered() == 4);
    assertFalse(delivery.failing());
    delivery.close();
    assertEquals(Map.of("max_elapsed_time", 3L), account.droppedByReason());
  }

  @Test
  @Tag("E3")
  @Tag("E4")
  @Tag("F8")
  @Tag("F10")
  void countsWhatTheDestinationDoesNotWant() {
    ScriptedExporter exporter =
        ScriptedExporter.answering(
            new Outcome.PartlyAccepted(2, "two"),
            new Outcome.Refused("no"),
            new Outcome.PartlyAccepted(Long.MAX_VALUE, "all and more"),
            new Outcome.PartlyAccepted(-5, "less than none"));
    Delivery delivery = delivery(exporter, Given.config(MEMORY));
    for (int spans : new int[] {10, 20, 30, 40}) {
      hand(delivery, Given.batch(spans));
      Given.await(() -> account.pending() == 0);
    }
    delivery.close();
    assertEquals(48, account.delivered());
    assertEquals(
        Map.of("rejected_by_destination", 32L, "refused_by_destination", 20L),
        account.droppedByReason());
  }

  @Test
  void livesOnWhenTheExporterThrows() {
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
          new Delivery("test", exporter, Given.config(MEMORY), account, System::nanoTime);
      for (int spans : new int[] {10, 20, 30}) {
        hand(delivery, Given.batch(spans));
        Given.await(() -> account.pending() == 0);
      }
      delivery.close();
    } finally {
      logger.removeHandler(log);
    }
    assertEquals(30, account.delivered());
    assertEquals(Map.of("exporter_failed", 30L), account.droppedByReason());
    assertEquals(
        List.of("delivery test: the exporter threw java.lang.IllegalStateException"), lines);
  }

  @Test
  void flushesAfterAnExportAndWhenIdle() {
    ScriptedExporter exporter = new ScriptedExporter();
    Delivery delivery = delivery(exporter, Given.config(MEMORY));
    hand(delivery, Given.batch(1));
    Given.await(() -> account.delivered() == 1);
    assertEquals(1, exporter.flushes.get());
    Given.await(() -> exporter.flushes.get() >= 2);
    delivery.close();
    assertEquals(1, exporter.calls.size());
  }

  @Test
  void goesOnWhenFlushingFails() {
    ScriptedExporter inner = new ScriptedExporter();
    SpanExporter exporter =
        new SpanExporter() {
          @Override
          public Outcome export(List<CleanBatch> batches) {
            return inner.export(batches);
          }

          @Override
          public void flush() throws IOException {
            throw new IOException("no space");
          }

          @Override
          public void close() throws IOException {
            inner.close();
            throw new IOException("no space");
          }
        };
    Delivery delivery = delivery(exporter, Given.config(MEMORY));
    hand(delivery, Given.batch(5));
    hand(delivery, Given.batch(6));
    delivery.close();
    assertEquals(11, account.delivered());
    assertEquals(1, inner.closes.get());
  }

  @Test
  @Tag("E11")
  void exportsWhatWaitsBeforeItCloses() {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch open = new CountDownLatch(1);
    ScriptedExporter exporter =
        new ScriptedExporter().next(ScriptedExporter.waitFor(entered, open));
    Delivery delivery = delivery(exporter, Given.config(MEMORY));
    hand(delivery, Given.batch(1));
    Given.await(entered);
    hand(delivery, Given.batch(2));
    delivery.stopTaking(Duration.ofSeconds(20));
    assertEquals(BatchQueue.Room.CLOSED, delivery.reserve(1));
    open.countDown();
    delivery.awaitEnd();
    assertEquals(3, account.delivered());
  }

  @Test
  @Tag("E11")
  void countsWhatIsLeftAtTheEndAsShutdown() {
    ScriptedExporter exporter = new ScriptedExporter().then(batches -> ScriptedExporter.RETRY);
    DeliveryConfig hours = Given.config(MEMORY, Duration.ofHours(1), Duration.ZERO);
    Delivery delivery = new Delivery("test", exporter, hours, account, System::nanoTime);
    hand(delivery, Given.batch(5));
    Given.await(delivery::failing);
    hand(delivery, Given.batch(6));
    delivery.close(Duration.ofSeconds(20));
    assertEquals(Map.of("shutdown", 11L), account.droppedByReason());
    // The wait of an hour was cut short for one more try; the next would have been too late.
    assertEquals(List.of(List.of(5), List.of(5)), exporter.calls);
    assertEquals(1, exporter.closes.get());
  }

  @Test
  void deliversByTheLastTryBeforeTheEnd() {
    ScriptedExporter exporter = ScriptedExporter.answering(ScriptedExporter.RETRY);
    DeliveryConfig hours = Given.config(MEMORY, Duration.ofHours(1), Duration.ZERO);
    Delivery delivery = new Delivery("test", exporter, hours, account, System::nanoTime);
    hand(delivery, Given.batch(5));
    Given.await(delivery::failing);
    delivery.close(Duration.ofSeconds(20));
    assertEquals(5, account.delivered());
  }

  @Test
  @Tag("E6")
  @Tag("F4")
  void respectsTheDelayOfTheDestinationEvenAtTheEnd() {
    ScriptedExporter exporter =
        ScriptedExporter.answering(new Outcome.RetryLater(Duration.ofDays(9_999_999), "later"));
    Delivery delivery =
        new Delivery("test", exporter, Given.config(MEMORY), account, System::nanoTime);
    hand(delivery, Given.batch(5));
    Given.await(delivery::failing);
    delivery.close(Duration.ofSeconds(20));
    assertEquals(Map.of("shutdown", 5L), account.droppedByReason());
    assertEquals(1, exporter.calls.size());
  }

  @Test
  @Tag("E11")
  void interruptsAnExportThatOutlastsTheLimit() {
    CountDownLatch entered = new CountDownLatch(1);
    ScriptedExporter exporter =
        new ScriptedExporter()
            .next(ScriptedExporter.waitFor(entered, new CountDownLatch(1)))
            .then(batches -> Outcome.ACCEPTED);
    Delivery delivery =
        new Delivery("test", exporter, Given.config(MEMORY), account, System::nanoTime);
    hand(delivery, Given.batch(5));
    Given.await(entered);
    hand(delivery, Given.batch(6));
    delivery.close(Duration.ofMillis(50));
    assertEquals(Map.of("shutdown", 11L), account.droppedByReason());
    assertEquals(1, exporter.closes.get());
    assertFalse(exporter.interruptedAtClose);
  }

  @Test
  void closesASecondTimeWithoutAnyEffect() {
    ScriptedExporter exporter = new ScriptedExporter();
    Delivery delivery = delivery(exporter, Given.config(MEMORY));
    delivery.close();
    delivery.close();
    assertEquals(1, exporter.closes.get());
  }

  private Delivery delivery(SpanExporter exporter, DeliveryConfig config) {
    return new Delivery("test", exporter, config, account, pace);
  }

  private void hand(Delivery delivery, CleanBatch batch) {
    handed.add(batch);
    ledger.receive(batch.spanCount(), 0);
    ledger.accept(batch.spanCount());
    assertEquals(BatchQueue.Room.RESERVED, delivery.reserve(batch.memoryBytes()));
    delivery.take(batch);
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
