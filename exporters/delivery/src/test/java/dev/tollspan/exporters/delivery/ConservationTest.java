package dev.tollspan.exporters.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.pipeline.Ledger;
import dev.tollspan.pipeline.Outcome;
import dev.tollspan.spans.CleanBatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random destinations, callers and ends.
 *
 * <p>Guarantee: the books balance whatever happens, they agree with what the destinations saw, and
 * every batch is released.
 */
class ConservationTest {
  private static final int RUNS = 12;

  /** A destination in its moods, with its own books. */
  private static final class Moody {
    final AtomicLong taken = new AtomicLong();
    final AtomicLong notTaken = new AtomicLong();
    final ScriptedExporter exporter;

    Moody(long seed, int badPercent) {
      Random random = new Random(seed);
      exporter = new ScriptedExporter().then(batches -> answer(random, badPercent, batches));
    }

    private Outcome answer(Random random, int badPercent, List<CleanBatch> batches) {
      long spans = batches.stream().mapToLong(CleanBatch::spanCount).sum();
      if (random.nextInt(100) >= badPercent) {
        taken.addAndGet(spans);
        return Outcome.ACCEPTED;
      }
      switch (random.nextInt(8)) {
        case 0 -> {
          long rejected = 1 + random.nextLong(spans);
          taken.addAndGet(spans - rejected);
          notTaken.addAndGet(rejected);
          return new Outcome.PartlyAccepted(rejected, "some");
        }
        case 1 -> {
          notTaken.addAndGet(spans);
          return new Outcome.Refused("none");
        }
        case 2 -> {
          notTaken.addAndGet(spans);
          throw new IllegalStateException("a bug");
        }
        default -> {
          return new Outcome.RetryLater(Duration.ofNanos(random.nextInt(200_000)), "not now");
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 20, 300, 4_000, 50_000})
  void everySpanIsAccountedFor(long seed) {
    for (int run = 0; run < RUNS; run++) {
      long seedOfRun = seed * 1_000 + run;
      try {
        run(new Random(seedOfRun));
      } catch (AssertionError e) {
        throw new AssertionError("seed " + seedOfRun, e);
      }
    }
  }

  private static void run(Random random) {
    Ledger ledger = new Ledger();
    List<Moody> destinations = new ArrayList<>();
    List<Delivery> deliveries = new ArrayList<>();
    int count = 1 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      Moody destination = new Moody(random.nextLong(), 10 * random.nextInt(11));
      destinations.add(destination);
      long memory = (1L + random.nextInt(20)) * Given.SMALL_BYTES;
      Duration elapsed = random.nextBoolean() ? Duration.ZERO : Duration.ofMillis(3);
      deliveries.add(
          new Delivery(
              "d" + i,
              destination.exporter,
              Given.config(memory, Duration.ofMillis(1), elapsed),
              ledger.account("d" + i),
              System::nanoTime));
    }
    // One pipeline, or one of the first delivery and one of the others.
    boolean split = count > 1 && random.nextBoolean();
    List<List<Delivery>> pipelines =
        split
            ? List.of(deliveries.subList(0, 1), deliveries.subList(1, count))
            : List.of(deliveries);
    FanOut fanOut = new FanOut(pipelines, 1_000_000L * random.nextInt(20));
    ConcurrentLinkedQueue<CleanBatch> held = new ConcurrentLinkedQueue<>();
    List<Thread> callers = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      long seed = random.nextLong();
      callers.add(
          Thread.ofVirtual().start(() -> call(new Random(seed), split, fanOut, ledger, held)));
    }
    boolean early = random.nextInt(3) == 0;
    if (!early) {
      callers.forEach(Given::join);
    }
    FanOut.closeAll(deliveries, Duration.ofMillis(random.nextInt(60)));
    callers.forEach(Given::join);

    Given.assertBalanced(ledger);
    for (int i = 0; i < count; i++) {
      Ledger.Account account = ledger.account("d" + i);
      Moody destination = destinations.get(i);
      assertEquals(destination.taken.get(), account.delivered());
      assertTrue(account.dropped() >= destination.notTaken.get());
      assertFalse(destination.exporter.overlapped);
      assertEquals(1, destination.exporter.closes.get());
      assertEquals(0, deliveries.get(i).memoryBytes());
      Given.assertNoThread("delivery-d" + i);
    }
    for (CleanBatch batch : held) {
      batch.release();
      Given.assertReleased(batch);
    }
  }

  private static void call(
      Random random,
      boolean split,
      FanOut fanOut,
      Ledger ledger,
      ConcurrentLinkedQueue<CleanBatch> held) {
    for (int i = 0; i < 25; i++) {
      CleanBatch[] batches = new CleanBatch[split ? 2 : 1];
      int spans = 1 + random.nextInt(9);
      for (int j = 0; j < batches.length; j++) {
        batches[j] = Given.batch(spans, random.nextInt(10) == 0 ? 3_000 : 10);
        held.add(batches[j].hold());
      }
      Given.hand(fanOut, ledger, batches);
    }
  }
}
