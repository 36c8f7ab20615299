package dev.tollspan.detectors;

import static dev.tollspan.detectors.Ascii.DIGIT;
import static dev.tollspan.detectors.Ascii.LETTER;

/** Dates of birth: dates that exist, beside a word. */
final class Birthdays {
  private static final int NEAR = 48;
  private static final String MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec";

  private Birthdays() {}

  /** Adds the date that begins with the first group; where it ends, or -1. */
  static int find(Scan scan, Digits digits) {
    int start = digits.begin();
    int end = -1;
    if (digits.groups() > 2 && (digits.mayEnd(2) || isTime(digits)) && isDate(digits, 2)) {
      end = digits.end(2);
    } else if (digits.length(0) == 8 && digits.mayEnd(0) && isDate(digits, 0)) {
      end = digits.end(0);
    } else if (digits.length(0) <= 2 && hasLetterBeside(scan, digits)) {
      int day = digits.value(0, digits.count(0));
      int behind = behindSuffix(scan, digits.end(0));
      end = dayFirst(scan, behind, day);
      if (end < 0) {
        start = monthBefore(scan, start);
        end = start < 0 ? -1 : yearBehind(scan, behind, day, monthAt(scan, start));
      }
    }
    if (end < 0 || !scan.near(Kind.BIRTH_DATE.place(), start, end, NEAR)) {
      return -1;
    }
    scan.hits.add(start, end, Kind.BIRTH_DATE);
    return end;
  }

  private static boolean hasLetterBeside(Scan scan, Digits digits) {
    int end = digits.end(0);
    int start = digits.begin();
    boolean before = scan.at(start - 1) == ' ' && scan.is(start - 2, LETTER | Ascii.DOT);
    return before || scan.is(end, LETTER) || scan.is(end + 1, LETTER) || scan.is(end + 2, LETTER);
  }

  /** Whether the groups up to this one are a date, in any usual order. */
  static boolean isDate(Digits digits, int group) {
    if (group == 0 && digits.length(0) == 8) {
      return isDate(digits.value(0, 4), digits.value(4, 6), digits.value(6, 8))
          || isDate(digits.value(4, 8), digits.value(2, 4), digits.value(0, 2));
    }
    if (group != 2 || !digits.isEven(2) || digits.length(1) > 2) {
      return false;
    }
    int first = digits.value(0, digits.count(0));
    int second = digits.value(digits.count(0), digits.count(1));
    int third = digits.value(digits.count(1), digits.count(2));
    if (digits.length(0) == 4) {
      return digits.length(2) <= 2 && isDate(first, second, third);
    }
    int year = digits.length(2) == 2 ? 1900 + third : third;
    boolean lengths = digits.length(0) <= 2 && (digits.length(2) == 4 || digits.length(2) == 2);
    return lengths && (isDate(year, second, first) || isDate(year, first, second));
  }

  private static boolean isDate(int year, int month, int day) {
    return Calendar.isBirth(year, month, day);
  }

  private static boolean isTime(Digits digits) {
    return digits.groups() == 3 && digits.behind() == 'T';
  }

  /** "12 March 1980", "12. March 1980", "12th March 1980": where it ends, or -1. */
  private static int dayFirst(Scan scan, int endOfDay, int day) {
    int p = scan.at(endOfDay) == '.' ? endOfDay + 1 : endOfDay;
    if (scan.at(p) != ' ' && scan.at(p) != '-') {
      return -1;
    }
    int month = monthAt(scan, p + 1);
    return month == 0 ? -1 : yearBehind(scan, scan.run(p + 1, LETTER, 10), day, month);
  }

  /** Where a day's number ends with its "st", "nd", "rd" or "th". */
  private static int behindSuffix(Scan scan, int end) {
    return scan.run(end, LETTER, 3) == end + 2 ? end + 2 : end;
  }

  private static int yearBehind(Scan scan, int from, int day, int month) {
    int p = from;
    while (p < from + 3 && (scan.at(p) == ' ' || scan.at(p) == ',' || scan.at(p) == '-')) {
      p++;
    }
    if (scan.run(p, DIGIT, 5) != p + 4) {
      return -1;
    }
    int year = 0;
    for (int i = 0; i < 4; i++) {
      year = year * 10 + scan.at(p + i) - '0';
    }
    return Calendar.isBirth(year, month, day) ? p + 4 : -1;
  }

  /** Where the month's name begins that stands before a day, or -1. */
  private static int monthBefore(Scan scan, int day) {
    int p = day - 1;
    if (scan.at(p) != ' ') {
      return -1;
    }
    p = scan.at(p - 1) == '.' ? p - 1 : p;
    int end = p;
    while (end - p < 10 && scan.is(p - 1, LETTER)) {
      p--;
    }
    return end > p && monthAt(scan, p) > 0 ? p : -1;
  }

  private static int monthAt(Scan scan, int from) {
    if (!scan.is(from + 2, LETTER)) {
      return 0;
    }
    for (int month = 0; month < 12; month++) {
      if ((scan.at(from) | 0x20) == MONTHS.charAt(month * 3)
          && (scan.at(from + 1) | 0x20) == MONTHS.charAt(month * 3 + 1)
          && (scan.at(from + 2) | 0x20) == MONTHS.charAt(month * 3 + 2)) {
        return month + 1;
      }
    }
    return 0;
  }
}
