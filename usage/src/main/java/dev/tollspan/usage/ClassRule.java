package dev.tollspan.usage;

/**
 * What the spans of a scope are, told by the configuration: stronger than anything on the span.
 *
 * @param scope the instrumentation scope's name; a * at the end stands for any rest
 * @param span the span's name; a * at the end stands for any rest
 * @param spanClass what such a span is
 */
public record ClassRule(String scope, String span, SpanClass spanClass) {

  /**
   * Checks the rule.
   *
   * @throws IllegalArgumentException with the key's name, if a * stands elsewhere
   */
  public ClassRule {
    checkPattern("scope", scope);
    checkPattern("span", span);
  }

  static void checkPattern(String key, String pattern) {
    int star = pattern.indexOf('*');
    if (star >= 0 && star < pattern.length() - 1) {
      throw new IllegalArgumentException(key + " must have its * at the end");
    }
  }
}
