package dev.tollspan.priceimport;

import java.util.List;

/**
 * Patterns for fine-tuned models, whose ids hold what their owner chose: {@code
 * ft:BASE:organisation:suffix:id}, with a checkpoint as a fifth part or without, and on Azure
 * {@code BASE.ft-id}. A star never crosses a colon, so a pattern takes the models of its base
 * alone.
 */
final class FineTuned {
  private static final String FRONT = "ft:";
  private static final String AZURE = ".ft-";
  private static final List<String> ENDS = List.of(":*:*:*", ":*:*:*:*");

  private FineTuned() {}

  /** Whether it is only the front of names. */
  static boolean isFront(String name) {
    return name.endsWith(AZURE);
  }

  /** The patterns that a name stands for. */
  static List<String> patterns(String name) {
    if (isFront(name)) {
      return List.of(name + "*");
    }
    boolean base = name.startsWith(FRONT) && name.indexOf(':', FRONT.length()) < 0;
    return base ? ENDS.stream().map(end -> name + end).toList() : List.of();
  }

  /** Adds a row, and the same for each pattern. */
  static void add(List<PriceRow> rows, PriceRow row) {
    if (!isFront(row.model())) {
      rows.add(row);
    }
    addPatterns(rows, row);
  }

  /** Adds the row for each pattern only. */
  static void addPatterns(List<PriceRow> rows, PriceRow row) {
    for (String pattern : patterns(row.model())) {
      rows.add(new PriceRow(row.provider(), pattern, row.rate(), row.source(), row.checkedAt()));
    }
  }
}
