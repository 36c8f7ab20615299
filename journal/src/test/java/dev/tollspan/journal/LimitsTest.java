package dev.tollspan.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.journal.FaultyDisk.Kind;
import dev.tollspan.journal.JournalConfig.Durability;
import dev.tollspan.journal.JournalConfig.WhenFull;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Size, age, and disks that say no; one thread, and time that passes when it is told to. */
class LimitsTest {
  private static final long SECOND = 1_000_000_000L;

  private final FakePace pace = new FakePace();
  private FaultyDisk disk = new FaultyDisk(new SplittableRandom(5));

  @Test
  void refusesAtItsSizeAndGoesOnOnceReadersHave() throws Exception {
    Journal journal = open(config(Durability.FSYNC, WhenFull.REFUSE, Duration.ZERO));
    int stored = 0;
    Appended answer = append(journal);
    while (answer instanceof Appended.Stored) {
      stored++;
      answer = append(journal);
    }
    assertEquals(new Appended.Full("the journal has reached max_size"), answer);
    read(journal, "fast");
    round(journal);
    assertEquals(answer, append(journal), "the slow reader holds everything");
    assertEquals(stored, read(journal, "slow"));
    round(journal);
    assertInstanceOf(Appended.Stored.class, append(journal));
    assertEquals(Map.of(), journal.reader("slow").status().droppedSpans());
  }

  @Test
  void dropsTheOldestAndCountsItForWhoeverHadNotPassedIt() throws Exception {
    Journal journal = open(config(Durability.FSYNC, WhenFull.DROP_OLDEST, Duration.ZERO));
    for (int i = 0; i < 60; i++) {
      assertInstanceOf(Appended.Stored.class, append(journal));
      read(journal, "fast");
      round(journal);
    }
    assertEquals(Map.of(), journal.reader("fast").status().droppedSpans());
    long dropped = journal.reader("slow").status().droppedSpans().get("journal_full");
    assertTrue(dropped > 0 && dropped < 120, dropped + " spans");
    assertEquals(120 - dropped, journal.reader("slow").status().pendingSpans());
    assertEquals(60 - dropped / 2, read(journal, "slow"));
    assertEquals(120 - dropped, journal.reader("slow").status().deliveredSpans());
    journal.close();
    Journal again = open(config(Durability.FSYNC, WhenFull.DROP_OLDEST, Duration.ZERO));
    assertEquals(Map.of("journal_full", dropped), again.reader("slow").status().droppedSpans());
    assertEquals(120 - dropped, again.reader("slow").status().deliveredSpans());
  }

  @Test
  void dropsForReadersThatAreDownOnlyWhatAnotherHas() throws Exception {
    Journal journal = open(config(Durability.MEMORY, WhenFull.DROP_FOR_DOWN, Duration.ZERO));
    Reader slow = journal.reader("slow");
    Appended answer = append(journal);
    while (answer instanceof Appended.Stored) {
      answer = append(journal);
    }
    slow.down(true);
    round(journal);
    assertInstanceOf(Appended.Full.class, append(journal), "the fast reader has nothing of it yet");
    read(journal, "fast");
    slow.down(false);
    round(journal);
    assertInstanceOf(Appended.Full.class, append(journal), "the slow reader is well");
    slow.down(true);
    round(journal);
    assertInstanceOf(Appended.Stored.class, append(journal));
    ReaderStatus status = slow.status();
    long dropped = status.droppedSpans().get("journal_full");
    assertTrue(dropped > 0, dropped + " spans");
    assertEquals(Map.of(), journal.reader("fast").status().droppedSpans());
    assertEquals(journal.status().spans(), status.pendingSpans() + dropped);
  }

  @Test
  void booksWhatIsLostLaterAndWhatIsGivenUp() throws Exception {
    Journal journal = open(config(Durability.FSYNC, WhenFull.REFUSE, Duration.ZERO));
    append(journal);
    append(journal);
    Reader reader = journal.reader("slow");
    read(journal, "slow");
    reader.lose(3, "file_lost");
    append(journal);
    reader.abandon("shutdown");
    reader.abandon("shutdown");
    ReaderStatus status = reader.status();
    assertEquals(1, status.deliveredSpans());
    assertEquals(0, status.pendingSpans());
    assertEquals(Map.of("file_lost", 3L, "shutdown", 2L), status.droppedSpans());
    append(journal);
    assertEquals(1, read(journal, "slow"), "what comes later is read");
  }

