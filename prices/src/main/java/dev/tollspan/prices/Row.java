package dev.tollspan.prices;

import dev.tollspan.prices.PriceRow.Status;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * A row, ready to be chosen.
 *
 * @param told the row as it was read
 * @param value atto-dollars for one of what is counted, or a multiplier's factor, without trailing
 *     zeros; null if the price is dynamic
 * @param from in nanoseconds since 1970, inclusive
 * @param to exclusive
 * @param window null for always
 */
record Row(
    PriceRow told,
    @Nullable BigDecimal value,
    boolean isMultiplier,
    long from,
    long to,
    @Nullable DailyWindow window) {

  static final String DYNAMIC = "dynamic";

  TokenClass tokenClass() {
    return told.tokenClass();
  }

  boolean isUsed() {
    return told.status() != Status.WITHDRAWN;
  }

  /** Whether another row asks the same. */
  boolean costsAsMuchAs(Row other) {
    if (value == null || other.value == null) {
      return value == null && other.value == null;
    }
    return value.compareTo(other.value) == 0;
  }

  boolean isValidAt(long epochNanos) {
    return from <= epochNanos && epochNanos < to;
  }

  boolean overlaps(Row other) {
    return from < other.to && other.from < to;
  }

  /** Whether the row is made for a tier, not only the standard in its place. */
  boolean mayServeAsOwn(String tier) {
    return told.tier().equals(tier) || told.tier().equals(Tiers.ANY);
  }

  /** Whether the row is for a tier: its own, any, or as the standard where the tier has none. */
  boolean mayServe(String tier) {
    return mayServeAsOwn(tier) || (!isMultiplier && told.tier().equals(Tiers.STANDARD));
  }
}
