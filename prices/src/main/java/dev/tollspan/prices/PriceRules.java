package dev.tollspan.prices;

import java.util.Map;

/**
 * What the configuration says about the search for prices.
 *
 * @param overrides by a deployment's or a model's name as spans say it: {@code model} or {@code
 *     provider/model} of a book
 * @param defaultPrice whether a model that no book knows gets the row {@code default}
 */
public record PriceRules(Map<String, String> overrides, boolean defaultPrice) {
  /** Copies the map. */
  public PriceRules {
    overrides = Map.copyOf(overrides);
  }

  /** No overrides, and no price for unknown models. */
  public static PriceRules defaults() {
    return new PriceRules(Map.of(), false);
  }
}
