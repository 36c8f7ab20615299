package dev.tollspan.processors.content;

import java.util.List;

/**
 * What the gate is told.
 *
 * @param profile how much is kept
 * @param allow more keys whose numbers, booleans and ids are kept
 */
public record DropContentConfig(Profile profile, List<String> allow) {
  private static final int KEY_CHARACTERS_MAX = 128;

  public DropContentConfig {
    allow = List.copyOf(allow);
    for (String key : allow) {
      if (key.startsWith("content.removed.")
          || key.startsWith("cost.")
          || key.startsWith("estimated_cost")) {
        throw new IllegalArgumentException(
            "allow: content.removed.*, cost.* and estimated_cost* are written by the pipeline");
      }
      if (key.isEmpty() || key.length() > KEY_CHARACTERS_MAX) {
        throw new IllegalArgumentException(
            "allow: a key has 1 to " + KEY_CHARACTERS_MAX + " characters");
      }
    }
  }

  /** Strict, without additions. */
  public static DropContentConfig defaults() {
    return new DropContentConfig(Profile.STRICT, List.of());
  }
}
