package dev.tollspan.detectors;

import static dev.tollspan.detectors.Ascii.ALNUM;
import static dev.tollspan.detectors.Ascii.DIGIT;

/** Phone numbers: international with a plus, American by their grouping, others beside a word. */
final class Phones {
  private static final int DIGITS_MIN = 7;
  private static final int DIGITS_MAX = 15; // ITU-T E.164
  private static final int INTERNATIONAL_MIN = 8;
  private static final int BYTES_MAX = 32;
  private static final int EXIT_DIGITS = 2; // the 00 that most countries dial for a plus
  private static final int COUNTRY_MAX = 3;
  private static final int NEAR = 40;
  private static final String SEPARATORS = " -./()";

  private static final long[] AMERICAN = {
    Digits.shape("3-3-4"), Digits.shape("3.3.4"), Digits.shape("1-3-3-4"), Digits.shape("1.3.3.4")
  };

  private Phones() {}

  /** Adds the number that begins with this plus; where it ends, or -1. */
  static int plus(Scan scan, int plus) {
    boolean opened = scan.at(plus + 1) == '(';
    if (!scan.is(opened ? plus + 2 : plus + 1, DIGIT) || scan.is(plus - 1, ALNUM)) {
      return -1;
    }
    int end = -1;
    int digits = 0;
    int first = 0;
    int gap = 0;
    int limit = Math.min(scan.end, plus + BYTES_MAX);
    for (int p = plus + 1; p < limit && digits < DIGITS_MAX; p++) {
      if (scan.is(p, DIGIT)) {
        first = digits < 4 ? first * 10 + scan.at(p) - '0' : first;
        digits++;
        gap = 0;
        end = !scan.is(p + 1, ALNUM) && isInternational(first, digits) ? p + 1 : end;
      } else if (++gap > 2 || SEPARATORS.indexOf(scan.at(p)) < 0) {
        break;
      }
    }
    if (end >= 0) {
      scan.hits.add(plus, end, Kind.PHONE);
    }
    return end;
  }

  /** Country codes do not begin with 0; that of North America tells the length. */
  private static boolean isInternational(int firstFour, int digits) {
    if (firstFour / 1000 == 1) {
      return digits == 11 && firstFour / 100 % 10 >= 2;
    }
    return firstFour >= 1000 && digits >= INTERNATIONAL_MIN;
  }

  /** Adds the American number that begins with this bracket: (212) 555-0100; its end, or -1. */
  static int bracket(Scan scan, int open) {
    if (scan.run(open + 1, DIGIT, 4) != open + 4
        || scan.at(open + 4) != ')'
        || scan.at(open + 1) < '2') {
      return -1;
    }
    int p = scan.at(open + 5) == ' ' || scan.at(open + 5) == '-' ? open + 6 : open + 5;
    boolean parted = scan.at(p + 3) == '-' || scan.at(p + 3) == ' ' || scan.at(p + 3) == '.';
    int last = parted ? p + 4 : p + 3;
    if (scan.run(p, DIGIT, 3) != p + 3 || scan.run(last, DIGIT, 5) != last + 4) {
      return -1;
    }
    if (scan.is(last + 4, ALNUM)) {
      return -1;
    }
    scan.hits.add(open, last + 4, Kind.PHONE);
    return last + 4;
  }

  /** Adds the number that begins with the first group; where it ends, or -1. */
  static int find(Scan scan, Digits digits) {
    if (digits.count(digits.groups() - 1) < DIGITS_MIN || !digits.mayBegin()) {
      return -1;
    }
    int last = digits.groups() - 1;
    boolean named = scan.near(Kind.PHONE.place(), digits.begin(), digits.end(last), NEAR);
    for (int group = last; group >= (named ? 0 : 1); group--) {
      int count = digits.count(group);
      if (!digits.mayEnd(group) || count < DIGITS_MIN) {
        continue;
      }
      boolean dialled = isDialled(digits, group);
      if (!dialled && (count > DIGITS_MAX || (group < 2 && !named))) {
        continue;
      }
      if (dialled || isAmerican(digits, group) || (named && isLocal(digits, group))) {
        scan.hits.add(digits.begin(), digits.end(group), Kind.PHONE);
        return digits.end(group);
      }
    }
    return -1;
  }

  /** Whether 00 and a country's code stand alone in front: 0049 30 901820. */
  private static boolean isDialled(Digits digits, int group) {
    int country = digits.length(0) - EXIT_DIGITS;
    int count = digits.count(group) - EXIT_DIGITS;
    return group > 0
        && country > 0
        && country <= COUNTRY_MAX
        && digits.value(0, EXIT_DIGITS) == 0
        && digits.value(EXIT_DIGITS) > 0
        && count >= INTERNATIONAL_MIN
        && count <= DIGITS_MAX
        && (digits.separator(1) == ' ' || digits.separator(1) == '-')
        && digits.isEven(group);
  }

  private static boolean isAmerican(Digits digits, int group) {
    int area = digits.count(group) == 11 ? 1 : 0;
    for (long shape : AMERICAN) {
      if (shape == digits.shape(group)) {
        boolean code = area == 0 || digits.value(0) == 1;
        return code && digits.value(area) >= 2 && digits.value(area + 3) >= 2;
      }
    }
    return false;
  }

  /** Whether a number is neither a time in seconds or less, nor a date, nor a version. */
  private static boolean isLocal(Digits digits, int group) {
    int count = digits.count(group);
    boolean bare = group == 0;
    boolean time = bare && digits.value(0) == 1 && (count == 10 || count == 13);
    boolean longId = bare && count > 13;
    if (time || longId || isDate(digits, group)) {
      return false;
    }
    for (int i = 0; i <= group; i++) {
      if (digits.length(i) == 1 && (i > 0 || digits.separator(1) == '.')) {
        return false;
      }
    }
    return true;
  }

  private static boolean isDate(Digits digits, int group) {
    return Birthdays.isDate(digits, group) && digits.length(0) != 8;
  }
}
