package dev.tollspan.journal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The place of one reader and its books, as they stand in its file: lines of text and a checksum.
 *
 * @param epoch of the journal that the sequence belongs to
 * @param sequence all up to here need not come again
 * @param spans all spans of the journal up to there
 * @param origin all spans of the journal before this reader began
 * @param delivered spans that reached the destination
 * @param dropped spans that did not, by reason
 */
record Cursor(
    long epoch, long sequence, long spans, long origin, long delivered, Map<String, Long> dropped) {
  static final String SUFFIX = ".cursor";
  private static final String TEMP = ".cursor.tmp";
  private static final String FORMAT = "tollspan-cursor 1";
  private static final String DROPPED = "dropped ";
  private static final String CRC = "crc32c ";
  private static final int BYTES_MAX = 64 << 10;

  /** The name of a reader's file: letters, digits and a few signs stand for themselves. */
  static String file(String reader) {
    StringBuilder name = new StringBuilder();
    for (byte each : reader.getBytes(UTF_8)) {
      char c = (char) (each & 0xff);
      boolean plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
      name.append(plain ? String.valueOf(c) : "%" + Integer.toHexString(0x100 | c).substring(1));
    }
    return name + SUFFIX;
  }

  /** Writes it to its file by way of another one; all of it is durable afterwards. */
  void write(Disk disk, String reader, FailPoint points) throws IOException {
    String file = file(reader);
    String temp = file.replace(SUFFIX, TEMP);
    byte[] bytes = text().getBytes(UTF_8);
    try (Disk.Opened opened = disk.create(temp)) {
      opened.write(0, bytes, 0, bytes.length);
      points.reach("cursor.written");
      opened.sync();
    }
    points.reach("cursor.synced");
    disk.rename(temp, file);
    points.reach("cursor.renamed");
    disk.sync();
    points.reach("cursor.durable");
  }

  /** What stands in a reader's file; null if it cannot be trusted. */
  static @Nullable Cursor read(Disk disk, String reader) throws IOException {
    byte[] bytes;
    int length;
    try (Disk.Opened opened = disk.read(file(reader))) {
      bytes = new byte[(int) Math.min(opened.size(), BYTES_MAX)];
      length = opened.read(0, bytes, 0, bytes.length);
    }
    return parse(new String(bytes, 0, length, UTF_8));
  }

  private String text() {
    StringBuilder text = new StringBuilder(FORMAT).append('\n');
    text.append("epoch ").append(epoch).append('\n');
    text.append("sequence ").append(sequence).append('\n');
    text.append("spans ").append(spans).append('\n');
    text.append("origin ").append(origin).append('\n');
    text.append("delivered ").append(delivered).append('\n');
    dropped.forEach(
        (reason, count) ->
            text.append(DROPPED).append(reason).append(' ').append(count).append('\n'));
    return text + CRC + crc(text.toString()) + "\n";
  }

  private static @Nullable Cursor parse(String text) {
    int end = text.lastIndexOf(CRC);
    if (end < 0
        || !text.startsWith(FORMAT + "\n")
        || !text.substring(end).equals(CRC + crc(text.substring(0, end)) + "\n")) {
      return null;
    }
    Map<String, Long> values = new TreeMap<>();
    Map<String, Long> dropped = new TreeMap<>();
    for (String line : text.substring(0, end).lines().skip(1).toList()) {
      int space = line.lastIndexOf(' ');
      String key = line.substring(0, space);
      long value = Long.parseLong(line.substring(space + 1));
      if (key.startsWith(DROPPED)) {
        dropped.put(key.substring(DROPPED.length()), value);
      } else {
        values.put(key, value);
      }
    }
    return new Cursor(
        values.getOrDefault("epoch", 0L),
        values.getOrDefault("sequence", 0L),
        values.getOrDefault("spans", 0L),
        values.getOrDefault("origin", 0L),
        values.getOrDefault("delivered", 0L),
        dropped);
  }

  private static String crc(String text) {
    byte[] bytes = text.getBytes(UTF_8);
    return Integer.toHexString(Layout.crc(bytes, 0, bytes.length));
  }
}
