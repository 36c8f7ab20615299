package dev.tollspan.processors.cost;

import dev.tollspan.prices.Unpriced;
import java.util.Locale;

/** Why a span has no cost: {@code cost.unpriced_reason}. */
public enum UnpricedReason {
  NO_MODEL,
  UNKNOWN_MODEL,
  AMBIGUOUS_PROVIDER,
  UNKNOWN_REGION,
  OUTSIDE_PRICE_VALIDITY,
  DYNAMIC_PRICE,
  CLASS_PRICE_MISSING,
  NO_USAGE,
  INVALID_USAGE,
  /** The call failed, and tells no usage. */
  FAILED_WITHOUT_USAGE,
  /** The usage is that of other spans once more. */
  AGGREGATE_SPAN,
  /** The times of a call on GPUs of one's own are none, or cannot be. */
  INVALID_GPU_TIME;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** The word for {@code cost.unpriced_reason}. */
  public String label() {
    return label;
  }

  static UnpricedReason of(Unpriced reason) {
    return switch (reason) {
      case NO_MODEL -> NO_MODEL;
      case UNKNOWN_MODEL -> UNKNOWN_MODEL;
      case AMBIGUOUS_PROVIDER -> AMBIGUOUS_PROVIDER;
      case UNKNOWN_REGION -> UNKNOWN_REGION;
      case OUTSIDE_PRICE_VALIDITY -> OUTSIDE_PRICE_VALIDITY;
      case DYNAMIC_PRICE -> DYNAMIC_PRICE;
      case CLASS_PRICE_MISSING -> CLASS_PRICE_MISSING;
      case NO_USAGE -> NO_USAGE;
      case INVALID_USAGE -> INVALID_USAGE;
    };
  }
}
