package dev.tollspan.priceimport;

import java.math.BigDecimal;

/**
 * For which sizes of all input a price holds, for the whole request.
 *
 * @param name {@code any}, {@code base}, {@code long}, or {@code band1} and so on
 * @param threshold tokens; 0 for the bands that need none
 * @param inclusive whether a request of exactly the threshold is inside
 */
public record Band(String name, long threshold, boolean inclusive) {
  /** The price does not depend on size. */
  public static final Band ANY = new Band("any", 0, false);

  private static final BigDecimal THRESHOLD_MAX = new BigDecimal("1e12");

  /** Below the only threshold. */
  public static final Band BASE = new Band("base", 0, false);

  static Band above(long threshold, boolean inclusive) {
    return new Band("long", threshold, inclusive);
  }

  /** The band at this place of several, counted from 1. */
  static Band of(int place, long threshold, boolean inclusive) {
    return new Band("band" + place, threshold, inclusive);
  }

  /** Whether a number can be a threshold. */
  static boolean isThreshold(BigDecimal tokens) {
    return tokens.signum() > 0
        && tokens.stripTrailingZeros().scale() <= 0
        && tokens.compareTo(THRESHOLD_MAX) <= 0;
  }

  boolean hasThreshold() {
    return threshold > 0;
  }

  String operator() {
    if (!hasThreshold()) {
      return "";
    }
    return inclusive ? "gte" : "gt";
  }
}
