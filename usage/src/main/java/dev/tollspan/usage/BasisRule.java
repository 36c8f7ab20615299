package dev.tollspan.usage;

import org.jspecify.annotations.Nullable;

/**
 * What the counts of an emitter mean, told by the configuration; it comes before the built-in table
 * and behind what the counts themselves prove.
 *
 * @param scope the instrumentation scope's name; a * at the end stands for any rest
 * @param versionFrom the first version of the scope that is meant; null: from the beginning
 * @param versionTo the first version that is no longer meant; null: without end
 * @param provider the provider's id in the price books; null: any
 * @param cache whether input holds cached tokens; null: not said
 * @param reasoning whether output holds reasoning; null: not said
 */
public record BasisRule(
    String scope,
    @Nullable String versionFrom,
    @Nullable String versionTo,
    @Nullable String provider,
    @Nullable CacheBasis cache,
    @Nullable ReasoningBasis reasoning) {

  /**
   * Checks the rule.
   *
   * @throws IllegalArgumentException with the key's name, if it has no scope, says nothing, or
   *     cannot be understood
   */
  public BasisRule {
    if (scope.isEmpty()) {
      throw new IllegalArgumentException("scope must not be empty");
    }
    ClassRule.checkPattern("scope", scope);
    checkVersion("version_from", versionFrom);
    checkVersion("version_to", versionTo);
    if (cache == null && reasoning == null) {
      throw new IllegalArgumentException("cache must be told, or reasoning, or both");
    }
  }

  private static void checkVersion(String key, @Nullable String version) {
    if (version != null && !version.matches("[0-9].*")) {
      throw new IllegalArgumentException(key + " must begin with a digit, such as 1.2");
    }
  }

  /** Whether a version lies in the rule's range; versions are compared number by number. */
  boolean covers(String version) {
    return (versionFrom == null || compare(version, versionFrom) >= 0)
        && (versionTo == null || compare(version, versionTo) < 0);
  }

  private static int compare(String left, String right) {
    String[] a = numbers(left);
    String[] b = numbers(right);
    for (int i = 0; i < Math.max(a.length, b.length); i++) {
      int order = Long.compare(number(a, i), number(b, i));
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }

  /** The numbers of a version, which may begin with a letter. */
  private static String[] numbers(String version) {
    return version.replaceFirst("^[^0-9]+", "").split("[^0-9]+");
  }

  private static long number(String[] parts, int i) {
    boolean given = i < parts.length && !parts[i].isEmpty() && parts[i].length() < 18;
    return given ? Long.parseLong(parts[i]) : 0;
  }
}
