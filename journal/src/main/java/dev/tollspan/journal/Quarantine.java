package dev.tollspan.journal;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

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
  private final Set<String> kept = new HashSet<>();
  private long bytes;

  /**
   * @param names what is in the folder, what earlier starts kept included
   */
  Quarantine(Disk disk, List<String> names) {
    this.disk = disk;
    for (String name : names) {
      if (name.endsWith(SUFFIX)) {
        kept.add(name);
        try (Disk.Opened file = disk.read(name)) {
          bytes += file.size();
        } catch (IOException e) {
          // It takes no room that anybody knows of.
        }
      }
    }
  }

  /** How much is kept, by this start and by earlier ones. */
  long bytes() {
    return bytes;
  }

  /** Copies the beginning of a stretch to a file that is named after it. */
  void copy(String name, Disk.Opened from, SegmentCheck.Range range) throws IOException {
    int length = (int) Math.min(range.to() - range.from(), RANGE_BYTES_MAX);
    String copy = name + "-" + range.from() + SUFFIX;
    if (length <= 0 || kept.contains(copy) || bytes + length > BYTES_MAX) {
      return;
    }
    byte[] kept = new byte[length];
    int read = from.read(range.from(), kept, 0, length);
    try (Disk.Opened into = disk.create(copy)) {
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
