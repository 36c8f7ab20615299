package dev.tollspan.journal;

import dev.tollspan.journal.JournalConfig.Durability;
import dev.tollspan.journal.Layout.RecordHeader;
import dev.tollspan.journal.Layout.SegmentHeader;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The segment at the end, and the only writer of records.
 *
 * <p>Belongs to the thread that is committing: the {@link Journal} lets one in at a time. After a
 * failed write or sync a segment is dead: it is never written or synced again, for the system may
 * then report success over pages that it has thrown away. The sequences of that group are never
 * given again, and the next segment's header says that they were not stored.
 */
final class Tail {
  static final String SPARE = "spare";
  static final String BEGUN = "segment.tmp";
  private static final long RETRY_NANOS = 1_000_000_000L;
  private static final Appended FULL = new Appended.Full("the journal has reached max_size");
  private static final Appended TOO_LARGE =
      new Appended.Full("the record is larger than half of max_size");

  private final Parts parts;
  private final Shelf shelf;
  private final long epoch;
  private final byte[] buffer;

  private long nextSequence;
  private @Nullable Segment segment;
  private Disk.@Nullable Opened file;
  private boolean dirty;

  /** Behind the last group that was written as a whole: its end, sequence, and spans up to it. */
  private long writtenEnd;

  private long writtenSequence;
  private long spans;

  /** The same of the last group that is durable. */
  private long settled;

  private long settledSpans;
  private long retryNanos;
  private volatile @Nullable Trouble trouble;

  Tail(Parts parts, Shelf shelf, long epoch, long nextSequence) {
    this.parts = parts;
    this.shelf = shelf;
    this.epoch = epoch;
    this.buffer = new byte[parts.config().groupBytesMax()];
    this.nextSequence = nextSequence;
    this.writtenSequence = shelf.last;
    this.spans = shelf.spans;
    this.settled = shelf.last;
    this.settledSpans = shelf.spans;
  }

  long epoch() {
    return epoch;
  }

  /** What is wrong with the disk; null if the last attempt went well. For any thread. */
  @Nullable Trouble trouble() {
    return trouble;
  }

  /**
   * Writes a group and makes it durable.
   *
   * @return {@code Stored} with the sequence of the first; the others follow it by one
   */
  Appended commit(List<Pending> group) {
    Trouble known = trouble;
    if (known != null && pace() - retryNanos < 0) {
      return known.answer();
    }
    long bytes = 0;
    for (Pending pending : group) {
      bytes += pending.size();
    }
    if (bytes > parts.config().maxBytes() / 2) {
      return TOO_LARGE;
    }
    try {
      if ((file == null || !fits(bytes)) && !begin(bytes)) {
        return FULL;
      }
    } catch (IOException e) {
      return fail(e).answer();
    }
    long first = nextSequence;
    nextSequence += group.size();
    try {
      parts.points().reach("group.begun");
      write(group, first);
      parts.points().reach("group.written");
      dirty = true;
      if (parts.config().durability() != Durability.INTERVAL) {
        sync();
      }
      return new Appended.Stored(first);
    } catch (IOException e) {
      return fail(e).answer();
    }
  }

  /** Makes what was written durable and shows it to readers. */
  void sync() throws IOException {
    if (dirty && file != null) {
      file.sync();
      parts.points().reach("group.synced");
      publish();
    }
  }

  /** As {@link #sync} between groups: a failure ends the segment and is kept as trouble. */
  void syncOrFail() {
    try {
      sync();
    } catch (IOException e) {
      fail(e);
    }
  }

  private void publish() {
    Segment written = segment;
    if (written == null) {
      return;
    }
    dirty = false;
    settled = writtenSequence;
    settledSpans = spans;
    shelf.lock.lock();
    try {
      written.end = writtenEnd;
      written.last = settled;
      written.spansAfter = spans;
      written.newestNanos = pace();
      shelf.stored();
      shelf.last = settled;
      shelf.spans = spans;
      shelf.arrived.signalAll();
    } finally {
      shelf.lock.unlock();
    }
  }

  /** Tries to begin a segment if there is trouble, at most once a second. */
  void probe() {
    if (trouble != null && pace() - retryNanos >= 0) {
      try {
        begin(0);
      } catch (IOException e) {
        fail(e);
      }
    }
  }

  /** Ends the segment; the next group begins another. */
  void seal() {
    syncOrFail();
    Disk.Opened ended = file;
    if (segment != null && segment.base == nextSequence) {
      nextSequence++; // nothing is in it, but no two segments may have one name
    }
    file = null;
    segment = null;
    shelf.lock.lock();
    try {
      shelf.writing = null;
    } finally {
      shelf.lock.unlock();
    }
    close(ended);
  }

  private static void close(Disk.@Nullable Opened ended) {
    if (ended != null) {
      try {
        ended.close();
      } catch (IOException e) {
        // Nothing is owed to it any more.
      }
    }
  }

  /** Writes behind the last record that all before it is settled, and ends the segment. */
  void close() {
    syncOrFail();
    Disk.Opened open = file;
    Segment last = segment;
    try {
      if (open != null && last != null && settled >= last.base) {
        writeMark(open, last.base, writtenEnd, settled, settledSpans);
        parts.points().reach("mark.written");
        open.sync();
      }
    } catch (IOException e) {
      // The mark is a courtesy to the next start.
    }
    seal();
  }

