package dev.tollspan.spans;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.opentelemetry.proto.trace.v1.TracesData;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** No prompt survives a release, and no array has two owners. */
class BatchPoolTest {
  private static final KeyTable KEYS = Batches.keys("k");

  @Test
  void arraysAreZeroWhenTheyAreHandedOutAgain() {
    BatchPool pool = new BatchPool(1 << 26);
    SplittableRandom random = new SplittableRandom(3);
    RandomTraces traces = new RandomTraces(random);
    for (int i = 0; i < 1_500; i++) {
      byte[] request = traces.traces().toByteArray();
      if (request.length > 0 && i % 3 == 0) {
        request[random.nextInt(request.length)] ^= (byte) (1 << random.nextInt(8));
      }
      use(pool, request);
      assertAllZero(pool, 1 + random.nextInt(40_000));
    }
  }

  @Test
  void arraysAreZeroAfterEditsOfAnySize() {
    BatchPool pool = new BatchPool(1 << 26);
    RandomTraces traces = new RandomTraces(new SplittableRandom(4));
    for (int i = 0; i < 500; i++) {
      TracesData message = traces.traces();
      SpanBatch batch = Batches.batch(pool, KEYS, message.toByteArray());
      CleanBatch clean = new RandomEdits(batch, message, traces).splice();
      batch.release();
      clean.release();
      for (int size = 4_096; size <= 1 << 17; size *= 2) {
        assertAllZero(pool, size);
      }
    }
  }

  @Test
  void keepsNoMoreBytesThanItMay() {
    BatchPool pool = new BatchPool(3 * 4_096);
    List<byte[]> arrays = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      arrays.add(pool.acquire(4_096));
    }
    arrays.forEach(array -> pool.release(array, array.length));
    int known = 0;
    for (int i = 0; i < 5; i++) {
      byte[] array = pool.acquire(1);
      known += arrays.stream().anyMatch(old -> old == array) ? 1 : 0;
    }
    assertEquals(3, known);
  }

  @Test
  void arraysAreAtLeastAsLargeAsAskedFor() {
    BatchPool pool = new BatchPool(1 << 26);
    for (int size : new int[] {0, 1, 4_096, 4_097, 1 << 24}) {
      byte[] array = pool.acquire(size);
      assertEquals(Math.max(4_096, Integer.highestOneBit(Math.max(1, 2 * size - 1))), array.length);
      pool.release(array, array.length);
      assertSame(array, pool.acquire(size));
    }
    byte[] huge = pool.acquire((1 << 24) + 1);
    assertEquals((1 << 24) + 1, huge.length);
    pool.release(huge, huge.length);
    assertNotSame(huge, pool.acquire((1 << 24) + 1));
  }

  @Test
  void threadsNeverShareAnArray() throws Exception {
    BatchPool pool = new BatchPool(1 << 18);
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<Integer>> running = new ArrayList<>();
      for (int thread = 1; thread <= 4; thread++) {
        running.add(threads.submit(worker(pool, thread)));
      }
      for (Future<Integer> one : running) {
        assertEquals(300, one.get());
      }
    }
  }

  @Test
  void theLastHolderOfACleanBatchGivesItBack() {
    BatchPool pool = new BatchPool(1 << 20);
    SpanBatch batch = Batches.batch(pool, KEYS, WireWriter.request(WireWriter.span(1)));
    CleanBatch clean = BatchEditor.of(batch).splice(batch);
    batch.release();
    clean.hold().hold();
    clean.release();
    clean.release();
    assertEquals(1, clean.view().spanCount());
    assertNotSame(clean.bytes(), pool.acquire(1));
    assertNotSame(clean.bytes(), pool.acquire(1));
    clean.release();
    assertSame(clean.bytes(), pool.acquire(1));
    assertThrows(IllegalStateException.class, clean::release);
  }

  @Test
  void readersShareTheIndexOfACleanBatch() throws Exception {
    TracesData message = new RandomTraces(new SplittableRandom(5)).traces();
    BatchPool pool = new BatchPool(1 << 20);
    SpanBatch batch = Batches.batch(pool, KEYS, message.toByteArray());
    CleanBatch clean = BatchEditor.of(batch).splice(batch);
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<?>> running = new ArrayList<>();
      for (int thread = 0; thread < 4; thread++) {
        clean.hold();
        running.add(
            threads.submit(
                () -> {
                  Agreement.check(message, clean.view(), KEYS);
                  clean.release();
                }));
      }
      for (Future<?> one : running) {
        one.get();
      }
    }
    clean.release();
    assertThrows(IllegalStateException.class, clean::release);
  }

  private static Callable<Integer> worker(BatchPool pool, int seed) {
    return () -> {
      RandomTraces traces = new RandomTraces(new SplittableRandom(seed));
      int done = 0;
      for (; done < 300; done++) {
        TracesData message = traces.traces();
        SpanBatch batch = Batches.batch(pool, KEYS, message.toByteArray());
        RandomEdits edits = new RandomEdits(batch, message, traces);
        CleanBatch clean = edits.splice();
        assertEquals(edits.expected(), Batches.message(clean));
        Agreement.check(edits.expected(), clean.view(), KEYS);
        clean.release();
        batch.release();
      }
      return done;
    };
  }

  private static void use(BatchPool pool, byte[] request) {
    byte[] bytes = pool.acquire(request.length);
    System.arraycopy(request, 0, bytes, 0, request.length);
    if (SpanBatch.decode(pool, KEYS, bytes, request.length) instanceof Decoded.Whole whole) {
      CleanBatch clean = BatchEditor.of(whole.batch()).splice(whole.batch());
      whole.batch().release();
      clean.release();
    }
  }

  private static void assertAllZero(BatchPool pool, int size) {
    byte[] first = pool.acquire(size);
    byte[] second = pool.acquire(size);
    for (byte[] array : new byte[][] {first, second}) {
      int or = 0;
      for (byte b : array) {
        or |= b;
      }
      assertEquals(0, or);
      pool.release(array, 0);
    }
  }
}
