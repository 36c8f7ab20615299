package dev.tollspan.usage;

import dev.tollspan.prices.Count;
import java.util.List;
import java.util.Map;

/**
 * How usage is read.
 *
 * @param attributes {@code usage_attributes}: further attributes that tell a count, the most
 *     trusted first, more trusted than all known ones. Totals hold their parts, as everywhere in
 *     {@link Count}; audio and video are told in seconds
 * @param rules {@code usage_rules}: the first that fits decides
 * @param classes {@code span_classes}: the first that fits decides
 * @param countMax {@code count_max}: a larger count is no count
 */
public record UsageConfig(
    Map<Count, List<String>> attributes,
    List<BasisRule> rules,
    List<ClassRule> classes,
    long countMax) {
  private static final long COUNT_MAX = 1_000_000_000_000L;
  private static final int KEYS_MAX = 16;
  private static final int RULES_MAX = 256;

  /**
   * Copies and checks.
   *
   * @throws IllegalArgumentException with the key's name and the allowed range
   */
  public UsageConfig {
    attributes = Map.copyOf(attributes);
    rules = List.copyOf(rules);
    classes = List.copyOf(classes);
    if (countMax < 1 || countMax > COUNT_MAX) {
      throw new IllegalArgumentException("count_max: from 1 to " + COUNT_MAX);
    }
    if (rules.size() > RULES_MAX) {
      throw new IllegalArgumentException("usage_rules must have at most 256 rules");
    }
    if (classes.size() > RULES_MAX) {
      throw new IllegalArgumentException("span_classes must have at most 256 rules");
    }
    for (List<String> keys : attributes.values()) {
      if (keys.isEmpty() || keys.size() > KEYS_MAX || keys.contains("")) {
        throw new IllegalArgumentException(
            "usage_attributes: from 1 to " + KEYS_MAX + " attributes for a count");
      }
    }
  }

  /** Nothing configured; a call has at most a billion of anything. */
  public static UsageConfig defaults() {
    return new UsageConfig(Map.of(), List.of(), List.of(), 1_000_000_000L);
  }
}
