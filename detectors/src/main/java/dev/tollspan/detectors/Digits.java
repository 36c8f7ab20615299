package dev.tollspan.detectors;

import static dev.tollspan.detectors.Ascii.ALNUM;
import static dev.tollspan.detectors.Ascii.isDigit;

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

  private final byte[] digits = new byte[MAX + 1];
  private final int[] starts = new int[GROUPS_MAX];
  private final int[] ends = new int[GROUPS_MAX];
  private final int[] counts = new int[GROUPS_MAX]; // digits up to the end of each group
  private final long[] shapes = new long[GROUPS_MAX];
  private int groups;
  private int begin;
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

  /** Reads the groups from here on; a digit stands here, and no letter or digit before it. */
  void read(Scan scan, int from) {
    begin = from;
    before = scan.at(from - 1);
    twoBefore = scan.at(from - 2);
    groups = 0;
    int count = 0;
    int separator = 0;
    int p = from;
    while (groups < GROUPS_MAX && isDigit(scan.at(p))) {
      int start = p;
      while (count < MAX && isDigit(scan.at(p))) {
        digits[count++] = (byte) (scan.at(p++) - '0');
      }
      starts[groups] = start;
      ends[groups] = p;
      counts[groups] = count;
      long shape = groups == 0 ? 0 : shapes[groups - 1] << 8;
      shapes[groups++] = shape | separator << 5 | Math.min(31, p - start);
      separator = SEPARATORS.indexOf(plain(scan.at(p))) + 1;
      if (separator == 0 || !isDigit(scan.at(p + 1)) || count == MAX) {
        break;
      }
      p++;
    }
    behind = scan.at(ends[groups - 1]);
  }

  int groups() {
    return groups;
  }

  int begin() {
    return begin;
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
    return (int) shapes[group] & 31;
  }

  long shape(int group) {
    return shapes[group];
  }

  /** The separator before a group, or 0 before the first. */
  char separator(int group) {
    int number = (int) shapes[group] >> 5 & 7;
    return number == 0 ? 0 : SEPARATORS.charAt(number - 1);
  }

  /** Whether one separator, or none, parts all groups up to this one. */
  boolean isEven(int group) {
    for (int i = 2; i <= group; i++) {
      if (separator(i) != separator(1)) {
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
      return separator(group + 1) == ' ';
    }
    return (Ascii.flags((byte) behind) & ALNUM) == 0;
  }

  /** Whether a number may begin here, or is the rest of a longer thing with hyphens or dots. */
  boolean mayBegin() {
    return !((before == '-' || before == '.') && (Ascii.flags((byte) twoBefore) & ALNUM) != 0);
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

  private static int plain(int separator) {
    return separator == '+' || separator == '\t' ? ' ' : separator;
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
    shapes[0] = count;
  }
}
