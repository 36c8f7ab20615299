package dev.tollspan.benchmarks.crash;

import java.util.BitSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** What was found at one destination. Safe for all threads. */
final class Tally {
  private static final int TOLD_MAX = 5;

  private final String destination;
  private final long seed;
  private final Obligations obligations;
  private final ConcurrentMap<Integer, Long> costs;
  private final BitSet seen = new BitSet(); // guarded by this, as the next
  private long spans;
  private int doubled;
  private int altered;
  private int invented;

  /**
   * @param costs the cost of each span as it was met first; all destinations share them
   */
  Tally(
      String destination, long seed, Obligations obligations, ConcurrentMap<Integer, Long> costs) {
    this.destination = destination;
    this.seed = seed;
    this.obligations = obligations;
    this.costs = costs;
  }

  /** The costs that no destination has told yet. */
  static ConcurrentMap<Integer, Long> noCosts() {
    return new ConcurrentHashMap<>();
  }

  /** A span was found, at this place. */
  synchronized void found(Specimen span, long costNanousd, Object place) {
    spans++;
    int number = Specimen.number(seed, span.traceId());
    if (number < 0 || number >= obligations.sent()) {
      invented++;
      tell("invented", invented, span, place);
      return;
    }
    Long before = costs.putIfAbsent(number, costNanousd);
    if (!span.equals(Specimen.of(seed, number))
        || costNanousd <= 0
        || (before != null && before != costNanousd)) {
      altered++;
      tell("altered", altered, span, place);
    }
    if (seen.get(number)) {
      doubled++;
      tell("doubled", doubled, span, place);
    }
    seen.set(number);
  }

  /** Something was found that is no span. */
  synchronized void broken(Object place) {
    altered++;
    tell("broken", altered, "", place);
  }

  String destination() {
    return destination;
  }

  /** All that were found, each time. */
  synchronized long spans() {
    return spans;
  }

  synchronized int doubled() {
    return doubled;
  }

  synchronized int altered() {
    return altered;
  }

  synchronized int invented() {
    return invented;
  }

  /** Owed and not here. */
  synchronized int missing() {
    return obligations.missing(seen);
  }

  synchronized int firstMissing() {
    return obligations.firstMissing(seen);
  }

  private void tell(String what, int times, Object span, Object place) {
    if (times <= TOLD_MAX && !(what.equals("doubled") && destination.startsWith("otlp"))) {
      System.err.printf("%s: %s at %s: %s%n", destination, what, place, span);
    }
  }
}
