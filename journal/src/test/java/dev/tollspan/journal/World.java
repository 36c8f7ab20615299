package dev.tollspan.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.journal.FaultyDisk.PowerCut;
import dev.tollspan.journal.JournalConfig.Durability;
import dev.tollspan.journal.JournalConfig.WhenFull;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A journal on a faulty disk, and beside it what the journal owes: every life of one folder, with a
 * list of what was promised to whom.
 *
 * <p>A payload is made from its number, so that whatever comes back can be held against what went
 * in.
 */
final class World {
  static final Set<String> READERS = Set.of("files", "forward/tempo");

  final SplittableRandom random;
  final JournalConfig config;
  final FakePace pace = new FakePace();
  final Map<String, View> views = new HashMap<>();

  /** Records that were answered Stored, by sequence. */
  final TreeMap<Long, Long> stored = new TreeMap<>();

  /** Records that anybody saw under a sequence. */
  final Map<Long, Long> known = new HashMap<>();

  FaultyDisk disk;
  FailPoint points = FailPoint.NONE;
  Journal journal;
  long attempts;
  boolean torn;

  /** At which step of the next start the power goes; -1 if it stays. */
  long nextCut = -1;

  /** What one reader has got. */
  static final class View {
    long read;
    long committed;
    long saved;
    final TreeMap<Long, Long> got = new TreeMap<>();
  }

  World(SplittableRandom random, JournalConfig config) throws IOException {
    this.random = random;
    this.config = config;
    this.disk = new FaultyDisk(random);
    READERS.forEach(name -> views.put(name, new View()));
    open();
  }

  static JournalConfig small(WhenFull whenFull, long maxBytes, Duration cursorInterval) {
    return new JournalConfig(
        Durability.FSYNC,
        maxBytes,
        Duration.ZERO,
        whenFull,
        Duration.ofMillis(1),
        4096,
        4096,
        Duration.ofMillis(500),
        cursorInterval,
        512);
  }

  void open() throws IOException {
    journal = new Journal(new Parts(disk, config, pace, n -> points.reach(n), () -> 77L), READERS);
    torn |= journal.recovery().tornRecords() > 0;
    if (!torn) {
      assertEquals(0, journal.recovery().lostRecords(), () -> "lost: " + journal.recovery());
      assertEquals(0, journal.recovery().lostSpans());
    }
    views.forEach(
        (name, view) -> {
          Reader reader = journal.reader(name);
          assertTrue(
              reader.start() != Reader.Start.RESET, "the place of " + name + " could not be read");
          // Saved places hold, and nothing that is not committed is passed.
          view.read = reader.status().committed();
          if (reader.start() == Reader.Start.RESUMED) {
            assertTrue(view.read >= view.saved, name + " fell behind its durable place");
          }
          view.committed = view.read;
        });
  }

  /** Power goes and comes, or the process only. */
  void restart(boolean power) throws IOException {
    assertFalse(disk.touchedAfterFailure, "a file was used after a failure");
    disk = power ? disk.afterCut() : disk.afterKill();
    disk.cutAt = nextCut;
    nextCut = -1;
    open();
  }

  static byte[] payload(long number) {
    SplittableRandom random = new SplittableRandom(number);
    int length = random.nextInt(12) == 0 ? random.nextInt(9000) : random.nextInt(400);
    ByteBuffer bytes = ByteBuffer.allocate(8 + length).putLong(number);
    while (bytes.hasRemaining()) {
      bytes.put((byte) random.nextInt());
    }
    return bytes.array();
  }

  static int spans(long number) {
    return 1 + (int) (number % 5);
  }

