package dev.tollspan.priceimport;

import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * On which hours of which days a price holds, in UTC.
 *
 * @param window {@code HH:mm-HH:mmZ}, several with commas between; start inclusive, end exclusive;
 *     empty for always
 * @param weekdays such as {@code Mon-Fri}; empty for every day
 */
public record Hours(String window, String weekdays) {
  /** At any time. */
  public static final Hours ALWAYS = new Hours("", "");

  private static final Pattern WINDOW =
      Pattern.compile("([01]\\d|2[0-3]):([0-5]\\d)-(?!\\1:\\2)(([01]\\d|2[0-3]):[0-5]\\d|24:00)Z");

  /** Whether each of the spans is one: two different times of a day. */
  boolean isClear() {
    return Arrays.stream(window.split(",", -1)).allMatch(span -> WINDOW.matcher(span).matches());
  }

  boolean always() {
    return equals(ALWAYS);
  }
}
