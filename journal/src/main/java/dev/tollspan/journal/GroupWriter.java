package dev.tollspan.journal;

import dev.tollspan.journal.Layout.RecordHeader;
import java.io.IOException;
import java.util.Arrays;

/**
 * Writes the records of one group one behind the other: small ones gathered in a buffer, a payload
 * that is larger than it straight from its owner's array.
 *
 * <p>Belongs to the thread that is committing.
 */
final class GroupWriter {
  private final Disk.Opened file;
  private final byte[] buffer;
  private long flushed;
  private int used;

  GroupWriter(Disk.Opened file, byte[] buffer, long position) {
    this.file = file;
    this.buffer = buffer;
    this.flushed = position;
  }

  /** Where the next record begins. */
  long position() {
    return flushed + used;
  }

  void put(RecordHeader header, byte[] payload, int offset) throws IOException {
    int length = header.length();
    reserve(Layout.RECORD_HEADER);
    Layout.put(header, buffer, used);
    used += Layout.RECORD_HEADER;
    if (length > buffer.length) {
      flush();
      file.write(flushed, payload, offset, length);
      flushed += length;
    } else {
      reserve(length);
      System.arraycopy(payload, offset, buffer, used, length);
      used += length;
    }
    int padding = (int) (Layout.size(length) - Layout.RECORD_HEADER - length);
    reserve(padding);
    Arrays.fill(buffer, used, used + padding, (byte) 0);
    used += padding;
  }

  void flush() throws IOException {
    if (used > 0) {
      file.write(flushed, buffer, 0, used);
      flushed += used;
      used = 0;
    }
  }

  private void reserve(int bytes) throws IOException {
    if (used + bytes > buffer.length) {
      flush();
    }
  }
}
