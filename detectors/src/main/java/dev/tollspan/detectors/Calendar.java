package dev.tollspan.detectors;

/** Days that exist, without a calendar's objects. */
final class Calendar {
  private static final int YEAR_MIN = 1890;
  private static final int YEAR_MAX = 2035;

  private Calendar() {}

  static boolean isDay(int month, int day) {
    int days = month == 2 ? 29 : month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
    return month >= 1 && month <= 12 && day >= 1 && day <= days;
  }

  /** Whether somebody who lives may have been born then. */
  static boolean isBirth(int year, int month, int day) {
    return year >= YEAR_MIN && year <= YEAR_MAX && isDay(month, day);
  }
}
