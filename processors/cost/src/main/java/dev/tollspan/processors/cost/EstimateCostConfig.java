package dev.tollspan.processors.cost;

import java.util.HashSet;
import java.util.List;

/**
 * What {@code estimate_cost} can be told.
 *
 * @param prices price books, the first that knows a model wins: {@code builtin}, {@code tutorial},
 *     or the path of a price file
 * @param defaultPrice whether a model that no book knows gets the row named {@code default} of the
 *     first book that has one; such a cost is marked as an approximation
 */
public record EstimateCostConfig(List<String> prices, boolean defaultPrice) {
  /**
   * Checks the limits.
   *
   * @throws IllegalArgumentException if {@code prices} is empty, or an entry is blank or twice
   *     there
   */
  public EstimateCostConfig {
    prices = List.copyOf(prices);
    if (prices.isEmpty() || prices.stream().anyMatch(String::isBlank)) {
      throw new IllegalArgumentException(
          "prices: name at least one price book: builtin, tutorial, or the path of a price file");
    }
    if (new HashSet<>(prices).size() < prices.size()) {
      throw new IllegalArgumentException("prices: each price book may be named once");
    }
  }

  /** Both bundled books, and no price for models that they do not know. */
  public static EstimateCostConfig defaults() {
    return new EstimateCostConfig(List.of("builtin", "tutorial"), false);
  }
}
