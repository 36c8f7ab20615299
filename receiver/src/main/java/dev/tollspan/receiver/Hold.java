package dev.tollspan.receiver;

import java.time.Duration;

/**
 * What one request holds of the budget, and of its connection's share of it. Safe for all threads;
 * once released it takes nothing any more, so that a release is exact whoever comes last.
 */
final class Hold {
  private final ByteBudget budget;
  private final ByteBudget share;
  private long bytes; // guarded by this
  private boolean released; // guarded by this

  Hold(ByteBudget budget, ByteBudget share) {
    this.budget = budget;
    this.share = share;
  }

  /**
   * Waits until {@code room} bytes are free, twice {@code nanosMax} at most, and keeps {@code
   * first} of them; false, and nothing is held, if they do not come in time or if this was released
   * in the meantime. Does not begin to wait once it was: who waits is in everyone's way.
   */
  boolean admit(long room, long first, long nanosMax) {
    if (isReleased() || !share.acquire(room, nanosMax)) {
      return false;
    }
    if (isReleased() || !budget.acquire(room, nanosMax)) {
      share.release(room);
      return false;
    }
    synchronized (this) {
      if (released) {
        budget.release(room);
        share.release(room);
        return false;
      }
      bytes = room;
    }
    return resize(first);
  }

  private synchronized boolean isReleased() {
    return released;
  }

  /** As {@link #admit} without waiting; that there was no room says nothing about the pressure. */
  boolean admitNow(long room, long first) {
    return share.isFree(room) && budget.isFree(room) && resize(first);
  }

  /** Holds so many bytes from now on; false, and nothing has changed, if they are not free now. */
  synchronized boolean resize(long to) {
    if (released || !share.resize(bytes, to)) {
      return false;
    }
    if (!budget.resize(bytes, to)) {
      share.resize(to, bytes);
      return false;
    }
    bytes = to;
    return true;
  }

  /** Whether so many bytes could be held just now; if not, the next delay is longer. */
  boolean hasRoom(long want) {
    return resize(want) && resize(0);
  }

  /** Whether so many bytes could be held if there were no other request. */
  boolean canEver(long want) {
    return want <= share.bytesMax();
  }

  /** When a sender that was sent away shall come back. */
  Duration retryAfter() {
    Duration shared = share.retryAfter();
    Duration whole = budget.retryAfter();
    return shared.compareTo(whole) > 0 ? shared : whole;
  }

  /** Gives everything back; a second time does nothing. */
  synchronized void release() {
    resize(0);
    released = true;
  }
}
