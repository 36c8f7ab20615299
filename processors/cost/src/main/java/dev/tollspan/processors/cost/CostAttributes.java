package dev.tollspan.processors.cost;

import dev.tollspan.spans.Additions;
import dev.tollspan.spans.Additions.Constant;
import java.util.List;

/**
 * The attributes that estimate_cost writes, encoded as far as they can be before any span comes.
 */
final class CostAttributes {
  static final String USD_NAME = "estimated_cost_usd";
  static final String REPORTED_USD_NAME = "reported_cost_usd";

  static final Additions.Key USD = Additions.Key.of(USD_NAME);
  static final Additions.Key NANO_USD = Additions.Key.of("estimated_cost_nanousd");
  static final Additions.Key REPORTED_USD = Additions.Key.of(REPORTED_USD_NAME);

  static final Constant PROVIDER_REPORTED = Constant.of("cost.basis", "provider_reported");
  static final Constant BILLABLE = Constant.of("cost.role", "billable");
  static final Constant STAGE = Constant.of("cost.role", "stage");

  static final Constant NO_MODEL = unpriced("no_model");
  static final Constant UNKNOWN_MODEL = unpriced("unknown_model");
  static final Constant NO_USAGE = unpriced("no_usage");
  static final Constant FAILED_WITHOUT_USAGE = unpriced("failed_without_usage");
  static final Constant INVALID_USAGE = unpriced("invalid_usage");

  /** Every name that may be written. */
  static final List<String> NAMES =
      List.of(
          USD_NAME,
          "estimated_cost_nanousd",
          REPORTED_USD_NAME,
          "cost.basis",
          "cost.quality",
          "cost.match",
          "cost.price.id",
          "cost.price.source",
          "cost.price.version",
          "cost.unpriced_reason",
          "cost.role");

  private CostAttributes() {}

  /** All that a priced span tells about its price, but the amount. */
  static Constant provenance(String quality, String match, Price.Origin origin) {
    return Constant.join(
        Constant.of("cost.basis", "token_price"),
        Constant.of("cost.quality", quality),
        Constant.of("cost.match", match),
        Constant.of("cost.price.id", origin.id()),
        Constant.of("cost.price.source", origin.source()),
        Constant.of("cost.price.version", origin.version()),
        BILLABLE);
  }

  private static Constant unpriced(String reason) {
    return Constant.of("cost.unpriced_reason", reason);
  }
}
