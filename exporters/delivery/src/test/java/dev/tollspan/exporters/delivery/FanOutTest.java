package dev.tollspan.exporters.delivery;

import static dev.tollspan.exporters.delivery.Given.SMALL_BYTES;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.pipeline.Ledger;
import dev.tollspan.pipeline.Outcome;
import dev.tollspan.pipeline.SpanExporter;
import dev.tollspan.spans.CleanBatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class FanOutTest {
  private final Ledger ledger = new Ledger();
  private final List<CleanBatch> handed = new ArrayList<>();

  @AfterEach
  void leavesNothingBehind() {
    Given.assertBalanced(ledger);
    Given.assertNoThread("delivery-a");
    Given.assertNoThread("delivery-b");
    Given.assertNoThread("delivery-c");
    handed.forEach(Given::assertReleased);
  }

  @Test
  @Tag("E12")
  void givesEachBatchToEveryDelivery() {
    try (FanOut fanOut =
        Given.fanOut(
            List.of(
                delivery("a", new ScriptedExporter(), 9),
                delivery("b", new ScriptedExporter(), 9)))) {
      for (int spans = 1; spans <= 30; spans++) {
        assertEquals(Outcome.ACCEPTED, hand(fanOut, Given.batch(spans)));
      }
    }
    assertEquals(465, ledger.account("a").delivered());
    assertEquals(465, ledger.account("b").delivered());
  }

  @Test
  @Tag("E12")
  void isNotDelayedByADestinationThatIsDown() {
    ScriptedExporter dead = new ScriptedExporter().then(batches -> ScriptedExporter.RETRY);
    ScriptedExporter well = new ScriptedExporter();
    Delivery down = delivery("a", dead, 2);
    FanOut fanOut = Given.fanOut(List.of(down, delivery("b", well, 64)), 0);
    hand(fanOut, Given.batch(1));
    Given.await(down::failing);
    // Two fit into the memory of the dead one; with no time to wait, the rest must pass it by.
    for (int i = 0; i < 50; i++) {
      assertEquals(Outcome.ACCEPTED, hand(fanOut, Given.batch(1)));
    }
    Given.await(() -> ledger.account("b").delivered() == 51);
    assertEquals(
        Map.of("destination_down_and_memory_full", 49L), ledger.account("a").droppedByReason());
    dead.then(batches -> Outcome.ACCEPTED);
    Given.await(() -> ledger.account("a").delivered() == 2);
    fanOut.close();
  }

  @Test
  void waitsForRoomWhereTheDestinationIsWell() {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch open = new CountDownLatch(1);
    ScriptedExporter slow = new ScriptedExporter().next(ScriptedExporter.waitFor(entered, open));
    FanOut fanOut = Given.fanOut(List.of(delivery("a", slow, 1)), TimeUnit.SECONDS.toNanos(20));
    hand(fanOut, Given.batch(1));
    Given.await(entered);
    AtomicReference<Outcome> outcome = new AtomicReference<>();
    Thread caller = Thread.ofVirtual().start(() -> outcome.set(hand(fanOut, Given.batch(2))));
    Given.awaitParked(caller);
    open.countDown();
    Given.join(caller);
    assertEquals(Outcome.ACCEPTED, outcome.get());
    fanOut.close();
    assertEquals(3, ledger.account("a").delivered());
  }

  @Test
  void givesToNobodyIfOneHasNoRoom() {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch open = new CountDownLatch(1);
    ScriptedExporter first = new ScriptedExporter();
    ScriptedExporter slow = new ScriptedExporter().next(ScriptedExporter.waitFor(entered, open));
    Delivery a = delivery("a", first, 64);
    FanOut fanOut = Given.fanOut(List.of(a, delivery("b", slow, 1)), 1_000_000);
    hand(fanOut, Given.batch(1));
    Given.await(entered);
    Given.await(() -> a.memoryBytes() == 0);
    assertInstanceOf(Outcome.RetryLater.class, hand(fanOut, Given.batch(7)));
    assertEquals(0, a.memoryBytes());
    open.countDown();
    fanOut.close();
    assertEquals(List.of(List.of(1)), first.calls);
    assertEquals(List.of(List.of(1)), slow.calls);
  }

  @Test
  void stopsWaitingOnceTheDestinationIsDown() {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch open = new CountDownLatch(1);
    ScriptedExporter dies =
        new ScriptedExporter()
            .next(
                batches -> {
                  entered.countDown();
                  open.await();
                  return ScriptedExporter.RETRY;
                })
            .then(batches -> ScriptedExporter.RETRY);
    Delivery dying = delivery("a", dies, 1);
    Delivery well = delivery("b", new ScriptedExporter(), 64);
    FanOut fanOut = Given.fanOut(List.of(dying, well), TimeUnit.HOURS.toNanos(1));
    hand(fanOut, Given.batch(1));
    Given.await(entered);
    AtomicReference<Outcome> outcome = new AtomicReference<>();
    Thread caller = Thread.ofVirtual().start(() -> outcome.set(hand(fanOut, Given.batch(2))));
    Given.awaitParked(caller);
    open.countDown();
    Given.join(caller);
    assertEquals(Outcome.ACCEPTED, outcome.get());
    FanOut.closeAll(List.of(dying, well), Duration.ZERO);
    assertEquals(
        Map.of("destination_down_and_memory_full", 2L, "shutdown", 1L),
        ledger.account("a").droppedByReason());
    assertEquals(3, ledger.account("b").delivered());
  }

  @Test
  void asksToRetryIfEveryDestinationIsDown() {
    ScriptedExporter dead = new ScriptedExporter().then(batches -> ScriptedExporter.RETRY);
    ScriptedExporter gone = new ScriptedExporter().then(batches -> ScriptedExporter.RETRY);
    Delivery a = delivery("a", dead, 1);
    Delivery b = delivery("b", gone, 1);
    FanOut fanOut = Given.fanOut(List.of(a, b), TimeUnit.HOURS.toNanos(1));
    assertEquals(Outcome.ACCEPTED, hand(fanOut, Given.batch(3)));
    Given.await(() -> a.failing() && b.failing());
    assertInstanceOf(Outcome.RetryLater.class, hand(fanOut, Given.batch(4)));
    FanOut.closeAll(List.of(a, b), Duration.ZERO);
    assertEquals(3, ledger.account("a").dropped());
    assertEquals(3, ledger.account("b").dropped());
  }

  @Test
  void takesABatchLargerThanTheMemoryOnItsOwn() {
    ScriptedExporter exporter = new ScriptedExporter();
    Delivery a = delivery("a", exporter, 1);
    FanOut fanOut = Given.fanOut(List.of(a));
    CleanBatch large = Given.batch(3, 10_000);
    assertTrue(large.memoryBytes() > SMALL_BYTES);
    assertEquals(Outcome.ACCEPTED, hand(fanOut, large));
    assertEquals(Outcome.ACCEPTED, hand(fanOut, Given.batch(1)));
    fanOut.close();
    assertEquals(4, ledger.account("a").delivered());
  }

  @Test
  void staysWithinItsMemoryUnderManyCallers() {
    AtomicLong most = new AtomicLong();
    AtomicReference<Delivery> measured = new AtomicReference<>();
    ScriptedExporter exporter =
        new ScriptedExporter()
            .then(
                batches -> {
                  most.accumulateAndGet(measured.get().memoryBytes(), Math::max);
                  return Outcome.ACCEPTED;
                });
    Delivery a = delivery("a", exporter, 8);
    measured.set(a);
    FanOut fanOut = Given.fanOut(List.of(a, delivery("b", new ScriptedExporter(), 8)));
    List<Thread> callers = new ArrayList<>();
    AtomicLong refused = new AtomicLong();
    for (int i = 0; i < 64; i++) {
      callers.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    for (int j = 0; j < 100; j++) {
                      if (!(hand(fanOut, Given.batch(1)) instanceof Outcome.Accepted)) {
                        refused.incrementAndGet();
                      }
                      most.accumulateAndGet(a.memoryBytes(), Math::max);
                    }
                  }));
    }
    callers.forEach(Given::join);
    fanOut.close();
    assertTrue(most.get() > 0 && most.get() <= 8L * SMALL_BYTES, () -> "held " + most);
    assertEquals(6_400, ledger.account("a").delivered() + refused.get());
    assertEquals(6_400, ledger.account("b").delivered() + refused.get());
  }

  @Test
  void asksLateCallersToRetry() {
    FanOut fanOut = Given.fanOut(List.of(delivery("a", new ScriptedExporter(), 9)));
    fanOut.close();
    assertInstanceOf(Outcome.RetryLater.class, hand(fanOut, Given.batch(3)));
  }

  @Test
  void freesACallerThatWaitsWhenItCloses() {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch open = new CountDownLatch(1);
    ScriptedExporter slow = new ScriptedExporter().next(ScriptedExporter.waitFor(entered, open));
    Delivery a = delivery("a", slow, 1);
    FanOut fanOut = Given.fanOut(List.of(a), TimeUnit.HOURS.toNanos(1));
    hand(fanOut, Given.batch(1));
    Given.await(entered);
    AtomicReference<Outcome> outcome = new AtomicReference<>();
    Thread caller = Thread.ofVirtual().start(() -> outcome.set(hand(fanOut, Given.batch(2))));
    Given.awaitParked(caller);
    a.stopTaking(Duration.ofSeconds(20));
    Given.join(caller);
    assertInstanceOf(Outcome.RetryLater.class, outcome.get());
    open.countDown();
    fanOut.close();
    assertEquals(1, ledger.account("a").delivered());
  }

  @Test
  void answersACallerThatIsInterrupted() {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch open = new CountDownLatch(1);
    ScriptedExporter slow = new ScriptedExporter().next(ScriptedExporter.waitFor(entered, open));
    FanOut fanOut = Given.fanOut(List.of(delivery("a", slow, 1)), TimeUnit.HOURS.toNanos(1));
    hand(fanOut, Given.batch(1));
    Given.await(entered);
    AtomicReference<Outcome> outcome = new AtomicReference<>();
    AtomicReference<Boolean> flag = new AtomicReference<>();
    Thread caller =
        Thread.ofVirtual()
            .start(
                () -> {
                  outcome.set(hand(fanOut, Given.batch(2)));
                  flag.set(Thread.currentThread().isInterrupted());
                });
    Given.awaitParked(caller);
    caller.interrupt();
    Given.join(caller);
    assertInstanceOf(Outcome.RetryLater.class, outcome.get());
    assertEquals(true, flag.get());
    open.countDown();
    fanOut.close();
  }

  @Test
  void closesAllExportersAtTheSameTime() {
    CyclicBarrier meeting = new CyclicBarrier(2);
    AtomicLong met = new AtomicLong();
    SpanExporter meets =
        new SpanExporter() {
          @Override
          public Outcome export(List<CleanBatch> batches) {
            return Outcome.ACCEPTED;
          }

          @Override
          public void flush() {}

          @Override
          public void close() {
            try {
              meeting.await(20, TimeUnit.SECONDS);
              met.incrementAndGet();
            } catch (Exception e) {
              throw new AssertionError(e);
            }
          }
        };
    Given.fanOut(List.of(delivery("a", meets, 9), delivery("b", meets, 9))).close();
    assertEquals(2, met.get());
  }

  @Test
  void wantsAtLeastOneDelivery() {
    assertThrows(IllegalArgumentException.class, () -> new FanOut(List.of()));
    assertThrows(IllegalArgumentException.class, () -> Given.fanOut(List.of()));
  }

  @Test
  void givesEachPipelineItsOwnBatch() {
    List<CleanBatch> small = new CopyOnWriteArrayList<>();
    List<CleanBatch> large = new CopyOnWriteArrayList<>();
    Delivery a = delivery("a", keeping(small), 9);
    Delivery b = delivery("b", keeping(large), 9);
    Delivery c = delivery("c", keeping(large), 9);
    CleanBatch first = Given.batch(2, 10);
    CleanBatch second = Given.batch(2, 5_000);
    try (FanOut fanOut = new FanOut(List.of(List.of(a), List.of(b, c)))) {
      assertEquals(Outcome.ACCEPTED, hand(fanOut, first, second));
    }
    assertEquals(List.of(first), small);
    assertEquals(List.of(second, second), large);
    assertEquals(2, ledger.account("c").delivered());
  }

  /** The other pipeline gets nothing before there is room in all, so a retry doubles nothing. */
  @Test
  void asksToRetryIfNoDestinationOfOnePipelineIsThere() {
    ScriptedExporter dead = new ScriptedExporter().then(batches -> ScriptedExporter.RETRY);
    ScriptedExporter other = new ScriptedExporter();
    Delivery a = delivery("a", dead, 1);
    Delivery b = delivery("b", other, 64);
    FanOut fanOut = new FanOut(List.of(List.of(b), List.of(a)), 0);
    assertEquals(Outcome.ACCEPTED, hand(fanOut, Given.batch(3), Given.batch(3)));
    Given.await(a::failing);
    Given.await(() -> b.memoryBytes() == 0);
    for (int i = 0; i < 3; i++) {
      assertInstanceOf(Outcome.RetryLater.class, hand(fanOut, Given.batch(4), Given.batch(4)));
      assertEquals(0, b.memoryBytes(), "what was reserved is given back");
    }
    dead.then(batches -> Outcome.ACCEPTED);
    Given.await(() -> !a.failing());
    assertEquals(Outcome.ACCEPTED, hand(fanOut, Given.batch(4), Given.batch(4)));
    fanOut.close();
    assertEquals(7, ledger.account("a").delivered());
    assertEquals(7, ledger.account("b").delivered());
    assertEquals(List.of(List.of(3), List.of(4)), other.calls);
  }

  private Delivery delivery(String id, SpanExporter exporter, int smallBatches) {
    return new Delivery(
        id,
        exporter,
        Given.config((long) smallBatches * SMALL_BYTES),
        ledger.account(id),
        System::nanoTime);
  }

  private static ScriptedExporter keeping(List<CleanBatch> all) {
    return new ScriptedExporter()
        .then(
            batches -> {
              all.addAll(batches);
              return Outcome.ACCEPTED;
            });
  }

  private Outcome hand(FanOut fanOut, CleanBatch... batches) {
    synchronized (handed) {
      handed.addAll(List.of(batches));
    }
    return Given.hand(fanOut, ledger, batches);
  }
}
