package dev.tollspan.exporters.delivery;

import java.util.random.RandomGenerator;

/** The waits between the tries of one export call. Belongs to one thread. */
final class BackOff {
  private final double multiplier;
  private final double jitter;
  private final double intervalNanosMax;
  private final RandomGenerator random;
  private double intervalNanos; // owned by the caller's thread

  BackOff(DeliveryConfig config, RandomGenerator random) {
    this.multiplier = config.multiplier();
    this.jitter = config.randomizationFactor();
    this.intervalNanosMax = config.maxInterval().toNanos();
    this.random = random;
    this.intervalNanos = config.initialInterval().toNanos();
  }

  /**
   * How long to wait now: the interval with its jitter, but never less than the destination asked
   * for. The next interval grows from whichever was longer.
   */
  long nextNanos(long leastNanos) {
    double jittered = intervalNanos * (1 - jitter + 2 * jitter * random.nextDouble());
    intervalNanos =
        Math.min(intervalNanosMax, multiplier * Math.max(intervalNanos, (double) leastNanos));
    return Math.max(leastNanos, (long) jittered);
  }
}
