package dev.tollspan.journal;

import dev.tollspan.journal.Layout.RecordHeader;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Goes over the records of one segment, over damage too: where no record stands, the next one is
 * looked for at every multiple of eight.
 *
 * <p>Owned by one thread.
 */
final class RecordScan {
  private final Window window;
  private final long base;
  private long position;
  private long skippedFrom;

  /** Begins at a place of the segment that begins with this sequence. */
  RecordScan(Window window, long base, long position) {
    this.window = window;
    this.base = base;
    this.position = position;
  }

  /**
   * Goes to the next record whose header is whole and which ends before the end; null if there is
   * none. Its payload may be damaged all the same.
   */
  @Nullable RecordHeader next(long end) throws IOException {
    skippedFrom = position;
    for (long at = position; at + Layout.RECORD_HEADER <= end; at += 8) {
      int index = window.at(at, Layout.RECORD_HEADER, end);
      if (index < 0) {
        return null;
      }
      if (Layout.isRecord(window.array(), index, base, at)) {
        RecordHeader found = Layout.record(window.array(), index);
        if (at + Layout.RECORD_HEADER + found.length() <= end) {
          position = at + Layout.size(found.length());
          return found;
        }
      }
    }
    return null;
  }

  /** Where looking for this record began: before its offset if there was damage. */
  long skippedFrom() {
    return skippedFrom;
  }

  /** Behind this record. */
  long position() {
    return position;
  }

  /** Whether the payload of this record is whole. */
  boolean intact(RecordHeader record, long end) throws IOException {
    long from = record.offset() + Layout.RECORD_HEADER;
    return window.matches(from, record.length(), record.payloadCrc(), end);
  }

  /** Copies the payload of this record; false if it is damaged. */
  boolean payload(RecordHeader record, byte[] into, long end) throws IOException {
    long from = record.offset() + Layout.RECORD_HEADER;
    return window.copy(from, into, record.length(), end)
        && Layout.crc(into, 0, record.length()) == record.payloadCrc();
  }
}
