package dev.tollspan.journal;

import dev.tollspan.journal.Layout.RecordHeader;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Follows a journal at a place of its own. It reads ahead of what is committed; after a restart it
 * begins again at the last place that was durable, so that nothing is skipped and little comes
 * twice.
 *
 * <p>The books, in spans, true at any moment and across restarts:
 *
 * <pre>stored since this reader began = delivered + pending + dropped(reason)</pre>
 *
 * <p>Reasons of this room: {@code journal_full}, {@code journal_age} (a limit took it), {@code
 * journal_damaged} (it cannot be read any more). Spans that are damaged are pending until the
 * reader has passed them.
 *
 * <p>Threads: {@link #next}, {@link #commit} and {@link #rewind} belong to one thread, which owns
 * {@code walk}, {@code behind} and {@code handed}; everything else is safe from any and guarded by
 * the lock of the {@link Shelf}.
 */
public final class Reader {
  static final String DAMAGED = "journal_damaged";
  private static final int WINDOW = 64 << 10;

  final Parts parts;
  final Shelf shelf;
  private final String name;
  private final Start start;
  private final ReentrantLock saving = new ReentrantLock();
  private final TextFile file; // guarded by saving
  private final Walk walk;
  private final Walk behind;
  private long handed;

  private final Books books;
  private boolean dirty;
  private boolean down;
  private boolean woken;
  private boolean begun; // until then what it has passed stays, for whoever reads its history
  private long savedSequence;

  /** Where a reader began. */
  public enum Start {
    /** At its durable place. */
    RESUMED,
    /** At the oldest record there is: it is new. */
    FRESH,
    /** At the oldest record there is: its place could not be read, so records may come again. */
    RESET
  }

  /** Where payloads go; both may be called by the reader's thread only. */
  public interface Buffers {
    /** An array of at least this length. */
    byte[] acquire(int bytesMin);

    /** Takes an array back of which this much was used, and from which nothing came. */
    void release(byte[] array, int used);
  }

  /** What a reader begins with. */
  record Begun(Start start, Cursor cursor) {}

  Reader(Parts parts, Shelf shelf, String name, Begun begun) {
    this.parts = parts;
    this.shelf = shelf;
    this.name = name;
    this.start = begun.start();
    this.file = new TextFile(parts, Cursor.file(name), "cursor");
    this.books = new Books(begun.cursor());
    this.handed = books.sequence();
    this.dirty = true; // that a place was found does not mean that its name is durable
    this.savedSequence = -1;
    this.walk = new Walk(parts.disk(), shelf, WINDOW, this::miss);
    this.behind = new Walk(parts.disk(), shelf, WINDOW, Walk.Gaps.NONE);
    walk.jump(books.sequence(), books.spans());
  }

  public String name() {
    return name;
  }

  public Start start() {
    return start;
  }

  /**
   * The next durable records, in order, once in this life unless there is a {@link #rewind}.
   *
   * @param bytesMax how many bytes of payload to stop at; one record comes in any case
   * @param wait how long to wait if there is none
   * @return empty if none came, or after {@link #wake}; the caller owns the arrays in it
   * @throws IOException if the disk cannot be read now; the place is kept
   */
  public List<JournalRecord> next(Buffers buffers, long bytesMax, Duration wait)
      throws IOException, InterruptedException {
    List<JournalRecord> taken = new ArrayList<>();
    long until = parts.pace().nanos() + wait.toNanos();
    while (true) {
      catchUp();
      try {
        read(buffers, bytesMax, taken);
      } catch (IOException e) {
        if (taken.isEmpty()) {
          throw e;
        } // else the next call meets it again
      }
      if (taken.isEmpty() ? !awaitArrival(until) : stillThere(buffers, taken)) {
        return taken;
      }
    }
  }

  /** Gives back what a limit took, and counted, while it was being read. */
  private boolean stillThere(Buffers buffers, List<JournalRecord> taken) {
    shelf.lock.lock();
    try {
      if (taken.getFirst().sequence() > books.sequence()) {
        return true;
      }
    } finally {
      shelf.lock.unlock();
    }
    for (JournalRecord record : taken) {
      buffers.release(record.bytes(), record.length());
    }
    taken.clear();
    rewind();
    return false;
  }

  /** What a limit took while this reader was about to read it is not read. */
  private void catchUp() {
    shelf.locked(
        () -> {
          if (walk.sequence() < books.sequence()) {
            walk.jump(books.sequence(), books.spans());
          }
          handed = Math.max(handed, books.sequence());
          begun = true;
        });
  }

  private void read(Buffers buffers, long bytesMax, List<JournalRecord> taken) throws IOException {
    long bytes = 0;
    RecordHeader record = walk.next();
    while (record != null && (taken.isEmpty() || bytes + record.length() <= bytesMax)) {
      JournalRecord whole = walk.take(record, buffers);
      if (whole != null) {
        taken.add(whole);
        bytes += record.length();
        handed = record.sequence();
      } else {
        miss(record.sequence(), record.spans());
      }
      walk.pass(record);
      record = bytes < bytesMax ? walk.next() : null;
    }
    passDamage();
  }

  /** If all that was handed out is committed, damage behind it needs nobody to commit it. */
  private void passDamage() {
    shelf.locked(
        () -> {
          if (books.sequence() >= handed && walk.sequence() > books.sequence()) {
            commit(walk, Map.of());
          }
        });
  }

  private boolean awaitArrival(long until) throws InterruptedException {
    shelf.lock.lockInterruptibly();
    try {
      long left = until - parts.pace().nanos();
      while (shelf.last <= walk.sequence() && left > 0 && !woken) {
        parts.pace().await(shelf.arrived, left);
        left = until - parts.pace().nanos();
      }
      woken = false;
      return shelf.last > walk.sequence();
    } finally {
      shelf.lock.unlock();
    }
  }

  private void miss(long upTo, long count) {
    shelf.locked(() -> books.miss(upTo, count));
  }

  /** As {@link #commit(long, Map)} with nothing dropped. */
  public void commit(long upTo) throws IOException {
    commit(upTo, Map.of());
  }

  /**
   * Says that all records up to this sequence need not come again. It becomes durable within the
   * cursor interval, or by {@link #save} at once. A sequence that was committed before, or that a
   * limit has taken meanwhile, changes nothing.
   *
   * @param droppedSpans how many of the spans since the last commit did not reach the destination,
   *     by reason, in words of lower case and underscores
   * @throws IOException if the disk cannot be read now; nothing has changed then
   */
  public void commit(long upTo, Map<String, Long> droppedSpans) throws IOException {
    if (upTo > handed) {
      throw new IllegalArgumentException("nothing was read up to " + upTo);
    }
    droppedSpans.keySet().forEach(Books::checkReason);
    Walk to = upTo == handed ? walk : walkTo(upTo);
    shelf.locked(
        () -> {
          if (upTo > books.sequence()) {
            commit(to, droppedSpans);
          }
        });
  }

  /** Counts forward from the last place that was committed. */
  private Walk walkTo(long upTo) throws IOException {
    shelf.locked(
        () -> {
          if (behind.sequence() != books.sequence()) {
            behind.jump(books.sequence(), books.spans());
          }
        });
    RecordHeader record = behind.next();
    while (record != null && record.sequence() <= upTo) {
      behind.pass(record);
      record = behind.next();
    }
    return behind;
  }

  /** The caller holds the lock. */
  private void commit(Walk to, Map<String, Long> droppedSpans) {
    change(() -> books.commit(to, droppedSpans));
  }

  /** Of what was committed, so many spans turned out to be lost, for this reason. */
  public void lose(long spans, String reason) {
    Books.checkReason(reason);
    change(() -> books.lose(spans, reason));
  }

  /** Gives up all that is stored now and not committed, for this reason. */
  public void abandon(String reason) {
    Books.checkReason(reason);
    change(() -> books.abandon(shelf, reason));
  }

  /** Says whether what this reader feeds is down: see {@link JournalConfig.WhenFull}. */
  public void down(boolean now) {
    shelf.locked(
        () -> {
          down = now;
          shelf.work.signal();
        });
  }

  /** Ends the wait of {@link #next}, the one under way or the one to come. */
  public void wake() {
    shelf.locked(
        () -> {
          woken = true;
          shelf.arrived.signalAll();
        });
  }

  private void change(Runnable step) {
    shelf.locked(
        () -> {
          step.run();
          if (!dirty) {
            dirty = true;
            shelf.work.signal();
          }
        });
  }

  /** Whether all of it is committed; the caller holds the lock, as for the next. */
  boolean hasPassed(Segment segment) {
    return books.sequence() >= segment.last;
  }

  boolean hasBegun() {
    return begun;
  }

  boolean isDown() {
    return down;
  }

  /** A limit takes a segment; how many spans go with it. The caller holds the lock. */
  long drop(Segment taken, String reason) {
    long before = books.dropped(reason);
    dirty |= books.drop(taken, reason);
    return books.dropped(reason) - before;
  }

  /** Begins to read again behind what is committed. */
  public void rewind() {
    shelf.locked(
        () -> {
          books.forgetMissing();
          handed = books.sequence();
          walk.jump(books.sequence(), books.spans());
        });
  }

  /** Makes what is committed durable before it returns. */
  public void save() throws IOException {
    saving.lock();
    try {
      Cursor now = toSave();
      try {
        file.write(now.lines());
        shelf.locked(() -> savedSequence = now.sequence());
      } catch (IOException e) {
        shelf.locked(() -> dirty = true);
        throw e;
      }
    } finally {
      saving.unlock();
    }
  }

  private Cursor toSave() {
    shelf.lock.lock();
    try {
      dirty = false;
      return books.cursor();
    } finally {
      shelf.lock.unlock();
    }
  }

  /** Whether there is something to save; the caller holds the lock. */
  boolean dirty() {
    return dirty;
  }

  /** Up to where the durable place is; the caller holds the lock. */
  long savedSequence() {
    return savedSequence;
  }

  /** How this reader is now. */
  public ReaderStatus status() {
    return shelf.look(
        () ->
            new ReaderStatus(
                books.sequence(),
                shelf.spans - books.spans(),
                books.pendingBytes(shelf),
                books.delivered(),
                books.dropped()));
  }

  void close() {
    walk.close();
    behind.close();
  }
}
