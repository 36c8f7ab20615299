package dev.tollspan.prices;

import dev.tollspan.prices.PriceRow.Mode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What can only be wrong with several rows together: checks the rows of one model. */
final class BookChecks {
  private final Model model;
  private final Problems problems;

  private BookChecks(Model model, Problems problems) {
    this.model = model;
    this.problems = problems;
  }

  static void check(Model model, Problems problems) {
    BookChecks checks = new BookChecks(model, problems);
    checks.overlaps();
    checks.gaps();
    checks.bands();
    checks.windows();
    checks.multipliers();
  }

  /** Two patterns of a book that say the same about a name, and equally exactly. */
  static void patterns(List<Glob> globs, Problems problems) {
    for (int i = 0; i < globs.size(); i++) {
      for (int j = 0; j < i; j++) {
        Glob glob = globs.get(i);
        Glob earlier = globs.get(j);
        boolean sameRank =
            glob.model().book().equals(earlier.model().book())
                && glob.model().provider().equals(earlier.model().provider())
                && glob.literals() == earlier.literals();
        if (sameRank && glob.meets(earlier)) {
          Row row = glob.model().rows().getFirst();
          int line = earlier.model().rows().getFirst().told().line();
          problems.error(
              new Problem(
                  glob.model().book().file(),
                  row.told().line(),
                  0,
                  "model: the pattern "
                      + Problems.shown(glob.model().name())
                      + " is ambiguous with "
                      + Problems.shown(earlier.model().name())
                      + " in line "
                      + line));
        }
      }
    }
  }

  private void overlaps() {
    Map<List<Object>, List<Row>> byRank = new HashMap<>();
    for (Row row : model.rows()) {
      List<Object> rank = key(row, row.told().above(), row.from());
      List<Row> peers = byRank.computeIfAbsent(rank, k -> new ArrayList<>());
      Row peer = null;
      for (Row each : peers) {
        peer = peer == null && sameTime(row, each) ? each : peer;
      }
      if (peer == null) {
        peers.add(row);
      } else {
        error(
            row, "holds when the row in line " + peer.told().line() + " does, and weighs as much");
      }
    }
  }

  private static boolean sameTime(Row a, Row b) {
    if (a.window() == null || b.window() == null) {
      return a.window() == null && b.window() == null;
    }
    return a.window().width() == b.window().width() && a.window().meets(b.window());
  }

  private void gaps() {
    Map<List<Object>, List<Row>> byKey = new HashMap<>();
    for (Row row : model.rows()) {
      byKey
          .computeIfAbsent(key(row, row.told().above(), row.window()), k -> new ArrayList<>())
          .add(row);
    }
    for (List<Row> rows : byKey.values()) {
      rows.sort(Comparator.comparingLong(Row::from));
      long end = Long.MAX_VALUE;
      for (Row row : rows) {
        if (row.from() > end) {
          String cause =
              "nothing holds before " + row.told().from() + ", since an earlier row ended";
          problems.warning(problem(row, cause));
        }
        end = end == Long.MAX_VALUE ? row.to() : Math.max(end, row.to());
      }
    }
  }

  private void bands() {
    Map<List<Object>, List<Row>> firsts = new HashMap<>();
    Map<List<Object>, Mode> modes = new HashMap<>();
    for (Row row : model.rows()) {
      if (row.told().above() < 0) {
        firsts.computeIfAbsent(key(row, 0L, null), k -> new ArrayList<>()).add(row);
      }
    }
    for (Row row : model.rows()) {
      if (row.told().above() >= 0) {
        List<Object> key = key(row, 0L, null);
        if (firsts.getOrDefault(key, List.of()).stream().noneMatch(row::overlaps)) {
          error(row, "context_band: there is no first band below it");
        }
        Mode mode = modes.putIfAbsent(key, row.told().mode());
        if (mode != null && mode != row.told().mode()) {
          error(row, "context_mode: another band of the same price has another mode");
        }
      }
    }
  }

  private void windows() {
    Set<DailyWindow> windows = new HashSet<>();
    for (Row row : model.rows()) {
      if (row.window() != null && windows.add(row.window()) && windows.size() > Era.WINDOWS_MAX) {
        error(row, "daily_window: a model has at most " + Era.WINDOWS_MAX + " different windows");
      }
    }
  }

  /**
   * Prices must stay whole atto-dollars, and fit, under every multiplier that may come together.
   */
  private void multipliers() {
    Map<String, BigDecimal> largest = new HashMap<>();
    Map<String, Integer> scales = new HashMap<>();
    Row last = null;
    for (Row row : model.rows()) {
      if (row.isMultiplier()) {
        last = row;
        boolean regional = !row.told().region().equals(Regions.ANY);
        String kind = regional ? row.told().region() : "";
        BigDecimal factor = Objects.requireNonNull(row.value());
        largest.merge(kind, factor.max(BigDecimal.ONE), BigDecimal::max);
        scales.merge(kind, Math.max(0, factor.stripTrailingZeros().scale()), Math::max);
      }
    }
    if (last == null) {
      return;
    }
    int scale = scales.values().stream().mapToInt(Integer::intValue).sum();
    BigDecimal factor = largest.values().stream().reduce(BigDecimal.ONE, BigDecimal::multiply);
    for (Row row : model.rows()) {
      BigDecimal value = row.value();
      if (value != null && value.signum() > 0 && row.tokenClass().isTokens()) {
        if (value.stripTrailingZeros().scale() + scale > 0) {
          error(row, "price: times the multipliers it is no whole number of 10^-18 USD");
        } else if (!Units.fits(value.multiply(factor))) {
          error(row, "price: times the multipliers one costs more than 9 USD");
        }
      }
    }
  }

  private static List<Object> key(Row row, long above, @Nullable Object more) {
    PriceRow told = row.told();
    List<Object> key = new ArrayList<>();
    key.add(told.tokenClass());
    key.add(told.tier());
    key.add(told.region());
    key.add(told.status());
    key.add(above);
    if (more != null) {
      key.add(more);
    }
    return key;
  }

  private void error(Row row, String cause) {
    problems.error(problem(row, cause));
  }

  private Problem problem(Row row, String cause) {
    return new Problem(model.book().file(), row.told().line(), 0, cause);
  }
}