  @Test
  void aRecordIsStoredIfThereWasRoomForIt() throws Exception {
    Journal journal = open(config(Durability.FSYNC, WhenFull.REFUSE, Duration.ZERO));
    SplittableRandom random = new SplittableRandom(7);
    int stored = 0;
    for (int length = 0; journal.hasRoom(length); length = random.nextInt(3000)) {
      assertInstanceOf(Appended.Stored.class, join(journal, length).await());
      stored++;
    }
    assertTrue(stored > 5, stored + " records");
    read(journal, "fast");
    read(journal, "slow");
    round(journal);
    assertTrue(journal.hasRoom(1000));
    List<Pending> group = new ArrayList<>();
    while (journal.hasRoom(1000)) {
      group.add(join(journal, 1000));
    }
    group.forEach(each -> assertInstanceOf(Appended.Stored.class, each.await()));
  }

  @Test
  void keepsNumbersOfItsOwnerForTheNextLife() throws Exception {
    Journal journal = open(config(Durability.FSYNC, WhenFull.REFUSE, Duration.ZERO));
    assertEquals(Map.of(), journal.tallied());
    journal.tally(() -> Map.of("rejected otlp/b invalid_span", 7L, "odd otlp/b", 1L));
    round(journal);
    journal.close();
    Journal again = open(config(Durability.FSYNC, WhenFull.REFUSE, Duration.ZERO));
    Map<String, Long> kept = Map.of("rejected otlp/b invalid_span", 7L, "odd otlp/b", 1L);
    assertEquals(kept, again.tallied());
    round(again);
    again.close();
    again = open(config(Durability.FSYNC, WhenFull.REFUSE, Duration.ZERO));
    assertEquals(kept, again.tallied(), "they were lost because nobody counted on");
    again.close();
    byte[] damaged = disk.content("tallies");
    damaged[30] ^= 1;
    disk.put("tallies", damaged);
    assertEquals(
        Map.of(), open(config(Durability.FSYNC, WhenFull.REFUSE, Duration.ZERO)).tallied());
  }

  @Test
  void wakesAReaderThatWaitsOrIsAboutTo() throws Exception {
    Journal journal = open(config(Durability.FSYNC, WhenFull.REFUSE, Duration.ZERO));
    Reader reader = journal.reader("slow");
    long before = pace.nanos;
    reader.wake();
    assertEquals(List.of(), reader.next(Heap.ARRAYS, 1, Duration.ofDays(1)));
    assertEquals(before, pace.nanos);
    assertEquals(List.of(), reader.next(Heap.ARRAYS, 1, Duration.ofDays(1)));
    assertTrue(pace.nanos - before >= Duration.ofDays(1).toNanos());
  }

  @Test
  void dropsByAgeOfTheMonotonicClockWhateverTheWallClockSays() throws Exception {
    Journal journal = open(config(Durability.FSYNC, WhenFull.REFUSE, Duration.ofSeconds(60)));
    append(journal);
    pace.millis += Duration.ofDays(3650).toMillis();
    round(journal);
    assertEquals(2, journal.reader("slow").status().pendingSpans());
    pace.millis -= Duration.ofDays(7300).toMillis();
    pace.nanos += 61 * SECOND;
    round(journal);
    assertEquals(Map.of("journal_age", 2L), journal.reader("slow").status().droppedSpans());
    assertEquals(0, journal.reader("slow").status().pendingSpans());
    assertInstanceOf(Appended.Stored.class, append(journal));
    assertEquals(1, read(journal, "slow"));
  }

  @Test
  void tellsHowLargeWhatWaitsIs() throws Exception {
    Journal journal = open(config(Durability.FSYNC, WhenFull.REFUSE, Duration.ZERO));
    Reader reader = journal.reader("slow");
    append(journal);
    append(journal);
    assertEquals(2 * Layout.size(1000), reader.status().pendingBytes());
    long first = reader.next(Heap.ARRAYS, 1, Duration.ZERO).getFirst().sequence();
    reader.commit(first, Map.of("refused_by_destination", 1L));
    assertEquals(Layout.size(1000), reader.status().pendingBytes());
    assertEquals(1, reader.status().deliveredSpans());
    assertEquals(Map.of("refused_by_destination", 1L), reader.status().droppedSpans());
  }