  /** Writes a mark at a place of a segment. */
  static void writeMark(Disk.Opened file, long base, long at, long sequence, long spansAfter)
      throws IOException {
    byte[] mark = new byte[Layout.RECORD_HEADER];
    int empty = Layout.crc(mark, 0, 0);
    Layout.put(
        new RecordHeader(Layout.MARK, 0, 0, base, at, sequence, spansAfter, sequence, 0, empty),
        mark,
        0);
    file.write(at, mark, 0, mark.length);
  }

  private boolean fits(long bytes) {
    return segment != null && writtenEnd + bytes <= segment.fileBytes;
  }

  /** Begins a segment with this much room; false if the limits leave none. */
  private boolean begin(long bytes) throws IOException {
    long size = Math.max(parts.config().segmentBytes(), Layout.SEGMENT_HEADER + bytes);
    boolean spare;
    shelf.lock.lock();
    try {
      spare = shelf.spareBytes >= size;
      if (!spare && shelf.fileBytes() + size > parts.config().maxBytes()) {
        shelf.wantedBytes = size;
        shelf.refuse(bytes);
        return false;
      }
      size = spare ? shelf.spareBytes : size;
    } finally {
      shelf.lock.unlock();
    }
    seal();
    Segment begun = new Segment(nextSequence, size, settled, spans);
    Disk.Opened opened = null;
    boolean done = false;
    try {
      opened = spare ? parts.disk().edit(SPARE) : parts.disk().create(BEGUN);
      begin(opened, begun, spare ? SPARE : BEGUN);
      done = true;
    } finally {
      if (!done) {
        discard(opened, spare ? SPARE : BEGUN, begun.name());
      }
      show(done ? begun : null, spare);
    }
    return true;
  }

  /** The spare counts until its file has another name, so that nobody makes a second one before. */
  private void show(@Nullable Segment begun, boolean spare) {
    shelf.lock.lock();
    try {
      shelf.spareBytes = spare ? 0 : shelf.spareBytes;
      if (begun != null) {
        shelf.add(begun);
        shelf.writing = begun;
        shelf.wantedBytes = 0;
      }
      shelf.work.signal(); // for the next spare
    } finally {
      shelf.lock.unlock();
    }
  }

  /**
   * The header is durable before the name is, and the name before the first record: so a sequence
   * that begins a segment begins no other one that has records.
   */
  private void begin(Disk.Opened opened, Segment begun, String source) throws IOException {
    byte[] header = new byte[Layout.SEGMENT_HEADER];
    long now = parts.pace().millis();
    Layout.put(new SegmentHeader(Layout.VERSION, epoch, begun.base, settled, spans, now), header);
    opened.write(0, header, 0, header.length);
    parts.points().reach("segment.header_written");
    opened.sync();
    parts.points().reach("segment.header_synced");
    parts.disk().rename(source, begun.name());
    parts.points().reach("segment.renamed");
    parts.disk().sync();
    parts.points().reach("segment.begun");
    file = opened;
    segment = begun;
    writtenEnd = Layout.SEGMENT_HEADER;
    trouble = null;
  }

  private void discard(Disk.@Nullable Opened opened, String... names) {
    for (String name : names) {
      try {
        parts.disk().delete(name);
      } catch (IOException e) {
        // A start finds it without a record and deletes it.
      }
    }
    close(opened);
  }

  /**
   * Ends the segment. What was answered by an interval's promise may still be in the system's
   * memory, and readers may try; a group that nobody was answered for was never there.
   */
  private Trouble fail(IOException e) {
    if (dirty && parts.config().durability() == Durability.INTERVAL) {
      publish();
    }
    dirty = false;
    spans = settledSpans;
    writtenSequence = settled;
    Segment failed = segment;
    boolean served = false;
    if (failed != null) {
      served = settled >= failed.base;
      shelf.lock.lock();
      try {
        failed.dead = true;
      } finally {
        shelf.lock.unlock();
      }
    }
    Trouble found = Trouble.of(e);
    trouble = found;
    retryNanos = pace() + (served ? 0 : RETRY_NANOS);
    seal();
    return found;
  }

  /** Small records go through the buffer, large ones straight from their owner's array. */
  private void write(List<Pending> group, long first) throws IOException {
    Disk.Opened opened = file;
    Segment into = segment;
    if (opened == null || into == null) {
      throw new IOException("no segment is open");
    }
    GroupWriter writer = new GroupWriter(opened, buffer, writtenEnd);
    long now = parts.pace().millis();
    long spansBefore = spans;
    for (int i = 0; i < group.size(); i++) {
      Pending pending = group.get(i);
      RecordHeader header =
          new RecordHeader(
              Layout.BATCH,
              pending.length,
              pending.spans,
              into.base,
              writer.position(),
              first + i,
              spansBefore,
              settled,
              now,
              pending.crc);
      writer.put(header, pending.bytes, pending.offset);
      spansBefore += pending.spans;
    }
    writer.flush();
    writtenEnd = writer.position();
    writtenSequence = nextSequence - 1;
    spans = spansBefore;
  }

  private long pace() {
    return parts.pace().nanos();
  }
}
