package dev.tollspan.journal;

import dev.tollspan.journal.Layout.RecordHeader;
import java.io.IOException;
import java.util.function.Consumer;

/** Records that a reader has committed and that are still there. */
public final class History {
  private static final int WINDOW = 256 << 10;

  private History() {}

  /**
   * Hands out what is there of the last spans in front of the reader's place, in order. Damaged
   * records are left out, and counted nowhere.
   *
   * @param spansMax how many spans are enough; whole segments are read, so more may come
   * @param taker owns the arrays of the records
   * @throws IOException if the disk cannot be read now
   */
  public static void read(
      Reader reader, long spansMax, Reader.Buffers buffers, Consumer<JournalRecord> taker)
      throws IOException {
    Shelf shelf = reader.shelf;
    try (Walk walk = new Walk(reader.parts.disk(), shelf, WINDOW, Walk.Gaps.NONE)) {
      long committed = shelf.look(() -> jump(walk, shelf, reader.status(), spansMax));
      RecordHeader record = walk.next();
      while (record != null && record.sequence() <= committed) {
        JournalRecord whole = walk.take(record, buffers);
        if (whole != null) {
          taker.accept(whole);
        }
        walk.pass(record);
        record = walk.next();
      }
    }
  }

  /**
   * To the end of the last segment between which and the reader's place there are enough spans.
   *
   * @return the reader's place
   */
  private static long jump(Walk walk, Shelf shelf, ReaderStatus now, long spansMax) {
    long committedSpans = shelf.spans - now.pendingSpans();
    long sequence = 0;
    long spans = 0;
    for (Segment segment : shelf.segments()) {
      if (segment.last < now.committed() && committedSpans - segment.spansAfter >= spansMax) {
        sequence = segment.last;
        spans = segment.spansAfter;
      }
    }
    walk.jump(sequence, spans);
    return now.committed();
  }
}
