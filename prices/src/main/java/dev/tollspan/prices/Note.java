package dev.tollspan.prices;

/** What a reader of a cost must know about how it came to be. */
public enum Note {
  USAGE_INCONSISTENT,
  USAGE_INCOMPLETE,
  USAGE_CLAMPED,
  USAGE_RULE_CONTRADICTED,
  SNAPSHOT_STRIPPED,
  CLASS_PRICE_MISSING,
  JOIN_PRICE_MISSING,
  TIER_PRICE_MISSING
}
