package dev.tollspan.journal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A small file of lines under a checksum, of which what was saved last, or before, is always there.
 * It has two places that are written in turns: so a save needs no room on a disk that is full, and
 * one sync instead of two. After a failed write or sync the file is not touched again, but replaced
 * by a new one.
 *
 * <p>Owned by one thread at a time.
 */
final class TextFile {
  private static final int PLACE = 4096;
  private static final int BYTES_MAX = 64 << 10;
  private static final String CRC = "crc32c ";
  private static final String SAVED = "saved ";

  private final Parts parts;
  private final String name;
  private final String what;
  private long saves;
  private boolean ready; // whether both places are this life's, and nothing has failed
  private boolean second; // whether it is the second place's turn

  /** What stands in a place, and how many saves of its life it counts. */
  private record Text(List<String> lines, long saves) {}

  /**
   * A file that may be there or not.
   *
   * @param what the fail points begin with
   */
  TextFile(Parts parts, String name, String what) {
    this.parts = parts;
    this.name = name;
    this.what = what;
  }

  /** Saves these lines; they are durable afterwards. */
  void write(List<String> lines) throws IOException {
    saves++;
    List<String> all = new ArrayList<>(lines);
    all.add(SAVED + saves);
    String text = String.join("\n", all) + "\n";
    byte[] bytes = (text + CRC + crc(text) + "\n\0").getBytes(UTF_8);
    boolean fits = bytes.length <= PLACE;
    boolean inTurn = ready && fits;
    ready = false; // until it went well
    if (inTurn) {
      try (Disk.Opened opened = parts.disk().edit(name)) {
        put(opened, second ? PLACE : 0, bytes, bytes.length);
      }
    } else {
      replace(fits ? Arrays.copyOf(bytes, 2 * PLACE) : bytes);
    }
    parts.points().reach(what + ".durable");
    second = !inTurn || !second;
    ready = fits;
  }

  private void put(Disk.Opened opened, long at, byte[] bytes, int length) throws IOException {
    opened.write(at, bytes, 0, length);
    parts.points().reach(what + ".written");
    opened.sync();
    parts.points().reach(what + ".synced");
  }

  private void replace(byte[] bytes) throws IOException {
    String temp = name + ".tmp";
    try (Disk.Opened opened = parts.disk().create(temp)) {
      put(opened, 0, bytes, bytes.length);
    }
    parts.disk().rename(temp, name);
    parts.points().reach(what + ".renamed");
    parts.disk().sync();
  }

  /** The lines that were saved last, or before if that cannot be trusted; null if neither can. */
  static @Nullable List<String> read(Disk disk, String name) throws IOException {
    byte[] bytes;
    try (Disk.Opened opened = disk.read(name)) {
      bytes = new byte[(int) Math.min(opened.size(), BYTES_MAX)];
      bytes = Arrays.copyOf(bytes, opened.read(0, bytes, 0, bytes.length));
    }
    Text newest = text(bytes, 0);
    Text other = text(bytes, PLACE);
    if (newest == null || (other != null && other.saves > newest.saves)) {
      newest = other;
    }
    return newest == null ? null : newest.lines;
  }

  private static @Nullable Text text(byte[] bytes, int from) {
    int to = from;
    while (to < bytes.length && bytes[to] != 0) {
      to++;
    }
    if (to <= from) {
      return null;
    }
    String text = new String(bytes, from, to - from, UTF_8);
    int end = text.lastIndexOf(CRC);
    if (end < 0 || !text.substring(end).equals(CRC + crc(text.substring(0, end)) + "\n")) {
      return null;
    }
    List<String> lines = text.substring(0, end).lines().toList();
    if (!lines.getLast().startsWith(SAVED)) {
      return new Text(lines, 0);
    }
    long saves = Long.parseLong(lines.getLast().substring(SAVED.length()));
    return new Text(lines.subList(0, lines.size() - 1), saves);
  }

  private static String crc(String text) {
    byte[] bytes = text.getBytes(UTF_8);
    return Integer.toHexString(Layout.crc(bytes, 0, bytes.length));
  }
}
