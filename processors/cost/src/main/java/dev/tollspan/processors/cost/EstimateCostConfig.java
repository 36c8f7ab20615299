package dev.tollspan.processors.cost;

import dev.tollspan.prices.PriceRules;
import dev.tollspan.usage.UsageConfig;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/**
 * What {@code estimate_cost} can be told.
 *
 * @param prices price books, the first that knows a model wins: {@code builtin}, {@code tutorial},
 *     or the path of a price file
 * @param defaultPrice whether a model that no book knows gets the row named {@code default} of the
 *     first book that has one; such a cost is marked as an approximation
 * @param modelOverrides by a name that spans use for a model or a deployment: {@code model} or
 *     {@code provider/model} of a book
 * @param reportedCost what becomes of a cost that the span itself reports
 * @param alias whether the cost is also written as {@code llm.estimated_cost_usd}
 * @param usage how usage is read
 * @param selfHosted rules for models that run on GPUs of one's own; the first that matches holds
 * @param gpuLedger the directory for the books of these GPUs
 */
public record EstimateCostConfig(
    List<String> prices,
    boolean defaultPrice,
    Map<String, String> modelOverrides,
    ReportedCost reportedCost,
    boolean alias,
    UsageConfig usage,
    List<SelfHosted> selfHosted,
    Path gpuLedger) {
  private static final int RULES_MAX = 256;

  /** What becomes of a cost that the span itself reports, beside its copy. */
  public enum ReportedCost {
    /** It is the cost where we have no price. */
    FALLBACK,
    /** It is the cost, whatever we would say. */
    PREFER,
    /** Nothing. */
    IGNORE
  }

  /**
   * Checks the limits.
   *
   * @throws IllegalArgumentException if {@code prices} is empty, or an entry is blank or twice
   *     there
   */
  public EstimateCostConfig {
    prices = List.copyOf(prices);
    modelOverrides = Map.copyOf(modelOverrides);
    selfHosted = List.copyOf(selfHosted);
    if (selfHosted.size() > RULES_MAX) {
      throw new IllegalArgumentException("self_hosted must have at most 256 rules");
    }
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
    return of(List.of("builtin", "tutorial"), false);
  }

  /** These books, and nothing else that is unusual. */
  public static EstimateCostConfig of(List<String> prices, boolean defaultPrice) {
    return new EstimateCostConfig(
        prices,
        defaultPrice,
        Map.of(),
        ReportedCost.FALLBACK,
        false,
        UsageConfig.defaults(),
        List.of(),
        Path.of("./tollspan-data/gpu-ledger"));
  }

  /** The same with these rules. */
  public EstimateCostConfig withSelfHosted(List<SelfHosted> rules) {
    return new EstimateCostConfig(
        prices, defaultPrice, modelOverrides, reportedCost, alias, usage, rules, gpuLedger);
  }

  /** Whether books of GPU time are kept. */
  public boolean keepsBooks() {
    return selfHosted.stream().anyMatch(rule -> rule.rate() != null);
  }

  /** What the price books need to know of this. */
  public PriceRules priceRules() {
    return new PriceRules(modelOverrides, defaultPrice);
  }
}
