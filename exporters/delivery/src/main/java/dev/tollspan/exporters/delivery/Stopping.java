package dev.tollspan.exporters.delivery;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * The end of a delivery, as its thread and whoever closes it agree on it, and the waits that it
 * cuts short. First it begins, then there is no time left, and at last the thread is done.
 *
 * <p>Fields that change are guarded by the one lock, which nobody holds while an exporter works;
 * but for {@code deadlineNanos}, which is written before the end begins and read after, and {@code
 * givenUp}, which is only ever set.
 */
final class Stopping {
  private static final Duration INTERRUPTED_LIMIT = Duration.ofSeconds(2);

  private final Pace pace;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition begins = lock.newCondition();
  private boolean begun;
  private boolean done;
  private volatile long deadlineNanos;
  private volatile boolean givenUp;

  /** Time as deliveries see it: a seam for tests. */
  interface Pace {
    /** The monotonic clock. */
    long nanos();

    /** As {@link Stopping#await}. */
    void await(Stopping stopping, boolean begunKnown, long nanos) throws InterruptedException;
  }

  /** A pace by a monotonic clock. */
  record RealPace(LongSupplier ticker) implements Pace {
    @Override
    public long nanos() {
      return ticker.getAsLong();
    }

    @Override
    public void await(Stopping stopping, boolean begunKnown, long nanos)
        throws InterruptedException {
      stopping.await(begunKnown, nanos);
    }
  }

  Stopping(Pace pace) {
    this.pace = pace;
  }

  /** The end begins, if it has not before, and must be over within the limit. */
  void begin(Duration limit) {
    lock.lock();
    try {
      if (!begun) {
        deadlineNanos = pace.nanos() + limit.toNanos();
        begun = true;
        begins.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  boolean begun() {
    lock.lock();
    try {
      return begun;
    } finally {
      lock.unlock();
    }
  }

  /** Whether there is no time left for anything but the last writes. */
  boolean givenUp() {
    return givenUp;
  }

  void giveUp() {
    givenUp = true;
  }

  /**
   * Waits for the thread to end, and interrupts it when the time is over; false if it does not heed
   * that for two seconds.
   */
  boolean awaitEnd(Thread thread) {
    boolean ended = false;
    boolean interrupted = false;
    try {
      ended = thread.join(Duration.ofNanos(Math.max(0, deadlineNanos - pace.nanos())));
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (!ended) {
      givenUp = true;
      interrupt(thread);
      try {
        ended = thread.join(INTERRUPTED_LIMIT);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return ended;
  }

  /** Interrupts the thread, but never in its last writes. */
  private void interrupt(Thread thread) {
    lock.lock();
    try {
      if (!done) {
        thread.interrupt();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Called by the thread itself: nobody interrupts it from here on. */
  void done() {
    lock.lock();
    try {
      done = true;
    } finally {
      lock.unlock();
    }
    Thread.interrupted(); // one that is still pending would break the last writes
  }

  /**
   * Waits until the time; if the end begins in between, only until the other one. Gives up if there
   * is no time left then, or if interrupted.
   *
   * @param known whether the end is known to have begun
   */
  void awaitTime(long until, long atTheEnd, boolean known) {
    boolean ending = known;
    long end = until;
    while (!givenUp) {
      if (!ending && begun()) {
        ending = true;
        end = atTheEnd;
      }
      long left = end - pace.nanos();
      if (ending && end - deadlineNanos >= 0) {
        givenUp = true;
      } else if (left <= 0) {
        return;
      } else {
        try {
          pace.await(this, ending, left);
        } catch (InterruptedException e) {
          givenUp = true;
        }
      }
    }
  }

  /** Waits so long, but if it is not known to have begun, at most until it has. */
  private void await(boolean known, long nanos) throws InterruptedException {
    lock.lock();
    try {
      long left = nanos;
      while (left > 0 && begun == known) {
        left = begins.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }
}
