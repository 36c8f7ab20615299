package dev.tollspan.sampleinferenceservice;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/** Time that passes only when somebody sleeps or a test moves it; a sleeper can be held. */
final class FakeClock implements EngineClock {
  static final long START_NANOS = 1_700_000_000_000_000_000L;

  final CountDownLatch asleep = new CountDownLatch(1);
  private final CountDownLatch held;
  private final AtomicLong nanos = new AtomicLong(START_NANOS);

  private FakeClock(int holds) {
    this.held = new CountDownLatch(holds);
  }

  static FakeClock flowing() {
    return new FakeClock(0);
  }

  /** Sleepers stay until {@link #release()}. */
  static FakeClock holding() {
    return new FakeClock(1);
  }

  void release() {
    held.countDown();
  }

  void advance(long byNanos) {
    nanos.addAndGet(byNanos);
  }

  @Override
  public void sleep(long forNanos) throws InterruptedException {
    asleep.countDown();
    held.await();
    nanos.addAndGet(forNanos);
  }

  @Override
  public long now() {
    return nanos.get();
  }

  @Override
  public long nanoTime() {
    return nanos.get();
  }
}
