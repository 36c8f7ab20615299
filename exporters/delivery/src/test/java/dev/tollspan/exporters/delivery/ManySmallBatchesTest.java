package dev.tollspan.exporters.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.journal.Appended;
import dev.tollspan.journal.HeapJournal;
import dev.tollspan.journal.JournalConfig;
import dev.tollspan.journal.JournalConfig.Durability;
import dev.tollspan.journal.JournalConfig.WhenFull;
import dev.tollspan.journal.Pending;
import dev.tollspan.journal.ReaderStatus;
import dev.tollspan.journal.Turns;
import dev.tollspan.pipeline.Outcome;
import dev.tollspan.pipeline.SpanExporter;
import dev.tollspan.spans.CleanBatch;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The smallest batches there are; what they cost is counted, not timed. */
class ManySmallBatchesTest {
  private static final int SENT = 100_000;
  private static final int GROUP = 500;
  private static final int SECOND_NANOS = 1_000_000_000;

  private final Turns turns = new Turns();
  private final byte[] message = message();
  private final Counting exporter = new Counting();
  private HeapJournal journal;
  private Delivery delivery;

  /** Counts, and keeps nothing but the batches of the last call; works while the test waits. */
  private static final class Counting implements SpanExporter {
    boolean down;
    int calls;
    int flushes;
    int released;
    private long held;
    private List<CleanBatch> last = List.of();

    @Override
    public Outcome export(List<CleanBatch> batches) {
      if (down) {
        return ScriptedExporter.RETRY;
      }
      calls++;
      look();
      last = List.copyOf(batches);
      held = batches.getLast().sequence();
      return Outcome.ACCEPTED;
    }

    /** Counts what was given back of the last call. */
    void look() {
      for (CleanBatch batch : last) {
        released += isReleased(batch) ? 1 : 0;
      }
      last = List.of();
    }

    @Override
    public long held() {
      return held;
    }

    @Override
    public long settled() {
      return held;
    }

    @Override
    public void flush() {
      flushes++;
    }

    @Override
    public void close() {}
  }

  @AfterEach
  void end() {
    turns.end();
    delivery.close();
    journal.journal().close();
  }

  @Test
  void theyAreMergedAndNothingIsLeftOfThem() throws Exception {
    start(64 << 20);
    assertEquals(SENT, append(SENT));
    turn();
    turn();
    assertEquals(SENT, status().deliveredSpans());
    exporter.look();
    assertEquals(SENT, exporter.released);
    int fitting = Given.config().exportBytesMax() / message.length;
    int calls = SENT / fitting + 2; // at the rim of what is read at once, one may be smaller
    assertTrue(exporter.calls <= calls, exporter.calls + " calls of " + calls);
    assertTrue(exporter.flushes <= calls + 3, exporter.flushes + " flushes");
    assertEmpty();
  }

  @Test
  void aDeadDestinationHoldsMaxSizeAndNoMore() throws Exception {
    exporter.down = true;
    long bytesMax = 1 << 20;
    start(bytesMax);
    append(1);
    turns.give(1, journal.journal(), Set.of("test"));
    int accepted = 1 + append(SENT);
    assertTrue(journal.journal().status().bytes() <= bytesMax);
    long room = bytesMax / (2 * (message.length + 100L));
    assertTrue(accepted >= room && accepted < SENT, accepted + " were accepted");
    assertEquals(accepted, status().pendingSpans());
    assertEquals(0, append(GROUP));
    exporter.down = false;
    turn();
    turn();
    assertEquals(accepted, status().deliveredSpans());
    assertEquals(Map.of(), status().droppedSpans());
    assertEmpty();
    assertEquals(GROUP, append(GROUP));
    turn();
    assertEquals(accepted + GROUP, status().deliveredSpans());
  }

  private static boolean isReleased(CleanBatch batch) {
    try {
      batch.hold();
      return false;
    } catch (IllegalStateException e) {
      return true;
    }
  }

  /** No bytes wait, and but for the one that is written and its spare no segment is there. */
  private void assertEmpty() {
    assertEquals(0, status().pendingBytes());
    assertTrue(journal.journal().status().segments() <= 1, () -> journal.journal().status() + "");
  }

  private void start(long bytesMax) throws IOException {
    JournalConfig config =
        JournalConfig.defaults().with(Durability.FSYNC, bytesMax, Duration.ZERO, WhenFull.REFUSE);
    journal = HeapJournal.open(config, turns, Set.of("test"));
    delivery =
        new Delivery(
            "test", exporter, Given.config(), Given.source(journal.journal()), new TurnPace(turns));
    turns.awaitQuiet(1);
  }

  /** How many were stored. */
  private int append(int count) {
    int stored = 0;
    for (int done = 0; done < count; done += GROUP) {
      List<Pending> group = new ArrayList<>();
      for (int i = done; i < Math.min(count, done + GROUP); i++) {
        group.add(journal.journal().join(message, 0, message.length, 1));
      }
      for (Pending each : group) {
        stored += each.await() instanceof Appended.Stored ? 1 : 0;
      }
    }
    return stored;
  }

  /** Seconds pass, and what all have passed goes. */
  private void turn() {
    turns.pass(SECOND_NANOS);
    turns.give(1, journal.journal(), Set.of("test"));
    turns.pass(SECOND_NANOS);
    journal.upkeep();
  }

  private ReaderStatus status() {
    return journal.journal().reader("test").status();
  }

  private static byte[] message() {
    CleanBatch batch = Given.batch(1);
    return Arrays.copyOfRange(batch.bytes(), batch.offset(), batch.offset() + batch.byteSize());
  }
}
