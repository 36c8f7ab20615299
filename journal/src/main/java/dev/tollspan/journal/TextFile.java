package dev.tollspan.journal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Small files of lines under a checksum, replaced as a whole. */
final class TextFile {
  private static final String CRC = "crc32c ";
  private static final int BYTES_MAX = 64 << 10;

  private TextFile() {}

  /**
   * Writes a file by way of another one; all of it is durable afterwards.
   *
   * @param what the fail points begin with
   */
  static void write(Disk disk, String name, List<String> lines, FailPoint points, String what)
      throws IOException {
    String text = String.join("\n", lines) + "\n";
    byte[] bytes = (text + CRC + crc(text) + "\n").getBytes(UTF_8);
    String temp = name + ".tmp";
    try (Disk.Opened opened = disk.create(temp)) {
      opened.write(0, bytes, 0, bytes.length);
      points.reach(what + ".written");
      opened.sync();
    }
    points.reach(what + ".synced");
    disk.rename(temp, name);
    points.reach(what + ".renamed");
    disk.sync();
    points.reach(what + ".durable");
  }

  /** The lines of a file; null if they cannot be trusted. */
  static @Nullable List<String> read(Disk disk, String name) throws IOException {
    byte[] bytes;
    int length;
    try (Disk.Opened opened = disk.read(name)) {
      bytes = new byte[(int) Math.min(opened.size(), BYTES_MAX)];
      length = opened.read(0, bytes, 0, bytes.length);
    }
    String text = new String(bytes, 0, length, UTF_8);
    int end = text.lastIndexOf(CRC);
    return end < 0 || !text.substring(end).equals(CRC + crc(text.substring(0, end)) + "\n")
        ? null
        : text.substring(0, end).lines().toList();
  }

  private static String crc(String text) {
    byte[] bytes = text.getBytes(UTF_8);
    return Integer.toHexString(Layout.crc(bytes, 0, bytes.length));
  }
}
