package dev.tollspan.receiver;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * For requests that keep a processor busy for long. Virtual threads are not taken off a processor
 * while they compute, so each of those in the lane is one processor less for all others: there are
 * fewer places than processors, given in order of arrival. Safe for all threads.
 */
final class Lane {
  private final Semaphore places =
      new Semaphore(Math.max(1, Runtime.getRuntime().availableProcessors() - 1), true);
  private final long nanosMax;

  /** Nobody waits longer than this for a place. */
  Lane(Duration wait) {
    nanosMax = wait.toNanos();
  }

  /** Waits for a place; false if there is none in time. Who has one owes {@link #leave}. */
  boolean enter() {
    try {
      return places.tryAcquire(nanosMax, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  void leave() {
    places.release();
  }
}
