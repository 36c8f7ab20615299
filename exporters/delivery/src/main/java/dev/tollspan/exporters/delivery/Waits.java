package dev.tollspan.exporters.delivery;

import dev.tollspan.exporters.delivery.Stopping.Pace;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** The waits of a delivery between its tries. All that changes is owned by its thread. */
final class Waits {
  private static final Duration AFTER_MAX = Duration.ofDays(1);
  private static final long AFTER_NANOS = AFTER_MAX.toNanos();

  private final DeliveryConfig config;
  private final Pace pace;
  private final Stopping stopping;
  private BackOff backOff;

  Waits(DeliveryConfig config, Pace pace, Stopping stopping) {
    this.config = config;
    this.pace = pace;
    this.stopping = stopping;
    this.backOff = new BackOff(config, ThreadLocalRandom.current());
  }

  /** There was progress: the next wait is as short as the first one. */
  void beginAnew() {
    backOff = new BackOff(config, ThreadLocalRandom.current());
  }

  /**
   * Waits until it is time for the next try.
   *
   * @return false, at once, if it would be too late for these batches
   */
  boolean awaitRetry(Duration after, long startNanos, boolean ending) {
    long askedNanos = after.compareTo(AFTER_MAX) < 0 ? Math.max(0, after.toNanos()) : AFTER_NANOS;
    long now = pace.nanos();
    long until = now + backOff.nextNanos(askedNanos);
    long elapsedNanosMax = config.maxElapsed().toNanos();
    if (elapsedNanosMax > 0 && until - startNanos > elapsedNanosMax) {
      return false;
    }
    stopping.awaitTime(until, now + askedNanos, ending);
    return true;
  }

  /** Waits in any case: what is tried again is not up to the destination. */
  void pause() {
    long now = pace.nanos();
    stopping.awaitTime(now + backOff.nextNanos(0), now, stopping.begun());
  }
}
