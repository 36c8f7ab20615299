package dev.tollspan.priceimport;

import java.util.List;

/**
 * Two catalogues, one model, two prices.
 *
 * @param region {@code any} if neither depends on it
 * @param differences genai-prices first
 * @param taken the catalogue whose prices went into the book
 */
public record Disagreement(
    String provider, String model, String region, List<Difference> differences, String taken) {
  /**
   * One price.
   *
   * @param what service tier and token class
   * @param genaiPrices in the class's unit, with its thresholds
   * @param liteLlm the same
   */
  public record Difference(String what, String genaiPrices, String liteLlm) {}
}
