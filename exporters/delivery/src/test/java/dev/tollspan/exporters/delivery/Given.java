package dev.tollspan.exporters.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.tollspan.exporters.delivery.Delivery.Source;
import dev.tollspan.journal.Journal;
import dev.tollspan.journal.JournalConfig;
import dev.tollspan.journal.JournalConfig.Durability;
import dev.tollspan.journal.JournalConfig.WhenFull;
import dev.tollspan.journal.ReaderStatus;
import dev.tollspan.spans.BatchPool;
import dev.tollspan.spans.BatchRestorer;
import dev.tollspan.spans.Batches;
import dev.tollspan.spans.CleanBatch;
import dev.tollspan.spans.KeyTable;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Batches, journals, configurations and waiting, as these tests want them. */
final class Given {
  private static final KeyTable KEYS = Batches.keys();
  private static final BatchPool POOL = new BatchPool(1 << 20);

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

  /** A batch of so many spans, the ids of which are consecutive. */
  static CleanBatch numbered(int firstId, int spans) {
    TracesData.Builder message = TracesData.newBuilder();
    ScopeSpans.Builder scope =
        message.addResourceSpansBuilder().setSchemaUrl("https://r").addScopeSpansBuilder();
    for (int id = firstId; id < firstId + spans; id++) {
      scope.addSpans(
          Span.newBuilder()
              .setTraceId(ByteString.copyFrom("0123456789abcdef", StandardCharsets.US_ASCII))
              .setSpanId(ByteString.copyFrom(ByteBuffer.allocate(8).putLong(0, id))));
    }
    return Batches.clean(KEYS, message.build());
  }

  /** The ids of all spans of a message, in their order. */
  static List<Integer> ids(byte[] message) {
    List<Integer> ids = new ArrayList<>();
    try {
      TracesData.parseFrom(message)
          .getResourceSpansList()
          .forEach(
              resource ->
                  resource
                      .getScopeSpansList()
                      .forEach(
                          scope ->
                              scope
                                  .getSpansList()
                                  .forEach(
                                      span ->
                                          ids.add(
                                              (int)
                                                  span.getSpanId()
                                                      .asReadOnlyByteBuffer()
                                                      .getLong()))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return ids;
  }

  /** A journal in memory. */
  static Journal journal(String... readers) {
    return journal(Path.of("none"), Durability.MEMORY, readers);
  }

  static Journal journal(Path folder, Durability durability, String... readers) {
    JournalConfig config =
        JournalConfig.defaults().with(durability, 16 << 20, Duration.ZERO, WhenFull.DROP_FOR_DOWN);
    try {
      return Journal.open(
          folder, config, Set.of(readers), System::nanoTime, InstantSource.system());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Source source(Journal journal) {
    return source(journal, DeadLetters.none());
  }

  static Source source(Journal journal, DeadLetters letters) {
    return new Source(journal, new BatchRestorer(POOL, KEYS), letters, 0);
  }

  /** Waits of 1 to 5 ms, nothing given up. */
  static DeliveryConfig config() {
    return config(Duration.ofMillis(1), Duration.ZERO);
  }

  static DeliveryConfig config(Duration initial, Duration maxElapsed) {
    return new DeliveryConfig(
        1 << 20, 1 << 20, initial, initial.multipliedBy(5), 1.5, 0.5, maxElapsed);
  }

  static void assertReleased(CleanBatch batch) {
    assertThrows(IllegalStateException.class, batch::release);
  }

  /** All that was stored is delivered, waits or is counted. */
  static void assertBalanced(Journal journal, String reader) {
    ReaderStatus status = journal.reader(reader).status();
    long dropped = status.droppedSpans().values().stream().mapToLong(n -> n).sum();
    assertTrue(status.pendingSpans() >= 0);
    assertEquals(
        journal.status().spans(), status.deliveredSpans() + status.pendingSpans() + dropped);
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

  static void join(Thread thread) {
    try {
      assertTrue(thread.join(Duration.ofSeconds(20)), "a thread does not end");
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
