package dev.tollspan.prices;

import java.util.Locale;

/** What a reader of a cost must know about how it came to be. */
@SuppressWarnings("EnumOrdinal") // places in small arrays and bit sets; never stored, never shown
public enum Note {
  USAGE_INCONSISTENT,
  USAGE_INCOMPLETE,
  USAGE_CLAMPED,
  USAGE_RULE_CONTRADICTED,
  SNAPSHOT_STRIPPED,
  CLASS_PRICE_MISSING,
  JOIN_PRICE_MISSING,
  TIER_PRICE_MISSING,
  /** Cache writes whose lifetime was not told, though the lifetimes differ in price. */
  CACHE_TTL_UNKNOWN,
  /**
   * What part of the input was cached is never told by the emitter, though cached input has a price
   * of its own: the cost is an upper bound.
   */
  CACHE_UNREPORTED,
  /** No book knows the model that answered: the price is that of the one that was asked for. */
  RESPONSE_MODEL_UNKNOWN,
  /**
   * Audio or images have prices of their own, and the span does not tell whether there were any.
   */
  MODALITY_UNKNOWN,
  /** A row that its book itself calls an estimate. */
  PRICE_ESTIMATED,
  /**
   * The vendor's prices are known, but none for this model: the price is one for any vendor, from a
   * book with less weight.
   */
  PROVIDER_PRICE_MISSING,
  /** The inference was to stay at a place for which there is no price. */
  REGION_PRICE_MISSING,
  /** The model searches in each call, for a fee, and the span does not tell how often it did. */
  FEE_UNREPORTED,
  /**
   * The name leads to another model from time to time, and the call is older than what the book
   * knows of it.
   */
  ALIAS_UNDATED;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** The word for {@code cost.notes}. */
  public String label() {
    return label;
  }

  /** A bit of its own. */
  int bit() {
    return 1 << ordinal();
  }
}
