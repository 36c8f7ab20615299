package dev.tollspan.processors.cost;

import dev.tollspan.prices.Component;
import dev.tollspan.spans.Additions;
import dev.tollspan.spans.Additions.Constant;
import dev.tollspan.usage.TokenColumn;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The names of the attributes that estimate_cost writes. */
final class CostAttributes {
  static final String USD_NAME = "estimated_cost_usd";
  static final String ALIAS_NAME = "llm.estimated_cost_usd";
  static final String REPORTED_USD_NAME = "reported_cost_usd";
  static final String ROLE_NAME = "cost.role";
  static final String REASON_NAME = "cost.unpriced_reason";
  static final String BASIS_NAME = "cost.basis";
  static final String QUALITY_NAME = "cost.quality";
  static final String MATCH_NAME = "cost.match";
  static final String PRICE_ID_NAME = "cost.price.id";
  static final String SOURCE_NAME = "cost.price.source";
  static final String VERSION_NAME = "cost.price.version";
  static final String FROM_NAME = "cost.price.effective_from";
  static final String TIER_NAME = "cost.service_tier";
  static final String BAND_NAME = "cost.context_band";
  static final String DIALECT_NAME = "cost.usage_dialect";
  static final String CACHE_BASIS_NAME = "cost.cache_basis";
  static final String REASONING_BASIS_NAME = "cost.reasoning_basis";
  static final String CONFIDENCE_NAME = "cost.usage_confidence";
  static final String NOTES_NAME = "cost.notes";
  static final String FINAL_NAME = "cost.final";
  static final String GPU_SECONDS_NAME = "gpu.seconds";

  static final Additions.Key USD = Additions.Key.of(USD_NAME);
  static final Additions.Key ALIAS_USD = Additions.Key.of(ALIAS_NAME);
  static final Additions.Key NANO_USD = Additions.Key.of("estimated_cost_nanousd");
  static final Additions.Key REPORTED_USD = Additions.Key.of(REPORTED_USD_NAME);
  static final Additions.Key FINAL = Additions.Key.of(FINAL_NAME);
  static final Additions.Key GPU_SECONDS = Additions.Key.of(GPU_SECONDS_NAME);

  /** Keys of the parts of a cost, by the order of {@link Component}. */
  static final List<Additions.Key> PARTS = parts().stream().map(Additions.Key::of).toList();

  /** Keys of counts, by the order of {@link TokenColumn}. */
  static final List<Additions.Key> TOKENS =
      Arrays.stream(TokenColumn.values()).map(TokenColumn::key).map(Additions.Key::of).toList();

  static final Constant PROVIDER_REPORTED =
      Constant.of(BASIS_NAME, CostBasis.PROVIDER_REPORTED.label());
  static final Constant APPROXIMATE = Constant.of(QUALITY_NAME, "approximate");
  static final Constant BILLABLE = Constant.of(ROLE_NAME, CostRole.BILLABLE.label());

  /** Every name that may be written, but those of {@link TokenColumn}. */
  static final List<String> NAMES = names();

  private CostAttributes() {}

  /** A constant as attributes tell it. */
  static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private static List<String> parts() {
    List<String> parts = new ArrayList<>();
    for (Component part : Component.values()) {
      parts.add("cost." + word(part) + "_usd");
    }
    return parts;
  }

  private static List<String> names() {
    List<String> names =
        new ArrayList<>(
            List.of(
                USD_NAME,
                ALIAS_NAME,
                "estimated_cost_nanousd",
                REPORTED_USD_NAME,
                BASIS_NAME,
                QUALITY_NAME,
                MATCH_NAME,
                PRICE_ID_NAME,
                SOURCE_NAME,
                VERSION_NAME,
                FROM_NAME,
                TIER_NAME,
                BAND_NAME,
                DIALECT_NAME,
                CACHE_BASIS_NAME,
                REASONING_BASIS_NAME,
                CONFIDENCE_NAME,
                NOTES_NAME,
                FINAL_NAME,
                GPU_SECONDS_NAME,
                REASON_NAME,
                ROLE_NAME));
    names.addAll(parts());
    return List.copyOf(names);
  }
}
