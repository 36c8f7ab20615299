package dev.tollspan.journal;

import dev.tollspan.journal.Layout.RecordHeader;
import java.io.Closeable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/**
 * Goes over the durable records of all segments, one after the other, and tells what is missing.
 *
 * <p>Owned by one thread; meets the others under the lock of the {@link Shelf}.
 */
final class Walk implements Closeable {
  private final Disk disk;
  private final Shelf shelf;
  private final int windowBytes;
  private final Gaps gaps;

  private long sequence;
  private long spans;
  private @Nullable Segment segment;
  private Disk.@Nullable Opened file;
  private @Nullable RecordScan scan;
  private @Nullable RecordHeader ahead;
  private long end;

  /** Is told of spans that are missing before the record behind this sequence. */
  interface Gaps {
    Gaps NONE = (upTo, spans) -> {};

    void gap(long upTo, long spans);
  }

  Walk(Disk disk, Shelf shelf, int windowBytes, Gaps gaps) {
    this.disk = disk;
    this.shelf = shelf;
    this.windowBytes = windowBytes;
    this.gaps = gaps;
  }

  /** Stands behind this sequence from now on. */
  void jump(long toSequence, long toSpans) {
    sequence = toSequence;
    spans = toSpans;
    close();
  }

  /** All up to here was passed. */
  long sequence() {
    return sequence;
  }

  /** All spans of the journal up to there, those that are missing included. */
  long spans() {
    return spans;
  }

  @Nullable Segment segment() {
    return segment;
  }

  /** Behind the record that was passed last, in the segment. */
  long offset() {
    return ahead != null ? ahead.offset() : scan == null ? Layout.SEGMENT_HEADER : scan.position();
  }

  /** The next record whose header is whole, again and again until it is passed; null if none. */
  @Nullable RecordHeader next() throws IOException {
    while (true) {
      Segment holding;
      long last;
      long spansAfter;
      shelf.lock.lock();
      try {
        holding = shelf.holding(sequence);
        if (holding == null) {
          passMissing(Math.max(sequence, shelf.last), Math.max(spans, shelf.spans));
          return null;
        }
        end = holding.end;
        last = holding.last;
        spansAfter = holding.spansAfter;
      } finally {
        shelf.lock.unlock();
      }
      if (holding != segment && !open(holding)) {
        continue;
      }
      if (ahead != null) {
        return ahead;
      }
      RecordHeader found = find(last);
      if (found != null) {
        ahead = found;
        miss(found.sequence() - 1, found.spansBefore());
        return found;
      }
      passMissing(last, spansAfter);
    }
  }

  /** The record that {@link #next} returned, in an array of its own; null if it is damaged. */
  @Nullable JournalRecord take(RecordHeader record, Reader.Buffers buffers) throws IOException {
    byte[] array = buffers.acquire(record.length());
    boolean whole = false;
    try {
      whole = scan != null && scan.payload(record, array, end);
    } finally {
      if (!whole) {
        buffers.release(array, record.length());
      }
    }
    return whole
        ? new JournalRecord(
            record.sequence(), record.spans(), array, record.length(), record.appendedMillis())
        : null;
  }

  /** Goes behind the record that {@link #next} returned. */
  void pass(RecordHeader record) {
    sequence = record.sequence();
    spans = record.spansBefore() + record.spans();
    ahead = null;
  }

  private @Nullable RecordHeader find(long last) throws IOException {
    while (scan != null) {
      RecordHeader found = scan.next(end);
      if (found == null || found.sequence() > last) {
        return null;
      }
      if (found.type() == Layout.BATCH && found.sequence() > sequence) {
        return found;
      }
    }
    return null;
  }

  private void miss(long upTo, long spansUpTo) {
    if (spansUpTo > spans) {
      gaps.gap(upTo, spansUpTo - spans);
    }
  }

  private void passMissing(long upTo, long spansUpTo) {
    miss(upTo, spansUpTo);
    sequence = upTo;
    spans = spansUpTo;
  }

  private boolean open(Segment next) throws IOException {
    close();
    try {
      Disk.Opened opened = disk.read(next.name());
      file = opened;
      int size = (int) Math.min(windowBytes, next.fileBytes);
      scan = new RecordScan(new Window(opened, size, false), next.base, Layout.SEGMENT_HEADER);
      segment = next;
      return true;
    } catch (FileNotFoundException | NoSuchFileException e) {
      if (gone(next)) {
        return false; // deleted between the look and the opening
      }
      throw e;
    }
  }

  private boolean gone(Segment which) {
    shelf.lock.lock();
    try {
      return which.gone;
    } finally {
      shelf.lock.unlock();
    }
  }

  /** Lets go of the file; the place stays. */
  @Override
  public void close() {
    Disk.Opened opened = file;
    segment = null;
    scan = null;
    ahead = null;
    file = null;
    if (opened != null) {
      try {
        opened.close();
      } catch (IOException e) {
        // It was only read.
      }
    }
  }
}
