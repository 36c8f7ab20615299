package dev.tollspan.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.journal.JournalConfig.Durability;
import dev.tollspan.journal.JournalConfig.WhenFull;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Writers, readers and upkeep side by side, while a limit takes segments away under them. */
@Timeout(60)
class UnderLoadTest {
  private static final int RECORDS = 4000;
  private static final int WRITERS = 4;

  private final LongAdder storedSpans = new LongAdder();
  private final AtomicBoolean written = new AtomicBoolean();
  private final List<Throwable> failures = new ArrayList<>();

  @Test
  void theBooksOfEveryReaderBalanceWhateverALimitTakes() throws Exception {
    Journal journal = new Journal(parts(), Set.of("fast", "slow", "dead"));
    Thread upkeep = start(journal.upkeep()::loop);
    List<Thread> writers = new ArrayList<>();
    for (int i = 0; i < WRITERS; i++) {
      int first = i * RECORDS;
      writers.add(start(() -> write(journal, first)));
    }
    Thread fast = start(() -> follow(journal.reader("fast"), 1 << 20));
    Thread slow = start(() -> follow(journal.reader("slow"), 1000));
    for (Thread writer : writers) {
      writer.join();
    }
    written.set(true);
    fast.join();
    slow.join();
    journal.upkeep().end();
    upkeep.join();
    assertEquals(List.of(), failures);
    assertEquals(storedSpans.sum(), journal.status().spans());
    for (String name : List.of("fast", "slow", "dead")) {
      Reader reader = journal.reader(name);
      long dropped = reader.status().droppedSpans().getOrDefault(Upkeep.SIZE, 0L);
      assertEquals(
          dropped == 0 ? Set.of() : Set.of(Upkeep.SIZE), reader.status().droppedSpans().keySet());
      assertEquals(
          storedSpans.sum(),
          reader.status().deliveredSpans() + reader.status().pendingSpans() + dropped,
          name);
    }
    Map<String, Long> dead = journal.reader("dead").status().droppedSpans();
    assertTrue(dead.get(Upkeep.SIZE) > storedSpans.sum() / 2, dead::toString);
    assertEquals(0, journal.reader("fast").status().pendingSpans());
  }

  private void write(Journal journal, int first) {
    for (int i = first + 1; i <= first + RECORDS; i++) {
      byte[] bytes = World.payload(i);
      while (!(journal.append(bytes, 0, bytes.length, World.spans(i)) instanceof Appended.Stored)) {
        Thread.onSpinWait(); // until upkeep has made room
      }
      storedSpans.add(World.spans(i));
    }
  }

  private void follow(Reader reader, int bytesMax) {
    try {
      long last = 0;
      boolean more = true;
      while (more) {
        boolean end = written.get();
        List<JournalRecord> records = reader.next(Heap.ARRAYS, bytesMax, Duration.ofMillis(5));
        for (JournalRecord record : records) {
          byte[] bytes = Arrays.copyOf(record.bytes(), record.length());
          long number = ByteBuffer.wrap(bytes).getLong();
          assertTrue(Arrays.equals(World.payload(number), bytes), "a record was altered");
          assertTrue(record.sequence() > last, "a record came twice, or out of order");
          last = record.sequence();
        }
        reader.commit(last);
        more = !end || !records.isEmpty();
      }
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private Thread start(Runnable work) {
    return Thread.ofPlatform()
        .daemon()
        .uncaughtExceptionHandler(
            (thread, e) -> {
              synchronized (failures) {
                failures.add(e);
              }
            })
        .start(work);
  }

  private static Parts parts() {
    JournalConfig config =
        new JournalConfig(
            Durability.FSYNC,
            256 << 10,
            Duration.ZERO,
            WhenFull.DROP_OLDEST,
            Duration.ofMillis(1),
            16 << 10,
            32 << 10,
            Duration.ofMillis(50),
            Duration.ZERO,
            4096);
    Pace pace = new Pace.RealPace(System::nanoTime, InstantSource.system());
    return new Parts(new HeapDisk(1 << 30), config, pace, FailPoint.NONE, () -> 5L);
  }
}
