package dev.tollspan.prices;

import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong with the books of one load; belongs to the loading thread. */
final class Problems {
  private static final int KEPT_MAX = 100;
  private static final int SHOWN_CHARS_MAX = 60;

  private final List<Problem> errors = new ArrayList<>();
  private final List<Problem> warnings = new ArrayList<>();
  private int errorCount;

  void error(Problem problem) {
    errorCount++;
    if (errors.size() < KEPT_MAX) {
      errors.add(problem);
    }
  }

  void warning(Problem problem) {
    if (warnings.size() < KEPT_MAX) {
      warnings.add(problem);
    }
  }

  boolean isEmpty() {
    return errorCount == 0;
  }

  List<Problem> warnings() {
    return List.copyOf(warnings);
  }

  /** Ends the load if anything was wrong. */
  void check() {
    if (errorCount > 0) {
      throw new BadPricesException(List.copyOf(errors), errorCount);
    }
  }

  /** A text from a file as a problem may repeat it: short, and on one line. */
  static String shown(String text) {
    int end = Math.min(text.length(), SHOWN_CHARS_MAX);
    StringBuilder shown = new StringBuilder("'");
    for (int i = 0; i < end; i++) {
      char c = text.charAt(i);
      shown.append(c < ' ' || c == 127 ? '?' : c);
    }
    return shown.append(end < text.length() ? "...'" : "'").toString();
  }
}
