package dev.tollspan.sampleinferenceservice;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import java.util.OptionalDouble;

/** The service's own list prices, in USD per 1,000 tokens. */
final class Prices {
  private record Price(BigDecimal input, BigDecimal output) {}

  private static final Map<String, Price> BY_MODEL =
      Map.of(
          "gpt-3.5-turbo", price("0.0005", "0.0015"),
          "gpt-4o-mini", price("0.00015", "0.0006"),
          "mistral-7b", price("0.0001", "0.0002"),
          "llama-3-8b", price("0.0001", "0.0002"));

  private Prices() {}

  /** USD rounded to 8 decimals; empty for a model without a price, which is not the same as 0. */
  static OptionalDouble costUsd(String model, int inputTokens, int outputTokens) {
    Price price = BY_MODEL.get(model);
    if (price == null) {
      return OptionalDouble.empty();
    }
    BigDecimal thousandfold =
        price
            .input()
            .multiply(BigDecimal.valueOf(inputTokens))
            .add(price.output().multiply(BigDecimal.valueOf(outputTokens)));
    return OptionalDouble.of(
        thousandfold.movePointLeft(3).setScale(8, RoundingMode.HALF_EVEN).doubleValue());
  }

  private static Price price(String input, String output) {
    return new Price(new BigDecimal(input), new BigDecimal(output));
  }
}
