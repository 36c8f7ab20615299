package dev.tollspan.processors.cost;

import java.util.Locale;

/** Where a cost comes from: {@code cost.basis}. */
public enum CostBasis {
  /** From counts and the prices of a book. */
  TOKEN_PRICE,
  /** The span brought it. */
  PROVIDER_REPORTED,
  /** From the time that the call held GPUs of one's own, and what these cost. */
  GPU_TIME;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** The word for {@code cost.basis}. */
  public String label() {
    return label;
  }
}
