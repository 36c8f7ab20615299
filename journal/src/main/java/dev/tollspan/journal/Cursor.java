package dev.tollspan.journal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URLDecoder;
import java.util.ArrayList;
import java.util.List;
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
  private static final String FORMAT = "tollspan-cursor 1";
  private static final String DROPPED = "dropped ";

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

  /** Whose file that is; what {@link #file} would not have made stands for itself. */
  static String reader(String file) {
    String name = file.substring(0, file.length() - SUFFIX.length());
    try {
      return URLDecoder.decode(name.replace("+", "%2b"), UTF_8);
    } catch (IllegalArgumentException e) {
      return name;
    }
  }

  /** Whether every span behind it was delivered or dropped. */
  boolean isBalanced() {
    long gone = delivered;
    for (long count : dropped.values()) {
      gone += count;
    }
    return spans - origin == gone;
  }

  /** What stands in its file. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(FORMAT);
    lines.add("epoch " + epoch);
    lines.add("sequence " + sequence);
    lines.add("spans " + spans);
    lines.add("origin " + origin);
    lines.add("delivered " + delivered);
    dropped.forEach((reason, count) -> lines.add(DROPPED + reason + ' ' + count));
    return lines;
  }

  /** What stands in a reader's file; null if it cannot be trusted. */
  static @Nullable Cursor read(Disk disk, String reader) throws IOException {
    List<String> lines = TextFile.read(disk, file(reader));
    if (lines == null || !lines.getFirst().equals(FORMAT)) {
      return null;
    }
    Map<String, Long> values = new TreeMap<>();
    Map<String, Long> dropped = new TreeMap<>();
    for (String line : lines.subList(1, lines.size())) {
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
}
