package dev.tollspan.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.journal.JournalConfig.Durability;
import dev.tollspan.journal.JournalConfig.WhenFull;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A journal on a real disk, with real threads. */
@Timeout(60)
class JournalTest {
  private static final Duration WAIT = Duration.ofSeconds(20);

  @TempDir Path temp;

  @Test
  void threadsShareGroupsAndReadersGetAllInOrder() throws Exception {
    int threads = 24;
    int each = 60;
    Set<Long> stored = new ConcurrentSkipListSet<>();
    try (Journal journal = open(config())) {
      List<Thread> writers = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        int first = t * each;
        writers.add(
            Thread.startVirtualThread(
                () -> {
                  for (int i = 0; i < each; i++) {
                    byte[] bytes = World.payload(first + i);
                    Appended answer = journal.append(bytes, 0, bytes.length, 2);
                    while (answer instanceof Appended.Full) {
                      Thread.yield(); // until readers have gone on
                      answer = journal.append(bytes, 0, bytes.length, 2);
                    }
                    stored.add(((Appended.Stored) answer).sequence());
                  }
                }));
      }
      Thread other = Thread.ofPlatform().start(() -> readAll(journal.reader("b"), threads * each));
      readAll(journal.reader("a"), threads * each);
      other.join();
      for (Thread writer : writers) {
        writer.join();
      }
      assertEquals(threads * each, stored.size());
      for (String name : List.of("a", "b")) {
        assertEquals(2L * threads * each, journal.reader(name).status().deliveredSpans());
        assertEquals(Map.of(), journal.reader(name).status().droppedSpans());
      }
    }
    assertTrue(
        Thread.getAllStackTraces().keySet().stream()
            .noneMatch(t -> t.getName().startsWith("tollspan-journal")));
    try (Journal again = open(config())) {
      assertEquals(Reader.Start.RESUMED, again.reader("a").start());
      assertEquals(0, again.reader("a").status().pendingSpans());
      assertEquals(2L * threads * each, again.status().spans());
      assertEquals(2L * threads * each, again.reader("b").status().deliveredSpans());
    }
  }

  private static void readAll(Reader reader, int count) {
    Set<Long> numbers = new TreeSet<>();
    long last = 0;
    try {
      while (numbers.size() < count) {
        for (JournalRecord record : reader.next(Heap.ARRAYS, 20_000, WAIT)) {
          assertTrue(record.sequence() > last);
          last = record.sequence();
          long number = ByteBuffer.wrap(record.bytes()).getLong();
          byte[] bytes = Arrays.copyOf(record.bytes(), record.length());
          assertTrue(Arrays.equals(World.payload(number), bytes));
          assertTrue(numbers.add(number), "a record came twice");
        }
        reader.commit(last);
      }
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void anInterruptChangesNeitherTheAnswerNorTheDisk() throws Exception {
    try (Journal journal = open(config())) {
      Thread.currentThread().interrupt();
      Appended first = journal.append(new byte[100], 0, 100, 1);
      assertTrue(Thread.interrupted(), "the interrupt was swallowed");
      assertInstanceOf(Appended.Stored.class, first);
      assertInstanceOf(Appended.Stored.class, journal.append(new byte[100], 0, 100, 1));
    }
  }

  @Test
  void aRequestJoinsSeveralJournalsBeforeItWaits() throws Exception {
    try (Journal one = open(config());
        Journal two = open(temp.resolve("two"), config())) {
      Pending first = one.join(new byte[8], 0, 8, 1);
      Pending second = two.join(new byte[8], 0, 8, 1);
      assertInstanceOf(Appended.Stored.class, second.await());
      assertInstanceOf(Appended.Stored.class, first.await());
    }
  }

  @Test
  void aFolderBelongsToOneJournalAndToItsOwner() throws Exception {
    Path folder = temp.resolve("journal");
    try (Journal journal = open(config())) {
      journal.append(new byte[8], 0, 8, 1);
      String message = assertThrows(IOException.class, () -> open(config())).getMessage();
      assertTrue(message.endsWith("is in use by another process"), message);
      assertEquals(
          "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)));
    }
    try (var files = Files.list(folder)) { // none comes and goes any more
      for (Path file : files.toList()) {
        assertEquals(
            "rw-------",
            PosixFilePermissions.toString(Files.getPosixFilePermissions(file)),
            file.toString());
      }
    }
    open(config()).close();
  }

  @Test
  void aPlaceThatCannotBeReadMeansThatRecordsComeAgain() throws Exception {
    try (Journal journal = open(config())) {
      for (int i = 0; i < 5; i++) {
        journal.append(new byte[50], 0, 50, 1);
      }
      for (String name : List.of("a", "b")) {
        Reader reader = journal.reader(name);
        reader.commit(reader.next(Heap.ARRAYS, 1 << 20, WAIT).getLast().sequence());
      }
    }
    Path folder = temp.resolve("journal");
    byte[] cursor = Files.readAllBytes(folder.resolve("a.cursor"));
    Arrays.fill(cursor, (byte) 'x');
    Files.write(folder.resolve("a.cursor"), cursor);
    Files.delete(folder.resolve("b.cursor"));
    Files.write(folder.resolve("gone.cursor"), cursor);
    try (Journal journal = open(config())) {
      assertEquals(Reader.Start.RESET, journal.reader("a").start());
      assertEquals(Reader.Start.FRESH, journal.reader("b").start());
      assertEquals(List.of("gone.cursor"), journal.recovery().setAside());
      assertEquals(5, journal.reader("a").next(Heap.ARRAYS, 1 << 20, WAIT).size());
      assertEquals(5, journal.reader("b").status().pendingSpans());
    }
    assertTrue(Files.exists(folder.resolve("gone.cursor.aside")));
  }

  @Test
  void aFileOfANewerVersionIsSetAsideAndANewOneBegun() throws Exception {
    long epoch;
    long sequence;
    try (Journal journal = open(config())) {
      epoch = journal.epoch();
      sequence = ((Appended.Stored) journal.append(new byte[50], 0, 50, 1)).sequence();
    }
    Path file = temp.resolve("journal").resolve(Segment.name(1));
    byte[] bytes = Files.readAllBytes(file);
    Layout.put(new Layout.SegmentHeader(Layout.VERSION + 1, epoch, 1, 0, 0, 0), bytes);
    Files.write(file, bytes);
    try (Journal journal = open(config())) {
      assertEquals(List.of(Segment.name(1)), journal.recovery().setAside());
      Appended answer = journal.append(new byte[50], 0, 50, 1);
      assertTrue(((Appended.Stored) answer).sequence() > sequence);
      assertEquals(1, journal.reader("a").next(Heap.ARRAYS, 1 << 20, WAIT).size());
    }
    assertEquals(bytes.length, Files.size(file.resolveSibling(Segment.name(1) + ".newer")));
  }

  @Test
  void memoryNeedsNoDisk() throws Exception {
    JournalConfig memory =
        JournalConfig.defaults().with(Durability.MEMORY, 1 << 20, Duration.ZERO, WhenFull.REFUSE);
    Path nowhere = temp.resolve("nowhere");
    try (Journal journal = open(nowhere, memory)) {
      int stored = 0;
      while (journal.append(new byte[10_000], 0, 10_000, 1) instanceof Appended.Stored) {
        stored++;
      }
      assertTrue(stored > 50 && stored <= 105, stored + " records in a MiB");
      assertEquals(stored, journal.status().spans());
      for (String name : List.of("a", "b")) {
        Reader reader = journal.reader(name);
        reader.commit(reader.next(Heap.ARRAYS, 1 << 20, WAIT).getLast().sequence());
        reader.save();
      }
      Appended answer = journal.append(new byte[10], 0, 10, 1);
      for (int i = 0; i < 2000 && !(answer instanceof Appended.Stored); i++) {
        journal.reader("a").next(Heap.ARRAYS, 1, Duration.ofMillis(5)); // upkeep makes room
        answer = journal.append(new byte[10], 0, 10, 1);
      }
      assertInstanceOf(Appended.Stored.class, answer);
    }
    assertFalse(Files.exists(nowhere));
  }

  @Test
  void aStartReadsWithinItsTime() throws Exception {
    boolean full = "full".equals(System.getProperty("tollspan.journal"));
    long bytes = full ? 1L << 30 : 64L << 20;
    JournalConfig fast =
        JournalConfig.defaults()
            .with(Durability.INTERVAL, 4L << 30, Duration.ZERO, WhenFull.REFUSE);
    byte[] record = new byte[32 << 10];
    new SplittableRandom(1).nextBytes(record);
    long records = bytes / record.length;
    try (Journal journal = open(fast)) {
      List<Pending> joined = new ArrayList<>();
      for (long i = 0; i < records; i++) {
        joined.add(journal.join(record, 0, record.length, 10));
        if (joined.size() == 32 || i == records - 1) {
          joined.forEach(p -> assertInstanceOf(Appended.Stored.class, p.await()));
          joined.clear();
        }
      }
    }
    try (Journal journal = open(fast)) {
      Recovery recovery = journal.recovery();
      assertEquals(records, recovery.records());
      double seconds = recovery.nanos() / 1e9;
      System.out.printf(
          "a start over %d MiB took %.2f s, %.0f MiB/s%n",
          bytes >> 20, seconds, (bytes >> 20) / seconds);
      assertTrue(!full || seconds < 3, "a start over 1 GiB took " + seconds + " s");
    }
  }

  private static JournalConfig config() {
    return new JournalConfig(
        Durability.FSYNC,
        256 << 10,
        Duration.ZERO,
        WhenFull.REFUSE,
        Duration.ofMillis(1),
        16 << 10,
        16 << 10,
        Duration.ofMillis(50),
        Duration.ofMillis(10),
        4096);
  }

  private Journal open(JournalConfig config) throws IOException {
    return open(temp.resolve("journal"), config);
  }

  private static Journal open(Path folder, JournalConfig config) throws IOException {
    Set<String> readers = new TreeSet<>(Set.of("a", "b"));
    return Journal.open(folder, config, readers, System::nanoTime, InstantSource.system());
  }
}
