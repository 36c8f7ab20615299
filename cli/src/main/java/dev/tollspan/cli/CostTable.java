package dev.tollspan.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** What calls cost, by a key of theirs. Sums are of nano-dollars, so they are exact. */
final class CostTable {
  /** Mutable while the rows are summed; one thread. */
  private static final class Sum {
    private long calls;
    private long priced;
    private long inputTokens;
    private long outputTokens;
    private long nanoUsd;
    private final Map<String, Integer> unpriced = new TreeMap<>();

    void add(SpanRow call) {
      calls++;
      inputTokens += call.inputTokens();
      outputTokens += call.outputTokens();
      nanoUsd += call.costNanoUsd();
      if (call.isPriced()) {
        priced++;
      } else {
        unpriced.merge(call.unpricedReason(), 1, Integer::sum);
      }
    }

    String line(String key) {
      List<String> reasons = new ArrayList<>();
      unpriced.forEach((reason, spans) -> reasons.add(spans + " unpriced: " + reason));
      // What no price is known for costs an unknown amount, which is not the amount 0.
      String cost = priced == 0 ? "-" : Figures.usd(nanoUsd);
      return format(
          key,
          Figures.count(calls),
          Figures.count(inputTokens),
          Figures.count(outputTokens),
          cost,
          String.join(", ", reasons));
    }
  }

  private CostTable() {}

  /** One line per key, and one for all. */
  static String of(String title, Function<SpanRow, String> key, List<SpanRow> calls) {
    Map<String, Sum> sums = new TreeMap<>();
    Sum all = new Sum();
    for (SpanRow call : calls) {
      String known = key.apply(call);
      sums.computeIfAbsent(known.isEmpty() ? "(unknown)" : known, _ -> new Sum()).add(call);
      all.add(call);
    }
    StringBuilder text = new StringBuilder();
    text.append(format(title, "calls", "tokens in", "tokens out", "cost", "")).append('\n');
    sums.forEach((name, sum) -> text.append(sum.line(name)).append('\n'));
    return text.append(all.line("all")).append('\n').toString();
  }

  private static String format(Object... cells) {
    return String.format(Locale.ROOT, "  %-18s%7s%12s%12s  %14s  %s", cells).stripTrailing();
  }
}
