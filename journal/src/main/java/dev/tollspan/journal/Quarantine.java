package dev.tollspan.journal;

import java.io.IOException;

/**
 * Keeps what is damaged for somebody to look at, up to a limit.
 *
 * <p>Owned by one thread.
 */
final class Quarantine {
  private static final String SUFFIX = ".damaged";
  private static final int RANGE_BYTES_MAX = 1 << 20;
  private static final long BYTES_MAX = 16 << 20;

  private final Disk disk;
  private long bytes;

  Quarantine(Disk disk) {
    this.disk = disk;
  }

  /** How much is kept, what earlier starts kept of the same damage included. */
  long bytes() {
    return bytes;
  }

  /** Copies the beginning of a stretch to a file that is named after it. */
  void copy(String name, Disk.Opened from, SegmentCheck.Range range) throws IOException {
    int length = (int) Math.min(range.to() - range.from(), RANGE_BYTES_MAX);
    if (length <= 0 || bytes + length > BYTES_MAX) {
      return;
    }
    byte[] kept = new byte[length];
    int read = from.read(range.from(), kept, 0, length);
    try (Disk.Opened into = disk.create(name + "-" + range.from() + SUFFIX)) {
      into.write(0, kept, 0, read);
    }
    bytes += read;
  }

  /** Moves a file that holds nothing else; beyond the limit it is deleted. */
  void move(String name, long size) {
    try {
      if (bytes + size <= BYTES_MAX) {
        disk.rename(name, name + SUFFIX);
        bytes += size;
      } else {
        disk.delete(name);
      }
    } catch (IOException e) {
      // It stays, and the next start finds it again.
    }
  }
}
