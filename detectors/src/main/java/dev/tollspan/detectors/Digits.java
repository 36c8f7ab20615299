package dev.tollspan.detectors;

import static dev.tollspan.detectors.Ascii.ALNUM;
import static dev.tollspan.detectors.Ascii.isDigit;

import java.util.Arrays;

/**
 * Groups of digits, each parted from the next by one separator, as people write numbers: "4111 1111
 * 1111 1111", "123.456.789-09". One thread owns it.
 *
 * <p>The shape of the first k groups is a long, a byte for each group: its separator's number in
 * the upper three bits, its count of digits in the lower five.
 */
final class Digits {
  static final int MAX = 24;
  static final int GROUPS_MAX = 8;

  private static final String SEPARATORS = " -./";
  private static final int SPACE = 1;
  private static final byte[] SEPARATOR = separators();
  private static final int ENOUGH = 19; // no number has more digits

  private final byte[] digits = new byte[MAX + 1];
  private final int[] starts = new int[GROUPS_MAX];
  private final int[] ends = new int[GROUPS_MAX];
  private final int[] counts = new int[GROUPS_MAX]; // digits up to the end of each group
  private final int[] separators = new int[GROUPS_MAX]; // before each group, by their numbers
  private final long[] shapes = new long[GROUPS_MAX];
  private int groups;
  private int behind; // the byte behind the last group, 0 at the end of the text
  private int before;
  private int twoBefore;

  /** A shape as text, like "3-2-4", as a long. */
  static long shape(String text) {
    long shape = 0;
    int length = 0;
    int separator = 0;
    for (int i = 0; i < text.length(); i++) {
      if (isDigit(text.charAt(i))) {
        length = length * 10 + text.charAt(i) - '0';
      } else {
        shape = shape << 8 | separator << 5 | length;
        separator = SEPARATORS.indexOf(text.charAt(i)) + 1;
        length = 0;
      }
    }
    return shape << 8 | separator << 5 | length;
  }

  /** Forgets what was read; another text comes. */
  void clear() {
    groups = 0;
    Arrays.fill(digits, (byte) 0);
  }

  /**
   * Reads the groups from here on; a digit stands here, and no letter or digit before it. In a long
   * row the next number begins with the second group of this one: then only what is new is read.
   */
  void read(Scan scan, int from) {
    byte[] text = scan.text;
    int end = scan.end;
    before = scan.at(from - 1);
    twoBefore = scan.at(from - 2);
    if (groups > 1 && starts[1] == from) {
      dropFirst(text, end);
    } else {
      groups = 0;
    }
    int count = groups == 0 ? 0 : counts[groups - 1];
    int p = groups == 0 ? from : ends[groups - 1];
    while (groups == 0 || goesOn(text, p, end, count)) {
      separators[groups] = groups == 0 ? 0 : SEPARATOR[text[p++]];
      starts[groups] = p;
      while (p < end && isDigit(text[p]) && count < MAX) {
        digits[count++] = (byte) (text[p++] - '0');
      }
      ends[groups] = p;
      counts[groups++] = count;
    }
    long shape = 0;
    for (int i = 0; i < groups; i++) {
      int separator = i == 0 ? 0 : separators[i];
      shape = shape << 8 | separator << 5 | Math.min(31, ends[i] - starts[i]);
      shapes[i] = shape;
    }
    behind = p < end ? text[p] : 0;
  }

  private boolean goesOn(byte[] text, int p, int end, int count) {
    return groups < GROUPS_MAX
        && count < ENOUGH
        && p + 1 < end
        && isDigit(text[p + 1])
        && text[p] >= 0
        && SEPARATOR[text[p]] != 0;
  }

  private void dropFirst(byte[] text, int end) {
    int last = ends[groups - 1];
    groups -= last < end && isDigit(text[last]) ? 2 : 1; // the last one may have been cut off
    int gone = counts[0];
    System.arraycopy(digits, gone, digits, 0, counts[groups] - gone);
    for (int i = 0; i < groups; i++) {
      separators[i] = separators[i + 1];
      starts[i] = starts[i + 1];
      ends[i] = ends[i + 1];
      counts[i] = counts[i + 1] - gone;
    }
  }

  int groups() {
    return groups;
  }

  int begin() {
    return starts[0];
  }

  int end(int group) {
    return ends[group];
  }

  int start(int group) {
    return starts[group];
  }

  /** How many digits the groups up to this one have. */
  int count(int group) {
    return counts[group];
  }

  int length(int group) {
    return Math.min(31, ends[group] - starts[group]);
  }

  long shape(int group) {
    return shapes[group];
  }

  /** The separator before a group, or 0 before the first. */
  char separator(int group) {
    return group == 0 ? 0 : SEPARATORS.charAt(separators[group] - 1);
  }

  /** Whether one separator, or none, parts all groups up to this one. */
  boolean isEven(int group) {
    for (int i = 2; i <= group; i++) {
      if (separators[i] != separators[1]) {
        return false;
      }
    }
    return true;
  }

  byte[] values() {
    return digits;
  }

  int value(int digit) {
    return digits[digit];
  }

  /** The number that some of the digits make. */
  int value(int from, int to) {
    int value = 0;
    for (int i = from; i < to; i++) {
      value = value * 10 + digits[i];
    }
    return value;
  }

  /** Whether a number may end with this group: what follows is parted from it. */
  boolean mayEnd(int group) {
    if (group + 1 < groups) {
      return separators[group + 1] == SPACE;
    }
    return (Ascii.flags((byte) behind) & ALNUM) == 0;
  }

  /** Whether a number may begin here, or is the rest of a longer thing with hyphens or dots. */
  boolean mayBegin() {
    return !((before == '-' || before == '.') && (Ascii.flags((byte) twoBefore) & ALNUM) != 0);
  }

  /** Whether a number stands before, in a row of numbers with spaces between. */
  boolean isInRow() {
    return before == ' ' && isDigit(twoBefore) && separator(Math.min(1, groups - 1)) == ' ';
  }

  boolean isFraction() {
    return before == '.' && isDigit(twoBefore);
  }

  int before() {
    return before;
  }

  int behind() {
    return behind;
  }

  private static byte[] separators() {
    byte[] numbers = new byte[128];
    for (int i = 0; i < SEPARATORS.length(); i++) {
      numbers[SEPARATORS.charAt(i)] = (byte) (i + 1);
    }
    numbers['+'] = SPACE; // in queries
    numbers['\t'] = SPACE;
    return numbers;
  }

  /** Takes a whole number's decimal digits as one group. */
  void take(long number) {
    int count = 0;
    for (long rest = number; rest > 0; rest /= 10) {
      count++;
    }
    long rest = number;
    for (int i = count - 1; i >= 0; i--) {
      digits[i] = (byte) (rest % 10);
      rest /= 10;
    }
    groups = 1;
    counts[0] = count;
  }
}
