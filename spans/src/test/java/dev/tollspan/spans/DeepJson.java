package dev.tollspan.spans;

/** Attributes in JSON whose values are nested. */
final class DeepJson {
  private DeepJson() {}

  /** One whose innermost value, a text, lies at this depth: in arrays or in kvlists. */
  static String attribute(String type, int depth) {
    boolean isList = type.equals("kvlistValue");
    String open = "{\"" + type + "\":{\"values\":[" + (isList ? "{\"key\":\"k\",\"value\":" : "");
    return "{\"key\":\"k\",\"value\":"
        + open.repeat(depth - 1)
        + "{\"stringValue\":\"x\"}"
        + (isList ? "}]}}" : "]}}").repeat(depth - 1)
        + "}";
  }
}
