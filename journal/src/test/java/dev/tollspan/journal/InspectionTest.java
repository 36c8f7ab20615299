package dev.tollspan.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Looking at a journal that nobody has open. */
class InspectionTest {
  private static final int RECORDS = 10;
  private static final int READ = 4;

  @TempDir Path folder;

  /** Ten records of three spans; "a" has dropped two spans of the first four, "b/c" read none. */
  @BeforeEach
  void store() throws Exception {
    try (Journal journal =
        Journal.open(
            folder,
            JournalConfig.defaults(),
            new TreeSet<>(Set.of("a", "b/c")),
            System::nanoTime,
            InstantSource.system())) {
      for (int i = 0; i < RECORDS; i++) {
        byte[] bytes = World.payload(i);
        journal.append(bytes, 0, bytes.length, 3);
      }
      Reader a = journal.reader("a");
      long upTo = a.next(Heap.ARRAYS, 1, Duration.ofSeconds(20)).getFirst().sequence() + READ - 1;
      while (a.next(Heap.ARRAYS, 1, Duration.ofSeconds(20)).getLast().sequence() < upTo) {
        assertTrue(upTo > 0);
      }
      a.commit(upTo, Map.of("why", 2L));
      journal.tally(() -> Map.of("rejected otlp odd", 7L));
    }
  }

  @Test
  void saysWhatAStartWouldFindAndChangesNothing() throws IOException {
    Map<String, Long> before = files();
    Inspection found = look();
    assertFalse(found.inUse());
    assertEquals(3 * RECORDS, found.spans());
    assertEquals(1, found.segments());
    assertEquals(Set.of("a", "b/c"), found.readers().keySet());
    ReaderStatus a = found.readers().get("a");
    assertEquals(3 * READ - 2, a.deliveredSpans());
    assertEquals(Map.of("why", 2L), a.droppedSpans());
    assertEquals(3 * (RECORDS - READ), a.pendingSpans());
    assertEquals(3 * RECORDS, found.readers().get("b/c").pendingSpans());
    assertEquals(0, found.recovery().lostSpans());
    assertEquals(Map.of("rejected otlp odd", 7L), found.tallied());
    assertEquals(Set.of(), found.unbalanced());
    assertEquals(before, files());
  }

  @Test
  void namesDamageAndLeavesItWhereItIs() throws IOException {
    Path segment = folder.resolve(Segment.name(1));
    byte[] bytes = Files.readAllBytes(segment);
    int second = Layout.SEGMENT_HEADER + (int) Layout.size(World.payload(0).length);
    try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
      file.seek(second + Layout.RECORD_HEADER);
      file.write(bytes[second + Layout.RECORD_HEADER] ^ 1);
    }
    Map<String, Long> before = files();
    Inspection found = look();
    assertEquals(1, found.recovery().lostRecords());
    assertEquals(3, found.recovery().lostSpans());
    assertEquals(RECORDS - 1, found.recovery().records());
    assertEquals(before, files());
  }

  @Test
  void namesBooksThatContradictThemselves() throws IOException {
    ReadOnlyDisk disk = new ReadOnlyDisk(folder);
    Cursor a = Cursor.read(disk, "a");
    assertTrue(a != null && a.isBalanced());
    Cursor wrong =
        new Cursor(a.epoch(), a.sequence(), a.spans(), a.origin(), a.delivered() + 1, a.dropped());
    try (RealDisk real = new RealDisk(folder)) {
      Pace pace = new Pace.RealPace(System::nanoTime, InstantSource.system());
      Parts parts =
          new Parts(real, JournalConfig.defaults(), pace, FailPoint.NONE, () -> a.epoch());
      new TextFile(parts, Cursor.file("a"), "cursor").write(wrong.lines());
    }
    assertEquals(Set.of("a"), look().unbalanced());
  }

  @Test
  void knowsAJournalWhenItSeesOne() throws IOException {
    assertTrue(Inspection.isJournal(folder));
    assertFalse(Inspection.isJournal(folder.getParent()));
    assertEquals("b/c", Cursor.reader(Cursor.file("b/c")));
    assertEquals("a+%", Cursor.reader(Cursor.file("a+%")));
    assertEquals("50%zz", Cursor.reader("50%zz" + Cursor.SUFFIX));
  }

  private Inspection look() throws IOException {
    return Inspection.of(folder, InstantSource.system());
  }

  /** All files by a sum over their bytes. */
  private Map<String, Long> files() throws IOException {
    Map<String, Long> files = new TreeMap<>();
    try (Stream<Path> all = Files.list(folder)) {
      for (Path file : all.toList()) {
        byte[] bytes = Files.readAllBytes(file);
        files.put(file.getFileName().toString(), (long) Layout.crc(bytes, 0, bytes.length));
      }
    }
    return files;
  }
}
