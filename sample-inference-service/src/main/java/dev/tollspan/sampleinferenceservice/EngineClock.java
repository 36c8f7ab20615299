package dev.tollspan.sampleinferenceservice;

import io.opentelemetry.sdk.common.Clock;

/** The only source of time and the only place to wait: for the engine and for its spans alike. */
interface EngineClock extends Clock {
  /** Waits this many nanoseconds; less than one returns at once. */
  void sleep(long nanos) throws InterruptedException;

  /** The machine's clock. */
  static EngineClock real() {
    return new RealClock(Clock.getDefault());
  }

  /** Passes on to the clock of the SDK. */
  record RealClock(Clock clock) implements EngineClock {
    @Override
    public void sleep(long nanos) throws InterruptedException {
      if (nanos > 0) {
        Thread.sleep(nanos / 1_000_000, (int) (nanos % 1_000_000));
      }
    }

    @Override
    public long now() {
      return clock.now();
    }

    @Override
    public long now(boolean highPrecision) {
      return clock.now(highPrecision);
    }

    @Override
    public long nanoTime() {
      return clock.nanoTime();
    }
  }
}
