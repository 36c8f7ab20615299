package dev.tollspan.prices;

import java.util.Locale;

/** Service tiers by one spelling each. */
final class Tiers {
  static final String ANY = "any";
  static final String STANDARD = "standard";
  static final String FAST = "fast";

  private Tiers() {}

  /**
   * The tier that a provider means.
   *
   * @param provider by its id: OpenAI calls priority also fast, with Anthropic they differ
   */
  static String id(String provider, String text) {
    String tier = text.strip().toLowerCase(Locale.ROOT);
    return switch (tier) {
      case "", "auto", "default", "on_demand", "standard_only" -> STANDARD;
      case "on_demand_priority" -> "priority";
      case "on_demand_flex" -> "flex";
      case FAST -> isOpenAi(provider) ? "priority" : FAST;
      default -> tier;
    };
  }

  /** The tier of a call. */
  static String of(String provider, String tier, String speed) {
    return speed.strip().equalsIgnoreCase(FAST) ? id(provider, FAST) : id(provider, tier);
  }

  private static boolean isOpenAi(String provider) {
    return provider.equals("openai") || provider.equals("azure");
  }
}
