package dev.tollspan.exporters.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.pipeline.Ledger;
import dev.tollspan.pipeline.Outcome;
import dev.tollspan.pipeline.SpanExporter;
import dev.tollspan.spans.BatchEditor;
import dev.tollspan.spans.BatchPool;
import dev.tollspan.spans.Batches;
import dev.tollspan.spans.CleanBatch;
import dev.tollspan.spans.KeyTable;
import dev.tollspan.spans.SpanBatch;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/**
 * A destination that is dead, and the smallest batches there are.
 *
 * <p>Guarantee: what waits holds {@code memoryBytesMax} and for each batch {@value
 * #OVERHEAD_BYTES_MAX} bytes of objects that are not counted; the rest is refused or counted.
 */
class ManySmallBatchesTest {
  private static final int SENT = 200_000;
  private static final long MEMORY_BYTES = 64 << 20;
  private static final int FITTING = (int) (MEMORY_BYTES / Given.SMALL_BYTES);
  private static final int OVERHEAD_BYTES_MAX = 128;
  private static final long MARGIN_BYTES = 4 << 20; // what else lives in this process

  private final Ledger ledger = new Ledger();
  private final BatchPool pool = new BatchPool(1 << 20);
  private final KeyTable keys = Batches.keys();
  private final byte[] message = Batches.message(Given.batch(1)).toByteArray();

  /** One exporter of one kind of answer; it keeps no books, for they would be larger than ours. */
  private record Answering(Function<List<CleanBatch>, Outcome> answer) implements SpanExporter {
    @Override
    public Outcome export(List<CleanBatch> batches) {
      return answer.apply(batches);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  @Test
  void aDestinationThatNeverAnswersHoldsItsMemoryAndNoMore() {
    CountDownLatch never = new CountDownLatch(1);
    Delivery delivery = delivery("a", batches -> hang(never));
    FanOut fanOut = Given.fanOut(List.of(delivery), 0);
    long before = heapBytes();
    int accepted = 0;
    for (int i = 0; i < SENT; i++) {
      Outcome outcome = Given.hand(fanOut, ledger, batch());
      accepted += outcome instanceof Outcome.Accepted ? 1 : 0;
      assertTrue(delivery.memoryBytes() <= MEMORY_BYTES);
    }
    assertHeld(heapBytes() - before);
    assertEquals(FITTING, accepted);
    assertEquals(Map.of("retry", (long) SENT - FITTING), ledger.rejectedByReason());
    FanOut.closeAll(List.of(delivery), Duration.ZERO);
    Given.assertBalanced(ledger);
    assertEquals(Map.of("shutdown", (long) FITTING), ledger.account("a").droppedByReason());
    assertEquals(0, delivery.memoryBytes());
  }

  @Test
  void whatPassesADeadDestinationByIsCountedAndTheOtherGetsAll() {
    Delivery dead = delivery("a", batches -> ScriptedExporter.RETRY);
    Delivery well = delivery("b", batches -> Outcome.ACCEPTED);
    FanOut fanOut = Given.fanOut(List.of(dead, well), TimeUnit.SECONDS.toNanos(20));
    long before = heapBytes();
    for (int i = 0; i < SENT; i++) {
      assertEquals(Outcome.ACCEPTED, Given.hand(fanOut, ledger, batch()));
      assertTrue(dead.memoryBytes() <= MEMORY_BYTES);
    }
    Given.await(() -> ledger.account("b").delivered() == SENT);
    assertHeld(heapBytes() - before);
    assertEquals(
        Map.of("destination_down_and_memory_full", (long) SENT - FITTING),
        ledger.account("a").droppedByReason());
    FanOut.closeAll(List.of(dead, well), Duration.ZERO);
    Given.assertBalanced(ledger);
    assertEquals(SENT, ledger.account("a").dropped());
  }

  private Delivery delivery(String id, Function<List<CleanBatch>, Outcome> answer) {
    return new Delivery(
        id,
        new Answering(answer),
        Given.config(MEMORY_BYTES),
        ledger.account(id),
        System::nanoTime);
  }

  private static Outcome hang(CountDownLatch never) {
    try {
      never.await();
    } catch (InterruptedException e) {
      // the end
    }
    return ScriptedExporter.RETRY;
  }

  /** A batch as the gate makes it: all of them share a pool. */
  private CleanBatch batch() {
    SpanBatch batch = Batches.batch(pool, keys, message);
    CleanBatch clean = BatchEditor.of(batch).splice(batch);
    batch.release();
    return clean;
  }

  private static void assertHeld(long bytes) {
    long allowed = MEMORY_BYTES + (long) FITTING * OVERHEAD_BYTES_MAX + MARGIN_BYTES;
    assertTrue(bytes <= allowed, bytes + " bytes on the heap, allowed are " + allowed);
    assertTrue(bytes >= MEMORY_BYTES - MARGIN_BYTES, "the measure saw only " + bytes + " bytes");
  }

  private static long heapBytes() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
