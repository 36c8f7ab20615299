package dev.tollspan.journal;

import java.time.InstantSource;
import java.util.concurrent.locks.Condition;
import java.util.function.LongSupplier;

/** Time as the journal sees it, and waiting: the second seam for tests. */
interface Pace {
  /** The monotonic clock; every limit is measured by it. */
  long nanos();

  /** The wall clock, for what outlives the process. */
  long millis();

  /** Waits for a signal, at most this long; the caller holds the condition's lock. */
  void await(Condition condition, long nanos) throws InterruptedException;

  /** Real clocks and real waiting. */
  record RealPace(LongSupplier ticker, InstantSource clock) implements Pace {
    @Override
    public long nanos() {
      return ticker.getAsLong();
    }

    @Override
    public long millis() {
      return clock.millis();
    }

    @Override
    @SuppressWarnings("WaitNotInLoop") // whoever calls this looks again in a loop
    public void await(Condition condition, long nanos) throws InterruptedException {
      condition.awaitNanos(nanos);
    }
  }
}
