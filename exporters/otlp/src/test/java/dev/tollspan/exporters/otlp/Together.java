package dev.tollspan.exporters.otlp;

/**
 * Lets calls end in waves: first one alone, then two that wait for each other, and so on up to a
 * target; so that a sender that keeps fewer under way is seen.
 */
final class Together {
  private static final long LAST_WAVE_MILLIS = 300; // it may be smaller

  private final int target;
  private int waiting; // guarded by this, as all that follow
  private int wave = 1;
  private int most;

  Together(int target) {
    this.target = target;
  }

  /** Waits for the others of the wave. */
  synchronized void meet() {
    waiting++;
    most = Math.max(most, waiting);
    if (waiting >= wave) {
      wave = Math.min(target, wave + 1);
      waiting = 0;
      notifyAll();
      return;
    }
    try {
      wait(LAST_WAVE_MILLIS);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** How many have been under way at once. */
  synchronized int most() {
    return most;
  }
}
