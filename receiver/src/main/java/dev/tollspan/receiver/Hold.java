package dev.tollspan.receiver;

import java.time.Duration;

/**
 * What one request holds of the budget, and of its connection's share of it. Safe for all threads;
 * once released it takes nothing any more, so that a release is exact whoever comes last.
 */
final class Hold {
  private final ByteBudget budget;
  private final ByteBudget share;
  private final Household household;
  private final Shortage shortage;
  private long bytes; // guarded by this
  private boolean released; // guarded by this

  Hold(ByteBudget budget, Share share, Shortage shortage) {
    this.budget = budget;
    this.share = share.connection();
    household = share.household();
    this.shortage = shortage;
  }

  /**
   * Waits until {@code room} bytes are free, twice {@code nanosMax} at most, and keeps {@code
   * first} of them; false, and nothing is held, if they do not come in time or if this was released
   * in the meantime. Does not begin to wait once it was: who waits is in everyone's way.
   */
  boolean admit(long room, long first, long nanosMax) {
    if (isReleased() || !shortage.mayTake(household, room) || !share.acquire(room, nanosMax)) {
      return false;
    }
    var _ = shortage.relieve(this, room); // if not, others may end in time
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
      set(room);
    }
    return resize(first);
  }

  private synchronized boolean isReleased() {
    return released;
  }

  private void set(long to) {
    household.add(to - bytes);
    bytes = to;
  }

  /** As {@link #admit} without waiting; that there was no room says nothing about the pressure. */
  boolean admitNow(long room, long first) {
    return shortage.mayTake(household, room)
        && share.isFree(room)
        && budget.isFree(room)
        && resize(first);
  }

  /**
   * Holds so many bytes from now on, for which others may have to give way; false, and nothing has
   * changed, if they are not free now. The caller holds no lock that ending a request may need.
   */
  boolean resize(long to) {
    long more = to - bytes();
    if (more > 0 && !shortage.mayTake(household, more)) {
      return false;
    }
    return change(to)
        || (more > 0 && more <= share.freeBytes() && shortage.relieve(this, more) && change(to));
  }

  private synchronized boolean change(long to) {
    if (released || !share.resize(bytes, to)) {
      return false;
    }
    if (!budget.resize(bytes, to)) {
      share.resize(to, bytes);
      return false;
    }
    set(to);
    return true;
  }

  /** What is held now. */
  synchronized long bytes() {
    return bytes;
  }

  /** Whose it is. */
  Household household() {
    return household;
  }

  /** Whether so many bytes could be held just now; if not, the next delay is longer. */
  boolean hasRoom(long want) {
    return resize(want) && resize(0);
  }

  /** Whether so many bytes could be held if there were no other request. */
  boolean canEver(long want) {
    return want <= bytesMax();
  }

  /** What could be held if there were no other request. */
  long bytesMax() {
    return share.bytesMax();
  }

  /** When a sender that was sent away shall come back. */
  Duration retryAfter() {
    Duration shared = share.retryAfter();
    Duration whole = budget.retryAfter();
    return shared.compareTo(whole) > 0 ? shared : whole;
  }

  /** Gives everything back; a second time does nothing. */
  synchronized void release() {
    change(0);
    released = true;
  }
}
