package dev.tollspan.journal;

import java.util.concurrent.locks.Condition;

/** Time that passes when somebody waits, for tests with one thread. */
final class FakePace implements Pace {
  long nanos = 1_000_000_000_000L;
  long millis = 1_800_000_000_000L;

  void pass(long passedNanos) {
    nanos += passedNanos;
    millis += passedNanos / 1_000_000;
  }

  @Override
  public long nanos() {
    return nanos;
  }

  @Override
  public long millis() {
    return millis;
  }

  @Override
  public void await(Condition condition, long waitNanos) {
    pass(waitNanos);
  }
}
