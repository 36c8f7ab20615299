package dev.tollspan.exporters.delivery;

import java.util.random.RandomGenerator;

/** The waits between the tries of one export call. Belongs to one thread. */
final class BackOff {
  private static final double FACTOR = 1.5;
  private static final double JITTER = 0.5;

  private final double intervalNanosMax;
  private final RandomGenerator random;
  private double intervalNanos; // owned by the caller's thread

  BackOff(DeliveryConfig config, RandomGenerator random) {
    this.intervalNanosMax = config.maxInterval().toNanos();
    this.random = random;
    this.intervalNanos = config.initialInterval().toNanos();
  }

  /**
   * How long to wait now: the interval with its jitter, but never less than the destination asked
   * for. The next interval grows from whichever was longer.
   */
  long nextNanos(long leastNanos) {
    double jittered = intervalNanos * (1 - JITTER + 2 * JITTER * random.nextDouble());
    intervalNanos =
        Math.min(intervalNanosMax, FACTOR * Math.max(intervalNanos, (double) leastNanos));
    return Math.max(leastNanos, (long) jittered);
  }
}
