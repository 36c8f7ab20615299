package dev.tollspan.priceimport;

import java.math.BigDecimal;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Leaves out prices that can only be a slip: of the unit, or of the key. */
final class Plausible {
  /** Per million tokens; the dearest known are 165 for input and 600 for output. */
  private static final BigDecimal INPUT_MAX = BigDecimal.valueOf(200);

  private static final BigDecimal OUTPUT_MAX = BigDecimal.valueOf(1000);

  /** Per million tokens of a model that gives none back; the dearest known is about 5. */
  private static final BigDecimal INPUT_ONLY_MAX = BigDecimal.valueOf(10);

  /** For one of anything else: what a book can hold. */
  private static final BigDecimal PIECE_MAX = BigDecimal.valueOf(9);

  /** A factor that a book can hold. */
  private static final BigDecimal FACTOR_MAX = BigDecimal.valueOf(1000);

  private Plausible() {}

  /**
   * Drops prices above the ceiling of their class. Where that is the standard price of input or
   * output, the whole list is doubtful, and all are dropped.
   *
   * @return whether the model is left
   */
  static boolean dropDear(List<Rate> rates, Lints lints, String path) {
    boolean answers = rates.stream().anyMatch(rate -> rate.tokenClass().isOutput());
    for (Map.Entry<Rate.Group, List<Rate>> group : Groups.of(rates).entrySet()) {
      TokenClass tokenClass = group.getKey().tokenClass();
      BigDecimal dearest =
          group.getValue().stream().map(Rate::price).max(Comparator.naturalOrder()).orElseThrow();
      if (dearest.compareTo(ceiling(tokenClass, answers)) > 0) {
        String where = path + "/" + Groups.words(group.getKey());
        lints.add(Defect.ABOVE_CEILING, where, Decimals.words(dearest));
        rates.removeAll(group.getValue());
        boolean main = tokenClass == TokenClass.INPUT || tokenClass == TokenClass.OUTPUT;
        if (main && group.getKey().tier().equals(Rate.STANDARD)) {
          rates.clear();
          return false;
        }
      }
    }
    return true;
  }

  private static BigDecimal ceiling(TokenClass tokenClass, boolean answers) {
    if (tokenClass == TokenClass.ALL_TOKENS) {
      return FACTOR_MAX;
    }
    if (!tokenClass.isTokens()) {
      return PIECE_MAX;
    }
    if (tokenClass.isOutput()) {
      return OUTPUT_MAX;
    }
    return answers ? INPUT_MAX : INPUT_ONLY_MAX;
  }

  /** Drops prices of cache reads above that of the same input when it is not cached. */
  static void dropDearReads(List<Rate> rates, Lints lints, String path) {
    for (Map.Entry<Rate.Group, List<Rate>> group : Groups.of(rates).entrySet()) {
      TokenClass tokenClass = group.getKey().tokenClass();
      TokenClass uncached = tokenClass.uncached();
      if (uncached == tokenClass) {
        continue;
      }
      List<Rate> inputs =
          rates.stream()
              .filter(rate -> rate.group().equals(group.getKey().of(uncached)))
              .filter(rate -> !rate.isDynamic())
              .toList();
      boolean dear =
          group.getValue().stream()
              .anyMatch(read -> inputs.stream().anyMatch(input -> isCheaper(input, read)));
      if (dear) {
        lints.add(Defect.DEAR_CACHE_READ, path + "/" + Groups.words(group.getKey()));
        rates.removeAll(group.getValue());
      }
    }
  }

  private static boolean isCheaper(Rate input, Rate read) {
    Validity both = input.validity().within(read.validity().from(), read.validity().to());
    return !both.isEmpty()
        && input.band().threshold() == read.band().threshold()
        && input.hours().equals(read.hours())
        && input.price().compareTo(read.price()) < 0;
  }
}