  @Test
  void aSyncThatFailsIsNeverAnsweredWithStored() throws Exception {
    Journal journal = open(config(Durability.FSYNC, WhenFull.REFUSE, Duration.ZERO));
    Appended.Stored first = (Appended.Stored) append(journal);
    disk.faults = (kind, name) -> kind == Kind.SYNC ? "Input/output error" : null;
    assertEquals(new Appended.Failing("the disk reports an error"), append(journal));
    assertEquals(new Appended.Failing("the disk reports an error"), append(journal));
    assertEquals("the disk reports an error", journal.status().failing());
    disk.faults = (kind, name) -> null;
    for (int i = 0; i < 4; i++) {
      pace.pass(SECOND);
      journal.upkeep().run();
    }
    assertNull(journal.status().failing(), "it did not resume by itself");
    Appended.Stored next = (Appended.Stored) append(journal);
    assertTrue(next.sequence() > first.sequence() + 1, "a failed sequence was given again");
    assertEquals(2, read(journal, "slow"), "what failed was read");
  }

  @Test
  void aFullDiskStillLetsPlacesBeSavedAndSegmentsGo() throws Exception {
    Journal journal = open(config(Durability.FSYNC, WhenFull.REFUSE, Duration.ZERO));
    for (int i = 0; i < 12; i++) {
      append(journal);
    }
    round(journal);
    disk.capacity = disk.bytes("");
    read(journal, "fast");
    read(journal, "slow");
    int segments = journal.status().segments();
    round(journal);
    assertTrue(journal.status().segments() < segments, "nothing was deleted");
    assertTrue(disk.names().contains(Upkeep.BALLAST), "a save took room");
  }

  @Test
  void theFirstSaveOfALifeTakesTheBallastsRoomOnAFullDisk() throws Exception {
    Journal journal = open(config(Durability.FSYNC, WhenFull.REFUSE, Duration.ZERO));
    append(journal);
    round(journal);
    disk = disk.afterKill();
    journal = open(config(Durability.FSYNC, WhenFull.REFUSE, Duration.ZERO));
    disk.capacity = disk.bytes("");
    round(journal);
    assertTrue(!disk.names().contains(Upkeep.BALLAST), "the ballast was not needed");
    assertNull(journal.status().failing());
    disk.capacity = Long.MAX_VALUE;
    pace.pass(2 * SECOND);
    round(journal);
    assertTrue(disk.names().contains(Upkeep.BALLAST), "there is no ballast for the next time");
    assertInstanceOf(Appended.Stored.class, append(journal));
  }

  @Test
  void aStartOverADiskThatDoesNotReadTakesNothingAway() throws Exception {
    Journal journal = open(config(Durability.FSYNC, WhenFull.REFUSE, Duration.ZERO));
    for (int i = 0; i < 6; i++) {
      append(journal);
    }
    round(journal);
    journal.close();
    disk.faults =
        (kind, name) -> kind == Kind.READ && name.endsWith(".seg") ? "Input/output error" : null;
    Journal blind = open(config(Durability.FSYNC, WhenFull.REFUSE, Duration.ZERO));
    assertEquals(0, blind.recovery().records());
    assertEquals(2, blind.recovery().setAside().size());
    round(blind);
    disk.faults = (kind, name) -> null;
    Journal again = open(config(Durability.FSYNC, WhenFull.REFUSE, Duration.ZERO));
    assertEquals(6, again.recovery().records());
    assertEquals(6, read(again, "slow"));
  }

