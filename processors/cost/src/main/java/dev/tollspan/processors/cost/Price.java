package dev.tollspan.processors.cost;

import dev.tollspan.spans.Additions;
import dev.tollspan.spans.Additions.Constant;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;

/**
 * What the tokens of one model cost: one row of a price book, ready for the hot path.
 *
 * <p>Both prices are kept as whole numbers of one unit, a power of ten that holds either exactly
 * and is never larger than a nano-dollar. So a cost is exact until it is rounded, once, half to
 * even, to whole nano-dollars. Immutable.
 */
final class Price {
  private static final int NANO_SCALE = 9;

  /** Up to here a long is a double without loss, and a quotient of two such is the nearest one. */
  private static final long EXACT_DOUBLE_MAX = 1L << 53;

  private final int scale; // one unit is 10^-scale dollars
  private final long inputUnits;
  private final long outputUnits;
  private final long unitsPerNano;
  private final long tokensMax; // up to here no product and no sum leaves a long
  private final Constant asExact;
  private final Constant asApproximate;

  /**
   * Where a price comes from.
   *
   * @param source the book's name for itself
   * @param version which edition of the book
   * @param model the row's model, {@link PriceBook#DEFAULT_MODEL} for the row of unknown models
   */
  record Origin(String source, String version, String model) {
    String id() {
      return source + '/' + model;
    }
  }

  /**
   * A row.
   *
   * @param inputUsd dollars for one token, not negative, as the next
   * @param outputUsd has at most 18 decimals, and both fit a long in the unit that they share;
   *     {@link PriceFile} takes no others
   */
  Price(Origin origin, BigDecimal inputUsd, BigDecimal outputUsd) {
    BigDecimal input = inputUsd.stripTrailingZeros();
    BigDecimal output = outputUsd.stripTrailingZeros();
    scale = Math.max(NANO_SCALE, Math.max(input.scale(), output.scale()));
    inputUnits = input.setScale(scale).unscaledValue().longValueExact();
    outputUnits = output.setScale(scale).unscaledValue().longValueExact();
    unitsPerNano = BigInteger.TEN.pow(scale - NANO_SCALE).longValueExact();
    tokensMax = Long.MAX_VALUE / 2 / Math.max(1, Math.max(inputUnits, outputUnits));
    boolean forUnknown = origin.model().equals(PriceBook.DEFAULT_MODEL);
    String match = forUnknown ? "default" : "exact";
    asApproximate = CostAttributes.provenance("approximate", match, origin);
    asExact = forUnknown ? asApproximate : CostAttributes.provenance("exact", match, origin);
  }

  /** What so many tokens cost in nano-dollars; -1 if that is more than a long can say. */
  long nanos(long inputTokens, long outputTokens) {
    if (inputTokens > tokensMax || outputTokens > tokensMax) {
      return nanosOfMany(inputTokens, outputTokens);
    }
    long units = inputTokens * inputUnits + outputTokens * outputUnits;
    long nanos = units / unitsPerNano;
    long twiceTheRest = (units - nanos * unitsPerNano) * 2;
    boolean up = twiceTheRest > unitsPerNano || (twiceTheRest == unitsPerNano && (nanos & 1) == 1);
    return up ? nanos + 1 : nanos;
  }

  /** The double that is nearest to so many nano-dollars. */
  static double usd(long nanos) {
    return nanos <= EXACT_DOUBLE_MAX
        ? nanos / 1e9
        : BigDecimal.valueOf(nanos, NANO_SCALE).doubleValue();
  }

  /**
   * Writes a cost and where it comes from.
   *
   * @param exact whether the price fits every token that was counted
   */
  void write(Additions additions, long nanos, boolean exact) {
    additions.add(CostAttributes.USD, usd(nanos));
    additions.add(CostAttributes.NANO_USD, nanos);
    additions.add(exact ? asExact : asApproximate);
  }

  private long nanosOfMany(long inputTokens, long outputTokens) {
    BigInteger nanos =
        cost(inputTokens, inputUnits)
            .add(cost(outputTokens, outputUnits))
            .setScale(NANO_SCALE, RoundingMode.HALF_EVEN)
            .unscaledValue();
    return nanos.bitLength() < Long.SIZE ? nanos.longValue() : -1;
  }

  private BigDecimal cost(long tokens, long units) {
    return BigDecimal.valueOf(tokens).multiply(BigDecimal.valueOf(units, scale));
  }
}
