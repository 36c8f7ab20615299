package dev.tollspan.journal;

import java.io.IOException;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Reads a file front to back through one array.
 *
 * <p>Owned by one thread. Nothing at or behind the {@code end} that a caller gives is ever read, so
 * that bytes which are still being written are not kept.
 */
final class Window {
  private static final int BLOCK = 4096;

  private final Disk.Opened file;
  private final boolean lenient;
  private final byte[] bytes;
  private long start;
  private int length;
  private boolean faulty;

  /**
   * @param lenient whether a part that cannot be read counts as zeros instead of ending the reading
   */
  Window(Disk.Opened file, int size, boolean lenient) {
    this.file = file;
    this.bytes = new byte[size];
    this.lenient = lenient;
  }

  /** Whether a part could not be read. */
  boolean faulty() {
    return faulty;
  }

  byte[] array() {
    return bytes;
  }

  /**
   * Brings this many bytes from this position into the array.
   *
   * @return where in the array they begin; -1 if the file or the end comes before
   */
  int at(long position, int count, long end) throws IOException {
    if (position < start || position + count > start + length) {
      length = 0;
      if (position + count <= end) {
        start = position;
        length = fill((int) Math.min(bytes.length, end - position));
      }
      if (length < count) {
        return -1;
      }
    }
    return (int) (position - start);
  }

  /** Copies, past the array where that is longer; false if the file or the end comes before. */
  boolean copy(long position, byte[] into, int count, long end) throws IOException {
    if (count > bytes.length) {
      return position + count <= end && file.read(position, into, 0, count) == count;
    }
    int at = at(position, count, end);
    if (at >= 0) {
      System.arraycopy(bytes, at, into, 0, count);
    }
    return at >= 0;
  }

  /** Whether these bytes are all there and have this checksum. */
  boolean matches(long position, int count, int crc, long end) throws IOException {
    CRC32C sum = new CRC32C();
    int done = 0;
    while (done < count) {
      long held = start + length - (position + done);
      boolean within = position + done >= start && held > 0;
      int part = Math.min(count - done, within ? (int) held : bytes.length);
      int at = at(position + done, part, end);
      if (at < 0) {
        return false;
      }
      sum.update(bytes, at, part);
      done += part;
    }
    return (int) sum.getValue() == crc;
  }

  private int fill(int wanted) throws IOException {
    try {
      return file.read(start, bytes, 0, wanted);
    } catch (IOException e) {
      if (!lenient) {
        throw e;
      }
    }
    for (int at = 0; at < wanted; at += BLOCK) {
      int part = Math.min(BLOCK, wanted - at);
      try {
        int read = file.read(start + at, bytes, at, part);
        if (read < part) {
          return at + read;
        }
      } catch (IOException e) {
        faulty = true;
        Arrays.fill(bytes, at, at + part, (byte) 0);
      }
    }
    return wanted;
  }
}
