package dev.tollspan.benchmarks;

import java.util.concurrent.atomic.AtomicLongArray;

/** How long answers took, in steps of ten microseconds. Safe for all threads. */
final class Latencies {
  private static final long STEP_NANOS = 10_000;
  private static final int STEPS = 1_000_000; // the last one stands for ten seconds and more

  private final AtomicLongArray counts = new AtomicLongArray(STEPS);

  void add(long nanos) {
    counts.incrementAndGet(Math.clamp(nanos / STEP_NANOS, 0, STEPS - 1));
  }

  /** So many milliseconds or less took this share of them; zero if there are none. */
  double millis(double share) {
    long all = 0;
    for (int i = 0; i < STEPS; i++) {
      all += counts.get(i);
    }
    long wanted = (long) Math.ceil(all * share);
    long passed = 0;
    for (int i = 0; i < STEPS && wanted > 0; i++) {
      passed += counts.get(i);
      if (passed >= wanted) {
        return (i + 1) * STEP_NANOS / 1e6;
      }
    }
    return 0;
  }
}
