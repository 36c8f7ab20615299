package dev.tollspan.processors.content;

import static dev.tollspan.processors.content.Ascii.isDigit;
import static dev.tollspan.processors.content.Ascii.isLetter;

import dev.tollspan.detectors.Finder;

/**
 * Tells what could be a payment card's number where text is one word or none: more than a detector
 * takes for one, because a strict gate may rather lose an id. One thread.
 */
final class Cards {
  static final int DIGITS_MIN = 13;

  private static final int DIGITS_MAX = 19;
  private static final int GROUP = 4;
  private static final long SMALLEST = 1_000_000_000_000L;

  private final Finder finder;

  Cards(Finder finder) {
    this.finder = finder;
  }

  /** Whether a number could be a card's. */
  boolean isCard(long signed) {
    long number = Math.abs(signed); // Long.MIN_VALUE stays negative, and is none
    if (number < SMALLEST) {
      return false;
    }
    return finder.isCard(number);
  }

  /**
   * Whether the digits of a number's shortest decimal form could be a card's, wherever the point
   * stands, or those of its whole part.
   */
  boolean isCard(double value) {
    if (Math.abs(value) >= SMALLEST && isCard((long) value)) {
      return true;
    }
    // The division rounds to the nearest double, so equal means: six places tell all of it.
    long millionths = (long) Math.rint(value * 1e6);
    boolean isShort = Math.abs(millionths) < SMALLEST && millionths / 1e6 == value;
    return !isShort && !Double.isNaN(value) && !Double.isInfinite(value) && hasDigitsOfCard(value);
  }

  private boolean hasDigitsOfCard(double value) {
    String decimal = Double.toString(value);
    long number = 0;
    for (int i = 0; i < decimal.length() && decimal.charAt(i) != 'E'; i++) {
      int digit = decimal.charAt(i) - '0';
      number = digit >= 0 && digit <= 9 ? number * 10 + digit : number;
    }
    return isCard(number) || isCard(number * 10); // a last zero is not written
  }

  /**
   * Whether a text holds a card's digits, with or without separators and leading zeros. Whatever is
   * neither letter nor digit separates; a card may have other digits before and behind it, with a
   * separator between.
   */
  boolean holdsCard(byte[] bytes, int from, int to) {
    if (to - from < DIGITS_MIN) {
      return false;
    }
    int digits = 0;
    for (int p = from; p < to; p++) {
      digits += isDigit(bytes[p]) ? 1 : 0;
    }
    return digits >= DIGITS_MIN && runsHoldCard(bytes, from, to);
  }

  /** Looks at each run of digits and separators, from one letter to the next. */
  private boolean runsHoldCard(byte[] bytes, int from, int to) {
    int digits = 0;
    int first = -1;
    int last = -1;
    for (int p = from; p <= to; p++) {
      if (p == to || isLetter(bytes[p])) {
        if (digits >= DIGITS_MIN && runHoldsCard(bytes, first, last + 1)) {
          return true;
        }
        digits = 0;
      } else if (isDigit(bytes[p])) {
        first = digits == 0 ? p : first;
        last = p;
        digits++;
      }
    }
    return false;
  }

  private boolean runHoldsCard(byte[] bytes, int from, int to) {
    for (int p = from; p < to; p++) {
      boolean begins = isDigit(bytes[p]) && (p == from || !isDigit(bytes[p - 1]));
      if (begins && beginsCard(bytes, p, to, p == from)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether the digits from here on, up to the end of any group of them, are a card's.
   *
   * <p>Part of a run is one only if it is grouped as people group cards: all in one, the first four
   * together, or evenly. Otherwise one in thirty times of day with nanoseconds would be a card.
   */
  private boolean beginsCard(byte[] bytes, int from, int to, boolean beginsRun) {
    long number = 0;
    int digits = 0;
    int first = 0;
    int group = 0;
    boolean even = true;
    boolean whole = beginsRun && bytes[from] != '0'; // an hour may begin with 0
    for (int p = from; p < to && digits <= DIGITS_MAX; p++) {
      if (!isDigit(bytes[p])) {
        continue;
      }
      number = number * 10 + bytes[p] - '0';
      digits += number > 0 ? 1 : 0;
      group++;
      if (p + 1 == to || !isDigit(bytes[p + 1])) {
        first = first == 0 ? group : first;
        boolean grouped = first >= GROUP || (even && group <= first);
        if ((grouped || (whole && p + 1 == to)) && digits <= DIGITS_MAX && isCard(number)) {
          return true;
        }
        even &= group == first;
        group = 0;
      }
    }
    return false;
  }
}
