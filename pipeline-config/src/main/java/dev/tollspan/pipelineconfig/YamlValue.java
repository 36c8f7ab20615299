package dev.tollspan.pipelineconfig;

import java.util.List;
import java.util.Map;

/** A YAML document as plain values that remember where they stand. */
sealed interface YamlValue {
  Position position();

  /** Text as written; {@code plain} is false for quoted and block text. */
  record Scalar(String text, boolean plain, Position position) implements YamlValue {
    /** Whether YAML reads this as "nothing". */
    boolean isNull() {
      return plain && (text.isEmpty() || text.equals("~") || text.equalsIgnoreCase("null"));
    }
  }

  record Items(List<YamlValue> values, Position position) implements YamlValue {}

  /** In the order of the file. */
  record Entries(Map<String, Entry> byKey, Position position) implements YamlValue {}

  /** A key's value; {@code position} is the key's own. */
  record Entry(Position position, YamlValue value) {}
}
