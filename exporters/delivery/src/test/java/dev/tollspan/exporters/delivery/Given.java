package dev.tollspan.exporters.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.tollspan.pipeline.Ledger;
import dev.tollspan.pipeline.Outcome;
import dev.tollspan.spans.Batches;
import dev.tollspan.spans.CleanBatch;
import dev.tollspan.spans.KeyTable;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Batches, configurations and waiting, as these tests want them. */
final class Given {
  /** What the array of a small batch holds. */
  static final int SMALL_BYTES = 4096;

  private static final KeyTable KEYS = Batches.keys();

  private Given() {}

  static CleanBatch batch(int spans) {
    return batch(spans, 0);
  }

  /** A batch of so many spans, the names of which have so many bytes. */
  static CleanBatch batch(int spans, int nameBytes) {
    TracesData.Builder message = TracesData.newBuilder();
    ScopeSpans.Builder scope = message.addResourceSpansBuilder().addScopeSpansBuilder();
    for (int i = 0; i < spans; i++) {
      scope.addSpans(
          Span.newBuilder()
              .setTraceId(ByteString.copyFrom("0123456789abcdef", StandardCharsets.US_ASCII))
              .setSpanId(ByteString.copyFrom("01234567", StandardCharsets.US_ASCII))
              .setName("n".repeat(nameBytes)));
    }
    return Batches.clean(KEYS, message.build());
  }

  /** Waits of 1 to 5 ms, nothing given up. */
  static DeliveryConfig config(long memoryBytesMax) {
    return config(memoryBytesMax, Duration.ofMillis(1), Duration.ZERO);
  }

  static DeliveryConfig config(long memoryBytesMax, Duration initial, Duration maxElapsed) {
    return new DeliveryConfig(
        memoryBytesMax, 1 << 20, initial, initial.multipliedBy(5), 1.5, 0.5, maxElapsed);
  }

  /** All of one pipeline. */
  static FanOut fanOut(List<Delivery> deliveries) {
    return new FanOut(List.of(deliveries));
  }

  static FanOut fanOut(List<Delivery> deliveries, long parkNanos) {
    return new FanOut(List.of(deliveries), parkNanos);
  }

  /** Books a batch as a receiver does, and hands it over: one for each pipeline. */
  static Outcome hand(FanOut fanOut, Ledger ledger, CleanBatch... batches) {
    int spans = batches[0].spanCount();
    ledger.receive(spans, 0);
    Outcome outcome = fanOut.accept(List.of(batches));
    if (outcome instanceof Outcome.Accepted) {
      ledger.accept(spans);
    } else {
      ledger.reject(spans, "retry");
    }
    return outcome;
  }

  static void assertReleased(CleanBatch batch) {
    assertThrows(IllegalStateException.class, batch::release);
  }

  static void assertBalanced(Ledger ledger) {
    assertEquals("", ledger.unbalanced());
    ledger.accounts().forEach((id, account) -> assertEquals(0, account.pending(), id));
  }

  static void assertNoThread(String name) {
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      assertFalse(thread.getName().equals(name), name);
    }
  }

  static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(20, TimeUnit.SECONDS), "waited for 20 s in vain");
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  static void await(java.util.function.BooleanSupplier condition) {
    long startNanos = System.nanoTime();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() - startNanos < 20_000_000_000L, "waited for 20 s in vain");
      Thread.onSpinWait();
      Thread.yield();
    }
  }

  static void awaitParked(Thread thread) {
    await(() -> thread.getState() == Thread.State.TIMED_WAITING);
  }

  static void join(Thread thread) {
    try {
      assertTrue(thread.join(Duration.ofSeconds(20)), "a thread does not end");
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
