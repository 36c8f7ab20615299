package dev.tollspan.journal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.journal.JournalConfig.Durability;
import dev.tollspan.journal.JournalConfig.WhenFull;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a reader has left behind. */
class HistoryTest {
  private static final int RECORDS = 200;
  private static final Duration WAIT = Duration.ofSeconds(20);

  @TempDir Path folder;

  /** A second reader holds all segments back, of which there are many. */
  @Test
  void handsOutWhatWasCommittedFromASegmentOn() throws Exception {
    JournalConfig config =
        new JournalConfig(
            Durability.FSYNC,
            4 << 20,
            Duration.ZERO,
            WhenFull.REFUSE,
            Duration.ofMillis(1),
            16 << 10,
            4096,
            Duration.ofMillis(50),
            Duration.ofMillis(10),
            4096);
    long committed;
    try (Journal journal = open(config)) {
      for (int i = 0; i < RECORDS; i++) {
        byte[] bytes = World.payload(i);
        journal.append(bytes, 0, bytes.length, 2);
      }
      Reader reader = journal.reader("a");
      committed = 0;
      while (committed < RECORDS / 2) {
        committed = reader.next(Heap.ARRAYS, 1, WAIT).getLast().sequence();
      }
      reader.commit(committed);
      assertTrue(journal.status().segments() > 3, "segments " + journal.status().segments());
    }
    try (Journal again = open(config)) {
      Reader reader = again.reader("a");
      List<JournalRecord> all = history(reader, Long.MAX_VALUE);
      assertEquals(committed, all.size());
      for (JournalRecord record : all) {
        byte[] bytes = Arrays.copyOf(record.bytes(), record.length());
        assertArrayEquals(World.payload(record.sequence() - 1), bytes);
      }
      List<JournalRecord> some = history(reader, 60);
      assertEquals(committed, some.getLast().sequence());
      assertTrue(some.size() >= 30 && some.size() < all.size(), "got " + some.size());
      assertEquals(List.of(), history(again.reader("b"), Long.MAX_VALUE));
      long next = reader.next(Heap.ARRAYS, 1, WAIT).getFirst().sequence();
      assertEquals(committed + 1, next, "the place of the reader has not moved");
    }
  }

  private static List<JournalRecord> history(Reader reader, long spansMax) throws Exception {
    List<JournalRecord> records = new ArrayList<>();
    History.read(reader, spansMax, Heap.ARRAYS, records::add);
    return records;
  }

  private Journal open(JournalConfig config) throws Exception {
    return Journal.open(folder, config, Set.of("a", "b"), System::nanoTime, InstantSource.system());
  }
}