  /** Segments are checked by several threads; what ends one of them ends the start. */
  @Test
  void aCheckThatDoesNotEndWellIsNoEmptySegment() throws Exception {
    Journal journal = open(config(Durability.FSYNC, WhenFull.REFUSE, Duration.ZERO));
    for (int i = 0; i < 15; i++) {
      append(journal);
    }
    disk = disk.afterKill();
    List<String> segments = disk.names().stream().filter(n -> n.endsWith(".seg")).sorted().toList();
    assertTrue(segments.size() > 4, segments.toString());
    Set<String> headers = new HashSet<>(segments);
    for (String each : segments) {
      headers.addAll(segments); // each header is read before any check begins
      disk.faults =
          (kind, name) -> {
            if (kind == Kind.READ && name.equals(each) && !headers.remove(name)) {
              throw new FaultyDisk.PowerCut();
            }
            return null;
          };
      assertThrows(
          FaultyDisk.PowerCut.class,
          () -> open(config(Durability.FSYNC, WhenFull.REFUSE, Duration.ZERO)));
    }
    disk.faults = (kind, name) -> null;
    Journal again = open(config(Durability.FSYNC, WhenFull.REFUSE, Duration.ZERO));
    assertEquals(15, again.recovery().records());
  }

  @Test
  void readersOfAnIntervalSeeOnlyWhatIsSynced() throws Exception {
    Journal journal = open(config(Durability.INTERVAL, WhenFull.REFUSE, Duration.ZERO));
    assertInstanceOf(Appended.Stored.class, append(journal));
    assertEquals(0, read(journal, "fast"));
    pace.pass(SECOND);
    round(journal);
    assertEquals(1, read(journal, "fast"));
  }

  @Test
  void anIntervalLosesNothingToAnEndOfTheProcess() throws Exception {
    Journal journal = open(config(Durability.INTERVAL, WhenFull.REFUSE, Duration.ZERO));
    for (int i = 0; i < 5; i++) {
      assertInstanceOf(Appended.Stored.class, append(journal));
    }
    FaultyDisk left = disk.afterKill();
    JournalConfig config = config(Durability.INTERVAL, WhenFull.REFUSE, Duration.ZERO);
    Parts parts = new Parts(left, config, pace, FailPoint.NONE, () -> 7L);
    Journal again = new Journal(parts, Set.of("fast", "slow"));
    assertEquals(5, again.recovery().records());
    assertEquals(0, again.recovery().lostRecords());
    assertEquals(5, read(again, "fast"));
  }

  @Test
  void aGroupIsOneWriteAndOneSync() throws Exception {
    Journal journal = open(config(Durability.FSYNC, WhenFull.REFUSE, Duration.ZERO));
    append(journal);
    long steps = disk.steps;
    List<Pending> group = List.of(join(journal, 10), join(journal, 20), join(journal, 30));
    group.forEach(each -> assertInstanceOf(Appended.Stored.class, each.await()));
    assertEquals(2, disk.steps - steps);
  }

  @Test
  void aLargeRecordHasASegmentOfItsOwnAndATooLargeOneIsToldSo() throws Exception {
    Journal journal = open(config(Durability.FSYNC, WhenFull.REFUSE, Duration.ZERO));
    assertInstanceOf(Appended.Stored.class, join(journal, 9000).await());
    assertEquals(
        new Appended.Full("the record is larger than half of max_size"),
        join(journal, 20_000).await());
    assertEquals(1, read(journal, "slow"));
  }

  private static Appended append(Journal journal) {
    return join(journal, 1000).await();
  }

  private static Pending join(Journal journal, int length) {
    return journal.join(new byte[length], 0, length, 2);
  }

  private static int read(Journal journal, String name) throws Exception {
    Reader reader = journal.reader(name);
    List<JournalRecord> records = reader.next(Heap.ARRAYS, 1 << 20, Duration.ZERO);
    if (!records.isEmpty()) {
      reader.commit(records.getLast().sequence());
    }
    return records.size();
  }

  private void round(Journal journal) {
    pace.pass(SECOND / 5);
    journal.upkeep().run();
  }

  private Journal open(JournalConfig config) throws IOException {
    Parts parts = new Parts(disk, config, pace, FailPoint.NONE, () -> 7L);
    return new Journal(parts, Set.of("fast", "slow"));
  }

  static JournalConfig config(Durability durability, WhenFull whenFull, Duration maxAge) {
    return new JournalConfig(
        durability,
        32 << 10,
        maxAge,
        whenFull,
        Duration.ofMillis(1),
        4096,
        4096,
        Duration.ofMillis(500),
        Duration.ofMillis(100),
        20 << 10);
  }
}