  /** Appends a group; what was answered to the first of it. */
  Appended append(int count) {
    Map<Long, Pending> group = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      long number = ++attempts;
      byte[] bytes = payload(number);
      group.put(number, journal.join(bytes, 0, bytes.length, spans(number)));
    }
    List<Appended> answers = new ArrayList<>();
    group.forEach(
        (number, pending) -> {
          Appended answer = pending.await();
          answers.add(answer);
          if (answer instanceof Appended.Stored done) {
            assertEquals(null, stored.put(done.sequence(), number), "a sequence was given twice");
            know(done.sequence(), number);
          }
        });
    return answers.getFirst();
  }

  private void know(long sequence, long number) {
    Long before = known.put(sequence, number);
    assertTrue(before == null || before == number, "sequence " + sequence + " names two records");
  }

  /** Reads, and holds what comes against what went in. */
  int read(String name, int bytesMax) {
    View view = views.get(name);
    List<JournalRecord> records;
    try {
      records = journal.reader(name).next(Heap.ARRAYS, bytesMax, Duration.ZERO);
    } catch (IOException e) {
      return 0;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    for (JournalRecord record : records) {
      byte[] bytes = Arrays.copyOf(record.bytes(), record.length());
      long number = ByteBuffer.wrap(bytes).getLong();
      assertTrue(number > 0 && number <= attempts, "a record that nobody gave");
      assertTrue(Arrays.equals(payload(number), bytes), "a record was altered");
      assertEquals(spans(number), record.spans());
      know(record.sequence(), number);
      assertTrue(record.sequence() > view.read, "a record came twice, or out of order");
      skipped(name, view.read, record.sequence());
      view.read = record.sequence();
      view.got.put(record.sequence(), number);
    }
    return records.size();
  }

  private void skipped(String name, long from, long to) {
    if (config.whenFull() == WhenFull.REFUSE && !stored.subMap(from, false, to, false).isEmpty()) {
      throw new AssertionError(
          name + " skipped " + stored.subMap(from, false, to, false).keySet() + " of " + stored);
    }
  }

  /** Commits up to the last record that was read at or before this sequence. */
  void commit(String name, long upTo) {
    Long sequence = views.get(name).got.floorKey(upTo);
    if (sequence == null) {
      return;
    }
    try {
      journal.reader(name).commit(sequence);
      views.get(name).committed = Math.max(views.get(name).committed, sequence);
    } catch (IOException e) {
      // Not now.
    }
  }

  void save(String name) {
    try {
      journal.reader(name).save();
      views.get(name).saved = views.get(name).committed;
    } catch (IOException e) {
      // Not now.
    }
  }

  void rewind(String name) {
    journal.reader(name).rewind();
    View view = views.get(name);
    view.read = Math.max(view.committed, view.saved);
  }

  /** What must be true at any quiet moment. */
  void check() {
    JournalStatus status = journal.status();
    long segments = disk.bytes(Segment.SUFFIX);
    long marks = 100L * Layout.RECORD_HEADER;
    assertTrue(
        segments + disk.bytes(Tail.SPARE) <= config.maxBytes() + marks, "max_size was passed");
    long promised = 0;
    for (long number : stored.values()) {
      promised += spans(number);
    }
    assertTrue(status.spans() >= promised, "spans that were stored are not counted");
    for (String name : READERS) {
      Reader reader = journal.reader(name);
      views.get(name).saved = Math.max(views.get(name).saved, reader.savedSequence());
      long dropped = 0;
      for (Map.Entry<String, Long> each : reader.status().droppedSpans().entrySet()) {
        dropped += each.getValue();
        assertTrue(
            torn || !each.getKey().equals(Reader.DAMAGED), "damage where there was none: " + each);
      }
      assertEquals(
          status.spans(),
          reader.status().deliveredSpans() + reader.status().pendingSpans() + dropped,
          name);
      assertTrue(reader.status().pendingSpans() >= 0 && reader.status().pendingBytes() >= 0);
      if (config.whenFull() == WhenFull.REFUSE && !torn) {
        assertEquals(0, dropped, name);
      }
    }
  }

  /** Faults are over: everything comes out, and the journal takes more within five seconds. */
  void heal() {
    disk.faults = (kind, name) -> null;
    disk.capacity = Long.MAX_VALUE;
    disk.cutAt = -1;
    for (int round = 0; round < 10; round++) {
      for (String name : READERS) {
        while (read(name, 4000) > 0) {
          commit(name, views.get(name).read);
        }
      }
      pace.pass(500_000_000L);
      journal.upkeep().run();
    }
    check();
    Appended answer = append(1);
    assertTrue(answer instanceof Appended.Stored, "it does not go on: " + answer);
    for (String name : READERS) {
      read(name, 1 << 20);
      commit(name, views.get(name).read);
      assertEquals(0, journal.reader(name).status().pendingSpans(), name);
      if (config.whenFull() == WhenFull.REFUSE) {
        assertEquals(Set.of(), missing(name), name + " never got what was stored");
      }
    }
    assertFalse(disk.touchedAfterFailure, "a file was used after a failure");
  }

  private Set<Long> missing(String name) {
    Set<Long> missing = new TreeSet<>(stored.keySet());
    missing.removeAll(views.get(name).got.keySet());
    return missing;
  }

  /** Runs until it is done or the power goes. */
  boolean survives(Runnable script) {
    try {
      script.run();
      return true;
    } catch (PowerCut e) {
      return false;
    }
  }
}
