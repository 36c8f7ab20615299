package dev.tollspan.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Looks for the marks of many calls, in each form that they may take, in one pass: where four bytes
 * are those that a form starts with, the forms with that start are compared. Immutable.
 */
final class MarkSearch {
  private static final int START_BYTES = 4;
  private static final int PIECE_BYTES = 1 << 20;

  private static final class Needle {
    private final byte[] bytes;
    private final String mark;

    Needle(String form, String mark) {
      this.bytes = form.getBytes(StandardCharsets.UTF_8);
      this.mark = mark;
    }

    boolean isAt(byte[] haystack, int from, int end) {
      return bytes.length <= end - from
          && Arrays.equals(bytes, 0, bytes.length, haystack, from, from + bytes.length);
    }
  }

  private final Map<Integer, List<Needle>> needlesByStart = new HashMap<>();
  private final boolean[] startHashes = new boolean[1 << 16];
  private final int marks;
  private final int longest;

  MarkSearch(List<Marks> searched) {
    Set<String> texts = new HashSet<>();
    searched.forEach(ofCall -> texts.addAll(ofCall.texts()));
    int longestForm = 0;
    for (String text : texts) {
      for (String form : Marks.forms(text)) {
        Needle needle = new Needle(form, text);
        int start = start(needle.bytes, 0);
        needlesByStart.computeIfAbsent(start, _ -> new ArrayList<>()).add(needle);
        startHashes[hash(start)] = true;
        longestForm = Math.max(longestForm, needle.bytes.length);
      }
    }
    marks = texts.size();
    longest = longestForm;
  }

  /** How many marks there are to find. */
  int marks() {
    return marks;
  }

  /** The marks that the text holds. */
  Set<String> find(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    Set<String> found = new HashSet<>();
    find(bytes, bytes.length, found);
    return found;
  }

  /** The marks that the bytes of the file hold. */
  Set<String> find(Path file) throws IOException {
    Set<String> found = new HashSet<>();
    byte[] piece = new byte[longest + PIECE_BYTES];
    int kept = 0;
    try (InputStream stream = Files.newInputStream(file)) {
      int read = stream.readNBytes(piece, 0, PIECE_BYTES);
      while (read > 0) {
        int end = kept + read;
        find(piece, end, found);
        // A mark may lie across the end of a piece.
        kept = Math.min(end, longest - 1);
        System.arraycopy(piece, end - kept, piece, 0, kept);
        read = stream.readNBytes(piece, kept, PIECE_BYTES);
      }
    }
    return found;
  }

  private void find(byte[] bytes, int end, Set<String> found) {
    for (int at = 0; at <= end - START_BYTES; at++) {
      int start = start(bytes, at);
      if (startHashes[hash(start)]) {
        for (Needle needle : needlesByStart.getOrDefault(start, List.of())) {
          if (needle.isAt(bytes, at, end)) {
            found.add(needle.mark);
          }
        }
      }
    }
  }

  private static int start(byte[] bytes, int at) {
    return bytes[at] << 24
        | (bytes[at + 1] & 0xff) << 16
        | (bytes[at + 2] & 0xff) << 8
        | (bytes[at + 3] & 0xff);
  }

  private static int hash(int start) {
    return (start * 0x9e3779b1) >>> 16;
  }
}
