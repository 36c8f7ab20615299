package dev.tollspan.receiver;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many bytes the requests under way may hold together. Safe for all threads.
 *
 * <p>Whoever waits is served in order of arrival. Counts in units of 1 KiB, rounded up for each
 * holder. Knows how hard it is to get in, and so how long a sender that was sent away should wait.
 */
final class ByteBudget {
  static final long BYTES_MAX = 1L << 40;

  private static final int UNIT_BITS = 10;
  private static final int DELAY_MILLIS_MIN = 100;
  private static final int DELAY_MILLIS_MAX = 30_000;

  private final long bytesMax;
  private final int units;
  private final Semaphore free;
  private final AtomicInteger pressure = new AtomicInteger();

  ByteBudget(long bytes) {
    bytesMax = bytes;
    units = units(bytes);
    free = new Semaphore(units, true);
  }

  /** Waits its turn for so many bytes; false, and nothing is held, if it does not come in time. */
  boolean acquire(long bytes, long nanosMax) {
    boolean admitted = false;
    try {
      admitted = free.tryAcquire(units(bytes), nanosMax, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return admitted ? eased() : refused();
  }

  /**
   * Changes what a holder holds. Gives back at once; takes more only if it is free now, because a
   * holder that waits for more while it holds some can wait for another that does the same. False
   * if it is not, and the holder keeps what it had.
   */
  boolean resize(long from, long to) {
    int more = units(to) - units(from);
    if (more > 0) {
      return free.tryAcquire(more) || refused();
    }
    free.release(-more);
    return true;
  }

  /** Whether so many bytes are free and nobody waits for any. */
  boolean isFree(long bytes) {
    return free.availablePermits() >= units(bytes) && !free.hasQueuedThreads() && eased();
  }

  void release(long bytes) {
    free.release(units(bytes));
  }

  /** What all holders together may hold. */
  long bytesMax() {
    return bytesMax;
  }

  /** What nobody holds now, in whole units. */
  long freeBytes() {
    return (long) free.availablePermits() << UNIT_BITS;
  }

  /** What is held now, in whole units. */
  long heldBytes() {
    return (long) (units - free.availablePermits()) << UNIT_BITS;
  }

  /**
   * When to come back: 100 ms for the first one sent away, more with each further one, less with
   * each one let in. Where ten are sent away for each one let in it settles between 1 and 2 s;
   * where nobody is let in it reaches its limit of 30 s after 300.
   */
  Duration retryAfter() {
    return clamp(Duration.ofMillis((long) DELAY_MILLIS_MIN * pressure.get()));
  }

  /** The delay, brought into the range that senders are ever told. */
  static Duration clamp(Duration delay) {
    Duration min = Duration.ofMillis(DELAY_MILLIS_MIN);
    Duration max = Duration.ofMillis(DELAY_MILLIS_MAX);
    return delay.compareTo(min) < 0 ? min : delay.compareTo(max) > 0 ? max : delay;
  }

  private boolean eased() {
    if (pressure.get() > 0) {
      pressure.updateAndGet(p -> p >> 1);
    }
    return true;
  }

  private boolean refused() {
    pressure.updateAndGet(p -> Math.min(p + 1, DELAY_MILLIS_MAX / DELAY_MILLIS_MIN));
    return false;
  }

  private static int units(long bytes) {
    return (int) ((bytes + (1 << UNIT_BITS) - 1) >> UNIT_BITS);
  }
}
