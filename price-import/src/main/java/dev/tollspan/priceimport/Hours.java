package dev.tollspan.priceimport;

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

  boolean always() {
    return equals(ALWAYS);
  }
}
