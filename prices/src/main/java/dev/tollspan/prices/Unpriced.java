package dev.tollspan.prices;

import java.util.Locale;

/** Why there is no cost. */
public enum Unpriced {
  NO_MODEL,
  UNKNOWN_MODEL,
  /** The vendor is unknown, and those that have this model ask different prices. */
  AMBIGUOUS_PROVIDER,
  /** The model has prices for other regions only. */
  UNKNOWN_REGION,
  /** No row holds at the instant of the call. */
  OUTSIDE_PRICE_VALIDITY,
  /** The vendor changes the price from call to call. */
  DYNAMIC_PRICE,
  /** Something was used that neither has a price nor is a part of something that has one. */
  CLASS_PRICE_MISSING,
  /** Nothing was counted. */
  NO_USAGE,
  /** A count or a cost beyond all numbers. */
  INVALID_USAGE;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** The word for {@code cost.unpriced_reason}. */
  public String label() {
    return label;
  }
}
