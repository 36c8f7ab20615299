package dev.tollspan.exporters.otlp;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Counts how many calls are under way at once, and can hold calls until so many have come. */
final class Together {
  private CountDownLatch all = new CountDownLatch(0); // guarded by this, as the next two
  private int underWay;
  private int most;

  /** From now on calls wait for one another, until there have been so many. */
  synchronized void hold(int calls) {
    all = new CountDownLatch(calls);
    most = 0;
  }

  /** One call, before it is answered. */
  void meet() {
    CountDownLatch others = come();
    try {
      others.await(20, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    go();
  }

  /** How many have been under way at once. */
  synchronized int most() {
    return most;
  }

  private synchronized CountDownLatch come() {
    underWay++;
    most = Math.max(most, underWay);
    all.countDown();
    return all;
  }

  private synchronized void go() {
    underWay--;
  }
}
