package dev.tollspan.usage;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tollspan.spans.KeyTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Texts, each with a number, found among bytes: as they are, or with a * that stands for any rest
 * at the beginning, the end or both. Of all that fit, the smallest number wins. Immutable.
 */
final class Patterns {
  /** What {@link #find} says when nothing fits. */
  static final int NONE = Integer.MAX_VALUE;

  /** One text and its number. */
  record Row(String pattern, int number) {}

  private final KeyTable exact;
  private final int[] exactNumbers;
  private final byte[][] parts;
  private final boolean[] openBefore;
  private final boolean[] openBehind;
  private final int[] numbers;

  Patterns(List<Row> rows) {
    List<String> whole = new ArrayList<>();
    List<Row> open = new ArrayList<>();
    for (Row row : rows) {
      if (row.pattern.contains("*")) {
        open.add(row);
      } else {
        whole.add(row.pattern);
      }
    }
    exact = KeyTable.of(whole);
    exactNumbers = new int[exact.size() + 1];
    Arrays.fill(exactNumbers, NONE);
    for (Row row : rows) {
      if (!row.pattern.contains("*")) {
        int id = exact.id(row.pattern);
        exactNumbers[id] = Math.min(exactNumbers[id], row.number);
      }
    }
    parts = new byte[open.size()][];
    openBefore = new boolean[parts.length];
    openBehind = new boolean[parts.length];
    numbers = new int[parts.length];
    for (int i = 0; i < parts.length; i++) {
      String pattern = open.get(i).pattern;
      openBefore[i] = pattern.startsWith("*");
      openBehind[i] = pattern.endsWith("*");
      parts[i] = pattern.replace("*", "").getBytes(UTF_8);
      numbers[i] = open.get(i).number;
    }
  }

  /** The number of the first that fits the text at {@code [offset, offset + length)}. */
  int find(byte[] bytes, int offset, int length) {
    int found = length == 0 ? NONE : exactNumbers[exact.find(bytes, offset, length)];
    for (int i = 0; i < parts.length; i++) {
      if (numbers[i] < found && fits(i, bytes, offset, length)) {
        found = numbers[i];
      }
    }
    return found;
  }

  private boolean fits(int i, byte[] bytes, int offset, int length) {
    byte[] part = parts[i];
    int spare = length - part.length;
    if (spare < 0) {
      return false;
    }
    int from = openBefore[i] && !openBehind[i] ? spare : 0;
    int to = openBefore[i] ? spare : 0;
    for (int at = from; at <= to; at++) {
      boolean begins = part.length == 0 || bytes[offset + at] == part[0];
      if (begins
          && Arrays.equals(part, 0, part.length, bytes, offset + at, offset + at + part.length)) {
        return true;
      }
    }
    return false;
  }
}
