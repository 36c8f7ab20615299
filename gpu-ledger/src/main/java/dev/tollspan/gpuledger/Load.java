package dev.tollspan.gpuledger;

/**
 * How busy a replica is on average, by Little's law: requests at once = arrival rate x time of
 * each. Both are exponentially weighted means. Owned by one ledger, used by one thread at a time.
 */
final class Load {
  private static final double NEWEST_WEIGHT = 1.0 / 32;

  private double meanNanos;
  private double meanGapNanos;
  private long lastEndNanos;
  private long seen;

  /** Takes one more request into account. */
  void add(long startNanos, long endNanos) {
    double nanos = endNanos - startNanos;
    meanNanos = seen == 0 ? nanos : mean(meanNanos, nanos);
    if (seen > 0) {
      double gap = Math.max(0, endNanos - lastEndNanos);
      meanGapNanos = seen == 1 ? gap : mean(meanGapNanos, gap);
    }
    lastEndNanos = Math.max(lastEndNanos, endNanos);
    seen++;
  }

  /** How many requests run at once, at least 1. */
  double concurrency() {
    return meanGapNanos > 0 ? Math.max(1, meanNanos / meanGapNanos) : 1;
  }

  private static double mean(double old, double newest) {
    return old + (newest - old) * NEWEST_WEIGHT;
  }
}
