package dev.tollspan.spans;

import java.util.EnumMap;
import java.util.Map;
import java.util.StringJoiner;

/** How much of each {@link Repair} a request took. Immutable. */
public final class Repairs {
  private final Map<Repair, Integer> counts = new EnumMap<>(Repair.class);

  Repairs(Map<Repair, Integer> counts) {
    this.counts.putAll(counts);
  }

  /** How often this was done. */
  public int count(Repair what) {
    return counts.getOrDefault(what, 0);
  }

  /**
   * What was done, as the {@code error_message} of a response whose {@code rejected_spans} may be 0
   * (OTLP 1.11, "Partial Success"): the sender should know, but has nothing to do. Empty if nothing
   * was.
   */
  public String warning() {
    StringJoiner words = new StringJoiner("; ");
    counts.forEach(
        (what, count) -> {
          if (count > 0) {
            words.add(what.words() + " (" + count + ")");
          }
        });
    return words.toString();
  }
}
