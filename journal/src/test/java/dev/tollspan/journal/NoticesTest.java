package dev.tollspan.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.journal.JournalConfig.Durability;
import dev.tollspan.journal.JournalConfig.WhenFull;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a journal says of its limits. */
class NoticesTest {
  private static final long SECOND = 1_000_000_000L;
  private static final Logger LOG = Logger.getLogger(Notices.class.getName());
  private static final String FULL =
      "journal of traces: full: it has reached max_size, and senders are told to come again";
  private static final String ROOM = "journal of traces: there is room again";

  private final List<String> lines = new ArrayList<>();
  private final FakePace pace = new FakePace();
  private final FaultyDisk disk = new FaultyDisk(new SplittableRandom(5));
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord line) {
          lines.add(line.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void listen() {
    LOG.addHandler(handler);
  }

  @AfterEach
  void stopListening() {
    LOG.removeHandler(handler);
  }

  @Test
  void isFullUntilThereIsRoomAndSaysSoOnce() throws Exception {
    Journal journal = open(Durability.FSYNC, WhenFull.REFUSE, Duration.ZERO);
    fill(journal);
    assertTrue(journal.status().full());
    assertEquals(32 << 10, journal.status().maxBytes());
    round(journal, 1);
    append(journal);
    round(journal, 30);
    assertEquals(List.of(FULL), lines);
    read(journal);
    round(journal, 1);
    assertFalse(journal.status().full(), "nobody has come, but there is room");
    assertInstanceOf(Appended.Stored.class, append(journal));
    assertEquals(List.of(FULL), lines, "it may be full again in a moment");
    round(journal, 1);
    round(journal, 10);
    assertEquals(List.of(FULL, ROOM), lines);
  }

  @Test
  void aJournalThatIsFullAgainAndAgainSaysSoOnceAMinute() throws Exception {
    Journal journal = open(Durability.FSYNC, WhenFull.REFUSE, Duration.ZERO);
    for (int i = 0; i < 25; i++) {
      fill(journal);
      round(journal, 1);
      read(journal);
      round(journal, 1);
    }
    assertEquals(List.of(FULL), lines);
    round(journal, 15);
    fill(journal);
    round(journal, 1);
    fill(journal); // into the segment that was read, and is free only now
    round(journal, 1);
    assertEquals(List.of(FULL, ROOM, FULL), lines);
  }

  @Test
  void aJournalInMemoryThatHasNoRoomForAMomentSaysNothing() throws Exception {
    Journal journal = open(Durability.MEMORY, WhenFull.REFUSE, Duration.ZERO);
    fill(journal);
    journal.upkeep().run();
    assertEquals(List.of(), lines);
    round(journal, 1);
    assertEquals(List.of(FULL), lines);
  }

  @Test
  void aRecordThatNeverFitsMakesNothingFull() throws Exception {
    Journal journal = open(Durability.FSYNC, WhenFull.REFUSE, Duration.ZERO);
    journal.append(new byte[20_000], 0, 20_000, 1);
    assertFalse(journal.status().full());
  }

  @Test
  void saysOnceAMinuteWhatItsSizeTakes() throws Exception {
    Journal journal = open(Durability.FSYNC, WhenFull.DROP_OLDEST, Duration.ZERO);
    for (int i = 0; i < 45; i++) {
      assertInstanceOf(Appended.Stored.class, append(journal));
      round(journal, 1);
    }
    assertEquals(1, lines.size(), lines.toString());
    String said = "journal of traces: (\\d+) spans that otlp did not have yet were dropped, ";
    String why = "journal_full: older segments went, because of max_size";
    assertTrue(lines.getFirst().matches(said + why), lines.toString());
    journal.close();
    assertEquals(2, lines.size(), lines.toString());
    long dropped =
        lines.stream()
            .mapToLong(line -> Long.parseLong(line.replaceFirst(".*?: (\\d+) .*", "$1")))
            .sum();
    assertEquals(journal.reader("otlp").status().droppedSpans().get("journal_full"), dropped);
  }

  @Test
  void saysWhatItsAgeTakes() throws Exception {
    Journal journal = open(Durability.FSYNC, WhenFull.REFUSE, Duration.ofSeconds(5));
    append(journal);
    round(journal, 6);
    assertEquals(
        List.of(
            "journal of traces: 2 spans that otlp did not have yet were dropped, journal_age:"
                + " older segments went, because of max_age"),
        lines);
  }

  private static void fill(Journal journal) {
    Appended answer = append(journal);
    while (answer instanceof Appended.Stored) {
      answer = append(journal);
    }
  }

  private static Appended append(Journal journal) {
    return journal.append(new byte[1000], 0, 1000, 2);
  }

  private static void read(Journal journal) throws Exception {
    Reader reader = journal.reader("otlp");
    List<JournalRecord> records = reader.next(Heap.ARRAYS, 1 << 20, Duration.ZERO);
    reader.commit(records.getLast().sequence());
  }

  private void round(Journal journal, int seconds) {
    pace.pass(seconds * SECOND);
    journal.upkeep().run();
  }

  private Journal open(Durability durability, WhenFull whenFull, Duration maxAge)
      throws IOException {
    JournalConfig config = LimitsTest.config(durability, whenFull, maxAge);
    Parts parts = new Parts(disk, config, pace, FailPoint.NONE, () -> 7L, "traces");
    return new Journal(parts, Set.of("otlp"));
  }
}
