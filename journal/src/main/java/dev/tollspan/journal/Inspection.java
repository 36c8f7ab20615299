package dev.tollspan.journal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A journal as it lies in its folder, looked at without changing a byte: what a start would find.
 *
 * @param inUse whether a process has it open: its places are up to a second old then, and what
 *     looks like damage may be a file that was just being written
 * @param sequence the last record
 * @param spans all spans that were ever stored
 * @param segments how many files hold them
 * @param bytes what these and the next one take on the disk
 * @param recovery what a start would find and report
 * @param readers by name, as they would begin
 * @param tallied what was counted beside it
 * @param unbalanced readers whose books contradict themselves
 * @param placeless readers whose place cannot be read: they would begin with the oldest record
 * @param tallyLost whether what was counted beside it cannot be read
 */
public record Inspection(
    boolean inUse,
    long sequence,
    long spans,
    int segments,
    long bytes,
    Recovery recovery,
    Map<String, ReaderStatus> readers,
    Map<String, Long> tallied,
    Set<String> unbalanced,
    Set<String> placeless,
    boolean tallyLost) {
  private static final long NANOS_PER_MILLI = 1_000_000;

  /** Whether a journal lies in this folder. */
  public static boolean isJournal(Path folder) throws IOException {
    if (!Files.isRegularFile(folder.resolve(RealDisk.LOCK))) {
      return false;
    }
    List<String> names = RealDisk.names(folder);
    return names.stream().anyMatch(n -> n.endsWith(Cursor.SUFFIX) || Segment.base(n) > 0);
  }

  /**
   * Looks at the journal in a folder.
   *
   * @param clock the wall clock, for the ages of records
   * @throws IOException if the folder cannot be read at all
   */
  public static Inspection of(Path folder, InstantSource clock) throws IOException {
    boolean inUse = isLocked(folder);
    Pace pace = new Pace.RealPace(() -> clock.millis() * NANOS_PER_MILLI, clock);
    Parts parts =
        new Parts(
            new ReadOnlyDisk(folder), JournalConfig.defaults(), pace, FailPoint.NONE, () -> 1);
    Set<String> readers = new TreeSet<>();
    for (String name : parts.disk().names()) {
      if (name.endsWith(Cursor.SUFFIX)) {
        readers.add(Cursor.reader(name));
      }
    }
    Recoverer.Found found = new Recoverer(parts, readers).run();
    Shelf shelf = found.shelf();
    Map<String, ReaderStatus> statuses = new TreeMap<>();
    Set<String> unbalanced = new TreeSet<>();
    Set<String> placeless = new TreeSet<>();
    for (String reader : readers) {
      Cursor cursor = found.cursor(reader).cursor();
      statuses.put(reader, status(cursor, shelf));
      if (!cursor.isBalanced()) {
        unbalanced.add(reader);
      }
      if (found.cursor(reader).start() == Reader.Start.RESET) {
        placeless.add(reader);
      }
    }
    Tallies tallies = new Tallies(parts);
    Map<String, Long> tallied = tallies.load();
    return new Inspection(
        inUse,
        shelf.last,
        shelf.spans,
        shelf.segments().size(),
        shelf.fileBytes(),
        found.recovery(),
        statuses,
        tallied,
        unbalanced,
        placeless,
        tallies.lost());
  }

  private static ReaderStatus status(Cursor cursor, Shelf shelf) {
    return new ReaderStatus(
        cursor.sequence(),
        shelf.spans - cursor.spans(),
        shelf.bytesBehind(cursor.sequence(), null, 0),
        cursor.delivered(),
        cursor.dropped());
  }

  private static boolean isLocked(Path folder) throws IOException {
    Path lock = folder.resolve(RealDisk.LOCK);
    if (!Files.isReadable(lock)) {
      return false;
    }
    try (FileChannel file = FileChannel.open(lock, StandardOpenOption.READ)) {
      return file.tryLock(0, Long.MAX_VALUE, true) == null;
    } catch (OverlappingFileLockException e) {
      return true;
    }
  }
}
