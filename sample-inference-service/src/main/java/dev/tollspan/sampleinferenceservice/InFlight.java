package dev.tollspan.sampleinferenceservice;

import java.time.Duration;

/** Counts the calls that are being answered. Safe for all threads; its only lock is its own. */
final class InFlight {
  private int calls; // guarded by this

  synchronized void begin() {
    calls++;
  }

  synchronized void end() {
    calls--;
    notifyAll();
  }

  /** Waits until no call is being answered, but no longer than this. */
  synchronized void awaitNone(Duration limit) throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (calls > 0) {
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return;
      }
      wait(left);
    }
  }
}
